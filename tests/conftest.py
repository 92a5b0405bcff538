"""What tests of several rooms share: a small sound project to break, and the article when it is at hand."""

from __future__ import annotations

import csv
import json
import os
import pickle
import runpy
import shutil
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

REPOSITORY = Path(__file__).resolve().parent.parent
# What is somebody else's lies beside the repository, or where these say.
SHARED = Path(os.environ.get("SOURCEBOOK_SHARED") or REPOSITORY / "../shared").resolve()
TEXT = Path(os.environ.get("SOURCEBOOK_ARTICLE") or SHARED / "article/article.txt").resolve()
IN_CI = os.environ.get("CI") == "true"
# Where the browser was found. Results do not rest on variables that begin so, as they would on SOURCEBOOK_CHROMIUM: what
# `make` has kept would be of no use to the tests.
BROWSER = "PYTEST_CHROMIUM"
NO_BROWSER = (
    "tests of the page, for want of a browser: install Chromium, let `.venv/bin/playwright install chromium` "
    "get one, or name one with SOURCEBOOK_CHROMIUM=path"
)
NO_ARTICLE = "tests against the source article, which is not at hand: name it with SOURCEBOOK_ARTICLE=path"

LONGEST = (
    "test_soundness test_like_nbconvert test_preview test_report test_sweep test_memo test_bench test_explorer "
    "test_interruption test_charts test_reading test_kernels test_publish".split()
)

ARTICLE = """\
title = "Two towns and a bridge"
date = "2025-06-20"
date_reason = "The last event it knows is of that day."
sha256 = "{digest}"
thesis = "The bridge helps both towns"

[[sections]]
id = "opening"
heading = "Introduction"
prefix = "ope"
after = ""

[[sections]]
id = "economy"
heading = "Trade over the bridge"
prefix = "eco"
"""

CLAIM = {
    "section": "economy",
    "passage": "The bridge was … in 2013",
    "digest": "0123456789ab",
    "emphasis": "plain",
    "claim": "The bridge opened in 2013.",
    "kind": "event",
    "theme": "roads",
    "direction": "supports",
    "actors": "Northtown;Southtown",
    "when": "2013",
    "attribution": "none",
}
EVIDENCE = {
    "claim": "eco-01",
    "source": "gazette",
    "locator": "opening",
    "says": "The bridge opened on 3 May 2013.",
    "when": "2013-05-03",
    "stance": "supports",
    "credibility": "1",
}
VERDICT = {
    "verdict": "accurate",
    "confidence": "moderate",
    "reviewed": "2026-11-22",
    "rationale": "It opened in 2013. The town's own gazette says so.",
}
SOURCE = {
    "id": "gazette",
    "type": "article-newspaper",
    "title": "A bridge at last",
    "container-title": "Town Gazette",
    "issued": "2013-05-04",
    "URL": "https://example.org/bridge",
    "custom": {"reliability": "A", "origin": "Northtown council"},
}
FIELDS = [
    {"name": "year", "type": "integer", "description": "Year.", "constraints": {"required": True}},
    {"name": "tolls", "type": "number", "description": "Tolls.", "unit": "thousand crowns"},
    {"name": "basis", "type": "string", "description": "Who counts.", "constraints": {"required": True}},
    {"name": "source", "type": "string", "description": "From.", "references": "sources", "separator": ";"},
]
TOLLS = {
    "name": "tolls",
    "path": "series/tolls.csv",
    "title": "Tolls",
    "schema": {"fields": FIELDS, "primaryKey": ["year"]},
}


def pytest_configure(config):
    """Looks for the browser once, for all workers."""
    if not hasattr(config, "workerinput"):
        find_browser = runpy.run_path(str(REPOSITORY / "tests/browser.py"))["find_browser"]
        os.environ[BROWSER] = find_browser()


def pytest_collection_modifyitems(items):
    """Files that take longest come first (``--dist loadfile`` gives each to one worker), so that none is left at the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def pytest_report_header():
    """How long it takes, and what is left out on this machine."""
    reasons = {
        NO_BROWSER: not os.environ[BROWSER] and not IN_CI,
        NO_ARTICLE: not TEXT.is_file(),
        "what a real Quarto sets: QUARTO names none": not os.environ.get("QUARTO"),
    }
    at_length = os.environ.get("SOURCEBOOK_AT_LENGTH")
    return [
        "all tests, at length, take an hour or more on two idle cores"
        if at_length
        else "all tests take about 13 minutes on two idle cores, after a make; what tries at random tries more in make check-all",
        *(f"skipped: {reason}" for reason, holds in reasons.items() if holds),
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Gives what is skipped for one reason one line in the summary: otherwise it has one for each place."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = ("tests", None, report.longrepr[2])
    return report


class Project:
    """A sound project in a folder. ``build(table=[row, …])`` replaces a table; each row shows only what differs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        template = resources.files("sourcebook.ledger") / "template" / "data" / "datapackage.json"
        self.package = json.loads(template.read_text(encoding="utf-8"))
        self.package["resources"].append(TOLLS)

    def build(self, **tables):
        rows = {
            "claims": [{"id": "eco-01"}],
            "evidence": [{"id": "E100"}],
            "verdicts": [{"claim": "eco-01"}],
            "tolls": [{"year": "2024", "tolls": "7.5", "basis": "council", "source": "gazette"}],
        } | tables
        defaults = {"claims": CLAIM, "evidence": EVIDENCE, "verdicts": VERDICT}
        self.write("_quarto.yml", "project: {type: default}\n")
        self.write("data/article.toml", ARTICLE.format(digest="0" * 64))
        self.write("data/datapackage.json", json.dumps(self.package))
        self.write_sources(*tables.get("sources", [{}]))
        for resource in self.package["resources"]:
            name = resource["name"]
            self.write_table(name, [defaults.get(name, {}) | row for row in rows.get(name, [])])
        return self.root

    def write(self, path, content):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def write_table(self, name, rows):
        schema, path = next((r["schema"], r["path"]) for r in self.package["resources"] if r["name"] == name)
        target = self.write(f"data/{path}", "")
        with target.open("w", encoding="utf-8", newline="") as file:
            columns = [field["name"] for field in schema["fields"]]
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def write_sources(self, *sources):
        references = {"references": [SOURCE | source for source in sources]}
        self.write("data/sources.yaml", yaml.safe_dump(references, sort_keys=False))


@pytest.fixture(scope="session")
def new_project():
    """Makes a project in any folder, for what is built once for many tests."""
    return Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY


@pytest.fixture(scope="session")
def article():
    """The source article is somebody else's text and not part of the repository."""
    if not TEXT.is_file():
        pytest.skip(NO_ARTICLE)
    return TEXT


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; CI must have one, elsewhere tests that need it are skipped.

    It ends with its module: Playwright keeps an event loop running, in whose way others' tests must not come.
    """
    program = os.environ[BROWSER]
    if not program:
        (pytest.fail if IN_CI else pytest.skip)(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    # One process for all pages: each of its own would take longer to start than most tests do.
    switches = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--renderer-process-limit=1",
    ]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=switches)
        yield running
        running.close()


@pytest.fixture(scope="session")
def make_once(tmp_path_factory):
    """Makes something once for all workers: ``make_once(name, make)`` is what ``make(folder)`` gave, here or elsewhere."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def get(name, make):
        folder, kept = base / name, base / f"{name}.pickle"
        with FileLock(f"{folder}.lock"):
            if not kept.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed
                folder.mkdir()
                kept.write_bytes(pickle.dumps(make(folder)))
        return pickle.loads(kept.read_bytes())

    return get


@pytest.fixture(scope="session")
def cut_fonts(make_once) -> Path:
    """What ``_build/.fonts`` of a report holds: cutting fonts takes most of a first build in a process of its own."""

    def cut(folder):
        from sourcebook.render.formats.fonts import font_css

        font_css("", folder)
        return folder / ".fonts"

    return make_once("fonts", cut)


@pytest.fixture(scope="session")
def built_report(make_once) -> Path:
    """This very report as page and PDF: a copy of what `make` built, if that is today's; else built with the results kept."""

    def build(out):
        made = REPOSITORY / "report/_build"
        if find_current():
            shutil.copytree(made, out, dirs_exist_ok=True)
            return out
        if (made / ".store").is_dir():
            shutil.copytree(made / ".store", out / ".store")
        # A program of its own: Playwright's event loop in this one would be in the way of the workers.
        program = "import sys; from sourcebook.cli import main; sys.exit(main(sys.argv[1:]))"
        options = ["render", str(REPOSITORY), "--to", "html,pdf", "--out", str(out), "--quiet"]
        subprocess.run([sys.executable, "-c", program, *options], check=True)
        return out

    return make_once("report", build)


def find_current() -> list[Path]:
    """What `make` built, if it is whole and nothing has changed that it rests on."""
    from sourcebook.render.record import open_record
    from sourcebook.render.source.project import read_project

    record = open_record(read_project(REPOSITORY), ["html", "pdf"], None, None, execute=True)
    return record.find_outputs()


@pytest.fixture(scope="session")
def wait_until():
    """Waits for a condition to come true; whether it did within ``seconds``."""

    def wait(condition, seconds=120.0):  # a busy machine is no fault of what is waited for
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    return wait
