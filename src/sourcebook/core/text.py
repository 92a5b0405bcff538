"""Text for readers: lists, counts in words, sentences and what two of them have in common, text made safe in Markdown."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from sourcebook.core.numbers import format_number, to_decimal
from sourcebook.errors import LedgerError

_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#|$^~@])")
_LINE_START = re.compile(r"^([^\S\n]*)(?:([-+:])(?=\s)|(\d+)(?=[.)]\s))", re.MULTILINE)

# A sentence ends at a stop with what closes it, before a space; or at a full stop with a capital glued to it.
_END = re.compile(r"(?<=[^\W\d_A-Z])[.](?=[A-Z])|(?<![.!?])[.!?]++[\"'”’)\]*_]*+(?=\s|$)|[。！？؟]+")
_OPENING = "\"'“‘([*_`"
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Sen|Rep|Gov|Lt|No|Fig|Vol|vs|etc|cf|al|ca|pp?|approx|e\.g|i\.e)"
    r"|\b[A-Z])\.$"
)

# A figure with its thousands, decimals and per cent sign, or a number word: what the library prints for a value.
_PRINTED_NUMBER = re.compile(
    rf"(?<![\w-])[−-]?\d(?:[\d\u202f]|,(?=\d))*(?:\.\d+)?(?:[\s\u202f\u00a0]?%)?|\b(?:{'|'.join(_SMALL)}|half|none|all)\b",
    re.IGNORECASE,
)
MASK = "#"
# Typographic variants of the same character: they do not change what a text says.
_VARIANTS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u2011": "-"})
_PER_CENT = re.compile(r"(?<=\d) ?(?:per cent\b|%)")


def listing(items: Iterable[object], last: str = "and") -> str:
    """``a, b and c``."""
    *head, tail = [str(item) for item in items] or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def in_words(n: int) -> str:
    """Counts up to ten as words, greater ones in digits. Raises LedgerError for what is no whole number."""
    value = to_decimal(n)
    if value != value.to_integral_value():
        raise LedgerError(f"{n} is not a whole number; use number()")
    return _SMALL[int(value)] if 0 <= value < len(_SMALL) else format_number(value)


def plural(n: int, noun: str) -> str:
    """``1 claim``, ``1,200 claims``."""
    return f"{format_number(n)} {noun}{'' if n == 1 else 's'}"


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The closest known names as advice (``did you mean eco-03 or eco-04?``); empty when none is close.

    ``cutoff`` is how much they must have in common, from 0 to 1.
    """
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=cutoff)
    return f"did you mean {' or '.join(close)}?" if close else ""


def escape(text: object) -> str:
    """Plain text that Markdown prints as it stands: nothing in it becomes mark-up, mathematics or a citation."""
    escaped = _SPECIAL.sub(r"\\\1", str(text))
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\", escaped)


def split_sentences(text: str) -> list[str]:
    """Sentences of a paragraph in reading order, white space evened out; what holds no letter or digit is left out."""
    paragraph = " ".join(text.split())
    sentences, start = [], 0
    for match in _END.finditer(paragraph):
        if _is_end(paragraph, match):
            sentences.append(paragraph[start : match.end()].strip())
            start = match.end()
    sentences.append(paragraph[start:].strip())
    return [sentence for sentence in sentences if any(mark.isalnum() for mark in sentence)]


def even_out(text: str) -> str:
    """A text with quotes, white space and the sign for per cent set one way: equal for two that read the same."""
    return _PER_CENT.sub(" %", " ".join(text.translate(_VARIANTS).split()))


def find_numbers(text: str) -> list[str]:
    """The numbers of a text as printed, number words up to ten included."""
    return _PRINTED_NUMBER.findall(text)


def mask_numbers(text: str) -> str:
    """A sentence with each number replaced by ``MASK``: equal for two sentences that differ in values alone."""
    return _PRINTED_NUMBER.sub(MASK, text)


def _is_end(paragraph: str, match: re.Match[str]) -> bool:
    rest = paragraph[match.end() :].lstrip().lstrip(_OPENING)
    stop = paragraph[: match.end()].rstrip("\"'”’)]*_")
    return not rest[:1].islower() and not (rest and _ABBREVIATION.search(stop))
