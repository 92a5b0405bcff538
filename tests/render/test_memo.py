"""What an earlier build left may save time and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest

from sourcebook.cache.store import Store
from sourcebook.errors import RenderError
from sourcebook.render import tools
from sourcebook.render.memo import Memo
from sourcebook.render.report import render_project

FORMATS = ("html", "typst", "md")
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


@pytest.fixture
def asked(monkeypatch):
    """What pandoc is given to do from now on."""
    calls: list[str] = []
    run = tools.run_program

    def count(command, **options):
        if options.get("name") == "pandoc":
            calls.append(options["content"].decode())
        return run(command, **options)

    monkeypatch.setattr(tools, "run_program", count)
    return calls


def build(root, **options):
    """The files of a build by name, and its warnings."""
    warnings: list[str] = []
    written = render_project(root, FORMATS, warn=lambda issue: warnings.append(str(issue)), **options)
    out = root / "_build"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in written}, sorted(warnings)


def test_a_second_build_gives_the_same_bytes_and_warnings(tmp_path, copied, asked):
    root = copied(tmp_path / "project")
    first = build(root)
    assert asked
    assert first[1]
    asked.clear()
    assert build(root) == first
    assert len(asked) == 1, "only Markdown is written in one piece"
    shutil.rmtree(root / "_build" / ".store" / "results")
    assert build(root) == first
    assert build(root, fresh=True) == first


def test_an_edit_in_one_chapter_converts_that_chapter_alone(folder, asked):
    folder.add("one.md", "# One\n\nFirst words.").add("two.md", "# Two\n\nSecond words, see [One](#one).")
    folder.render("html", "typst")
    asked.clear()
    (folder.root / "one.md").write_text("# One\n\nOther words.")
    folder.render("html", "typst")
    assert len(asked) == 3, "read once, written twice"
    assert not any("Second" in call for call in asked)
    page = (folder.root / "_build" / "report.html").read_text()
    assert "Other words." in page
    assert "Second words" in page


def test_notes_and_code_are_numbered_through_after_an_edit_too(folder):
    """Only the edited chapter is written again; pandoc numbers what it writes from 1 in each run."""
    code = "# {}\n\nWords.^[A note.]\n\n``` python\nx = 1\n```\n\n``` python\ny = 2\n```\n"
    folder.add("one.md", code.format("One")).add("two.md", code.format("Two"))
    folder.render("html")
    (folder.root / "two.md").write_text(code.format("Two").replace("Words", "Other words"))
    folder.render("html")
    page = (folder.root / "_build" / "report.html").read_text()
    assert re.findall(r'<div class="sourceCode" id="(\w+)"', page) == ["cb1", "cb2", "cb3", "cb4"]
    assert re.findall(r'role="doc-noteref"><sup>(\d)', page) == ["1", "2"]
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    folder.render("html", fresh=True)
    assert (folder.root / "_build" / "report.html").read_text() == page


def test_a_variable_of_the_environment_is_looked_at_again(folder, monkeypatch):
    folder.add("one.md", "# One\n\nIt is {{< env PLACE >}}.")
    for place in ("here", "there"):
        monkeypatch.setenv("PLACE", place)
        folder.render("html")
        assert f"It is {place}." in (folder.root / "_build" / "report.html").read_text()


def test_a_changed_bibliography_is_cited_anew(folder):
    folder.add("one.md", "# One\n\nSaid [@agency25].")
    folder.render("html")
    sources = folder.root / "data" / "sources.yaml"
    sources.write_text(sources.read_text().replace("2025-06-17", "2019-06-17"))
    folder.render("html")
    assert "2019" in (folder.root / "_build" / "report.html").read_text()


def test_a_damaged_result_is_made_again(tmp_path, copied):
    root = copied(tmp_path / "project")
    first = build(root)
    for path in (root / "_build" / ".store").rglob("*.json"):
        path.write_bytes(path.read_bytes()[:-9] + b"deadbeef]")
    assert build(root) == first


def test_a_step_rests_on_what_it_is_said_to(tmp_path):
    memo, done = Memo(Store(tmp_path)), []

    def make():
        done.append(1)
        return {"made": len(done)}

    assert memo.recall("step", ["words", 1], make) == {"made": 1}
    assert memo.recall("step", ["words", 1], make) == {"made": 1}
    assert memo.recall("step", ["words", 2], make) == {"made": 2}
    assert memo.recall("other", ["words", 1], make) == {"made": 3}
    assert Memo(Store(tmp_path), fresh=True).recall("step", ["words", 1], make) == {"made": 4}
    assert Memo().recall("step", ["words", 1], make) == {"made": 5}


def test_to_prove_is_to_do_again_and_compare(tmp_path):
    Memo(Store(tmp_path)).recall("chapter one.md", [1], lambda: {"blocks": []})
    proving = Memo(Store(tmp_path), prove=True)
    assert proving.recall("chapter one.md", [1], lambda: {"blocks": []}) == {"blocks": []}
    with pytest.raises(RenderError, match=r"chapter one\.md: gave another result"):
        proving.recall("chapter one.md", [1], lambda: {"blocks": [json.loads("1")]})


@pytest.mark.slow
def test_edits_show_as_in_a_first_build(tmp_path, copied):
    """Whatever a step rests on is in its key: after edits every byte is that of a build with nothing kept.

    What one edit has left to be stale is stale after the next ones still, so every seventh is compared; at length each.
    """
    root, earlier = copied(tmp_path / "project"), dict[str, str]()
    with (root / "chapters/sources.qmd").open("a") as chapter:
        chapter.write(CLAIMS)
    marker = "It is plain, [x-01](#claim-x-01){.claim}.\n\nIt is plain."
    edit(root, "chapters/text.qmd", "It is plain.", marker)
    seen = [build(root)]
    step = 1 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 7
    for number, (says, (name, old, new)) in enumerate(EDITS.items(), start=1):
        earlier.setdefault(name, (root / name).read_text())
        edit(root, name, old, new)
        seen.append(build(root))
        assert seen[-1][0] != seen[-2][0], says
        if number % step == 0 or number == len(EDITS):
            assert seen[-1] == build(root, fresh=True), f"{says}, or one of {step - 1} edits before it"
    for name, text in earlier.items():
        (root / name).write_text(text)
    assert build(root) == seen[0]


def edit(root, name, old, new):
    text = (root / name).read_text()
    assert old in text, (name, old)
    (root / name).write_text(text.replace(old, new, 1))
