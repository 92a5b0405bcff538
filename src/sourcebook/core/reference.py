"""The table of options as a page to look things up in, for a terminal or as Markdown."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Sequence

from sourcebook.core.options import OPTIONS, PLACES, Option, write
from sourcebook.errors import Issue, ProjectError

_WIDTH, _INDENT = 100, 18
_COLUMNS = ("Option", "Values", "Default", "Formats", "What it does", "Also in")


def write_reference(parts: Sequence[str] = (), form: str = "text") -> str:
    """Every option under the first place in which it may stand; ``form`` is text or md.

    With ``parts`` only those whose names hold one of them. Raises ``ProjectError`` for a part that no name holds.
    """
    names = sorted({name for option in OPTIONS for name in option.names})
    if unknown := [part for part in parts if not any(part in name for name in names)]:
        issues = [
            Issue(part, "in no name of an option", fix="name a part of one, or none to see all")
            for part in unknown
        ]
        raise ProjectError("No such option.", issues)
    write_section = _write_table if form == "md" else _write_list
    places = list(PLACES.values())
    wanted = [option for option in OPTIONS if any(_is_named(option, part) for part in parts or [""])]
    ordered = sorted(wanted, key=lambda option: places.index(_list_places(option)[0]))
    groups = itertools.groupby(ordered, key=lambda option: _list_places(option)[0])
    return "\n".join(write_section(place, options) for place, options in groups)


def _is_named(option: Option, part: str) -> bool:
    return any(part in name for name in option.names)


def _list_places(option: Option) -> list[str]:
    """Where it may stand, in words; last ``format:`` with the formats there."""
    formats = [f"format: {', '.join(option.by_format)}"] if option.by_format else []
    return [words for place, words in PLACES.items() if place in option.where] + formats


def _write_list(place: str, options: Iterable[Option]) -> str:
    lines = [f"{place[0].upper()}{place[1:]}", ""]
    for option in options:
        _, values, default, formats, about, places = _describe(option)
        facts = [values, f"default: {default}" if default else "", f"only in {formats}" if formats else ""]
        facts += [f"also in {places}"] if places else []
        text = f"{about} [{'; '.join(filter(None, facts))}]" if any(facts) else about
        name = f"  {', '.join(option.names)}"
        blank = " " * _INDENT
        told = textwrap.fill(text, _WIDTH, initial_indent=blank, subsequent_indent=blank)
        lines += [name.ljust(_INDENT) + told.lstrip() if len(name) < _INDENT else f"{name}\n{told}"]
    return "\n".join([*lines, ""])


def _write_table(place: str, options: Iterable[Option]) -> str:
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_describe, options)]
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join([f"## {place[0].upper()}{place[1:]}", "", *lines, ""])


def _describe(option: Option) -> tuple[str, ...]:
    """One cell of text for each of the columns; empty where there is nothing to say."""
    return (
        ", ".join(f"`{name}`" for name in option.names),
        option.expected,
        "" if option.default is None else write(option.default),
        ", ".join(option.formats),
        option.about,
        ", ".join(words.partition(" (")[0] for words in _list_places(option)[1:]),
    )
