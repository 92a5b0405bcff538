"""Pictures of matplotlib: as large as the document asks, shown as they were drawn."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

DOCUMENT = """\
---
{head}
---

```{{python}}
#| fig-alt: "A line that rises."
{option}
%matplotlib inline
%config InlineBackend.figure_formats = ['svg']
%config InlineBackend.print_figure_kwargs = {{'bbox_inches': None}}
import matplotlib.pyplot as plt
plt.rcParams['svg.fonttype'] = 'none'
plt.plot([1, 2]);
```
"""


def drawn(files):
    box = (
        LexborHTMLParser(files[0].read_text())
        .css_first("svg[aria-label^='A line']")
        .attributes["viewBox"]
        .split()
    )
    return tuple(float(points) / 72 for points in box[2:])


@pytest.mark.parametrize(
    ("head", "option", "size"),
    [
        ("fig-width: 3\nfig-height: 2", "", (3, 2)),
        ("execute: {fig-width: 3, fig-height: 2}", "", (3, 2)),
        ("format: {html: {fig-width: 3, fig-height: 2}}", "", (3, 2)),
        ("fig-width: 3\nfig-height: 2", "#| fig-width: 5", (5, 2)),
    ],
)
def test_figures_are_drawn_as_large_as_the_document_asks(single, head, option, size):
    files, warnings = single(DOCUMENT.format(head=head, option=option))
    assert drawn(files) == size
    assert warnings == []


def test_a_figure_wider_than_the_page_is_shown_as_wide_as_the_page(single):
    files, _ = single(DOCUMENT.format(head="title: Wide", option="#| fig-width: 20\n#| fig-height: 5"), "pdf")
    (page,) = pypdfium2.PdfDocument(files[0])
    words = page.get_textpage()
    right = max(
        words.get_charbox(n)[2] for n in range(words.count_chars()) if words.get_text_range(n, 1).strip()
    )
    assert right < page.get_width()
    assert re.search(r"2\.0", words.get_text_bounded())
