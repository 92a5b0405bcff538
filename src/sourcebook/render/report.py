"""The whole way: a project's notebooks executed, exported, numbered once and written in each format."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbformat import NotebookNode

from sourcebook.errors import Issue, ProjectError
from sourcebook.execute.plan import execute_notebooks
from sourcebook.render.cells.exporter import export_chapter
from sourcebook.render.source.project import Project, read_project
from sourcebook.render.tools import read_markdown, run_pandoc
from sourcebook.render.tree.dialect import normalise
from sourcebook.render.tree.document import Node, is_div, iterate, transform
from sourcebook.render.tree.exhibits import check_exhibits
from sourcebook.render.tree.references import Target, number_targets, resolve_references
from sourcebook.render.write.html import render_html
from sourcebook.render.write.media import locate_media
from sourcebook.render.write.pdf import render_pdf

FORMATS = ("html", "pdf")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Report:
    """A numbered report before any writer: pandoc document, title-page text, targets and exhibit payloads."""

    project: Project
    document: dict[str, Any]
    abstract: list[Node]
    targets: Mapping[str, Target]
    payloads: Mapping[str, Mapping[str, Any]]


def render_project(
    root: Path,
    formats: Sequence[str] = FORMATS,
    *,
    timeout: int = 300,
    jobs: int | None = None,
    out: Path | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Builds the project in ``root`` and returns the files written, one per format.

    ``timeout`` is seconds per cell, ``jobs`` the number of notebooks run at once, ``out`` another output folder.
    All files appear whole, together, after everything succeeded; until then the last good ones stay.

    Raises a ``SourcebookError`` of the phase that failed.
    """
    say = progress or _progress
    project = read_project(root.resolve())
    folder = _output_folder(out or project.root / project.output)
    report = build_report(project, timeout=timeout, jobs=jobs, progress=say)
    say("writing " + " and ".join(formats))
    with ThreadPoolExecutor(len(formats)) as pool:
        contents = list(pool.map(lambda form: _write(report, form), formats))
    say("")
    return _publish(
        {folder / f"{project.name}.{form}": body for form, body in zip(formats, contents, strict=True)}
    )


def build_report(project: Project, *, timeout: int, jobs: int | None, progress: Progress) -> Report:
    """Executes and converts the chapters, numbers everything once and resolves references and citations."""
    names = [path.as_posix() for path in project.chapters]
    notebooks = _run(project, timeout, jobs, progress)
    progress("converting")
    chapters: list[list[Node]] = []
    payloads: dict[str, Mapping[str, Any]] = {}
    exported = [export_chapter(nb, name, project.execute) for nb, name in zip(notebooks, names, strict=True)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        documents = list(pool.map(lambda pair: read_markdown(pair[0]), exported))
    for document, (_, resources) in zip(documents, exported, strict=True):
        chapters.append(normalise(document["blocks"]))
        payloads |= resources.get("exhibits", {})
        for warning in resources.get("warnings", []):
            sys.stderr.write(f"sourcebook: warning: {warning}\n")
    locate_media(chapters, [(project.root / path).parent for path in project.chapters], project.root)
    check_exhibits(chapters, payloads)
    targets = number_targets(chapters, project.appendix_from)
    resolve_references(chapters, targets, _citation_keys(project))
    document = _cite(project, documents[0] | {"blocks": [block for blocks in chapters for block in blocks]})
    document, abstract = _take_abstract(document)
    return Report(project, document, abstract, targets, payloads)


def _run(project: Project, timeout: int, jobs: int | None, progress: Progress) -> list[NotebookNode]:
    """Every chapter as an executed notebook; a Markdown chapter is a notebook of one cell."""
    code = [path for path in project.chapters if path.suffix == ".ipynb"]
    executed = execute_notebooks(
        [project.root / path for path in code],
        names=[path.as_posix() for path in code],
        timeout=timeout,
        jobs=jobs,
        progress=lambda name: progress(f"running {name}"),
    )
    done = dict(zip(code, executed, strict=True))
    return [done.get(path) or _markdown_chapter(project.root / path) for path in project.chapters]


def _markdown_chapter(path: Path) -> NotebookNode:
    cell = nbformat.v4.new_markdown_cell(path.read_text(encoding="utf-8"), id="text")
    return nbformat.v4.new_notebook(cells=[cell])


def _citation_keys(project: Project) -> set[str]:
    keys: set[str] = set()
    for path in project.bibliography:
        if path.suffix in (".yaml", ".yml"):
            loaded = yaml.load((project.root / path).read_text(encoding="utf-8"), _yaml_loader())  # noqa: S506 - a safe loader
            keys |= {str(item["id"]) for item in (loaded or {}).get("references") or []}
        else:
            entries = yaml.safe_load(run_pandoc(["-t", "csljson", str(project.root / path)], ""))
            keys |= {str(item["id"]) for item in entries}
    return keys


def _yaml_loader() -> Any:
    """libyaml's loader where the wheel has it: ten times as fast on a long bibliography."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _cite(project: Project, document: dict[str, Any]) -> dict[str, Any]:
    """Citations and bibliography set by citeproc, once for all formats."""
    if not project.bibliography or not any(node["t"] == "Cite" for node in iterate(document["blocks"])):
        return document
    import json

    options = [
        "-f",
        "json",
        "-t",
        "json",
        "--citeproc",
        "--metadata=link-citations:true",
        f"--metadata=lang:{project.lang}",
    ]
    options += [f"--bibliography={project.root / path}" for path in project.bibliography]
    options += [f"--csl={project.root / project.csl}"] if project.csl else []
    cited: dict[str, Any] = json.loads(run_pandoc(options, json.dumps(document)))
    return cited | {"meta": {}}


def _take_abstract(document: dict[str, Any]) -> tuple[dict[str, Any], list[Node]]:
    """The ``.abstract`` Div goes to the title page; marker blocks have done their work and go."""
    abstract: list[Node] = []

    def visit(node: Node) -> list[Node] | None:
        if node["t"] == "RawBlock" and node["c"][0] == "place":
            return []
        if is_div(node, "abstract"):
            abstract.extend(node["c"][1])
            return []
        return None

    blocks = transform(document["blocks"], visit)
    return document | {"blocks": blocks}, abstract


def _write(report: Report, form: str) -> bytes:
    if form == "html":
        return render_html(report.project, report.document, report.abstract, report.targets, report.payloads)
    return render_pdf(
        report.project, report.document, report.abstract, report.payloads, _attachments(report.project)
    )


def _attachments(project: Project) -> list[Path]:
    """What the PDF carries so that it alone is enough: data, chapters, settings, requirements."""
    data = [
        path
        for pattern in ("*.csv", "*.json", "*.yaml", "*.toml")
        for path in (project.root / "data").rglob(pattern)
    ]
    single = [project.root / name for name in ("_quarto.yml", "requirements.txt")]
    paths = {path.relative_to(project.root) for path in [*data, *single] if path.is_file()}
    return sorted(paths | set(project.chapters))


def _output_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        issue = Issue(
            str(folder),
            error.strerror or str(error),
            fix="make the folder writable, or name another with --out",
        )
        raise ProjectError("The output folder cannot be written.", [issue]) from error


def _publish(contents: Mapping[Path, bytes]) -> list[Path]:
    """Writes every file beside its place first, then moves all of them there."""
    ready: list[tuple[Path, Path]] = []
    try:
        for path, body in contents.items():
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
            ready.append((part, path))
            part.write_bytes(body)
        for part, path in ready:
            part.replace(path)
    except OSError as error:
        raise ProjectError(
            "The report cannot be written.", [Issue(str(error.filename), error.strerror or "")]
        ) from error
    finally:
        for part, _ in ready:
            part.unlink(missing_ok=True)
    return list(contents)


def _progress(message: str) -> None:
    """One line that rewrites itself on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{message}")
        sys.stderr.flush()
