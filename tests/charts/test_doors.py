"""What the room offers at its door, and that a notebook imports the forms it draws and no others."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from sourcebook import charts

FORMS = [
    module.name
    for module in pkgutil.iter_modules(importlib.import_module("sourcebook.charts.forms").__path__)
]
TELL = (
    "import sys; {};"
    "print(*(name.removeprefix('sourcebook.charts.') for name in sys.modules if name.startswith('sourcebook.charts.')))"
)


def modules_after(statement):
    code = TELL.format(statement)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(told.stdout.split())


@pytest.mark.parametrize(
    ("statement", "forms"),
    [
        ("import sourcebook.charts", set()),
        ("from sourcebook.charts import DIRECTIONS, ChartError, Mark, ramp, use_style", set()),
        ("from sourcebook.charts import bars", {"bars"}),
        ("from sourcebook import charts; charts.durations", {"durations"}),
        (
            "from sourcebook.charts import Column, claim_table, lines, table",
            {"lines", "table", "claim_table"},
        ),
    ],
)
def test_only_the_forms_asked_for_are_imported(statement, forms):
    imported = modules_after(statement)
    assert {name.removeprefix("forms.") for name in imported if name.startswith("forms.")} == forms
    assert forms or "figure_exhibit" not in imported


def test_all_that_is_offered_is_there_and_listed():
    offered = {name for name in dir(charts) if not name.startswith("_")}
    assert {*charts.__all__, *FORMS, "Column", "figure"} <= offered
    assert all(getattr(charts, name) is not None for name in offered)
    with pytest.raises(AttributeError, match=r"'sourcebook\.charts' has no attribute 'pie'"):
        _ = charts.pie


@pytest.mark.parametrize(("old", "new"), [("waits", "durations"), ("STATES", r"_brand\.yml")])
def test_who_asks_for_a_former_name_is_told_the_present_one(old, new):
    with pytest.raises(ImportError, match=new):
        importlib.import_module("sourcebook.charts").__getattr__(old)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_its_line_for_type_checkers(form):
    text = Path(charts.__file__).read_text(encoding="utf-8")
    assert f"from sourcebook.charts.forms.{form} import {form} as {form}\n" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_its_function_also_when_its_module_was_imported(form):
    module = importlib.import_module(f"sourcebook.charts.forms.{form}")
    assert getattr(charts, form) is getattr(module, form)
    assert callable(getattr(charts, form))


def test_no_form_is_left_out_where_all_promises_are_tested(tried_forms):
    assert set(FORMS) - tried_forms == set()  # a new one wants an entry in conftest.py
