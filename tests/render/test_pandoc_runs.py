"""How often pandoc runs: once to read a chapter, once to set all citations."""

from __future__ import annotations

import pytest

from sourcebook.render import tools

TITLED = "---\ntitle: Plain words in the front matter\n---\n\nText.\n"


@pytest.fixture
def runs(monkeypatch) -> list[str]:
    """The options of each run of pandoc from now on."""
    made: list[str] = []
    run = tools.run_program

    def note(command, **options):
        if options["name"] == "pandoc":
            made.append(" ".join(map(str, command)))
        return run(command, **options)

    monkeypatch.setattr(tools, "run_program", note)
    return made


def test_a_chapter_is_read_in_one_run_whatever_its_outputs_are(full, runs):
    full.add("titled.md", TITLED)
    full.render("md", fresh=True)
    reading = [options for options in runs if "-f markdown" in options]
    assert len(reading) == len([*full.chapters, *full.appendices])
    assert len([options for options in runs if "--citeproc" in options]) == 1
    assert len(runs) == len(reading) + 2  # citations, and one run to write the format


def test_what_is_kept_is_not_read_again(full, runs):
    full.render("md")
    runs.clear()
    full.render("md")
    assert not any("-f markdown" in options or "--citeproc" in options for options in runs)
