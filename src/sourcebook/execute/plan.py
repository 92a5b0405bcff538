"""Many notebooks: what can be reused is reused, the rest run side by side, failures gathered and told together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final

from nbformat import NotebookNode

from sourcebook.cache.dependencies import (
    Dependencies,
    Named,
    conclude,
    find_altered,
    find_blind,
    find_written,
)
from sourcebook.cache.inputs import FILE, FOLDER, TREE, Input, Present
from sourcebook.cache.results import Cache, Kept, find_changes
from sourcebook.core.notebook_format import read_notebook
from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.environment import kernel_variables
from sourcebook.execute.failures import gather_failures
from sourcebook.execute.figures import Size
from sourcebook.execute.job import Job, Outcome, Result, place
from sourcebook.execute.program import describe_job, fill_notebook, read_steps

# A notebook that reads what another writes is run again after it, and so on along a chain; but not for ever.
_MOST_RUNS: Final = 4


@dataclass(frozen=True)
class Settings:
    """How notebooks are run.

    ``timeout`` is seconds per cell, ``memory`` MiB per notebook (0: no limit); at most ``jobs`` run at once (default:
    one per core), unless an ``executor`` takes them all.

    With a ``root``, the project, each notebook is watched; with an ``output`` folder too, results are kept in its
    ``.store`` and reused while all they rest on is unchanged. ``ignored`` files and folders are no part of the project. ``fresh`` ignores what is kept; ``prove`` runs
    everything again and compares. ``figure`` is the size of figures, width and height in inches, where neither a cell
    nor the code asks for another.
    """

    timeout: int = 300
    memory: int = 4096
    jobs: int | None = None
    executor: Executor | None = None
    root: Path | None = None
    output: Path | None = None
    ignored: tuple[Path, ...] = ()
    fresh: bool = False
    prove: bool = False
    figure: Size = (None, None)


@dataclass(frozen=True)
class Run:
    """One executed notebook, what it rests on, and what to warn of."""

    notebook: NotebookNode
    rests_on: Dependencies
    reused: bool = False
    warnings: tuple[str, ...] = ()


def run_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    notebooks: Sequence[NotebookNode] | None = None,
    named: Sequence[Named] | None = None,
    settings: Settings = Settings(),
    progress: Callable[[str], None] = lambda _: None,
    note: Callable[[Dependencies], None] = lambda _: None,
) -> list[Run]:
    """What came of each notebook, in the order of ``paths``.

    ``names`` are what messages call them; ``notebooks`` are their contents where the caller has read them
    already, and ``paths`` then say where they would lie; ``named`` is what their authors say of each. ``note`` is told what each rests on, failed ones too. A
    failing notebook does not stop the others; ``ExecutionError`` then tells of all.
    """
    read = _read_all(paths, names, notebooks, named, settings)
    chapters = [item for item in read if isinstance(item, _Chapter)]
    rounds = _Rounds([chapter.job for chapter in chapters], settings)
    rounds.run(progress)
    for state in rounds.states.values():
        note(state.rests_on)
    failures = [item for item in read if isinstance(item, ExecutionError)]
    failures += [state.failure for state in rounds.states.values() if state.failure]
    if failures:
        raise gather_failures(failures)
    return [rounds.states[chapter.job.name].describe(chapter) for chapter in chapters]


def explain_notebooks(
    paths: Sequence[Path],
    *,
    names: Sequence[str],
    notebooks: Sequence[NotebookNode] | None = None,
    named: Sequence[Named] | None = None,
    settings: Settings,
) -> list[str]:
    """A sentence for each reason why a notebook would be run, or that it would not be; nothing is run."""
    cache = Cache(settings.root, settings.output, settings.ignored, kernel_variables())
    sentences: list[str] = []
    for chapter in _read_all(paths, names, notebooks, named, settings):
        if isinstance(chapter, ExecutionError):
            raise chapter
        sentences += [f"{chapter.job.name}: {reason}." for reason in cache.explain(describe_job(chapter.job))]
    return sentences


@dataclass(frozen=True)
class _Chapter:
    notebook: NotebookNode
    job: Job


def _read_all(
    paths: Sequence[Path],
    names: Sequence[str],
    notebooks: Sequence[NotebookNode] | None,
    named: Sequence[Named] | None,
    settings: Settings,
) -> list[_Chapter | ExecutionError]:
    def read(path: Path, name: str, content: NotebookNode | None, named: Named) -> _Chapter | ExecutionError:
        try:
            notebook = content or read_notebook(path, name)
            steps = read_steps(notebook, name, settings.figure)
        except ExecutionError as error:
            return error
        kernel = str(notebook.metadata.get("kernelspec", {}).get("name", "python3"))
        job = Job(name, path.parent, steps, kernel, settings.timeout, settings.memory, named)
        return _Chapter(notebook, job)

    return list(map(read, paths, names, notebooks or repeat(None), named or repeat(Named())))


@dataclass
class _State:
    """What is known of one notebook at some point of a build."""

    job: Job
    results: Sequence[Result]
    rests_on: Dependencies
    failure: ExecutionError | None = None
    reused: bool = False
    warnings: tuple[str, ...] = ()

    def describe(self, chapter: _Chapter) -> Run:
        """The notebook with its results."""
        filled = fill_notebook(chapter.notebook, self.job.steps, self.results)
        return Run(filled, self.rests_on, self.reused, self.warnings)


class _Rounds:
    """Runs what must be run, and again what rests on files that others have changed meanwhile."""

    def __init__(self, jobs: Sequence[Job], settings: Settings) -> None:
        self.jobs, self.settings = jobs, settings
        self.cache = Cache(settings.root, settings.output, settings.ignored, kernel_variables())
        self.states: dict[str, _State] = {}
        self._runs: Counter[str] = Counter()
        self._wrote: dict[str, tuple[Input, ...]] = {}
        self._one_by_one = False
        # What changed unseen while a notebook ran: its own doing if it changes again, else somebody's who saved a file.
        self._suspected: dict[str, set[str]] = {}

    def run(self, progress: Callable[[str], None]) -> None:
        """Until every result rests on what is there now."""
        kept = {job.name: self.cache.recall(describe_job(job)) for job in self.jobs}
        again = self.settings.fresh or self.settings.prove
        for job in self.jobs:
            if (found := kept[job.name]) and not again:
                self.states[job.name] = _State(job, found.results, found.rests_on, reused=True)
        todo = [job for job in self.jobs if job.name not in self.states]
        while allowed := [job for job in todo if self._runs[job.name] < _MOST_RUNS]:
            self._run_round(self._defer(allowed), progress)
            todo = [job for job in self.jobs if self._is_stale(job)] if self.settings.root else []
        for job in todo:
            self._warn(job, f"does not come to rest: {self._find_changing(job)} each time the notebooks run")
        self._keep(kept)

    def _find_changing(self, job: Job) -> str:
        """What keeps a notebook from resting, and who changes it, as a clause."""
        for item in self.states[job.name].rests_on.inputs:
            if change := next(find_changes([item], self.cache.present), ""):
                writers = [
                    other.name
                    for other in self.jobs
                    if other is not job
                    and any(name == item[1] for _, name, _ in self.states[other.name].rests_on.wrote)
                ]
                return f"{change} by {' and '.join(writers)}" if writers else change
        return "what it writes was changed"

    def _run_round(self, todo: Sequence[Job], progress: Callable[[str], None]) -> None:
        # Jupyter takes long to import, in vain where only prose was edited.
        from sourcebook.execute.pool import run_jobs

        watched = self.settings.root is not None
        before = self.cache.look() if watched else self.cache.present
        self._runs.update(job.name for job in todo)
        outcomes = run_jobs(todo, jobs=self.settings.jobs, executor=self.settings.executor, progress=progress)
        for job, outcome in zip(todo, outcomes, strict=True):
            self.states[job.name] = _State(job, outcome.results, Dependencies(), outcome.failure)
        if watched:
            self._conclude(todo, outcomes, before)

    def _conclude(self, todo: Sequence[Job], outcomes: Sequence[Outcome], before: Present) -> None:
        """What each of those that were run together rests on."""
        earlier = {job.name: self._list_own(job) for job in todo}
        now = self.cache.look()
        wrote = {
            job.name: find_written(outcome.trace, now) for job, outcome in zip(todo, outcomes, strict=True)
        }
        blind = [job for job, outcome in zip(todo, outcomes, strict=True) if find_blind(outcome.trace, now)]
        # Of several that may write unseen nobody knows who wrote what: if any did, they go one by one from now on.
        known = set().union(*wrote.values(), *earlier.values())
        unseen = find_altered(before, now) - known
        self._one_by_one |= len(blind) > 1 and bool(unseen)
        for job, outcome in zip(todo, outcomes, strict=True):
            others = set().union(*(names for name, names in wrote.items() if name != job.name))
            self.states[job.name].rests_on = conclude(
                job.named, outcome.trace, before, now, own=earlier[job.name], others=others
            )
            self._wrote[job.name] = self.states[job.name].rests_on.wrote
        self._suspected |= {job.name: unseen for job in blind}

    def _list_own(self, job: Job) -> set[str]:
        """What a notebook changes whenever it runs, as far as an earlier build or a round of this one has shown."""
        latest = self.cache.find_latest(describe_job(job))
        written = (*latest.wrote, *self._wrote.get(job.name, ()))
        return self._suspected.get(job.name, set()) | {name for _, name, _ in written}

    def _defer(self, todo: Sequence[Job]) -> Sequence[Job]:
        """Those of ``todo`` that read nothing which others of them write, as far as is known from earlier runs."""
        latest = {job.name: self.cache.find_latest(describe_job(job)) for job in todo}
        ready = [
            job
            for job in todo
            if not any(_reads(latest[job.name], latest[other.name]) for other in todo if other is not job)
        ]
        ready = ready or list(todo)
        return ready[:1] if self._one_by_one else ready

    def _is_stale(self, job: Job) -> bool:
        state = self.states.get(job.name)
        if state is None:
            return True  # it was deferred
        own = {name for _, name, _ in state.rests_on.wrote}
        others = [item for item in state.rests_on.inputs if item[0] == TREE or item[1] not in own]
        # What a kept notebook has written may be gone; after a run it is what it is.
        lost = state.reused and any(find_changes(state.rests_on.wrote, self.cache.present))
        return lost or any(find_changes(others, self.cache.present))

    def _keep(self, kept: Mapping[str, Kept | None]) -> None:
        for job in self.jobs:
            state, found = self.states[job.name], kept[job.name]
            if state.failure or state.reused:
                continue
            if self.settings.prove and found:
                state.failure = _compare(job, found.results, state.results)
            elif self.settings.prove:
                self._warn(job, "no earlier result is kept: nothing was compared")
            if not state.failure:
                for reason in state.rests_on.unfit:
                    self._warn(job, f"its result is not kept, since it {reason}")
                self.cache.keep(describe_job(job), list(state.results), state.rests_on)
        self.cache.close()

    def _warn(self, job: Job, warning: str) -> None:
        self.states[job.name].warnings += (warning,)


def _reads(reader: Dependencies, writer: Dependencies) -> bool:
    """Whether one notebook rests on what another has written."""
    written = {name for _, name, _ in writer.wrote}
    return bool(written) and (bool(written & reader.names(FILE, FOLDER)) or bool(reader.names(TREE)))


def _compare(job: Job, kept: Sequence[Result], now: Sequence[Result]) -> ExecutionError | None:
    issues = [
        Issue(
            place(job.name, step.cell),
            "gave another result than the one kept, though nothing it read has changed",
            fix="give random numbers a seed, sort what has no order, show no times or memory addresses",
        )
        for step, old, new in zip(job.steps, kept, now, strict=True)
        if old != new
    ]
    return ExecutionError("A notebook did not give the same result again.", issues) if issues else None
