"""Warm kernels: a kernel provisioner of jupyter_client that forks kernels from a process which has imported already.

Named in a kernelspec (``sourcebook kernel install``) it serves nbclient, nbconvert, papermill and Jupyter's servers; our
own builds name it for every Python notebook. Where forking is not safe, jupyter_client's own provisioner, from which
this one is derived, starts the kernel as always.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import List, Unicode

from sourcebook.execute.fork_client import (
    OF_ONE_KERNEL,
    ForkedProcess,
    OutdatedError,
    RefusedError,
    can_fork,
    find_server,
    retire,
)
from sourcebook.execute.warm import HEAVY

NAME: Final = "sourcebook-provisioner"
"""The name of the entry point, for kernelspecs."""

_LONGEST_START: Final = 60  # seconds
_LAUNCHER: Final = ["-m", "ipykernel_launcher"]


class WarmProvisioner(LocalProvisioner):
    """Forks the kernels whose command is this very Python with ipykernel; starts all others anew."""

    modules = List(Unicode(), default_value=list(HEAVY), help="Modules to import ahead.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Starts the kernel, by forking where that is safe; see ``LocalProvisioner``."""
        process = await asyncio.to_thread(self._fork, cmd, kwargs)
        if process is None:
            await super().launch_kernel(cmd, **kwargs)
        else:
            self.process, self.pid, self.pgid = process, process.pid, process.pid  # type: ignore[assignment]
            self.cwd = kwargs.get("cwd", Path.cwd())
        await self._wait_for_sockets()
        return self.connection_info

    async def _wait_for_sockets(self) -> None:
        """Returns when the kernel listens, or has ended: a client of ZeroMQ that connects too early waits before it tries again.

        To connect while a cell has all file descriptors in use would end the kernel.
        """
        if self.connection_info["transport"] != "ipc":
            return
        last = Path(f"{self.connection_info['ip']}-{self.connection_info['hb_port']}")
        deadline = time.monotonic() + _LONGEST_START
        while not last.exists() and await self.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.005)

    def _fork(self, cmd: list[str], kwargs: Mapping[str, Any]) -> ForkedProcess | None:
        flags, arguments = _read_command(cmd)
        if arguments is None or not can_fork():
            return None
        environment = dict(kwargs.get("env") or os.environ)
        request = {
            "command": cmd,
            "argv": arguments,
            "cwd": str(Path(kwargs.get("cwd") or "").absolute()),  # the server lives in another folder
            "env": {name: environment.get(name) for name in sorted(OF_ONE_KERNEL)},
        }
        streams = [kwargs.get(name) for name in ("stdin", "stdout", "stderr")]
        for _ in range(2):  # a server that has ended, or imported what was changed since, is replaced, once
            try:
                server = find_server(self.modules, environment, flags)
                return server.fork(request, streams)
            except OutdatedError as error:
                self.log.debug("The fork server is replaced: %s", error)
                retire(server)
            except (RefusedError, OSError) as error:
                self.log.debug("The kernel is started anew: %s", error)
                return None
        return None


def _is_this_python(program: str) -> bool:
    """Whether a program is this interpreter, with this environment's packages, by whichever of its names."""
    ours, theirs = Path(sys.executable), Path(shutil.which(program) or program)
    return theirs.parent == ours.parent and theirs.resolve() == ours.resolve()


def _read_command(command: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """The interpreter's flags and ipykernel's arguments; None for arguments when it is another program."""
    if len(command) > 2 and _is_this_python(command[0]):
        for at in range(1, len(command) - 1):
            if list(command[at : at + 2]) == _LAUNCHER:
                return list(command[1:at]), list(command[at + 2 :])
    return [], None
