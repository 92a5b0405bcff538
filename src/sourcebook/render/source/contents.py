"""Which files a project consists of: chapters, appendices and parts, in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.core.files import is_file
from sourcebook.core.options import APPENDICES, ARTICLE, BIBLIOGRAPHY, CHAPTERS, CSL, RENDER
from sourcebook.core.root import check_area
from sourcebook.errors import Issue, ProjectError

if TYPE_CHECKING:
    from sourcebook.render.source.project import Project

CHAPTER_KINDS = (".ipynb", ".qmd", ".md")


def list_chapters(
    root: Path, kind: str, meta: Mapping[str, Any], own: Mapping[str, Any]
) -> tuple[list[Path], list[Path]]:
    """Chapters and appendices that the settings name; those of a default project may be found in its folder."""
    if kind == "book":
        return list_paths(CHAPTERS.of(meta)), list_paths(APPENDICES.of(meta))
    if kind == "manuscript":
        return [Path(ARTICLE.of(meta) or ARTICLE.default)], []
    if kind == "document":
        return [], []
    patterns = as_list(RENDER.of(own)) or [f"*{suffix}" for suffix in CHAPTER_KINDS]
    found = {
        path.relative_to(root)
        for pattern in map(str, patterns)
        for path in root.glob(pattern)
        if path.suffix in CHAPTER_KINDS and not path.name.startswith(("_", "."))
    }
    named = [Path(str(pattern)) for pattern in patterns if not any(sign in str(pattern) for sign in "*?[")]
    return sorted((found | set(named)) - {Path("README.md")}), []


def list_parts(entries: Any) -> dict[int, str]:
    """Titles of parts by the number of the chapter they stand before; empty where that chapter is the part's page."""
    parts: dict[int, str] = {}
    position = 0
    for entry in as_list(entries):
        title = str(entry.get("part") or "") if isinstance(entry, dict) else ""
        if title:
            parts[position] = "" if title.endswith(CHAPTER_KINDS) else title
        position += len(list_paths([entry]))
    return parts


def list_paths(entries: Any) -> list[Path]:
    """Chapter paths; parts are flattened into their own page, if they have one, and their chapters."""
    paths: list[Path] = []
    for entry in as_list(entries):
        if isinstance(entry, dict):
            part = str(
                entry.get("part") or entry.get("href") or entry.get("notebook") or entry.get("file") or ""
            )
            paths += [Path(part)] if part.endswith(CHAPTER_KINDS) else []
            paths += list_paths(entry.get("chapters"))
        else:
            paths.append(Path(str(entry)))
    return paths


def as_list(value: Any) -> list[Any]:
    """A value of the settings that may stand alone or in a list, as a list."""
    return list(value) if isinstance(value, list) else [] if value in (None, "") else [value]


def check_paths(project: Project) -> None:
    """Raises ``ProjectError`` naming every file of a project that is not there, or of no kind that can be a chapter."""
    issues = [
        Issue(
            "_quarto.yml", f"the chapter {path} does not exist", fix="correct the path, or take the line out"
        )
        for path in [*project.chapters, *project.notebooks]
        if not is_file(project.root / path)
    ]
    issues += [
        Issue(
            "_quarto.yml",
            f"the chapter {path} is of an unknown kind",
            path.suffix,
            " or ".join(CHAPTER_KINDS),
        )
        for path in project.chapters
        if path.suffix not in CHAPTER_KINDS
    ]
    issues += [
        Issue(project.find(option.name), f"the file {path} does not exist", fix=f"correct {option.name}:")
        for option, paths in (
            (BIBLIOGRAPHY, project.bibliography),
            (CSL, [project.csl] if project.csl else []),
        )
        for path in paths
        if not is_file(project.root / path)
    ]
    named = [*project.chapters, *project.notebooks, *project.bibliography]
    named += [project.csl] if project.csl else []
    for path in [*named, project.output / project.name]:
        issues += check_area(project.root / path, project.area, "_quarto.yml")
    if not project.chapters:
        issues.append(
            Issue("_quarto.yml", "names no chapters", expected="book: chapters: a list of notebooks")
        )
    if issues:
        raise ProjectError("The project cannot be rendered.", issues)
