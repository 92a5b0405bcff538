"""Steps of a build that are kept: done again when anything they rest on is another, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

import sourcebook
from sourcebook.cache.results import STORE
from sourcebook.cache.store import Store
from sourcebook.core.files import digest
from sourcebook.errors import Issue, RenderError
from sourcebook.execute.plan import Settings
from sourcebook.render.memo import Memo, _digest_files, open_memo


class Steps:
    """Does steps and notes which."""

    def __init__(self):
        self.done = []

    def one(self, memo, rests_on=("text",), result="made", step="read"):
        def make():
            self.done.append(step)
            return result

        return memo.recall(step, rests_on, make)

    def all(self, memo, rests_on, suffix=""):
        def make(steps):
            self.done.append(list(steps))
            return [f"{step}{suffix}" for step in steps]

        return memo.recall_all(rests_on, make)


@pytest.fixture
def steps():
    return Steps()


@pytest.fixture
def memo(tmp_path):
    """The memo of another build."""
    return lambda **options: Memo(Store(tmp_path), **options)


def test_a_step_is_done_once(steps, memo):
    assert [steps.one(memo(), result={"a": [1, None]}) for _ in range(3)] == [{"a": [1, None]}] * 3
    assert steps.done == ["read"]


@pytest.mark.parametrize("result", [None, "", [], 0])
def test_a_step_that_gave_nothing_is_done_once_too(steps, memo, result):
    assert [steps.one(memo(), result=result) for _ in range(2)] == [result] * 2
    assert steps.done == ["read"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a"], ["b"]),
        (["a", "b"], ["ab"]),
        (["a", "b"], ["b", "a"]),
        ([{"a": 1}], [{"a": 2}]),
        ([{"path": Path("a")}], [{"path": Path("b")}]),
        (["é"], ["è"]),
        ([], [""]),
    ],
)
def test_a_step_is_done_again_when_what_it_rests_on_is_another(steps, memo, one, other):
    for rests_on in (one, other, one, other):
        steps.one(memo(), rests_on)
    assert steps.done == ["read", "read"]


def test_steps_of_other_names_are_others(steps, memo):
    assert steps.one(memo(), result="1") == "1"
    assert steps.one(memo(), result="2", step="write") == "2"
    assert steps.one(memo(), result="3", step="write") == "2"


def test_a_state_that_is_used_stays_when_many_others_come(steps, memo):
    for number in range(40):
        steps.one(memo(), [str(number)])
        steps.one(memo(), ["text"])
    assert len(steps.done) == 41


def test_without_a_store_every_step_is_done(steps):
    assert [steps.one(Memo()) for _ in range(2)] == ["made", "made"]
    assert steps.all(Memo(), {"a": ["1"], "b": ["2"]}) == ["a", "b"]
    assert steps.done == ["read", "read", ["a", "b"]]


def test_fresh_does_a_step_again_and_keeps_it(steps, memo):
    steps.one(memo(), result="old")
    assert steps.one(memo(fresh=True), result="new") == "new"
    assert steps.one(memo()) == "new"
    assert steps.done == ["read", "read"]


def test_proving_a_step_that_gives_another_result_says_so(steps, memo):
    steps.one(memo(), result={"a": 1})
    assert steps.one(memo(prove=True), result={"a": 1}) == {"a": 1}
    assert steps.one(memo(prove=True), ["unknown"], result="new") == "new"
    assert steps.done == ["read"] * 3
    with pytest.raises(
        RenderError, match=r"^A step of the build did not give the same result again\."
    ) as caught:
        steps.one(memo(prove=True), result={"a": 2})
    assert caught.value.issues == (
        Issue("read", "gave another result than the one kept, though nothing it rests on has changed"),
    )
    assert steps.one(memo()) == {"a": 1}


def test_of_several_steps_only_those_that_are_not_known_are_done(steps, memo):
    assert steps.all(memo(), {"a": ["1"], "b": ["2"]}) == ["a", "b"]
    assert steps.all(memo(), {"b": ["2"], "a": ["1"]}) == ["b", "a"]
    assert steps.all(memo(), {"a": ["1"], "b": ["3"], "c": ["4"], "d": ["5"]}, "!") == ["a", "b!", "c!", "d!"]
    assert steps.all(memo(), {"b": ["2"], "c": ["4"]}) == ["b", "c!"]
    assert steps.done == [["a", "b"], ["b", "c", "d"]]


def test_steps_that_give_too_few_results_are_a_fault_that_shows(memo):
    with pytest.raises(ValueError, match="shorter"):
        memo().recall_all({"a": ["1"], "b": ["2"]}, lambda _: ["a"])


def test_of_several_steps_all_are_done_afresh_or_proven(steps, memo):
    rests_on = {"a": ["1"], "b": ["2"]}
    steps.all(memo(), rests_on)
    assert steps.all(memo(prove=True), rests_on) == ["a", "b"]
    assert steps.all(memo(fresh=True), rests_on, "!") == ["a!", "b!"]
    with pytest.raises(RenderError):
        steps.all(memo(prove=True), rests_on)
    assert steps.done == [["a", "b"]] * 4


def test_a_build_has_the_memo_that_its_settings_say(steps, tmp_path):
    out = tmp_path / "_build"
    assert [steps.one(open_memo(Settings(output=out)), result=text) for text in ("1", "2")] == ["1", "1"]
    assert (out / STORE / "entries").is_dir()
    assert steps.one(open_memo(Settings(output=out, fresh=True)), result="3") == "3"
    with pytest.raises(RenderError):
        steps.one(open_memo(Settings(output=out, prove=True)), result="4")
    assert [steps.one(open_memo(Settings()), result=text) for text in ("5", "6")] == ["5", "6"]


def test_another_tool_is_known_by_each_of_its_modules_and_files_of_its_theme():
    folder = Path(sourcebook.__file__).parent
    code, theme = _digest_files("*.py"), _digest_files("theme/**/*")
    assert {"cli.py", "render/memo.py"} <= code.keys()
    assert {"render/theme/page/base.css", "render/theme/report.typ"} <= theme.keys()
    assert {path.rpartition(".")[2] for path in code} == {"py"}
    assert code["render/memo.py"] == digest((folder / "render/memo.py").read_bytes())
