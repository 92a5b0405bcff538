"""One command, run to its end: seconds, or the memory of all its processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

PAUSES = (0.005, 0.1)  # seconds between two looks, at first and in the end: some commands are over at once


def time_command(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> float:
    """Seconds that ``command`` takes in ``folder``. Ends the benchmark when it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):  # a check that found something, a comparison that did
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr.decode()}")
    return seconds


def weigh_command(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> float:
    """The most memory, in MiB, that ``command`` and all it starts hold at once; what processes share counts once.

    Looked at ten times a second, which slows it a little: only growth is timed in the same run.
    """
    most, pause = 0.0, PAUSES[0]
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        while running.poll() is None:
            most = max(most, weigh_process(running.pid))
            time.sleep(pause)
            pause = min(2 * pause, PAUSES[1])
    return most


def weigh_process(pid: int) -> float:
    """The memory, in MiB, that a process and all it has started hold now."""
    held = 0
    try:
        for process in [root := psutil.Process(pid), *root.children(recursive=True)]:
            try:
                found = process.memory_full_info()
                held += getattr(found, "pss", found.uss)  # Linux knows what is shared
            except psutil.Error:
                continue  # it has just ended
    except psutil.Error:
        pass
    return held / 2**20
