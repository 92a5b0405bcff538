"""Which paths can be inputs of a project at all: not what is installed, nor the system's own, nor what is made here."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_SYSTEM = ("/dev/", "/proc/", "/sys/", "/etc/", "/usr/", "/lib/", "/lib64/", "/bin/", "/opt/", "/run/")


class Scope:
    """What may matter to the project in ``root``; ``ignored`` folders never do, ``elsewhere`` those outside it."""

    def __init__(self, root: Path, ignored: Iterable[str], elsewhere: Iterable[str] = ()) -> None:
        left_out = _folders(ignored)
        installed = tuple(installed_folders())
        self._inside = str(root) + os.sep
        # A project may itself lie below a folder of the system; only what lies below the project is then told apart.
        below = (path for path in installed if path.startswith(self._inside))
        self._ignored_inside = (*left_out, *below)
        self._ignored_outside = (*left_out, *installed, *_SYSTEM, *_folders(elsewhere))

    def find(self, path: Any) -> str:
        """The whole path of something that can be an input, or nothing."""
        place = absolute(path)
        ignored = self._ignored_inside if place.startswith(self._inside) else self._ignored_outside
        return "" if not place or (place + os.sep).startswith(ignored) else place


def absolute(path: Any) -> str:
    """A path as a string, or nothing when it is a descriptor or no path at all."""
    if isinstance(path, int) or path is None or path == ":memory:":
        return ""
    try:
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # links stay as they were named
    except (TypeError, ValueError, OSError):
        return ""


def is_writing(flags: int | None) -> bool:
    """Whether a file opened with ``flags`` is not only read."""
    return bool((flags or 0) & _WRITING)


def source_of(place: str) -> str:
    """The module that a compiled file was made from; every other file is itself."""
    folder, compiled, name = place.rpartition("/__pycache__/")
    return f"{folder}/{name.split('.')[0]}.py" if compiled else place


def installed_folders() -> set[str]:
    """Folders of Python and its packages: the environment's description stands for them."""
    folders = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    folders.discard("/")
    return set(_folders(folder for folder in folders if folder))


def user_caches() -> set[str]:
    """Folders where programs keep what is theirs, not a project's."""
    names = (".cache", ".config/matplotlib", ".matplotlib", ".ipython", ".jupyter", ".local/share/jupyter")
    caches = {f"{Path.home()}/{name}" for name in names}
    return caches | ({os.environ["MPLCONFIGDIR"]} if "MPLCONFIGDIR" in os.environ else set())


def _folders(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(path).rstrip(os.sep) + os.sep for path in paths)
