"""Values of settings: of the right type, or an error; and the lines on which they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.core.options import BOOK, EXECUTE, FORMAT, MANUSCRIPT, OWN, PROJECT, Where, list_options
from sourcebook.errors import Issue, ProjectError

GROUPS = {
    BOOK: Where.BOOK, PROJECT: Where.PROJECT, EXECUTE: Where.EXECUTE, MANUSCRIPT: Where.MANUSCRIPT, OWN: Where.SOURCEBOOK,
}  # fmt: skip


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
