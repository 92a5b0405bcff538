"""The whole way: chapters read, executed, exported, numbered once and written in each format."""

from __future__ import annotations

import contextlib
import functools
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from sourcebook.cache.results import STORE
from sourcebook.core import limits
from sourcebook.core.console import Progress, show_progress, warn_on_stderr
from sourcebook.core.files import prepare_folder, publish_files
from sourcebook.core.options import ENABLED, EVAL, PROGRAM_SECONDS
from sourcebook.errors import Issue, ProjectError, SourcebookError
from sourcebook.execute.plan import Settings
from sourcebook.render.assembly import Report, assemble_report, convert_chapters
from sourcebook.render.execution import Running, execute_chapters
from sourcebook.render.export.chapter_export import ChapterExport
from sourcebook.render.formats import DEFAULT_FORMATS, Files, list_formats, prepare_writing, write_formats
from sourcebook.render.memo import Memo, open_memo
from sourcebook.render.passes.names import read_names
from sourcebook.render.passes.state import ChapterTree
from sourcebook.render.reading import Reading
from sourcebook.render.record import list_made, open_record
from sourcebook.render.source.chapters import Chapter, read_chapters
from sourcebook.render.source.places import Places, Warn, read_sources
from sourcebook.render.source.project import Project, document_of, read_document, read_project
from sourcebook.render.source.shortcodes import read_variables
from sourcebook.render.source.signature import is_signed


@contextlib.contextmanager
def _collector_off() -> Iterator[None]:
    """Trees have no circles, and a collector would look at their many nodes in vain: a third of the time.

    What is left of them is old by then: it need not look at that at once either.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if was_on:
            gc.enable()


@_collector_off()
def render_project(
    root: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    *,
    parameters: Mapping[str, Any] | None = None,
    out: Path | None = None,
    execute: bool = True,
    engine: str = "sourcebook",
    strict: bool = False,
    trust: bool = False,
    progress: Progress | None = None,
    warn: Warn | None = None,
    store: Path | None = None,
    recorded: bool = True,
    **running: Unpack[Running],
) -> list[Path]:
    """Builds the project in folder ``root``, or the single document that is the file ``root``; the files written.

    ``formats`` are some of those that ``list_formats`` names. ``parameters`` are set in chapters with a cell tagged so;
    ``out`` is another output folder, ``store`` another one for results that are kept; without ``execute`` stored
    outputs are used. ``warn`` is told of everything that has no effect here. ``engine="quarto"`` hands the executed
    project to an installed Quarto instead. ``strict`` makes errors of what readers would miss and
    ``trust`` lets HTML of outputs act in the page, as a project may, or Jupyter's signature of a single notebook. ``running`` says how notebooks are run: timeout, memory, jobs, fresh, prove,
    executor.

    What a project was built from is kept beside its results (``record``), unless it is not to be ``recorded``. All
    files appear whole, together; until then, and where a format cannot be written, the last good ones stay.

    Raises a ``SourcebookError`` of the phase that failed; the files of other formats than those that failed are there.
    """
    say = progress or show_progress
    if engine == "quarto":
        asked = _Request(formats, parameters, out, store, execute, say, warn or warn_on_stderr, running)
        return _render_with_quarto(root, asked, recorded=recorded and root.is_dir())
    _check_formats(formats)
    # A single document gets no folder of kept results beside it.
    kept = root.is_dir()
    with Reading() as reading:
        project = read_project(root.resolve()) if kept else read_document(root)
        project = project.told(strict=strict, trust=trust or (not kept and is_signed(root)))
        record = (
            open_record(project, formats, parameters, out, execute, store)
            if recorded and (kept or store)
            else None
        )
        before = record.look() if record else None
        request = _Request(formats, parameters, out, store, execute, say, warn or warn_on_stderr, running)
        written, failed = _write_documents(project, request, kept=kept)
        say("")
        if project.strict and failed:
            raise failed[0]
        paths = publish_files(written)
        if record and before and not failed:
            record.write(reading, paths, before)
    if failed:
        summary = f"{failed[0].summary} Other formats are written." if paths else failed[0].summary
        raise type(failed[0])(summary, [issue for error in failed for issue in error.issues])
    return paths


@dataclass(frozen=True)
class _Request:
    """What was asked for, as in ``render_project``."""

    formats: Sequence[str]
    parameters: Mapping[str, Any] | None
    out: Path | None
    store: Path | None
    execute: bool
    progress: Progress
    warn: Warn
    running: Running


def _render_with_quarto(root: Path, asked: _Request, *, recorded: bool) -> list[Path]:
    """What Quarto makes of the executed report, published and perhaps recorded."""
    from sourcebook.render.quarto import render_with_quarto

    with Reading() as reading:
        given = (asked.parameters, asked.out, asked.execute)
        record = (
            open_record(read_project(root.resolve()), ["quarto", *asked.formats], *given)
            if recorded
            else None
        )
        before = record.look() if record else None
        written = render_with_quarto(
            root, asked.formats, parameters=asked.parameters, out=asked.out, execute=asked.execute,
            progress=asked.progress, warn=asked.warn, **asked.running,
        )  # fmt: skip
        paths = publish_files(written)
        if record and before:
            record.write(reading, paths, before)
    return paths


def _write_documents(
    project: Project, asked: _Request, *, kept: bool
) -> tuple[dict[Path, bytes], list[SourcebookError]]:
    """The files of the project, or of each of its documents, and why some are missing; with ``kept`` their results
    are kept beside them.
    """
    documents = [project]
    if project.kind == "default":
        documents = [document_of(project, path) for path in project.chapters]
    folders = [prepare_folder(asked.out or one.root / one.output) for one in documents]
    store = asked.store or ((asked.out or project.root / project.output) if kept else None)
    ignored = (*list_made(project, asked.out, asked.store), *([store / STORE] if store else []))
    written: dict[Path, bytes] = {}
    failed: list[SourcebookError] = []
    for one, folder in zip(documents, folders, strict=True):
        with limits.allow_seconds(PROGRAM_SECONDS.of(one.own)):
            settings = Settings(root=one.root, output=store, ignored=ignored, **asked.running)
            files, errors = _write_document(
                one, asked, settings, None if project.kind == "default" else store
            )
        failed += errors
        written |= {folder / name: body for name, body in files.items()}
    _check_sources(written, documents)
    return written, failed


def _check_sources(written: Iterable[Path], documents: Iterable[Project]) -> None:
    """Raises ``ProjectError`` where a file to be written is one that it was made from."""
    sources = {(one.root / chapter).resolve() for one in documents for chapter in one.chapters}
    issues = [
        Issue(
            path.name,
            "it would take the place of what it is made from",
            fix="name another folder: --out FOLDER",
        )
        for path in written
        if path.resolve() in sources
    ]
    if issues:
        raise ProjectError("A file is not written.", issues)


def _write_document(
    one: Project, asked: _Request, settings: Settings, store: Path | None
) -> tuple[Files, list[SourcebookError]]:
    """The files of one document, and why some are missing; cut fonts are kept in ``store``, if it has a folder for such things."""
    name = one.chapters[0].as_posix() if len(one.chapters) == 1 else "_quarto.yml"
    with limits.bound_depth(name), limits.name_source(name):
        report = build_report(
            one,
            read_chapters(one, asked.parameters),
            Places(asked.warn, one.strict),
            settings,
            execute=asked.execute,
            formats=asked.formats,
            progress=asked.progress,
        )
        asked.progress("writing " + " and ".join(asked.formats))
        return write_formats(report, asked.formats, store)


def build_report(
    project: Project,
    chapters: Sequence[Chapter],
    places: Places,
    settings: Settings,
    *,
    execute: bool = True,
    formats: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> Report:
    """Executes and converts the chapters, numbers everything once and resolves references and citations.

    While notebooks run, what writing ``formats`` will need is prepared.
    """
    memo = open_memo(settings)
    converted = _convert(
        project, chapters, places, settings, memo, execute=execute, formats=formats, progress=progress
    )
    return assemble_report(project, converted, places, memo, plain="qmd" in formats)


def _convert(
    project: Project,
    chapters: Sequence[Chapter],
    places: Places,
    settings: Settings,
    memo: Memo,
    *,
    execute: bool,
    formats: Sequence[str],
    progress: Progress,
) -> list[ChapterTree]:
    """The chapters executed and converted; what their cells gave, which may be large, is then let go."""
    for chapter in chapters:
        places.sources |= read_sources(chapter.notebook, chapter.name)
    if execute and ENABLED.of(project.execute) and EVAL.of(project.execute) is not False:
        with _beside(lambda: prepare_writing(formats)) as begin:

            def say(message: str) -> None:
                """The first message comes when notebooks run, and a core may soon be idle."""
                begin()
                progress(message)

            chapters = execute_chapters(project, chapters, places, settings, say)
    progress("converting")
    return convert_chapters(project, chapters, plan_export(project, chapters), places, memo)


@contextlib.contextmanager
def _beside(work: Callable[[], None]) -> Iterator[Callable[[], object]]:
    """A function whose first call begins ``work`` in another thread; nobody waits for its end."""
    pool = ThreadPoolExecutor(1)
    try:
        yield functools.cache(lambda: pool.submit(work))
    finally:
        pool.shutdown(wait=False)


def plan_export(project: Project, chapters: Sequence[Chapter]) -> ChapterExport:
    """How the chapters of ``project`` are exported; ``chapters`` are executed."""
    names = read_names(project.meta, book=project.kind == "book")
    return ChapterExport(
        root=project.root,
        defaults=project.execute,
        by_format={
            form: own for form in list_formats() if form != "typst" and (own := project.execute_in(form))
        },
        kinds=names.floats,
        trusted=project.trusted,
        acting=project.acting,
        meta=project.meta,
        variables=read_variables(project.root),
        colours={name: colour.light for name, colour in project.brand.colours.items()}
        | dict(project.brand.palette),
        notebooks={chapter.path: chapter.notebook for chapter in chapters},
        chapters=project.chapters,
    )


def _check_formats(formats: Sequence[str]) -> None:
    unknown = [form for form in formats if form not in list_formats()]
    if unknown or not formats:
        issue = Issue("--to", "unknown format", ", ".join(unknown) or "none", ", ".join(list_formats()))
        raise ProjectError("The report cannot be written in this format.", [issue])
