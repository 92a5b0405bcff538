"""A project out of its PDF: its attachments are read with distrust, checked against the manifest, and only then written."""

from __future__ import annotations

import json
import logging
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcebook.core.files import write_folder
from sourcebook.core.limits import (
    ATTACHED_BYTES,
    ATTACHED_FILE_BYTES,
    ATTACHED_FILES,
    PATH_CHARACTERS,
    PDF_BYTES,
    PDF_DEPTH,
)
from sourcebook.edition.manifest import Manifest, parse_manifest
from sourcebook.errors import EditionError, Issue
from sourcebook.render.source.carried import MANIFEST, hash_bytes

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
# Names that are devices on Windows, whatever their ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
# What a reader of broken files may raise before it knows that they are broken.
_BROKEN = (
    *(ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, NotImplementedError),
    *(RecursionError, OverflowError, EOFError, zlib.error, struct.error),
)


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


def read_attachments(pdf: Path) -> dict[str, bytes]:
    """The attached files by name, in the order of the PDF.

    Raises EditionError for what is no PDF, cut off, encrypted, too large when unfolded, or names two files alike.
    """
    if not pdf.is_file():
        raise EditionError(f"There is no PDF at {pdf}.")
    if pdf.stat().st_size > PDF_BYTES:
        raise EditionError(f"{pdf} is larger than {PDF_BYTES // 2**20} MB, which no report of ours is.")
    found: dict[str, bytes] = {}
    total = 0
    for name, body in _read_guarded(pdf):
        check_name(name)
        total += len(body)
        if name in found:
            raise _refuse(name, "two attachments have this name")
        if len(found) >= ATTACHED_FILES or len(body) > ATTACHED_FILE_BYTES or total > ATTACHED_BYTES:
            limits = f"{ATTACHED_FILES:,} files, {ATTACHED_FILE_BYTES // 2**20} MB each, {ATTACHED_BYTES // 2**20} MB in all"
            raise _refuse(
                name, "the attachments are larger than a report's can be", expected=f"at most {limits}"
            )
        found[name] = body
    _check_together(found)
    return found


def check_name(name: str) -> None:
    """Raises EditionError for a name that could lead out of a folder, hide in it, or mean something to a system."""
    parts = name.split("/")
    faults = (
        (not name or len(name) > PATH_CHARACTERS or len(parts) > PDF_DEPTH, "a name of impossible length"),
        (_FORBIDDEN.search(name) is not None, "a name with forbidden characters"),
        (name.startswith("/") or ".." in parts, "a name that leads out of the folder"),
        (any(not part or part.startswith(".") for part in parts), "a hidden or empty name"),
        (
            any(part.endswith((" ", ".")) or _DEVICES.fullmatch(part) for part in parts),
            "a name systems change",
        ),
    )
    for is_fault, what in faults:
        if is_fault:
            raise _refuse(name, what)


def _check_together(found: dict[str, bytes]) -> None:
    """No two names that some system takes for one, and no file where another needs a folder."""
    folded: dict[str, str] = {}
    for name in found:
        key = unicodedata.normalize("NFC", name).casefold()
        if key in folded:
            raise _refuse(name, f"differs from {folded[key]} in capitals only")
        folded[key] = name
    for key, name in folded.items():
        parents = key.split("/")[:-1]
        for depth in range(1, len(parents) + 1):
            if "/".join(parents[:depth]) in folded:
                raise _refuse(name, "lies below a name that is a file")


def _read_guarded(pdf: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents; whatever the reader stumbles over becomes one sentence."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(
        logging.CRITICAL
    )  # its remarks on broken files would come on top of ours
    try:
        with pdf.open("rb") as stream:
            reader = PdfReader(stream, strict=True)
            if reader.is_encrypted:
                raise EditionError(f"{pdf} is encrypted: its attachments cannot be read.")
            names: Any = reader.root_object.get("/Names", {})
            tree = names.get_object().get("/EmbeddedFiles") if names else None
            if tree is not None:
                yield from _walk(tree.get_object(), 0, set())
    except (PyPdfError, *_BROKEN, OSError, MemoryError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        issue = Issue(str(pdf), "cut off, damaged, or not a PDF", said[:200], fix="get the file again")
        raise EditionError("The PDF cannot be read.", [issue]) from error


def _walk(node: Any, depth: int, seen: set[int]) -> Iterator[tuple[str, bytes]]:
    """The leaves of a name tree; one that runs in a circle or too deep is refused."""
    if depth > PDF_DEPTH or id(node) in seen:
        raise ValueError("the list of attachments runs in a circle")
    seen.add(id(node))
    for child in node.get("/Kids", ()):
        yield from _walk(child.get_object(), depth + 1, seen)
    entries = node.get("/Names", ())
    for position in range(1, len(entries), 2):
        entry = entries[position].get_object()
        stream = entry["/EF"].get_object()["/F"].get_object()
        filters = stream.get("/Filter")
        if filters not in (None, "/FlateDecode", ["/FlateDecode"]):
            raise ValueError(f"an attachment packed with {filters}")
        yield str(entry.get("/UF") or entry.get("/F") or ""), stream.get_data()


def _refuse(name: str, what: str, expected: str = "") -> EditionError:
    shown = name[:80].encode("unicode_escape").decode()
    return EditionError(
        "The PDF is refused; nothing was written.", [Issue(shown or "no name", what, expected=expected)]
    )
