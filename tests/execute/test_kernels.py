"""Kernels forked from one process: what each knows of it, and what remains of them when something ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell as code

from sourcebook.errors import ExecutionError
from sourcebook.execute import fork_client
from sourcebook.execute.job import Job, Step
from sourcebook.execute.plan import Settings, run_notebooks
from sourcebook.execute.run import run_job

pytestmark = pytest.mark.skipif(
    not fork_client.can_fork(), reason="this system does not fork safely: every kernel is started anew"
)

BUILD = """
import sys
from pathlib import Path
from sourcebook.execute.plan import Settings, run_notebooks
run_notebooks([Path(sys.argv[1])], names=["a"], settings=Settings(timeout=600))
"""
# A forked kernel's parent is its guard, whose parent is the server.
SERVER = """
import os, pathlib
def parent_of(pid): return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
parent_of(os.getppid())"""
# A kernel that was started anew is another program.
ANEW = "import sys\n'ipykernel_launcher' in sys.orig_argv"


def run(folder: Path, *sources: str, modules=("numpy", "pandas", "matplotlib"), kernel="python3") -> str:
    """What the last of these cells shows."""
    steps = tuple(Step(number, source) for number, source in enumerate(sources))
    outcome = asyncio.run(run_job(Job("a", folder, steps, kernel), modules))
    if outcome.failure:
        raise outcome.failure
    shown = outcome.results[-1]["outputs"]
    return shown[-1]["data"]["text/plain"] if shown else ""


def servers() -> list[int]:
    """The processes that kernels of this one are forked from."""
    return [server._process.pid for server in fork_client._servers]


def test_kernels_know_nothing_of_one_another(tmp_path):
    run(tmp_path, "import pandas as pd, os\npd.marked = True\nos.environ['MARKED'] = 'yes'\nmarked = 1")
    seen = "import pandas as pd, os\n(hasattr(pd, 'marked'), os.environ.get('MARKED'), 'marked' in globals())"
    assert run(tmp_path, seen) == "(False, None, False)"


def test_they_are_forked_from_one_server(tmp_path):
    first, second = (int(run(tmp_path, SERVER)) for _ in range(2))
    assert first == second
    assert first in servers()
    assert run(tmp_path, ANEW) == "False"


def test_random_numbers_differ_from_kernel_to_kernel(tmp_path):
    asked = "import numpy.random, random\n(numpy.random.random(), random.random())"
    first, second = (eval(run(tmp_path, asked)) for _ in range(2))
    assert not {*first} & {*second}


def test_nothing_is_imported_ahead_that_a_notebook_could_notice(tmp_path):
    seen = "import sys\n[n for n in ('sourcebook.ledger', 'sourcebook.charts', 'matplotlib.pyplot') if n in sys.modules]"
    assert run(tmp_path, seen).removesuffix("]").count("sourcebook") == 0


def test_a_module_beside_the_notebook_that_hides_an_imported_one_is_used(tmp_path):
    (tmp_path / "pandas.py").write_text("mine = True")
    assert run(tmp_path, "import pandas\npandas.mine") == "True"
    assert run(tmp_path, ANEW) == "True"


def test_a_package_beside_it_is_used_too_and_a_folder_that_is_none_does_no_harm(tmp_path):
    (tmp_path / "numpy").mkdir()
    assert int(run(tmp_path, SERVER)) in servers()
    (tmp_path / "numpy" / "__init__.py").write_text("mine = 2")
    assert run(tmp_path, "import numpy\nnumpy.mine") == "2"


def test_settings_for_drawings_beside_the_notebook_are_used(tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\n")
    assert run(tmp_path, "import matplotlib\nmatplotlib.rcParams['lines.linewidth']") == "7.0"


@pytest.mark.parametrize("content", [None, "raise RuntimeError('not today')", "import nothing_of_this_name"])
def test_a_module_that_cannot_be_imported_ahead_does_no_harm(tmp_path, monkeypatch, content):
    (tmp_path / "modules").mkdir()
    if content:
        (tmp_path / "modules" / "hard_to_import.py").write_text(content)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")])
    )
    assert run(tmp_path, "6 * 7", modules=["hard_to_import"]) == "42"


def test_a_module_that_starts_a_thread_leaves_the_work_to_kernels_started_anew(tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "busy.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")])
    )
    assert run(tmp_path, ANEW, modules=["busy"]) == "True"


def test_after_the_end_of_a_server_another_takes_its_place(tmp_path):
    first = int(run(tmp_path, SERVER))
    assert first in servers()
    os.kill(first, signal.SIGKILL)
    second = int(run(tmp_path, SERVER))
    assert second != first
    assert second in servers()
    assert first not in servers()


def test_where_no_server_lives_long_kernels_are_started_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(fork_client, "_servers", [])
    monkeypatch.setattr(fork_client, "_PROGRAM", ["-c", ""])
    assert run(tmp_path, ANEW) == "True"


def test_a_changed_file_among_what_a_server_has_imported_leads_to_another(tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    module = tmp_path / "modules" / "changing.py"
    module.write_text("value = 1")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")])
    )
    asked = "import changing\nchanging.value", SERVER
    first = int(run(tmp_path, *asked, modules=["changing"]))
    assert int(run(tmp_path, *asked, modules=["changing"])) == first
    module.write_text("value = 22")
    assert run(tmp_path, "import changing\nchanging.value", modules=["changing"]) == "22"
    assert int(run(tmp_path, SERVER, modules=["changing"])) != first


def test_a_replaced_server_leaves_what_still_runs_alone(tmp_path, monkeypatch, wait_until):
    """Neither the kernels that it has forked nor the folder that they share with others."""
    (tmp_path / "modules").mkdir()
    module = tmp_path / "modules" / "changed_soon.py"
    module.write_text("value = 1")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")])
    )
    waits = "import pathlib, time, tempfile\npathlib.Path('begun').touch()\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)"
    shown: list[str] = []
    other = threading.Thread(
        target=lambda: shown.append(
            run(tmp_path, waits, "tempfile.TemporaryFile() and 'well'", modules=["changed_soon"])
        )
    )
    other.start()
    assert wait_until((tmp_path / "begun").exists)
    (old,) = [server for server in fork_client._servers if "changed_soon" in server._modules]
    module.write_text("value = 22")
    new = int(run(tmp_path, SERVER, modules=["changed_soon"]))
    assert new != old._process.pid
    (tmp_path / "go").touch()
    other.join()
    assert shown == ["'well'"]
    assert wait_until(lambda: old._process.poll() is not None)
    assert int(run(tmp_path, SERVER, modules=["changed_soon"])) == new


def test_other_environment_variables_lead_to_another_server(tmp_path, monkeypatch):
    first = int(run(tmp_path, SERVER))
    monkeypatch.setenv("SOURCEBOOK_TEST", "1")
    assert run(tmp_path, "import os\nos.environ['SOURCEBOOK_TEST']") == "'1'"
    assert int(run(tmp_path, SERVER)) != first
    monkeypatch.delenv("SOURCEBOOK_TEST")
    assert int(run(tmp_path, SERVER)) == first


def test_a_kernel_killed_from_outside_is_named_with_its_cell_and_the_next_one_runs(
    write, tmp_path, wait_until
):
    says = "import os, pathlib\npathlib.Path('.pid').write_text(str(os.getpid()))\npathlib.Path('.pid').rename('pid')"
    path = write(tmp_path / "a.ipynb", code("1"), code(f"{says}\nwhile True: pass"))

    def kill():
        if wait_until((tmp_path / "pid").exists, seconds=120):
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ExecutionError, match="kernel died") as caught:
        run_notebooks([path], names=["a"], settings=Settings())
    killer.join()
    assert caught.value.issues[0].where == "a, cell 2"
    assert str(caught.value.issues[0].found).startswith("ended by SIGKILL")
    assert run(tmp_path, "6 * 7") == "42"


@pytest.mark.parametrize("how", ["", ", start_new_session=True"])
def test_what_a_cell_left_running_ends_with_its_notebook(tmp_path, wait_until, how):
    mark = f"LEFT_BY={tmp_path}"
    left = f"import os, subprocess\nsubprocess.Popen(['sleep', '600'], env={{'LEFT_BY': {str(tmp_path)!r}}}{how}).pid"
    assert int(run(tmp_path, left))
    assert wait_until(lambda: not processes_with(mark))


def test_what_its_children_left_running_ends_too(tmp_path, wait_until):
    mark = f"LEFT_BY={tmp_path}"
    run(tmp_path, f"!LEFT_BY={tmp_path} setsid sh -c 'sleep 600 & sleep 600 &' > /dev/null 2>&1")
    assert wait_until(lambda: not processes_with(mark))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("kernel", ["python3", "anew"])
def test_a_build_that_is_ended_leaves_nothing_behind(
    kernel, end, write, tmp_path, kernels_folder, wait_until
):
    """Of kernels that are started anew nobody can take the temporary files away, unless the build can still do it."""
    (tmp_path / "temporary").mkdir()
    started = "import subprocess\nsubprocess.Popen(['sleep', '600'])\nopen('started', 'w').close()"
    write(tmp_path / "a.ipynb", code(f"{started}\nwhile True: pass"), kernel=kernel)
    (tmp_path / "build.py").write_text(BUILD)
    environment = os.environ | {
        "TMPDIR": str(tmp_path / "temporary"), "MARK": str(tmp_path), "JUPYTER_PATH": str(kernels_folder),
    }  # fmt: skip
    build = subprocess.Popen(
        [sys.executable, "build.py", "a.ipynb"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        assert wait_until((tmp_path / "started").exists, seconds=120)
        build.send_signal(end)
        build.wait(60)
    finally:
        build.kill()
        build.wait()
    left = processes_with(f"MARK={tmp_path}")
    if kernel == "python3":
        assert wait_until(lambda: not processes_with(f"MARK={tmp_path}")), left
    if kernel == "python3" or end == signal.SIGINT:
        assert wait_until(lambda: not list((tmp_path / "temporary").iterdir()))


def processes_with(mark: str) -> list[str]:
    return [
        f"{path.parent.name} {read(path.with_name('cmdline'))}"
        for path in Path("/proc").glob("[0-9]*/environ")
        if mark in read(path).split("\0")
    ]


def read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


READER = """
import os, threading, time
from sourcebook.execute.kernel_side import _await_readers
out, into = os.pipe()
os.dup2(into, 1)
os.write(1, b"said")
read = []
threading.Thread(target=lambda: (time.sleep(0.2), read.append(os.read(out, 9)))).start()
_await_readers(None)
os._exit(read != [b"said"])
"""


def test_a_cell_ends_when_what_its_programs_wrote_has_been_read():
    assert subprocess.run([sys.executable, "-c", READER], check=False).returncode == 0


def test_no_cell_runs_after_one_that_ends_the_kernel(tmp_path):
    """A kernel lives for a moment after ``exit()``: a short cell would run, and a long one would not."""
    with pytest.raises(ExecutionError, match=r"a, cell 1: ends the kernel, so that no later cell can run"):
        run(tmp_path, "exit()", "open('later.txt', 'w')")
    assert not (tmp_path / "later.txt").exists()
    assert run(tmp_path, "1", "exit()") == ""  # nothing follows


def test_a_descriptor_that_nobody_reads_does_not_keep_a_cell():
    unread = READER.replace("0.2", "5")
    assert subprocess.run([sys.executable, "-c", unread], check=False, timeout=60).returncode == 1
