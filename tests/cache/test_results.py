"""Results reused: while everything they rest on is unchanged, and for no longer; every reason is said."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
from nbformat.v4 import new_code_cell as code
from nbformat.v4 import new_markdown_cell as text

from sourcebook.cache.store import Store
from sourcebook.errors import ExecutionError

READS = "import os, helper\nn = len(open('../data/a.csv').read())\ntry: open('../data/extra.csv')\nexcept OSError: pass\nos.listdir('../data/series')\nn"
CHANGES = {
    "a data file": (lambda root: (root / "data/a.csv").write_text("longer\n"), "data/a.csv was changed"),
    "a data file of the same size and date": (lambda root: _swap(root / "data/a.csv"), "data/a.csv was changed"),
    "an older data file": (lambda root: _replace_by_older(root / "data/a.csv"), "data/a.csv was changed"),
    "a data file removed": (lambda root: (root / "data/a.csv").unlink(), "data/a.csv was removed"),
    "a module": (lambda root: (root / "notebooks/helper.py").write_text("one = 2\n"), "notebooks/helper.py was changed"),
    "a file looked for": (lambda root: (root / "data/extra.csv").touch(), "data/extra.csv, which was looked for in vain, now exists"),
    "a folder listed": (lambda root: (root / "data/series/x.csv").touch(), "files were added to or removed from data/series"),
    "a module beside": (lambda root: (root / "notebooks/other.py").touch(), "modules or packages were added to or removed from notebooks"),
}  # fmt: skip


def _swap(path):
    """As an editor that restores dates would have it."""
    status = path.stat()
    path.write_bytes(path.read_bytes().swapcase())
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _replace_by_older(path):
    path.unlink()
    path.write_text("older\n")
    os.utime(path, (1, 1))


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_input_is_named_and_runs_the_notebook_again(project, change):
    act, sentence = CHANGES[change]
    project.add(READS).run()
    assert project.why() == ["a.ipynb: up to date."]
    act(project.root)
    assert project.why() == [f"a.ipynb: {sentence}."]
    if change != "a data file removed":
        assert not project.run().reused
        assert project.run().reused


def test_a_touched_file_with_the_same_contents_is_the_same(project):
    project.add(READS).run()
    os.utime(project.root / "data/a.csv")
    assert project.run().reused


def test_what_a_notebook_did_not_read_may_change(project):
    project.add(READS).run()
    (project.root / "data/b.csv").write_text("other\n")
    assert project.run().reused


def test_prose_and_captions_may_change_and_code_not(project, shown):
    project.add(text("Prose."), code(READS)).run()
    project.add(text("Other prose."), text("More."), code("#| fig-cap: A caption\n" + READS)).run()
    project.add(text("Other."), text("More."), code("#| fig-cap: And another\n" + READS))
    run = project.run()
    assert run.reused
    assert run.notebook.cells[0].source == "Other."
    assert shown(run) == "2"
    project.add(text("Other."), text("More."), code("#| fig-cap: And another\n" + READS + " + 1"))
    assert project.why() == ["a.ipynb: the code of cell 3 was changed."]
    project.add(code("1"), code("2"))
    assert project.why() == ["a.ipynb: cells that run were added or removed."]


def test_coming_back_to_an_earlier_state_runs_nothing(project):
    project.add(READS).run()
    for content in ("longer\n", "a\n"):
        (project.root / "data/a.csv").write_text(content)
        last = project.run()
    assert last.reused


def test_a_project_may_be_moved(project):
    project.add(READS).run()
    project.root = project.root.rename(project.root.with_name("moved"))
    assert project.run().reused


def test_what_may_have_read_the_whole_project_is_said_with_it(project):
    project.add("import sqlite3\nsqlite3.connect(':memory:')").run()
    blind = "a.ipynb: rests on the whole project, for sqlite3 may read any file unseen."
    assert project.why() == ["a.ipynb: up to date.", blind]
    (project.root / "data/b.csv").write_text("longer\n")
    assert project.why() == ["a.ipynb: data/b.csv was changed.", blind]


def test_of_many_reasons_some_are_told(project):
    project.add("import sqlite3\nsqlite3.connect(':memory:')")
    for n in range(8):
        (project.root / f"data/{n}.csv").write_text("1")
    project.run()
    for n in range(8):
        (project.root / f"data/{n}.csv").write_text("22")
    said = project.why()
    assert said[:2] == ["a.ipynb: data/0.csv was changed.", "a.ipynb: data/1.csv was changed."]
    assert said[5] == "a.ipynb: and 3 reasons more."


def test_a_notebook_that_was_never_run_says_so(project):
    assert project.add(READS).why() == ["a.ipynb: has not been run yet."]


def test_fresh_ignores_what_is_kept(project):
    project.add(READS).run()
    assert not project.run(fresh=True).reused


def test_prove_says_when_there_is_nothing_to_compare_with(project):
    project.add(READS)
    assert project.run(prove=True).warnings == ("no earlier result is kept: nothing was compared",)
    assert project.run(prove=True).warnings == ()


def test_prove_finds_a_result_that_does_not_come_again(project):
    project.add("1", "import random\nrandom.random()").run()
    with pytest.raises(ExecutionError, match="same result again") as caught:
        project.run(prove=True)
    assert [issue.where for issue in caught.value.issues] == ["notebooks/a.ipynb, cell 2"]


@pytest.mark.parametrize("harm", ["truncated", "altered", "removed", "folder removed"])
def test_a_damaged_store_costs_a_run_and_no_more(project, harm):
    first = project.add(READS).run()
    store = project.root / "_build/.store"
    for path in list((store / "results").iterdir()):
        if harm == "truncated":
            path.write_bytes(path.read_bytes()[:-3])
        elif harm == "altered":
            path.write_bytes(path.read_bytes().replace(b"2", b"3"))
        else:
            path.unlink()
    if harm == "folder removed":
        shutil.rmtree(store / "results")
    again = project.run()
    assert not again.reused
    assert again.notebook.cells == first.notebook.cells
    assert project.run().reused


def test_a_store_that_cannot_be_written_is_done_without(project, shown):
    (project.root / "_build").mkdir()
    (project.root / "_build/.store").write_text("a file in its place")
    assert shown(project.add(READS).run()) == "2"


def test_two_builds_may_share_a_store(project, shown):
    project.add(READS)
    results = []
    threads = [threading.Thread(target=lambda: results.append(project.run())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(map(shown, results)) == ["2", "2"]
    assert project.run().reused
    assert not [path for path in (project.root / "_build/.store").rglob(".*") if path.is_file()]


def test_the_store_keeps_within_its_size(tmp_path):
    store = Store(tmp_path, limit=250)
    keys = [store.write_results([{"outputs": [str(n) * 80]}]) for n in range(4)]
    for age, key in enumerate(reversed(keys)):
        os.utime(tmp_path / "results" / f"{key}.json", (1000 - age, 1000 - age))
    store.shrink()
    kept = [key for key in keys if (tmp_path / "results" / f"{key}.json").exists()]
    assert kept == keys[-2:]
