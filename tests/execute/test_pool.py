"""Jobs on executors: other processes here, and a cluster one of whose workers is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor

import pytest

from sourcebook.errors import ExecutionError
from sourcebook.execute.job import Job, Step
from sourcebook.execute.pool import count_jobs, run_jobs


def jobs(folder, *sources):
    return [Job(f"job {n}", folder, (Step(0, source),)) for n, source in enumerate(sources)]


def test_an_executor_runs_jobs_and_brings_errors_back(tmp_path):
    todo = jobs(tmp_path, "6 * 7", "1 / 0", "'last'")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        first, second, third = run_jobs(todo, executor=executor)
    assert first.results[0]["outputs"][0]["data"]["text/plain"] == "42"
    assert isinstance(second.failure, ExecutionError)
    assert second.failure.issues[0].where == "job 1, cell 1, line 1"
    assert third.results[0]["outputs"][0]["data"]["text/plain"] == "'last'"


def test_a_lost_process_is_named_by_its_job(tmp_path):
    killing = "import os, signal\nos.kill({}, signal.SIGKILL)"
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        pid = executor.submit(os.getpid).result()
        (outcome,) = run_jobs(jobs(tmp_path, killing.format(pid) + "\nwhile True: pass"), executor=executor)
    assert isinstance(outcome.failure, ExecutionError)
    assert outcome.failure.issues[0].where == "job 0"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of dask, about itself
def test_a_cluster_finishes_though_a_worker_is_killed(tmp_path):
    import distributed

    sources = [f"import time; time.sleep(0.3); {n}" for n in range(8)]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        killed = []

        def kill_one(_):
            if not killed:
                victim = next(iter(client.run(os.getpid).values()))
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        outcomes = run_jobs(jobs(tmp_path, *sources), executor=client.get_executor(), progress=kill_one)
    assert killed
    assert [o.results[0]["outputs"][0]["data"]["text/plain"] for o in outcomes] == [str(n) for n in range(8)]


def test_a_build_says_how_far_it_is_and_how_long_it_may_take():
    said, times = [], iter([0.0, 10.0, 20.0])
    tell = count_jobs(said.append, 4, 2, lambda: next(times))
    for name in ("one", "two", "three", "four"):
        tell(name)
    assert said == [
        "1 of 4 notebooks: one",
        "2 of 4 notebooks: two",
        "3 of 4 notebooks: three, about 30 s left",
        "4 of 4 notebooks: four, about 20 s left",
    ]
