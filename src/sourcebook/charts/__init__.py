"""Charts and tables in one house style; stands alone and never reads a file but its font."""

from sourcebook.charts.bars import bars
from sourcebook.charts.errors import ChartError
from sourcebook.charts.exhibits import Figure, figure
from sourcebook.charts.style import HALF_WIDTH, TEXT_WIDTH, use_style

use_style()
