"""A build whose report stands has nothing to do; whatever changes it, is noticed."""

from __future__ import annotations

import json
import os
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from sourcebook.render.record import open_record
from sourcebook.render.report import render_project
from sourcebook.render.source.project import read_project

SETTINGS = (
    "project: {type: book, output-dir: _build}\nbook: {title: Two, chapters: [a.ipynb, text/words.md]}\n"
)
CELL = "import helper\nprint('It read', open('data/a.csv').read())\ntry: open('data/more.csv')\nexcept OSError: pass"
TEXT = """# Words

{{< include /text/_part.md >}}

![A square.](square.svg){fig-alt="A square."}
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
FORMATS = ("html", "md")


class Report:
    """A small project that is built, and asked whether its report stands."""

    def __init__(self, root):
        self.root = root
        for name, content in {
            "_quarto.yml": SETTINGS,
            "data/a.csv": "one\n",
            "helper.py": "one = 1\n",
            "text/words.md": TEXT,
            "text/_part.md": "A part.\n",
            "text/square.svg": SQUARE,
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
        self.write_chapter("# Alpha", CELL)

    def write_chapter(self, prose, code):
        cells = [new_markdown_cell(prose, id="prose"), new_code_cell(code, id="code")]
        nbformat.write(new_notebook(cells=cells), self.root / "a.ipynb")

    def build(self, formats=FORMATS, **options):
        render_project(self.root, formats, progress=lambda _: None, warn=lambda _: None, **options)

    def stands(self, formats=FORMATS, parameters=None, out=None, *, execute=True):
        project = read_project(self.root.resolve())
        return bool(open_record(project, formats, parameters, out, execute).find_outputs())


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One that is built, to be copied."""
    report = Report(tmp_path_factory.mktemp("record") / "project")
    report.build()
    return report


@pytest.fixture
def report(finished, tmp_path):
    """A copy, built once more, since files are known by their inodes and the page by its place."""
    shutil.copytree(finished.root, tmp_path / "project")
    copy = Report.__new__(Report)
    copy.root = tmp_path / "project"
    copy.build()
    assert copy.stands()
    return copy


def _keep_date(path, content):
    status = path.stat()
    path.write_text(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _replace_by_older(path):
    path.unlink()
    path.write_text("old\n")
    os.utime(path, (1, 1))


CHANGES = {
    "data": lambda root: (root / "data/a.csv").write_text("two\n"),
    "data of equal size and date": lambda root: _keep_date(root / "data/a.csv", "two\n"),
    "data replaced by an older file": lambda root: _replace_by_older(root / "data/a.csv"),
    "data removed": lambda root: (root / "data/a.csv").unlink(),
    "data renamed": lambda root: (root / "data/a.csv").rename(root / "data/b.csv"),
    "data that was looked for": lambda root: (root / "data/more.csv").touch(),
    "a module": lambda root: (root / "helper.py").write_text("one = 2\n"),
    "a module that hides another": lambda root: (root / "json.py").touch(),
    "a notebook": lambda root: (root / "a.ipynb").write_text((root / "a.ipynb").read_text() + " "),
    "a text": lambda root: (root / "text/words.md").write_text(TEXT + "More."),
    "a part of it": lambda root: (root / "text/_part.md").write_text("Another part.\n"),
    "a picture": lambda root: (root / "text/square.svg").write_text(SQUARE.replace("9", "8")),
    "the settings": lambda root: (root / "_quarto.yml").write_text(SETTINGS.replace("Two", "2")),
    "variables of the text": lambda root: (root / "_variables.yml").write_text("a: 1\n"),
    "a page that is gone": lambda root: (root / "_build/report.html").unlink(),
    "a page of no length": lambda root: (root / "_build/report.html").write_text(""),
    "a truncated page": lambda root: os.truncate(root / "_build/report.html", 999),
    "a page edited by hand": lambda root: _swap_letter(root / "_build/report.html"),
    "a text that is gone": lambda root: (root / "_build/report.md").unlink(),
    "an older page": lambda root: _replace_by_older(root / "_build/report.html"),
    "a damaged record": lambda root: [os.truncate(p, 99) for p in (root / "_build/.store/builds").iterdir()],
    "a record of another version": lambda root: [p.write_text('{"a": 1}') for p in (root / "_build/.store/builds").iterdir()],
    "no record": lambda root: shutil.rmtree(root / "_build/.store/builds"),
}  # fmt: skip


def _swap_letter(path):
    _keep_date(path, path.read_text().replace("Words", "words", 1))


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_a_report_is_noticed(report, change):
    CHANGES[change](report.root)
    assert not report.stands()


def test_a_report_stands_whoever_asks_and_however_often(report):
    assert report.stands()
    assert report.stands()
    assert not report.stands(formats=("html",))
    assert not report.stands(parameters={"a": 1})
    assert not report.stands(out=report.root / "elsewhere")
    assert not report.stands(execute=False)


@pytest.mark.parametrize(
    "deed",
    [
        lambda root: os.utime(root / "data/a.csv", (5, 5)),
        lambda root: os.utime(root / "_build", (5, 5)),
        lambda root: (root / "a.ipynb~").touch(),
        lambda root: (root / "__pycache__").mkdir(exist_ok=True),
    ],
)
def test_what_changes_nothing_is_no_reason_to_build(report, deed):
    deed(report.root)
    assert report.stands()


def test_a_variable_that_changes_drawings_is_a_reason(report, monkeypatch):
    monkeypatch.setenv("MPLSOMETHING", "1")
    assert not report.stands()


def test_a_change_while_a_build_runs_asks_for_another(report):
    def save(message):
        if message == "converting":
            (report.root / "text/words.md").write_text("# Words\n\nSaved meanwhile.")

    render_project(report.root, FORMATS, progress=save, warn=lambda _: None, fresh=True)
    assert not report.stands()
    report.build()
    assert report.stands()


def test_results_that_cannot_be_kept_are_a_reason_to_build(report):
    report.write_chapter("# Alpha", "import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))")
    report.build()
    assert not report.stands()


def test_what_a_notebook_writes_is_none(report):
    report.write_chapter("# Alpha", "open('data/made.csv', 'w').write('1')")
    report.build()
    assert report.stands()
    (report.root / "data/made.csv").write_text("2")
    assert not report.stands()


def test_half_a_build_is_recorded_for_itself(report):
    report.build(formats=("md",))
    assert report.stands(formats=("md",))
    assert report.stands()


def test_no_file_is_named_by_where_the_project_lies(report):
    (record,) = (report.root / "_build/.store/builds").iterdir()
    names = [name for _, name, _ in json.loads(record.read_text())["inputs"]]
    assert {"data/a.csv", "helper.py", "text/_part.md", "text/square.svg", "data/more.csv"} <= set(names)
    assert not [name for name in names if name.startswith(str(report.root))]
