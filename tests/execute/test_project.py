"""The notebooks of this repository, in forked kernels and in others: to the letter the same results and inputs.

Every seventh, at length each: the cells of one are made of much the same as those of another.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sourcebook.core.notebook_format import read_notebook
from sourcebook.execute.fork_client import can_fork
from sourcebook.execute.plan import Settings, run_notebooks

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))[
    :: 1 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 7
]


@pytest.mark.slow
@pytest.mark.skipif(not NOTEBOOKS, reason="this checkout holds no notebooks")
@pytest.mark.skipif(not can_fork(), reason="this system does not fork safely: every kernel is started anew")
def test_kernels_forked_and_started_anew_give_the_same_results_for_a_chapter(anew):
    names = [path.name for path in NOTEBOOKS]
    forked, started = (run_in(kernel, names) for kernel in ("python3", anew))
    for name, one, other in zip(names, forked, started, strict=True):
        assert one.notebook.cells == other.notebook.cells, name
        assert files(one) == files(other), name
        assert "data/datapackage.json" in files(one), name
        assert not one.rests_on.unseen, name
        assert not one.rests_on.unfit, name


def run_in(kernel, names):
    notebooks = [read_notebook(path, name) for path, name in zip(NOTEBOOKS, names, strict=True)]
    for notebook in notebooks:
        notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
    return run_notebooks(NOTEBOOKS, names=names, notebooks=notebooks, settings=Settings(root=ROOT))


def files(run):
    """What of the project's data a notebook rests on."""
    return {name for name in run.rests_on.names("file") if name.startswith("data/")}
