"""Notebooks made on the spot, run in each of the two ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from sourcebook.execute.process import can_fork
from sourcebook.execute.workers import Workers

from sourcebook.execute.plan import Settings, run_notebooks


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers | None]:
    """One warm server for all tests, as a preview keeps it; None where the system cannot fork."""
    if not can_fork():
        yield None
        return
    with Workers(["pandas", "matplotlib.pyplot"]) as started:
        yield started


@pytest.fixture(params=["worker", "kernel"])
def run(request, workers, write, tmp_path):
    """Runs cells as one notebook, in a warm worker and in a kernel of its own."""
    if request.param == "worker" and not workers:
        pytest.skip("this system does not fork safely: only kernels are used here")

    def run_cells(*cells, **options):
        path = write(tmp_path / "chapter.ipynb", *cells)
        settings = Settings(
            **{"timeout": 60, "kernel": request.param == "kernel", "workers": workers} | options
        )
        (done,) = run_notebooks([path], names=["notebooks/chapter.ipynb"], settings=settings)
        return done.notebook

    run_cells.way = request.param
    return run_cells


@pytest.fixture(scope="session")
def write():
    """Writes cells as a notebook and gives its path back."""

    def write_notebook(path: Path, *cells) -> Path:
        kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=list(cells), metadata={"kernelspec": kernelspec}), path)
        return path

    return write_notebook
