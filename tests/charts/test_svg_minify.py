"""An SVG made small shows the same: paths, and what is said once for all."""

from xml.etree import ElementTree

import pytest

from sourcebook.charts.svg_minify import SVG, minify


def slimmed(content):
    root = ElementTree.fromstring(f'<svg xmlns="{SVG}">{content}</svg>')
    minify(root, "p-")
    return root


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("M 0 0 L 5 0 L 5 5 L 0 5 z", "M0 0H5V5H0z"),
        ("M 1 2 L 3 4 L 5 6", "M1 2 3 4 5 6"),
        ("M 1 2 L 3 4 M 5 6 L 7 8", "M1 2 3 4M5 6 7 8"),
        ("M 0.5 -0.25 C 1 2 3 4 5 6 C 7 8 9 10 11 12", "M.5-.25C1 2 3 4 5 6 7 8 9 10 11 12"),
        ("M 1 2 L 1 2 z M 10.0 2 L 1 2", "M1 2H1zM10 2H1"),
    ],
)
def test_paths_keep_their_way_in_fewer_letters(path, short):
    assert slimmed(f'<path d="{path}"/>')[0].get("d") == short


def test_what_most_texts_say_is_said_once_and_black_stays_black():
    root = slimmed(
        '<path d="M 0 0 L 1 2"/><defs><path id="a" d="M 0 0 L 1 2"/></defs><use href="#a" fill="#ff0000"/>'
        '<text fill="#1f1f1f" font-size="8px">one</text><text fill="#1f1f1f" font-size="8px">two</text>'
        '<text fill="#1f1f1f" font-size="7.5px">three</text>'
    )
    assert (root.get("fill"), root.get("font-size")) == ("#1f1f1f", "8px")
    assert [text.attrib for text in root.iter(f"{{{SVG}}}text")] == [{}, {}, {"font-size": "7.5px"}]
    drawn, stamp = root.findall(f".//{{{SVG}}}path")
    assert drawn.get("fill") == "#000000"
    assert stamp.get("fill") is None  # it takes the colour of its uses


def test_a_group_with_a_colour_of_its_own_keeps_what_lies_in_it():
    root = slimmed('<g fill="#ff0000"><text fill="#1f1f1f">one</text></g>')
    assert root.get("fill") is None
    assert root[0][0].get("fill") == "#1f1f1f"
