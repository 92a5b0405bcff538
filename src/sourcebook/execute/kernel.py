"""One notebook through a Jupyter kernel of its own (nbclient, IPC transport): any language, any system."""

from __future__ import annotations

import ast
import json
import queue
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from sourcebook.execute.environment import worker_environment
from sourcebook.execute.failures import (
    cell_raised,
    cell_too_long,
    expressions_failed,
    kernel_absent,
    kernel_died,
)
from sourcebook.execute.figures import INSIDE
from sourcebook.execute.job import Job, Outcome, Result, Step, place
from sourcebook.execute.outputs import Output, Outputs


async def run_in_kernel(job: Job) -> Outcome:
    """The job's steps in a kernel started for them, in ``job.folder``.

    Raises ``ExecutionError`` for a raising cell or expression, a cell over time, a kernel that is dead or missing.
    """
    scratch = Path(tempfile.mkdtemp(prefix="sourcebook-"))
    # A connection file of its own keeps the sockets of kernels that run side by side apart.
    manager = AsyncKernelManager(
        kernel_name=job.kernel, transport="ipc", connection_file=str(scratch / "kernel.json")
    )
    client = _Client(
        new_notebook(cells=[new_code_cell(step.source or "") for step in job.steps]),
        km=manager,
        timeout=job.timeout,
        record_timing=False,
        resources={"metadata": {"path": str(job.folder)}},
    )
    try:
        with (scratch / "stderr.txt").open("wb") as complaints:
            try:
                await client.async_start_new_kernel(env=worker_environment(scratch), stderr=complaints)
                await client.async_start_new_kernel_client()
            except NoSuchKernel as error:
                raise kernel_absent(job.name, job.kernel) from error
            except (OSError, RuntimeError) as error:  # its program is gone, or ended at once
                raise kernel_absent(job.name, job.kernel, str(error)) from error
            return await _Run(job, client, scratch).run()
    finally:
        if client.km:  # nbclient has cleaned up by itself when a kernel did not start
            await client._async_cleanup_kernel()
        shutil.rmtree(scratch, ignore_errors=True)


class _Client(NotebookClient):
    """nbclient, with the project's own reading of messages: one rule for both ways of running a notebook."""

    def __init__(self, notebook: NotebookNode, **options: Any) -> None:
        super().__init__(notebook, **options)
        self.gathered = Outputs()

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Overrides nbclient, whose updates to displays miss their output once streams are joined."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "status" and content["execution_state"] == "idle":
            raise CellExecutionComplete
        if kind.startswith("comm"):
            self.handle_comm_msg(cell.outputs, msg, cell_index)
        elif self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().process_message(msg, cell, cell_index)
        else:
            self.gathered.take(kind, content)
        return None


class _Run:
    """One job on a started kernel."""

    def __init__(self, job: Job, client: _Client, scratch: Path) -> None:
        self.job, self.client, self.scratch = job, client, scratch
        self.count = 0

    async def run(self) -> Outcome:
        """All steps in order; the trace is None in a kernel that cannot be watched."""
        watched = await self._begin()
        results = [await self._run_step(number, step) for number, step in enumerate(self.job.steps)]
        trace = await self._end() if watched else None
        return Outcome(results, trace)

    async def _begin(self) -> bool:
        """Limits and trace, where the kernel is a Python that knows this package; True when there is a trace."""
        settings = {"memory": self.job.memory, "scratch": str(self.scratch), "watch": self.job.watch}
        answer = await self._ask({"ready": f"{INSIDE}.begin({json.dumps(json.dumps(settings))})"})
        return answer.get("ready", {}).get("status") == "ok" and bool(self.job.watch)

    async def _end(self) -> dict[str, Any] | None:
        answer = await self._ask({"trace": f"{INSIDE}.end()"})
        if answer.get("trace", {}).get("status") != "ok":
            return None
        trace: dict[str, Any] = json.loads(ast.literal_eval(answer["trace"]["data"]["text/plain"]))
        return trace

    async def _run_step(self, number: int, step: Step) -> Result:
        where = place(self.job.name, step.cell)
        result: Result = {}
        try:
            if step.before:
                await self._ask({"before": step.before})
            if step.source is not None:
                self.count += 1
                result = {"outputs": await self._run_code(number, step, where), "execution_count": self.count}
            if step.expressions:
                result["expressions"] = await self._evaluate(step, where)
        except CellTimeoutError as error:
            raise cell_too_long(where, self.job.timeout) from error
        except DeadKernelError as error:
            raise kernel_died(where, await self._status()) from error
        return result

    async def _run_code(self, number: int, step: Step, where: str) -> list[Output]:
        gathered = self.client.gathered
        cell = self.client.nb.cells[number]
        cell.metadata["tags"] = ["raises-exception"] if step.may_fail else []
        gathered.start_cell()
        try:
            await self.client.async_execute_cell(cell, number)
        except CellExecutionError as error:
            trace = [
                output["traceback"] for output in gathered.end_cell() if output["output_type"] == "error"
            ]
            raise cell_raised(where, error.ename, error.evalue, trace[-1] if trace else []) from error
        return [*gathered.end_cell(), *cell.outputs]

    async def _evaluate(self, step: Step, where: str) -> list[dict[str, Any]]:
        """Inline expressions of a cell, evaluated by the kernel after it."""
        results = await self._ask({str(number): text for number, text in enumerate(step.expressions)})
        answers = [(text, results[str(number)]) for number, text in enumerate(step.expressions)]
        failed = [(text, it["ename"], it["evalue"]) for text, it in answers if it["status"] != "ok"]
        if failed:
            raise expressions_failed(where, failed)
        return [answer["data"] for _, answer in answers]

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
        provisioner = getattr(self.client.km, "provisioner", None)
        return await provisioner.poll() if provisioner else None
