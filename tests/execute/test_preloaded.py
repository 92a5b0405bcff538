"""Modules of a project that a server imports ahead: which notebooks use which, and what when one is changed."""

from __future__ import annotations

import pytest

from sourcebook.execute.job import Job, Step
from sourcebook.execute.pool import run_jobs
from sourcebook.execute.process import can_fork
from sourcebook.execute.workers import Workers

pytestmark = pytest.mark.skipif(
    not can_fork(), reason="this system does not fork safely: only kernels are used here"
)

FILES = {
    "pack/__init__.py": "",
    "pack/used.py": "from pack.deep import depth\nfrom . import near\n",
    "pack/deep.py": "depth = 3\n",
    "pack/near.py": "import dataclasses\n@dataclasses.dataclass\nclass Point:\n    x: int\n",
    "pack/unused.py": "",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "pack").mkdir()
    (tmp_path / "notebooks").mkdir()
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def run(project, workers, source):
    watch = {"root": str(project), "ignored": [], "hermetic": False}
    (outcome,) = run_jobs([Job("a", project / "notebooks", (Step(0, source),), watch=watch)], workers=workers)
    if isinstance(outcome, Exception):
        raise outcome
    modules = {name for kind, name, _ in outcome.trace["inputs"] if kind == "module"}
    return outcome.results[0]["outputs"], modules


def test_a_notebook_rests_on_what_it_imports_and_what_that_imports(project):
    with Workers(["pack.used", "pack.unused"]) as workers:
        _, modules = run(project, workers, "1")
        assert modules == set()
        outputs, modules = run(project, workers, "import pack.used\npack.used.depth")
        assert outputs[0]["data"]["text/plain"] == "3"
        assert modules == {"pack/__init__.py", "pack/used.py", "pack/deep.py", "pack/near.py"}
        _, modules = run(project, workers, "from pack.deep import depth")
        assert modules == {"pack/__init__.py", "pack/deep.py"}


def test_modules_handed_out_late_are_whole(project):
    source = "import sys, pickle\nfrom pack import used\nfrom pack.near import Point\npickle.loads(pickle.dumps(Point(1)))"
    with Workers(["pack.used"]) as workers:
        outputs, _ = run(project, workers, source)
        assert outputs[0]["data"]["text/plain"] == "Point(x=1)"
        outputs, _ = run(
            project, workers, "import pack.near as n\n(n.__spec__.origin == n.__file__, n.__name__)"
        )
        assert outputs[0]["data"]["text/plain"] == "(True, 'pack.near')"


def test_a_module_changed_after_it_was_imported_ahead_is_used_as_it_is_now(project):
    with Workers(["pack.used"]) as workers:
        run(project, workers, "1")
        (project / "pack/deep.py").write_text("depth = 44444\n")
        outputs, _ = run(project, workers, "from pack.used import depth\ndepth")
        assert outputs[0]["data"]["text/plain"] == "44444"
        assert len(workers._servers) == 2  # by a new server, not by a kernel
