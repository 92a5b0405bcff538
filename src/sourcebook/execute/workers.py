"""Warm workers, seen from the program that builds the report: a server process started once, asked per notebook."""

from __future__ import annotations

import asyncio
import json
import pickle
import shutil
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sourcebook.execute.environment import variables_for_workers
from sourcebook.execute.failures import cell_raised, cell_too_long, expressions_failed, kernel_died
from sourcebook.execute.job import Job, Outcome, place
from sourcebook.execute.process import ServerProcess, can_fork
from sourcebook.execute.reading import note_inputs
from sourcebook.execute.warm import find_heavy

_LONGEST = 65_536
# From asking for a worker to its first cell: the server may still be importing, on a busy machine.
_START_SECONDS = 120
# A code cell of a notebook, one of a text chapter, an inline expression.
_CODE = ('"cell_type": "code"', "```{python", "`{python}")


class NeedsKernelError(Exception):
    """A notebook cannot be run by a warm worker; the message is the reason."""


class _OutdatedError(Exception):
    """The server has imported what is no longer true."""


class Workers:
    """A server process that imports ``modules`` at once, in the background, and forks a child per notebook.

    A context manager: leaving it ends the server and every child. Start it early, and what the program itself
    imports meanwhile costs no time on a second core. Kept for long, it starts anew by itself when a module it has
    imported, or a variable it has asked for, was changed.
    """

    def __init__(self, modules: Iterable[str] = ()) -> None:
        self._modules = list(modules)
        self._servers = [ServerProcess(self._modules)]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends all processes; safe to call again."""
        for server in self._servers:
            server.close()

    async def run(self, job: Job) -> Outcome:
        """The job's steps in a fresh child.

        Raises ``ExecutionError`` for what a notebook does wrong, ``NeedsKernelError`` when a child cannot run it.
        """
        server = self._servers[-1]
        try:
            return await self._run(job, server)
        except _OutdatedError:
            return await self._run(job, self._renew(server))

    def _renew(self, outdated: ServerProcess) -> ServerProcess:
        """A new server, once; children of the old one may still be at work, so it stays until the end."""
        if self._servers[-1] is outdated:
            self._servers.append(ServerProcess(self._modules))
        return self._servers[-1]

    async def _run(self, job: Job, server: ServerProcess) -> Outcome:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        scratch = Path(tempfile.mkdtemp(dir=server.folder))
        try:
            (scratch / "job").write_bytes(pickle.dumps((job, variables_for_workers())))
            with theirs:
                server.start_child(scratch, theirs)
            step, status = await self._follow(ours, job)
            return _read_answer(job, scratch, step, status)
        except OSError as error:
            raise NeedsKernelError("the workers have ended") from error
        finally:
            server.stop_child(scratch)
            ours.close()
            shutil.rmtree(scratch, ignore_errors=True)

    async def _follow(self, channel: socket.socket, job: Job) -> tuple[int | None, int | None]:
        """Listens until the child has ended: the step it was at and its exit status."""
        step: int | None = None
        while True:
            try:
                told = await asyncio.wait_for(
                    _receive(channel), _START_SECONDS if step is None else job.timeout
                )
            except TimeoutError:
                if step is None:
                    raise NeedsKernelError("the workers did not start") from None
                raise cell_too_long(place(job.name, job.steps[step].cell), job.timeout) from None
            if "refused" in told:
                raise NeedsKernelError(told["refused"])
            if "exit" in told:
                return step, told["exit"]
            step = told["step"]


def start_workers(notebooks: Iterable[Path]) -> Workers | None:
    """Workers warmed for what these files seem to import, read as plain text; None where the system cannot fork.

    For the first line of a build that surely has something to run: it costs a few milliseconds.
    """
    if not can_fork():
        return None
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in notebooks if path.is_file()]
    runs = any(mark in text for text in texts for mark in _CODE)
    return Workers(find_heavy(texts)) if runs else None


async def _receive(channel: socket.socket) -> dict[str, Any]:
    received = await asyncio.get_running_loop().sock_recv(channel, _LONGEST)
    if not received:
        raise NeedsKernelError("the workers have ended")
    told: dict[str, Any] = json.loads(received)
    return told


def _read_answer(job: Job, scratch: Path, step: int | None, status: int | None) -> Outcome:
    where = place(job.name, job.steps[step or 0].cell) if job.steps else job.name
    try:
        answer = json.loads((scratch / "answer.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise kernel_died(where, status, _last_words(scratch)) from None
    if "failed" in answer:
        if answer["trace"] and "root" in job.watch:
            note_inputs(Path(job.watch["root"]), answer["trace"]["inputs"])
        raise _failure(job, *answer["failed"])
    return Outcome(answer["results"], answer["trace"])


def _failure(job: Job, step: int, kind: str, *details: Any) -> Exception:
    where = place(job.name, job.steps[step].cell)
    if kind == "comm":
        return NeedsKernelError(f"{where} opens a comm (a widget), which only a kernel of its own can answer")
    if kind == "changed":
        return _OutdatedError(details[0])
    if kind == "hiding":
        return NeedsKernelError(
            f"{details[0]} beside {job.name} would change what workers have imported ahead"
        )
    if kind == "expressions":
        return expressions_failed(where, *details)
    return cell_raised(where, *details)


def _last_words(scratch: Path) -> str:
    """What the dying process wrote to standard error: the stack of a crash, for one."""
    try:
        return (scratch / "stderr.txt").read_text(encoding="utf-8", errors="replace")[-4000:]
    except FileNotFoundError:
        return ""
