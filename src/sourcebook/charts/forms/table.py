"""The table exhibit: a small model of columns, rows and notes, with a plain preview for notebooks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pandas as pd

from sourcebook.charts.figure_exhibit import EXHIBIT
from sourcebook.charts.validate import ChartError, as_data, check_frame, is_missing, own_sources, source_keys
from sourcebook.core.dates import day
from sourcebook.core.numbers import EN_DASH, format_number

ALIGNMENTS = ("left", "right", "center", "decimal")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#$@^~|&!])")
_LIST_START = re.compile(r"^([-+]|\w{1,9}(?=[.)](\s|$)))")


@dataclass(frozen=True)
class Column:
    """One column of a table: which column of the frame, and how its cells are written.

    ``digits`` fixes the digits after the point and groups thousands by commas; without it whole numbers stay bare (years).
    ``form`` writes a value its own way. Text is escaped unless ``markdown``; objects with ``_repr_markdown_`` are Markdown
    anyway. ``align`` is left, right, center or decimal, by default from the values; ``header`` makes the cells row
    headers; ``width`` is relative to the other columns'.
    """

    name: str
    label: str | None = None
    unit: str = ""
    align: str | None = None
    digits: int | None = None
    form: Callable[[Any], str] | None = None
    header: bool | None = None
    width: float | None = None
    markdown: bool = False

    def __post_init__(self) -> None:
        if self.align not in (None, *ALIGNMENTS):
            raise ChartError(
                f"Column {self.name!r}: align {self.align!r} is none of {', '.join(ALIGNMENTS)}."
            )


@dataclass(frozen=True)
class Table:
    """A finished table. ``columns`` and ``rows`` as readers see them (Markdown cells), ``data`` the raw values."""

    columns: list[dict[str, Any]]
    rows: list[list[str]] = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        content = {**asdict(self), "sources": list(self.sources), "notes": list(self.notes)}
        labels = ", ".join(column["label"] for column in self.columns)
        return {
            EXHIBIT: {"kind": "table", **content},
            "text/html": _preview(self),
            "text/plain": f"Table: {len(self.rows)} rows, columns {labels}",
        }


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column | str] = (),
    *,
    sources: Iterable[Any] | str | None = None,
    notes: Iterable[str] | str = (),
    stub: int = 1,
    missing: str = "no figure found",
) -> Table:
    """Turn a frame into a table exhibit: the named ``columns`` in order, or all.

    The first ``stub`` columns are row headers. ``notes`` are Markdown, set under the table; ``sources`` citation keys, else
    those the frame names. A missing value becomes an en dash, and a note says ``missing`` is meant.
    Raises ChartError for an empty frame, an unknown column, or digits for what is no number.
    """
    frame = check_frame(frame, "table")
    chosen = [
        Column(column) if isinstance(column, str) else column for column in columns or map(str, frame.columns)
    ]
    check_frame(frame, "table", *(column.name for column in chosen))
    sources = own_sources(frame) if sources is None else sources
    ready = [_complete(column, frame[column.name], number < stub) for number, column in enumerate(chosen)]
    cells = [[_cell(value, column) for value in frame[column.name]] for column in ready]
    rows = [list(row) for row in zip(*cells, strict=True)]
    said = [notes] if isinstance(notes, str) else list(notes)
    if any(is_missing(value) for column in ready for value in frame[column.name]):
        said.append(f"{EN_DASH}: {missing}.")
    raw = frame[list(dict.fromkeys(column.name for column in ready))]
    described = [_described(column) for column in ready]
    return Table(described, rows, as_data(raw), source_keys(sources), tuple(said))


def escape(text: str) -> str:
    """Plain text as Markdown that shows just that text, on one line."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _LIST_START.sub(lambda match: match[1] + "\\" if match[1] not in "-+" else "\\" + match[1], line)


def _complete(column: Column, values: pd.Series, stub: bool) -> Column:
    """Fill in what the author left open: label, header and alignment."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if column.digits is not None and not numeric:
        raise ChartError(f"table: column {column.name!r} has digits={column.digits}, but holds no numbers.")
    align = column.align or (("decimal" if column.digits else "right") if numeric and not stub else "left")
    header = stub if column.header is None else column.header
    label = column.name if column.label is None else column.label
    return replace(column, label=label, header=header, align=align)


def _cell(value: Any, column: Column) -> str:
    if is_missing(value):
        return EN_DASH
    if column.form is not None:
        value = column.form(value)
    if hasattr(value, "_repr_markdown_"):
        return str(value._repr_markdown_())
    if isinstance(value, str):
        return " ".join(value.split()) if column.markdown else escape(value)
    return escape(_written(value, column.digits))


def _written(value: Any, digits: int | None) -> str:
    """A value in words: yes and no, dates in full, lists with commas, numbers by their digits."""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return day(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if not pd.api.types.is_number(value):
        return str(value)
    number: Any = value
    bare = digits is None and float(number).is_integer()
    return str(int(number)) if bare else format_number(float(number), digits)


def _described(column: Column) -> dict[str, Any]:
    return {"name": column.name, "label": column.label, "unit": column.unit, "align": column.align,
            "header": bool(column.header), "width": column.width}  # fmt: skip


def _preview(shown: Table) -> str:
    """The table as plain HTML: enough to read in a notebook; the report sets its own."""
    heads = [f'<th scope="col"{_style(c)}>{_plain(c["label"])}{_unit(c)}</th>' for c in shown.columns]
    body = []
    for row in shown.rows:
        cells = [
            f'<th scope="row"{_style(c)}>{_plain(text)}</th>'
            if c["header"]
            else f"<td{_style(c)}>{_plain(text)}</td>"
            for c, text in zip(shown.columns, row, strict=True)
        ]
        body.append(f"<tr>{''.join(cells)}</tr>")
    notes = "".join(f"<p>{_plain(note)}</p>" for note in shown.notes)
    return f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(body)}</tbody></table>{notes}"


def _style(column: dict[str, Any]) -> str:
    return f' style="text-align: {"right" if column["align"] == "decimal" else column["align"]}"'


def _unit(column: dict[str, Any]) -> str:
    return f" ({_plain(column['unit'])})" if column["unit"] else ""


def _plain(markdown: str) -> str:
    """Markdown without its links and escapes, safe for HTML."""
    text = re.sub(r"(?<!\\)\[([^\[\]@]*)\](\([^()]*\))?(\{[^{}]*\})?", r"\1", markdown)
    return html.escape(re.sub(r"\\([^\w\s])", r"\1", text))
