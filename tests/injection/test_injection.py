"""What people put into texts to make a page act, in every place that a reader meets: each wall holds without the other.

The first wall is what takes it out when a report is made, the second the policy in the page. Where neither stands, most
of it acts: so the payloads are live, and the browser is watched well enough.
"""

from __future__ import annotations

import html
import os
import re
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest

from sourcebook.render.tools import run_pandoc

sys.path.insert(0, str(Path(__file__).parent))

from payloads import EVIL, PAYLOADS

AT_LENGTH = bool(os.environ.get("SOURCEBOOK_AT_LENGTH"))
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
UNSAFE = re.compile(r"(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# Whatever listens is pointed at, focused and clicked, and links that would run something are followed.
TOUCH = """async () => {
  const all = [...document.querySelectorAll('*')];
  const touched = all.filter(one => one.getAttributeNames().some(name => name.startsWith('on')));
  const links = all.filter(one => /^(javascript|data|vbscript):/.test(one.protocol || '') && !one.download);
  for (const one of touched)
    for (const kind of ['pointerenter', 'mouseover', 'focus']) one.dispatchEvent(new Event(kind));
  for (const one of [...touched, ...links, ...document.querySelectorAll('form button, form input')])
    one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
  for (let frame = 0; frame < 3; frame++) await new Promise(done => requestAnimationFrame(done));
}"""
# What a browser would obey, as it has understood the page; the data of a chart may be downloaded.
ACTIVE = """() => [...document.querySelectorAll('*')].flatMap(one => [
  ...one.getAttributeNames().filter(name => name.startsWith('on')).map(name => `${one.tagName} ${name}`),
  ...(/^(javascript|data|vbscript|view-source):/.test(one.protocol || '') && !one.download ? [one.href] : []),
  ...(/^(IFRAME|OBJECT|EMBED|FORM|BASE|APPLET|PORTAL|FOREIGNOBJECT)$/i.test(one.tagName) && one.method !== 'dialog' ? [one.tagName] : []),
  ...(/^(LINK|META)$/.test(one.tagName) && document.body.contains(one) ? [one.outerHTML] : []),
  ...(/evil\\.invalid/.test(one.getAttribute('style') || '') ? [one.outerHTML.slice(0, 300)] : []),
  ...(['fixed', 'sticky'].includes(getComputedStyle(one).position) && one.closest('main') && !one.closest('.card') ? [one.outerHTML.slice(0, 300)] : []),
])"""


class Watch:
    """A page and what happened in it: dialogs, and what was asked of the network."""

    def __init__(self, context):
        self.happened = []
        self.page = context.new_page()
        self.page.on("dialog", self._answer)
        context.route(re.compile(r"^(?!file:|data:|blob:)"), self._refuse)

    def _answer(self, dialog):
        self.happened.append(dialog.message)
        dialog.dismiss()

    def _refuse(self, route):
        self.happened.append(route.request.url)
        route.abort()

    def read(self, path, text):
        """Opens the page that ``text`` is and tries whatever there is to try; what happened."""
        self.happened = []
        path.write_text(text)
        self.page.goto(path.as_uri())
        self.page.evaluate(TOUCH)
        return self.happened


@pytest.fixture
def watch(browser):
    context = browser.new_context()
    context.set_default_timeout(120_000)
    yield Watch(context)
    context.close()


def tell(happened, places):
    """Which payload did what, and where it stood."""
    return [(one, *(places.get(int(number)) for number in re.findall(r"1\d{5}", one))) for one in happened]


def is_unsafe(address):
    """Whether it leads to anything but a page, a mail or a file beside."""
    return bool(UNSAFE.match(re.sub(r"[\x00-\x20]", "", address)))


def test_nothing_acts_in_a_page_without_its_policy(armed, watch, tmp_path):
    folder, places = armed
    page = POLICY.sub("", (folder / "report.html").read_text())
    assert tell(watch.read(tmp_path / "bare.html", page), places) == []
    assert watch.page.evaluate(ACTIVE) == []
    assert watch.page.locator("main").is_visible()


def test_the_policy_stops_what_nobody_took_out(armed, watch, tmp_path):
    policy = POLICY.search((armed[0] / "report.html").read_text())[0]
    tried = dict(list(enumerate(PAYLOADS, 100_000))[:: 1 if AT_LENGTH else 3])
    acted = {}
    for head in ("", policy):
        happened = []
        for number, payload in tried.items():
            text = payload.replace("alert(N)", f"alert({number})").replace(f"{EVIL}N", f"{EVIL}{number}")
            page = f"<!DOCTYPE html><html><head>{head}</head><body><main>{text}</main></body></html>"
            happened += watch.read(tmp_path / "page.html", page)
        acted[head] = {int(found) for found in re.findall(r"\b1\d{5}\b", " ".join(happened))}
    assert len(acted[""]) > len(tried) / 2.5  # so the payloads are live, and the watch sees what they do
    assert [tried[number] for number in acted[policy]] == []


def test_nothing_acts_in_markdown_that_a_forge_shows(armed, watch, tmp_path):
    shown = run_pandoc(
        ["-f", "gfm", "-t", "html", "--embed-resources=false"], (armed[0] / "report.md").read_text()
    )
    assert tell(watch.read(tmp_path / "shown.html", shown), armed[1]) == []
    assert watch.page.evaluate(ACTIVE) == []


def test_nothing_acts_in_the_pdf(armed):
    with pikepdf.open(armed[0] / "report.pdf") as pdf:
        assert not {"/OpenAction", "/AA"} & set(pdf.Root.keys())
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
        actions = [link.A for page in pdf.pages for link in page.get("/Annots", []) if "/A" in link]
        assert {str(action.S) for action in actions} <= {"/URI", "/GoTo"}
        assert [str(one.URI) for one in actions if "/URI" in one and is_unsafe(str(one.URI))] == []


def test_nothing_acts_in_the_word_document(armed):
    with zipfile.ZipFile(armed[0] / "report.docx") as file:
        parts = {
            name: file.read(name).decode() for name in file.namelist() if name.endswith((".xml", ".rels"))
        }
    outside = [
        html.unescape(address)
        for name, text in parts.items()
        if name.endswith(".rels")
        for address in re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', text)
    ]
    assert [one for one in outside if is_unsafe(one)] == []
    fields = re.findall(r"<w:instrText[^>]*>\s*(\w+)", "".join(parts.values()))
    assert set(fields) <= {"PAGE", "TOC", "PAGEREF", "NUMPAGES", "SEQ", "REF", "STYLEREF", "HYPERLINK"}
