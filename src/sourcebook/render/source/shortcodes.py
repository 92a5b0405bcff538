"""Quarto's shortcodes ``{{< name … >}}``: replaced by Markdown before pandoc reads it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.core.files import is_file
from sourcebook.core.limits import INCLUDE_DEPTH, INCLUDED_LINES
from sourcebook.core.notebook import change_outside, match_fences
from sourcebook.core.options import SHORTCODES
from sourcebook.core.qmd import read_source, split_front_matter
from sourcebook.core.root import check_area
from sourcebook.core.text import nearest
from sourcebook.errors import Issue, RenderError

_SHORTCODE = re.compile(
    r"\{\{\{<(?P<escaped>(?:(?!\{\{<).)*?)>\}\}\}|\{\{<(?P<call>(?:(?!\{\{<).)*?)>\}\}", re.DOTALL
)
_LITERAL = match_fences(rf"[^\n]*{SHORTCODES.name}=\"?false\"?")
_INCLUDE = re.compile(r"^[ \t]*\{\{<\s*include\s+(.+?)\s*>\}\}[ \t]*$")
_ALONE = "an include stands on a line of its own, outside code"
Embed = Callable[[str, bool, str], str]


@dataclass(frozen=True)
class _Call:
    """One shortcode as written: its name, its words and its ``key=value`` pairs."""

    name: str
    words: list[str]
    options: dict[str, str]
    place: str

    @property
    def first(self) -> str:
        """Its first word: a file, a key, an address; empty without one."""
        return self.words[0] if self.words else ""


@dataclass
class Shortcodes:
    """What shortcodes may ask for: metadata, variables, and outputs of other notebooks through ``embed``."""

    meta: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    embed: Embed | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Shortcodes:
        """Itself: nbconvert copies its settings, and these may hold whole notebooks."""
        return self

    def expand(self, text: str, place: str, warnings: list[Issue]) -> str:
        """``text`` with its shortcodes replaced; unknown ones stay and are warned of.

        Raises ``RenderError`` for metadata, variables and embedded outputs that do not exist.
        """

        def expand(part: str) -> str:
            """A part in which shortcodes are meant."""
            return _SHORTCODE.sub(lambda match: self._replace(match, place, warnings), part)

        return change_outside(_LITERAL, text, expand)

    def _replace(self, match: re.Match[str], place: str, warnings: list[Issue]) -> str:
        if match.group("escaped") is not None:
            return "{{<" + match.group("escaped") + ">}}"
        call = _parse(match.group("call"), place)
        if call.name in ("meta", "var"):
            return _look_up(self.meta if call.name == "meta" else self.variables, call)
        if call.name == "embed" and self.embed and call.first:
            return self.embed(call.first, call.options.get("echo") == "true", call.place)
        simple = _SIMPLE.get(call.name)
        if simple:
            return simple(call)
        lost = call.name == "lipsum"
        fix = (
            "the text leaves it out" if lost else _ALONE if call.name == "include" else "it stands as written"
        )
        warnings.append(Issue(place, f"the shortcode '{call.name}' is not supported", fix=fix))
        return "" if lost else match.group(0)


def expand_includes(
    text: str,
    folder: Path,
    root: Path,
    name: str,
    first: int = 1,
    depth: int = 0,
    *,
    area: Sequence[Path] = (),
) -> list[tuple[str, str]]:
    """The lines of ``text``, each with its place, with every ``{{< include file >}}`` replaced by that file's lines.

    An include stands on a line of its own; its path is relative to ``folder``, or to ``root`` with a leading slash.
    Raises ``RenderError`` for a missing file (with the nearest names), one outside ``area`` (if that is given), files
    that include each other, and too much of them.
    """
    lines: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n"), start=first):
        match = _INCLUDE.match(line)
        place = f"{name}, line {number}"
        if not match:
            lines.append((line, place))
            continue
        target = match.group(1).strip("\"'")
        path = root / target.lstrip("/") if target.startswith("/") else folder / target
        if area and (outside := check_area(path, area, place)):
            raise RenderError("An include cannot be read.", outside)
        if not is_file(path) or depth > INCLUDE_DEPTH:
            raise RenderError("An include is dead.", [_dead_include(path, target, place)])
        whole = read_source(path, target).rstrip("\n")
        body = split_front_matter(whole)[1]
        skipped = whole[: len(whole) - len(body)].count("\n")
        name_of = (
            path.resolve().relative_to(root).as_posix() if path.resolve().is_relative_to(root) else target
        )
        lines += expand_includes(body, path.parent, root, name_of, skipped + 1, depth + 1, area=area)
        if len(lines) > INCLUDED_LINES:
            issue = Issue(
                place,
                "what it includes, and that in turn, is too much",
                target,
                f"at most {INCLUDED_LINES:,} lines",
            )
            raise RenderError("An include cannot be read.", [issue])
    return lines


def find_embeds(text: str) -> list[str]:
    """The files that ``{{< embed file#cell >}}`` in ``text`` name."""
    return [call.first.partition("#")[0] for call in _calls(text) if call.name == "embed" and call.first]


def find_variables(text: str) -> list[str]:
    """The environment variables that ``{{< env NAME >}}`` in ``text`` name."""
    return sorted({call.first for call in _calls(text) if call.name == "env"})


def advise(name: str, known: Iterable[str]) -> str:
    """What to do about an unknown ``name``, with the nearest of the ``known`` ones."""
    return nearest(name, known, cutoff=0.5) or "correct the name"


def _calls(text: str) -> list[_Call]:
    return [
        _parse(match.group("call"), "")
        for match in _SHORTCODE.finditer(text)
        if (match.group("call") or "").strip()
    ]


def _parse(call: str, place: str) -> _Call:
    try:
        words = shlex.split(call)
    except ValueError:
        words = call.split()
    pairs = dict(word.split("=", 1) for word in words[1:] if re.match(r"[\w-]+=", word))
    plain = [word for word in words[1:] if not re.match(r"[\w-]+=", word)]
    return _Call(words[0] if words else "", plain, pairs, place)


def _look_up(values: Mapping[str, Any], call: _Call) -> str:
    found: Any = values
    for part in re.split(r"(?<!\\)\.", call.first):
        found = found.get(part.replace("\\.", ".")) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, Mapping):
        home = "_variables.yml" if call.name == "var" else "the front matter and _quarto.yml"
        what = f"the shortcode {call.name} names '{call.first}', which is not in {home}"
        raise RenderError("A shortcode is dead.", [Issue(call.place, what, fix=advise(call.first, values))])
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _dead_include(path: Path, target: str, place: str) -> Issue:
    if is_file(path):
        return Issue(place, "files include each other without end", target)
    known = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    return Issue(place, "the included file does not exist", target, fix=advise(path.name, known))


def _env(call: _Call) -> str:
    value = os.environ.get(call.first, call.words[1] if len(call.words) > 1 else None)
    if value is None:
        what = f"the environment has no variable '{call.first}'"
        raise RenderError("A shortcode is dead.", [Issue(call.place, what, fix="set it, or name a default")])
    return value


def _keys(call: _Call) -> str:
    named = {"mac": "Mac", "win": "Windows", "linux": "Linux"}
    found = [f"{keys} ({named[system]})" for system, keys in call.options.items() if system in named]
    return ", ".join(f"[{key}]{{.kbd}}" for key in call.words[:1] or found)


def _video(call: _Call) -> str:
    """A link, on screens too: a page that asks nothing of the network cannot hold a player."""
    return f"[Video: {call.options.get('title') or call.first}](<{call.first}>){{.video}}"


def _page_break(_: _Call) -> str:
    return "\n\n::: {.page-break}\n:::\n\n"


_SIMPLE: dict[str, Callable[[_Call], str]] = {
    "pagebreak": _page_break,
    "env": _env,
    "kbd": _keys,
    "video": _video,
}
