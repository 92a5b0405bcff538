"""nbconvert's command line finds our formats."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import urllib.request
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FIGURE = "#| label: fig-a\n#| fig-cap: A line\n#| fig-alt: A line that rises.\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


# The command itself for one format after the other: it takes longer to import than to run.
CONVERT = """
import sys
from nbconvert.nbconvertapp import NbConvertApp
for form in sys.argv[2:]:
    NbConvertApp.launch_instance(["--to", form, "--execute", sys.argv[1]])
    NbConvertApp.clear_instance()
"""


def write_notebook(folder):
    cells = [
        new_markdown_cell("# A title\n\nIt is `{python} 6 * 7`; see @fig-a.", id="a"),
        new_code_cell(FIGURE, id="b"),
    ]
    nbformat.write(new_notebook(cells=cells), folder / "x.ipynb")
    return folder / "x.ipynb"


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """The notebook with what nbconvert wrote beside it."""
    notebook = write_notebook(tmp_path_factory.mktemp("converted"))
    forms = ["report-html", "report-pdf", "report-md", "report-docx"]
    command = [sys.executable, "-c", CONVERT, str(notebook), *forms]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return notebook


def test_all_formats_are_entry_points():
    names = {point.name for point in importlib.metadata.entry_points(group="nbconvert.exporters")}
    forms = ("html", "pdf", "md", "docx")
    assert {f"report{mark}{form}" for mark in "_-" for form in forms} <= names


@pytest.mark.slow
@pytest.mark.parametrize("form", ["html", "pdf", "md", "docx"])
def test_nbconvert_runs_and_writes_the_notebook(converted, form):
    body = converted.with_suffix(f".{form}").read_bytes()
    if form in ("html", "md"):
        assert b"It is 42" in body
        assert "Figure\u00a01".encode() in body
    elif form == "pdf":
        assert body.startswith(b"%PDF-1.7")
    else:
        with zipfile.ZipFile(converted.with_suffix(".docx")) as word:
            assert b'descr="A line that rises."' in word.read("word/document.xml")
    assert form != "md" or (converted.parent / "exhibits" / "fig-a.svg").is_file()


@pytest.mark.slow
def test_stored_outputs_are_kept(tmp_path):
    notebook = write_notebook(tmp_path)
    stored = nbformat.read(notebook, as_version=4)
    output = nbformat.v4.new_output("stream", text="stored words\n")
    stored.cells = [new_code_cell("1 / 0", id="b", outputs=[output], execution_count=1)]
    nbformat.write(stored, notebook)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "report-md", str(notebook)]
    subprocess.run(command, capture_output=True, check=True)
    assert "stored words" in notebook.with_suffix(".md").read_text()


@pytest.mark.slow
def test_jupyters_server_exports_every_format_and_runs_nothing(tmp_path):
    """What JupyterLab's menu Save and Export asks for."""
    if importlib.util.find_spec("jupyter_server") is None:
        pytest.skip("jupyter-server, which make lab installs, is not there")
    output = nbformat.v4.new_output("stream", text="stored words\n")
    cell = new_code_cell("open('ran', 'w')", id="b", outputs=[output], execution_count=1)
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "x.ipynb")
    settings = [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        "--IdentityProvider.token=a",
        "--allow-root",
    ]
    command = [
        sys.executable,
        "-m",
        "jupyter_server",
        "--no-browser",
        *settings,
        f"--ServerApp.root_dir={tmp_path}",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        try:
            said = (re.search(r"http://127\.0\.0\.1:(\d+)/", line) for line in server.stderr)
            port = next(filter(None, said))[1]  # it listens when it says where
            for form, start in (
                ("html", b"<!DOCTYPE html>"),
                ("pdf", b"%PDF-1.7"),
                ("md", b"# x"),
                ("docx", b"PK"),
            ):
                address = f"http://127.0.0.1:{port}/nbconvert/report_{form}/x.ipynb?token=a"
                with urllib.request.urlopen(address, timeout=60) as answer:
                    assert answer.read().startswith(start)
        finally:
            server.kill()
    assert not (tmp_path / "ran").exists()
