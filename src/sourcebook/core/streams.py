"""What cells print, as a terminal shows it in the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def settle_text(text: str) -> str:
    """``text`` with backspaces and carriage returns done: a bar of progress is its last state."""
    if "\x08" in text:
        kept: list[str] = []
        for character in text:
            if character == "\x08" and kept and kept[-1] != "\n":
                kept.pop()
            elif character != "\x08":
                kept.append(character)
        text = "".join(kept)
    if "\r" in text:
        # One at a line's end overwrites nothing.
        text = "\n".join(line[:-1].rpartition("\r")[2] + line[-1:] for line in text.split("\n"))
    return text


def settle_streams(outputs: Sequence[Any]) -> list[Any]:
    """``outputs`` of a cell, changed in place: what one stream said piece by piece is one text, as it was in the end."""
    settled: list[Any] = []
    for output in outputs:
        last = settled[-1] if settled else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            settled.append(output)
    for output in settled:
        if output.output_type == "stream":
            output.text = settle_text(output.text.replace("\r\n", "\n"))
    return settled
