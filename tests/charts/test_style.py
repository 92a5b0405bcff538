"""The house style: our font, our sizes, on import and without a backend."""

import subprocess
import sys

import font_source_sans_pro
import matplotlib as mpl
from matplotlib import font_manager

from sourcebook.charts import HALF_WIDTH, TEXT_WIDTH, use_style
from sourcebook.charts.style import SMALL, font


def test_fonts_are_those_of_the_wheel():
    use_style()
    for bold, cut in ((False, "Regular"), (True, "Bold")):
        path = font_manager.findfont(font(8, bold), fallback_to_default=False)
        assert path == f"{font_source_sans_pro.font_directory}/SourceSansPro-{cut}.ttf"


def test_using_the_style_twice_registers_the_font_once():
    use_style()
    use_style()
    ours = [entry for entry in font_manager.fontManager.ttflist if entry.name == "Source Sans Pro"]
    assert len(ours) == 2


def test_settings_are_ours():
    use_style()
    assert mpl.rcParams["svg.fonttype"] == "none"
    assert mpl.rcParams["figure.figsize"][0] == TEXT_WIDTH
    sizes = [
        mpl.rcParams[name] for name in ("font.size", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
    ]
    assert min(sizes) >= SMALL >= 7.5
    assert not mpl.rcParams["axes.spines.right"]


def test_two_half_charts_fit_beside_each_other():
    assert 0.1 < TEXT_WIDTH - 2 * HALF_WIDTH < 0.3


def test_importing_charts_leaves_pyplot_and_the_other_rooms_alone():
    code = (
        "import sys, sourcebook.charts\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('sourcebook.')}\n"
        "print('matplotlib.pyplot' in sys.modules, sorted(rooms))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "False ['charts', 'core']\n"
