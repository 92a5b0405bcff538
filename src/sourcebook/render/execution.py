"""The chapters of a project executed: what cannot be read is told first, failures at the author's own lines."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TypedDict

from sourcebook.cache.dependencies import Dependencies, Named
from sourcebook.cache.inputs import ABSENT, FILE
from sourcebook.core.console import Progress
from sourcebook.core.notebook import read_options
from sourcebook.core.options import CACHE, ENV, ERROR, EXECUTE, INPUTS, OWN
from sourcebook.errors import ExecutionError, Issue, ProjectError
from sourcebook.execute.plan import Settings, explain_notebooks, run_notebooks
from sourcebook.render.reading import note_notebook
from sourcebook.render.source.chapters import Chapter, read_chapters
from sourcebook.render.source.contents import as_list
from sourcebook.render.source.places import Places, key_of
from sourcebook.render.source.project import Project


class Running(TypedDict, total=False):
    """Those of ``Settings`` that whoever asks for a build may choose, as keyword arguments."""

    timeout: int
    memory: int
    jobs: int | None
    executor: Executor | None
    fresh: bool
    prove: bool


def execute_chapters(
    project: Project, chapters: Sequence[Chapter], places: Places, settings: Settings, progress: Progress
) -> list[Chapter]:
    """``chapters`` with executed notebooks; those without code stay as they are.

    Raises ``ExecutionError`` at the line of the chapter's own source.
    """
    code = [chapter for chapter in chapters if chapter.code]
    for cell in (cell for chapter in code for cell in chapter.notebook.cells):
        if cell.cell_type == "code" and ERROR.of(project.execute) is True:
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), "raises-exception"})
    try:
        _check_options(code)
        runs = run_notebooks(
            [project.root / chapter.path for chapter in code],
            names=[chapter.name for chapter in code],
            notebooks=[chapter.notebook for chapter in code],
            named=[_read_named(project, chapter) for chapter in code],
            settings=replace(settings, figure=project.figure),
            progress=lambda name: progress(f"running {name}"),
            note=note_notebook,
        )
    except ExecutionError as error:
        raise places.raise_refined(error) from error
    for run, chapter in zip(runs, code, strict=True):
        places.complain([Issue(chapter.name, warning) for warning in run.warnings])
    done = {chapter.path: run for chapter, run in zip(code, runs, strict=True)}
    return [
        replace(chapter, notebook=found.notebook, files=_list_files(found.rests_on))
        if (found := done.get(chapter.path))
        else chapter
        for chapter in chapters
    ]


def explain_chapters(project: Project, parts: Sequence[str], settings: Settings) -> list[str]:
    """Why each chapter with code would be run, or that it would not be, in sentences; nothing is run.

    With ``parts`` only those whose path holds one of them. Raises ``ProjectError`` for a part that no path holds.
    """
    code = [chapter for chapter in read_chapters(project) if chapter.code]
    names = [chapter.name for chapter in code]
    unknown = [part for part in parts if not any(part in name for name in names)]
    if unknown:
        issues = [
            Issue(part, "in no path of a chapter with code", expected=", ".join(names)) for part in unknown
        ]
        raise ProjectError("No such chapter.", issues)
    wanted = [chapter for chapter in code if any(part in chapter.name for part in parts or [""])]
    return explain_notebooks(
        [project.root / chapter.path for chapter in wanted],
        names=[chapter.name for chapter in wanted],
        notebooks=[chapter.notebook for chapter in wanted],
        named=[_read_named(project, chapter) for chapter in wanted],
        settings=replace(settings, figure=project.figure),
    )


def _list_files(rests_on: Dependencies) -> tuple[str, ...]:
    """Files of the project that a notebook opened; neither code nor what lies hidden, such as ``.venv``."""
    found = [name for kind, name, known in rests_on.inputs if kind == FILE and known != ABSENT]
    return tuple(
        sorted(
            name for name in found if not f"/{name}".startswith(("//", "/src/")) and "/." not in f"/{name}"
        )
    )


def _read_named(project: Project, chapter: Chapter) -> Named:
    """What the project and a chapter's front matter say that it rests on."""
    own = OWN.of(chapter.meta)
    groups = [project.own, own if isinstance(own, dict) else {}]
    inputs, variables = (
        tuple(str(item) for group in groups for item in as_list(option.of(group))) for option in (INPUTS, ENV)
    )
    cached = CACHE.of({**project.execute, **(EXECUTE.of(chapter.meta) or {})})
    return Named(inputs, variables, network=cached is True)


def _check_options(chapters: Sequence[Chapter]) -> None:
    """Raises ``ExecutionError`` for option lines that cannot be read, before anything runs."""
    for chapter in chapters:
        for number, cell in enumerate(chapter.notebook.cells, start=1):
            if cell.cell_type == "code":
                read_options(cell, key_of(chapter.name, number))
