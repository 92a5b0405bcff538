"""The benchmark: `make bench`, or in parts `make bench ARGS="--rounds 1 --only cold,prose"`.

The cases are run in turns, so that whatever else the machine does hits all of them; those of growth once. It works on copies in a temporary
folder. Only a run of everything writes results.md, results.svg and profile.svg; any other is printed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import generated
from cases import Case, list_report_cases, list_scale_cases, take_profile
from measure import time_command, weigh_command
from results import describe_profile, describe_results, draw_profile, draw_results

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROFILE = "profile"


def main() -> None:
    args = _read_arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        cases = _choose(_list_cases(args, Path(name)), args.only)
        times: dict[str, list[float]] = {case.name: [] for case in cases}
        for number in range(args.rounds):
            for case in (case for case in cases if not case.series):
                case.prepare(number)
                _say(f"round {number + 1} of {args.rounds}: {case.says}")
                times[case.name].append(
                    case.watch(number)[0]
                    if case.watch
                    else time_command(case.command, case.folder, case.variables)
                )
        memory = _weigh(cases, args.rounds, times)
        _say("profile: where the time of a cold build goes")
        profile = take_profile(Path(name)) if not args.only or PROFILE in args.only else None
    _say("")
    _report(cases, times, memory, profile, args)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=5, help="how often each case is timed; growth always once")
    add(
        "--only",
        type=lambda text: text.split(","),
        help="names of cases or series, with commas: cold,prose,chapters,profile",
    )
    add("--chapters", type=_sizes, default=(12, 50, 200), help="sizes of generated books")
    add("--claims", type=_sizes, default=(100, 2000, 20000), help="sizes of generated ledgers")
    add("--reports", type=_sizes, default=(10, 100), help="sizes of grids of parameters")
    add("--generated", type=int, metavar="N", help="a generated book of N chapters instead of the report")
    add("--out", type=Path, help="write the results into this folder, whatever was run")
    return parser.parse_args()


def _list_cases(args: argparse.Namespace, work: Path) -> list[Case]:
    wanted = set(args.only or ["scale"])
    scale = bool(
        wanted & {"scale", "chapters", "reports", "check", "ledger", "compare"}
        or any("-" in name for name in wanted)
    )
    project = generated.write_chapters(work / "project", args.generated) if args.generated else ROOT
    cases = list_report_cases(project, work)
    for name, needs in {"quarto": "Quarto", "preview": "A browser (Chromium)"}.items():
        if not any(case.name == name for case in cases):
            sys.stderr.write(f"{needs} is not installed: {name} is left out.\n")
    return cases + (list_scale_cases(work, args.chapters, args.claims, args.reports) if scale else [])


def _choose(cases: list[Case], only: list[str] | None) -> list[Case]:
    known = {PROFILE, *(name for case in cases for name in (case.name, case.series) if name)}
    if unknown := set(only or ()) - known:
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}.")
    return [case for case in cases if not only or case.name in only or case.series in only]


def _weigh(cases: list[Case], rounds: int, times: dict[str, list[float]]) -> dict[str, float]:
    """Each case once more, for its memory; growth is timed in this run alone, as it shows in one round too."""
    memory = {}
    for case in cases:
        case.prepare(rounds)
        _say(f"memory: {case.says}")
        start = time.perf_counter()
        memory[case.name] = (
            case.watch(rounds)[1] if case.watch else weigh_command(case.command, case.folder, case.variables)
        )
        if case.series:
            times[case.name].append(time.perf_counter() - start)
    return memory


def _report(
    cases: list[Case],
    times: dict[str, list[float]],
    memory: dict[str, float],
    profile: Mapping[str, Any] | None,
    args: argparse.Namespace,
) -> None:
    text = describe_results(cases, times, memory, args.rounds)
    text += f"\n{describe_profile(profile)}" if profile else ""
    whole = not (args.only or args.generated)
    if folder := args.out or (HERE if whole else None):
        (folder / "results.md").write_text(text, encoding="utf-8")
        draw_results(cases, times, folder / "results.svg")
        if profile:
            draw_profile(profile, folder / "profile.svg")
    sys.stdout.write(text)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _say(message: str) -> None:
    """One line that rewrites itself on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{message[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()


if __name__ == "__main__":
    main()
