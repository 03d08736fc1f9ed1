"""A command imports no more than the extras that it names bring: the first set-up, for `lab`, holds no test tools."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from course_lib import ROOT
from course_lib.commands.program import COMMANDS

NOT_IN_LAB = (
    "nbval",
    "pytest",
    "joblib",
    "hypothesis",
    "playwright",
    "scipy",
    "distributed",
    "repo2docker",
    "xdist",
)
WITHOUT = f"""
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {NOT_IN_LAB!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from course_lib.commands.program import main
sys.exit(main(sys.argv[1:]))
"""
CALLS = {
    "doctor": ["--no-trial"],
    "train": ["--steps", "1", "--out", "{out}/run"],
    "sample": ["nothing.keras", "--count", "1", "--out", "{out}/a.png"],
    "run": ["00"],
    "build": ["--check", "00"],
    "links": ["--check"],
    "update": ["--check"],
}
"""What is short of each command that is content with the extra `lab`."""


def test_all_such_commands_are_tried() -> None:
    extras = {name: importlib.import_module(f"course_lib.commands.{name}").EXTRAS for name in COMMANDS}
    assert {name for name, each in extras.items() if {*each} <= {"lab"}} == {*CALLS, "lab"}


@pytest.mark.slow
@pytest.mark.parametrize("command", CALLS)
def test_it_runs_with_the_extra_lab_alone(command: str, tmp_path) -> None:
    words = [word.format(out=tmp_path) for word in CALLS[command]]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, command, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "No module named" not in done.stdout + done.stderr and "Traceback" not in done.stderr, done.stderr
