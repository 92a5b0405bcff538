"""One notebook through a Jupyter kernel of its own (nbclient, IPC transport)."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.expressions import find_expressions
from sourcebook.execute.options import read_options

# One thread per numeric library: the notebooks themselves run side by side.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


async def execute_notebook(path: Path, *, timeout: int, name: str | None = None) -> NotebookNode:
    """``path`` executed top to bottom in its own folder; its file is not touched.

    ``timeout`` is seconds per cell. ``name`` is how messages call the notebook. Inline expressions are
    evaluated where they stand and stored as ``user_expressions``.

    Raises ``ExecutionError`` for a malformed file, a raising cell or expression, a cell over time, a dead kernel.
    """
    name = name or path.name
    notebook = read_notebook(path, name)
    folder = Path(tempfile.mkdtemp(prefix="sourcebook-"))
    # A connection file of its own keeps the sockets of kernels that run side by side apart.
    manager = AsyncKernelManager(
        kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
        transport="ipc",
        connection_file=str(folder / "kernel.json"),
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=timeout,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        with (folder / "stderr.txt").open("wb") as complaints:
            await client.async_start_new_kernel(env=os.environ | _ENVIRONMENT, stderr=complaints)
            await client.async_start_new_kernel_client()
            await _run_cells(client, name, timeout)
    finally:
        await client._async_cleanup_kernel()
        shutil.rmtree(folder, ignore_errors=True)
    return notebook


def read_notebook(path: Path, name: str) -> NotebookNode:
    """A notebook file as a version 4 node; ``ExecutionError`` when it is not one."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError as error:
        raise ExecutionError("A notebook is missing.", [Issue(name, "no such file")]) from error
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        found = str(error).strip().splitlines()[0][:200]
        issue = Issue(
            name, "not a readable notebook", found, "Jupyter notebook JSON, format 4", "restore it from git"
        )
        raise ExecutionError("A notebook is malformed.", [issue]) from error
    return notebook


async def _run_cells(client: NotebookClient, name: str, timeout: int) -> None:
    count = 0
    for index, cell in enumerate(client.nb.cells):
        where = f"{name}, cell {index + 1}"
        if cell.cell_type == "code":
            options = read_options(cell, where)
            if options.get("eval", True) is False or not cell.source.strip():
                continue
            if options.get("error"):
                cell.metadata.setdefault("tags", []).append("raises-exception")
            count += 1
            await _run_cell(client, cell, index, count, where)
        await _evaluate(client, cell, where, timeout)


async def _run_cell(client: NotebookClient, cell: NotebookNode, index: int, count: int, where: str) -> None:
    try:
        await client.async_execute_cell(cell, index, execution_count=count)
    except CellTimeoutError as error:
        issue = Issue(
            where, "did not end in time", expected=f"at most {client.timeout} s", fix="see --timeout"
        )
        raise ExecutionError("A cell ran too long and was stopped.", [issue]) from error
    except DeadKernelError as error:
        raise ExecutionError(
            "A kernel died.", [Issue(where, "the kernel stopped while this cell ran")]
        ) from error
    except CellExecutionError as error:
        raise _raised(cell, where, error) from error


def _raised(cell: NotebookNode, where: str, error: CellExecutionError) -> ExecutionError:
    output = next((o for o in reversed(cell.outputs) if o.output_type == "error"), None)
    trace = [_ANSI.sub("", line) for line in output.traceback] if output else []
    lines = _ERROR_LINE.findall("\n".join(trace))
    place = f"{where}, line {lines[0]}" if lines else where
    message = _ANSI.sub("", f"{error.ename}: {error.evalue}")
    short = "\n".join(_short_traceback(trace))
    return ExecutionError(f"A cell raised an error.\n{short}", [Issue(place, message)])


def _short_traceback(trace: list[str], most: int = 24) -> list[str]:
    lines = "\n".join(trace).splitlines()
    if len(lines) <= most:
        return ["    " + line for line in lines]
    return ["    " + line for line in [*lines[: most // 2], "...", *lines[-most // 2 :]]]


async def _evaluate(client: NotebookClient, cell: NotebookNode, where: str, timeout: int) -> None:
    """Inline expressions of ``cell``, evaluated by the kernel and stored beside the cell."""
    expressions = find_expressions(cell)
    if not expressions:
        return
    asked = {str(number): text for number, text in enumerate(expressions)}
    assert client.kc is not None  # async_start_new_kernel_client made it
    message = client.kc.execute("", silent=True, store_history=False, user_expressions=asked)
    reply = await client.kc._async_get_shell_msg(timeout=timeout)
    while reply["parent_header"].get("msg_id") != message:
        reply = await client.kc._async_get_shell_msg(timeout=timeout)
    results = reply["content"]["user_expressions"]
    issues = [
        Issue(
            where,
            f"the inline expression {text!r} raised {result['ename']}: {_ANSI.sub('', result['evalue'])}",
        )
        for text, result in ((asked[key], results[key]) for key in asked)
        if result["status"] != "ok"
    ]
    if issues:
        raise ExecutionError("An inline expression failed.", issues)
    cell.metadata["user_expressions"] = [
        {"expression": asked[key], "result": {"status": "ok", "data": results[key]["data"], "metadata": {}}}
        for key in asked
    ]
