"""How long a comparison of two large editions takes: `python tests/compare/bench_comparison.py` (not a test)."""

import csv
import io
import random
import sys
import time

from sourcebook.compare.comparison import compare_trees
from sourcebook.compare.drawing import draw_comparison
from sourcebook.compare.trees import Tree

CLAIMS, CHAPTERS, SENTENCES = 20_000, 200, 120
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


def build_tree(name, changed, seed=1):
    """An edition in which each `changed`-th row and sentence differs from that of another such number."""
    chance = random.Random(seed)
    ids = [f"a{chr(97 + n // 9000)}{chr(97 + n // 900 % 10)}-{n % 9000:04d}" for n in range(CLAIMS)]
    claims = [(name, f"{' '.join(chance.choices(WORDS, k=14))}.") for name in ids]
    evidence = [
        (f"E{n:05d}", name, "gazette", "supports", 2 + (n % changed == 0)) for n, name in enumerate(ids)
    ]
    verdicts = [(name, "unproven" if n % changed == 0 else "accurate", "low") for n, name in enumerate(ids)]
    files = {
        "data/claims.csv": write(["id", "claim"], claims),
        "data/evidence.csv": write(["id", "claim", "source", "stance", "credibility"], evidence),
        "data/verdicts.csv": write(["claim", "verdict", "confidence"], verdicts),
        "data/sources.yaml": b"references:\n- id: gazette\n  custom: {reliability: A}\n",
        "report/output/report.md": build_report(chance, ids, changed).encode(),
    }
    return Tree(name, files)


def build_report(chance, ids, changed):
    lines = []
    for chapter in range(CHAPTERS):
        lines.append(f'# <a id="sec-{chapter}"></a>{chapter} Chapter {chapter}\n')
        for n in range(SENTENCES):
            number = chance.randrange(1000) + (n % changed == 0) * changed
            lines.append(f"{' '.join(chance.choices(WORDS, k=9)).capitalize()} {number} crowns. ")
    entry = '<div id="claim-{0}" class="claim-entry">\n\n**{0}** a b c.\n\n- E1 supports\n\n</div>\n'
    lines += [entry.format(name) for name in ids]
    return "\n".join(lines)


def write(header, rows):
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows([header, *rows])
    return target.getvalue().encode()


if __name__ == "__main__":
    trees = build_tree("before", 101), build_tree("after", 97)
    start = time.perf_counter()
    comparison = compare_trees(*trees)
    middle = time.perf_counter()
    lengths = {form: len(draw_comparison(comparison, form)) for form in ("text", "md", "html")}
    end = time.perf_counter()
    said = f"{len(comparison.changes)} changes in {middle - start:.2f} s, drawn in {end - middle:.2f} s"
    sys.stdout.write(f"{said}: {lengths}\n")
