"""Text as the page sees it: widths in points, line breaks, glyphs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import text_to_path

from sourcebook.charts.style import FAMILY, LABEL


@lru_cache(maxsize=16384)
def text_width(text: str, size: float = LABEL, bold: bool = False) -> float:
    """The width of one line of text in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, font(size, bold), ismath=False)
    return float(width)


def font(size: float, bold: bool = False) -> FontProperties:
    """The house font in one size, in points."""
    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=4096)
def wrap(text: str, width: float, size: float = LABEL, bold: bool = False) -> tuple[str, ...]:
    """Break ``text`` into lines of at most ``width`` points, as even as the number of lines allows."""
    words = [piece for word in text.split() for piece in _pieces(word, width, size, bold)]
    lines = _fill(words, width, size, bold)
    if len(lines) < 2:
        return tuple(lines)
    low, high = width * 0.5, width
    while high - low > 1:  # the narrowest measure that needs no further line gives the evenest lines
        middle = (low + high) / 2
        if len(_fill(words, middle, size, bold)) > len(lines):
            low = middle
        else:
            high = middle
    return tuple(_fill(words, high, size, bold))


def widest(lines: Sequence[str], size: float = LABEL, bold: bool = False) -> float:
    """The width of the widest of several lines, in points; 0 for none."""
    return max((text_width(line, size, bold) for line in lines), default=0.0)


def missing_glyphs(text: str) -> list[str]:
    """The characters of ``text`` that the house font lacks: another font would step in, unlike in each output."""
    known = get_font(findfont(font(LABEL))).get_charmap()
    return [character for character in dict.fromkeys(text) if ord(character) not in known]


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word, cut where it must be: after a hyphen or slash, else anywhere."""
    if text_width(word, size, bold) <= width:
        return [word]
    pieces, rest = [], word
    while text_width(rest, size, bold) > width and len(rest) > 1:
        fits = max(1, sum(text_width(rest[: n + 1], size, bold) <= width for n in range(len(rest))))
        breaks = [n + 1 for n in range(fits) if rest[n] in "-/–"]
        cut = breaks[-1] if breaks else fits
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest]


def _fill(words: Sequence[str], width: float, size: float, bold: bool) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
