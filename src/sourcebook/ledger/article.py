"""``article.toml``: the source article, its inferred date with the reason, and its sections."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from sourcebook.core.dates import parse_when
from sourcebook.core.root import find_root
from sourcebook.core.text import nearest
from sourcebook.core.textfile import read_textfile
from sourcebook.errors import Issue, LedgerError, ProjectError
from sourcebook.ledger.wording import normalise, normalise_lines

ARTICLE = "data/article.toml"
_TEXTS = ("title", "date", "date_reason", "sha256", "thesis")
_OPTIONAL = ("address", "sections")
_SECTION_TEXTS, _SECTION_OPTIONAL = ("id", "heading", "prefix"), ("after",)
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_UNDERLINE = re.compile(r"^(?:={3,}|-{3,})$")
_LIST_ITEM = re.compile(r"^(?:[-*+•]|\d{1,3}[.)])\s+(.+)$")


@dataclass(frozen=True)
class Article:
    """The article as the project describes it. ``date`` is EDTF."""

    title: str
    date: str
    date_reason: str
    sha256: str
    thesis: str
    address: str
    sections: tuple[Section, ...]
    meta: Mapping[str, Any]

    @property
    def last_day(self) -> datetime.date:
        """The last day of the article's date: what came after it could not be known."""
        return parse_when(self.date).end


def read_description(root: Path) -> tuple[Article | None, list[Issue]]:
    """The article's description and what is wrong with it; none when it cannot be used."""
    text, issues = read_textfile(root, ARTICLE)
    if text is None:
        return None, issues
    try:
        meta = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [*issues, Issue(ARTICLE, "not TOML", str(error), 'lines like title = "…"')]
    faults = [*_check_keys(ARTICLE, meta, _TEXTS, _OPTIONAL), *_check_values(meta), *_check_sections(meta)]
    if faults:
        return None, [*issues, *faults]
    texts = {name: meta.get(name, "") for name in (*_TEXTS, "address")}
    return Article(**texts, sections=tuple(read_sections(meta)), meta=meta), issues


def find_sections(text: str, path: Path | None = None) -> list[Section]:
    """Sections as the project at or above ``path`` lists them; outside a project, as the text itself suggests."""
    try:
        root = find_root(path)
    except ProjectError:
        if path is not None:
            raise
        return propose_sections(text)
    article, issues = read_description(root)
    if article is None:
        raise LedgerError("The sections of the article are not known:", issues)
    return list(article.sections)


def _check_keys(
    where: str, meta: Mapping[str, Any], needed: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Issue]:
    known = (*needed, *optional)
    for name in meta:
        if name not in known:
            yield Issue(where, "an unknown key", name, ", ".join(known), nearest(name, known))
    for name in needed:
        if not isinstance(meta.get(name), str) or not meta[name].strip():
            yield Issue(where, "a missing text", repr(meta.get(name)), f'{name} = "…"')


def _check_values(meta: Mapping[str, Any]) -> Iterator[Issue]:
    try:
        parse_when(str(meta.get("date", "")))
    except LedgerError as error:
        yield Issue(
            ARTICLE,
            "an impossible date",
            str(meta.get("date")),
            'EDTF, as in date = "2025-06"',
            error.summary,
        )
    if not re.fullmatch(r"[0-9a-f]{64}", str(meta.get("sha256"))):
        yield Issue(
            ARTICLE,
            "not a SHA-256",
            str(meta.get("sha256")),
            "the 64 hexadecimal digits of the file's digest",
        )
    address = meta.get("address", "")
    if address and not re.match(r"https?://\S+$", str(address)):
        yield Issue(ARTICLE, "not an http(s) link", str(address), "an address that begins with https://")


def _check_sections(meta: Mapping[str, Any]) -> Iterator[Issue]:
    rows = meta.get("sections")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        yield Issue(ARTICLE, "no sections", repr(rows)[:60], "[[sections]] with id, heading and prefix")
        return
    for number, row in enumerate(rows, start=1):
        yield from _check_keys(f"{ARTICLE}, section {number}", row, _SECTION_TEXTS, _SECTION_OPTIONAL)
    for name in ("id", "prefix"):
        values = [str(row.get(name)) for row in rows]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield Issue(ARTICLE, f"two sections have the same {name}", value, "each only once")


LONGEST_HEADING = 12


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
