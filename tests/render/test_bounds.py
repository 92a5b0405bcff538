"""Input that would take all time or memory there is ends in an output or a sentence, and leaves no process behind."""

from __future__ import annotations

import base64
import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import nbformat
import pytest

from sourcebook.core import limits
from sourcebook.core.yaml_text import load_yaml
from sourcebook.errors import RenderError, SourcebookError, ToolError
from sourcebook.render.report import render_project
from sourcebook.render.tools import read_markdown
from sourcebook.render.typst_compiler import compile_typst

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
CIRCLE = "a: &a [*a]\n"
ALIASES = [
    ("doc.qmd", f"---\n{BOMB}---\n\nText.\n"),
    ("doc.qmd", f"---\n{CIRCLE}---\n\nText.\n"),
    ("_quarto.yml", BOMB),
    ("_quarto.yml", CIRCLE),
    ("_variables.yml", BOMB),
    ("_brand.yml", CIRCLE),
    ("doc.qmd", "```{python}\n" + "".join(f"#| {line}\n" for line in BOMB.splitlines()) + "1\n```\n"),
    ("refs.yaml", BOMB),
]


def render(path, **options):
    said = []
    written = render_project(
        path,
        ("md",),
        execute=False,
        warn=lambda issue: said.append(str(issue)),
        progress=lambda _: None,
        **options,
    )
    return written[0].read_text(), "\n".join(said)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project: {type: default}\n")
    (tmp_path / "doc.qmd").write_text("---\nbibliography: refs.yaml\n---\n\nText.\n")
    (tmp_path / "refs.yaml").write_text("references: []\n")
    return tmp_path


@pytest.mark.parametrize(("name", "text"), ALIASES, ids=[f"{name} {text[:14]!r}" for name, text in ALIASES])
def test_aliases_that_unpack_without_end_are_named(folder, name, text):
    (folder / name).write_text(text)
    with pytest.raises(SourcebookError) as caught:
        render(folder / "doc.qmd")
    assert "alias" in str(caught.value)
    assert name in str(caught.value)


def test_aliases_are_fine_otherwise():
    assert load_yaml("a: &a [1]\nb: *a\nc: {<<: {d: *a}}\n") == {"a": [1], "b": [1], "c": {"d": [1]}}
    many = "\n".join(f"- {{a: {n}, b: '*'}}" for n in range(50_000))
    assert len(load_yaml(many)) == 50_000


@pytest.mark.parametrize(
    "text", ["[" * 5000, "- " * 3000, "{a: " * 3000, "a: !!timestamp x", "a: " + "9" * 5000]
)
def test_yaml_that_nothing_can_be_made_of_is_refused_as_yaml(text):
    import yaml

    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_includes_that_fan_out_are_named(folder):
    for level in range(8):
        (folder / f"{level}.md").write_text(f"{{{{< include {level + 1}.md >}}}}\n" * 10)
    (folder / "8.md").write_text("Text.\n")
    (folder / "doc.qmd").write_text("{{< include 0.md >}}\n")
    with pytest.raises(RenderError, match="too much"):
        render(folder / "doc.qmd")


def test_a_layout_of_a_hundred_million_columns_is_warned_of(folder):
    (folder / "doc.qmd").write_text(
        '::: {layout-ncol="100000000"}\nA\n\nB\n:::\n\n::: {layout="[[1e9]]"}\nC\n:::\n'
    )
    text, said = render(folder / "doc.qmd")
    assert "at most 100" in said
    assert {"A", "B", "C"} <= set(text.split())


def test_what_pandoc_cannot_read_is_stopped_at_its_cell(monkeypatch):
    monkeypatch.setattr(limits, "READING_SECONDS", 2)
    monkeypatch.setattr(limits, "CELL_SECONDS", 2)
    cells = "".join(
        f"```{{=place}}\ncell {n}\n```\n\n{text}\n\n" for n, text in enumerate(["Text.", "[" * 3000, "Text."])
    )

    def place_of(line):
        return [text for text in cells.split("\n")[:line] if text.startswith("cell")][-1]

    with pytest.raises(ToolError, match=r"cell 1: was stopped after 2 seconds.*program-seconds"):
        read_markdown(cells, place_of)


def test_a_setting_allows_programs_more_time_or_less():
    assert limits.program_seconds(0) == limits.PROGRAM_SECONDS
    assert limits.program_seconds(3_000_000) == limits.PROGRAM_SECONDS + 3 * limits.PROGRAM_SECONDS_A_MEGABYTE
    with limits.allow_seconds(7):
        assert limits.program_seconds(3_000_000) == 7
    assert limits.program_seconds(0) == limits.PROGRAM_SECONDS


@pytest.mark.parametrize("text", ["> " * 900 + "x", "\n\n".join(["::: {.a}"] * 900)], ids=["quotes", "divs"])
def test_what_is_nested_too_deeply_is_named(folder, text):
    (folder / "doc.qmd").write_text(f"{text}\n")
    with pytest.raises(SourcebookError, match=r"doc\.qmd.*nested too deeply"):
        render(folder / "doc.qmd")


def write_png(width, height):
    """A picture of one colour: its bytes are few whatever its size."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9999))
        + chunk(b"IEND", b"")
    )


def write_notebook(path, *outputs, **notebook):
    cell = nbformat.v4.new_code_cell(
        "1", id="a", outputs=[nbformat.v4.new_output("display_data", data) for data in outputs]
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], **notebook), path)


def test_pictures_that_unpack_to_gigabytes_are_named(folder):
    bomb = write_png(60_000, 60_000)
    (folder / "bomb.png").write_bytes(bomb)
    (folder / "doc.qmd").write_text("![A](bomb.png)\n")
    with pytest.raises(RenderError, match=r"doc\.qmd, line 1.*cannot be read.*89,000,000 pixels"):
        render(folder / "doc.qmd", strict=True)
    write_notebook(folder / "n.ipynb", {"image/png": base64.b64encode(bomb).decode()})
    with pytest.raises(RenderError, match=r"n\.ipynb, cell 1.*too large.*3,600,000,000 pixels"):
        render(folder / "n.ipynb")
    from PIL import Image

    jpeg = io.BytesIO()
    Image.new("1", (12_000, 12_000)).convert("L").save(jpeg, "JPEG")
    write_notebook(folder / "n.ipynb", {"image/jpeg": base64.b64encode(jpeg.getvalue()).decode()})
    with pytest.raises(RenderError, match=r"144,?000,?000 pixels"):
        render(folder / "n.ipynb")


def test_an_enormous_notebook_is_not_read(folder):
    with (folder / "n.ipynb").open("wb") as file:
        file.truncate(500_000_000)  # of zeros, which take no room on the disk
    with pytest.raises(SourcebookError, match=r"n\.ipynb.*500 MB; at most 200"):
        render(folder / "n.ipynb")


def test_an_enormous_table_is_for_the_page_alone(folder):
    table = "<table>" + "<tr>" + "<td>word</td>" * 10 + "</tr>"
    write_notebook(
        folder / "n.ipynb", {"text/html": f"<table>{(table[7:]) * 6000}</table>", "text/plain": "x"}
    )
    _, said = render(folder / "n.ipynb")
    assert "60,000 cells; expected at most 50,000" in said


def test_raw_typst_asks_nobody_for_packages(tmp_path):
    (tmp_path / "main.typ").write_text('#import ("@pre" + "view/cetz:0.3.1"): canvas\n')
    with pytest.raises(ToolError, match="a report fetches nothing when it is made"):
        compile_typst(tmp_path, [], str, size=0)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_programs_end_with_us_however_we_end(tmp_path, wait_until):
    told = tmp_path / "pid"
    child = (
        f"import os, pathlib, time; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(600)"
    )
    code = f"import sys; from sourcebook.core.programs import run_program; run_program([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", code]) as ours:
        assert wait_until(lambda: told.exists() and told.read_text())
        ours.kill()
    assert wait_until(lambda: not is_running(int(told.read_text())))


def is_running(process):
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_a_killed_run_left_is_swept(tmp_path):
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom sourcebook.core.files import scratch_folder, _name_draft\n"
        "_name_draft(Path('out/report.html')).write_text('half')\n"
        "with scratch_folder() as name:\n    print(name, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "out").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    left = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert Path(left.stdout.strip()).is_dir()
    assert list((tmp_path / "out").iterdir())
    again = "from pathlib import Path\nfrom sourcebook.core.files import prepare_folder, session_folder\nprepare_folder(Path('out')); session_folder()"
    subprocess.run([sys.executable, "-c", again], cwd=tmp_path, env=environment, check=True)
    assert not list((tmp_path / "out").iterdir())
    assert not list(tmp_path.glob("sourcebook-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
@pytest.mark.parametrize("size", [10, 40_000])
def test_a_full_disk_leaves_the_last_outputs(folder, size):
    (folder / "doc.qmd").write_text("Text.\n")
    (folder / "doc.html").write_text("the last")
    (folder / "doc.md").write_text("the last")
    code = f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\nfrom sourcebook.cli import main\nsys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "render", folder / "doc.qmd", "--to", "html,md", "--no-execute"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert [(folder / name).read_text() for name in ("doc.html", "doc.md")] == ["the last"] * 2
    assert not [path.name for path in folder.iterdir() if path.name.endswith(".part")]
