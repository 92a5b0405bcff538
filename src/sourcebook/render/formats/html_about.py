"""What the page says of itself: how sure it is, what it does not show, how to cite and verify it, and JSON-LD."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sourcebook.core.options import SITE_URL
from sourcebook.render.document import (
    Node,
    attributes,
    iterate,
    link,
    para,
    plain_text,
    raw,
    span,
    split_words,
    text,
)
from sourcebook.render.formats.html_claims import Entry, words, write_bar
from sourcebook.render.source.carried import (
    MANIFEST,
    describe_carried,
    hash_bytes,
    list_carried,
    write_manifest,
)
from sourcebook.render.source.project import Project
from sourcebook.render.words import translate

LIMITS = "sec-limits"
# Verdicts that say nothing about the truth of a claim.
_UNGRADED = ("", "not-checkable", "pending")
_CONFIDENCE = ("high", "moderate", "low")
_SENTENCES = 2


def write_limits(limits: list[Node]) -> list[Node]:
    """``limits`` (``find_limits``) as the first screen has them; nothing if there are none."""
    if not limits:
        return []
    title = span(text("What this report does not show."), "", "name")
    return [raw("html", '<div class="limits">'), para([title, *text(" "), *limits]), raw("html", "</div>")]


def summarise_verdicts(entries: Mapping[str, Entry], *, pictured: bool) -> str:
    """For the first screen: the verdicts as a bar, unless they are ``pictured`` there, and the confidence in them."""
    if not entries:
        return ""
    bar = "" if pictured else write_bar(entries.values())
    return f'<div class="verdicts">{bar}{_confidence(entries)}</div>'


def find_limits(blocks: list[Node]) -> list[Node]:
    """The first sentences of the section ``sec-limits`` among the ``blocks`` of a chapter, and a link to the rest."""
    nodes = iterate(blocks)
    heading = next((node for node in nodes if node["t"] == "Header" and attributes(node)[0] == LIMITS), None)
    first = next((node for node in nodes if node["t"] == "Para"), None) if heading else None
    if first is None:
        return []
    inlines = split_words(first["c"])
    ends = [n for n, item in enumerate(inlines) if item["t"] == "Str" and item["c"].endswith(".")]
    cut = ends[_SENTENCES - 1] + 1 if len(ends) >= _SENTENCES else len(inlines)
    return [*inlines[:cut], *text(" "), link(text("All limits"), f"#{LIMITS}")]


def write_json_ld(project: Project, entries: Iterable[Entry]) -> str:
    """The report and a ``ClaimReview`` of each graded claim in schema.org's words, safe inside a script element."""
    author = {"@type": "Organization", "@id": "#authors", "name": project.author} if project.author else None
    report = {
        "@type": "Report", "@id": "#report", "name": project.title, "alternativeHeadline": project.subtitle,
        "author": author, "datePublished": project.date, "inLanguage": project.lang, "abstract": project.description,
        "url": SITE_URL.of(project.meta) or "", "keywords": ", ".join(project.keywords),
    }  # fmt: skip
    meant = {"@id": author["@id"]} if author else None
    reviews = [_review(entry, meant, project.date) for entry in entries if entry.verdict not in _UNGRADED]
    graph = {"@context": "https://schema.org", "@graph": [_filled(report), *reviews]}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def write_footer(project: Project) -> str:
    """Edition, citation, digest of the manifest and how to verify it."""
    parts = [f"{project.author}."] if project.author else []
    edition = project.edition
    parts += [f"{edition[:1].upper()}{edition[1:].rstrip('.')}."] if edition else []
    verify = _verification(project) if project.kind == "book" else ""
    return (
        (f"<p>{html.escape(' '.join(parts))}</p>" if parts else "")
        + f'<details class="cite"><summary>{translate("Cite this report", project.lang)}</summary><p>{html.escape(cite_report(project))}</p></details>'
        f"{verify}"
    )


def cite_report(project: Project, label: str = "") -> str:
    """How to cite the report, or the part of it that ``label`` names."""
    who = f"{project.author}: " if project.author else ""
    edition = f", {project.edition}" if project.date else ""
    title = "" if project.untitled else project.title
    address = str(SITE_URL.of(project.meta) or "")
    place = f"{address}#{label}" if label and address else address or (f"#{label}" if label else "")
    said = f"{who}{title}{edition}{f', {place}' if place else ''}".removesuffix(": ")
    return f"{said.replace(': , ', ', ')}."


def digest_manifest(project: Project) -> str:
    """SHA-256, in hexadecimal, of the manifest that the PDF of the same build carries: all inputs, each with its own."""
    return hash_bytes(write_manifest(describe_carried(project.root, list_carried(project))))


def _verification(project: Project) -> str:
    return (
        '<details id="verify"><summary>Verify this report</summary>'
        f"<p>Manifest: SHA-256 <code>{digest_manifest(project)}</code>.</p>"
        f"<p>This is the digest of <code>{MANIFEST}</code>, which is attached to the PDF of the same edition and lists every "
        "file the report is made of with its own digest. <code>sourcebook unpack report.pdf DIR</code> holds the files "
        "against that list and restores them; <code>make</code> there gives the same bytes. <code>make check</code> tests "
        "the ledger against its rules; <code>make verify ARTICLE=path</code> finds every claim in the article.</p></details>"
    )


def _confidence(entries: Mapping[str, Entry]) -> str:
    counts = Counter(entry.coding.get("confidence", "") for entry in entries.values())
    said = ", ".join(f"{name} for {counts[name]}" for name in _CONFIDENCE if counts[name])
    return (
        f"<p>Verdicts on the article’s {len(entries)} claims. Confidence in them: {said}.</p>" if said else ""
    )


def _review(entry: Entry, author: Mapping[str, str] | None, date: str) -> dict[str, Any]:
    review = {
        "@type": "ClaimReview",
        "url": f"#{entry.label}",
        "claimReviewed": plain_text(entry.claim),
        "author": author,
        "datePublished": date,
        "itemReviewed": _filled({"@type": "Claim", "appearance": _appearance(entry.address)}),
        "reviewRating": {"@type": "Rating", "alternateName": words(entry.verdict)},
    }
    return _filled(review)


def _appearance(address: str) -> dict[str, str] | None:
    return {"@type": "CreativeWork", "url": address} if address else None


def _filled(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value}
