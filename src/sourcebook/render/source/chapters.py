"""Chapters as notebooks, whatever their form: includes put in, front matter read, parameters injected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from sourcebook.core.files import is_file
from sourcebook.core.notebook import read_results
from sourcebook.core.notebook_format import read_notebook
from sourcebook.core.options import PARAMS
from sourcebook.core.text_chapter import (
    find_front_matter,
    find_unrun,
    parse_front_matter,
    read_metadata,
    read_source,
    read_text_chapter,
)
from sourcebook.core.textfile import CHOOSE, find_markers
from sourcebook.errors import Issue, ProjectError, RenderError
from sourcebook.render.source.parameters import check_parameters, inject_parameters, parameter_names
from sourcebook.render.source.places import key_of, read_sources
from sourcebook.render.source.project import Project
from sourcebook.render.source.settings import check_settings
from sourcebook.render.source.shortcodes import (
    advise,
    expand_includes,
    expand_settings,
    find_embeds,
    read_variables,
)


@dataclass(frozen=True)
class Chapter:
    """One chapter: path relative to the project, its notebook, its front matter, and what to warn of;
    a strict build ends at ``faults``.

    ``embedded`` ones are no chapters of the report; their outputs are used in others. ``files`` are those of the
    project that its run opened, by path.
    """

    path: Path
    notebook: NotebookNode
    meta: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Issue, ...] = ()
    faults: tuple[Issue, ...] = ()
    embedded: bool = False
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.path.as_posix()

    @property
    def code(self) -> bool:
        """Whether it has anything to run: a code cell, or an inline expression."""
        return any(cell.cell_type == "code" or "`{python}" in cell.source for cell in self.notebook.cells)


@dataclass(frozen=True)
class SourceCell:
    """A cell as its author wrote it: id, source, and the Markdown that each inline expression gave."""

    id: str
    kind: str
    source: str
    results: Mapping[str, str]


@dataclass(frozen=True)
class SourceChapter:
    """The cells of a chapter, in order, and the files of the project that its run opened."""

    path: str
    cells: tuple[SourceCell, ...]
    files: tuple[str, ...]


def describe_source(chapter: Chapter) -> SourceChapter:
    """What a chapter was written and computed from; its outputs, which may be large, are left out."""
    cells = tuple(
        SourceCell(str(cell.get("id") or number), cell.cell_type, cell.source, read_results(cell))
        for number, cell in enumerate(chapter.notebook.cells, start=1)
    )
    return SourceChapter(chapter.name, cells, chapter.files)


def read_chapters(project: Project, parameters: Mapping[str, Any] | None = None) -> list[Chapter]:
    """The project's chapters in order, then notebooks that they embed; ``parameters`` are set where they are known.

    Raises a ``SourcebookError`` for files that cannot be read, dead includes and embeds, unknown parameters.
    """
    book = project.kind == "book"
    area = project.area
    read = [read_chapter(project.root, path, book=book, area=area) for path in project.chapters]
    chapters = [_expanded(chapter, project) for chapter in read]
    chapters += _embedded(project, chapters)
    _check_merged(chapters)
    known = [parameter_names(chapter.notebook) for chapter in chapters]
    names = [found for found in known if found is not None]
    general = _own_parameters(project.meta, "_quarto.yml") | dict(parameters or {})
    own = [
        {} if chapter.embedded else _own_parameters(chapter.meta, chapter.name) | dict(parameters or {})
        for chapter in chapters
    ]
    if names or book:
        check_parameters(general | {name: value for one in own for name, value in one.items()}, names)
    return [
        _parametrised(chapter, general | values, found, alone=not names)
        for chapter, found, values in zip(chapters, known, own, strict=True)
    ]


def _expanded(chapter: Chapter, project: Project) -> Chapter:
    """A chapter whose front matter has no shortcodes in its texts any more."""
    around = {**project.meta, **chapter.meta}
    meta, warnings = expand_settings(around, read_variables(project.root), chapter.name)
    kept = {key: meta[key] for key in chapter.meta}
    return replace(chapter, meta=kept, warnings=(*chapter.warnings, *warnings))


def _check_merged(chapters: Sequence[Chapter]) -> None:
    """No chapter may hold what a merge has left unfinished; a listing may show it."""
    issues = [
        Issue(source.at(line - 1), "a conflict marker of git", mark, fix=CHOOSE)
        for chapter in chapters
        for source in read_sources(chapter.notebook, chapter.name).values()
        for line, mark in find_markers(source.text)
    ]
    if issues:
        raise ProjectError("A merge was left unfinished.", issues)


def read_chapter(root: Path, path: Path, *, book: bool = False, area: Sequence[Path] = ()) -> Chapter:
    """One chapter of the project in ``root``, which may be a ``book``; it may include what lies in ``area``."""
    name = path.as_posix()
    if path.suffix == ".ipynb":
        faults: list[Issue] = []
        notebook = read_notebook(root / path, name, faults.append)
        return replace(chapter_of(notebook, root, path, book=book, area=area), faults=tuple(faults))
    lines = expand_includes(read_source(root / path, name), (root / path).parent, root, name, area=area)
    notebook = read_text_chapter(lines, code=path.suffix == ".qmd")
    front = notebook.metadata.pop("front_matter")
    meta = read_metadata("\n".join(line for line, _ in lines), name)
    unrun = [
        Issue(where, f"a cell in '{word}' is not run; it is shown as a listing")
        for where, word in find_unrun(lines)
    ]
    return Chapter(path, notebook, meta, (*check_settings(meta, name, front, 2, chapter=book), *unrun))


def chapter_of(
    notebook: NotebookNode, root: Path, path: Path, *, book: bool = False, area: Sequence[Path] = ()
) -> Chapter:
    """The chapter that a notebook in memory is; ``path`` is where it lies, or would lie, below ``root``."""
    name, front = path.as_posix(), _take_front_matter(notebook)
    meta = parse_front_matter(front, f"{name}, cell 1")
    for number, cell in enumerate(notebook.cells, start=1):
        headed = bool(front) and number == 1
        if cell.cell_type == "markdown" and ("{{<" in cell.source or headed):
            first = front.count("\n") + 4 if headed else 1  # as its author counts the lines
            _include(cell, (root / path).parent, root, key_of(name, number), first, area)
    return Chapter(
        path, notebook, meta, tuple(check_settings(meta, f"{name}, cell 1", front, 2, chapter=book))
    )


def resolve(root: Path, chapter: Path, target: str) -> Path:
    """The path, relative to ``root``, of what ``chapter`` calls ``target``."""
    path = root / target.lstrip("/") if target.startswith("/") else (root / chapter).parent / target
    try:
        path = path.resolve()
    except ValueError:  # a zero in it
        return path
    return path.relative_to(root) if path.is_relative_to(root) else path


def _own_parameters(meta: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What ``params:`` in front matter or project file sets; the command line wins."""
    found = PARAMS.of(meta) or {}
    if not isinstance(found, dict):
        issue = Issue(where, "params: is no 'name: value' pairs", str(found)[:60])
        raise ProjectError("Parameters cannot be read.", [issue])
    return {str(name): value for name, value in found.items()}


def _include(
    cell: NotebookNode, folder: Path, root: Path, name: str, first: int, area: Sequence[Path]
) -> None:
    lines = expand_includes(cell.source, folder, root, name, first, area=area)
    cell.source = "\n".join(line for line, _ in lines)
    cell.metadata["lines"] = [place for _, place in lines]


def _take_front_matter(notebook: NotebookNode) -> str:
    """The YAML in the first cell, which keeps its place (cells are counted) without it."""
    front, rest = find_front_matter(notebook.cells)
    if front:
        first = notebook.cells[0]
        first.cell_type, first.source = "markdown", rest.rstrip("\n")
        first.pop("attachments", None)
    return front


def _embedded(project: Project, chapters: Sequence[Chapter]) -> list[Chapter]:
    wanted = dict.fromkeys(project.notebooks, "_quarto.yml")
    for chapter in chapters:
        for number, cell in enumerate(chapter.notebook.cells, start=1):
            for target in find_embeds(cell.source) if cell.cell_type == "markdown" else []:
                path = resolve(project.root, chapter.path, target)
                _check_embed(
                    project.root, path, target, _place_of(cell, key_of(chapter.name, number), target)
                )
                wanted.setdefault(path, chapter.name)
    known = {chapter.path for chapter in chapters}
    return [
        replace(read_chapter(project.root, path, area=project.area), embedded=True)
        for path in wanted
        if path not in known
    ]


def _place_of(cell: NotebookNode, key: str, target: str) -> str:
    """The line of a cell that names ``target``."""
    number = next(n for n, line in enumerate(cell.source.split("\n")) if target in line)
    lines = cell.metadata.get("lines")
    return str(lines[number]) if lines else f"{key}, line {number + 1}"


def _check_embed(root: Path, path: Path, target: str, where: str) -> None:
    if path.is_absolute() or not is_file(root / path):
        kinds = (".ipynb", ".qmd")
        known = [other.name for other in _list_folder((root / path).parent) if other.suffix in kinds]
        issue = Issue(where, "the embedded notebook does not exist", target, fix=advise(path.name, known))
        raise RenderError("An embed is dead.", [issue])


def _list_folder(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (OSError, ValueError):
        return []


def _parametrised(
    chapter: Chapter, values: Mapping[str, Any], known: set[str] | None, alone: bool
) -> Chapter:
    if alone and not chapter.embedded:
        chosen = dict(values)
    else:
        chosen = {name: value for name, value in values.items() if name in (known or ())}
    return replace(chapter, notebook=inject_parameters(chapter.notebook, chosen)) if chosen else chapter
