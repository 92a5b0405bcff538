"""Forms of a sentence in which two that say the same are equal, and the numbers printed in it."""

from __future__ import annotations

import re

# A figure with its thousands, decimals and per cent sign, or a number word: what the library prints for a value.
_WORDS = "zero|one|two|three|four|five|six|seven|eight|nine|ten|half|none|all"
_NUMBER = re.compile(
    rf"(?<![\w-])[−-]?\d(?:[\d\u202f]|,(?=\d))*(?:\.\d+)?(?:[\s\u202f\u00a0]?%)?|\b(?:{_WORDS})\b",
    re.IGNORECASE,
)
MASK = "#"
# Typographic variants of the same character: they do not change what a text says.
_VARIANTS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u2011": "-"})
_PER_CENT = re.compile(r"(?<=\d) ?(?:per cent\b|%)")


def even_out(text: str) -> str:
    """A text with quotes, white space and the sign for per cent set one way: equal for two that read the same."""
    return _PER_CENT.sub(" %", " ".join(text.translate(_VARIANTS).split()))


def find_numbers(text: str) -> list[str]:
    """The numbers of a text as printed, number words up to ten included."""
    return _NUMBER.findall(text)


def mask_numbers(text: str) -> str:
    """A sentence with each number replaced by ``MASK``: equal for two sentences that differ in values alone."""
    return _NUMBER.sub(MASK, text)
