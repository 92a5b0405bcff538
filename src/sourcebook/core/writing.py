"""Files and folders written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sourcebook.errors import ProjectError


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
