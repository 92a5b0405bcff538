"""The table exhibit: plain text stays plain, numbers line up, what is missing is said."""

import json

import pandas as pd
import pytest

from sourcebook.charts import ChartError, Column, table


class Link:
    def _repr_markdown_(self) -> str:
        return "[eco-03](#claim-eco-03){.claim}"


@pytest.fixture
def trade() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "partner": ["China", "Iran"],
            "year": [2023, 2023],
            "usd_bn": pd.array([240.1, None], dtype="Float64"),
            "source": [["mt_china"], ["kremlin", "mt_china"]],
        }
    )


def test_columns_describe_themselves(trade):
    made = table(trade, ["partner", Column("usd_bn", "Trade", unit="billion USD", digits=1, width=2), "year"])
    assert made.columns[0] == {
        "name": "partner", "label": "partner", "unit": "", "align": "left", "header": True, "width": None,
    }  # fmt: skip
    assert made.columns[1]["align"] == "decimal"
    assert made.columns[1]["unit"] == "billion USD"
    assert made.columns[2]["align"] == "right"
    assert made.sources == ("mt_china", "kremlin")


def test_a_missing_value_is_a_dash_with_a_note(trade):
    made = table(trade, ["partner", Column("usd_bn", digits=1)], notes="By customs.", missing="not published")
    assert made.rows == [["China", "240.1"], ["Iran", "–"]]
    assert made.notes == ("By customs.", "–: not published.")
    assert made.data == {"columns": ["partner", "usd_bn"], "rows": [["China", 240.1], ["Iran", None]]}


def test_whole_numbers_have_commas_only_when_digits_are_set(trade):
    made = table(trade.assign(n=[54702, 7]), ["year", Column("n", digits=0)])
    assert made.rows == [["2023", "54,702"], ["2023", "7"]]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a_b *c* [d] $4 @e", r"a\_b \*c\* \[d\] \$4 \@e"),
        ("1. first", r"1\. first"),
        ("- dash", r"\- dash"),
        ("two\nlines", "two lines"),
        (["Russia", "Iran"], "Russia, Iran"),
        (True, "yes"),
        (pd.Timestamp("2025-01-17"), "17 January 2025"),
        (Link(), "[eco-03](#claim-eco-03){.claim}"),
        (-4.5, "−4.5"),
    ],
)
def test_cells_are_written_for_readers(value, cell):
    frame = pd.DataFrame({"x": pd.Series([value], dtype=object)})
    assert table(frame).rows == [[cell]]


def test_markdown_passes_only_where_it_is_meant_to(trade):
    frame = trade.assign(text="see [@kremlin]")
    assert table(frame, [Column("text", markdown=True)]).rows[0] == ["see [@kremlin]"]
    assert table(frame, ["text"]).rows[0] == [r"see \[\@kremlin\]"]


def test_the_preview_is_an_accessible_table_with_escaped_content(trade):
    frame = trade.assign(partner=["<script>alert(1)</script>", "Iran & co"])
    html = table(frame, ["partner", Column("usd_bn", "Trade", unit="billion USD")])._repr_mimebundle_()[
        "text/html"
    ]
    assert '<th scope="col" style="text-align: left">partner</th>' in html
    assert '<th scope="row" style="text-align: left">Iran &amp; co</th>' in html
    assert "Trade (billion USD)" in html
    assert "<script>" not in html


def test_the_bundle_is_the_agreed_model(trade):
    bundle = table(trade)._repr_mimebundle_()
    content = json.loads(json.dumps(bundle["application/vnd.sourcebook.exhibit+json"]))
    assert set(content) == {"kind", "columns", "rows", "sources", "notes", "data"}
    assert content["kind"] == "table"
    assert set(bundle) == {"application/vnd.sourcebook.exhibit+json", "text/html", "text/plain"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["parter"], "no column 'parter'; nearest: partner"),
        ([Column("partner", digits=1)], "holds no numbers"),
    ],
)
def test_mistakes_are_named(trade, columns, message):
    with pytest.raises(ChartError, match=message):
        table(trade, columns)


def test_an_unknown_alignment_is_named():
    with pytest.raises(ChartError, match="none of left, right"):
        Column("x", align="middle")


def test_an_empty_table_is_refused(trade):
    with pytest.raises(ChartError, match="no rows"):
        table(trade.head(0))
