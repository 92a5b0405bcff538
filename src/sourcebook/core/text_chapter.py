"""``.qmd`` files as notebooks: YAML front matter, ```` ```{python} ```` cells, everything else Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sourcebook.core.notebook import FENCED, peek_options
from sourcebook.core.options import LABEL, TAGS
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import Issue, ProjectError

if TYPE_CHECKING:
    from nbformat import NotebookNode

_FENCE = re.compile(r"^(\s*)(`{3,}(?!.*`)|~{3,})(.*)$")  # as in Quarto at any depth: cells may stand in lists
_CELL = re.compile(r"^\s*\{(\w++)(?![\w-]*+\s*+=)(.*)\}\s*$")  # {key=value} is an attribute of a listing
# What pandoc takes behind a fence: nothing, a name, or attributes.
_INFO = re.compile(r"\s*+(?:[A-Za-z][\w+#.-]*+)?\s*+(?:\{\s*+[.#=][^{}]*+\})?\s*+")
_NAME = re.compile(r"\s*\{?([A-Za-z][\w+#-]*)")
_RUN = ("python", "python3")
_SHOWN = re.compile(r"^(\s*)\{\{(\w+)\}\}\s*$")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


_BLOCK = re.compile(r"(?:\A|(?<=\n\n))---[ \t]*\n(?=\S)(.*?)\n(?:---|\.\.\.)[ \t]*(?=\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of Markdown or a cell's code: the number of its first line, from 0, and the fence it still lacks."""

    code: bool
    source: str
    line: int
    unclosed: str = ""


def read_text_chapter(lines: Sequence[tuple[str, str]], *, code: bool) -> NotebookNode:
    """The notebook that the lines of a chapter mean, each given with its place; ``cell.metadata.lines`` keeps those.

    ``code`` says whether ``{python}`` fences are cells (``.qmd``) or plain listings (``.md``). Cell ids are the
    cells' labels, else their position, so that they stay when text changes.

    Raises ``ProjectError`` for a fence that is never closed.
    """
    from nbformat.v4 import new_notebook  # takes long to import, and front matter is read without it

    front, body = split_front_matter("\n".join(line for line, _ in lines))
    places = [place for _, place in lines][len(lines) - body.count("\n") - 1 :]
    cells: list[NotebookNode] = []
    for piece in split_cells(body) if code else [Piece(code=False, source=body, line=0)]:
        if piece.unclosed:
            issue = Issue(
                places[piece.line - 1], "a code cell is never closed", fix=f"end it with {piece.unclosed}"
            )
            raise ProjectError("A chapter cannot be read.", [issue])
        if piece.code or piece.source.strip():
            own = places[piece.line : piece.line + piece.source.count("\n") + 1] or places[-1:]
            cells.append(_cell(piece, own, len(cells)))
    _name_cells(cells)
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["front_matter"] = front
    return notebook


def split_cells(body: str) -> list[Piece]:
    """The text of a chapter as stretches of Markdown and cells, in order."""
    pieces: list[Piece] = []
    held: list[str] = []
    start, fence, code, indent = 0, "", False, 0
    for number, text in enumerate(body.split("\n")):
        match = _FENCE.match(text)
        if not fence and match and _is_cell(match.group(3)):
            pieces.append(Piece(False, "\n".join(held), start))
            held, start, fence, code = [], number + 1, match.group(2), True
            indent = len(match.group(1))
        elif not fence and match:
            fence = match.group(2)
            held.append(match.group(1) + fence + _listing_info(match.group(3)))
        elif fence and _closes(text, fence):
            if code:
                cell = [line[min(indent, len(line) - len(line.lstrip())) :] for line in held]
                pieces.append(Piece(True, "\n".join(cell), start))
                held, start, code = [], number + 1, False
            else:
                held.append(text)
            fence = ""
        else:
            held.append(text)
    return [*pieces, Piece(code, "\n".join(held), start, fence if code else "")]


def split_front_matter(text: str) -> tuple[str, str]:
    """The YAML text between the leading ``---`` lines (empty without), and what follows."""
    match = _FRONT.match(text)
    return (match.group(1), text[match.end() :]) if match else ("", text)


def read_metadata(text: str, name: str) -> dict[str, Any]:
    """The front matter of a text chapter, and over it the YAML blocks amid its text, as pandoc has them."""
    front, body = split_front_matter(text)
    found = parse_front_matter(front, name)
    bare = FENCED.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), body)
    for block in _BLOCK.finditer(bare):
        try:
            more = load_yaml(block[1])
        except yaml.YAMLError:
            continue
        found |= more if isinstance(more, dict) else {}
    return found


def find_front_matter(cells: Sequence[Any]) -> tuple[str, str]:
    """The YAML text that a notebook's first cell begins with (empty without), and what follows in that cell.

    In a Markdown cell a line of dashes may as well be a rule or underline a heading: what is no ``name: value`` is text.
    """
    first = cells[0] if cells and cells[0]["cell_type"] in ("raw", "markdown") else None
    front, rest = split_front_matter(first["source"] + "\n") if first else ("", "")
    if first and first["cell_type"] == "markdown" and front:
        try:
            named = front[:1].strip() and isinstance(load_yaml(front), dict)
        except yaml.YAMLError:
            named = False
        return (front, rest) if named else ("", first["source"])
    return front, rest


def parse_front_matter(text: str, name: str) -> dict[str, Any]:
    """Front matter as a mapping; ``ProjectError`` with file and line when it is not YAML."""
    try:
        found = load_yaml(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 2}" if mark else name  # counted from 0, below the line ---
        issue = Issue(
            where, "the front matter is not valid YAML", getattr(error, "problem", None) or str(error)
        )
        raise ProjectError("Front matter cannot be read.", [issue]) from error
    if not isinstance(found, dict):
        raise ProjectError(
            "Front matter cannot be read.", [Issue(name, "is not 'key: value' pairs", text[:60])]
        )
    return found


def read_source(path: Path, name: str) -> str:
    """A text file's characters with LF line ends; ``ProjectError`` when it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ProjectError(
            "A chapter is missing.", [Issue(name, error.strerror or "cannot be read")]
        ) from error
    except UnicodeDecodeError as error:
        issue = Issue(name, f"byte {error.start} is not UTF-8", fix="save the file as UTF-8")
        raise ProjectError("A chapter cannot be read.", [issue]) from error


def find_unrun(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(place, language) of each cell in a language that is not run here."""
    fences = ((place, _FENCE.match(line)) for line, place in lines)
    cells = ((place, _CELL.match(fence.group(3))) for place, fence in fences if fence)
    return [(place, cell.group(1)) for place, cell in cells if cell and cell.group(1) not in _RUN]


def show_cells(source: str) -> str:
    """A Markdown cell whose fenced cells, ```` ```{r} ````, are listings: nothing runs them there.

    Whatever else follows the name of the language, as in ```` ```{note} Title ```` or ```` ```js {1,3} ````, says nothing here.
    """
    lines, fence = [], ""
    for line in source.split("\n"):
        match = _FENCE.match(line)
        if match and not fence:
            fence = match.group(2)
            info = match.group(3)
            if not _INFO.fullmatch(info):
                named = _NAME.match(info)
                info = f" {named[1]}" if named else ""
            lines.append(f"{match.group(1)}{fence}{info}")
            continue
        fence = "" if fence and _closes(line, fence) else fence
        lines.append(line)
    return "\n".join(lines)


def _is_cell(info: str) -> bool:
    match = _CELL.match(info)
    return match is not None and match.group(1) in _RUN


def _listing_info(info: str) -> str:
    """What follows the fence of a listing: ``{{python}}`` shows a cell, ``{r}`` is a cell that nothing here runs."""
    shown = _SHOWN.sub(r"\1\2", info)
    match = _CELL.match(info)
    return match.group(1) if match and shown == info and match.group(1).isalpha() else shown


def _closes(text: str, fence: str) -> bool:
    match = _FENCE.match(text)
    return match is not None and match.group(2).startswith(fence) and not match.group(3).strip()


def _cell(piece: Piece, places: list[str], position: int) -> NotebookNode:
    from nbformat.v4 import new_code_cell, new_markdown_cell

    make, kind = (new_code_cell, "code") if piece.code else (new_markdown_cell, "markdown")
    cell = make(piece.source, id=f"{kind}-{position + 1}")
    cell.metadata["lines"] = places
    if piece.code:
        cell.metadata["tags"] = [str(tag) for tag in TAGS.of(peek_options(piece.source)) or []]
    return cell


def _name_cells(cells: list[NotebookNode]) -> None:
    used = {cell.id for cell in cells}
    for cell in cells:
        label = str(LABEL.of(peek_options(cell.source)) or "") if cell.cell_type == "code" else ""
        if re.fullmatch(r"[\w-]{1,64}", label, re.ASCII) and label not in used:
            cell.id = label
            used.add(label)
