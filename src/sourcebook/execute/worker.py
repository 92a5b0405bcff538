"""A forked child: runs one notebook and leaves the results, or what went wrong, in its scratch folder."""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import os
import pickle
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.jsonutil import json_default

from sourcebook.execute import inside
from sourcebook.execute.inputs import SETTINGS
from sourcebook.execute.job import Job, Result, Step
from sourcebook.execute.outputs import Outputs
from sourcebook.execute.preloaded import Preloaded
from sourcebook.execute.shell import Shell
from sourcebook.execute.trace import OWN_VARIABLES

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass
class Kit:
    """What a child has from its server: the shell, modules imported ahead, variables asked for meanwhile."""

    shell: Shell
    preloaded: Preloaded
    variables: set[str]
    started: dict[str, str]
    """The environment variables the server was started with."""

    def find_changed(self, variables: Mapping[str, str]) -> str:
        """A module or variable that is no longer what the server has made use of, or nothing."""
        asked = (name for name in sorted(self.variables & (self.started.keys() | variables.keys())))
        differing = (name for name in asked if name not in OWN_VARIABLES)
        changed = (name for name in differing if self.started.get(name) != variables.get(name))
        return next(changed, "") or self.preloaded.find_changed()

    def set_variables(self, variables: Mapping[str, str]) -> None:
        """Makes the environment what the program has now."""
        for name in (self.started.keys() | variables.keys()) - OWN_VARIABLES:
            if name not in variables:
                os.environ.pop(name, None)
            elif self.started.get(name) != variables[name]:
                os.environ[name] = variables[name]


def work(channel: socket.socket, scratch: Path, kit: Kit, parent: int) -> None:
    """Runs the job that lies in ``scratch``; says on ``channel`` which step it is at. Never returns."""
    _join_parent(parent)
    job: Job
    job, variables = pickle.loads((scratch / "job").read_bytes())  # noqa: S301  # written by our own parent
    os.chdir(job.folder)
    sys.path.insert(0, "")
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  # as long as the process lives
    kit.shell.open_streams(scratch)
    faulthandler.enable(file=2)
    _reseed()
    if changed := kit.find_changed(variables):
        answer = {"failed": [0, "changed", changed]}
    elif hiding := _find_hiding():
        answer = {"failed": [0, "hiding", hiding]}
    else:
        kit.set_variables(variables)
        kit.preloaded.hide()
        inside.begin(json.dumps({"memory": job.memory, "scratch": str(scratch), "watch": job.watch}))
        answer = _Run(job, kit.shell, channel).run()
    answer["trace"] = json.loads(inside.end(kit.preloaded.list_files(), kit.variables))
    (scratch / "answer.json").write_text(json.dumps(answer, default=json_default), encoding="utf-8")
    os._exit(0)


class StepFailedError(Exception):
    """A step's failure: kind and details for whoever words it."""


class _Run:
    """One job in this process."""

    def __init__(self, job: Job, shell: Shell, channel: socket.socket) -> None:
        self.job, self.shell, self.channel = job, shell, channel
        self.outputs = Outputs()
        self.count = 0

    def run(self) -> dict[str, Any]:
        """``results`` of all steps, or ``failed``: number of the step, kind of failure, its details."""
        results: list[Result] = []
        for number, step in enumerate(self.job.steps):
            self.channel.send(json.dumps({"step": number}).encode())
            try:
                results.append(self._run_step(step))
            except StepFailedError as failure:
                return {"failed": [number, *failure.args]}
        return {"results": results}

    def _run_step(self, step: Step) -> Result:
        result: Result = {}
        if step.before:
            self.shell.evaluate({"before": step.before})
        if step.source is not None:
            self.count += 1
            self.outputs.start_cell()
            reply = self.shell.run(step.source)
            self._take_messages()
            if reply["status"] != "ok" and not step.may_fail:
                raise StepFailedError("raised", reply["ename"], reply["evalue"], reply["traceback"])
            result = {"outputs": self.outputs.end_cell(), "execution_count": self.count}
        if step.expressions:
            result["expressions"] = self._evaluate(step.expressions)
        return result

    def _take_messages(self) -> None:
        for kind, content in self.shell.take_messages():
            if kind.startswith("comm"):
                raise StepFailedError("comm")
            self.outputs.take(kind, content)

    def _evaluate(self, expressions: tuple[str, ...]) -> list[dict[str, Any]]:
        answers = self.shell.evaluate({str(number): text for number, text in enumerate(expressions)})
        pairs = [(text, answers[str(number)]) for number, text in enumerate(expressions)]
        failed = [(text, it["ename"], it["evalue"]) for text, it in pairs if it["status"] != "ok"]
        if failed:
            raise StepFailedError("expressions", failed)
        return [answer["data"] for _, answer in pairs]


def _find_hiding() -> str:
    """What in the working directory would have changed the imports made ahead, or nothing."""
    for path in Path().iterdir():
        if path.name == SETTINGS and "matplotlib" in sys.modules:
            return path.name
        if path.stem in sys.modules and (path.suffix == ".py" or (path / "__init__.py").exists()):
            return path.name
    return ""


def _join_parent(parent: int) -> None:
    """A process group of its own, so that what a cell starts can be ended with it; no life after the parent."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _reseed() -> None:
    """What is random differs from child to child, as it does from kernel to kernel."""
    gc.enable()
    if random := sys.modules.get("numpy.random"):
        random.seed()
