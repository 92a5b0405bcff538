"""Mutation testing: what ``[tool.mutmut]`` names is changed in every way mutmut knows; do its tests notice?

``python tests/mutants.py`` prints the share noticed of each module, those that nobody noticed if ``mutants.md``
gives no reason for them, and reasons that no mutant needs; it fails when a share is under ``LEAST``. A pattern, ``"sourcebook.core.*"``, tries some only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

LEAST = 85
"""Per cent of a module's mutants."""
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv/mutation"
"""Where mutmut works, since it fills the folder that it is called in; ``mutmut browse`` there shows what it found."""
REASONS = Path(__file__).with_suffix(".md")


def main() -> None:
    # What it kept of an earlier run would hide changes of the tests.
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name in ("src", "tests", "pyproject.toml"):
        (FOLDER / name).symlink_to(ROOT / name)
    mutmut("run", *sys.argv[1:])
    known = set(re.findall(r"^[a-z_/]+: .+$", REASONS.read_text(encoding="utf-8"), re.MULTILINE))
    low, lines = [], {}
    for module, mutants in sorted(read_results().items()):
        alive = [name for name, noticed in mutants.items() if not noticed]
        share = 100 * (len(mutants) - len(alive)) / len(mutants)
        sys.stdout.write(f"{module}: {share:.1f} % of {len(mutants)}\n")
        low += [module] if share < LEAST else []
        place = module.removeprefix("sourcebook.").replace(".", "/")
        lines |= {f"{place}: {line}": name for name in alive for line in show(name)}
    for line in lines.keys() - known:
        sys.stdout.write(f"{lines[line]} was not noticed, and {REASONS.name} gives no reason: {line}\n")
    for line in sorted(known - lines.keys()) if not sys.argv[1:] else ():
        sys.stdout.write(
            f"{REASONS.name} gives a reason for what is noticed, or is no mutant any more: {line}\n"
        )
    if low:
        sys.exit(f"Tests notice less than {LEAST} % of what is changed in {', '.join(low)}: add some.")


def mutmut(*words: str) -> str:
    """What mutmut prints; its progress is not shown, a failure is. A browser, which no such test needs, is not looked for."""
    program = [Path(sys.executable).with_name("mutmut"), *words]
    done = subprocess.run(
        program,
        cwd=FOLDER,
        env=os.environ | {"SOURCEBOOK_CHROMIUM": "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"mutmut {words[0]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def read_results() -> dict[str, dict[str, bool]]:
    """Of each module its mutants by name, and whether tests noticed."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for line in mutmut("results", "--all", "true").splitlines():
        name, _, status = line.strip().rpartition(": ")
        if status != "not checked":
            found[name.rpartition(".")[0]][name] = status in ("killed", "timeout")
    return found


def show(mutant: str) -> Iterator[str]:
    """The lines a mutant has in place of ours."""
    for line in mutmut("show", mutant).splitlines():
        if line.startswith("+") and not line.startswith("+++"):
            yield line[1:].strip()


if __name__ == "__main__":
    main()
