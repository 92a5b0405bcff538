"""Workers that are started before anything else: when it is certain that there is something to run, and only then."""

from __future__ import annotations

import pytest
from sourcebook.execute.process import can_fork

from sourcebook.render.early import start_early

pytestmark = pytest.mark.skipif(
    not can_fork(), reason="this system does not fork safely: there are no workers"
)
CELL = ("import os\nos.getppid()",)


def test_they_run_the_first_build(folder):
    folder.add("notebooks/a.ipynb", "# Alpha", CELL)
    with start_early(folder.root) as workers:
        (path,) = folder.render("md", workers=workers)
        assert str(workers._servers[-1].pid) in path.read_text()


def test_they_are_not_started_where_results_are_kept(folder):
    folder.add("notebooks/a.ipynb", "# Alpha", CELL).render("md")
    with start_early(folder.root) as workers:
        assert workers is None
    with start_early(folder.root, fresh=True) as workers:
        assert workers
    with start_early(folder.root, folder.root / "elsewhere") as workers:
        assert workers
    with start_early(folder.root / "notebooks/a.ipynb") as workers:
        assert workers


def test_they_are_not_started_where_nothing_runs(folder):
    folder.add("notebooks/a.ipynb", "# Alpha").add("b.md", "# Beta\n\n```python\n1\n```\n")
    with start_early(folder.root) as workers:
        assert workers is None
