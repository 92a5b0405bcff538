"""Projects and editions of any size, made up: the same size always gives the same bytes."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from sourcebook.ledger.codebook import write_codebook
from sourcebook.ledger.load import read_ledger
from sourcebook.ledger.verdicts import seal_verdicts

WORDS = [
    "bridge",
    "town",
    "toll",
    "river",
    "council",
    "road",
    "trade",
    "boat",
    "market",
    "year",
    "stone",
    "north",
    "south",
    "crown",
    "ferry",
    "ledger",
]
PER_SECTION = 1000  # an id has a prefix for its section and at most four digits
SENTENCES = 120  # of a chapter of an edition
QUARTO = "project: {{type: book, output-dir: report/_build}}\nlang: en-GB\nexecute: {{echo: false}}\nbibliography: data/sources.yaml\nbook:\n  title: A report of some size\n  date: 2026-01-01\n  output-file: report\n  chapters:\n{}"
SOURCES = 'references:\n- id: gazette\n  type: article-newspaper\n  title: A bridge at last\n  container-title: Gazette\n  issued: "2013-05-04"\n  URL: https://example.org/bridge\n  custom: {reliability: A, origin: council}\n'
CHART = "#| label: fig-{name}-{n}\n#| fig-cap: Tolls\n#| fig-alt: A line of tolls that rises.\nfigure, axes = plt.subplots()\naxes.plot(tolls['year'], tolls['tolls'] * {n})\naxes.set_ylabel('tolls')\nplt.show()"
SETUP = "#| include: false\nfrom pathlib import Path\nimport pandas as pd\nfrom matplotlib import pyplot as plt\ntolls = pd.read_csv('../data/series/tolls.csv')"
TABLE = "#| label: tbl-{name}\n#| tbl-cap: Tolls by decade\ntolls.groupby(tolls['year'] // 10 * 10).mean().round(1)"


def write_chapters(root: Path, count: int) -> Path:
    """A book of ``count`` chapters, each with prose, two charts and a table of pandas and matplotlib."""
    chance = random.Random(count)
    names = [f"c{n:03}" for n in range(count)]
    for name in names:
        prose = [
            f"{_sentence(chance)} See @fig-{name}-1 and `{{python}} len(tolls)` years." for _ in range(12)
        ]
        cells = [
            new_code_cell(SETUP),
            new_markdown_cell(f"# Chapter {name} {{#sec-{name}}}\n\n" + "\n\n".join(prose)),
            *(new_code_cell(CHART.format(name=name, n=n)) for n in (1, 2)),
            new_code_cell(TABLE.format(name=name)),
        ]
        _write_notebook(root / f"notebooks/{name}.ipynb", cells)
    rows = ((1950 + n, 10 + n % 17) for n in range(70))
    _write_csv(root / "data/series/tolls.csv", ["year", "tolls"], rows)
    _write_book(root, names)
    return root


def write_reports(root: Path, count: int) -> Path:
    """A notebook with prose, a chart and a table, and a grid that asks for ``count`` reports of it."""
    cells = [
        new_code_cell("factor = 1", metadata={"tags": ["parameters"]}),
        new_code_cell(SETUP.replace("../data/series/", "")),
        new_markdown_cell("# Tolls, `{python} factor` times\n\nSee @fig-tolls-1 and @tbl-tolls."),
        new_code_cell(CHART.format(name="tolls", n=1).replace("* 1)", "* factor)")),
        new_code_cell(TABLE.format(name="tolls")),
    ]
    _write_notebook(root / "towns.ipynb", cells)
    _write_csv(root / "tolls.csv", ["year", "tolls"], ((1950 + n, 10 + n % 17) for n in range(70)))
    _write_csv(root / "grid.csv", ["factor"], ((n,) for n in range(count)))
    return root


def write_ledger(root: Path, claims: int) -> Path:
    """A project with ``claims`` claims, each with two pieces of evidence and a verdict, and the page that lists them."""
    chance = random.Random(claims)
    sections = [f"a{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(-(-claims // PER_SECTION))]
    ids = [f"{sections[n // PER_SECTION]}-{n % PER_SECTION:03}" for n in range(claims)]
    package = resources.files("sourcebook.ledger") / "template/data/datapackage.json"
    (root / "data").mkdir(parents=True)
    (root / "data/datapackage.json").write_text(package.read_text(encoding="utf-8"), encoding="utf-8")
    head = f'title = "Towns"\ndate = "2025-06-20"\ndate_reason = "It says so."\nsha256 = "{"0" * 64}"\nthesis = "It helps"\n'
    parts = (
        f'\n[[sections]]\nid = "{name}"\nheading = "Part {name}"\nprefix = "{name}"\n' for name in sections
    )
    (root / "data/article.toml").write_text(head + "".join(parts))
    evidence = [
        {"id": f"E{2 * n + m:05}", "claim": name, "source": "gazette", "locator": f"page {m}", "says": _sentence(chance),
         "when": "2013", "stance": "supports", "credibility": 2}
        for n, name in enumerate(ids) for m in (0, 1)
    ]  # fmt: skip
    claim = {
        "emphasis": "plain",
        "kind": "event",
        "theme": "roads",
        "direction": "supports",
        "attribution": "none",
        "when": "2013",
    }
    rows = [
        claim
        | {
            "id": name,
            "section": name[:3],
            "passage": f"The bridge {name}",
            "digest": f"{n:012x}",
            "claim": _sentence(chance),
        }
        for n, name in enumerate(ids)
    ]
    verdicts = [
        {
            "claim": name,
            "verdict": "accurate",
            "confidence": "moderate",
            "reviewed": "2026-01-01",
            "rationale": f"{_sentence(chance)} {_sentence(chance)}",
        }
        for name in ids
    ]
    tables = {"claims": rows, "evidence": sorted(evidence, key=lambda row: row["id"]), "verdicts": verdicts}
    for resource in json.loads(package.read_text(encoding="utf-8"))["resources"]:
        header = [field["name"] for field in resource["schema"]["fields"]]
        lines = ([row.get(name, "") for name in header] for row in tables.get(resource["name"], []))
        _write_csv(root / "data" / resource["path"], header, lines)
    start = "#| include: false\nfrom sourcebook.ledger import open_book\nbook = open_book()"
    cells = [
        new_code_cell(start),
        new_markdown_cell("# The ledger {#sec-ledger}"),
        new_code_cell("book.entries(book.claims.index)"),
    ]
    _write_notebook(root / "notebooks/ledger.ipynb", cells)
    _write_book(root, ["ledger"])
    write_codebook(root)
    seal_verdicts(read_ledger(root), [])
    return root


def write_edition(root: Path, claims: int, chapters: int, changed: int) -> Path:
    """The tables and the report of an edition; each ``changed``-th row and sentence is as in no other."""
    chance = random.Random(claims)
    ids = [
        f"a{chr(97 + n // PER_SECTION // 26)}{chr(97 + n // PER_SECTION % 26)}-{n % PER_SECTION:03}"
        for n in range(claims)
    ]
    odd = [n % changed == 0 for n in range(claims)]
    _write_csv(root / "data/claims.csv", ["id", "claim"], [(name, _sentence(chance)) for name in ids])
    evidence = [(f"E{n:05}", name, "gazette", "supports", 2 + odd[n]) for n, name in enumerate(ids)]
    _write_csv(root / "data/evidence.csv", ["id", "claim", "source", "stance", "credibility"], evidence)
    verdicts = [(name, "unproven" if odd[n] else "accurate", "low") for n, name in enumerate(ids)]
    _write_csv(root / "data/verdicts.csv", ["claim", "verdict", "confidence"], verdicts)
    (root / "data/sources.yaml").write_text(SOURCES)
    report = []
    for chapter in range(chapters):
        report.append(f'# <a id="sec-{chapter}"></a>{chapter} Chapter {chapter}\n')
        report += [
            f"{_sentence(chance)[:-1]} {chance.randrange(1000) + (n % changed == 0) * changed} crowns. "
            for n in range(SENTENCES)
        ]
    report += [
        f'<div id="claim-{name}" class="claim-entry">\n\n**{name}** a b c.\n\n- E1 supports\n\n</div>\n'
        for name in ids
    ]
    (root / "report/output").mkdir(parents=True)
    (root / "report/output/report.md").write_text("\n".join(report))
    return root


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=14)).capitalize() + "."


def _write_book(root: Path, names: Sequence[str]) -> None:
    (root / "_quarto.yml").write_text(
        QUARTO.format("".join(f"    - notebooks/{name}.ipynb\n" for name in names))
    )
    (root / "data/sources.yaml").write_text(SOURCES)


def _write_notebook(path: Path, cells: Sequence[nbformat.NotebookNode]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=list(cells), metadata={"kernelspec": kernel}), path)


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
