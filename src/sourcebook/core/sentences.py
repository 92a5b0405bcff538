"""Sentences of running text, and forms of them in which two that say the same are equal."""

from __future__ import annotations

import re

# A figure with its thousands, decimals and per cent sign, or a number word: what the library prints for a value.
_WORDS = "zero|one|two|three|four|five|six|seven|eight|nine|ten|half|none|all"
_NUMBER = re.compile(
    rf"(?<![\w-])[−-]?\d(?:[\d\u202f]|,(?=\d))*(?:\.\d+)?(?:[\s\u202f\u00a0]?%)?|\b(?:{_WORDS})\b",
    re.IGNORECASE,
)
# A sentence ends at its stop and what closes it, before a space and something that can begin another.
_END = re.compile(r"(?<=[^\s.][.!?])[\"'”’)*_]*\s+(?=[\"'“‘(\[*_`]*[A-Z0-9@⟦])")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Fig|Gen|e\.g|i\.e|cf|vs|al|p|pp)|\b[A-Z])\.$")
MASK = "#"
# Typographic variants of the same character: they do not change what a text says.
_VARIANTS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u2011": "-"})
_PER_CENT = re.compile(r"(?<=\d) ?(?:per cent\b|%)")


def split_sentences(text: str) -> list[str]:
    """Sentences of a paragraph in reading order, white space evened out."""
    even, sentences, start = " ".join(text.split()), [], 0
    for match in _END.finditer(even):
        stop = match.end()
        if not _ABBREVIATION.search(even[start : match.start()]):
            sentences.append(even[start:stop].strip())
            start = stop
    return [*sentences, even[start:].strip()] if even[start:].strip() else sentences


def even_out(text: str) -> str:
    """A text with quotes, white space and the sign for per cent set one way: equal for two that read the same."""
    return _PER_CENT.sub(" %", " ".join(text.translate(_VARIANTS).split()))


def find_numbers(text: str) -> list[str]:
    """The numbers of a text as printed, number words up to ten included."""
    return _NUMBER.findall(text)


def mask_numbers(text: str) -> str:
    """A sentence with each number replaced by ``MASK``: equal for two sentences that differ in values alone."""
    return _NUMBER.sub(MASK, text)
