"""Options change the formats that the table says they change, and no others."""

from __future__ import annotations

import functools

import pytest

from sourcebook.core import options
from sourcebook.core.options import OPTIONS
from sourcebook.render.report import render_project

# Typst's source stands for the pages as well; beside it lies what the PDF carries, such as the text itself.
WRITTEN = {"html": ".html", "md": ".md", "docx": ".docx", "typst": ".typ"}
HEAD = "---\ntitle: T\n…\n---\n\n"
BODY = "# One\n\n## Two\n\n![A square](a.svg){#fig-a fig-alt='A square.'}\n\n"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
CALLOUT = "::: {.callout-note …}\nWords.\n:::\n"
IMAGE = "![A square](a.svg){fig-alt='A square.' …}\n"
CODE = "``` {.python …}\nx = 1\n```\n"
PLACED = "::: {…}\n![](a.svg){fig-alt='A square.'}\n\n![](a.svg){fig-alt='Another.'}\n:::\n"

CELL = "---\nexecute: {enabled: false}\n---\n\n```{python}\n#| …\nx = 1\n```\n"

DRAWN = (
    f"```{{python}}\n#| fig-alt: A square.\n#| …\nfrom IPython.display import SVG\n\nSVG('{PICTURE}')\n```\n"
)

# A text, and what is put into it for the sign … to set the option.
EXAMPLES = {
    options.TOC: (HEAD + BODY, "toc: true"),
    options.TOC_DEPTH: (HEAD.replace("T\n", "T\ntoc: true\n") + BODY, "toc-depth: 1"),
    options.TOC_TITLE: (HEAD.replace("T\n", "T\ntoc: true\n") + BODY, "toc-title: Inhalt"),
    options.LOF: (HEAD + BODY, "lof: true"),
    options.LOT: (HEAD + BODY, "lot: true"),
    options.PAPERSIZE: (HEAD + BODY, "papersize: letter"),
    options.MAIN_FONT: (HEAD + BODY, "mainfont: Source Sans Pro"),
    options.SANS_FONT: (HEAD + BODY, "sansfont: Source Serif Pro"),
    options.MONO_FONT: (HEAD + BODY, "monofont: Source Sans Pro"),
    options.CJK_FONT: (HEAD + BODY, "CJKmainfont: Source Sans Pro"),
    options.MARGIN: (HEAD + BODY, "margin: 31mm"),
    options.GEOMETRY: (HEAD + BODY, "geometry: margin=31mm"),
    options.REFERENCE_LOCATION: (HEAD + "Words.^[A note.]\n", "reference-location: margin"),
    options.SITE_URL: (HEAD + BODY, "site-url: https://example.org/"),
    options.NUMBER_SECTIONS: (HEAD + BODY, "number-sections: true"),
    options.SUBTITLE: (HEAD + BODY, "subtitle: S"),
    options.CODE_FOLD: (CODE, "code-fold=true"),
    options.CODE_SUMMARY: (CODE.replace(".python", ".python code-fold=true"), "code-summary=Look"),
    options.FILENAME: (CODE, "filename=x.py"),
    options.APPEARANCE: (CALLOUT, "appearance=minimal"),
    options.ICON: (CALLOUT.replace("…", "title=T …"), "icon=false"),
    options.COLLAPSE: (CALLOUT, "collapse=true"),
    options.BOX_TITLE: (CALLOUT, "title=Mind"),
    options.FIG_ALIGN: (IMAGE, "fig-align=right"),
    options.WIDTH: (IMAGE, "width=4cm"),
    options.HEIGHT: (IMAGE, "height=2cm"),
    options.OUT_WIDTH: (DRAWN, "out-width: 4cm"),
    options.ECHO: (CELL, "echo: false"),
    options.INCLUDE: (CELL, "include: false"),
    options.COLUMN: (CELL, "column: page"),
    options.CLASSES: (CELL, "classes: aside"),
    options.LAYOUT: (PLACED, "layout='[2, 1]'"),
    options.LAYOUT_NROW: (PLACED, "layout-nrow=1"),
    options.LAYOUT_NCOL: (PLACED, "layout-ncol=2"),
}


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """Writes a text in all formats: the contents of the files by format."""

    @functools.cache
    def write_text(text: str) -> dict[str, list[bytes]]:
        folder = tmp_path_factory.mktemp("one")
        (folder / "a.svg").write_text(PICTURE)
        (folder / "one.qmd").write_text(text)
        made = render_project(folder / "one.qmd", list(WRITTEN), warn=pytest.fail)
        return {
            form: [path.read_bytes() for path in made if path.suffix == WRITTEN[form]] for form in WRITTEN
        }

    return write_text


def test_every_option_of_some_formats_has_an_example():
    assert {option.name for option in OPTIONS if option.formats} <= {option.name for option in EXAMPLES}


@pytest.mark.parametrize("option", EXAMPLES, ids=lambda option: option.name)
def test_an_option_changes_the_formats_that_it_says(write, option):
    text, setting = EXAMPLES[option]
    without, written = write(text.replace("…", "")), write(text.replace("…", setting))
    changed = {form for form in WRITTEN if without[form] != written[form]}
    assert changed == set(option.formats or WRITTEN) & WRITTEN.keys()


def test_options_count_below_every_name_of_a_format_and_no_warning_says_otherwise(single):
    options = "{echo: false, number-sections: true}"
    text = f"---\ntitle: T\nformat: {{gfm: {options}, html: {options}}}\n---\n\n## One\n\n```{{python}}\n1 + 1\n```\n"
    files, warnings = single(text, "md", "html", "docx")
    assert warnings == []
    said = [path.read_text() for path in files[:2]]
    assert not any("1 + 1" in one for one in said)
    assert "1 One" in said[0]


def test_what_is_handed_on_has_no_options_of_its_own(single):
    files, warnings = single(
        "---\ntitle: T\nformat: {qmd: {echo: false}}\n---\n\n```{python}\n1 + 1\n```\n", "qmd"
    )
    assert ["'format: qmd'" in said for said in warnings] == [True]
    assert "when-format" not in files[0].read_text()
