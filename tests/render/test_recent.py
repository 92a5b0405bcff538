"""A process that builds again and again writes what a new one would, whatever was edited in between."""

from __future__ import annotations

import pytest

from sourcebook.render import tools
from sourcebook.render.recent import Recent
from sourcebook.render.report import render_project

FORMATS = ("html", "typst")
CLAIMS = """
## Limits {#sec-limits}

Nobody knows. Not even we.

::: {#claim-x-01 .claim-entry verdict="accurate" confidence="high"}
[It is so.]{.claim-text} [Because it is.]{.rationale}
:::

::: {.claim-explorer}
:::
"""
EDITS = {
    "a word of prose": ("chapters/text.qmd", "It is plain.", "It is very plain."),
    "a heading others refer to": ("chapters/exhibits.qmd", "title: Exhibits", "title: Drawings"),
    "a section, which moves all numbers after it": ("chapters/text.qmd", "## References {", "## New\n\n## References {"),
    "a figure, which does so too": ("chapters/exhibits.qmd", "See @fig-bars,", "![One](square.svg){#fig-one fig-alt='A square.'}\n\nSee @fig-one, @fig-bars,"),
    "a citation": ("chapters/text.qmd", "@writer24 says so", "@writer24 says so [@agency25]"),
    "a source": ("data/sources.yaml", "issued: 2024", "issued: 2023"),
    "a note": ("chapters/exhibits.qmd", "begins a sentence.", "begins a sentence.^[A word first.]"),
    "a picture": ("chapters/square.svg", "<rect", "<circle r='9'/><rect"),
    "code": ("chapters/exhibits.qmd", "bar(42)", "bar(43)"),
    "a variable": ("_variables.yml", "Widget", "Gadget"),
    "what a condition hides": ("chapters/text.qmd", "Seen on screens.", "Seen on every screen."),
    "a verdict": ("chapters/sources.qmd", 'verdict="accurate"', 'verdict="outdated"'),
    "the author": ("_quarto.yml", "author: The authors", "author: Somebody"),
}  # fmt: skip


@pytest.mark.slow
def test_edits_show_as_in_a_first_build(tmp_path, copied):
    root, recent, earlier = copied(tmp_path / "project"), Recent(), dict[str, str]()
    with (root / "chapters/sources.qmd").open("a") as chapter:
        chapter.write(CLAIMS)
    edit(
        root, "chapters/text.qmd", "It is plain.", "It is plain, [x-01](#claim-x-01){.claim}.\n\nIt is plain."
    )
    seen = [build(root, recent=recent)]
    for says, (name, old, new) in EDITS.items():
        earlier.setdefault(name, (root / name).read_text())
        edit(root, name, old, new)
        seen.append(build(root, recent=recent))
        recent.end_build()
        assert seen[-1] == build(root, out=tmp_path / "first", store=tmp_path / "store"), says
        assert seen[-1][0] != seen[-2][0], says
    for name, text in earlier.items():
        (root / name).write_text(text)
    assert build(root, recent=recent) == seen[0]


def test_of_a_chapter_that_stays_nothing_is_done_again(folder, monkeypatch):
    folder.add("one.md", "# One\n\nFirst words.").add("two.md", "# Two\n\nSecond words, see [One](#one).")
    recent, asked, run = Recent(), list[str](), tools.run_program
    folder.render("html", recent=recent)
    recent.end_build()
    monkeypatch.setattr(
        tools,
        "run_program",
        lambda command, **more: asked.append(str(more["content"])) or run(command, **more),
    )
    monkeypatch.setattr("sourcebook.cache.store.Store.read_results", lambda *_: pytest.fail("asked the disk"))
    folder.render("html", recent=recent)
    assert asked == []
    monkeypatch.undo()


def test_what_two_builds_did_not_need_is_forgotten():
    recent, made = Recent(), list[int]()

    def ask(*keys):
        return recent.recall(
            keys, lambda missing: made.extend(keys[n] for n in missing) or [keys[n] for n in missing]
        )

    for keys in [(1, 2), (1,), (1, 3), (2,)]:
        assert ask(*keys) == list(keys)
        recent.end_build()
    assert made == [1, 2, 3, 2]


def edit(root, name, old, new):
    text = (root / name).read_text()
    assert old in text, (name, old)
    (root / name).write_text(text.replace(old, new, 1))


def build(root, **options):
    """The files of a build by name, and its warnings."""
    warnings: list[str] = []
    written = render_project(root, FORMATS, warn=lambda issue: warnings.append(str(issue)), **options)
    return {path.name: path.read_bytes() for path in written}, sorted(warnings)
