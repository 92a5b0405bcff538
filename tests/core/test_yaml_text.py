"""YAML is read as Quarto reads it, by its version 1.2: no and on are words."""

from __future__ import annotations

import pytest

from sourcebook.core.options import CODE_ANNOTATIONS, ECHO, FIG_ALIGN, TOC
from sourcebook.core.yaml_text import dump_yaml, load_yaml


@pytest.mark.parametrize("filling", ["", "# a long text\n" * 2000])
def test_only_true_and_false_are_no_words(filling):
    text = "title: No\nauthor: [On, yes, y, Off]\ntoc: true\necho: FALSE\non: 1\n"
    meant = {"title": "No", "author": ["On", "yes", "y", "Off"], "toc": True, "echo": False, "on": 1}
    assert load_yaml(filling + text) == meant
    assert load_yaml(dump_yaml(meant)) == meant


def test_an_option_that_is_true_or_false_may_be_yes_or_no():
    values = load_yaml("echo: no\ntoc: Yes\nfig-align: no\ncode-annotations: off\n")
    assert CODE_ANNOTATIONS.of(values) is False
    assert (ECHO.of(values), TOC.of(values), FIG_ALIGN.of(values)) == (False, True, "no")
    assert ECHO.accepts("no")
    assert not FIG_ALIGN.accepts("no")


def test_a_report_shows_words_that_look_like_yes_and_no(tmp_path):
    from sourcebook.render.report import render_project

    text = (
        "---\ntitle: No\nsubtitle: true\nauthor: [{name: {given: On, family: No}}]\nlang: no\n---\n\nText.\n"
    )
    (tmp_path / "a.qmd").write_text(text)
    (made,) = render_project(tmp_path / "a.qmd", ("md",), warn=lambda _: None)
    assert made.read_text().startswith("# No\n\n**true**\n\nOn No\n")
