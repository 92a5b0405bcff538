"""Executed notebooks as prose and outputs, outputs of other notebooks among them."""

from __future__ import annotations

from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from sourcebook.render.export.chapter_export import ChapterExport
from sourcebook.render.export.nodes import Float, Listing

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>{}</text></svg>'


def drawing(name: str):
    output = new_output("display_data", {"image/svg+xml": SVG.format(name)}, metadata={"alt": name})
    return new_code_cell("#| echo: false\ndraw()", id=name, outputs=[output])


def test_pictures_of_one_notebook_embedded_one_by_one_are_each_its_own():
    other = new_notebook(cells=[drawing("one"), drawing("two")])
    text = "{{< embed other.ipynb#two >}}\n\n{{< embed other.ipynb#one >}}"
    chapter = new_notebook(cells=[new_markdown_cell(text), drawing("own")])
    root = Path("project").resolve()
    notebooks = {Path("other.ipynb"): other, Path("main.ipynb"): chapter}
    exports = ChapterExport(root, notebooks=notebooks, chapters=[Path("main.ipynb")])
    found = exports.export(chapter, Path("main.ipynb"))
    keys = [output.output.items[0].key for output in found.outputs.values()]
    assert [found.payloads[key]["alt"] for key in keys] == ["two", "one", "own"]
    assert found.markdown.index("other.ipynb, cell 2") < found.markdown.index("other.ipynb, cell 1")
    alone = exports.export(other, Path("other.ipynb"))
    assert not set(alone.payloads) & set(found.payloads)


def test_prose_holds_placeholders_and_no_output():
    cell = drawing("one")
    cell.source = "#| fig-cap: A *caption*.\ndraw()"
    found = ChapterExport(Path.cwd()).export(new_notebook(cells=[cell]), Path("main.ipynb"))
    assert "draw" not in found.markdown
    assert "svg" not in found.markdown
    assert "caption" not in found.markdown
    listing, figure = (placed.output for placed in found.outputs.values())
    assert listing == Listing("draw()", summary="Code")
    assert isinstance(figure, Float)
    assert figure.caption == "A *caption*."
