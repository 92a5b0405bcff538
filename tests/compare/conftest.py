"""A small project in a real git repository, with a published edition, to change bit by bit."""

from __future__ import annotations

import json
import subprocess

import pytest

from sourcebook.compare.comparison import compare_trees
from sourcebook.compare.say import say_story
from sourcebook.compare.trees import find_trees
from sourcebook.ledger.reading import read_ledger
from sourcebook.ledger.verdicts import seal_verdicts

REPORT = """\
# Two towns

A report, edition of 2026-11-22

## <a id="sec-economy"></a>1 Economy

About 60 % of the claims hold [eco-01 ●](#claim-eco-01). The bridge is busy. [Figure 1](#fig-tolls) shows the tolls.

### <a id="sec-tolls"></a>1.1 Tolls

Tolls were 7.5 thousand crowns in 2024.

<a id="fig-tolls"></a>

**Figure 1.** Tolls in thousand crowns.

![Bars. Tolls rise.](exhibits/fig-tolls.svg)

[Data (CSV)](exhibits/fig-tolls.csv)

## <a id="sec-conclusion"></a>2 Conclusion

1.  We judge that the bridge helps both towns.
2.  It is likely that tolls stay low.

## <a id="sec-ledger"></a>A Ledger

<a id="claim-eco-01"></a>

**eco-01** The bridge opened in 2013.

● **accurate**, moderate confidence.
"""
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
        self.project.write("notebooks/04-economy.ipynb", json.dumps(NOTEBOOK))
        self.project.write("report/output/report.md", REPORT)
        self.project.write("report/output/exhibits/fig-tolls.csv", "year,tolls\n2023,7\n2024,7.5\n")
        self.project.write("report/output/exhibits/fig-tolls.svg", "<svg>1</svg>")

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
