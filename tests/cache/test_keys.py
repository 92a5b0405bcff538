"""What decides whether a result is reused, without a kernel: its code, its kernel and each thing that it rests on."""

from __future__ import annotations

import os

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from sourcebook.cache import inputs
from sourcebook.cache.dependencies import Dependencies
from sourcebook.cache.inputs import ABSENT, CHANGING, Present
from sourcebook.cache.results import STORE, Cache, Kept, Key, find_changes
from sourcebook.core.files import Index
from sourcebook.errors import SourcebookError
from sourcebook.execute.job import Job
from sourcebook.execute.program import describe_job, fill_notebook, read_steps

KEY = Key("a.ipynb", "python3", (0, 2), ("one", "two"))
RESULTS = [{"outputs": [], "execution_count": 1}]
VARIABLES = {"SETTING": "1", "MPLBACKEND": "agg", "HOME": "/home/a"}


@pytest.fixture
def root(tmp_path):
    for name in ("data/a.csv", "data/b.csv", "code/helper.py", "_build/made.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1\n")
    return tmp_path


@pytest.fixture
def open_cache(root):
    """The cache of another build."""

    def open_it(variables=VARIABLES, output="_build"):
        return Cache(root, root / output if output else None, [root / "_build"], variables)

    return open_it


@pytest.fixture
def rest_on(open_cache):
    """Inputs of these kinds and names, as they are now."""

    def describe(*keys):
        now = open_cache().present
        return tuple((*key, now.fingerprint(*key)) for key in keys)

    return describe


@pytest.fixture
def keep(open_cache):
    """Keeps a result that rests on something."""

    def keep_it(key=KEY, **rests_on):
        cache = open_cache()
        cache.keep(key, RESULTS, Dependencies(**rests_on))
        return cache

    return keep_it


def test_a_result_is_found_with_what_it_rests_on(keep, rest_on, open_cache):
    held = {
        "inputs": rest_on((inputs.FILE, "data/a.csv")),
        "wrote": rest_on((inputs.FILE, "data/b.csv")),
        "unseen": ("h5py",),
    }
    keep(**held)
    assert open_cache().recall(KEY) == Kept(RESULTS, Dependencies(**held))
    assert open_cache().find_latest(KEY) == Dependencies(**held)
    assert open_cache().explain(KEY) == [
        "up to date",
        "rests on the whole project, for h5py may read any file unseen",
    ]


def test_what_was_never_run_is_not_found(keep, open_cache):
    keep()
    other = Key("b.ipynb", *(KEY.kernel, KEY.cells, KEY.code))
    assert open_cache().recall(other) is None
    assert open_cache().find_latest(other) == Dependencies()
    assert open_cache().explain(other) == ["has not been run yet"]


def test_without_a_folder_for_results_none_is_kept(open_cache, root):
    for cache in (open_cache(output=""), Cache(None, root / "_build", [], {})):
        cache.keep(KEY, RESULTS, Dependencies())
        assert cache.recall(KEY) is None
        assert cache.find_latest(KEY) == Dependencies()
        assert cache.explain(KEY) == ["results of a single document are not kept: it is run each time"]
        cache.close()
    assert not (root / "_build" / STORE).exists()


@pytest.mark.parametrize(
    ("key", "reasons"),
    [
        (Key("a.ipynb", "python3", (0, 2), ("one", "other")), ["the code of cell 3 was changed"]),
        (Key("a.ipynb", "python3", (1, 5), ("other", "another")), ["the code of cell 2 was changed", "the code of cell 6 was changed"]),
        (Key("a.ipynb", "python3", (0,), ("one",)), ["cells that run were added or removed"]),
        (Key("a.ipynb", "ir", (0, 2), ("one", "two")), ["its kernel is ir, was python3"]),
        (Key("a.ipynb", "ir", (0,), ("one",)), ["cells that run were added or removed", "its kernel is ir, was python3"]),
    ],
)  # fmt: skip
def test_other_code_or_another_kernel_has_another_result(keep, open_cache, key, reasons):
    keep()
    assert open_cache().recall(key) is None
    assert open_cache().explain(key) == reasons


def test_cells_may_move(keep, open_cache):
    keep()
    assert open_cache().recall(Key("a.ipynb", "python3", (4, 9), ("one", "two")))


def test_a_result_that_cannot_be_kept_is_none_though_its_reasons_are(keep, open_cache, root):
    keep(unfit=("connects to example.org", "reads a.csv and then changes it"), unseen=("ctypes", "sqlite3"))
    assert open_cache().recall(KEY) is None
    assert open_cache().explain(KEY) == [
        "it connects to example.org",
        "it reads a.csv and then changes it",
        "rests on the whole project, for ctypes, sqlite3 may read any file unseen",
    ]
    assert not list((root / "_build" / STORE).glob("results/*"))


def test_a_result_that_is_gone_is_said_to_be(keep, open_cache, root):
    keep()
    for path in (root / "_build" / STORE / "results").iterdir():
        path.unlink()
    assert open_cache().recall(KEY) is None
    assert open_cache().explain(KEY) == ["its result is no longer in the store"]


def test_what_a_result_wrote_must_still_be_there(keep, rest_on, open_cache, root):
    keep(inputs=rest_on((inputs.FILE, "data/a.csv")), wrote=rest_on((inputs.FILE, "data/b.csv")))
    (root / "data/b.csv").unlink()
    assert open_cache().recall(KEY) is None
    (root / "data/a.csv").unlink()
    assert open_cache().explain(KEY) == [
        "data/a.csv was removed",
        "data/b.csv, which it writes, is no longer what it wrote",
    ]


def test_of_states_the_one_that_stands_is_found_and_becomes_the_latest(keep, rest_on, open_cache, root):
    first = rest_on((inputs.FILE, "data/a.csv"))
    keep(inputs=first)
    (root / "data/a.csv").write_text("two\n")
    second = rest_on((inputs.FILE, "data/a.csv"))
    keep(inputs=second)
    assert open_cache().find_latest(KEY).inputs == second
    (root / "data/a.csv").write_text("1\n")
    assert open_cache().recall(KEY).rests_on.inputs == first
    assert open_cache().find_latest(KEY).inputs == first


def test_of_many_reasons_five_are_told(keep, rest_on, open_cache, root):
    for number in range(7):
        (root / f"data/{number}.csv").touch()
    keep(inputs=rest_on(*((inputs.FILE, f"data/{number}.csv") for number in range(7))))
    for number in range(5):
        (root / f"data/{number}.csv").unlink()
    told = [f"data/{number}.csv was removed" for number in range(5)]
    assert open_cache().explain(KEY) == told
    (root / "data/5.csv").unlink()
    assert open_cache().explain(KEY) == [*told, "and 1 reasons more"]
    (root / "data/6.csv").unlink()
    assert open_cache().explain(KEY) == [*told, "and 2 reasons more"]


def test_inputs_are_looked_at_once_until_they_are_to_be_looked_at_again(keep, rest_on, root):
    cache = keep(inputs=rest_on((inputs.FILE, "data/a.csv")))
    assert cache.recall(KEY)
    assert cache.present.is_ignored(str(root / "_build"))
    (root / "data/a.csv").write_text("other\n")
    assert cache.recall(KEY)
    present = cache.look()
    assert present is cache.present
    assert cache.recall(KEY) is None
    (root / "data/new.csv").touch()
    assert "data/new.csv" not in present.tree
    assert not [name for name in present.tree if name.startswith("_build/")]
    assert present.fingerprint(inputs.VARIABLE, "SETTING") != ABSENT
    assert present.root == root


def test_closing_keeps_what_was_learned_of_files(keep, open_cache, root, wait_until):
    keep()

    def learn():
        """A file that has just been changed may be changed again under the same date: it is not known before a while."""
        cache = open_cache()
        cache.present.fingerprint(inputs.FILE, "data/a.csv")
        cache.close()
        return (root / "_build" / STORE / "index.json").exists()

    assert wait_until(learn)
    assert open_cache().recall(KEY)


def test_the_store_stays_in_bounds_though_not_every_build_looks_through_it(open_cache, root):
    large = root / "_build" / STORE / "results/large.json"
    shrunk = []
    for number in range(64):
        cache = open_cache()
        cache.keep(KEY, [{**RESULTS[0], "execution_count": number}], Dependencies())
        with large.open("wb") as file:
            file.truncate(600 * 2**20)  # takes no room on the disk
        os.utime(large, (5, 5))
        cache.close()
        shrunk.append(not large.exists())
    assert 0 < sum(shrunk) < 16
    assert open_cache().recall(KEY)


# What is done, to what is rested on, and the clause that says so.
SAID = [
    ((inputs.FILE, "data/a.csv"), lambda root: (root / "data/a.csv").write_text("2\n"), "data/a.csv was changed"),
    ((inputs.FILE, "data/a.csv"), lambda root: (root / "data/a.csv").unlink(), "data/a.csv was removed"),
    ((inputs.FILE, "data/c.csv"), lambda root: (root / "data/c.csv").touch(), "data/c.csv, which was looked for in vain, now exists"),
    ((inputs.THERE, "data/c"), lambda root: (root / "data/c").mkdir(), "data/c, which was looked for in vain, now exists"),
    ((inputs.FOLDER, "data"), lambda root: (root / "data/c.csv").touch(), "files were added to or removed from data"),
    ((inputs.FOLDER, "data"), lambda root: (root / "data").rename(root / "other"), "the folder data was removed"),
    ((inputs.FOLDER, "more"), lambda root: (root / "more").mkdir(), "the folder more, which was looked for in vain, now exists"),
    ((inputs.MODULES, "code"), lambda root: (root / "code/b.py").touch(), "modules or packages were added to or removed from code"),
    ((inputs.PACKAGE, "code"), lambda root: (root / "code/b.py").touch(), "the installed package code was changed"),
    ((inputs.PATTERN, "data/*"), lambda root: (root / "data/c.csv").touch(), "data/* names other files than before"),
    ((inputs.TREE, ""), lambda root: (root / "data/a.csv").write_text("22\n"), "files of the project were added, removed, renamed or changed in size"),
    ((inputs.NAMES, ""), lambda root: (root / "data/c.csv").touch(), "files of the project were added, removed or renamed"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "act", "clause"), SAID)
def test_what_has_changed_is_said_in_a_clause(rest_on, open_cache, root, key, act, clause):
    known = rest_on(key)
    assert list(find_changes(known, open_cache().present)) == []
    act(root)
    assert list(find_changes(known, open_cache().present)) == [clause]


@pytest.mark.parametrize(
    ("name", "known", "now", "clause"),
    [
        ("SETTING", VARIABLES, {"SETTING": "2"}, "the environment variable SETTING was changed"),
        ("SETTING", VARIABLES, {}, "the environment variable SETTING was removed"),
        ("OTHER", VARIABLES, {"OTHER": ""}, "the environment variable OTHER was set"),
    ],
)
def test_a_variable_that_is_read_is_told_by_name(open_cache, name, known, now, clause):
    held = [(inputs.VARIABLE, name, open_cache(known).present.fingerprint(inputs.VARIABLE, name))]
    assert list(find_changes(held, open_cache(now).present)) == [clause]


def test_variables_that_came_are_told_by_name_and_those_that_went_as_such(open_cache):
    now = open_cache().present
    held = [(inputs.VARIABLES, "all", now.fingerprint(inputs.VARIABLES, "all"))]
    held += [
        (inputs.VARIABLE, name, now.fingerprint(inputs.VARIABLE, name)) for name in now.list_variables("all")
    ]
    more = open_cache(VARIABLES | {"NEW": "1", "NEWER": "1"}).present
    assert list(find_changes(held, more)) == [
        "the environment variable NEW was set",
        "the environment variable NEWER was set",
    ]
    less = open_cache({"MPLBACKEND": "agg"}).present
    assert list(find_changes(held, less)) == [
        "environment variables were set or removed",
        "the environment variable SETTING was removed",
    ]


def test_python_itself_is_told_by_its_version(open_cache):
    now = open_cache().present
    assert list(find_changes([(inputs.PYTHON, "", "3.10.1, linux x86_64")], now)) == [
        f"Python is {now.fingerprint(inputs.PYTHON, '')}, was 3.10.1, linux x86_64"
    ]


def test_a_file_that_was_changed_while_it_was_read_never_matches(open_cache):
    held = [(inputs.FILE, "data/a.csv", CHANGING)]
    assert list(find_changes(held, open_cache().present)) == [
        "data/a.csv was changed while it was being read"
    ]


def test_that_names_have_changed_is_said_only_where_nothing_says_more(keep, rest_on, open_cache, root):
    keep(inputs=rest_on((inputs.FILE, "data/a.csv"), (inputs.NAMES, ""), (inputs.TREE, "")))
    (root / "data/c.csv").touch()
    assert open_cache().explain(KEY) == [
        "files of the project were added, removed or renamed",
        "files of the project were added, removed, renamed or changed in size",
    ]
    (root / "data/a.csv").unlink()
    assert open_cache().explain(KEY) == ["data/a.csv was removed"]


def describe(*cells, kernel="python3"):
    return describe_job(
        Job("a.ipynb", "notebooks", read_steps(new_notebook(cells=list(cells)), "a.ipynb"), kernel)
    )


def test_a_key_names_the_cells_that_run():
    key = describe(
        new_markdown_cell("Prose."),
        new_code_cell("1"),
        new_code_cell(" "),
        new_code_cell("#| eval: false\n2"),
        new_markdown_cell("It is `{python} 3`."),
        kernel="ir",
    )
    assert (key.name, key.kernel, key.cells) == ("a.ipynb", "ir", (1, 4))
    assert len(set(key.code)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("#| fig-cap: One\nplot()", "#| fig-cap: Two\nplot()"),
        ("plot()", "plot()\n"),
    ],
)
def test_what_changes_no_result_is_no_part_of_the_key(one, other):
    assert describe(new_code_cell(one)) == describe(new_code_cell(other))
    assert describe(new_code_cell(one), new_markdown_cell("a")) == describe(new_code_cell(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("plot(1)", "plot(2)"),
        ("plot()", "#| fig-cap: One\nplot()"),  # its lines are counted in messages
        ("#| fig-cap: One\nplot()", "#| fig-cap: One\n#| fig-alt: Two\nplot()"),
        ("plot()", "plot() "),
        ("#| error: true\nplot()", "#| error: false\nplot()"),
        ("#| fig-width: 3\nplot()", "#| fig-width: 4\nplot()"),
        ("#| fig-cap: It is `{python} 1`\nplot()", "#| fig-cap: It is `{python} 2`\nplot()"),
    ],
)
def test_what_may_change_a_result_is_part_of_the_key(one, other):
    assert describe(new_code_cell(one)).code != describe(new_code_cell(other)).code


def test_an_expression_is_not_the_code_of_the_same_words():
    assert (
        describe(new_markdown_cell("`{python} 1`")).code != describe(new_markdown_cell("`{python} 2`")).code
    )
    assert describe(new_markdown_cell("`{python} 1`")).code != describe(new_code_cell("1")).code


def test_present_inputs_are_named_as_the_project_names_them(root):
    now = Present(root, {}, Index(), [root / "_build"])
    assert now.name(str(root / "data/a.csv")) == "data/a.csv"
    assert now.name("/elsewhere/a.csv") == "/elsewhere/a.csv"
    assert now.is_ignored(str(root / "_build"))
    assert now.is_ignored(str(root / "_build/made.html"))
    assert not now.is_ignored(str(root / "_build2"))


def test_results_are_put_back_into_the_cells_that_gave_them():
    shown = {"output_type": "stream", "name": "stdout", "text": "a"}
    cells = [
        new_markdown_cell("It is `{python} x` and `{python} y`."),
        new_code_cell("x", outputs=[shown], execution_count=7),
        new_code_cell(" ", outputs=[shown], execution_count=8),
    ]
    notebook = new_notebook(cells=cells)
    before = str(notebook)
    expressions = [{"text/plain": "1"}, {"text/plain": "2"}]
    results = [{"expressions": expressions}, {"outputs": [shown, shown], "execution_count": 1}]
    steps = read_steps(notebook, "a.ipynb")
    filled = fill_notebook(notebook, steps, results)
    assert [(cell.get("outputs"), cell.get("execution_count")) for cell in filled.cells] == [
        (None, None),
        ([shown, shown], 1),
        ([], None),
    ]
    assert filled.cells[1].outputs[0].text == "a"
    assert filled.cells[0].metadata == {
        "user_expressions": [
            {"expression": name, "result": {"status": "ok", "data": data, "metadata": {}}}
            for name, data in zip("xy", expressions, strict=True)
        ]
    }
    assert filled.cells[1].metadata == {}
    assert str(notebook) == before
    with pytest.raises(ValueError, match="shorter"):
        fill_notebook(notebook, steps, results[:1])
    with pytest.raises(ValueError, match="shorter"):
        fill_notebook(notebook, steps, [{"expressions": expressions[:1]}, results[1]])


def test_option_lines_that_cannot_be_read_are_named_by_their_cell():
    with pytest.raises(SourcebookError) as caught:
        describe(new_markdown_cell("a"), new_code_cell("#| fig-width: [\n1"))
    assert [issue.where for issue in caught.value.issues] == ["a.ipynb, cell 2, line 1"]
    with pytest.raises(SourcebookError) as caught:
        describe(new_code_cell("#| fig-width: wide\n1"))
    assert [issue.where for issue in caught.value.issues] == ["a.ipynb, cell 1"]


def test_figures_have_the_size_of_the_project_where_no_cell_asks_for_another():
    notebook = new_notebook(
        cells=[new_code_cell("1"), new_code_cell("#| fig-width: 4\n2"), new_code_cell("3")]
    )
    plain, sized = read_steps(notebook, "a.ipynb"), read_steps(notebook, "a.ipynb", (7.0, 3.0))
    assert plain[0].before != sized[0].before
    assert "4" in sized[1].before
    assert [
        step.before for step in read_steps(new_notebook(cells=[new_markdown_cell("`{python} 1`")]), "a")
    ] == [""]
