import subprocess
import sys
from types import SimpleNamespace

import pytest

from sourcebook.core.root import find_report, find_root
from sourcebook.errors import ProjectError


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    for name in ("SOURCEBOOK_PROJECT", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")


def test_a_project_is_found_from_any_folder_in_it(project, monkeypatch):
    root = project.build()
    (root / "notebooks/deep").mkdir(parents=True)
    monkeypatch.chdir(root / "notebooks/deep")
    assert find_root() == root
    assert find_root(root / "notebooks" / "x.ipynb") == root


def test_jupyter_says_where_the_notebook_is(project, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(project.build() / "notebooks" / "x.ipynb"))
    assert find_root() == project.root


def test_vscode_says_where_the_notebook_is(project, monkeypatch):
    shell = SimpleNamespace(user_ns={"__vsc_ipynb_file__": str(project.build() / "notebooks" / "x.ipynb")})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert find_root() == project.root


def test_the_variable_decides_and_must_be_right(project, monkeypatch, tmp_path):
    monkeypatch.chdir(project.build())
    monkeypatch.setenv("SOURCEBOOK_PROJECT", str(tmp_path / "elsewhere"))
    with pytest.raises(ProjectError, match="elsewhere"):
        find_root()


def test_without_a_project_the_error_says_what_one_is():
    with pytest.raises(ProjectError, match=r"a folder with _quarto\.yml and data/datapackage\.json"):
        find_root()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the question raises no audit event")
def test_whoever_watches_learns_where_a_project_was_looked_for(project):
    root = project.build()
    (root / "notebooks").mkdir()
    watch = (
        "import sys; from sourcebook.core.root import find_root\n"
        "say = lambda event, details: print(details[0]) if event == 'open' else None\n"
        f"sys.addaudithook(say); find_root({str(root / 'notebooks')!r})"
    )
    told = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == [
        str(root / name) for name in ("notebooks/_quarto.yml", "_quarto.yml", "data/datapackage.json")
    ]


def test_a_folder_of_that_name_is_no_mark(project):
    root = project.build()
    (root / "notebooks/_quarto.yml").mkdir(parents=True)
    assert find_root(root / "notebooks") == root


@pytest.mark.parametrize("name", ["nosuch.ipynb", "nosuch"])
def test_a_misspelt_name_is_not_taken_for_the_project_around_it(tmp_path, name):
    (tmp_path / "_quarto.yml").write_text("project: {type: default}\n")
    with pytest.raises(ProjectError, match=f"{name} does not exist"):
        find_report(tmp_path / name)
