"""Where lines end."""

import pytest

from sourcebook.render.formats.html_linebreaks import keep_together, loosen_address, shorten_address

# The first character after each marker, and whether it stands on the marker's line, in paragraphs of each width.
FOLLOWERS = """() => {
  const follow = (marker) => {
    const walker = document.createTreeWalker(marker.closest('p'), NodeFilter.SHOW_TEXT);
    walker.currentNode = marker.lastElementChild.firstChild;
    const range = document.createRange(), box = marker.getBoundingClientRect();
    range.setStart(walker.nextNode(), 0);
    range.setEnd(walker.currentNode, 1);
    return [range.toString(), range.getBoundingClientRect().top < box.bottom];
  };
  const markers = [...document.querySelectorAll('main p .claim')], found = [];
  for (let width = 200; width < 420; width++) {
    for (const marker of markers) marker.closest('p').style.width = `${width}px`;
    found.push(...markers.map(follow));
  }
  return found;
}"""


@pytest.mark.parametrize("scripts", [True, False])
def test_no_line_begins_with_the_punctuation_after_a_marker(visit, scripts):
    page = visit(java_script_enabled=scripts)
    assert {tuple(found) for found in page.evaluate(FOLLOWERS) if found[0] == ","} == {(",", True)}


def test_markers_keep_the_signs_around_them_and_nothing_else():
    marker = {"t": "RawInline", "c": ["html", '<a class="claim">eco-01</a>']}
    words = [{"t": "Str", "c": "as said ("}, marker, {"t": "Str", "c": "); it"}, {"t": "Space"}, marker]
    before, kept, after, space, alone = keep_together(words)
    assert (before["c"], after["c"], space, alone) == ("as said ", " it", {"t": "Space"}, marker)
    assert [part["c"] for part in kept["c"][1]] == ["(", marker["c"], ");"]


@pytest.mark.parametrize("name", ["S-400", "Su-35", "Mi-28NE", "eco-03"])
def test_designations_stay_whole(name):
    before, kept, after = keep_together([{"t": "Str", "c": f"the {name}, in mid-June"}])
    assert (before["c"], after["c"]) == ("the ", ", in mid-June")
    assert kept["c"][1] == [{"t": "Str", "c": name}]


def test_addresses_break_at_their_joints_and_words_do_not():
    address = "https://example.org/a-path/page.html?one=1&two=2"
    parts = [part["c"] for part in loosen_address([{"t": "Str", "c": address}])]
    assert "".join(part for part in parts if isinstance(part, str)) == address
    assert parts[::2] == ["https://example.org/", "a-path/", "page.html", "?one=1", "&two=2"]
    assert set(map(tuple, parts[1::2])) == {("html", "<wbr>")}
    assert shorten_address(address) == "example.org/a-path/page.html…"
    assert shorten_address("http://www.example.org/") == "example.org"
    words = [{"t": "Str", "c": "either/or"}]
    assert loosen_address(words) == words
