"""The command line: chooses a command; errors become messages, heavy imports wait for their command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from sourcebook.arguments import write_parser
from sourcebook.commands.building import kernel, options, preview, render, why
from sourcebook.commands.checking import anchor, check, new, trace, verify
from sourcebook.commands.publishing import compare, inspect, log, publish, unpack
from sourcebook.errors import SourcebookError

FAILED, INTERRUPTED = 2, 130
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    command.__name__: command
    for command in (
        render, preview, why, kernel, check, verify, trace, anchor, new, compare, log, publish, options, unpack, inspect,
    )
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 when a check found something, 2 for an error, 130 after Ctrl-C."""
    args = write_parser().parse_args(argv)
    try:
        code = COMMANDS[args.command](args)
        sys.stdout.flush()
    except SourcebookError as error:
        print(error, file=sys.stderr)
        return FAILED
    except ModuleNotFoundError as error:
        if (error.name or "sourcebook").partition(".")[0] == "sourcebook":
            raise
        print(
            f"The package {error.name} is not installed: install what Sourcebook asks for again, here with make.",
            file=sys.stderr,
        )
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted; nothing half-finished was left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code
