"""The server of warm workers: what it leaves to kernels, and what remains when builds are ended from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell as code
from sourcebook.execute.process import can_fork
from sourcebook.execute.workers import Workers

from sourcebook.execute.job import Job, Step
from sourcebook.execute.plan import Settings, run_jobs, run_notebooks

pytestmark = pytest.mark.skipif(
    not can_fork(), reason="this system does not fork safely: only kernels are used here"
)

BUILD = """
import sys
from pathlib import Path
from sourcebook.execute.plan import Settings, run_notebooks
if __name__ == "__main__":
    run_notebooks([Path(sys.argv[1])], names=["a"], settings=Settings(timeout=60))
"""


def run(folder: Path, *sources: str, workers=None):
    steps = tuple(Step(number, source) for number, source in enumerate(sources))
    (outcome,) = run_jobs([Job("a", folder, steps)], workers=workers)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.results[-1]["outputs"]


def test_children_know_nothing_of_one_another(workers, tmp_path):
    run(
        tmp_path,
        "import pandas as pd, os\npd.marked = True\nos.environ['MARKED'] = 'yes'\nmarked = 1",
        workers=workers,
    )
    seen = "import pandas as pd, os\n(hasattr(pd, 'marked'), os.environ.get('MARKED'), 'marked' in globals())"
    assert run(tmp_path, seen, workers=workers)[0]["data"]["text/plain"] == "(False, None, False)"


def test_random_numbers_differ_from_child_to_child(workers, tmp_path):
    asked = "import numpy.random\nnumpy.random.random()"
    first, second = (run(tmp_path, asked, workers=workers)[0]["data"]["text/plain"] for _ in range(2))
    assert first != second


def test_a_widget_sends_its_notebook_to_a_kernel(workers, tmp_path):
    shown = run(
        tmp_path,
        "import comm, os\nc = comm.create_comm(target_name='jupyter.widget', data={'state': {'_model_module': 'm', '_model_name': 'n'}})\nos.getppid()",
        workers=workers,
    )
    assert (
        int(shown[0]["data"]["text/plain"]) == os.getpid()
    )  # a kernel is our own child, a worker the server's


def test_a_module_that_hides_an_imported_one_sends_its_notebook_to_a_kernel(workers, tmp_path):
    (tmp_path / "pandas.py").write_text("mine = True")
    assert run(tmp_path, "import pandas\npandas.mine", workers=workers)[0]["data"]["text/plain"] == "True"


def test_modules_that_cannot_be_imported_ahead_leave_the_work_to_kernels(tmp_path):
    with Workers(["no_such_module"]) as workers:
        assert run(tmp_path, "6 * 7", workers=workers)[0]["data"]["text/plain"] == "42"


def test_a_server_that_was_killed_leaves_the_work_to_kernels(tmp_path):
    with Workers() as workers:
        run(tmp_path, "1", workers=workers)
        os.kill(workers._servers[-1].pid, signal.SIGKILL)
        assert run(tmp_path, "6 * 7", workers=workers)[0]["data"]["text/plain"] == "42"


def test_a_child_killed_from_outside_is_named_and_the_server_goes_on(workers, write, tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        code("import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))"),
        code("while True: pass"),
    )
    with (
        subprocess.Popen(  # the killer
            [
                sys.executable,
                "-c",
                "import os, sys, time\nwhile not (os.path.exists('pid') and open('pid').read()): time.sleep(0.01)\ntime.sleep(0.2); os.kill(int(open('pid').read()), 9)",
            ],
            cwd=tmp_path,
        ),
        pytest.raises(Exception, match="kernel died") as caught,
    ):
        run_notebooks([path], names=["a"], settings=Settings(workers=workers))
    assert caught.value.issues[0].where == "a, cell 2"
    assert run(tmp_path, "6 * 7", workers=workers)[0]["data"]["text/plain"] == "42"


def test_what_a_cell_left_running_ends_with_its_notebook(workers, tmp_path, wait_until):
    run(tmp_path, "import subprocess\nsubprocess.Popen(['sleep', '60.25'])\nNone", "1", workers=workers)
    assert wait_until(lambda: "sleep\0" + "60.25" not in command_lines())


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_that_is_ended_leaves_nothing_behind(end, write, tmp_path, wait_until):
    (tmp_path / "temporary").mkdir()
    write(tmp_path / "a.ipynb", code("open('started', 'w').close()\nwhile True: pass"))
    (tmp_path / "build.py").write_text(BUILD)
    environment = os.environ | {"TMPDIR": str(tmp_path / "temporary"), "MARK": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "build.py", "a.ipynb"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    ) as build:
        assert wait_until((tmp_path / "started").exists)
        build.send_signal(end)
        build.wait(20)
    assert wait_until(lambda: not marked_processes(f"MARK={tmp_path}"))
    assert list((tmp_path / "temporary").iterdir()) == []


def command_lines() -> str:
    return "\n".join(read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))


def marked_processes(mark: str) -> list[str]:
    return [
        path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in read(path).split("\0")
    ]


def read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""
