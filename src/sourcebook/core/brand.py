"""The look of a project as ``_brand.yml`` names it, the convention of brand.yml that Quarto reads too.

Read are ``color`` (palette, foreground, background, primary, secondary), ``typography`` (fonts that are files; base,
headings, monospace) and ``logo``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core.files import is_file
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import Issue, ProjectError

BRAND = "_brand.yml"
_COLOURS = ("foreground", "background", "primary", "secondary")
_TEXTS = ("base", "headings", "monospace")
_HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FONT_FILES = (".ttf", ".otf")
_KNOWN = {"meta", "logo", "color", "typography", "defaults"}


@dataclass(frozen=True)
class Colour:
    """A colour as ``#RRGGBB``; ``dark`` is the one for dark pages, or empty."""

    light: str
    dark: str = ""


@dataclass(frozen=True)
class FontFile:
    """One cut of a font family: its file below the project's root, CSS weight (100 to 900) and style."""

    family: str
    path: Path
    weight: int = 400
    style: str = "normal"


@dataclass(frozen=True)
class Brand:
    """A project's colours by name and by use, font families by use, font files, and logo (a file and its alternative text)."""

    palette: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, Colour] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    fonts: tuple[FontFile, ...] = ()
    logo: Path | None = None
    logo_alt: str = "Logo"

    @property
    def files(self) -> list[Path]:
        """The files that it names, relative to the project's root."""
        return [*(font.path for font in self.fonts), *([self.logo] if self.logo else [])]


def read_brand(root: Path) -> Brand:
    """The brand of the project in ``root``; an empty one without ``_brand.yml``.

    Raises ProjectError with every value that cannot be used: no YAML, no colour, a font or logo that is not there.
    """
    brand, issues = find_brand(root)
    if issues:
        raise ProjectError("The project's brand cannot be used.", issues)
    return brand


def find_brand(root: Path) -> tuple[Brand, list[Issue]]:
    """What can be used of the brand of the project in ``root``, and what cannot. Raises ProjectError for what is no YAML."""
    try:
        found = load_yaml((root / BRAND).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Brand(), []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{BRAND}, line {mark.line + 1}" if mark else BRAND
        issue = Issue(where, "cannot be read", getattr(error, "problem", None) or str(error), "YAML in UTF-8")
        raise ProjectError("The project's brand cannot be read.", [issue]) from error
    reader = _Reader(root, found if isinstance(found, dict) else {})
    if found is not None and not isinstance(found, dict):
        reader.complain("the file", found, "key: value pairs, such as color: and typography:")
    return reader.read(), reader.issues


class _Reader:
    """Reads the parts of a brand, and collects what is wrong with them."""

    def __init__(self, root: Path, settings: Mapping[str, Any]) -> None:
        self.root = root
        self.issues: list[Issue] = []
        self.color, self.typography = (self._mapping(settings, name) for name in ("color", "typography"))
        self.names = self._mapping(self.color, "palette")
        self.logo = settings.get("logo")
        for name in settings.keys() - _KNOWN:
            self.complain(str(name), "an unknown key", f"one of {', '.join(sorted(_KNOWN))}")

    def read(self) -> Brand:
        """The brand; what is wrong is left out of it."""
        logo, alt = self._read_logo()
        named = {name: self.color[name] for name in _COLOURS if name in self.color}
        palette = self._read_colours("color: palette", self.names)
        return Brand(
            palette={name: colour.light for name, colour in palette},
            colours=dict(self._read_colours("color", named)),
            families={name: family for name in _TEXTS if (family := self._family(name))},
            fonts=tuple(self._read_fonts()),
            logo=logo,
            logo_alt=alt,
        )  # fmt: skip

    def complain(self, key: str, found: Any, expected: str) -> None:
        """Notes a value that cannot be used."""
        self.issues.append(Issue(BRAND, f"'{key}' cannot be used", str(found), expected))

    def _read_colours(self, key: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Colour]]:
        """Those that are colours."""
        for name, value in values.items():
            before = len(self.issues)
            colour = self._colour(f"{key}: {name}", value)
            if len(self.issues) == before:
                yield str(name), colour

    def _mapping(self, settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        value = settings.get(name) or {}
        if isinstance(value, dict):
            return value
        self.complain(name, value, "key: value pairs")
        return {}

    def _list(self, settings: Mapping[str, Any], name: str) -> list[Any]:
        value = settings.get(name) or []
        if not isinstance(value, list):
            self.complain(name, value, "a list")
        return value if isinstance(value, list) else []

    def _colour(self, key: str, value: Any) -> Colour:
        """A colour, or a pair of ``light`` and ``dark``; each may name another one."""
        if isinstance(value, dict) and value and value.keys() <= {"light", "dark"}:
            light = value.get("light", value.get("dark"))
            return Colour(self._shade(key, light), self._shade(key, value["dark"]) if "dark" in value else "")
        return Colour(self._shade(key, value))

    def _shade(self, key: str, value: Any, seen: tuple[str, ...] = ()) -> str:
        """``#RRGGBB`` for a colour as CSS writes it, or as another name of the brand."""
        text = str(value)
        if text not in seen:
            named = self.names.get(text, self.color.get(text) if text in _COLOURS else None)
            if named is not None:
                inner = named.get("light") if isinstance(named, dict) else named
                return self._shade(key, inner, (*seen, text))
        if _HEX.fullmatch(text):
            return text if len(text) == 7 else "#" + "".join(2 * digit for digit in text[1:])
        from PIL import ImageColor  # only for colours by name: most are numbers

        try:
            red, green, blue = ImageColor.getrgb(text)[:3]
        except ValueError:
            self.complain(key, text, "a colour such as '#0b4f79' (in quotes), or a name of the palette")
            return "#000000"
        return f"#{red:02X}{green:02X}{blue:02X}"

    def _family(self, name: str) -> str:
        value = self.typography.get(name)
        return str((value.get("family") if isinstance(value, dict) else value) or "")

    def _read_fonts(self) -> Iterator[FontFile]:
        """The fonts that are files; those of other sources are not fetched."""
        for font in self._list(self.typography, "fonts"):
            for file in self._list(font, "files") if isinstance(font, dict) else ():
                cut = file if isinstance(file, dict) else {"path": file}
                path = self._file("typography: fonts", cut.get("path"))
                if path and path.suffix.lower() not in _FONT_FILES:
                    self.complain(
                        "typography: fonts", path, f"a file that ends in {' or '.join(_FONT_FILES)}"
                    )
                elif path:
                    weight = str(cut.get("weight", 400))
                    number = int(weight) if weight.isdecimal() else {"bold": 700}.get(weight, 400)
                    yield FontFile(str(font.get("family")), path, number, str(cut.get("style", "normal")))

    def _read_logo(self) -> tuple[Path | None, str]:
        """The logo for a title: the middle one of three sizes, else the one there is; by its path or its name."""
        chosen = self.logo
        if isinstance(chosen, dict):
            images = self._mapping(chosen, "images")
            chosen = next(
                (chosen[size] for size in ("medium", "large", "small", "path") if size in chosen), None
            )
            if isinstance(chosen, str):
                chosen = images.get(chosen, chosen)
        if isinstance(chosen, dict):
            chosen = chosen.get("light", chosen)
        about = chosen if isinstance(chosen, dict) else {"path": chosen}
        alt = self.logo.get("alt") if isinstance(self.logo, dict) else None
        path = self._file("logo", about["path"]) if about.get("path") else None
        return path, str(about.get("alt") or alt or "Logo")

    def _file(self, key: str, value: Any) -> Path | None:
        path = Path(str(value))
        if value and not path.is_absolute() and ".." not in path.parts and is_file(self.root / path):
            return path
        self.complain(key, value, "a file of the project, by its path from the project's folder")
        return None
