"""The time printed under a lesson's title, counted by hand on a small one."""

import pytest

from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.reading_time import half_way, minutes

SKELETON = """\
# %% [markdown]
# # A lesson
# {words}

# %% role="setup" {fold}
{code}

# %% [markdown]
# {heading}
# {more}

# %% role="exercise" grade_id="f"
# Exercise 1
def f(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION


# %% role="check" grade_id="f"
{code}

# %% role="graded" grade_id="f" points=1
{code}

# %% [markdown] role="notes"
# {words}
"""


@pytest.fixture
def lesson(write_source):
    def make(words=0, lines=0, more=0, heading="## More", fold="", end=""):
        code = "\n\n".join(["x = 1"] * lines) or "# nothing"
        text = SKELETON.format(
            words="word " * words, code=code, heading=heading, more="word " * more + end, fold=fold
        )
        return load_lesson(write_source(text))

    return make


def test_words_lines_and_exercises_count_and_notes_checks_and_graded_cells_do_not(lesson):
    assert minutes(lesson(words=3000)) == 30, "20 of reading and 12 of one exercise"
    assert minutes(lesson(lines=400)) == 30
    assert minutes(lesson(words=1500, lines=200, more=1500)) == 40


def test_folded_code_does_not_count(lesson):
    assert minutes(lesson(lines=400, fold='fold="Four hundred lines"')) == 10


def test_second_reading_does_not_count_until_the_next_heading_of_its_level(lesson):
    heading = "## Second reading: a proof"
    assert minutes(lesson(words=3000, more=3000, heading=heading)) == 20, "nor do the exercises in it"
    below = load_lesson(lesson(words=3000, more=3000, heading=heading).path)
    text = below.path.read_text(encoding="utf-8")
    text = text.replace('# %% role="exercise"', '# %% [markdown]\n# ### A corollary\n\n# %% role="exercise"')
    below.path.write_text(text, encoding="utf-8")
    assert minutes(load_lesson(below.path)) == 20
    below.path.write_text(text.replace("### A corollary", "## On"), encoding="utf-8")
    assert minutes(load_lesson(below.path)) == 30


def test_second_reading_begins_and_ends_within_a_text_too(lesson):
    proof = "\n#\n# ## Second reading: a proof\n# " + "word " * 3000
    assert minutes(lesson(words=3000, more=1500, end=proof)) == 30, "nor does the exercise below it"
    on = "\n#\n# ## On\n# " + "word " * 1500
    heading = "## Second reading: a proof"
    assert minutes(lesson(words=1200, more=3000, heading=heading, end=on)) == 30, "8, 12 of the exercise, 10"


def test_the_share_of_the_time_before_the_good_place_to_stop(lesson):
    assert half_way(lesson(words=1500)) is None
    made = lesson(words=1500, more=1500, end="**A good place to stop.**")
    assert half_way(made) == pytest.approx(20 / 32, abs=0.02)
