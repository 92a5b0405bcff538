"""A comparison as one HTML page: no scripts, nothing from the network, pictures side by side and laid over."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from itertools import groupby
from string import Template

from sourcebook.compare.change_wording import list_details, say_change, say_cosmetic, say_story, say_summary
from sourcebook.compare.changes import KINDS, Change, Comparison, Pictures, Story
from sourcebook.compare.tokens import compare_words

_MOST = 200
_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --out: #b3261e; --in: #146c2e; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --out: #ff9b92; --in: #8ddf9f; } }
body { font: 1rem/1.5 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
ul { list-style: none; padding: 0; } li { margin: .4rem 0; }
summary { cursor: pointer; } summary:focus-visible { outline: 2px solid; }
.inside { border-left: 3px solid var(--line); margin: .5rem 0 1rem .3rem; padding-left: 1rem; }
.where { font-size: .85rem; opacity: .75; }
del { color: var(--out); } ins { color: var(--in); text-decoration-thickness: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { min-width: 5rem; border-bottom: 1px solid var(--line); padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; }
.pair { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
figure { margin: .5rem 0; } figure img, .over img { background: #fff; display: block; width: 100%; }
.over { display: grid; filter: invert(1); isolation: isolate; max-width: 40rem; } .over img { grid-area: 1 / 1; }
.over img + img { mix-blend-mode: difference; }
@media (max-width: 40rem) { .inside { padding-left: .5rem; } }
@media print { details > * { display: block; } }
</style>
</head>
<body>
<h1>$title</h1>
<p>$summary</p>
$notes
$body
</body>
</html>
""")


def write_page(comparison: Comparison) -> str:
    """The whole page; everything that comes from the data is escaped, pictures cannot run anything."""
    notes = [note for note in (*comparison.notes, say_cosmetic(comparison)) if note]
    return _PAGE.substitute(
        title=html.escape(f"What changed: {comparison.base} → {comparison.head}"),
        summary=html.escape(say_summary(comparison)),
        notes="\n".join(f"<p>{html.escape(note)}</p>" for note in notes),
        body="\n".join(_body(comparison)),
    )


def _body(comparison: Comparison) -> Iterator[str]:
    for kind, stories in groupby(comparison.stories, key=lambda story: story.kind):
        yield f"<h2>{html.escape(KINDS[kind])}</h2>\n<ul>"
        for story in stories:
            yield from _story(story, comparison)
        yield "</ul>"


def _story(story: Story, comparison: Comparison) -> Iterator[str]:
    yield f'<li><details><summary>{html.escape(say_story(story))}</summary>\n<div class="inside">'
    for change in (story.change, *story.then):
        if change is not story.change:
            yield f"<p><strong>{html.escape(say_change(change))}</strong></p>"
        yield f'<p class="where">{html.escape(change.where)}</p>'
        yield from _inside(change)
        if change.kind == "exhibit" and change.subject in comparison.pictures:
            yield from _pictures(change.subject, comparison.pictures[change.subject])
    yield "</div></details></li>"


def _inside(change: Change) -> Iterator[str]:
    details = list_details(change)
    if not details:
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


def _words(before: str, after: str) -> str:
    marks = {"same": "{}", "out": "<del>{}</del>", "in": "<ins>{}</ins>"}
    return " ".join(marks[span.kind].format(html.escape(span.words)) for span in compare_words(before, after))


def _pictures(label: str, pictures: Pictures) -> Iterator[str]:
    name = html.escape(label)
    sides = [("before", pictures.before), ("after", pictures.after)]
    yield '<div class="pair">'
    for side, picture in sides:
        content = f'<img src="{_address(picture)}" alt="{name}, {side}">' if picture else "<p>none</p>"
        yield f"<figure><figcaption>{side}</figcaption>{content}</figure>"
    yield "</div>"
    if pictures.before and pictures.after:
        layers = "".join(f'<img src="{_address(picture)}" alt="">' for _, picture in sides)
        yield f'<figure><figcaption>laid over: what differs shows</figcaption><div class="over">{layers}</div></figure>'


def _address(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
