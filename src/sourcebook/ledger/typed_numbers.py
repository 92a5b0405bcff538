"""No number of the report is typed by hand: it comes from the data, or ``data/numbers.csv`` says why it may stand.

Read are the chapters' Markdown, captions and alternative texts among cell options, and strings of code that end up before a
reader (``prose``), but for the list of corrections. Nothing is executed. An expression without any data in it (``number(47)``) is a number typed by hand too.

Numbers are digits and the words of ``_WORDS``. Digits of a date or a name may be typed: a name has its digits glued to
letters (E3, S300; not USD50) or hyphened to a capitalised word (Su-35, Bushehr-2), or the digits follow a word that numbers
things (Article 3, Resolution 2231). Of number words those in names (Group of Seven), compounds (two-way), after *the*,
*these* or *those* (the two) and the *zero* that a scale starts at count nothing.

An entry of ``numbers.csv`` holds the number as printed, the words it stands in (itself among them, at least two besides), and
the reason. It excuses that number among those words and nowhere else; an entry that excuses nothing is an error.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sourcebook.core.markup import COMPUTED
from sourcebook.errors import Issue
from sourcebook.ledger.csv_tables import Row, Sheet
from sourcebook.ledger.prose import CORRECTIONS, Passage, find_unread, read_prose

_WHAT = "a number typed by hand"
_ROOM = 45  # characters shown on either side of a number
_LEAST_WORDS = 3
# Functions that only word what they are given.
_WORDING = re.compile(
    "number|percent|share|in_words|day|listing|escape|str|int|float|round|abs|sum|len|min|max"
)

_MASK = "\N{INTERLINEAR ANNOTATION SEPARATOR}"  # neither letter nor digit
_DIGITS = r"(?:(?<!\w)|(?<=USD)|(?<=EUR)|(?<=GBP)|(?<=RUB))\d+(?:[.,:/]\d+)*(?:\s*%|[^\W_]+)?|[½⅓⅔¼¾⅛]"
_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    "|dozens?|hundreds|thousands|half|halves|halved|halving|twice"
)
_NUMBER = re.compile(
    rf"{_DIGITS}|(?<![\w-])(?<!\b[Tt]he\s)(?<!\b[Tt]hese\s)(?<!\b[Tt]hose\s)(?:{_WORDS}|(?<!\bat\s)(?<!\babove\s)(?<!\bbelow\s)zero"
    rf"|(?<![\w,;]\s)(?i:{_WORDS}|zero))(?![\w-])"
)

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]|20)\d\d"
_JOIN = r"\s*(?:,|–|-|/|\bto\b|\band\b|\bor\b)\s*"
_DATES = [
    re.compile(rf"(?<!\w)(?:{pattern})(?![\w%])")
    for pattern in (
        rf"{_YEAR}-\d\d(?:-\d\d)?(?:/{_YEAR}-\d\d(?:-\d\d)?)?",
        rf"{_DAY}(?:{_JOIN}{_DAY})*\s+{_MONTH}(?:\s+{_YEAR})?|{_MONTH}(?:{_JOIN}{_MONTH})*\s+{_YEAR}",
        rf"{_YEAR}\s*[–/-]\s*(?:{_YEAR}|\d\d)|(?:{_YEAR}|[1-9]0)s|year\s+1[34]\d\d",
        rf"\d{{1,2}}(?:st|nd|rd|th)(?:{_JOIN}\d{{1,2}}(?:st|nd|rd|th))*[\s-]+centur(?:y|ies)",
        rf"(?:first|second|last)\s+half\s+of\s+(?:the\s+)?(?:{_YEAR}|{_MONTH}|year|month|decade|century)",
        r"[0-2]?\d[:.][0-5]\d(?=\s+(?:UTC|GMT|Moscow|Tehran|local)\b)",
        # A bare year: after a word of time or in a list, and wherever nothing counted follows.
        rf"(?i:in|since|by|from|to|until|before|after|of|and|or|early|mid|late|between|through|during)[\s-]+{_YEAR}(?![.,]\d|\s*%)",
        (
            rf"(?<![.,])(?<!\bthan\s)(?<!\bover\s)(?<!\babout\s){_YEAR}"
            r"(?![.,]\d|\s*%|\s+(?:[mb]illion|thousand|people|(?!(?:was|has|does|as|is)\b)[a-z]+s\b))"
        ),
    )
]
_LABEL = (
    r"(?:[Aa]rticle|[Rr]esolution|[Pp]aragraph|[Ss]ection|[Cc]hapter|[Rr]eactor|[Uu]nit|[Pp]hase|[Ss]tage|[Bb]lock"
    r"|[Aa]nnex|[Pp]rotocol|[Dd]irective|[Rr]egulation|[Dd]ecree|[Cc]hannel|[Vv]ersion)"
)
_STEP = r"\d+(?:\.\d+)*(?:\(\w+\))*"
_NAMES = [
    re.compile(pattern)
    for pattern in (
        r"(?<!\w)[A-Z][\w’'.]*(?:[-‑][A-Z]\w*)*[-‑]\d\w*(?:\.\d\w*)*",
        r"(?<!\w)(?!USD|EUR|GBP|RUB)[A-Z]+\d+\w*(?:\+\d+)*|(?<!\w)\d+[A-Z]+\d+\w*",
        rf"\b(?<!he\s)(?<!his\s)(?<!each\s)(?<!every\s){_LABEL}\s+{_STEP}(?!\w|,\d)",
        rf"\b{_LABEL}s\s+{_STEP}(?:(?:,\s*|\s+and\s+|\s+to\s+|–){_STEP})+(?!\w|,\d)",
        r"\b(?:ISO|ICD|RFC|EN|CC\s+BY(?:-SA)?|[Nn]os?\.|[Pp]p?\.|[Vv]ol\.)\s*\d+(?:[.–-]\d+)*",
    )
]


@dataclass(frozen=True)
class Numeral:
    """A number and where it stands in its text."""

    start: int
    end: int
    text: str


def check_numbers(root: Path, allowed: Sheet, names: frozenset[str] = frozenset()) -> list[Issue]:
    """Every number typed by hand that ``allowed`` does not excuse, and every entry of it that excuses nothing.

    ``names`` may be printed whatever number they hold: ids such as ``eco-03``, titles.
    """
    issues: list[Issue] = []
    used: set[int] = set()
    for passage in read_prose(root):
        if passage.place == CORRECTIONS:
            continue
        issues += _check_expressions(passage)
        for numeral in find_numerals(passage.text, names):
            entries = [row for row in allowed.rows if _excuses(row, passage.text, numeral)]
            used.update(row.line for row in entries)
            if not entries:
                issues.append(_describe(passage, numeral))
    if find_unread(root):  # an entry may be there for what they hold
        used = {row.line for row in allowed.rows}
    return [*issues, *_check_entries(allowed, used)]


def find_numerals(text: str, names: frozenset[str] = frozenset()) -> Iterator[Numeral]:
    """Every number of ``text``, as ``mask_markup`` leaves it, that is no part of a date or a name.

    ``names`` are names that have no shape of their own: ids such as ``eco-03``, titles.
    """
    masked = text
    for pattern in (_compile_names(names), *_NAMES, *_DATES):
        masked = pattern.sub(lambda match: _MASK * len(match[0]), masked)
    for match in _NUMBER.finditer(masked):
        yield Numeral(*match.span(), text[match.start() : match.end()])


def find_typed(expression: str) -> str:
    """The number in an expression that computes nothing (``number(47)``); empty when it works on data."""
    try:
        nodes = list(ast.walk(ast.parse(expression.strip(), mode="eval")))
    except SyntaxError:
        return ""
    if any(isinstance(node, ast.Name) and not _WORDING.fullmatch(node.id) for node in nodes):
        return ""
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return next((str(value) for value in values if _is_number(value)), "")


def _check_expressions(passage: Passage) -> Iterator[Issue]:
    for expression in passage.expressions:
        typed = find_typed(expression)
        if typed:
            where = f"{passage.place}, line {passage.line_of(passage.source.find(expression), expression)}"
            yield Issue(where, f"{_WHAT}, inside an expression", expression, "an expression over the data")


def _excuses(row: Row, text: str, numeral: Numeral) -> bool:
    """Whether an entry's number stands at ``numeral`` among the entry's words; white space may differ."""
    if not row["words"].strip() or row["number"].casefold() != " ".join(numeral.text.split()).casefold():
        return False
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, row["words"].split())) + r"(?!\w)"
    return any(match.start() <= numeral.start < match.end() for match in re.finditer(pattern, text))


def _describe(passage: Passage, numeral: Numeral) -> Issue:
    where = f"{passage.place}, line {passage.line_of(numeral.start, numeral.text)}"
    words = " ".join(numeral.text.split())
    found = f"{words} in “{_words_around(passage.text, numeral)}”"
    fix = (
        'compute it, as value("E123") or in_words(len(rows)) do, or say in data/numbers.csv why it may stand'
    )
    return Issue(where, _WHAT, found, fix=fix)


def _words_around(text: str, numeral: Numeral) -> str:
    """A few whole words on either side, on one line; what is computed shows as dots."""
    before = text[max(numeral.start - _ROOM, 0) : numeral.start]
    after = text[numeral.end : numeral.end + _ROOM]
    if numeral.start > _ROOM:
        before = "…" + before.partition(" ")[2]
    if numeral.end + _ROOM < len(text):
        after = after.rpartition(" ")[0] + "…"
    shown = f"{before}{numeral.text}{after}"
    return " ".join(re.sub(f"{COMPUTED}[{COMPUTED}\n]*", "…", shown).split())


def _check_entries(allowed: Sheet, used: set[int]) -> Iterator[Issue]:
    for row in allowed.rows:
        where, words = allowed.where(row, "words"), row["words"]
        holds = re.search(rf"(?<!\w){re.escape(row['number'])}(?!\w)", words, re.IGNORECASE)
        if len(words.split()) < _LEAST_WORDS or not holds:
            expected = "the number with at least two words beside it, as they stand in the text"
            yield Issue(where, "too few words to tell a number by", words, expected)
        elif row.line not in used:
            fix = "take the entry out, or give the words as they stand now"
            yield Issue(where, "an entry that excuses no number", words, "words of a chapter", fix)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return any(find_numerals(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


@lru_cache(maxsize=8)
def _compile_names(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    spelled = (r"\s+".join(map(re.escape, name.split())) for name in longest_first if name.strip())
    return re.compile(rf"(?<![\w-])(?:{'|'.join(spelled) or '(?!)'})(?![\w-])")
