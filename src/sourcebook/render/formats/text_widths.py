"""Pictures of ours that stand alone: where their font is missing, their text keeps the room that was made for it."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import PurePosixPath

import font_source_sans_pro
from fontTools.ttLib import TTFont

_FAMILY = "Source Sans Pro"
_TEXT = re.compile(r"<text (?P<attributes>[^>]*)>(?P<words>[^<]+)</text>")
_SIZE = re.compile(r'font-size="([\d.]+)px"')
_ROOT = re.compile(r"<svg[^>]*>")
_FACES = {"": "SourceSansPro", "600": "SourceSansProSemibold", "700": "SourceSansProBold"}
_WEIGHT = re.compile(r'font-weight="(\d+)"')


def hold_widths(path: str, body: bytes) -> bytes:
    """A picture (SVG) with the width of each line of text written down, so that another font is fitted into it.

    A forge, and Quarto's page, shows pictures with the fonts of whoever looks at them; a wider one would run into marks and
    over the edge. Every other file, a drawing in another font, and a line with a sign that ours does not have, stays as it is.
    """
    if PurePosixPath(path).suffix != ".svg":
        return body
    picture = body.decode("utf-8")
    root = _ROOT.search(picture)
    if not root or _FAMILY not in root[0]:
        return body
    usual = _SIZE.search(root[0])
    return _TEXT.sub(lambda match: _hold(match, usual), picture).encode("utf-8")


def _hold(match: re.Match[str], usual: re.Match[str] | None) -> str:
    size = _SIZE.search(match["attributes"]) or usual
    weight = _WEIGHT.search(match["attributes"])
    advances = _read_advances(_FACES.get(weight[1] if weight else "", _FACES[""]))
    widths = [advances.get(ord(sign)) for sign in html.unescape(match["words"])]
    if not size or None in widths or "textLength" in match["attributes"] or len(widths) < 2:
        return match[0]
    length = sum(width for width in widths if width is not None) * float(size[1])
    held = f'textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f"<text {match['attributes']} {held}>{match['words']}</text>"


@cache
def _read_advances(face: str) -> dict[int, float]:
    """Width of each sign in ems, by code point."""
    with TTFont(font_source_sans_pro.font_files_ttf[face]) as font:
        advances, ems = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: advances[name][0] / ems for code, name in font.getBestCmap().items()}
