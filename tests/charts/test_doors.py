"""What the room offers at its door, and that a notebook imports the forms it draws and no others."""

import importlib
import subprocess
import sys

import pytest

from sourcebook import charts

FORMS = (
    *("bars", "columns", "dots", "lines", "matrix", "ranges", "slope", "spread", "timeline"),
    *("tornado", "waits"),
)
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
        ("from sourcebook import charts; charts.waits", {"waits"}),
        ("from sourcebook.charts import Column, claim_table, lines, table", {"lines"}),
    ],
)
def test_only_the_forms_asked_for_are_imported(statement, forms):
    imported = modules_after(statement)
    assert {name.removeprefix("forms.") for name in imported if name.startswith("forms.")} == forms
    assert forms or "exhibits" not in imported


def test_all_that_is_offered_is_there_and_listed():
    assert set(charts.__all__) <= set(dir(charts))
    assert all(getattr(charts, name) is not None for name in charts.__all__)
    with pytest.raises(AttributeError, match=r"'sourcebook\.charts' has no attribute 'pie'"):
        _ = charts.pie


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_its_function_also_when_its_module_was_imported(form):
    module = importlib.import_module(f"sourcebook.charts.forms.{form}")
    assert getattr(charts, form) is getattr(module, form)
    assert callable(getattr(charts, form))
