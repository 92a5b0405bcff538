"""``fig-width`` and ``fig-height`` reach matplotlib, in a forked kernel and in one started anew alike."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from sourcebook.errors import ExecutionError
from sourcebook.execute.figures import plan_sizes, read_size
from sourcebook.execute.plan import Settings, run_notebooks
from sourcebook.execute.program import digest_code, read_steps

START = "%matplotlib inline\n%config InlineBackend.figure_formats = ['svg']\n%config InlineBackend.print_figure_kwargs = {'bbox_inches': None, 'metadata': {'Date': None}}\nimport matplotlib.pyplot as plt\nplt.rcParams['svg.hashsalt'] = 'x'"
DRAW = "plt.plot([1, 2]);"
CELLS = [
    START,
    DRAW,
    f"#| fig-width: 2\n{DRAW}",
    DRAW,
    f"#| fig-width: 3\n#| fig-height: 1.5\n{DRAW}",
    f"#| fig-width: 3\nplt.figure(figsize=(1, 1)); {DRAW}",
    f"#| fig-height: 2\nplt.rcParams['figure.figsize'] = (4, 4); {DRAW}",
    DRAW,
]
SIZES = [(6, 3), (2, 3), (6, 3), (3, 1.5), (1, 1), (4, 4), (4, 4)]


def execute(folder, *cells, kernel="python3", **settings):
    notebook = new_notebook(cells=[new_code_cell(cell, id=f"c{n}") for n, cell in enumerate(cells)])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
    (done,) = run_notebooks(
        [folder / "a.ipynb"], names=["a.ipynb"], notebooks=[notebook], settings=Settings(**settings)
    )
    return done.notebook


def drawn(notebook):
    """The size of each picture in inches."""
    pictures = [out.data["image/svg+xml"] for cell in notebook.cells for out in cell.outputs if "data" in out]
    found = [re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', picture).groups() for picture in pictures]
    return [tuple(float(points) / 72 for points in size) for size in found]


def test_figures_have_the_sizes_asked_for_in_both_ways(tmp_path, anew):
    forked, started = (
        execute(tmp_path, *CELLS, kernel=kernel, figure=(6, 3)) for kernel in ("python3", anew)
    )
    assert drawn(forked) == SIZES
    assert forked.cells == started.cells


@pytest.mark.parametrize("size", ["wide", "0", "-2", "[1, 2]"])
def test_what_is_no_size_is_named_with_its_cell(tmp_path, size):
    with pytest.raises(ExecutionError) as caught:
        execute(tmp_path, f"#| fig-width: {size}\n1")
    assert caught.value.issues[0].where == "a.ipynb, cell 1"
    assert caught.value.issues[0].what == "fig-width is no size"


def test_another_size_is_another_result():
    cells = [
        new_code_cell(f"#| {option}\n1") for option in ("fig-width: 2", "fig-width: 3", "fig-cap: A bar")
    ]
    digests = [digest_code(read_steps(new_notebook(cells=[cell]), "a")[0]) for cell in cells]
    assert len(set(digests)) == 3
    assert digests[2] == digest_code(
        read_steps(new_notebook(cells=[new_code_cell("#| fig-cap: B\n1")]), "a")[0]
    )


def test_notebooks_that_ask_for_no_size_are_asked_nothing():
    assert plan_sizes([(None, None)] * 3, (None, None)) == ["", "", ""]
    assert read_size({"fig-height": "4.5"}, "here") == (None, 4.5)
