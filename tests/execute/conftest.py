"""Notebooks made on the spot, run in each of the two ways in which kernels start."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbformat.v4 import new_notebook

from sourcebook.execute.fork_client import can_fork
from sourcebook.execute.plan import Settings, run_notebooks

ANEW = "anew"
"""The name of a kernel that is python3, but always started anew."""


@pytest.fixture(scope="session")
def kernels_folder(tmp_path_factory) -> Path:
    """A folder for JUPYTER_PATH with the kernelspec of ``anew``, in which jupyter_client's own provisioner is named."""
    spec = KernelSpecManager().get_kernel_spec("python3").to_dict()
    spec["metadata"] = spec["metadata"] | {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "kernels" / ANEW).mkdir(parents=True)
    (folder / "kernels" / ANEW / "kernel.json").write_text(json.dumps(spec))
    return folder


@pytest.fixture
def anew(kernels_folder, monkeypatch) -> str:
    """The name of a kernel that is started anew, known while a test lasts."""
    monkeypatch.setenv("JUPYTER_PATH", str(kernels_folder))
    return ANEW


@pytest.fixture(params=["forked", "anew"])
def run(request, write, tmp_path):
    """Runs cells as one notebook, in a forked kernel and in one started anew."""
    if request.param == "forked" and not can_fork():
        pytest.skip("this system does not fork safely: every kernel is started anew")
    kernel = request.getfixturevalue("anew") if request.param == "anew" else "python3"

    def run_cells(*cells, **options):
        path = write(tmp_path / "chapter.ipynb", *cells, kernel=kernel)
        settings = Settings(**{"timeout": 60} | options)
        (done,) = run_notebooks([path], names=["notebooks/chapter.ipynb"], settings=settings)
        return done.notebook

    run_cells.way = request.param
    return run_cells


@pytest.fixture(scope="session")
def write():
    """Writes cells as a notebook and gives its path back."""

    def write_notebook(path: Path, *cells, kernel: str = "python3") -> Path:
        kernelspec = {"name": kernel, "display_name": kernel, "language": "python"}
        nbformat.write(new_notebook(cells=list(cells), metadata={"kernelspec": kernelspec}), path)
        return path

    return write_notebook
