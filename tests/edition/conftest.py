"""A small project that publishes within seconds, and PDFs with attachments of any kind."""

from __future__ import annotations

import io
import shutil

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from sourcebook.edition.publish import publish_edition
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.verdicts import seal_verdicts

SETTINGS = """\
project: {type: book}
book:
  title: Two towns
  date: 2026-11-22
  chapters: [index.md, notebooks/conclusion.ipynb]
bibliography: data/sources.yaml
"""
CONCLUSION = """{"cells": [
 {"cell_type": "code", "id": "setup", "metadata": {}, "outputs": [], "execution_count": null,
  "source": "#| include: false\\nfrom sourcebook.ledger import open_book, percent\\nbook = open_book()\\nheld = book.graded['verdict'].eq('accurate').mean() * 100"},
 {"cell_type": "markdown", "id": "text", "metadata": {},
  "source": "# Conclusion {#sec-conclusion}\\n\\nOf all claims `{python} percent(held)` hold."}
], "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5}
"""


@pytest.fixture
def report(project):
    """A project of two chapters with a sealed ledger."""
    return fill(project)


@pytest.fixture(scope="session")
def published(tmp_path_factory, new_project):
    """The same project with its edition, built once for all tests."""
    made = fill(new_project(tmp_path_factory.mktemp("published") / "project"))
    assert publish_edition(made.root).issues == ()
    return made.root


@pytest.fixture
def edition(project, published):
    """A copy of the published project."""
    shutil.copytree(published, project.root)
    return project


def fill(project):
    project.build()
    project.write("_quarto.yml", SETTINGS)
    project.write("index.md", "# Reading {#sec-reading}\n\nHow to read this.\n")
    project.write("notebooks/conclusion.ipynb", CONCLUSION)
    project.write("Makefile", "report:\n\ttrue\n")
    seal_verdicts(read_ledger(project.root))
    return project


@pytest.fixture
def make_pdf(tmp_path):
    """A PDF with the attachments given as (name, bytes), whatever the names."""

    def make(*attachments):
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        names = ArrayObject()
        for name, body in attachments:
            stream = StreamObject()
            stream.set_data(body)
            packed = writer._add_object(stream.flate_encode())
            spec = DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/Filespec"),
                    NameObject("/UF"): TextStringObject(name),
                    NameObject("/EF"): DictionaryObject({NameObject("/F"): packed}),
                }
            )
            names += [TextStringObject(name), writer._add_object(spec)]
        tree = DictionaryObject({NameObject("/Names"): names})
        writer._root_object[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): tree})
        target = io.BytesIO()
        writer.write(target)
        path = tmp_path / "made.pdf"
        path.write_bytes(target.getvalue())
        return path

    return make
