"""Charts and tables in one house style; stands alone and never reads a file but its font."""

from sourcebook.charts.bars import bars
from sourcebook.charts.claims import claim_table
from sourcebook.charts.columns import columns
from sourcebook.charts.dots import dots
from sourcebook.charts.errors import ChartError
from sourcebook.charts.exhibits import Figure, figure
from sourcebook.charts.layout import check_layout
from sourcebook.charts.lines import lines
from sourcebook.charts.matrix import matrix
from sourcebook.charts.palette import (
    ACCENT,
    DIRECTIONS,
    OTHERS,
    STATES,
    TONES,
    VERDICT_GLYPHS,
    VERDICTS,
    Mark,
    ramp,
)
from sourcebook.charts.ranges import ranges
from sourcebook.charts.slope import slope
from sourcebook.charts.spread import spread
from sourcebook.charts.style import HALF_WIDTH, TEXT_WIDTH, use_style
from sourcebook.charts.tables import Column, Table, table
from sourcebook.charts.timeline import timeline
from sourcebook.charts.tornado import tornado
from sourcebook.charts.waits import waits

__all__ = [
    "ACCENT", "DIRECTIONS", "HALF_WIDTH", "OTHERS", "STATES", "TEXT_WIDTH", "TONES", "VERDICTS", "VERDICT_GLYPHS",
    "ChartError", "Column", "Figure", "Mark", "Table",
    "bars", "check_layout", "claim_table", "columns", "dots", "figure", "lines", "matrix", "ramp", "ranges",
    "slope", "spread", "table", "timeline", "tornado", "use_style", "waits",
]  # fmt: skip

use_style()
