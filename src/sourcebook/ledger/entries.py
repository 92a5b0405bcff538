"""Claims as notebooks cite them in the text, and their full entries as the appendix prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcebook.core.dates import day
from sourcebook.core.text import escape
from sourcebook.core.vocabulary import VERDICTS
from sourcebook.ledger.article import Article
from sourcebook.ledger.cases import BEARING, Case, Item
from sourcebook.ledger.sources import CREDIBILITY, RELIABILITY
from sourcebook.ledger.wording import text_fragment

_SPEAKERS = {
    "named": "a named speaker",
    "officials": "officials",
    "publication": "a publication",
    "none": "nobody",
}


def render_entry(case: Case, article: Article) -> Markdown:
    """A claim's full entry as a fenced div of Markdown: judgement, place in the article, coding, evidence.

    The div's attributes and the spans' classes say the same to programs: a page can sort by them.
    """
    verdict = case.verdict["verdict"]
    lines = [
        f"::: {{#claim-{case.id} .claim-entry {_attributes(case)}}}",
        f"**{case.id}** [{escape(case.claim['claim'])}]{{.claim-text}}",
        f"{VERDICTS[verdict].sign} {_judgement(case)}",
        f"Stands in {_place(case, article)}. {_coding(case)}",
    ]
    evidence = "\n".join(map(_item, sorted(case.own_items, key=_order)))
    return Markdown("\n\n".join([*lines, *([evidence] if evidence else []), ":::"]))


def _attributes(case: Case) -> str:
    judged = {name: case.verdict[name] for name in ("verdict", "confidence")}
    coded = {name: case.claim[name] for name in ("kind", "direction", "attribution")}
    return " ".join(f'{name}="{value}"' for name, value in (judged | coded).items() if value)


def _judgement(case: Case) -> str:
    verdict, confidence = case.verdict["verdict"], case.verdict["confidence"]
    words = VERDICTS[verdict].word if verdict != "pending" else "not judged yet"
    said = f"**{words}**" + (f", {confidence} confidence" if confidence else "")
    rationale = case.verdict["rationale"]
    return f"{said}. [{escape(rationale)}]{{.rationale}}" if rationale else f"{said}."


def _place(case: Case, article: Article) -> str:
    headings = {section.id: section.heading for section in article.sections}
    passage = escape(case.claim["passage"])
    if article.address:
        passage = f"[{passage}]({article.address}{text_fragment(case.claim['passage'])})"
    return f"“{escape(headings[case.claim['section']])}”, at the words {passage}"


def _coding(case: Case) -> str:
    claim = case.claim
    parts = [claim["kind"], claim["theme"].replace("-", " "), _direction(claim["direction"])]
    parts += [f"{claim['emphasis']} type", f"attributed to {_SPEAKERS[claim['attribution']]}"]
    if claim["when"]:
        parts.append(f"speaks of {day(claim['when'])}")
    coded = f"Coded: {'; '.join(parts)}."
    if not case.original:
        return coded
    # The restated claim has the same verdict, or the checks would have said so.
    return f"{coded} Restates {link_to(claim['repeats'], case.verdict['verdict'])}."


def _direction(direction: str) -> str:
    return "does not bear on the thesis" if direction == "neutral" else f"{direction} the thesis"


def _order(item: Item) -> tuple[int, int, str]:
    """What bears on the claim comes first, each stance together, its rows by their number."""
    stance, number = item.row["stance"], item.row["id"]
    return BEARING.index(stance) if stance in BEARING else len(BEARING), len(number), number


def _item(item: Item) -> str:
    meaning = f"{RELIABILITY[item.source.reliability]}, {CREDIBILITY[item.row['credibility']]}"
    marks = [item.row["id"], item.row["stance"], f'[{item.grade}]{{.grade meaning="{meaning}"}}']
    if item.later:
        marks.append("later than the article")
    place = escape(item.row["locator"]).replace(";", "\\;")
    return f"- {', '.join(marks)}: {escape(item.row['says'])} [@{item.source.key}, {place}]"


class Markdown(str):
    """Text that a notebook shows as Markdown."""

    def _repr_markdown_(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Citation:
    """One or several claims, each with its verdict, cited in the text: Markdown links to their entries."""

    judged: Sequence[tuple[str, str]]

    def _repr_markdown_(self) -> str:
        return ", ".join(link_to(*pair) for pair in self.judged)

    def __str__(self) -> str:
        return ", ".join(claim for claim, _ in self.judged)


def link_to(claim: str, verdict: str) -> str:
    """A link to the entry of a claim; the span's attribute says its verdict to programs."""
    return f'[{claim}](#claim-{claim}){{.claim verdict="{verdict}"}}'
