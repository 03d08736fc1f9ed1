"""A lesson with two exercises, so that grading it takes a fraction of a second, and notebooks handed in for it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson, load_lesson
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake.answers import collect
from course_lib.grading.intake.handed_in import HandedIn, handed_in
from course_lib.grading.intake.notebook import read

SOURCE = '''\
# %% [markdown]
# # 1. A small lesson

# %% role="setup"
import numpy as np

from course_lib.checks import check

# %% role="exercise" grade_id="twice_the_mean"
# Exercise 1
def twice_the_mean(numbers):
    """Two times the mean of an array, a float."""
    ### BEGIN SOLUTION
    return 2 * float(np.mean(numbers))
    ### END SOLUTION


# %% role="check" grade_id="twice_the_mean"
check(1, "twice_the_mean", cases=[((np.arange(3.0),), 2.0)], hint="The mean, two times.")

# %% role="graded" grade_id="twice_the_mean" points=4
publish(value=twice_the_mean(random.normal(size=20)))

# %% role="exercise" grade_id="distances"
# Exercise 2
def distances(numbers):
    """How far each number is from twice the mean, an array."""
    ### BEGIN SOLUTION
    return np.abs(numbers - twice_the_mean(numbers))
    ### END SOLUTION


# %% role="check" grade_id="distances"
check(2, "distances", cases=[((np.arange(3.0),), np.array([2.0, 1.0, 0.0]))], hint="Use the first function.")

# %% role="graded" grade_id="distances" points=3
publish(value=distances(random.normal(size=20)))

# %% role="graded" grade_id="distances" points=3
publish(value=distances(random.normal(size=3) - 100))
'''

RIGHT = {
    "twice_the_mean": "def twice_the_mean(numbers):\n    return sum(numbers) * 2 / len(numbers)",
    "distances": (
        "def distances(numbers):\n    middle = twice_the_mean(numbers)\n"
        "    return np.array([max(x - middle, middle - x) for x in numbers])"
    ),
}


def small_lesson(folder: Path) -> Lesson:
    """The lesson, its source written to `folder`."""
    path = folder / "01_small.py"
    path.write_text(SOURCE, encoding="utf-8")
    return load_lesson(path)


def notebook_of(lesson, answers=RIGHT, outputs=(), check_outputs=()) -> bytes:
    cells = [dict(cell) for cell in copy.deepcopy(student_notebook(lesson).cells)]
    for cell in cells:
        cell["source"] = answers.get(cell["id"], cell["source"])
        if cell["id"] in answers:
            cell["outputs"] = list(outputs)
        if cell["id"].startswith("check-"):
            cell["outputs"] = list(check_outputs)
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def seen_in(lesson: Lesson, data: bytes) -> dict[str, HandedIn]:
    """What grading takes out of a file for the pages; nothing where it cannot be read."""
    try:
        cells = read(data)
    except CourseError:
        return {}
    return handed_in(lesson, cells, collect(lesson, {"cells": cells}))


def stream(text) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


def shows(data) -> dict:
    return {"output_type": "display_data", "metadata": {}, "data": data}
