"""A document reads its project and what the project names; nothing else, whatever it calls it."""

from __future__ import annotations

import os
import subprocess

import pytest

from sourcebook.errors import SourcebookError
from sourcebook.render.report import render_project

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="3" height="3"/></svg>'


@pytest.fixture
def place(tmp_path):
    """A project and, beside it, what it has no business with."""
    (tmp_path / "secret.md").write_text("A secret.\n")
    (tmp_path / "secret.svg").write_text(PICTURE)
    (tmp_path / "secret.bib").write_text("@book{a, title={Secret}}\n")
    (tmp_path / "secret.qmd").write_text("# Secret\n")
    (tmp_path / "project/docs").mkdir(parents=True)
    (tmp_path / "project/part.md").write_text("A part.\n")
    return tmp_path


def render(path, **options):
    said = []
    written = render_project(
        path, ("md",), execute=False, warn=lambda i: said.append(str(i)), progress=lambda _: None, **options
    )
    return written[0].read_text() + "".join(said)


def write(place, text, settings="project: {type: default}\n"):
    if settings:
        (place / "project/_quarto.yml").write_text(settings)
    path = place / "project/docs/doc.qmd"
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", [
    "{{< include ../../secret.md >}}\n", "{{< include /../secret.md >}}\n", "{{< include ../link.md >}}\n", "![A](../../secret.svg)\n",
    "![A](..%2F..%2Fsecret.svg)\n", "---\nbibliography: ../secret.bib\n---\n\n[@a]\n", "---\ncsl: ../secret.bib\n---\n\nx\n",
    "---\noutput-file: ../../../made\n---\n\nText.\n", "{{< include ../../secret.qmd >}}\n",
])  # fmt: skip
def test_what_lies_outside_is_refused_with_the_setting_that_permits_it(place, text):
    (place / "project/link.md").symlink_to(place / "secret.md")
    path = write(place, text)
    try:
        said = render(path)
    except SourcebookError as error:
        said = str(error)
    assert "outside the project" in said
    assert "sourcebook: outside:" in said
    assert "secret." in said or "made" in said or "link" in said
    assert not [*place.parent.glob("made*"), *place.rglob("made*")]
    assert "A secret" not in said


def test_what_the_project_names_is_read(place):
    settings = "project: {type: default}\nsourcebook: {outside: [../secret.md, ../secret.svg]}\n"
    text = render(write(place, "{{< include ../../secret.md >}}\n\n![A](../../secret.svg)\n", settings))
    assert "A secret." in text


def test_a_document_cannot_give_itself_leave(place):
    path = write(place, "---\nsourcebook: {outside: [..]}\n---\n\n{{< include ../../secret.md >}}\n")
    with pytest.raises(SourcebookError, match="outside the project"):
        render(path)


def test_without_a_project_the_work_tree_or_the_working_directory_is_read(place, monkeypatch):
    path = write(place, "{{< include ../part.md >}}\n", settings="")
    monkeypatch.chdir(place.parent if (place.parent / ".git").exists() else "/")
    monkeypatch.chdir(place / "project/docs")
    with pytest.raises(SourcebookError, match="outside the project"):
        render(path)
    monkeypatch.chdir(place / "project")
    assert "A part." in render(path)
    monkeypatch.chdir(place / "project/docs")
    subprocess.run(["git", "init", "--quiet", place / "project"], check=True)
    assert "A part." in render(path)


@pytest.mark.parametrize("name", ["a" * 300, "%00", "a%00b.png", "\\0"])
@pytest.mark.parametrize(
    "form", ["![A]({})\n", "[A]({})\n", "{{{{< include {} >}}}}\n", "{{{{< embed {} >}}}}\n"]
)
def test_names_that_no_file_can_have_end_in_a_sentence(place, name, form):
    path = write(place, form.format(name))
    try:
        said = render(path)
    except SourcebookError as error:
        said = str(error)
    assert "doc.qmd, line 1" in said


def test_a_percent_sign_in_a_name_is_one(tmp_path):
    folder = tmp_path / "a%20b"
    folder.mkdir()
    (folder / "r%20s.bib").write_text("@book{a, title={Of percent}, author={One, A}, year=2020}\n")
    (folder / "x%20y.svg").write_text(PICTURE)
    (folder / "doc.qmd").write_text("---\nbibliography: r%20s.bib\n---\n\nSee [@a]. ![A](x%20y.svg)\n")
    assert "Of Percent" in render(folder / "doc.qmd")  # a title, which citeproc's style capitalises


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_not_utf8_can_be_said(place, capsysbinary):
    from sourcebook.cli import main

    folder = place / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "doc.qmd").write_text("{{< include nothing.md >}}\n")
    assert main(["render", str(folder / "doc.qmd"), "--to", "md", "--no-execute"]) == 2
    assert main(["render", str(folder / "nothing.qmd")]) == 2
    assert b"caf\\xe9" in capsysbinary.readouterr().err
