"""What is remembered of earlier runs: asked before a notebook is run, told after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sourcebook.execute.inputs import ABSENT, FILE, FOLDER, MODULE
from sourcebook.execute.job import Job, Outcome, Result
from sourcebook.execute.staleness import Present, digest_code, digest_environment, find_reasons
from sourcebook.execute.store import Entry, Store

STORE = ".store"
"""Name of the store's folder in the output folder."""


@dataclass(frozen=True)
class Kept:
    """Results that still stand, and what they rest on."""

    results: list[Result]
    entry: Entry


class History:
    """The earlier runs one build knows of; without ``root`` and ``output`` it knows of none."""

    def __init__(self, root: Path | None, output: Path | None) -> None:
        self._store = Store(output / STORE) if root and output else None
        self._present = Present(root or Path())

    def recall(self, job: Job) -> Kept | None:
        """Results of an earlier run of ``job``, if everything it rests on is unchanged."""
        if not self._store:
            return None
        for entry in self._store.read_entries(job.name):
            if not find_reasons(entry, job, self._present):
                results = self._store.read_results(entry)
                if results is not None:
                    self._store.mark_used(job.name, entry)
                    return Kept(results, entry)
        return None

    def keep(self, job: Job, outcome: Outcome) -> Entry:
        """Writes down what came of ``job`` and what it rests on."""
        entry = self._describe(job, outcome)
        if self._store:
            if not entry.unfit:
                entry = replace(entry, result=self._store.write_results(outcome.results))
            self._store.write(job.name, entry)
        return entry

    def explain(self, job: Job) -> list[str]:
        """Why ``job`` would be run, in clauses; or that it would not be."""
        if not self._store or self.recall(job):
            return ["up to date"] if self._store else ["results are not kept"]
        latest = next(self._store.read_entries(job.name), None)
        if not latest:
            return ["has not been run yet"]
        return find_reasons(latest, job, self._present) or ["its result is no longer in the store"]

    def tidy(self) -> None:
        """Keeps the store within its size."""
        if self._store:
            self._store.shrink()

    def _describe(self, job: Job, outcome: Outcome) -> Entry:
        trace = outcome.trace or {"inputs": [], "deeds": [], "restless": [], "environment": None}
        unfit = [] if outcome.trace else ["ran in a kernel that cannot be watched"]
        unfit += [f"{kind} {what}" for kind, what in trace["deeds"]]
        unfit += [f"read {path} while that was being changed" for path in trace["restless"]]
        if trace["environment"] and digest_environment(trace["environment"]) != self._present.environment:
            unfit.append("ran in another environment than this one")
        return Entry(
            code=tuple(map(digest_code, job.steps)),
            kernel=job.kernel,
            environment=self._present.environment,
            inputs=tuple((kind, name, known) for kind, name, known in trace["inputs"]),
            unfit=tuple(unfit),
            packages=self._present.packages,
        )


def list_files(entry: Entry) -> tuple[str, ...]:
    """The files and folders an entry rests on, by name."""
    return tuple(
        name for kind, name, known in entry.inputs if kind in (FILE, MODULE, FOLDER) and known != ABSENT
    )
