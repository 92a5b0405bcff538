"""Very large chapters are written in chunks, and nobody can tell from the report."""

from __future__ import annotations

import json

import pytest

from sourcebook.render import tools
from sourcebook.render.memo import Memo
from sourcebook.render.tools import read_markdown, write_document
from sourcebook.render.write import pieces
from sourcebook.render.write.pieces import join_html, write_pieces

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


@pytest.mark.parametrize(
    "heading", ["", "# One {#one}\n\n", "# One {#one}\n\n### Deep {#deep}\n\nWords.\n\n"]
)
def test_a_huge_section_is_written_in_chunks(asked, monkeypatch, heading):
    document, _ = read_markdown(f"{heading}{ENTRIES}\n\n# Last {{#last}}\n\nWords.", str)
    options = ["--section-divs"]
    whole, _ = write_document({**document, "meta": {}}, "html5", options)
    asked.clear()
    monkeypatch.setattr(pieces, "_HUGE", 100)
    ((made, _),) = write_pieces(document, [document["blocks"]], "html5", options, Memo())
    assert join_html(made, "BODY\n", "BODY") == whole
    assert len(asked) > 4
    assert max(map(len, asked)) < len(json.dumps(document)) / 3
