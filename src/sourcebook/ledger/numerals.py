"""Numbers in running text: which digits and which words count something.

*Digits* count unless they belong to a date (see ``datewords``), to a name or to an id. A name has its digits glued to
letters (E3, B2, S300; not USD50) or hyphened to a capitalised word (Su-35, Mi-28NE, Bushehr-2), or the digits follow a word
that numbers things off (Article 3, Resolution 2231, reactors 2 and 3, ICD 203).

Of *words* see ``counting``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sourcebook.ledger.counting import NUMBER_WORDS, counts
from sourcebook.ledger.datewords import mask_dates

_NAME = "\N{INTERLINEAR ANNOTATION SEPARATOR}"

_DIGITS = r"(?:(?<!\w)|(?<=USD)|(?<=EUR)|(?<=GBP)|(?<=RUB))\d+(?:[.,:/]\d+)*(?:\s*%|[^\W_]+)?|[½⅓⅔¼¾⅛]"
_NUMERAL = re.compile(rf"{_DIGITS}|(?<!\w)(?P<word>{NUMBER_WORDS})(?!\w)", re.IGNORECASE)

_LABEL = (
    r"(?:[Aa]rticle|[Rr]esolution|[Pp]aragraph|[Ss]ection|[Cc]hapter|[Rr]eactor|[Uu]nit|[Pp]hase|[Ss]tage|[Bb]lock"
    r"|[Aa]nnex|[Pp]rotocol|[Dd]irective|[Rr]egulation|[Dd]ecree|[Cc]hannel|[Vv]ersion)"
)
_STEP = r"\d+(?:\.\d+)*(?:\(\w+\))*"
_NAMES = re.compile(
    "|".join(
        [
            r"(?<!\w)[A-Z][\w’'.]*(?:[-‑][A-Z]\w*)*[-‑]\d\w*(?:\.\d\w*)*",
            r"(?<!\w)(?!USD|EUR|GBP|RUB)[A-Z]+\d+\w*(?:\+\d+)*",
            r"(?<!\w)\d+[A-Z]+\d+\w*",
            rf"\b(?<!he\s)(?<!his\s)(?<!each\s)(?<!every\s){_LABEL}\s+{_STEP}(?!\w|,\d)",
            rf"\b{_LABEL}s\s+{_STEP}(?:(?:,\s*|\s+and\s+|\s+to\s+|–){_STEP})+(?!\w|,\d)",
            r"\b(?:ISO|ICD|RFC|EN|CC\s+BY(?:-SA)?|[Nn]os?\.|[Pp]p?\.|[Vv]ol\.)\s*\d+(?:[.–-]\d+)*",
        ]
    )
)


@dataclass(frozen=True)
class Numeral:
    """A number and where it stands in its text."""

    start: int
    end: int
    text: str


def find_numerals(text: str, names: frozenset[str] = frozenset()) -> Iterator[Numeral]:
    """Every number of ``text``, as ``mask_markup`` leaves it, that is no part of a date or a name.

    ``names`` are names that have no shape of their own: ids such as ``eco-03``, titles.
    """
    masked = text
    for pattern in (_compile_names(names), _NAMES):
        masked = pattern.sub(lambda match: _NAME * len(match[0]), masked)
    masked = mask_dates(masked)
    for match in _NUMERAL.finditer(masked):
        if not match["word"] or counts(match["word"], masked[: match.start()], masked[match.end() :]):
            yield Numeral(*match.span(), text[match.start() : match.end()])


@lru_cache(maxsize=8)
def _compile_names(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    spelled = (r"\s+".join(map(re.escape, name.split())) for name in longest_first if name.strip())
    return re.compile(rf"(?<![\w-])(?:{'|'.join(spelled) or '(?!)'})(?![\w-])")
