"""What a notebook asks to be run, apart from its prose: the steps, and their results put back into the cells.

Both ways of running a notebook, and the store, know steps and results only; so none of them can differ in how a
notebook is read.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from sourcebook.errors import ExecutionError, Issue
from sourcebook.execute.expressions import find_expressions
from sourcebook.execute.figures import Size, plan_sizes, read_size
from sourcebook.execute.job import Step, place
from sourcebook.execute.options import read_options


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


def fill_notebook(
    notebook: NotebookNode, steps: Sequence[Step], results: Sequence[Mapping[str, Any]]
) -> NotebookNode:
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


def _read_step(index: int, cell: NotebookNode, where: str) -> Step | None:
    expressions = tuple(find_expressions(cell))
    if cell.cell_type != "code":
        return Step(index, None, expressions=expressions) if expressions else None
    options = read_options(cell, where)
    if options.get("eval", True) is False or not cell.source.strip():
        return None
    return Step(index, cell.source, bool(options.get("error")), expressions)
