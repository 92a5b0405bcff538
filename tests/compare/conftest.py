"""A small project in a real git repository, with a published edition, to change bit by bit."""

from __future__ import annotations

import copy
import json
import subprocess

import pytest

from sourcebook.compare.change_wording import say_story
from sourcebook.compare.comparison import compare_trees
from sourcebook.compare.trees import find_trees
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.verdicts import seal_verdicts

CHAPTER = "notebooks/04-economy.ipynb"
HELD = {"tables": ["claims", "evidence", "verdicts"], "cells": ["setup"]}
TOLLS = {"series": ["tolls"], "cells": ["tolls"]}
REPORT = {
    "format": 1,
    "tool": {"name": "sourcebook", "version": "0"},
    "title": "Two towns",
    "edition": "2026-11-22",
    "language": "en",
    "chapters": [
        {
            "label": "",
            "title": "Title page",
            "sentences": [{"id": "title/0", "text": "A report, edition of 2026-11-22"}],
        },
        {
            "label": "sec-economy",
            "title": "Economy",
            "source": CHAPTER,
            "sentences": [
                {
                    "id": "sec-economy/1",
                    "text": "About 60 % of the claims hold eco-01.",
                    "cell": "lead",
                    "claims": ["eco-01"],
                    "values": [{"text": "60 %", "expression": "percent(held)", "lineage": HELD}],
                },
                {"id": "sec-economy/2", "text": "The bridge is busy.", "cell": "lead"},
                {"id": "sec-economy/3", "text": "@fig-tolls shows the tolls.", "cell": "lead"},
                {
                    "id": "sec-economy/4",
                    "text": "Tolls were 7.5 thousand crowns in 2024.",
                    "section": "Tolls",
                    "cell": "tolls-text",
                    "values": [
                        {"text": "7.5", "expression": "number(tolls['tolls'].iloc[-1])", "lineage": TOLLS}
                    ],
                },
                {
                    "id": "sec-economy/5",
                    "text": "Tolls in thousand crowns.",
                    "part": "caption",
                    "exhibit": "fig-tolls",
                },
                {"id": "sec-economy/6", "text": "Bars.", "part": "alternative text", "exhibit": "fig-tolls"},
                {
                    "id": "sec-economy/7",
                    "text": "Tolls rise.",
                    "part": "alternative text",
                    "exhibit": "fig-tolls",
                },
            ],
        },
        {
            "label": "sec-conclusion",
            "title": "Conclusion",
            "sentences": [
                {
                    "id": "sec-conclusion/1",
                    "text": "We judge that the bridge helps both towns.",
                    "part": "item 1",
                },
                {"id": "sec-conclusion/2", "text": "It is likely that tolls stay low.", "part": "item 2"},
            ],
        },
        {"label": "sec-ledger", "title": "Ledger", "sentences": []},
    ],
    "exhibits": [
        {
            "label": "fig-tolls",
            "name": "Figure 1",
            "source": CHAPTER,
            "cell": "tolls",
            "picture": "exhibits/fig-tolls.svg",
            "lineage": TOLLS,
        }
    ],
}
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "setup",
            "source": "book = open_book()\nheld = book.graded['verdict'].eq('accurate').mean() * 100",
        },
        {
            "cell_type": "markdown",
            "id": "lead",
            "source": "# Economy {#sec-economy}\n\nAbout `{python} percent(held)` of the claims hold `{python} cite('eco-01')`. "
            "The bridge is busy. @fig-tolls shows the tolls.",
        },
        {
            "cell_type": "code",
            "id": "tolls",
            "source": "#| label: fig-tolls\ntolls = book.series('tolls')\nbars(tolls)",
        },
        {
            "cell_type": "markdown",
            "id": "tolls-text",
            "source": "## Tolls\n\nTolls were `{python} number(tolls['tolls'].iloc[-1])` thousand crowns in 2024.",
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
MADE_IN = {
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T12:00:00Z",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


class Repository:
    """The project with its history: ``change`` edits it, ``commit`` keeps it, ``sentences`` compares it."""

    def __init__(self, project, monkeypatch):
        self.project, self.root = project, project.root
        for name, value in MADE_IN.items():
            monkeypatch.setenv(name, value)
        self.build()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first")

    def build(self, **tables):
        self.project.build(**tables)
        seal_verdicts(read_ledger(self.root))
        self.project.write(CHAPTER, json.dumps(NOTEBOOK))
        self.print(copy.copy)
        self.project.write("report/output/exhibits/fig-tolls.csv", "year,tolls\n2023,7\n2024,7.5\n")
        self.project.write("report/output/exhibits/fig-tolls.svg", "<svg>1</svg>")

    def print(self, change):
        """Publishes the report as ``change`` leaves it, a function that is given its chapters by label, and exhibits."""
        report = copy.deepcopy(REPORT)
        change(report)
        self.project.write("report/output/report.json", json.dumps(report, ensure_ascii=False))

    def git(self, *words):
        done = subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def change(self, path, old, new):
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        self.project.write(path, text.replace(old, new))

    def compare(self, base=None, head=None):
        return compare_trees(*find_trees(self.root, base, head))

    def sentences(self, base=None, head=None):
        return [say_story(story) for story in self.compare(base, head).stories]


@pytest.fixture
def repository_of(project, monkeypatch):
    return Repository(project, monkeypatch)


@pytest.fixture
def history(repository_of):
    return repository_of
