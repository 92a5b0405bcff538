"""Charts and tables in one house style; stands alone and never reads a file but its font.

A chart is a module of ``forms`` with a function of the same name, and a line below. It is imported when somebody asks for
it: a notebook rests on the code it imports, so a change in one form leaves those that draw others alone.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from sourcebook.charts.palette import DIRECTIONS, OTHERS, TONES, VERDICT_GLYPHS, VERDICTS, Mark, ramp
from sourcebook.charts.style import HALF_WIDTH, TEXT_WIDTH, use_style
from sourcebook.charts.validate import ChartError

if TYPE_CHECKING:
    from sourcebook.charts.figure_exhibit import Figure as Figure
    from sourcebook.charts.figure_exhibit import check_layout as check_layout
    from sourcebook.charts.figure_exhibit import figure as figure
    from sourcebook.charts.forms.bars import bars as bars
    from sourcebook.charts.forms.chronology import chronology as chronology
    from sourcebook.charts.forms.claim_table import claim_table as claim_table
    from sourcebook.charts.forms.columns import columns as columns
    from sourcebook.charts.forms.distribution import distribution as distribution
    from sourcebook.charts.forms.durations import durations as durations
    from sourcebook.charts.forms.lines import lines as lines
    from sourcebook.charts.forms.matrix import matrix as matrix
    from sourcebook.charts.forms.ranges import ranges as ranges
    from sourcebook.charts.forms.slope import slope as slope
    from sourcebook.charts.forms.strip import strip as strip
    from sourcebook.charts.forms.table import Column as Column
    from sourcebook.charts.forms.table import Table as Table
    from sourcebook.charts.forms.table import table as table
    from sourcebook.charts.forms.tornado import tornado as tornado
    from sourcebook.charts.forms.verdict_squares import verdict_squares as verdict_squares

__all__ = [
    "DIRECTIONS", "HALF_WIDTH", "OTHERS", "TEXT_WIDTH", "TONES", "VERDICTS", "VERDICT_GLYPHS",
    "ChartError", "Mark", "ramp", "use_style",
]  # fmt: skip

# Where else than in a form of its name something is defined that is imported late.
_MODULES = {
    "Column": "forms.table",
    "Figure": "figure_exhibit",
    "Table": "forms.table",
    "check_layout": "figure_exhibit",
    "figure": "figure_exhibit",
}
_MOVED = {
    "STATES": "write the hues of names into _brand.yml (color: palette:), call use_style(book.brand), then say hue='name' or Mark('name')",
    "dots": "it is called strip now",
    "spread": "it is called distribution now",
    "timeline": "events are drawn by chronology now, which takes the same arguments",
    "waits": "it is called durations now",
}


def __getattr__(name: str) -> Any:
    if name in _MOVED:
        raise ImportError(f"sourcebook.charts has no {name} any more: {_MOVED[name]}.")
    module = f"{__name__}.{_MODULES.get(name, f'forms.{name}')}"
    try:
        # Nothing is kept here: whoever asks imports it, and can so be seen to use it.
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    forms = import_module(f"{__name__}.forms")
    return sorted({*globals(), *_MODULES, *(module.name for module in iter_modules(forms.__path__))})


use_style()
