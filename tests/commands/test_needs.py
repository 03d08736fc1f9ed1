"""A command imports no more than the extras that it names bring: the first set-up, for `lab`, holds no test tools."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

from course_lib import ROOT
from course_lib.authoring.lesson import sources
from course_lib.commands.program import COMMANDS
from course_lib.grading.sandbox.wrapping import ROOMS
from tests.library_files import files_of, module_name

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
BLOCK = f"""
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {NOT_IN_LAB!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""
WITHOUT = f"""{BLOCK}
from course_lib.commands.program import main
sys.exit(main(sys.argv[1:]))
"""
CALLS = {
    "doctor": ["--no-trial"],
    "train": ["--steps", "1", "--out", "{out}/run"],
    "sample": ["nothing.keras", "--count", "1", "--out", "{out}/a.png"],
    "publish": ["garments", "--out", "{out}/site"],
    "audit": ["prints", "--pictures", "200", "--out", "{out}/audit"],
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


@pytest.mark.slow
def test_all_that_lessons_can_import_needs_no_tool_of_the_tests() -> None:
    """Lesson 14 once needed SciPy, which only `test` installs: here it ran, and nowhere else."""
    modules = [module_name(path) for path in files_of(ROOMS)]
    assert len(modules) > 100
    code = f"{BLOCK}\nfrom importlib import import_module\nfor name in {modules}: import_module(name)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_no_lesson_imports_a_tool_of_the_tests() -> None:
    for path in sources():
        found = re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert found and not {*found} & {*NOT_IN_LAB}, path.name
