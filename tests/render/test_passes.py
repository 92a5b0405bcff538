"""The list of passes is what happens to the tree, and all of it."""

from __future__ import annotations

from sourcebook.render import assembly
from sourcebook.render.passes import CHAPTER_PASSES, PASSES, REPORT_PASSES
from sourcebook.render.tools import write_document


def test_passes_run_once_each_in_the_order_listed(single, monkeypatch):
    ran: list[str] = []

    def noted(change):
        def run(tree):
            ran.append(change.__name__)
            change(tree)

        return run

    monkeypatch.setattr(assembly, "CHAPTER_PASSES", tuple(map(noted, CHAPTER_PASSES)))
    monkeypatch.setattr(assembly, "REPORT_PASSES", tuple(map(noted, REPORT_PASSES)))
    single("# Title\n\nWords.", "md")
    assert ran == [change.__name__ for change in PASSES]
    assert len(set(ran)) == len(ran)


def test_a_pass_is_a_function_and_a_line(single, monkeypatch):
    def shout(chapter):
        for block in chapter.blocks:
            if block["t"] == "Para":
                block["c"] = [{"t": "Strong", "c": block["c"]}]

    monkeypatch.setattr(assembly, "CHAPTER_PASSES", (*CHAPTER_PASSES, shout))
    files, _ = single("Words.", "md")
    strong = [{"t": "Para", "c": [{"t": "Strong", "c": [{"t": "Str", "c": "Words."}]}]}]
    head = {"pandoc-api-version": [1, 23, 1], "meta": {}}
    assert write_document({**head, "blocks": strong}, "gfm")[0].strip() in files[0].read_text(
        encoding="utf-8"
    )
