"""Results reused: while everything they rest on is unchanged, and for no longer; every reason is said."""

from __future__ import annotations

import json
import os
import threading

import pytest
from nbformat.v4 import new_code_cell as code
from nbformat.v4 import new_markdown_cell as text

from sourcebook.errors import ExecutionError
from sourcebook.execute.environment import describe_environment
from sourcebook.execute.plan import Settings, explain_notebooks, run_notebooks

NAME = "notebooks/a.ipynb"
READS = "import os, pathlib, helper, glob\nn = len(open('../data/a.csv').read())\nos.environ.get('SOURCEBOOK_TEST')\npathlib.Path('../data/extra.csv').exists()\nglob.glob('../data/series/*')\nn"


class Project:
    def __init__(self, root, workers, write):
        self.root, self.workers, self.write = root, workers, write
        for folder in ("notebooks", "data/series"):
            (root / folder).mkdir(parents=True)
        (root / "data/a.csv").write_text("a\n")
        (root / "data/b.csv").write_text("b\n")
        (root / "notebooks/helper.py").write_text("one = 1\n")
        self.cells = [text("Prose."), code(READS)]

    @property
    def path(self):
        return self.write(self.root / NAME, *self.cells)

    def settings(self, **options):
        options = {"workers": self.workers} | options
        return Settings(root=self.root, output=self.root / "_build", **options)

    def run(self, **options):
        return run_notebooks([self.path], names=[NAME], settings=self.settings(**options))[0]

    def why(self, **options):
        return explain_notebooks([self.path], names=[NAME], settings=self.settings(**options))


@pytest.fixture
def project(tmp_path, workers, write):
    return Project(tmp_path, workers, write)


@pytest.mark.parametrize("kernel", [False, True], ids=["worker", "kernel"])
def test_what_a_notebook_read_is_found_in_both_ways(project, kernel):
    run = project.run(kernel=kernel)
    assert set(run.inputs) == {"data/a.csv", "data/series", "notebooks/helper.py"}
    again = project.run(kernel=kernel)
    assert again.reused
    assert again.notebook.cells == run.notebook.cells


CHANGES = {
    "a data file": (lambda root: (root / "data/a.csv").write_text("longer\n"), "data/a.csv was changed"),
    "a data file removed": (lambda root: (root / "data/a.csv").unlink(), "data/a.csv was removed"),
    "a module": (
        lambda root: (root / "notebooks/helper.py").write_text("one = 2\n"),
        "the module notebooks/helper.py was changed",
    ),
    "a file looked for": (
        lambda root: (root / "data/extra.csv").touch(),
        "data/extra.csv, which was looked for in vain, now exists",
    ),
    "a folder listed": (
        lambda root: (root / "data/series/x.csv").touch(),
        "files were added to or removed from data/series",
    ),
    "a module beside": (
        lambda root: (root / "notebooks/other.py").touch(),
        "modules were added to or removed from notebooks",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_input_is_named_and_runs_the_notebook_again(project, change):
    act, sentence = CHANGES[change]
    project.run()
    assert project.why() == [f"{NAME}: up to date."]
    act(project.root)
    assert project.why() == [f"{NAME}: {sentence}."]
    if change != "a data file removed":
        assert not project.run().reused
        assert project.run().reused


def test_an_environment_variable_is_an_input_and_its_value_is_not_written_down(project, monkeypatch):
    project.run()
    monkeypatch.setenv("SOURCEBOOK_TEST", "a secret")
    assert project.why() == [f"{NAME}: the environment variable SOURCEBOOK_TEST was set."]
    project.cells[1] = code("import os\nos.environ['SOURCEBOOK_TEST'] == 'a secret'")
    assert project.run().notebook.cells[1].outputs[0].data["text/plain"] == "True"
    assert b"a secret" not in b"".join(
        path.read_bytes() for path in (project.root / "_build").rglob("*.json")
    )


def test_what_a_notebook_did_not_read_may_change(project):
    project.run()
    (project.root / "data/b.csv").write_text("other\n")
    assert project.run().reused


def test_prose_may_change_and_code_not(project):
    project.run()
    project.cells[0] = text("Other prose.")
    project.cells.insert(1, text("More."))
    project.cells[2] = code("#| fig-cap: Another caption\n" + READS)
    project.run()
    project.cells[2] = code("#| fig-cap: And another\n" + READS)
    run = project.run()
    assert run.reused
    assert run.notebook.cells[0].source == "Other prose."
    assert run.notebook.cells[2].outputs[0].data["text/plain"] == "2"
    project.cells[2] = code(READS + " + 1")
    assert project.why()[0].startswith(f"{NAME}: the code of cell 3 was changed")


def test_coming_back_to_an_earlier_state_runs_nothing(project):
    project.run()
    (project.root / "data/a.csv").write_text("longer\n")
    project.run()
    (project.root / "data/a.csv").write_text("a\n")
    assert project.run().reused


@pytest.mark.parametrize(
    ("cell", "warning"),
    [
        ("open('../data/new.csv', 'w').close()", "writes data/new.csv"),
        ("!true", "starts"),
        ("import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))", "connects to 127.0.0.1:9"),
    ],
)
def test_what_a_build_should_not_do_is_reported_and_its_result_not_reused(project, cell, warning):
    project.cells = [code(cell)]
    assert any(warning in said for said in project.run().warnings)
    assert not project.run().reused
    assert any(warning in said for said in project.why())


@pytest.mark.parametrize(
    "cell", ["open('../data/new.csv', 'w')", "import socket\nsocket.create_connection(('127.0.0.1', 9))"]
)
def test_a_hermetic_build_refuses_it_where_it_is_tried(project, cell):
    project.cells = [code(cell)]
    with pytest.raises(ExecutionError) as caught:
        project.run(hermetic=True)
    assert "HermeticError" in caught.value.issues[0].what
    assert caught.value.issues[0].where.startswith(f"{NAME}, cell 1, line")
    assert not (project.root / "data/new.csv").exists()


def test_the_scratch_folder_is_free_even_in_a_hermetic_build(project):
    project.cells = [code("import tempfile, pathlib\npathlib.Path(tempfile.mkdtemp(), 'x').write_text('x')")]
    assert project.run(hermetic=True).warnings == ()
    assert project.run().reused


def test_fresh_ignores_what_is_kept(project):
    project.run()
    assert not project.run(fresh=True).reused


def test_prove_says_when_there_is_nothing_to_compare_with(project):
    assert project.run(prove=True).warnings == ("no earlier result is kept: nothing was compared",)
    assert project.run(prove=True).warnings == ()


def test_prove_finds_a_result_that_does_not_come_again(project):
    project.run()
    assert not project.run(prove=True).reused
    project.cells = [code("1"), code("import random\nrandom.random()")]
    project.run()
    with pytest.raises(ExecutionError, match="same result again") as caught:
        project.run(prove=True)
    assert [issue.where for issue in caught.value.issues] == [f"{NAME}, cell 2"]


def test_another_package_version_is_named(project):
    project.run()
    for path in (project.root / "_build/.store/entries").rglob("*.json"):
        entry = json.loads(path.read_text())
        entry["environment"], entry["packages"]["pandas"] = "other", "0.1"
        path.unlink()
        from sourcebook.core.files import digest

        content = json.dumps(entry, sort_keys=True).encode()
        path.with_name(digest(content) + ".json").write_bytes(content)
    assert any("pandas is " in said and "was 0.1" in said for said in project.why())


def test_many_new_packages_are_one_reason(project, monkeypatch):
    project.run()
    installed = describe_environment()
    for count, reasons in ((3, 3), (40, 1)):
        more = {f"package{n}": "1.0" for n in range(count)}
        monkeypatch.setattr(
            "sourcebook.execute.staleness.describe_environment", lambda more=more: installed | more
        )
        assert len(project.why()) == reasons
    assert "40 packages were changed, the first: package0 is 1.0, was not installed" in project.why()[0]


@pytest.mark.parametrize("harm", ["truncated", "altered", "removed", "folder removed"])
def test_a_damaged_store_costs_a_run_and_no_more(project, harm):
    first = project.run()
    store = project.root / "_build/.store"
    for path in list((store / "results").iterdir()):
        if harm == "truncated":
            path.write_bytes(path.read_bytes()[:-3])
        elif harm == "altered":
            path.write_bytes(path.read_bytes().replace(b"2", b"3"))
        else:
            path.unlink()
    if harm == "folder removed":
        (store / "results").rmdir()
    again = project.run()
    assert not again.reused
    assert again.notebook.cells == first.notebook.cells
    assert project.run().reused


def test_a_store_that_cannot_be_written_is_done_without(project):
    (project.root / "_build").mkdir()
    (project.root / "_build/.store").write_text("a file in its place")
    assert project.run().notebook.cells[1].outputs[0].data["text/plain"] == "2"


def test_two_builds_may_share_a_store(project):
    path, results = project.path, []

    def build():
        settings = project.settings()
        results.append(run_notebooks([path], names=[NAME], settings=settings)[0])

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.notebook.cells[1].outputs[0].data["text/plain"] for run in results] == ["2", "2"]
    assert project.run().reused
    assert not [path for path in (project.root / "_build/.store").rglob(".*") if path.is_file()]


def test_the_store_keeps_within_its_size(tmp_path):
    from sourcebook.cache.store import Store

    store = Store(tmp_path, limit=250)
    keys = [store.write_results([{"outputs": [str(n) * 80]}]) for n in range(4)]
    for age, key in enumerate(reversed(keys)):
        os.utime(tmp_path / "results" / f"{key}.json", (1000 - age, 1000 - age))
    store.shrink()
    kept = [key for key in keys if (tmp_path / "results" / f"{key}.json").exists()]
    assert kept == keys[-2:]
