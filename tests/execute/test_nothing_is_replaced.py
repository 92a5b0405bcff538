"""Nothing of Python or of other packages is replaced by ours: no module outside of this one is assigned to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sourcebook

SOURCE = Path(sourcebook.__file__).parent
ALLOWED = {
    # A forked kernel is told its own command line and its own variables, as a program that is started is.
    "execute/fork_server.py: sys.argv[...]",
    "execute/fork_server.py: os.environ[...]",
    "execute/fork_server.py: sys.path[...]",
    # Its own entry there: what makes `sourcebook.render` both a package and a function.
    "render/__init__.py: sys.modules[...].__class__",
    # Settings, by the means that matplotlib offers for them.
    "execute/kernel_side.py: mpl.rcParams[...]",
}


def find_replaced(tree: ast.AST) -> Iterator[str]:
    """The targets of assignments and deletions that begin with an imported module of another package."""
    foreign = {name for node in ast.walk(tree) for name in _list_foreign(node)}
    for target in (target for node in ast.walk(tree) for target in _list_targets(node)):
        root = target
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if root is not target and isinstance(root, ast.Name) and root.id in foreign:
            yield _name(target)


def _list_foreign(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [(name.asname or name.name.partition(".")[0], name.name) for name in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [(name.asname or name.name, node.module or "sourcebook") for name in node.names]
    else:
        return
    yield from (name for name, module in names if module.partition(".")[0] != "sourcebook")


def _list_targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("setattr", "delattr"):
        return [ast.Attribute(node.args[0], "?", ast.Store())]
    return []


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Subscript):
        return f"{_name(target.value)}[...]"
    return (
        f"{_name(target.value)}.{target.attr}" if isinstance(target, ast.Attribute) else ast.unparse(target)
    )


def test_nothing_of_python_or_of_other_packages_is_replaced():
    found = {
        f"{path.relative_to(SOURCE).as_posix()}: {replaced}"
        for path in SOURCE.rglob("*.py")
        for replaced in find_replaced(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found <= ALLOWED


def test_such_assignments_are_found():
    text = "import os.path as p, sys, json\nfrom numpy import random\np.x = 1\nsys.modules['a'] = 2\nrandom.seed += 1\ndel json.dumps\nsetattr(sys, 'a', 1)\nos = 3\nx: int = 4"
    assert set(find_replaced(ast.parse(text))) == {
        "p.x",
        "sys.modules[...]",
        "random.seed",
        "json.dumps",
        "sys.?",
    }
