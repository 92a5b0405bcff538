"""What was measured, as text with medians, ratios and growth, and as a chart."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
    "reports": "grid, reports",
    "check": "check, claims",
    "ledger": "ledger page, claims",
    "compare": "compare, claims",
}
STYLES = {"chapters": "o-", "reports": "v-", "check": "s--", "ledger": "^-.", "compare": "D:"}
COLOURS = {
    "chapters": "#0072b2",
    "reports": "#d55e00",
    "check": "#3f4f6b",
    "ledger": "#009e73",
    "compare": "#8a5a00",
}

# Each part of a build in the picture, from below; one hue for running notebooks, converting them and writing.
PARTS = {
    "kernels": ("importing for kernels and forking them", "#0b3c5d"),
    "cells": ("cells, in their kernels", "#0072b2"),
    "driving": ("sending cells, and the cache", "#7fb8dd"),
    "export": ("export of notebooks", "#00513b"),
    "pandoc": ("pandoc", "#009e73"),
    "passes": ("passes over the tree", "#7fd1b9"),
    "typst": ("Typst", "#8a5a00"),
    "fonts": ("cutting fonts", "#e69f00"),
    "writing": ("writing formats", "#f3d08a"),
    "imports": ("our own imports", "#5c6670"),
    "other": ("other", "#b4bbc2"),
}
BINS = 60  # of the picture, over the whole time


def describe_results(
    cases: Sequence[Case], times: Mapping[str, list[float]], memory: Mapping[str, float], rounds: int
) -> str:
    """Markdown: the machine, a table of single cases, one of growth."""
    bare = times.get("bare", [])
    how = "the cases in turns; growth in one round. Memory: the most that all processes of a case held at once, in one more run."
    lines = [
        "# Benchmark", "", "Written by `make bench`; the chart is [results.svg](results.svg).", "",
        f"Medians of {rounds} {'round' if rounds == 1 else 'rounds'}, {how}",
        "", *(f"- {line}" for line in describe_machine()), "",
    ]  # fmt: skip
    single = [case for case in cases if not case.series]
    if single:
        lines += [
            "| Case | Seconds | Least–most | Against the bare cells, in pairs | MiB |",
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


def describe_profile(profile: Mapping[str, Any]) -> str:
    """Markdown: what each part of a cold build used of the processor, and how long cores had nothing to do."""
    used: Counter[str] = Counter()
    for _, moment in profile["moments"]:
        used.update(moment)
    seconds, cores = profile["seconds"], profile["cores"]
    whole = seconds * cores
    rows = [(PARTS[part][0], used[part]) for part in PARTS] + [("nothing", whole - sum(used.values()))]
    lines = [
        "## Where the time goes", "",
        f"One cold build, HTML and PDF, looked at 50 times a second: {seconds:.1f} seconds on {cores} cores. The chart is [profile.svg](profile.svg).", "",
        "| Part | Seconds of a core | Share |", "| --- | ---: | ---: |",
        *(f"| {says} | {found:.2f} | {found / whole:.0%} |" for says, found in rows), "",
    ]  # fmt: skip
    return "\n".join(lines)


def draw_profile(profile: Mapping[str, Any], path: Path) -> None:
    """Cores at work over the time of the build, part upon part; what is white had nothing to do."""
    width = profile["seconds"] / BINS
    heights = {part: [0.0] * BINS for part in PARTS}
    for moment, used in profile["moments"]:
        for part, seconds in used.items():
            heights[part][min(int(moment / width), BINS - 1)] += seconds / width
    edges = [number * width for number in range(BINS + 1)]
    with mpl.rc_context({"svg.hashsalt": "sourcebook", "svg.fonttype": "none", "font.size": 9}):
        figure, axes = plt.subplots(figsize=(11, 3.5), layout="constrained")
        below = [0.0] * BINS
        for part, (says, colour) in PARTS.items():
            above = [low + more for low, more in zip(below, heights[part], strict=True)]
            axes.stairs(above, edges, baseline=below, fill=True, color=colour, label=says)
            below = above
        axes.axhline(profile["cores"], color="#1b1f24", linewidth=0.8)
        axes.set(xlabel="seconds", xlim=(0, edges[-1]), ylim=(0, None))
        axes.set_title("A cold build: cores at work, by part", loc="left", fontweight="bold")
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, reverse=True)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        plt.close(figure)


def _row(case: Case, found: list[float], memory: Mapping[str, float], bare: Sequence[float]) -> str:
    median = statistics.median(found)
    pairs = [one / other for one, other in zip(found, bare, strict=False)]
    ratio = f"{statistics.median(pairs):.2f} ×" if pairs else ""
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
