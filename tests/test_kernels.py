"""Kernels that tests start show what is written to stderr, whoever starts them."""

from __future__ import annotations

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.authoring.execute import execute


@pytest.mark.parametrize("run", [execute, lambda notebook: NotebookClient(notebook).execute()])
def test_a_kernel_shows_what_programs_write_to_descriptor_2(run) -> None:
    notebook = new_notebook(cells=[new_code_cell("import os\nos.write(2, b'seen') and None")])
    run(notebook)
    (output,) = notebook.cells[0].outputs
    assert (output.name, output.text) == ("stderr", "seen")
