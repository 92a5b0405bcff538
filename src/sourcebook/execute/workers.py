"""Warm workers, seen from the program that builds the report: a server process started once, asked per notebook."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from sourcebook.errors import ExecutionError
from sourcebook.execute.environment import worker_environment
from sourcebook.execute.failures import cell_raised, cell_too_long, expressions_failed, kernel_died
from sourcebook.execute.job import Job, Outcome, place

_LONGEST = 65_536
# From asking for a worker to its first cell: the server may still be importing, on a busy machine.
_START_SECONDS = 120


class NeedsKernelError(Exception):
    """A notebook cannot be run by a warm worker; the message is the reason."""


class Workers:
    """A server process that imports ``modules`` at once, in the background, and forks a child per notebook.

    A context manager: leaving it ends the server and every child. Start it early, and what the program itself
    imports meanwhile costs no time on a second core.
    """

    def __init__(self, modules: Iterable[str] = ()) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="sourcebook-"))
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = _start_server(theirs.fileno(), self._scratch)
        self._control.send(json.dumps({"modules": list(modules)}).encode())

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the server and its children; safe to call again."""
        if not self._server:
            return
        self._control.close()
        _end_server(self._server)
        self._server = 0
        shutil.rmtree(self._scratch, ignore_errors=True)

    async def run(self, job: Job) -> Outcome:
        """The job's steps in a fresh child.

        Raises ``ExecutionError`` for what a notebook does wrong, ``NeedsKernelError`` when a child cannot run it.
        """
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        (scratch / "job").write_bytes(pickle.dumps(job))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        try:
            with theirs:
                self._send({"run": str(scratch)}, theirs)
            step, status = await self._follow(ours, scratch, job)
            return _read_answer(job, scratch, step, status)
        except BaseException:
            self._stop(scratch)
            raise
        finally:
            ours.close()
            shutil.rmtree(scratch, ignore_errors=True)

    async def _follow(self, channel: socket.socket, scratch: Path, job: Job) -> tuple[int | None, int | None]:
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

    def _send(self, order: dict[str, str], channel: socket.socket) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], [channel.fileno()])
        except OSError as error:
            raise NeedsKernelError("the workers have ended") from error

    def _stop(self, scratch: Path) -> None:
        with contextlib.suppress(OSError):  # the server has ended, and its children with it
            self._control.send(json.dumps({"stop": str(scratch)}).encode())


def can_fork() -> bool:
    """Whether this system forks safely and knows what the server needs: Linux, run by CPython itself."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and bool(sys.executable)


def _start_server(control: int, scratch: Path) -> int:
    """A fresh interpreter in a process group of its own, which Ctrl-C in the terminal does not reach."""
    os.set_inheritable(control, True)
    output = str(scratch / "server.txt")
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    arguments = [sys.executable, "-P", "-m", "sourcebook.execute.server", str(control)]
    return os.posix_spawn(
        sys.executable, arguments, worker_environment(scratch), file_actions=actions, setpgroup=0
    )


def _end_server(server: int) -> None:
    """It ends by itself once the control socket is closed; whatever keeps it is killed after a second."""
    watch = os.pidfd_open(server)
    if not select.select([watch], [], [], 1.0)[0]:
        os.killpg(server, signal.SIGKILL)
    os.close(watch)
    os.waitpid(server, 0)


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
        raise _failure(job, *answer["failed"])
    return Outcome(answer["results"], answer["trace"])


def _failure(job: Job, step: int, kind: str, *details: Any) -> ExecutionError | NeedsKernelError:
    where = place(job.name, job.steps[step].cell)
    if kind == "comm":
        return NeedsKernelError(f"{where} opens a comm (a widget), which only a kernel of its own can answer")
    if kind == "changed":
        return NeedsKernelError(f"{details[0]} was changed after the workers had imported it")
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
