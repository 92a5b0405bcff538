"""Each picture, its alternative text and its data say the same numbers, rounded half up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations_with_replacement
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from sourcebook.core.dates import parse_when
from sourcebook.core.numbers import round_half_up

TEXT = "{http://www.w3.org/2000/svg}text"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
DATE = re.compile(
    rf"\b\d{{1,2}}(?:(?:–|, | and | to )\d{{1,2}})* {MONTH}\b(?: \d{{4}})?|\b{MONTH} \d{{4}}|\b(?:19|20)\d\d(?:[–/]\d{{2,4}})?\b"
)
NUMBER = re.compile(
    r"(?<![\w.,\N{NON-BREAKING HYPHEN}-])\N{MINUS SIGN}?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)"
)
DAY = re.compile(r"(?<![\d-])\d{4}-\d{2}(?:-\d{2})?(?![\d-])")
# Numbers of an alternative text that the picture neither draws nor adds up: a year's revenue, months until the article.
BESIDE = {"fig-oil-budget": {"11,130"}, "fig-unprecedented": {"30"}}


class Numbers:
    """What the rows of a picture's data hold, and what follows from them by counting, adding and days between."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        cells = [value for row in rows for value in row.values()]
        self.values = {Decimal(str(value)) for value in cells if is_number(value)}
        self.words = {word for value in cells if isinstance(value, str) for word in read_numbers(value)}
        self.derived = {
            Decimal(value) for value in (*range(len(rows) + 1), *add_up(rows), *days_between(cells))
        }

    def find_fault(self, word: str) -> str:
        """Why a printed number cannot be right, or nothing."""
        printed = Decimal(word.replace(",", "").replace("\N{MINUS SIGN}", "-"))
        digits = len(word.partition(".")[2])
        if word in self.words or reads(printed, self.values, digits):
            return ""
        last = Decimal(1).scaleb(-digits)
        if near := [value for value in self.values if abs(value - printed) * 2 <= last]:
            return f"{word} is another rounding of {near[0]}"
        return "" if reads(printed, self.derived, digits) else f"{word} is not in the data"


def read_numbers(text: str) -> Iterator[str]:
    """The numbers of a text, dates and names left out."""
    return (match[0] for match in NUMBER.finditer(DATE.sub(" ", text)))


def reads(printed: Decimal, values: Iterable[Decimal], digits: int) -> bool:
    return any(round_half_up(value, digits) == printed for value in values)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def add_up(rows: list[dict[str, Any]]) -> Iterator[Decimal]:
    """The sums of every column over all rows, those with the same words in one or two columns, and runs of rows."""
    runs = [rows[first : last + 1] for first, last in combinations_with_replacement(range(len(rows)), 2)]
    for group in (*groups(rows), *(runs if len(rows) < 100 else ())):
        for name in rows[0]:
            yield sum((Decimal(str(row[name])) for row in group if is_number(row[name])), Decimal(0))


def groups(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield rows
    for names in combinations_with_replacement(rows[0], 2):
        found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            found[tuple(row[name] for name in names)].append(row)
        yield from found.values()


def days_between(cells: list[Any]) -> Iterator[int]:
    """Days from one date to another; a month counts from its first day or its last."""
    spans = [parse_when(day) for cell in cells for day in DAY.findall(str(cell))]
    ends = {end for span in spans for end in (span.start, span.end)}
    return (abs(one - other).days for one, other in combinations_with_replacement(sorted(ends), 2))


def find_faults(label: str, picture: SimpleNamespace) -> list[str]:
    """What a picture's data labels, the texts of its marks and its alternative text say that its data does not."""
    known = Numbers(picture.rows)
    said = [*mark_texts(picture.svg), re.sub(r"\\(.)", r"\1", picture.alt)]
    allowed = BESIDE.get(label, set())
    faults = [
        (text, known.find_fault(word)) for text in said for word in read_numbers(text) if word not in allowed
    ]
    return [f"{label}, “{text}”: {fault}" for text, fault in faults if fault]


def mark_texts(svg: str) -> Iterator[str]:
    for element in ElementTree.fromstring(svg).iter():
        if "data-label" in element.attrib or "data-series" in element.attrib:
            yield element.get("data-label", "")
            yield from (text.text or "" for text in element.iter(TEXT))


@pytest.mark.slow
def test_pictures_and_alternative_texts_print_the_numbers_of_their_data(chapters):
    pictures = chapters.pictures
    assert len(pictures) > 20
    assert [fault for label, picture in pictures.items() for fault in find_faults(label, picture)] == []


@pytest.mark.parametrize(
    ("label", "alt", "fault"),
    [
        ("2000: 345 of 1,424", "345 in 2000, 768 in both years", ""),
        ("2000: 344 of 1,424", "", "344 is another rounding of 344.5"),
        ("2000: 345 of 1,424", "344 million in 2000", "344 is another rounding of 344.5"),
        ("2000: 345 of 1,425", "", "1,425 is not in the data"),
    ],
)
def test_a_number_that_disagrees_with_the_data_is_found(label, alt, fault):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><g data-label="{label}"><text>345</text></g></svg>'
    rows = [{"year": 2000, "all": 1423.72, "part": 344.5}, {"year": 2001, "all": 500.0, "part": 423.5}]
    found = find_faults("fig-arms", SimpleNamespace(svg=svg, alt=alt, rows=rows))
    assert [one.rpartition(": ")[2] for one in found] == ([fault] if fault else [])
