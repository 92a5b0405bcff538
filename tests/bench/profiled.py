"""Where the processor time of a build goes: `python profiled.py FOLDER` builds the project there and prints a profile as JSON.

Fifty times a second, what each thread of the build and each program below it has used since the last look is put down to
the part that it works at: a thread's by the innermost of our modules on its stack, a program's by its name.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import psutil

PAUSE = 0.02  # seconds; what a thread has used is told in hundredths
MODULES = {
    "/sourcebook/execute/": "driving",
    "/sourcebook/cache/": "driving",
    "/sourcebook/render/export/": "export",
    "/sourcebook/render/passes/": "passes",
    "/sourcebook/render/formats/fonts.py": "fonts",
    "/sourcebook/render/formats/": "writing",
}


class Watcher(threading.Thread):
    """Looks at this process and those below it until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.moments: list[tuple[float, dict[str, float]]] = []
        self._process = psutil.Process()
        self._used: dict[int, float] = {}
        self._programs: dict[psutil.Process, str] = {}
        self._told = threading.Event()

    def run(self) -> None:
        start = time.perf_counter()
        while not self._told.wait(PAUSE):
            used: Counter[str] = Counter()
            self._look_at_threads(used)
            self._look_at_programs(used)
            self.moments.append((time.perf_counter() - start, dict(used)))

    def stop(self) -> None:
        self._told.set()
        self.join()

    def _look_at_threads(self, used: Counter[str]) -> None:
        idents = {thread.native_id: thread.ident for thread in threading.enumerate()}
        frames = sys._current_frames()
        for thread in self._process.threads():
            more = self._add(-thread.id, thread.user_time + thread.system_time)
            if more and thread.id != self.native_id:
                used[name_part(frames.get(idents.get(thread.id) or 0))] += more

    def _look_at_programs(self, used: Counter[str]) -> None:
        for program in self._process.children(recursive=True):
            try:
                times = program.cpu_times()
                name = self._programs.get(program) or name_program(program)
            except psutil.Error:
                continue  # it has just ended
            if name != "other":  # else it may not have begun to be itself
                self._programs[program] = name
            if more := self._add(program.pid, times.user + times.system):
                used[name] += more

    def _add(self, key: int, seconds: float) -> float:
        """What has come to the seconds that were known of a thread or program."""
        more = seconds - self._used.get(key, 0.0)
        self._used[key] = seconds
        return more


def name_part(frame: FrameType | None) -> str:
    """The part that a thread works at, by its stack."""
    files = []
    while frame:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    if any(file.startswith("<frozen importlib") for file in files):
        return "imports"
    found = (part for file in files for module, part in MODULES.items() if module in file)
    return next(found, "other")


def name_program(program: psutil.Process) -> str:
    """The part that a program is: a kernel, which runs cells, is a fork of the server, which imports what they need."""
    command = " ".join(program.cmdline()[:4])
    if "fork_server" in command:
        parent = program.parent()
        return "cells" if parent and "fork_server" in " ".join(parent.cmdline()[:4]) else "kernels"
    return next((name for name in ("pandoc", "typst") if name in command), "other")


def main(folder: str) -> None:
    watcher = Watcher()
    start = time.perf_counter()
    watcher.start()
    from sourcebook.render.report import render_project

    render_project(Path(folder), ("html", "pdf"), progress=lambda _: None)
    seconds = time.perf_counter() - start
    watcher.stop()
    profile = {"seconds": seconds, "cores": os.cpu_count(), "moments": watcher.moments}
    sys.stdout.write(json.dumps(profile))


if __name__ == "__main__":
    main(*sys.argv[1:])
