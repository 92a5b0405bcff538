"""What a notebook's result is concluded to rest on, by what its cells do."""

from __future__ import annotations

import pytest

from sourcebook.cache.dependencies import Named

# Each row: the cell, which of the project's files it rests on, which may have read files unseen.
SEEN = {
    "open": ("open('../data/a.csv').read()", {"data/a.csv"}),
    "pathlib": ("import pathlib\npathlib.Path('../data/a.csv').read_text()", {"data/a.csv"}),
    "pandas": ("import pandas as pd\npd.read_csv('../data/a.csv')", {"data/a.csv"}),
    "numpy": ("import numpy as np\nnp.fromfile('../data/a.csv', dtype='u1')", {"data/a.csv"}),
    "a module": ("import helper", {"notebooks/helper.py"}),
    "code by its path": ("exec(open('helper.py').read())", {"notebooks/helper.py"}),
    "nothing": ("6 * 7", set()),
}
BLIND = {
    "a program": ("import subprocess\nsubprocess.run(['true'])", "the program true"),
    "a shell": ("!true", "the program"),
    "os.system": ("import os\nos.system('true')", "the program"),
    "a fork": ("import os\nif not os.fork(): os._exit(0)\nos.wait()", "the program"),
    "a pool": ("import multiprocessing as m\nwith m.get_context('fork').Pool(1) as pool: pool.map(abs, [1])", "the program"),
    "sqlite3": ("import sqlite3\nsqlite3.connect(':memory:')", "sqlite3"),
    "ctypes": ("import ctypes\nctypes.CDLL(None)", "ctypes"),
    "a folder's descriptor": ("import os\nfolder = os.open('../data', os.O_RDONLY)\nos.open('a.csv', os.O_RDONLY, dir_fd=folder)", "dir_fd"),
}  # fmt: skip


def files(run):
    return {name for name in run.rests_on.names("file") if not name.startswith("/")}


@pytest.mark.parametrize("case", SEEN)
def test_what_python_opens_is_all_that_a_result_rests_on(project, case):
    cell, expected = SEEN[case]
    run = project.add(cell).run()
    assert files(run) == expected
    assert not run.rests_on.names("tree")
    assert not run.rests_on.unseen
    assert project.run().reused


@pytest.mark.parametrize("case", BLIND)
def test_what_may_have_read_unseen_makes_it_rest_on_the_whole_project(project, case):
    cell, cause = BLIND[case]
    run = project.add(cell).run()
    assert files(run) >= {"data/a.csv", "data/b.csv", "notebooks/helper.py"}
    assert run.rests_on.names("tree")
    assert any(cause in unseen for unseen in run.rests_on.unseen)
    assert project.run().reused
    (project.root / "data/b.csv").write_text("B\n")
    assert not project.run().reused


@pytest.mark.parametrize(
    "cell",
    [
        "import os\nos.stat('../data/a.csv').st_size",
        "import os.path\nos.path.exists('../data/c.csv')",
        "from pathlib import Path\nPath('../data/a.csv').is_file()",
        "import glob\nglob.glob('../data/*')",
        "import os\nfind = getattr(os, 'access')\nfind('../data/a.csv', os.X_OK)",
    ],
)
def test_what_no_event_tells_makes_it_rest_on_names_sizes_and_links(project, cell):
    run = project.add(cell).run()
    assert run.rests_on.names("tree")
    assert not run.rests_on.unseen
    assert project.run().reused
    (project.root / "data/c.csv").touch()
    assert not project.run().reused


def test_a_listed_folder_is_an_input(project):
    run = project.add("import os\nsorted(os.listdir('../data'))").run()
    assert {name for name in run.rests_on.names("folder") if not name.startswith("/")} == {"data"}
    (project.root / "data/a.csv").write_text("longer\n")
    assert project.run().reused
    (project.root / "data/c.csv").touch()
    assert not project.run().reused


def test_a_question_in_the_projects_own_module_counts_too(project):
    (project.root / "notebooks/helper.py").write_text("import os\ndef ask(): return os.path.exists('x')\n")
    assert project.add("import helper").run().rests_on.names("tree")


def test_who_asks_for_a_variable_rests_on_all_but_those_of_the_session(project, monkeypatch, shown):
    cell = "import os\nos.environ.get('SETTING_OF_MINE')"
    project.add(cell, "os.environ.get('SETTING_OF_MINE', '')").run()
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert project.run().reused
    monkeypatch.setenv("SETTING_OF_MINE", "a secret")
    assert project.why() == ["a.ipynb: the environment variable SETTING_OF_MINE was set."]
    run = project.run()
    assert shown(run) == "'a secret'"
    kept = b"".join(path.read_bytes() for path in (project.root / "_build/.store/entries").rglob("*.json"))
    assert b"a secret" not in kept


def test_who_asks_for_none_rests_on_those_of_drawing_and_those_named(project, monkeypatch):
    project.named = Named(variables=("SETTING_OF_MINE",))
    project.add("6 * 7").run()
    monkeypatch.setenv("ANOTHER_SETTING", "1")
    assert project.run().reused
    for name in ("SETTING_OF_MINE", "MPLRANDOM"):
        monkeypatch.setenv(name, "1")
        assert not project.run().reused, name


def test_a_package_that_nobody_has_vouched_for_may_read_anything(project):
    run = project.add("import filelock").run()
    assert "filelock" not in run.rests_on.unseen  # written in Python: events tell what it opens
    assert run.rests_on.names("tree")
    assert any(name.endswith("/filelock") for name in run.rests_on.names("package"))


def test_compiled_code_that_nobody_has_vouched_for_may_read_the_whole_project(project):
    run = project.add("import selectolax.lexbor").run()
    assert "selectolax" in run.rests_on.unseen
    assert files(run) >= {"data/a.csv", "data/b.csv"}


def test_files_outside_of_the_project_are_inputs_wherever_they_lie(project, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("1\n")
    run = project.add(f"open({str(outside)!r}).read()").run()
    assert str(outside) in run.rests_on.names("file")
    outside.write_text("2\n")
    assert project.why() == [f"a.ipynb: {outside} was changed."]


def test_what_an_author_names_is_an_input(project):
    project.named = Named(inputs=("data/*.csv", "notebooks/none.txt"))
    project.add("6 * 7").run()
    assert project.run().reused
    (project.root / "data/b.csv").write_text("B\n")
    assert project.why() == ["a.ipynb: data/b.csv was changed."]
    project.run()
    (project.root / "data/c.csv").touch()
    assert project.why() == ["a.ipynb: data/*.csv names other files than before."]
    project.run()
    (project.root / "notebooks/none.txt").touch()
    assert project.why() == ["a.ipynb: notebooks/none.txt, which was looked for in vain, now exists."]


def test_what_connects_is_not_kept_unless_its_author_says_so(project):
    project.add("import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))")
    said = "its result is not kept, since it connects to 127.0.0.1:9"
    assert project.run().warnings == (said,)
    assert not project.run().reused
    assert project.why() == ["a.ipynb: it connects to 127.0.0.1:9."]
    project.named = Named(network=True)
    assert project.run().warnings == ()
    assert project.run().reused


def test_what_a_notebook_writes_is_no_reason_to_run_it_again_unless_it_is_gone(project):
    run = project.add("open('../data/made.csv', 'w').write('1')").run()
    assert {name for _, name, _ in run.rests_on.wrote} == {"data/made.csv"}
    assert project.run().reused
    (project.root / "data/made.csv").unlink()
    assert project.why() == ["a.ipynb: data/made.csv, which it writes, is no longer what it wrote."]
    assert not project.run().reused
    assert (project.root / "data/made.csv").read_text() == "1"


def test_what_a_notebook_reads_and_then_changes_is_not_kept(project):
    project.add("n = open('../data/a.csv').read()\nopen('../data/a.csv', 'a').write('x')")
    run = project.run()
    assert run.warnings
    assert "reads data/a.csv and then changes it" in " ".join(run.warnings)
    assert not project.run().reused


def test_the_scratch_folder_is_no_input(project):
    cell = "import tempfile, pathlib\np = pathlib.Path(tempfile.mkdtemp(), 'x')\np.write_text('x')\np.read_text()"
    run = project.add(cell).run()
    assert files(run) == set()
    assert project.run().reused


def test_a_word_of_a_table_is_no_question(project):
    run = project.add("rows = [{'which': 1, 'stat': 2}]\nprint(rows[0]['which'])").run()
    assert not run.rests_on.names("tree")
