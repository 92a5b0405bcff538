"""Which project a notebook or command belongs to: the folder above it that holds a ledger and a table of contents."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sourcebook.core.files import is_file
from sourcebook.errors import Issue, ProjectError

MARKS = ("_quarto.yml", "data/datapackage.json")
VARIABLE = "SOURCEBOOK_PROJECT"


def find_root(path: str | os.PathLike[str] | None = None) -> Path:
    """The root of the project at or above ``path``; without one, of the notebook or folder we run in.

    Looked for in this order: the variable SOURCEBOOK_PROJECT, the working directory, the notebook
    that Jupyter names, the notebook that VS Code names. Raises ProjectError when there is none.
    """
    return _find(path, MARKS)


def find_report(path: str | os.PathLike[str] | None = None) -> Path:
    """The root of a report, which may have no ledger; raises ProjectError when there is none, or no such path."""
    if path is not None and not Path(path).exists():
        raise ProjectError(f"{path} does not exist: name a notebook, a document, or the folder of a report.")
    if path is not None and Path(path).is_file():
        raise ProjectError(f"{path} is a file: name the folder of its report, which holds {MARKS[0]}.")
    return _find(path, MARKS[:1])


def find_area(root: Path) -> Path:
    """The folder that documents in ``root`` may read: the project's; without one the git work tree they lie in, or the
    working directory if that holds them; else their own.
    """
    if is_file(root / MARKS[0]):
        return root
    tree = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    here = Path.cwd()
    return tree or (here if root.is_relative_to(here) else root)


def check_area(path: Path, area: Sequence[Path], where: str) -> list[Issue]:
    """An issue for what ``where`` names and may not read, since it lies, links followed, in no folder of ``area``.

    A ``path`` that no file system can hold is none.
    """
    try:
        place = path.resolve()
    except (OSError, ValueError, RuntimeError):  # too long a name, a zero in it, links in a circle
        return [Issue(where, "this is no name of a file", str(path)[:60])]
    if any(place == folder or folder in place.parents for folder in area):
        return []
    fix = "put it into the project's folder, or name it in _quarto.yml under sourcebook: outside:"
    return [
        Issue(
            where,
            "this lies outside the project, where a document may not reach",
            str(path),
            f"below {area[0]}",
            fix,
        )
    ]


def _find(path: str | os.PathLike[str] | None, marks: Sequence[str]) -> Path:
    starts = [Path(path)] if path is not None else list(_starts())
    for start in starts:
        root = _climb(start, marks)
        if root:
            return root
    looked = ", ".join(str(start) for start in starts)
    raise ProjectError(
        f"No project found at or above {looked}: a project is a folder with {' and '.join(marks)}. "
        f"Change into one, name it, or set {VARIABLE}."
    )


def _starts() -> Iterator[Path]:
    named = os.environ.get(VARIABLE)
    if named:
        yield Path(named)
        return  # a project that is named is used or refused, never replaced by another
    yield Path.cwd()
    session = os.environ.get("JPY_SESSION_NAME")
    if session:
        yield Path(session)
    opened = _notebook_of_vscode()
    if opened:
        yield Path(opened)


def _notebook_of_vscode() -> str:
    """VS Code puts the notebook's path into the user's namespace; its kernel may start anywhere."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return str(shell.user_ns.get("__vsc_ipynb_file__", "")) if shell else ""


def _climb(start: Path, marks: Sequence[str]) -> Path | None:
    start = start.expanduser().absolute()
    for folder in (start, *start.parents):
        if all(_is_file(folder / mark) for mark in marks):
            return folder
    return None


def _is_file(path: Path) -> bool:
    """Whether a file is there, asked so that whatever watches a notebook learns of the question.

    ``os.stat`` raises no audit event, opening does, also where nothing is; O_PATH opens no more than the name.
    """
    if sys.platform != "linux":
        return path.is_file()
    try:
        opened = os.open(path, os.O_PATH)
    except (OSError, ValueError):
        return False
    try:
        return stat.S_ISREG(os.fstat(opened).st_mode)
    finally:
        os.close(opened)
