"""The commands as people use them: what they say, and the codes they end with."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sourcebook import cli
from sourcebook.compare.changes import KINDS
from sourcebook.core.options import OPTIONS
from sourcebook.ledger.codebook import write_codebook
from sourcebook.ledger.scaffold import create_project

TEXT = "Opening words of a text.\n\n## Trade\n\nThe bridge was opened long ago by a mayor. It is still there today.\n"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    monkeypatch.delenv("SOURCEBOOK_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sound(project, monkeypatch):
    write_codebook(project.build())
    project.write("index.md", "# One\n")
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_help_answers_at_once():
    """What makes a command slow to start is importing pandas, nbconvert and the like."""
    code = "import sys, sourcebook.cli as cli\ntry: cli.main(['--help'])\nexcept SystemExit: print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in ("render", "check", "verify", "anchor", "new"))
    assert not any(
        f"'{name}'" in done.stdout for name in ("pandas", "yaml", "nbconvert", "matplotlib", "rapidfuzz")
    )


@pytest.mark.usefixtures("sound")
def test_check_seals_then_passes(capsys):
    assert cli.main(["check"]) == 1
    assert "a verdict not sealed" in capsys.readouterr().err
    assert cli.main(["check", "--seal"]) == 0
    assert capsys.readouterr().out.startswith("Sealed: eco-01\n1 claim,")
    assert cli.main(["check", "--seal"]) == 0
    assert "Sealed: nothing" in capsys.readouterr().out


@pytest.mark.usefixtures("sound")
def test_check_seals_what_is_named():
    assert cli.main(["check", "--seal", "eco-01"]) == 0
    assert cli.main(["check", "--seal", "eco-02"]) == 2


def test_check_writes_the_codebook(sound, capsys):
    (sound.root / "data/README.md").write_text("# Ours\n")
    assert cli.main(["check", "--codebook", "--seal"]) == 0
    assert "Written: data/README.md" in capsys.readouterr().out


def test_check_names_every_problem_and_counts_them(sound, capsys):
    sound.build(claims=[{"id": "eco-01", "kind": "x", "emphasis": "y"}])
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().err
    assert "data/claims.csv, line 2, column kind" in said
    assert said.endswith("Found 2 problems.\n")


def test_outside_a_project_one_sentence_says_what_is_missing(capsys):
    assert cli.main(["check"]) == 2
    assert capsys.readouterr().err.startswith("No project found at or above")


def test_verify_finds_every_anchor_or_names_the_one_that_changed(tmp_path, text, monkeypatch, capsys):
    monkeypatch.chdir(create_project(tmp_path / "report", text).root)
    assert cli.main(["verify", str(text)]) == 0
    assert "All 3 anchors were found once" in capsys.readouterr().out
    changed = tmp_path / "changed.txt"
    changed.write_text(TEXT.replace("by a mayor", "by a major"), encoding="utf-8")
    assert cli.main(["verify", str(changed)]) == 1
    issues = [line for line in capsys.readouterr().err.splitlines() if "claims.csv" in line]
    assert len(issues) == 1
    assert "tra-01" in issues[0]


@pytest.mark.usefixtures("sound")
def test_verify_says_when_there_is_no_article(capsys):
    assert cli.main(["verify", "nowhere.txt"]) == 2
    assert "nowhere.txt cannot be read" in capsys.readouterr().err


def test_anchor_prints_passage_digest_and_section(text, capsys):
    assert cli.main(["anchor", str(text), "The bridge … a mayor"]) == 0
    said = capsys.readouterr().out
    assert "section: trade\npassage: The bridge" in said
    assert "unique:  yes" in said


def test_anchor_uses_the_projects_sections(tmp_path, text, monkeypatch, capsys):
    monkeypatch.chdir(create_project(tmp_path / "report", text).root)
    path = tmp_path / "report/data/article.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"trade"', '"commerce"'), encoding="utf-8")
    assert cli.main(["anchor", str(text), "The bridge … a mayor"]) == 0
    said = capsys.readouterr().out
    assert "section: commerce" in said
    assert "data/claims.csv" not in said  # its claims are still of the section trade


def test_anchor_proposes_the_rows_of_a_claim(tmp_path, text, monkeypatch, capsys):
    monkeypatch.chdir(create_project(tmp_path / "report", text).root)
    assert cli.main(["anchor", str(text), "The bridge … a mayor"]) == 0
    said = capsys.readouterr().out
    assert "A row for data/claims.csv, in the order of ids:\ntra-03,trade,The bridge" in said
    assert "A row for data/verdicts.csv, in the order of ids:\ntra-03,pending,,,,\n" in said


def test_new_says_how_to_go_on(text, capsys):
    assert cli.main(["new", "report", "--article", str(text)]) == 0
    said = capsys.readouterr().out
    assert "Started report: 3 sentences to read in 2 sections." in said
    assert "make -C report" in said
    assert cli.main(["new", "report", "--article", str(text)]) == 2
    assert "is not empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["render", "--to", "docm"],
        ["render", "--jobs", "0"],
        ["render", "--timeout", "-1"],
        ["preview", "--port", "65536"],
        ["preview", "--to", "docm"],
        ["new", "x"],
        [],
        ["chekc"],
    ],
)
def test_wrong_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: sourcebook" in capsys.readouterr().err


def test_render_passes_its_options_on(sound, monkeypatch, capsys):
    from sourcebook.render import report

    seen = {}

    def render_project(root, formats, **options):
        seen.update(options, root=root, formats=formats)
        return [root / "report.pdf"]

    monkeypatch.setattr(report, "render_project", render_project)
    assert cli.main(["render", "--to", "pdf", "--timeout", "9", "--jobs", "2"]) == 0
    given = {"root": sound.root, "formats": ("pdf",), "timeout": 9, "jobs": 2, "progress": None}
    given |= {"parameters": {}, "out": None, "execute": True, "engine": "sourcebook"}
    usual = {
        "memory": 4096,
        "fresh": False,
        "prove": False,
        "executor": None,
        "strict": False,
        "trust": False,
    }
    assert seen == given | usual
    assert capsys.readouterr().out == "The report is ready: report.pdf\n"
    assert cli.main(["render", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("sound")
def test_render_passes_parameters_and_engine_on(monkeypatch):
    from sourcebook.render import report

    seen = {}

    def render_project(*_, **options):
        seen.update(options)
        return []

    monkeypatch.setattr(report, "render_project", render_project)
    options = ["-P", "year:2024", "-P", "name:a", "--engine", "quarto", "--no-execute", "--out", "x"]
    assert cli.main(["render", *options]) == 0
    assert seen["parameters"] == {"year": 2024, "name": "a"}
    assert (seen["engine"], seen["execute"], seen["out"]) == ("quarto", False, Path("x"))


@pytest.mark.usefixtures("sound")
def test_a_preview_that_is_interrupted_has_ended_well(monkeypatch, capsys):
    from sourcebook.preview import preview

    seen = {}

    def preview_project(root, formats, **options):
        seen.update(options, root=root, formats=formats)
        raise KeyboardInterrupt

    monkeypatch.setattr(preview, "preview_project", preview_project)
    assert cli.main(["preview", "--to", "html,pdf", "--port", "0", "--jobs", "1"]) == 0
    assert (seen["root"], seen["formats"], seen["port"], seen["jobs"]) == (Path.cwd(), ("html", "pdf"), 0, 1)
    assert capsys.readouterr().out == "The preview has ended.\n"


def test_render_knows_its_kinds_of_files(text, capsys):
    assert cli.main(["render", str(text)]) == 2
    assert "is of an unknown kind" in capsys.readouterr().err


@pytest.mark.usefixtures("sound")
def test_an_interruption_is_one_line(monkeypatch, capsys):
    def interrupt(_root):
        raise KeyboardInterrupt

    monkeypatch.setattr("sourcebook.ledger.project_check.check_project", interrupt)
    assert cli.main(["check"]) == 130
    assert capsys.readouterr().err.count("\n") == 1


def test_a_reader_who_has_seen_enough_gets_no_traceback(sound):
    program = "import sys; from sourcebook.cli import main; sys.exit(main(['check']))"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=sound.root) as run:
        run.stdout.close()
        assert b"Traceback" not in run.stderr.read()


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_says_what_a_command_does_and_its_examples_are_understood(name, capsys):
    with pytest.raises(SystemExit):
        cli.main([name, "--help"])
    about, _, examples = capsys.readouterr().out.partition("For example:\n")
    assert re.search(r"^[A-Z].+\.$", about, re.MULTILINE)
    for line in examples.splitlines():
        assert cli.write_parser().parse_args(shlex.split(line)[1:]).command == name


def test_help_names_every_kind_of_change(capsys):
    with pytest.raises(SystemExit):
        cli.main(["compare", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"joined by commas: {', '.join(KINDS)} --pictures" in said


def test_a_package_that_is_gone_is_named(monkeypatch, capsys):
    def fail(_args):
        raise ModuleNotFoundError("No module named 'uharfbuzz'", name="uharfbuzz")

    monkeypatch.setitem(cli.COMMANDS, "check", fail)
    assert cli.main(["check"]) == 2
    assert capsys.readouterr().err.startswith("The package uharfbuzz is not installed")


def test_options_are_listed_with_their_values_and_places(capsys):
    assert cli.main(["options"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for option in OPTIONS for name in option.names)
    assert cli.main(["options", "code-fold"]) == 0
    (line,) = re.findall(r"^  code-fold .*", capsys.readouterr().out, re.MULTILINE)
    assert "[true, false, show; only in html;" in line


def test_options_are_a_table_too_and_an_unknown_one_is_named(capsys):
    assert cli.main(["options", "papersize", "--to", "md"]) == 0
    assert "| `papersize` | a size such as a4 or letter | a4 | pdf, typst, docx |" in capsys.readouterr().out
    assert cli.main(["options", "papersiz", "paper-size"]) == 2
    assert "paper-size: in no name of an option" in capsys.readouterr().err
