"""A project out of its PDF: looked at, proved against its manifest, and only then written to a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcebook.core.files import write_folder
from sourcebook.edition.attachments import read_attachments
from sourcebook.edition.manifest import Manifest, parse_manifest
from sourcebook.errors import EditionError, Issue
from sourcebook.render.source.carried import MANIFEST, hash_bytes


@dataclass(frozen=True)
class Carried:
    """What a PDF carries: its manifest, the files by path, and where the two disagree."""

    manifest: Manifest
    files: Mapping[str, bytes]
    issues: tuple[Issue, ...]


def inspect_pdf(pdf: Path) -> Carried:
    """Read a report's PDF and hold its attachments against its manifest; raises EditionError for other PDFs."""
    files = read_attachments(pdf)
    if MANIFEST not in files:
        issue = Issue(str(pdf), f"no {MANIFEST} is attached", expected="a report that sourcebook built")
        raise EditionError("This PDF carries no project.", [issue])
    try:
        manifest = parse_manifest(json.loads(files.pop(MANIFEST)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise EditionError(
            "This PDF carries no project.", [Issue(MANIFEST, "not a manifest", str(error))]
        ) from error
    return Carried(manifest, files, tuple(_find_faults(manifest, files)))


def unpack_pdf(pdf: Path, folder: Path) -> Carried:
    """Restore the project attached to a PDF in ``folder``, which must be empty or not there yet.

    Nothing is written unless every file is what the manifest says. Raises EditionError otherwise.
    """
    carried = inspect_pdf(pdf)
    if carried.issues:
        raise EditionError("The PDF is refused; nothing was written.", carried.issues)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise EditionError(
            f"{folder} is not an empty folder: name one that is, or one that does not exist yet."
        )
    try:
        with write_folder(folder) as draft:
            _write(draft, carried.files)
    except OSError as error:
        issue = Issue(str(error.filename or folder), error.strerror or str(error))
        raise EditionError("The project cannot be written.", [issue]) from error
    return carried


def _find_faults(manifest: Manifest, files: Mapping[str, bytes]) -> list[Issue]:
    issues = [
        Issue(path, "listed in the manifest and not attached")
        for path in manifest.inputs
        if path not in files
    ]
    for path, body in files.items():
        expected = manifest.inputs.get(path)
        if expected is None:
            issues.append(Issue(path, "attached and not listed in the manifest"))
        elif hash_bytes(body) != expected:
            issues.append(Issue(path, "not what the manifest says", hash_bytes(body)[:12], expected[:12]))
    return issues


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Files into a folder nobody else knows yet, so that no link can stand in their way."""
    for path, body in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            stream.write(body)
