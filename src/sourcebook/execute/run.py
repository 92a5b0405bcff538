"""One notebook through a Jupyter kernel of its own, driven by nbclient: any language, any system."""

from __future__ import annotations

import contextlib
import json
import math
import queue
import re
import shutil
import tempfile
import time
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict

from sourcebook.cache.trace import Recording
from sourcebook.core.files import session_folder
from sourcebook.core.streams import settle_text
from sourcebook.errors import ExecutionError
from sourcebook.execute import failures
from sourcebook.execute.environment import kernel_variables, use_scratch
from sourcebook.execute.figures import INSIDE
from sourcebook.execute.job import Job, Outcome, Result, Step, place
from sourcebook.execute.provisioner import NAME as PROVISIONER

# The kernel calls a cell's code by its process id; a warning that names it would differ with every run.
# The length is limited, since a cell may print a line of a million characters.
_CELL_FILE = re.compile(r"[^\s\"'(]{0,300}ipykernel_\d+/\d+\.py")
_LAST_WORDS = 4000


async def run_job(
    job: Job, modules: Sequence[str], slot: AbstractAsyncContextManager[Any] | None = None
) -> Outcome:
    """What comes of the job's steps in a kernel started for them, in ``job.folder``; ``modules`` are imported ahead.

    It runs in ``slot``, which is left before the kernel ends: that takes its time, though little of the processor's.

    Its failure is an ``ExecutionError`` for a raising cell or expression, a cell over time, a kernel that is dead or
    missing.
    """
    if not job.steps:
        return Outcome([], {})
    scratch = Path(tempfile.mkdtemp(dir=session_folder()))
    run = _Run(job, scratch, modules)
    try:
        results: list[Result] = []
        failure = None
        try:
            async with slot or contextlib.nullcontext():
                results = await run.run()
        except ExecutionError as error:
            failure = error
        finally:
            await run.end()
        return Outcome(results, _read_trace(scratch), failure)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _WarmSpecs(KernelSpecManager):
    """Names our provisioner for Python kernels whose kernelspec names none."""

    def __init__(self, modules: Sequence[str]) -> None:
        super().__init__()
        self._modules = list(modules)

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernelspec as it is installed, but for that."""
        spec = super().get_kernel_spec(kernel_name)
        if spec.language == "python" and "kernel_provisioner" not in spec.metadata:
            config = {"modules": self._modules}
            spec.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER, "config": config}
        return spec


class _Client(AsyncKernelClient):
    """A client that opens the two channels that are used, and knows by an answer when a kernel is ready.

    jupyter_client's opens five, and waits for a time of silence.
    """

    def start_channels(self, *_: Any, **__: Any) -> None:
        """Shell and IOPub: nobody is at the keyboard, and whether a kernel lives is asked of its process."""
        super().start_channels(stdin=False, hb=False, control=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Returns when the kernel has answered on both channels, so that no output can be missed.

        Raises ``RuntimeError`` when it has ended, or does not answer for ``timeout`` seconds.
        """
        deadline = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < deadline:
            asked = self.kernel_info()
            try:
                self._handle_kernel_info_reply(await self._async_recv_reply(asked, timeout=1.0))
                while (said := await self.get_iopub_msg(timeout=0.1))["parent_header"].get("msg_id") != asked:
                    pass
                while said["content"].get("execution_state") != "idle":
                    said = await self.get_iopub_msg(timeout=1.0)
                return
            except (TimeoutError, queue.Empty):  # not listening yet: asked once more
                if not await self._async_is_alive():
                    raise RuntimeError("it ended before it answered") from None
        raise RuntimeError(f"it did not answer for {timeout} s")


class _Run:
    """One job on its kernel."""

    def __init__(self, job: Job, scratch: Path, modules: Sequence[str]) -> None:
        self.job, self.scratch = job, scratch
        self.manager = AsyncKernelManager(
            kernel_name=job.kernel,
            kernel_spec_manager=_WarmSpecs(modules),
            client_factory=_Client,
            transport="ipc",
            # A connection file of its own keeps the sockets of kernels that run side by side apart.
            connection_file=str(scratch / "kernel.json"),
        )
        self.client = NotebookClient(
            from_dict({"cells": [_new_cell(step) for step in job.steps], "metadata": {}}),
            km=self.manager,
            timeout=job.timeout,
            record_timing=False,
            on_cell_executed=self._note_exit,
            resources={"metadata": {"path": str(job.folder)}},
        )
        self.errors = scratch / "stderr.txt"
        self.exited = ""
        self.answers: list[list[dict[str, Any]]] = []

    async def run(self) -> list[Result]:
        """All steps in order."""
        await self._start()
        settings = {
            "memory": self.job.memory, "scratch": str(self.scratch), "trace": str(self.scratch / "trace.json"),
        }  # fmt: skip
        # A kernel of another language, or of a Python without this package, answers with an error: it is not watched.
        await self._ask({"begin": f"{INSIDE}.begin({json.dumps(json.dumps(settings))})"})
        for number, step in enumerate(self.job.steps):
            if step.before or step.source is not None:
                await self._evaluate(number)
                await self._guard(step, self._run_cell(number, step))
        await self._evaluate(len(self.job.steps))
        await self._finish()
        made = zip(self.job.steps, self.client.nb.cells, self.answers, strict=True)
        return [_describe(step, cell, answers) for step, cell, answers in made]

    async def _finish(self) -> None:
        """Has the trace written, also before a failure is told: a kernel does not always come to its own end."""
        if not self.exited:
            await self._ask({"end": f"{INSIDE}.end()"})

    async def end(self) -> None:
        """Ends the kernel, by itself if it can: what it has not written yet is written."""
        if self.client.km:  # nbclient has cleaned up by itself when a kernel did not start
            await self.client._async_cleanup_kernel()

    async def _start(self) -> None:
        try:
            with self.errors.open("wb") as errors:
                environment = use_scratch(kernel_variables(), self.scratch)
                await self.client.async_start_new_kernel(env=environment, stderr=errors)
            await self.client.async_start_new_kernel_client()
        except NoSuchKernel as error:
            raise failures.kernel_absent(self.job.name, self.job.kernel) from error
        except (OSError, RuntimeError) as error:  # its program is gone, or ended at once
            raise failures.kernel_absent(self.job.name, self.job.kernel, str(error)) from error

    async def _guard(self, step: Step, doing: Coroutine[Any, Any, None]) -> None:
        """Says of which step it was when a kernel does not answer any more."""
        if self.exited:  # the kernel may live for a moment yet, in which one step runs and not another
            doing.close()
            raise failures.kernel_left(self.exited)
        where = place(self.job.name, step.cell)
        try:
            await doing
        except CellTimeoutError as error:
            raise failures.cell_too_long(where, self.job.timeout) from error
        except DeadKernelError as error:
            raise failures.kernel_died(where, await self._status(), self._last_words()) from error

    async def _run_cell(self, number: int, step: Step) -> None:
        if step.before:
            await self._ask({"before": step.before})
        if step.source is None:
            return
        cell = self.client.nb.cells[number]
        try:
            await self.client.async_execute_cell(cell, number)
        except CellExecutionError as error:
            await self._finish()
            raise failures.cell_raised(place(self.job.name, step.cell), *_find_error(cell, error)) from error

    async def _note_exit(self, cell_index: int, execute_reply: dict[str, Any], **_: Any) -> None:
        """``exit()`` in a cell ends the kernel a moment after it: no matter, if nothing follows."""
        payload = execute_reply["content"].get("payload", [])
        if any(item.get("source") == "ask_exit" and not item.get("keepkernel") for item in payload):
            self.exited = place(self.job.name, self.job.steps[cell_index].cell)

    async def _evaluate(self, end: int) -> None:
        """The inline expressions of the steps before ``end`` that have not been evaluated: those since the last code."""
        numbers = range(len(self.answers), end)
        texts = {f"{n}.{i}": text for n in numbers for i, text in enumerate(self.job.steps[n].expressions)}
        results: dict[str, Any] = {}

        async def ask() -> None:
            """One question for all of them."""
            results.update(await self._ask(texts))

        if texts:
            await self._guard(self.job.steps[numbers[0]], ask())
        for number in numbers:
            step = self.job.steps[number]
            answers = [(text, results[f"{number}.{i}"]) for i, text in enumerate(step.expressions)]
            failed = [(text, it["ename"], it["evalue"]) for text, it in answers if it["status"] != "ok"]
            if failed:
                await self._finish()
                raise failures.expressions_failed(place(self.job.name, step.cell), failed)
            self.answers.append([answer["data"] for _, answer in answers])

    async def _ask(self, expressions: dict[str, str]) -> dict[str, Any]:
        """Values of expressions; raises ``CellTimeoutError`` or ``DeadKernelError`` when no answer comes."""
        assert self.client.kc is not None  # async_start_new_kernel_client made it
        message = self.client.kc.execute("", silent=True, store_history=False, user_expressions=expressions)
        waited = 0.0
        while True:
            try:
                reply = await self.client.kc._async_get_shell_msg(timeout=min(1.0, self.job.timeout))
            except queue.Empty:
                waited += 1.0
                if await self._status() is not None:
                    raise DeadKernelError from None
                if waited >= self.job.timeout:
                    raise CellTimeoutError from None
                continue
            if reply["parent_header"].get("msg_id") == message:
                return reply["content"].get("user_expressions", {})

    async def _status(self) -> int | None:
        return await self.manager.provisioner.poll() if self.manager.provisioner else None

    def _last_words(self) -> str:
        """What the dying process wrote to standard error: the stack of a crash, for one."""
        return self.errors.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:]


def _new_cell(step: Step) -> NotebookNode:
    tags = ["raises-exception"] if step.may_fail else []
    cell = {"cell_type": "code", "source": step.source or "", "metadata": {"tags": tags}, "outputs": []}
    return from_dict(cell | {"execution_count": None})


def _find_error(cell: NotebookNode, error: CellExecutionError) -> tuple[str, str, list[str]]:
    shown = [output for output in cell.outputs if output["output_type"] == "error"]
    found: Any = shown[-1] if shown else {"ename": error.ename, "evalue": error.evalue, "traceback": []}
    return found["ename"], found["evalue"], found["traceback"]


def _describe(step: Step, cell: NotebookNode, answers: list[dict[str, Any]]) -> Result:
    result: Result = {}
    if step.source is not None:
        result = {"outputs": join_streams(cell.outputs), "execution_count": cell.execution_count}
    return result | Result(expressions=answers) if step.expressions else result


def join_streams(outputs: Sequence[NotebookNode]) -> list[dict[str, Any]]:
    """``outputs`` of one cell with one stream of each name, as nbclient's ``coalesce_streams`` would have it.

    How a text was cut into messages, and which of two streams came first, is chance; the same notebook shall give the
    same outputs. nbclient joins them after each cell, and then misses the output that a later cell updates.
    """
    joined: list[dict[str, Any]] = []
    streams: dict[str, dict[str, Any]] = {}
    for output in map(dict, outputs):
        if output["output_type"] != "stream":
            joined.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            joined.append(output)
            streams[output["name"]] = output
    for stream in streams.values():
        text = settle_text(stream["text"])
        stream["text"] = _CELL_FILE.sub("<cell>", text) if "ipykernel_" in text else text
    for index in range(len(joined) - 1):
        if (joined[index].get("name"), joined[index + 1].get("name")) == ("stderr", "stdout"):
            joined[index : index + 2] = [joined[index + 1], joined[index]]
    return joined


def _read_trace(scratch: Path) -> Recording | None:
    try:
        trace: Recording = json.loads((scratch / "trace.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # nobody was watching, or the kernel was killed
        return None
    return trace
