"""Dates as prose writes them, so that their digits are told from numbers.

A date may be typed: it names a day and measures nothing. Taken for dates are ``17 January 2025``, ``14–15 June``, ``12 to
24 June 2025``, ``June 2025``, ``2022-12-09``, ``1990s``, ``2020–24``, the 19th century, the second half of 2024, a time of
day with its zone, and a bare year where a year can stand. Month before day (``June 13``) is not the house style, and
``In May 12 drones`` shows why.

A bare year is four digits without a comma (``2,013`` is a number). It is a date after ``in``, ``since``, a season and
the like, in a list or range of years, and wherever no counted noun follows; ``2013 drones`` is a number.
"""

from __future__ import annotations

import re

MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_JOIN = r"\s*(?:,|–|-|/|\bto\b|\band\b|\bor\b)\s*"
_ORDINAL = r"(?:first|second|third|fourth|last|\d(?:st|nd|rd|th))"
_CENTURY = r"(?:\d{1,2}(?:st|nd|rd|th)|[a-z]+(?:st|nd|rd|th))"

_DATE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        [
            rf"{_YEAR}-\d\d(?:-\d\d)?(?:/{_YEAR}-\d\d(?:-\d\d)?)?",
            rf"{_DAY}(?:{_JOIN}{_DAY})*\s+{MONTH}(?:\s+{_YEAR})?",
            rf"{MONTH}(?:{_JOIN}{MONTH})*\s+{_YEAR}",
            rf"{_YEAR}\s*[–/-]\s*(?:{_YEAR}|\d\d)",
            rf"(?:{_YEAR}|[1-9]0)s",
            rf"{_CENTURY}(?:{_JOIN}{_CENTURY})*[\s-]+centur(?:y|ies)",
            rf"{_ORDINAL}\s+(?:half|quarter|third)\s+of\s+(?:the\s+)?(?:{_YEAR}|{MONTH}|year|month|decade|century)",
            r"year\s+1[34]\d\d",
            r"[0-2]?\d[:.][0-5]\d(?=\s+(?:UTC|GMT|Moscow|Tehran|local)\b)",
        ]
    )
    + r")(?![\w%])"
)
_BARE_YEAR = re.compile(rf"(?<![\w.,]){_YEAR}(?![\w%]|[.,]\d)")
_SURELY_WHEN = re.compile(
    r"(?:\b(?:in|since|by|until|till|before|after|during|between|through|throughout|early|mid|late|end|years?"
    r"|spring|summer|autumn|winter|session)|\b(?:pre|post|mid|early|late)-|\bQ[1-4])\s*$",
    re.IGNORECASE,
)
_BESIDE_A_DATE = re.compile(
    r"\N{INTERLINEAR ANNOTATION TERMINATOR}(?:'|’|,|\s|–|-|/|and|or|to|from|of|against)*$"
)
_COUNTING = re.compile(
    r"\b(?:than|about|almost|nearly|over|some|least|most|only|another|exactly|a)\s*$", re.IGNORECASE
)
_COUNTED = re.compile(r"\s*(?:%|per\s+cent|percent|[mb]illion|thousand|hundred|\$|€)|\s+(?P<noun>[a-z]+)")
_NOT_COUNTED = re.compile(
    r".*(?:ss|us|is)$|(?:was|has|does|shows|stands|rises|falls|ends|begins|sees|brings|comes|as)$"
)
_MARK = "\N{INTERLINEAR ANNOTATION TERMINATOR}"


def mask_dates(text: str) -> str:
    """The same text, as long as before, with every date overwritten by marks that are neither letter nor digit."""
    text = _DATE.sub(lambda match: _MARK * len(match[0]), text)
    for year in _BARE_YEAR.finditer(text):
        start, end = year.span()
        if _is_date(text[:start], text[end:]):
            text = text[:start] + _MARK * (end - start) + text[end:]
    return text


def _is_date(before: str, after: str) -> bool:
    """Whether four digits between these words name a year."""
    before = before[-40:]
    if _SURELY_WHEN.search(before):
        return True
    counted = _COUNTED.match(after)
    noun = counted["noun"] if counted else None
    if counted and (not noun or (noun.endswith("s") and not _NOT_COUNTED.match(noun))):
        return bool(_BESIDE_A_DATE.search(before)) and bool(noun)
    return not (_COUNTING.search(before) and noun)
