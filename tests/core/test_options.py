"""The table of options: each is declared once, and used where it has its effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sourcebook
from sourcebook.core import options
from sourcebook.core.options import EVERY, OPTIONS, Option, Where, list_names
from sourcebook.render.formats import list_formats

SOURCE = Path(sourcebook.__file__).parent
# These check names and values and write them down; they give no option its effect.
CHECKS = (
    "core/options.py",
    "core/reference.py",
    "render/source/settings.py",
    "render/source/values.py",
)
DECLARED = {name: found for name, found in vars(options).items() if isinstance(found, Option)}
MODULE = "sourcebook.core.options"


def read_modules() -> Iterator[tuple[str, ast.Module]]:
    """All modules of the tool, by their paths."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def find_uses(tree: ast.Module) -> set[str]:
    """The names of the table that a module uses, other than by importing them."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == MODULE]
    imported = {alias.asname or alias.name: alias.name for node in imports for alias in node.names}
    used = {
        imported[node.id]
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in imported
    }
    return used | {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "options"
    }


def test_every_option_that_is_declared_is_used_where_it_has_its_effect():
    used = {name for path, tree in read_modules() if path not in CHECKS for name in find_uses(tree)}
    assert sorted(DECLARED.keys() - used) == []


def test_an_option_that_nobody_uses_would_be_found():
    tree = ast.parse(
        f"from {MODULE} import ECHO, LABEL\nfrom sourcebook.core import options\nECHO.of(options.TOC)"
    )
    assert find_uses(tree) == {"ECHO", "TOC"}


def find_literals(tree: ast.Module) -> Iterator[str]:
    """Names that a module reads from settings, options or attributes without the table."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=holder, slice=ast.Constant(value=str(name))):
                pass
            case ast.Call(
                func=ast.Attribute(value=holder, attr="get" | "pop"), args=[ast.Constant(value=str(name)), *_]
            ):
                pass
            case ast.Compare(
                left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[holder]
            ):
                pass
            case _:
                continue
        word = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
        if word in ("meta", "options"):
            yield name


READERS = ("core", "execute", "render")
# Words of ours in things that are called so: run options of a sweep, pandoc's metadata, words of a shortcode.
OTHERS = {
    "render/sweep.py", "render/sweep_task.py", "render/source/shortcodes.py", "render/formats/html.py", "render/tools.py",
}  # fmt: skip


def test_every_option_that_is_used_is_declared():
    """Reading goes through the table: ``ECHO.of(options)``, never ``options["echo"]``."""
    found = {
        (path, name)
        for path, tree in read_modules()
        if path.startswith(READERS) and path not in OTHERS
        for name in find_literals(tree)
    }
    assert found == set()


def test_no_name_of_an_option_stands_anywhere_else():
    """A name with a hyphen is an option's and nothing else's, so that it can be told from other words."""
    hyphenated = {name for option in OPTIONS for name in option.names if "-" in name}
    hyphenated -= {"code-fold"}  # the class of a block as well
    found = {
        (path, node.value)
        for path, tree in read_modules()
        if path.startswith(READERS) and path not in CHECKS
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in hyphenated
    }
    assert found == set()


def test_names_are_declared_once_in_each_place():
    for place in Where:
        names = [name for option in OPTIONS if place in option.where for name in option.names]
        assert len(names) == len(set(names)), place


def test_formats_are_those_that_can_be_written():
    named = {form for option in OPTIONS for form in (*option.formats, *option.by_format)}
    assert named <= {*list_formats(), *EVERY}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_says_what_it_does_and_has_a_default_that_it_accepts(option):
    assert option.where
    assert option.about.endswith(".")
    assert option.default is None or option.accepts(option.default)
    assert Where.CELL in option.where or not option.passed_on


def test_names_with_a_kind_stand_for_each_kind():
    assert {"fig-cap", "tbl-cap", "lst-cap", "fig-subcap"} <= list_names(Where.CELL)
    assert options.CAPTION.for_kind("map").of({"map-cap": "A map"}) == "A map"


@pytest.mark.parametrize(
    ("option", "sound", "unsound"),
    [
        (options.LAYOUT, ["[[1, 1], [1]]", "[1,-2]"], ["[[1, 1], [1]", "[[a]]", "wide", "[]"]),
        (options.LAYOUT_NCOL, ["2"], ["0", "two", "1.5"]),
        (options.FIG_WIDTH, ["6", "4.5", ".5"], ["6in", "wide", "1."]),
        (options.OUT_WIDTH, ["60%", "8cm", "100"], ["wide", "60 %"]),
        (options.FIG_ALIGN, ["left", "default"], ["middle"]),
        (options.CODE_FOLD, ["true", "show"], ["yes"]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_values_of_attributes_are_told_from_others(option, sound, unsound):
    assert all(map(option.accepts_text, sound))
    assert not any(map(option.accepts_text, unsound))
