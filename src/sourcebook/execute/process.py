"""The server process of warm workers, as the program that builds the report holds it: started, asked, ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from sourcebook.execute.environment import worker_environment


class ServerProcess:
    """One running ``sourcebook.execute.server``; ``folder`` is for the scratch folders of its children."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sourcebook-"))
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.pid = _spawn(theirs.fileno(), self.folder)
        self._control.send(json.dumps({"modules": list(modules)}).encode())
        self._asked = False

    def start_child(self, scratch: Path, channel: socket.socket) -> None:
        """Asks for a child for the job in ``scratch``; raises ``OSError`` when the server has ended."""
        self._asked = True
        socket.send_fds(self._control, [json.dumps({"run": str(scratch)}).encode()], [channel.fileno()])

    def stop_child(self, scratch: Path) -> None:
        """Ends a child, if there still is one."""
        with contextlib.suppress(OSError):  # the server has ended, and its children with it
            self._control.send(json.dumps({"stop": str(scratch)}).encode())

    def close(self) -> None:
        """Ends the server and its children; safe to call again."""
        if not self.pid:
            return
        self._control.close()
        _wait_or_kill(self.pid, 1.0 if self._asked else 0.0)
        self.pid = 0
        shutil.rmtree(self.folder, ignore_errors=True)


def can_fork() -> bool:
    """Whether this system forks safely and knows what the server needs: Linux, run by CPython itself."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and bool(sys.executable)


def _spawn(control: int, folder: Path) -> int:
    """A fresh interpreter in a process group of its own, which Ctrl-C in the terminal does not reach."""
    os.set_inheritable(control, True)
    output = str(folder / "server.txt")
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    arguments = [sys.executable, "-P", "-m", "sourcebook.execute.server", str(control)]
    environment = worker_environment(folder)
    return os.posix_spawn(sys.executable, arguments, environment, file_actions=actions, setpgroup=0)


def _wait_or_kill(server: int, seconds: float) -> None:
    """It ends by itself, its children first, once the control socket is closed; whatever keeps it, then it is killed."""
    watch = os.pidfd_open(server)
    if not select.select([watch], [], [], seconds)[0]:
        os.killpg(server, signal.SIGKILL)
    os.close(watch)
    os.waitpid(server, 0)
