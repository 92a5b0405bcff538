import pandas as pd

from sourcebook.ledger import open_book
from sourcebook.ledger.csv_tables import read_sheet
from sourcebook.ledger.dataframes import build_frame
from sourcebook.ledger.schema import Column, Table


def test_columns_have_proper_types(project):
    claims = open_book(project.build(claims=[{"id": "eco-01", "value": "2.5", "unit": "km"}])).claims
    assert claims.dtypes.astype("str").to_dict() | {"kind": "category"} == {
        **dict.fromkeys(["passage", "digest", "claim", "theme", "when", "unit", "repeats"], "str"),
        **dict.fromkeys(
            ["section", "emphasis", "kind", "direction", "attribution", "when_precision"], "category"
        ),
        "actors": "object",
        "value": "Float64",
        **dict.fromkeys(["when_start", "when_end"], claims.dtypes.astype("str")["when_start"]),
    }
    assert claims["kind"].cat.ordered
    assert claims["kind"].cat.categories.tolist()[0] == "event"
    assert claims.at["eco-01", "actors"] == ["Northtown", "Southtown"]


def test_dates_stay_text_and_gain_first_day_last_day_and_precision(project):
    claims = open_book(project.build(claims=[{"id": "eco-01", "when": "2013-02"}])).claims
    row = claims.loc["eco-01"]
    assert row["when"] == "2013-02"
    assert (row["when_start"], row["when_end"]) == (pd.Timestamp("2013-02-01"), pd.Timestamp("2013-02-28"))
    assert row["when_precision"] == "month"


def test_what_is_empty_is_missing(project):
    claims = open_book(project.build(claims=[{"id": "eco-01", "when": "", "actors": ""}])).claims
    row = claims.loc["eco-01"]
    assert pd.isna(row["value"])
    assert pd.isna(row["when"])
    assert row["when_start"] is pd.NaT
    assert row["actors"] == []


def test_an_empty_table_keeps_its_types(project):
    tensions = open_book(project.build()).tensions
    assert tensions.empty
    assert tensions["kind"].dtype.name == "category"


def test_a_series_has_numbers_and_lists_of_sources(project):
    tolls = open_book(project.build()).series("tolls")
    assert tolls["year"].dtype == "Int64"
    assert tolls["tolls"].tolist() == [7.5]
    assert tolls["source"].explode().unique().tolist() == ["gazette"]


def test_yes_and_no_are_true_and_false():
    columns = (Column("day", "string", "when"), Column("open", "boolean", "whether it was open"))
    table = Table("gates", "data/gates.csv", "Gates", "Their days.", columns, key=("day",), links=())
    sheet, issues = read_sheet(table, "day,open\n2026-01-01,yes\n2026-01-02,no\n2026-01-03,\n")
    assert issues == []
    assert build_frame(sheet)["open"].tolist() == [True, False, pd.NA]
