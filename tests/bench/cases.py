"""What is timed: each case has a command, and what to do before it, which is not."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import generated
from saved import time_preview

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
VARIABLES = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Case:
    """One thing to be timed; ``size`` and ``series`` where it is one of several sizes of the same.

    ``watch``, told the round, gives seconds and MiB of what is more than one command from its start to its end.
    """

    name: str
    says: str
    command: tuple[str, ...]
    folder: Path
    prepare: Callable[[int], object]
    series: str = ""
    size: int = 0
    watch: Callable[[int], tuple[float, float]] | None = None

    @property
    def variables(self) -> Mapping[str, str]:
        return VARIABLES


def list_report_cases(project: Path, work: Path) -> list[Case]:
    """The cases of a whole report, on a copy of ``project`` in the folder ``work``."""
    copy = work / "report"
    _copy(project, copy)
    notebooks = _list_notebooks(copy)
    edited = copy / notebooks[len(notebooks) // 2]
    table = sorted((copy / "data/series").glob("*.csv"))[0]
    render = (str(BIN / "sourcebook"), "render", "--to", "html,pdf", "--quiet")
    make = ("make", "--no-print-directory")
    nbconvert = (
        str(BIN / "jupyter"),
        "nbconvert",
        "--execute",
        "--to",
        "html",
        "--output-dir",
        str(work / "nbconvert"),
    )
    cases = [
        Case("cold", "ours, nothing kept, HTML and PDF", render, copy, lambda _: _clear(copy)),
        Case("nothing", "ours, nothing to do (make)", make, copy, lambda _: _build(copy)),
        Case("help", "sourcebook --help", (render[0], "--help"), copy, _do_nothing),
        Case("prose", f"ours after an edit of prose in {edited.name}", make, copy, lambda n: (_build(copy), _edit(edited, "markdown", n))),
        Case("code", f"ours after an edit of code in {edited.name}", make, copy, lambda n: (_build(copy), _edit(edited, "code", n))),
        Case("data", f"ours after an edit of data/series/{table.name}", make, copy, lambda _: (_build(copy), _change_number(table))),
        Case("nbconvert", "jupyter nbconvert --execute, HTML only", (*nbconvert, *notebooks), copy, _do_nothing),
        Case("bare", "the bare cells in one process, figures as SVG", (sys.executable, str(HERE / "bare.py"), *_absolute(copy, notebooks)), copy, _do_nothing),
    ]  # fmt: skip
    for way in ("forked", "anew"):
        command = (sys.executable, str(HERE / "executed.py"), way, *_absolute(copy, notebooks))
        says = f"processor time of all cells, kernels {way}"
        cases.append(
            Case(f"cells-{way}", says, command, copy, _do_nothing, watch=partial(_measure, command, copy))
        )
    if browser := os.environ.get("SOURCEBOOK_CHROMIUM"):  # `make bench` looks for it
        cases.append(_list_preview(copy, edited, browser))
    if quarto := shutil.which("quarto"):
        theirs = work / "theirs"  # it writes what it executes into the notebooks
        book = (quarto, "render", "--execute", "--to", "html", "--output-dir", str(work / "quarto"))
        says = "quarto render --execute, HTML only"
        cases.append(Case("quarto", says, book, theirs, lambda _: _copy(project, theirs)))
    return cases


def take_profile(work: Path) -> dict[str, Any]:
    """Where the processor time of a cold build goes, as ``profiled.py`` tells it, of the copy that the cases work on."""
    copy = work / "report"
    _clear(copy)
    command = (sys.executable, str(HERE / "profiled.py"), str(copy))
    done = subprocess.run(command, env=VARIABLES, stdout=subprocess.PIPE, text=True, check=True)
    profile: dict[str, Any] = json.loads(done.stdout)
    return profile


def _measure(command: tuple[str, ...], folder: Path, _round: int) -> tuple[float, float]:
    """The seconds that ``command`` prints."""
    done = subprocess.run(command, cwd=folder, env=VARIABLES, capture_output=True, text=True, check=True)
    return float(done.stdout), 0.0


def _list_preview(copy: Path, edited: Path, browser: str) -> Case:
    says = f"preview: from saved prose in {edited.name} to the browser"
    command = (str(BIN / "sourcebook"), "preview", str(copy), "--port", "0")
    watch = partial(time_preview, command, VARIABLES, browser, partial(_edit, edited, "markdown"))
    return Case("preview", says, command, copy, _do_nothing, watch=watch)


LARGEST_PAGE = 2000
"""Claims that one page is made for; a ledger may hold more."""


def list_scale_cases(
    work: Path, chapters: Iterable[int], claims: Iterable[int], reports: Iterable[int]
) -> list[Case]:
    """The cases of growth: generated books of so many chapters, ledgers and editions of so many claims, grids of so many reports."""
    program = str(BIN / "sourcebook")
    render = (program, "render", "--to", "html,pdf", "--quiet")
    page = (program, "render", "--to", "html", "--quiet")
    cases = []
    for size in chapters:
        book = generated.write_chapters(work / f"chapters-{size}", size)
        cases.append(
            Case(
                f"chapters-{size}",
                f"{size} chapters, nothing kept",
                render,
                book,
                _clearing(book),
                "chapters",
                size,
            )
        )
    for size in reports:
        grid = generated.write_reports(work / f"reports-{size}", size)
        sweep = (*page, "towns.ipynb", "--params", "grid.csv")
        says = f"grid of {size} reports, nothing kept"
        cases.append(Case(f"reports-{size}", says, sweep, grid, _forgetting(grid / "grid"), "reports", size))
    for size in claims:
        ledger = generated.write_ledger(work / f"claims-{size}", size)
        before, after = (
            generated.write_edition(work / f"{name}-{size}", size, max(1, size // 100), odd)
            for name, odd in (("before", 101), ("after", 97))
        )
        compare = (program, "compare", str(before), str(after))
        cases += [
            Case(f"check-{size}", f"check of {size} claims", (program, "check"), ledger, _do_nothing, "check", size),
            Case(f"compare-{size}", f"comparison of {size} claims", compare, work, _do_nothing, "compare", size),
        ]  # fmt: skip
        if size <= LARGEST_PAGE:
            said = f"page of {size} claims, nothing kept"
            cases.append(Case(f"ledger-{size}", said, page, ledger, _clearing(ledger), "ledger", size))
    return cases


def _copy(project: Path, copy: Path) -> None:
    _forget(copy)
    shutil.copytree(project, copy, ignore=LEFT_OUT)
    _set_up(copy)


def _set_up(copy: Path) -> None:
    """The stamps that make looks for, so that it takes the environment this runs in."""
    if not (copy / "Makefile").exists():
        (copy / "Makefile").write_text((Path(generated.__file__).parents[2] / "Makefile").read_text())
    for name in ("pyproject.toml", "requirements/run.txt"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).touch()
    environment = copy / ".venv"
    environment.mkdir()
    (environment / "bin").symlink_to(BIN)
    (environment / "run.txt").write_text(
        f"# {copy.resolve()}\n" + (copy / "requirements/run.txt").read_text()
    )
    shutil.copyfile(copy / "pyproject.toml", environment / "project.txt")


def _list_notebooks(root: Path) -> list[str]:
    listed = re.findall(r"^ *- (\S+\.ipynb)$", (root / "_quarto.yml").read_text(encoding="utf-8"), re.M)
    return [name for name in listed if (root / name).is_file()]


def _absolute(root: Path, names: Iterable[str]) -> list[str]:
    return [str(root / name) for name in names]


def _build(copy: Path) -> None:
    """What the case before left, made; nothing to do in most rounds."""
    subprocess.run(["make", "--silent"], cwd=copy, check=True, stdout=subprocess.DEVNULL)


def _do_nothing(_: int) -> None:
    pass


def _clearing(root: Path) -> Callable[[int], None]:
    return _forgetting(root / "report/_build")


def _forgetting(folder: Path) -> Callable[[int], None]:
    return lambda _: _forget(folder)


def _clear(root: Path) -> None:
    _forget(root / "report/_build")


def _forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _edit(path: Path, kind: str, number: int) -> None:
    """Adds to the last cell of a kind what no earlier round had added."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = [cell for cell in notebook["cells"] if cell["cell_type"] == kind][-1]
    added = f"\n\nEdited, edition {number}." if kind == "markdown" else f"\n# edition {number}"
    cell["source"] = "".join(cell["source"]) + added
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def _change_number(path: Path) -> None:
    """Another last digit for the last number of a table's last row that has one."""
    text = path.read_text(encoding="utf-8")
    *_, last = re.finditer(r"(?<=,)\d+(\.\d+)?(?=[,\n])", text)
    digit = str((int(text[last.end() - 1]) + 1) % 10)
    path.write_text(text[: last.end() - 1] + digit + text[last.end() :], encoding="utf-8")
