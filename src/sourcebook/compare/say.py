"""Stories and counts as sentences: a line for each change with what follows from it."""

from __future__ import annotations

from collections import Counter

from sourcebook.compare.changes import Change, Comparison, Story
from sourcebook.compare.sentences import say_change
from sourcebook.core.text import listing

_SHOWN = 3
_NAMES = {
    "finding": ("finding", "findings"),
    "verdict": ("verdict", "verdicts"),
    "reason": ("reason for a verdict", "reasons for verdicts"),
    "stale": ("stale verdict", "stale verdicts"),
    "claim": ("claim", "claims"),
    "value": ("value in the prose", "values in the prose"),
    "evidence": ("row of evidence", "rows of evidence"),
    "source": ("source", "sources"),
    "series": ("series", "series"),
    "exhibit": ("exhibit", "exhibits"),
    "prose": ("place in the prose", "places in the prose"),
    "chapter": ("chapter", "chapters"),
    "row": ("row of another table", "rows of other tables"),
    "settings": ("setting", "settings"),
    "code": ("chapter's code", "chapters' code"),
}


def say_story(story: Story) -> str:
    """A change and what follows from it, as one line: a colon for each step, semicolons inside a step."""
    line, level = say_change(story.change), _level(story.change)
    for change in story.then[:_SHOWN]:
        line += (": " if _level(change) > level else "; ") + say_change(change, alone=False)
        level = _level(change)
    rest = len(story.then) - _SHOWN
    line += f"; and {rest} more" if rest > 0 else ""
    return f"{line} (follows from {_say_causes(story)})" if story.because else line


def say_summary(comparison: Comparison) -> str:
    """How much changed: the counts by kind."""
    counts = Counter("reason" if change.what == "rationale" else change.kind for change in comparison.changes)
    if not counts:
        return "Nothing of substance changed."
    said = [f"{counts[kind]} {_NAMES[kind][counts[kind] > 1]}" for kind in _NAMES if counts[kind]]
    return f"Changed: {listing(said)}."


def say_cosmetic(comparison: Comparison) -> str:
    """What was counted and not listed; empty when there is nothing."""
    if not comparison.cosmetic:
        return ""
    said = [f"{sort}: {count}" for sort, count in comparison.cosmetic.items()]
    return f"Not listed, for it says nothing new: {'; '.join(said)}."


def _say_causes(story: Story) -> str:
    subjects = list(dict.fromkeys(change.subject for change in story.because))
    if len(subjects) <= _SHOWN + 1:
        return listing(subjects)
    return listing([*subjects[:_SHOWN], f"{len(subjects) - _SHOWN} more"])


def _level(change: Change) -> int:
    """Which step of the reasoning a change belongs to: recorded, judged, computed, told."""
    return {"verdict": 1, "stale": 1, "value": 2, "finding": 2, "exhibit": 2, "prose": 3}.get(change.kind, 0)
