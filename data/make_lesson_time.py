"""Measure how long lesson 06 takes on this machine, beside the trial by which `doctor` estimates it for others.

    python data/make_lesson_time.py       two to three minutes on two cores with nothing else to do

Writes data/lesson_06_time.json: steps a second in the trial (the middle one of three), and the seconds that all cells
of the lesson took, run with its exercises unsolved, as a student first runs it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from make_feature_network import publish  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.authoring.execute import execute  # noqa: E402
from course_lib.authoring.lesson import find_source, load_lesson  # noqa: E402
from course_lib.authoring.student import student_notebook  # noqa: E402
from course_lib.training import trial  # noqa: E402


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    device.configure(quiet=True)
    rate = statistics.median(trial.steps_a_second() for _ in range(3))
    print(f"{rate:.0f} steps a second; now the lesson", flush=True)
    runs = execute(student_notebook(load_lesson(find_source("06"))), name="lesson 06")
    found = {
        "steps_a_second": round(rate, 1),
        "lesson_seconds": round(sum(run.seconds for run in runs)),
        "processor": device.report().processor,
        "cores": device.usable_cores(),
    }
    publish(trial.FILE, (json.dumps(found, indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
