"""The other engine: a stand-in records what it is told and given; the last tests need a real Quarto, which QUARTO names."""

from __future__ import annotations

import os
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from bs4 import BeautifulSoup

import sourcebook
from sourcebook.cli import main
from sourcebook.errors import ToolError
from sourcebook.render import tools

STAND_IN = """#!/bin/sh
printf '%s\\n' "$*" >>"$RECORD/calls"
[ "$1" = --version ] && exit 0
cp -R . "$RECORD/given"
while [ $# -gt 1 ]; do [ "$1" = --output-dir ] && out=$2; shift; done
mkdir -p "$out" && echo made >"$out/report.html"
"""


@pytest.fixture
def record(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "quarto"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RECORD", str(tmp_path))
    root = tmp_path / "project"
    root.mkdir()
    (root / "_quarto.yml").write_text(
        "project: {type: book, output-dir: out}\nbook: {title: T, chapters: [index.md, one.qmd]}\n"
    )
    (root / "index.md").write_text("# Index\n")
    (root / "one.qmd").write_text(
        "---\ntitle: One\n---\n\nIt is `{python} 6 * 7`.\n\n```{python}\n#| label: sum\n1 + 1\n```\n"
    )
    return tmp_path


def test_quarto_is_handed_the_executed_project(record):
    files = sourcebook.render(record / "project", to="html", engine="quarto")
    version, render = (record / "calls").read_text().splitlines()
    assert version == "--version"
    assert render.startswith("render --to html --no-execute --output-dir ")
    assert files == [record / "project" / "out" / "report.html"]
    given = record / "given"
    assert "index.qmd, one.qmd" in (given / "_quarto.yml").read_text()
    assert not (given / "index.md").exists()
    text = (given / "one.qmd").read_text()
    assert text.startswith("# One\n\nIt is 42.\n")
    assert "```{python}" not in text  # nothing is left to run
    assert "``` cell-output\n2\n```" in text


def test_sources_are_left_alone(record):
    sourcebook.render(record / "project", to="html", engine="quarto")
    assert {path.name for path in (record / "project").iterdir()} == {
        "_quarto.yml",
        "index.md",
        "one.qmd",
        "out",
    }


def test_print_goes_through_typst(record):
    sourcebook.render(record / "project", to="pdf", engine="quarto")
    assert "--to typst" in (record / "calls").read_text()


def test_without_quarto_one_sentence_says_how_to_get_it(record, monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda *_, **__: None)
    with pytest.raises(ToolError) as caught:
        sourcebook.render(record / "project", engine="quarto")
    assert f"{sys.executable} -m pip install quarto-cli" in str(caught.value)


def test_the_package_named_is_the_one_of_the_optional_group():
    """Whoever installs the group gets what the message names; a ``quarto`` beside this program comes first."""
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert settings["project"]["optional-dependencies"]["quarto"] == ["quarto-cli"]


def test_the_command_line_hands_over_formats_and_parameters(record):
    (record / "project" / "one.qmd").write_text(
        "---\ntitle: One\n---\n\n```{python}\n#| tags: [parameters]\nn = 1\n```\n\nIt is `{python} n`.\n"
    )
    options = ["--to", "html,docx", "--engine", "quarto", "-P", "n:7", "--quiet"]
    assert main(["render", str(record / "project"), *options]) == 0
    _, html, docx = (record / "calls").read_text().splitlines()
    # Each of these is in Quarto's reference: quarto render --to --no-execute --output-dir.
    assert re.fullmatch(r"render --to html --no-execute --output-dir \S+", html)
    assert re.fullmatch(r"render --to docx --no-execute --output-dir \S+", docx)
    assert "It is 7." in (record / "given" / "one.qmd").read_text()


def test_captions_with_expressions_are_handed_over_on_one_line(record):
    (record / "project" / "one.qmd").write_text(
        "# One\n\n```{python}\n#| label: fig-x\n#| fig-cap: >-\n#|   The sum is `{python} 1 +\n#|   1` here.\n"
        "#| fig-alt: A *line*\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);\n```\n"
    )
    sourcebook.render(record / "project", to="html", engine="quarto")
    text = (record / "given" / "one.qmd").read_text()
    assert '::: {#fig-x}\n![](one_pictures/fig-x.png){fig-alt="A *line*"}\n\nThe sum is 2 here.\n:::' in text
    assert (record / "given" / "one_pictures" / "fig-x.png").is_file()


def test_what_quarto_warns_of_is_told(record):
    (record / "bin" / "quarto").write_text(
        "#!/bin/sh\n[ $1 = --version ] && exit\necho 'WARN: a dead link' >&2\n"
    )
    said = []
    sourcebook.render(
        record / "project", to="html", engine="quarto", warn=lambda issue: said.append(str(issue))
    )
    assert said == ["Quarto: WARN: a dead link"]


def test_nothing_is_done_the_second_time(record, capsys):
    command = ["render", str(record / "project"), "--to", "html", "--engine", "quarto"]
    assert main(command) == main(command) == 0
    ready, current = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"The report is ready: \S*report\.html", ready)
    assert current == ready.replace("ready", "up to date")
    assert len((record / "calls").read_text().splitlines()) == 2


def test_a_failing_quarto_is_quoted(record):
    (record / "bin" / "quarto").write_text(
        "#!/bin/sh\n[ $1 = --version ] && exit\necho its own words >&2\nexit 3\n"
    )
    with pytest.raises(ToolError, match="Quarto failed") as caught:
        sourcebook.render(Path(record / "project"), engine="quarto")
    assert "its own words" in str(caught.value)


needs_quarto = pytest.mark.skipif(
    not os.environ.get("QUARTO"), reason="QUARTO names no installed Quarto, such as /usr/bin/quarto"
)

CHART = """\
# One

```{python}
#| label: fig-tolls
#| fig-cap: "They say more of @fig-tolls."
#| fig-alt: "Two bars."
import pandas as pd
from sourcebook.charts import bars
tolls = pd.DataFrame({"town": ["North", "South"], "tolls": [7.5, 1234.0]})
bars(tolls, category="town", value="tolls", title="Tolls differ", subtitle="Tolls, crowns", sources=[])
```
"""


@pytest.mark.parametrize(("form", "suffix"), [("html", "svg"), ("docx", "png")])
def test_a_chart_keeps_its_finding_and_measure_and_is_drawn_for_word(record, form, suffix):
    (record / "project" / "one.qmd").write_text(CHART)
    sourcebook.render(record / "project", to=form, engine="quarto")
    given = record / "given"
    text = (given / "one.qmd").read_text()
    assert "**Tolls differ.** Tolls, crowns. They say more of @fig-tolls.\n:::" in text
    assert f"![](one_pictures/fig-tolls.{suffix})" in text
    picture = (given / "one_pictures" / f"fig-tolls.{suffix}").read_bytes()
    if form == "docx":
        assert picture.startswith(b"\x89PNG")
    else:  # whoever has not our font sees another in the same room
        assert b"textLength" in picture


@needs_quarto
@pytest.mark.parametrize("form", ["html", "typst", "docx"])
def test_a_real_quarto_sets_all_that_it_is_handed(tmp_path, monkeypatch, form):
    quarto = Path(os.environ["QUARTO"])
    monkeypatch.setenv("PATH", f"{quarto.parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "one.qmd").write_text(f"See @fig-tolls, `{{python}} 6 * 7`.\n\n{CHART}")
    said: list[str] = []
    (made, *_) = sourcebook.render(
        tmp_path / "one.qmd", to=form, engine="quarto", warn=lambda issue: said.append(str(issue))
    )
    assert said == []
    words = " ".join(read_words(made).split())
    assert "See Figure 1, 42." in words
    assert "Figure 1: Tolls differ. Tolls, crowns. They say more of Figure 1." in words


@needs_quarto
def test_a_real_quarto_loses_no_row_of_a_long_table_in_print(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(os.environ['QUARTO']).parent}{os.pathsep}{os.environ['PATH']}")
    rows = "\n".join(f"| row {number}. | x |" for number in range(90))
    table = f"::: {{#tbl-long}}\n\n| A | B |\n|---|---|\n{rows}\n\nThe caption.\n:::\n"
    (tmp_path / "one.qmd").write_text(f"See @tbl-long.\n\n{table}")
    (made, *_) = sourcebook.render(tmp_path / "one.qmd", to="typst", engine="quarto")
    words = read_words(made)
    assert [number for number in range(90) if f"row {number}." not in words] == []


def read_words(path: Path) -> str:
    """The text of a page or a document, without its marks."""
    if path.suffix == ".pdf":
        return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            paragraphs = BeautifulSoup(parts.read("word/document.xml"), "xml").find_all("w:p")
        return " ".join(paragraph.get_text() for paragraph in paragraphs)
    return BeautifulSoup(path.read_bytes(), "lxml").get_text()
