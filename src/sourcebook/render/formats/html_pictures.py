"""Pictures inside the page: a chart wide and, for a phone, narrow, in colours that follow the page; chronologies as tables."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from typing import Any

from sourcebook.core.colour import (
    GREY,
    GRID,
    INK,
    MARK_CONTRAST,
    ON_MARK,
    PALE,
    RULE,
    TEXT_CONTRAST,
    WHITE,
    turn_dark,
)
from sourcebook.core.vocabulary import VERDICTS
from sourcebook.render.formats.html_tables import measure
from sourcebook.render.passes.dialect import NO_ALT
from sourcebook.render.passes.exhibits import Exhibit, natural_width
from sourcebook.render.words import translate

# Colours that a chart's own rules set (charts.css), or that stay.
_GIVEN = {*ON_MARK, WHITE, INK, GREY, RULE, GRID, PALE}
_DARK_VERDICTS = {term.colour.lower(): term.dark for term in VERDICTS.values() if term.dark}
# A bitmap is never blown up.
_BITMAP = re.compile(r"^<svg[^>]*><image [^>]*data:image/(?!svg)")
# Below this many pixels a picture is shown as large as it says, above it fills the line.
_SMALL = 480
# In rem: a small letter in the head of a lane, the widest lane with its word over it, and all such lanes of a chronology.
_LETTER, _WIDEST, _ALL_LANES = 0.42, 4.6, 16.0
_ROOT = re.compile(r"^.*?<svg\b([^>]*>)", re.DOTALL)
# What the style sheet says once for all charts, and a chart's own ground, which would hide that of the page.
_SAID = re.compile(r' (?:xmlns|width|height|font-family|stroke-linejoin|stroke-linecap)="[^"]*"')
_VIEW = re.compile(r' viewBox="0 0 ([\d.]+) ([\d.]+)"')
_GROUND = re.compile(r'(<svg[^>]*>)<path d="[^"]*" fill="#ffffff"/>')
# Where things stand, to a tenth of a point: a screen shows no less.
_PLACES = re.compile(r' (?:d|x|y)="[^"]*"')
_FINE = re.compile(r"(?<!\d)\d\d+\.\d\d")
# A mark with its words. Both drawings of a chart have the same, in the same order, and the page says them once (charts.js).
_MARK = re.compile(r"<g(?= [^>]*data-label=)[^>]*>")
_CHART = re.compile(r'<div class="picture chart.*?</svg>', re.DOTALL)


def write_picture(exhibit: Exhibit, lang: str) -> str:
    """The picture of an exhibit, with its alternative text as the name that a screen reader says."""
    if exhibit.chronology:
        return _write_chronology(exhibit.chronology, exhibit.alt)
    chart = " chart" if exhibit.finding else ""
    if not exhibit.narrow:
        return _write_svg(exhibit, exhibit.svg, chart, lang)
    narrow = exhibit.narrow
    if _MARK.findall(narrow) == _MARK.findall(exhibit.svg):
        narrow = _MARK.sub("<g data-mark>", narrow)
    wide = _write_svg(exhibit, exhibit.svg, f"{chart} wide", lang)
    return wide + _write_svg(exhibit, narrow, f"{chart} narrow", lang)


def write_dark_rules(page: str) -> str:
    """Rules for the hues of charts on a dark page: none is lost in it, and those of text can be read."""
    found = {
        (shape == "text", key, colour)
        for chart in _CHART.findall(page)
        for shape, key, colour in _all_colours(chart)
    }
    rules = []
    for is_text, key, colour in sorted(found):
        dark = _DARK_VERDICTS.get(colour) or turn_dark(colour, TEXT_CONTRAST if is_text else MARK_CONTRAST)
        if dark.lower() != colour and colour.upper() not in _GIVEN:
            rules.append(f'.chart {"text" if is_text else ""}[{key}="{colour}"]{{{key}:{dark.lower()}}}')
    return f"@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}" if rules else ""


def _all_colours(chart: str) -> list[tuple[str, str, str]]:
    """Shape, attribute and colour of whatever in a chart says its colour."""
    return [
        (tag[1], key, colour)
        for tag in re.finditer(r"<(\w+)[^>]*>", chart)
        for key, colour in re.findall(r' (fill|stroke)="(#[0-9a-f]{6})"', tag[0])
    ]


def _write_svg(exhibit: Exhibit, svg: str, classes: str, lang: str) -> str:
    natural = 0.0 if "narrow" in classes else natural_width(svg)
    size = (
        f"width: {exhibit.width}"
        if exhibit.width
        else f"max-width: {natural:g}px"
        if 0 < natural < (math.inf if _BITMAP.search(svg) else _SMALL)
        else ""
    )
    width = f' style="{html.escape(size)}"' if size else ""
    if exhibit.finding:
        svg = _ROOT.sub(lambda root: _SAID.sub("", root[0]), _GROUND.sub(r"\1", svg), count=1)
        svg = _PLACES.sub(lambda place: _FINE.sub(lambda number: f"{float(number[0]):.1f}", place[0]), svg)
        # Its height is known before it is laid out, which waits until a reader comes near (exhibits.css).
        svg = _VIEW.sub(r'\g<0> style="aspect-ratio:\1/\2"', svg, count=1)
    alt = html.escape(exhibit.alt or NO_ALT)
    named = _ROOT.sub(lambda root: f'<svg role="img" aria-label="{alt}"{root[1]}', svg, count=1)
    word = translate("Picture", lang)
    return f'<div class="picture{classes}" tabindex="0" role="group" aria-label="{word}"{width}>{named}</div>'


def _write_chronology(chronology: Mapping[str, Any], alt: str) -> str:
    """Its rows as a table: date, sign of the lane in a column of its own, words; a rule across takes the whole row."""
    lanes = chronology["lanes"]
    colours = "".join(f"--c{n}:light-dark({hue},{turn_dark(hue)});" for n, (_, _, hue) in enumerate(lanes))
    stripes = ",".join(f"{hue}1a 0 calc({n + 1}*var(--step))" for n, (_, _, hue) in enumerate(lanes))
    longest = max((len(part) for word, _, _ in lanes for part in word.split()), default=0)
    wide = longest * _LETTER + 0.5
    headed = " headed" if lanes and wide <= _WIDEST and wide * len(lanes) <= _ALL_LANES else ""
    drawn = f"{colours}--lanes:{len(lanes)};--stripes:linear-gradient(90deg,{stripes});" if lanes else ""
    drawn += f"--wide:{max(wide, 3):g}rem;" if headed else ""
    words = [said for date, event, _ in chronology["rows"] for said in (date, event)]
    style = f"{drawn}{measure(words)}"
    key = "".join(
        f'<li><b class="lane{n}">{sign}</b> {html.escape(word)}' for n, (word, sign, _) in enumerate(lanes)
    )
    # In the table's head it is printed again where the table goes on.
    legend = f'<tr aria-hidden="true"><td colspan="3"><ul>{key}</ul>' if lanes else ""
    signs = "".join(
        f'<b class="lane{n}" aria-hidden="true">{sign}<small>{html.escape(word) if headed else ""}</small></b>'
        for n, (word, sign, _) in enumerate(lanes)
    )
    hidden = "" if lanes else ' class="sr"'
    kind = f'<th scope="col" class="lane"><span class="sr">Kind</span>{signs}' if lanes else ""
    head = f'<th scope="col"><span class="sr">Date</span>{kind}<th scope="col"><span class="sr">Event</span>'
    rows, before = "", ""
    for date, words, number in chronology["rows"]:
        said = html.escape(date.replace(" ", "\u00a0"))  # a period may break at its dash
        shown = f'<span class="sr">{said}</span>' if date == before else said
        before = date
        rows += f'<tr class="rule"><th scope="row">{shown}' if number < 0 else f'<tr><th scope="row">{shown}'
        if number < 0:
            rows += f'<td colspan="{2 if lanes else 1}">{html.escape(words)}'
            continue
        if lanes:
            name, sign, _ = lanes[number]
            rows += f'<td class="lane"><b class="lane{number}">{sign}</b><span class="sr"> {html.escape(name)}</span>'
        rows += f"<td>{html.escape(words)}"
    return (
        f'<div class="chronology{headed}" style="{style}"><table><caption class="sr">{html.escape(alt or NO_ALT)}</caption>'
        f"<thead{hidden}>{legend}<tr>{head}<tbody>{rows}</table></div>"
    )
