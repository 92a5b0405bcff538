"""What every chart form promises, each drawn for real."""

import base64
import json
import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from sourcebook.charts import HALF_WIDTH, ChartError, bars, verdict_squares


def test_a_form_draws_its_words_and_keeps_its_data(form, frame, words):
    exhibit = form(frame)
    for picture in filter(None, (exhibit.svg, exhibit.narrow)):
        root = ElementTree.fromstring(picture)
        texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert texts
        assert words["title"] not in " ".join(texts)  # it is text of the page, which no screen cuts off
    assert (exhibit.title, exhibit.subtitle) == (words["title"], words["subtitle"])
    assert exhibit.data["rows"]
    assert exhibit.sources == ("mt_china", "ria_rank", "tass_uae", "kremlin")


def test_a_form_shows_itself_as_picture_and_exhibit(form, frame):
    bundle = form(frame)._repr_mimebundle_()
    assert set(bundle) == {
        "application/vnd.sourcebook.exhibit+json",
        "image/svg+xml",
        "text/html",
        "text/plain",
    }
    content = json.loads(json.dumps(bundle["application/vnd.sourcebook.exhibit+json"], allow_nan=False))
    assert set(content) == {"kind", "title", "subtitle", "sources", "note", "data", "narrow", "chronology"}
    assert all(len(row) == len(content["data"]["columns"]) for row in content["data"]["rows"])


def test_a_notebook_gets_the_head_as_text_and_labels_as_long_as_they_were_drawn(form, frame, words):
    shown = form(frame)._repr_mimebundle_()["text/html"]
    assert f"<strong>{words['title']}</strong><br>{words['subtitle']}" in shown
    picture = base64.b64decode(re.search(r"base64,([^\"]*)", shown)[1]).decode()
    assert picture.count("<text ") == picture.count(" textLength=") > 0
    assert "<text" not in shown  # of which an untrusted notebook would leave the words


def test_the_narrow_drawing_is_as_wide_as_it_says_and_takes_no_name_of_the_wide_one(form, frame):
    exhibit = form(frame)
    if form.__name__ == "_chronology":
        assert exhibit.narrow == ""  # a table on the page
        return
    wide, narrow = (ElementTree.fromstring(picture) for picture in (exhibit.svg, exhibit.narrow))
    assert [float(root.get("viewBox").split()[2]) for root in (wide, narrow)] == pytest.approx([453.6, 208.8])
    names = [{one.get("id") for one in root.iter() if one.get("id")} for root in (wide, narrow)]
    assert not names[0] & names[1]


def test_a_form_draws_one_row(form, frame):
    assert form(frame.head(1)).svg.startswith("<svg")


def test_a_form_says_that_there_are_no_rows(form, frame):
    with pytest.raises(ChartError, match=r"no rows.*check the filter"):
        form(frame.head(0))


def test_a_form_names_the_nearest_column_when_one_is_missing(form, frame):
    renamed = frame.rename(columns=lambda name: f"{name}_x" if name != "source" else name)
    with pytest.raises(ChartError, match=r"has no column '(\w+)'.*nearest: .*\1_x"):
        form(renamed)


def test_a_form_breaks_very_long_labels(form, frame, long_label):
    if form.__name__ != "_lines":
        frame.loc[1, "name"] = long_label
    frame["who"] = frame["who"].where(frame.index != 3, long_label)
    if form.__name__ == "_matrix":
        frame["who"] = frame["who"].where(frame.index != 3, "Return of United Nations sanctions on Iran")
    assert form(frame).svg.startswith("<svg")


def test_a_form_draws_what_is_missing_or_says_why_not(form, frame):
    frame.loc[2, ["value", "word", "year"]] = None
    if form.__name__ == "_slope":
        with pytest.raises(ChartError, match="both values"):
            form(frame)
    elif form.__name__ == "_lines":
        with pytest.raises(ChartError, match="is no date"):
            form(frame)
    else:
        assert form(frame).svg.startswith("<svg")


def test_a_form_refuses_text_where_numbers_belong(form, frame):
    words = frame.astype({"value": object}).assign(value="many")
    if form.__name__ in ("_chronology", "_matrix", "_durations"):  # these draw no numbers
        assert form(words).svg.startswith("<svg")
        return
    with pytest.raises(ChartError, match="must hold numbers"):
        form(words)


def test_nullable_numbers_and_categories_are_drawn_alike(form, frame):
    nullable = frame.astype({"value": "Float64", "name": "string"}).assign(
        who=pd.Categorical(frame["who"], dict.fromkeys(frame["who"]), ordered=True)
    )
    assert form(nullable).svg == form(frame).svg


def test_a_form_refuses_an_argument_that_no_chart_has_and_asks_for_its_title(words):
    frame = pd.DataFrame({"name": ["a"], "n": [1]})
    with pytest.raises(TypeError, match="a chart has no argument titel"):
        bars(frame, category="name", value="n", titel="A", **words)
    with pytest.raises(ChartError, match="needs a title"):
        bars(frame, category="name", value="n", subtitle="n")


def test_squares_stand_for_claims_and_lead_to_them(words):
    claims = pd.DataFrame({"id": [f"a-{n:02}" for n in range(26)], "section": ["One"] * 24 + ["Two"] * 2,
                           "verdict": ["accurate", "misleading", "outdated"] * 8 + ["not-checkable"] * 2})  # fmt: skip
    for width in (6.3, HALF_WIDTH):
        root = ElementTree.fromstring(
            verdict_squares(claims, links={"One": "#one"}, width=width, sources=(), **words).svg
        )
        marks = [
            (mark.get("data-label"), mark.get("data-link")) for mark in root.iter() if mark.get("data-label")
        ]
        assert marks[:3] == [
            ("One: 8 of 24 that can be checked hold", "#one"),
            ("a-00: accurate", "#claim-a-00"),
            ("a-01: misleading", "#claim-a-01"),
        ]
        assert marks[-3][0] == "Two: none can be checked"
        assert len(marks) == 28
    with pytest.raises(ChartError, match="'right' is no verdict"):
        verdict_squares(claims.assign(verdict="right"), **words)
