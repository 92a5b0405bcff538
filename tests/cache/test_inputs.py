"""Inputs as they are now: what changes a fingerprint, and what does not."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import time
import zipfile

import pytest

from sourcebook.cache.inputs import (
    ABSENT,
    DAY,
    FILE,
    FOLDER,
    MODULES,
    NAMES,
    PACKAGE,
    PATTERN,
    PYTHON,
    THERE,
    TREE,
    VARIABLE,
    VARIABLES,
    Present,
)  # fmt: skip
from sourcebook.core.files import Index


@pytest.fixture
def root(tmp_path):
    for name in ("data/a.csv", "data/b.csv", "code/helper.py", "out/made.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1\n")
    return tmp_path


@pytest.fixture
def look(root):
    """Inputs as they are at each call."""
    index = Index()

    def look_now(variables=(), ignored=("out",)):
        return Present(root, dict(variables), index, [root / name for name in ignored])

    return look_now


def _touch(path):
    path.parent.mkdir(parents=True)
    path.touch()


def _turn_into_folder(path):
    path.unlink()
    path.mkdir()


# Each row: what is done, and which of the fingerprints below change by it.
KEYS = {
    "bytes": (FILE, "data/a.csv"), "there": (THERE, "data/a.csv"), "entries": (FOLDER, "data"),
    "modules": (MODULES, "code"), "names": (NAMES, ""), "tree": (TREE, ""), "pattern": (PATTERN, "data/*.csv"),
    "package": (PACKAGE, "code"), "but a": (TREE, "data/a.csv\ncode/other.py"), "folder": (PATTERN, "data"), "below": (PATTERN, "**/*.csv"),
}  # fmt: skip
DEEDS = {
    "contents of equal size": (lambda root: (root / "data/a.csv").write_text("2\n"), {"bytes"}),
    "another size": (lambda root: (root / "data/a.csv").write_text("22\n"), {"bytes", "tree"}),
    "another's size": (lambda root: (root / "data/b.csv").write_text("22\n"), {"tree", "but a"}),
    "removed": (lambda root: (root / "data/a.csv").unlink(), {"bytes", "there", "entries", "names", "tree", "pattern", "folder", "below"}),
    "a file more": (lambda root: (root / "data/c.txt").touch(), {"entries", "names", "tree", "but a", "folder"}),
    "a file more that others may be": (lambda root: (root / "code/.data.csv").touch(), {"names", "tree", "but a", "below"}),
    "a module more": (lambda root: (root / "code/other.py").touch(), {"modules", "names", "tree", "package"}),
    "a compiled module more": (lambda root: (root / "code/other.so").touch(), {"modules", "names", "tree", "package", "but a"}),
    "a list of paths more": (lambda root: (root / "code/other.pth").touch(), {"modules", "names", "tree", "but a"}),
    "settings of drawings": (lambda root: (root / "code/matplotlibrc").touch(), {"modules", "names", "tree", "but a"}),
    "a font more": (lambda root: (root / "code/a.ttf").touch(), {"names", "tree", "package", "but a"}),
    "a package more": (lambda root: (root / "code/pack").mkdir(), {"modules", "names", "tree", "but a"}),
    "no package": (lambda root: (root / "code/not-one").mkdir(), {"names", "tree", "but a"}),
    "a file as a package": (lambda root: (root / "code/pack").touch(), {"names", "tree", "but a"}),
    "a module within": (lambda root: _touch(root / "code/helper/inner/a.py"), {"modules", "names", "tree", "package", "but a"}),
    "a test within": (lambda root: _touch(root / "code/tests/a.py"), {"modules", "names", "tree", "but a"}),
    "another test within": (lambda root: _touch(root / "code/test/a.py"), {"modules", "names", "tree", "but a"}),
    "packages within": (lambda root: _touch(root / "code/site-packages/a.py"), {"names", "tree", "but a"}),
    "a module in what Python compiles": (lambda root: _touch(root / "code/__pycache__/a.py"), set()),
    "a module's contents": (lambda root: (root / "code/helper.py").write_text("2\n2"), {"package", "tree", "but a"}),
    "a module's date": (lambda root: os.utime(root / "code/helper.py", (5, 5)), {"package"}),
    "a checkpoint": (lambda root: (root / "data/.ipynb_checkpoints").mkdir(), set()),
    "a folder for a file": (lambda root: _turn_into_folder(root / "data/b.csv"), {"entries", "names", "tree", "pattern", "but a", "folder", "below"}),
    "executable": (lambda root: (root / "data/a.csv").chmod(0o755), {"names", "tree"}),
    "a link more": (lambda root: (root / "data/c.csv").symlink_to("a.csv"), {"entries", "names", "tree", "pattern", "but a", "folder", "below"}),
    "touched": (lambda root: os.utime(root / "data/a.csv", (5, 5)), set()),
    "an output": (lambda root: (root / "out/more.html").touch(), set()),
    "what Python compiles beside data": (lambda root: (root / "data/__pycache__").mkdir(), set()),
    "what Python compiles": (lambda root: (root / "code/__pycache__").mkdir(), set()),
    "an editor's copy": (lambda root: (root / "data/a.csv~").touch(), {"entries", "tree", "but a", "folder"}),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_a_change_shows_where_it_should_and_nowhere_else(root, look, deed):
    act, expected = DEEDS[deed]
    before = {name: look().fingerprint(*key) for name, key in KEYS.items()}
    act(root)
    now = look()
    assert {name for name, key in KEYS.items() if now.fingerprint(*key) != before[name]} == expected


def test_equal_size_and_a_restored_date_deceive_nobody(root, look):
    path = root / "data/a.csv"
    known, status = look().fingerprint(FILE, "data/a.csv"), path.stat()
    path.write_text("2\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert look().fingerprint(FILE, "data/a.csv") != known


def test_what_is_there_is_told_apart_from_what_is_not(look):
    now = look()
    assert now.fingerprint(FILE, "data") == FOLDER
    assert now.fingerprint(THERE, "data") == FOLDER
    assert now.fingerprint(THERE, "data/a.csv") == FILE
    for kind in (FILE, THERE, FOLDER, MODULES, PACKAGE):
        assert now.fingerprint(kind, "nothing/here") == ABSENT
    assert now.fingerprint(FILE, "a\0b") == ABSENT


def test_variables_of_the_session_do_not_count(look):
    one = look({"HOME": "/a", "SETTING": "1", "SSH_TTY": "x"})
    assert one.list_variables("all") == ["SETTING"]
    assert one.list_variables("drawing") == []
    assert one.fingerprint(VARIABLES, "all") == look({"SETTING": "2"}).fingerprint(VARIABLES, "all")
    assert one.fingerprint(VARIABLE, "SETTING") != look({"SETTING": "2"}).fingerprint(VARIABLE, "SETTING")
    assert look().fingerprint(VARIABLE, "SETTING") == ABSENT
    assert one.fingerprint(VARIABLE, "SETTING") != "1"


def test_digests_are_known_again_by_their_stamps_in_another_process(root, tmp_path):
    store = tmp_path / "index.json"
    for path in (root / "data").iterdir():
        os.utime(path, (5, 5))
    first, later = Index(store), root / "later"
    known = Present(root, {}, first).fingerprint(FILE, "data/a.csv")
    first.save()
    assert Present(root, {}, Index(store)).fingerprint(FILE, "data/a.csv") == known
    store.write_text("{damaged")
    assert Present(root, {}, Index(store)).fingerprint(FILE, "data/a.csv") == known
    assert not later.exists()


def test_a_package_without_code_is_none(look):
    assert look().fingerprint(PACKAGE, "data") == ABSENT
    assert look().fingerprint(PACKAGE, "code") != ABSENT


def test_a_package_or_archive_that_is_one_file_is_told_by_its_stamp(root, look):
    archive = root / "code/archive.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.py", "1")
    known = {
        (kind, name): look().fingerprint(kind, name)
        for kind in (MODULES, PACKAGE)
        for name in ("code/archive.zip", "code/helper.py")
    }
    assert ABSENT not in known.values()
    assert {key: look().fingerprint(*key) for key in known} == known
    for path in (archive, root / "code/helper.py"):
        os.utime(path, (5, 5))
    assert not {key for key in known if look().fingerprint(*key) == known[key]}


def test_python_is_known_by_its_version_and_machine(look):
    known = f"{platform.python_version()}, {sys.platform} {platform.machine()}"
    assert look().fingerprint(PYTHON, "") == known


@pytest.mark.parametrize("zone", ["AAA-14", "AAA12"])  # in one of them it is always another day
def test_the_day_is_that_of_greenwich(look, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before = datetime.datetime.now(datetime.UTC).date()
        day = datetime.date.fromisoformat(look().fingerprint(DAY, ""))
        assert before <= day <= datetime.datetime.now(datetime.UTC).date()
    finally:
        monkeypatch.undo()
        time.tzset()


def test_variables_for_drawing_are_those_that_change_drawings(look):
    variables = {"MPLBACKEND": "agg", "LC_ALL": "C", "SETTING": "1", "TMUX_PANE": "1", "TMUX": "1"}
    now = look(variables)
    assert now.list_variables("all") == ["LC_ALL", "MPLBACKEND", "SETTING"]
    assert now.list_variables("drawing") == ["LC_ALL", "MPLBACKEND"]
    fewer = look({"LC_ALL": "C", "SETTING": "1"})
    for which in ("all", "drawing"):
        assert now.fingerprint(VARIABLES, which) != fewer.fingerprint(VARIABLES, which)
    assert now.fingerprint(VARIABLE, "SETTING") == fewer.fingerprint(VARIABLE, "SETTING")


def test_a_pattern_names_files_as_the_project_does(root, look, tmp_path_factory, monkeypatch):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "c.csv").touch()
    (outside / "below").mkdir()
    (outside / "below/d.csv").touch()
    (root / "data/.hidden.csv").touch()
    now = look()
    assert now.find_pattern("data/*.csv") == ["data/.hidden.csv", "data/a.csv", "data/b.csv"]
    assert now.find_pattern("data") == ["data/.hidden.csv", "data/a.csv", "data/b.csv"]
    assert now.find_pattern("data/a.csv") == ["data/a.csv"]
    assert now.find_pattern("**/a.*") == ["data/a.csv"]
    assert now.find_pattern("data/**/a.*") == ["data/a.csv"]
    assert now.find_pattern("nothing*") == []
    assert now.find_pattern(f"{outside}/*") == [f"{outside}/below/d.csv", f"{outside}/c.csv"]
    monkeypatch.setenv("HOME", str(outside))
    assert now.find_pattern("~/c.csv") == [f"{outside}/c.csv"]


def test_a_repository_is_known_by_its_head_index_and_branches(root, look):
    assert look().list_repository() == [".git", ".git/HEAD", ".git/index", ".git/config", ".git/packed-refs"]
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=root, check=True)
    (root / ".git/refs/heads/main").write_text("0" * 40)
    assert look().list_repository() == [
        ".git", ".git/HEAD", ".git/index", ".git/config", ".git/packed-refs", ".git/refs/heads/main",
    ]  # fmt: skip


def test_inputs_are_looked_at_once(root, look):
    now = look({"SETTING": "1"})
    known = {key: now.fingerprint(*key) for key in KEYS.values()}
    (root / "data/a.csv").unlink()
    (root / "code/other.py").touch()
    assert {key: now.fingerprint(*key) for key in KEYS.values()} == known


def test_names_that_are_no_utf_8_are_names_like_others(root, look):
    before = {name: look().fingerprint(*KEYS[name]) for name in ("entries", "names", "tree")}
    try:
        (root / os.fsdecode(b"data/\xff.csv")).touch()
    except OSError:
        pytest.skip("file systems that know only Unicode")
    now = look()
    assert not [name for name in before if now.fingerprint(*KEYS[name]) in (before[name], ABSENT)]


def test_names_may_hold_spaces(root, look):
    (root / "data/my file.csv").write_text("1")
    known = [look().fingerprint(TREE, but) for but in ("data/a.csv\ndata/my file.csv", "data/a.csv")]
    (root / "data/my file.csv").write_text("22")
    now = [look().fingerprint(TREE, but) for but in ("data/a.csv\ndata/my file.csv", "data/a.csv")]
    assert [one == other for one, other in zip(known, now, strict=True)] == [True, False]
