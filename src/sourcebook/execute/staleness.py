"""Whether a kept result still stands, and if not, why, in a sentence each. Nothing is run to find out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from sourcebook.execute.environment import describe_environment, variables_for_workers
from sourcebook.execute.inputs import (
    ABSENT,
    BESIDE,
    FILE,
    FOLDER,
    MODULE,
    THERE,
    VARIABLE,
    digest,
    fingerprint,
)
from sourcebook.execute.job import Job, Step
from sourcebook.execute.options import split_options
from sourcebook.execute.store import Entry

_SHOWN = 3  # packages named one by one


class Present:
    """Inputs, variables and environment as they are now, each looked at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._variables = variables_for_workers()
        self._prints: dict[tuple[str, str], str] = {}

    def fingerprint(self, kind: str, name: str) -> str:
        """The input's present fingerprint."""
        if (kind, name) not in self._prints:
            self._prints[kind, name] = fingerprint(kind, name, self.root, self._variables)
        return self._prints[kind, name]

    @cached_property
    def packages(self) -> dict[str, str]:
        """What is installed."""
        return describe_environment()

    @cached_property
    def environment(self) -> str:
        """A digest of what is installed."""
        return digest_environment(self.packages)


def find_reasons(entry: Entry, job: Job, present: Present) -> list[str]:
    """Why the result of ``entry`` is not the result of ``job`` now; empty when it is."""
    reasons = _compare_code(entry.code, job)
    if entry.kernel != job.kernel:
        reasons.append(f"its kernel is {job.kernel}, was {entry.kernel}")
    if entry.environment != present.environment:
        reasons += _compare_packages(entry.packages, present.packages)
    for kind, name, known in entry.inputs:
        now = present.fingerprint(kind, name)
        if now != known:
            reasons.append(_say_change(kind, name, known, now))
    return reasons + [f"it {deed}" for deed in entry.unfit]


def digest_code(step: Step) -> str:
    """What of a step matters for its result: not the texts among its options, except their expressions."""
    head, code = split_options(step.source or "")
    lines = head.count("\n") + 1 if head else 0  # line numbers in messages count the option lines
    said = [code, lines, step.source is None, step.may_fail, step.expressions, step.before]
    return digest(json.dumps(said).encode())


def digest_environment(packages: dict[str, str]) -> str:
    """One digest for a description of what is installed."""
    return digest(json.dumps(packages, sort_keys=True).encode())


def _compare_code(known: Sequence[str], job: Job) -> list[str]:
    now = [digest_code(step) for step in job.steps]
    if len(known) != len(now):
        return ["cells that run were added or removed"]
    cells = [job.steps[n].cell + 1 for n, (old, new) in enumerate(zip(known, now, strict=True)) if old != new]
    return [f"the code of cell {cell} was changed" for cell in cells]


def _compare_packages(known: dict[str, str], now: dict[str, str]) -> list[str]:
    if known.get("sourcebook.execute") != now.get("sourcebook.execute"):
        return ["the program that runs notebooks was changed"]
    names = sorted(name for name in known.keys() | now.keys() if known.get(name) != now.get(name))
    said = [
        f"{name} is {now.get(name, 'not installed')}, was {known.get(name, 'not installed')}"
        for name in names
    ]
    return said if len(said) <= _SHOWN else [f"{len(said)} packages were changed, the first: {said[0]}"]


def _say_change(kind: str, name: str, known: str, now: str) -> str:
    if kind == VARIABLE:
        return f"the environment variable {name} was " + (
            "removed" if now == ABSENT else "set" if known == ABSENT else "changed"
        )
    if kind == BESIDE:
        return f"modules were added to or removed from {name}"
    if kind == FOLDER and ABSENT not in (known, now):
        return f"files were added to or removed from {name}"
    what = {FILE: "", MODULE: "the module ", FOLDER: "the folder ", THERE: ""}[kind] + name
    if known == ABSENT:
        return f"{what}, which was looked for in vain, now exists"
    return f"{what} was " + ("removed" if now == ABSENT else "changed")
