"""What a build reads, whoever reads it: this process by Python's audit events, notebooks by what they rest on."""

from __future__ import annotations

import datetime
import functools
import os
import sys
from collections.abc import Iterator
from typing import Any

from sourcebook.cache.dependencies import Dependencies, is_installed, list_loaded
from sourcebook.cache.inputs import (
    CHANGING,
    DAY,
    FILE,
    NAMES,
    PACKAGE,
    PYTHON,
    VARIABLE,
    VARIABLES,
    Input,
    Present,
)
from sourcebook.cache.trace import WRITING
from sourcebook.core.files import Stamp, session_folder, stamp_file

_listening: list[Reading] = []


class Reading:
    """A context that hears what this process opens while it lasts, in threads too, and is told what notebooks rest on.

    Of two builds at once in one process each may hear of the other's files: it then knows too many, never too few.
    """

    def __init__(self) -> None:
        self.notebooks: list[Dependencies] = []
        self.asked: set[tuple[str, str]] = set()
        self._opened: dict[str, Stamp | None] = {}

    def __enter__(self) -> Reading:
        _start()
        _listening.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _listening.remove(self)

    def hear(self, path: str) -> None:
        """This process opens ``path``."""
        place = os.path.abspath(path)  # noqa: PTH100  # links stay as they were named
        if place not in self._opened:
            self._opened[place] = stamp_file(place)

    def list_opened(self, present: Present) -> dict[str, Stamp | None]:
        """The files that this process opened, but for modules, which are told by themselves, and what it made itself;
        and the stamps that they had.
        """
        own, code = (f"{session_folder()}{os.sep}", "/proc/", "/sys/", "/dev/"), (".py", ".pyc", ".so")
        found = self._opened.copy()
        return {
            path: stamp
            for path, stamp in found.items()
            if not path.startswith(own) and not path.endswith(code) and not present.is_ignored(path)
        }

    def list_wrote(self) -> set[str]:
        """The names of what notebooks wrote in the project."""
        return {name for notebook in self.notebooks for _, name, _ in notebook.wrote}

    def list_inputs(self, before: Present, now: Present) -> Iterator[Input]:
        """All that the build rests on: what was there when it began, and what a notebook wrote as it left that."""
        told = {
            (kind, name): known
            for item in self.notebooks
            for kind, name, known in (*item.inputs, *item.wrote)
        }
        own = "\n".join(sorted(self.list_wrote()))
        told[NAMES, own] = before.fingerprint(NAMES, own)
        for path, stamp in self.list_opened(now).items():
            name, there = now.name(path), stamp_file(path)
            if (
                there or name != path
            ):  # what is gone, and was not of the project, was a temporary file of ours
                # What comes with an installed package is told as the package is, by its stamp: pandoc has 160 MB.
                kind = PACKAGE if is_installed(path, now.root) else FILE
                known = now.fingerprint(kind, name) if there == stamp else CHANGING
                told.setdefault((kind, name), known)
        keys = {(VARIABLES, "drawing"), (PYTHON, ""), *self.asked, *list_loaded(_list_modules(), now)}
        keys |= {(VARIABLE, name) for name in now.list_variables("drawing")}
        for kind, name in keys - told.keys():
            told[kind, name] = now.fingerprint(kind, name)
        yield from ((kind, name, known) for (kind, name), known in sorted(told.items()))


def note_notebook(rests_on: Dependencies) -> None:
    """Tells whoever notes what this build reads what a notebook rests on."""
    for reading in _listening:
        reading.notebooks.append(rests_on)


def note_day() -> datetime.datetime:
    """The present moment, for a document that shows its day; such a document is another one tomorrow."""
    for reading in _listening:
        reading.asked.add((DAY, ""))
    return datetime.datetime.now(datetime.UTC)


def note_variable(name: str) -> None:
    """Tells that this build shows an environment variable, or looks for it in vain."""
    for reading in _listening:
        reading.asked.add((VARIABLE, name))


@functools.cache
def _start() -> None:
    """Once and for good: audit hooks cannot be taken back."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listening:
        return
    path: Any = None
    if event == "open" and arguments[1] and not isinstance(arguments[0], int) and not arguments[2] & WRITING:
        # Without a mode it is os.open: temporary files, and folders on their way out, named as seen from one another.
        path = arguments[0]
    elif event == "subprocess.Popen" and os.path.isabs(os.fsdecode(arguments[0])):  # noqa: PTH117
        path = arguments[0]
    if path is not None:
        for reading in _listening:
            reading.hear(os.fsdecode(path))


def _list_modules() -> dict[str, str]:
    loaded = list(sys.modules.items())
    return {name: str(module.__file__) for name, module in loaded if getattr(module, "__file__", None)}
