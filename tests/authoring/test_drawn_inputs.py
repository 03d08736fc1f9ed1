"""Inputs of graded cells: what a replay gives is what was recorded, and no seed goes to students' code."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.authoring.assemble import assemble, exercise_seed, inputs_of, reference
from course_lib.authoring.drawn_inputs import Recorder, Replay

DRAWS = st.sampled_from(
    [
        lambda random: random.normal(size=(2, 3)),
        lambda random: random.uniform(-1, 1),
        lambda random: random.integers(5),
        lambda random: random.integers(0, 9, size=4),
        lambda random: random.permutation(["a", "bc", "def"]),
        lambda random: random.choice([2.5, 3.5]),
        lambda random: random.normal(size=0),
        lambda random: random.random() < 0.5,
    ]
)


@given(st.lists(DRAWS, max_size=6), st.integers(0, 2**256 - 1))
def test_a_replay_gives_what_was_recorded(draws, seed):
    recorder = Recorder(seed)
    first = [draw(recorder) for draw in draws]
    replay = Replay(recorder.packed())
    for one, draw in zip(first, draws, strict=True):
        other = draw(replay)
        assert type(other) is type(one)
        np.testing.assert_array_equal(other, one)


def test_what_is_changed_afterwards_is_recorded_as_it_was_drawn():
    recorder = Recorder(1)
    drawn = recorder.normal(size=3)
    first = drawn.copy()
    drawn[:] = 0
    assert (Replay(recorder.packed()).normal(size=3) == first).all()


def test_from_where_something_else_is_asked_for_it_draws_by_itself():
    recorder = Recorder(1)
    recorder.normal(size=3), recorder.normal(size=2)
    replay = Replay(recorder.packed())
    assert replay.normal(size=(4, 4)).shape == (4, 4)
    assert replay.normal(size=2).shape == (2,) and replay.integers(3) in (0, 1, 2)


def test_what_changes_its_argument_is_no_draw():
    with pytest.raises(TypeError, match="does not draw by shuffle"):
        Recorder(1).shuffle([1, 2])


def test_no_seed_goes_to_students_code(small_lesson):
    whole = reference(small_lesson, "class")
    text = "\n".join(cell.source for cell in assemble(small_lesson, {}, inputs_of(whole.cells)).cells)
    for grade_id in small_lesson.exercises:
        assert str(exercise_seed("class", grade_id)) not in text
    assert "Recorder" not in text and re.findall(r"default_rng\((\w*)\)", text) == ["0", "0"]
