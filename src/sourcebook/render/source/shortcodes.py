"""Quarto's shortcodes ``{{< name … >}}``: replaced by Markdown before pandoc reads it."""

from __future__ import annotations

import difflib
import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcebook.errors import Issue, RenderError
from sourcebook.render.source.qmd import read_source, split_front_matter

_SHORTCODE = re.compile(r"\{\{\{<(?P<escaped>.*?)>\}\}\}|\{\{<\s*(?P<call>.*?)\s*>\}\}", re.DOTALL)
_LITERAL = re.compile(r"^(`{3,})[^\n]*shortcodes=\"?false\"?.*?^\1`*\s*$", re.MULTILINE | re.DOTALL)
_INCLUDE = re.compile(r"^[ \t]*\{\{<\s*include\s+(.+?)\s*>\}\}[ \t]*$")
Embed = Callable[[str, bool], str]


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
        parts, last = [], 0
        for fence in _LITERAL.finditer(text):
            parts += [self._expand(text[last : fence.start()], place, warnings), fence.group(0)]
            last = fence.end()
        return "".join([*parts, self._expand(text[last:], place, warnings)])

    def _expand(self, text: str, place: str, warnings: list[Issue]) -> str:
        return _SHORTCODE.sub(lambda match: self._replace(match, place, warnings), text)

    def _replace(self, match: re.Match[str], place: str, warnings: list[Issue]) -> str:
        if match.group("escaped") is not None:
            return "{{<" + match.group("escaped") + ">}}"
        name, words, options = _parse(match.group("call"))
        if name in ("meta", "var"):
            return _look_up(self.meta if name == "meta" else self.variables, words, name, place)
        if name == "embed" and self.embed and words:
            return self.embed(words[0], options.get("echo") == "true")
        simple = _SIMPLE.get(name)
        if simple:
            return simple(words, options, place)
        what = f"the shortcode {name!r} is not supported"
        warnings.append(Issue(place, what, fix="the text leaves it out" if name == "lipsum" else "it stands as written"))
        return "" if name == "lipsum" else match.group(0)


def expand_includes(
    text: str, folder: Path, root: Path, name: str, first: int = 1, depth: int = 0
) -> list[tuple[str, str]]:
    """The lines of ``text``, each with its place, with every ``{{< include file >}}`` replaced by that file's lines.

    An include stands on a line of its own; its path is relative to ``folder``, or to ``root`` with a leading slash.
    Raises ``RenderError`` for a missing file (with the nearest names) and for files that include each other.
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
        if not path.is_file() or depth > 20:
            raise RenderError("An include is dead.", [_dead_include(path, target, place, depth)])
        whole = read_source(path, target).rstrip("\n")
        body = split_front_matter(whole)[1]
        skipped = whole[: len(whole) - len(body)].count("\n")
        lines += expand_includes(body, path.parent, root, target, skipped + 1, depth + 1)
    return lines


def find_embeds(text: str) -> list[str]:
    """The files that ``{{< embed file#cell >}}`` in ``text`` name."""
    calls = (_parse(match.group("call")) for match in _SHORTCODE.finditer(text) if match.group("call"))
    return [words[0].partition("#")[0] for name, words, _ in calls if name == "embed" and words]


def nearest(name: str, known: list[str]) -> str:
    """What to do about an unknown ``name``, with the nearest of the ``known`` ones."""
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else "correct the name"


def _parse(call: str) -> tuple[str, list[str], dict[str, str]]:
    try:
        words = shlex.split(call)
    except ValueError:
        words = call.split()
    pairs = [word.split("=", 1) for word in words[1:] if re.match(r"[\w-]+=", word)]
    plain = [word for word in words[1:] if not re.match(r"[\w-]+=", word)]
    return (words[0] if words else ""), plain, {key: value for key, value in pairs}


def _look_up(values: Mapping[str, Any], words: list[str], kind: str, place: str) -> str:
    key = words[0] if words else ""
    found: Any = values
    for part in re.split(r"(?<!\\)\.", key):
        part = part.replace("\\.", ".")
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, Mapping):
        home = "_variables.yml" if kind == "var" else "the front matter and _quarto.yml"
        issue = Issue(place, f"the shortcode {kind} names {key!r}, which is not in {home}", fix=nearest(key, list(values)))
        raise RenderError("A shortcode is dead.", [issue])
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _dead_include(path: Path, target: str, place: str, depth: int) -> Issue:
    if path.is_file():
        return Issue(place, "files include each other without end", target)
    known = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    return Issue(place, "the included file does not exist", target, fix=nearest(path.name, known))


def _env(words: list[str], options: dict[str, str], place: str) -> str:
    value = os.environ.get(words[0] if words else "", words[1] if len(words) > 1 else None)
    if value is None:
        issue = Issue(place, f"the environment has no variable {words[0] if words else ''!r}", fix="set it, or name a default")
        raise RenderError("A shortcode is dead.", [issue])
    return value


def _keys(words: list[str], options: dict[str, str], place: str) -> str:
    named = {"mac": "Mac", "win": "Windows", "linux": "Linux"}
    keys = words[:1] or [f"{keys} ({named[system]})" for system, keys in options.items() if system in named]
    return ", ".join(f"[{key}]{{.kbd}}" for key in keys)


def _video(words: list[str], options: dict[str, str], place: str) -> str:
    """A link, on screens too: a page that asks nothing of the network cannot hold a player."""
    address = words[0] if words else ""
    return f"[Video: {options.get('title') or address}](<{address}>){{.video}}"


_SIMPLE: dict[str, Callable[[list[str], dict[str, str], str], str]] = {
    "pagebreak": lambda words, options, place: "\n\n::: {.page-break}\n:::\n\n",
    "env": _env,
    "kbd": _keys,
    "video": _video,
}
