"""What a result depends on, and a fingerprint of each as it is now.

An input is (kind, name, fingerprint). Files inside the project are named relative to its root, so that a project
may be moved; others by their whole path. Contents are compared as git does it: a file whose size, times and inode are
those of when its digest was taken has that digest still.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib.machinery
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from sourcebook.core.files import Index, Stamp, digest, name_path, stamp_file, walk_files, walk_tree

Input = tuple[str, str, str]
ABSENT: Final = "absent"
CHANGING: Final = "?"
"""The fingerprint of a file that was changed while somebody read it: it never matches again."""

FILE: Final = "file"
"""A file that was read, or looked for in vain: its bytes."""
THERE: Final = "there"
"""A path that was asked about and not read: whether it is a file, a folder or absent."""
FOLDER: Final = "folder"
"""A folder whose entries were listed: their names and kinds."""
MODULES: Final = "modules"
"""A folder that Python imports from: the names of what it could import from there."""
PACKAGE: Final = "package"
"""An installed package: sizes and times of its code and fonts."""
NAMES: Final = "names"
"""All there is in the project: names, kinds, links, executable bits."""
TREE: Final = "tree"
"""The same with sizes, but for the files that the name lists, a line each: those the notebook writes."""
PYTHON: Final = "python"
"""The interpreter: its version, and the machine."""
DAY: Final = "day"
"""The day of a build, for what shows it."""
PATTERN: Final = "pattern"
"""A pattern such as ``data/*.csv``: the names it finds."""
VARIABLE: Final = "variable"
"""An environment variable: its value, as a digest, for it may be a secret."""
VARIABLES: Final = "variables"
"""All environment variables that may matter, or those that change how things are drawn: their names."""

# What editors put beside a file for a while: a build looks at none of it.
_EDITORS: Final = ("~", ".swp", ".part")
_PACKAGE_FILES: Final = (".py", ".so", ".pyd", ".ttf", ".otf")
_MODULE_FILES: Final = tuple(importlib.machinery.all_suffixes())
# Variables of the session, not of the work: what a notebook's result should never depend on.
_OF_SESSION: Final = frozenset(
    "HOME PWD OLDPWD SHLVL _ SHELL USER LOGNAME HOSTNAME TMPDIR TMP TEMP IPYTHONDIR TERM COLORTERM COLUMNS LINES DISPLAY "
    "WAYLAND_DISPLAY WINDOWID PS1 LS_COLORS TMUX STY INVOCATION_ID JOURNAL_STREAM MFLAGS".split()
)
_OF_SESSION_TOO: Final = (
    "JPY_", "MAKE", "SSH_", "XDG_SESSION", "XDG_RUNTIME", "DBUS_", "TERM_", "TMUX_", "VSCODE_", "PYTEST_", "GPG_",
)  # fmt: skip
_OF_DRAWING: Final = (
    "PYTHON", "MPL", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "SOURCE_DATE_EPOCH", "LANG", "LC_", "TZ", "LD_", "FONTCONFIG_",
    "PANDAS_", "NUMEXPR_", "NPY_", "SOURCEBOOK_", "PLOTLY_", "TQDM_", "SYMPY_",
)  # fmt: skip


class Present:
    """Inputs as they are now, each looked at once. What is ``ignored``, files and folders, is no input: the output."""

    def __init__(
        self, root: Path, variables: Mapping[str, str], index: Index, ignored: Iterable[Path] = ()
    ) -> None:
        self.root, self.index = root.resolve(), index
        self._ignored = tuple(str(path.resolve()) + os.sep for path in ignored)
        self._variables = variables
        self._prints: dict[tuple[str, str], str] = {}
        self._readers: dict[str, Callable[[str], str]] = {
            FILE: self._read_file, THERE: _ask, FOLDER: _list, MODULES: list_modules, PACKAGE: _stamp_package,
            DAY: lambda _: datetime.datetime.now(datetime.UTC).date().isoformat(),
            PYTHON: lambda _: f"{platform.python_version()}, {sys.platform} {platform.machine()}",
        }  # fmt: skip

    def is_ignored(self, path: str) -> bool:
        """Whether a whole path is that of an output."""
        return f"{path}{os.sep}".startswith(self._ignored)

    def name(self, path: str) -> str:
        """How inputs call a file, by its whole path."""
        return name_path(path, self.root)

    def fingerprint(self, kind: str, name: str) -> str:
        """The input's present fingerprint; ``ABSENT`` when it is not there."""
        if (kind, name) not in self._prints:
            self._prints[kind, name] = self._look(kind, name)
        return self._prints[kind, name]

    def _look(self, kind: str, name: str) -> str:
        if kind == VARIABLE:
            return digest(self._variables[name].encode()) if name in self._variables else ABSENT
        if kind in (NAMES, TREE):
            return self._digest_tree(set(name.split("\n")), sizes=kind == TREE)
        if kind == VARIABLES:
            return digest("\0".join(self.list_variables(name)).encode())
        if kind == PATTERN:
            return digest("\0".join(self.find_pattern(name)).encode())
        try:
            return self._readers[kind](str(self.root / name))
        except IsADirectoryError:
            return FOLDER
        except (OSError, ValueError):
            return ABSENT

    def list_variables(self, which: str) -> list[str]:
        """The names of all variables that are not the session's own, or those that matter for drawing."""
        if which == "all":
            return sorted(
                n for n in self._variables if n not in _OF_SESSION and not n.startswith(_OF_SESSION_TOO)
            )
        return sorted(name for name in self._variables if name.startswith(_OF_DRAWING))

    def find_pattern(self, pattern: str) -> list[str]:
        """The files that a path or pattern of the author's names, below a folder all of them."""
        import glob

        whole = str(self.root / Path(pattern).expanduser())
        found = glob.glob(whole, recursive=True, include_hidden=True)  # noqa: PTH207  # a Path knows no whole patterns
        below = (walk_files(path) if Path(path).is_dir() else [path] for path in found)
        return sorted({name_path(path, self.root) for paths in below for path in paths})

    def list_repository(self) -> list[str]:
        """The files by which git knows what is checked out and what branches there are; a notebook that calls git rests on them."""
        found = [".git", *(f".git/{name}" for name in ("HEAD", "index", "config", "packed-refs"))]
        with contextlib.suppress(OSError):
            found += [
                f".git/refs/{name}"
                for name, (_, stamp) in walk_tree(str(self.root / ".git/refs"), "", ())
                if stamp
            ]
        return found

    @cached_property
    def tree(self) -> dict[str, tuple[str, Stamp]]:
        """All there is in the project, by name: what it is, and the stamp of a file; as it is when first asked for."""
        return dict(walk_tree(str(self.root), "", self._ignored))

    def _read_file(self, path: str) -> str:
        stamp = stamp_file(path)
        return ABSENT if stamp is None else self.index.digest(path, stamp)

    def _digest_tree(self, but: set[str], *, sizes: bool) -> str:
        lines = (
            f"{name}\0{what}\0{stamp[0] if sizes and stamp else ''}"
            for name, (what, stamp) in self.tree.items()
            if name not in but and (sizes or not name.endswith(_EDITORS))
        )
        return digest("\n".join(sorted(lines)).encode("utf-8", "surrogateescape"))


def _ask(path: str) -> str:
    if Path(path).is_dir():
        return FOLDER
    return FILE if Path(path).exists() else ABSENT


def _list(path: str) -> str:
    with os.scandir(path) as entries:
        kinds = (
            f"{entry.name}\0{entry.is_dir()}\0{entry.is_symlink()}"
            for entry in entries
            if not _is_passing(entry)
        )
        return digest("\n".join(sorted(kinds)).encode("utf-8", "surrogateescape"))


def _is_passing(entry: os.DirEntry[str]) -> bool:
    return entry.name in ("__pycache__", ".ipynb_checkpoints")


def list_modules(path: str) -> str:
    """Names that an import could find; a zip archive on Python's path is one file."""
    if not Path(path).is_dir():
        return str(stamp_file(path)) if Path(path).exists() else ABSENT
    with os.scandir(path) as entries:
        names = (
            entry.name
            for entry in entries
            if entry.name.endswith((*_MODULE_FILES, ".pth"))
            or entry.name == "matplotlibrc"
            or _is_package(entry)
        )
        return digest("\n".join(sorted(names)).encode())


def _is_package(entry: os.DirEntry[str]) -> bool:
    return entry.name.isidentifier() and entry.name != "__pycache__" and entry.is_dir()


def _stamp_package(path: str) -> str:
    if Path(path).is_file():
        return str(stamp_file(path))
    found: list[str] = []
    todo = [path]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(_PACKAGE_FILES):
                    status = entry.stat()
                    found.append(
                        f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}"
                    )
                elif entry.name not in ("__pycache__", "tests", "test", "site-packages") and entry.is_dir():
                    todo.append(entry.path)
    if not found:
        raise FileNotFoundError(path)
    return digest("\n".join(sorted(found)).encode())
