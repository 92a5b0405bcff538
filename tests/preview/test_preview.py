"""The preview in a real browser: a saved change shows by itself, at the reader's place; an error too, and its end."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import nbformat
import pypdfium2
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from sourcebook.preview.page import compare_pages

SETTINGS = "project: {type: book, output-dir: _build}\nexecute: {echo: false}\nbook: {title: Words, chapters: [first.ipynb, second.ipynb]}\n"
FILLER = "\n\n".join("A sentence that fills the page with words." for _ in range(60))
FIRST = f"# First\n\nThe opening word.\n\n{FILLER}\n\n## A place to read {{#sec-place}}\n\n{FILLER}"
READS = "print('It read', open('data/table.csv').read().strip())"
ONCE = "import uuid\nprint('It ran as', uuid.uuid4())"
PROGRAM = "import sys\nfrom sourcebook.cli import main\nsys.exit(main(sys.argv[1:]))"
EDITS = int(os.environ.get("SOURCEBOOK_EDITS") or (500 if os.environ.get("SOURCEBOOK_AT_LENGTH") else 4))
SECONDS = 30_000  # milliseconds in which even a busy machine must have built


class Preview:
    """A project, the command at work on it, and what it has said."""

    def __init__(self, root: Path, fonts: Path) -> None:
        self.root = root
        (root / "data").mkdir(parents=True)
        shutil.copytree(fonts, root / "_build/.fonts")
        self.write("_quarto.yml", SETTINGS)
        self.write("data/table.csv", "one\n")
        self.write_chapter("first.ipynb", FIRST, READS)
        self.write_chapter("second.ipynb", "# Second", ONCE)

    def write(self, name: str, content: str) -> None:
        (self.root / name).write_text(content)

    def write_chapter(self, name: str, prose: str, code: str) -> None:
        cells = [new_markdown_cell(prose, id="prose"), new_code_cell(code, id="code")]
        nbformat.write(new_notebook(cells=cells), self.root / name)

    def start(self) -> None:
        command = [sys.executable, "-c", PROGRAM, "preview", str(self.root), "--port", "0"]
        scratch = self.root.parent / "scratch"
        scratch.mkdir(exist_ok=True)
        environment = os.environ | {"TMPDIR": str(scratch), "PREVIEW_OF": str(self.root)}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        self.address = re.search(r"http://\S+", self.process.stdout.readline()).group()

    def stop(self, *, hard: bool = False) -> tuple[int, str]:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if hard else signal.SIGINT)
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said

    def ask(self, path: str, host: str = "", method: str = "GET") -> http.client.HTTPResponse:
        netloc = urllib.parse.urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(netloc, timeout=30)
        connection.request(method, path, headers={"Host": host or netloc})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


@pytest.fixture
def preview(tmp_path, cut_fonts):
    made = Preview(tmp_path / "project", cut_fonts)
    yield made
    if hasattr(made, "process"):
        made.stop(hard=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory, cut_fonts):
    """A preview that only is asked."""
    made = Preview(tmp_path_factory.mktemp("running") / "project", cut_fonts)
    made.start()
    yield made
    made.stop(hard=True)


@pytest.fixture
def read(browser):
    """Opens the preview as a reader would; what it says on the console or asks of others fails the test."""
    contexts, complaints = [], []

    def open_page(preview):
        preview.start()
        contexts.append(browser.new_context(viewport={"width": 1000, "height": 700}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: _note(request.url, preview.address, complaints))
        page.goto(preview.address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _note(url, address, complaints):
    if not url.startswith((address, "data:")):
        complaints.append(f"asked for {url}")


def shows(page, text: str) -> None:
    page.get_by_text(text).filter(visible=True).first.wait_for(timeout=SECONDS)


def test_the_page_comes_first_and_then_all_that_make_would_write(preview, read, wait_until):
    page = read(preview)
    shows(page, "The opening word")
    made = preview.root / "_build"
    for word in ("opening", "other"):
        preview.write_chapter("first.ipynb", FIRST.replace("opening", word), READS)
        shows(page, f"The {word} word")
        assert wait_until(lambda word=word: f"The {word} word" in read_pdf(made / "report.pdf"))
        assert wait_until(lambda: list((made / ".store/builds").glob("*.json")))


def read_pdf(path: Path) -> str:
    """The words of the PDF; none while there is no PDF."""
    if not path.is_file():
        return ""
    with pypdfium2.PdfDocument(path) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.slow
def test_a_saved_change_shows_at_the_readers_place_and_runs_only_what_it_affects(preview, read):
    page = read(preview)
    shows(page, "The opening word.")
    ran = page.locator("text=It ran as").inner_text()
    page.locator("#sec-place").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 321)")
    before = page.locator("#sec-place").bounding_box()["y"]

    preview.write_chapter(
        "first.ipynb", FIRST.replace("opening word", "opening\n\nThen another\n\nword"), READS
    )
    shows(page, "Then another")
    page.wait_for_load_state("load")
    found = "(y) => Math.abs(document.querySelector('#sec-place').getBoundingClientRect().y - y) < 3"
    page.wait_for_function(found, arg=before)
    page.wait_for_timeout(500)  # it must not move any more
    assert abs(page.locator("#sec-place").bounding_box()["y"] - before) < 3

    preview.write("data/table.csv", "two\n")
    shows(page, "It read two")
    assert page.locator("text=It ran as").inner_text() == ran
    assert "EventSource" not in (preview.root / "_build/report.html").read_text()


# What the page holds, whether or not a part of it has been laid out ahead by now.
AS_WRITTEN = """(main) => {
  const copy = main.cloneNode(true);
  for (const part of copy.querySelectorAll('[style]')) {
    part.style.removeProperty('content-visibility');
    part.style.cssText ? part.setAttribute('style', part.style.cssText) : part.removeAttribute('style');
  }
  return copy.innerHTML;
}"""


@pytest.mark.slow
def test_changed_words_are_put_in_place_and_the_page_is_loaded_again_for_more(preview, read):
    prose = FIRST.replace(
        "opening word", "opening word [leads](#sec-place) on.^[A note.]\n\n- An item\n- Another"
    )
    preview.write_chapter("first.ipynb", prose, READS)
    page = read(preview)
    shows(page, "Another")
    for old, new, shown in [
        ("opening word", "*changed* words", "words leads on"),
        ("An item", "An item `of` more", "more"),
        ("A note.", "Noted.", "Noted."),
        ("- Another", "- Another\n- Additional", "Additional"),
        ("## A place", "A *new* one.\n\nYet one.\n\n## A place", "Yet one."),
        ("A *new* one.\n\nYet one.", "Merged.", "Merged."),
    ]:
        page.evaluate("window.stays = true")
        prose = prose.replace(old, new)
        preview.write_chapter("first.ipynb", prose, READS)
        shows(page, shown)
        assert page.evaluate("window.stays")
        kept = page.locator("main").evaluate(AS_WRITTEN)
        page.reload()
        assert page.locator("main").evaluate(AS_WRITTEN) == kept
    page.evaluate("window.stays = true")
    preview.write_chapter(
        "first.ipynb", prose.replace("## A place", "## A section more\n\n## A place"), READS
    )
    shows(page, "A section more")
    assert not page.evaluate("window.stays")


def test_sections_that_differ_are_found_among_those_that_do_not():
    page = b"<head>\n<section id=a>\nOne\n<section id=b>\nTwo\n</section>\n</section>\n<footer>"
    changed = page.replace(b"Two", b"2")
    assert compare_pages(page, changed) == [
        ("<section id=b>\nTwo\n</section>\n</section>", "<section id=b>\n2\n</section>\n</section>")
    ]
    assert compare_pages(page, page.replace(b"head", b"HEAD")) is None
    assert compare_pages(page, page.replace(b"Two", b"\n<section id=c>")) is None
    assert compare_pages(b"", page) is None


@pytest.mark.slow
def test_an_error_stands_in_the_page_until_it_is_mended(preview, read):
    page = read(preview)
    shows(page, "It read one")
    preview.write_chapter("first.ipynb", FIRST, "1\nraise ValueError('<img src=x> & more')")
    note = page.locator("#preview-note[role=alert]")
    note.wait_for(timeout=SECONDS)
    assert "first.ipynb, cell 2, line 2: ValueError: <img src=x> & more" in note.inner_text()
    assert note.locator("img").count() == 0
    assert page.locator("text=The opening word.").count() == 1
    preview.write_chapter("first.ipynb", FIRST, READS)
    note.wait_for(state="detached", timeout=SECONDS)
    shows(page, "It read one")


@pytest.mark.slow
def test_a_project_that_cannot_be_built_at_first_appears_when_it_can(preview, read):
    preview.write_chapter("second.ipynb", "# Second\n\n{{< include part.md >}}", ONCE)
    page = read(preview)
    page.locator("#preview-note[role=alert]", has_text="second.ipynb, cell 1").wait_for(timeout=SECONDS)
    preview.write("part.md", "The missing part.\n")
    shows(page, "The missing part.")
    (preview.root / "_quarto.yml").write_text("project: [")
    page.locator("#preview-note[role=alert]", has_text="_quarto.yml").wait_for(timeout=SECONDS)
    preview.write("_quarto.yml", SETTINGS.replace("Words", "Other words"))
    page.get_by_role("heading", name="Other words").wait_for(timeout=SECONDS)


WRITES = {
    "writes, something else each time, and reads": "import pathlib, time\npathlib.Path('only.csv').write_text('a')\nopen('each.csv', 'w').write(str(time.time_ns()))\nopen('mid.csv', 'w').write('3')\nprint(open('mid.csv').read())",
    "reads what it wrote with another program": "open('mid.csv', 'w').write('3')\n!cat mid.csv",
    "writes with another program": "!date +%N > only.csv",
}


@pytest.mark.parametrize("cell", WRITES)
def test_one_saved_change_is_one_build_though_a_cell_writes_in_the_project(preview, cell):
    preview.write_chapter("first.ipynb", FIRST, f"{READS}\n{WRITES[cell]}")
    preview.start()

    def hear_build() -> list[str]:
        """What is said of one build: the page, then all that make would write."""
        return [preview.process.stdout.readline().partition(" in ")[0] for _ in range(2)]

    both = ["html", "html and pdf"]
    assert hear_build() == both
    preview.write("data/table.csv", "two\n")
    assert hear_build() == both
    assert "It read two" in (preview.root / "_build/report.html").read_text()
    preview.write_chapter("second.ipynb", "# Second, renamed", ONCE)
    assert hear_build() == both
    assert " in " not in preview.stop()[1]


CASES = Path(os.environ.get("SOURCEBOOK_CASES") or Path(__file__).parents[2] / "../shared/cases")


@pytest.mark.skipif(
    not (CASES / "29-preview").is_dir(),
    reason="the cases are not at hand: name their folder with SOURCEBOOK_CASES",
)
@pytest.mark.parametrize("chapter", ["", "a-writes-reads", "a-reads-written"])
def test_the_preview_rests_in_each_case_that_did_not(tmp_path, chapter, cut_fonts):
    root = tmp_path / "case"
    shutil.copytree(CASES / "29-preview", root)
    shutil.copytree(cut_fonts, root / "_build/.fonts")
    if chapter:
        text = root / f"{chapter}.nb.txt"
        subprocess.run([sys.executable, CASES / "nb.py", text, root / "a.ipynb"], check=True)
    preview = Preview.__new__(Preview)
    preview.root = root
    preview.start()
    try:
        heard = [preview.process.stdout.readline().partition(" in ")[0] for _ in range(2)]
        (root / "inc/part.md").write_text("Included anew.\n")
        heard += [preview.process.stdout.readline().partition(" in ")[0] for _ in range(2)]
        assert heard == ["html", "html and pdf"] * 2
        assert " in " not in preview.stop()[1]
    finally:
        preview.stop(hard=True)


def test_only_this_machine_is_served_and_only_the_page(running):
    port = urllib.parse.urlsplit(running.address).port
    answer = running.ask("/")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert running.ask("/", host=f"localhost:{port}").status == 200
    for host in ("example.org", f"example.org:{port}", f"127.0.0.1.example.org:{port}", "127.0.0.1:1"):
        assert running.ask("/", host=host).status == 403, host
        assert running.ask("/events", host=host).status == 403, host
    for path in (
        "/_quarto.yml",
        "/../_quarto.yml",
        "/%2e%2e/_quarto.yml",
        "//etc/passwd",
        "/_build/report.html",
    ):
        assert running.ask(path).status == 404, path
    assert running.ask("/", method="POST").status == 501
    # Nobody listens on this machine's other addresses, of which 127.0.0.2 is one.
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.2", port, timeout=10).connect()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_ctrl_c_ends_it_and_leaves_nothing_behind(preview, read):
    page = read(preview)
    shows(page, "It read one")
    assert preview.stop()[0] == 0
    page.get_by_text("The preview has ended").wait_for(timeout=SECONDS)
    page.context.close()
    assert list((preview.root.parent / "scratch").iterdir()) == []
    deadline = time.monotonic() + 20
    while left := processes_with(f"PREVIEW_OF={preview.root}"):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def weigh(preview: Preview) -> dict[str, int]:
    """What the preview holds: megabytes, open files and sockets, processes, files of its own."""
    home = Path(f"/proc/{preview.process.pid}")
    memory = re.search(r"VmRSS:\s+(\d+)", (home / "status").read_text())[1]
    return {
        "memory": int(memory) // 1024,
        "descriptors": len(list((home / "fd").iterdir())),
        "processes": len(processes_with(f"PREVIEW_OF={preview.root}")),
        "files": len(list((preview.root.parent / "scratch").rglob("*"))),
    }


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_after_many_edits_and_readers_it_holds_no_more_than_after_some(preview, read, wait_until):
    page = read(preview)
    shows(page, "The opening word.")
    held = {}
    for number in range(EDITS):
        preview.write_chapter("first.ipynb", FIRST.replace("opening", f"{number}th"), READS)
        shows(page, f"The {number}th word.")
        if number % 5 in (1, 3):
            page.reload()
            shows(page, f"The {number}th word.")
        if number in (EDITS // 3, EDITS - 1):
            assert wait_until(
                lambda n=number: f"The {n}th word" in read_pdf(preview.root / "_build/report.pdf")
            )
            held[number] = weigh(preview)
    early, late = held.values()
    assert late["memory"] < early["memory"] * 1.1 + 20, held
    assert late["descriptors"] <= early["descriptors"] + 2, held
    assert late["files"] <= early["files"] + 2, held


def test_a_port_that_is_taken_is_named(running):
    port = str(urllib.parse.urlsplit(running.address).port)
    command = [sys.executable, "-c", PROGRAM, "preview", str(running.root), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"port {port}" in done.stderr


def processes_with(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            found += [path.parent.name] if mark.encode() in path.read_bytes().split(b"\0") else []
    return found
