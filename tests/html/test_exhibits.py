import csv
import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from sourcebook.core.vocabulary import VERDICTS
from sourcebook.render.document import plain, text
from sourcebook.render.formats.html_tables import open_table
from sourcebook.render.table_nodes import build_table


def test_data_are_read_as_a_table_and_taken_as_csv(visit):
    page = visit()
    data = page.locator("#fig-tolls details.data")
    data.locator("summary").click()
    expect(data.locator("td")).to_have_text(["2023", "7.5", "2024", "8, or 9"], use_inner_text=True)
    with page.expect_download() as started:
        data.get_by_role("button", name="Download as CSV").click()
    assert started.value.suggested_filename == "fig-tolls.csv"
    text = started.value.path().read_text()
    assert list(csv.reader(io.StringIO(text))) == [["year", "tolls"], ["2023", "7.5"], ["2024", "8, or 9"]]


def test_data_can_be_read_on_a_phone(visit, report_path):
    page = visit(width=390, path=report_path)
    data = page.locator("#fig-launches details.data")
    data.locator("summary").click()
    data.locator("td").first.wait_for()
    counts = data.locator("td:nth-child(2)").all_inner_texts()
    assert {one for one in counts if not one.isdigit()} <= {""}
    first, box = data.locator("td").first, data.locator(".scroll")
    lines = "(one) => { const all = document.createRange(); all.selectNodeContents(one); return all.getClientRects().length; }"
    assert first.evaluate(lines) == 1
    before = first.bounding_box()["x"]
    box.evaluate("(one) => { one.scrollLeft = 300; }")
    assert box.evaluate("(one) => one.scrollLeft") == 300
    assert first.bounding_box()["x"] == before
    rows = data.locator("tbody tr").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert 3 * max(rows) < box.bounding_box()["height"]


def test_the_data_of_a_table_need_no_script(visit):
    page = visit(java_script_enabled=False)
    with page.expect_download() as started:
        page.locator("#tbl-tolls .data a").click()
    assert started.value.path().read_text().startswith("year,tolls\n2023,7.5\n")


def test_the_code_behind_an_exhibit_is_shown_with_its_cell(visit):
    page = visit()
    code = page.locator("#fig-tolls details.code")
    code.locator("summary").click()
    expect(code.locator("pre")).to_have_text("draw(tolls)")
    expect(code).to_contain_text("notebooks/findings.ipynb, cell 2")


def test_a_picture_can_be_enlarged_and_comes_back(visit):
    page = visit()
    button = page.get_by_role("button", name="Enlarge Figure")
    button.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    button.click()
    dialog = page.get_by_role("dialog", name="Figure 1. Tolls rise")
    expect(dialog.locator("svg")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#fig-tolls > .picture svg")).to_be_visible()
    expect(button).to_be_focused()
    assert page.evaluate("scrollY") == before


@pytest.mark.parametrize(("label", "turned"), [("fig-launches", True), ("fig-ages", False)])
def test_on_an_upright_phone_all_of_a_larger_drawing_is_seen_and_can_be_read(
    visit, report_path, label, turned
):
    page = visit(width=390, path=report_path, has_touch=True)
    figure = page.locator(f"#{label}")
    before = _extent(figure.locator(".picture:visible"))
    figure.get_by_role("button", name="Enlarge").tap()
    picture = page.locator("dialog.enlarged .picture")
    left, top, right, bottom = after = _extent(picture)
    assert left >= 0 and top >= 0 and right <= 390 and bottom <= 900  # noqa: PT018
    assert _area(after) > _area(before)
    assert turned == (picture.locator("text").first.evaluate("(one) => one.getScreenCTM().b") > 0)
    mark = picture.locator("[data-label]").nth(5)
    mark.tap()
    tip = picture.locator(".tip")
    expect(tip).to_have_text(mark.get_attribute("data-label"))
    box = tip.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 900


# Left, top, right and bottom of all that is drawn.
EXTENT = """(picture) => {
  const boxes = [...picture.querySelectorAll('svg :is(path, text, use)')].map((one) => one.getBoundingClientRect());
  const end = (side, name) => Math[side](...boxes.map((box) => box[name]));
  return [end('min', 'left'), end('min', 'top'), end('max', 'right'), end('max', 'bottom')];
}"""


def _extent(picture):
    return picture.evaluate(EXTENT)


def _area(extent):
    left, top, right, bottom = extent
    return (right - left) * (bottom - top)


def test_every_exhibit_can_be_cited(visit):
    page = visit()
    page.locator("#fig-tolls details.cite summary").click()
    said = page.locator("#fig-tolls details.cite p").inner_text()
    assert said == (
        "Figure 1, “Tolls rise”, in: The authors: Two towns: does the bridge help?, "
        "edition of 22 November 2026, #fig-tolls."
    )
    page.locator("#fig-tolls details.cite button").click()
    page.get_by_text("Copied").or_(page.get_by_text("Selected")).wait_for()


def test_the_name_of_an_exhibit_is_its_permalink(visit):
    assert (
        visit().locator('#fig-tolls figcaption a.number[href="#fig-tolls"]').inner_text() == "Figure\u00a01."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_goes_on_beyond_an_edge_is_shaded_there(visit, scheme):
    page = visit(width=320, color_scheme=scheme)
    long = "(one) => { one.open = true; one.querySelector('code').textContent = 'x'.repeat(300); }"
    page.locator("#fig-tolls details.code").evaluate(long)  # charts and tables fit
    box = page.locator("#fig-tolls details.code pre")
    assert _shades(box) == [False, True]
    box.evaluate("(one) => { one.scrollLeft = one.scrollWidth; }")
    assert _shades(box) == [True, False]


def _shades(box):
    """Whether the left and the right edge of a box, at its foot, have another colour than the ground beside them."""
    picture = Image.open(io.BytesIO(box.screenshot())).convert("L")
    row = picture.height - 6
    edges = ((0, picture.width // 2), (picture.width - 1, picture.width // 2))
    return [abs(picture.getpixel((x, row)) - picture.getpixel((ground, row))) > 40 for x, ground in edges]


def test_a_number_stands_beside_its_equation_however_narrow_the_page(visit):
    page = visit(width=320)
    equation = page.locator("#eq-tolls math").bounding_box()
    assert page.locator("#eq-tolls > span").bounding_box()["x"] >= equation["x"] + equation["width"]


def test_a_chart_keeps_its_hues_where_the_system_sets_its_own_and_takes_its_ink(visit):
    page = visit(width=320, forced_colors="active", color_scheme="dark")
    fill = "(one) => getComputedStyle(one).fill"
    hue = VERDICTS["accurate"].dark
    assert (
        page.locator("#fig-tolls rect").evaluate(fill)
        == f"rgb({', '.join(str(int(hue[n : n + 2], 16)) for n in (1, 3, 5))})"
    )
    assert page.locator("#fig-tolls text").evaluate(fill) == "rgb(255, 255, 255)"


def test_the_head_of_a_chart_says_label_finding_and_measure_once_and_its_caption_stands_below(visit):
    figure = visit(width=320).locator("#fig-tolls")
    assert figure.locator("figcaption").inner_text().splitlines() == [
        "Figure\u00a01.",
        "Tolls rise",
        "crowns",
    ]
    assert figure.inner_text().count("Tolls by year.") == 1
    below = figure.locator(".caption").bounding_box()["y"]
    assert below > figure.locator(".picture").bounding_box()["y"]


def test_on_a_phone_a_row_is_a_card_whose_cells_name_their_columns(visit):
    page = visit(width=320)
    name = "(one) => getComputedStyle(one, '::before').content"
    assert [page.locator("#tbl-tolls tbody td").nth(n).evaluate(name) for n in (0, 2)] == [
        '"Tolls"',
        '"Claim"',
    ]
    assert page.locator("#tbl-tolls table").bounding_box()["width"] <= 320
    page.set_viewport_size({"width": 768, "height": 900})
    assert page.locator("#tbl-tolls tbody td").first.evaluate(name) == "none"


def test_code_has_the_same_ground_on_every_screen(visit):
    grounds = [
        visit(width=width)
        .locator("#fig-tolls details.code pre")
        .evaluate("(one) => getComputedStyle(one).backgroundColor")
        for width in (320, 1440)
    ]
    assert grounds[0] == grounds[1] != "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    ("cells", "cards"),
    [
        (["1990", "12", "7", "4.5"], False),
        (["1990", "12", "7", "a text of several words"], True),
        (["1990", "1,234,567", "1,234,567", "1,234,567,890"], True),
        (["1990", "a text of several words"], False),
    ],
)
def test_a_table_becomes_cards_only_where_a_phone_has_no_room_for_it(cells, cards):
    columns = [{"label": f"{'Quantities' if len(cells[1]) > 8 else 'No.'} {n}"} for n, _ in enumerate(cells)]
    table = build_table(columns, [[plain(text(cell))] for cell in cells])
    assert ("cards" in open_table(table, "en")) == cards
