"""What a lesson defines when all of its cells have run with the course's own answers, without a kernel.

Its figures are looked at on the way: see `tests.plots.looks`.
"""

from __future__ import annotations

import matplotlib

from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.student import solved_notebook
from tests.plots.looks import watched


def names_of(lesson: str) -> dict:
    """The globals of a lesson, meant by its number; its checks hand on our own solutions to the later cells."""
    matplotlib.use("Agg")
    defined: dict = {}
    with watched():
        for cell in solved_notebook(load_lesson(find_source(lesson))).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, cell.id, "exec"), defined)
    return defined
