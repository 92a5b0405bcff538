"""No number of the report is typed by hand: it comes from the data, or ``data/numbers.csv`` says why it may stand.

Read are the chapters' Markdown, captions and alternative texts among cell options, and strings of code that end up before a
reader (``prose``, ``literals``). ``numerals`` says what a number is. Nothing is executed. An expression without any data
in it (``number(47)``) is a number typed by hand too.

An entry of the list holds the number as printed, the words it stands in (itself among them, at least two besides), and the
reason. It excuses that number among those words and nowhere else; an entry that excuses nothing is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sourcebook.errors import Issue
from sourcebook.ledger.literals import find_typed
from sourcebook.ledger.markup import COMPUTED
from sourcebook.ledger.numerals import Numeral, find_numerals
from sourcebook.ledger.prose import Passage, find_unread, read_prose
from sourcebook.ledger.tables import Row, Sheet

_WHAT = "a number typed by hand"
_ROOM = 45  # characters shown on either side of a number
_LEAST_WORDS = 3


def check_numbers(root: Path, allowed: Sheet, names: frozenset[str] = frozenset()) -> list[Issue]:
    """Every number typed by hand that ``allowed`` does not excuse, and every entry of it that excuses nothing.

    ``names`` may be printed whatever number they hold: ids such as ``eco-03``, titles.
    """
    issues: list[Issue] = []
    used: set[int] = set()
    for passage in read_prose(root):
        issues += _check_expressions(passage)
        for numeral in find_numerals(passage.text, names):
            entries = [row for row in allowed.rows if _excuses(row, passage.text, numeral)]
            used.update(row.line for row in entries)
            if not entries:
                issues.append(_describe(passage, numeral))
    if find_unread(root):  # an entry may be there for what they hold
        used = {row.line for row in allowed.rows}
    return [*issues, *_check_entries(allowed, used)]


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
