"""What a build would run again, told of every chapter that has code, whatever kind of file it is."""

from __future__ import annotations

import pytest

from sourcebook.errors import ProjectError
from sourcebook.execute.plan import Settings
from sourcebook.render.execution import explain_chapters
from sourcebook.render.source.project import read_project


def explain(folder, *parts):
    settings = Settings(root=folder.root, output=folder.root / "_build")
    return explain_chapters(read_project(folder.root), parts, settings)


def test_chapters_of_both_kinds_say_what_was_changed(folder):
    folder.add("a.qmd", "# Alpha\n\n```{python}\n1\n```\n").add("b.ipynb", "# Beta", ("2",)).add(
        "c.md", "# C"
    )
    folder.render("md")
    assert explain(folder) == ["a.qmd: up to date.", "b.ipynb: up to date."]
    (folder.root / "a.qmd").write_text("# Alpha, with other prose\n\n```{python}\n3\n```\n")
    assert explain(folder, "a.q") == ["a.qmd: the code of cell 2 was changed."]


def test_a_chapter_that_is_not_there_is_named(folder):
    folder.add("a.qmd", "# Alpha\n\n```{python}\n1\n```\n")
    with pytest.raises(ProjectError, match=r"economy: in no path of a chapter with code \(expected a\.qmd\)"):
        explain(folder, "economy")
