"""Warm kernels for other Jupyter tools, by a kernelspec."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell as code

from sourcebook import cli
from sourcebook.execute.fork_client import can_fork


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Where Jupyter keeps what is a user's."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.usefixtures("data")
def test_nbconvert_runs_a_notebook_in_it(write, tmp_path, capsys):
    assert cli.main(["kernel", "install", "--user", "--name", "warm"]) == 0
    assert "Installed: " in capsys.readouterr().out
    path = write(
        tmp_path / "a.ipynb", code("import sys\nprint(6 * 7, 'ipykernel_launcher' in sys.orig_argv)")
    )
    options = ["--execute", "--to", "notebook", "--stdout", "--ExecutePreprocessor.kernel_name=warm"]
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", *options, str(path)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = json.loads(done.stdout)["cells"][0]["outputs"][0]["text"]
    assert "".join(shown) == f"42 {not can_fork()}\n"


def test_a_name_that_will_not_do_is_refused_in_a_sentence(data, capsys):
    assert cli.main(["kernel", "install", "--user", "--name", "no name"]) == 2
    assert "no name" in capsys.readouterr().err
    assert not data.exists() or not list(data.rglob("kernel.json"))
