"""Whether two editions say the same: every page, sentence, value and exhibit, whatever tool made them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

# What a PDF holds besides its pages: attached files, what describes the file, and the structure tree, whose words
# (headings, alternative texts) stand in report.json as well and which takes long to read.
_BESIDE_PAGES = ("/Names", "/AF", "/Metadata", "/StructTreeRoot")


def is_same_content(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bool:
    """Whether the files of two editions differ in attachments and in the tool that is named, and in nothing else."""
    return before.keys() == after.keys() and all(
        before[path] == body or _SAME.get(PurePosixPath(path).name, _differ)(before[path], body)
        for path, body in after.items()
    )


def digest_pages(pdf: bytes) -> str:
    """A digest of what a PDF shows on its pages (text, pictures, fonts, links), and of its outline; not of what is attached.

    Raises pypdf's errors for what is no PDF.
    """
    from pypdf import PdfReader
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

    root = PdfReader(io.BytesIO(pdf)).root_object
    digest = hashlib.sha256()
    numbers: dict[
        int, int
    ] = {}  # objects are numbered as they are met: their own numbers depend on what is attached
    todo: list[Any] = [
        DictionaryObject({key: value for key, value in root.items() if key not in _BESIDE_PAGES})
    ]
    while todo:
        node = todo.pop()
        if isinstance(node, IndirectObject):
            if node.idnum in numbers:
                digest.update(f"@{numbers[node.idnum]};".encode())
                continue
            numbers[node.idnum] = len(numbers)
            node = node.get_object()
        if isinstance(node, DictionaryObject):
            body = node._data if isinstance(node, StreamObject) else b""  # noqa: SLF001  (as it is, not unpacked)
            digest.update(f"<{','.join(sorted(node))}|{len(body)}>".encode() + body)
            todo += [value for _, value in sorted(node.items(), reverse=True)]
        elif isinstance(node, ArrayObject):
            digest.update(f"[{len(node)}]".encode())
            todo += reversed(node)
        else:
            digest.update(f"{node!r};".encode())
    return digest.hexdigest()


def _has_same_pages(before: bytes, after: bytes) -> bool:
    from pypdf.errors import PyPdfError

    try:
        return digest_pages(before) == digest_pages(after)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError):
        return False  # a damaged one is replaced


def _reads_the_same(before: bytes, after: bytes) -> bool:
    try:
        sides = [json.loads(body) for body in (before, after)]
        return bool(sides[0] | {"tool": None} == sides[1] | {"tool": None})
    except (ValueError, TypeError):
        return False


def _differ(_before: bytes, _after: bytes) -> bool:
    return False


_SAME = {"report.pdf": _has_same_pages, "report.json": _reads_the_same}
