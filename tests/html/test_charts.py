"""The charts of the real report under mouse, keyboard and touch, and without a script."""

import pytest
from playwright.sync_api import expect

FORMS = [
    "fig-votes",  # lines
    "fig-verdicts",  # parts of bars
    "fig-launches",  # columns
    "fig-ages",  # dots
    "fig-payments",  # waits
    "fig-iran-trade",  # ranges
    "fig-oil-spread",  # a distribution
    "fig-squares",  # squares, and sums that are of no series
]
# What the tip of a chart says, and whether tip and frame lie in the window.
IN_VIEW = """(picture) => {
  const [tip, ring] = ['.tip', '.ring'].map((name) => picture.querySelector(name));
  const boxes = [tip, ring].map((one) => one.getBoundingClientRect());
  return [tip.textContent, boxes.every((box) => box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight)];
}"""
WIDTHS = (320, 768, 1440)


def chart(page, label):
    """The chart, its marks and its tip."""
    picture = page.locator(f"#{label} .picture:visible")
    return picture, picture.locator("[data-label], [data-mark]"), picture.locator(".tip")


def inside(page, part):
    """Whether a part lies in the window."""
    box, window = part.bounding_box(), page.viewport_size
    return box["x"] >= 0 and box["x"] + box["width"] <= window["width"] and 0 <= box["y"] <= window["height"]


def test_a_mouse_reads_a_mark_and_leaves_no_trace(look):
    page = look()
    for label in FORMS:
        picture, marks, tip = chart(page, label)
        mark = marks.nth(1)
        mark.scroll_into_view_if_needed()
        box = mark.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert tip.inner_text() in marks.evaluate_all("(all) => all.map((one) => one.dataset.label)"), label
        assert inside(page, tip), label
        expect(picture.locator(".ring"), label).to_be_visible()
        page.mouse.move(2, 2)
        expect(tip, label).to_have_text("")
        expect(picture.locator(".ring, .dimmed"), label).to_have_count(0)


def test_a_tip_can_be_pointed_at_and_sent_away(look):
    page = look()
    _, marks, tip = chart(page, "fig-verdicts")
    marks.nth(5).hover()
    said = tip.inner_text()
    tip.hover()
    expect(tip).to_have_text(said)
    page.keyboard.press("Escape")
    expect(tip).to_have_text("")


def test_the_mark_nearest_along_the_line_answers_a_mouse_that_points_at_none(look):
    page = look()
    picture, marks, tip = chart(page, "fig-launches")
    mark = marks.nth(5)
    picture.scroll_into_view_if_needed()
    box, frame = mark.bounding_box(), picture.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, frame["y"] + frame["height"] / 2)
    expect(tip).to_have_text(mark.get_attribute("data-label"))


def test_key_and_names_pick_out_their_series(look):
    page = look()
    for label in ("fig-verdicts", "fig-votes"):
        picture, _, tip = chart(page, label)
        name = picture.locator("[data-series]:not([data-label])").filter(has=page.locator("text")).first
        name.hover()
        series = name.get_attribute("data-series")
        parts = picture.locator("[data-series]").evaluate_all(
            "(all) => all.map((one) => [one.dataset.series, one.classList.contains('dimmed')])"
        )
        assert {dimmed for other, dimmed in parts if other == series} == {False}, label
        assert {dimmed for other, dimmed in parts if other != series} == {True}, label
        expect(tip, label).to_have_text("")


@pytest.mark.parametrize(
    ("label", "width"), [("fig-verdicts", 320), ("fig-ages", 768), ("fig-verdicts", 1440)]
)
def test_the_arrow_keys_walk_every_mark(look, width, label):
    page = look(width)
    picture, marks, tip = chart(page, label)
    labels = marks.evaluate_all("(all) => all.map((one) => one.dataset.label)")
    picture.focus()
    walked, outside = [], []
    for _ in labels:
        page.keyboard.press("ArrowRight")
        said, seen = picture.evaluate(IN_VIEW)
        walked.append(said)
        outside += [] if seen else [said]
    assert walked == labels
    assert outside == []
    page.keyboard.press("Home")
    expect(tip).to_have_text(labels[0])
    page.keyboard.press("ArrowDown")
    rows = marks.evaluate_all("(all) => all.map((one) => one.dataset.row ?? one.dataset.series)")
    second = next(row for row in rows if row != rows[0])
    assert rows[labels.index(tip.inner_text())] == second


def test_a_chart_is_one_tab_stop_that_says_how_it_is_read(look):
    page = look()
    picture, _, tip = chart(page, "fig-verdicts")
    before = page.locator("#fig-verdicts").evaluate_handle(
        "(one) => one.querySelector('figcaption a:last-of-type')"
    )
    before.focus()
    page.keyboard.press("Tab")
    expect(picture).to_be_focused()
    expect(tip).to_have_text("The arrow keys read the values.")
    alternative = picture.locator("svg").get_attribute("aria-label")
    expect(picture).to_have_attribute("aria-label", f"{alternative} The arrow keys read the values.")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(tip).to_have_text("")
    expect(picture.locator(".ring, .dimmed")).to_have_count(0)
    page.keyboard.press("Tab")
    assert not picture.evaluate("(one) => one.contains(document.activeElement)")


def test_a_finger_reads_a_mark_until_it_taps_elsewhere(visit, report_path):
    page = visit(path=report_path, width=320, has_touch=True)
    for label in ("fig-launches", "fig-partners"):
        _, marks, tip = chart(page, label)
        marks.nth(3).scroll_into_view_if_needed()
        marks.nth(3).tap()
        assert tip.inner_text() in marks.evaluate_all("(all) => all.map((one) => one.dataset.label)"), label
        assert inside(page, tip), label
        page.locator(f"#{label} figcaption").tap(position={"x": 3, "y": 3})
        expect(tip, label).to_have_text("")


def test_escape_leaves_the_chart_before_it_closes_the_larger_view(look):
    page = look()
    page.locator("#fig-votes").get_by_role("button", name="Enlarge").click()
    dialog = page.locator("dialog.enlarged")
    dialog.locator(".picture").focus()
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".tip")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(dialog.locator(".tip")).to_have_text("")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_without_a_script_a_chart_is_a_picture(visit, report_path):
    page = visit(path=report_path, java_script_enabled=False)
    picture, marks, tip = chart(page, "fig-verdicts")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        marks.first.scroll_into_view_if_needed()
        marks.first.hover()
        expect(tip).to_have_count(0)
        expect(picture).to_have_attribute("role", "group")
        expect(picture.locator("svg")).to_have_attribute("role", "img")


def test_motion_and_colours_of_the_reader_are_respected(visit, report_path):
    page = visit(path=report_path, reduced_motion="reduce", forced_colors="active")
    picture, marks, _ = chart(page, "fig-verdicts")
    marks.nth(1).hover()
    assert marks.first.evaluate("(one) => getComputedStyle(one).transitionDuration") == "0s"
    assert picture.locator(".ring").evaluate("(one) => getComputedStyle(one).strokeWidth") == "2px"


def test_a_mark_that_leads_to_a_claim_opens_its_card(visit, report_path):
    page = visit(path=report_path)
    picture, marks, _ = chart(page, "fig-verdicts")
    marks.evaluate_all("(all) => all.slice(0, 2).forEach((mark) => { mark.dataset.link = '#claim-eco-03'; })")
    card = page.locator("#card-eco-03")
    marks.first.click()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    picture.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(card).to_be_visible()


def test_a_card_stays_beside_its_square_while_the_mouse_goes_to_it(look):
    page = look()
    picture, _, tip = chart(page, "fig-squares")
    square = picture.locator("[data-link='#claim-eco-16']")
    square.click()
    card = page.locator(".card:popover-open")
    before = card.bounding_box()
    start, end = square.bounding_box(), card.get_by_role("button", name="Close").bounding_box()
    frame = picture.bounding_box()
    page.mouse.move(frame["x"] + frame["width"] - 5, start["y"])  # past other squares
    page.mouse.move(end["x"], end["y"], steps=20)
    assert card.bounding_box() == before
    expect(tip).to_have_text("")
    page.mouse.click(end["x"] + 3, end["y"] + 3)
    expect(card).to_have_count(0)


def test_colours_that_tell_marks_apart_stay_while_a_mark_is_read(look):
    page = look()
    for label, steps_back in (("fig-launches", False), ("fig-ages", False), ("fig-votes", True)):
        picture, marks, _ = chart(page, label)
        marks.nth(9).hover()
        expect(picture.locator(".ring"), label).to_be_visible()
        assert (picture.locator(".dimmed").count() > 0) == steps_back, label
    picture, _, _ = chart(page, "fig-launches")
    key = picture.locator("[data-series]:not([data-label])")
    key.first.hover()
    faint = picture.locator("[data-label].dimmed").first
    page.wait_for_function("(one) => getComputedStyle(one).opacity < 0.2", arg=faint.element_handle())
    shown = key.evaluate_all("(all) => all.map((one) => getComputedStyle(one).opacity)")
    assert set(shown) == {"1"}


def test_grounds_have_an_outline_where_the_system_sets_its_own_colours(visit, report_path):
    page = visit(path=report_path, forced_colors="active", color_scheme="dark")
    ground = page.locator("#fig-launches .wide [fill='#efefef']").first
    assert ground.evaluate("(one) => getComputedStyle(one).stroke") == "rgb(255, 255, 255)"
    lane = page.locator("#fig-bushehr tbody .lane").first
    assert lane.evaluate("(one) => getComputedStyle(one).borderRightStyle") == "solid"
    assert "rgb(255, 255, 255)" in lane.evaluate("(one) => getComputedStyle(one).backgroundImage")
