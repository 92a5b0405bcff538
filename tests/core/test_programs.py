import re
import sys
from pathlib import Path

import pytest

from sourcebook.core.programs import run_program
from sourcebook.errors import ToolError

SOURCE = Path(__file__).parents[2] / "src"


def test_a_program_reads_what_it_is_given_and_writes_back():
    shout = "import sys; sys.stderr.write('note'); sys.stdout.write(sys.stdin.read().upper())"
    assert run_program([sys.executable, "-c", shout], content=b"a") == (b"A", "note")


def test_a_program_that_fails_is_told_with_its_own_words():
    with pytest.raises(ToolError, match=r"helper failed[^$]*no such thing"):
        run_program([sys.executable, "-c", "import sys; sys.exit('no such thing')"], name="helper")


def test_a_missing_program_is_named():
    with pytest.raises(ToolError, match="install no-such-program"):
        run_program(["no-such-program"])


def test_only_one_module_starts_programs_and_another_what_kernels_are_forked_from():
    starts = re.compile(r"subprocess\.(?:run|Popen|call|check)\w*\(|os\.(?:system|popen)\(")
    found = {path.name for path in SOURCE.rglob("*.py") if starts.search(path.read_text(encoding="utf-8"))}
    assert found == {"programs.py", "fork_client.py"}
