"""Homes that cannot be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat

from course_lib import ROOT


def test_a_notebook_runs_where_the_home_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file in its place: nobody can write into that, root neither")
    cell = nbformat.v4.new_code_cell("import matplotlib.pyplot\nprint('warned of nothing')")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "n.ipynb")
    ours = ("JUPYTER", "IPYTHON", "MPL", "XDG")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        [sys.executable, str(ROOT / "course_lib"), "run", str(tmp_path / "n.ipynb")],
        env=env | {"HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    note, *_ = done.stderr.splitlines()
    assert note.startswith(f"note: {tmp_path}/home/.jupyter cannot be written (Not a directory)")
    folder = Path(note.partition("kept in ")[2].partition(",")[0])
    assert not folder.exists()  # it was for that run alone


def test_folders_that_can_be_written_stay(tmp_path: Path) -> None:
    program = (
        "import os, json; before = dict(os.environ)\n"
        "from course_lib.setup.home import prepare_home\n"
        "prepare_home(('ipykernel', 'matplotlib')); print(json.dumps(before == dict(os.environ)))"
    )
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert json.loads(done.stdout) is True, done.stderr
    assert done.stderr == ""
