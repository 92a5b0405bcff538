"""The one door to the terminal: what a document says there cannot act on it; progress and warnings of a build."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from sourcebook.errors import Issue

Progress = Callable[[str], None]

# What moves the cursor, colours, rings or renames the window (C0, C1), turns the order of letters round, hides or
# breaks a line where none is, or is no character at all: half a pair, or a byte of a name that is not UTF-8.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\ufffe\uffff\U000e0000-\U000e007f]"
)
_FAULT = "sourcebook-fault.txt"


def show_controls(text: object) -> str:
    """``text`` with control and direction characters as escapes that can be seen; line feeds and tabs stay."""
    return _UNSEEN.sub(lambda match: _escape(ord(match[0])), str(text))


def say(text: object = "", *, error: bool = False, end: str = "\n") -> None:
    """Prints a line, to standard error for an ``error``; at once, since others may write there too."""
    stream = sys.stderr if error else sys.stdout
    shown = show_controls(text)
    coding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(shown.encode(coding, "backslashreplace").decode(coding) + end)
    stream.flush()


def show_line(text: str) -> None:
    """Replaces the line that standard error's terminal is on."""
    sys.stderr.write(f"\r\x1b[K{show_controls(text)}")
    sys.stderr.flush()


def show_progress(message: str) -> None:
    """One line that rewrites itself on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        show_line(message[:width])


def warn_on_stderr(issue: Issue) -> None:
    """Writes a warning where people look for it."""
    say(f"sourcebook: warning: {issue}", error=True)


def save_fault(error: BaseException, folders: Iterable[Path]) -> str:
    """The sentence for a fault of our own, whose traceback goes to the first of ``folders`` that can be written."""
    told = "".join(traceback.format_exception(error)).encode(errors="backslashreplace")
    for folder in (*folders, Path(tempfile.gettempdir())):
        try:
            (folder / _FAULT).write_bytes(told)
        except OSError:
            continue
        what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return f"This is a fault of Sourcebook's own ({what}); nothing was written. {folder / _FAULT} tells where."
    return f"This is a fault of Sourcebook's own; nothing was written, nor could it be told where:\n{told.decode()}"


def _escape(code: int) -> str:
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x20 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
