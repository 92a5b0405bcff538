"""The notebooks of this repository, in both ways: to the letter the same results, and the same inputs."""

from __future__ import annotations

from pathlib import Path

import pytest
from sourcebook.execute.process import can_fork

from sourcebook.execute.plan import Settings, run_notebooks

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.skipif(not NOTEBOOKS, reason="this checkout holds no notebooks")
@pytest.mark.skipif(not can_fork(), reason="this system does not fork safely: only kernels are used here")
def test_workers_and_kernels_give_the_same_results_for_every_chapter():
    names = [path.name for path in NOTEBOOKS]
    warm, cold = (
        run_notebooks(NOTEBOOKS, names=names, settings=Settings(root=ROOT, hermetic=True, kernel=kernel))
        for kernel in (False, True)
    )
    for name, in_worker, in_kernel in zip(names, warm, cold, strict=True):
        assert in_worker.notebook == in_kernel.notebook, name
        assert set(in_worker.inputs) >= {i for i in in_kernel.inputs if i.startswith("data/")}, name
        assert {i for i in in_worker.inputs if i.startswith("data/")} <= set(in_kernel.inputs), name
