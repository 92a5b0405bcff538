"""Outputs on disk: all of them appear whole, together, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sourcebook.errors import Issue, ProjectError


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
