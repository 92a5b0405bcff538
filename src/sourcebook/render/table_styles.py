"""How cells of a table look where their HTML says so: ground, colour, weight and bars, for formats without CSS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sourcebook.core.colour import read_css_colour

_PERCENT = re.compile(r"^(.*\S)\s+([\d.]+)%$")


@dataclass(frozen=True)
class Look:
    """Colours as six hexadecimal digits, empty where nothing is said; ``bar`` are colours and the percent they end at."""

    ground: str = ""
    colour: str = ""
    bold: bool = False
    italic: bool = False
    bar: tuple[tuple[str, float], ...] = ()


def read_look(attributes: Mapping[str, str]) -> Look:
    """The look that the ``style`` among a cell's attributes asks for."""
    style = attributes.get("style", "")
    if not style:
        return Look()
    import tinycss2  # hardly any table has styles

    found = tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True)
    said = {
        one.lower_name: tinycss2.serialize(one.value).strip() for one in found if one.type == "declaration"
    }
    ground = said.get("background-color") or said.get("background") or ""
    gradient = said.get("background-image") or said.get("background") or ""
    weight = said.get("font-weight", "")
    return Look(
        ground=read_css_colour(ground),
        colour=read_css_colour(said.get("color", "")),
        bold=weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 600),
        italic=said.get("font-style") in ("italic", "oblique"),
        bar=_read_bar(gradient),
    )


def _read_bar(css: str) -> tuple[tuple[str, float], ...]:
    """pandas' bars: ``linear-gradient(90deg, #d65f5f 50%, transparent 50%)``."""
    match = re.fullmatch(r"linear-gradient\(\s*90deg\s*,(.*)\)", css)
    stops = re.split(r",(?![^()]*\))", match[1]) if match else []
    read = [(_PERCENT.match(stop.strip()) or re.match(r"(.*)()$", stop.strip())) for stop in stops]
    ends = [(read_css_colour(one[1].strip()), float(one[2] or 0)) for one in read if one]
    made: list[tuple[str, float]] = []
    for number, (colour, end) in enumerate(ends):
        # A colour that is named twice reaches to its second stop; one before another's stop, up to there.
        following = ends[number + 1][1] if number + 1 < len(ends) else 100.0
        made.append((colour, max(end, following) if number + 1 == len(ends) else end or following))
    return tuple(made) if any(colour for colour, _ in made) else ()
