"""The words of a report, chapter by chapter, each with its place: Markdown, texts among cell options, strings of code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core.markup import EXPRESSION, blank, mask_markup
from sourcebook.core.textfile import load_yaml
from sourcebook.ledger.code_strings import read_strings

_SUFFIXES = (".ipynb", ".md", ".qmd")
_OPTION = re.compile(r"^#\|[ \t]?")
_KEY = re.compile(r"^(#\|[ \t]?)([A-Za-z][\w-]*):(?:[ \t]*[>|][-+]?[ \t]*$)?")
_READ_OPTION = re.compile(r"(?:fig|tbl|lst)-(?:cap|subcap|alt)|code-summary|title|subtitle")
_CHUNK = re.compile(r"^```\{python\}[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """Words as a reader meets them, with marks for what is computed, and the expressions that compute it.

    ``place`` names file and cell; ``lines`` are the first and the last line of ``source`` that hold the words.
    """

    place: str
    text: str
    source: str
    lines: tuple[int, int]
    offset: int = 0
    expressions: tuple[str, ...] = ()

    def line_of(self, start: int, words: str) -> int:
        """The line, counted from 1 in file or cell, of ``words`` at ``start`` of the text."""
        if len(self.text) == len(self.source):
            return self.offset + self.text.count("\n", 0, start) + 1
        first, last = self.lines
        held = self.source.split("\n")[first - 1 : last]
        found = next((n for n, line in enumerate(held) if re.search(rf"\b{re.escape(words)}", line)), 0)
        return self.offset + first + found


def read_prose(root: Path) -> Iterator[Passage]:
    """All passages of the chapters that ``_quarto.yml`` names and of every notebook, in the order of their files."""
    for name in find_chapters(root):
        content = _read_chapter(root / name)
        if isinstance(content, str):
            yield from _read_page(name, content)
            continue
        for number, cell in enumerate(content or (), start=1):
            if isinstance(cell, dict):
                label = f" ({cell['id']})" if cell.get("id") else ""
                yield from _read_cell(f"{name}, cell {number}{label}", cell)


def find_unread(root: Path) -> list[str]:
    """The chapters that are missing or broken, so that ``read_prose`` passes them over; other checks name them."""
    return [name for name in find_chapters(root) if _read_chapter(root / name) is None]


def find_chapters(root: Path) -> list[str]:
    """The chapters that ``_quarto.yml`` names, whether or not they are there, and every other one in its place, sorted."""
    named = set(_names(_read_settings(root)))
    found = {
        path.relative_to(root).as_posix() for path in root.glob("notebooks/**/*") if path.suffix in _SUFFIXES
    }
    found |= {name for name in ("index.md", "index.qmd") if (root / name).is_file()}
    return sorted(name for name in named | found if not any(part.startswith(".") for part in name.split("/")))


def _read_chapter(path: Path) -> str | list[Any] | None:
    """The text of a page, the cells of a notebook, or nothing when there are none to be had."""
    try:
        text = path.read_text(encoding="utf-8")
        return list(json.loads(text)["cells"]) if path.suffix == ".ipynb" else text
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read_settings(root: Path) -> Any:
    try:
        return load_yaml((root / "_quarto.yml").read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None  # other checks name it


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.endswith(_SUFFIXES):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _names(item)


def _read_cell(place: str, cell: dict[str, Any]) -> Iterator[Passage]:
    source = "".join(cell.get("source", ""))
    if cell.get("cell_type") == "code":
        yield from _read_code(place, source)
    elif cell.get("cell_type") == "markdown" or source.startswith("---\n"):
        yield _read_markdown(place, source)


def _read_page(place: str, text: str) -> Iterator[Passage]:
    yield _read_markdown(place, text)
    for chunk in _CHUNK.finditer(text):
        yield from _read_code(place, chunk[1], text.count("\n", 0, chunk.start(1)))


def _read_markdown(place: str, source: str) -> Passage:
    fenced = re.sub(r"^(`{3,}|~{3,}).*?^\1`*\s*$", blank, source, flags=re.MULTILINE | re.DOTALL)
    return Passage(place, mask_markup(source), source, (1, 1), 0, tuple(EXPRESSION.findall(fenced)))


def _read_code(place: str, source: str, offset: int = 0) -> Iterator[Passage]:
    lines = source.split("\n")
    head = next((n for n, line in enumerate(lines) if not _OPTION.match(line)), len(lines))
    for option in _read_options(lines[:head]):
        yield Passage(place, mask_markup(option), option, (1, 1), offset, tuple(EXPRESSION.findall(option)))
    code = "\n" * head + "\n".join(lines[head:])
    for found in read_strings(code):
        text, within = mask_markup(found.text), (found.first, found.last)
        yield Passage(place, text, code, within, offset, found.expressions)


def _read_options(lines: list[str]) -> Iterator[str]:
    """Each option that is printed, all else blank; its characters stay where they are."""
    kept: list[str] = []
    wanted = False
    for line in [*lines, "#| end:"]:
        key = _KEY.match(line)
        if key and any(text.strip() for text in kept):
            yield "\n".join(kept)
            kept = [" " * len(text) for text in kept]
        wanted = bool(_READ_OPTION.fullmatch(key[2])) if key else wanted
        mark = key or _OPTION.match(line)
        start = mark.end() if mark else 0
        kept.append(" " * start + line[start:] if wanted else " " * len(line))
