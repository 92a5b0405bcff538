"""Parameters of a run: from the command line or a file, injected after the cell tagged ``parameters``."""

from __future__ import annotations

import ast
import contextlib
import copy
import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sourcebook.core.text import nearest
from sourcebook.core.yaml_text import find_no_days, load_yaml
from sourcebook.errors import Issue, ProjectError

if TYPE_CHECKING:
    from nbformat import NotebookNode

INJECTED = "injected-parameters"
"""Id and tag of the cell that sets parameters, as papermill tags it."""


def read_parameters(pairs: Iterable[str] = (), path: Path | None = None) -> dict[str, Any]:
    """Values from ``name:value`` pairs (YAML scalars, as Quarto's ``-P``) over those of a YAML file.

    Raises ``ProjectError`` for a pair without a colon, a name Python would not accept, a file that is no mapping.
    """
    values = _read_file(path) if path else {}
    for pair in pairs:
        name, colon, text = pair.partition(":")
        if not colon:
            raise ProjectError(
                "A parameter cannot be read.", [Issue(f"-P {pair}", "has no colon", pair, "name:value")]
            )
        values[name.strip()] = _scalar(text)
    wrong = [name for name in values if not name.isidentifier()]
    if wrong:
        issues = [Issue(f"parameter {name!r}", "is not a name Python accepts") for name in wrong]
        raise ProjectError("A parameter cannot be used.", issues)
    return values


def inject_parameters(notebook: NotebookNode, values: Mapping[str, Any]) -> NotebookNode:
    """A copy of ``notebook`` with a cell that sets ``values``: after the cell tagged ``parameters``, in the place
    of an earlier injection, or first (papermill's rule).
    """
    made = copy.deepcopy(notebook)
    lines = [f"{name} = {_python(value)}" for name, value in values.items()]
    import nbformat  # a build that has nothing to do should not wait for it

    cell = nbformat.v4.new_code_cell("# Parameters\n" + "\n".join(lines), id=INJECTED)
    cell.metadata["tags"] = [INJECTED, "remove-cell"]
    old = _tagged(made, INJECTED)
    defaults = _tagged(made, "parameters")
    if old is not None:
        made.cells[old] = cell
    else:
        made.cells.insert(0 if defaults is None else defaults + 1, cell)
    return made


def parameter_names(notebook: NotebookNode) -> set[str] | None:
    """The names that the cell tagged ``parameters`` assigns; None when there is no such cell."""
    defaults = parameter_defaults(notebook)
    return None if defaults is None else set(defaults)


def parameter_defaults(notebook: NotebookNode) -> dict[str, Any] | None:
    """The same names with their values, None for one that is computed; a date of whole numbers is one."""
    position = _tagged(notebook, "parameters")
    if position is None:
        return None
    try:
        tree = ast.parse(notebook.cells[position].source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}  # running the cell says where
    found = [
        (target, node.value) for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    found += [
        (node.target, node.value) for node in tree.body if isinstance(node, ast.AnnAssign) and node.value
    ]
    return {target.id: _literal(value) for target, value in found if isinstance(target, ast.Name)}


def read_value(text: str, default: Any) -> Any:
    """``text`` as a value of the type that ``default`` has; as a YAML scalar where that is None.

    Raises ``ValueError`` with what was expected.
    """
    kind = type(default)
    try:
        value = _READERS.get(kind, _scalar)(text)
    except ValueError:
        value = None
    if default is not None and type(value) is not kind:
        raise ValueError(_KINDS.get(kind, f"a {kind.__name__}"))
    return value


_READERS: dict[type, Callable[[str], Any]] = {
    str: str, int: int, float: float, datetime.date: datetime.date.fromisoformat,
}  # fmt: skip
_KINDS = {
    datetime.date: "a date such as 2025-02-03",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list in [ ]",
}


def check_parameters(values: Mapping[str, Any], known: Sequence[set[str]]) -> None:
    """Raises ``ProjectError`` when a name is assigned in no parameters cell, with the nearest names."""
    names = sorted(set().union(*known)) if known else []
    issues = []
    for name in values:
        if name not in names:
            fix = nearest(name, names, cutoff=0.5) or "assign it in a cell tagged 'parameters'"
            issues.append(
                Issue(f"parameter {name!r}", "no chapter has it", expected=", ".join(names), fix=fix)
            )
    if issues:
        raise ProjectError("A parameter is unknown.", issues)


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("date") and not node.keywords:
        with contextlib.suppress(ValueError, TypeError):
            return datetime.date(*map(ast.literal_eval, node.args))
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None


def _tagged(notebook: NotebookNode, tag: str) -> int | None:
    found = (n for n, cell in enumerate(notebook.cells) if tag in cell.metadata.get("tags", []))
    return next(found, None)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        found = load_yaml(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError("The parameters file cannot be read.", [Issue(str(path), str(error))]) from error
    if not isinstance(found, dict):
        raise ProjectError(
            "The parameters file cannot be read.", [Issue(str(path), "holds no 'name: value' pairs")]
        )
    if faults := [
        Issue(
            f"{path.name}, {', '.join(keys)}", "no calendar has this day", day, fix="quote it if it is a text"
        )
        for keys, day in find_no_days(found)
    ]:
        raise ProjectError("A parameter cannot be used.", faults)
    return {str(name): value for name, value in found.items()}


def _scalar(text: str) -> Any:
    try:
        value = load_yaml(text)
    except yaml.YAMLError:
        return text
    return value if isinstance(value, (bool, int, float, list, dict)) or value is None else text.strip()


def _python(value: Any) -> str:
    """``value`` as Python source that gives it back."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_python(key)}: {_python(item)}" for key, item in value.items()) + "}"
    if isinstance(value, datetime.date):
        return f"__import__('datetime').date({value.year}, {value.month}, {value.day})"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    return repr(value if value is None or isinstance(value, (bool, int, float, str)) else str(value))
