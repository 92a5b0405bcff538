"""The words of a report, chapter by chapter, each with its place: Markdown, texts among cell options, strings of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core.markup import blank, mask_markup
from sourcebook.core.notebook import EXPRESSION, FENCED, list_options, parse_notebook
from sourcebook.core.options import is_prose
from sourcebook.core.text_chapter import split_cells
from sourcebook.core.yaml_text import load_yaml
from sourcebook.ledger.code_strings import read_strings

_SUFFIXES = (".ipynb", ".md", ".qmd")
# The record of what was printed otherwise: its numbers are those of the day, and no data holds them any more.
CORRECTIONS = "report/corrections.md"


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
    found |= {name for name in ("index.md", "index.qmd", "index.ipynb") if (root / name).is_file()}
    return sorted(name for name in named | found if not any(part.startswith(".") for part in name.split("/")))


def _read_chapter(path: Path) -> str | list[Any] | None:
    """The text of a page, the cells of a notebook, or nothing when there are none to be had."""
    try:
        text = path.read_text(encoding="utf-8")
        return list(parse_notebook(text)["cells"]) if path.suffix == ".ipynb" else text
    except (OSError, ValueError):
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
    source = cell["source"]
    if cell.get("cell_type") == "code":
        yield from _read_code(place, source)
    elif cell.get("cell_type") == "markdown" or source.startswith("---\n"):
        yield _read_markdown(place, source)


def _read_page(place: str, text: str) -> Iterator[Passage]:
    yield _read_markdown(place, text)
    for piece in split_cells(text):
        if piece.code:
            yield from _read_code(place, piece.source, piece.line)


def _read_markdown(place: str, source: str) -> Passage:
    expressions = tuple(EXPRESSION.findall(FENCED.sub(blank, source)))
    return Passage(place, mask_markup(source), source, (1, 1), 0, expressions)


def _read_code(place: str, source: str, offset: int = 0) -> Iterator[Passage]:
    options = list_options(source)
    for option in options:
        if is_prose(option.name):
            text = "\n" * option.first + "\n".join(option.texts)
            yield Passage(place, mask_markup(text), text, (1, 1), offset, tuple(EXPRESSION.findall(text)))
    head = options[-1].first + len(options[-1].lines) if options else 0
    code = "\n" * head + "\n".join(source.split("\n")[head:])
    for found in read_strings(code):
        text, within = mask_markup(found.text), (found.first, found.last)
        yield Passage(place, text, code, within, offset, found.expressions)
