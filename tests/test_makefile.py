"""The Makefile, run by the real make on a small copy of the project.

Python, pip and `sourcebook` are stand-ins that write down how they were called; the folder has a space in its name.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sourcebook.execute.prerequisites import write_prerequisites

ROOT = Path(__file__).parents[1]
TOOLS = [
    "awk",
    "cat",
    "cmp",
    "cp",
    "find",
    "head",
    "mkdir",
    "mv",
    "pwd",
    "rm",
    "sed",
    "sh",
    "sort",
    "touch",
]
OUTPUTS = ["report/_build/report.html", "report/_build/report.pdf"]
READ = ["elsewhere/table one.csv", "notebooks/helper.py"]
LOOKED_FOR = "elsewhere/more (of it).csv"
INPUTS = [
    "_quarto.yml",
    "index.md",
    "data/claims.csv",
    "data/series/brent oil.csv",
    "notebooks/one.ipynb",
    "src/sourcebook/cli.py",
]

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

SOURCEBOOK = """#!/bin/sh
echo "sourcebook $*" >>calls.txt
[ ! -e broken-cell ] || exit 1
[ "$1" != render ] || for file in report/_build/report.html report/_build/report.pdf; do echo "$*" >$file; done
[ "$1" != render ] || cp report.d report/_build/
[ ! -e interrupt ] || kill -INT $PPID
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
        environment = {"PATH": str(self.path), "LANG": "C.UTF-8"}
        done = subprocess.run(
            [shutil.which("make"), *words],
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout, calls.read_text().splitlines() if calls.exists() else []

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
    for name in [*INPUTS, *READ]:
        project.write(name, age=1000)
    write_prerequisites(project.folder / "report.d", OUTPUTS, [*INPUTS, *READ], [LOOKED_FOR])
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
    bare.write(".venv/project.txt", age=800)
    status, said, _ = bare.make()
    assert status == 0, said
    for name in OUTPUTS:
        bare.set_age(name, 100)
    bare.set_age("report/_build/.inputs", 200)
    return bare


def test_the_first_make_renders_both_outputs_in_one_run(ready: Project):
    for name in OUTPUTS:
        (ready.folder / name).unlink()
    status, said, calls = ready.make("-j2")
    assert (status, calls) == (0, ["sourcebook render --to html,pdf"])
    assert "The report is ready: report/_build/report.pdf and report/_build/report.html" in said


def test_html_and_pdf_side_by_side_share_one_run(ready: Project):
    ready.set_age("notebooks/one.ipynb", 0)
    assert ready.make("-j2", "html", "pdf")[2] == ["sourcebook render --to html,pdf"]


def test_a_second_make_says_one_line_and_starts_no_python(ready: Project):
    up_to_date = "The report is up to date: report/_build/report.pdf and report/_build/report.html\n"
    assert ready.make() == (0, up_to_date, [])


@pytest.mark.parametrize("name", [*INPUTS, *READ])
def test_a_touched_input_rebuilds(ready: Project, name: str):
    ready.set_age(name, 0)
    assert ready.make()[2] == ["sourcebook render --to html,pdf"]
    assert ready.make()[2] == []


@pytest.mark.parametrize("name", ["data/series/brent oil.csv", *READ])
def test_a_deleted_input_rebuilds(ready: Project, name: str):
    (ready.folder / name).unlink()
    assert ready.make()[2] == ["sourcebook render --to html,pdf"]


@pytest.mark.parametrize("name", [LOOKED_FOR, "data/new table.csv", "notebooks/new.ipynb"])
def test_a_new_file_rebuilds_however_old(ready: Project, name: str):
    ready.write(name, age=5000)
    assert ready.make()[2] == ["sourcebook render --to html,pdf"]


def test_what_nobody_read_does_not_rebuild(ready: Project):
    ready.write("elsewhere/notes.txt")
    assert ready.make()[2] == []


def test_outputs_nobody_can_account_for_are_built_anew(ready: Project):
    (ready.folder / "report/_build/report.d").unlink()
    assert ready.make()[2] == ["sourcebook render --to html,pdf"]
    assert ready.make()[2] == []


def test_what_machines_write_does_not_rebuild(ready: Project):
    for name in [
        "src/sourcebook/__pycache__/cli.pyc",
        "notebooks/.ipynb_checkpoints/one.ipynb",
        "report/output/report.md",
    ]:
        ready.write(name)
    assert ready.make()[2] == []


def test_one_missing_output_is_made_again(ready: Project):
    (ready.folder / OUTPUTS[1]).unlink()
    assert ready.make("pdf")[2] == ["sourcebook render --to html,pdf"]


def test_a_failed_build_keeps_the_old_outputs_and_is_tried_again(ready: Project):
    before = [(ready.folder / name).stat().st_mtime_ns for name in OUTPUTS]
    ready.set_age("notebooks/one.ipynb", 0)
    ready.write("broken-cell")
    status, said, _ = ready.make()
    assert status != 0
    assert "The report is" not in said
    assert [(ready.folder / name).stat().st_mtime_ns for name in OUTPUTS] == before
    (ready.folder / "broken-cell").unlink()
    assert ready.make()[2] == ["sourcebook render --to html,pdf"]


def test_an_interrupted_build_deletes_nothing(ready: Project):
    ready.set_age("notebooks/one.ipynb", 0)
    ready.write("interrupt")
    assert ready.make()[0] != 0
    assert all((ready.folder / name).exists() for name in OUTPUTS)


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


def test_another_engine_can_be_named(ready: Project):
    (ready.folder / "index.md").touch()
    calls = ready.make("ENGINE=quarto")[2]
    assert calls == ["sourcebook render --to html,pdf --engine quarto"]
