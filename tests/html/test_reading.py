import hashlib
import json
import re

import pytest
from playwright.sync_api import expect
from selectolax.lexbor import LexborHTMLParser

from sourcebook.render.formats.typst import collect_attachments
from sourcebook.render.source.project import read_project


@pytest.fixture
def tree(page_path):
    return LexborHTMLParser(page_path.read_text())


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1440, "light")])
def test_no_state_of_the_page_has_a_barrier(visit, find_barriers, width, scheme):
    page = visit(width=width, color_scheme=scheme)
    assert find_barriers(page) == []
    page.locator("main .claim").first.click()
    page.locator(".card:popover-open summary").click()
    assert find_barriers(page) == []
    page.keyboard.press("Escape")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.goto(page.url + "#claims?verdict=outdated")
    page.locator(".controls").wait_for()
    expect(page.get_by_label("Verdict")).to_be_in_viewport()
    assert find_barriers(page) == []
    page.get_by_role("button", name="Enlarge").first.click()
    assert find_barriers(page) == []


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_only_boxes_meant_to_scroll_are_wider_than_the_page(visit, width):
    page = visit(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_screen_says_what_was_found_how_sure_and_what_is_not_shown(visit):
    page = visit()
    for words in ("The bridge helps both towns.", "high for 3, low for 3", "It does not show who paid."):
        box = page.get_by_text(words).first.bounding_box()
        assert box["y"] + box["height"] < 900
    expect(page.locator("header")).not_to_contain_text("It goes on.")


def test_contents_follow_the_reader(visit):
    page = visit()
    page.evaluate("document.getElementById('sec-more').scrollIntoView({behavior: 'instant'})")
    page.locator('.contents a[href="#sec-more"][aria-current]').wait_for()


def test_contents_fold_on_small_screens(visit):
    page = visit(width=320)
    entry = page.locator('.contents a[href="#sec-ledger"]')
    expect(entry).to_be_hidden()
    page.locator(".contents summary").click()
    entry.click()
    page.wait_for_url("**#sec-ledger")
    expect(entry).to_be_hidden()


def test_unfolded_contents_are_put_away_by_escape_a_tap_elsewhere_and_a_link_of_theirs(visit):
    page = visit(width=390, has_touch=True)
    summary, entry = page.locator(".contents summary"), page.locator('.contents a[href="#sec-ledger"]')
    ways = {
        "escape": lambda: page.keyboard.press("Escape"),
        "elsewhere": lambda: page.touchscreen.tap(200, 880),
        "link": entry.tap,
    }
    for way, go in ways.items():
        summary.tap()
        expect(entry, way).to_be_visible()
        go()
        expect(entry, way).to_be_hidden()
        if way == "escape":
            expect(summary).to_be_focused()
    page.wait_for_url("**#sec-ledger")


def test_a_finger_reads_a_note_where_its_mark_is(visit):
    page = visit(width=390, has_touch=True)
    mark = page.locator("main [role=doc-noteref]")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    mark.tap()
    card = page.get_by_role("dialog", name="Note 1")
    expect(card).to_contain_text("A note on tolls.")
    assert mark.bounding_box() == box
    card.get_by_role("button", name="Close").tap()
    expect(card).to_have_count(0)


def test_a_note_in_the_margin_is_pointed_out_without_a_move(visit, report_path):
    page = visit(path=report_path)
    mark = page.locator("#sec-unwilling [role=doc-noteref]").nth(1)
    note = page.locator(mark.get_attribute("href"))
    mark.evaluate("(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - 400)")
    box, plain = mark.bounding_box(), _outline(note)
    mark.press("Enter")
    expect(note).to_be_focused()
    assert mark.bounding_box() == box
    assert plain == "none" != _outline(note)
    page.keyboard.press("Escape")
    expect(mark).to_be_focused()
    expect(page.locator(".card")).to_have_count(0)


def test_a_source_that_an_address_leads_to_is_pointed_out(visit):
    assert _outline(visit("ref-gazette").locator("#ref-gazette")) != "none"


def _outline(part):
    return part.evaluate("(one) => getComputedStyle(one).outlineStyle")


def test_references_and_footnotes_are_previewed(visit):
    page = visit()
    page.locator('main a[href="#ref-gazette"]').first.hover()
    page.locator(".preview").wait_for()
    expect(page.locator(".preview")).to_contain_text("A Bridge at Last")
    page.keyboard.press("Escape")
    expect(page.locator(".preview")).to_have_count(0)
    page.locator("a.footnote-ref").hover()
    page.get_by_text("A note on tolls.").first.wait_for()


def test_every_inner_link_resolves_and_no_anchor_stands_twice(tree):
    anchors = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(anchors) == len(set(anchors))
    links = {node.attributes["href"][1:] for node in tree.css('a[href^="#"]')}
    assert links <= set(anchors)


@pytest.mark.parametrize("width", [320, 1440])
def test_an_address_leads_to_its_place_however_far(visit, width):
    page = visit("claim-eco-07", width=width)
    for name in ("claim-eco-07", "sec-findings", "claim-eco-02"):
        page.goto(page.url.partition("#")[0] + f"#{name}")
        page.wait_for_function(
            "(name) => { const box = document.getElementById(name).getBoundingClientRect();"
            " return box.top < innerHeight && box.bottom > 0; }",
            arg=name,
        )


def test_without_styles_the_page_reads_in_order(visit):
    page = visit()
    page.evaluate("for (const one of document.querySelectorAll('style')) one.remove()")
    text = page.locator("body").inner_text()
    parts = [
        "Two towns",
        "The bridge helps",
        "Contents",
        "Does it help?",
        "Tolls by year",
        "The ledger",
        "Edition of 22",
    ]
    places = [text.index(part) for part in parts[:-1]] + [text.rindex(parts[-1])]
    assert places == sorted(places)
    assert text.count("Close") == 0  # cards stay closed


def test_a_tab_walk_goes_down_the_page_with_a_visible_focus(visit):
    page = visit()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e);
                return [e.outerHTML.slice(0, 60), s.outlineStyle !== 'none' || e === document.body,
                [...document.querySelectorAll('*')].indexOf(e)]; }"""
            )
        )
    assert all(visible for _, visible, _ in seen)
    order = [place for _, _, place in seen]
    turn = order.index(max(order))
    assert order[: turn + 1] == sorted(order[: turn + 1])
    assert any('class="claim"' in words for words, _, _ in seen)


def test_json_ld_describes_report_and_graded_claims(tree):
    graph = json.loads(tree.css_first('script[type="application/ld+json"]').text())["@graph"]
    report, *reviews = graph
    assert report["author"] == {"@type": "Organization", "@id": "#authors", "name": "The authors"}
    assert (report["@type"], report["datePublished"]) == ("Report", "2026-11-22")
    assert len(reviews) == 6  # the seventh is not checkable
    for review in reviews:
        assert review["@type"] == "ClaimReview"
        assert review["author"] == {"@id": report["author"]["@id"]}
        assert review["claimReviewed"].startswith("Claim number")
        assert review["reviewRating"]["alternateName"]
        assert review["itemReviewed"]["appearance"]["url"].startswith("https://example.org/a#:~:text=")
        assert tree.css_first(review["url"]) is not None


def test_the_footer_names_the_edition_and_the_manifest_of_its_pdf(visit, site):
    manifest = collect_attachments(read_project(site))["manifest.json"]
    footer = visit().locator("footer").last
    expect(footer).to_contain_text("Edition of 22 November 2026")
    footer.locator("#verify summary").click()
    expect(footer).to_contain_text(hashlib.sha256(manifest).hexdigest())


def test_the_policy_allows_this_script_and_no_other(page_path):
    page = page_path.read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "<script>sailed" not in page


def test_markup_is_valid(page_path):
    import html5lib

    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page_path.read_text())
    assert [error for error in parser.errors if error[1] != "unexpected-end-tag"] == []
