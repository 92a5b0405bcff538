"""Documents written piece by piece read as if written in one go."""

from __future__ import annotations

import pytest

from sourcebook.render.memo import Memo
from sourcebook.render.tools import read_markdown, write_document
from sourcebook.render.write import pieces
from sourcebook.render.write.pieces import join_html, join_typst, write_pieces

TEXT = """\
Before all headings.^[The first note.]

## Early, without a chapter {#early}

Words.

# One {#one}

Text.^[A note with *emphasis*.]

- a list
- of two^[Second.

    In two paragraphs.]

## Inside {#inside}

Words^[Third.] end with a table:

| a | b |
|---|---|
| 1 | 2 |

## Beside {#beside .unnumbered}

### Deep {#deep}

> Quoted.

# Two {#two}

::: {.box}
## A heading in a Div

Words.
:::

## After the Div {#after}

Last.^[Fifth.]

# Three {#three}
"""


@pytest.fixture(params=[0, 4000])
def large(request, monkeypatch):
    """From how many nodes on the sections of a chapter are pieces of their own."""
    monkeypatch.setattr(pieces, "_LARGE", request.param)
    return request.param


def test_html_has_the_sections_and_notes_of_one_document(large):
    document, _ = read_markdown(TEXT, str)
    options = ["--section-divs", "--shift-heading-level-by=1"]
    whole, _ = write_document({**document, "meta": {}}, "html5", options)
    ((made, _),) = write_pieces(document, [document["blocks"]], "html5", options, Memo())
    assert [len(run) for run in made] == ([2, 3, 1, 1] if large == 0 else [1, 1, 1, 1])
    assert join_html(made, "<main>BODY\n</main>", "BODY") == f"<main>{whole}</main>"


@pytest.mark.usefixtures("large")
def test_typst_has_the_same_text():
    document, _ = read_markdown(TEXT, str)
    whole, _ = write_document({**document, "meta": {}}, "typst")
    ((made, _),) = write_pieces(document, [document["blocks"]], "typst", [], Memo())
    assert join_typst(made) == whole


def test_what_pandoc_warns_of_is_said_again(tmp_path):
    from sourcebook.cache.store import Store

    document, _ = read_markdown("# One\n\n$\\unknown{$\n\n# Two\n\n$\\other{$", str)
    for _ in range(2):
        ((_, said),) = write_pieces(
            document, [document["blocks"]], "html5", ["--mathml"], Memo(Store(tmp_path))
        )
        assert [text for text in ("unknown", "other") if text in " ".join(said)] == ["unknown", "other"]
        assert len(said) == 2
