"""Sections of the article: where each begins and ends.

Web text is untidy: a table of contents repeats the headings, and some headings are glued to the
sentence before them. A heading therefore counts where it fills a line, ends one, or follows a full
stop directly; of several such places the last one before the next section's start is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from string import ascii_lowercase

from sourcebook.ledger.wording import normalise, normalise_lines

LONGEST_HEADING = 12

_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,})$")
_LIST_ITEM = re.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+(.+)$")


@dataclass(frozen=True)
class Section:
    """A part of the article. ``after`` stands in for a heading the text does not have: the words the
    section follows, or nothing for the start of the text.
    """

    id: str
    heading: str
    prefix: str
    after: str | None = None


def read_sections(meta: Mapping[str, object]) -> list[Section]:
    """Sections as ``article.toml`` lists them."""
    rows = meta.get("sections", [])
    assert isinstance(rows, list)
    return [Section(row["id"], row["heading"], row["prefix"], row.get("after")) for row in rows]


def split_sections(text: str, sections: Sequence[Section]) -> dict[str, str]:
    """Text of each section by id, heading included, line by line in normal form.

    Sections are given in the article's order; one whose start is not found is left out.
    """
    page = normalise_lines(text)
    starts: dict[str, int] = {}
    limit = len(page)
    for section in reversed(sections):
        places = [place for place in _starts(page, section) if place < limit]
        if places:
            limit = starts[section.id] = places[-1]
    ends = [*sorted(starts.values())[1:], len(page)]
    return {name: page[start:end] for (name, start), end in zip(reversed(starts.items()), ends, strict=True)}


def propose_sections(text: str) -> list[Section]:
    """Sections of an unknown article: by its Markdown headings, else by the entries of its table of
    contents, else by its short lines without a full stop; one section when it has none of these.
    """
    lines = [line for line in normalise_lines(text).split("\n") if line]
    headings = _markdown_headings(lines) or _listed_headings(text, lines) or _short_lines(lines)
    names = _unique_slugs(["introduction", *headings])
    sections = [
        Section(name, heading, prefix, after)
        for name, heading, prefix, after in zip(
            names, ["Introduction", *headings], _prefixes(names), ["", *(None for _ in headings)], strict=True
        )
    ]
    filled = split_sections(text, sections)
    return [section for section in sections if filled.get(section.id, "").strip()]


def _starts(page: str, section: Section) -> list[int]:
    if section.after == "":
        return [0]
    if section.after is not None:
        words = re.escape(normalise(section.after)).replace(r"\ ", r"\s+")
        return [match.end() for match in re.finditer(words, page)]
    heading = re.escape(normalise(section.heading))
    places = re.compile(rf"(?m)^(?:#+ )?{heading}(?: #+)?$|(?<=[^\s\w]){heading}")
    return [match.start() for match in places.finditer(page)]


def _markdown_headings(lines: Sequence[str]) -> list[str]:
    underlined = (line for line, rule in pairwise(lines) if _UNDERLINE.match(rule) and line[0].isalnum())
    marked = (match[1] for line in lines if (match := _MARKDOWN_HEADING.match(line)))
    return [*marked] or [*underlined]


def _listed_headings(text: str, lines: Iterable[str]) -> list[str]:
    page = normalise_lines(text)
    items = [match[1] for line in lines if (match := _LIST_ITEM.match(line))]
    return [item for item in items if _starts(page, Section("", item, ""))]


def _short_lines(lines: Sequence[str]) -> list[str]:
    return [line for line, following in pairwise(lines[1:]) if _heads(line, following)]


def _heads(line: str, following: str) -> bool:
    is_short = len(line.split()) <= LONGEST_HEADING and line[-1].isalnum() and not _LIST_ITEM.match(line)
    leads_on = bool(_LIST_ITEM.match(following)) or len(following) > 2 * len(line)
    return is_short and leads_on and not line[0].islower() and not line.startswith("By ")


def _unique_slugs(names: Iterable[str]) -> list[str]:
    slugs: list[str] = []
    for number, name in enumerate(names, start=1):
        base = "-".join(re.findall(r"[a-z0-9]+", name.lower())[:4]) or f"section-{number}"
        slugs.append(base if base not in slugs else f"{base}-{number}")
    return slugs


def _prefixes(slugs: Iterable[str]) -> list[str]:
    """Three letters for each section: its first three, else the first free choice among its letters."""
    taken: list[str] = []
    for slug in slugs:
        letters = re.sub(r"[^a-z]", "", slug)
        choices = ("".join(choice) for choice in combinations(letters[:12], 3))
        spare = ("".join(choice) for choice in product("s", ascii_lowercase, ascii_lowercase))
        taken.append(next(choice for choice in (*choices, *spare) if choice not in taken))
    return taken
