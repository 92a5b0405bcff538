"""Results of earlier runs: asked for before a notebook is run, kept after it; and why one does not stand any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sourcebook.cache.dependencies import Dependencies
from sourcebook.cache.inputs import (
    ABSENT,
    CHANGING,
    FOLDER,
    MODULES,
    NAMES,
    PACKAGE,
    PATTERN,
    PYTHON,
    TREE,
    VARIABLE,
    VARIABLES,
    Input,
    Present,
)
from sourcebook.cache.store import Entry, Result, Store
from sourcebook.core.files import Index

STORE = ".store"
"""Name of the store's folder in the output folder."""
INDEX = "index.json"
_SHOWN: Final = 5  # reasons told one by one
# Where many reports share a store it takes long to look through, and is not after one result in sixteen.
_SELDOM: Final = "0"


@dataclass(frozen=True)
class Key:
    """Whose result is asked for: a notebook's name and kernel, and a digest of each piece of code by its cell."""

    name: str
    kernel: str
    cells: tuple[int, ...]
    code: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """Results that still stand, and what they rest on."""

    results: list[Result]
    rests_on: Dependencies


class Cache:
    """The earlier runs one build knows of; none without an ``output`` folder, in whose store they are."""

    def __init__(
        self, root: Path | None, output: Path | None, ignored: Sequence[Path], variables: Mapping[str, str]
    ) -> None:
        self.root, self._ignored, self._variables = root or Path(), ignored, variables
        self._store = Store(output / STORE) if root and output else None
        self._index = Index(output / STORE / INDEX if output else None)
        self.present = Present(self.root, variables, self._index, ignored)
        self._grown = False

    def look(self) -> Present:
        """Inputs as they are from now on, and what there is in the project as it is now."""
        self.present = Present(self.root, self._variables, self._index, self._ignored)
        _ = self.present.tree
        return self.present

    def recall(self, key: Key) -> Kept | None:
        """Results of an earlier run, if everything it rests on is unchanged."""
        if not self._store:
            return None
        for entry in self._store.read_entries(key.name):
            if not any(_find_reasons(entry, key, self.present)):
                results = self._store.read_results(entry)
                if results is not None:
                    self._store.mark_used(key.name, entry)
                    return Kept(results, _rests_on(entry))
        return None

    def find_latest(self, key: Key) -> Dependencies:
        """What the latest run rested on, whether it stands or not."""
        latest = next(self._store.read_entries(key.name), None) if self._store else None
        return _rests_on(latest) if latest else Dependencies()

    def keep(self, key: Key, results: list[Result], rests_on: Dependencies) -> None:
        """Writes down what came of a run."""
        if not self._store:
            return
        entry = Entry(code=key.code, kernel=key.kernel, **vars(rests_on))
        if not entry.unfit:
            entry = replace(entry, result=self._store.write_results(results))
            self._grown |= entry.result.startswith(_SELDOM)
        self._store.write(key.name, entry)

    def explain(self, key: Key) -> list[str]:
        """Why a notebook would be run, in clauses; or that it would not be."""
        if not self._store:
            return ["results of a single document are not kept: it is run each time"]
        latest = next(self._store.read_entries(key.name), None)
        unseen = latest.unseen if latest else ()
        blind = (
            [f"rests on the whole project, for {', '.join(unseen)} may read any file unseen"]
            if unseen
            else []
        )
        if self.recall(key):
            return ["up to date", *blind]
        if not latest:
            return ["has not been run yet"]
        reasons = list(_find_reasons(latest, key, self.present)) or ["its result is no longer in the store"]
        more = len(reasons) - _SHOWN
        return [*reasons[:_SHOWN], *([f"and {more} reasons more"] if more > 0 else []), *blind]

    def close(self) -> None:
        """Keeps the store within its size, and what was learned of files."""
        if self._store and self._grown:
            self._store.shrink()
        self._index.save()


def find_changes(inputs: Sequence[Input], present: Present) -> Iterator[str]:
    """What of ``inputs`` is no longer what it was, in a clause each."""
    for kind, name, known in inputs:
        now = present.fingerprint(kind, name)
        if now == known:
            continue
        told = {each for what, each, _ in inputs if what == VARIABLE}
        new = [each for each in present.list_variables(name) if each not in told] if kind == VARIABLES else []
        yield from (_describe_change(VARIABLE, each, ABSENT, now) for each in new)
        if not new:
            yield _describe_change(kind, name, known, now)


def _rests_on(entry: Entry) -> Dependencies:
    return Dependencies(entry.inputs, entry.wrote, entry.unfit, entry.unseen)


def _find_reasons(entry: Entry, key: Key, present: Present) -> Iterator[str]:
    """Why the result of ``entry`` does not stand; none when it is."""
    yield from (f"it {reason}" for reason in entry.unfit)
    if len(entry.code) != len(key.code):
        yield "cells that run were added or removed"
    else:
        pairs = zip(key.cells, entry.code, key.code, strict=True)
        yield from (f"the code of cell {cell + 1} was changed" for cell, old, new in pairs if old != new)
    if entry.kernel != key.kernel:
        yield f"its kernel is {key.kernel}, was {entry.kernel}"
    changed = list(find_changes(entry.inputs, present))
    # That names or sizes have changed is worth saying only where no file says it better.
    files = [reason for reason in changed if reason not in _GENERAL]
    yield from files or changed
    for kind, name, known in entry.wrote:
        if present.fingerprint(kind, name) != known:
            yield f"{name}, which it writes, is no longer what it wrote"


_GENERAL = (
    "files of the project were added, removed, renamed or changed in size",
    "files of the project were added, removed or renamed",
    "environment variables were set or removed",
)


def _describe_change(kind: str, name: str, known: str, now: str) -> str:
    if kind in (TREE, NAMES, VARIABLES):
        return _GENERAL[(TREE, NAMES, VARIABLES).index(kind)]
    if kind == PYTHON:
        return f"Python is {now}, was {known}"
    if kind == VARIABLE:
        change = "removed" if now == ABSENT else "set" if known == ABSENT else "changed"
        return f"the environment variable {name} was {change}"
    if known == CHANGING:
        return f"{name} was changed while it was being read"
    if kind == MODULES:
        return f"modules or packages were added to or removed from {name}"
    if kind == PACKAGE:
        return f"the installed package {Path(name).name} was changed"
    if kind == PATTERN:
        return f"{name} names other files than before"
    if kind == FOLDER and ABSENT not in (known, now):
        return f"files were added to or removed from {name}"
    what = f"the folder {name}" if kind == FOLDER else name
    if known == ABSENT:
        return f"{what}, which was looked for in vain, now exists"
    return f"{what} was " + ("removed" if now == ABSENT else "changed")
