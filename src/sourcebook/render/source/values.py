"""Values of settings: of the right type, or an error; and the lines on which they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sourcebook.errors import Issue, ProjectError


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
    return path.read_text(encoding="utf-8-sig") if path.is_file() and path.suffix != ".ipynb" else ""


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
    formats = settings.get("format")
    groups: list[tuple[tuple[str, ...], Any]] = [((), settings)]
    groups += (
        [(("format", str(name)), options) for name, options in formats.items()]
        if isinstance(formats, dict)
        else []
    )
    return [
        ((*path, key), str(group[key]), expected)
        for path, group in groups
        for key, (is_sound, expected) in _TYPES.items()
        if isinstance(group, dict) and group.get(key) is not None and not is_sound(group[key])
    ]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict) or value is False


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return all(map(_is_text, value if isinstance(value, list) else [value]))


def _is_crossref(value: Any) -> bool:
    custom = value.get("custom") or [] if isinstance(value, dict) else []
    return _is_mapping(value) and isinstance(custom, list) and all(isinstance(kind, dict) for kind in custom)


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "toc-depth": (_is_count, "a number of levels"), "number-depth": (_is_count, "a number of levels"),
    "execute": (_is_mapping, "key: value pairs"), "crossref": (_is_crossref, "key: value pairs; custom: a list of them"),
    "bibliography": (_are_texts, "a file, or a list of files"), "csl": (_is_text, "a file"),
    "lang": (_is_text, "a language such as en or en-GB"), "papersize": (_is_text, "a size such as a4 or letter"),
}  # fmt: skip
