"""The formats a comparison can be drawn in, and the gates scripts put on it."""

from __future__ import annotations

from collections.abc import Collection

from sourcebook.compare.changes import Change, Comparison
from sourcebook.compare.html_output import write_page
from sourcebook.compare.json_output import write_comparison_json
from sourcebook.compare.markdown_output import write_markdown
from sourcebook.compare.text_output import write_text


def draw_comparison(comparison: Comparison, form: str, *, details: bool = False, address: str = "") -> str:
    """The comparison as ``text``, ``md``, ``html`` or ``json``."""
    if form == "json":
        return write_comparison_json(comparison)
    if form == "html":
        return write_page(comparison)
    if form == "md":
        return write_markdown(comparison, address)
    return write_text(comparison, details=details)


def find_gates(comparison: Comparison, kinds: Collection[str]) -> list[Change]:
    """Changes of these kinds; a value that changed in a finding is a value too, another reason no other verdict."""
    return [
        change for change in comparison.changes
        if change.what in kinds or (change.kind in kinds and change.what != "rationale")
    ]  # fmt: skip
