"""Files and folders written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sourcebook.errors import Issue, ProjectError


def write_textfile(path: Path, text: str) -> None:
    """Replace a file by UTF-8 text with Unix line ends; raises ProjectError when its folder cannot be written."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError(f"{path} cannot be written: {reason}. Check the folder's permissions.") from error


def write_whole(path: Path, body: bytes) -> None:
    """Write a file beside its place, in a folder that is made if need be, and move it there; its permissions stay.

    Nobody ever reads half of it, and of several writers at once the last one wins. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        draft = Path(folder) / path.name
        draft.write_bytes(body)
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)


@contextmanager
def write_folder(folder: Path) -> Iterator[Path]:
    """A draft of a folder that is empty or not there yet: filled by the block, and moved there at its end.

    Raises OSError; nothing is left of a block that fails.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as name:
        draft = Path(name) / "draft"
        draft.mkdir()
        yield draft
        if folder.exists():
            folder.rmdir()  # it is empty
        draft.rename(folder)


def prepare_folder(folder: Path) -> Path:
    """``folder``, made if need be; ``ProjectError`` when nothing can be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        fix = "make the folder writable, or name another with --out"
        issue = Issue(str(folder), error.strerror or str(error), fix=fix)
        raise ProjectError("The output folder cannot be written.", [issue]) from error


def publish_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Writes every file beside its place first, then moves all of them there."""
    ready: list[tuple[Path, Path]] = []
    try:
        for path, body in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
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
