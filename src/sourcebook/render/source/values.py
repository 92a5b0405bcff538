"""Values of settings: of the right type, or an error; the lines on which they stand; dates in words."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.core.options import (
    BOOK,
    DATE,
    DATE_FORMAT,
    EXECUTE,
    FORMAT,
    LANG,
    MANUSCRIPT,
    OWN,
    PROJECT,
    Where,
    list_options,
)
from sourcebook.errors import Issue, ProjectError
from sourcebook.render.reading import note_day
from sourcebook.render.words import write_date

GROUPS = {
    BOOK: Where.BOOK, PROJECT: Where.PROJECT, EXECUTE: Where.EXECUTE, MANUSCRIPT: Where.MANUSCRIPT, OWN: Where.SOURCEBOOK,
}  # fmt: skip
DATES = (DATE.name, "date-modified")


def check_types(settings: Mapping[str, Any], root: Path, name: str) -> None:
    """Raises ``ProjectError`` for settings of the file ``name`` below ``root`` that are of another type than they
    must be.
    """
    text = read_written(root, name)
    faults = [
        Issue(find_line(name, text, 1, path), f"'{': '.join(path)}' cannot be read", found, expected)
        for path, found, expected in _list_faults(settings)
    ]
    if faults:
        raise ProjectError("A setting cannot be used.", faults)


def read_written(root: Path, name: str = "_quarto.yml") -> str:
    """A file as its author wrote it, to find lines in; empty when there is none, or its lines are not what people see."""
    path = root / name
    return (
        path.read_text(encoding="utf-8-sig", errors="replace")
        if path.is_file() and path.suffix != ".ipynb"
        else ""
    )


def find_line(where: str, text: str, first: int, path: Sequence[str]) -> str:
    """``where`` with the line on which the key at ``path`` stands in the YAML ``text``; without, if it does not."""
    position = 0
    for key in path:
        match = re.compile(rf"(?:^|[{{,])[ \t-]*['\"]?{re.escape(key)}['\"]?[ \t]*:", re.MULTILINE).search(
            text, position
        )
        if not match:
            return where
        position = match.end()
    return f"{where}, line {text.count(chr(10), 0, position) + first}"


def settle_date(value: Any) -> str:
    """A date as written; ``today`` is the day of SOURCE_DATE_EPOCH where that is set, so that bytes can be had
    again.
    """
    if value in ("today", "now", "last-modified"):
        stamp = os.environ.get("SOURCE_DATE_EPOCH")
        utc = datetime.UTC
        moment = datetime.datetime.fromtimestamp(int(stamp), utc) if stamp else note_day()
        return moment.date().isoformat()
    return str(value or "")


def say_dates(meta: Mapping[str, Any]) -> dict[str, Any]:
    """``meta`` with its dates in the words of the title page, as Quarto hands them to shortcodes."""
    lang, style = str(LANG.of(meta) or "en"), str(DATE_FORMAT.of(meta) or "")
    written = {name: settle_date(meta[name]) for name in DATES if meta.get(name)}
    return {**meta, **{name: write_date(value, lang, style) for name, value in written.items()}}


def _list_faults(settings: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str, str]]:
    """(key path, found, expected) of values that are of another type than they must be."""
    formats = FORMAT.of(settings)
    groups: list[tuple[tuple[str, ...], Any, Where]] = [((), settings, Where.DOCUMENT)]
    groups += [((group.name,), group.of(settings), place) for group, place in GROUPS.items()]
    groups += (
        [((FORMAT.name, str(name)), own, Where.DOCUMENT) for name, own in formats.items()]
        if isinstance(formats, dict)
        else []
    )
    return [
        ((*path, option.name), str(option.of(group))[:100], option.kind.words)
        for path, group, place in groups
        for option in list_options(place)
        if isinstance(group, dict)
        and group.get(option.name) is not None
        and not option.kind.accepts(option.of(group))
    ]
