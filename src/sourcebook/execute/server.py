"""The process that imports once and forks a child per notebook: ``python -P -m sourcebook.execute.server FD``.

It has a fresh interpreter, so that notebooks see the fixed environment and nothing of the program that builds the
report; it stays single-threaded, so that forking is safe; it ends with the program, and its children with it.

Protocol. On FD (SOCK_SEQPACKET) come: first the settings; then, for each notebook, its scratch folder together with
one end of a channel, on which child and server answer; ``stop`` and the scratch folder end a notebook. End of file
ends everything. On a channel: ``{"step": n}``, ``{"refused": why}``, and last ``{"exit": status}``.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import traceback
from pathlib import Path

from sourcebook.execute.preloaded import Preloaded
from sourcebook.execute.questions import watch_variables
from sourcebook.execute.scope import installed_folders
from sourcebook.execute.shell import make_shell
from sourcebook.execute.warm import warm_up
from sourcebook.execute.worker import Kit, work

_LONGEST = 65_536


def main() -> None:
    """Serves until the other end is closed."""
    gc.disable()
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(control.recv(_LONGEST))
    started = os.environ.copy()
    kit = Kit(make_shell(), Preloaded(installed_folders()), set(), started)
    watch_variables(kit.variables.add)
    refused = kit.preloaded.load(lambda: warm_up(settings["modules"])) or _count_threads()
    gc.freeze()  # as it is: what little could be freed is not worth the search for it, while everyone waits
    _Server(control, kit, refused).serve()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)  # whoever started us may have been killed


class _Server:
    """The loop: children by the scratch folder of their notebook, each with a descriptor that tells of its end."""

    def __init__(self, control: socket.socket, kit: Kit, refused: str) -> None:
        self.control, self.kit, self.refused = control, kit, refused
        self.children: dict[str, tuple[int, int, socket.socket]] = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ)

    def serve(self) -> None:
        """Returns when the parent has closed the control socket and all children have ended."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is not self.control:
                    self._reap(key.data)
                elif not self._obey():
                    self._end()
                    return

    def _obey(self) -> bool:
        """One message of the parent; False at its end."""
        message, descriptors, _, _ = socket.recv_fds(self.control, _LONGEST, 1)
        if not message:
            return False
        order = json.loads(message)
        if "stop" in order:
            self._kill(order["stop"])
        else:
            channel = socket.socket(fileno=descriptors[0])
            if self.refused:
                channel.send(json.dumps({"refused": self.refused}).encode())
                channel.close()
            else:
                self._fork(order["run"], channel)
        return True

    def _fork(self, scratch: str, channel: socket.socket) -> None:
        parent = os.getpid()
        child = os.fork()
        if not child:
            try:
                self._close()
                work(channel, Path(scratch), self.kit, parent)
            except BaseException:  # noqa: BLE001  # a child must never return into the server's loop
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(70)
        watch = os.pidfd_open(child)
        self.children[scratch] = (child, watch, channel)
        self.selector.register(watch, selectors.EVENT_READ, scratch)

    def _close(self) -> None:
        """In a child: lets go of what belongs to the server and to other children."""
        self.selector.close()
        self.control.close()
        for _, watch, channel in self.children.values():
            os.close(watch)
            channel.close()

    def _reap(self, scratch: str) -> None:
        child, watch, channel = self.children.pop(scratch)
        _, status = os.waitpid(child, 0)
        _kill_group(child)  # what its cells left running
        self.selector.unregister(watch)
        os.close(watch)
        with contextlib.suppress(OSError):  # nobody may be waiting for it any more
            channel.send(json.dumps({"exit": os.waitstatus_to_exitcode(status)}).encode())
        channel.close()

    def _end(self) -> None:
        for scratch in list(self.children):
            self._kill(scratch)
            self._reap(scratch)

    def _kill(self, scratch: str) -> None:
        if scratch in self.children:
            _kill_group(self.children[scratch][0])


def _kill_group(leader: int) -> None:
    for end in (os.killpg, os.kill):  # the child may not have made its group yet
        with contextlib.suppress(ProcessLookupError):
            end(leader, signal.SIGKILL)


def _count_threads() -> str:
    """Why forking would be unsafe, or nothing."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    return f"{threads - 1} threads are running beside the main one" if threads > 1 else ""


if __name__ == "__main__":
    main()
