"""The command line: chooses a command; errors become messages, heavy imports wait for their command."""

from __future__ import annotations

import argparse
import errno
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from sourcebook.arguments import write_parser
from sourcebook.commands.building import kernel, options, preview, render, why
from sourcebook.commands.checking import anchor, check, new, trace, verify
from sourcebook.commands.publishing import compare, inspect, log, publish, unpack
from sourcebook.core.console import save_fault, say
from sourcebook.core.limits import FLATTEN, TOO_DEEP
from sourcebook.errors import SourcebookError

FAILED, FAULT, INTERRUPTED = 2, 70, 130
GRACE = 20
"""Seconds between an order to end and the end, at most."""
_OF_THE_MACHINE = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE,
    errno.ENAMETOOLONG, errno.ELOOP, errno.ENOMEM, errno.EAGAIN, errno.ESTALE,
}  # fmt: skip
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    command.__name__: command
    for command in (
        render, preview, why, kernel, check, verify, trace, anchor, new, compare, log, publish, options, unpack, inspect,
    )
}  # fmt: skip


def run() -> NoReturn:
    """The program: ``main``. The interpreter then ends without a look at each thing that was made."""
    code = main()
    gc.freeze()
    sys.exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 when a check found something, 2 for an error, 70 for a fault of ours, 130 after
    Ctrl-C or an order to end.
    """
    args = write_parser().parse_args(argv)
    try:
        with _obey_orders():
            code = COMMANDS[args.command](args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        say("Interrupted; nothing half-finished was left behind.", error=True)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001  # nobody shall meet a traceback
        sentence = _say_error(error)
        say(sentence or save_fault(error, _list_folders(args)), error=True)
        return FAILED if sentence else FAULT
    return code


@contextmanager
def _obey_orders() -> Iterator[None]:
    """Takes an order to end (SIGTERM) for Ctrl-C: what was begun is put away, and said.

    Python loses an exception that comes in the midst of a fork or a weak reference's end, and a lock with it, for which others
    would wait for good. So the system ends us when we have not in ``GRACE``: a build killed at any moment leaves nothing half done.
    """
    ours, present = threading.current_thread() is threading.main_thread(), signal.getsignal(signal.SIGINT)
    if not ours or present not in (signal.default_int_handler, signal.SIG_IGN):
        yield
        return

    def end(*_: object) -> None:
        if hasattr(signal, "alarm"):  # Windows has none
            signal.alarm(GRACE)
        if present == signal.SIG_IGN:  # as a shell's background jobs have it
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say_error(error: Exception) -> str:
    """What went wrong, unless it is a fault of our own."""
    if isinstance(error, SourcebookError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and not str(error.name or "sourcebook").startswith(
        "sourcebook"
    ):
        return f"The package {error.name} is not installed: install what Sourcebook asks for again, here with make."
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        return f"{error.filename or 'The disk'}: {error.strerror}. Nothing half-finished was left behind."
    if isinstance(error, MemoryError):
        return "There is not enough memory; nothing half-finished was left behind."
    if isinstance(error, RecursionError):
        return f"Something {TOO_DEEP}, and cannot be read: {FLATTEN}."
    return ""


def _list_folders(args: argparse.Namespace) -> list[Path]:
    """Where a traceback may be saved: beside the build, else where we are."""
    project = getattr(args, "project", None) or Path()
    folders = [getattr(args, "out", None), project, project.parent, Path()]
    return [folder for folder in folders if folder and folder.is_dir()]
