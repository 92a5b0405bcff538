"""The house keeps its shape: rooms lie in one order, files are short, and no two share a name."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import sourcebook

HOUSE = Path(sourcebook.__file__).parent
# A room imports from those behind it only.
ROOMS = (
    *(
        "cli",
        "commands",
        "arguments",
        "preview",
        "edition",
        "compare",
        "render",
        "execute",
        "cache",
        "ledger",
        "charts",
    ),
    *("core", "errors"),
)
# Their folder says the difference.
TELLING = {"forms", "passes", "formats"}
LONGEST = 350


def list_files():
    return sorted(HOUSE.rglob("*.py"))


def find_room(path):
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def find_imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sourcebook."):
            yield node.module.split(".")[1]


def test_rooms_import_only_from_those_below():
    above = {
        (path.relative_to(HOUSE).as_posix(), room)
        for path in list_files()
        if find_room(path) in ROOMS
        for room in find_imports(path)
        if ROOMS.index(room) < ROOMS.index(find_room(path))
    }
    assert above == set()


def test_charts_stand_on_core_alone():
    rooms = {room for path in list_files() if find_room(path) == "charts" for room in find_imports(path)}
    assert rooms <= {"charts", "core", "errors"}


def test_no_two_files_share_a_name():
    names = Counter(
        path.name for path in list_files() if path.name != "__init__.py" and path.parent.name not in TELLING
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_file_is_long():
    long = {
        path.name for path in list_files() if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert long == set()
