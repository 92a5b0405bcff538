"""The Makefile, run by the real make on a small copy of the project, and the one that comes with `sourcebook new`.

Python, pip and `sourcebook` are stand-ins that write down how they were called; the folder has a space in its name.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "src/sourcebook/ledger/template/Makefile"
TOOLS = ["awk", "cat", "cmp", "cp", "find", "mkdir", "mv", "pwd", "rm", "sh", "sleep", "touch"]
OUTPUTS = ["report/_build/report.html", "report/_build/report.pdf"]
RENDER = "sourcebook render --to html,pdf"

PYTHON = """#!/bin/sh
case "$*" in
  *version_info*2*) echo "{version}"; exit ;;
  "-c import sys"*) exit {too_old} ;;
  "-c import ensurepip"*) exit {no_venv} ;;
esac
echo "python $*" >>calls.txt
case "$*" in
  "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/pip ;;
  *pip*) [ ! -e no-network ] ;;
esac
"""

# Says what the real one would; told to wait, it has begun to write and goes on until it is ended.
SOURCEBOOK = """#!/bin/sh
echo "sourcebook $*" >>calls.txt
[ ! -e broken-cell ] || exit 1
[ ! -e wait ] || { echo half >report/_build/report.pdf; touch waiting; exec sleep 600; }
echo "The report is $(cat state): report/_build/report.html and report/_build/report.pdf"
"""


class Project:
    """A folder with the Makefile in it, and what a run of make said and called there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder.parent / "bin"

    def make(self, *words: str) -> tuple[int, str, list[str]]:
        """Exit status, everything said, and the calls of the stand-ins."""
        calls = self.folder / "calls.txt"
        calls.unlink(missing_ok=True)
        with self.start(*words) as run:
            said = run.communicate()[0]
        return run.returncode, said, calls.read_text().splitlines() if calls.exists() else []

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Make, at the head of a group of processes of its own."""
        return subprocess.Popen(
            [shutil.which("make"), *words],
            cwd=self.folder,
            env={"PATH": str(self.path), "LANG": "C.UTF-8"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def write(self, name: str, text: str = "", *, age: float = 0) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.set_age(name, age)
        return path

    def write_program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def set_age(self, name: str, seconds: float) -> None:
        os.utime(self.folder / name, (time.time() - seconds,) * 2)

    def put_python(
        self, name: str, version: str = "3.12", *, too_old: bool = False, no_venv: bool = False
    ) -> None:
        text = PYTHON.replace("{version}", version)
        text = text.replace("{too_old}", str(int(too_old))).replace("{no_venv}", str(int(no_venv)))
        self.write_program(self.path / name, text)


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """The project before set-up, on a machine without any Python."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    project = Project(tmp_path / "a clone")
    project.path.mkdir()
    for tool in TOOLS:
        (project.path / tool).symlink_to(shutil.which(tool))
    for name in ["Makefile", "pyproject.toml"]:
        project.write(name, (ROOT / name).read_text(), age=1000)
    for name in ["run", "develop", "lab"]:
        project.write(f"requirements/{name}.txt", f"{name}==1\n", age=1000)
    return project


@pytest.fixture
def ready(bare: Project) -> Project:
    """The project after set-up and one build, some time ago."""
    bare.put_python("python3")
    bare.write_program(bare.folder / ".venv/bin/python", PYTHON)
    bare.write_program(bare.folder / ".venv/bin/sourcebook", SOURCEBOOK)
    bare.write(".venv/run.txt", f"# {bare.folder.resolve()}\nrun==1\n", age=900)
    bare.write(".venv/project.txt", (ROOT / "pyproject.toml").read_text(), age=800)
    bare.write("state", "up to date")
    for name in OUTPUTS:
        bare.write(name, "whole", age=100)
    return bare


@pytest.fixture
def started(ready: Project) -> Project:
    """The same with the Makefile of a new project, which finds the command on the path."""
    ready.write("Makefile", TEMPLATE.read_text())
    ready.write_program(ready.path / "sourcebook", SOURCEBOOK)
    return ready


@pytest.fixture(params=["ready", "started"])
def either(request: pytest.FixtureRequest) -> Project:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("state", ["ready", "up to date"])
def test_the_tool_is_always_asked_and_has_the_only_word(either: Project, state: str):
    either.write("state", state)
    said = f"The report is {state}: {' and '.join(OUTPUTS)}\n"
    assert either.make() == (0, said, [RENDER])


def test_html_and_pdf_side_by_side_share_one_run(ready: Project):
    assert ready.make("-j2", "html", "pdf")[2] == [RENDER]


def test_a_failed_build_is_told_by_its_status(either: Project):
    either.write("broken-cell")
    status, said, _ = either.make()
    assert status == 2
    assert "The report is" not in said


def test_an_interrupted_build_deletes_nothing(either: Project, wait_until):
    either.write("wait")
    with either.start() as run:
        assert wait_until((either.folder / "waiting").exists)
        os.killpg(run.pid, signal.SIGTERM)
    assert run.returncode != 0
    assert all((either.folder / name).exists() for name in OUTPUTS)


def test_a_new_project_without_the_tool_says_how_to_name_it(started: Project):
    (started.path / "sourcebook").unlink()
    status, said, _ = started.make()
    assert status == 2
    assert said.startswith("The command sourcebook is not found: start the environment it is in, or say make")
    assert started.make("SOURCEBOOK=.venv/bin/sourcebook")[2] == [RENDER]


def test_verify_without_an_article_asks_for_it(bare: Project):
    status, said, calls = bare.make("verify")
    assert (status, calls) == (2, [])
    assert said.startswith("Say where the article is: make verify ARTICLE=path/to/article.txt\n")


def test_verify_hands_the_path_over_whole(ready: Project):
    assert ready.make("verify", "ARTICLE=my folder/it's.txt")[2] == ["sourcebook verify my folder/it's.txt"]


def test_help_names_every_target(bare: Project):
    makefile = (ROOT / "Makefile").read_text()
    targets = {name for line in re.findall(r"^\.PHONY: (.*)", makefile, re.M) for name in line.split()}
    status, said, _ = bare.make("help")
    assert status == 0
    assert set(re.findall(r"^  ([\w-]+)", said, re.M)) == targets - {"always"}


def test_no_python_at_all_is_one_sentence(bare: Project):
    status, said, _ = bare.make()
    assert status != 0
    assert said.startswith("Python 3.11 or newer is needed (none was found): install one")
    assert not (bare.folder / ".venv").exists()


def test_too_old_a_python_is_named(bare: Project):
    bare.put_python("python3", "3.9", too_old=True)
    bare.put_python("python", "2.7", too_old=True)
    assert bare.make()[1].startswith(
        "Python 3.11 or newer is needed (python3 is 3.9, python is 2.7): install one"
    )


def test_a_python_without_venv_is_told_what_to_install(bare: Project):
    bare.put_python("python3", "3.12", no_venv=True)
    status, said, calls = bare.make()
    assert (status, calls) == (2, [])
    assert "apt install python3.12-venv" in said


def test_set_up_takes_the_first_python_that_will_do_and_only_pinned_wheels(bare: Project):
    bare.put_python("python3.13", "3.10", too_old=True)
    bare.put_python("python3.12", "3.12")
    status, said, calls = bare.make(".venv/project.txt")
    assert (status, said) == (0, "Setting up .venv with Python 3.12 (once; about 700 MB) ...\n")
    venv, packages, project = calls
    assert venv == "python -m venv .venv"
    assert {"--require-hashes", "--only-binary", "--no-deps", "requirements/run.txt"} <= set(packages.split())
    assert {"--no-build-isolation", "--no-index", "--editable"} <= set(project.split())


def test_uv_is_used_when_present(bare: Project):
    bare.put_python("python3")
    bare.write_program(bare.path / "uv", PYTHON.replace("python $*", "uv $*").replace('"-m venv"*', "venv*"))
    assert [call.split()[:3] for call in bare.make(".venv/project.txt")[2]] == [
        ["uv", "venv", "--quiet"],
        ["uv", "pip", "install"],
        ["uv", "pip", "install"],
    ]


def test_half_a_set_up_is_begun_anew(bare: Project):
    bare.put_python("python3")
    bare.write("no-network")
    status, said, _ = bare.make()
    assert status != 0
    assert "Installing packages failed" in said
    bare.write(".venv/left-over")
    (bare.folder / "no-network").unlink()
    assert bare.make(".venv/run.txt")[2][0] == "python -m venv .venv"
    assert not (bare.folder / ".venv/left-over").exists()


def test_a_moved_folder_gets_a_new_venv(ready: Project):
    moved = Project(ready.folder.rename(ready.folder.with_name("moved")))
    assert moved.make(".venv/run.txt")[2][0] == "python -m venv .venv"


def test_a_new_date_on_the_same_pins_installs_nothing(ready: Project):
    ready.set_age("requirements/run.txt", 0)
    assert ready.make(".venv/run.txt")[2] == []


def test_other_pins_are_installed_however_old(ready: Project):
    ready.write("requirements/run.txt", "run==2\n", age=5000)
    assert ready.make(".venv/run.txt")[2][0] == "python -m venv .venv"


@pytest.mark.parametrize(
    ("name", "what"),
    [("pyproject.toml", "--editable ."), ("requirements/develop.txt", "requirements/develop.txt")],
)
def test_other_settings_are_installed_however_old(ready: Project, name: str, what: str):
    targets = [".venv/project.txt", ".venv/develop.txt"]
    ready.make(*targets)
    assert ready.make(*targets)[2] == []
    ready.write(name, "other\n", age=5000)
    assert next(call for call in ready.make(*targets)[2] if " install " in call).endswith(what)


def test_another_engine_can_be_named(ready: Project):
    assert ready.make("ENGINE=quarto")[2] == [f"{RENDER} --engine quarto"]


def test_check_all_is_test_at_length(ready: Project):
    program = '#!/bin/sh\necho "pytest at length: ${SOURCEBOOK_AT_LENGTH:-no} $*" >>calls.txt\n'
    ready.write_program(ready.folder / ".venv/bin/pytest", program)
    assert ready.make("test", "ARGS=-k x")[2][-1].startswith("pytest at length: no -n 2 --dist loadfile ")
    call, mutants = ready.make("check-all", "ARGS=-k x")[2]
    assert mutants.endswith("tests/mutants.py")
    assert call.startswith("pytest at length: 1 -n 2 --dist worksteal ")
    assert call.endswith(" -k x")
