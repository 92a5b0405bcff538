"""The fonts of the page: cut down to what a report needs, and nothing of that missing."""

import base64
import io
import os
import re

import pytest
from fontTools.ttLib import TTFont

from sourcebook.render.formats.fonts import Font, font_css, list_fonts

LATIN = "Où l'Été coûta 100 £ – “5 €” — Łódź, Škoda, İzmir… ≤ 10⁻³ → ∞"


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    css = font_css(LATIN + "◕ ◷", tmp_path_factory.mktemp("store"))
    assert "'Source Serif Pro'" in css
    return [
        TTFont(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([\w+/=]+)\) format", css)
    ]


def test_every_cut_has_the_letters_of_the_text_that_its_file_has_and_no_others(cut):
    for font, made in zip(_used(), cut[:-1], strict=True):
        assert ord("ß") not in made.getBestCmap()
        assert set(map(ord, "Basic Latin (~)")) <= made.getBestCmap().keys()
        there = set(map(ord, LATIN)) & TTFont(font.path).getBestCmap().keys()
        assert len(there) > 30
        assert there <= made.getBestCmap().keys()


def test_kerning_ligatures_and_fractions_stay_and_hints_go(cut):
    for made in cut[:-1]:
        features = {
            record.FeatureTag
            for name in ("GSUB", "GPOS")
            for record in made[name].table.FeatureList.FeatureRecord
        }
        assert {"kern", "liga", "frac"} <= features
        assert "fpgm" not in made


def _used() -> list[Font]:
    """The cuts of text on a page: all but the serif's semibold."""
    return [font for font in list_fonts()[:-1] if (font.family, font.weight) != ("Source Serif Pro", 600)]


def test_signs_are_cut_to_those_on_the_page(cut):
    assert cut[-1].getBestCmap().keys() == {ord("◕"), ord("◷")}


def test_cut_fonts_outlive_a_document_where_the_system_keeps_such_things(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "sourcebook" / "fonts"
    folder.mkdir(parents=True)
    for number in range(400):
        (folder / f"old-{number}").write_bytes(b"")
        os.utime(folder / f"old-{number}", (number, number))
    made = font_css("ab")
    kept = [path for path in folder.iterdir() if path.suffix == ".woff2"]
    assert len(kept) == made.count("@font-face")
    assert len(list(folder.iterdir())) <= 300
    assert not (folder / "old-0").exists()
    for path in kept:
        path.write_bytes(b"kept")
    assert set(re.findall("base64,([^)]+)", font_css("ab"))) == {base64.b64encode(b"kept").decode()}


def test_documents_of_a_language_share_their_cut_fonts(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = font_css("Où l'Été → ↕")
    assert font_css("Übermaß ↔") == made
    assert font_css("Übermaß ↔", tmp_path) != made
    assert font_css("plain") != made


def test_where_nothing_can_be_kept_fonts_are_cut_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "@font-face" in font_css("ab")
