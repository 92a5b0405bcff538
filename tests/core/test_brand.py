"""The project's look as brand.yml names it: colours in every spelling, fonts and logo that are files."""

from pathlib import Path

import pytest

from sourcebook.core.brand import Brand, Colour, FontFile, find_brand, read_brand
from sourcebook.errors import ProjectError


def read(folder: Path, text: str) -> Brand:
    (folder / "_brand.yml").write_text(text, encoding="utf-8")
    return read_brand(folder)


def test_a_project_without_a_brand_has_an_empty_one(tmp_path):
    assert read_brand(tmp_path) == Brand()
    assert read(tmp_path, "# nothing yet\n") == Brand()


def test_colours_are_numbers_names_or_one_another(tmp_path):
    brand = read(
        tmp_path,
        "color:\n  palette: {sea: '#0b4f79', short: '#abc', same: sea}\n"
        "  primary: {light: sea, dark: white}\n  secondary: primary\n  foreground: rgb(1, 2, 3)\n",
    )
    assert brand.palette == {"sea": "#0b4f79", "short": "#aabbcc", "same": "#0b4f79"}
    assert brand.colours["primary"] == Colour("#0b4f79", "#FFFFFF")
    assert brand.colours["secondary"] == Colour("#0b4f79")
    assert brand.colours["foreground"] == Colour("#010203")


def test_fonts_and_logo_are_files_of_the_project(tmp_path):
    for name in ("own.ttf", "bold.otf", "logo.svg"):
        (tmp_path / name).touch()
    brand = read(
        tmp_path,
        "logo: {medium: {path: logo.svg, alt: A wheel}}\n"
        "typography:\n  base: {family: Own, size: 11pt}\n  monospace: Fira Code\n  fonts:\n"
        "    - {family: Own, source: file, files: [own.ttf, {path: bold.otf, weight: bold, style: italic}]}\n"
        "    - {family: Fira Code, source: google}\n",
    )
    assert brand.families == {"base": "Own", "monospace": "Fira Code"}
    assert brand.fonts == (FontFile("Own", Path("own.ttf")), FontFile("Own", Path("bold.otf"), 700, "italic"))
    assert (brand.logo, brand.logo_alt) == (Path("logo.svg"), "A wheel")
    assert brand.files == [Path("own.ttf"), Path("bold.otf"), Path("logo.svg")]


@pytest.mark.parametrize(
    "logo", ["logo.svg", "{images: {wheel: logo.svg}, small: wheel}", "{path: logo.svg}"]
)
def test_a_logo_is_found_by_path_or_name(tmp_path, logo):
    (tmp_path / "logo.svg").touch()
    assert read(tmp_path, f"logo: {logo}").logo == Path("logo.svg")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("color: {palette: {sea: bluish}}", "'color: palette: sea' cannot be used .found bluish"),
        ("color: {palette: {a: b, b: a}}", "'color: palette: a' cannot be used"),
        ("color: {primary: #0b4f79\n}", "'color: primary' cannot be used"),
        ("logo: nowhere.svg", "'logo' cannot be used .found nowhere.svg"),
        ("logo: ../logo.svg", "'logo' cannot be used"),
        ("typography: {fonts: [{family: A, files: [a.woff2]}]}", "'typography: fonts' cannot be used"),
        ("colour: red", "'colour' cannot be used"),
        ("- a list", "key: value pairs"),
        ("color: [", "_brand.yml, line 1: cannot be read"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, text, message):
    with pytest.raises(ProjectError, match=message):
        read(tmp_path, text)


def test_what_cannot_be_used_is_left_out_of_the_rest(tmp_path):
    (tmp_path / "_brand.yml").write_text(
        "color: {primary: bluish, palette: {sea: '#0b4f79', sky: x}}\nlogo: nowhere.svg\n"
    )
    brand, issues = find_brand(tmp_path)
    assert (brand.palette, brand.colours, brand.logo) == ({"sea": "#0b4f79"}, {}, None)
    assert {issue.what.split("'")[1] for issue in issues} == {"color: palette: sky", "color: primary", "logo"}
