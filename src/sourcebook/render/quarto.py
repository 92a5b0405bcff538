"""The other engine: the executed report as Quarto Markdown, nothing left to run, handed to an installed Quarto."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from sourcebook.core.console import Progress
from sourcebook.core.files import prepare_folder, scratch_folder
from sourcebook.errors import Issue
from sourcebook.execute.plan import Settings
from sourcebook.render.assembly import Report
from sourcebook.render.execution import Running
from sourcebook.render.formats import Files, find_format, list_formats
from sourcebook.render.formats.fonts import copy_fonts
from sourcebook.render.formats.qmd import write_chapter
from sourcebook.render.report import build_report
from sourcebook.render.source.chapters import read_chapters
from sourcebook.render.source.metadata import rename_chapters
from sourcebook.render.source.places import Places, Warn
from sourcebook.render.source.project import Project, document_of, read_document, read_project
from sourcebook.render.tools import run_quarto
from sourcebook.render.typst_compiler import draw_pictures

# Formats that pandoc writes without SVG, unless a program to draw it is installed.
_OFFICE = ("docx", "odt", "pptx")
_LEFT_BEHIND = ("_build", "_book", "_site", "_manuscript", "__pycache__", ".*", "*.pyc")


def render_with_quarto(
    root: Path,
    formats: Sequence[str],
    *,
    parameters: Mapping[str, Any] | None = None,
    out: Path | None = None,
    execute: bool = True,
    progress: Progress = lambda _: None,
    warn: Warn,
    **running: Unpack[Running],
) -> dict[Path, bytes]:
    """The project or document at ``root`` in Quarto's themes and formats: the content of each file by its path.

    Notebooks are executed by us; a copy of the project gets their chapters as text, and Quarto is told to run nothing.
    ``warn`` is told what Quarto warns of, too. Raises ``ToolError`` when Quarto is missing or fails.
    """
    run_quarto(["--version"], Path.cwd())
    single = root.is_file()
    project = read_document(root) if single else read_project(root.resolve())
    folder = prepare_folder(out or project.root / project.output)
    settings = Settings(root=project.root, output=None if single else folder, **running)
    documents = [project]
    if project.kind == "default":
        documents = [document_of(project, path) for path in project.chapters]
    with scratch_folder() as name:
        copy = Path(name) / "project"
        shutil.copytree(project.root, copy, ignore=_ignored(project))
        reports = [
            build_report(
                one, read_chapters(one, parameters), Places(warn), replace(settings, root=one.root),
                execute=execute, formats=["qmd"], progress=progress,
            )
            for one in documents
        ]  # fmt: skip
        target = [project.chapters[0].with_suffix(".qmd").as_posix()] if single else []
        made = Path(name) / "made"
        for form in map(_name, formats):
            for report in reports:
                _hand_over(report, copy, drawn=form in _OFFICE)
            progress(f"Quarto writes {form}")
            options = ["--to", form, "--no-execute", "--output-dir", str(made)]
            remarks = run_quarto(["render", *target, *options], copy)
            for said in _list_warnings(remarks):
                warn(Issue("Quarto", said))
        paths = [path for path in sorted(made.rglob("*")) if path.is_file()]
        return {folder / path.relative_to(made): path.read_bytes() for path in paths}


def _name(form: str) -> str:
    """Quarto's name of our format ``form``; its own go through as they are."""
    return (find_format(form).quarto if form in list_formats() else "") or form


def _ignored(project: Project) -> Any:
    patterns = shutil.ignore_patterns(*_LEFT_BEHIND)
    output = str(project.root / project.output)

    def ignored(folder: str, names: list[str]) -> set[str]:
        """Those of ``names`` in ``folder`` that are not copied; the output folder may have any name."""
        own = {name for name in names if str(Path(folder) / name) == output}
        return patterns(folder, names) | own

    return ignored


def _hand_over(report: Report, copy: Path, *, drawn: bool) -> None:
    """Puts the chapters of a report into the copy as text, in the place of what they were, and under their new names.

    With ``drawn`` their drawings come as bitmaps.
    """
    project = report.project
    files: Files = {}
    for chapter, path in zip(report.plain, project.chapters, strict=True):
        (copy / path).unlink(missing_ok=True)
        files |= write_chapter(report, chapter, path, path.with_suffix(".qmd"))
    for name, body in (_draw(files) if drawn else files).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(body)
    settings = copy / "_quarto.yml"
    if settings.is_file():
        renamed = {path.as_posix(): path.with_suffix(".qmd").as_posix() for path in project.chapters}
        text = rename_chapters(settings.read_text(encoding="utf-8-sig"), renamed)
        settings.write_text(text, encoding="utf-8")


def _draw(files: Files) -> Files:
    """``files`` whose chapters show bitmaps of their drawings."""
    drawings = [name for name in files if name.endswith(".svg")]
    if not drawings:
        return files
    with scratch_folder() as scratch:
        folder = Path(scratch)
        for number, name in enumerate(drawings):
            (folder / f"{number}.svg").write_bytes(files[name])
        copy_fonts(folder / "fonts")
        pictures = draw_pictures(
            folder, [f"{number}.svg" for number in range(len(drawings))], [folder / "fonts"]
        )
    made = Files(files)
    for name, picture in zip(drawings, pictures, strict=True):
        made[name.removesuffix("svg") + "png"] = picture
        beside = f"{Path(name).parent.name}/{Path(name).name}"  # as a chapter has it
        for chapter in (name for name in made if name.endswith(".qmd")):
            made[chapter] = made[chapter].replace(f"({beside})".encode(), f"({beside[:-3]}png)".encode())
    return made


def _list_warnings(remarks: str) -> list[str]:
    """What Quarto warns of, each once."""
    lines = (line.strip() for line in remarks.splitlines())
    return list(dict.fromkeys(line for line in lines if line.startswith(("WARN", "[WARNING]", "(W)"))))
