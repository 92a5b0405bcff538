"""What was measured, as text with medians, ratios and growth, and as a chart."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from cases import Case

mpl.use("svg")
from matplotlib import pyplot as plt  # after the choice of the backend

PACKAGES = (
    "sourcebook",
    "pandas",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "ipykernel",
    "pypandoc-binary",
    "typst",
)
SERIES = {
    "chapters": "cold build, chapters",
    "check": "check, claims",
    "ledger": "ledger page, claims",
    "compare": "compare, claims",
}
STYLES = {"chapters": "o-", "check": "s--", "ledger": "^-.", "compare": "D:"}
COLOURS = {"chapters": "#0072b2", "check": "#3f4f6b", "ledger": "#009e73", "compare": "#8a5a00"}


def describe_results(
    cases: Sequence[Case], times: Mapping[str, list[float]], memory: Mapping[str, float], rounds: int
) -> str:
    """Markdown: the machine, a table of single cases, one of growth."""
    bare = statistics.median(times["bare"]) if "bare" in times else math.nan
    how = "the cases in turns; growth in one round. Memory: the most that all processes of a case held at once, in one more run."
    lines = [
        "# Benchmark", "", "Written by `make bench`; the chart is [results.svg](results.svg).", "",
        f"Medians of {rounds} {'round' if rounds == 1 else 'rounds'}, {how}",
        "", *(f"- {line}" for line in describe_machine()), "",
    ]  # fmt: skip
    single = [case for case in cases if not case.series]
    if single:
        lines += [
            "| Case | Seconds | Least–most | Against the bare cells | MiB |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
        lines += [_row(case, times[case.name], memory, bare) for case in single]
    for series in dict.fromkeys(case.series for case in cases if case.series):
        lines += ["", *_describe_growth([case for case in cases if case.series == series], times, memory)]
    return "\n".join([*lines, ""])


def describe_machine() -> list[str]:
    """Processor, memory, system and versions; no name of the machine, no path."""
    about = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next(
        (line.split(":")[1].strip() for line in about.splitlines() if line.startswith("model name")),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return [
        f"{model or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory",
        f"{platform.system()} {platform.release().split('-')[0]}, {platform.python_implementation()} {platform.python_version()}",
        versions,
    ]


def measure_growth(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The exponent of growth: the slope between logarithms, by least squares."""
    return statistics.linear_regression([*map(math.log, sizes)], [*map(math.log, seconds)]).slope


def draw_results(cases: Sequence[Case], times: Mapping[str, list[float]], path: Path) -> None:
    """Seconds of each case as bars; growth on two logarithmic scales. The same figures give the same bytes."""
    medians = {name: statistics.median(found) for name, found in times.items()}
    single = [case for case in cases if not case.series]
    with mpl.rc_context({"svg.hashsalt": "sourcebook", "svg.fonttype": "none", "font.size": 9}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
        bars = left.barh(
            [case.says for case in single][::-1],
            [medians[case.name] for case in single][::-1],
            color="#3f4f6b",
        )
        left.bar_label(bars, fmt="%.2f", padding=4)
        left.set(xmargin=0.15, xticks=[])
        left.set_title("One report: median seconds", loc="left", fontweight="bold")
        left.tick_params(left=False)
        for series in dict.fromkeys(case.series for case in cases if case.series):
            found = [case for case in cases if case.series == series]
            sizes, seconds = [case.size for case in found], [medians[case.name] for case in found]
            (line,) = right.loglog(sizes, seconds, STYLES[series], color=COLOURS[series], markersize=4)
            right.annotate(
                SERIES[series],
                (sizes[-1], seconds[-1]),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                color=line.get_color(),
                annotation_clip=False,
            )
        right.set_title("Growth: seconds by size", loc="left", fontweight="bold")
        left.spines[["top", "right", "bottom"]].set_visible(False)
        right.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        plt.close(figure)


def _row(case: Case, found: list[float], memory: Mapping[str, float], bare: float) -> str:
    median = statistics.median(found)
    ratio = "" if math.isnan(bare) else f"{median / bare:.2f} ×"
    weight = f"{memory[case.name]:.0f}" if case.name in memory else ""
    return f"| {case.says} | {median:.2f} | {min(found):.2f}–{max(found):.2f} | {ratio} | {weight} |"


def _describe_growth(
    cases: Sequence[Case], times: Mapping[str, list[float]], memory: Mapping[str, float]
) -> list[str]:
    seconds = [statistics.median(times[case.name]) for case in cases]
    lines = ["| Case | Seconds | MiB |", "| --- | ---: | ---: |"]
    for case, median in zip(cases, seconds, strict=True):
        lines.append(
            f"| {case.says} | {median:.2f} | {memory.get(case.name, math.nan):.0f} |".replace("nan", "")
        )
    if len(cases) > 1:
        sizes = [case.size for case in cases]
        last = measure_growth(sizes[-2:], seconds[-2:])
        lines += [
            "",
            f"Grows with the power {measure_growth(sizes, seconds):.2f} of the size; {last:.2f} between the two largest.",
        ]
    return lines
