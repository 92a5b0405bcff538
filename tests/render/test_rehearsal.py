"""The last PDF set once more while the new one is being made: it saves time and changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typst

from sourcebook.render.write import rehearsal


@pytest.fixture
def set_by_typst(monkeypatch):
    """The words before "bridge" in each source that Typst was given to set as if this process had just begun."""
    found: list[str] = []
    compile_source = typst.compile

    def note(path, **options):
        found.append(Path(path).read_text().partition(" bridge")[0].rpartition(" ")[2])
        return compile_source(path, **options)

    monkeypatch.setattr(typst, "compile", note)
    monkeypatch.setattr(rehearsal, "_known", set())
    return found


@pytest.fixture
def built(folder):
    """A project that was built by another process."""
    folder.add("one.md", "# One\n\nThe old bridge.").add("two.md", "# Two\n\nOther words.")
    _build(folder.root)
    return folder


def _build(root, *options):
    _render(*options, root)
    return (root / "_build" / "report.pdf").read_bytes()


def _render(*arguments):
    program = Path(sys.executable).with_name("sourcebook")
    subprocess.run([program, "render", "--quiet", *arguments], check=True)


def _edit(folder):
    (folder.root / "one.md").write_text("# One\n\nThe new bridge.")


def test_the_last_source_comes_first_and_once_in_a_process(built, set_by_typst):
    _edit(built)
    built.render("pdf")
    assert set_by_typst == ["old", "new"]
    built.render("pdf")
    assert set_by_typst == ["old", "new", "new"]


def test_the_pdf_is_that_of_a_build_without_it(built):
    _edit(built)
    rehearsed = _build(built.root)
    assert rehearsed == _build(built.root, "--fresh")


@pytest.mark.parametrize("options", [{"fresh": True}, {"prove": True}])
def test_who_wants_all_done_anew_gets_no_rehearsal(built, set_by_typst, options):
    built.render("pdf", **options)
    assert set_by_typst == ["old"]


def test_a_page_needs_none(built, set_by_typst):
    built.render("html")
    assert set_by_typst == []


@pytest.mark.parametrize("kept", [b"", b"no archive"])
def test_a_damaged_source_does_no_harm(built, set_by_typst, kept):
    (built.root / "_build" / ".store" / "report.typst.zip").write_bytes(kept)
    _edit(built)
    built.render("pdf")
    assert set_by_typst == ["new"]


def test_a_single_document_leaves_nothing_beside_it(folder):
    (folder.root / "note.md").write_text("# Note\n\nThe bridge.")
    _render("--to", "pdf", folder.root / "note.md")
    assert sorted(path.name for path in folder.root.iterdir()) == ["data", "note.md", "note.pdf", "notebooks"]
