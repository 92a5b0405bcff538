import csv
import os

import pytest
from playwright.sync_api import expect

ROWS = ".explorer tbody tr"


@pytest.fixture
def explorer(visit):
    page = visit("claims?")
    page.locator(".controls").wait_for()
    return page


def test_without_a_script_the_table_is_complete(visit):
    page = visit(java_script_enabled=False)
    expect(page.locator(ROWS)).to_have_count(7)
    expect(page.locator(".controls")).to_have_count(0)


def test_it_is_ready_before_the_reader_gets_there_so_that_nothing_moves_under_the_pointer(visit, report_path):
    page = visit(path=report_path)
    page.locator(".controls").wait_for()
    assert page.evaluate("scrollY") == 0
    page.locator(f"{ROWS} .claim").first.click()
    expect(page.locator(".card:popover-open")).to_have_count(1)


def test_filters_narrow_the_table_count_and_bar(explorer):
    explorer.get_by_label("Verdict").select_option("outdated")
    expect(explorer.locator(ROWS)).to_have_count(1)
    expect(explorer.locator(".explorer [role=status]")).to_have_text("1 of 7 claims")
    assert explorer.locator(".explorer .verdict-bar").inner_text().split() == ["◷", "1", "outdated"]


def test_the_choice_is_in_the_address_and_comes_back_from_it(explorer, visit):
    explorer.get_by_label("Direction").select_option("supports")
    explorer.get_by_label("Search claims and evidence").fill("bridge")
    explorer.wait_for_url("**#claims?*q=bridge*")
    shown = explorer.locator(ROWS).all_inner_texts()
    again = visit(explorer.url.partition("#")[2])
    again.locator(".controls").wait_for()
    expect(again.locator(ROWS)).to_have_text(shown, use_inner_text=True)
    expect(again.get_by_label("Direction")).to_have_value("supports")


def test_search_looks_into_the_evidence_too(explorer):
    explorer.get_by_label("Search claims and evidence").fill("ferry sank")
    explorer.wait_for_url("**q=ferry*")
    assert (
        explorer.locator(f"{ROWS} th .claim").all_inner_texts() == ["eco-03"]
        or explorer.locator(ROWS).count() == 1
    )


def test_a_row_shows_what_was_found_in_its_evidence_alone(explorer):
    search = explorer.get_by_label("Search claims and evidence")
    search.fill("ferry boats")
    found = explorer.locator(f"{ROWS} .found")
    expect(found).to_contain_text("The ferry <script>sailed</script> & sank.")
    expect(found.locator("mark")).to_have_text(["ferry"])
    search.fill("boats")
    expect(found).to_have_count(0)
    expect(explorer.locator(ROWS)).to_have_count(1)


def test_a_count_of_a_verdict_chooses_it_and_again_all(explorer):
    count = explorer.locator(".explorer .verdict-bar").get_by_role("button", name="outdated")
    count.press("Enter")
    expect(explorer.locator(ROWS)).to_have_count(1)
    expect(explorer.get_by_label("Verdict")).to_have_value("outdated")
    expect(count).to_be_focused()
    expect(count).to_have_attribute("aria-pressed", "true")
    explorer.keyboard.press("Enter")
    expect(explorer.locator(ROWS)).to_have_count(7)
    explorer.wait_for_url("**#claims")


HEAD = "(one) => { const box = one.tHead.getBoundingClientRect(); return [box.top, one.getBoundingClientRect().top]; }"


@pytest.mark.parametrize(("width", "stays"), [(1440, True), (1024, True), (390, False)])
def test_the_head_of_a_long_table_stays_in_sight_where_there_is_room(visit, report_path, width, stays):
    page = visit("claims?", width=width, path=report_path)
    page.locator(".controls").wait_for()
    for table in ("#claims table", "#tbl-forecasts table"):
        row = page.locator(f"{table} tbody tr").nth(12)
        row.scroll_into_view_if_needed()
        if stays:
            page.locator(f".fits > {table.split()[1]}").first.wait_for()
        row.evaluate("(one) => scrollBy(0, one.getBoundingClientRect().top - 300)")
        top, whole = page.locator(table).evaluate(HEAD)
        assert whole < -50
        assert (0 <= top < 60) == stays
    if stays:
        page.locator("#claims tbody tr").nth(60).evaluate("(one) => one.scrollIntoView({block: 'center'})")
        page.locator("#claims thead button").nth(3).click()
        said = page.locator(".explorer [role=status]")
        expect(said).to_contain_text("claims, sorted by verdict")


def test_columns_sort_both_ways_by_keyboard(explorer):
    head = explorer.get_by_role("button", name="Verdict")
    names = lambda: [text.split()[0] for text in explorer.locator(f"{ROWS} th").all_inner_texts()]  # noqa: E731
    head.focus()
    explorer.keyboard.press("Enter")
    expect(explorer.get_by_role("columnheader", name="Verdict")).to_have_attribute("aria-sort", "ascending")
    assert names() == [f"eco-0{n}" for n in range(1, 8)]
    explorer.keyboard.press("Enter")
    assert names() == [f"eco-0{n}" for n in range(7, 0, -1)]


def test_the_selection_downloads_as_csv(explorer):
    explorer.get_by_label("Confidence").select_option("high")
    with explorer.expect_download() as started:
        explorer.locator(".explorer").get_by_role("button", name="Download as CSV").click()
    with started.value.path().open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["claim"] for row in rows] == ["eco-02", "eco-04", "eco-06"]
    assert rows[0]["verdict"] == "mostly accurate"


def test_show_all_brings_everything_back(explorer):
    explorer.get_by_label("Verdict").select_option("outdated")
    explorer.get_by_role("button", name="Show all").click()
    expect(explorer.locator(ROWS)).to_have_count(7)
    explorer.wait_for_url("**#claims")


def test_of_thousands_of_claims_only_those_near_the_reader_are_in_the_page(visit, page_path, tmp_path):
    head, rest = _split_at_explorer(page_path.read_text())
    body, tail = rest.split("</table>", 1)
    first = "<tr>" + body.split("<tr>")[1]
    count = 20_000 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 4_000
    rows = "".join(first.replace("eco-01", f"x-{number}") for number in range(count))
    path = tmp_path / "large.html"
    path.write_text(head + "<tbody>" + rows + "</table>" + tail)
    large = visit("claims?", path=path)
    large.locator(".controls").wait_for()
    large.get_by_label("Verdict").select_option("accurate")
    expect(large.locator(".explorer [role=status]")).to_have_text(f"All {count} claims")
    assert 0 < large.locator(ROWS).count() <= 600
    large.locator(ROWS).last.scroll_into_view_if_needed()
    large.locator(f"{ROWS}:nth-child(301)").wait_for(state="attached")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_claim_stays_in_sight_while_one_reads_across(visit, scripts):
    page = visit(width=320, java_script_enabled=scripts)
    marker, verdict = (
        page.locator(f"{ROWS}:first-child").locator(part) for part in (".claim", "td >> nth=2")
    )
    before = marker.bounding_box()["x"]
    page.locator(".explorer .scroll").evaluate("(one) => { one.scrollLeft = 330; }")
    assert marker.bounding_box()["x"] == before
    assert verdict.bounding_box()["x"] < 320


@pytest.mark.parametrize("width", [320, 390])
def test_what_a_claim_says_fits_beside_it_on_a_telephone(visit, report_path, width):
    page = visit(width=width, path=report_path)
    box = page.locator(f"{ROWS} td").first.bounding_box()
    assert box["x"] + box["width"] <= width


def _split_at_explorer(page):
    start = page.index("<tbody>", page.index('<div class="explorer"'))
    return page[:start], page[start + len("<tbody>") :]


def test_print_has_the_entries_and_the_table_only_where_a_choice_is_made(explorer):
    explorer.emulate_media(media="print")
    expect(explorer.locator(".claim-entry").first).to_be_visible()
    expect(explorer.locator(".explorer")).to_be_hidden()
    explorer.emulate_media(media="screen")
    explorer.get_by_label("Verdict").select_option("outdated")
    explorer.emulate_media(media="print")
    expect(explorer.locator(ROWS)).to_have_count(1)
    expect(explorer.locator(ROWS)).to_be_visible()
