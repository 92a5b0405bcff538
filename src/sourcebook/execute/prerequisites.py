"""What a build has read, as a file that make includes: it knows then, without us, when there is something to do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_prerequisites(path: Path, targets: Sequence[str], inputs: Iterable[str]) -> None:
    """Writes the make rule ``targets: inputs`` to ``path``, whole, and only if it says something new.

    Names are relative to the folder make runs in. Every input is a target without a recipe too: when one is deleted,
    make asks for a new build instead of giving up.
    """
    text = _render(targets, sorted(set(inputs)))
    with contextlib.suppress(OSError):
        if path.read_text(encoding="utf-8") == text:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _render(targets: Sequence[str], inputs: Sequence[str]) -> str:
    names = [_escape(name) for name in inputs if "\n" not in name]  # make has no way to write those
    rule = f"{' '.join(map(_escape, targets))}: \\\n  " + " \\\n  ".join(names)
    return "\n".join([rule if names else "", *(f"{name}:" for name in names), ""])


def _escape(name: str) -> str:
    for character in "\\ #%:":
        name = name.replace(character, "\\" + character)
    return name.replace("$", "$$")
