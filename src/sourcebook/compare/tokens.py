"""How two wordings differ: in which numbers, in which words, and how far."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from sourcebook.core.text import find_numbers


class Span(NamedTuple):
    """A stretch of words that two wordings share (``same``), or that one has and the other has not."""

    kind: str  # same, out, in
    words: str


def pair_numbers(before: str, after: str) -> list[tuple[str, str]]:
    """The numbers of two sentences of the same words that differ, from-to."""
    pairs = zip(find_numbers(before), find_numbers(after), strict=False)
    return [(old, new) for old, new in pairs if old != new]


def read_number(text: str) -> float | None:
    """The value of a printed number, if it is one in digits."""
    plain = text.replace("−", "-").rstrip("%\u202f\u00a0 ").replace(",", "").replace("\u202f", "")
    try:
        return float(plain)
    except ValueError:
        return None


def relative_difference(before: str, after: str) -> float:
    """How far two printed values are apart, from 0 to 1; 1 when one of them is no number in digits."""
    old, new = read_number(before), read_number(after)
    if old is None or new is None:
        return 1.0
    largest = max(abs(old), abs(new))
    return min(abs(new - old) / largest, 1.0) if largest else 0.0


def similarity(before: str, after: str) -> float:
    """The share of words two wordings have in common, from 0 to 1."""
    return difflib.SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio()


def compare_words(before: str, after: str) -> Iterator[Span]:
    """The differences of two wordings, word by word, in reading order."""
    old, new = before.split(), after.split()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield Span("same", " ".join(old[old_start:old_end]))
            continue
        if old_end > old_start:
            yield Span("out", " ".join(old[old_start:old_end]))
        if new_end > new_start:
            yield Span("in", " ".join(new[new_start:new_end]))
