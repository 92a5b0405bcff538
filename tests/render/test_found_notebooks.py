"""Notebooks as people have them, as saved: what nbconvert shows is shown, in every format, with a warning where it must be."""

from __future__ import annotations

import base64
import io
import json
import re
import time
import zipfile

import pypdfium2
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from sourcebook.errors import RenderError
from sourcebook.render.export import left_out, live_charts
from sourcebook.render.export.commonmark import as_pandoc_reads
from sourcebook.render.report import render_project
from sourcebook.render.source.signature import is_signed
from sourcebook.render.tex import rewrite


def draw(kind="PNG", size=(30, 20), colour="blue"):
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, format=kind)
    return base64.b64encode(stream.getvalue()).decode()


def markdown(text, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": text, **more}


def code(source, *outputs, **metadata):
    kept = [{"metadata": {}, **output} if "data" in output else output for output in outputs]
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": metadata,
        "source": source,
        "outputs": kept,
    }


def result(**data):
    shown = {name.replace("_", "/", 1).replace("__", "+"): value for name, value in data.items()}
    return {"output_type": "execute_result", "execution_count": 1, "data": shown}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def write(folder, name, cells, metadata=None, minor=4):
    path = folder / f"{name}.ipynb"
    notebook = {"cells": cells, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": minor}
    path.write_text(json.dumps(notebook))
    return path


def render(path, *formats, **options):
    warnings = []
    files = render_project(
        path,
        formats,
        out=path.parent / "out",
        execute=False,
        warn=lambda one: warnings.append(str(one)),
        **options,
    )
    return files, warnings


PLOT = {"image/png": draw(size=(60, 40)), "text/plain": "<Figure size 640x480 with 1 Axes>"}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><style>.a{fill:teal}</style>'
    '<rect class="a" width="120" height="40"/></svg>'
)
STYLED = """<style type="text/css">
#T_1_row0_col0 { background-color: yellow; color: red; font-weight: bold; }
#T_1_row1_col0 { width: 10em; background: linear-gradient(90deg, #d65f5f 50.0%, transparent 50.0%); }
</style><table id="T_1"><thead><tr><th>x</th></tr></thead><tbody><tr><td id="T_1_row0_col0">five</td></tr>
<tr><td id="T_1_row1_col0">half</td></tr></tbody></table>"""
FRAME = """<div><style scoped>
    .dataframe tbody tr th:only-of-type { vertical-align: middle; }
</style><table border="1" class="dataframe"><thead><tr><th></th><th>$\\alpha$</th></tr></thead>
<tbody><tr><th>0</th><td>$5 and $6</td></tr></tbody></table><p>2 rows × 1 columns</p></div>"""
MODEL = """<style>#sk-1 div.sk-text-repr-fallback {display: none;}</style><div id="sk-1"><div class="sk-text-repr-fallback">
<b>In a Jupyter environment, please rerun this cell</b></div><input type="checkbox"><label>Pipeline</label></div>"""
PROSE = """# Found

Thanks to @someuser. See [the second](#Second-part), [goal](#goal) and [nowhere](#nowhere).

A path C:\\new\\table; prices from $5 to $6, `$HOME`, and $ \\alpha $ here.
## Right below
- item right below

opened in
(a) parenthesis. https://example.org/auto

---
key: no front matter
---

<img src="dot.png" width="40" alt="a dot"> <a name="goal"></a> H<sub>2</sub>O is <b>bold</b>, see <a href="https://example.org/in">inside</a>

<table>
  <tr>
    <th>k</th>
  </tr>
  <tr>
    <td>v1</td>
  </tr>
</table>

![gone](none.png) and [![badge](https://example.org/badge.svg)](https://example.org/) and ![far](https://example.org/far.png)

```{r}
summary(x)
```

$$\\newcommand{\\E}{\\mathbb{E}}$$

\\begin{equation}\\label{eq:one}
\\E = m
\\end{equation}

As \\eqref{eq:one} says.

\\begin{bmatrix} 7 & 8 \\end{bmatrix}"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The page, the Markdown, the PDF's text, Word's XML, and the warnings of one notebook with a bit of everything."""
    folder = tmp_path_factory.mktemp("found")
    (folder / "dot.png").write_bytes(base64.b64decode(draw(size=(80, 80))))
    cells = [
        markdown(PROSE),
        markdown("# Second part\n\n![pasted](attachment:my%20shot.png)", attachments={"my shot.png": {"image/png": draw(size=(90, 60))}}),
        code("#| label: fig-a\n#| fig-cap: A chart\nplot()", {"output_type": "display_data", "data": PLOT}),
        code("ax.plot()", {"output_type": "display_data", "data": PLOT}, result(text_plain="[<matplotlib.lines.Line2D at 0x7f00>]")),
        code("df.style", result(text_html=STYLED, text_plain="<Styler>")),
        code("df", result(text_html=FRAME, text_plain="df")),
        code("fit()", result(text_html=MODEL, text_plain="Pipeline(steps=[('a', Scaler())])")),
        code("js", {"output_type": "display_data", "data": {"application/javascript": "x", "text/plain": "<IPython.core.display.Javascript object>"}}),
        code("fig", {"output_type": "display_data", "data": {"application/vnd.plotly.v1+json": {}}}),
        code("slider", result(**{"text_plain": "IntSlider(value=7)", "application_vnd.jupyter.widget-view__json": {"model_id": "a"}})),
        code("noise", stream("\x1b[31mred\x1b[0m deprecated\n", "stderr"), stream("plain out\n")),
        code("html", result(text_html=SVG + '<img src="dot.png" width="40">', text_plain="<HTML>")),
        code("video", result(text_html='<iframe src="https://example.org/embed/x"></iframe>', image_jpeg=draw("JPEG", (100, 50)))),
        code("audio", result(text_html='<audio controls src="data:audio/wav;base64,UklGRg=="></audio>', text_plain="<Audio>")),
        code("gif", result(image_gif=draw("GIF"), text_plain="<Image>")),
        code("retina", {"output_type": "display_data", "data": {"image/png": draw(size=(200, 100))}, "metadata": {"image/png": {"width": 100}}}),
        code("bad", {"output_type": "display_data", "data": {"image/png": "abcde", "text/plain": "bad words"}}),
        code("rst", {"output_type": "display_data", "data": {"text/restructuredtext": "*rst words*"}}),
        code("tex", {"output_type": "display_data", "data": {"text/latex": "\\begin{tabular}{lr}\ntexa & 1 \\\\\n\\end{tabular}", "text/plain": "t"}}),
        code("#| export\nx = 1"),
        code("#|label:zen\nimport this"),
        code("hidden = 1", jupyter={"source_hidden": True}),
    ]  # fmt: skip
    files, warnings = render(write(folder, "found", cells), "html", "md", "docx", "pdf")
    page, text, word, pdf = (
        files[0],
        *(next(one for one in files if one.suffix == end) for end in (".md", ".docx", ".pdf")),
    )
    with zipfile.ZipFile(word) as parts:
        xml = parts.read("word/document.xml").decode()
        media = [name for name in parts.namelist() if name.startswith("word/media/")]
    document = pypdfium2.PdfDocument(pdf)
    words = " ".join("".join(leaf.get_textpage().get_text_bounded() for leaf in document).split())
    return (
        LexborHTMLParser(page.read_text()),
        text.read_text(),
        words,
        (xml, media),
        warnings,
        page.read_text(),
    )


def test_prose_is_read_as_jupyter_reads_it(found):
    page, text, words, _, _, _ = found
    assert "Thanks to @someuser." in text
    assert "C:\\new\\table" in words
    assert "prices from $5 to $6, $HOME, and" in words
    assert "$`\\alpha`$" in text
    assert [node.text() for node in page.css("h3")] == ["Right below", "key: no front matter"]
    assert page.css_first("li").text().strip() == "item right below"
    assert "(a) parenthesis" in words
    assert page.css_first('a[href="https://example.org/auto"]') is not None
    assert "summary(x)" in [node.text().strip() for node in page.css("pre")]
    assert "{r}" not in text
    assert "H<sub>2</sub>O is **bold**, see [inside](https://example.org/in)" in text


def test_links_find_the_places_that_jupyter_has(found):
    page, _, _, _, warnings, _ = found
    links = {node.text(): node.attributes["href"] for node in page.css("main a[href]")}
    assert links["the second"] == "#second-part"
    assert links["goal"] == "#goal"
    assert page.css_first("#goal") is not None
    assert "nowhere" not in links
    assert any("the link #nowhere does not exist" in said for said in warnings)


def test_pictures_and_tables_in_html_are_pictures_and_tables(found):
    page, text, words, (_, media), _, _ = found
    dots = [node for node in page.css("img") if node.attributes.get("width") == "40"]
    assert len(dots) == 2
    assert all(node.attributes["src"].startswith("data:image/png") for node in dots)
    assert dots[0].attributes["alt"] == "a dot"
    assert '<img src="exhibits/dot.png" alt="a dot" width="40" />' in text
    assert [[cell.text() for cell in row.css("th, td")] for row in page.css("table")[0].css("tr")] == [
        ["k"],
        ["v1"],
    ]
    assert "k v1" in words
    assert re.search(r"\| k +\|\n\|-+:?\|\n\| v1 +\|", text)
    drawn = [node for node in page.css("img") if node.attributes["src"].startswith("data:image/svg+xml")]
    assert len(drawn) == 1
    picture = base64.b64decode(drawn[0].attributes["src"].partition(",")[2])
    # Its style sheet stands in a picture of its own, where it reaches nothing else.
    assert b"teal" in base64.b64decode(re.search(rb"svg\+xml;base64,([^\"]+)", picture)[1])
    assert any(node.attributes.get("alt") == "pasted" for node in page.css("img"))
    assert len(media) == 8  # each file once


def test_what_cannot_be_had_is_said_in_its_place(found):
    page, text, words, _, warnings, html = found
    assert "gone and badge and far" in words
    links = {node.text(): node.attributes["href"] for node in page.css("main a[href]")}
    assert links["badge"] == "https://example.org/"
    assert links["far"] == "https://example.org/far.png"
    assert "[far](https://example.org/far.png)" in text
    assert not re.search(r'src="(?!data:)', html)
    said = "\n".join(warnings)
    assert "a picture does not exist in the project (found none.png" in said
    assert said.count("a picture lies on the network") == 2
    for what, fix in (("A Plotly chart", "fig.show('png')"), ("A widget", "print or draw its state")):
        box = next(node for node in page.css(".callout-note") if what in node.text())
        assert fix in box.text()
        assert f"{what} stood here" in words
        assert f"{what} stood here" in text
    assert page.css_first("audio[src^='data:audio']") is not None
    assert "shown in the HTML edition only" in words
    assert links["https://example.org/embed/x"] == "https://example.org/embed/x"


def test_charts_and_widgets_show_what_they_showed(tmp_path):
    models = {
        "a": {"model_name": "HBoxModel", "state": {"children": ["IPY_MODEL_b", "IPY_MODEL_c"]}},
        "b": {
            "model_name": "FloatProgressModel",
            "state": {"bar_style": "success", "max": 9.0, "value": 9.0},
        },
        "c": {"model_name": "HTMLModel", "state": {"value": " 9/9 [00:01&lt;00:00]"}},
    }
    view = result(
        **{"text_plain": "HBox(children=())", "application_vnd.jupyter.widget-view__json": {"model_id": "a"}}
    )
    chart = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar", "data": {"values": [{"a": 1}]},
             "encoding": {"x": {"field": "a"}}}  # fmt: skip
    script = f'<div id="v"></div><script>vegaEmbed("#v", {json.dumps(chart)}, {{}});</script>'
    states = {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": models}}}
    path = write(
        tmp_path,
        "widgets",
        [code("bar", view), code("chart", result(text_html=script, text_plain="alt"))],
        states,
    )
    (text, *_), _ = render(path, "md")
    assert "9/9 [00:01<00:00]" in text.read_text()
    assert "HBox" not in text.read_text()
    assert "exhibits/widgets-output-1.svg" in text.read_text()


def test_plotly_lives_in_a_trusted_page_alone(tmp_path):
    chart = {
        "output_type": "display_data",
        "data": {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}], "layout": {}}},
    }
    path = write(tmp_path, "live", [code("fig", chart)])
    plain, trusted = (render(path, "html", trust=trust)[0][0].read_text() for trust in (False, True))
    assert "A Plotly chart stood here" in plain
    assert "script-src 'sha256-" in plain
    assert 'Plotly.newPlot("chart-live-0", [{"y": [1, 2]}]' in trusted
    assert "script-src 'unsafe-inline'" in trusted
    assert "default-src 'none'" in trusted
    assert len(trusted) > 1_000_000  # the library is in it


def test_charts_of_altair_and_bokeh_live_in_a_trusted_page_and_maps_do_not(tmp_path):
    vega = {"application/vnd.vegalite.v5+json": VEGA, "text/plain": "<VegaLite 5 object>"}
    cells = [
        code("chart", {"output_type": "display_data", "data": vega}),
        code("show(p)", *BOKEH),
        code("m", result(text_html=MAP)),
    ]
    path = write(tmp_path, "live", cells)
    files, _ = render(path, "html", "md", trust=True)
    page, text = (next(one for one in files if one.suffix == end).read_text() for end in (".html", ".md"))
    shown = LexborHTMLParser(page).css_first("main").text()
    assert "A map, whose tiles lie on the network," in shown
    assert "cdn.example.org" not in page
    assert "default-src 'none'" in page
    assert '<div id="chart-live-0"></div><script>vegaEmbed("#chart-live-0", {"$schema"' in page
    assert "window.vegaEmbed" in page
    assert "exhibits/live-output-1.svg" in text
    assert "<script>(function(root){})(window);</script>" in page
    assert 'data-root-id="p1"' in page
    assert "A Bokeh chart stood here" not in shown
    assert "A Bokeh chart stood here" in text


def test_where_no_library_is_installed_a_trusted_page_says_what_is_missing(tmp_path, monkeypatch):
    for module in (left_out, live_charts):
        monkeypatch.setattr(module, "find_package", lambda _: None)
    vega = {"application/vnd.vegalite.v5+json": VEGA, "text/plain": "<VegaLite 5 object>"}
    plotly = {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}], "layout": {}}}
    charts = [code("chart", {"output_type": "display_data", "data": data}) for data in (vega, plotly)]
    path = write(tmp_path, "still", [*charts, code("show(p)", *BOKEH)])
    (page, *_), warnings = render(path, "html", trust=True)
    shown = LexborHTMLParser(page.read_text()).css_first("main").text()
    for name, fix in (("An Altair", "vl-convert-python"), ("A Plotly", "kaleido"), ("A Bokeh", "export_png")):
        assert f"{name} chart stood here" in shown
        assert fix in shown
    assert len([said for said in warnings if "an output is left out" in said]) == 3


def test_no_document_gives_itself_leave_to_act_in_the_page(tmp_path):
    acting = code("html", result(text_html="<b>Words</b><script>document.title = 'x'</script>"))
    front = markdown("---\nsourcebook: {trusted: true}\n---\n\n# T")
    path = write(tmp_path, "own", [front, acting])
    alone, allowed = (render(path, "html", trust=trust)[0][0].read_text() for trust in (False, True))
    assert "script-src 'sha256-" in alone
    assert "document.title = 'x'" not in alone
    assert "script-src 'unsafe-inline'" in allowed
    (tmp_path / "_quarto.yml").write_text("sourcebook: {trusted: true}\n")
    assert "script-src 'unsafe-inline'" in render(path, "html")[0][0].read_text()


def test_captions_stand_for_missing_descriptions(found):
    page, text, _, _, warnings, _ = found
    picture = page.css_first("#fig-a svg")
    assert picture.attributes["aria-label"] == "A chart (picture without a description)"
    assert "![A chart (picture without a description)](exhibits/fig-a.svg)" in text
    assert any("fig-a has no alternative text" in said for said in warnings)


def test_objects_names_are_left_out_beside_pictures(found):
    _, text, words, _, _, _ = found
    for name in ("Line2D", "Javascript object", "<HTML>", "<Image>", "<Styler>", "please rerun", "checkbox"):
        assert name not in text
        assert name not in words
    assert "Pipeline(steps=[('a', Scaler())])" in words


def test_colours_of_cells_reach_every_format(found):
    page, text, _, (xml, _), _, _ = found
    cell, bar = (next(node for node in page.css("td") if node.text() == words) for words in ("five", "half"))
    for said in ("background-color: yellow", "color: red", "font-weight: bold"):
        assert said in cell.attributes["style"]
        assert said in text
    assert "linear-gradient(90deg, #d65f5f 50.0%" in bar.attributes["style"]
    run = re.search(r"<w:r><w:rPr>((?:(?!<w:rPr>).)*?)</w:rPr><w:t[^>]*>five</w:t>", xml)[1]
    assert "<w:b/>" in run.replace(" ", "")
    assert 'w:val="ff0000"' in run
    assert 'w:fill="ffff00"' in run
    assert 'w:fill="d65f5f"' in xml


def test_frames_keep_their_mathematics_prices_and_size(found):
    page, text, words, _, _, _ = found
    assert page.css_first("table math mi").text() == "α"
    assert "$5 and $6" in words
    assert "2 rows × 1 columns" in text
    assert "2 rows × 1 columns" in words


def test_tables_of_each_library_keep_mathematics_colours_and_place_in_print(tmp_path):
    styled = r"""<style>#T_2_row0_col0 { background-color: #9e9e9e }</style><table id="T_2"><thead><tr><th>$\beta$</th><th>x</th></tr></thead>
    <tbody><tr><td id="T_2_row0_col0">1,200.5</td><td>\(y\)</td></tr><tr><td>$5 and $6</td><td>a &lt; b &amp; c &gt; d</td></tr></tbody></table>"""
    great = GREAT.replace(
        "</table>", '<tfoot><tr><td colspan="2">Source: *own* work</td></tr></tfoot></table>'
    )
    plain = "<table><tr><td>SHORT</td></tr></table>"
    cells = [
        code("a", result(text_html=styled)),
        code("b", result(text_html=great.replace("<td>p</td>", "<td>great</td>"))),
        code("c", result(text_html=FRAME)),
        code("d", result(text_html=f"<div>{plain}</div>")),
        code(
            "e",
            result(
                text_latex=r"$\displaystyle \left[\begin{matrix}\sqrt{x} & \infty\\1 & \frac{1}{3}\end{matrix}\right]$"
            ),
        ),
    ]
    files, warnings = render(write(tmp_path, "libraries", cells), "html", "pdf", "md", "docx")
    assert warnings == []
    page, text = LexborHTMLParser(files[0].read_text()), files[2].read_text()
    assert [node.text() for node in page.css("table math mi")] == ["β", "y", "α"]
    assert len(page.css("mtable mtd")) == 4
    (leaf,) = pypdfium2.PdfDocument(files[1])
    words = leaf.get_textpage()
    shown = words.get_text_bounded()
    for said in (
        shown,
        page.css_first("main").text(),
        text.replace("\\$", "$").replace("\\<", "<").replace("\\>", ">"),
    ):
        assert "$5 and $6" in said
        assert said.count("Source: *own* work") == 1
    assert all(sign in shown for sign in "𝛽𝑦𝛼∞")
    assert "a<b&c>d" in shown.replace(" ", "")
    picture = leaf.render().to_pil()
    starts = []
    for mark in ("1,200.5", "great", "SHORT"):
        index, _ = words.search(mark).get_next()
        left, bottom, _, _ = words.get_charbox(index)
        starts.append(left)
        if mark != "SHORT":  # the ground of the cell, beside its first sign
            across = (
                left - 2
                if mark == "1,200.5"
                else words.get_charbox(words.search("1,200.5", index=index).get_next()[0])[0] - 2
            )
            assert picture.getpixel((round(across), round(leaf.get_height() - bottom) - 2))[:3] == (
                158,
                158,
                158,
            )
    assert max(starts) - min(starts) < 1


def test_streams_are_told_apart(found):
    page, text, words, _, _, _ = found
    error, plain = page.css_first("pre.stderr"), page.css("pre.cell-output")
    assert error.css_first(".ansi-red-fg").text() == "red"
    assert error.text().strip() == "red deprecated"
    assert any(
        node.text().strip() == "plain out" and "stderr" not in node.attributes["class"] for node in plain
    )
    assert words.index("red deprecated") < words.index("plain out")
    assert "\x1b" not in text


def test_bitmaps_are_as_large_as_they_say(found):
    page = found[0]
    widths = [node.attributes["style"] for node in page.css(".picture[style]")]
    assert widths.count("max-width: 100px") == 2  # a JPEG of 100 pixels, and one of 200 that asks for 100
    assert "data:image/gif" in found[5]
    boxes = [node.attributes["viewBox"] for node in page.css(".picture svg")]
    assert "0 0 100 50" in boxes
    assert "0 0 200 100" in boxes


def test_forms_that_cannot_be_read_give_way_to_others(found):
    _, text, words, _, warnings, _ = found
    said = "\n".join(warnings)
    assert "bad words" in words
    assert "an output in the form image/png cannot be read" in said
    assert "*rst words*" in text
    assert "its form is unknown here (found text/restructuredtext)" in said
    assert re.search(r"\| texa +\| +1 \|", text)


def test_comments_that_look_like_options_stay_comments(found):
    page, _, _, _, warnings, _ = found
    listings = [node.text().strip() for node in page.css("pre.python, pre.cell-code, .sourceCode code")]
    assert any(one.startswith("#| export") for one in listings)
    assert sum("is no option, and stays a comment" in said for said in warnings) == 2
    assert "hidden = 1" in [node.text().strip() for node in page.css("details pre")]


def test_macros_and_labels_of_latex_work(found):
    page, _, words, _, _, _ = found
    assert page.css_first("#eq-one math") is not None
    assert "𝔼" in words
    assert "newcommand" not in words
    assert len(page.css("math[display=block] mtable")) == 1
    assert page.css_first('main a[href="#eq-one"]').text() == "1"
    assert "As (1) says." in words


def test_a_strict_build_refuses_all_that(tmp_path):
    for text in ("@someuser", "[x](#nowhere)", "![x](none.png)", "![x](https://example.org/x.png)"):
        path = write(tmp_path, "strict", [markdown(f"# T\n\n{text}")])
        with pytest.raises(RenderError):
            render(path, "html", strict=True)
        front = {"cell_type": "raw", "metadata": {}, "source": "---\nsourcebook: {strict: true}\n---"}
        with pytest.raises(RenderError):
            render(write(tmp_path, "strict", [front, markdown(text)]), "html")
        assert render(write(tmp_path, "strict", [markdown(text)]), "html")[1]


OLD = {"nbformat": 2, "metadata": {"name": "old"}, "worksheets": [{"cells": [
    {"cell_type": "markdown", "source": "# V2"},
    {"cell_type": "code", "input": "print 1", "language": "python", "prompt_number": 1,
     "outputs": [{"output_type": "stream", "text": "one\n"}]}]}]}  # fmt: skip


@pytest.mark.parametrize(
    ("notebook", "shown", "said"),
    [
        (OLD, "one", ""),
        ({"cells": [{**markdown("Words"), "id": "a"}], "nbformat": 4, "nbformat_minor": 4, "metadata": {}}, "Words", "ids"),
        ({"cells": [{**code("1"), "custom": 1}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, "1", "'custom'"),
        ({"cells": [{"cell_type": "code", "source": "df", "metadata": {}}], "nbformat": 4, "nbformat_minor": 4, "metadata": {}}, "df", "no 'outputs'"),
        ({"cells": [{"cell_type": "future"}, markdown("T")], "nbformat": 4, "nbformat_minor": 4, "metadata": {}}, "T", "kind that is unknown"),
        ({"cells": [markdown("It is `{python} 1+1`.")], "nbformat": 4, "nbformat_minor": 4, "metadata": {}}, "{python} 1+1", "no result"),
        ({"cells": [markdown("Text")], "nbformat": 4, "nbformat_minor": 4, "metadata": {"title": "Its title", "authors": [{"name": "Ann Other"}]}}, "Its title", ""),
        ({"cells": [markdown("Text")], "nbformat": 4, "nbformat_minor": 4, "metadata": {"authors": [{"name": "Ann Other"}]}}, ">Ann Other<", ""),
    ],
)  # fmt: skip
def test_notebooks_of_all_times_are_read(tmp_path, notebook, shown, said):
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(notebook))
    files, warnings = render(path, "html")
    assert shown in files[0].read_text()
    assert said in "\n".join(warnings)
    again, _ = render(path, "html")
    assert again[0].read_bytes() == files[0].read_bytes()


def test_wide_and_tall_tables_are_all_there_in_print(tmp_path):
    frame = "<table><thead><tr><th></th>{}</tr></thead><tbody><tr><th>r</th>{}</tr></tbody></table>"
    wide = frame.format(
        "".join(f"<th>c{n}</th>" for n in range(300)), "".join(f"<td>{n}</td>" for n in range(300))
    )
    tall = f"<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>x</td></tr><tr><td>{'Sentence. ' * 1500}ENDMARK</td></tr></tbody></table>"
    cells = [
        code("w", result(text_html=wide)),
        code("t", result(text_html=tall)),
        code("l", stream("A" * 400 + "ENDOUT")),
        markdown(f"Inline `{'name.of_' * 20}ENDLINE` and\n\n$$ {'a + ' * 60} ENDEQUATION $$ {{#eq-long}}"),
        code("#| label: lst-a\n#| lst-cap: A listing\nx = 1", stream("ENDLIST")),
    ]
    files, _ = render(write(tmp_path, "wide", cells), "pdf")
    document = pypdfium2.PdfDocument(files[0])
    words = " ".join(leaf.get_textpage().get_text_bounded() for leaf in document)
    heads = [word for word in words.split() if re.fullmatch(r"c\d+", word)]
    assert heads == [f"c{n}" for n in range(300)]
    assert words.count("Sentence.") == 1500
    assert words.replace("\u00a0", " ").index("Listing 1. A listing") < words.index("ENDLIST")
    for mark in ("ENDMARK", "ENDOUT", "ENDLINE", "(1)"):
        leaf = next(leaf for leaf in document if mark in leaf.get_textpage().get_text_bounded())
        line = leaf.get_textpage()
        found = line.search(mark).get_next()
        _, bottom, right, _ = line.get_charbox(found[0] + len(mark) - 1)
        assert right < leaf.get_width() - 68  # the margin
        assert bottom > 0


def frame(names, *rows, spanning=""):
    """A data frame as pandas shows it: the first cell of each row is its index."""
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(
        f"<tr><th>{index}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for index, *cells in rows
    )
    head = f"<thead>{spanning}<tr><th></th>{head}</tr></thead>"
    return f'<table border="1" class="dataframe">{head}<tbody>{body}</tbody></table>'


def find_overlaps(leaf):
    """The words of a page that stand upon others, and those that run over its edge."""
    page = leaf.get_textpage()
    words = [page.get_rect(number) for number in range(page.count_rects())]
    return [
        (page.get_text_bounded(*one), page.get_text_bounded(*other))
        for n, one in enumerate(words)
        for other in words[n + 1 :]
        if min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 3
    ] + [page.get_text_bounded(*one) for one in words if one[2] > leaf.get_width() - 10]


REGIONS = ["year", "region", "gdp_sum", "pop_sum", "gdppc", "gdppc_yearbefore", "growth"]
MIXED = ["1940.0", "South and South-East Asia", "6.172578e+08", "490080.0", "1259.504244", "NaN", "-0.058"]
RATINGS = ["star_rating", "title", "content_rating", "genre", "duration", "actors_list"]
FILM = [
    "7.6",
    "It's a Mad, Mad, Mad, Mad World",
    "APPROVED",
    "ADVENTURE",
    "205",
    "['Spencer Tracy', 'Ethel']",
]


FRAMES = [
    (REGIONS, MIXED),
    (RATINGS, FILM),
    *(([f"column_{n}" for n in range(count)], ["long text in a cell"] * count) for count in (9, 17, 24, 30)),
    ([f"c{n}" for n in range(30)], [f"1234567.{n:02}" for n in range(30)]),
    (["a", "b"], ["W" * 70, "word " * 60]),
]


@pytest.mark.parametrize("box", ["", "::: {.callout-note}", "::: {layout-ncol=2}"])
def test_no_column_is_narrower_than_its_words(tmp_path, box):
    cells = [
        markdown(f"{box}\n{frame(names, *([n, *row] for n in range(3)))}\n{':::' * bool(box)}")
        for names, row in FRAMES
    ]
    files, _ = render(write(tmp_path, "frame", cells), "pdf")
    leaves = list(pypdfium2.PdfDocument(files[0]))
    words = re.sub(r"\W|_", "", "".join(leaf.get_textpage().get_text_bounded() for leaf in leaves))
    said = [re.sub(r"\W|_", "", cell) for names, row in FRAMES for cell in [*names, *row]]
    assert [cell for cell in said if cell not in words] == []
    assert [found for leaf in leaves for found in find_overlaps(leaf)] == []


def test_cells_over_several_columns_stand_in_each_part_of_a_table_that_is_cut(tmp_path):
    spanning = "<tr><th></th>" + "".join(f'<th colspan="20">Group {n}</th>' for n in range(3)) + "</tr>"
    shown = frame([f"name_{n}" for n in range(60)], ["row", *range(60)], spanning=spanning)
    files, _ = render(write(tmp_path, "wide", [code("f", result(text_html=shown))]), "pdf", "docx")
    words = " ".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[0]))
    assert [word for word in words.split() if word.startswith("name_")] == [f"name_{n}" for n in range(60)]
    assert words.count("row") > 1
    assert all(f"Group {n}" in words for n in range(3))


def test_signs_without_a_font_cost_no_format(tmp_path):
    path = write(tmp_path, "signs", [markdown("# \u9500\u552e\n\nWords \U0001f680.")])
    files, warnings = render(path, "html", "pdf")
    assert "\u9500\u552e" in files[0].read_text()
    assert "Words" in pypdfium2.PdfDocument(files[1])[0].get_textpage().get_text_bounded()
    assert any("signs" in said for said in warnings)


def test_html_waits_for_no_pdf(tmp_path):
    path = write(
        tmp_path,
        "one",
        [
            {"cell_type": "raw", "metadata": {"format": "text/x-typst"}, "source": "#nobody()"},
            markdown("Here."),
        ],
    )
    with pytest.raises(Exception, match="unknown variable"):
        render(path, "html", "pdf")
    assert "Here." in (tmp_path / "out" / "one.html").read_text()
    assert not (tmp_path / "out" / "one.pdf").exists()


RULED = "Title\n=====\n\nSub\n---\n\ntext\n***\n___\n"
SIGNS = (
    "- [ ] todo\n- [x] done\n\n(c) (a) list?\n\nhttps://example.org/auto\n\nIt costs $5 and then $10 more.\n\n"
    "About $\\approx$60% of it, $ \\sim $5 at most.\n\n"
    "Math: $ x^2 + 1 $ with \\\\( z = 3 \\\\) and \\\\[ w = 4 \\\\] here.\n\n"
    "A template {{ name }} and {{< not a shortcode >}} and `{python} 1+1`.\n\n```{admonition} Title\nMyST directive\n```\n\n"
    "Results \U0001f680 in \u4e2d\u6587 and \u0627\u0644\u0639\u0631\u0628\u064a\u0629.\n\n"
    "$$ x + y \\tag{7} \\label{eq:lab} $$\n\nIt is \\eqref{eq:lab}, then\n$$ \\begin{vmatrix} u & v \\end{vmatrix} \\tag{A} $$"
)
RAW = (
    "<h2>Raw heading</h2>\n\n<div class='alert'><b>Tip</b> costs $5</div>\n\n<pre>\na  b\n\nc\n</pre>\n\n"
    "![beside](../img/dot.png)\n\n![noise](attachment:noise.png) ![drawing](attachment:a.svg)"
)
GREAT = """<style>#t td { font-weight: normal } #t .gt_row { background-color: #9e9e9e } .gt_bold { font-weight: bold }</style>
<table id="t"><caption>Inner</caption><tr><th>n</th><th>v</th></tr><tr><td>p</td><td class="gt_row">1,200.5</td></tr></table>"""
LINKS = """<table><thead><tr><th>link</th><th>img</th><th>list</th></tr></thead><tbody><tr>
<td><a href="https://example.org/a?x=1&amp;y=2">A page</a></td><td><img src="../img/dot.png" width="20" alt="blue"></td>
<td><ul><li>one</li><li>two</li></ul></td></tr></tbody></table>"""
FOLDED = """<details><summary>More</summary>hidden text</details><iframe src='https://example.org'></iframe>
<video src='x.mp4'></video><audio src='https://example.org/a.wav'></audio><p style='color:red'>red</p><script>1</script>"""
MAP = """<div><span style="color:#565656">Make this Notebook Trusted to load map: File -> Trust Notebook</span>
<iframe srcdoc="&lt;script src=&quot;https://cdn.example.org/leaflet.js&quot;&gt;"></iframe></div>"""
VEGA = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "data": {"values": [{"a": 1}]}, "mark": "point",
        "encoding": {"x": {"field": "a"}}}  # fmt: skip
BOKEH = [
    {"output_type": "display_data", "data": {"text/html": '<div id="b1" data-root-id="p1"></div>'}},
    {"output_type": "display_data", "data": {"application/javascript": "(function(root){})(window);",
                                             "application/vnd.bokehjs_exec.v0+json": ""}},
]  # fmt: skip


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """The page, the Markdown, the PDF's pages, Word's pictures and the warnings of another notebook, whose picture lies above it."""
    root = tmp_path_factory.mktemp("others")
    (root / "img").mkdir()
    (root / "sub").mkdir()
    (root / "img" / "dot.png").write_bytes(base64.b64decode(draw()))
    noise = io.BytesIO()
    Image.effect_noise((90, 90), 99).save(noise, format="PNG")
    pasted = {"noise.png": {"image/png": base64.b64encode(noise.getvalue()).decode()}}
    pasted["a.svg"] = {"image/svg+xml": base64.b64encode(SVG.encode()).decode()}
    plot = {"output_type": "display_data", "data": PLOT}
    cells = [
        markdown(RULED), markdown(SIGNS), markdown(RAW, attachments=pasted),
        code("#| label: fig-c\n#| fig-alt: A blue box\nplot()", plot),
        code("#| label: fig-d\n#| fig-alt: A box\n#| fig-cap: A box\nplot()", plot),
        code("#| fig-cap: No description\nplot()", plot),
        code("chart", result(**{"application_vnd.vegalite.v5__json": VEGA, "text_plain": "<VegaLite 5 object>"})),
        code("show(p)", *BOKEH),
        code("m", result(text_html=MAP, text_plain="<folium.Map>")),
        code("js", {"output_type": "display_data", "data": {"application/javascript": "alert(1)", "text/plain": "<Javascript>"}}),
        code("#| label: tbl-gt\n#| tbl-cap: Coloured\ngt", result(text_html=GREAT)),
        code("#| label: tbl-l\n#| tbl-cap: Linked\nHTML()", result(text_html=LINKS)),
        code("more", result(text_html=FOLDED)),
        code("#| label: eq-s\n#| echo: false\nEq()", result(text_latex="$\\displaystyle s^{2}$", text_plain="s**2")),
        markdown("As @eq-s says; @tbl-gt comes before @tbl-l."),
        code("bar", stream(" 10%\r 50%\r100%\n"), stream("done\n")),
        {key: value for key, value in code("df", result(text_html=FRAME)).items() if key != "execution_count"},
    ]  # fmt: skip
    path = write(root / "sub", "others", cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        files, warnings = render(path, "html", "md", "docx", "pdf")
    page, text, word, pdf = (
        next(one for one in files if one.suffix == end) for end in (".html", ".md", ".docx", ".pdf")
    )
    with zipfile.ZipFile(word) as parts:
        media = {name.rpartition(".")[2] for name in parts.namelist() if name.startswith("word/media/")}
    document = pypdfium2.PdfDocument(pdf)
    leaves = [" ".join(leaf.get_textpage().get_text_bounded().split()) for leaf in document]
    written = text.read_text().replace("\u00a0", " ")
    return LexborHTMLParser(page.read_text()), written, leaves, media, warnings


def test_rules_boxes_brackets_and_prices_are_read_as_in_jupyter(others):
    page, text, leaves, _, warnings = others
    assert [node.text() for node in page.css("h1, main h2")] == ["Title", "Sub", "Raw heading"]
    assert len(re.findall(r"^-{9,}$", text, re.MULTILINE)) == 2
    assert "text\n\n---" in text
    assert "- [ ] todo\n- [x] done" in text
    assert "(c) (a) list?" in leaves[0]
    assert "<https://example.org/auto>" in text
    assert "It costs \\$5 and then \\$10 more." in text
    assert "About $`\\approx`$<!-- -->60% of it, $`\\sim`$<!-- -->5 at most." in text
    assert "About ≈60% of it" in leaves[0]
    assert "$`x^2 + 1`$ with $`z = 3`$ and\n``` math\nw = 4\n```\nhere." in text
    assert "A template {{ name }} and {{\\< not a shortcode \\>}} and `{python} 1+1`." in text
    assert "MyST directive" in [node.text().strip() for node in page.css("pre")]
    assert any("the shortcode 'not' is not supported" in said for said in warnings)
    assert any("an inline expression has no result" in said for said in warnings)


def test_scripts_of_the_world_are_written_and_what_no_font_has_is_named(others):
    page, text, _, _, warnings = others
    words = "Results \U0001f680 in \u4e2d\u6587 and \u0627\u0644\u0639\u0631\u0628\u064a\u0629."
    assert words in text
    assert words in [node.text() for node in page.css("p")]
    assert any("signs" in said and "font" in said for said in warnings)


def test_tags_are_the_numbers_of_equations(others):
    page, text, leaves, _, warnings = others
    assert page.css_first("#eq-lab").text().endswith("(7)")
    assert "It is ([7](#eq-lab)), then" in text
    assert "(A)" in leaves[0]
    assert "\\tag" not in text + leaves[0]
    assert not any("tag" in said or "formula" in said for said in warnings)
    assert page.css_first("#eq-s").text().endswith("(1)")
    assert "As [Equation 1](#eq-s) says" in text


def test_blocks_of_html_are_what_jupyter_shows(others):
    _, text, _, _, _ = others
    assert re.search(r"^## .*Raw heading$", text, re.MULTILINE)
    assert "**Tip** costs \\$5" in text
    assert "    a  b\n\n    c\n" in text


def test_pasted_pictures_and_those_above_the_notebook_are_in_every_format(others):
    page, text, _, media, _ = others
    described = [node.attributes.get("alt") for node in page.css("img")]
    assert {"beside", "noise", "drawing", "blue"} <= set(described)
    for name in ("beside", "noise", "drawing"):
        assert re.search(rf"!\[{name}\]\(exhibits/", text)
    assert media == {"png"}


def test_captions_and_descriptions_that_are_missing_or_the_same_are_named(others):
    page, _, _, _, warnings = others
    said = "\n".join(warnings)
    assert "fig-c has no caption" in said
    assert "the alternative text of fig-d repeats its caption" in said
    assert "a figure has no alternative text" in said
    assert page.css_first("#fig-c figcaption").text().split() == ["Figure", "1."]
    labels = [node.attributes.get("aria-label") for node in page.css("figure svg")]
    assert "No description (picture without a description)" in labels


def test_charts_that_need_a_program_give_way_to_a_box_that_names_them(others):
    page, text, leaves, _, _ = others
    shown = " ".join(leaves)
    boxes = [" ".join(node.text().split()) for node in page.css(".callout-note")]
    for what in ["A Bokeh chart", "A map, whose tiles lie on the network,"]:
        assert any(what in box for box in boxes)
        assert what in text
        assert what in shown
    for word in ("Javascript>", "VegaLite", "folium.Map", "Trust Notebook", "alert(1)"):
        assert word not in text
        assert word not in shown


def test_tables_keep_colours_captions_links_and_pictures(others):
    page, text, leaves, _, warnings = others
    cell = next(node for node in page.css("td") if node.text() == "1,200.5")
    assert "background-color: #9e9e9e" in cell.attributes["style"]
    assert [node.text() for node in page.css("#tbl-gt th")] == ["n", "v"]
    assert page.css_first('td a[href="https://example.org/a?x=1&y=2"]').text() == "A page"
    assert page.css_first("td img").attributes["width"] == "20"
    assert [node.text().strip() for node in page.css("td li")] == ["one", "two"]
    shown = " ".join(leaves)
    assert shown.index("Table 1. Coloured") < shown.index("Table 2. Linked")
    for words in ("More", "hidden text", "https://example.org/a.wav", "red"):
        assert words in text
        assert words in shown
    assert any("is taken out (found <script>, <video>" in said for said in warnings)
    assert any("no 'execution_count'" in said for said in warnings)


def test_exhibits_stay_at_their_cells_in_print(others):
    _, _, leaves, _, _ = others
    shown = " ".join(leaves)
    places = [
        shown.index(words) for words in ("Figure 1.", "Figure 2.", "show(p)", "Table 1.", "Table 2.", "100%")
    ]
    assert places == sorted(places)


def test_lines_that_were_written_over_are_left_as_a_terminal_leaves_them(others):
    page, text, _, _, _ = others
    assert "100%\ndone" in [node.text().strip() for node in page.css("pre.cell-output")]
    assert "50%" not in text


def test_a_notebook_that_jupyter_signed_may_act_and_no_other(tmp_path, monkeypatch):
    from nbformat import read
    from nbformat.sign import NotebookNotary

    acting = code("html", result(text_html="<b>Words</b><script>document.title = 'x'</script>"))
    path = write(tmp_path, "signed", [acting])
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    assert "script-src 'sha256-" in render(path, "html")[0][0].read_text()
    assert not (tmp_path / "jupyter").exists()  # it is read, and never made
    (tmp_path / "jupyter").mkdir()
    with NotebookNotary(data_dir=str(tmp_path / "jupyter")) as notary:
        notary.sign(read(path, as_version=4))
    before = {one.name: one.read_bytes() for one in (tmp_path / "jupyter").iterdir()}
    assert "script-src 'unsafe-inline'" in render(path, "html")[0][0].read_text()
    assert before == {one.name: one.read_bytes() for one in (tmp_path / "jupyter").iterdir()}
    whole = path.read_text()
    path.write_text(whole.replace("Words", "Other words"))
    assert "script-src 'sha256-" in render(path, "html")[0][0].read_text()
    lacking = json.loads(whole)
    del lacking["cells"][0]["metadata"]
    path.write_text(json.dumps(lacking))  # nbformat makes an error of its own of this
    assert not is_signed(path)


def test_a_formula_beyond_typst_stands_as_tex_and_costs_no_pdf(tmp_path):
    path = write(
        tmp_path,
        "tex",
        [markdown("Good $a^2$ and $\\left\\lVert{\\begin{Vmatrix} 1 \\end{Vmatrix}}\\right\\rVert$.")],
    )
    (pdf,), _ = render(path, "pdf")
    assert "Good" in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()


def test_a_pasted_picture_in_no_form_is_missing_and_a_strange_one_cannot_be_read(tmp_path):
    pasted = {"a.png": {}, "b.png": {"image/png": "\\1 no base64"}}
    cell = markdown("Before ![a](attachment:a.png) ![b](attachment:b.png) after.", attachments=pasted)
    (page,), warnings = render(write(tmp_path, "pasted", [cell]), "html")
    shown = LexborHTMLParser(page.read_text()).css_first("main").text()
    assert "Before" in shown
    assert "after." in shown
    assert len(warnings) == 2


def test_pictures_in_their_addresses_are_read_as_browsers_read_them(tmp_path):
    png = draw()
    spelled = png.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    drawing = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3Cpath d='M0 0h9v9z'/%3E%3C/svg%3E"
    cells = [
        markdown(
            f"![percent](data:image/png;base64,{spelled}) ![named wrongly](data:image/jpg;base64,{png})"
        ),
        markdown(
            f"![drawn](<{drawing}>) ![broken](data:image/png;base64,AAAA) ![none](data:image/png;base64,A)"
        ),
        code("h", result(text_html=f"<img alt='percent too' src='data:image/png;base64,{spelled}'>")),
    ]
    files, warnings = render(write(tmp_path, "data", cells), "html", "pdf", "docx", "md", "qmd")
    page = LexborHTMLParser(files[0].read_text())
    assert len(page.css("main img")) == 4
    assert all(word in page.body.text() for word in ("broken", "none"))
    assert sum("picture cannot be read" in said for said in warnings) == 2
    with zipfile.ZipFile(next(file for file in files if file.suffix == ".docx")) as document:
        assert any(name.startswith("word/media/") for name in document.namelist())


def test_a_style_sheet_without_an_end_shows_nothing(tmp_path):
    cells = [
        markdown("# Title\n\nShown.\n\n<style>\n  @font-face { src: url(x) }\n\n  .warning { color: red }  ")
    ]
    (path,), _ = render(write(tmp_path, "style", cells), "html")
    page = LexborHTMLParser(path.read_text())
    assert "Shown." in page.body.text()
    assert "font-face" not in page.css_first("main").text()
    assert "warning" not in page.css_first("main").text()


FORMULAS = [
    r"A \cap B", r"\bigcap_i A_i", r"a \otimes b \odot c \ominus d \sqcap e", r"\bigotimes_i x_i", r"a \oplus b",
    r"\begin{array}{cc} a & b \cr c & d \cr \end{array}", r"\pmatrix{1 & 2 \cr 3 & 4}", r"\cases{a & b \cr c & d}",
    r"\boldsymbol{\beta} + \mathbb{1}_{A} + \cancel{x}", r"{\rm abc} + \bf def", r"\textcolor{blue}{y} + \require{cancel} z",
    r"\hphantom{x} y \hbox{box}", r"\ket{\psi} \bra{\phi} \braket{a|b}", r"\cfrac{1}{2+\cfrac{1}{3}}", r"\mathbbm{1} \mathds{1}",
    r"a = b \notag", r"\prescript{a}{b}{C}", r"\unicode{x263a} \P", r"\text{the sect of } A \cap B",
    r"{n \over k} = {1 \over {2 \over 3}}", r"\left( a+1 \over b \right)^2", r"{n \atop k} {a \brace b} {c \brack d}",
    r"\begin{array}{cc} a \over b & c \\ d & e \over f\end{array}", r"\sum_{i \over j}^{k \atop l} x", r"x \mkern3mu y \kern -3pt z",
    r"e = f \tag{7}", r"\sideset{_a}{^b}\sum x", r"\tiny x \fbox{y z} \emph{w} \hfill \slashed{p}",
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"a + 1 \over b", r"\frac{a + 1}{b}"),
        (r"{{1 \over 2} \over 3}", r"{\frac{{\frac{1}{2}}}{3}}"),
        (r"\overline{x} \overset{a}{b}", r"\overline{x} \overset{a}{b}"),
        (r"\{ a \over b \}", r"\frac{\{ a}{b \}}"),
        (r"a \& b \over c", r"\frac{a \& b}{c}"),
        (r"a } b \over c", r"\frac{a } b}{c}"),
    ],
)
def test_fractions_reach_as_far_as_their_group(written, read):
    assert rewrite(written) == read


@pytest.mark.parametrize("part", [r"a \over ", r"{a \over b}", "{", r"\left( 1 \over "])
def test_fractions_without_number_stay_and_cost_nothing(part):
    start = time.process_time()
    assert part.strip() in rewrite(part * 5000)
    assert time.process_time() - start < 5


def test_formulas_that_mathjax_knows_are_set(tmp_path):
    cells = [markdown(f"$$ {formula} $$\n\nand ${formula}$") for formula in FORMULAS]
    files, warnings = render(write(tmp_path, "math", cells), "html", "pdf", "docx", "md")
    assert warnings == []
    page = LexborHTMLParser(files[0].read_text())
    assert len(page.css("math")) == 2 * len(FORMULAS)
    assert "A \\cap B" in files[3].read_text()
    printed = "".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[1]))
    assert printed.count("\u2229") == 4
    assert "the sect of" in printed
    assert "\\" not in printed


def test_a_document_of_formulas_that_nobody_can_set_is_written(tmp_path):
    cells = [markdown(f"Before {n}. $\\sqrt$ after.") for n in range(25)]
    files, warnings = render(write(tmp_path, "many", cells), "pdf")
    printed = " ".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[0]))
    assert printed.count("\\sqrt") == 25
    assert any("all others stand as TeX" in said for said in warnings)


def test_each_labelled_row_is_an_equation_and_macros_hold_in_their_line(tmp_path):
    rows = "\\begin{align} a &= b \\label{eq:one} \\\\ c &= \\begin{cases} 1 \\\\ 2 \\end{cases} \\label{eq:two} \\end{align}"
    text = f"{rows}\n\nSee \\eqref{{eq:two}}. $\\newcommand{{\\foo}}[2][x]{{#1_{{#2}}}} \\foo{{1}} + \\foo[y]{{2}}$ end."
    files, warnings = render(write(tmp_path, "rows", [markdown(text)]), "html", "pdf")
    assert warnings == []
    page = LexborHTMLParser(files[0].read_text())
    (link,) = page.css('main p a[href="#eq-two"]')
    assert "2" in link.text()
    assert [node.text() for node in page.css("main p math")][-1].startswith("x1+y2")


def test_macros_of_hidden_blocks_hold_and_references_of_latex_are_links(tmp_path):
    hidden = "::: {.hidden}\n$$\n\\newcommand{\\pr}[2]{\\mathrm{P}(#1\\mid #2)}\n\\DeclareMathOperator{\\argmax}{arg\\,max}\n$$\n:::\n\n$\\pr{a}{b}$"
    rows = "\\begin{align}\na &= b \\label{eq:two}\\\\\nc &= d \\nonumber\n\\end{align}\n\nAs $\\eqref{eq:two}$ and \\ref{eq:two}; $\\argmax_x$.\n\n"
    unknown = "$$\\boxed{x} \\quad \\nosuchcommand y$$"
    files, warnings = render(
        write(tmp_path, "tex", [markdown(hidden), markdown(rows + unknown)]), "html", "pdf", "md"
    )
    page = LexborHTMLParser(files[0].read_text())
    assert "As ([1](#eq-two)) and [1](#eq-two);" in files[2].read_text().replace("\u00a0", " ")
    assert page.css_first("main math").text().startswith("P(a∣b)")
    printed = pypdfium2.PdfDocument(files[1])[0].get_textpage().get_text_bounded()
    for said in (printed, page.css_first("main").text()):
        assert "newcommand" not in said
        assert "arg max" in said.replace("\u2006", " ").replace("\u2009", " ")
    assert len(warnings) == 1
    assert "unexpected control sequence \\nosuchcommand" in warnings[0]


def test_blocks_of_html_in_tables_keep_their_words(tmp_path):
    cells = [
        "<ul><li>first</li><li>second</li></ul>", "<p>one</p><p>two</p>", "<center>middle</center>", "text <div>boxed</div>",
        "<details><summary>more</summary>told</details>", "`<div>` kept", "<h3>head</h3>", "<q>said</q> <ins>added</ins>",
    ]  # fmt: skip
    table = "| a | b |\n|---|---|\n" + "\n".join(f"| {cell} | x |" for cell in cells)
    files, warnings = render(write(tmp_path, "cells", [markdown(table)]), "html", "pdf", "docx", "md")
    assert warnings == []
    page = LexborHTMLParser(files[0].read_text())
    printed = "".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[1]))
    for word in "first second one two middle boxed more told <div> head said added".split():
        assert word in page.css_first("main table").text()
        assert word in printed
    assert page.css("tbody tr td:first-child")[1].text().split() == ["one", "two"]
    assert len(page.css("tbody br")) == 4


def test_headings_of_pictures_and_margin_notes_cost_no_pdf(tmp_path):
    picture = f"![A dot](data:image/png;base64,{draw()})"
    path = tmp_path / "heads.qmd"
    path.write_text(
        f"---\ntitle: T\n---\n\n## {picture}\n\nText.\n\n## Words [beside]{{.aside}}\n\n## {{#empty}}\n\nEnd.\n"
    )
    files, _ = render(path, "pdf", "html")
    printed = "".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(files[0]))
    assert all(word in printed for word in ("Text.", "Words", "beside", "End."))


def test_lines_of_formulas_are_no_lists_and_anchors_before_equations_stay(tmp_path):
    text = (
        "See [one](#equation-one).\n\n$$\n\\begin{bmatrix} 1 \\cr\n-2 \\end{bmatrix}\n+ \\begin{bmatrix} a \\cr\n- b \\end{bmatrix}\n$$\n"
        "- item\n\n<a id='equation-one'></a>\n$$\nx = 1 \\tag{16.1}\n$$\n"
    )
    files, warnings = render(write(tmp_path, "anchors", [markdown(text)]), "html", "pdf", "md", "docx", "qmd")
    assert warnings == []
    page = LexborHTMLParser(files[0].read_text())
    assert page.css_first("#equation-one")
    assert [item.text().strip() for item in page.css("main li")] == ["item"]
    assert len(page.css("main math")) == 2


SHADED = "<table><caption>Shaded</caption><thead><tr><th>x</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
PLOTLY = """<div> <div id="p1" class="plotly-graph-div" style="height:525px; width:100%;"></div>
<script type="text/javascript">require(["plotly"], function(Plotly) { Plotly.newPlot("p1", [{"y":[1,2]}], {}) });</script></div>"""
FAILED = {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "by zero",
          "traceback": ["\x1b[0;31m---\x1b[0m", "\x1b[0;31mZeroDivisionError\x1b[0m: by zero"]}  # fmt: skip


def test_what_else_is_found_in_notebooks_is_shown_or_named(tmp_path):
    (tmp_path / "dot.png").write_bytes(base64.b64decode(draw()))
    tags = (
        '<center><img src="dot.png" alt="centred"></center>\n\n<div align="center">\n<img src="dot.png" alt="boxed" width="30">\n</div>\n\n'
        '<a href="https://example.org"><img src="https://example.org/b.svg" alt="tagged badge"></a>'
    )
    prose = (
        "text above\n| a | b |\n|---|---|\n| 1 | 2 |\n\n#NoSpace\n\n[nb](other.ipynb#Top)\n\n"
        "```{python}\nprint(1)\n```\n\n```mermaid\ngraph LR; A-->B\n```\n\n```python\nx = 1\n```"
    )
    loose = "<svg xmlns='http://www.w3.org/2000/svg' width=10 height=10><rect width=10 height=10></svg>"
    cells = [
        markdown("---\n\nA rule above.\n\n---"), markdown(tags), markdown(prose),
        code("m", result(text_markdown="Out of @user, ![n](https://example.org/n.png) <b>bold</b>")),
        code("fig", result(text_html=PLOTLY)), code("1/0", FAILED),
        code("C", stream("out C"), jupyter={"outputs_hidden": True}), code("D", stream("out D"), collapsed=True),
        markdown("BEFORE"), code("t", result(text_html=SHADED)), markdown("AFTER"),
        code("s", {"output_type": "display_data", "data": {"image/svg+xml": loose}}),
        code("#| label: fig-v\n#| fig-cap: Drawn\n#| fig-alt: A dot\nchart", result(**{"application_vnd.vegalite.v5__json": VEGA})),
        markdown("As @fig-v shows."),
    ]  # fmt: skip
    files, warnings = render(write(tmp_path, "rest", cells), "html", "pdf", "md")
    page, text, said = LexborHTMLParser(files[0].read_text()), files[2].read_text(), "\n".join(warnings)
    pdf = pypdfium2.PdfDocument(files[1])
    words = " ".join(" ".join(leaf.get_textpage().get_text_bounded() for leaf in pdf).split())
    assert text.startswith("-" * 72)
    assert [node.attributes["alt"] for node in page.css("main img[src^='data:image/png']")] == [
        "centred",
        "boxed",
    ]
    assert "![centred](exhibits/dot.png)" in text
    assert (
        sum(part.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for leaf in pdf for part in leaf.get_objects()) == 2
    )
    assert "tagged badge\n\n[https://example.org/b.svg](https://example.org)" in text
    assert "n](https://example.org/n.png)" in text
    assert said.count("lies on the network") == 2
    assert "Out of @user" in words
    assert [[cell.text() for cell in row.css("th, td")] for row in page.css("table")[0].css("tr")] == [
        ["a", "b"],
        ["1", "2"],
    ]
    assert "#NoSpace" in words
    assert "a link leads to a file that does not lie beside the report (found other.ipynb" in said
    blocks = [node.text().strip() for node in page.css("pre")]
    assert {"print(1)", "graph LR; A-->B", "x = 1"} <= set(blocks)
    assert "A Plotly chart stood here" in words
    assert "plotly-graph-div" not in files[0].read_text()
    failed = next(node for node in page.css("pre.error") if "ZeroDivisionError" in node.text())
    assert failed.css_first(".ansi-red-fg").text() == "---"
    assert {"out C", "out D"} <= set(blocks)  # as nbconvert and Quarto: `output: false` leaves an output out
    places = [words.index(mark) for mark in ("BEFORE", "Shaded", "AFTER")]
    assert places == sorted(places)
    assert "A picture stood here that cannot be read" in words
    assert "an output in the form image/svg+xml cannot be read" in said
    assert "As [Figure 1](#fig-v) shows." in text.replace("\u00a0", " ")
    assert "exhibits/fig-v.svg" in text


def test_a_title_of_one_long_word_stays_on_the_page(tmp_path):
    title = "a_quite_long_notebook_file_name_2024_final_version_v2"
    (path,), _ = render(write(tmp_path, "n", [markdown("Text")], {"title": title}), "pdf")
    leaf = pypdfium2.PdfDocument(path)[0].get_textpage()
    assert title in re.sub(r"[\s\u200b\ufffe]", "", leaf.get_text_bounded())
    assert max(leaf.get_rect(number)[2] for number in range(leaf.count_rects())) < 525


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("time $ 0 $ and $ t+1 $, $ (a, b) $ and $ x' $", 4),
        ("between $ 5 and $ 6, or $ 5 - $ 6; US$ 7 or US$ 8", 0),
        ("from $5 to $6 and $ 10 million to $ 20 million", 0),
    ],
)
def test_blanks_at_the_edges_of_a_formula_are_no_matter(tmp_path, text, formulas):
    (path,), _ = render(write(tmp_path, "blanks", [markdown(text)]), "html")
    assert len(LexborHTMLParser(path.read_text()).css("main math")) == formulas


@pytest.mark.parametrize(("kind", "name"), [("fig", "Figure"), ("tbl", "Table")])
def test_a_figure_of_words_costs_no_pdf(tmp_path, kind, name):
    shown = {"text/html": "<div>only words</div><script>x</script>"}
    cell = code(
        f"#| label: {kind}-a\n#| {kind}-cap: Cap\nchart",
        {"output_type": "display_data", "metadata": {}, "data": shown},
    )
    (path,), _ = render(write(tmp_path, "words", [cell]), "pdf")
    printed = pypdfium2.PdfDocument(path)[0].get_textpage().get_text_bounded()
    assert "only words" in printed
    assert name in printed


CELLS = "<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>CELL</td></tr></tbody></table>"
XARRAY = (
    '<div><svg style="position: absolute; width: 0; height: 0"><defs><symbol id="icon"><path d="M0 0"/></symbol></defs></svg>'
    "<style>.xr-wrap { display: block !important } .xr-text-repr-fallback { display: none }</style>"
    "<pre class='xr-text-repr-fallback'>fallback</pre><div class='xr-wrap' style='display:none'><input type='checkbox'>tree</div></div>"
)


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        (f"<style>#a {{color: red}}</style>{CELLS}<style>.x {{color: blue}}</style>", ""),
        (f"<script>a</script>{CELLS}<script>b</script>", ""),
        (f"<!-- start -->{CELLS}<!-- end -->", ""),
        (f"<div>{CELLS}<style>.c {{x: y}}</style><button>Convert</button></div>", "PLAIN"),
        (f"<div>{CELLS}<button style='display:none'>x</button></div>", "PLAIN"),
    ],
)
def test_tables_between_styles_and_beside_controls_are_shown(tmp_path, shown, plain):
    (path,), _ = render(write(tmp_path, "t", [code("f", result(text_html=shown, text_plain=plain))]), "md")
    assert re.search(r"\| +CELL +\|", path.read_text())
    assert "PLAIN" not in path.read_text()


def test_what_a_page_would_unfold_is_shown_as_text(tmp_path):
    plain = "<xarray.DataArray (x: 2)> Size: 16B\narray([1, 2])"
    (path,), warnings = render(
        write(tmp_path, "x", [code("x", result(text_html=XARRAY, text_plain=plain))]), "md"
    )
    assert plain in path.read_text()
    assert "![" not in path.read_text()
    assert warnings == []


@pytest.mark.parametrize("echoed", ["(np.float64(-0.05), 1.05)", "(0.0, 3.0)", "[0, 1]", "<Axes: >"])
def test_what_a_call_that_draws_gives_back_is_left_out_beside_its_picture(tmp_path, echoed):
    drawn = {"output_type": "display_data", "data": {"image/png": draw()}, "metadata": {}}
    (path, *_), _ = render(write(tmp_path, "p", [code("plt.axis()", result(text_plain=echoed), drawn)]), "md")
    assert "![" in path.read_text()
    assert echoed not in path.read_text()
    (alone,), _ = render(write(tmp_path, "a", [code("(1, 2)", result(text_plain="(1, 2)"))]), "md")
    assert "(1, 2)\n```" in alone.read_text()


def test_tex_amid_words_and_code_amid_mathematics(tmp_path):
    cells = [
        code("a", result(text_latex="Text with $\\psi$", text_plain="<IPython.core.display.Latex object>")),
        code("b", result(text_html="<p><code>$x$ and $y$</code>, $z$</p>")),
    ]
    (path,), _ = render(write(tmp_path, "m", cells), "md")
    assert "Text with $`\\psi`$" in path.read_text()
    assert "`$x$ and $y$`, $`z`$" in path.read_text()


def test_what_other_programs_wrote_into_a_notebook_is_overlooked(tmp_path):
    cells = [markdown("# H", id="a b"), code("x", result(text_plain="SHOWN"), jupyter=None)]
    cells[1]["outputs"][0] |= {"transient": {}, "execution_count": "5"}
    cells[1] |= {"execution_count": "5", "id": "c"}
    path = write(tmp_path, "odd", cells, {"kernelspec": {"name": "python3"}, "authors": "Solo"}, 5)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"signature": "s"}))
    (made,), warnings = render(path, "md")
    assert "SHOWN" in made.read_text()
    assert warnings == ["odd.ipynb: the property 'signature' of the notebook has no meaning, and no effect"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Two lines\nof heading\n---", "## Two lines of heading"),
        ("a\nb\n===", "# a b"),
        ("above\n\n---\ntitle: x\nauthor: y\n---\n\ntext", "## title: x author: y"),
        ("- li\n---", "- li\n\n---"),
        ("> q\n---", "> q\n\n---"),
        ("####### seven", "\\####### seven"),
        ("*e* x\n---", "*e* x\n---"),
        ("a | b\n---|---\n1 | 2", "a | b\n---|---\n1 | 2"),
        ("$$\n\\newcommand{\\zz}{z}\nx = \\zz\n$$", "\\newcommand{\\zz}{z}\n\n$$\nx = \\zz\n$$"),
    ],
)
def test_headings_rules_and_definitions_are_where_jupyter_has_them(written, shown):
    assert shown in as_pandoc_reads(written)
    assert as_pandoc_reads(written).count("#") == shown.count("#")


def test_headings_of_one_level_are_no_title_and_the_file_gives_none(tmp_path):
    cells = [markdown("# One"), markdown("# Two\n\n##### Jump"), markdown("# Two")]
    files, _ = render(write(tmp_path, "manyheads", cells), "html", "pdf", "md")
    page = LexborHTMLParser(files[0].read_text())
    assert [node.text() for node in page.css("h1, h2")] == ["One", "Two", "Two"]
    assert page.css_first("h1") is None
    printed = pypdfium2.PdfDocument(files[1])[0].get_textpage().get_text_bounded()
    assert "manyheads" not in printed + files[2].read_text() + page.body.text()


@pytest.mark.parametrize("trust", [False, True])
def test_a_chart_that_only_a_page_could_show_is_numbered_and_referred_to(tmp_path, trust):
    plotly = {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}], "layout": {}}}
    options = "#| label: fig-p\n#| fig-cap: Of Plotly\n#| fig-alt: A line\n"
    cells = [code(f"{options}fig", {"output_type": "display_data", "data": plotly}), markdown("See @fig-p.")]
    files, _ = render(write(tmp_path, "chart", cells), "html", "pdf", "md", trust=trust)
    page = LexborHTMLParser(files[0].read_text())
    assert page.css_first("#fig-p figcaption").text().split() == ["Figure", "1.", "Of", "Plotly"]
    assert page.css_first("main p a[href='#fig-p']").text().replace("\u00a0", " ") == "Figure 1"
    assert "[Figure 1](#fig-p)" in files[2].read_text().replace("\u00a0", " ")
    assert "A Plotly chart stood here" in " ".join(
        pypdfium2.PdfDocument(files[1])[0].get_textpage().get_text_bounded().split()
    )


@pytest.mark.parametrize(("before", "title"), [("Some prose first.", ""), ("![badge](a.png)", "Head")])
def test_a_heading_below_words_is_no_title(tmp_path, before, title):
    Image.new("RGB", (8, 6), "red").save(tmp_path / "a.png")
    cells = [markdown(before), code("x", result(text_markdown="# Head\n\nbody"))]
    files, _ = render(write(tmp_path, "h", cells), "html")
    page = LexborHTMLParser(files[0].read_text())
    assert (page.css_first("h1").text() if page.css_first("h1") else "") == title
    assert [node.text() for node in page.css("main h2")] == ([] if title else ["Head"])


def test_html_ends_at_a_blank_line_and_what_follows_is_markdown(tmp_path):
    table = "<table>\n<tr><td>\n\n**inside** and\n\n</td><td>*as is* <b>c</b> _d_</td></tr>\n</table>"
    sources = [
        "<div>\n  - not **a list** [no](link)\n\n- a **list** $x$\n\n</div>",
        "<details>\n<summary>Open *me*</summary>\n\nFolded **words**\n\n</details>",
        f"{table}\n\nbehind **it**",
        '<div class="alert alert-info">\n<b>Mind</b> a_b_c `code`\n\n1. one\n</div>\nand **still** in it',
        "<table>\n\n<tr>\n\n<td>\nof *rows*\n</td>\n\n</tr>\n\n</table>",
    ]
    files, warnings = render(write(tmp_path, "b", list(map(markdown, sources))), "html", "pdf", "md", "docx")
    assert warnings == []
    made = {path.suffix: path for path in files}
    page = LexborHTMLParser(made[".html"].read_text()).css_first("main")
    assert [node.text() for node in page.css("strong")] == ["list", "words", "inside", "c", "it", "Mind"]
    assert [" ".join(node.text().split())[:6] for node in page.css("li")] == ["a list", "one"]
    assert page.css_first("li math") is not None
    shown = " ".join(page.text().split())
    with zipfile.ZipFile(made[".docx"]) as word:
        written = re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    printed = " ".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(made[".pdf"]))
    plain = re.sub(r"\\(?=[\W_])", "", made[".md"].read_text())
    for words in (
        "- not **a list** [no](link)", "Open *me*", "*as is*", "_d_", "a_b_c `code`", "and **still** in it", "of *rows*",
    ):  # fmt: skip
        for said in (shown, written, printed, plain):
            assert words in said, words


def test_equations_are_numbered_as_jupyter_has_set_mathjax(tmp_path):
    sources = [
        "\\begin{equation}\nq = 1\n\\end{equation}\n\nText\n\\begin{equation*}\nnone\n\\end{equation*}",
        "\\begin{align}\na &= 1 \\\\\nb &= 2 \\nonumber \\\\\nc &= 3 \\label{eq:c}\n\\end{align}\n\nSee \\eqref{eq:c}.",
        "\\begin{align}\nd &= 4 \\label{eq:d} \\\\\ne &= 5 \\\\\nf &= 6 \\label{eq:f}\n\\end{align}\n\nSee \\eqref{eq:d} and \\eqref{eq:f}.",
        "- item\n  \\begin{gather} g \\\\ h \\end{gather}\n- next",
        "$$k = 1$$\n\n\\begin{multline} m \\\\ n \\label{eq:last} \\end{multline}\n\nLast \\eqref{eq:last}.",
        "$$\\gdef\\RR{\\mathbb{R}} x \\in \\RR$$\n\n$\\let\\eps=\\varepsilon$ So $\\eps \\in \\RR$. $$\\def\\f#1{f(#1)} \\f{x}$$",
    ]
    cells = list(map(markdown, sources))
    cells.insert(5, code("x", result(text_latex="$$\\begin{equation} z = 1 \\end{equation}$$")))
    files, warnings = render(write(tmp_path, "n", cells), "html", "pdf", "md", "docx", "qmd")
    assert warnings == []
    made = {path.suffix: path for path in files}
    page = LexborHTMLParser(made[".html"].read_text()).css_first("main")
    numbers = ["1", "2–3", "4", "5", "6", "7–8", "9", "10"]
    assert [node.text() for node in page.css(".equation > span")] == [f"({number})" for number in numbers]
    said = " ".join(page.text().split())
    assert "See (3)." in said
    assert "See (4) and (6)." in said
    assert "Last (9)." in said
    assert len(page.css("li .equation")) == 1
    printed = " ".join(leaf.get_textpage().get_text_bounded() for leaf in pypdfium2.PdfDocument(made[".pdf"]))
    assert [number for number in numbers if f"({number})" not in printed] == []
    assert "𝜀∈ℝ" in printed.replace(" ", "")
    assert "Last ([9](#eq-last))" in made[".md"].read_text()
    with zipfile.ZipFile(made[".docx"]) as word:
        written = re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())
    assert [number for number in numbers if f"({number})" not in written] == []
    kept = made[".qmd"].read_text()
    assert "eq-." not in kept
    assert "rows=" not in kept


def test_photographs_stand_upright_in_every_format(tmp_path):
    picture = Image.new("RGB", (80, 40), "red")
    picture.paste("blue", (0, 0, 40, 40))
    held = Image.Exif()
    held[0x0112] = 6  # to be turned by a quarter: blue comes on top
    picture.save(tmp_path / "p.jpg", exif=held, quality=95)
    data = base64.b64encode((tmp_path / "p.jpg").read_bytes()).decode()
    broken = base64.b64encode(b"\xff\xd8\xff\xe1\x00\x20Exif\x00\x00 no picture").decode()
    cells = [
        markdown("![file](p.jpg)"),
        code("x", result(image_jpeg=data, text_plain="x")),
        markdown(f"![pasted](data:image/jpeg;base64,{data})"),
        code("y", result(image_jpeg=broken, text_plain="said instead")),
    ]
    files, _ = render(write(tmp_path, "p", cells), "html", "pdf", "docx")
    made = {path.suffix: path for path in files}
    with zipfile.ZipFile(made[".docx"]) as word:
        for name in (name for name in word.namelist() if "/media/" in name):
            with Image.open(io.BytesIO(word.read(name))) as shown:
                assert shown.size == (40, 80)
                assert shown.getpixel((20, 20))[2] > 200
                assert shown.getpixel((20, 60))[0] > 200
        extents = re.findall(r'<wp:extent cx="(\d+)" cy="(\d+)"', word.read("word/document.xml").decode())
    assert [round(int(high) / int(wide), 1) for wide, high in extents] == [2.0] * 3
    (leaf,) = pypdfium2.PdfDocument(made[".pdf"])
    bounds = [item.get_bounds() for item in leaf.get_objects() if item.type == 3]
    assert [round((top - bottom) / (right - left), 1) for left, bottom, right, top in bounds] == [2.0] * 3
    drawn = leaf.render(scale=2).to_pil().convert("RGB")
    for left, bottom, right, top in bounds:
        middle, high = (left + right), leaf.get_height() * 2
        assert drawn.getpixel((int(middle), int(high - 2 * top + 10)))[2] > 200
        assert drawn.getpixel((int(middle), int(high - 2 * bottom - 10)))[0] > 200
    page = made[".html"].read_text()
    assert 'viewBox="0 0 40 80"' in page  # of the output; browsers turn the others themselves
    assert "said instead" in page


def test_what_was_printed_in_colours_as_html_keeps_them_on_the_page_and_its_words_everywhere(tmp_path):
    printed = (
        '<pre style="white-space:pre;font-family:Menlo,monospace"><span style="color: #800000; text-decoration-color: #800000; '
        'font-weight: bold">Hello</span> <a href="https://example.org"><span style="font-style: italic">link</span></a>\n'
        '  indented &lt;tag&gt; <span style="background-color: #ffff00; position: fixed">42</span>\n</pre>\n'
    )
    files, warnings = render(
        write(tmp_path, "r", [code("x", result(text_html=printed, text_plain="Hello"))]),
        *("html", "pdf", "md", "docx", "qmd"),
    )
    made = {path.suffix: path for path in files}
    shown = LexborHTMLParser(made[".html"].read_text()).css_first("main pre.cell-output")
    assert shown.text() == "Hello link\n  indented <tag> 42"
    styles = [re.sub(r"\s", "", node.attributes["style"]) for node in shown.css("span")]
    assert styles == [
        "color:#800000;text-decoration-color:#800000;font-weight:bold", "font-style:italic", "background-color:#ffff00",
    ]  # fmt: skip
    assert ["position" in warning for warning in warnings] == [True]
    lines = "Hello link\n  indented <tag> 42\n"
    for suffix in (".md", ".qmd"):
        assert f"``` cell-output\n{lines}```" in made[suffix].read_text()
    printed = pypdfium2.PdfDocument(made[".pdf"])[0].get_textpage().get_text_bounded()
    assert "Hello link indented <tag> 42" in " ".join(printed.split())
    with zipfile.ZipFile(made[".docx"]) as word:
        written = word.read("word/document.xml").decode()
    assert "Hello link" in written
    assert "  indented &lt;tag&gt; 42" in written


def test_no_text_may_bring_html_of_its_own_as_colours(tmp_path):
    block = '```{.python data-colours="<script>act()</script>"}\ncode\n```'
    files, warnings = render(
        write(tmp_path, "c", [markdown(block), code("x", result(text_markdown=block))]), "html"
    )
    assert "act()" not in files[0].read_text()
    assert [warning.partition(": ")[0] for warning in warnings] == ["c.ipynb, cell 1, line 1"]


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "r"),
        (
            {"kernelspec": {"name": "julia-1.10", "display_name": "J"}, "language_info": {"name": "julia"}},
            "julia",
        ),
        ({"language_info": {"name": "two words {.x}"}}, "python"),
        ({}, "python"),
    ],
)
def test_code_is_of_the_language_that_the_notebook_names(tmp_path, metadata, language):
    cells = [code("x = 1"), code("#| echo: fenced\n#| lst-cap: C\n#| label: lst-a\nx = 2")]
    path = write(tmp_path, "other", cells, metadata)
    files, said = render(path, "html", "md")
    page, text = (file.read_text() for file in files[:2])
    assert f'class="sourceCode {language}' in page
    assert f"``` {language}\nx = 1" in text
    assert f"```{{{language}}}\n#| lst-cap: C" in text
    assert said == []


def test_of_words_and_a_picture_the_page_shows_the_words_and_other_formats_the_picture(tmp_path):
    both = {
        "text/html": "<table><tr><th>k</th></tr><tr><td>v1</td></tr></table>",
        "image/png": draw(size=(60, 40)),
    }
    pictured = {
        "text/html": f"<div><img src='data:image/png;base64,{draw()}'>words</div>",
        "image/png": draw(),
    }
    acting = {"text/html": "<div id='a'>waits</div><script>1</script>", "image/png": draw()}
    cells = [
        code("#| label: fig-a\n#| fig-cap: A cap\n#| fig-alt: A picture\nboth", {"output_type": "display_data", "data": both}),
        code("#| fig-alt: B\nother", {"output_type": "display_data", "data": pictured}),
        code("#| fig-alt: C\nother", {"output_type": "display_data", "data": acting}),
        markdown("See @fig-a."),
    ]  # fmt: skip
    files, said = render(write(tmp_path, "both", cells), "html", "md", "docx", "pdf")
    page, text = LexborHTMLParser(files[0].read_text()), files[1].read_text()
    assert [cell.text().strip() for cell in page.css("#fig-a td, #fig-a th")] == ["k", "v1"]
    assert page.css_first("#fig-a svg, #fig-a img") is None
    assert "A cap" in page.css_first("#fig-a figcaption").text()
    assert [one.attributes["aria-label"] for one in page.css("svg[aria-label]")] == ["B", "C"]
    assert [alt for alt in ("A picture", "B", "C") if f"![{alt}](" in text] == ["A picture", "B", "C"]
    assert "v1" not in text
    with zipfile.ZipFile(next(one for one in files if one.suffix == ".docx")) as parts:
        assert "v1" not in parts.read("word/document.xml").decode()
    assert said == []
