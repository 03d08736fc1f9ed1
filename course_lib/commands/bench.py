"""`bench`: the course's training engine beside three others, on this machine."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib import ROOT, CourseError
from course_lib.benchmark.plan import CONTENDERS, Plan
from course_lib.files import replacing

if TYPE_CHECKING:
    from course_lib.benchmark.rounds import Benchmark

HELP = "measure how fast training is here, beside three other programs"
DESCRIPTION = """\
Trains four small GANs on Fashion-MNIST and compares them: the well-known TensorFlow tutorial, a keras.io example, the
course's DCGAN in PyTorch (if torch is installed) and the course's own. Measured are images per second with the same
networks, memory, the seconds until the first picture, and a race: seconds of training until the samples are as good
as the tutorial's best in five epochs (a score called T), and two, four and eight times as good.

The tutorial is trained once, for ten minutes or more; then come the rounds, in which all take turns, so that what
slows the machine for a while slows everybody. Use it for nothing else meanwhile. With --reuse the tutorial's training
of the last benchmark in the output folder counts again. Left behind: bench.csv, bench.json and bench.png.

--only grading measures something else: submissions graded a minute, beside nbgrader (if it is installed). So do
--only panels: pictures a second while a slider is dragged, beside the same figures drawn anew each time; and
--only studio: seconds from a click to the picture for 1 to 16 visitors of `studio` at once, and their memory."""
EXAMPLE = """\
  python3 -m course_lib bench                                      everything: one to two hours on two cores
  python3 -m course_lib bench --reuse --only ours --rounds 1     after a change, with the T of the last time
  python3 -m course_lib bench --only ours torch --limit 120 --out runs/against_torch
  python3 -m course_lib bench --only grading                     about seven minutes, if nbgrader is there
  python3 -m course_lib bench --only panels                      about a minute
  python3 -m course_lib bench --only studio                      some five minutes, if Voila is there"""
NEEDS = (
    "keras",
    "tensorflow",
    "matplotlib",
    "PIL",
    "ipywidgets",
    "tqdm",
    "jupytext",
    "nbclient",
    "nbval",
    "pytest",
    "joblib",
)
EXTRAS = ("lab", "grading")

ALONE = {"grading": "grading_speed", "panels": "panel_speed", "studio": "studio_load"}
"""What is no contender, and the module that measures it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    plan = Plan()
    parser.add_argument(
        "--only",
        nargs="+",
        choices=(*CONTENDERS, *ALONE),
        default=CONTENDERS,
        metavar="NAME",
        help=f"{', '.join(CONTENDERS)}; or {' or '.join(ALONE)} alone",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=plan.rounds,
        metavar="N",
        help=f"how often all take turns ({plan.rounds})",
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=plan.race_limit,
        metavar="S",
        help=f"seconds of training before a race is given up ({plan.race_limit:.0f})",
    )
    parser.add_argument(
        "--reuse", action="store_true", help="take T from the bench.json in the output folder"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "runs" / "bench",
        metavar="DIR",
        help="where tables and figures go (runs/bench)",
    )


def run(arguments: argparse.Namespace) -> int:
    for name in ALONE.keys() & set(arguments.only):
        if len(arguments.only) > 1:
            raise CourseError(f"{name} is measured alone: --only {name}.")
        return importlib.import_module(f"course_lib.benchmark.{ALONE[name]}").run(arguments.out)
    if arguments.rounds < 1:
        raise CourseError(f"--rounds must be at least 1, not {arguments.rounds}.")
    if not 0 < arguments.limit < float("inf"):
        raise CourseError(f"--limit is a number of seconds above 0, not {arguments.limit}.")
    return measure(
        Plan(rounds=arguments.rounds, race_limit=arguments.limit),
        set(arguments.only),
        arguments.out,
        arguments.reuse,
    )


def measure(plan: Plan, chosen: set[str], out: Path, reuse: bool) -> int:
    """Run the benchmark and write what it found. The exit code: 1 if a job failed, 130 after Ctrl-C, or else 0."""
    from course_lib.benchmark.rounds import Benchmark

    # A polite end of the process (closing a terminal, a cluster's time limit) is treated like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if "torch" in chosen and importlib.util.find_spec("torch") is None:
        chosen = chosen - {"torch"}
        print("PyTorch is left out, because torch is not installed: pip install torch", file=sys.stderr)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Cannot make the folder {out}: {error.strerror}.") from error
    benchmark = Benchmark(plan, chosen, out)
    benchmark.prepare(reuse)
    try:
        do_jobs(benchmark)
    except KeyboardInterrupt:
        kept = f"{len(benchmark.results)} finished jobs are kept in {out / 'bench.json'}"
        again = " --reuse spares the tutorial's training next time." if benchmark.target is not None else ""
        raise KeyboardInterrupt(f"Stopped; {kept}.{again}") from None
    write_report(benchmark)
    return 1 if benchmark.failures else 0


def do_jobs(benchmark: Benchmark) -> None:
    """All jobs, with a line for each and a bar below them."""
    from tqdm import tqdm

    from course_lib.benchmark.report import one_line

    plan, jobs = benchmark.plan, benchmark.jobs()
    # Seconds a job may take here, for the bar alone; scoring doubles a race.
    expected = {"matmul": 8.0, "first_picture": 15.0, "race": 2 * plan.race_limit + 15}
    expected["speed"] = plan.warmup_seconds + plan.speed_seconds + 15
    seconds = [expected[job.kind] if job.round else 180.0 * plan.tutorial_epochs for job in jobs]
    with tqdm(total=len(jobs), unit=" jobs", dynamic_ncols=True, disable=not sys.stderr.isatty()) as bar:
        bar.bar_format = "{l_bar}{bar}| {n} of {total} jobs, {elapsed}{postfix}"
        for index, (job, result) in enumerate(benchmark.run()):
            found = one_line(result) if result is not None else f"FAILED: {benchmark.failures[-1]['reason']}"
            where = f"round {job.round} of {plan.rounds}" if job.round else "once"
            bar.write(f"{where:14}  {job.name:28}  {found}")
            sys.stdout.flush()  # for who watches a log file: tqdm leaves the line in the buffer
            bar.update()
            bar.set_postfix_str(f"at most {sum(seconds[index + 1 :]) / 60:.0f} min left")


def write_report(benchmark: Benchmark) -> None:
    """The table to the terminal; the figure and the CSV beside `bench.json`."""
    from course_lib import plots
    from course_lib.benchmark import figure
    from course_lib.benchmark.report import Report

    report = Report(benchmark.plan, benchmark.results, benchmark.target)
    print(f"\n{report.table()}")
    with replacing(benchmark.out / "bench.csv") as temporary:
        temporary.write_text(report.csv(), encoding="utf-8")
    with replacing(benchmark.out / "bench.png") as temporary:
        temporary.write_bytes(plots.png_bytes(figure.draw(report)))
    print(f"\nIn {benchmark.out}: bench.csv, bench.json, bench.png")
    for failure in benchmark.failures:
        print(f"failed: round {failure['round']}, {failure['job']}: {failure['reason']}", file=sys.stderr)
