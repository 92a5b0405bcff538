"""Everything a build reads, whoever reads it: this process by Python's audit events, notebooks by their traces."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sourcebook.execute.inputs import ABSENT, FILE, FOLDER, MODULE, THERE, VARIABLE, Input, name_path
from sourcebook.execute.scope import Scope, is_writing, source_of, user_caches

_listening: list[Reading] = []


class Reading:
    """A context that hears what is read while it lasts; threads are heard too. ``variables`` are those of the
    environment that notebooks asked for, each with its fingerprint.

    Of two builds at once in one process each may hear of the other's files: it then knows too many, never too few.
    """

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self._opened: set[str] = set()
        self._noted: dict[Path, set[tuple[str, bool]]] = {}

    def __enter__(self) -> Reading:
        _start()
        _listening.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _listening.remove(self)

    def list_files(self, root: Path, ignored: Iterable[Path] = ()) -> tuple[set[str], set[str]]:
        """What was read and what was looked for in vain, named as seen from ``root``, nothing below ``ignored`` folders.

        Among what was read are folders that were listed, and the modules of this tool.
        """
        scope = Scope(root, map(str, ignored), [tempfile.gettempdir(), *user_caches()])
        opened = {source_of(place) for place in map(scope.find, self._opened) if place}
        noted = {(str(base / name), there) for base, names in self._noted.items() for name, there in names}
        places = {place for place in opened if Path(place).is_file()} | _own_modules()
        places |= {place for place, there in noted if there}
        missing = opened.union(place for place, there in noted if not there) - places
        return {name_path(place, root) for place in places}, {name_path(place, root) for place in missing}

    def hear(self, path: str) -> None:
        """This process opens ``path``."""
        self._opened.add(path)

    def note(self, root: Path, inputs: Iterable[Input]) -> None:
        """A notebook of the project in ``root`` rests on ``inputs``."""
        noted = self._noted.setdefault(root, set())
        for kind, name, known in inputs:
            if kind in (FILE, MODULE, THERE) and known == ABSENT:
                noted.add((name, False))
            elif kind in (FILE, MODULE, FOLDER) or (kind == THERE and known == FILE):
                noted.add((name, True))
            elif kind == VARIABLE:
                self.variables[name] = known


def note_inputs(root: Path, inputs: Iterable[Input]) -> None:
    """Tells whoever notes what this build reads about the ``inputs`` of a notebook."""
    for reading in _listening:
        reading.note(root, inputs)


@functools.cache
def _start() -> None:
    """Once and for good: audit hooks cannot be taken back."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _listening:
        return
    path, mode, flags = arguments
    # Without a mode it is os.open: temporary files, and folders on their way out, named as seen from one another.
    if mode and not isinstance(path, int) and not is_writing(flags):
        for reading in _listening:
            reading.hear(os.fsdecode(path))


def _own_modules() -> set[str]:
    """The files of this tool that are at work, whether imported before or meanwhile."""
    own = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == "sourcebook"]
    return {str(module.__file__) for module in own if getattr(module, "__file__", None)}
