"""Fonts, colours, margins and logo of a project reach its pages; without any they are the theme's."""

import re
import shutil
from pathlib import Path

import font_source_sans_pro
import pikepdf
import pypdfium2
import pytest

from sourcebook.core.vocabulary import VERDICTS
from sourcebook.errors import ProjectError
from sourcebook.render.formats.html import THEME
from sourcebook.render.formats.look import write_css, write_typst_look
from sourcebook.render.source.project import read_project

BRAND = """\
color:
  palette: {moss: "#2F5D3A", gold: "#B8860B"}
  primary: moss
  foreground: "#202020"
logo: {path: logo.svg, alt: A wheel}
typography:
  fonts:
    - {family: House Face, source: file, files: [house.ttf]}
  base: House Face
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#2F5D3A"/></svg>'
CHART = """\
import pandas as pd
from sourcebook.charts import bars, use_style
from sourcebook.core.brand import read_brand
from pathlib import Path

use_style(read_brand(Path.cwd().parent))
bars(pd.DataFrame({"who": ["Moss", "Gold"], "n": [1, 2]}), category="who", value="n", title="Gold leads", subtitle="n")
"""


def brand(root: Path, text: str = BRAND) -> Path:
    """A brand in ``root`` with its files; the font is one whose name inside the file is another."""
    (root / "_brand.yml").write_text(text, encoding="utf-8")
    (root / "logo.svg").write_text(LOGO)
    shutil.copyfile(font_source_sans_pro.font_files_ttf["SourceSansPro"], root / "house.ttf")
    return root


def look(root: Path, settings: str = "", paper: str = "a4") -> str:
    (root / "index.md").write_text("# One\n")
    (root / "_quarto.yml").write_text(f"project: {{type: book}}\nbook: {{chapters: [index.md]}}\n{settings}")
    return write_typst_look(read_project(root), "pdf", paper, root)


def test_a_brand_reaches_chart_page_and_print(folder, capsys):
    folder.add("notebooks/one.ipynb", "# One {#sec-one}\n\n[A link](https://example.org).", (CHART,))
    brand(folder.root, BRAND.replace("House Face", "Source Sans Pro"))
    files = {path.suffix: path for path in folder.render("html", "pdf")}
    page = files[".html"].read_text(encoding="utf-8")
    assert {"#2f5d3a", "#b8860b"} <= {colour.lower() for colour in re.findall(r'fill="(#\w{6})"', page)}
    assert "@media (prefers-color-scheme: light) { :root { --ink: #202020; --accent: #2F5D3A; } }" in page
    assert "--serif: 'Source Sans Pro', 'Source Serif Pro'" in page
    assert re.search(r'<img class="logo" src="data:image/svg\+xml;base64,\S+" alt="A wheel"', page)
    with pikepdf.open(files[".pdf"]) as pdf:
        drawn = b"".join(each.Contents.read_bytes() for each in pdf.pages)
        names = {str(font.get("/BaseFont")) for each in pdf.pages for font in each.Resources.Font.values()}
        assert {"_brand.yml", "logo.svg", "house.ttf"} <= set(pdf.attachments)
    moss = rb" ".join(rb"0?\.%d\d*" % (value * 100 // 255) for value in (0x2F, 0x5D, 0x3A))
    assert re.search(moss, drawn)
    assert not any("Serif" in name for name in names)
    assert "_brand.yml" not in capsys.readouterr().err


def test_a_project_without_a_brand_has_the_look_of_the_theme(tmp_path):
    assert look(tmp_path).splitlines() == [
        '#let serif = ("Source Serif Pro", "DejaVu Sans", )',
        '#let sans = ("Source Sans Pro", "DejaVu Sans", )',
        '#let mono = ("DejaVu Sans Mono", )',
        '#let ink = rgb("#1b1f24")',
        '#let accent = rgb("#0b4f79")',
        "#let margins = (left: 25mm, right: 65mm, top: 27mm, bottom: 27mm)",
        "#let text-width = 120mm",
        "#let full-width = 160mm",
        "#let logo = none",
        "#let notebook = false",
        (
            '#let words = (contents: "Contents", over-contents: "", exhibits: "Exhibits", source: "Source", abstract: "Abstract", '
            'edition: "edition of ")'
        ),
    ]
    assert write_css(read_project(tmp_path)) == ""


def test_settings_of_the_project_win_over_its_brand(tmp_path):
    made = look(
        brand(tmp_path, "typography: {base: Theirs, headings: Theirs}"),
        "mainfont: Some Serif\nmonofont: Some Mono\nformat: {typst: {sansfont: Some Sans}}\n",
    )
    assert '#let serif = ("Some Serif", "Source Serif Pro"' in made
    assert '#let sans = ("Some Sans", ' in made
    css = write_css(read_project(tmp_path))
    assert "--sans: 'Theirs', 'Source Sans Pro'" in css
    assert "code, pre, kbd, samp { font-family: 'Some Mono', 'DejaVu Sans Mono', monospace; }" in css


@pytest.mark.parametrize(
    ("settings", "margins", "text", "full"),
    [
        ("margin: {x: 30mm, top: 1in}", "(left: 30mm, right: 30mm, top: 25.4mm, bottom: 27mm)", 150, 150),
        ("geometry: [left=2cm, right=50mm, bottom=20mm]", "(left: 20mm, right: 50mm, top: 27mm, bottom: 20mm)", 140, 170),
        ("geometry: 'margin=20mm,rmargin=60mm'", "(left: 20mm, right: 60mm, top: 20mm, bottom: 20mm)", 130, 170),
    ],
)  # fmt: skip
def test_margins_are_those_of_the_project(tmp_path, settings, margins, text, full):
    made = look(tmp_path, settings)
    assert f"#let margins = {margins}" in made
    assert f"#let text-width = {text}mm\n#let full-width = {full}mm" in made


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("margin: {x: wide}", "_quarto.yml, line 3: a margin is no length .found wide"),
        ("margin: {x: 90mm}", "_quarto.yml, line 3: the margins leave no room for the text"),
    ],
)
def test_margins_that_cannot_be_set_are_named(tmp_path, settings, message):
    with pytest.raises(ProjectError, match=message):
        look(tmp_path, settings)


def test_a_note_stands_in_the_text_where_there_is_no_margin(folder):
    folder.add("index.md", "# One\n\nWords.\n\n::: {.column-margin}\nBeside them.\n:::\n")
    path = folder.root / "_quarto.yml"
    path.write_text(path.read_text() + "margin: {x: 25mm}\n")
    (made,) = folder.render("pdf")
    text = "".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(made))
    assert "Beside them." in text


def test_a_font_that_no_file_holds_is_warned_of_once(folder, capsys):
    folder.add("index.md", "# One\n\nWords.\n")
    (folder.root / "_brand.yml").write_text("typography: {base: Nowhere Serif}\n")
    folder.render("html", "pdf")
    said = capsys.readouterr().err
    assert said.count("no file holds the font 'Nowhere Serif'") == 1


def test_a_verdict_has_one_colour_on_a_dark_page_in_charts_and_beside_the_text():
    rules = (THEME / "claims.css").read_text(encoding="utf-8")
    for term in VERDICTS.values():
        assert term.dark.lower() in rules
