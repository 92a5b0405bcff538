"""What a build has read, as a file that make includes: it knows then, without us, when there is something to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from sourcebook.ledger.writing import write_whole


def write_prerequisites(
    path: Path, targets: Sequence[str], files: Iterable[str], absent: Iterable[str] = ()
) -> None:
    """Writes make rules to ``path``, whole, and only if they say something new: ``targets`` rest on ``files``.

    Names are relative to the folder make runs in. When a file is deleted, or an ``absent`` one appears, however old,
    make asks for a new build.
    """
    text = _render(targets, sorted(set(files)), sorted(set(absent)))
    with contextlib.suppress(OSError):
        if path.read_text(encoding="utf-8") == text:
            return
    write_whole(path, text.encode())


def _render(targets: Sequence[str], files: Sequence[str], absent: Sequence[str]) -> str:
    made = " ".join(map(_escape, targets))
    there = [_escape(name) for name in files if "\n" not in name]  # make has no way to write those
    lines = [
        "# What the last build read, and what it looked for in vain.",
        _break([f"{made}:", *there]),
        _break(["absent :=", *(_escape(name) for name in absent if "\n" not in name)]),
        f"{made}: $(if $(wildcard $(absent)),appeared)",
        ".PHONY: appeared",
        *(
            f"{name}:" for name in there
        ),  # a target without a recipe may be gone: that is a change, not an error
    ]
    return "\n".join([*lines, ""])


def _break(words: Sequence[str]) -> str:
    return " \\\n  ".join(words)


def _escape(name: str) -> str:
    for character in "\\ #%:":
        name = name.replace(character, "\\" + character)
    return name.replace("$", "$$")
