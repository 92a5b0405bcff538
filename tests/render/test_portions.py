"""Very large chapters are read in portions, and nobody can tell from the report."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from sourcebook.render import tools
from sourcebook.render.cells import portions
from sourcebook.render.cells.portions import cut_portions
from sourcebook.render.tools import parse_document, read_markdown, run_pandoc
from sourcebook.render.tree.portions import read_portions
from sourcebook.render.tree.words import join_words

ENTRY = """\
::: {{#claim-x-{n} .claim-entry verdict="accurate"}}
**x-{n}** [What it *says* \\[sic\\], see [x-1](#claim-x-1){{.claim}}.]{{.claim-text}}

::: {{.inner}}
Words within.
:::

- E{n}, [A2]{{.grade}}: more of it [@agency25, p. {n}]
- E{n}b: “the rest” @agency25
:::
"""
ENTRIES = "\n".join(ENTRY.format(n=n) for n in range(1, 41))
CELL = f"from IPython.display import Markdown\nMarkdown({ENTRIES!r})"
PROSE = "# One {#one}\n\nA [reference] and a note[^1], see @sec-two.\n\n[reference]: https://example.org\n\n[^1]: Of it [@agency25]."
LATER = "## Two {#sec-two}\n\nA citation after it [@agency25, p. 99], and [reference] again.^[Last.]"


@pytest.fixture
def asked(monkeypatch):
    """What pandoc is given to do from now on."""
    calls: list[str] = []
    run = tools.run_program

    def note(command, **options):
        calls.append(options["content"].decode())
        return run(command, **options)

    monkeypatch.setattr(tools, "run_program", note)
    return calls


@pytest.fixture
def short(monkeypatch):
    """Outputs of some entries are long already."""
    monkeypatch.setattr(portions, "LENGTH", 2000)


@pytest.mark.usefixtures("short")
def test_a_row_of_divs_is_cut_between_them():
    cut = cut_portions(ENTRIES)
    assert len(cut) > 3
    assert "".join(cut) == ENTRIES
    assert all(portion.startswith("::: {#claim-") and len(portion) < 3000 for portion in cut)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    "reaching",
    [
        "See [the note].",
        "A note.[^1]",
        "[label]: https://example.org",
        "Inline.^[A note.]",
        "(@) An example",
        "<div>",
        "<!-- ::: -->",
        "```\n::: {.no-div}\n```",
        "# A heading",
        "> ## A quoted heading",
        "A heading\n=========",
        "---\ntitle: x\n---",
        "\\newcommand{\\x}{y}",
        "::: {.never-closed}",
        ":::",
        "Words\n::: {.words-too}\n",
    ],
)
def test_what_may_depend_on_other_parts_stays_whole(reaching):
    text = ENTRIES.replace("Words within.", reaching, 1)
    assert cut_portions(text) == [text]


def test_a_report_read_in_portions_is_the_same(folder, asked, monkeypatch):
    folder.add("notebooks/one.ipynb", PROSE, (CELL,), LATER)
    whole = [path.read_bytes() for path in folder.render("html", "typst", "md", fresh=True)]
    assert any(ENTRIES.strip() in text for text in asked)
    asked.clear()
    monkeypatch.setattr(portions, "LENGTH", 2000)
    assert [path.read_bytes() for path in folder.render("html", "typst", "md", fresh=True)] == whole
    read = [text for text in asked if text.startswith("::: {#claim-")]
    assert len(read) > 3
    assert max(map(len, read)) < 3000


@pytest.mark.usefixtures("short")
def test_portions_read_apart_are_the_tree_of_the_whole():
    cut = {f"p{n}": ("cell 1", text) for n, text in enumerate(cut_portions(ENTRIES))}
    marks = "\n\n".join(f"```{{=portion}}\n{name}\n```" for name in cut)
    whole, _ = read_markdown("\n\n".join([PROSE, ENTRIES, LATER]), str)
    main, _ = read_markdown("\n\n".join([PROSE, marks, LATER]), str)
    blocks, said = read_portions(main["blocks"], cut)
    assert blocks == whole["blocks"]
    assert not said


def test_what_pandoc_says_of_a_portion_names_the_cell():
    blocks, _ = read_markdown("```{=portion}\np\n```", str)
    _, said = read_portions(blocks, {"p": ("book.ipynb, cell 3", "::: {.open}\nWords.\n")})
    assert [issue.where for issue in said] == ["book.ipynb, cell 3"]


def test_a_tree_is_taken_in_block_by_block():
    text = run_pandoc(["-f", "markdown", "-t", "json"], "---\ntitle: '\"blocks\": ['\n---\n\n" + ENTRIES * 5)
    plain = json.loads(text)
    tracemalloc.start()
    made = parse_document(text)
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    json.loads(text)
    _, at_once = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made == plain | {"blocks": join_words(plain["blocks"])}
    assert peak - after < (at_once - after) / 10
