"""Exhibits whose figures are sums, shares, differences or a model: computed again from the rows of ``data/series``."""

from __future__ import annotations

from collections import defaultdict

import pytest

pytestmark = pytest.mark.slow  # all chapters are run

PRICE, CUT, WORLD, EXPORTS = 70.84, 0.5, 104.9, 1.7  # the base case, written down here on purpose


def test_arms_of_others_and_of_russia_stand_in_one_column(trace, series):
    volume = {
        (row["supplier"], row["year"]): row for row in series("arms_annual") if row["recipient"] == "Iran"
    }
    rows = [{"year": year, "all": row["tiv_m"], "russia": volume["Russia", year]["tiv_m"], "source": row["source"]}
            for (supplier, year), row in volume.items() if supplier == "all suppliers"]  # fmt: skip
    trace("fig-arms", rows)


def test_arms_to_iran_and_the_gulf_states_are_means_per_year_of_their_period(trace, series):
    gulf = {"United Arab Emirates", "Kuwait", "Qatar", "Bahrain", "Saudi Arabia"}
    sums = defaultdict(float)
    for row in series("arms_annual"):
        if row["supplier"] == "Russia" and row["recipient"] in {"Iran", *gulf}:
            year = int(row["year"])
            period = "2000–2009" if year < 2010 else "2010–2017" if year < 2018 else "2018–2023"
            sums[period, "Gulf states" if row["recipient"] in gulf else "Iran"] += float(row["tiv_m"])
    years = {"2000–2009": 10, "2010–2017": 8, "2018–2023": 6}
    trace("fig-gulf", [{"period": a, "to": b, "a_year": total / years[a]} for (a, b), total in sums.items()])


def test_tariffs_before_and_after_are_those_of_the_series(trace, series):
    rows = {(row["regime"], row["side"], row["measure"], row["source"].split(";")[0]): float(row["pct"])
            for row in series("tariffs")}  # fmt: skip

    def find(*key):
        return max(value for name, value in rows.items() if name[: len(key)] == key)

    after = find("full-2025", "Iran", "average-duty")
    before = {source: value for (regime, _, _, source), value in rows.items() if regime == "before"}
    other = before.pop("wn24_2025")
    expected = [
        (
            "Mutual trade under preferences",
            *(find(when, "both", "trade") for when in ("interim-2019", "full-2025")),
        ),
        (
            "Goods under preferences",
            *(find(when, "both", "lines") for when in ("interim-2019", "full-2025")),
        ),
        ("Average Iranian duty (the Commission)", *before.values(), after),
        ("Average Iranian duty (another outlet)", other, after),
    ]
    trace("fig-tariffs", [dict(zip(("item", "before", "after"), row, strict=True)) for row in expected])


def test_a_promise_and_an_arrival_is_a_mark_each(trace, series):
    rows = [row for row in series("deliveries") if not row["delivered"] or row["delivered"][:4] >= "2022"]
    marks = [(row[step], f"{row['supplier']} to {row['recipient']}: {word}", row["basis"], row["source"])
             for row in rows for step, word in (("promised", "promised, sought or reported"),
             ("delivered", "in part or unproven" if row["verified"] == "partly" else "arrived"))
             if row[step]]  # fmt: skip
    trace(
        "fig-deliveries",
        [dict(zip(("when", "lane", "basis", "source"), mark, strict=True)) for mark in marks],
    )


def test_the_steps_of_the_treaty_are_events_and_what_the_ambassador_says(trace, read):
    steps = ["V041", "V046", "V090", "V047", "V049", "V051", "V056", "V058"]
    events = [row for row in read("events") if row["id"] in steps]
    [ambassador] = [row for row in read("evidence") if row["id"] == "E987"]
    rows = [*events, {"when": ambassador["when"], "event": None}]
    assert len(events) == len(steps)
    trace("fig-treaty", [{"when": row["when"], "event": row["event"]} for row in rows])


@pytest.fixture(scope="module")
def studies(series):
    """Supply and demand of the studies that give both, by study."""
    rows = series("oil_elasticities")
    return {
        row["study"]: (float(row["supply"]), float(row["demand"]))
        for row in rows
        if row["supply"] and row["demand"]
    }


@pytest.fixture(scope="module")
def limits(series):
    """The low ends that the series give for exports and for world supply."""
    shipped = [float(row["mbd"]) for row in series("iran_oil") if row["measure"] == "exports"
               and row["product"] == "crude-and-condensate" and row["when"] >= "2024"]  # fmt: skip
    pumped = [float(row["mbd"]) for row in series("world_oil") if row["measure"] == "production"
              and row["product"] == "crude-and-condensate"]  # fmt: skip
    assert max(shipped) == EXPORTS
    return {"exports": min(shipped), "world": min(pumped)}


def test_the_inputs_are_those_of_the_series_and_the_evidence(trace, read, limits):
    value = {row["id"]: row["value"] for row in read("evidence")}
    assert [float(value[key]) for key in ("E206", "E211")] == [EXPORTS, WORLD]
    rows = [("h", CUT, None, None), ("X", EXPORTS, limits["exports"], EXPORTS), ("Q", WORLD, limits["world"], WORLD),
            ("k", 1, 0.5, 1), ("P", PRICE, None, None), ("s", 160, value["E245"], value["E246"])]  # fmt: skip
    trace("tbl-oil-inputs", [dict(zip(("symbol", "base", "low", "high"), row, strict=True)) for row in rows])


def test_the_cases_are_differences_of_the_series(trace, series, read):
    shipped = {
        (row["when"], row["source"]): float(row["mbd"])
        for row in series("iran_oil")
        if row["measure"] == "exports"
    }
    year = {row["year"]: float(row["usd_per_bbl"]) for row in series("brent")}
    day = {row["when"]: float(row["usd_per_bbl"]) for row in series("brent_daily")}
    lost = [shipped["2011", "meed_eia_2013"] - shipped["2012", "meed_eia_2013"],
            shipped["2018-05", "dp_iea_2019"] - shipped["2019-04", "dp_iea_2019"], None, 8.0]  # fmt: skip
    month = {row["when"]: float(row["value"]) for row in read("evidence")
             if row["source"] == "dh_brent" and row["locator"] == "monthly series"}  # fmt: skip
    prices = [
        (year["2011"], year["2012"]),
        (year["2018"], year["2019"]),
        (day["2025-06-12"], day["2025-06-19"]),
        (month["2026-02"], month["2026-03"]),
    ]
    trace("tbl-oil-cases", [{"lost": gone, "before": before, "after": after, "change": 100 * (after / before - 1)}
                            for gone, (before, after) in zip(lost, prices, strict=True)])  # fmt: skip


def test_what_others_said_is_drawn_from_their_notes(exhibits, series):
    notes = {(row["institution"], row["when"]): row for row in series("oil_price_scenarios")
             if not row["scenario"].startswith(("Wider", "Loss for several", "Loss of 2", "Closure", "Flows"))}  # fmt: skip
    day = {row["when"]: float(row["usd_per_bbl"]) for row in series("brent_daily")}
    year = {row["year"]: float(row["usd_per_bbl"]) for row in series("brent")}
    shown = {row["label"].split(":")[0]: row for row in exhibits["fig-oil-spread"] if row["kind"] == "point"}
    expected = {
        ("Goldman Sachs", "2025-06-13"): ("Goldman Sachs, 13 June 2025", 74.74, PRICE),
        ("Barclays", "2025-06-19"): ("Barclays, 19 June 2025", 76.7, PRICE),
    }
    for key, (label, then, before) in expected.items():
        assert notes[key]["brent_then"] == str(then)
        low = float(notes[key]["low"])
        assert [shown[label]["low"], shown[label]["high"]] == pytest.approx([low - then, low - before])
    assert shown["Barclays, October 2024"]["low"] == float(notes["Barclays", "2024-10"]["low"])
    assert shown["Igor Yushkov, 2 October 2024"]["low"] == pytest.approx(90 - year["2024"])
    war = max(price for when, price in day.items() if when <= "2025-06-24")
    assert shown["Highest day of 13–24 June 2025"]["low"] == pytest.approx(war - PRICE)
    citi = shown["Citi, 19 June 2025"]
    assert citi["high"] - citi["low"] == pytest.approx(78 - 75)


def test_the_gain_of_the_war_is_its_average_rise_over_its_days(exhibits, series):
    war = [
        float(row["usd_per_bbl"])
        for row in series("brent_daily")
        if "2025-06-13" <= row["when"] <= "2025-06-24"
    ]
    rise = (sum(war) / len(war) - PRICE) * 12 / 365
    shown = [(row["low"], row["high"]) for row in exhibits["fig-oil-budget"] if row["case"].startswith("War")]
    spans = [(float(row["low"]), float(row["high"])) for row in series("budget_sensitivity")]
    assert shown == [pytest.approx((low * rise, high * rise)) for low, high in spans]
