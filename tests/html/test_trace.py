import pytest
from playwright.sync_api import expect

from sourcebook.ledger.wording import digest
from sourcebook.render.article_trace import render_trace

ARTICLE = """\
It rains here.

Trade over the bridge
The bridge was built in 2013. Nobody minds.
"""


@pytest.fixture
def trace_path(project):
    mark = digest("The bridge was built in 2013")
    claims = [{"id": "eco-01", "digest": mark}, {"id": "eco-02", "digest": "0" * 12}]
    root = project.build(claims=claims, verdicts=[{"claim": "eco-01"}, {"claim": "eco-02"}])
    project.write(
        "_quarto.yml",
        "project: {type: book, output-dir: out}\nbook: {title: T, chapters: [index.md]}\nbibliography: data/sources.yaml\n",
    )
    project.write("index.md", "# One\n")
    article = project.write("article.txt", ARTICLE)
    return render_trace(root, article)


def test_claimed_passages_are_marked_and_the_rest_is_seen(visit, trace_path):
    page = visit(path=trace_path)
    expect(page.locator("mark[data-verdict=accurate]")).to_have_text("The bridge was built in 2013")
    free = page.locator(".article .unclaimed").all_inner_texts()
    assert [text.strip() for text in free] == ["It rains here.", "Nobody minds."]
    said = " ".join(page.locator("header").inner_text().split())
    assert (
        "55 % of the words outside headings stand in a claimed passage; 2 of 3 sentences hold no claim."
        in said
    )


def test_a_claim_that_is_not_found_is_named_not_guessed(visit, trace_path):
    page = visit(path=trace_path)
    expect(page.locator("header")).to_contain_text("Not found as recorded, and so not marked: eco-02.")
    expect(page.locator("#at-eco-02")).to_have_count(0)
    expect(page.locator("#claim-eco-02")).to_have_count(1)


def test_marker_and_card_lead_to_each_other(visit, trace_path):
    page = visit(path=trace_path)
    page.locator("#at-eco-01").click()
    expect(page.locator("mark.chosen")).to_have_count(1)
    page.locator("#claim-eco-01 strong a").click()
    page.wait_for_url("**#at-eco-01")


# Contrast depends on the scheme, the rest on the width.
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
def test_the_trace_has_no_barrier_and_says_that_it_is_private(visit, trace_path, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(path=trace_path, width=width, color_scheme=scheme)
    expect(page.locator("header")).to_contain_text("Not for publication")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [issue["id"] for issue in found if "best-practice" not in issue["tags"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_lies_in_the_output_folder(trace_path):
    assert trace_path.parent.name == "out"
