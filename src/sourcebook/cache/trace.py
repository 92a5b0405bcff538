"""Records, inside a kernel, what its notebook opens, lists, imports and starts, by Python's audit events.

Audit events do not show everything: questions such as ``os.stat``, what compiled code opens, what other programs do.
So this also notes which of the telling names the notebook's own code uses, and which modules are loaded in the end;
``dependencies`` draws the conclusions. Nothing is replaced.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import platform
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any, Final, TypedDict

from sourcebook.core.files import stamp_file

ASKING: Final = frozenset(
    "stat lstat exists lexists isfile isdir islink ismount isjunction getsize getmtime getatime getctime samefile access "
    "readlink realpath resolve is_file is_dir is_symlink is_mount is_junction statvfs scandir walk fwalk glob iglob rglob "
    "filecmp dircmp cmpfiles which copy2 copystat copymode copytree make_archive loadtxt genfromtxt DataSource "
    "read_json read_html read_xml load_library find_library".split()
)
"""Names of functions that ask about files without an audit event; libraries' own that do so are among them."""
VARIABLES: Final = frozenset("environ environb getenv getenvb expandvars get_exec_path env".split())
"""Names by which code reads environment variables; ``env`` is IPython's magic."""
DESCRIPTORS: Final = frozenset("dir_fd src_dir_fd dst_dir_fd fork_exec _posixsubprocess pyarrow".split())
"""Names that say that audit events do not tell which file is meant, or who opens it."""
INDIRECT: Final = frozenset(
    "getattr attrgetter methodcaller __dict__ __getattribute__ vars globals locals run_line_magic run_cell_magic".split()
)
"""Names by which code reaches others through a text; without one, a text such as "which" is a word like any other."""
_TELLING: Final = ASKING | VARIABLES | DESCRIPTORS

WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
"""Flags of opening that say that a file is not only read."""
_ASKS_ONLY: Final = getattr(os, "O_PATH", 0)
_CHANGES: Final = (
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
)
_PROGRAMS: Final = (
    "subprocess.Popen", "os.system", "os.posix_spawn", "os.spawn", "os.exec", "os.fork", "os.forkpty", "pty.spawn",
)  # fmt: skip
_LOOKUPS: Final = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


class Recording(TypedDict, total=False):
    """What a trace writes; empty when nothing was run. Files by their absolute paths."""

    opened: dict[str, list[int] | None]
    """Files read, with their stamp (``core.files.stamp_file``) at that moment."""
    asked: list[str]
    listed: list[str]
    searched: list[str]
    """Folders that Python looked through for modules."""
    written: list[str]
    names: list[str]
    """Telling names that the notebook's code uses."""
    words: list[str]
    """Telling names that stand in its texts."""
    indirect: list[str]
    programs: list[str]
    connections: list[str]
    unseen: list[str]
    """What audit events do not show the work of."""
    modules: dict[str, str]
    packages: list[str]
    """Folders of packages."""
    path: list[str]
    environment: str


class Trace:
    """One recording, from now to the end of the process; written to ``report`` as JSON when it is asked for and at the end."""

    def __init__(self, report: Path, scratch: Path) -> None:
        self._report, self._process = report, os.getpid()
        self._scratch = (
            f"{scratch}{os.sep}",
            "/proc/",
            "/sys/",
            "/dev/pts/",
            "/dev/null",
            "/dev/tty",
            "/dev/urandom",
        )
        self._installed = (*installed_folders(), "<frozen ", str(Path(__file__).parents[1]) + os.sep)
        self.opened: dict[str, tuple[int, ...] | None] = {}
        self.found: dict[str, set[str]] = {
            key: set()
            for key in "asked listed searched written names words indirect programs connections unseen".split()
        }
        self._handlers = self._choose_handlers()
        self._children = count_child_faults()
        self._size: tuple[int, ...] = ()
        atexit.register(self.write)
        sys.addaudithook(self._hear)

    def _choose_handlers(self) -> dict[str, Callable[..., None]]:
        handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.listdir": self._list,
            "os.scandir": self._list,
            "exec": self._note_names,
            "pickle.find_class": lambda _, name: self.found["names"].update({name} & _TELLING),
            "sqlite3.connect": lambda *_: self.found["unseen"].add("sqlite3"),
            "ctypes.dlopen": lambda *_: self.found["unseen"].add("ctypes"),
            "ctypes.dlsym": lambda *_: self.found["unseen"].add("ctypes"),
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
        }
        handlers |= dict.fromkeys(_LOOKUPS, lambda host, *_: self.found["connections"].add(str(host)))
        handlers |= dict.fromkeys(_CHANGES, self._change)
        return handlers | {event: self._start_program(event) for event in _PROGRAMS}

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if handler := self._handlers.get(event):
            try:
                handler(*arguments)
            except Exception as error:  # noqa: BLE001  # it would be raised in the notebook's own code
                self.found["unseen"].add(f"{event} ({error!r})")

    def _open(self, path: Any, mode: str | None, flags: int) -> None:
        place = source_of(_place(path))
        if (
            not place
            or place.startswith(self._scratch)
            or (flags & WRITING and "__pycache__" in _place(path))
        ):
            return
        if mode is None and not os.path.isabs(os.fsdecode(path)):  # noqa: PTH117  # perhaps from a folder's descriptor
            self.found["unseen"].add("dir_fd")
        if _ASKS_ONLY and flags & _ASKS_ONLY:
            self.found["asked"].add(place)
            return
        reads = not flags & WRITING or (flags & os.O_RDWR and not flags & os.O_TRUNC)
        if reads and place not in self.found["written"]:
            self.opened.setdefault(place, stamp_file(place))
        if flags & WRITING:
            self.found["written"].add(place)

    def _list(self, path: Any = None) -> None:
        place = _place("." if path is None else path)
        if place and not f"{place}{os.sep}".startswith(self._scratch):
            searched = sys._getframe(2).f_code.co_filename.startswith("<frozen importlib")  # noqa: SLF001
            self.found["searched" if searched else "listed"].add(place)

    def _change(self, *paths: Any) -> None:
        for place in filter(None, map(_place, paths[:2])):
            if not place.startswith(self._scratch) and "__pycache__" not in place:
                self.found["written"].add(place)

    def _note_names(self, code: CodeType) -> None:
        if code.co_filename.startswith(self._installed):
            return
        todo: list[Any] = [code]
        while todo:
            item = todo.pop()
            if isinstance(item, str):
                self.found["names" if item in DESCRIPTORS else "words"].update({item} & _TELLING)
            elif isinstance(item, tuple | frozenset):
                todo += item
            elif isinstance(item, CodeType):
                self.found["names"].update(_TELLING.intersection(item.co_names))
                self.found["indirect"].update(INDIRECT.intersection(item.co_names))
                todo += item.co_consts

    def _start_program(self, event: str) -> Callable[..., None]:
        def handle(*arguments: Any) -> None:
            """Its first argument is the program or the command line, if it has any (``os.fork`` has none)."""
            first = (
                arguments[0] if arguments and isinstance(arguments[0], str | bytes | os.PathLike) else event
            )
            self.found["programs"].add(Path(os.fsdecode(first)).name.split(" ")[0])

        return handle

    def _connect(self, _: Any, address: Any) -> None:
        if isinstance(address, tuple):
            self.found["connections"].add(f"{address[0]}:{address[1]}")
        elif not os.fsdecode(address).startswith(self._scratch):
            self.found["connections"].add(os.fsdecode(address))

    def write(self) -> None:
        """Writes the report, whole."""
        size = len(self.opened), *map(len, self.found.values()), len(sys.modules)
        if os.getpid() != self._process or size == self._size:
            return  # a forked child ends, or nothing has been added
        self._size = size
        if 0 <= self._children < count_child_faults():
            self.found["programs"].add("a process of its own")
        modules = dict(sys.modules)
        files = {name: getattr(module, "__file__", None) for name, module in modules.items()}
        said = {  # a Recording
            "opened": self.opened,
            **{key: sorted(value) for key, value in self.found.items()},
            "modules": {name: str(file) for name, file in files.items() if file},
            "packages": sorted({str(path) for module in modules.values() for path in _package_path(module)}),
            "path": [path or str(Path.cwd()) for path in sys.path],
            "environment": describe_environment(),
        }
        draft = self._report.with_suffix(".part")
        draft.write_text(json.dumps(said), encoding="utf-8")
        draft.replace(self._report)


def installed_folders() -> list[str]:
    """Folders of Python and its packages, each with a separator at its end."""
    folders = {
        path
        for path in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())
        if path not in ("", "/")
    }
    return sorted(folder.rstrip(os.sep) + os.sep for folder in folders)


@functools.cache
def describe_environment() -> str:
    """Which Python this is, on what, and every package installed for it with its version."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    packages = sorted(path.name for folder in folders for path in Path(folder).glob("*.dist-info"))
    return " ".join([sys.version, sys.platform, platform.machine(), *packages])


def source_of(path: str) -> str:
    """The module that a compiled file was made from; every other file is itself."""
    folder, compiled, name = path.rpartition("/__pycache__/")
    return f"{folder}/{name.split('.')[0]}.py" if compiled else path


def _place(path: Any) -> str:
    """The whole path of something opened; nothing for a descriptor that is no folder's, or no path at all."""
    try:
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")  # noqa: PTH115
            return path if os.path.isdir(path) else ""  # noqa: PTH112
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100  # links stay as they were named
    except (TypeError, ValueError, OSError):
        return ""


def _package_path(module: Any) -> list[Any]:
    try:
        return list(getattr(module, "__path__", ()))
    except Exception:  # noqa: BLE001  # modules may answer with anything
        return []


def count_child_faults() -> int:
    """Page faults of children that have ended: more than before says that there were some."""
    try:
        import resource
    except ImportError:
        return -1
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
