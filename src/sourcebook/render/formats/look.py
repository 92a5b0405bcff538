"""How pages of a project look: the theme's fonts, colours and margins, with those of the project over them.

The project's come from ``_brand.yml``; ``mainfont``, ``sansfont``, ``monofont``, ``margin`` and ``geometry`` of
``_quarto.yml`` or of a format win over it.
"""

from __future__ import annotations

import base64
import html
import json
import mimetypes
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sourcebook.core.brand import BRAND, Colour
from sourcebook.core.options import (
    CJK_FONT,
    FONT_PATHS,
    GEOMETRY,
    MAIN_FONT,
    MARGIN,
    MONO_FONT,
    SANS_FONT,
    TOC_TITLE,
)
from sourcebook.errors import Issue, ProjectError
from sourcebook.render.formats.fonts import Font, list_fonts, read_fonts
from sourcebook.render.source.contents import as_list
from sourcebook.render.source.project import Project
from sourcebook.render.words import translate

# The theme's fonts; each family of the project stands before them, for signs that it lacks.
_THEME_FONTS = {"serif": ("Source Serif Pro", "DejaVu Sans"), "sans": ("Source Sans Pro", "DejaVu Sans"),
                "mono": ("DejaVu Sans Mono",)}  # fmt: skip
_THEME_COLOURS = {"ink": Colour("#1b1f24"), "accent": Colour("#0b4f79")}
# Names of the theme's colours: in the brand.
_ROLES = {"ink": "foreground", "paper": "background", "accent": "primary"}
# Widths of papers in mm; of others the theme sets the text as on A4.
_PAPERS = {"a3": 297.0, "a4": 210.0, "a5": 148.0, "us-letter": 215.9, "us-legal": 215.9}
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}
# What says how wide the margin of a side is, the closest first; names as Quarto and as LaTeX has them.
_SIDES = {
    "left": ("left", "lmargin", "x", "hmargin", "margin", "rest"),
    "right": ("right", "rmargin", "x", "hmargin", "margin", "rest"),
    "top": ("top", "tmargin", "y", "vmargin", "margin", "rest"),
    "bottom": ("bottom", "bmargin", "y", "vmargin", "margin", "rest"),
}
_TEXT, _FULL = 120.0, 160.0


def own_fonts(project: Project) -> list[Font]:
    """The fonts that are files of the project: those of its brand, and of the folders that it names what it asks for."""
    brand = [
        Font(font.family, font.weight, font.style, project.root / font.path) for font in project.brand.fonts
    ]
    folders = {path for form in ("html", "pdf") for path in as_list(project.option(form, FONT_PATHS))}
    asked = {family for form in ("html", "pdf") for family in _families(project, form).values()}
    found = [font for path in sorted(map(str, folders)) for font in read_fonts(project.root / path)]
    return [*brand, *(font for font in found if font.family in asked)]


def check_families(project: Project) -> list[Issue]:
    """Warnings of font families that no file of the project holds, nor the theme."""
    known = {font.family for font in list_fonts(own_fonts(project))} | {"DejaVu Sans Mono"}
    missing = sorted(
        {family for form in ("html", "pdf") for family in _families(project, form).values()} - known
    )
    fix = f"name its files in {BRAND}: typography: fonts: [{{family: …, source: file, files: […]}}], or their folder in {FONT_PATHS.name}"
    return [Issue(BRAND, f"no file holds the font {family!r}, which readers may lack; a PDF takes it from this machine, if it is there", fix=fix) for family in missing]  # fmt: skip


def write_css(project: Project) -> str:
    """Rules to follow those of the theme; empty for a project that leaves all to it."""
    families = _families(project, "html")
    stacks = _stack(families)
    fonts = {name: ", ".join(map(_quote_css, stack)) for name, stack in stacks.items()}
    rules = [f"  --{name}: {fonts[name]}, {'serif' if name == 'serif' else 'sans-serif'};"
             for name in ("serif", "sans") if name in fonts]  # fmt: skip
    made = [":root {\n" + "\n".join(rules) + "\n}"] if rules else []
    if "mono" in fonts:
        made.append(f"code, pre, kbd, samp {{ font-family: {fonts['mono']}, monospace; }}")
    colours = {
        name: project.brand.colours[role] for name, role in _ROLES.items() if role in project.brand.colours
    }
    light = " ".join(f"--{name}: {colour.light};" for name, colour in colours.items())
    # An accent without a dark shade is lightened until it can be read on a dark page.
    shades = {
        name: colour.dark or f"color-mix(in srgb, {colour.light} 40%, white)"
        for name, colour in colours.items()
        if colour.dark or name == "accent"
    }
    dark = " ".join(f"--{name}: {shade};" for name, shade in shades.items())
    for scheme, values in (("light", light), ("dark", dark)):
        if values:
            made.append(f"@media (prefers-color-scheme: {scheme}) {{ :root {{ {values} }} }}")
    return "\n".join(made)


def write_logo(project: Project) -> str:
    """The logo as an HTML picture that holds its file; empty without one."""
    if project.brand.logo is None:
        return ""
    body = base64.b64encode((project.root / project.brand.logo).read_bytes()).decode()
    kind = mimetypes.guess_type(project.brand.logo.name)[0] or "image/png"
    return f'<img class="logo" src="data:{kind};base64,{body}" alt="{html.escape(project.brand.logo_alt)}">'


def write_typst_look(project: Project, form: str, paper: str, folder: Path) -> str:
    """The definitions that the theme's ``report.typ`` imports; the logo is copied into ``folder``."""
    stacks = {name: list(theme) for name, theme in _THEME_FONTS.items()} | _stack(_families(project, form))
    lines = [f"#let {name} = ({''.join(f'{json.dumps(family, ensure_ascii=False)}, ' for family in fonts)})"
             for name, fonts in stacks.items()]  # fmt: skip
    lines += [
        f'#let {name} = rgb("{project.brand.colours.get(_ROLES[name], theme).light}")'
        for name, theme in _THEME_COLOURS.items()
    ]
    margins, text, full = _measure(project, form, paper)
    sides = ", ".join(f"{side}: {width:g}mm" for side, width in margins.items())
    lines += [f"#let margins = ({sides})", f"#let text-width = {text:g}mm", f"#let full-width = {full:g}mm"]
    logo = "none"
    if project.brand.logo is not None:
        name = f"logo{project.brand.logo.suffix}"
        shutil.copyfile(project.root / project.brand.logo, folder / name)
        logo = f"image({json.dumps(name)}, alt: {json.dumps(project.brand.logo_alt, ensure_ascii=False)}, height: 14mm)"
    said = {
        "contents": project.title_contents(form),
        # The contents of a document have no title but one that is asked for.
        "over-contents": str(project.option(form, TOC_TITLE) or ""),
        "exhibits": translate("Exhibits", project.lang),
        "source": translate("Source", project.lang),
        "abstract": project.abstract_title,
    }
    said["edition"] = "edition of " if project.lang.startswith("en") else ""
    lines += [f"#let logo = {logo}", f"#let notebook = {str(project.is_notebook).lower()}"]
    lines.append(
        "#let words = ("
        + ", ".join(f"{key}: {json.dumps(word, ensure_ascii=False)}" for key, word in said.items())
        + ")"
    )
    return "\n".join([*lines, ""])


def _families(project: Project, form: str) -> dict[str, str]:
    """The project's font families by their place in the theme; headings follow the text unless they have their own."""
    brand = project.brand.families
    text = project.option(form, MAIN_FONT) or brand.get("base")
    found = {
        "serif": text,
        "sans": project.option(form, SANS_FONT) or brand.get("headings") or text,
        "mono": project.option(form, MONO_FONT) or brand.get("monospace"),
        "cjk": project.option(form, CJK_FONT),
    }
    return {name: str(family) for name, family in found.items() if family}


def _stack(families: Mapping[str, str]) -> dict[str, list[str]]:
    """For each place in the theme for which the project has fonts all families in the order in which a sign is looked for."""
    behind = [families["cjk"]] if "cjk" in families else []
    return {
        name: [*([families[name]] if name in families else []), *theme, *behind]
        for name, theme in _THEME_FONTS.items()
        if name in families or behind
    }


def _quote_css(family: str) -> str:
    return "'" + re.sub(r"['\\<\n]", "", family) + "'"


def _measure(project: Project, form: str, paper: str) -> tuple[dict[str, float], float, float]:
    """Margins by side, the width of the text and that of what may reach into the outer margin, in mm.

    Raises ProjectError for a margin that is no length, or that leaves no room for the text.
    """
    left, width = (28.0, 215.9) if paper == "us-letter" else (25.0, 210.0)
    usual = {"left": left, "right": width - left - _TEXT, "top": 27.0, "bottom": 27.0}
    given = _read_margins(project, form)
    if not given:
        return usual, _TEXT, _FULL
    margins = {
        side: next((given[name] for name in names if name in given), usual[side])
        for side, names in _SIDES.items()
    }
    width = _PAPERS.get(paper, width)
    text = width - margins["left"] - margins["right"]
    if text < 40:
        issue = Issue(
            project.find(MARGIN.name), "the margins leave no room for the text", f"{text:g}mm of it"
        )
        raise ProjectError("A setting cannot be used.", [issue])
    return margins, text, max(text, width - 2 * margins["left"])


def _read_margins(project: Project, form: str) -> dict[str, float]:
    """What ``geometry`` and, before it, ``margin`` say of sides, in mm."""
    geometry = project.option(form, GEOMETRY) or []
    parts = [
        part
        for line in (geometry if isinstance(geometry, list) else [geometry])
        for part in str(line).split(",")
    ]
    pairs = dict(part.split("=", 1) for part in parts if "=" in part)
    margin = project.option(form, MARGIN) or {}
    pairs |= margin if isinstance(margin, Mapping) else {"margin": margin}
    sides = {name for names in _SIDES.values() for name in names}
    named = {str(name).strip(): value for name, value in pairs.items()}
    return {name: _length(project, str(value)) for name, value in named.items() if name in sides}


def _length(project: Project, text: str) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(mm|cm|in|pt)\s*", text)
    if not found:
        place = (
            project.find(MARGIN.name)
            if ", line" in project.find(MARGIN.name)
            else project.find(GEOMETRY.name)
        )
        raise ProjectError("A setting cannot be used.", [Issue(place, "a margin is no length", text, "such as 25mm, 2.5cm or 1in")])  # fmt: skip
    return float(found[1]) * _MILLIMETRES[found[2]]
