"""Fork servers as the program that uses them holds them: started, asked for kernels, ended."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sourcebook.core.files import session_folder

OF_ONE_KERNEL: Final = frozenset(
    {"TMPDIR", "IPYTHONDIR", "JPY_PARENT_PID", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST"}
)
"""Variables that may differ between a kernel and its server: nothing reads them when it is imported."""
_USUAL_FLAGS: Final = ("-Xfrozen_modules=off",)
"""The interpreter's flags in some of ipykernel's own kernelspecs, which debuggers want; not worth a server of its own."""
_PROGRAM: Final = ("-m", "sourcebook.execute.fork_server")
_LONGEST: Final = 4096


class RefusedError(Exception):
    """A kernel cannot be forked; the message says why."""


class OutdatedError(RefusedError):
    """The server should be replaced: it has imported what is no longer true, or has ended."""


class ForkedProcess:
    """A forked kernel, as ``LocalProvisioner`` knows processes: with the part of ``subprocess.Popen`` that it uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid, self._channel = pid, channel
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, or None while the kernel runs."""
        with contextlib.suppress(BlockingIOError):
            return self._read(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status; raises ``TimeoutExpired`` after ``timeout`` seconds."""
        try:
            return self._read(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired("the kernel", timeout or 0) from None

    def _read(self, timeout: float | None) -> int:
        """What the guard says in the end; raises ``BlockingIOError`` or ``TimeoutError`` when that has not come yet."""
        if self.returncode is None:
            self._channel.settimeout(timeout)
            said = self._channel.recv(_LONGEST)
            self.returncode = json.loads(said)["status"] if said else -signal.SIGKILL
            self._channel.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Sends a signal to a kernel that still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Asks the kernel to end."""
        self.send_signal(signal.SIGTERM)


class ForkServer:
    """One running ``sourcebook.execute.fork_server``, started with ``environment`` and interpreter ``flags``."""

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str], flags: Sequence[str]) -> None:
        self._modules, self._flags = set(modules), _without_usual(flags)
        self._environment = _of_all_kernels(environment)
        folder = session_folder()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, (folder / "fork_server.txt").open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  # this very Python
                [sys.executable, *_USUAL_FLAGS, *self._flags, *_PROGRAM, str(theirs.fileno())],
                env={**environment, "TMPDIR": str(folder), "IPYTHONDIR": str(folder / "ipython")},
                cwd=folder,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._control.send(json.dumps({"modules": list(modules), "folder": str(folder)}).encode())
        atexit.register(self.close)

    def suits(self, modules: Sequence[str], environment: Mapping[str, str], flags: Sequence[str]) -> bool:
        """Whether kernels may be forked from it; more modules than are wanted do no harm."""
        same = (_of_all_kernels(environment), _without_usual(flags)) == (self._environment, self._flags)
        return same and self._modules.issuperset(modules)

    def fork(self, request: Mapping[str, Any], streams: Sequence[Any]) -> ForkedProcess:
        """A new kernel; ``streams`` are its standard input, output and error, None for those of this process.

        Raises ``OutdatedError`` when the server should be replaced, ``RefusedError`` when the kernel should be started
        anew.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        answer: dict[str, Any] = {"outdated": "it has ended"}
        with contextlib.suppress(ConnectionError):
            with theirs, Path(os.devnull).open("rb") as null:
                usual = (null.fileno(), 1, 2)
                numbers = [_find_descriptor(*pair) for pair in zip(streams, usual, strict=True)]
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno(), *numbers])
            if said := ours.recv(_LONGEST):
                answer = json.loads(said)
        if "pid" in answer:
            return ForkedProcess(answer["pid"], ours)
        ours.close()
        raise OutdatedError(answer["outdated"])

    def close(self) -> None:
        """Ends the server and its kernels; safe to call again."""
        atexit.unregister(self.close)
        self._control.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def prepare_server(modules: Sequence[str], environment: Mapping[str, str]) -> None:
    """Starts to import, in the background, what kernels with this environment will want to have imported."""
    if can_fork():
        find_server(modules, environment, [])


def can_fork() -> bool:
    """Whether this system forks safely and knows what the server needs: Linux."""
    return sys.platform == "linux" and bool(sys.executable)


_servers: list[ForkServer] = []
_starting = threading.Lock()


def find_server(modules: Sequence[str], environment: Mapping[str, str], flags: Sequence[str]) -> ForkServer:
    """A server that has imported these modules in just this environment; libraries read many variables at import."""
    with _starting:
        for server in _servers:
            if server.suits(modules, environment, flags):
                return server
        _servers.append(ForkServer(modules, environment, flags))
        return _servers[-1]


def retire(outdated: ForkServer) -> None:
    """Asks this server for no more kernels; it ends when its kernels have ended."""
    with _starting, contextlib.suppress(ValueError):
        _servers.remove(outdated)


def _of_all_kernels(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in OF_ONE_KERNEL}


def _without_usual(flags: Sequence[str]) -> list[str]:
    return [flag for flag in flags if flag not in _USUAL_FLAGS]


def _find_descriptor(stream: Any, usual: int) -> int:
    if stream is None:
        return usual
    number: int = stream if isinstance(stream, int) else stream.fileno()
    if number < 0:
        raise RefusedError("its streams are pipes")
    return number
