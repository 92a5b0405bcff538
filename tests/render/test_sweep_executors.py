"""Processes of this machine, some of which are lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from sourcebook.render.sweep_executors import Processes

HOLDS = """
import os, sys, time
from sourcebook.render.sweep_executors import Processes
if __name__ == "__main__":
    with Processes(1) as processes:
        open(sys.argv[1], "w").write(str(processes.submit(os.getpid).result()))
        time.sleep(60)
"""


def test_a_call_whose_process_is_lost_is_done_by_another():
    with Processes(1) as processes:
        first = processes.submit(os.getpid).result()
        waiting = processes.submit(subprocess.run, [sys.executable, "-c", "import time; time.sleep(0.5)"])
        other = processes.submit(os.getpid)
        os.kill(first, signal.SIGKILL)
        assert waiting.result().returncode == 0
        assert other.result() != first


def test_a_call_that_ends_each_process_is_given_up_and_the_others_are_done():
    with Processes(2) as processes:
        deadly = processes.submit(os._exit, 9)
        others = [processes.submit(abs, -n) for n in range(6)]
        with pytest.raises(BrokenProcessPool):
            deadly.result()
        assert [other.result() for other in others] == list(range(6))


def test_an_error_of_the_call_comes_back():
    with Processes(1) as processes, pytest.raises(ZeroDivisionError):
        processes.submit(divmod, 1, 0).result()


def test_processes_end_with_the_one_that_started_them(tmp_path, wait_until):
    script, told = tmp_path / "holds.py", tmp_path / "pid"
    script.write_text(HOLDS)
    with subprocess.Popen([sys.executable, str(script), str(told)]) as holder:
        assert wait_until(lambda: told.exists() and told.read_text())
        child = int(told.read_text())
        holder.kill()
    assert wait_until(lambda: not is_running(child))


def test_what_was_not_begun_can_be_left():
    with Processes(1) as processes:
        futures = [processes.submit(time.sleep, 0.2) for _ in range(20)]
        processes.shutdown(cancel_futures=True)
    assert sum(future.cancelled() for future in futures) > 10


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
