"""Records what a notebook reads and does, from inside its process, by Python's audit events.

Seen is what goes through Python: opening, asking for and listing files, imports, environment variables, network
connections, programs started. Not seen is what compiled code opens behind Python's back (a database driver, for one)
and what other programs do; a result that rests on other programs is therefore never reused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sourcebook.execute.inputs import (
    BESIDE,
    FILE,
    FOLDER,
    MODULE,
    THERE,
    VARIABLE,
    Input,
    fingerprint,
    name_path,
)
from sourcebook.execute.questions import getframe, is_import, plain_stat, watch_paths, watch_variables
from sourcebook.execute.scope import Scope, absolute, is_writing, source_of, user_caches

# What belongs to the process, not to its result.
OWN_VARIABLES = frozenset(
    {"TMPDIR", "IPYTHONDIR", "JPY_PARENT_PID", "COLUMNS", "LINES", "PYDEVD_USE_FRAME_EVAL"}
)
# Programs that libraries ask about the machine: which fonts, which system.
_HARMLESS_PROGRAMS = frozenset({"fc-list", "ldconfig", "uname"})
_CHANGES = (
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.truncate",
    "shutil.rmtree",
)
_PROGRAMS = (
    "subprocess.Popen",
    "os.system",
    "os.posix_spawn",
    "os.spawn",
    "os.exec",
    "os.fork",
    "os.forkpty",
)
_CONNECTIONS = ("socket.connect", "socket.sendto", "socket.bind", "socket.getaddrinfo")


class HermeticError(RuntimeError):
    """Something a hermetic build does not allow, raised where it was tried."""


class Trace:
    """One recording, from ``start`` to ``finish``; there is one per process, for audit hooks cannot be removed.

    ``root`` is the project, ``scratch`` where writing is free, ``ignored`` folders hold what is no input (the
    output). With ``hermetic`` writing elsewhere and connecting raise ``HermeticError``.
    """

    def __init__(
        self, root: Path, scratch: Path, ignored: Iterable[Path] = (), *, hermetic: bool = False
    ) -> None:
        self.root, self.hermetic = root, hermetic
        self.seen: dict[tuple[str, str], tuple[int, int] | None] = {}
        self.variables: set[str] = set()
        self.deeds: dict[tuple[str, str], None] = {}
        self._written: set[str] = set()
        free = [str(scratch), *user_caches()]
        self._free = tuple(folder.rstrip(os.sep) + os.sep for folder in free)
        self._scope = Scope(root, [*free, *map(str, ignored)])
        self._active = False
        self._handlers = self._choose_handlers()

    def start(self) -> None:
        """Records from now on."""
        self._values = os.environ.copy()
        self.seen[BESIDE, str(Path.cwd())] = None
        watch_variables(self.ask_variable)
        watch_paths(self.ask_path)
        sys.addaudithook(self._hear)
        self._active = True

    def finish(self) -> dict[str, Any]:
        """Stops recording: ``inputs``, ``deeds`` (kind, what) and whether a file changed while it was read."""
        self._active = False
        restless = [
            path
            for (kind, path), stamp in self.seen.items()
            if kind in (FILE, MODULE) and stamp != _stamp(path)
        ]
        keys = [
            (kind, name_path(path, self.root)) for kind, path in self.seen if not self._covered(kind, path)
        ]
        keys += [(VARIABLE, name) for name in self.variables - OWN_VARIABLES]
        inputs: list[Input] = [(*key, fingerprint(*key, self.root, self._values)) for key in sorted(keys)]
        return {"inputs": inputs, "deeds": list(self.deeds), "restless": restless}

    def ask_variable(self, name: str) -> None:
        """Somebody wants to know an environment variable."""
        if self._active:
            self.variables.add(name)

    def use_module(self, file: str) -> None:
        """A module that was imported ahead turns out to be used."""
        self.seen.setdefault((MODULE, file), _stamp(file))

    def ask_path(self, path: Any) -> None:
        """Somebody wants to know whether ``path`` is there."""
        if self._active and (place := self._scope.find(path)):
            self.seen.setdefault((THERE, place), None)

    def _covered(self, kind: str, path: str) -> bool:
        """A file that was read as well as asked about is one input."""
        return kind == THERE and ((FILE, path) in self.seen or (MODULE, path) in self.seen)

    def _choose_handlers(self) -> dict[str, Callable[..., None]]:
        handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.listdir": self._list,
            "os.scandir": self._list,
            "sqlite3.connect": self._read,
        }
        handlers |= dict.fromkeys(_CHANGES, self._change)
        handlers |= {event: self._start_program(event) for event in _PROGRAMS}
        return handlers | {event: self._connect(event) for event in _CONNECTIONS}

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._active and (handler := self._handlers.get(event)):
            handler(*arguments)

    def _open(self, path: Any, mode: str | None, flags: int | None) -> None:
        if is_writing(flags):
            self._change(path)
        else:
            self._read(path)

    def _read(self, path: Any) -> None:
        place = source_of(self._scope.find(path))
        if not place or place in self._written:
            return
        self.seen.setdefault((MODULE if place.endswith(".py") else FILE, place), _stamp(place))

    def _list(self, path: Any = None) -> None:
        if not is_import(getframe(2)) and (place := self._scope.find(path or ".")):
            self.seen.setdefault((FOLDER, place), None)

    def _change(self, *paths: Any) -> None:
        for path in paths[:2]:
            place = absolute(path)
            if not place or (place + os.sep).startswith((*self._free, "/dev/")) or "__pycache__" in place:
                continue
            self._written.add(place)
            self._do("writes", name_path(place, self.root))

    def _start_program(self, event: str) -> Callable[..., None]:
        def handle(*arguments: Any) -> None:
            """Its first argument is the program or the command line, if it has any (``os.fork`` has none)."""
            name = Path(os.fsdecode(arguments[0])).name if arguments and arguments[0] else event
            if name not in _HARMLESS_PROGRAMS:
                self.deeds.setdefault(("starts", name.split(" ")[0]))

        return handle

    def _connect(self, event: str) -> Callable[..., None]:
        def handle(*arguments: Any) -> None:
            """The address is the first argument of a look-up, else it follows the socket."""
            address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
            if isinstance(address, tuple):
                address = f"{address[0]}:{address[1]}"
            elif event != "socket.getaddrinfo":
                return  # a socket of this machine's file system
            if address:
                self._do("connects to", str(address))

        return handle

    def _do(self, kind: str, what: str) -> None:
        self.deeds.setdefault((kind, what))
        if self.hermetic:
            raise HermeticError(f"the notebook {kind} {what}, which a hermetic build does not allow")


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = plain_stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
