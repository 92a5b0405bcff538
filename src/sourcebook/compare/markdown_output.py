"""A comparison as Markdown for a pull request: a line for each change, details folded."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import groupby

from sourcebook.compare.change_wording import list_details, say_change, say_cosmetic, say_story, say_summary
from sourcebook.compare.changes import KINDS, Change, Comparison, Story
from sourcebook.compare.exhibit_changes import EXHIBITS
from sourcebook.compare.tokens import compare_words

# A comment carries this line, so that the next run finds and replaces it.
MARK = "<!-- sourcebook comparison -->"
# A forge refuses longer comments (GitHub: 65,536 characters).
LIMIT = 60_000
_MOST = 30


def write_markdown(comparison: Comparison, address: str = "") -> str:
    """The comparison for a forge. ``address`` shows pictures: a link with ``{revision}`` and ``{path}`` in it.

    Text is escaped, so that nothing in a claim becomes mark-up, mentions somebody or closes an issue.
    """
    lines = [MARK, "## What this changes in the report", "", escape(say_summary(comparison))]
    for note in (*comparison.notes, say_cosmetic(comparison)):
        lines += ["", escape(note)] if note else []
    length = sum(len(line) + 1 for line in lines)
    left = len(comparison.stories)
    for kind, stories in groupby(comparison.stories, key=lambda story: story.kind):
        heading = f"\n### {KINDS[kind]}\n"
        for story in stories:
            block = heading + "\n".join(_story(story, comparison, address))
            length += len(block) + 1
            if length > LIMIT:
                lines += ["", f"… and {left} more; `sourcebook compare` lists them all."]
                return "\n".join(lines) + "\n"
            lines.append(block)
            heading, left = "", left - 1
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Plain text that a forge shows as it stands."""
    marked = re.sub(r"([\\`*_{}\[\]|~$])", r"\\\1", html.escape(text, quote=False))
    return _still(marked)


def _still(text: str) -> str:
    """A forge calls people and links issues wherever it finds ``@name`` and ``#1``; a break inside prevents it."""
    return re.sub(r"([@#])(?=\w)", "\\1\u200b", text)


def _story(story: Story, comparison: Comparison, address: str) -> Iterator[str]:
    inside = list(_details(story, comparison, address))
    if not inside:
        yield f"- {escape(say_story(story))}"
        return
    yield f"- <details><summary>{_still(html.escape(say_story(story)))}</summary>"
    yield ""
    yield from (f"  {line}" if line else "" for line in inside)
    yield "  </details>"


def _details(story: Story, comparison: Comparison, address: str) -> Iterator[str]:
    for change in (story.change, *story.then):
        if change is not story.change:
            yield f"**{escape(say_change(change))}**<br>"
        yield f"<sub>{escape(change.where)}</sub>\n"
        yield from _inside(change)
        if address and change.subject in comparison.pictures:
            yield from _pictures(change.subject, comparison, address)


def _inside(change: Change) -> Iterator[str]:
    details = list_details(change)
    if change.kind == "code" or not details:
        return
    if change.kind in ("exhibit", "series", "settings", "row"):
        yield "| where | before | after |"
        yield "| --- | --- | --- |"
        for detail in details[:_MOST]:
            yield f"| {escape(detail.label)} | {escape(detail.before)} | {escape(detail.after)} |"
    else:
        for detail in details[:_MOST]:
            label = f"{escape(detail.label)}: " if detail.label else ""
            yield f"{label}{_words(detail.before, detail.after)}"
            yield ""
    if len(details) > _MOST:
        yield f"and {len(details) - _MOST} more"
    yield ""


def _words(before: str, after: str) -> str:
    """Word differences: what went is struck out, what came is inserted."""
    marks = {"same": "{}", "out": "<del>{}</del>", "in": "<ins>{}</ins>"}
    return " ".join(marks[span.kind].format(escape(span.words)) for span in compare_words(before, after))


def _pictures(label: str, comparison: Comparison, address: str) -> Iterator[str]:
    yield "| before | after |"
    yield "| --- | --- |"
    pictures = comparison.pictures[label]
    sides = ((comparison.base, pictures.before), (comparison.head, pictures.after))
    links = (
        f"![{label}]({address.format(revision=revision, path=f'{EXHIBITS}/{label}.svg')})"
        if picture
        else "none"
        for revision, picture in sides
    )
    yield f"| {' | '.join(links)} |"
    yield ""
