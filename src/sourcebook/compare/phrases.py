"""Sentences, the numbers in them, and how two wordings differ."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import NamedTuple

# A figure with its thousands, decimals and per cent sign, or a number word: what the library prints for a value.
_WORDS = "zero|one|two|three|four|five|six|seven|eight|nine|ten|half|none|all"
_NUMBER = re.compile(
    rf"(?<![\w-])[−-]?\d(?:[\d\u202f]|,(?=\d))*(?:\.\d+)?(?:[\s\u202f\u00a0]?%)?|\b(?:{_WORDS})\b",
    re.IGNORECASE,
)
# A sentence ends at its stop and what closes it, before a space and something that can begin another.
_END = re.compile(r"(?<=[^\s.][.!?])[\"'”’)*_]*\s+(?=[\"'“‘(\[*_`]*[A-Z0-9@⟦])")
_SHORT = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Fig|Gen|e\.g|i\.e|cf|vs|al|p|pp)|\b[A-Z])\.$")
MASK = "#"
# What a hand sets one way and a program another: it says the same.
_SET_OTHERWISE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u2011": "-"})
_PER_CENT = re.compile(r"(?<=\d) ?(?:per cent\b|%)")


class Span(NamedTuple):
    """A stretch of words that two wordings share (``same``), or that one has and the other has not."""

    kind: str  # same, out, in
    words: str


def split_sentences(text: str) -> list[str]:
    """Sentences of a paragraph in reading order, white space evened out."""
    even, sentences, start = " ".join(text.split()), [], 0
    for match in _END.finditer(even):
        stop = match.end()
        if not _SHORT.search(even[start : match.start()]):
            sentences.append(even[start:stop].strip())
            start = stop
    return [*sentences, even[start:].strip()] if even[start:].strip() else sentences


def even_out(text: str) -> str:
    """A text with quotes, white space and the sign for per cent set one way: equal for two that read the same."""
    return _PER_CENT.sub(" %", " ".join(text.translate(_SET_OTHERWISE).split()))


def mask_numbers(text: str) -> str:
    """A sentence with its numbers left open: equal for two sentences that differ in values alone."""
    return _NUMBER.sub(MASK, text)


def pair_numbers(before: str, after: str) -> list[tuple[str, str]]:
    """The numbers of two sentences of the same words that differ, from-to."""
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=False)
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
