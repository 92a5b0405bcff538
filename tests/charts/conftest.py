"""What tests of the charts room share: words every exhibit needs, and one small realistic frame for each form."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from sourcebook import charts

WORDS = {"title": "Iran is a small partner for Russia", "subtitle": "Trade, billion US dollars, 2023"}
LONG = (
    "A category whose name runs on and on, because its author could not decide which of the many "
    "qualifications to leave out of it"
)


@pytest.fixture
def words() -> dict[str, str]:
    return dict(WORDS)


@pytest.fixture
def long_label() -> str:
    return LONG


def _bars(frame: pd.DataFrame) -> charts.Figure:
    return charts.bars(frame, category="name", value="value", digits=1, **WORDS)


def _ranges(frame: pd.DataFrame) -> charts.Figure:
    return charts.ranges(frame, category="name", value="value", reporter="who", **WORDS)


def _lines(frame: pd.DataFrame) -> charts.Figure:
    return charts.lines(frame, x="year", y="value", series="name", **WORDS)


def _columns(frame: pd.DataFrame) -> charts.Figure:
    return charts.columns(frame, x="year", y="value", **WORDS)


def _chronology(frame: pd.DataFrame) -> charts.Figure:
    return charts.chronology(frame, when="year", label="name", lane="who", **WORDS)


def _matrix(frame: pd.DataFrame) -> charts.Figure:
    tones = {"condemned": "strongly-for", "refused": "against"}
    return charts.matrix(frame, row="name", column="who", word="word", tones=tones, **WORDS)


def _distribution(frame: pd.DataFrame) -> charts.Figure:
    draws = [number / 100 for number in range(1, 400)]
    return charts.distribution(draws, name="draws", points=frame, label="name", low="value", **WORDS)


def _tornado(frame: pd.DataFrame) -> charts.Figure:
    return charts.tornado(frame, factor="name", low="value", high="more", base=10.0, **WORDS)


def _strip(frame: pd.DataFrame) -> charts.Figure:
    return charts.strip(frame, value="value", group="name", **WORDS)


def _slope(frame: pd.DataFrame) -> charts.Figure:
    return charts.slope(frame, item="name", before="value", after="more", words=("2022", "2023"), **WORDS)


def _durations(frame: pd.DataFrame) -> charts.Figure:
    return charts.durations(
        frame, item="name", start="year", end="finish", words=("begun", "done"), missing="not done", **WORDS
    )


FORMS: dict[str, Callable[[pd.DataFrame], charts.Figure]] = {
    "bars": _bars,
    "ranges": _ranges,
    "lines": _lines,
    "columns": _columns,
    "chronology": _chronology,
    "matrix": _matrix,
    "distribution": _distribution,
    "tornado": _tornado,
    "strip": _strip,
    "slope": _slope,
    "durations": _durations,
}


@pytest.fixture
def tried_forms() -> set[str]:
    """The forms of which all promises are tested, and those that are tables or draw a whole ledger and no frame."""
    return {*FORMS, "table", "claim_table", "verdict_squares"}


@pytest.fixture(params=FORMS, ids=str)
def form(request: pytest.FixtureRequest) -> Any:
    """One chart form after the other, each as a function of the shared frame."""
    return FORMS[request.param]


@pytest.fixture
def frame() -> pd.DataFrame:
    """Five rows that every form can draw."""
    return pd.DataFrame(
        {
            "name": ["China", "India", "Turkiye", "UAE", "Iran"],
            "who": ["Chinese customs", "via RIA", "via RIA", "Russian official", "Kremlin"],
            "value": [240.1, 64.9, 56.5, 11.4, 4.0],
            "more": [244.8, 68.7, 50.0, 11.5, 4.8],
            "year": [2019, 2020, 2021, 2022, 2023],
            "finish": [2020, 2021, 2022, 2023, 2024],
            "word": ["condemned", "refused", "condemned", "refused", "condemned"],
            "source": [["mt_china"], ["ria_rank"], ["ria_rank"], ["tass_uae"], ["kremlin"]],
        }
    )
