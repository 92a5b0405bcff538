"""Outputs that only a program in the page could show: what is said in their place, and texts nobody needs to read."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Media types of outputs that need a program, and whose picture to ask for.
_PROGRAMS = {
    "application/vnd.plotly.v1+json": ("A Plotly chart", "show it with fig.show('png'), which needs the package kaleido"),
    "application/vnd.jupyter.widget-view+json": ("A widget", "print or draw its state in a cell of its own"),
    "application/vnd.bokehjs_exec.v0+json": ("A Bokeh chart", "export it as a picture with bokeh.io.export_png"),
    "application/vnd.holoviews_exec.v0+json": ("A HoloViews chart", "save it as a picture with hv.save"),
}  # fmt: skip
_VEGA = re.compile(r"application/vnd\.vega(?:lite)?\.v\d+(?:\.\d+)*\+json")
_ALTAIR = ("An Altair chart", "draw it with alt.renderers.enable('png'), or install vl-convert-python here")
# They load a program or run it, and show nothing themselves.
_SILENT = {
    "application/javascript",
    "application/vnd.bokehjs_load.v0+json",
    "application/vnd.holoviews_load.v0+json",
}
# How Python writes an object that has no better words: <Axes: >, [<…Line2D at 0x7f…>], Text(0, 1, 'a'), (array(…), <…>).
_OBJECT = re.compile(r"[\[({\s]*(?:'\w+': \[)?(?:array\([\[\s]*)?(?:<[A-Za-z_][\w.]*\b|Text\()")


def name_program(mimes: Iterable[str]) -> tuple[str, str] | None:
    """What needs a program in the page, and how to get a picture of it; none where nothing does."""
    for mime in mimes:
        if mime in _PROGRAMS:
            return _PROGRAMS[mime]
        if _VEGA.fullmatch(mime):
            return _ALTAIR
    return None


def is_silent(mimes: Iterable[str]) -> bool:
    """Whether an output does something and shows nothing, but perhaps for the name of an object."""
    return bool(_SILENT & set(mimes))


def is_object(text: str) -> bool:
    """Whether a text is no more than how Python writes an object, its address perhaps."""
    return bool(_OBJECT.match(text)) or (text.startswith("(array(") and "<" in text)
