"""The project file ``_quarto.yml``: title, chapters, bibliography and formats of one report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sourcebook.errors import Issue, ProjectError

_CHAPTER_KINDS = (".ipynb", ".md")


@dataclass(frozen=True)
class Project:
    """One report: its folder, metadata and chapters (paths relative to ``root``, in reading order)."""

    root: Path
    title: str
    subtitle: str = ""
    author: str = ""
    date: str = ""
    lang: str = "en"
    description: str = ""
    chapters: tuple[Path, ...] = ()
    appendix_from: int | None = None
    bibliography: tuple[Path, ...] = ()
    csl: Path | None = None
    output: Path = Path("_build")
    name: str = "report"
    execute: Mapping[str, Any] = field(default_factory=dict)
    paper: str = "a4"


def read_project(root: Path) -> Project:
    """The project in folder ``root``. Raises ``ProjectError`` naming every unusable setting at once."""
    path = root / "_quarto.yml"
    settings = _read_yaml(path)
    book = settings.get("book") or {}
    chapters = _chapters(book.get("chapters") or [])
    appendices = _chapters(book.get("appendices") or [])
    bibliography = settings.get("bibliography") or []
    project = Project(
        root=root,
        title=str(book.get("title") or settings.get("title") or "Untitled"),
        subtitle=str(book.get("subtitle") or ""),
        author=_authors(book.get("author")),
        date=str(book.get("date") or ""),
        lang=str(settings.get("lang") or "en"),
        description=str(book.get("description") or ""),
        chapters=tuple(chapters + appendices),
        appendix_from=len(chapters) if appendices else None,
        bibliography=tuple(
            Path(p) for p in ([bibliography] if isinstance(bibliography, str) else bibliography)
        ),
        csl=Path(settings["csl"]) if settings.get("csl") else None,
        output=Path((settings.get("project") or {}).get("output-dir") or "_build"),
        name=str(book.get("output-file") or "report"),
        execute=settings.get("execute") or {},
        paper=str(((settings.get("format") or {}).get("typst") or {}).get("papersize") or "a4"),
    )
    _check(project)
    return project


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        issue = Issue(
            path.name,
            "no such file",
            expected=f"a project in {path.parent}",
            fix="run inside a project, or 'sourcebook new'",
        )
        raise ProjectError("This folder holds no project.", [issue]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError("The project file cannot be read.", [Issue(path.name, str(error))]) from error
    if not isinstance(settings, dict):
        raise ProjectError("The project file cannot be read.", [Issue(path.name, "holds no settings")])
    return settings


def _chapters(entries: list[Any]) -> list[Path]:
    """Chapter paths; parts are flattened into their chapters."""
    paths: list[Path] = []
    for entry in entries:
        if isinstance(entry, dict):
            paths += _chapters(entry.get("chapters") or [])
        else:
            paths.append(Path(entry))
    return paths


def _authors(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_authors, value)))
    return str(value.get("name", "")) if isinstance(value, dict) else str(value or "")


def _check(project: Project) -> None:
    issues = [
        Issue(
            "_quarto.yml", f"the chapter {path} does not exist", fix="correct the path under book: chapters"
        )
        for path in project.chapters
        if not (project.root / path).is_file()
    ]
    issues += [
        Issue(
            "_quarto.yml",
            f"the chapter {path} is of an unknown kind",
            path.suffix,
            " or ".join(_CHAPTER_KINDS),
        )
        for path in project.chapters
        if path.suffix not in _CHAPTER_KINDS
    ]
    issues += [
        Issue("_quarto.yml", f"the file {path} does not exist", fix="correct bibliography: or csl:")
        for path in [*project.bibliography, *([project.csl] if project.csl else [])]
        if not (project.root / path).is_file()
    ]
    if not project.chapters:
        issues.append(
            Issue("_quarto.yml", "names no chapters", expected="book: chapters: a list of notebooks")
        )
    if issues:
        raise ProjectError("The project cannot be rendered.", issues)
