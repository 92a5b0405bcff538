import json
import re
import shutil
import subprocess

import pytest

from sourcebook.cli import main
from sourcebook.edition.edition_check import check_edition
from sourcebook.edition.publish import publish_edition
from sourcebook.edition.same_content import digest_pages
from sourcebook.edition.unpack import inspect_pdf, unpack_pdf
from sourcebook.errors import EditionError
from sourcebook.render.report import render_project

pytestmark = pytest.mark.slow
OUTPUT = "report/output"


def published_files(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in (root / OUTPUT).rglob("*")
        if path.is_file()
    }


def test_an_edition_has_report_and_manifest(edition):
    assert {"report/output/report.pdf", "report/output/report.md", "report/output/manifest.json"} <= set(
        published_files(edition.root)
    )
    assert "100" in (edition.root / OUTPUT / "report.md").read_text()


def test_publishing_twice_changes_nothing(edition):
    before = published_files(edition.root)
    again = publish_edition(edition.root)
    assert (again.written, again.removed, again.issues) == ((), (), ())
    assert published_files(edition.root) == before


def test_an_edition_that_cannot_be_written_is_named(edition):
    (edition.root / OUTPUT / "report.md").unlink()
    (edition.root / OUTPUT / "report.md/inside").mkdir(parents=True)  # where a file should go
    with pytest.raises(EditionError, match="cannot be written") as caught:
        publish_edition(edition.root)
    assert caught.value.issues[0].where == str(edition.root / OUTPUT)


def test_publishing_elsewhere_gives_the_same_bytes(edition, tmp_path):
    copy = tmp_path / "other place" / "clone"
    shutil.copytree(edition.root, copy, ignore=shutil.ignore_patterns("output"))
    publish_edition(copy)
    assert published_files(copy) == published_files(edition.root)


def test_a_fresh_edition_has_no_issues_and_a_project_without_one_neither(edition):
    assert check_edition(edition.root) == []
    shutil.rmtree(edition.root / OUTPUT)
    assert check_edition(edition.root) == []


def test_an_edition_older_than_its_inputs_is_named_without_building(edition):
    edition.write("index.md", "# Reading {#sec-reading}\n\nRead this.\n")
    edition.write("data/extra.csv", "id\n")
    (issue,) = check_edition(edition.root)
    assert str(issue).startswith("report/output: the published edition is older than its inputs")
    assert issue.found == "changed: index.md; new: data/extra.csv"


def test_an_edition_edited_by_hand_is_named(edition):
    edition.write(f"{OUTPUT}/report.md", "mine")
    (edition.root / OUTPUT / "report.pdf").unlink()
    issues = [str(issue) for issue in check_edition(edition.root)]
    assert issues[0].startswith("report/output/report.md: not as it was published")
    assert issues[1].startswith("report/output/report.pdf: a file of the published edition is missing")


def test_a_changed_verdict_wants_a_correction_before_it_is_published(edition):
    path = edition.root / "data/verdicts.csv"
    path.write_text(path.read_text().replace("accurate,moderate", "unproven,low"))
    before = published_files(edition.root)
    issues = [str(issue) for issue in publish_edition(edition.root).issues]
    assert "a changed verdict without a correction (found eco-01 accurate → unproven" in issues[0]
    assert "a changed finding without a correction (found Conclusion: 100" in issues[1]
    assert published_files(edition.root) == before
    edition.write(
        "report/corrections.md",
        "# Corrections\n\n## 23 November 2026\n- eco-01: accurate → unproven, because the gazette erred;\n"
        "  the conclusion counts one claim less.\n",
    )
    done = publish_edition(edition.root)
    assert done.issues == ()
    assert f"{OUTPUT}/report.pdf" in done.written


def test_an_old_correction_does_not_cover_a_new_change(edition):
    edition.write(
        "report/corrections.md", "## 2026-11-22 {.unnumbered}\n- eco-01 and the conclusion: a start.\n"
    )
    publish_edition(edition.root)
    path = edition.root / "data/verdicts.csv"
    path.write_text(path.read_text().replace("accurate,moderate", "unproven,low"))
    assert any("a changed verdict without" in issue.what for issue in check_edition(edition.root))


def test_a_correction_needs_a_date(edition):
    edition.write("report/corrections.md", "## Soon\n- eco-01: other.\n")
    assert "a correction without a date" in [issue.what for issue in check_edition(edition.root)]


def test_what_an_edition_no_longer_has_goes_and_what_is_not_of_it_stays(edition):
    manifest = json.loads((edition.root / OUTPUT / "manifest.json").read_text())
    manifest["outputs"]["exhibits/fig-old.svg"] = "0"
    edition.write(f"{OUTPUT}/manifest.json", json.dumps(manifest))
    edition.write(f"{OUTPUT}/exhibits/fig-old.svg", "<svg/>")
    edition.write(f"{OUTPUT}/notes.txt", "somebody's own")
    assert publish_edition(edition.root).removed == (f"{OUTPUT}/exhibits/fig-old.svg",)
    assert (edition.root / OUTPUT / "notes.txt").exists()
    assert not (edition.root / OUTPUT / "exhibits/fig-old.svg").exists()


def test_a_change_of_the_tool_alone_asks_for_no_new_edition(edition, capsys):
    before = published_files(edition.root)
    edition.write("src/sourcebook/other.py", "# another tool\n")
    edition.write("README.md", "Read this.\n")
    assert check_edition(edition.root) == []
    assert main(["publish", "--quiet", str(edition.root)]) == 0
    assert "only the tool has changed" in capsys.readouterr().out
    assert published_files(edition.root) == before
    assert inspect_pdf(edition.root / OUTPUT / "report.pdf").issues == ()


def test_what_the_tool_prints_otherwise_is_published_with_the_tool_that_does(edition):
    edition.write("src/sourcebook/other.py", "# another tool\n")
    path = edition.root / OUTPUT / "report.json"  # as if the tool of before had said something else
    path.write_text(path.read_text().replace("How to read this.", "How to read that."))
    assert f"{OUTPUT}/report.pdf" in publish_edition(edition.root).written
    assert "src/sourcebook/other.py" in inspect_pdf(edition.root / OUTPUT / "report.pdf").files


def test_another_material_is_published_though_it_prints_the_same(edition):
    edition.write("data/extra.csv", "id\n")
    assert f"{OUTPUT}/report.pdf" in publish_edition(edition.root).written


def test_a_pdf_is_known_by_its_pages_and_not_by_what_it_carries(edition, tmp_path):
    def pages(*texts):
        for path, text in texts:
            edition.write(path, text)
        (built,) = render_project(edition.root, ["pdf"], out=tmp_path / "built")
        return digest_pages(built.read_bytes())

    first = digest_pages((edition.root / OUTPUT / "report.pdf").read_bytes())
    assert pages(("src/sourcebook/other.py", "# another tool\n")) == first
    assert pages(("index.md", "# Reading {#sec-reading}\n\nRead this.\n")) != first


def test_the_pdf_alone_gives_the_same_pdf(edition, tmp_path):
    pdf = edition.root / OUTPUT / "report.pdf"
    assert inspect_pdf(pdf).issues == ()
    folder = tmp_path / "restored"
    unpack_pdf(pdf, folder)
    (built,) = render_project(folder, ["pdf"], out=tmp_path / "built")
    assert built.read_bytes() == pdf.read_bytes()


def test_the_article_is_never_carried(edition):
    for path in ("article.txt", "data/article.txt", "data/article.md", "data/article.html", "index.txt"):
        edition.write(path, "Somebody else's text.")
    publish_edition(edition.root)
    assert not [
        name
        for name in inspect_pdf(edition.root / OUTPUT / "report.pdf").files
        if name.endswith(("txt", "article.md"))
    ]


@pytest.mark.parametrize("names", [{}, {"book": "everything", "held": "kept"}], ids=["usual", "renamed"])
def test_rebuilding_finds_the_same_causes_whatever_variables_are_called(report, capsys, monkeypatch, names):
    path = report.root / "notebooks/conclusion.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        for old, new in names.items():
            cell["source"] = re.sub(rf"(?<![\w.]){old}\b", new, cell["source"])
    path.write_text(json.dumps(notebook))
    for name, value in {"NAME": "Somebody", "EMAIL": "somebody@example.org"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *words], cwd=report.root, check=True)
    path = report.root / "data/verdicts.csv"
    path.write_text(path.read_text().replace("accurate,moderate", "unproven,low"))
    assert main(["compare", "--rebuild", "--project", str(report.root)]) == 1
    assert "eco-01 accurate (moderate) → unproven (low): Conclusion, now 0" in capsys.readouterr().out
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=report.root, check=True, capture_output=True, text=True
    )
    assert len(listed.stdout.splitlines()) == 1


def test_a_stale_verdict_is_not_published(edition):
    path = edition.root / "data/evidence.csv"
    path.write_text(path.read_text().replace("opened on 3 May 2013", "opened in May 2013"))
    before = published_files(edition.root)
    (issue,) = publish_edition(edition.root).issues
    assert str(issue).startswith("data/verdicts.csv, line 2, claim eco-01: a stale verdict")
    assert published_files(edition.root) == before


def test_a_project_without_an_edition_is_asked_for_its_chapters(report):
    (report.root / "index.md").unlink()
    assert [issue.what for issue in check_edition(report.root)] == ["the chapter index.md does not exist"]
