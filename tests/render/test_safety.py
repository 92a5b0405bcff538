"""A hostile notebook becomes something harmless, or stops with a clear error."""

from __future__ import annotations

import re
import xml.etree.ElementTree
import zipfile

import pikepdf
import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

from sourcebook.errors import RenderError
from sourcebook.render.formats.html import read_script

HOSTILE = """\
---
execute: {echo: false}
---

# Hostile

<script>alert("markdown")</script> <img src="x" onerror="alert(1)"> [click](javascript:alert(1)) [mail](mailto:a@example.org)

::: {.box onclick="alert(2)" style="background: url(https://example.org/x)"}
A Div.
:::

<iframe src="https://example.org"></iframe>

```{python}
from IPython.display import HTML, SVG, Markdown, display

display(HTML('<p onclick="alert(3)">Fine words<script>alert(4)</script><a href="javascript:alert(5)">a</a></p>'))
display(Markdown('<script>alert(6)</script><b onmouseover="alert(7)">bold</b>'))
display(HTML('<canvas></canvas><img src="https://example.org/pixel.png"><form action="https://example.org"></form>'))
```

```{python}
#| fig-alt: "A square that was armed."
SVG(
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10" onload="alert(8)">'
    '<script>alert(9)</script><foreignObject><p>no</p></foreignObject><a xlink:href="javascript:alert(10)"><rect width="10" height="10"/></a>'
    '<image href="https://example.org/track.png" width="1" height="1"/></svg>'
)
```

```{python}
print("\\x1b[31mred\\x1b[0m \\x1b]8;;https://example.org\\x07link\\x1b]8;;\\x07 nul\\x00l bell\\x07")
display({"text/plain": "x" * 1_000_000}, raw=True)
```
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    from sourcebook.render.report import render_project

    folder = tmp_path_factory.mktemp("hostile")
    (folder / "one.qmd").write_text(HOSTILE)
    warnings = []
    html, *others = render_project(
        folder / "one.qmd",
        ("html", "pdf", "md", "docx"),
        out=folder / "out",
        warn=lambda i: warnings.append(str(i)),
    )
    made = {path.suffix: path for path in others}
    return html.read_text(), made, warnings


def test_nothing_in_the_page_can_act(hostile):
    page = LexborHTMLParser(hostile[0])
    assert page.css("iframe, object, embed, form, foreignObject, base") == []
    assert [node.text() for node in page.css("script:not([type='application/ld+json'])")] == [read_script()]
    names = {name for node in page.css("*") for name in node.attributes}
    assert [name for name in names if name.startswith("on")] == []
    assert "alert(" not in hostile[0]


def test_the_page_asks_for_nothing(hostile):
    page = LexborHTMLParser(hostile[0])
    sources = [
        node.attributes.get(name) or ""
        for name in ("src", "href", "xlink:href")
        for node in page.css(f"[{name.replace(':', chr(92) + ':')}]")
        if (node.tag, name) != ("a", "href")
    ]
    assert [address for address in sources if not address.startswith(("#", "data:", "mailto:"))] == []
    # A picture on the network is a link that a reader may follow.
    assert "example.org/" not in re.sub(
        r"mailto:\S+|<a [^>]*>https://example.org/pixel.png</a>", "", hostile[0]
    )
    links = {node.attributes["href"] for node in page.css("main a[href]")}
    assert {one for one in links if not one.startswith("#")} == {
        "mailto:a@example.org",
        "https://example.org/pixel.png",
    }


def test_words_stay_and_losses_are_named(hostile):
    assert "Fine words" in hostile[0]
    assert "red link null bell" in LexborHTMLParser(hostile[0]).css_first("main").text()
    said = "\n".join(hostile[2])
    assert "one.qmd, line 7: raw HTML is taken out (found <script>" in said
    assert "a link that runs a program is taken out" in said
    assert (
        "one.qmd, line 9: what could act, reach out or leave its place is taken out (found background;"
        in said
    )
    assert "is taken out (found <foreignobject>, <script>, href, onload;" in said
    assert "a text output is too long for a page" in said


def test_nothing_in_the_pdf_can_act(hostile):
    with pikepdf.open(hostile[1][".pdf"]) as pdf:
        links = [link for leaf in pdf.pages for link in leaf.get("/Annots", [])]
        actions = [link.A for link in links if "/A" in link]
        assert not [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/JS" in thing
        ]
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
        assert [(str(action.S), str(action.URI)) for action in actions] == [("/URI", "mailto:a@example.org")]
    document = pypdfium2.PdfDocument(hostile[1][".pdf"])
    words = "".join(leaf.get_textpage().get_text_bounded() for leaf in document)
    assert "A Div." in words
    assert "red link null bell" in words
    assert "\x1b" not in words


def test_nothing_in_the_markdown_can_act(hostile):
    text = hostile[1][".md"].read_text()
    assert "A Div." in text
    shown = re.sub(
        r"```.*?```|<https://example.org/pixel.png>", "", text, flags=re.DOTALL
    )  # code is shown as code
    assert not re.search(r"<script|<iframe|<form|\bon\w+=|javascript:|\x1b|\x00|https?://", shown)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    pictures = [path.read_text() for path in (hostile[1][".md"].parent / "exhibits").glob("*.svg")]
    assert pictures
    assert not re.search(r"script|foreignObject|onload|javascript:|https://", "".join(pictures))


def test_nothing_in_the_word_document_can_act(hostile):
    with zipfile.ZipFile(hostile[1][".docx"]) as word:
        parts = {name: word.read(name) for name in word.namelist()}
    assert not [name for name in parts if re.search(r"vbaProject|activeX|\.(html?|svg|js)$", name)]
    links = b"".join(body for name, body in parts.items() if name.endswith(".rels")).decode()
    assert set(re.findall(r'Target="([^"]+)" TargetMode="External"', links)) == {"mailto:a@example.org"}
    for name, body in parts.items():
        if name.endswith((".xml", ".rels")):
            xml.etree.ElementTree.fromstring(body)
    assert b"A Div." in parts["word/document.xml"]


def test_an_enormous_output_is_a_clear_error(single):
    with pytest.raises(RenderError) as caught:
        single("```{python}\nfrom IPython.display import HTML\nHTML('<p>' + 'x' * 50_000_000)\n```\n")
    (issue,) = caught.value.issues
    assert issue.what == "an output is too large"
    assert issue.where == "one.qmd, line 2"
    assert issue.found == "50 million characters of text/html"


def test_a_trusted_project_keeps_its_html(single):
    files, _ = single("---\nsourcebook: {trusted: true}\n---\n\n<form><input type=text></form>\n")
    assert "<form>" in files[0].read_text()


def test_names_of_places_cannot_leave_their_quotes(single):
    files, _ = single(
        '```{python}\n#| label: \'fig-"><img src=x onerror=alert(1)>\'\n#| fig-cap: C\n#| fig-alt: A\nfrom IPython.display import SVG\nSVG(\'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="3" height="3"/></svg>\')\n```\n'
    )
    page = LexborHTMLParser(files[0].read_text())
    assert page.css("img, [onerror]") == []


def test_tags_in_titles_and_captions_are_words(single):
    title = "<script>evil</script> [click](javascript:evil) *fine*"
    text = f'::: {{.callout-note title="{title}"}}\nA note.\n:::\n\n```{{#lst-x .python lst-cap="{title}"}}\n1\n```\n'
    files, _ = single(f"---\ntitle: T\n---\n\n{text}", "html", "md")
    page = LexborHTMLParser(files[0].read_text())
    assert page.css("main script, main a[href^=javascript]") == []
    for shown in (".callout-title", "figcaption"):
        assert "<script>evil</script> click fine" in page.css_first(shown).text()
    assert "\\<script\\>" in files[1].read_text()
