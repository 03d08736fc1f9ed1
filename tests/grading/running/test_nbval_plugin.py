"""nbval with our comparison: published values with tolerance, nothing else a student prints."""

import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib import ROOT
from course_lib.authoring.values import MIME

PUBLISH = f"from IPython.display import display\ndef publish(**x): display({{{MIME!r}: x}}, raw=True)"
CELLS = {
    # source: does it pass, when 1.5 is expected with a tolerance of 1e-3
    "publish(x=1.5)": True,
    "publish(x=1.5001)": True,
    "print('debugging'); import sys; print('a warning', file=sys.stderr); publish(x=1.5)": True,
    "publish(x=1.6)": False,
    "publish(x='1.5')": False,
    "publish(x=[1.5])": False,
    "publish(x='nan')": False,
    "print(1.5)": False,
    "display(1.5)": False,
    "publish(x=1.5); 1 / 0": False,
    "publish(x=1.6); publish(x=1.5)": True,
    "publish(x=1.5, y=1)": False,
}


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    """What one nbval run over all these cells prints."""
    folder = tmp_path_factory.mktemp("nbval")
    expected = [new_output("display_data", {MIME: {"x": 1.5}})]
    notebook = new_notebook(cells=[new_code_cell(PUBLISH, execution_count=1)])
    for source in CELLS:
        cell = new_code_cell(
            source, execution_count=1, outputs=expected, metadata={"course": {"tolerance": 1e-3}}
        )
        notebook.cells.append(cell)
    # not graded: whatever it prints is its own affair
    notebook.cells.append(
        new_code_cell("print('new')", execution_count=1, outputs=[new_output("stream", text="old")])
    )
    nbformat.write(notebook, folder / "a.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "course_lib.grading.running.nbval_plugin",
        "--nbval",
        "-rA",
        "--color=no",
    ]
    command += [
        "--nbval-current-env",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        f"--rootdir={folder}",
        "a.ipynb",
    ]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(("place", "source"), list(enumerate(CELLS, 1)), ids=list(CELLS))
def test_graded_cells(place, source, report):
    lines = [line.partition(" - ")[0].strip() for line in report.splitlines()]
    passed = f"PASSED a.ipynb::Cell {place}" in lines
    failed = f"FAILED a.ipynb::Cell {place}" in lines
    assert (passed, failed) == (CELLS[source], not CELLS[source]), report


def test_other_cells_are_not_compared(report):
    assert f"PASSED a.ipynb::Cell {len(CELLS) + 1}" in report


def test_the_expected_values_are_not_shown(report):
    assert json.dumps(["x", "y"]) in report, "names are"
    differing = report.split("Cell outputs differ")[1:]
    shown = [
        re.split("___|===", part.split("Traceback:")[1])[0] for part in differing
    ]  # without "passed in 1.5 s"
    assert shown and not any("1.5" in text for text in shown)
