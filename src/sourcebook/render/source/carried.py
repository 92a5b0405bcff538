"""What a PDF carries so that it alone is enough: every file that `make` needs, and a list of them with hashes."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from sourcebook import __version__
from sourcebook.core.yaml_text import load_yaml
from sourcebook.render.source.project import Project

MANIFEST = "manifest.json"
# Packages whose version may show in the report; requirements/run.txt, carried too, pins these and all others.
# The version of Python is left out: it shows nowhere, and two machines must be able to agree on an edition.
TOOLS = ("matplotlib", "nbconvert", "pandas", "pypandoc-binary", "typst")
_SETTINGS = (
    *("Makefile", "pyproject.toml", "requirements/run.txt", "requirements.txt"),
    *("README.md", "LICENSE", "LICENSE-DATA", "CITATION.cff"),
    *("_quarto.yml", "_brand.yml", "_variables.yml", "_metadata.yml", "index.md", "index.qmd", "index.ipynb"),
)
_DATA = (".csv", ".json", ".yaml", ".yml", ".toml", ".md", ".bib", ".csl")
_PROSE = (".ipynb", ".qmd", ".md", ".py", ".png", ".jpg", ".jpeg", ".svg")
_LOOK = (".md", ".css", ".csl", ".html", ".typ", ".svg", ".png", ".woff2")
_ROOMS: Mapping[str, tuple[str, ...] | None] = {
    "data": _DATA,
    "notebooks": _PROSE,
    "report": _LOOK,
    "src/sourcebook": None,  # all of it: the tool, where the project has it in itself
}
_LEFT_OUT = ("_build", "output", "__pycache__")


def list_carried(project: Project) -> list[str]:
    """Paths of the files a project's PDF carries, sorted.

    Only what a list of places and endings allows, so that nothing that happens to lie about gets out;
    above all not the article, which is somebody else's text.
    """
    root = project.root
    named = [*project.chapters, *project.bibliography]  # these may lie outside the usual folders
    found = {path for path in _SETTINGS if _is_file(root / path)}
    for room, endings in _ROOMS.items():
        found.update(_walk(root, room, endings))
    found.update(path.as_posix() for path in project.brand.files if _is_file(root / path))
    found.update(path.as_posix() for path in named if ".." not in path.parts and _is_file(root / path))
    return sorted(path for path in found if not _is_article(path))


def describe_carried(root: Path, paths: Iterable[str]) -> dict[str, Any]:
    """The manifest of the inputs: title and date of the edition, newest source, tools, and SHA-256 by path."""
    settings = _read_yaml(root / "_quarto.yml")
    book = settings.get("book") or {}
    return {
        "title": str(book.get("title") or settings.get("title") or ""),
        "edition": str(book.get("date") or settings.get("date") or ""),
        "sourcebook": __version__,
        "newest_source": _newest(root / "data/sources.yaml"),
        "tools": {name: found for name in TOOLS if (found := _version(name))},
        "inputs": {path: hash_bytes((root / path).read_bytes()) for path in paths},
    }


def write_manifest(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as stable JSON: one entry a line, in the order given."""
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def hash_bytes(body: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def _walk(root: Path, room: str, endings: tuple[str, ...] | None) -> Iterator[str]:
    for parent, folders, names in os.walk(root / room):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _LEFT_OUT]
        for name in names:
            path = Path(parent, name)
            wanted = name.endswith(endings) if endings else not name.endswith((".pyc", ".so", "~"))
            if wanted and not name.startswith(".") and _is_file(path):
                yield path.relative_to(root).as_posix()


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_article(path: str) -> bool:
    return "/article." in f"/{path}" and not path.endswith(("article.toml", ".py"))


def _newest(path: Path) -> str:
    """The latest date a publication was issued, as written; an interval counts by its end."""
    return _newest_in(path.read_bytes()) if path.is_file() else ""


@functools.lru_cache(maxsize=1)
def _newest_in(sources: bytes) -> str:
    listed = _parse(sources).get("references") or []
    dates = [str(row.get("issued") or "") for row in listed if isinstance(row, dict)]
    return max(
        (text for text in dates if text[:4].isdecimal()), key=lambda text: text.split("/")[-1], default=""
    )


def _read_yaml(path: Path) -> Mapping[str, Any]:
    return _parse(path.read_bytes()) if path.is_file() else {}


def _parse(body: bytes) -> Mapping[str, Any]:
    """A mapping, or an empty one: whether the file is sound is the business of others."""
    try:
        loaded = load_yaml(body)
    except yaml.YAMLError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


@functools.cache
def _version(name: str) -> str:
    """The version of a package as this process uses it."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
