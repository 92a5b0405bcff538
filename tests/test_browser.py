"""Which Chromium the tests take, and that none is an answer too."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("browser.py")


@pytest.fixture
def find(tmp_path):
    """Runs the program where nothing but what a test has put there is installed, and nothing can be fetched."""

    def run(**variables: str) -> str:
        nowhere = {
            "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "own"),
            "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:1",
        }
        environment = {"PATH": str(tmp_path)} | nowhere | variables
        command = [sys.executable, PROGRAM, "--install"]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    return run


def put(path: Path, status: int) -> None:
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)


def test_the_first_one_that_starts_is_taken(tmp_path, find):
    for name, status in {"chromium-browser": 1, "google-chrome": 0, "google-chrome-stable": 0}.items():
        put(tmp_path / name, status)
    assert find() == f"{tmp_path / 'google-chrome'}\n"
    assert find(SOURCEBOOK_CHROMIUM="mine") == "mine\n"


def test_where_none_can_be_had_the_answer_is_empty(find):
    assert find() == "\n"
