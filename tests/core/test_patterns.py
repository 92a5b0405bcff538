"""No regular expression of ours takes long, whatever it is run on."""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import signal
import time
from pathlib import Path

import pytest

import sourcebook

HOUSE = Path(sourcebook.__file__).parent
LENGTH = 20_000
# What grows with the square of the length takes four hundred times as long for twenty times as much, what grows faster never
# ends; what is done before it can be measured is harmless.
SHORT, GROWTH, SECONDS = LENGTH // 20, 40, 2.0
# Signs that many patterns wait for, besides those that stand in the pattern itself.
USUAL = ["a", "0", " ", "\n", "\t", "a ", " \n", "- ", "\n\n", "é", "A.", "1,"]


def list_patterns():
    """Every pattern that a module holds, and every one written where it is used."""
    found = {}
    for module in pkgutil.walk_packages([str(HOUSE)], "sourcebook."):
        if module.name.endswith(("typst_process", "fork_server", "__main__")):
            continue
        loaded = importlib.import_module(module.name)
        source = Path(loaded.__file__).read_text(encoding="utf-8")
        found |= {
            (value.pattern, value.flags): (f"{module.name}: {name}", find_ways(name, source))
            for name, value in vars(loaded).items()
            if isinstance(value, re.Pattern) and re.search(rf"(?m)^{name} =", source)
        }
    for path in sorted(HOUSE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "re." in source else ():
            if is_call(node) and node.args and isinstance(node.args[0], ast.Constant):
                pattern = node.args[0].value
                flags = read_flags(node)
                way = {node.func.attr} & {"match", "fullmatch"} or {"finditer"}
                found.setdefault(
                    (pattern, re.compile(pattern, flags).flags),
                    (f"{path.relative_to(HOUSE)}, line {node.lineno}", way),
                )
    return [
        pytest.param(re.compile(pattern, flags), ways, id=where)
        for (pattern, flags), (where, ways) in found.items()
    ]


def find_ways(name, source):
    """How a module uses a pattern of its own: anchored, or all through a text."""
    used = set(re.findall(rf"\b{name}\.(\w+)", source))
    return used & {"match", "fullmatch"} | (
        {"finditer"} if not used or used - {"match", "fullmatch"} else set()
    )


def is_call(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr
        in ("compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer")
    )


def read_flags(node):
    names = [
        part.attr
        for keyword in node.keywords + node.args[1:]
        for part in ast.walk(keyword)
        if isinstance(part, ast.Attribute)
    ]
    found = 0
    for name in names:
        found |= getattr(re, name, 0) if name.isupper() else 0
    return found


def list_attacks(pattern):
    """(beginning, what comes again and again) in which much of ``pattern`` fits, often, and its end does not."""
    literal = re.sub(r"\\[A-Za-z]|\(\?[a-zA-Z:!=<]+|[\[\]{}()+*?^$|]", " ", pattern)
    words = [word for word in re.split(r"\s+", literal.replace("\\", "")) if word and len(word) < 30][:8]
    special = [sign for sign in "[](){}<>|*`:\"'~$#=@!.,;\\-_" if sign in pattern][:12]
    parts = [*words, *special]
    units = dict.fromkeys(
        [
            *USUAL,
            *parts,
            *(f"{one} " for one in parts),
            *(f"\n{one}" for one in parts),
            *(f"{one}a" for one in parts),
        ]
    )
    units |= dict.fromkeys(f"{one}{two}" for one, two in itertools.permutations(special[:4], 2))
    return [(opening, unit) for unit in units for opening in ["", *words[:2], *special[:2]]]


def measure(pattern, ways, opening, unit, length):
    """Seconds for all matches in a text of about ``length`` signs."""
    text = opening + unit * (length // len(unit)) + "\0"
    text = text if isinstance(pattern.pattern, str) else text.encode()
    begun = time.process_time()
    for way in ways:
        found = getattr(pattern, way)(text)
        for _ in itertools.islice(found, 50_000) if way == "finditer" else ():
            pass
    return time.process_time() - begun


def find_slow(pattern, ways):
    """A text that takes long, or nothing."""
    told = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    for opening, unit in list_attacks(told):
        short = measure(pattern, ways, opening, unit, SHORT)
        if short > SECONDS / GROWTH / 5 and measure(pattern, ways, opening, unit, LENGTH) > max(
            SECONDS, GROWTH * short
        ):
            return opening + unit * 3
    return ""


@pytest.fixture
def alarm():
    """Ends a search that does not end."""

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("alarm")
@pytest.mark.parametrize(("pattern", "ways"), list_patterns())
def test_no_pattern_is_slow(pattern, ways):
    assert find_slow(pattern, ways) == ""
