"""What comes out of notebooks, made harmless piece by piece: HTML, attributes, styles, drawings, text."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from sourcebook.core import limits
from sourcebook.errors import Issue, RenderError
from sourcebook.render.safety import (
    TRUST,
    check_size,
    clean_attributes,
    clean_html,
    clean_label,
    clean_tag,
    clean_text,
    is_safe_link,
    list_refused_styles,
    shorten_text,
    warn_refused,
)
from sourcebook.render.styles import DRAWING, clean_sheet, clean_style, is_local
from sourcebook.render.svg_safety import clean_svg, list_refused_parts

CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-label="A chart">'
    '<defs><style type="text/css">*{stroke-linejoin: round}</style><clipPath id="p1"><rect width="5" height="5"/></clipPath></defs>'
    '<g clip-path="url(#p1)" style="fill: #0b4f79"><use xlink:href="#p1"/><text x="1">words</text></g>'
    '<image href="data:image/png;base64,AAAA"/></svg>'
)


def test_our_own_charts_stay_as_they_are():
    chart = re.sub(r"<style.*?</style>", "", CHART)
    assert clean_svg(chart, "here") is chart


def test_the_only_rule_of_matplotlib_stands_in_the_outermost_element():
    root = xml.etree.ElementTree.fromstring(clean_svg(CHART, "here"))
    assert root.get("style") == "stroke-linejoin: round"
    assert not [element for element in root.iter() if element.tag.endswith("style")]


@pytest.mark.parametrize(
    "css",
    [
        "@\\69mport 'http://x/a';", "body{background:u\\72l(http://x/bg)}", "p{visibility:hidden} p::before{content:'false'}",
        "body{background:image-set('http://x/i' 1x)}", "@font-face{font-family:x;src:url(http://x/f)} body{font-family:x!important}",
        "@im/**/port 'http://x/i';", "b::after{content:'x';background:/*url(#*/u\\000072l('http://x/b')}", "</style><script>1</script>",
    ],
)  # fmt: skip
def test_a_style_sheet_reaches_no_further_than_its_picture(css):
    body = css if "</style>" in css else f"<![CDATA[{css}]]>"
    try:
        made = clean_svg(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>{body}</style><rect width="3" height="3"/></svg>',
            "here",
        )
    except RenderError:
        return
    inside = "".join(
        base64.b64decode(found).decode() for found in re.findall(r"svg\+xml;base64,([\w+/=]+)", made)
    )
    assert "<style" not in made
    assert "<rect" in made + inside
    assert not re.search(r"http://x|u\\\\|image-set|import|content|script", made + inside)


@pytest.mark.parametrize(
    ("style", "left"),
    [
        ("position: fixed; color: red", "color: red"),
        ("p\\6fsition: fixed; inset: 0; z-index: 9", ""),
        ("background: url(http://x)", ""),
        ("background: u\\72l(http://x)", ""),
        ("background: image-set('http://x' 1x)", ""),
        ("background-image: -webkit-image-set(url(x) 1x)", ""),
        ("background: linear-gradient(90deg, #d65f5f 50%, transparent 50%)", "background: linear-gradient(90deg, #d65f5f 50%, transparent 50%)"),
        ("width: expression(alert(1)); width: 3em", "width: 3em"),
        ("margin: -900px 0; margin-top: calc(0px - 9000px)", ""),
        ("color: var(--x); width: 99999px; color: red !important", "color: red"),
        ("/* ; */ color: rgb(1, 2, 3); content: 'x'", "color: rgb(1, 2, 3)"),
        ("}} body { color: red", ""),
    ],
)  # fmt: skip
def test_styles_say_how_something_looks_and_no_more(style, left):
    assert clean_style(style) == left
    shown = (
        LexborHTMLParser(clean_html(f'<p style="{style}">a</p>')).css_first("p").attributes.get("style") or ""
    )
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", left)
    assert dict(clean_attributes([["style", style]])).get("style", "") == left


@pytest.mark.parametrize(
    ("style", "missed"),
    [
        ("color: red; display: flex; flex-direction: row; border-top-color: #aaa", []),
        ("position: fixed; top: 0", ["position", "top"]),
        ("position: relative; position: static", []),
        ("POSITION: Sticky", ["position"]),
        ("background: url(http://x)", ["background"]),
        ("box-shadow: 1px 1px red; box-shadow: 2px 2px red", ["box-shadow"]),
        ("-webkit-x: y; mso-a: b; scroll-margin: 1px; transition-delay: 1s; animation-name: x; outline-width: 1px; cursor: pointer", []),
    ],
)  # fmt: skip
def test_what_a_reader_may_miss_of_a_style_is_named(style, missed):
    html = f'<p style=\'{style}\'>a</p><p\nclass="b" style = "{style}">b</p>'
    assert list_refused_styles(html) == missed
    assert list_refused_styles(f"<pre>&lt;p style='{style}'&gt;</pre>") == []
    said = [
        Issue(
            "here", "what could act, reach out or leave its place is taken out", ", ".join(missed), fix=TRUST
        )
    ]
    assert warn_refused(missed, "here") == (said if missed else [])


def test_an_escaped_style_is_read_as_a_browser_would():
    assert list_refused_styles('<p style="posi&#116;ion: fixed">a</p>') == ["position"]
    assert list_refused_styles('<p style="">a</p><p style>b</p>') == []


@pytest.mark.parametrize(
    ("part", "missed"),
    [
        ("<script/><foreignObject/>", ("<foreignobject>", "<script>")),
        ('<g onclick="x"><rect onload="y" id="z" href="http://x"/></g>', ("href", "onclick", "onload")),
        (
            '<image xmlns:l="http://www.w3.org/1999/xlink" l:href="http://x/y.png"/><image src="http://x/y.png"/>',
            ("href", "src"),
        ),
        ('<metadata/><cursor/><x:view xmlns:x="urn:x"/><g ping="x" style="fill: url(http://x)"/>', ()),
    ],
)
def test_what_a_reader_may_miss_of_a_drawing_is_named(part, missed):
    assert list_refused_parts(draw(part), "here") == missed
    with pytest.raises(RenderError, match="here: its SVG is not well-formed"):
        list_refused_parts(draw(f"{part}<g>"), "here")


def test_the_outermost_element_of_a_drawing_stays_in_its_place():
    made = clean_svg(
        '<svg xmlns="http://www.w3.org/2000/svg" overflow="visible" transform="scale(99)" style="position: fixed; fill: red"><g transform="scale(2)"/></svg>',
        "here",
    )
    assert not re.search(r"overflow|99|position", made)
    assert "scale(2)" in made


@pytest.mark.parametrize(
    "part",
    [
        "<script/>", "<foreignObject/>", '<a href="javascript:x"/>', '<g onclick="x"/>', '<image href="http://x/y.png"/>',
        "<style>@import 'x'</style>", '<g style="fill: url(http://x)"/>', '<set attributeName="href" to="javascript:x"/>',
        '<image href="data:image/svg+xml;base64,AAAA"/>',
    ],
)  # fmt: skip
def test_svg_loses_what_acts_or_reaches_out(part):
    cleaned = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"/>{part}</svg>', "here")
    assert "<rect" in cleaned
    assert not re.search(r"script|foreign|onclick|http://x|import|svg\+xml|<set", cleaned)


def test_broken_svg_is_a_clear_error():
    with pytest.raises(RenderError, match="not well-formed"):
        clean_svg("<svg><g></svg>", "a.ipynb, cell 3")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<br>", "<br>"),
        ("</b>", "</b>"),
        ('<b onclick="x">', "<b>"),
        ("<iframe src=x>", ""),
        ("<details>", "<details>"),
    ],
)
def test_lone_tags_are_cleaned_alone(raw, clean):
    assert clean_tag(raw) == clean


def test_html_keeps_tables_and_their_spans():
    table = '<table><thead><tr><th colspan="2" scope="col">a</th></tr></thead></table>'
    assert clean_html(table) == table


def test_text_loses_controls():
    assert clean_text("a\x1b[1;31mb\x1b[0m\x00\r\nc") == "ab\nc"


@pytest.mark.parametrize(
    "link", ["javascript:x", "JaVa\tScript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_links_to_programs_are_unsafe(link):
    assert not is_safe_link(link)


@pytest.mark.parametrize("link", ["https://x", "#a", "mailto:a@b", "chapter.md", "a/b.html#c"])
def test_links_to_pages_are_safe(link):
    assert is_safe_link(link)


def base64_of(data):
    return base64.b64encode(data).decode()


def draw(inside, attributes=""):
    return f'<svg xmlns="http://www.w3.org/2000/svg"{attributes}>{inside}</svg>'


def clean(inside, attributes=""):
    """A drawing cleaned, read again."""
    return xml.etree.ElementTree.fromstring(clean_svg(draw(inside, attributes), "here"))


def names(root):
    return [element.tag.rpartition("}")[2] for element in root.iter()]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("one\rtwo", "one\ntwo"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("\x1b]8;;https://example.org\x07link\x1b]8;;\x1b\\!", "link!"),
        ("tab\tstays\ufffe", "tab\tstays"),
    ],
)
def test_what_a_terminal_would_obey_goes_and_lines_stay(text, left):
    assert clean_text(text) == left


def test_a_short_text_is_whole():
    text = "a" * limits.LINE_CHARACTERS + "\nb"
    assert shorten_text(text) == (text, 0)
    page = "\n".join(["c" * 99] * (limits.TEXT_CHARACTERS // 100)) + "\n"
    assert len(page) == limits.TEXT_CHARACTERS
    assert shorten_text(page) == (page, 0)


def test_a_long_line_is_cut_at_its_end():
    line = "a" * limits.LINE_CHARACTERS
    assert shorten_text(f"{line}{'b' * 102}\nc") == (f"{line} …\nc", 100)
    assert shorten_text(f"{line}b") == (f"{line} …", 1)  # two characters more, one of them lost all the same


def test_of_a_long_text_the_middle_is_left_out():
    lines = [f"{number:09}" for number in range(5000)]
    short, left_out = shorten_text("\n".join(lines))
    first, last = short.split("\n…\n")
    assert first == "\n".join(lines)[:30_000]
    assert last == "\n".join(lines)[-10_000:]
    assert left_out == 49_999 - 40_003


def test_an_output_may_be_as_large_as_its_limit():
    check_size("a" * limits.OUTPUT_CHARACTERS, "text/html", "a.ipynb, cell 1")
    with pytest.raises(RenderError, match=r"^An output cannot be shown\.") as caught:
        check_size("a" * (limits.OUTPUT_CHARACTERS + 1), "text/html", "a.ipynb, cell 1")
    assert caught.value.issues == (
        Issue("a.ipynb, cell 1", "an output is too large", "20 million characters of text/html", "at most 20 million", "show less of it"),
    )  # fmt: skip


def png(width, height):
    """The beginning of a PNG: all that says how large it is."""
    return (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
        + width.to_bytes(4, "big")
        + height.to_bytes(4, "big")
        + b"\x08\x06\0"
    )


def test_a_bitmap_may_have_as_many_pixels_as_its_limit():
    check_size(base64_of(png(8900, 10_000)), "image/png", "a.ipynb, cell 1")
    with pytest.raises(RenderError, match=r"^An output cannot be shown\.") as caught:
        check_size(base64_of(png(8900, 10_001)), "image/png", "a.ipynb, cell 1")
    assert caught.value.issues == (
        Issue("a.ipynb, cell 1", "a picture is too large", "89,008,900 pixels", "at most 89,000,000", "draw it smaller"),
    )  # fmt: skip


@pytest.mark.parametrize("size", [(2**24, 6), (6, 2**24)])
def test_a_bitmap_may_be_a_line_and_too_large(size):
    with pytest.raises(RenderError):
        check_size(base64_of(png(*size)), "image/png", "a.ipynb, cell 1")


def test_pictures_of_other_kinds_are_measured_by_pillow():
    file = io.BytesIO()
    Image.new("1", (9000, 9000)).save(file, "GIF")
    check_size(base64_of(file.getvalue()), "image/gif", "a.ipynb, cell 1")
    large = (
        file.getvalue()[:6]
        + (10_000).to_bytes(2, "little")
        + (9000).to_bytes(2, "little")
        + file.getvalue()[10:]
    )
    with pytest.raises(RenderError, match=r"^An output cannot be shown\.") as caught:
        check_size(base64_of(large), "image/gif", "a.ipynb, cell 1")
    (issue,) = caught.value.issues
    assert (issue.where, issue.what, issue.fix) == (
        "a.ipynb, cell 1",
        "a picture is too large",
        "draw it smaller",
    )
    assert "90000000 pixels" in issue.found
    assert len(issue.found) <= 100
    between = (
        file.getvalue()[:6] + (9900).to_bytes(2, "little") + file.getvalue()[8:]
    )  # Pillow says nothing yet
    with pytest.raises(RenderError) as caught:
        check_size(base64_of(between), "image/gif", "a.ipynb, cell 1")
    assert caught.value.issues[0].found == "89,100,000 pixels"
    with pytest.raises(ValueError, match=r"^the picture is damaged: cannot identify image file"):
        check_size(base64_of(b"GIF89a, but no more"), "image/gif", "a.ipynb, cell 1")


def test_only_bitmaps_are_measured():
    check_size("<svg/>", "image/svg+xml", "here")
    check_size("<p>!</p>", "text/html", "here")


@pytest.mark.parametrize(
    "html",
    [
        '<p class="c" style="color:red" title="t" lang="fa" dir="rtl" role="note" aria-label="l" aria-hidden="true">a</p>',
        '<section><article><u>u</u><mark>m</mark><label>l</label><input></article></section>',
        '<table><tbody><tr><td rowspan="2">a</td></tr></tbody></table>',
        '<ol start="3"><li>a</li></ol>',
        '<img src="data:image/png;base64,AAAA" alt="a" width="3" height="4">',
        '<audio src="data:audio/wav;base64,AAAA" controls=""></audio>',
        '<video src="data:video/mp4;base64,AAAA" controls="" width="3" height="4" poster="data:image/png;base64,AAAA"></video>',
        '<video><source src="data:video/mp4;base64,AAAA" type="video/mp4"></video>',
    ],
)  # fmt: skip
def test_html_that_only_shows_something_stays(html):
    def elements(text):
        page = LexborHTMLParser(text)
        return [(node.tag, node.attributes) for node in page.css("body *")]

    assert elements(clean_html(html)) == elements(html)


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<img src="https://example.org/a.png" alt="a">', '<img alt="a">'),
        ('<img src="data:image/svg+xml;base64,AAAA" alt="a">', '<img alt="a">'),
        ('<img src="data:audio/wav;base64,AAAA" alt="a">', '<img alt="a">'),
        ('<audio src="https://example.org/a.wav"></audio>', "<audio></audio>"),
        ('<audio src="data:image/png;base64,AAAA"></audio>', "<audio></audio>"),
        ('<video poster="https://example.org/a.png"></video>', "<video></video>"),
        ('<video poster="data:video/mp4;base64,AAAA"></video>', "<video></video>"),
        ('<a href="data:text/html,a">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="javascript:a">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="ftp://example.org/">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="mailto:a@example.org" id="x" name="y">a</a>', '<a href="mailto:a@example.org" rel="noopener noreferrer">a</a>'),
        ('<a href="https://example.org/">a</a>', '<a href="https://example.org/" rel="noopener noreferrer">a</a>'),
        ('<a href="http://example.org/">a</a>', '<a href="http://example.org/" rel="noopener noreferrer">a</a>'),
        ('<p style="position: fixed">a</p>', "<p>a</p>"),
        ("<b>a\x1b[1m\x00b</b>", "<b>ab</b>"),
        ("a<script>b</script><style>c</style><iframe>d</iframe><object>e</object><embed>f", "af"),
        ("a<template>b</template><noscript>c</noscript>d", "ad"),
        ("<form action='/x'><button>a</button></form>", "a"),
        ("<canvas>a</canvas>", "a"),
    ],
)  # fmt: skip
def test_html_that_acts_or_asks_goes(html, left):
    assert clean_html(html) == left


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<img src="https://example.org/a.png">', '<img src="https://example.org/a.png">'),
        ('<img src="figures/a.png">', '<img src="figures/a.png">'),
        ('<img src="data:image/svg+xml;base64,AAAA">', '<img src="data:image/svg+xml;base64,AAAA">'),
        ('<img src="DATA:image/SVG+xml;base64,AAAA">', '<img src="DATA:image/SVG+xml;base64,AAAA">'),
        ('<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA">'),
        ('<img src="data:text/html;base64,AAAA">', "<img>"),
        ('<img src="javascript:a">', "<img>"),
        ('<img src="JavaScript:a">', "<img>"),
        ('<audio src="https://example.org/a.wav"></audio>', "<audio></audio>"),
        ('<video poster="data:image/svg+xml;base64,AAAA"></video>', "<video></video>"),
        ('<img src="a.png" alt="data:image/svg+xml;base64,AAAA">', '<img src="a.png" alt="data:image/svg+xml;base64,AAAA">'),
        ('<a href="#b">a</a>', '<a href="#b" rel="noopener noreferrer">a</a>'),
        ('<a id="x" name="y" href="javascript:a">a</a>', '<a id="x" name="y" rel="noopener noreferrer">a</a>'),
    ],
)  # fmt: skip
def test_whoever_fetches_pictures_is_given_their_addresses(html, left):
    assert clean_html(html, pictures=True) == left


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("<B>", "<b>"),
        ("</B>", "</b>"),
        ("  <b>  ", "<b>"),
        ("</script>", ""),
        ("</iframe>", ""),
        ('<IMG src="https://example.org/a.png" alt="a">', '<img alt="a">'),
        ("<hr>", "<hr>"),
        ("<WBR>", "<wbr>"),
        ("<b>bold</b><script>a</script>", "<b>bold</b>"),
        ("words", "words"),
        ('<td colspan="2">', ""),  # a cell is none outside of its table
    ],
)
def test_a_lone_tag_is_what_it_was_without_what_acts(raw, left):
    assert clean_tag(raw) == left


def test_attributes_lose_what_acts_or_reaches_out():
    pairs = [
        ["data-note", "a"],
        ["ONCLICK", "b"],
        ["Href", "c"],
        ["style", "position: fixed"],
        ["STYLE", "color: red"],
        ["alt", ""],
    ]
    assert clean_attributes(pairs) == [["data-note", "a"], ["STYLE", "color: red"], ["alt", ""]]
    for name in ("srcdoc", "formaction", "action", "href", "src", "srcset", "ping", "background"):
        assert clean_attributes([[name, "a"], [name.upper(), "a"]]) == []


def test_names_of_places_lose_what_formats_would_read_as_their_own():
    assert clean_label('fig-a b"c<d>#e\u202e') == "fig-a-b-c-d--e-"
    assert clean_label("fig-دریا_2:b.c") == "fig-دریا_2:b.c"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("HTTPS://example.org", True),
        ("ht\ntps://example.org", True),
        ("java\nscript:a", False),
        (" \x01javascript:a", False),
        ("a/b:c.html", True),
        ("X-Custom+a.b-1:a", False),
        ("1:2", True),
        ("", True),
    ],
)
def test_what_is_no_program_however_it_is_written_may_be_led_to(address, safe):
    assert is_safe_link(address) == safe


def test_a_drawing_that_must_be_written_anew_keeps_its_names():
    made = clean_svg(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="a"><use xlink:href="#b"/></svg>',
        "here",
    )
    assert re.sub(r" xmlns(:\w+)?=\"[^\"]+\"", "", made) == '<svg><use xlink:href="#b" /></svg>'


def test_a_drawing_with_entities_or_controls_is_written_anew():
    assert clean_svg('<!DOCTYPE svg [<!ENTITY a "b">]>' + draw("<text>&a;</text>"), "here").endswith(
        "<text>b</text></svg>"
    )
    assert clean_svg(draw("<text>a\x01b</text>"), "here").endswith("<text>ab</text></svg>")


@pytest.mark.parametrize(
    "svg",
    [
        draw("<rect/><!--><script>alert(1)</script>-->"),
        draw("<rect/><!---><img src='x' onerror='alert(1)'/>-->"),
        draw("<rect/><?note ><script>alert(1)</script>?>"),
        draw("<rect/><desc><![CDATA[><script>alert(1)</script>]]></desc>"),
        "<?note ><script>alert(1)</script>?>" + draw("<rect/>"),
        "<!--><script>alert(1)</script>-->" + draw("<rect/>"),
        "<!DOCTYPE svg [<!-- ><script>alert(1)</script> -->]>" + draw("<rect/>"),
    ],
)
def test_what_html_would_find_in_a_comment_of_a_drawing_goes(svg):
    page = LexborHTMLParser(f"<body>{clean_svg(svg, 'here')}</body>")
    assert page.css("script, img") == []
    assert len(page.css("svg rect")) == 1


def test_what_is_no_drawing_is_named_with_its_place():
    with pytest.raises(RenderError, match=r"^A picture cannot be used\.") as caught:
        clean_svg("<HTML/>", "a.ipynb, cell 3")
    assert caught.value.issues == (
        Issue("a.ipynb, cell 3", "its SVG is not well-formed", "<html> in place of <svg>"),
    )


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        (' width="30" height="40"', "30 40"),
        (' width="30px" height="40.5px"', "30 40.5"),
        (' width="3in" height="72pt"', "288 96"),
        (' width="25.4mm" height="2.54cm"', "96 96"),
        (' width="100%" height="100%" viewBox="0 0 30 40"', "30 40"),
        (' viewBox="0,0,30,40"', "30 40"),
        (' width="60" viewBox="0 0 30 40"', "60 40"),
        (' height="60" viewBox="0 0 30 40"', "30 60"),
        (' width="60" height="70" viewBox="1 2 30 40"', "60 70"),
        (' viewBox="0 0 30"', "640 480"),
        (' width="5em"', "640 480"),
        (' width="٣"', "640 480"),
        (' height="5"', "640 5"),
        ("", "640 480"),
    ],
)  # fmt: skip
def test_a_drawing_set_apart_keeps_its_size(attributes, size):
    inside = '<unknown/><style>rect {fill: red}</style><rect width="3"/>'
    outer = clean(inside, attributes)
    (image,) = outer
    width, height = size.split()
    assert outer.get("viewBox") == f"0 0 {width} {height}"
    assert [(node.get("width"), node.get("height")) for node in (outer, image)] == [(width, height)] * 2
    assert image.tag == "{http://www.w3.org/2000/svg}image"
    kind, _, content = image.get("href").partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert names(xml.etree.ElementTree.fromstring(base64.b64decode(content))) == [
        "svg",
        "unknown",
        "style",
        "rect",
    ]


def test_of_a_drawing_goes_what_is_not_drawn():
    drawn = '<g><!-- note --><metadata/><x:y xmlns:x="http://example.org/"/><script/><rect/><circle/></g>'
    assert names(clean(drawn)) == ["svg", "g", "rect", "circle"]
    assert names(clean("<a><script/></a><g><script/></g><rect/>")) == ["svg", "a", "g", "rect"]
    assert names(clean("<rect/><!-- note -->")) == ["svg", "rect"]


@pytest.mark.parametrize(
    ("attribute", "kept"),
    [
        ('onclick="a"', False),
        ('href="#a"', True),
        ('href="https://example.org/a.png"', False),
        ('href="data:image/png;base64,AAAA"', True),
        ('src="data:image/jpeg;base64,AAAA"', True),
        ('src="https://example.org/a.png"', False),
        ('srcset="a"', False),
        ('ping="a"', False),
        ('values="a"', False),
        ('begin="a"', False),
        ('clip-path="url(#a)"', True),
        ('fill="url(https://example.org/a)"', False),
        ('fill="image-set(&quot;a&quot; 1x)"', False),
        ('fill="red"', True),
        ('aria-label="url(https://example.org/a)"', True),
        ('id="environment"', True),
        ('data-name="environment"', True),  # a word is no function
        ('transform="scale(2)"', True),
        ('overflow="visible"', True),
        ('style="fill:red;"', True),
        ('style="position: fixed"', False),
    ],
)
def test_an_attribute_of_a_drawing_stays_if_it_asks_for_nothing(attribute, kept):
    svg = draw(f"<image {attribute}/>")
    assert bool(clean('<image y="2" ' + attribute + "/>")[0].attrib.keys() - {"y"}) == kept
    assert (clean_svg(svg, "here") == svg) == kept


def test_links_of_a_drawing_lead_to_pages_and_pictures_of_it_do_not():
    link = '<a href="https://example.org/"><rect/></a>'
    assert clean(link)[0].get("href") == "https://example.org/"
    assert clean('<a href="javascript:a"><rect/></a>')[0].attrib == {}


def test_a_style_that_is_fine_stays_as_it_was_written():
    svg = draw('<g style="fill:red;stroke : blue ; "/>')
    assert clean_svg(svg, "here") == svg
    assert (
        clean('<g style="fill:red;position:fixed;stroke:blue"/>')[0].get("style") == "fill: red; stroke: blue"
    )


def test_a_rule_for_everything_joins_the_style_of_the_outermost_element():
    root = clean("<style>* {stroke: red; position: fixed}</style><rect/>", ' style="fill: blue"')
    assert root.get("style") == "stroke: red; fill: blue"
    assert names(root) == ["svg", "rect"]
    assert clean("<g><style>* {position: fixed}</style></g>").get("style") == ""


def test_of_a_style_sheet_stays_what_asks_for_nothing():
    def sheet(css):
        outer = clean(f"<style>{css}</style><rect/>")
        inner = xml.etree.ElementTree.fromstring(base64.b64decode(outer[0].get("href").partition(",")[2]))
        return [element.text for element in inner if element.tag.endswith("style")]

    assert sheet("rect {fill: red}") == ["rect {fill: red}"]
    assert sheet("rect {fill: red} g {position: fixed} @import 'a'; a {stroke: blue}") == [
        "rect {fill: red} a {stroke: blue}"
    ]
    assert sheet("rect <desc/>{fill: red}") == ["rect {fill: red}"]
    inner = "<desc>a {font-family: \"</desc>@import 'http://x';<desc>\"}</desc>"
    assert sheet(inner) == ["a {font-family: \"@import 'http://x';\"}"]
    assert names(clean("<style>@import 'a';</style><rect/>")) == ["svg", "rect"]


def test_a_style_sheet_that_is_fine_stays_as_it_was_written():
    svg = draw("<style>rect {fill: red}</style><rect  />")
    (image,) = xml.etree.ElementTree.fromstring(clean_svg(svg, "here"))
    assert base64.b64decode(image.get("href").partition(",")[2]).decode() == svg


def test_a_style_sheet_keeps_plain_rules():
    css = "rect , .a > b { fill : red ; x: 1 } @media print { a {fill: red} } i {position: fixed} @font-face {font-family: a}"
    assert clean_sheet(css) == "rect , .a > b {fill: red}"
    assert clean_sheet("a /* b */ > c {fill: /* red */ blue}") == "a  > c {fill: blue}"
    assert clean_sheet("/* a */ a {fill: red} /* b */ b {stroke: blue}") == "a {fill: red} b {stroke: blue}"


@pytest.mark.parametrize(
    ("style", "left"),
    [
        ("WIDTH: 5000px; height: 5001px", "width: 5000px"),
        ("width: -5000px; height: -5001px", "width: -5000px"),
        ("margin: 0; margin-left: -1px; text-indent: -1px; text-indent: 5000px", "margin: 0; text-indent: 5000px"),
        ("width: 50%; height: 6000%; opacity: 0.5; opacity: 6000", "width: 50%; opacity: 0.5"),
        ("background: url(#a); background-image: url('#b')", "background: url(#a); background-image: url(\"#b\")"),
        ("background: url(a); background-image: url('b')", ""),
        ("font-family: 'A b', serif; list-style-type: 'x'", "font-family: \"A b\", serif"),
        ("font: 12px/1.5 serif; width: [1px]; height: {1px}; float: (left)", "font: 12px/1.5 serif"),
        ("width: calc(1px + 2px); height: calc(1px * 2)", ""),  # the signs of calc are no commas
        ("width: max(1px, 2px); height: max(1px, 6000px)", "width: max(1px, 2px)"),
        ("/* a */ color: #fff /* a */; color: rgb(1 2 3)", "color: #fff; color: rgb(1 2 3)"),
        ("color: red; @media print { color: blue }", "color: red"),
        ("color: red! important", "color: red"),
        ("color: \"red", ""),
    ],
)  # fmt: skip
def test_a_declaration_stays_if_all_its_parts_are_harmless(style, left):
    assert clean_style(style) == left


def test_what_may_be_set_differs_between_words_and_drawings():
    assert clean_style("fill: red; padding: 1px") == "padding: 1px"
    assert clean_style("fill: red; padding: 1px", DRAWING) == "fill: red"


@pytest.mark.parametrize(
    ("value", "local"),
    [
        ("url(#a)", True),
        ("url( '#a' )", True),
        ("url('#a' /* b */)", True),
        ("src('#a')", False),
        ("url(a)", False),
        ("url('a')", False),
        ("url('#a' 'b')", False),
        ("image('#a')", False),
        ("element(#a)", False),
        ("rgb(1, url(a))", False),
        ("rgb(1, url(#a))", True),
        ("(url(a))", False),
        ("[url('a')]", False),
        ("{attr(a)}", False),
        ("a /* 1 */ b", True),
        ("red {blue} url(a)", False),
        ("red url(#a) blue", True),
        ("@import", False),
        ("url(a b)", False),
        (")", False),
        ("environment", True),
        ("var(--a)", False),
    ],
)
def test_every_address_of_a_value_leads_here(value, local):
    assert is_local(value) == local
