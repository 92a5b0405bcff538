"""What a notebook asks to be run, apart from its prose: the steps, and their results put back into the cells.

What runs notebooks and what keeps results know steps and results only, so that a notebook is read in one place.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Sequence

import nbformat
from nbformat import NotebookNode

from sourcebook.cache.results import Key
from sourcebook.cache.store import Result
from sourcebook.core.files import digest
from sourcebook.core.notebook import find_expressions, read_options, split_options
from sourcebook.core.options import ERROR, EVAL
from sourcebook.execute.figures import Size, plan_sizes, read_size
from sourcebook.execute.job import Job, Step, place


def read_steps(notebook: NotebookNode, name: str, figure: Size = (None, None)) -> tuple[Step, ...]:
    """The steps of ``notebook`` in order; figures have the size ``figure`` where no cell asks for another.

    Raises ``ExecutionError`` for option lines that cannot be read.
    """
    read = [_read_step(index, cell, place(name, index)) for index, cell in enumerate(notebook.cells)]
    steps = [step for step in read if step]
    code = [step for step in steps if step.source is not None]
    sizes = [read_size(read_options(notebook.cells[step.cell]), place(name, step.cell)) for step in code]
    before = dict(zip(code, plan_sizes(sizes, figure), strict=True))
    return tuple(dataclasses.replace(step, before=before.get(step, "")) for step in steps)


def fill_notebook(notebook: NotebookNode, steps: Sequence[Step], results: Sequence[Result]) -> NotebookNode:
    """A copy of ``notebook`` that carries ``results``; code cells without a step come out empty."""
    filled = copy.deepcopy(notebook)
    for cell in filled.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    for step, result in zip(steps, results, strict=True):
        cell = filled.cells[step.cell]
        if step.source is not None:
            cell.outputs = [nbformat.from_dict(output) for output in result["outputs"]]
            cell.execution_count = result["execution_count"]
        if step.expressions:
            cell.metadata["user_expressions"] = [
                {"expression": text, "result": {"status": "ok", "data": data, "metadata": {}}}
                for text, data in zip(step.expressions, result["expressions"], strict=True)
            ]
    return filled


def describe_job(job: Job) -> Key:
    """What of a job decides whether an earlier result is its own."""
    cells = tuple(step.cell for step in job.steps)
    return Key(job.name, job.kernel, cells, tuple(map(digest_code, job.steps)))


def digest_code(step: Step) -> str:
    """What of a step matters for its result: not the texts among its options, except their expressions."""
    head, code = split_options(step.source or "")
    lines = head.count("\n") + 1 if head else 0  # line numbers in messages count the option lines
    said = [code, lines, step.source is None, step.may_fail, step.expressions, step.before]
    return digest(json.dumps(said).encode())


def _read_step(index: int, cell: NotebookNode, where: str) -> Step | None:
    if cell.cell_type != "code":
        expressions = tuple(find_expressions(cell))
        return Step(index, None, expressions=expressions) if expressions else None
    options = read_options(cell, where)
    if EVAL.of(options) is False or not cell.source.strip():
        return None
    return Step(index, cell.source, bool(ERROR.of(options)), tuple(find_expressions(cell)))
