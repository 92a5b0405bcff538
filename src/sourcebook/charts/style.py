"""The house style: sizes, the sans font from its wheel and how wide its text is, and matplotlib's settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.rcsetup import cycler
from matplotlib.textpath import text_to_path

from sourcebook.charts.palette import ACCENT, PROJECT, slug
from sourcebook.core.colour import GREY, GRID, INK, RULE

if TYPE_CHECKING:
    from sourcebook.core.brand import Brand

FAMILY = "Source Sans Pro"
FACES = ("SourceSansPro", "SourceSansProBold")

TEXT_WIDTH = 6.3
"""Width of a full chart in inches: the width of the text."""
HALF_WIDTH = 3.05
"""Width of a half chart in inches."""
NARROW_WIDTH = 2.9
"""Width of a chart for a phone in inches: shown on 288 pixels its smallest type is 11 pixels high."""
LINE_ASPECT = {TEXT_WIDTH: 0.34, HALF_WIDTH: 0.56, NARROW_WIDTH: 0.72}
"""Height of the plot of a chart over time, as a part of its width."""

LABEL = 8.0
SMALL = 8.0
"""The smallest type in print, in points."""

# Okabe and Ito's colours, which colour-blind readers tell apart, for what is drawn by matplotlib alone.
_CYCLE = ("#0072B2", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#E69F00")
SETTINGS: dict[str, Any] = {
    "font.family": [FAMILY],
    "font.size": LABEL,
    "text.color": INK,
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "axes.labelsize": LABEL,
    "axes.labelcolor": GREY,
    "axes.titlesize": LABEL,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.6,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=list(_CYCLE)),
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "xtick.labelsize": LABEL,
    "ytick.labelsize": LABEL,
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": LABEL,
    "figure.figsize": (TEXT_WIDTH, 2.9),
    "figure.dpi": 72,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "sourcebook",
    "svg.image_inline": True,
}


def use_style(brand: Brand | None = None) -> None:
    """Make every matplotlib figure of this process look like ours. Safe to call again; needs no backend.

    ``brand`` (of ``open_book().brand``) gives categories the hues that its palette has for their names, and its
    secondary (or else primary) colour to what has no meaning of its own. Without one, those set before stay.
    """
    register_fonts()
    mpl.rcParams.update(settings())
    if brand is not None:
        PROJECT.hues = {slug(name): colour for name, colour in brand.palette.items()}
        chosen = brand.colours.get("secondary") or brand.colours.get("primary")
        PROJECT.accent = chosen.light if chosen else ACCENT


def settings() -> Any:
    """The settings this version of matplotlib knows."""
    return {key: value for key, value in SETTINGS.items() if key in mpl.rcParams}


def register_fonts() -> None:
    """Give matplotlib the wheel's fonts, and no other file of that name the machine may have."""
    ours = [font_source_sans_pro.font_files_ttf[face] for face in FACES]
    manager = font_manager.fontManager
    manager.ttflist = [entry for entry in manager.ttflist if entry.name != FAMILY]
    for path in ours:
        manager.addfont(path)


@lru_cache(maxsize=16384)
def text_width(text: str, size: float = LABEL, bold: bool = False) -> float:
    """The width of one line of text in points."""
    return measure(text, font(size, bold))[0]


@lru_cache(maxsize=16384)
def measure(text: str, face: FontProperties) -> tuple[float, float, float]:
    """The width and height of one line of text, and how far it hangs below its baseline, in points."""
    return text_to_path.get_text_width_height_descent(text, face, ismath=False)


@lru_cache(maxsize=64)
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
