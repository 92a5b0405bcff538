"""The fonts of the page: cut down to what a report needs, and nothing of that missing."""

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from sourcebook.render.formats.fonts import font_css, list_fonts

LATIN = "Où l'Été coûta 100 £ – “5 €” — Łódź, Škoda, İzmir… ≤ 10⁻³ → ∞"


@pytest.fixture(scope="module")
def cut():
    css = font_css("◕ ◷")
    assert "'Source Serif Pro'" in css
    return [
        TTFont(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([\w+/=]+)\) format", css)
    ]


def test_every_cut_has_the_letters_its_file_has(cut):
    for font, made in zip(list_fonts()[:-1], cut[:-1], strict=True):
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


def test_signs_are_cut_to_those_on_the_page(cut):
    assert cut[-1].getBestCmap().keys() == {ord("◕"), ord("◷")}
