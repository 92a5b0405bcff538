import pytest
from playwright.sync_api import expect

CLAIM = "The bridge opened on time"


def _card(page, name="eco-01"):
    return page.locator(f"#card-{name}")


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_a_marker_opens_its_card_and_escape_brings_the_reader_back(visit, width):
    page = visit(width=width)
    marker = page.locator("main .claim").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(_card(page)).to_be_visible()
    box = _card(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    expect(_card(page).get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(_card(page)).to_be_hidden()
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    expect(_card(page)).to_be_visible()
    marker.click()
    expect(_card(page)).to_be_hidden()


def test_a_marker_pressed_in_the_moment_after_its_card_was_closed_opens_it_again(visit):
    page = visit()
    marker = page.locator("main .claim").first
    marker.press("Enter")
    expect(_card(page)).to_be_visible()
    # Both in one task: the browser tells only after it that the card is closed.
    marker.evaluate("link => { document.querySelector('.card').hidePopover(); link.click() }")
    expect(_card(page)).to_be_visible()


@pytest.mark.parametrize("width", [320, 1440])
def test_without_a_script_a_marker_leads_to_all_that_a_card_says(visit, width):
    page = visit(width=width, java_script_enabled=False)
    page.locator("main .claim").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#claim-eco-01")
    entry = page.locator("#claim-eco-01")
    expect(entry).to_be_in_viewport()
    expect(entry).to_contain_text("A1 (reliable, confirmed by others)")


def test_a_card_opens_by_touch_and_closes_by_its_button(visit):
    page = visit(width=320, has_touch=True)
    page.locator("main .claim").first.tap()
    _card(page).get_by_role("button", name="Close").tap()
    expect(_card(page)).to_be_hidden()


def test_a_marker_says_its_verdict_in_a_word_and_a_shape(visit):
    marker = visit().locator("main .claim").nth(1)
    assert marker.inner_text().split() == ["eco-03", "◷", "outdated"]


def test_every_card_says_what_its_entry_says(visit):
    page = visit()
    page.locator(".controls").wait_for()
    expect(page.locator(".explorer tbody .claim")).to_have_count(7)  # the table cites all of them
    for number in range(1, 8):
        name = f"eco-0{number}"
        card, entry = _card(page, name), page.locator(f"#claim-{name}")
        page.locator(f".explorer tbody .claim[href='#claim-{name}']").click()
        expect(page.locator(".card")).to_have_count(1)
        assert card.get_attribute("data-verdict") == entry.get_attribute("data-verdict")
        parts = ":scope > p:not(.onward), li"
        said = card.locator(parts).all_text_contents()
        assert said == entry.locator(":scope > p, li").all_text_contents()
        assert len(said) >= 3


def test_grades_are_spelled_out_in_the_cards_evidence(visit):
    page = visit()
    page.locator("main .claim").first.click()
    evidence = _card(page).locator("details")
    expect(evidence.locator("li")).to_be_hidden()
    evidence.locator("summary").click()
    expect(evidence).to_contain_text("A1 (reliable, confirmed by others)")


def test_a_card_says_how_much_evidence_there_is(visit):
    page = visit()
    page.locator("main .claim").first.click()
    expect(_card(page).locator("summary")).to_have_text("Evidence: 1 item")


def test_the_passage_opens_in_the_article(visit):
    page = visit()
    page.locator("main .claim").first.click()
    link = _card(page).locator("a[href*=':~:text=']")
    assert link.get_attribute("href").startswith("https://example.org/a#:~:text=The%20bridge")


def test_following_a_card_to_its_entry_closes_it(visit):
    page = visit()
    page.locator("main .claim").first.click()
    page.get_by_role("link", name="eco-01 in the ledger").click()
    expect(_card(page)).to_be_hidden()
    page.wait_for_url("**#claim-eco-01")


def test_where_a_browser_knows_no_popovers_markers_lead_to_the_entries(visit):
    page = visit()
    page.evaluate("delete HTMLElement.prototype.showPopover")
    page.locator("main .claim").first.click()
    page.wait_for_url("**#claim-eco-01")
    expect(page.locator("#claim-eco-01")).to_be_in_viewport()


def test_on_paper_there_are_no_cards(visit):
    page = visit()
    page.locator("main .claim").first.click()
    page.emulate_media(media="print")
    expect(_card(page)).to_be_hidden()
    expect(page.locator("#claim-eco-01")).to_be_visible()


def test_a_restatement_leads_on_to_the_first_statement(visit):
    page = visit("claim-eco-04")
    page.locator("#claim-eco-04 .claim").click()
    expect(_card(page, "eco-01")).to_be_visible()


def test_a_card_closes_when_the_keyboard_goes_on_to_what_lies_behind_it(visit):
    page = visit()
    marker = page.locator("main .claim").first
    marker.press("Enter")
    expect(_card(page)).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(marker).to_be_focused()
    expect(_card(page)).to_be_visible()
    outside = "!document.activeElement.closest('.card, .claim')"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(outside):
            break
    assert page.evaluate(outside)
    expect(_card(page)).to_have_count(0)


def test_a_card_keeps_its_size_beside_its_marker_and_goes_with_it(visit):
    page = visit()
    marker, card = page.locator("main .claim").first, _card(page)
    page.evaluate("document.querySelector('main').style.padding = '100vh 0'")
    marker.evaluate("(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - 700)")
    marker.click()
    height = card.bounding_box()["height"]
    assert card.bounding_box()["y"] + height <= marker.bounding_box()["y"]
    page.evaluate("scrollBy(0, 500)")  # there is no room above the marker any more, but below it
    card.and_(page.locator(":not(.above)")).wait_for()
    box = card.bounding_box()
    assert box["height"] == pytest.approx(height, abs=1)
    assert box["y"] >= marker.bounding_box()["y"]
    page.evaluate("scrollBy(0, 500)")
    expect(card).to_have_count(0)
