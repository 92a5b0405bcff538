"""The chapters executed once, what their exhibits hold, and the rows of ``data/`` read without the library."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from sourcebook.cache.results import STORE
from sourcebook.core.notebook import read_options, read_results, substitute_expressions
from sourcebook.execute.plan import Settings
from sourcebook.render.execution import execute_chapters
from sourcebook.render.record import list_made
from sourcebook.render.source.chapters import read_chapters
from sourcebook.render.source.places import Places
from sourcebook.render.source.project import read_project

EXHIBIT = "application/vnd.sourcebook.exhibit+json"
CITATION = re.compile(r"\s*\[@[^\]]*\]$")
Row = Mapping[str, Any]


def gather(notebooks: Iterable[Any]) -> SimpleNamespace:
    """Exhibits by label (rows as dicts), pictures by label (svg, alt, rows), words by inline expression, sources of cells by id."""
    ready = SimpleNamespace(tables={}, pictures={}, words={}, cells={})
    for cell in (cell for notebook in notebooks for cell in notebook.cells):
        ready.cells[cell["id"]] = cell.source
        words = read_results(cell)
        ready.words |= words
        for output in cell.get("outputs", []):
            if EXHIBIT in output.get("data", {}):
                data = output["data"][EXHIBIT]["data"]
                rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
                options = read_options(cell)
                ready.tables[options["label"]] = rows
                if svg := output["data"].get("image/svg+xml"):
                    alt = substitute_expressions(options["fig-alt"], words)
                    ready.pictures[options["label"]] = SimpleNamespace(svg=svg, alt=alt, rows=rows)
    return ready


@pytest.fixture(scope="session")
def chapters(
    repository: Path, built_report: Path, make_once: Callable[..., SimpleNamespace]
) -> SimpleNamespace:
    """All chapters, as they are today: with the results that the report was built from."""

    def execute(_: Path) -> SimpleNamespace:
        project = read_project(repository)
        ignored = (*list_made(project, built_report), built_report / STORE)
        settings = Settings(root=project.root, output=built_report, ignored=ignored)
        done = execute_chapters(project, read_chapters(project, None), Places(print), settings, print)
        return gather(chapter.notebook for chapter in done if chapter.code)

    return make_once("chapters", execute)


@pytest.fixture(scope="session")
def exhibits(chapters: SimpleNamespace) -> dict[str, list[dict[str, Any]]]:
    """Every exhibit of the report by label."""
    return chapters.tables


@pytest.fixture(scope="session")
def read(repository: Path) -> Callable[[str], list[dict[str, str]]]:
    """A function that reads a table of ``data/`` row by row, as it stands in the file."""

    def read_table(name: str) -> list[dict[str, str]]:
        with (repository / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read_table


@pytest.fixture(scope="session")
def series(read) -> Callable[[str], list[dict[str, str]]]:
    """A function that reads a series."""
    return lambda name: read(f"series/{name}")


@pytest.fixture(scope="session")
def sources(repository: Path) -> dict[str, dict[str, Any]]:
    """The publications by key."""
    listed = yaml.safe_load((repository / "data" / "sources.yaml").read_text(encoding="utf-8"))["references"]
    return {row["id"]: row for row in listed}


@pytest.fixture(scope="session")
def trace(exhibits) -> Callable[..., None]:
    """Compare an exhibit with rows got another way: no row dropped, added or altered, no number left out.

    ``rows`` are dicts by the exhibit's own columns. Every column of the exhibit that holds a number must be among them.
    """

    def compare(label: str, rows: Iterable[Row]) -> None:
        shown, rows = exhibits[label], list(rows)
        assert rows, f"{label}: nothing to compare with"
        columns = list(rows[0])
        left_out = {name for row in shown for name, value in row.items() if _is_number(value)} - set(columns)
        assert not left_out, f"{label}: numbers in {left_out} are not traced"
        found, expected = (Counter(_key(row, columns) for row in each) for each in (shown, rows))
        assert found == expected, f"{label}: {list((found - expected) + (expected - found))[:2]}"

    return compare


def _key(row: Row, columns: list[str]) -> tuple[Any, ...]:
    return tuple(_plain(row.get(name)) for name in columns)


def _plain(value: Any) -> Any:
    """Values as they compare: numbers by value whatever wrote them, nothing as None, lists as the tables write them."""
    if isinstance(value, (list, tuple)):
        value = ";".join(value)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or value in ("yes", "no"):
        return value in (True, "yes")
    try:
        return round(float(value), 6)
    except ValueError:
        return CITATION.sub("", re.sub(r"\\(.)", r"\1", str(value)))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
