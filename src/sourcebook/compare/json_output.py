"""A comparison as JSON, for programs.

``{"format": 1, "command": "compare", "base", "head", "summary", "notes": [text], "cosmetic": {sort: count}, "stories": [story]}``.
A story is ``{"text", "change": change, "then": [change], "because": [{"kind", "subject"}]}``: a change, what follows from it
and, where it has several, its causes. Each change of a comparison stands in one story. A change is ``{"kind", "what",
"subject", "before", "after", "file", "line", "place", "size", "reach": [name], "context", "details": [{"label", "before",
"after"}], "text"}``; ``kind`` is a key of ``changes.KINDS``, and the other fields are those of ``changes.Change``.
"""

from __future__ import annotations

from typing import Any

from sourcebook.compare.change_wording import say_change, say_story, say_summary
from sourcebook.compare.changes import Change, Comparison, Story
from sourcebook.core.machine_output import split_place, write_json


def write_comparison_json(comparison: Comparison) -> str:
    """The whole comparison; ``text`` fields are the sentences that the other formats print."""
    content = {
        "base": comparison.base,
        "head": comparison.head,
        "summary": say_summary(comparison),
        "notes": list(comparison.notes),
        "cosmetic": dict(comparison.cosmetic),
        "stories": [_describe_story(story) for story in comparison.stories],
    }
    return write_json("compare", **content) + "\n"


def _describe_story(story: Story) -> dict[str, Any]:
    return {
        "text": say_story(story),
        "change": _describe(story.change),
        "then": [_describe(change) for change in story.then],
        "because": [{"kind": change.kind, "subject": change.subject} for change in story.because],
    }


def _describe(change: Change) -> dict[str, Any]:
    file, line, place = split_place(change.where)
    return {
        "kind": change.kind,
        "what": change.what,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "file": file,
        "line": line,
        "place": place,
        "size": round(change.size, 4),
        "reach": list(change.reach),
        "context": change.context,
        "details": [vars(detail) for detail in change.details],
        "text": say_change(change),
    }
