"""Results kept for the next build, by content: ``entries/`` say what a result rests on, ``results/`` hold it.

Every file is named by the hash of what it holds, is written beside its place and moved there whole, and is checked
when read: two builds may use the store at once, anything may be deleted at any moment, and a damaged file is no more
than a missing one. The store never makes a build fail.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from sourcebook.cache.inputs import Input
from sourcebook.core.files import digest, write_whole

_MOST_ENTRIES = 16
"""Kept per notebook: some states to come back to, as when branches are switched."""


class Result(TypedDict, total=False):
    """What one step gave: the first two for code, the last where there are inline expressions."""

    outputs: list[dict[str, Any]]
    """As nbformat has them."""
    execution_count: int | None
    expressions: list[dict[str, Any]]
    """The value of each expression by media type."""


@dataclass(frozen=True)
class Entry:
    """What one result rests on: code (a digest per step), kernel, and ``Dependencies``; ``result`` is its hash.

    An empty ``result`` says that it cannot be reused, for the reasons in ``unfit``.
    """

    code: tuple[str, ...]
    kernel: str = ""
    inputs: tuple[Input, ...] = ()
    wrote: tuple[Input, ...] = ()
    unfit: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    result: str = ""


class Store:
    """The store in ``folder``, of at most ``limit`` bytes; ``name`` below is a notebook's."""

    def __init__(self, folder: Path, *, limit: int = 512 * 2**20) -> None:
        self.folder, self.limit = folder, limit

    def read_entries(self, name: str) -> Iterator[Entry]:
        """What is known of ``name``, latest first."""
        for path in _latest_first(self._shelf(name)):
            if content := _read(path, path.stem):
                with contextlib.suppress(TypeError, ValueError, KeyError):  # of another version
                    yield _entry(json.loads(content))

    def read_results(self, entry: Entry) -> list[Result] | None:
        """The results ``entry`` stands for; None when they are gone or damaged."""
        path = self._result(entry.result)
        content = _read(path, entry.result)
        if content is None:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # what is used is kept longest
        results: list[Result] = json.loads(content)
        return results

    def mark_used(self, name: str, entry: Entry) -> None:
        """Makes ``entry`` the latest of its notebook."""
        with contextlib.suppress(OSError):
            os.utime(self._shelf(name) / f"{digest(_entry_content(entry))}.json")

    def write(self, name: str, entry: Entry) -> None:
        """Keeps an entry; its results are written before it."""
        content = _entry_content(entry)
        _write(self._shelf(name) / f"{digest(content)}.json", content)
        for path in _latest_first(self._shelf(name))[_MOST_ENTRIES:]:
            _remove(path)

    def write_results(self, results: list[Result]) -> str:
        """Keeps results; their hash, or nothing when they could not be written."""
        content = json.dumps(results).encode()  # as they came: the order of keys is part of a notebook
        return digest(content) if _write(self._result(digest(content)), content) else ""

    def shrink(self) -> None:
        """Removes what was not used for longest until the store is within its limit."""
        sizes = []
        for path in _latest_first(self.folder / "results"):
            with contextlib.suppress(OSError):
                sizes.append((path, path.stat().st_size))
        total = 0
        for path, size in sizes:
            total += size
            if total > self.limit:
                _remove(path)

    def _shelf(self, name: str) -> Path:
        return self.folder / "entries" / digest(name.encode())

    def _result(self, key: str) -> Path:
        return self.folder / "results" / f"{key}.json"


def _entry_content(entry: Entry) -> bytes:
    return json.dumps(vars(entry), sort_keys=True).encode()


def _entry(found: dict[str, Any]) -> Entry:
    """An entry from its JSON, which knows lists only."""
    lists = {key: tuple(tuple(item) if isinstance(item, list) else item for item in value)
             for key, value in found.items() if isinstance(value, list)}  # fmt: skip
    return Entry(**{**found, **lists})


def _latest_first(folder: Path) -> list[Path]:
    found = []
    with contextlib.suppress(OSError):
        for path in folder.glob("*.json"):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def _read(path: Path, key: str) -> bytes | None:
    """The content of a file whose name is its hash; a damaged one is removed."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if digest(content) == key:
        return content
    _remove(path)
    return None


def _write(path: Path, content: bytes) -> bool:
    """Whether it could be written; a store on a full or read-only disk is done without."""
    for _ in range(2):  # another build may be clearing the folder away
        with contextlib.suppress(OSError):
            write_whole(path, content)
            return True
    return False


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
