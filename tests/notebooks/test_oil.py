"""The oil chapter: its model against closed forms written anew, and its exhibits against their rows in data/series."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

# Fixed parameters, written down here on purpose: half of 1.7 mb/d, of 104.9 mb/d, at 70.84 dollars on 12 June 2025.
CUT, EXPORTS, WORLD, PRICE = 0.5, 1.7, 104.9, 70.84
EXPORTS_RANGE, WORLD_RANGE, KEPT_RANGE = (1.56, 1.7), (82.92, 104.9), (0.5, 1.0)
DRAWS = 20_000


@pytest.fixture(scope="module")
def chapter(chapters: SimpleNamespace) -> SimpleNamespace:
    """The executed chapters: ``tables`` by label (rows as dicts), ``words`` by inline expression, ``cells`` by id."""
    return chapters


@pytest.fixture(scope="module")
def pairs(series) -> list[tuple[float, float]]:
    """Supply and demand of the studies that give both."""
    rows = series("oil_elasticities")
    return [(float(row["supply"]), float(row["demand"])) for row in rows if row["supply"] and row["demand"]]


def test_each_study_gives_the_rise_that_its_elasticities_imply(chapter, series):
    by_study = {row["study"]: row for row in series("oil_elasticities")}
    bound = next(float(row["supply"]) for row in by_study.values() if row["kind"] == "bound")
    shown = chapter.tables["tbl-oil-pairs"]
    assert {row["study"] for row in shown} == {study for study, row in by_study.items() if row["demand"]}
    for row in shown:
        source = by_study[row["study"]]
        supply = float(source["supply"]) if source["supply"] else bound
        rise = CUT * EXPORTS / WORLD / (supply - float(source["demand"]))
        assert row["percent"] == pytest.approx(100 * rise, rel=1e-9)
        assert row["dollars"] == pytest.approx(PRICE * rise, rel=1e-9)


def test_draws_without_spread_are_the_formula(chapter):
    model: dict = {}
    exec("import numpy as np\n" + chapter.cells["model"], model)
    fixed = {"exports": (EXPORTS, EXPORTS), "world": (WORLD, WORLD), "kept": (0.5, 0.5)}
    rises = model["draw_rises"](fixed, [(0.11, -0.13)], PRICE, CUT, 10, 1)
    assert list(rises) == pytest.approx([PRICE * CUT * 0.5 * EXPORTS / WORLD / 0.24] * 10, rel=1e-9)


def test_the_mean_of_the_draws_agrees_with_an_integral(chapter, pairs):
    steps = 2000
    width = (WORLD_RANGE[1] - WORLD_RANGE[0]) / steps
    inverse = sum(1 / (WORLD_RANGE[0] + (n + 0.5) * width) for n in range(steps)) / steps
    mean = PRICE * CUT * sum(EXPORTS_RANGE) / 2 * sum(KEPT_RANGE) / 2 * inverse
    mean *= sum(1 / (supply - demand) for supply, demand in pairs) / len(pairs)
    assert float(chapter.words["number(exact, 2)"]) == pytest.approx(mean, abs=0.005)
    error = 5.5 / math.sqrt(DRAWS)  # the draws' standard deviation is about 5.5 dollars
    assert float(chapter.words["number(rises.mean(), 2)"]) == pytest.approx(mean, abs=3 * error + 0.005)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_the_quantiles_cut_off_their_share_of_the_distribution(chapter, pairs, share):
    rows = chapter.tables["fig-oil-spread"]
    quantile = next(r["low"] for r in rows if r["kind"] == "quantile" and r["label"] == f"{100 * share:g} %")
    assert _distribution(quantile, pairs) == pytest.approx(share, abs=0.01)


def test_the_budget_gains_are_rises_times_sensitivities(chapter, series):
    spans = [(float(row["low"]), float(row["high"])) for row in series("budget_sensitivity")]
    rows = chapter.tables["fig-oil-budget"]
    barclays = [(row["low"], row["high"]) for row in rows if row["case"].startswith("Barclays")]
    assert barclays == [pytest.approx((low * (85 - PRICE), high * (85 - PRICE))) for low, high in spans]
    median = next(r["low"] for r in chapter.tables["fig-oil-spread"] if r["label"] == "50 %")
    held = [(row["low"], row["high"]) for row in rows if row["case"].startswith("Model, median")]
    assert held == [pytest.approx((low * median, high * median)) for low, high in spans]


def test_the_elasticities_shown_are_the_rows_of_their_series(chapter, series):
    shown = {row["study"]: row for row in chapter.tables["tbl-oil-pairs"]}
    for row in series("oil_elasticities"):
        if row["demand"]:
            assert shown[row["study"]]["demand"] == float(row["demand"])
        if row["demand"] and row["supply"]:
            assert shown[row["study"]]["supply"] == float(row["supply"])


def test_the_banks_stand_where_their_notes_put_them(chapter, series):
    notes = {(row["institution"], row["when"], row["scenario"]): row for row in series("oil_price_scenarios")}
    shown = {
        row["label"].split(":")[0]: row for row in chapter.tables["fig-oil-spread"] if row["kind"] == "point"
    }
    barclays = notes["Barclays", "2025-06-19", "Iranian exports halved"]
    assert shown["Barclays, 19 June 2025"]["low"] == pytest.approx(
        float(barclays["low"]) - float(barclays["brent_then"])
    )
    assert shown["Barclays, 19 June 2025"]["high"] == pytest.approx(float(barclays["low"]) - PRICE)


def _distribution(rise: float, pairs: list[tuple[float, float]], steps: int = 200) -> float:
    """Probability of a rise up to ``rise`` dollars: world supply in closed form, the other inputs by midpoints."""
    total = 0.0
    for supply, demand in pairs:
        for exports in _midpoints(EXPORTS_RANGE, 20):
            for kept in _midpoints(KEPT_RANGE, steps):
                needed = PRICE * CUT * exports * kept / (supply - demand) / rise
                share = (WORLD_RANGE[1] - needed) / (WORLD_RANGE[1] - WORLD_RANGE[0])
                total += min(max(share, 0.0), 1.0)
    return total / (len(pairs) * 20 * steps)


def _midpoints(limits: tuple[float, float], steps: int) -> list[float]:
    width = (limits[1] - limits[0]) / steps
    return [limits[0] + (n + 0.5) * width for n in range(steps)]
