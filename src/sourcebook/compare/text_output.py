"""A comparison written in any of its formats; plain text itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sourcebook.compare.change_wording import (
    list_details,
    say_change,
    say_cosmetic,
    say_story,
    say_summary,
    shorten,
)
from sourcebook.compare.changes import KINDS, Change, Comparison, Story
from sourcebook.compare.html_output import write_page
from sourcebook.compare.json_output import write_comparison_json
from sourcebook.compare.markdown_output import write_markdown
from sourcebook.compare.tokens import compare_words

_MOST = 12


def draw_comparison(comparison: Comparison, form: str, *, details: bool = False, address: str = "") -> str:
    """The comparison as ``text``, ``md``, ``html`` or ``json``."""
    if form == "json":
        return write_comparison_json(comparison)
    if form == "html":
        return write_page(comparison)
    if form == "md":
        return write_markdown(comparison, address)
    return write_text(comparison, details=details)


def write_text(comparison: Comparison, *, details: bool = False) -> str:
    """The comparison line by line; with ``details``, what each change is made of stands below it."""
    return "\n".join(_lines(comparison, details)) + "\n"


def mark_words(before: str, after: str) -> str:
    """Two wordings in one: ``[-gone-]`` and ``{+come+}``, as git marks words."""
    marks = {"same": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    return " ".join(marks[span.kind].format(span.words) for span in compare_words(before, after))


def _lines(comparison: Comparison, details: bool) -> Iterator[str]:
    yield f"{comparison.base} → {comparison.head}. {say_summary(comparison)}"
    for kind, stories in groupby(comparison.stories, key=lambda story: story.kind):
        yield from ("", KINDS[kind])
        for story in stories:
            yield f"- {say_story(story)}"
            if details:
                yield from _details(story)
    rest = [say_cosmetic(comparison), *comparison.notes]
    if any(rest):
        yield ""
        yield from filter(None, rest)


def _details(story: Story) -> Iterator[str]:
    for change in (story.change, *story.then):
        if change is not story.change:
            yield f"    {say_change(change)}"
        yield from (f"      {line}" for line in _inside(change))
        yield f"      in {change.where}"


def _inside(change: Change) -> Iterator[str]:
    details = list_details(change)
    for detail in details[:_MOST]:
        label = f"{detail.label}: " if detail.label else ""
        if change.kind == "code":
            yield f"{label}{len(detail.before.splitlines())} → {len(detail.after.splitlines())} lines"
        elif " " in detail.before and " " in detail.after:
            yield label + mark_words(detail.before, detail.after)
        else:
            yield f"{label}{shorten(detail.before) or 'nothing'} → {shorten(detail.after) or 'nothing'}"
    if len(details) > _MOST:
        yield f"and {len(details) - _MOST} more"
