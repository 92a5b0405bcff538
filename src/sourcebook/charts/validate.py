"""What may enter a chart: columns that are there, at least one row, numbers; and plain values for the exhibit's data."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd


class ChartError(ValueError):
    """A chart or table that must not enter the report; ``problems`` lists what is wrong, one sentence each."""

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        self.summary = summary
        self.problems = tuple(problems)
        super().__init__(summary, self.problems)

    def __str__(self) -> str:
        return "\n".join([self.summary, *(f"  - {problem}" for problem in self.problems)])


def check_frame(frame: pd.DataFrame, form: str, *columns: str | None) -> pd.DataFrame:
    """The frame with a named index as a column. Raises ChartError when it is empty or lacks a column."""
    if isinstance(frame.index, pd.MultiIndex) or frame.index.name is not None:
        frame = frame.reset_index()
    for column in columns:
        if column is not None and column not in frame.columns:
            near = difflib.get_close_matches(column, map(str, frame.columns), n=3, cutoff=0.4) or list(
                frame.columns
            )
            raise ChartError(
                f"{form}: the frame has no column {column!r}; nearest: {', '.join(map(str, near))}."
            )
    if frame.empty:
        raise ChartError(
            f"{form}: the frame has no rows, so there is nothing to draw; check the filter before the call."
        )
    return frame


def check_numbers(frame: pd.DataFrame, form: str, column: str, *, log: bool = False) -> pd.Series:
    """A column as floats, missing as NaN. Raises ChartError for text, for infinity, when all is missing, or for what a
    ``log`` scale cannot show.
    """
    try:
        numbers = pd.to_numeric(frame[column], errors="raise").astype("Float64").astype(float)
    except (TypeError, ValueError) as error:
        raise ChartError(f"{form}: column {column!r} must hold numbers: {error}.") from error
    if not numbers.notna().any():
        raise ChartError(f"{form}: column {column!r} holds no number, so there is nothing to draw.")
    if numbers.map(math.isinf).any():
        raise ChartError(f"{form}: column {column!r} holds an infinite number.")
    if log and (numbers <= 0).any():
        raise ChartError(
            f"{form}: a logarithmic scale needs values above zero; the least is {numbers.min():g}."
        )
    return numbers


def check_intervals(
    frame: pd.DataFrame, form: str, low: str, high: str | None, *, log: bool = False
) -> tuple[pd.Series, pd.Series]:
    """Two columns of numbers, lows and highs; a missing high is the low. Raises ChartError as ``check_numbers``."""
    lows = check_numbers(frame, form, low, log=log)
    return lows, check_numbers(frame, form, high).fillna(lows) if high else lows


def read_texts(frame: pd.DataFrame, column: str | None) -> list[str]:
    """The values of a column as text, empty where they are missing, or where there is no column."""
    values = frame[column] if column is not None else [None] * len(frame)
    return ["" if is_missing(value) else str(value) for value in values]


def category_order(column: pd.Series) -> list[str]:
    """The names in a column: in the order of an ordered category, else as they first come."""
    present = [str(value) for value in column if not is_missing(value)]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(name) for name in column.cat.categories if str(name) in set(present)]
    return list(dict.fromkeys(present))


def as_data(frame: pd.DataFrame) -> dict[str, Any]:
    """A frame as the exhibit's data: column names and rows of text, numbers, true, false or null."""
    frame = check_frame(frame, "figure data")
    rows = [[as_plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return {"columns": [str(name) for name in frame.columns], "rows": rows}


def as_plain(value: Any) -> str | float | int | bool | None:
    """One value as JSON knows it: missing is None, a date ISO text, a list joined by semicolons."""
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        return ";".join(str(as_plain(part)) for part in parts)
    if is_missing(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isinf(value):
        raise ChartError("The data of an exhibit holds an infinite number, which a table cannot show.")
    return value if isinstance(value, str | bool | int | float) else str(value)


def is_missing(value: Any) -> bool:
    """Whether a single value is None, NaN, NaT or NA."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def own_sources(frame: pd.DataFrame) -> Iterable[Any]:
    """The frame's column ``source`` or ``sources``, or nothing."""
    return next((frame[name] for name in ("source", "sources") if name in frame.columns), ())


def source_keys(sources: Iterable[Any] | str) -> tuple[str, ...]:
    """Citation keys in order of appearance, each once; takes a key, keys, or a column of lists of keys."""
    if isinstance(sources, str):
        return tuple(dict.fromkeys(key for key in sources.split(";") if key))
    found: list[str] = []
    for entry in sources:
        if not is_missing(entry):
            found.extend(source_keys(entry))
    return tuple(dict.fromkeys(found))
