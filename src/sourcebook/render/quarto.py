"""The other engine: the same project, its notebooks already executed, handed to an installed Quarto."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import nbformat
import yaml
from nbformat import NotebookNode

from sourcebook.core.files import prepare_folder, scratch_folder
from sourcebook.core.notebook import join_options, read_results, split_options, substitute_expressions
from sourcebook.execute.plan import Running, Settings
from sourcebook.render.execution import execute_chapters
from sourcebook.render.formats import find_format, list_formats
from sourcebook.render.messages import Progress, warn_on_stderr
from sourcebook.render.source.chapters import Chapter, read_chapters
from sourcebook.render.source.places import Places, read_sources
from sourcebook.render.source.project import Project, read_document, read_project
from sourcebook.render.tools import run_quarto

_LEFT_BEHIND = ("_build", "_book", "_site", "_manuscript", "__pycache__", ".*", "*.pyc")


def render_with_quarto(
    root: Path,
    formats: Sequence[str],
    *,
    parameters: Mapping[str, Any] | None = None,
    out: Path | None = None,
    progress: Progress = lambda _: None,
    **running: Unpack[Running],
) -> dict[Path, bytes]:
    """The project or document at ``root`` in Quarto's themes and formats: the content of each file by its path.

    Notebooks are executed by us, into a copy of the project; Quarto is told to run nothing.
    Raises ``ToolError`` when Quarto is missing or fails.
    """
    run_quarto(["--version"], Path.cwd())
    single = root.is_file()
    project = read_document(root) if single else read_project(root.resolve())
    folder = prepare_folder(out or project.root / project.output)
    chapters = _executed(project, parameters, Settings(root=project.root, output=folder, **running), progress)
    with scratch_folder() as name:
        copy = Path(name) / "project"
        shutil.copytree(project.root, copy, ignore=_ignored(project))
        renamed = [_hand_over(chapter, copy) for chapter in chapters]
        _rename_chapters(copy / "_quarto.yml", dict(pair for pair in renamed if pair[0] != pair[1]))
        target = [renamed[0][1]] if single else []
        made = Path(name) / "made"
        for form in formats:
            progress(f"Quarto writes {form}")
            options = ["--to", _name(form), "--no-execute", "--output-dir", str(made)]
            run_quarto(["render", *target, *options], copy)
        paths = [path for path in sorted(made.rglob("*")) if path.is_file()]
        return {folder / path.relative_to(made): path.read_bytes() for path in paths}


def _name(form: str) -> str:
    """Quarto's name of our format ``form``; its own go through as they are."""
    return (find_format(form).quarto if form in list_formats() else "") or form


def _executed(
    project: Project, parameters: Mapping[str, Any] | None, settings: Settings, progress: Progress
) -> list[Chapter]:
    places = Places(warn_on_stderr)
    chapters = read_chapters(project, parameters)
    for chapter in chapters:
        places.sources |= read_sources(chapter.notebook, chapter.name)
    return execute_chapters(project, chapters, places, settings, progress)


def _ignored(project: Project) -> Any:
    patterns = shutil.ignore_patterns(*_LEFT_BEHIND)
    output = str(project.root / project.output)

    def ignored(folder: str, names: list[str]) -> set[str]:
        """Those of ``names`` in ``folder`` that are not copied; the output folder may have any name."""
        own = {name for name in names if str(Path(folder) / name) == output}
        return patterns(folder, names) | own

    return ignored


def _hand_over(chapter: Chapter, copy: Path) -> tuple[str, str]:
    """Writes the executed chapter into the copy; its old and new path. Text chapters without code stay text."""
    if not chapter.code:
        return chapter.name, chapter.name
    notebook = nbformat.from_dict(chapter.notebook)
    for cell in notebook.cells:
        _fill(cell)
        for key in ("lines", "user_expressions"):
            cell.metadata.pop(key, None)
    if chapter.meta:
        front = yaml.safe_dump(dict(chapter.meta), allow_unicode=True, sort_keys=False)
        notebook.cells.insert(0, nbformat.v4.new_raw_cell(f"---\n{front}---", id="front-matter"))
    path = chapter.path.with_suffix(".ipynb")
    if path != chapter.path:
        (copy / chapter.path).unlink()
    nbformat.write(notebook, copy / path)
    return chapter.name, path.as_posix()


def _fill(cell: NotebookNode) -> None:
    """Puts inline results into the text: Quarto evaluates nothing when it runs nothing."""
    results = read_results(cell)
    if cell.cell_type == "markdown":
        cell.source = substitute_expressions(cell.source, results)
    elif cell.cell_type == "code" and results:
        head, code = split_options(cell.source)
        cell.source = join_options(substitute_expressions(head, results), code)


def _rename_chapters(path: Path, renamed: Mapping[str, str]) -> None:
    """Chapters that became notebooks, in the copy's project file too."""
    if not renamed or not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    for old, new in renamed.items():
        text = re.sub(rf"(?<![\w./-]){re.escape(old)}(?![\w./-])", new, text)
    path.write_text(text, encoding="utf-8")
