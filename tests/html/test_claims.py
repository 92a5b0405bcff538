import pytest
from playwright.sync_api import expect

CLAIM = "The bridge opened on time"


def _card(page, name="eco-01"):
    return page.locator(f"#card-{name}")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_a_marker_opens_its_card_and_escape_brings_the_reader_back(visit, scripts, width):
    page = visit(width=width, java_script_enabled=scripts)
    marker = page.locator("main button.claim").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(_card(page)).to_be_visible()
    box = _card(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    expect(_card(page)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(_card(page)).to_be_visible()


def test_a_card_opens_by_touch_and_closes_by_its_button(visit):
    page = visit(width=320, has_touch=True)
    page.locator("main button.claim").first.tap()
    _card(page).get_by_role("button", name="Close").tap()
    expect(_card(page)).to_be_hidden()


def test_a_marker_says_its_verdict_in_a_word_and_a_shape(visit):
    marker = visit().locator("main button.claim").nth(1)
    assert marker.inner_text().split() == ["eco-03", "◷", "outdated"]


def test_every_card_says_what_its_entry_says(visit):
    page = visit()
    cards = page.locator(".card")
    expect(cards).to_have_count(7)  # the ledger's table cites all of them
    for card in cards.all():
        name = card.get_attribute("id").removeprefix("card-")
        entry = page.locator(f"#claim-{name}")
        card.evaluate("(one) => one.showPopover()")
        parts = ":scope > p:not(.onward), li"
        said = card.locator(parts).all_text_contents()
        assert said == entry.locator(":scope > p, li").all_text_contents()
        assert len(said) >= 3


def test_grades_are_spelled_out_in_the_cards_evidence(visit):
    page = visit()
    page.locator("main button.claim").first.click()
    evidence = _card(page).locator("details")
    expect(evidence.locator("li")).to_be_hidden()
    evidence.locator("summary").click()
    expect(evidence).to_contain_text("A1 (reliable, confirmed by others)")


def test_without_a_script_a_card_says_how_much_evidence_the_ledger_has(visit):
    page = visit(java_script_enabled=False)
    page.locator("main button.claim").first.click()
    expect(_card(page).locator(".evidence")).to_have_text("Evidence: 1 item")
    expect(_card(page).get_by_role("link", name="eco-01 in the ledger")).to_be_visible()


def test_the_passage_opens_in_the_article(visit):
    link = visit().locator("#card-eco-01 a[href*=':~:text=']")
    assert link.get_attribute("href").startswith("https://example.org/a#:~:text=The%20bridge")


def test_following_a_card_to_its_entry_closes_it(visit):
    page = visit()
    page.locator("main button.claim").first.click()
    page.get_by_role("link", name="eco-01 in the ledger").click()
    expect(_card(page)).to_be_hidden()
    page.wait_for_url("**#claim-eco-01")


def test_without_popovers_markers_lead_to_the_entries(page_path):
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page_path.read_text())
    for marker in tree.css("button.claim"):
        fallback = marker.next
        assert fallback.tag == "a"
        assert "hidden" in fallback.attributes
        assert tree.css_first(fallback.attributes["href"]) is not None
    assert "not selector(:popover-open)" in tree.css_first("style").text()


def test_on_paper_there_are_no_cards(visit):
    page = visit()
    page.locator("main button.claim").first.click()
    page.emulate_media(media="print")
    expect(_card(page)).to_be_hidden()
    expect(page.locator("#claim-eco-01")).to_be_visible()


def test_a_restatement_leads_on_to_the_first_statement(visit):
    page = visit("claim-eco-04")
    page.locator("#claim-eco-04 button.claim").click()
    expect(_card(page, "eco-01")).to_be_visible()
