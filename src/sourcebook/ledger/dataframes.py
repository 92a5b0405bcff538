"""Tables as pandas DataFrames with proper types: what a notebook works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sourcebook.core.dates import PRECISIONS, parse_when
from sourcebook.ledger.cells import split_list
from sourcebook.ledger.csv_tables import Sheet
from sourcebook.ledger.schema import Column
from sourcebook.ledger.sources import RELIABILITY, Source

_DTYPES = {"number": "Float64", "integer": "Int64"}


def build_frame(sheet: Sheet, enums: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """A table as a frame: enums as ordered categories, lists as lists, numbers as Float64 or Int64, text as str.

    A date column ``when`` stays EDTF text and is followed by ``when_start`` and ``when_end`` (its first and
    last day) and ``when_precision``. ``enums`` closes columns the schema leaves open.
    """
    data: dict[str, pd.Series] = {}
    for column in sheet.table.columns:
        texts = [row[column.name] for row in sheet.rows]
        data[column.name] = _convert(column, texts, (enums or {}).get(column.name) or column.enum)
        if column.edtf:
            data |= _date_columns(column.name, texts)
    return pd.DataFrame(data)


def build_sources(sources: Mapping[str, Source]) -> pd.DataFrame:
    """Publications indexed by key: type, title, publisher, issued, url, reliability (A best), origin."""
    fields = ("type", "title", "publisher", "issued", "url", "reliability", "origin")
    data = {
        name: pd.Series([getattr(source, name) for source in sources.values()], dtype="str")
        for name in fields
    }
    data["reliability"] = _categories(data["reliability"], list(RELIABILITY))
    issued = [source.issued for source in sources.values()]
    frame = pd.DataFrame(
        data | {"key": pd.Series(list(sources), dtype="str")} | _date_columns("issued", issued)
    )
    return frame.set_index("key").sort_index()


def _convert(column: Column, texts: list[str], enum: Sequence[str]) -> pd.Series:
    if column.separator:
        return pd.Series([split_list(column, text) for text in texts], dtype="object")
    known = [text or None for text in texts]
    if enum:
        return _categories(pd.Series(known, dtype="str"), enum)
    if column.type == "boolean":
        return pd.Series([None if text is None else text == "yes" for text in known], dtype="boolean")
    if column.type in _DTYPES:
        read = int if column.type == "integer" else float
        return pd.Series([None if text is None else read(text) for text in known], dtype=_DTYPES[column.type])
    return pd.Series(known, dtype="str")


def _categories(texts: pd.Series, enum: Sequence[str]) -> pd.Series:
    return texts.astype(pd.CategoricalDtype(list(enum), ordered=True))


def _date_columns(name: str, texts: Sequence[str]) -> dict[str, pd.Series]:
    dates = [parse_when(text) if text else None for text in texts]
    precision = pd.Series([date.precision if date else None for date in dates], dtype="str")
    return {
        f"{name}_start": pd.to_datetime(
            pd.Series([date.start if date else None for date in dates], dtype="object")
        ),
        f"{name}_end": pd.to_datetime(
            pd.Series([date.end if date else None for date in dates], dtype="object")
        ),
        f"{name}_precision": _categories(precision, PRECISIONS),
    }
