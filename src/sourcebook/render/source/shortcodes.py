"""Quarto's shortcodes ``{{< name … >}}``: replaced by Markdown before pandoc reads it."""

from __future__ import annotations

import base64
import io
import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from sourcebook import __version__
from sourcebook.core.files import is_file
from sourcebook.core.limits import INCLUDE_DEPTH, INCLUDED_FILES, INCLUDED_LINES
from sourcebook.core.markup import blank
from sourcebook.core.notebook import change_outside, match_fences
from sourcebook.core.options import SHORTCODES, Where, list_options
from sourcebook.core.root import check_area
from sourcebook.core.text import nearest
from sourcebook.core.text_chapter import read_source, split_front_matter
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import Issue, ProjectError, RenderError
from sourcebook.render.source.values import DATES, say_dates

_POSITIONS = re.compile(r"(?P<file>[^\[\]]+)\[(?P<ranges>\d{1,9}(?:-\d{1,9})?(?:,\d{1,9}(?:-\d{1,9})?)*)\]")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_SHORTCODE = re.compile(
    r"\{\{\{<(?P<escaped>(?:(?!\{\{<).)*?)>\}\}\}|\{\{<(?P<call>(?:(?!\{\{<).)*?)>\}\}", re.DOTALL
)
_LITERAL = match_fences(rf"[^\n]*{SHORTCODES.name}=\"?false\"?")
_INCLUDE = re.compile(r"^[ \t]*\{\{<\s*include\s+(.+?)\s*>\}\}[ \t]*$")
_LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna "
    "aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat. "
    "Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur sint "
    "occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum."
)
_IMAGE = re.compile(r"(!\[[^\]]*\]\()(?:<)?([^()\s<>]+)(?:>)?")
_IMAGE_TAG = re.compile(r"(<img\b[^<>]*?\ssrc=[\"'])([^\"'<>]+)(?=[\"'])", re.IGNORECASE)
_ALONE = "an include stands on a line of its own, outside code"
VARIABLES = "_variables.yml"
_TEXTS = {option.name for option in list_options(Where.MANUSCRIPT)}
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
    """What shortcodes may ask for: metadata, variables, the brand's colours, outputs of other notebooks through ``embed``."""

    meta: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    embed: Embed | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> Shortcodes:
        """Itself: nbconvert copies its settings, and these may hold whole notebooks."""
        return self

    def expand(self, text: str, place: str, warnings: list[Issue], faults: list[Issue] | None = None) -> str:
        """``text`` with its shortcodes replaced; unknown ones stay, and of one that names nothing its name behind a
        question mark. The first are ``warnings``; the second ``faults``, if such a list is given.

        Raises ``RenderError`` for embedded outputs that do not exist.
        """

        def expand(part: str) -> str:
            """A part in which shortcodes are meant."""
            return _SHORTCODE.sub(lambda match: self._replace(match, place, warnings, faults), part)

        return change_outside(_LITERAL, text, expand)

    def _replace(
        self, match: re.Match[str], place: str, warnings: list[Issue], faults: list[Issue] | None
    ) -> str:
        if match.group("escaped") is not None:
            return "{{<" + match.group("escaped") + ">}}"
        if commented := re.fullmatch(r"/\*(.*)\*/", match.group("call"), re.DOTALL):  # as Hugo escapes them
            return "{{<" + commented[1] + ">}}"
        call = _parse(match.group("call"), place)
        if call.name in ("meta", "var", "env", "brand"):
            return self._look_up(call, warnings if faults is None else faults)
        if call.name == "embed" and self.embed and call.first:
            return self.embed(call.first, call.options.get("echo") == "true", call.place)
        simple = _SIMPLE.get(call.name)
        if simple:
            return simple(call)
        fix = _ALONE if call.name == "include" else "it stands as written"
        warnings.append(Issue(place, f"the shortcode '{call.name}' is not supported", fix=fix))
        return match.group(0)

    def _look_up(self, call: _Call, warnings: list[Issue]) -> str:
        values, home, name = {
            "meta": (self.meta, "the front matter and _quarto.yml", call.first),
            "var": (self.variables, VARIABLES, call.first),
            "env": (os.environ, "the environment", call.first),
            "brand": (self.colours, "the colours of _brand.yml", " ".join(call.words[1:])),
        }[call.name]
        own = call.name == "meta"
        found = (
            os.environ.get(name, " ".join(call.words[1:]) or None)
            if call.name == "env"
            else _find(say_dates(values) if own and name in DATES else values, name)
        )
        found = found if isinstance(found, list) else [found]
        # Of an author the name.
        parts = [one.get("name") if own and isinstance(one, Mapping) else one for one in found]
        if any(part is None or isinstance(part, Mapping) for part in parts):
            what = f"the shortcode {call.name} names '{name}', which is not in {home}"
            fix = advise(name, map(str, values)) if call.name != "env" else "set it, or name a default"
            warnings.append(Issue(call.place, what, fix=fix))
            return f"?{call.name}:{name}"
        return ", ".join(str(part).lower() if isinstance(part, bool) else str(part) for part in parts)


def expand_includes(
    text: str,
    folder: Path,
    root: Path,
    name: str,
    first: int = 1,
    within: tuple[Path, ...] = (),
    *,
    area: Sequence[Path] = (),
    included: list[str] | None = None,
) -> list[tuple[str, str]]:
    """The lines of ``text``, each with its place, with every ``{{< include file >}}`` replaced by that file's lines.

    An include stands on a line of its own; its path is relative to ``folder``, or to ``root`` with a leading slash. A
    picture that an included file names lies beside the document, the first of the folders ``within`` which it stands,
    or beside that file.
    Raises ``RenderError`` for a missing file (with the nearest names), one outside ``area`` (if that is given), files
    that include each other, and too much of them: ``included`` are those so far, one inside the other as well.
    """
    lines: list[tuple[str, str]] = []
    included = [] if included is None else included
    seen = _LITERAL.sub(blank, text).split("\n")
    for number, line in enumerate(text.split("\n")):
        match = _INCLUDE.match(seen[number])
        place = f"{name}, line {first + number}"
        if not match:
            lines.append((_lead_pictures(line, folder, within[0]) if within else line, place))
            continue
        target = match.group(1).strip("\"'")
        path = root / target.lstrip("/") if target.startswith("/") else folder / target
        _check_include(path, target, place, area, within)
        whole = read_source(path, target).rstrip("\n")
        body = split_front_matter(whole)[1]
        skipped = whole[: len(whole) - len(body)].count("\n")
        name_of = (
            path.resolve().relative_to(root).as_posix() if path.resolve().is_relative_to(root) else target
        )
        included.append(name_of)
        lines += expand_includes(
            body, path.parent, root, name_of, skipped + 1, (*within, folder), area=area, included=included
        )
        if len(lines) > INCLUDED_LINES or len(included) > INCLUDED_FILES:
            issue = Issue(
                place,
                "what it includes, and that in turn, is too much",
                target,
                f"at most {INCLUDED_LINES:,} lines of {INCLUDED_FILES:,} files",
            )
            raise RenderError("An include cannot be read.", [issue])
    return lines


def _lead_pictures(line: str, folder: Path, base: Path) -> str:
    """A line of a file in ``folder`` whose pictures are named as seen from ``base``, unless they lie there."""

    def lead(match: re.Match[str]) -> str:
        """The picture's path."""
        path = unquote(match[2])
        own = not path.startswith("/") and not (base / path).is_file() and (folder / path).is_file()
        found = os.path.relpath(folder / path, base)
        return match[1] + (found if match[1].startswith("<") else f"<{found}>") if own else match[0]

    return _IMAGE_TAG.sub(lead, _IMAGE.sub(lead, line))


def read_variables(root: Path) -> dict[str, Any]:
    """What ``_variables.yml`` holds; empty when there is none."""
    path = root / VARIABLES
    if not path.is_file():
        return {}
    try:
        found = load_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError("Variables cannot be read.", [Issue(path.name, str(error))]) from error
    return found if isinstance(found, dict) else {}


def expand_settings(
    meta: Mapping[str, Any], variables: Mapping[str, Any], where: str
) -> tuple[dict[str, Any], list[Issue]]:
    """``meta`` with the shortcodes in titles and other texts of the title page replaced, and warnings of unknown ones."""
    shortcodes, warnings = Shortcodes(meta, variables), list[Issue]()

    def expand(value: Any) -> Any:
        """The texts in a value."""
        if isinstance(value, dict):
            return {key: expand(item) for key, item in value.items()}
        if isinstance(value, list):
            return [expand(item) for item in value]
        has_any = isinstance(value, str) and "{{<" in value
        return shortcodes.expand(value, where, warnings) if has_any else value

    return {key: expand(value) if key in _TEXTS else value for key, value in meta.items()}, warnings


def find_embeds(text: str) -> list[str]:
    """The files that ``{{< embed file#cell >}}`` in ``text`` name."""
    return [read_embed(call.first)[0] for call in _calls(text) if call.name == "embed" and call.first]


def read_embed(target: str) -> tuple[str, list[str], list[range]]:
    """The file of an embed, and the cells it asks for: names in ``file#cell,other``, positions (from one) in ``file[2,6-4]``.

    Neither means all of them.
    """
    match = _POSITIONS.fullmatch(target)
    if match and "#" not in target:
        pairs = [(int(first), int(last or first)) for first, last in _RANGE.findall(match["ranges"])]
        return match["file"], [], [range(a, b + 1) if a <= b else range(a, b - 1, -1) for a, b in pairs]
    file, _, names = target.partition("#")
    return file, [name.strip() for name in names.split(",") if name.strip()], []


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


def _find(values: Any, path: str) -> Any:
    """What keys with dots between them lead to; items of lists are counted from 1."""
    for part in re.split(r"(?<!\\)\.", path):
        if isinstance(values, list) and part.isdecimal():
            values = dict(enumerate(values, start=1)).get(int(part))
        else:
            values = values.get(part.replace("\\.", ".")) if isinstance(values, Mapping) else None
    return values


def _check_include(path: Path, target: str, place: str, area: Sequence[Path], within: Sequence[Path]) -> None:
    if area and (outside := check_area(path, area, place)):
        raise RenderError("An include cannot be read.", outside)
    if not is_file(path):
        known = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        issue = Issue(place, "the included file does not exist", target, fix=advise(path.name, known))
        raise RenderError("An include is dead.", [issue])
    if len(within) > INCLUDE_DEPTH:
        raise RenderError(
            "An include is dead.", [Issue(place, "files include each other without end", target)]
        )


def _keys(call: _Call) -> str:
    named = {"mac": "Mac", "win": "Windows", "linux": "Linux"}
    found = [f"{keys} ({named[system]})" for system, keys in call.options.items() if system in named]
    return ", ".join(f"[{key}]{{.kbd}}" for key in call.words[:1] or found)


def _video(call: _Call) -> str:
    """A link, on screens too: a page that asks nothing of the network cannot hold a player."""
    return f"[Video: {call.options.get('title') or call.first}](<{call.first}>){{.video}}"


def _fill(call: _Call) -> str:
    """So many paragraphs of text that says nothing; of ``1-3`` three."""
    first, _, last = call.first.partition("-")
    count = (
        int(last) - int(first) + 1
        if first.isdecimal() and last.isdecimal()
        else int(first or 5)
        if (first or "5").isdecimal()
        else 1
    )
    return "\n\n".join([_LOREM] * min(max(count, 1), 100))


def _placeholder(call: _Call) -> str:
    """A grey picture of so many pixels."""
    from PIL import Image

    sides = [int(word) for word in call.words if word.isdecimal()][:2]
    width, height = (sides or [300]) if len(sides) > 1 else (sides or [300]) * 2
    stream = io.BytesIO()
    Image.new("L", (min(max(width, 1), 4000), min(max(height, 1), 4000)), 204).save(stream, "PNG")
    data = base64.b64encode(stream.getvalue()).decode()
    return f'![](data:image/png;base64,{data}){{width="{width}px" height="{height}px" fig-alt="Placeholder of {width} by {height}"}}'


def _page_break(_: _Call) -> str:
    return "\n\n::: {.page-break}\n:::\n\n"


_SIMPLE: dict[str, Callable[[_Call], str]] = {
    "pagebreak": _page_break,
    "kbd": _keys,
    "video": _video,
    "version": lambda _: __version__,
    "lipsum": _fill,
    "placeholder": _placeholder,
    "contents": lambda call: f'\n\n::: {{.contents-of name="{call.first}"}}\n:::\n\n',
}
