"""Which files have changed, by asking for their dates: what a build reads is known, and is little.

So nothing need be installed for it, it works on every file system, and no folder of a project is searched that no
build has read from, however much lies there.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable
from pathlib import Path

_EVERY = 0.03
"""Seconds between two looks; more where looking takes long, as on a disk far away."""
_REST = 20
"""How much longer than a look the rest after it is at least."""
_STILL = 0.02
"""For so many seconds nothing may change before a change counts: programs save in several steps."""

Stamps = dict[str, tuple[int, int]]


class Watch:
    """The folders that builds have read from; a file that appears beside one that was read may matter too."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = {str(root)}
        self._ignored: set[str] = set()
        self._known: Stamps = {}

    def follow(self, names: Iterable[str], ignored: Iterable[Path]) -> None:
        """Watches the folders of these files from now on, but not the ``ignored`` files; names are as from the root."""
        self._ignored |= {str(path) for path in ignored}
        for name in names:
            hidden = any(part.startswith(".") for part in Path(name).parts)
            if not hidden:
                self._folders.add(str((self._root / name).parent))

    def settle(self) -> None:
        """Takes what there is now for known."""
        self._known = self._look()

    def wait(self, most: float = math.inf) -> bool:
        """Returns when something has changed and is no longer changing; or after ``most`` seconds, False."""
        begun = time.perf_counter()
        end = begun + most
        while (found := self._look()) == self._known:
            if begun > end:
                return False
            time.sleep(max(_EVERY, _REST * (time.perf_counter() - begun)))
            begun = time.perf_counter()
        while True:
            time.sleep(_STILL)
            if found == (found := self._look()):
                return True

    def _look(self) -> Stamps:
        found: Stamps = {}
        for folder in self._folders:
            try:
                with os.scandir(folder) as entries:
                    found |= {entry.path: _stamp(entry) for entry in entries if self._matters(entry)}
            except OSError:
                found[folder] = (0, -1)  # it may come, or come back
        return found

    def _matters(self, entry: os.DirEntry[str]) -> bool:
        passing = entry.name.startswith((".", "#")) or entry.name.endswith("~") or entry.name == "__pycache__"
        return not passing and entry.path not in self._ignored


def _stamp(entry: os.DirEntry[str]) -> tuple[int, int]:
    """Date and size; a folder is only there or not, for the report's own lies in one of them."""
    try:
        status = entry.stat()
        return (0, 0) if entry.is_dir() else (status.st_mtime_ns, status.st_size)
    except OSError:
        return (0, 1)
