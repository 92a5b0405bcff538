"""From a matplotlib figure to a small SVG that can stand beside others in one page; one drawing, fixed bytes."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure as Drawing

from sourcebook.charts.style import FAMILY, measure, settings
from sourcebook.charts.svg_minify import SVG, minify

FAMILIES = f"'{FAMILY}', 'Source Sans 3', Arial, sans-serif"
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}
_MARK = "mark:"


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


def name_mark(number: int, words: Mapping[str, str]) -> str:
    """The ``gid`` that makes matplotlib artists one mark: what ``clean`` writes on their group as ``data-`` attributes.

    Artists with the same name that follow one another in the drawing form one group.
    """
    return _MARK + json.dumps([number, {key: word for key, word in words.items() if word}])


def clean(raw: str, prefix: str) -> str:
    """Strip prolog, metadata and global style; keep only ids that are used, each starting with ``prefix``.

    Groups named by ``name_mark`` carry their words as ``data-`` attributes instead of an id.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(raw)  # noqa: S314 -- what draw() has just written
    _gather_marks(root)
    for name in ("metadata", "defs/style"):
        _remove(root, [f"{{{SVG}}}{part}" for part in name.split("/")])
    minify(root, prefix)
    root.attrib.pop("version", None)
    root.attrib.update({"font-family": FAMILIES, "stroke-linejoin": "round", "stroke-linecap": "butt"})
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def stretch(svg: str, boxes: Sequence[TextBox]) -> str:
    """A cleaned drawing whose lines of text, those of ``boxes``, are as long in any font as in ours."""
    lengths = iter(boxes)

    def fit(found: re.Match[str]) -> str:
        """The opening of a text with its length."""
        box = next(lengths)
        return f'<text textLength="{box.right - box.left:.1f}" lengthAdjust="spacingAndGlyphs"{found[1]}'

    return re.sub(r"<text\b([ >])", fit, svg)


class _Recorder(RendererSVG):
    """The SVG renderer, which also writes down where each line of text came to stand."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.boxes: list[TextBox] = []

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        """What a line takes up; most lines were measured already to find their place."""
        return super().get_text_width_height_descent(s, prop, ismath) if ismath else measure(s, prop)

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
        width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
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


def _gather_marks(parent: ElementTree.Element) -> None:
    """Join neighbours that belong to one mark, and turn the mark's name into attributes."""
    children: list[ElementTree.Element] = []
    for child in parent:
        _gather_marks(child)
        name = child.get("id", "")
        if name.startswith(_MARK) and children and children[-1].get("id") == name:
            children[-1].extend(list(child))
        else:
            children.append(child)
    parent[:] = children
    for child in children:
        if child.get("id", "").startswith(_MARK):
            _, words = json.loads(child.attrib.pop("id").removeprefix(_MARK))
            child.attrib.update({f"data-{key}": word for key, word in words.items()})


def _remove(root: ElementTree.Element, path: list[str]) -> None:
    """Remove the element at ``path``, and a parent it leaves empty."""
    for parent in [root, *root.iter(path[0])] if len(path) > 1 else [root]:
        for child in list(parent.findall(path[-1])):
            parent.remove(child)
