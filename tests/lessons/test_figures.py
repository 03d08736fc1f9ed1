"""What holds for the figures of every lesson; tests of single lessons look at some of them in a run of their own."""

from __future__ import annotations

import nbformat
import pytest

from course_lib.authoring.execute import execute
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.student import solved_notebook

WATCH = "from tests.plots.looks import watched\n\nwatching = watched()\nwatching.__enter__()"
"""The cell that makes a kernel refuse figures in which two roles look alike but for their colours."""


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.usefixtures("kernel_environment")
def test_no_figure_tells_two_roles_apart_by_colour_alone(lesson: Lesson) -> None:
    """A kernel in which `plots.show` refuses such a figure runs the lesson to its end, with our solutions."""
    notebook = solved_notebook(lesson)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(WATCH))
    execute(notebook, name=lesson.name)
