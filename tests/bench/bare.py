"""The limit: the code cells of notebooks as they are, in this one process after one import, figures written as SVG.

`python bare.py notebook.ipynb ...`; nothing is converted, nothing written to disk.
"""

import ast
import io
import json
import os
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
from matplotlib import pyplot as plt  # after the choice of the backend

FORMATS = ("_repr_mimebundle_", "_repr_html_", "_repr_markdown_", "_repr_svg_")


def run_notebook(path: Path) -> None:
    names = {"display": show, "__name__": "__main__"}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            run_cell("".join(cell["source"]), names)
            for number in plt.get_fignums():
                plt.figure(number).savefig(io.BytesIO(), format="svg")
            plt.close("all")


def run_cell(source: str, names: dict) -> None:
    """A cell ends in what it displays, when its last statement is an expression."""
    tree = ast.parse("\n".join(line for line in source.split("\n") if not line.startswith("%")))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last:
        show(eval(compile(ast.Expression(last.value), "cell", "eval"), names))


def show(*values: object) -> None:
    """What a notebook would make of a value: its richest format, or its text."""
    for value in values:
        found = (getattr(value, name) for name in FORMATS if hasattr(value, name))
        next(found, value.__repr__)()


for name in map(Path, sys.argv[1:]):
    os.chdir(name.parent)
    run_notebook(name)
