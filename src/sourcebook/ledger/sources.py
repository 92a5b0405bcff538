"""``sources.yaml``: the publications (CSL-YAML), each with its reliability and where its information comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core.dates import parse_when
from sourcebook.core.text import nearest
from sourcebook.core.textfile import read_textfile
from sourcebook.core.yaml_text import BaseLoader
from sourcebook.errors import Issue, LedgerError

SOURCES = "data/sources.yaml"
# The Admiralty code (NATO AJP-2.1): what a source has been worth so far, and how likely the single item is.
RELIABILITY = {
    "A": "reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability unknown",
}
CREDIBILITY = {
    "1": "confirmed by others",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth unknown",
}
# Fields and types of CSL 1.0.2 that publications of this sort use; an unknown one is more likely a slip than a need.
_FIELDS = """
    id type title title-short author editor translator publisher publisher-place container-title issued accessed
    original-date URL DOI ISBN ISSN language note number genre page volume issue edition version archive
    event-title medium custom
"""
_TYPES = """
    article article-journal article-magazine article-newspaper bill book broadcast chapter dataset document
    hearing interview legislation legal_case manuscript paper-conference post post-weblog regulation report
    software speech thesis treaty webpage
"""
FIELDS, TYPES = frozenset(_FIELDS.split()), frozenset(_TYPES.split())
_DATES = ("issued", "accessed", "original-date")


class _TextLoader(BaseLoader):
    """All scalars stay text, so that no date or number is guessed; only an explicit nothing is None."""


_TextLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null)?$"), ["~", "n", ""])
_TextLoader.add_constructor("tag:yaml.org,2002:null", lambda _loader, _node: None)


@dataclass(frozen=True)
class Source:
    """A publication. ``issued`` is EDTF text, empty when unknown; two sources of one ``origin`` are not independent."""

    key: str
    type: str
    title: str
    publisher: str
    issued: str
    url: str
    reliability: str
    origin: str
    line: int


def read_sources(root: Path) -> tuple[dict[str, Source] | None, list[Issue]]:
    """The publications by key and what is wrong with them; none when the file cannot be read as a list of references."""
    text, issues = read_textfile(root, SOURCES)
    if text is None:
        return None, issues
    try:
        rows, faults = _read_references(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [
            *issues,
            Issue(f"{SOURCES}, line {line}", "not YAML", error.problem or "", "valid YAML"),
        ]
    except yaml.YAMLError as error:
        return None, [*issues, Issue(SOURCES, "not YAML", str(error), "valid YAML")]
    sources: dict[str, Source] = {}
    for line, row in rows:
        key = str(row.get("id") or "")
        where = f"{SOURCES}, line {line}" + (f", source {key}" if key else "")
        faults += _check_source(where, row)
        if key in sources:
            faults.append(
                Issue(where, "a duplicate source", key, f"it stands in line {sources[key].line} already")
            )
        sources[key] = _source(key, row, line)
    return sources, [*issues, *faults]


def _read_references(text: str) -> tuple[list[tuple[int, dict[str, Any]]], list[Issue]]:
    """Each reference with its line in the file."""
    loader = _TextLoader(text)
    node = loader.get_single_node()
    pairs = {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    items = pairs.get("references")
    if not isinstance(items, yaml.SequenceNode) or len(pairs) != 1:
        return [], [
            Issue(SOURCES, "not a list of references", ", ".join(map(str, pairs)), "references: and a list")
        ]
    rows: list[tuple[int, dict[str, Any]]] = []
    faults: list[Issue] = []
    for item in items.value:
        line = item.start_mark.line + 1
        row = loader.construct_object(item, deep=True)
        if isinstance(row, dict):
            rows.append((line, row))
            faults += _check_twice(item, line)
        else:
            faults.append(
                Issue(
                    f"{SOURCES}, line {line}", "not a reference", str(row)[:60], "a mapping with id, type, …"
                )
            )
    return rows, faults


def _check_twice(node: yaml.MappingNode, line: int) -> Iterator[Issue]:
    names = [key.value for key, _ in node.value]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Issue(f"{SOURCES}, line {line}", "a field stands twice", name, "each only once")


def _check_source(where: str, row: dict[str, Any]) -> Iterator[Issue]:
    for name in row:
        if name not in FIELDS:
            yield Issue(where, "an unknown field", name, "a field of CSL", nearest(name, FIELDS))
    for name in ("id", "type", "title", "URL"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            yield Issue(where, "a missing field", repr(row.get(name)), name)
    if not row.get("publisher") and not row.get("container-title"):
        yield Issue(where, "a missing field", "nothing", "publisher or container-title")
    yield from _check_texts(where, row)
    for name in _DATES:
        if row.get(name):
            yield from _check_date(where, name, row[name])
    yield from _check_custom(where, row.get("custom"))


def _check_texts(where: str, row: dict[str, Any]) -> Iterator[Issue]:
    key, kind, address = (str(row.get(name) or "") for name in ("id", "type", "URL"))
    if key and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", key):
        yield Issue(where, "not a key", key, "letters, digits, _ and -")
    if kind and kind not in TYPES:
        yield Issue(where, "an unknown type", kind, "a type of CSL", nearest(kind, TYPES))
    if address and not re.fullmatch(r"https?://[^\s<>\"]+", address):
        yield Issue(where, "not an http(s) link", address, "an address that begins with https:// or http://")


def _check_date(where: str, name: str, value: object) -> Iterator[Issue]:
    try:
        parse_when(_date_text(value))
    except LedgerError as error:
        yield Issue(
            where, f"an impossible date in {name}", str(value), "EDTF text or date-parts", error.summary
        )


def _check_custom(where: str, custom: object) -> Iterator[Issue]:
    given = custom if isinstance(custom, dict) else {}
    grade = given.get("reliability")
    if grade not in RELIABILITY:
        what = "an unknown reliability" if grade else "no reliability"
        yield Issue(where, what, repr(grade), f"custom.reliability: {', '.join(RELIABILITY)}")
    if not str(given.get("origin") or "").strip():
        yield Issue(
            where, "no origin", repr(given.get("origin")), "custom.origin: who the information comes from"
        )
    for name in given:
        if name not in ("reliability", "origin"):
            yield Issue(where, "an unknown field", f"custom.{name}", "custom.reliability, custom.origin")


def _source(key: str, row: dict[str, Any], line: int) -> Source:
    custom = row["custom"] if isinstance(row.get("custom"), dict) else {}
    return Source(
        key=key,
        type=str(row.get("type", "")),
        title=str(row.get("title", "")),
        publisher=str(row.get("publisher") or row.get("container-title") or ""),
        issued=_date_text(row.get("issued") or ""),
        url=str(row.get("URL", "")),
        reliability=str(custom.get("reliability", "")),
        origin=str(custom.get("origin", "")),
        line=line,
    )


def _date_text(value: object) -> str:
    """EDTF text of a CSL date: as written, or from ``date-parts`` (one date, or first and last of an interval)."""
    if not isinstance(value, dict):
        return str(value)
    parts = value.get("date-parts")
    if not isinstance(parts, list) or not all(isinstance(part, list) for part in parts):
        return str(value)
    return "/".join("-".join(str(number).zfill(2) for number in part) for part in parts)
