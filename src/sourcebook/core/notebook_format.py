"""Notebook files as programs of all times and kinds left them: read as version 4, what they lack put in and named."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcebook.core.limits import NOTEBOOK_BYTES
from sourcebook.errors import ExecutionError, Issue

if TYPE_CHECKING:
    from nbformat import NotebookNode

_KINDS = ("code", "markdown", "raw")
_BODIES: dict[str, dict[str, Any]] = {
    "stream": {"name": "stdout", "text": ""},
    "display_data": {"data": {}, "metadata": {}},
    "execute_result": {"data": {}, "metadata": {}, "execution_count": None},
    "error": {"ename": "", "evalue": "", "traceback": []},
}
_KEYS = {"id", "cell_type", "metadata", "source", "attachments", "outputs", "execution_count"}
_TOP = {"cells", "metadata", "nbformat", "nbformat_minor"}
_NO_ID = re.compile(r"[^A-Za-z0-9_-]+")
_LEFT_OUT = "the cell is left out: it is of a kind that is unknown here"


def read_notebook(
    path: Path, name: str, complain: Callable[[Issue], object] = lambda _: None
) -> NotebookNode:
    """A notebook file as a version 4 node; ``ExecutionError`` when it is not one.

    What Jupyter overlooks (keys that are missing or unknown, ids in an old format) is mended; ``complain`` is told.
    """
    import nbformat  # a build that has nothing to do should not wait for it

    try:
        if path.stat().st_size > NOTEBOOK_BYTES:
            raise ValueError(f"{path.stat().st_size // 10**6} MB; at most {NOTEBOOK_BYTES // 10**6} are read")
        text = path.read_text(encoding="utf-8")
        content = _mend_halves(json.loads(text)) if "\\ud" in text.lower() else json.loads(text)
        if content.get("nbformat", 0) < 4:
            content = nbformat.convert(nbformat.reads(json.dumps(content), as_version=nbformat.NO_CONVERT), 4)
            for number, cell in enumerate(
                content["cells"], start=1
            ):  # those it gave are other ones each time
                cell["id"] = f"cell-{number}"
        for issue in _mend(content, name):
            complain(issue)
        notebook = nbformat.v4.to_notebook_json(content)
        nbformat.validate(notebook)
    except FileNotFoundError as error:
        raise ExecutionError("A notebook is missing.", [Issue(name, "no such file")]) from error
    except Exception as error:  # a wrong type leads to whatever nbformat raises
        found = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        issue = Issue(
            name, "not a readable notebook", found, "Jupyter notebook JSON, format 4", "restore it from git"
        )
        raise ExecutionError("A notebook is malformed.", [issue]) from error
    return notebook


def _mend_halves(value: Any) -> Any:
    """A JSON value in whose texts half a pair, which JSON can write and no file can hold, is a question mark."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return list(map(_mend_halves, value))
    if isinstance(value, dict):
        return {_mend_halves(key): _mend_halves(child) for key, child in value.items()}
    return value


def _mend(notebook: Any, name: str) -> Iterator[Issue]:
    """Puts in, in place, what cells and outputs must have, and takes out what they cannot; each is named but for what
    carries no meaning.
    """
    for key in sorted(notebook.keys() - _TOP):
        del notebook[key]
        yield Issue(name, f"the property '{key}' of the notebook has no meaning, and no effect")
    notebook["metadata"] = _mend_metadata(notebook.get("metadata"))
    kept = []
    for number, cell in enumerate(notebook["cells"], start=1):
        place = f"{name}, cell {number}"
        if cell.get("cell_type") not in _KINDS:
            yield Issue(place, _LEFT_OUT, str(cell.get("cell_type")), " or ".join(_KINDS))
            continue
        kept.append(cell)
        for key in sorted(cell.keys() - _KEYS):
            del cell[key]
            yield Issue(place, f"the property '{key}' of the cell has no meaning, and no effect")
        for key, value in _list_needed(cell).items():
            if key not in cell:
                cell[key] = value
                yield Issue(place, f"the cell has no '{key}'", fix="save the notebook in Jupyter")
        cell["metadata"] = _mend_metadata(cell["metadata"])
        if cell["cell_type"] == "code":
            yield from _mend_outputs(cell, place)
            cell["execution_count"] = _as_count(cell["execution_count"])
        else:
            for key in ("outputs", "execution_count"):
                cell.pop(key, None)
    notebook["cells"] = kept
    yield from _mend_ids(notebook, name)


def _mend_metadata(metadata: Any) -> dict[str, Any]:
    """Without entries that say nothing, and with a kernel and authors as the format has them."""
    kept = {key: value for key, value in dict(metadata or {}).items() if value is not None}
    if isinstance(kernel := kept.get("kernelspec"), dict):
        if kernel.get("name"):
            kernel.setdefault("display_name", kernel["name"])
        else:
            del kept["kernelspec"]
    if isinstance(author := kept.get("authors"), str):
        kept["authors"] = [{"name": author}]
    return kept


def _as_count(found: Any) -> int | None:
    """The number that a cell or an output bears; some programs write it as text."""
    return int(found) if str(found).isdecimal() else None


def _list_needed(cell: Any) -> dict[str, Any]:
    needed: dict[str, Any] = {"metadata": {}, "source": ""}
    return needed | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})


def _mend_outputs(cell: Any, place: str) -> Iterator[Issue]:
    for output in cell["outputs"]:
        body = _BODIES.get(output.get("output_type"), {})
        for key, value in body.items():
            output.setdefault(key, copy.copy(value))
        for key in output.keys() - body.keys() - {"output_type"} if body else ():  # such as "transient"
            del output[key]
        if "execution_count" in output:
            output["execution_count"] = _as_count(output["execution_count"])
    unknown = [output for output in cell["outputs"] if output.get("output_type") not in _BODIES]
    for output in unknown:
        kind = str(output.get("output_type"))
        yield Issue(place, "an output is left out: it is of a kind that is unknown here", kind)
    cell["outputs"] = [output for output in cell["outputs"] if output not in unknown]


def _mend_ids(notebook: Any, name: str) -> Iterator[Issue]:
    """Cells have ids from format 4.5 on: where some have them earlier, the notebook is of that format."""
    minor = notebook.setdefault("nbformat_minor", 0)
    if minor < 5:
        if not any("id" in cell for cell in notebook["cells"]):
            return
        what = "cells have ids, which came with format 4.5 only"
        yield Issue(name, what, f"format 4.{minor}", fix="save the notebook in Jupyter")
        notebook["nbformat_minor"] = 5
    taken: set[str] = set()
    for number, cell in enumerate(notebook["cells"], start=1):
        own = _NO_ID.sub("-", str(cell.get("id") or f"cell-{number}"))[:64]
        cell["id"] = own if own not in taken else f"{own}-{number}"
        taken.add(cell["id"])
