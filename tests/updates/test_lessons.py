"""Work that goes from several old lessons into one."""

from __future__ import annotations

from course_lib.updates.lessons import bring_over
from tests.updates.a_course import ANSWER, MOVED, SHORTER, answered, built, sources, without

LATER = without('# %% role="exercise" grade_id="double"', "# %% [markdown]\n# ## Shifting").replace(
    "# Exercise 2", "# Exercise 1"
)


def test_two_lessons_that_became_one_both_bring_their_answers() -> None:
    old = {
        "lessons/02_a.ipynb": answered(built(SHORTER, "02_a"), double=ANSWER),
        "lessons/03_b.ipynb": answered(built(LATER, "03_b"), shift=MOVED),
    }
    found = bring_over(old, {"lessons/01_small.ipynb": built()})
    assert [outcome.lesson for outcome in found.values()] == ["lessons/01_small.ipynb"] * 2
    last = sources(found["lessons/03_b.ipynb"].text)
    assert (last["double"], last["shift"]) == (ANSWER, MOVED)
