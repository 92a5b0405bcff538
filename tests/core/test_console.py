"""What documents say reaches the terminal as text that can be seen, through one door."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

import sourcebook
from sourcebook.cli import main
from sourcebook.core.console import save_fault, say, show_controls
from sourcebook.errors import Issue, ProjectError

HOUSE = Path(sourcebook.__file__).parent
# Nobody reads at a terminal what these write: they talk to the process that started them.
APART = {"typst_process.py"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;OWNED\x07", "\\x1b]0;OWNED\\x07"),
        ("a\u202egpj.exe", "a\\u202egpj.exe"),
        ("\u009b31m\r", "\\u009b31m\\x0d"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\xe9"),
        (
            "line\n\tnext: é 中 \N{RIGHT SINGLE QUOTATION MARK}",
            "line\n\tnext: é 中 \N{RIGHT SINGLE QUOTATION MARK}",
        ),
    ],
)
def test_controls_are_shown_as_escapes(text, shown, capsys):
    assert show_controls(text) == shown
    say(Issue("a.qmd", text), error=True)
    assert capsys.readouterr().err == f"a.qmd: {shown}\n"


def test_no_control_or_direction_character_passes():
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    left = {
        sign
        for sign in show_controls(every)
        if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    assert left == {"\n", "\t"}


def test_nothing_is_printed_by_another_door():
    doors = re.compile(r"(?<![.\w])print\(|\bstd(?:out|err)\b(?:\.buffer)?\.write|json\.dump\(.*std")
    found = {path.name for path in HOUSE.rglob("*.py") if doors.search(path.read_text(encoding="utf-8"))}
    assert found - APART == {"console.py"}


def test_a_fault_of_ours_is_a_sentence_with_its_traceback_beside_the_build(tmp_path, monkeypatch, capsys):
    def fail(_):
        raise ZeroDivisionError("of our own\x1b")

    monkeypatch.setitem(__import__("sourcebook.cli").cli.COMMANDS, "options", fail)
    monkeypatch.chdir(tmp_path)
    assert main(["options"]) == 70
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    assert "ZeroDivisionError" in (tmp_path / "sourcebook-fault.txt").read_text()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RecursionError(), "nested too deeply"),
        (MemoryError(), "not enough memory"),
        (OSError(28, "No space left on device", "report.html"), "report.html: No space left"),
        (ProjectError("No."), "No."),
    ],
)
def test_what_is_not_our_fault_is_no_fault_of_ours(error, words, monkeypatch, capsys):
    def fail(_):
        raise error

    monkeypatch.setitem(__import__("sourcebook.cli").cli.COMMANDS, "options", fail)
    assert main(["options"]) == 2
    assert words in capsys.readouterr().err


def test_a_traceback_that_cannot_be_saved_is_told(tmp_path):
    assert "nothing was written" in save_fault(ValueError("x"), [tmp_path / "nowhere"])
