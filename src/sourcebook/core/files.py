"""Files written whole or not at all, and compared as git does it: by size, times and inode before contents."""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import itertools
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from sourcebook.errors import Issue, ProjectError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

Stamp = tuple[int, ...]
# What programs write for themselves.
_PASSING: Final = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store", ".git"})
# A file system dates by a coarse clock: what was changed so shortly ago may be changed again under the same date.
_TICK: Final = 50_000_000


class Index:
    """Digests of files by their stamps, kept in a file beside the results; without one, for this process only."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._changed = path, False
        self._known: dict[str, tuple[Stamp, str]] = {}
        if path:
            with contextlib.suppress(OSError, ValueError, TypeError):
                found = json.loads(path.read_bytes())
                self._known = {name: (tuple(stamp), known) for name, (stamp, known) in found.items()}

    def digest(self, path: str, stamp: Stamp) -> str:
        """The digest of the file's bytes, read only if ``stamp``, its present one, is not that of the digest we know."""
        if found := self.recall(path, stamp):
            return found
        taken = time.time_ns()
        known = digest(Path(path).read_bytes())
        if max(stamp[1:3]) < taken - _TICK and stamp_file(path) == stamp:
            self._known[path], self._changed = (stamp, known), True
        return known

    def recall(self, path: str, stamp: Stamp | None) -> str:
        """The digest the file had when it had this stamp, or nothing."""
        known = self._known.get(path)
        return known[1] if known and known[0] == stamp else ""

    def save(self) -> None:
        """Keeps what was learned; a disk that cannot be written is done without."""
        if self._path and self._changed:
            with contextlib.suppress(OSError):
                write_whole(self._path, json.dumps(self._known).encode())
            self._changed = False


def stamp_file(path: str) -> tuple[int, ...] | None:
    """What changes with a file: size, times of change in ns, inode; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116  # thousands of files: Path would cost as much again
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_file(path: Path) -> bool:
    """Whether a file is there; for a name that no file system can hold it is not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether a file or folder is there, likewise."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def name_path(path: str, root: Path) -> str:
    """``path`` relative to ``root`` where it lies inside."""
    inside = str(root) + os.sep
    return path.removeprefix(inside).replace(os.sep, "/") if path.startswith(inside) else path


def digest(content: bytes) -> str:
    """SHA-256, shortened to what a file name bears; 128 bits meet no twin by chance."""
    return hashlib.sha256(content).hexdigest()[:32]


def walk_files(folder: str) -> Iterator[str]:
    """All files below a folder, by their whole paths."""
    return (f"{folder}{os.sep}{name}" for name, (_, stamp) in walk_tree(folder, "", ()) if stamp)


def walk_tree(
    root: str, below: str, ignored: tuple[str, ...], links: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, Stamp]]]:
    """Names as seen from ``root``; virtual environments and the caches of other programs are passed over.

    Linked folders are entered, ``links`` of them by now, unless that would not end.
    """
    with os.scandir(f"{root}{os.sep}{below}") as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    names = {entry.name for entry in found}
    if below and ("pyvenv.cfg" in names or "CACHEDIR.TAG" in names):
        return
    for entry in found:
        name = below + entry.name
        if entry.name in _PASSING or f"{root}{os.sep}{name}{os.sep}" in ignored:
            continue
        yield from _describe(entry, name)
        if not entry.is_dir():
            continue
        target = os.path.realpath(entry.path) if entry.is_symlink() else ""
        if target and (target in links or f"{os.path.realpath(root)}{os.sep}".startswith(target + os.sep)):
            continue
        with contextlib.suppress(OSError):  # a folder that cannot be entered is known by its name
            yield from walk_tree(root, f"{name}/", ignored, (*links, target) if target else links)


def _describe(entry: os.DirEntry[str], name: str) -> Iterator[tuple[str, tuple[str, Stamp]]]:
    link = f"link to {os.readlink(entry.path)}" if entry.is_symlink() else ""  # noqa: PTH115
    try:
        status = entry.stat()
    except OSError:
        yield name, (link or "absent", ())
        return
    if entry.is_dir():
        yield name, (f"{link} folder", ())
    else:
        runs = " runs" if status.st_mode & 0o111 else ""
        stamp = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        yield name, (f"{link} file{runs}", stamp)


def write_textfile(path: Path, text: str) -> None:
    """Replace a file by UTF-8 text with Unix line ends; raises ProjectError when its folder cannot be written."""
    try:
        if path.parent.is_dir():
            _sweep_drafts(path.parent)
        write_whole(path, text.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError(f"{path} cannot be written: {reason}. Check the folder's permissions.") from error


def write_whole(path: Path, body: bytes) -> None:
    """Write a file beside its place, in a folder that is made if need be, and move it there; its permissions stay.

    Readers see the old file or the new one, never a part; of several writers the last one wins. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _name_draft(path)
    try:
        draft.write_bytes(body)
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _name_draft(path: Path) -> Path:
    """A name beside ``path`` that no other process or thread of this machine takes, and that tells whose it is."""
    return path.with_name(f".{path.name}.{os.getpid()}-{next(_drafts)}.part")


_drafts = itertools.count()
_DRAFT = re.compile(r"\..*\.(\d{1,10})-\d+\.part", re.DOTALL)


def _sweep_drafts(folder: Path) -> None:
    """Removes from ``folder`` what processes that were killed amid their writing left behind."""
    for entry in folder.iterdir():
        match = _DRAFT.fullmatch(entry.name)
        if match and not _is_running(int(match[1])):
            with contextlib.suppress(OSError):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


@contextmanager
def write_folder(folder: Path) -> Iterator[Path]:
    """A draft of a folder that is empty or not there yet: filled by the block, and moved there at its end.

    Raises OSError; nothing is left of a block that fails.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep_drafts(folder.parent)
    draft = _name_draft(folder)
    try:
        draft.mkdir()
        yield draft
        if folder.exists():
            folder.rmdir()  # it is empty
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def prepare_folder(folder: Path) -> Path:
    """``folder``, made if need be; ``ProjectError`` when nothing can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep_drafts(folder)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        fix = "make the folder writable, or name another with --out"
        issue = Issue(str(folder), error.strerror or str(error), fix=fix)
        raise ProjectError("The output folder cannot be written.", [issue]) from error


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder, for a ``with`` statement; if this process is killed, the next one removes it."""
    return tempfile.TemporaryDirectory(dir=session_folder())


@functools.cache
def session_folder() -> Path:
    """A temporary folder of this process, for all its scratch folders; it ends with the process, or the next one ends it.

    Sockets lie in it, whose paths may have 107 bytes: a temporary folder far down is not used.
    """
    usual, shortest = tempfile.gettempdir(), "/tmp"  # noqa: S108
    short = len(os.fsencode(usual)) <= _LONGEST_TEMPORARY or not os.access(shortest, os.W_OK | os.X_OK)
    place = Path(usual if short else shortest)
    _sweep_sessions(place)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_SESSION, dir=place))
        if not fcntl:
            break
        held = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT)  # as long as this process lasts
        fcntl.flock(held, fcntl.LOCK_EX)
        if (folder / _LOCK).exists():
            break
        os.close(held)  # another process has taken it for that of a killed one
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_LONGEST_TEMPORARY: Final = 60
_SESSION, _LOCK = "sourcebook-", "in-use"


def _sweep_sessions(place: Path) -> None:
    for folder in place.glob(f"{_SESSION}*"):
        sweep_session(folder)


def sweep_session(folder: Path) -> None:
    """Removes the temporary folder of a process that was killed: nobody holds its lock any more."""
    if fcntl:
        with contextlib.suppress(OSError), (folder / _LOCK).open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def publish_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Writes every file beside its place first, then moves all of them there."""
    ready: list[tuple[Path, Path]] = []
    try:
        for path, body in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = _name_draft(path)
            ready.append((part, path))
            part.write_bytes(body)
        for part, path in ready:
            part.replace(path)
    except OSError as error:
        issue = Issue(str(path.parent), error.strerror or str(error))
        raise ProjectError("The report cannot be written.", [issue]) from error
    finally:
        for part, _ in ready:
            part.unlink(missing_ok=True)
    return list(contents)
