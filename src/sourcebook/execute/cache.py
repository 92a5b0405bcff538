"""Results of earlier runs: asked for before a notebook is run, kept after it; and why one does not stand any more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sourcebook.execute.dependencies import Dependencies
from sourcebook.execute.environment import kernel_variables
from sourcebook.execute.inputs import (
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
    Index,
    Input,
    Present,
    digest,
)
from sourcebook.execute.job import Job, Result, Step
from sourcebook.execute.options import split_options
from sourcebook.execute.store import Entry, Store

STORE = ".store"
"""Name of the store's folder in the output folder."""
INDEX = "index.json"


@dataclass(frozen=True)
class Kept:
    """Results that still stand, and what they rest on."""

    results: list[Result]
    rests_on: Dependencies


class Cache:
    """The earlier runs one build knows of; none without an ``output`` folder, in whose store they are."""

    def __init__(self, root: Path | None, output: Path | None, ignored: Sequence[Path] = ()) -> None:
        self.root, self._ignored = root or Path(), ignored
        self._store = Store(output / STORE) if root and output else None
        self._index = Index(output / STORE / INDEX if output else None)
        self.present = self.look()

    def look(self) -> Present:
        """Inputs as they are from now on."""
        self.present = Present(self.root, kernel_variables(), self._index, self._ignored)
        return self.present

    def recall(self, job: Job) -> Kept | None:
        """Results of an earlier run of ``job``, if everything it rests on is unchanged."""
        if not self._store:
            return None
        for entry in self._store.read_entries(job.name):
            if not any(_find_reasons(entry, job, self.present)):
                results = self._store.read_results(entry)
                if results is not None:
                    self._store.mark_used(job.name, entry)
                    return Kept(results, _rests_on(entry))
        return None

    def find_latest(self, job: Job) -> Dependencies:
        """What the latest run of ``job`` rested on, whether it stands or not."""
        latest = next(self._store.read_entries(job.name), None) if self._store else None
        return _rests_on(latest) if latest else Dependencies()

    def keep(self, job: Job, results: list[Result], rests_on: Dependencies) -> None:
        """Writes down what came of ``job``."""
        if not self._store:
            return
        entry = Entry(code=tuple(map(digest_code, job.steps)), kernel=job.kernel, **vars(rests_on))
        if not entry.unfit:
            entry = replace(entry, result=self._store.write_results(results))
        self._store.write(job.name, entry)

    def explain(self, job: Job) -> list[str]:
        """Why ``job`` would be run, in clauses; or that it would not be."""
        if not self._store:
            return ["results of a single document are not kept: it is run each time"]
        latest = next(self._store.read_entries(job.name), None)
        blind = (
            [f"rests on the whole project, for {', '.join(latest.unseen)} may read any file"]
            if latest and latest.unseen
            else []
        )
        if self.recall(job):
            return ["up to date", *blind]
        if not latest:
            return ["has not been run yet"]
        return [
            *(list(_find_reasons(latest, job, self.present)) or ["its result is no longer in the store"]),
            *blind,
        ]

    def close(self) -> None:
        """Keeps the store within its size, and what was learned of files."""
        if self._store:
            self._store.shrink()
        self._index.save()


def find_changes(inputs: Sequence[Input], present: Present) -> Iterator[str]:
    """What of ``inputs`` is no longer what it was, in a clause each."""
    for kind, name, known in inputs:
        now = present.fingerprint(kind, name)
        if now != known:
            yield _describe_change(kind, name, known, now)


def digest_code(step: Step) -> str:
    """What of a step matters for its result: not the texts among its options, except their expressions."""
    head, code = split_options(step.source or "")
    lines = head.count("\n") + 1 if head else 0  # line numbers in messages count the option lines
    said = [code, lines, step.source is None, step.may_fail, step.expressions, step.before]
    return digest(json.dumps(said).encode())


def _rests_on(entry: Entry) -> Dependencies:
    return Dependencies(entry.inputs, entry.wrote, entry.unfit, entry.unseen)


def _find_reasons(entry: Entry, job: Job, present: Present) -> Iterator[str]:
    """Why the result of ``entry`` is not the result of ``job`` now; none when it is."""
    yield from (f"it {reason}" for reason in entry.unfit)
    now = [digest_code(step) for step in job.steps]
    if len(entry.code) != len(now):
        yield "cells that run were added or removed"
    else:
        pairs = zip(job.steps, entry.code, now, strict=True)
        yield from (f"the code of cell {step.cell + 1} was changed" for step, old, new in pairs if old != new)
    if entry.kernel != job.kernel:
        yield f"its kernel is {job.kernel}, was {entry.kernel}"
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
