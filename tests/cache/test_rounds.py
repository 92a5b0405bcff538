"""Notebooks that read what others write: each rests in the end on what is there."""

from __future__ import annotations

WRITES = "open('../data/made.csv', 'w').write(open('../data/a.csv').read() * 2)"
READS = "open('../data/made.csv').read()"


def results(runs, shown):
    return [shown(run) for run in runs]


def test_a_reader_is_run_after_its_writer_and_again_when_that_writes_something_else(project, shown):
    (project.root / "data/made.csv").write_text("old\n")
    project.add(READS, name="reads").add(WRITES, name="writes")
    assert shown(project.run_all()[0]) == repr("a\na\n")
    assert all(run.reused for run in project.run_all())
    (project.root / "data/a.csv").write_text("b\n")
    assert shown(project.run_all()[0]) == repr("b\nb\n")
    assert all(run.reused for run in project.run_all())


def test_a_writers_other_change_leaves_the_reader_alone(project):
    project.add(READS, name="reads").add(WRITES, name="writes")
    (project.root / "data/made.csv").write_text("old\n")
    project.run_all()
    project.add(WRITES + "\n'said'", name="writes")
    assert [run.reused for run in project.run_all()] == [True, False]


def test_chains_come_to_rest(project, shown):
    for n in range(4):
        (project.root / f"data/{n}.txt").write_text("old")
    (project.root / "data/0.txt").write_text("new")
    for n in (2, 1, 0):  # the reader first
        project.add(
            f"t = open('../data/{n}.txt').read()\nopen('../data/{n + 1}.txt', 'w').write(t)\nt", name=f"n{n}"
        )
    assert results(project.run_all(), shown) == ["'new'"] * 3
    (project.root / "data/0.txt").write_text("newer")
    assert results(project.run_all(), shown) == ["'newer'"] * 3
    assert all(run.reused for run in project.run_all())


def test_notebooks_that_never_come_to_rest_are_named_with_what_keeps_changing(project):
    for name in "xy":
        (project.root / f"data/{name}.txt").write_text("0")
    for one, other in ("xy", "yx"):
        count = (
            f"n = int(open('../data/{other}.txt').read())\nopen('../data/{one}.txt', 'w').write(str(n + 1))"
        )
        project.add(count, name=one)
    said = {one: " ".join(run.warnings) for one, run in zip("xy", project.run_all(), strict=True)}
    assert any(said.values())  # the last one to run has seen what the other one wrote
    for one, other in ("xy", "yx"):
        changed = f"does not come to rest: data/{other}.txt was changed"
        assert not said[one] or (changed in said[one] and f"by notebooks/{other}.ipynb" in said[one])


def test_who_may_have_read_unseen_what_was_changed_meanwhile_is_run_again(project, shown):
    """The reader is through before the writer begins."""
    (project.root / "data/made.csv").write_text("old\n")
    waits = "import time, os\nwhile 'read' not in os.listdir('../data/series'): time.sleep(0.01)\n"
    project.add("!cat ../data/made.csv; touch ../data/series/read", "!cat ../data/made.csv", name="reads")
    project.add(waits + WRITES, name="writes")
    assert shown(project.run_all(jobs=2)[0]).split() == ["a", "a"]


def test_a_reader_that_sees_everything_runs_after_the_writers(project, shown):
    (project.root / "data/made.csv").write_text("old\n")
    project.add("!cat ../data/made.csv", name="reads").add(WRITES, name="writes")
    assert shown(project.run_all()[0]).split() == ["a", "a"]
    assert all(run.reused for run in project.run_all())
    (project.root / "data/a.csv").write_text("b\n")
    assert shown(project.run_all()[0]).split() == ["b", "b"]
