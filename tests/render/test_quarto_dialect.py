"""Documents written for Quarto are shown as Quarto shows them: a text for many spellings, rendered once in each format."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import matplotlib
import pypdfium2
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from sourcebook.errors import ProjectError, RenderError
from sourcebook.render.report import render_project
from sourcebook.render.source.parameters import read_parameters
from sourcebook.render.words import translate, write_date

BIB = """\
@article{one2020, author={One, Ann}, title={First things}, journal={J}, year={2020}}
@book{two2021, author={Two, Bob}, title={Second}, publisher={P}, year=2021}
@article{dup, author={First, A.}, title={First dup}, journal=J, year={2020}}
@article{dup, author={Second, B.}, title={Second dup}, journal=J, year={2021}}
"""
NOTES = """\
<style xmlns="http://purl.org/net/xbiblio/csl" class="note" version="1.0">
<info><title>n</title><id>n</id><updated>2026-01-01T00:00:00+00:00</updated></info>
<citation><layout suffix="."><names variable="author"/><text variable="title" prefix=", "/></layout></citation>
<bibliography><layout><text variable="title"/></layout></bibliography>
</style>
"""
PROSE = """\
---
title: "Arms: *who* sent $x^2$ & `code` -- \\"true\\" #1 @home {{< meta version >}}"
subtitle: 'A "quoted" subtitle [@none2020]'
version: v12
items: [x, y]
deep: {list: [{name: n0}]}
author:
  - {name: "Ann O'Neil, PhD", orcid: 0000-0002-1825-0097, email: a@example.org, affiliation: Univ. of X}
  - {name: {given: Bob, family: Two}, affiliations: [{ref: y}]}
affiliations: [{id: y, name: Institute Y}]
date: 03/05/2024
abstract: 'A "quoted" abstract.'
keywords: [a, "b, c"]
toc: true
lof: true
format:
  html: {echo: false}
  pdf: {number-sections: true}
---

## Wrapped^[a note in a heading] "quoted" $x$ {#sec-wrapped}

The plant was opened in
2013. It took Russia until
12. December to hand it over
- after talks - to Iran.

Ratio 1:100:5 and :bug: and std::vector::size.

## Same

## Same

[To the second](#same-1), @sec-wrapped, {{< meta items.1 >}} {{< meta deep.list.1.name >}} {{< meta nothing >}}
{{< meta foo >}}

---
foo: bar
---

{{< contents moved >}}

::: {#moved}
Moved text.
:::

## Extra {.appendix}

Behind.

## Blocks

::: {#thm-hidden .content-visible unless-format="html"}
## Name
Hidden theorem.
:::

::: {.callout-note .content-visible when-format="html"}
## Seen
In a box.
:::

::: {.content-visible when-format="html" when-format="pdf"}
Shown in both.
:::

```{.python .content-hidden when-format="html"}
hidden = 1
```

`hidden2`{.content-hidden when-format="html"} Text [a side note]{.aside} goes on.

::: {.equation}
An equation's class.
:::

```{python}
print("result")
```

```{python}

#| echo: false
#| export
print("blank line before")
```

```{python}
#| panel: tabset
#| output: asis
print("## A\\n\\ntext a\\n\\n## B\\n\\ntext b")
```

::: {.list-table}
* - head a
  - head b
* - one
  - two
:::
"""
EXHIBITS = """\
---
title: T
bibliography: refs.bib
code-annotations: none
crossref: {chapters: true, custom: [{kind: float, key: sup, reference-prefix: S, space-before-numbering: false}]}
---

# One

![Plain](a.png){#my-photo fig-alt="alt"} [the photo](#my-photo)

![Plain](a.png){#my-photo-2 fig-alt="alt"}

Amid ![](a.png){#bare fig-alt="alt"} words.

[![Linked](a.png){#fig-linked fig-alt="alt"}](https://example.org)

| a |
|---|
| 1 |

: Plain table {#mytable}

```{#mycode .python lst-cap="Cap"}
x=1
```

::: {#fig-ab layout-ncol=2}
![A cap](a.png){#fig-a fig-alt="one"}

![B cap](a.png){fig-alt="two"}

Both "quoted".^[A note.] More of it [@one2020].
:::

See @fig-ab, @fig-a, [-@fig-a] and [Figs. @fig-a]; as @fig-linked [@one2020] shows, and [@fig-a; @dup].

# Two

::: {#tbl-1}

| a |
|---|
| 1 |

: The caption by a colon

:::

text
$$
x=1
$$ {#eq-one alt="x is one"}
more, see @eq-one; @tbl-1; @sup-x.

- item
  $$
  y=1
  $$ {#eq-two}

::: {#sup-x}
![](a.png){fig-alt="alt"}

Supplement.
:::

```{dot}
//| label: fig-dot
//| fig-cap: A graph
digraph G { a -> b }
```

::: {#tbl-h}
```{=html}
<table><tr><th>h</th></tr><tr><td>cell</td></tr></table>
```

Html cap.
:::

```python
import os  # <1>
```
1. First note.

![](clip.mp4)
"""


class Made:
    """One document as its readers see it, in each format, and what was warned of."""

    def __init__(self, folder: Path, text: str, *formats: str) -> None:
        folder.mkdir(exist_ok=True)
        Image.new("RGB", (8, 6), "red").save(folder / "a.png")
        (folder / "refs.bib").write_text(BIB)
        (folder / "note.csl").write_text(NOTES)
        (folder / "one.qmd").write_text(text)
        self.said: list[str] = []
        files = render_project(
            folder / "one.qmd", formats, out=folder / "out", warn=lambda issue: self.said.append(str(issue))
        )
        self.files = {path.suffix[1:]: path for path in files if path.stem in ("one", "one-executed")}
        self.html = LexborHTMLParser(self.files["html"].read_text()) if "html" in self.files else None
        self.md = self.files["md"].read_text().replace("\u00a0", " ") if "md" in self.files else ""
        leaves = pypdfium2.PdfDocument(self.files["pdf"]) if "pdf" in self.files else []
        self.pdf = "\n".join(" ".join(leaf.get_textpage().get_text_bounded().split()) for leaf in leaves)

    def text(self, selector: str) -> str:
        """What the page shows in the first element that fits."""
        assert self.html
        found = self.html.css_first(selector)
        return " ".join(found.text().split()) if found else ""


@pytest.fixture(scope="module")
def prose(tmp_path_factory):
    return Made(tmp_path_factory.mktemp("prose"), PROSE, "html", "pdf", "md", "docx", "qmd")


@pytest.fixture(scope="module")
def exhibits(tmp_path_factory):
    return Made(tmp_path_factory.mktemp("exhibits"), EXHIBITS, "html", "pdf", "md", "docx", "qmd")


def test_prose_stays_prose_and_signs_stay_signs(prose):
    words = "The plant was opened in 2013. It took Russia until 12. December to hand it over - after talks - to Iran."
    assert words in prose.text("main")
    assert words in prose.md
    assert words in prose.pdf
    assert "Ratio 1:100:5 and :bug: and std::vector::size." in prose.text("main")


def test_titles_keep_their_marks_and_quotes_and_expand_shortcodes(prose):
    assert prose.text("h1").startswith("Arms: who sent ")
    assert prose.text("h1").endswith("& code – “true” #1 @home v12")
    assert prose.html.css_first("h1 em").text() == "who"
    assert prose.html.css_first("h1 math") is not None
    assert prose.text(".subtitle") == "A “quoted” subtitle [@none2020]"
    assert prose.text("header .abstract") == "A “quoted” abstract."
    assert prose.text("header").index("Abstract") < prose.text("header").index("A “quoted” abstract.")
    assert "**Abstract**\n\nA “quoted” abstract." in prose.md
    assert "Abstract A “quoted” abstract." in prose.pdf
    with zipfile.ZipFile(prose.files["docx"]) as document:
        words = re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode())
    assert "Abstract A “quoted” abstract." in " ".join(words.split())
    assert prose.md.startswith("# Arms: *who* sent $`x^2`$ & `code` – “true” \\#1 @home v12\n")
    assert (
        "<title>Arms: who sent x^2 &amp; code – “true” #1 @home v12</title>"
        in prose.files["html"].read_text()
    )


def test_authors_stand_under_the_title_with_all_that_is_known_of_them(prose):
    people = [" ".join(node.text().split()) for node in prose.html.css("header .author")]
    assert people == [
        "Ann O’Neil, PhD, Univ. of X, a@example.org, 0000-0002-1825-0097",
        "Bob Two, Institute Y",
    ]
    assert "Keywords: a; b, c" in prose.text("header")
    assert "March 5, 2024" in prose.text("header")
    for said in (prose.pdf, prose.md):
        assert all(
            words in said for words in ("Univ. of X", "Institute Y", "Keywords: a; b, c", "March 5, 2024")
        )


def test_contents_have_quotes_and_no_notes_and_each_heading_its_address(prose):
    entries = [" ".join(node.text().split()) for node in prose.html.css("nav.contents a")]
    assert entries[0].startswith("Wrapped “quoted” ")
    assert entries[1:] == ["Same", "Same", "Blocks", "Extra"]
    assert prose.html.css_first("a[href='#same-1']") is not None
    assert prose.html.css_first("#same-1") is not None
    assert prose.pdf.count("a note in a heading") == 1


def test_contents_have_the_same_entries_in_each_format(tmp_path):
    front = "---\ntitle: T\ntoc: true\ntoc-depth: 3\n---\n\n"
    heads = "# One\n\n## Two {.unlisted}\n\n### Below it\n\n## Three\n\n### Four\n\n# Five\n"
    made = Made(tmp_path, front + heads, "html", "pdf", "docx")
    entries = ["One", "Three", "Four", "Five"]
    assert [node.text() for node in made.html.css("nav.contents a")] == entries
    assert re.findall(r"([A-Z][a-z]+(?: it)?)\u20601", made.pdf) == entries
    with zipfile.ZipFile(made.files["docx"]) as document:
        lines = re.findall(r'w:val="TOC\d".*?</w:p>', document.read("word/document.xml").decode(), re.DOTALL)
    assert [re.search(r"<w:t[^>]*>([^<]+)", line)[1] for line in lines] == entries
    made = Made(tmp_path, front + "Words.\n", "html", "docx")
    assert made.html.css_first("nav.contents") is None
    with zipfile.ZipFile(made.files["docx"]) as document:
        assert "TOCHeading" not in document.read("word/document.xml").decode()


def test_sections_are_numbered_in_the_formats_that_ask_for_it(prose):
    assert "1 Wrapped" in prose.pdf
    assert prose.text("main h2").startswith("Wrapped")
    assert "Section 1" in prose.text("main").replace("\u00a0", " ")


def test_shortcodes_name_items_and_what_they_do_not_find(prose):
    assert "x n0 ?meta:nothing bar" in prose.text("main")
    assert any("the shortcode meta names 'nothing'" in said for said in prose.said)
    assert prose.text("main").index("Moved text.") < prose.text("main").index("In a box.")
    assert prose.text("main").count("Moved text.") == 1
    assert re.search(
        r"one\s?two Extra Behind\.", prose.text("main")
    )  # at the end; cells have no blank between them


def test_conditions_hold_for_every_kind_of_block(prose):
    page = prose.text("main")
    assert "Hidden theorem." not in page
    assert "Theorem 1 (Name)" in prose.md
    assert prose.text(".callout-note") == "Note: Seen In a box."
    assert "In a box." not in prose.md
    assert "Shown in both." in page
    assert "Shown in both." in prose.pdf
    assert "hidden" not in page
    assert "hidden = 1" in prose.md
    assert "Text goes on." in page
    assert prose.text("main .equation") == ""
    assert "An equation's class." in page.replace("’", "'")
    assert prose.text("div.aside") == "a side note"


def test_cells_are_set_by_format_and_words_of_other_tools_are_named(prose):
    page = prose.text("main")
    assert 'print("result")' not in page
    assert 'print("result")' in prose.md
    assert 'print("result")' in prose.pdf
    assert "blank line before" in page
    assert 'print("blank' not in prose.md
    assert any("is no option, and stays a comment (found export" in said for said in prose.said)
    assert [node.text().strip() for node in prose.html.css(".tabset summary")] == ["A", "B"]
    assert [cell.text().strip() for cell in prose.html.css("table th")] == ["head a", "head b"]


def test_identifiers_of_any_kind_are_anchors_without_numbers(exhibits):
    for label in ("my-photo", "my-photo-2", "mytable", "mycode"):
        assert exhibits.html.css_first(f"#{label}") is not None
    assert exhibits.text("#my-photo-2 figcaption") == "Plain"
    assert exhibits.text("#mytable figcaption") == "Plain table"
    assert exhibits.text("#mycode figcaption") == "Cap"
    assert exhibits.text("#fig-linked figcaption") == "Figure 1.1. Linked"
    assert exhibits.html.css_first("#fig-linked a[href='https://example.org'] img") is not None
    for label in ("my-photo", "my-photo-2", "mytable", "mycode", "bare"):
        assert f'<a id="{label}"></a>' in exhibits.md


def test_parts_are_lettered_where_they_are_named(exhibits):
    captions = [" ".join(node.text().split()) for node in exhibits.html.css("#fig-ab figure figcaption")]
    assert captions == ["(a) A cap", "B cap"]
    said = exhibits.text("main").replace("\u00a0", " ")
    assert "See Figure 1.2, Figure 1.2 (a), 1.2 (a) and Figs. 1.2 (a);" in said


def test_references_and_citations_stand_beside_each_other(exhibits):
    said = exhibits.text("main").replace("\u00a0", " ")
    assert "as Figure 1.1 (One 2020) shows, and Figure 1.2 (a) (Second 2021)." in said
    assert any("refs.bib: the key 'dup' stands 2 times" in said for said in exhibits.said)
    assert "References" in [node.text() for node in exhibits.html.css("main h2")]
    assert '## <a id="bibliography"></a>References' in exhibits.md


def test_captions_are_cited_whole_without_notes(exhibits):
    assert "“Both “quoted”. More of it (One 2020).”, in: T" in exhibits.text("#fig-ab .cite").replace(
        "\u00a0", " "
    )


def test_numbers_begin_anew_in_chapters_of_a_document_and_captions_have_one_place(exhibits):
    assert exhibits.text("#tbl-1 figcaption") == "Table 2.1. The caption by a colon"
    assert exhibits.text("#sup-x figcaption") == "S2.1. Supplement."
    assert exhibits.text("#fig-dot figcaption") == "Figure 2.1. A graph"
    assert "digraph" in exhibits.text("#fig-dot")
    assert exhibits.text("#tbl-h figcaption") == "Table 2.2. Html cap."
    for said in (exhibits.pdf, exhibits.md):
        assert "cell" in said.partition("Html cap.")[2]


def test_equations_have_labels_amid_text_and_in_lists(exhibits):
    assert exhibits.text("#eq-one").endswith("(2.1)")
    assert exhibits.text("li #eq-two").endswith("(2.2)")
    assert "{#eq" not in exhibits.text("main") + exhibits.md + exhibits.pdf
    assert "more, see Equation 2.1; Table 2.1; S2.1." in exhibits.text("main").replace("\u00a0", " ")


def test_annotations_may_be_left_out_and_films_are_links(exhibits):
    assert "First note." not in exhibits.text("main")
    assert "<1>" not in exhibits.text("main")
    assert exhibits.html.css_first("a.video").attributes["href"] == "clip.mp4"
    assert any("does not lie beside the report" in said for said in exhibits.said)


@pytest.mark.parametrize("made", ["prose", "exhibits"])
def test_quarto_markdown_is_read_again_with_nothing_lost(made, request, tmp_path):
    first = request.getfixturevalue(made)
    text = first.files["qmd"].read_text()
    assert "```{python}" not in text
    assert not re.search(r"^\s*#\|", text, re.MULTILINE)
    for path in first.files["qmd"].parent.rglob("*"):
        if path.is_file() and path.suffix in (".png", ".qmd", ".bib"):
            copy = tmp_path / path.relative_to(first.files["qmd"].parent)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    files = render_project(
        tmp_path / first.files["qmd"].name, ["md"], out=tmp_path / "again", warn=lambda _: None
    )
    again = next(path for path in files if path.suffix == ".md").read_text().replace("\u00a0", " ")
    assert re.sub(r"\W+", " ", re.sub(r"exhibits/\S+", "", again)) == re.sub(
        r"\W+", " ", re.sub(r"exhibits/\S+", "", first.md)
    )


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "de",
            [
                "Abbildung 1. Bild",
                "Siehe Abbildung 1, Kapitel 1 und Gleichung 1",
                "„Anführung“",
                "Warnung",
                "1. März 2026",
            ],
        ),
        (
            "fr",
            [
                "Figure 1. Bild",
                "Siehe Figure 1, Section 1 und Équation 1",
                "« Anführung »",
                "Avertissement",
                "1 mars 2026",
            ],
        ),
        ("fa", ["شکل 1. Bild", "«Anführung»", "هشدار", "1 مارس 2026"]),
        ("ja", ["図 1. Bild", "「Anführung」", "警告", "2026年3月1日"]),
    ],
)
def test_words_of_ours_are_in_the_language_of_the_document(lang, words, tmp_path):
    text = (
        f"---\ntitle: T\nlang: {lang}\ndate: 2026-03-01\ntoc: true\nnumber-sections: true\nbibliography: refs.bib\n---\n\n"
        '## Eins {#sec-e}\n\nSiehe @fig-x, @sec-e und @eq-e. "Anführung" [@one2020].\n\n![Bild](a.png){#fig-x fig-alt="rot"}\n\n'
        "$$ x $$ {#eq-e}\n\n| a |\n|---|\n| 1 |\n\n::: {.callout-warning}\nVorsicht\n:::\n"
    )
    made = Made(tmp_path, text, "html", "md")
    said = made.text("body").replace("\u00a0", " ")
    assert [word for word in words if word not in said] == []
    assert not [warning for warning in made.said if "English" in warning]
    assert made.html.css_first("html").attributes.get("dir") == ("rtl" if lang == "fa" else None)
    assert translate("References", lang) in made.md
    assert translate("Contents", lang) in made.text("nav")
    labels = {node.attributes["aria-label"] for node in made.html.css("main [aria-label]:not(svg)")}
    wanted = {translate(word, lang) for word in ("Table", "Warning")}
    assert labels == wanted | {f"{translate('Equation', lang)} 1"}


def test_a_bibliography_stands_once_below_the_heading_its_author_gave_it(tmp_path):
    text = (
        "---\nlang: de\nbibliography: refs.bib\n---\n\n## Eins\n\n\"Anführung\" und 'einfach' [@one2020].\n\n"
        "## Literatur\n\n::: {#refs}\n:::\n"
    )
    made = Made(tmp_path, text, "html", "pdf", "md")
    for said in (made.text("main"), made.pdf, made.md):
        assert "„Anführung“ und ‚einfach‘" in said
        assert said.count("Literatur") == said.replace("first", "First").count("First things") == 1


def test_all_nine_languages_have_all_words():
    for lang in ("de", "fr", "es", "pt", "ru", "fa", "ar", "zh", "ja"):
        known = [
            translate(word, lang)
            for word in ("Figure", "Table", "Section", "Contents", "References", "Theorem", "Note")
        ]
        assert all(known)
        assert known.count("Note") == (lang == "fr")
        assert "2024" in write_date("2024-03-05", lang)
    assert [write_date("2024-03-05", lang) for lang in ("en", "en-GB", "ru", "es")] == [
        "March 5, 2024", "5 March 2024", "5 марта 2024\u202fг.", "5 de marzo de 2024",
    ]  # fmt: skip
    assert write_date("2026-02-30", "de") == "2026-02-30"


@pytest.mark.parametrize(
    ("written", "lang", "style", "shown"),
    [
        ("2024-03-05", "en", "D MMM YYYY", "5 Mar 2024"),
        ("2024-03-05", "de", "full", "Dienstag, 5. März 2024"),
        ("2024-03-05", "es", "full", "martes, 5 de marzo de 2024"),
        ("2024-03-05", "de", "medium", "05.03.2024"),
        ("2024-03-05", "de", "short", "05.03.24"),
        ("2024-03-05", "fr", "dddd Do MMMM YYYY", "mardi 5 mars 2024"),
        ("2024-03-05", "fr", "ddd D MMM", "mar. 5 mars"),
        ("2024-03-05", "en", "Do", "5th"),
        ("2024-03-05", "en", "[on] M/D/YY", "on 3/5/24"),
        ("2024-03-05T14:30:00", "en", "YYYY-MM-DD HH:mm", "2024-03-05 14:30"),
        ("12/31/24", "en", "", "December 31, 2024"),
        ("03-05-2024", "en", "", "March 5, 2024"),
        ("2024-3-5", "en", "", "March 5, 2024"),
        ("Mar 5 2024", "en", "", "March 5, 2024"),
        ("5 March 2024", "en", "", "March 5, 2024"),
        ("2024-03", "es", "", "marzo de 2024"),
        ("13/02/2024", "en", "", "13/02/2024"),  # no month is the thirteenth
        ("03/32/2026", "en", "", "03/32/2026"),
        ("soon", "de", "full", "soon"),
    ],
)
def test_dates_are_written_as_the_language_and_the_format_have_it(written, lang, style, shown):
    assert write_date(written, lang, style) == shown


def test_a_document_is_cited_in_one_line_with_the_day_as_its_language_has_it(tmp_path):
    front = "title: |\n  A title over\n  two lines\nauthor: A; B and C\n"
    made = Made(tmp_path, f"---\n{front}date: March 2026\n---\n\ntext\n", "html")
    assert "A; B and C: A title over two lines, edition of March 2026." in made.text("footer")
    made = Made(tmp_path, f"---\n{front}date: today\ndate-format: long\nlang: fr\n---\n\ntext\n", "html")
    assert re.search(
        r"A title over two lines, (1er|\d+) \w+ 20\d\d\.", made.text("footer").replace("\u00a0", " ")
    )


def test_documents_without_a_title_show_none(tmp_path):
    made = Made(
        tmp_path,
        "---\nauthor: Only author\n---\n\n# My heading\n\ntext\n\n# Second\n\ntext\n",
        "html",
        "pdf",
        "md",
    )
    assert made.text("h1") == ""
    assert [node.text() for node in made.html.css("main h2")] == ["My heading", "Second"]
    assert not re.search(r"\bone\b", made.pdf + made.text("main") + made.text("footer") + made.md)
    assert "Only author" in made.pdf


def test_days_that_do_not_exist_stand_as_written_and_are_named(tmp_path):
    made = Made(tmp_path, "---\ntitle: T\ndate: 2026-02-30\n---\n\ntext\n", "md", "pdf", "qmd")
    assert "2026-02-30" in made.md
    assert made.said == [
        "one.qmd, line 3: no calendar has this day, which stands as written (found 2026-02-30; to mend: correct it, or quote it)"
    ]
    (tmp_path / "par.yml").write_text("day: 2025-02-30\n")
    with pytest.raises(
        ProjectError, match=re.escape("par.yml, day: no calendar has this day (found 2025-02-30")
    ):
        read_parameters([], tmp_path / "par.yml")
    (tmp_path / "book").mkdir()
    (tmp_path / "book/_quarto.yml").write_text(
        "project: {type: book}\nbook:\n  title: T\n  date: 2026-02-30\n  chapters: [index.md]\n"
    )
    (tmp_path / "book/_variables.yml").write_text("v: 2026-02-30\n")
    (tmp_path / "book/index.md").write_text("x {{< var v >}}\n")
    said: list[str] = []
    (file,) = render_project(tmp_path / "book", ["md"], warn=lambda issue: said.append(str(issue)))
    assert "edition of 2026-02-30" in file.read_text()
    assert "x 2026-02-30" in file.read_text()
    assert [one.partition(": no calendar")[0] for one in said] == [
        "_quarto.yml, line 4",
        "_variables.yml, line 1",
    ]


def test_bibliographies_may_be_csl_json_and_stand_in_the_front_matter(tmp_path):
    (tmp_path / "s.json").write_text(
        '[{"id":"a","type":"report","title":"R","author":[{"literal":"UN Panel"}],"issued":{"date-parts":[[2022,5]]}}]'
    )
    text = "---\ntitle: T\nbibliography: s.json\nreferences: [{id: smith, type: book, title: Inline, author: [{family: Smith, given: A}], issued: 2001}]\n---\n\nSee [@a] and @smith.\n"
    made = Made(tmp_path, text, "html")
    assert "See (UN Panel 2022) and Smith (2001)." in made.text("main").replace("\u00a0", " ")


def test_notes_of_a_style_stay_out_of_lists(tmp_path):
    text = "---\ntitle: T\nbibliography: refs.bib\ncsl: note.csl\ntoc: true\nlof: true\n---\n\n## Heading [@two2021]\n\n![Caption from [@one2020].](a.png){#fig-a fig-alt='x'}\n"
    made = Made(tmp_path, text, "html", "pdf")
    assert made.text("nav.contents a") == "Heading"
    assert "“Caption from.”" in made.text("#fig-a .cite")
    assert "Figure 1 Caption from. 1" in made.pdf
    assert made.pdf.count("Bob Two") == 1


def test_pictures_that_cells_show_have_their_shape_size_and_description(tmp_path):
    folder = tmp_path / "shapes"
    folder.mkdir()
    for name, size in {
        "tall.jpg": (200, 1200),
        "wide.jpg": (1200, 200),
        "big.png": (3000, 2000),
        "t.gif": (20, 120),
    }.items():
        Image.new("RGB", size, "orange").save(folder / name)
    shown = [
        'Image("tall.jpg")', 'Image("wide.jpg")', 'Image("big.png", width=150, height=100)', 'PIL.open("big.png").resize((120, 80))',
        'Image("t.gif")', 'Image("big.png", alt="alt of Image()", width=50)', 'Image(url="https://example.org/x.png", alt="remote")',
    ]  # fmt: skip
    cells = "".join(f"```{{python}}\n{code}\n```\n\n" for code in shown)
    text = f"---\nexecute: {{echo: false}}\n---\n\n```{{python}}\nfrom IPython.display import Image\nfrom PIL import Image as PIL\n```\n\n{cells}![md](tall.jpg){{width=50}}\n"
    made = Made(folder, text, "html", "pdf", "md")
    drawn = [node.attributes for node in made.html.css("main .picture svg")]
    sizes = [(float(size["width"]), round(float(size["height"]))) for size in drawn]
    assert sizes == [(200, 1200), (1200, 200), (150, 100), (120, 80), (20, 120), (50, 33)]
    assert drawn[5]["aria-label"] == "alt of Image()"
    assert made.html.css_first("main img").attributes["width"] == "50"
    assert "[remote](https://example.org/x.png)" in made.md
    assert sum("lies on the network" in said for said in made.said) == 1
    boxes = [
        part.get_bounds()
        for leaf in pypdfium2.PdfDocument(made.files["pdf"])
        for part in leaf.get_objects()
        if part.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
    ]
    ratios = [round((right - left) / (top - bottom), 2) for left, bottom, right, top in boxes]
    assert ratios == [0.17, 6.0, 1.5, 1.5, 0.17, 1.5, 0.17]
    assert all(bottom > 50 for _, bottom, _, _ in boxes)


def test_pictures_of_matplotlib_stand_alone(tmp_path):
    calls = [
        "_, ax = plt.subplots()\nax.plot([1, 2], label='l')\nax.legend()", "plt.plot([1, 2])", "plt.figure()\nplt.hist([1, 2, 3])",
        "pd.DataFrame({'a': [1, 2]}).plot()", "_, ax = plt.subplots()\nax.plot([1])\nax.set_title('A title')",
    ]  # fmt: skip
    cells = "".join(f"```{{python}}\n{call}\n```\n\n" for call in calls)
    first = "```{python}\nimport matplotlib.pyplot as plt, pandas as pd\n```\n\n"
    made = Made(tmp_path, f"---\nexecute: {{echo: false}}\n---\n\n{first}{cells}", "md")
    assert re.sub(r"!\[Picture without a description\]\(exhibits/\S+\)", "P", made.md).split() == ["P"] * 5


def test_rows_of_lines_and_drawings_of_html_are_what_quarto_has(tmp_path):
    text = (
        "---\ntitle: T\ntoc-expand: 2\nformat: {html: {execute: {echo: false}}}\n---\n\n"
        "::: {.callout-note}\nThe text says\nA) one and\n(i) two, then\n3. three\n:::\n\n> Quoted text\n> - still quoted\n\n"
        "```{=html}\n<svg width='40' height='20' xmlns='http://www.w3.org/2000/svg'><rect width='40' height='20'/></svg>\n```\n\n"
        "::: {.proof .content-visible unless-format='html'}\nA hidden proof.\n:::\n\n```{mermaid}\ngraph LR; A-->B\n```\n\n"
        "::: {.list-table header-rows=0}\n* - a\n  - b\n* - c\n  - d\n:::\n\n```{python}\n1 + 1\n```\n"
    )
    made = Made(tmp_path, text, "html", "md")
    assert "> The text says A) one and (i) two, then 3. three\n" in made.md
    assert "> Quoted text - still quoted\n" in made.md
    assert made.html.css_first("main img[src^='data:image/svg+xml']") is not None
    assert "A hidden proof." in made.md
    assert "A hidden proof." not in made.text("main")
    assert "graph LR; A-->B" in made.text("main")
    assert [cell.text().strip() for cell in made.html.css("main td")] == ["a", "b", "c", "d"]
    assert "1 + 1" in made.md
    assert "1 + 1" not in made.text("main")
    assert any(
        said.startswith("one.qmd, line 3: the setting 'toc-expand' has no effect") for said in made.said
    )


def test_tables_that_a_cell_shows_are_parts_with_letters(tmp_path):
    options = (
        "#| label: tbl-many\n#| tbl-cap: Many\n#| tbl-subcap: [One, Two]\n#| layout-ncol: 2\n#| echo: false\n"
    )
    cell = f"```{{python}}\n{options}import pandas as pd\ndisplay(pd.DataFrame({{'a': [1]}}))\ndisplay(pd.DataFrame({{'b': [2]}}))\n```\n"
    made = Made(tmp_path, cell + "\nSee @tbl-many and @tbl-many-2.\n", "html", "md")
    assert "See [Table 1](#tbl-many) and [Table 1 (b)](#tbl-many-2)." in made.md
    assert [" ".join(node.text().split()) for node in made.html.css("#tbl-many figure figcaption")] == [
        "(a) One",
        "(b) Two",
    ]


def test_shortcodes_of_quarto_give_keys_words_and_pictures(tmp_path):
    (tmp_path / "_brand.yml").write_text("color: {palette: {sea: '#003366'}, primary: sea}\n")
    codes = "{{< kbd mac=Cmd-O win=Ctrl-O linux=Ctrl-P >}} {{< lipsum 1 >}} {{< placeholder 100 50 >}} {{< brand color primary >}} {{< fa star >}}"
    made = Made(
        tmp_path, f"---\ntitle: T\n---\n\n{codes} `{{{{< meta title >}}}}` and v{{{{< version >}}}}.\n", "md"
    )
    assert "Cmd-O" in made.md
    assert "Lorem ipsum dolor sit amet" in made.md
    assert 'width="100" height="50"' in made.md
    assert "#003366" in made.md
    assert re.search(r"`T` and v\d+\.\d+", made.md)
    assert [said for said in made.said if "'fa' is not supported" in said] == made.said


def test_tables_of_other_libraries_are_tables(tmp_path):
    for library in ("polars", "duckdb", "tabulate", "pyarrow"):
        pytest.importorskip(library)
    calls = [
        '#| label: tbl-pl\n#| tbl-cap: Of polars\nimport polars as pl\npl.DataFrame({"a": [1, None], "b": ["x", "y|z"]})',
        '#| label: tbl-tab\n#| tbl-cap: Of tabulate\nfrom tabulate import tabulate\ntabulate([["Sun", 696]], headers=["Planet", "R"], tablefmt="html")',
        "import duckdb\nduckdb.sql(\"select 1 as a, 'duck' as b\")",
        'import pyarrow as pa\npa.table({"a": [1, 2]})',
    ]
    cells = "".join(f"```{{python}}\n{call}\n```\n\n" for call in calls)
    made = Made(
        tmp_path, f"---\nexecute: {{echo: false}}\n---\n\n{cells}See @tbl-tab.\n", "html", "md", "pdf"
    )
    rows = [[cell.text().strip() for cell in row.css("th, td")] for row in made.html.css("main table tr")]
    assert [row for row in rows if not {"i64", "INTEGER"} & {cell.strip("a\n ") for cell in row}] == [
        ["a", "b"],
        ["1", '"x"'],
        ["null", '"y|z"'],
        ["Planet", "R"],
        ["Sun", "696"],
        ["1", "duck"],
    ]
    assert "[Table 2](#tbl-tab)" in made.md
    assert "pyarrow.Table" in made.md
    assert all(word in made.pdf for word in ("Of polars", "y|z", "Sun", "duck", "pyarrow.Table"))


def test_keys_that_stand_in_several_bibliographies_are_named(tmp_path):
    (tmp_path / "s.json").write_text('[{"id":"json","type":"book","title":"Of JSON"}]')
    (tmp_path / "t.yaml").write_text(
        "references:\n- id: dup\n  type: book\n  title: Third dup\n- id: yaml\n  type: book\n  title: Of YAML\n"
    )
    front = "---\ntitle: T\nbibliography: [refs.bib, s.json, t.yaml]\nnocite: '@*'\n---\n\n"
    made = Made(tmp_path, f"{front}See [@dup].\n", "html")
    assert "See (Third Dup, n.d.)." in made.text("main").replace("\u00a0", " ")
    assert len(made.html.css("[id^=ref-]")) == 5
    assert any("refs.bib, t.yaml: the key 'dup' stands 3 times" in said for said in made.said)


def test_lists_of_exhibits_have_whole_captions_and_each_note_stands_once(tmp_path):
    text = (
        "---\ntitle: T\nbibliography: refs.bib\nlof: true\nlot: true\n---\n\nSee @fig-x.[^main]\n\n"
        "![A caption with a note[^a] of [@one2020]. And code `x|y` and $x^2$.](a.png){#fig-x fig-alt='red'}\n\n"
        "[^a]: Note of the figure.\n[^main]: Note of the text.\n\n| a |\n|---|\n| 1[^t] |\n\n: Table^[Note of the table.] and @fig-x {#tbl-y}\n\n"
        "[^t]: Note of the cell.\n\n```{python}\n#| label: fig-z\n#| echo: false\n#| fig-alt: z\n"
        "#| fig-cap: Of the *cell* $\\alpha$^[Note of the picture.] in @tbl-y.\nimport matplotlib.pyplot as plt\nplt.plot([1])\n```\n"
    )
    made = Made(tmp_path, text, "html", "pdf")
    listed = made.pdf.replace("\u00a0", " ").partition("See Figure 1")[0]
    for words in (
        "Figure 1 A caption with a note of (One 2020). And code x|y and",
        "Table 1 Table and Figure 1",
        "Figure 2 Of the cell 𝛼 in Table 1.",
    ):
        assert words in listed
    for part in ("text", "figure", "table", "cell", "picture"):
        assert made.pdf.count(f"Note of the {part}.") == 1
        assert made.text("body").count(f"Note of the {part}.") == 1
    assert "“A caption with a note of (One 2020). And code x|y and " in made.text("#fig-x .cite").replace(
        "\u00a0", " "
    )
    assert made.said == []


def test_quotes_are_curly_in_references_and_in_descriptions_made_of_captions(tmp_path):
    text = '---\ntitle: T\n---\n\n## A "quoted" heading {#sec-a}\n\nSee @sec-a.\n\n![A "quoted" $y$](a.png)\n'
    made = Made(tmp_path, text.replace("{#sec-a}", "{#sec-a .unnumbered}"), "html", "md")
    assert "See A “quoted” heading." in made.text("main")
    assert made.html.css_first("main img").attributes["alt"] == "A “quoted” y"
    assert "![A “quoted” y](exhibits/a.png)" in made.md


def test_pictures_of_included_files_may_lie_beside_them(tmp_path):
    (tmp_path / "inc").mkdir()
    Image.new("RGB", (8, 6), "blue").save(tmp_path / "inc" / "pic.png")
    (tmp_path / "inc" / "part.md").write_text('![Included](pic.png){#fig-inc fig-alt="blue"}\n')
    made = Made(tmp_path, "---\ntitle: T\n---\n\n{{< include inc/part.md >}}\n\nSee @fig-inc.\n", "md")
    assert "exhibits/pic.png" in made.md
    assert not made.said
    Image.new("RGB", (9, 9), "red").save(tmp_path / "pic.png")  # beside the document comes first
    made = Made(tmp_path, "{{< include inc/part.md >}}\n", "md")
    assert (tmp_path / "out/exhibits/pic.png").read_bytes() == (tmp_path / "pic.png").read_bytes()
    (tmp_path / "inc" / "part.md").write_text("## Part\n\n![Nowhere](no.png)\n")
    made = Made(tmp_path, "{{< include inc/part.md >}}\n", "md")
    assert "Nowhere" in made.md
    assert [said.partition(":")[0] for said in made.said] == ["inc/part.md, line 3"]


def test_a_bibliography_that_is_missing_is_named_where_it_stands(tmp_path):
    with pytest.raises(ProjectError, match=re.escape("one.qmd, line 3: the file no.bib does not exist")):
        Made(tmp_path, "---\ntitle: T\nbibliography: no.bib\n---\n\ntext\n", "md")


def test_fonts_may_be_files_in_a_folder_and_signs_may_be_missing(tmp_path):
    folder = tmp_path / "fonts"
    folder.mkdir()
    own = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
    (folder / own.name).write_bytes(own.read_bytes())
    made = Made(
        tmp_path,
        "---\ntitle: T\nmainfont: DejaVu Serif\nfont-paths: fonts\n---\n\nText \U0001f7aa\ue000.\n",
        "html",
        "pdf",
    )
    page = made.files["html"].read_text()
    assert "font-family:'DejaVu Serif'" in page
    assert "--serif: 'DejaVu Serif'" in page
    assert "Text" in made.pdf
    (said,) = made.said
    assert said.startswith("one: ")
    assert "\U0001f7aa" in said


def test_what_leads_nowhere_is_shown_and_named_and_stops_a_strict_build(tmp_path):
    text = (
        "---\ntitle: T\n…---\n\nWrite to me @home, {{< var nothing >}}.\n\n"
        '[![Linked caption](a.png){fig-alt="alt"}](https://example.org){#fig-a}\n\nSee @fig-a.\n'
    )
    made = Made(tmp_path, text.replace("…", ""), "html", "md")
    page = made.text("main")
    assert "Write to me @home, ?var:nothing." in page
    assert "See ?@fig-a." in page
    assert made.text("figcaption") == "Linked caption"
    for words in (
        "the citation @home does not exist",
        "the shortcode var names 'nothing'",
        "the reference @fig-a does",
    ):
        assert any(said.startswith("one.qmd, line ") and words in said for said in made.said), words
    made = Made(
        tmp_path, "---\ntitle: T\nbibliography: refs.bib\n---\n\nSay @one2020 and @unknown2000.\n", "html"
    )
    assert "Say One (2020) and (unknown2000?)." in made.text("main").replace("\u00a0", " ")
    with pytest.raises(RenderError):
        Made(tmp_path, "---\ntitle: T\nsourcebook: {strict: true}\n---\n\n{{< var nothing >}}\n", "md")


def test_what_has_no_effect_is_named(tmp_path):
    text = (
        "---\ntitle: T\ntbl-cap-location: bottom\n---\n\n::: {.callout-note shadow=deep}\nW\n:::\n\n"
        "::: {.content-visible when-profile=a}\nAdvanced.\n:::\n\n| a |\n|---|\n| 1 |\n\n: Cap {.striped #tbl-a}\n\n"
        '```{python}\n#| lightbox: true\n#| echo: "false"\n1\n```\n'
    )
    made = Made(tmp_path, text, "md")
    for line, words in [
        (3, "the setting 'tbl-cap-location' has no effect"),
        (6, "the attribute 'shadow' of a block has no effect"),
        (18, "the class 'striped' of a table has no effect"),
        (21, "the option 'lightbox' is not supported"),
        (22, "the value of 'echo' cannot be read"),
    ]:
        assert any(said.startswith(f"one.qmd, line {line}: {words}") for said in made.said), words


def test_no_profile_is_active(tmp_path):
    kinds = {
        "visible when": "SEEN",
        "hidden when": "UNSEEN",
        "visible unless": "ELSE",
        "hidden unless": "LAST",
    }
    text = "".join(f'::: {{.content-{kind}-profile="x"}}\n{word}\n:::\n\n' for kind, word in kinds.items())
    made = Made(tmp_path, text, "md")
    assert made.md.split() == ["UNSEEN", "ELSE"]
    assert made.said == []


def test_tags_in_titles_and_captions_are_what_they_mean_in_every_format(single):
    text = (
        "---\ntitle: 'A <b>bold</b> H<sub>2</sub>O, the <div> and <script>alert(1)</script>'\nsubtitle: On <i>it</i>\n---\n\n"
        "::: {.callout-note title='Mind <b>this</b>'}\nWords.\n:::\n\n"
        "::: {#fig-a fig-cap='Of <em>what</em>'}\n![](data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=){fig-alt='Dot.'}\n:::\n"
    )
    files, _ = single(text, "html", "pdf", "md", "docx")
    html, pdf, md, docx = (
        {path.suffix: path for path in files}[f".{form}"] for form in ("html", "pdf", "md", "docx")
    )
    page = LexborHTMLParser(html.read_text())
    assert page.css_first("h1").html == (
        "<h1>A <strong>bold</strong> H<sub>2</sub>O, the &lt;div&gt; and &lt;script&gt;alert(1)&lt;/script&gt;</h1>"
    )
    assert page.css_first("title").text().startswith("A bold H2O, the <div>")
    assert page.css_first(".callout-title strong").text() == "this"
    printed = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "A bold H2O, the <div> and" in " ".join(printed.replace("\u200b", "").split())
    assert "Mind this" in printed
    assert "# A **bold** H<sub>2</sub>O" in md.read_text()
    assert "**Mind this**" in md.read_text()
    with zipfile.ZipFile(docx) as document:
        assert "&lt;b&gt;" not in document.read("word/document.xml").decode()


def test_callouts_look_as_asked(single):
    text = (
        "::: {.callout-note appearance='minimal'}\nBare words.\n:::\n\n"
        "::: {.callout-tip appearance='simple' title='Plain'}\nWords.\n:::\n\n"
        "::: {.callout-warning icon=false title='Without'}\nWords.\n:::\n\n"
        "::: {.callout-warning title='Shown <i>once</i>' collapse=true}\nWords.\n:::\n"
    )
    files, warnings = single(text, "html", "qmd", "pdf", "docx", "md")
    assert warnings == []
    made = {path.suffix: path for path in files}
    page = LexborHTMLParser(made[".html"].read_text())
    boxes = page.css(".callout")
    assert [box.attributes["class"].endswith("bare") for box in boxes] == [True, True, False, False]
    assert [" ".join(box.text().split()) for box in boxes[:3]] == [
        "Bare words.",
        "Tip: Plain Words.",
        "Without Words.",
    ]
    kept = made[".qmd"].read_text()
    assert all(
        said in kept
        for said in ('appearance="minimal"', 'appearance="simple"', 'icon="false"', 'collapse="true"')
    )
    assert kept.count("once") == 1


def test_boxes_in_markdown_begin_with_anything(single):
    bodies = {
        "note": "- a\n- b",
        "caution": "```python\nx\n```",
        "tip": "",
        "warning": "B.",
        "important": "Words.",
    }
    text = "\n".join(f"::: {{.callout-{kind}}}\n{body}\n:::\n" for kind, body in bodies.items())
    files, _ = single(text, "md")
    said = files[0].read_text()
    assert re.findall(r"^> \[!(\w+)\]$", said, re.MULTILINE) == [kind.upper() for kind in bodies]
    assert "> - a\n> - b" in said
    assert "<div" not in said


def test_a_margin_note_in_the_caption_of_a_figure_div_is_kept(single):
    picture = "![](data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=){fig-alt='Dot.'}"
    files, _ = single(f"::: {{#fig-a}}\n{picture}\n\nCaption. [beside]{{.aside}}\n:::\n", "html")
    assert "beside" in LexborHTMLParser(files[0].read_text()).css_first("figcaption").text()


def test_tables_in_generated_markdown_and_in_lists_are_tables(tmp_path):
    table = "<table><tr><td>CELL</td><td>b</td></tr></table>"
    cell = "```{python}\n#| output: asis\n#| echo: false\nprint(%r)\n```\n"
    shown = "```{python}\n#| echo: false\nfrom IPython.display import Markdown\nMarkdown(%r)\n```\n"
    text = f"{cell % table}\n{shown % f'before{chr(10) * 2}{table}'}\n- item {table}\n- {table}\n"
    made = Made(tmp_path, text, "html", "md")
    assert len(made.html.css("main table")) == 4
    assert len(made.html.css("main li table")) == 2
    assert len(re.findall(r"\| CELL +\| b +\|", made.md)) == 4
    assert made.said == []


def test_links_of_a_headings_words_lead_there(tmp_path):
    text = "See [Here now], [here now][], [that *one*][Here now], `a[0][Other]`, [p][Other], [x][Missing].\n\n## Here now\n\n## Other\n"
    made = Made(tmp_path, f"{text}\n[Other]: https://x.org\n", "html", "pdf", "md", "docx")
    links = [(node.attributes["href"], node.text()) for node in made.html.css("main p a")]
    assert links == [
        *(("#here-now", words) for words in ("Here now", "here now", "that one")),
        ("https://x.org", "p"),
    ]
    said = "See Here now, here now, that one, a[0][Other], p, [x][Missing]."
    assert said in made.text("main")
    assert said in made.pdf
    assert "[that *one*](#here-now), `a[0][Other]`" in made.md
    with zipfile.ZipFile(made.files["docx"]) as word:
        assert said in re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    assert made.said == []


@pytest.mark.parametrize(
    "box",
    [
        "::: {.callout-note}\n%s\n:::",
        "::: {.panel-tabset}\n## A\n%s\n:::",
        "::: {layout-ncol=2}\nx\n\n%s\n:::",
        "::: {.column-page}\n%s\n:::",
    ],
)
def test_a_break_of_pages_in_a_box_costs_no_pdf(tmp_path, box):
    made = Made(tmp_path, "Start\n\n" + box % "one\n\n{{< pagebreak >}}\n\ntwo\n" + "\n\nend\n", "pdf")
    assert [word for word in ("one", "two", "end") if word not in made.pdf] == []


def test_institutions_may_be_named_by_another_authors_id(tmp_path):
    people = "author:\n- name: Ann\n  affiliations: [{id: u1, name: Univ One}]\n- name: Bob\n  affiliations: [{ref: u1}]\n"
    made = Made(tmp_path, f"---\ntitle: T\n{people}---\n\nx\n", "html")
    assert [node.text() for node in made.html.css("p.author")] == ["Ann, Univ One", "Bob, Univ One"]


def test_a_listing_is_its_code_and_not_what_it_gives(tmp_path):
    cells = '```{python}\n#| label: lst-b\n#| lst-cap: Cap B\nprint("out")\n```\n\n```{python}\n#| label: lst-c\n#| lst-cap: Cap C\n1 + 1\n```\n'
    made = Made(tmp_path, cells + "\nSee @lst-c.\n", "md")
    assert re.findall(r"\*\*(Listing \d)\.\*\* (Cap \w)", made.md) == [
        ("Listing 1", "Cap B"),
        ("Listing 2", "Cap C"),
    ]
    assert "[Listing 2](#lst-c)" in made.md
    assert made.said == []


def test_values_that_are_true_are_so_in_small_letters(tmp_path):
    made = Made(
        tmp_path, "---\ndraft: true\n---\n\nIt is {{< meta draft >}}, `{{</* meta draft */>}}`.\n", "md"
    )
    assert "It is true, `{{< meta draft >}}`." in made.md


def test_pictures_in_html_of_an_author_are_shown_where_html_is_read(tmp_path):
    block = '```{=html}\n<figure><img src="a.png" alt="one"></figure>\n```\n'
    inline = '- item `<img src="a.png" alt="two" width="20">`{=html}\n'
    box = '::: {.callout-note}\n```{=html}\n<img src="a.png" alt="three">\n```\n:::\n'
    made = Made(tmp_path, "\n".join((block, inline, box)), "html", "md", "docx")
    pictures = made.html.css("main img[src^=data]")
    assert [node.attributes["alt"] for node in pictures] == ["one", "two", "three"]
    assert made.md.count("exhibits/a.png") == 3
    with zipfile.ZipFile(made.files["docx"]) as word:
        assert not [name for name in word.namelist() if name.startswith("word/media/")]


def test_a_picture_for_presses_costs_no_pdf(tmp_path):
    tmp_path.joinpath("c").mkdir()
    Image.new("CMYK", (80, 40), "red").save(tmp_path / "c/ink.jpg")
    made = Made(tmp_path / "c", "![One](ink.jpg)\n\nAfter.\n", "pdf")
    assert "After." in made.pdf


def test_code_without_annotations_has_neither_marks_nor_lists(tmp_path):
    code = "```%s\nx = 1  # <1>\n```\n\n1. Note.\n"
    cell, plain = code % "{python}", code % "python"
    item = "- item\n\n" + "".join(f"  {line}\n" for line in plain.splitlines())
    box = f"::: {{.callout-note}}\n{plain}:::\n\n1. Kept.\n"
    made = Made(
        tmp_path, "---\ncode-annotations: none\n---\n\n" + "\n".join((cell, "Words.\n", item, box)), "md"
    )
    assert "Note." not in made.md
    assert "(1)" not in made.md
    assert "<1>" not in made.md
    assert "1.  Kept." in made.md


def test_words_in_cells_of_html_tables_are_markdown_in_text_and_not_in_html(tmp_path):
    table = "<table><tr><td>**b** [l](https://x.org) `c`</td><td>@fig-a and $x$</td></tr><tr><td>\n- one\n</td><td>d</td></tr></table>"
    own = "```{=html}\n<table><tr><td>**kept**</td></tr></table>\n```\n"
    made = Made(tmp_path, f'![A](a.png){{#fig-a fig-alt="x"}}\n\n{table}\n\n{own}', "html", "pdf")
    cells = [node.html for node in made.html.css("main td")]
    assert "<strong>b</strong>" in cells[0]
    assert 'href="https://x.org"' in cells[0]
    assert "<code>c</code>" in cells[0]
    assert 'href="#fig-a"' in cells[1]
    assert "<math" in cells[1]
    assert "<li>" in cells[2]
    assert "**kept**" in cells[4]
    assert "Figure 1 and" in made.pdf


def test_pictures_of_an_included_file_may_be_tags(tmp_path):
    folder = tmp_path / "inc"
    folder.mkdir()
    Image.new("RGB", (8, 6), "blue").save(folder / "pic.png")
    (folder / "part.md").write_text('Para <img src="pic.png" alt="blue" width="20">.\n')
    made = Made(tmp_path, "{{< include inc/part.md >}}\n", "html")
    assert made.html.css_first('main img[alt="blue"]').attributes["src"].startswith("data:image/png")
    assert made.said == []


def test_titles_in_settings_have_the_languages_quotation_marks(tmp_path):
    (tmp_path / "_quarto.yml").write_text(
        "project: {type: book}\nlang: fr\nbook: {title: T, chapters: [index.qmd, {part: 'Part \"un\"', chapters: [a.qmd]}]}\n"
    )
    (tmp_path / "index.qmd").write_text("# Avant\n\nx\n")
    (tmp_path / "a.qmd").write_text('---\ntitle: Chapitre "deux"\n---\n\nx\n')
    paths = render_project(tmp_path, ("html",), warn=lambda _: None)
    page = LexborHTMLParser(next(path for path in paths if path.suffix == ".html").read_text())
    said = re.sub(r"\s", " ", page.css_first("main").text())
    assert "« un »" in said
    assert "« deux »" in said
    assert "“" not in said


def test_formulas_in_tables_stand_in_their_rows(tmp_path):
    text = '| a |\n|---|\n| $$x = 1$$ |\n\n::: {.list-table header-rows=1 widths="1,3" aligns="r,c"}\n- - h\n  - i\n- - 1\n  - 2\n:::\n'
    made = Made(tmp_path, text, "md", "pdf")
    assert re.search(r"\| +\$`x = 1`\$ +\|", made.md)
    assert made.said == []


def test_formats_may_differ_in_the_annotations_of_code(tmp_path):
    code = '```python\nx = 1  # <1>\n```\n\n1. Note one.\n\n```{.c #own}\nint y; /* <1> */\n```\n\n1. Note two.\n\n```{python}\nprint("out  # <1>")  # <1>\n```\n\n1. Note three.\n'
    front = (
        "code-annotations: hover\nformat: {html: {code-annotations: false}, pdf: {code-annotations: none}}"
    )
    made = Made(tmp_path, f"---\n{front}\n---\n\n{code}\n[That](#own).\n", "html", "pdf", "md", "docx")
    page = made.text("main")
    for written in ("x = 1  # <1>", "int y; /* <1> */", 'print("out  # <1>")  # <1>'):
        assert " ".join(written.split()) in page
    assert [page.count(f"Note {word}.") for word in ("one", "two", "three")] == [1, 1, 1]
    assert len(made.html.css("#own")) == 1
    assert "x = 1 int y; print(" in re.sub(r"\s+", " ", made.pdf)
    assert "Note" not in made.pdf
    with zipfile.ZipFile(made.files["docx"]) as word:
        written = word.read("word/document.xml").decode()
    for text in (made.md, written):
        assert [text.count(f"Note {word}.") for word in ("one", "two", "three")] == [1, 1, 1]
    assert "x = 1  # (1)" in made.md
    assert "int y;  /* (1) */" in made.md
    assert 'print("out  # <1>")  # (1)' in made.md
    assert "out  # <1>\n" in made.md  # what was printed is no code
    assert made.said == []


@pytest.mark.parametrize("style", ["below", "hover", "select"])
def test_styles_of_annotations_all_have_marks_and_lists(tmp_path, style):
    made = Made(
        tmp_path, f"---\ncode-annotations: {style}\n---\n\n```r\nx <- 1 # <1>\n```\n\n1. Note.\n", "md"
    )
    assert made.md == "``` r\nx <- 1  # (1)\n```\n\n1.  Note.\n"


def test_shortcodes_say_dates_and_authors_as_the_title_page_does(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709596800")
    front = (
        "title: As of {{< meta date >}}\nlang: {}\ndate: today\ndate-modified: 2024-04-06\n"
        "author: [{name: Ann}, Bob]\nother: 2024-04-05\n"
    )
    text = "Of {{< meta date >}} and {{< meta date-modified >}} by {{< meta author >}}, {{< meta other >}}.\n"
    made = Made(tmp_path, f"---\n{front.replace('{}', 'en')}---\n\n{text}", "html", "pdf", "md", "docx")
    said = "Of March 5, 2024 and April 6, 2024 by Ann, Bob, 2024-04-05."
    with zipfile.ZipFile(made.files["docx"]) as word:
        written = re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    for shown in (made.text("main"), made.pdf, made.md, written):
        assert said in shown
    assert made.text("h1") == "As of March 5, 2024"
    assert ["date-modified" in said for said in made.said] == [True]  # the title page has no place for it
    german = front.replace("{}", "de") + "date-format: medium\n"
    made = Made(tmp_path, f"---\n{german}---\n\n{text}", "md")
    assert "Of 05.03.2024 and 06.04.2024 by" in made.md


def test_labels_of_latex_are_referred_to_by_eqref(tmp_path):
    text = (
        "See \\eqref{eq:one}, \\ref{eq:one}, $\\eqref{two}$ and @eq-three; `\\eqref{x}`.\n\n$$\nx = 1 \\label{eq:one}\n$$\n\n"
        "\\begin{equation}\ny = 2 \\label{two}\n\\end{equation}\n\n$$ z = 3 \\label{old} $$ {#eq-three}\n\nNo \\eqref{eq:none}.\n"
    )
    made = Made(tmp_path, text, "html", "pdf", "md", "docx")
    said = "See (1), 1, (2) and Equation 3; \\eqref{x}."
    assert said in made.text("main").replace("\u00a0", " ")
    assert said in made.pdf
    assert "See ([1](#eq-one)), [1](#eq-one), ([2](#eq-two))" in made.md
    assert "No (?@eq-none)." in made.text("main")
    assert "label" not in made.text("main") + made.md
    with zipfile.ZipFile(made.files["docx"]) as word:
        assert "(2)" in re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    assert [said.partition(" (")[0] for said in made.said] == [
        "one.qmd, line 1: the reference @eq-none does not exist"
    ]


def test_notes_in_the_margin_stand_once_in_formats_without_one(tmp_path):
    text = (
        "Text.[^1]\n\n::: {.column-margin}\nIn the margin.[^2]\n:::\n\n"
        "Goes [beside **it**^[Inner note.]]{.aside} on.\n\n[^1]: First note.\n[^2]: Second note.\n"
    )
    made = Made(tmp_path, text, "html", "pdf", "md", "docx", "qmd")
    with zipfile.ZipFile(made.files["docx"]) as word:
        parts = [word.read(f"word/{name}.xml").decode() for name in ("document", "footnotes")]
    written = re.sub(r"<[^>]+>", "", " ".join(parts))
    kept = made.files["qmd"].read_text()
    for words in ("In the margin.", "First note.", "Second note.", "Inner note."):
        for said in (made.text("main"), made.pdf, made.md, written, kept):
            assert said.count(words) == 1, words
    assert written.count("beside it") == 1
    assert made.md.count("beside **it**") == 1
    assert made.said == []


def test_a_picture_whose_label_is_an_equations_is_shown_and_is_none(tmp_path):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30"><text x="5" y="20">drawn</text></svg>'
    cell = (
        "```{python}\n#| label: eq-x\n#| echo: false\n#| fig-alt: Alt.\n%sfrom IPython.display import SVG\nSVG('"
        + svg
        + "')\n```\n"
    )
    text = f"{cell % ''}\n![Plain](a.png){{#eq-y fig-alt='red'}}\n\n$$ z $$ {{#eq-z}}\n\nSee @eq-x, @eq-y and @eq-z.\n"
    made = Made(tmp_path, text, "html", "pdf", "md", "docx", "qmd")
    assert "drawn" in made.html.css_first("main svg").text()
    assert "drawn" in made.pdf
    said = "See ?@eq-x, ?@eq-y and Equation 1."
    assert said in made.text("main").replace("\u00a0", " ")
    assert said in made.pdf
    assert "See **?@eq-x**, **?@eq-y** and [Equation 1](#eq-z)." in made.md
    assert made.text("#eq-y figcaption") == "Plain"
    with zipfile.ZipFile(made.files["docx"]) as word:
        assert word.read("word/document.xml").decode().count("<w:drawing") == 2
    assert "eq-x.svg" in made.files["qmd"].read_text()
    assert [one.partition(" does")[0] for one in made.said] == [
        f"one.qmd, line 13: the reference @eq-{name}" for name in "xy"
    ]
    captioned = cell % "#| fig-cap: Named.\n"
    assert "Named." in Made(tmp_path, captioned, "html").text("figcaption")


def test_a_table_has_one_caption_and_its_own_id_is_a_label(tmp_path):
    table = "<table%s><caption>Own %s</caption><tr><th>a</th></tr><tr><td>%s</td></tr></table>"
    cell = (
        "```{python}\n#| label: tbl-%s\n%s#| echo: false\nfrom IPython.display import HTML\nHTML(%r)\n```\n\n"
    )
    text = cell % ("one", "#| tbl-cap: Given one\n", table % ("", "one", "CELL1"))
    text += cell % ("two", "", table % ("", "two", "CELL2"))
    text += "```{=html}\n" + table % (' id="tbl-three"', "three", "CELL3") + "\n```\n\n"
    text += (
        table % (" id=plain", "four", "CELL4") + "\n\nSee @tbl-one, @tbl-two, @tbl-three, [there](#plain).\n"
    )
    made = Made(tmp_path, text, "html", "pdf", "md", "docx", "qmd")
    captions = [" ".join(node.text().split()) for node in made.html.css("figcaption")]
    assert captions == ["Table 1. Given one", "Table 2. Own two", "Table 3. Own three", "Own four"]
    for label in ("tbl-one", "tbl-two", "tbl-three", "plain"):
        assert made.html.css_first(f"#{label} table") is not None
    said = "See Table 1, Table 2, Table 3, there."
    assert said in made.text("main").replace("\u00a0", " ")
    assert said in made.pdf
    with zipfile.ZipFile(made.files["docx"]) as word:
        written = re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    kept = made.files["qmd"].read_text()
    for shown in (made.pdf, made.md, written, kept):
        assert "Own one" not in shown
        assert [shown.count(words) for words in ("Given one", "Own two", "Own three", "Own four")] == [1] * 4
        assert [shown.count(f"CELL{number}") for number in range(1, 5)] == [1] * 4
    assert made.said == []


def test_a_documents_headings_are_chapters_if_asked_and_no_number_stands_twice(tmp_path):
    table = "| a |\n|---|\n| 1 |\n\n: Cap {#tbl-%s}\n\n"
    text = "".join(
        f"# {heading}\n\n{table % name}"
        for name, heading in (("a", "One {#sec-one}"), ("b", "Bare {.unnumbered}"), ("c", "Two"))
    )
    front = "---\ncrossref: {chapters: true}\n---\n\n"
    said = "See Table 1, Table 1.1, Table 1.2, Table 2.1, Equation 2.1, Section 1 and Section 2.1."
    text = f"{front}{table % 'z'}{text}## Sub {{#sec-sub}}\n\n$$ x $$ {{#eq-x}}\n\nSee @tbl-z, @tbl-a, @tbl-b, @tbl-c, @eq-x, @sec-one and @sec-sub.\n"
    made = Made(tmp_path, text, "html", "pdf", "md", "docx")
    assert said in made.text("main").replace("\u00a0", " ")
    assert said in made.pdf
    assert said in re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", made.md)
    with zipfile.ZipFile(made.files["docx"]) as word:
        assert said in re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode()).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("settings", "title", "subtitle"),
    [
        ("bibliography: refs.bib", "On (One 2020)", "After Two (2021) and @home"),
        ("bibliography: refs.bib\ncsl: note.csl", "On [@one2020]", "After @two2021 and @home"),
        ("", "On [@one2020]", "After @two2021 and @home"),
    ],
)
def test_citations_in_titles_are_set_where_there_is_a_bibliography(tmp_path, settings, title, subtitle):
    front = f'title: "On [@one2020]"\nsubtitle: "After @two2021 and @home"\n{settings}'
    made = Made(tmp_path, f"---\n{front}\n---\n\nText.\n", "html", "pdf", "md", "docx")
    assert made.text("h1") == title
    assert made.text(".subtitle") == subtitle
    assert made.text("title").startswith(title)
    with zipfile.ZipFile(made.files["docx"]) as word:
        written = re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    for said in (made.pdf, written, made.md.replace("\\", "")):
        assert title in said.replace("\u200b", "")
        assert subtitle in said.replace("\u200b", "")
    listed = "First Things" in made.md or "First things" in made.md
    assert listed == title.endswith("(One 2020)")


def test_deeper_headings_stand_within_a_tab_and_headings_in_blocks_keep_their_depth(tmp_path):
    tabs = "::: {.panel-tabset}\n## A\ntext a\n\n### Deeper\ndeep\n\n## B\ntext b\n:::\n"
    page = "\n::: {.column-page}\n### Wide\nx\n:::\n"
    made = Made(
        tmp_path, f"---\ntitle: T\n---\n\n## Section\n\n{tabs}{page}", "html", "md", "docx", "pdf", "qmd"
    )
    assert [node.text().strip() for node in made.html.css(".tabset summary")] == ["A", "B"]
    tab = made.html.css_first(".tabset details")
    assert (tab.css_first("h3").text(), tab.text().split()) == (
        "Deeper",
        ["A", "text", "a", "Deeper", "deep"],
    )
    assert '**A**\n\ntext a\n\n### <a id="deeper"></a>Deeper\n\ndeep\n\n**B**' in made.md
    assert '### <a id="wide"></a>Wide' in made.md
    assert "A text a Deeper deep B text b" in made.pdf
    assert "::: panel-tabset\n## A\n\ntext a\n\n### Deeper\n\ndeep\n\n## B" in made.files["qmd"].read_text()
    with zipfile.ZipFile(made.files["docx"]) as word:
        paragraphs = word.read("word/document.xml").decode().split("<w:p>")
    deeper = next(one for one in paragraphs if ">Deeper<" in one)
    assert 'w:val="Heading2"' in deeper
    assert made.said == []


def test_each_author_is_named_once_above_the_date(tmp_path):
    people = "author:\n- {name: {given: Ann, family: Lee}, affiliation: Uni X, email: a@b.c}\n- Bob\n"
    made = Made(
        tmp_path,
        f"---\ntitle: T\n{people}date: 2024-02-29\nlang: en\n---\n\nx\n",
        "html",
        "pdf",
        "md",
        "docx",
    )
    with zipfile.ZipFile(made.files["docx"]) as word:
        document, core = (word.read(name).decode() for name in ("word/document.xml", "docProps/core.xml"))
    assert "<dc:creator>Ann Lee, Bob</dc:creator>" in core
    shown = " ".join(re.sub(r"<[^>]+>", " ", document).split())
    opening = "# T\n\nAnn Lee, Uni X, a@b.c\n\nBob\n\nedition of February 29, 2024\n\nx\n"
    assert made.md.startswith(opening)
    for said in (made.pdf, shown):
        assert "T Ann Lee, Uni X, a@b.c Bob February 29, 2024" in said
    for said in (made.md, made.pdf, shown, made.text("header")):
        assert said.count("Ann") == said.count("Bob") == 1


def test_contents_that_no_block_has_are_told_with_their_line(tmp_path):
    made = Made(tmp_path, "---\ntitle: T\n---\n\nBefore\n\n{{< contents nothere >}}\n\nAfter\n", "md")
    assert made.md == "# T\n\nBefore\n\nAfter\n"
    assert [said.partition(" (")[0] for said in made.said] == [
        (
            "one.qmd, line 7: the shortcode contents names 'nothere', and no block of the chapter has this id; "
            "nothing stands in its place"
        )
    ]


def test_a_question_or_fragment_behind_the_name_of_a_picture_is_no_part_of_it(tmp_path):
    text = '![One](a.png?raw=true)\n\n![Two](a.png#here)\n\n<img src="a.png?raw=1" alt="Three">\n\n![Four](no.png?x)\n'
    made = Made(tmp_path, f"---\ntitle: T\n---\n\n{text}", "html", "md", "pdf", "docx", "qmd")
    assert [image.attributes["alt"] for image in made.html.css("img")] == ["One", "Two", "Three"]
    assert all(f"![{alt}](" in made.md for alt in ("One", "Two", "Three"))
    assert made.files["qmd"].read_text().count("(one_pictures/a.png)") == 3
    assert [said.partition(" (")[0] for said in made.said] == [
        "one.qmd, line 11: a picture does not exist in the project"
    ]


def test_a_bitmap_of_windows_is_shown_in_every_format_and_a_damaged_one_told(tmp_path):
    Image.new("RGB", (8, 6), "blue").save(tmp_path / "b.bmp")
    (tmp_path / "bad.bmp").write_bytes(b"BM not a picture")
    text = "---\ntitle: T\n---\n\n![Blue](b.bmp)\n\n![Damaged](bad.bmp)\n"
    made = Made(tmp_path, text, "html", "md", "pdf", "docx")
    assert [image.attributes["src"][:15] for image in made.html.css("img")] == ["data:image/png;"]
    (name,) = re.findall(r"!\[Blue\]\(([^)]+)\)", made.md)
    with Image.open(tmp_path / "out" / name) as picture:
        assert (picture.format, picture.size, picture.getpixel((0, 0))) == ("PNG", (8, 6), (0, 0, 255))
    with zipfile.ZipFile(made.files["docx"]) as word:
        assert len([one for one in word.namelist() if one.startswith("word/media/")]) == 1
    page = pypdfium2.PdfDocument(made.files["pdf"])[0]
    assert len(list(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) == 1
    assert [said.partition(" (")[0] for said in made.said] == ["one.qmd, line 7: a picture cannot be read"]


def test_players_in_html_are_links_to_what_they_play(tmp_path):
    text = (
        "<audio controls src='a.mp3'>no audio</audio>\n\nWords <video src='sub/b.mp4'></video> amid.\n\n"
        "<audio controls>\n<source src='c.mp3'>\nold browser</audio> Behind.\n\n<audio src='open.mp3'>\n\nStays.\n\n"
        "<audio src='data:audio/wav;base64,AAAA'>held</audio>\n"
    )
    made = Made(tmp_path, f"---\ntitle: T\n---\n\n{text}", "html", "md", "pdf", "docx")
    links = [(node.attributes["href"], node.text()) for node in made.html.css("a.video")]
    assert links == [("a.mp3", "Audio: a.mp3"), ("sub/b.mp4", "Video: b.mp4"), ("c.mp3", "Audio: c.mp3")]
    assert made.html.css_first("audio[src^='data:']") is not None
    assert (
        "[Audio: a.mp3](a.mp3)\n\nWords [Video: b.mp4](sub/b.mp4) amid.\n\n[Audio: c.mp3](c.mp3)\n\n"
        in made.md
    )
    for said in (made.md, made.pdf, made.text("main")):
        assert "Behind." in said
        assert "Stays." in said
        assert "no audio" not in said
        assert "old browser" not in said
    told = [re.findall(r"(line \d+): a link leads to a file .*\(found ([^;]+);", said) for said in made.said]
    assert [one for found in told for one in found] == [
        ("line 5", "a.mp3"),
        ("line 7", "sub/b.mp4"),
        ("line 10", "c.mp3"),
    ]


def test_abstract_and_contents_have_the_titles_asked_for(tmp_path):
    front = "title: T\nabstract: Said.\nabstract-title: In short\ntoc: true\ntoc-title: Inhalt & more\n"
    made = Made(tmp_path, f"---\n{front}---\n\n## One\n\nx\n", "html", "pdf", "md", "docx")
    assert made.text("nav.contents summary") == "Inhalt & more"
    assert "In short" in made.text("header")
    assert "**In short**\n\nSaid." in made.md
    with zipfile.ZipFile(made.files["docx"]) as word:
        document = word.read("word/document.xml").decode()
    shown = re.sub(r"<w:instrText.*?</w:instrText>|<[^>]+>", " ", document).replace("&amp;", "&")
    for said in (made.pdf, " ".join(shown.split())):
        assert "In short Said. Inhalt & more One" in said
        assert "Abstract" not in said
    assert made.said == []


@pytest.mark.parametrize(
    ("offset", "text", "numbers"),
    [
        ("2", "# A\n\n## B\n\n# C\n", ["3", "3.1", "4"]),
        ("[5, 1]", "# A\n\n## B\n", ["6", "6.1"]),
    ],
)
def test_numbers_of_headings_begin_behind_an_offset(tmp_path, offset, text, numbers):
    head = f"---\ntitle: T\nnumber-sections: true\nnumber-offset: {offset}\n---\n\n"
    made = Made(tmp_path, f"{head}{text}", "html")
    assert [node.text() for node in made.html.css("main .header-section-number")] == numbers
    assert made.said == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("date-modified: today", "the setting 'date-modified' has no effect here"),
        ("language: {toc-title-document: In}", "the setting 'language' has no effect here"),
    ],
)
def test_settings_that_are_not_obeyed_are_named(tmp_path, setting, said):
    made = Made(tmp_path, f"---\ntitle: T\n{setting}\n---\n\n# A\n", "html")
    assert any(one.startswith("one.qmd, line 3: ") and said in one for one in made.said), made.said
