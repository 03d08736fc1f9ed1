"""Small lessons written into a temporary folder."""

from pathlib import Path

import pytest

SMALL = '''\
# %% [markdown]
# # 90. A small lesson
# What it is about.

# %% role="setup"
import math

from course_lib.checks import check

# %% [markdown]
# ## Doubling

# %% tags=["nbval-check-output"]
print("two doubled is", 2 * 2)

# %% role="exercise" grade_id="double"
# Exercise 1
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% role="check" grade_id="double"
check(1, "double", [(3, 6)], mistakes={"You squared it.": [9]})

# %% role="graded" grade_id="double" points=4
publish(doubled=double(random.uniform(0, 1000)))

# %% [markdown]
# ## Repair

# %% role="exercise" grade_id="quadruple"
# Exercise 2
def quadruple(x):
    ### BEGIN BROKEN
    # if x > 0:
    #     return double(x) + 2
    # return double(x)
    ### END BROKEN
    ### BEGIN SOLUTION
    return double(double(x))
    ### END SOLUTION


# %% role="check" grade_id="quadruple"
check(2, "quadruple", [(3, 12)])

# %% role="graded" grade_id="quadruple" points=6 tolerance=1e-4
publish(
    quadrupled=[quadruple(random.uniform(0, 100)), quadruple(int(random.integers(1, 8)))],
    root=math.sqrt(random.uniform(1, 9)),
)

# %% role="spoiler"
print("double is 2 * x")

# %% [markdown] role="notes"
# ## For teachers
# Ten minutes.

# %% role="notes"
print("a teacher's cell")
'''


@pytest.fixture
def write_source(tmp_path):
    """Write text as the source of lesson 90 in a temporary course and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "lessons" / "source" / "90_small.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def small_text() -> str:
    return SMALL


@pytest.fixture
def small_source(write_source) -> Path:
    return write_source(SMALL)


@pytest.fixture
def small_lesson(small_source):
    from course_lib.authoring.lesson import load_lesson

    return load_lesson(small_source)
