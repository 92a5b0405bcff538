"""The house style: sizes, the sans font from its wheel, and matplotlib's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.rcsetup import cycler

from sourcebook.charts.palette import ACCENT, GREY, GRID, INK, PROJECT, RULE, slug

if TYPE_CHECKING:
    from sourcebook.core.brand import Brand

FAMILY = "Source Sans Pro"
FACES = ("SourceSansPro", "SourceSansProBold")

TEXT_WIDTH = 6.3
"""Width of a full chart in inches: the width of the text."""
HALF_WIDTH = 3.05
"""Width of a half chart in inches."""
LINE_ASPECT = {TEXT_WIDTH: 0.42, HALF_WIDTH: 0.56}
"""Height of the plot of a chart over time, as a part of its width."""

TITLE = 11.0
SUBTITLE = 8.5
LABEL = 8.0
SMALL = 7.5
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
