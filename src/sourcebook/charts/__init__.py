"""Charts and tables in one house style; stands alone and never reads a file but its font.

A form is imported when somebody asks for it: a notebook rests on the code it imports, so a change in one form leaves
those that draw others alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sourcebook.charts.errors import ChartError
from sourcebook.charts.palette import (
    DIRECTIONS,
    OTHERS,
    TONES,
    VERDICT_GLYPHS,
    VERDICTS,
    Mark,
    ramp,
)
from sourcebook.charts.style import HALF_WIDTH, TEXT_WIDTH, use_style

if TYPE_CHECKING:
    from sourcebook.charts.claims import claim_table
    from sourcebook.charts.exhibits import Figure, figure
    from sourcebook.charts.forms.bars import bars
    from sourcebook.charts.forms.columns import columns
    from sourcebook.charts.forms.dots import dots
    from sourcebook.charts.forms.lines import lines
    from sourcebook.charts.forms.matrix import matrix
    from sourcebook.charts.forms.ranges import ranges
    from sourcebook.charts.forms.slope import slope
    from sourcebook.charts.forms.spread import spread
    from sourcebook.charts.forms.timeline import timeline
    from sourcebook.charts.forms.tornado import tornado
    from sourcebook.charts.forms.waits import waits
    from sourcebook.charts.layout import check_layout
    from sourcebook.charts.tables import Column, Table, table

__all__ = [
    "DIRECTIONS", "HALF_WIDTH", "OTHERS", "TEXT_WIDTH", "TONES", "VERDICTS", "VERDICT_GLYPHS",
    "ChartError", "Column", "Figure", "Mark", "Table",
    "bars", "check_layout", "claim_table", "columns", "dots", "figure", "lines", "matrix", "ramp", "ranges",
    "slope", "spread", "table", "timeline", "tornado", "use_style", "waits",
]  # fmt: skip

# Where what is imported late stands; a form has a module of its own name.
_MODULES = {
    "Column": "tables",
    "Figure": "exhibits",
    "Table": "tables",
    "check_layout": "layout",
    "claim_table": "claims",
    "figure": "exhibits",
    "table": "tables",
}


def __getattr__(name: str) -> Any:
    if name == "STATES":
        raise ImportError(
            "STATES is no longer part of sourcebook.charts: write the hues of names into _brand.yml (color: palette:), call "
            "use_style(book.brand), and then say Mark('name', 'disc') or hue='name'."
        )
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Nothing is kept here: whoever asks imports it, and can so be seen to use it.
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, f'forms.{name}')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


use_style()
