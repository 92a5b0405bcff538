"""The text of the page chapter by chapter, from an earlier build where nothing in a chapter has changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from sourcebook.render.assembly import Report
from sourcebook.render.document import Node, raw
from sourcebook.render.nested_notes import settle_notes
from sourcebook.render.tools import write_document

_OPTIONS = ("--mathml", "--section-divs", "--shift-heading-level-by=1")
_END = "<!--end of part-->"
# The end of a part, the sections that it closes behind it.
_SEAM = re.compile(rf"\n?{_END}((?:\n</section>)*)\n?")
# What pandoc's HTML writer puts after a text with notes, and the numbers in it.
_NOTES = re.compile(r'\n(<section id="footnotes"[^>]*>\n<hr />\n<ol>)\n(.*?)\n</ol>\n</section>', re.DOTALL)
_ITEM = re.compile(r'\n(?=<li id="fn\d+")')
_NUMBER = re.compile(r'((?:id="|href="#)fn(?:ref)?|role="doc-noteref"><sup>)(\d+)(?=["<])')
_REFERENCE = 'role="doc-noteref"'
# The number that pandoc gives to each piece of code in one run, in the anchors of its lines.
_CODE = re.compile(r'((?:<div class="sourceCode" id="|<span id="|<a href="#)cb)(\d+)(?=[-"])')
# A corner above row headers heads nothing.
_EMPTY_HEADER = re.compile(r"<th(?: scope=\"\w+\")?((?: rowspan=\"\d+\"| colspan=\"\d+\")*)[^>]*>\s*</th>")
# What the style sheet says already, once for every cell.
_LEFT = re.compile(r"(<t[dh]) style=\"text-align: left;\"")
# Ends that HTML knows without their tags (HTML, 13.1.2.4), and the line after those of tables.
_END_TAG = re.compile(
    r"</(?:t[dhr]|thead|tbody)>\n(?=<t[dhr]\b|<tbody|</(?:tr|thead|tbody|table)>)|</li>(?=\n(?:<li\b|</[ou]l>))"
)
_FRAME = "html frame"


@dataclass(frozen=True)
class Part:
    """A part of the page: all that its nodes rest on, and how they are made, if they are to be written."""

    rests_on: Sequence[Any]
    make: Callable[[], list[Node]]


class _Text(TypedDict):
    """What is kept of a part of the page: its text, its notes, both with notes and code numbered from 1, and what pandoc warns of.

    ``list_tags`` begin the list of notes; ``tail`` is what the frame has after all other parts.
    """

    text: str
    tail: str
    notes: list[str]
    list_tags: str
    complaints: list[str]


def write_chapters(
    report: Report, template: Path, meta: Mapping[str, Any], chapters: Mapping[str, Part]
) -> tuple[str, list[str]]:
    """The page that ``template`` makes of ``meta`` and ``chapters``, which have the names under which they are kept; and
    what pandoc warns of.

    All nodes are as HTML has them already. What an earlier build did not have is written by one run of pandoc.
    """
    parts = {_FRAME: Part([meta], list), **chapters}

    def make(steps: Sequence[str]) -> list[_Text]:
        """Those parts; each alone if pandoc warns, so that it is known of which."""
        blocks = [block for step in steps for block in [*parts[step].make(), raw("html", _END)]]
        document = {**report.document, "meta": meta if _FRAME in steps else {}, "blocks": blocks}
        framed = ["--template", str(template)] if _FRAME in steps else []
        text, complaints = write_document(document, "html5", [*_OPTIONS, *framed])
        if complaints and len(steps) > 1:
            return [part for step in steps for part in make([step])]
        return _take_apart(_LEFT.sub(r"\1", _EMPTY_HEADER.sub(r"<td\1></td>", text)), complaints)

    written = report.memo.recall_all({step: [_OPTIONS, *part.rests_on] for step, part in parts.items()}, make)
    complaints = [said for part in written for said in part["complaints"]]
    return _join(written), complaints


def _take_apart(text: str, complaints: list[str]) -> list[_Text]:
    """The parts of a text that pandoc wrote, each with its own notes."""
    listed = _NOTES.search(text)
    items = _ITEM.split(listed.group(2)) if listed else []
    if listed:
        text = text[: listed.start()] + text[listed.end() :]
    *pieces, tail = _SEAM.split(text)
    parts: list[_Text] = []
    count = 0
    for before, closing in zip(pieces[::2], pieces[1::2], strict=True):
        found = [_END_TAG.sub("", before) + closing, *items[count : count + before.count(_REFERENCE)]]
        (text, *notes), _ = _number_code([_renumber(one, -count) for one in settle_notes(found)], 0)
        parts.append(
            {
                "text": text,
                "tail": "" if parts else tail,
                "notes": notes,
                "list_tags": listed.group(1) if listed else "",
                "complaints": complaints,
            }
        )
        count += len(notes)
    return parts


def _join(parts: Sequence[_Text]) -> str:
    """The page: the frame and the chapters, notes and code numbered through."""
    texts, notes, code = list[str](), list[str](), 0
    for part in parts:
        found = [_renumber(one, len(notes)) for one in (part["text"], *part["notes"])]
        (text, *below), code = _number_code(found, code)
        texts.append(text)
        notes += below
    head, *chapters = texts
    list_tags = next((part["list_tags"] for part in parts if part["notes"]), "")
    listed = ["\n".join([list_tags, *notes, "</ol>\n</section>"])] if notes else []
    return "\n".join([head, *filter(None, chapters), *listed, parts[0]["tail"]])


def _renumber(text: str, more: int) -> str:
    return _NUMBER.sub(lambda found: f"{found.group(1)}{int(found.group(2)) + more}", text) if more else text


def _number_code(texts: Sequence[str], before: int) -> tuple[list[str], int]:
    """``texts`` with their pieces of code numbered in order from ``before`` on, and the last number."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        """The anchor with the piece's new number."""
        return f"{found[1]}{before + numbers.setdefault(found[2], len(numbers) + 1)}"

    return [_CODE.sub(number, text) for text in texts], before + len(numbers)
