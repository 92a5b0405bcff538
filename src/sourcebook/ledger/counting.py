"""Number words in running text: which of them count something, by the words around them.

*Cardinals* count, with these exceptions:
a capital inside a sentence makes a name (Group of Seven, the Twelve-Day War);
``one`` is a pronoun after the, this, no, every and the like (the one that), before a small word or a stop (one of them,
one another, a new one), with ``the other`` or ``another`` later in the sentence, in the key to a picture (each mark is one
claim), after ``count as`` and in idioms (one side, one line, one at a time);
``the two``, ``these two``, ``those two`` stand for both of what was just named; two-way and two-sided are no counts.

*Large numbers* in the singular are units after a computed value or by themselves (billion dollars); they count after
``a``, ``several`` and their like, and in the plural (hundreds of). Zero is a point of a scale after at, from, above, below.

*Ordinals*: first is order, never a count; second counts only as a rank (second-largest) or in ``every second``; the others
count, except as fractions in dates, to open a sentence (Third, …) or in third states, parties, countries and sides.

*Fractions and multiples* (half, a quarter, twice, doubled, threefold) count, except in idioms (double standards,
half-hearted, in some quarters). ``First half of 2024`` is a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_CARDINAL = rf"zero|one|two|three|four|five|six|seven|eight|nine|{_TEENS}|{_TENS}"
_LARGE = "hundred|thousand|million|billion|trillion"
_ORDINAL = (
    r"second|third|fourth|fifth|sixth|seventh|eighth|ninth|(?:ten|eleven|twelf|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen)th|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth|hundredth|thousandth"
)
_PART = r"half|halves|quarters?|thirds|fourths|fifths|sixths|sevenths|eighths|ninths|tenths"
_MULTIPLE = (
    r"twice|thrice|halv(?:e[ds]?|ing)|doubl(?:e[ds]?|ing)|tripl(?:e[ds]?|ing)|trebl(?:e[ds]?|ing)"
    r"|quadrupl(?:e[ds]?|ing)|(?:two|three|four|five|six|seven|eight|nine|ten|hundred)-?fold"
)
_GAP = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)"  # a space or a line end, not the end of a paragraph
_WORD = rf"(?:{_MULTIPLE}|{_CARDINAL}|(?:{_LARGE})s?|dozens?|{_ORDINAL}|{_PART})"
NUMBER_WORDS = rf"{_WORD}(?:(?:-|{_GAP}(?:(?:and|a){_GAP})?){_WORD})*"

_LAST_WORD = re.compile(r"([\w’']+)[\s-]*$")
_NEXT_WORD = re.compile(r"[\s-]*([\w’']+)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;|#>(\[\"“‘]|\n\s*\n|\n\s*[-*+])[\s*_\"'“‘(]*$")
_BEFORE_PRONOUN = (
    "the|this|that|which|no|any|every|each|some|another|single|new|other|earlier|later|larger|smaller|further"
)
_SMALL_WORD = re.compile(
    "an?|the|of|that|which|who|whom|whose|is|was|are|were|has|had|have|does|did|do|not|in|on|at|by|to|from|for|with|without"
    "|and|or|but|nor|as|than|then|until|since|before|after|because|when|where|while|if|may|might|can|could|would|will"
    "|should|must|another|its?|he|she|they|we|be|been|being|so|too|only|still|also",
    re.IGNORECASE,
)
_IDIOMS = re.compile(
    r"one(?:-(?:sided|way|off|to-one)|\s+(?:side|line|hand|thing|voice|by\s+one|\w+(?:\s+\w+){0,2}\s+at\s+a\s+time))\b"
    r"|two-(?:way|sided|tier)\b"
    r"|half-(?:hearted|way|truth|open)|double(?:-(?:edged|sided|check\w*)|\s+(?:standards?|role|game|bind|counting))\b"
    r"|third[\s-](?:countr(?:y|ies)|states?|part(?:y|ies)|sides?|powers?|persons?)\b",
    re.IGNORECASE,
)


def counts(word: str, before: str, after: str) -> bool:
    """Whether a number word between these texts counts something."""
    if _IDIOMS.match(word + after[:40]):
        return False
    starts = bool(_SENTENCE_START.search(before[-30:]))
    if word[0].isupper() and (not starts or re.match(r"-[A-Z]", after)):
        return False
    last, following = _LAST_WORD.search(before[-30:]), _NEXT_WORD.match(after[:30])
    rule = next((rule for pattern, rule in _RULES if pattern.fullmatch(word)), None)
    context = _Context(
        last[1].lower() if last else "", following[1] if following else "", before, after, starts
    )
    return rule is None or rule(context)


@dataclass(frozen=True)
class _Context:
    last: str
    following: str
    before: str
    after: str
    starts: bool


def _counts_one(context: _Context) -> bool:
    if re.fullmatch(_BEFORE_PRONOUN, context.last) or not re.match(r"\s+\w|-\w", context.after):
        return False
    if re.search(
        r"\beach\b[^.;:]*\b(?:is|as|for|shows|marks)\s+$|\bcounts?\s+as\s+$", context.before, re.IGNORECASE
    ):
        return False
    sentence = re.split(r"[.;:!?](?:\s|$)", context.after, maxsplit=1)[0]
    return not _SMALL_WORD.fullmatch(context.following) and not re.search(
        r"\b(?:the other|another)\b", sentence
    )


def _counts_two(context: _Context) -> bool:
    return context.last not in ("the", "these", "those")


def _counts_zero(context: _Context) -> bool:
    return not re.search(
        r"\b(?:at|from|above|below|(?:near|close)\w*\s+to)\s+$", context.before[-20:], re.IGNORECASE
    )


def _counts_large(context: _Context) -> bool:
    return context.last in ("a", "several", "few", "many", "some", "per", "the", "every")


def _counts_quarters(context: _Context) -> bool:
    return context.last not in ("some", "many", "most", "all", "other", "certain")


def _counts_second(context: _Context) -> bool:
    return context.last == "every" or bool(re.match(r"[\s-]+(?:\w+est|most|only\s+to)\b", context.after))


def _counts_ordinal(context: _Context) -> bool:
    return not (context.starts and context.after.startswith(","))


_RULES: tuple[tuple[re.Pattern[str], Callable[[_Context], bool]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), rule)
    for pattern, rule in (
        ("one", _counts_one),
        ("two", _counts_two),
        ("zero", _counts_zero),
        (_LARGE, _counts_large),
        ("quarters", _counts_quarters),
        ("seconds?", _counts_second),
        (_ORDINAL, _counts_ordinal),
    )
)
