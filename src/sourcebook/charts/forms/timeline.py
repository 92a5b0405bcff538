"""Dated events in lanes on one time axis, each with its date and words beside its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sourcebook.charts.axes import AXIS_HEIGHT, axis_time
from sourcebook.charts.dates import span
from sourcebook.charts.errors import ChartError
from sourcebook.charts.events import Events
from sourcebook.charts.exhibits import Figure
from sourcebook.charts.frames import category_order, check_frame, is_missing
from sourcebook.charts.lanes import EDGE, LANE_GAP, Lane
from sourcebook.charts.palette import GRID, PROJECT, Mark, plain_hues
from sourcebook.charts.parts import finish
from sourcebook.charts.scale import Scale
from sourcebook.charts.sheet import Sheet
from sourcebook.charts.style import TEXT_WIDTH


def timeline(
    frame: pd.DataFrame,
    *,
    when: str,
    label: str,
    title: str,
    subtitle: str,
    lane: str | None = None,
    marks: Mapping[str, Mark | str] | None = None,
    events: Iterable[tuple[Any, str]] = (),
    start: Any = None,
    end: Any = None,
    width: float = TEXT_WIDTH,
    sources: Iterable[Any] | str | None = None,
    note: str = "",
) -> Figure:
    """Each row of ``frame`` a dated event: a mark for a day, a bar as long as the date is vague for a month or year.

    ``lane`` sorts events into lanes, named and counted on the left, in the order of the frame or of an ordered
    category; ``marks`` gives lanes their marks (directions and verdicts have their own). Words stand right of the
    mark where they fit, else left, on as many rows as keep them apart; an empty label leaves the mark alone.
    ``events`` are (date, label) uprights through all lanes; ``start`` and ``end`` set the axis. Raises ChartError
    for no rows, an unreadable date or an event outside.
    """
    frame = check_frame(frame, "timeline", when, label, lane)
    names = category_order(frame[lane]) if lane else [""]
    painted = plain_hues(names, given=marks) if lane else {"": Mark(PROJECT.accent, "disc")}
    keys = frame[lane].astype(str) if lane else pd.Series("", index=frame.index)
    rows = zip(keys, frame[when], frame[label], strict=True)
    dated = [
        (name, span(moment), moment, "" if is_missing(text) else str(text))
        for name, moment, text in rows
        if not is_missing(moment)
    ]
    if not dated:
        raise ChartError(f"timeline: column {when!r} holds no date, so there is nothing to draw.")
    scale = _time_scale([days for _, days, _, _ in dated], start, end, width * 72)
    lanes = [
        Lane(name, painted[name], [item[1:] for item in dated if item[0] == name], scale) for name in names
    ]
    uprights = Events(events, scale, width * 72)
    return finish(_draw(lanes, scale, uprights, width * 72), frame, title, subtitle, sources, note)


def _time_scale(dates: list[tuple[float, float]], start: Any, end: Any, width: float) -> Scale:
    first = span(start)[0] if start is not None else min(days[0] for days in dates)
    last = span(end)[1] if end is not None else max(days[1] for days in dates)
    for days in dates:
        if days[0] < first or days[1] > last:
            raise ChartError(
                "timeline: an event lies outside start and end: leave it out of the frame, or widen the axis."
            )
    return Scale(first, last, EDGE, width - EDGE)


def _draw(lanes: list[Lane], scale: Scale, events: Events, width: float) -> Sheet:
    bottom = events.height + sum(lane.height for lane in lanes)
    sheet = Sheet(width, bottom + AXIS_HEIGHT + 4)
    events.draw_bands(sheet, events.height, bottom)
    axis_time(sheet, scale, bottom, grid=events.height)
    events.draw(sheet, events.height, bottom)
    top = events.height
    for number, lane in enumerate(lanes):
        if number:
            sheet.line([0, width], [top - LANE_GAP / 2 + 1] * 2, GRID, 0.8)
        lane.draw(sheet, top, events.lines)
        top += lane.height
    return sheet
