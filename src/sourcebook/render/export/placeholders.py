"""Where outputs belong in a chapter's prose: placeholders in its Markdown, and their own texts behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sourcebook.render.export.nodes import Output
from sourcebook.render.tools import is_plain

TEXT = "output-text"


@dataclass(frozen=True)
class Placed:
    """An output and the cell that it comes from."""

    place: str
    output: Output


def fenced(content: str, info: str) -> str:
    """Verbatim text behind a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n\n{fence} {info}\n{content}\n{fence}\n\n"


def mark_output(key: str) -> str:
    """The Markdown that keeps the place of an output."""
    return fenced(key, "{=output}")


def write_texts(outputs: Iterable[Placed]) -> str:
    """Markdown to be read after a chapter's prose: the texts of its outputs, each once, but for plain words."""
    places = list_texts(outputs)
    return "".join(
        f'\n\n::::::::: {{.{TEXT} number="{number}"}}\n\n```{{=place}}\n{place}\n```\n\n{words}\n\n:::::::::\n'
        for number, (words, place) in enumerate(places.items())
    )


def list_texts(outputs: Iterable[Placed]) -> dict[str, str]:
    """The Markdown texts of ``outputs`` that pandoc must read, each once, with the place of its first one."""
    texts: dict[str, str] = {}
    for placed in outputs:
        for words in placed.output.texts():
            if not is_plain(words):
                texts.setdefault(words, placed.place)
    return texts
