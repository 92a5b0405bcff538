"""Files are written whole, or what was there stays."""

import pytest

from sourcebook.core.files import write_textfile, write_whole
from sourcebook.errors import ProjectError


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "verdicts.csv"
    path.write_text("old")
    path.chmod(0o640)
    write_textfile(path, "näw\n")
    assert path.read_bytes() == "näw\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_its_folder_is_made(tmp_path):
    write_whole(tmp_path / "a/b/c.json", b"{}")
    assert (tmp_path / "a/b/c.json").read_bytes() == b"{}"


def test_a_failure_leaves_nothing_behind(tmp_path):
    path = tmp_path / "README.md"
    (path / "inside").mkdir(parents=True)  # where a file should go
    with pytest.raises(ProjectError, match=r"README\.md cannot be written"):
        write_textfile(path, "text")
    assert list(tmp_path.iterdir()) == [path]
