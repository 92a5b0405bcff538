import re

from sourcebook.ledger import open_book


def test_a_citation_links_to_the_entry_with_its_verdict(project):
    book = open_book(project.build())
    assert book.cite("eco-01")._repr_markdown_() == '[eco-01](#claim-eco-01){.claim verdict="accurate"}'
    assert book.cite("eco-01", "eco-01")._repr_markdown_().count("](#claim-eco-01)") == 2


def test_an_entry_shows_judgement_place_coding_and_evidence(project):
    entry = open_book(project.build()).entry("eco-01")
    assert entry == (
        '::: {#claim-eco-01 .claim-entry verdict="accurate" confidence="moderate" kind="event" '
        'direction="supports" attribution="none"}\n\n'
        "**eco-01** [The bridge opened in 2013.]{.claim-text}\n\n"
        "● **accurate**, moderate confidence. [It opened in 2013. The town's own gazette says so.]{.rationale}\n\n"
        "Stands in “Trade over the bridge”, at the words The bridge was … in 2013. Coded: event; roads; supports the thesis; "
        "plain type; attributed to nobody; speaks of 2013.\n\n"
        '- E100, supports, [A1]{.grade meaning="reliable, confirmed by others"}: The bridge opened on 3 May 2013. [@gazette, opening]\n\n'
        ":::"
    )
    assert entry._repr_markdown_() == entry


def test_text_of_the_ledger_never_becomes_markup(project):
    evidence = [{"id": "E100", "says": "It cost $5 *or* $6 [sic].", "locator": "p. 3; @note"}]
    entry = open_book(project.build(evidence=evidence)).entry("eco-01")
    assert r"It cost \$5 \*or\* \$6 \[sic\]." in entry
    assert r"[@gazette, p. 3\; \@note]" in entry


def test_a_pending_claim_says_so(project):
    verdict = {"claim": "eco-01", "verdict": "pending", "confidence": "", "reviewed": "", "rationale": ""}
    assert "… **not judged yet**." in open_book(project.build(verdicts=[verdict])).entry("eco-01")


def test_a_restatement_leads_to_the_claim_it_restates(project):
    claims = [{"id": "eco-01"}, {"id": "eco-02", "repeats": "eco-01"}]
    book = open_book(project.build(claims=claims, verdicts=[{"claim": "eco-01"}, {"claim": "eco-02"}]))
    assert 'Restates [eco-01](#claim-eco-01){.claim verdict="accurate"}.' in book.entry("eco-02")


def test_the_passage_opens_in_the_page_when_its_address_is_known(project):
    root = project.build()
    path = root / "data/article.toml"
    path.write_text('address = "https://example.org/a"\n' + path.read_text())
    entry = open_book(root).entry("eco-01")
    assert "[The bridge was … in 2013](https://example.org/a#:~:text=The%20bridge%20was,in%202013)" in entry


def test_later_evidence_is_marked(project):
    evidence = [{"id": "E100"}, {"id": "E101", "when": "2026", "stance": "context"}]
    entry = open_book(project.build(evidence=evidence)).entry("eco-01")
    assert "- E101, context, [A1]" in entry
    assert "}, later than the article: " in entry


def test_evidence_that_bears_on_the_claim_comes_first_and_by_number(project):
    stances = {
        "E100": "context",
        "E101": "refines",
        "E102": "refutes",
        "E1059": "supports",
        "E750": "supports",
    }
    evidence = [{"id": name, "stance": stance} for name, stance in stances.items()]
    entry = open_book(project.build(evidence=evidence)).entry("eco-01")
    assert re.findall(r"^- (E\d+)", entry, re.MULTILINE) == ["E750", "E1059", "E102", "E101", "E100"]


def test_entries_come_in_the_articles_order(project):
    claims = [{"id": "eco-01"}, {"id": "ope-01", "section": "opening"}]
    book = open_book(project.build(claims=claims, verdicts=[{"claim": "eco-01"}, {"claim": "ope-01"}]))
    entries = book.entries()
    assert entries.index("#claim-ope-01") < entries.index("#claim-eco-01")
