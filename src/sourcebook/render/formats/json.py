"""JSON: what the report says and what that rests on, for programs; ``report_json`` writes it."""

from __future__ import annotations

from pathlib import Path

from sourcebook.render.assembly import Report
from sourcebook.render.formats import Files, Format
from sourcebook.render.report_json import write_report_json


def _write(report: Report, _: Path | None) -> Files:
    return {f"{report.project.name}.json": write_report_json(report)}


FORMAT = Format(
    name="json",
    title="Report (JSON)",
    mime="application/json",
    write=_write,
    answers=frozenset({"json"}),
)
