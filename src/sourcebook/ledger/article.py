"""``article.toml``: the source article, its inferred date with the reason, and its sections."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.core.dates import parse_when
from sourcebook.core.text import nearest
from sourcebook.errors import Issue, LedgerError, ProjectError
from sourcebook.ledger.root import find_root
from sourcebook.ledger.sections import Section, propose_sections, read_sections
from sourcebook.ledger.textfile import read_textfile

ARTICLE = "data/article.toml"
_TEXTS = ("title", "date", "date_reason", "sha256", "thesis")
_OPTIONAL = ("address", "sections")
_SECTION_TEXTS, _SECTION_OPTIONAL = ("id", "heading", "prefix"), ("after",)


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
