"""From a matplotlib figure to a small SVG that can stand beside others in one page; one drawing, fixed bytes."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as Drawing

from sourcebook.charts.style import FAMILY, settings

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
FAMILIES = f"'{FAMILY}', 'Source Sans 3', Arial, sans-serif"
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}
_ROUNDED = {
    "d",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "width",
    "height",
    "transform",
    "points",
    "font-size",
    "stroke-width",
}
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")


@dataclass(frozen=True)
class TextBox:
    """One line of text as drawn: its ink box in points from the top left, its size and slant."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    angle: float


def draw(drawing: Drawing, salt: str) -> tuple[str, list[TextBox]]:
    """Draw a figure once at 72 points an inch: the raw SVG and every line of text in it."""
    drawing.set_dpi(72)
    width, height = (side * 72 for side in drawing.get_size_inches())
    stream = io.StringIO()
    with mpl.rc_context({**settings(), "svg.hashsalt": salt}):
        renderer = _Recorder(width, height, stream, metadata=_NO_METADATA)
        drawing.draw(renderer)
        renderer.finalize()
    return stream.getvalue(), renderer.boxes


def clean(raw: str, prefix: str) -> str:
    """Strip prolog, metadata and global style; keep only ids that are used, each starting with ``prefix``."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(raw)  # noqa: S314 -- what draw() has just written
    for name in ("metadata", "defs/style"):
        _remove(root, [f"{{{SVG}}}{part}" for part in name.split("/")])
    names = _used_ids(root, prefix)
    for element in root.iter():
        _tidy(element, names)
    _flatten(root)
    root.attrib.pop("version", None)
    root.attrib.update({"font-family": FAMILIES, "stroke-linejoin": "round", "stroke-linecap": "butt"})
    return ElementTree.tostring(root, encoding="unicode")


class _Recorder(RendererSVG):
    """The SVG renderer, which also writes down where each line of text came to stand."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.boxes: list[TextBox] = []

    def draw_text(  # noqa: PLR0917 -- matplotlib's signature
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Draw a line of text and note its box."""
        super().draw_text(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)
        measure: Any = self.get_text_width_height_descent
        width, height, descent = measure(s, prop, ismath)
        turn = math.radians(angle)
        corners = [
            (x + dx * math.cos(turn) + dy * math.sin(turn), y - dx * math.sin(turn) + dy * math.cos(turn))
            for dx in (0, width)
            for dy in (descent - height, descent)
        ]
        across, down = zip(*corners, strict=True)
        self.boxes.append(
            TextBox(
                s, min(across), min(down), max(across), max(down), float(prop.get_size_in_points()), angle
            )
        )


def _remove(root: ElementTree.Element, path: list[str]) -> None:
    """Remove the element at ``path``, and a parent it leaves empty."""
    for parent in [root, *root.iter(path[0])] if len(path) > 1 else [root]:
        for child in list(parent.findall(path[-1])):
            parent.remove(child)


def _used_ids(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    """The ids something points to, in document order, with their new names."""
    pointers = {
        match
        for element in root.iter()
        for value in element.attrib.values()
        for match in re.findall(r"url\(#([^)]+)\)|^#(.+)$", value)
    }
    targets = {one or other for one, other in pointers}
    used = [element.attrib["id"] for element in root.iter() if element.attrib.get("id") in targets]
    return {name: f"{prefix}{number}" for number, name in enumerate(dict.fromkeys(used), start=1)}


def _tidy(element: ElementTree.Element, names: dict[str, str]) -> None:
    """Attributes of one element: plain ones instead of a style, short numbers, our ids, no default rotation."""
    attributes = dict(element.attrib)
    for declaration in attributes.pop("style", "").split(";"):
        key, _, value = declaration.partition(":")
        if value:
            attributes[key.strip()] = value.strip()
    attributes.pop("font-family", None)
    if re.match(r"rotate\(-?0 ", attributes.get("transform", "")):
        del attributes["transform"]
    if "id" in attributes:
        attributes["id"] = names.get(attributes["id"], "")
    if f"{{{XLINK}}}href" in attributes:
        attributes["href"] = attributes.pop(f"{{{XLINK}}}href")
    element.attrib.clear()
    for key in sorted(attributes):
        value = _renamed(_rounded(key, attributes[key]), names)
        if value and (key, value) not in _DEFAULTS:
            element.set(key, value)
    if element.text and not element.text.strip():
        element.text = None
    element.tail = None


_DEFAULTS = {
    ("text-anchor", "start"),
    ("stroke-linejoin", "miter"),
    ("stroke-linecap", "butt"),
    ("opacity", "1"),
}


def _rounded(key: str, value: str) -> str:
    if key not in _ROUNDED:
        return value
    short = _NUMBER.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip(".") or "0", value)
    return " ".join(short.replace("-0 ", "0 ").split())


def _renamed(value: str, names: dict[str, str]) -> str:
    value = re.sub(r"url\(#([^)]+)\)", lambda match: f"url(#{names.get(match[1], match[1])})", value)
    return f"#{names[value[1:]]}" if value.startswith("#") and value[1:] in names else value


def _flatten(parent: ElementTree.Element) -> None:
    """Replace groups that carry no attribute by what they hold, and drop empty ones."""
    children = []
    for child in parent:
        _flatten(child)
        bare = child.tag in (f"{{{SVG}}}g", f"{{{SVG}}}defs") and not child.attrib
        if child.tag == f"{{{SVG}}}g" and bare:
            children.extend(list(child))
        elif not (bare and len(child) == 0):
            children.append(child)
    parent[:] = children
