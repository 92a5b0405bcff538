"""Inputs as they are now: what changes a fingerprint, and what does not."""

from __future__ import annotations

import os

import pytest

from sourcebook.cache.inputs import (
    ABSENT,
    FILE,
    FOLDER,
    MODULES,
    NAMES,
    PATTERN,
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


# Each row: what is done, and which of the fingerprints below change by it.
KEYS = {
    "bytes": (FILE, "data/a.csv"), "there": (THERE, "data/a.csv"), "entries": (FOLDER, "data"),
    "modules": (MODULES, "code"), "names": (NAMES, ""), "tree": (TREE, ""), "pattern": (PATTERN, "data/*.csv"),
}  # fmt: skip
DEEDS = {
    "contents of equal size": (lambda root: (root / "data/a.csv").write_text("2\n"), {"bytes"}),
    "another size": (lambda root: (root / "data/a.csv").write_text("22\n"), {"bytes", "tree"}),
    "removed": (lambda root: (root / "data/a.csv").unlink(), {"bytes", "there", "entries", "names", "tree", "pattern"}),
    "a file more": (lambda root: (root / "data/c.txt").touch(), {"entries", "names", "tree"}),
    "a module more": (lambda root: (root / "code/other.py").touch(), {"modules", "names", "tree"}),
    "a package more": (lambda root: (root / "code/pack").mkdir(), {"modules", "names", "tree"}),
    "executable": (lambda root: (root / "data/a.csv").chmod(0o755), {"names", "tree"}),
    "a link more": (lambda root: (root / "data/c.csv").symlink_to("a.csv"), {"entries", "names", "tree", "pattern"}),
    "touched": (lambda root: os.utime(root / "data/a.csv", (5, 5)), set()),
    "an output": (lambda root: (root / "out/more.html").touch(), set()),
    "what Python compiles": (lambda root: (root / "code/__pycache__").mkdir(), set()),
    "an editor's copy": (lambda root: (root / "data/a.csv~").touch(), {"entries", "tree"}),
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
    for kind in (FILE, THERE, FOLDER, MODULES):
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
