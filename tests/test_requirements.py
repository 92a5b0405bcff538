"""What requirements/ promises: everything pinned, with hashes, from nowhere in particular, fit for one .venv."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = ["run", "develop", "lab", "readers"]


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_a_pin_with_hashes_and_none_an_address(name: str):
    text = (ROOT / f"requirements/{name}.txt").read_text().replace("\\\n", " ")
    pin = re.compile(r"[a-z0-9-]+==[^ ]+( ; [^:/]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in text.splitlines() if not line.startswith("# ") and not pin.fullmatch(line)] == []
    assert "://" not in text


def test_the_files_agree_on_every_version_they_share():
    run, *others = map(read_versions, FILES)
    for file in others:
        assert run.items() <= file.items()
    for one, two in itertools.combinations(others, 2):
        assert {name for name in one.keys() & two.keys() if one[name] != two[name]} == set()


def test_every_declared_package_is_pinned():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = settings["dependency-groups"]
    declared = {
        "run": settings["project"]["dependencies"] + groups["build"],
        "develop": groups["test"] + groups["lint"],
        "lab": groups["lab"],
        "readers": groups["readers"],
    }
    for file, packages in declared.items():
        names = {re.match(r"[\w-]+", package).group().lower() for package in packages}
        assert names <= read_versions(file).keys(), (
            f"requirements/{file}.txt lags behind pyproject.toml: run make lock"
        )


def read_versions(name: str) -> dict[str, frozenset[str]]:
    """Package -> its versions: several where they differ by Python version."""
    text = (ROOT / f"requirements/{name}.txt").read_text()
    pins = re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, re.M)
    return {package: frozenset(v for p, v in pins if p == package) for package, _ in pins}
