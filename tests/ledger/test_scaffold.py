import json
import re
import subprocess

import pytest

from sourcebook.cli import COMMANDS
from sourcebook.core.brand import Brand
from sourcebook.errors import AnchorError, ProjectError
from sourcebook.ledger import open_book
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.project_check import check_project
from sourcebook.ledger.scaffold import create_project
from sourcebook.ledger.verify import verify_claims

TEXT = """\
# How bees "winter" & why $5 matters

Bees do not sleep through the winter. They form a ball and keep warm.

## Food

A colony eats twenty kilograms of honey between autumn and spring. Sugar is only a stopgap.

## Enemies

Mites weaken colonies before the cold sets in. Mice move into warm hives in late autumn.
"""


@pytest.fixture
def bees(tmp_path):
    path = tmp_path / "bees.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_new_project_is_sound_and_has_a_pending_claim_for_each_sentence(tmp_path, bees):
    made = create_project(tmp_path / "report", bees)
    result = check_project(made.root)
    assert result.issues == ()
    assert "Verdicts: 6 pending" in result.summary
    assert (made.sections, made.claims) == (3, 6)


def test_its_anchors_are_those_of_the_article(tmp_path, bees):
    ledger = read_ledger(create_project(tmp_path / "report", bees).root)
    claims = [row.cells for row in ledger.rows("claims")]
    assert verify_claims(bees, ledger.article.meta, claims) == []


def test_the_title_is_no_claim_unless_there_is_nothing_else(tmp_path):
    text = tmp_path / "tunnel.txt"
    text.write_text(
        "How a tunnel changed the Alps\n\nThe opening\n\nIt was opened in June, after seventeen years.\n"
    )
    claims = open_book(create_project(tmp_path / "report", text).root).claims
    assert list(claims["passage"]) == ["It was opened in … June, after seventeen years"]


def test_it_does_not_copy_the_article(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    claims = open_book(root).claims["claim"]
    assert claims.iloc[-1] == "Sentence 2 of “Enemies”, to be put into words of our own."
    written = " ".join(path.read_text(encoding="utf-8") for path in root.rglob("*") if path.is_file())
    assert "twenty kilograms of honey" not in written


def test_it_has_the_same_rooms_and_a_chapter_for_each_section(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    assert {path.name for path in root.iterdir()} == {
        *(
            "data",
            "notebooks",
            "_quarto.yml",
            "_brand.yml",
            "index.md",
            "Makefile",
            "README.md",
            ".gitignore",
        ),
    }
    assert sorted(path.name for path in root.glob("notebooks/*")) == [
        *("01-findings.ipynb", "02-how-bees-winter-why.ipynb", "03-food.ipynb", "04-enemies.ipynb"),
        *("05-conclusion.ipynb", "06-ledger.ipynb", "07-sources.ipynb"),
    ]
    assert all(json.loads(path.read_text(encoding="utf-8"))["cells"] for path in root.glob("notebooks/*"))
    assert not [
        path for path in root.rglob("*") if path.is_file() and "@id@" in path.read_text(encoding="utf-8")
    ]


def test_its_look_can_be_read_and_may_be_left_out(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    assert open_book(root).brand.colours["primary"].light == open_book(root).brand.palette["harbour"]
    (root / "_brand.yml").unlink()
    assert open_book(root).brand == Brand()


def test_the_title_survives_its_quotes(tmp_path, bees):
    assert (
        open_book(create_project(tmp_path / "report", bees).root).article.title
        == 'How bees "winter" & why $5 matters'
    )


def test_an_empty_folder_will_do(tmp_path, bees):
    (tmp_path / "report").mkdir()
    assert create_project(tmp_path / "report", bees).claims == 6


def test_a_folder_that_holds_something_is_left_alone(tmp_path, bees):
    (tmp_path / "report").mkdir()
    (tmp_path / "report/mine.txt").write_text("mine")
    with pytest.raises(ProjectError, match="is not empty"):
        create_project(tmp_path / "report", bees)
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", AnchorError, "is empty"),
        (b"caf\xe9", AnchorError, "not UTF-8"),
        (b"---\n***\n", ProjectError, "no sentence"),
        (b"Word. " * 50, ProjectError, "no sentence"),
    ],
)
def test_a_text_that_is_no_article_leaves_nothing_behind(tmp_path, content, error, message):
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(error, match=message):
        create_project(tmp_path / "report", tmp_path / "x.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_place_that_cannot_be_written_is_named(bees):
    with pytest.raises(ProjectError, match="cannot be written"):
        create_project(bees / "report", bees)


@pytest.mark.parametrize(
    "text",
    [
        "One line without a full stop",
        "Первое предложение. Второе предложение.\n\nТретье предложение.",
        "第一句话。第二句话。",
        "\n".join(f"Sentence number {n} stands here by itself." for n in range(250)),
        "a\u00a0b\u200bc — “d”. ‘e’ … f.\n\n- item one\n- item two\n",
    ],
)
def test_any_text_gives_a_sound_project(tmp_path, text):
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    assert check_project(create_project(tmp_path / "report", tmp_path / "x.txt").root).issues == ()


@pytest.mark.slow
def test_the_skeletons_render_at_once(tmp_path, bees):
    from sourcebook.render.report import render_project

    root = create_project(tmp_path / "report", bees).root
    html = next(path for path in render_project(root) if path.suffix == ".html").read_text(encoding="utf-8")
    assert html.count("<figure") >= 5
    assert html.count("<table") >= 5
    assert "Sentence 2 of “Enemies”" in html


def test_its_readme_names_commands_that_there_are(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    readme, makefile = ((root / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    named = set(re.findall(r"`make ([a-z]+)", readme))
    assert named >= {"check", "compare", "publish", "verify"}
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`sourcebook ([a-z]+)", readme)) <= set(COMMANDS)


def test_its_make_hands_on_to_the_tool(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    (tmp_path / "tool").write_text('#!/bin/sh\necho "$@"\n[ "$1" != compare ]\n')
    (tmp_path / "tool").chmod(0o755)
    targets = ("check", "publish", "compare")
    done = subprocess.run(
        ["make", "-s", *targets, "BASE=main", f"SOURCEBOOK={tmp_path / 'tool'}"],
        cwd=root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["check", "publish", "compare main"]


def test_a_section_without_claims_says_what_to_do_with_its_chapter(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    cells = json.loads((root / "notebooks/03-food.ipynb").read_text(encoding="utf-8"))["cells"]
    for table in ("claims", "verdicts"):
        path = root / f"data/{table}.csv"
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("foo-")]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    setup = "".join(cells[0]["source"]).replace("open_book()", f"open_book({str(root)!r})")
    with pytest.raises(LookupError, match="delete this notebook and its line"):
        exec(setup, {})


def test_its_codebook_shows_how_a_series_is_described(tmp_path, bees):
    root = create_project(tmp_path / "report", bees).root
    shown = re.search(r"```json\n(.*?)```", (root / "data/README.md").read_text(encoding="utf-8"), re.DOTALL)
    schema = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
    schema["resources"].append(json.loads(shown[1]))
    (root / "data/datapackage.json").write_text(json.dumps(schema), encoding="utf-8")
    (root / "data/series").mkdir()
    (root / "data/series/trains.csv").write_text("year,trains,basis,source\n")
    assert list(open_book(root).series("trains").columns) == ["year", "trains", "basis", "source"]
