"""`doctor`: what is here, how it will be used, and what is amiss."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course_lib import ROOT, __version__
from course_lib.commands.lab import NEEDS as NEEDED_BY_LAB
from course_lib.keras_settings import overridden, prepare_keras
from course_lib.setup.bootstrap import VENV, is_complete, is_importable, list_missing, set_up_elsewhere
from course_lib.setup.places import COLAB, find_place

HELP = "say what is installed, which hardware will be used, and what is amiss"
DESCRIPTION = """\
Look at this machine and this copy of the course: Python and the packages, the hardware and how training will use
it, what to expect of the place it is in (Colab, Binder, a hub, your own), every data file against its checksum, free
memory and disk, optional tools. A trial of five seconds says how long lesson 06 takes here. Each problem comes with
its mend; the exit code is 1 if there is one. Nothing is installed or changed."""
EXAMPLE = """\
  python3 -m course_lib doctor
  python3 -m course_lib doctor --no-trial
  python3 -m course_lib doctor --json > report.json"""
NEEDS = NEEDED_BY_LAB
EXTRAS = ("lab",)
MAY_INSTALL = False  # it looks at what is there, also when that is nothing

TOOLS = {
    "git": ("getting updates and restoring files", "apt install git"),
    "chromium": ("the browser tests", "apt install chromium"),
    "bwrap": ("running students' code in a sandbox when grading", "apt install bubblewrap"),
    "podman": ("grading in containers, instead of bwrap", "apt install podman"),
    "ffmpeg": ("exporting films as MP4; GIF needs nothing", "apt install ffmpeg"),
}
"""Program: what it is for, and how Debian and Ubuntu install it. The lessons need none of them."""

NEEDED_MEMORY = 1.6e9  # bytes: what one lesson's kernel may take
NEEDED_DISK = 0.5e9  # bytes: for checkpoints and films


@dataclass
class Report:
    """What `doctor` found; `problems` are one line each, with the mend."""

    course: str = __version__
    folder: str = str(ROOT)
    python: str = f"{platform.python_version()} ({sys.executable})"
    packages: dict[str, str] = field(default_factory=dict)
    place: str = ""
    expect: tuple[str, ...] = ()
    """What is different in that place, a sentence each."""
    steps_a_second: float | None = None
    lesson_06_seconds: float | None = None
    """An estimate from the trial; None where there was none."""
    hardware: dict = field(default_factory=dict)
    hardware_lines: list[str] = field(default_factory=list)
    data: str = ""
    free_memory_gb: float | None = None
    free_disk_gb: float = 0.0
    tools: dict[str, str | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What is unusual and does no harm, a line each."""
    problems: list[str] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the report as JSON, for programs")
    parser.add_argument(
        "--no-trial", action="store_true", help="leave out the trial of how fast training is here"
    )


def run(args: argparse.Namespace) -> int:
    report = Report()
    report.place, *_, report.expect = find_place()
    for examine in (
        examine_packages,
        examine_keras,
        examine_hardware,
        examine_data,
        examine_room,
        examine_tools,
    ):
        examine(report)
    if not args.no_trial:
        try_training(report)
    print(
        json.dumps(asdict(report), indent=2, ensure_ascii=False) if args.json else "\n".join(describe(report))
    )
    return 1 if report.problems else 0


def examine_packages(report: Report) -> None:
    """Versions of what pyproject.toml asks for, and whether everything a lesson needs is there."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    own_front_end = report.place == COLAB  # which draws widgets of ipywidgets 7 and needs no JupyterLab
    asked = [*project["dependencies"], *([] if own_front_end else project["optional-dependencies"]["lab"])]
    for requirement in ["tensorflow", "tensorflow-cpu", *asked]:
        name, least = re.match(r"([\w-]+)(?:.*?>=([\d.]+))?", requirement).groups()
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        report.packages[name] = version
        if least and numbers(version) < numbers(least):
            problem = f'{name} {version} is older than {least}: pip install --upgrade "{name}>={least}"'
            if problem not in report.problems:
                report.problems.append(problem)
    examine_widgets(report)
    missing = [name for name in list_missing(NEEDS) if name not in report.packages]
    if missing and (elsewhere := set_up_elsewhere()):
        report.problems.append(
            f"this folder was moved or copied, and .venv is still that of {elsewhere}: python3 -m course_lib lab mends "
            "it; or delete .venv and run that"
        )
    elif missing and (VENV / "install.log").exists() and not is_complete(EXTRAS):
        report.problems.append("the set-up in .venv is unfinished: python3 -m course_lib lab finishes it")
    elif missing:
        report.problems.append(
            f"not installed: {', '.join(missing)}; python3 -m course_lib lab sets them up in .venv"
        )


def examine_widgets(report: Report) -> None:
    """The part of ipywidgets that draws in JupyterLab must be that of the kernel's side, or no panel works."""
    kernel, lab = report.packages.get("ipywidgets"), None
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        lab = importlib.metadata.version("jupyterlab-widgets")
    if not (kernel and lab) or report.place == COLAB:
        return
    if (numbers(kernel)[0] >= 8) != (numbers(lab)[0] >= 3):
        report.problems.append(
            f"no panel will work: ipywidgets {kernel} does not go with JupyterLab's jupyterlab-widgets {lab}; "
            'pip install --upgrade "ipywidgets>=8" "jupyterlab-widgets>=3"'
        )


def examine_keras(report: Report) -> None:
    """Settings of this person's that would have Keras run in another way; `__main__` has not touched them yet."""
    for clause in overridden():
        report.notes.append(f"{clause}: the course passes over it and runs on TensorFlow, channels last")


def numbers(version: str) -> tuple[int, ...]:
    """A version's leading numbers, for comparison."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def examine_hardware(report: Report) -> None:
    from course_lib import device

    if device.gpu_is_likely() and not is_importable("tensorflow"):
        report.hardware_lines = ["GPU        looked at once TensorFlow is installed"]
        return
    found = device.report()
    report.hardware, report.hardware_lines = found.as_dict(), found.lines()
    if device.gpu_is_likely() and "tensorflow-cpu" in report.packages:
        report.problems.append(
            f"an NVIDIA GPU is here, but TensorFlow's build without CUDA: delete {VENV}, then python3 -m course_lib lab"
        )


def examine_data(report: Report) -> None:
    if not (is_importable("numpy") and is_importable("PIL")):
        report.data = "looked at once the packages are installed"
        return
    from course_lib import datasets

    damaged = datasets.verify()
    report.problems += damaged
    report.data = f"{len(damaged)} damaged or missing" if damaged else "every file is whole"


def examine_room(report: Report) -> None:
    if not os.access(ROOT, os.W_OK):
        report.problems.append(
            f"you may not write in {ROOT}, so nothing you do can be saved: copy the course to a folder of your own"
        )
    disk = shutil.disk_usage(ROOT).free
    report.free_disk_gb = round(disk / 1e9, 1)
    if disk < NEEDED_DISK:
        report.problems.append(f"{disk / 1e9:.1f} GB free in {ROOT}: make room, training writes up to 0.5 GB")
    memory = free_memory()
    if memory is None:
        return
    report.free_memory_gb = round(memory / 1e9, 1)
    if memory < NEEDED_MEMORY:
        report.problems.append(
            f"{memory / 1e9:.1f} GB of memory free, a lesson may take 1.6: shut other kernels and programs down"
        )


def free_memory() -> int | None:
    """Bytes this process may still take, a container's limit counted in; None where the system does not say."""
    with_meminfo = Path("/proc/meminfo")
    if not with_meminfo.exists():
        return None
    free = int(re.search(r"MemAvailable:\s+(\d+)", with_meminfo.read_text())[1]) * 1024
    try:
        group = Path("/sys/fs/cgroup")
        return min(
            free, int((group / "memory.max").read_text()) - int((group / "memory.current").read_text())
        )
    except (OSError, ValueError):  # no container, or "max": no limit
        return free


def try_training(report: Report) -> None:
    """Train for five seconds, and estimate from it how long lesson 06 takes here."""
    if list_missing(("tensorflow", "keras", "PIL", "numpy")):
        return
    print(
        "Training for five seconds, to see how fast that is here (--no-trial leaves it out) ...",
        file=sys.stderr,
    )
    prepare_keras()  # before the next line brings TensorFlow, with its own words
    from course_lib import device
    from course_lib.training import trial

    device.configure(quiet=True)
    report.steps_a_second = round(trial.steps_a_second(), 1)
    report.lesson_06_seconds = round(trial.estimate_lesson(report.steps_a_second))


def examine_tools(report: Report) -> None:
    others = {"chromium": ("chromium", "chromium-browser", "google-chrome")}
    for name in TOOLS:
        report.tools[name] = next(filter(None, map(shutil.which, others.get(name, (name,)))), None)


def describe(report: Report) -> list[str]:
    """The report as people read it."""
    lines = [
        f"GAN course {report.course} in {report.folder}",
        f"Python     {report.python}",
        f"Place      {report.place}",
        *(f"           {line}" for line in report.expect),
        *(line.removesuffix(f", Python {platform.python_version()}") for line in report.hardware_lines),
    ]
    memory = "unknown" if report.free_memory_gb is None else f"{report.free_memory_gb} GB"
    lines += [f"Free       memory {memory}, disk {report.free_disk_gb} GB", f"Data       {report.data}"]
    if report.lesson_06_seconds is not None:
        lines.append(
            f"Speed      {report.steps_a_second:.0f} training steps a second; all cells of lesson 06 together take "
            f"about {round(report.lesson_06_seconds, -1):.0f} s here"
        )
    packages = [f"{name} {version}" for name, version in report.packages.items()]
    lines += [f"Packages   {', '.join(packages) or 'none of those the lessons need'}", "Optional tools"]
    for name, (purpose, install) in TOOLS.items():
        lines.append(
            f"  {name:9}{report.tools[name] or 'not here'}, for {purpose}"
            + ("" if report.tools[name] else f" ({install})")
        )
    said = [f"NOTE     {note}" for note in report.notes]
    said += [f"PROBLEM  {problem}" for problem in report.problems]
    return [*lines, *(["", *said] if said else ["All is well."])]
