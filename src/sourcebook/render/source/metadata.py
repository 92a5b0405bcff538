"""Settings as they are written: in a project file, at the head of a chapter, and beside the cells of a notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core import options
from sourcebook.core.text_chapter import find_front_matter, parse_front_matter, read_metadata, read_source
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import Issue, ProjectError


def read_settings(path: Path) -> dict[str, Any]:
    """A project file; ``ProjectError`` when there is none, or it cannot be read."""
    try:
        settings = load_yaml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        fix = "run inside a project, or 'sourcebook new'; or name a single file"
        issue = Issue(path.name, "no such file", expected=f"a project in {path.parent}", fix=fix)
        raise ProjectError("This folder holds no project.", [issue]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}, line {mark.line + 1}" if mark else path.name
        found, expected = getattr(error, "problem", None) or str(error), "YAML in UTF-8"
        fix = "close the quotes, and quote a text that holds a colon; lines of one list begin in one column"
        issue = Issue(where, "cannot be read", found, expected, fix)
        raise ProjectError("The project file cannot be read.", [issue]) from error
    if not isinstance(settings, dict):
        raise ProjectError("The project file cannot be read.", [Issue(path.name, "holds no settings")])
    return settings


def read_front_matter(path: Path, name: str) -> dict[str, Any]:
    """The YAML at the head of a text chapter, or in a notebook's first cell; empty when there is none."""
    if path.suffix != ".ipynb":
        return read_metadata(read_source(path, name), name)
    from sourcebook.core.notebook_format import read_notebook

    notebook = read_notebook(path, name)
    front = parse_front_matter(find_front_matter(notebook.cells)[0], f"{name}, cell 1")
    return _read_metadata(notebook.metadata) | front


def _read_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Title and authors as Jupyter keeps them beside the cells."""
    title, authors = metadata.get("title"), metadata.get("authors")
    people = [one for one in authors if isinstance(one, dict | str)] if isinstance(authors, list) else []
    found = {options.TITLE.name: title} if title and isinstance(title, str) else {}
    return found | ({options.AUTHOR.name: people} if people else {})


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of ``above`` over those of ``below``, mapping by mapping."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def rename_chapters(settings: str, renamed: Mapping[str, str]) -> str:
    """The text of a project file with other names of chapters."""
    for old, new in renamed.items():
        settings = re.sub(rf"(?<![\w./-]){re.escape(old)}(?![\w./-])", new, settings)
    return settings
