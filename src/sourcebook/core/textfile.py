"""Files a person wrote, read strictly (UTF-8 without a byte order mark, Unix line ends, no leftovers of a merge)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sourcebook.core.notebook import FENCED
from sourcebook.errors import Issue

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_RETURN = b"\r"
CONFLICT = re.compile(rb"^(<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_MARKER = re.compile(r"^(?:<{7}|>{7}) .*$", re.MULTILINE)  # in prose, where a line of = underlines a heading
CHOOSE = "keep the words that are to stand, and take out the markers"
_FINISH = "keep the rows of both sides in the order of their ids, take out the marker, and check again"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_textfile(root: Path, path: str) -> tuple[str | None, list[Issue]]:
    """The text of a file of the project and what is wrong with its bytes; no text when it cannot be read at all."""
    try:
        data = (root / path).read_bytes()
    except FileNotFoundError:
        return None, [
            Issue(path, "the file is missing", fix="restore it, or take it out of data/datapackage.json")
        ]
    except OSError as error:
        return None, [Issue(path, "the file cannot be read", error.strerror or str(error), "a readable file")]
    if data.startswith(_UTF16):
        return None, [Issue(f"{path}, line 1", "not UTF-8", "UTF-16", "UTF-8 text", "save the file as UTF-8")]
    issues = _check_bytes(path, data)
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"{path}, line {_line(data, error.start)}"
        found = f"byte 0x{data[error.start]:02x}"
        return None, [*issues, Issue(where, "not UTF-8", found, "UTF-8 text", "save the file as UTF-8")]
    return text.replace("\r\n", "\n").replace("\r", "\n"), issues


def find_markers(text: str) -> Iterator[tuple[int, str]]:
    """Conflict markers in prose or code, each with its line; a listing may show one."""
    shown = FENCED.sub(lambda listing: re.sub(r"[^\n]", " ", listing[0]), text)
    for mark in _MARKER.finditer(shown):
        yield shown.count("\n", 0, mark.start()) + 1, mark[0]


def _check_bytes(path: str, data: bytes) -> list[Issue]:
    issues = []
    if data.startswith(_BOM):
        issues.append(
            Issue(
                f"{path}, line 1",
                "starts with a byte order mark",
                "UTF-8 with BOM",
                "UTF-8",
                "save without BOM",
            )
        )
    if _RETURN in data:
        where = f"{path}, line {_line(data, data.find(_RETURN))}"
        issues.append(
            Issue(where, "wrong line end", "carriage return", "line feed only", "save with Unix line ends")
        )
    for mark in CONFLICT.finditer(data):
        where = f"{path}, line {_line(data, mark.start())}"
        issues.append(Issue(where, "a conflict marker of git", mark[0].decode().strip(), fix=_FINISH))
    control = _CONTROL.search(data)
    if control:
        where = f"{path}, line {_line(data, control.start())}"
        issues.append(Issue(where, "a control character", f"0x{control[0][0]:02x}", "printable text"))
    return issues


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
