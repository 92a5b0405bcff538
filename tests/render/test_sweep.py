"""One report per row of a grid: here, on a cluster that loses a worker, and again after being killed."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from nbformat import read as read_notebook
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from sourcebook.cli import main
from sourcebook.errors import ExecutionError, ProjectError
from sourcebook.render.report import render_project
from sourcebook.render.sweep import render_grid
from sourcebook.render.sweep_executors import Processes, open_cluster

DEFAULTS = 'year = 2020\nregion = "north"\nshare = 0.5\nwait = 0.0'
CODE = "import time\nfrom pathlib import Path\ntime.sleep(wait)\nrate = int(Path('rate.txt').read_text())\nif year < 0: raise ValueError(year)"
PROSE = "# Report\n\nIn `{python} year` the `{python} region` had `{python} share * rate` of `{python} type(share).__name__`."


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A notebook with parameters, of which it makes a sentence."""
    path = tmp_path / "towns.ipynb"
    tagged = new_code_cell(DEFAULTS, id="a", metadata={"tags": ["parameters"]})
    write(new_notebook(cells=[tagged, new_code_cell(CODE, id="b"), new_markdown_cell(PROSE, id="c")]), path)
    (tmp_path / "rate.txt").write_text("10")
    return path


def write_grid(document: Path, *lines: str) -> Path:
    path = document.with_name("grid.csv")
    path.write_text("\n".join([*lines, ""]))
    return path


def say_nothing(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def processes():
    """The process in which most tests render rows: to start one takes longer than a row. The command starts its own."""
    with Processes(1) as started:
        yield started


@pytest.fixture
def render(processes):
    """Renders a grid."""
    return partial(render_grid, formats=["md"], progress=say_nothing, warn=print, executor=processes)


def read(document: Path, row: str) -> str:
    return (document.parent / "grid" / row / "towns.md").read_text()


def test_each_row_gives_a_report_with_its_values_and_the_table_lists_all(document, capsys):
    grid = write_grid(document, "name,year,region,share", "first,1999,south,0.25", "second,2001,,1")
    assert main(["render", str(document), "--params", str(grid), "--to", "md"]) == 0
    said = capsys.readouterr()
    assert said.out.endswith("results.csv: 2 reports made, 0 kept\n")
    assert said.err == ""
    assert "In 1999 the south had 2.5 of float." in read(document, "first")
    assert "In 2001 the north had 10.0 of float." in read(document, "second")
    with (document.parent / "grid/results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["folder"] for row in rows] == ["first", "second"]
    assert [row["files"] for row in rows] == ["first/towns.md", "second/towns.md"]
    assert [row["region"] for row in rows] == ["south", ""]


def test_what_is_done_is_done_again_only_when_it_rests_on_a_change(document, render):
    grid = write_grid(document, "year", "1999", "2001")
    (document.parent / "unread.txt").write_text("old")
    assert (render(document, grid).made, render(document, grid).made) == (2, 0)
    (document.parent / "unread.txt").write_text("newer")
    (document.parent / "grid/year=1999/towns.md").unlink()
    assert render(document, grid).made == 1
    write_grid(document, "year", "2001", "1999", "2003")
    assert render(document, grid).made == 1
    (document.parent / "rate.txt").write_text("20")
    assert render(document, grid).made == 3
    assert "had 10.0 of" in read(document, "year=2003")
    assert render(document, grid, fresh=True).made == 3


def test_a_row_that_fails_is_named_and_the_others_are_done(document, render):
    grid = write_grid(document, "name,year", "bad,-1", "good,1")
    with pytest.raises(ExecutionError, match="1 of 2 reports failed") as caught:
        render(document, grid)
    assert caught.value.issues[0].where.startswith("grid.csv, row 2: towns.ipynb, cell 2")
    assert "In 1 the" in read(document, "good")
    table = (document.parent / "grid/results.csv").read_text().splitlines()
    assert table[1].startswith("bad,-1,failed,,")
    assert table[2] == "good,1,done,good/towns.md,"
    with pytest.raises(ExecutionError):
        render(document, grid)  # what failed is not done


@pytest.mark.parametrize(
    ("lines", "where", "word"),
    [
        (["year", "1.5"], "row 2, column year", "a whole number"),
        (["year,share", "1,a half"], "row 2, column share", "a number"),
        (["yaer", "1"], "parameter 'yaer'", "did you mean year"),
        (["year", "1", "1"], "row 3", "name"),
        (["name,year", "../up,1", "..,2"], "row 3", "has no name"),
        (["year", "1,2"], "row 2", "number of cells"),
        (["year,year", "1,2"], "row 1", "no row of names"),
        (["year"], "grid.csv", "no rows"),
        (["year;share", "1;2"], "row 1", "not parted by commas"),
        (["year,region", '1,"north', "2,south"], "row 2", "mend the quotes"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_runs(document, lines, where, word, render):
    with pytest.raises(ProjectError) as caught:
        render(document, write_grid(document, *lines))
    assert where in str(caught.value)
    assert word in str(caught.value)
    assert not (document.parent / "grid").exists()


def test_values_are_of_the_notebooks_own_type_and_texts_stay_as_written(document, render):
    defaults = "import datetime as dt\nday = dt.date(2024, 1, 1)\ns = 'text'"
    tagged = new_code_cell(defaults, id="a", metadata={"tags": ["parameters"]})
    write(new_notebook(cells=[tagged, new_code_cell("print((day, s))", id="b")]), document)
    grid = write_grid(document, "name,day,s", 'one,2025-02-03,"two\nlines ""q"""', "../up,,0123", "c,,=1+1")
    render(document, grid)
    assert "(datetime.date(2025, 2, 3), 'two\\nlines \"q\"')" in read(document, "one")
    assert "(datetime.date(2024, 1, 1), '0123')" in read(document, "up")
    assert "'=1+1'" in read(document, "c")
    assert not list(document.parent.parent.glob("up*"))
    with pytest.raises(ProjectError, match=r"row 2, column day: is of another type .*found 2025-02-30"):
        render(document, write_grid(document, "day", "2025-02-30"))


def test_chapters_without_parameters_run_once_for_all_rows(folder, render):
    folder.add("a.ipynb", "# A", ("import uuid\nuuid.uuid4().hex",))
    folder.add("b.ipynb", "# B", ("year = 1",), "It is `{python} year`.")
    book = read_notebook(folder.root / "b.ipynb", as_version=4)
    book.cells[1].metadata["tags"] = ["parameters"]
    write(book, folder.root / "b.ipynb")
    grid = folder.root / "grid.csv"
    grid.write_text("year\n7\n8\n")
    done = render(folder.root, grid)
    seven, eight = ((done.table.parent / f"year={n}/report.md").read_text() for n in (7, 8))
    assert seven.replace("It is 7.", "It is 8.") == eight != seven
    assert done.table.parent == folder.root / "_build/grid"


def test_a_run_that_was_killed_is_taken_up_where_it_was(document, wait_until, render):
    grid = write_grid(document, "year,wait", *(f"{n},0.5" for n in range(4)))
    program = [sys.executable, "-c", "from sourcebook.cli import main; raise SystemExit(main())"]
    command = [*program, "render", str(document), "--params", str(grid), "--to", "md", "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as build:
        assert wait_until(lambda: list(document.parent.glob("grid/.store/builds/*.json")))
        build.kill()
    again = render(document, grid)
    assert again.kept >= 1
    assert again.made + again.kept == 4
    assert all(f"In {n} the" in read(document, f"year={n},wait=0.5") for n in range(4))


@pytest.fixture
def cluster():
    import distributed

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as started:
        yield started


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of dask, about itself
def test_a_cluster_gives_the_same_bytes_though_it_loses_a_worker(document, cluster, render):
    grid = write_grid(document, "year,wait", *(f"{n},0.5" for n in range(4)))
    render(document, grid)
    here = read_all(document.parent / "grid")
    shutil.rmtree(document.parent / "grid")
    killed = []

    def kill_one(_: str) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with open_cluster(cluster.scheduler_address) as executor:
        done = render_grid(document, grid, ["md"], executor=executor, progress=kill_one, warn=print)
    assert killed
    assert done.made == 4
    assert read_all(document.parent / "grid") == here


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of dask, about itself
def test_a_report_executed_on_a_cluster_is_the_one_executed_here(document, cluster, tmp_path):
    here = render_project(document, ["html"], out=tmp_path / "here")[0].read_bytes()
    command = ["render", str(document), "--to", "html", "--out", str(tmp_path / "there")]
    assert main([*command, "--dask", cluster.scheduler_address]) == 0
    assert (tmp_path / "there/towns.html").read_bytes() == here


def test_without_dask_or_a_scheduler_it_says_what_to_do(document, monkeypatch, capsys):
    assert main(["render", str(document), "--dask", "nowhere"]) == 2
    assert "dask scheduler" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["render", str(document), "--dask", "tcp://127.0.0.1:8786"]) == 2
    assert "pip install 'sourcebook[dask]'" in capsys.readouterr().err


def read_all(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".store" not in path.parts)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if not path.name.startswith(".")
    }
