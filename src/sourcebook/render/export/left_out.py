"""Outputs that only a program in the page could show: what is said in their place, and texts nobody needs to read."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
STATES = "application/vnd.jupyter.widget-state+json"
BOKEH = "application/vnd.bokehjs_exec.v0+json"
_LIVE = "render with --trust where {} is installed"
# Media types of outputs that need a program, and whose picture to ask for.
_PROGRAMS = {
    PLOTLY: ("A Plotly chart", f"show it with fig.show('png'), which needs the package kaleido; or {_LIVE.format('plotly')}"),
    WIDGET: ("A widget", "print or draw its state in a cell of its own"),
    BOKEH: ("A Bokeh chart", f"export it as a picture with bokeh.io.export_png; or {_LIVE.format('bokeh')}"),
    "application/vnd.holoviews_exec.v0+json": ("A HoloViews chart", "save it as a picture with hv.save"),
}  # fmt: skip
_VEGA = re.compile(r"application/vnd\.vega(?:lite)?\.v\d+(?:\.\d+)*\+json")
_ALTAIR = ("An Altair chart", "draw it with alt.renderers.enable('png'), or install vl-convert-python here")
_MAP = ("A map, whose tiles lie on the network,", "save a picture of it, and show that")
_WORDS = {"vegaEmbed": _ALTAIR, "Plotly.": _PROGRAMS[PLOTLY],
          "Bokeh": _PROGRAMS[BOKEH],
          "leaflet": _MAP, "folium": _MAP}  # fmt: skip
# They load a program or run it, and show nothing themselves.
_SILENT = {
    "application/javascript",
    "application/vnd.bokehjs_load.v0+json",
    "application/vnd.holoviews_load.v0+json",
}
NEEDS_BROWSER = re.compile(
    r"<\s*(script|iframe|svg|canvas|video|audio|form|button|object|embed)\b", re.IGNORECASE
)
_PICTURE = re.compile(r"<\s*img\b[^>]*\bsrc=", re.IGNORECASE)
_STYLED = re.compile(r"<style\b[^<>]*>[^<]*</style>", re.IGNORECASE)
_DEPTH = 20
# How Python writes an object that has no better words: <Axes: >, [<…Line2D at 0x7f…>], Text(0, 1, 'a'), (array(…), <…>);
# not what tells more of it below, as <xarray.DataArray (x: 2)> does.
_OBJECT = re.compile(
    r"(?!<[^<>]*>[^\n]*\n)[\[({\s]*(?:'\w+': \[)?(?:array\([\[\s]*)?(?:<[A-Za-z_][\w.]*\b|Text\()"
)


def name_program(mimes: Iterable[str], content: str = "") -> tuple[str, str] | None:
    """What needs a program in the page, and how to get a picture of it; none where nothing does.

    ``content`` is HTML with a script that may say by itself what it draws.
    """
    for word, program in _WORDS.items():
        if word in content:
            return program
    for mime in mimes:
        if mime in _PROGRAMS:
            return _PROGRAMS[mime]
        if _VEGA.fullmatch(mime):
            return _ALTAIR
    return None


def draw_vega(data: Mapping[str, Any]) -> str:
    """The SVG of a Vega-Lite chart among an output's forms, if vl-convert is installed; else, and without one, empty.

    It asks for nothing: a chart of data on the network is not drawn.
    """
    spec = find_vega(data)
    if not spec or not find_package("vl_convert"):
        return ""
    import vl_convert

    try:
        return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))
    except ValueError:  # of another version, or it needs the network
        return ""


def find_package(name: str) -> Path | None:
    """The folder of a package, where that is installed; importing one takes long."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def find_vega(data: Mapping[str, Any]) -> dict[str, Any]:
    """The Vega-Lite chart among an output's forms; empty without one."""
    found = next((value for mime, value in data.items() if _VEGA.fullmatch(mime)), None)
    spec = found or _find_spec(data.get("text/html"))
    return spec if isinstance(spec, dict) else {}


def _find_spec(content: Any) -> Any:
    """The chart in the script that Altair writes."""
    page = "".join(content or "")
    if "vegaEmbed" not in page:
        return None
    for match in re.finditer(r'\{\s*"', page):
        try:
            found, _ = json.JSONDecoder().raw_decode(page, match.start())
        except ValueError:
            continue
        if "vega-lite" in str(found.get("$schema", "")):
            return found
    return None


def describe_widget(models: Mapping[str, Any], name: Any, depth: int = 0) -> str:
    """What a widget showed when its notebook was saved, in words: descriptions and values of its parts, in order.

    ``models`` are the states in the notebook's metadata by id; empty where there are none.
    """
    model = models.get(str(name).removeprefix("IPY_MODEL_"))
    state = model.get("state") if isinstance(model, dict) else None
    if not isinstance(state, dict) or depth > _DEPTH:
        return ""
    children = state.get("children") or []
    inner = (
        [describe_widget(models, child, depth + 1) for child in children]
        if isinstance(children, list)
        else []
    )
    value = state.get("value", "")
    shown = str(value) if isinstance(value, str | int | float) and not children else ""
    if "max" in state and "bar_style" in state:  # of a progress bar its words say more
        shown = ""
    words = re.sub(r"<[^>]+>", "", html.unescape(" ".join([str(state.get("description") or ""), shown])))
    return " ".join(" ".join([words, *inner]).split())


def says_in_words(data: Mapping[str, Any]) -> bool:
    """Whether an output has HTML of words and tables alone, which a page shows as well as a picture, as nbconvert does.

    HTML that acts or holds a picture itself says no more than the picture beside it.
    """
    content = "".join(data.get("text/html", ""))
    words = re.sub(r"<[^<>]*>", "", _STYLED.sub("", content))
    acts = NEEDS_BROWSER.search(content) or _PICTURE.search(content) or name_program(data, content)
    return bool(words.strip()) and not acts


def is_silent(mimes: Iterable[str]) -> bool:
    """Whether an output does something and shows nothing, but perhaps for the name of an object."""
    return bool(_SILENT & set(mimes))


def is_object(text: str) -> bool:
    """Whether a text is no more than how Python writes an object, its address perhaps."""
    return bool(_OBJECT.match(text)) or (text.startswith("(array(") and "<" in text)


def is_echo(text: str) -> bool:
    """Whether a text is what a call that draws gave back: an object, or a line in brackets, such as the limits of an axis.

    Quarto leaves it out beside a picture, too.
    """
    return is_object(text) or bool(re.fullmatch(r"\(.*\)|\[.*\]", text.strip()))


def say_missing(what: str, fix: str) -> str:
    """What stands in the place of ``what``, and how to see it."""
    return f"{what} stood here, which only a program in the page could show. To see it, {fix}."


def list_lost(content: str, shown: str) -> str:
    """The tags of an HTML output that its cleaned form lacks, as readers would miss them."""
    names = {name.lower() for name in NEEDS_BROWSER.findall(content)} - {
        name.lower() for name in NEEDS_BROWSER.findall(shown)
    }
    if len(_PICTURE.findall(content)) > len(_PICTURE.findall(shown)):
        names.add("img")
    return ", ".join(f"<{name}>" for name in sorted(names))
