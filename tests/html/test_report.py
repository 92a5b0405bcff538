"""The page of the real report: barriers, order, links, cards and what it says of itself to machines."""

import itertools
import json
import os
import re
import statistics

import pypdfium2
import pytest
from playwright.sync_api import expect
from selectolax.lexbor import LexborHTMLParser

from sourcebook.ledger import open_book

WIDTHS, SCHEMES = (320, 768, 1440), ("light", "dark")
# What is made alike many times is looked at in samples; once all of it is.
SAMPLE = """() => {
  const kept = ['#sec-findings', '#sec-history', '#sec-method', '#sec-ledger', '#sec-sources', '#footnotes'].join();
  [...document.querySelectorAll('main > section')].filter((one) => !one.matches(kept)).forEach((one) => one.remove());
  for (const kind of ['.explorer tbody tr', '.claim-entry', '.card', '.references > li', '#footnotes li'])
    [...document.querySelectorAll(kind)].slice(6).forEach((one) => one.remove());
}"""

# The table of claims is at the top of the window; half-way there the bar of contents would cover half a field.
REACHED = """() => {
  const place = document.querySelector('.explorer').getBoundingClientRect().top;
  return place >= 0 && place < 60;
}"""


# Tables and pictures, and cells and text in them, that reach beyond the window; what is folded away is not seen.
WIDER = """() => [...document.querySelectorAll('figure :is(table, svg, td, tbody th, text), main pre')]
  .filter((one) => one.checkVisibility() && !one.closest('.sr, pre[tabindex]') && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.closest('[id]').id + ' ' + one.tagName)"""
# Type in charts below 11 pixels.
SMALL = """() => [...document.querySelectorAll('.chart text')].filter((one) => one.checkVisibility())
  .map((one) => [one.closest('figure').id, parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a])
  .filter(([, size]) => size < 10.99)"""
SHIFT = """new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.shift = (window.shift ?? 0) + one.value; }))
  .observe({type: 'layout-shift', buffered: true})"""


# Scripts that ask where things are before the page has been read make the reader wait for two layouts.
ASKED = """window.asked = [];
for (const [owner, name] of [[Element.prototype, 'getBoundingClientRect'], [Element.prototype, 'getClientRects'],
    [SVGGraphicsElement.prototype, 'getBBox'], [window, 'getComputedStyle'], [Element.prototype, 'scrollIntoView']]) {
  const own = owner[name];
  owner[name] = function (...given) { if (document.readyState === 'loading') asked.push(name); return own.apply(this, given); };
}"""


@pytest.fixture(scope="module")
def tree(report_path):
    return LexborHTMLParser(report_path.read_text())


@pytest.fixture(scope="module")
def graph(tree):
    return json.loads(tree.css_first('script[type="application/ld+json"]').text())["@graph"]


@pytest.fixture(scope="module")
def shapes(repository):
    return json.loads((repository / "tests/html/schema-org.json").read_text())


# Contrast depends on the scheme, the rest on the width: each of both once, at length each with each.
AT_LENGTH = bool(os.environ.get("SOURCEBOOK_AT_LENGTH"))
STATES = (
    [*itertools.product(WIDTHS, SCHEMES)] if AT_LENGTH else [(320, "light"), (768, "dark"), (1440, "light")]
)


@pytest.mark.parametrize(("width", "scheme"), STATES)
def test_no_state_has_a_barrier(visit, report_path, find_barriers, width, scheme):
    page = visit(path=report_path, width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('#fig-verdicts details').forEach((one) => { one.open = true; })")
    if (
        width == 768
    ):  # the samples show what is made alike to have contrast: to measure all of it takes longest of all
        assert find_barriers(page, contrast=AT_LENGTH) == []
    page.evaluate(SAMPLE)
    assert find_barriers(page) == []
    page.locator("#fig-verdicts .picture:visible").focus()
    page.keyboard.press("ArrowRight")
    assert find_barriers(page, "#fig-verdicts") == []
    page.locator(".controls").wait_for()
    page.locator("main .claim[href='#claim-int-02']").first.click()
    page.locator(".card:popover-open summary").first.click()
    assert find_barriers(page, ".card:popover-open") == []
    page.keyboard.press("Escape")
    page.goto(page.url + "#claims?verdict=mostly+accurate")
    page.wait_for_function(REACHED)
    assert find_barriers(page, ".explorer") == []
    page.get_by_role("button", name="Enlarge").first.click()
    assert find_barriers(page, "dialog.enlarged") == []


@pytest.mark.parametrize("width", [768, 1440])
def test_a_long_card_keeps_within_the_window(look, width):
    page = look(width)
    marker, card = page.locator("main p .claim").first, page.locator(".card:popover-open")
    for share in (0.1, 0.5, 0.9):
        place = "(one, share) => scrollTo(0, one.getBoundingClientRect().top + scrollY - innerHeight * share)"
        marker.evaluate(place, share)
        marker.click()
        card.evaluate("(one) => one.querySelectorAll('details').forEach((each) => { each.open = true; })")
        box = card.bounding_box()
        assert box["height"] > 250
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900
        page.keyboard.press("Escape")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(look, width):
    page = look(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_is_wider_than_the_window_without_a_script(visit, report_path):
    page = visit(path=report_path, java_script_enabled=False)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 390, 768])
def test_every_exhibit_fits_its_screen_in_type_that_can_be_read(look, width):
    page = look(width)
    assert page.evaluate(WIDER) == []
    assert page.evaluate(SMALL) == []
    table = page.locator(".explorer table")
    assert width > 600 or table.evaluate("(one) => one.scrollWidth <= one.closest('.scroll').clientWidth")


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_moves_while_fonts_come_nor_waits_for_a_layout_while_it_is_read(visit, report_path, width):
    page = visit(width=width, alone=True)
    page.add_init_script(SHIFT)
    page.add_init_script(ASKED)
    page.goto(report_path.as_uri())
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert page.evaluate("window.shift ?? 0") < 0.05
    assert page.evaluate("asked") == []


@pytest.mark.parametrize("width", [390, 1440])
def test_loading_the_page_blocks_its_reader_for_less_than_a_fifth_of_a_second(browser, report_path, width):
    assert statistics.median(_measure_blocking(browser, report_path, width) for _ in range(3)) < 200


LATER = '.chart svg, [style*="--signs"]'
# Of each part, whether it is laid out by now.
LAID_OUT = "(all) => all.map((one) => one.firstElementChild.checkVisibility({contentVisibilityAuto: true}))"


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_what_is_laid_out_later_has_about_its_height_from_the_start(visit, report_path, width):
    page = visit(width=width, alone=True)
    page.add_init_script("delete window.requestIdleCallback")  # it lays out nothing ahead
    page.goto(report_path.as_uri())
    heights = """() => [document.documentElement.scrollHeight,
      ...[...document.querySelectorAll('.chart svg')].map((one) => one.getBoundingClientRect().height)]"""
    laid_out = page.locator(LATER).evaluate_all(LAID_OUT)
    assert laid_out.count(False) > 0.9 * len(laid_out)
    reckoned, *charts = page.evaluate(heights)
    page.add_style_tag(content="* { content-visibility: visible !important; }")
    real, *drawn = page.evaluate(heights)
    assert reckoned == pytest.approx(real, rel=0.08)
    assert charts == pytest.approx(drawn)


def test_all_is_laid_out_soon_so_that_a_picture_of_the_whole_page_shows_it(visit, report_path, wait_until):
    parts = visit(path=report_path, alone=True).locator(f":is({LATER}):visible")
    wait_until(lambda: all(parts.evaluate_all(LAID_OUT)))


def test_what_an_address_leads_to_stays_while_the_rest_is_laid_out(visit, report_path, tree, wait_until):
    source = tree.css(".references > li")[200].id
    page = visit(source, path=report_path, width=768, alone=True)
    parts = page.locator(f":is({LATER}):visible")
    wait_until(lambda: all(parts.evaluate_all(LAID_OUT)))
    expect(page.locator(f"#{source}")).to_be_in_viewport()


def test_all_is_laid_out_where_no_script_runs(visit, report_path):
    page = visit(path=report_path, java_script_enabled=False)
    assert all(page.locator(f":is({LATER}):visible").evaluate_all(LAID_OUT))


def test_limits_stand_before_the_picture_of_the_verdicts_which_takes_the_place_of_their_bar(
    visit, report_path
):
    page = visit(path=report_path, width=1440)
    header = page.locator("header")
    limits, picture = (header.locator(one).bounding_box() for one in (".limits", "figure"))
    assert limits["y"] + limits["height"] < picture["y"]
    expect(header.locator(".verdict-bar")).to_have_count(0)
    expect(header.locator(".verdicts")).to_contain_text("Confidence")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_browser_prints_all_of_it_on_few_pages(visit, report_path, paper):
    page = visit(path=report_path)
    parts = ".exhibit > figcaption > .number, .wide text:last-of-type, .chronology tr:last-child td:last-child, .claim-entry strong:first-child"
    words = page.locator(parts).evaluate_all("(all) => all.map((one) => one.textContent)")
    printed = pypdfium2.PdfDocument(page.pdf(format=paper, prefer_css_page_size=True))
    text = "".join("".join(leaf.get_textpage().get_text_bounded() for leaf in printed).split())
    assert [one for one in words if "".join(one.split()) not in text] == []
    assert len(printed) <= 1.3 * len(pypdfium2.PdfDocument(report_path.with_suffix(".pdf")))


def test_charts_take_the_ground_and_the_ink_of_a_dark_page(visit, report_path):
    page = visit(path=report_path, color_scheme="dark")
    grounds = "(all) => [...new Set(all.map((one) => getComputedStyle(one).backgroundColor))]"
    assert page.locator(".picture").evaluate_all(grounds) == ["rgba(0, 0, 0, 0)"]
    fills = page.locator(".chart text:visible").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).fill)"
    )
    assert "rgb(31, 31, 31)" not in fills


def test_the_first_screen_leads_to_all_claims_and_to_the_pdf(look):
    page = look(390)
    for name, target in ((re.compile("All .* claims"), "#claims"), ("As PDF", "report.pdf")):
        link = page.locator("header").get_by_role("link", name=name)
        expect(link).to_be_in_viewport()
        expect(link).to_have_attribute("href", target)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_tab_walk_goes_down_the_page_with_a_visible_focus(visit, report_path, width):
    page = visit(path=report_path, width=width)
    expect(page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])")).to_have_count(0)
    page.evaluate("window.order = new Map([...document.querySelectorAll('*')].map((one, n) => [one, n]))")
    places, hidden = [], []
    for _ in range(120):
        page.keyboard.press("Tab")
        place, visible, words = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
            return [order.get(e), s.outlineStyle !== 'none' && box.bottom > 0 && box.top < innerHeight, e.outerHTML.slice(0, 90)]; }"""
        )
        places.append(place)
        hidden += [] if visible else [words]
    assert hidden == []
    assert places == sorted(places)


def test_without_styles_the_chapters_come_in_the_order_of_the_contents(visit, report_path):
    page = visit(path=report_path, java_script_enabled=False)
    listed = [link.get_attribute("href")[1:] for link in page.locator("nav.contents a").element_handles()]
    page.locator("style").evaluate_all("(all) => all.forEach((one) => one.remove())")
    tops = {
        name: box["y"]
        for name in listed
        if (box := page.locator(f"#{name}").first.bounding_box()) is not None
    }
    assert list(tops) == listed
    assert list(tops.values()) == sorted(tops.values())


def test_every_link_within_the_page_leads_somewhere(tree):
    anchors = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(anchors) == len(set(anchors))
    links = {node.attributes["href"][1:] for node in tree.css('a[href^="#"]')}
    assert links <= set(anchors)
    for figure in tree.css("figure.exhibit[id]"):
        name = figure.css_first("figcaption a.number")
        assert name is None or name.attributes["href"] == f"#{figure.attributes['id']}"


def test_every_cited_claim_has_an_entry_that_says_what_the_ledger_says(tree, repository):
    book = open_book(repository)
    claims, evidence = book.graded, book.evidence
    cited = {node.attributes["href"].removeprefix("#claim-") for node in tree.css("main .claim")}
    entries = {node.attributes["id"].removeprefix("claim-"): node for node in tree.css(".claim-entry")}
    assert set(entries) == set(claims.index) >= cited
    for name, node in entries.items():
        claim, entry = claims.loc[name], _words(node.text())
        assert _words(node.css_first(".claim-text").text()) == _words(claim["claim"])
        assert node.attributes["data-verdict"] == claim["verdict"]
        assert claim["verdict"].replace("-", " ") in entry
        assert _words(node.css_first(".rationale").text()) == _words(claim["rationale"])
        rows = evidence[evidence["claim"] == name]
        assert len(node.css("li")) == len(rows)
        for row in rows.itertuples():
            assert f"{row.Index}, {row.stance}" in entry
            assert _words(row.says) in entry


def test_every_picture_says_what_it_shows(tree):
    told = [svg.attributes.get("aria-label") or "" for svg in tree.css(".picture:not(.narrow) > svg")]
    told += [caption.text() for caption in tree.css(".chronology caption")]
    assert len(told) > 20
    assert len(set(told)) == len(told)
    assert all(len(words) > 60 for words in told)


def test_markup_is_valid(report_path):
    import html5lib

    parser = html5lib.HTMLParser(strict=False)
    # What is long and has no markup in it would only take time.
    parser.parse(re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,AA==", report_path.read_text()))
    assert [error for error in parser.errors if error[1] != "unexpected-end-tag"] == []


def test_the_page_is_small_enough(report_path):
    assert report_path.stat().st_size <= 1_500_000


def test_json_ld_has_the_shapes_of_schema_org(graph, shapes):
    kinds = {node["@type"] for node in graph}
    assert kinds == {"Report", "ClaimReview"}
    assert len(graph) > 100
    assert [problem for node in graph for problem in _misshapen(node, shapes)] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"claimReviewed": ""}, "ClaimReview lacks claimReviewed"),
        ({"author": "A name"}, "author: 'A name' is none of Organization, Person"),
        ({"reviewRating": {"@type": "Claim"}}, "reviewRating: a Claim is none of Rating"),
        ({"appearance": "x"}, "ClaimReview has no appearance"),
        ({"datePublished": "22 November 2026"}, "datePublished: '22 November 2026' is none of Date"),
    ],
)
def test_a_wrong_shape_would_be_found(graph, shapes, change, problem):
    assert problem in _misshapen({**graph[-1], **change}, shapes)


def test_reviews_name_claims_of_this_page(graph, tree):
    for review in graph[1:]:
        assert tree.css_first(review["url"]) is not None
        assert review["itemReviewed"]["appearance"]["url"].count("#:~:text=") == 1


def test_the_page_can_be_cited_by_programs(tree):
    told = {node.attributes["name"]: node.attributes["content"] for node in tree.css("meta[name]")}
    assert {"citation_title", "citation_author", "citation_publication_date"} <= set(told)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d", told["citation_publication_date"])


def _measure_blocking(browser, path, width):
    """Milliseconds that tasks of the page's main thread take beyond 50 each, until it is idle.

    Their processor time counts: how long a busy machine lets them wait is no fault of the page.
    """
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    categories = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
    browser.start_tracing(page=page, categories=categories)
    page.goto(path.as_uri())
    page.evaluate("new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    context.close()
    (thread,) = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "ParseHTML" and event["args"].get("beginData", {}).get("url") == path.as_uri()
    }
    tasks = [
        event["tdur"] / 1000
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) == thread and "tdur" in event
    ]
    assert max(tasks) > 5
    return sum(max(0, task - 50) for task in tasks)


def _words(text):
    """Words without what typography adds: curved quotes, no-break spaces."""
    return " ".join(text.translate(str.maketrans("’‘“”", "''\"\"")).split())


def _misshapen(node, shapes):
    """What is wrong with a node of JSON-LD and those within it, one sentence each."""
    kind, line = node["@type"], _line(node["@type"], shapes)
    problems = [f"{kind} lacks {name}" for name in shapes["required"].get(kind, []) if not node.get(name)]
    for name, value in node.items():
        if name in ("@type", "@id"):
            continue
        shape = shapes["properties"].get(name)
        if shape is None or not set(shape["of"]) & set(line):
            problems.append(f"{kind} has no {name}")
        elif value == {"@id": "#authors"}:
            continue  # told in full of the report
        elif isinstance(value, dict):
            if not set(shape["values"]) & set(_line(value["@type"], shapes)):
                problems.append(f"{name}: a {value['@type']} is none of {', '.join(shape['values'])}")
            problems += _misshapen(value, shapes)
        elif not any(_fits(value, one) for one in shape["values"]):
            problems.append(f"{name}: {value!r} is none of {', '.join(shape['values'])}")
    return problems


def _line(kind, shapes):
    """A type and those it is a kind of."""
    line = [kind]
    while shapes["types"][line[-1]]:
        line.append(shapes["types"][line[-1]])
    return line


def _fits(value, kind):
    patterns = {"Text": r"[\s\S]*", "URL": r"(https?://|#)\S+", "Date": r"\d{4}(-\d\d(-\d\d)?)?"}
    return isinstance(value, str) and kind in patterns and bool(re.fullmatch(patterns[kind], value))
