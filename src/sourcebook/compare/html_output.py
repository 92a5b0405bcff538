"""A comparison as one HTML page: no scripts, nothing from the network, pictures side by side and laid over."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from itertools import groupby
from string import Template

from sourcebook.compare.change_wording import list_details, say_change, say_cosmetic, say_story, say_summary
from sourcebook.compare.changes import KINDS, Change, Comparison, Detail, Pictures, Story
from sourcebook.compare.tokens import compare_words
from sourcebook.render.formats.fonts import font_css
from sourcebook.render.formats.html import THEME

_MOST = 200
_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$styles</style>
</head>
<body>
<header class="title-block">
<p class="kind">Comparison of two states of the report</p>
<h1>$title</h1>
<p class="lead">$summary</p>
$notes
</header>
$contents
<main>
$body
</main>
</body>
</html>
""")
_OWN = """
:root { --out: #b3261e; --in: #146c2e; }
@media (prefers-color-scheme: dark) { :root { --out: #ff9b92; --in: #8ddf9f; } }
main p, main ul { max-width: none; } h1 { font-size: 1.8rem; } h2 { font-size: 1.35rem; margin: 2.5rem 0 .8rem; padding-top: .6rem; }
body, .lead { font-family: var(--sans); } nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
nav { max-width: var(--wide); margin: 0 auto; padding: 0 1.25rem; }
main ul, nav ul { list-style: none; padding: 0; } main li { margin: .5rem 0; }
summary strong { font-weight: 600; } li > strong { font-weight: inherit; } .cause { color: var(--quiet); }
.inside { border-left: 3px solid var(--rule); margin: .5rem 0 1rem .3rem; padding-left: 1rem; }
.where { font-size: .85rem; color: var(--quiet); }
del { color: var(--out); } ins { color: var(--in); text-decoration-thickness: 2px; } pre :is(del, ins) { text-decoration: none; }
td, th { overflow-wrap: anywhere; } td:first-child { min-width: 6.5rem; }
.pair { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
figure { margin: .5rem 0; } figure img, .over img { background: #fff; display: block; width: 100%; }
.over { display: grid; filter: invert(1); isolation: isolate; max-width: 40rem; } .over img { grid-area: 1 / 1; }
.over img + img { mix-blend-mode: difference; }
@media (max-width: 40rem) { .inside { padding-left: .5rem; } }
@media print { details > * { display: block; } }
"""
_EXHIBITS = {"fig": "figure", "tbl": "table", "lst": "listing", "eq": "equation"}
_KINDS = {**_EXHIBITS, "sec": "section"}
_LABEL = re.compile(rf"@?\b((?:{'|'.join(_EXHIBITS)})-[\w-]*\w)|(?<![\w.])@(\w[\w:.-]*\w)")
_KEPT = re.compile(r'(<pre>.*?</pre>|<p class="where">.*?</p>|<[^>]*>)', re.DOTALL)
# What decides whether a reviewer agrees is read without a click.
_OPEN = ("finding", "verdict", "stale")


def write_page(comparison: Comparison) -> str:
    """The whole page; everything that comes from the data is escaped, pictures cannot run anything."""
    notes = [note for note in (*comparison.notes, say_cosmetic(comparison)) if note]
    kinds = {
        kind: list(stories) for kind, stories in groupby(comparison.stories, key=lambda story: story.kind)
    }
    words = {
        "title": html.escape(f"What changed: {comparison.base} → {comparison.head}"),
        "summary": html.escape(say_summary(comparison)),
        "notes": "\n".join(f"<p>{html.escape(note)}</p>" for note in notes),
        "contents": _contents(kinds) if len(kinds) > 1 else "",
        "body": _name_labels(
            "\n".join(
                line for kind, stories in kinds.items() for line in _section(kind, stories, comparison)
            ),
            comparison.names,
        ),
    }
    base = (THEME / "base.css").read_text(encoding="utf-8")
    return _PAGE.substitute(words, styles=font_css("".join(words.values())) + base + _OWN)


def _name_labels(body: str, names: Mapping[str, str]) -> str:
    """``body`` with the names of exhibits, chapters and sources in place of their labels, which stay in code, attributes
    and on hovering.
    """

    def name(found: re.Match[str]) -> str:
        """What a reader calls it; where that is not known, its kind and the rest of its label; else what stands there."""
        label = found[1] or found[2]
        kind, _, rest = label.partition("-")
        known = names.get(label) or (
            f"{_KINDS[kind]} {rest.replace('-', ' ')}" if kind in _KINDS and rest else ""
        )
        return f'<span title="{label}">{html.escape(known)}</span>' if known else found[0]

    pieces = _KEPT.split(body)
    return "".join(piece if n % 2 else _LABEL.sub(name, piece) for n, piece in enumerate(pieces))


def _contents(kinds: Mapping[str, Sequence[Story]]) -> str:
    links = [
        f'<li><a href="#{kind}">{html.escape(KINDS[kind])}</a> {len(found)}</li>'
        for kind, found in kinds.items()
    ]
    return f'<nav aria-label="Kinds of change"><ul>{"".join(links)}</ul></nav>'


def _section(kind: str, stories: Sequence[Story], comparison: Comparison) -> Iterator[str]:
    yield f'<section aria-labelledby="{kind}"><h2 id="{kind}">{html.escape(KINDS[kind])}</h2>\n<ul>'
    for story in stories:
        yield from _story(story, comparison)
    yield "</ul></section>"


def _story(story: Story, comparison: Comparison) -> Iterator[str]:
    """What matters most in it first, a verdict before the evidence that moved it."""
    changes = sorted((story.change, *story.then), key=lambda change: change.rank)
    headline = _headline(story, changes[0])
    inside = [line for change in changes for line in _change(change, story, comparison, lead=changes[0])]
    if not inside:
        yield f"<li>{headline}</li>"
        return
    state = " open" if story.kind in _OPEN else ""
    yield f'<li><details{state}><summary>{headline}</summary>\n<div class="inside">'
    yield from inside
    yield "</div></details></li>"


def _change(change: Change, story: Story, comparison: Comparison, *, lead: Change) -> Iterator[str]:
    if change is not lead:
        said = "What it follows from" if change is story.change else say_change(change)
        yield f"<p><strong>{html.escape(said)}</strong></p>"
    if change.where and not change.where.endswith("report.json"):
        yield f'<p class="where">{html.escape(change.where)}</p>'
    yield from _inside(change)
    if change.kind == "exhibit" and change.subject in comparison.pictures:
        name = comparison.names.get(change.subject, change.subject)
        yield from _pictures(name, comparison.pictures[change.subject])


def _headline(story: Story, lead: Change) -> str:
    if lead is story.change:
        return f"<strong>{html.escape(say_story(story))}</strong>"
    because = f"because {say_change(story.change)}"
    more = len(story.then) - 1
    because += f"; {more} more with it" if more else ""
    return (
        f'<strong>{html.escape(say_change(lead))}</strong> <span class="cause">{html.escape(because)}</span>'
    )


def _inside(change: Change) -> Iterator[str]:
    details = list_details(change)
    if not details:
        return
    if change.kind == "code":
        for detail in details[:_MOST]:
            yield f"<p>Cell {html.escape(detail.label)}</p><pre><code>{_code(detail)}</code></pre>"
        return
    if len(details) == 1 and not details[0].label:
        yield f"<p>{_words(details[0].before, details[0].after)}</p>"
        return
    yield "<table><thead><tr><th>where</th><th>before and after</th></tr></thead><tbody>"
    for detail in details[:_MOST]:
        yield f"<tr><td>{html.escape(detail.label)}</td><td>{_words(detail.before, detail.after)}</td></tr>"
    yield "</tbody></table>"
    if len(details) > _MOST:
        yield f"<p>and {len(details) - _MOST} more</p>"


def _code(detail: Detail) -> str:
    """Lines of code as they were and are; those far from any change are left out."""
    marks = {"-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    lines = list(unified_diff(detail.before.splitlines(), detail.after.splitlines(), lineterm="", n=2))[2:]
    return "\n".join(
        marks.get(line[:1], "{}").format(html.escape(line)) for line in lines if line[:2] != "@@"
    )


def _words(before: str, after: str) -> str:
    marks = {"same": "{}", "out": "<del>{}</del>", "in": "<ins>{}</ins>"}
    return " ".join(marks[span.kind].format(html.escape(span.words)) for span in compare_words(before, after))


def _pictures(name: str, pictures: Pictures) -> Iterator[str]:
    name = html.escape(name)
    sides = [("before", pictures.before), ("after", pictures.after)]
    yield '<div class="pair">'
    for side, picture in sides:
        content = f'<img src="{_address(picture)}" alt="{name}, {side}">' if picture else "<p>none</p>"
        yield f"<figure><figcaption>{side}</figcaption>{content}</figure>"
    yield "</div>"
    if pictures.before and pictures.after and len({_size(picture) for _, picture in sides}) == 1:
        layers = "".join(f'<img src="{_address(picture)}" alt="">' for _, picture in sides)
        yield f'<figure><figcaption>laid over: what differs shows</figcaption><div class="over">{layers}</div></figure>'


def _size(picture: bytes | None) -> bytes:
    """The box of a drawing: laid over one of another size nothing would fit."""
    found = re.search(rb'viewBox="([^"]*)"', picture or b"")
    return found[1] if found else b""


def _address(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
