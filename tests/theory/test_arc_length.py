"""Even places on a curve: against closed forms, and on curves that fold back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory import arc_length, equal_chords
from course_lib.theory.arc_length import even_places, seam, step_lengths, unevenness


def circle(t: np.ndarray) -> np.ndarray:
    """Once around, slowly at first."""
    angles = 2 * math.pi * (0.3 * t + 0.7 * t**3)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def zigzag(t: np.ndarray) -> np.ndarray:
    """Straight lines with sharp corners, at which the curve all but turns back on itself."""
    corners = np.array([[0, 0], [3, 0.2], [0.3, 0.5], [2.6, 0.7], [0, 1.0]])
    return np.stack([np.interp(t, np.linspace(0, 1, 5), each) for each in corners.T], axis=1)


def wild(seed: int, closed: bool):
    """A smooth random curve in six dimensions, whose speed differs a lot."""
    random = np.random.default_rng(seed)
    amplitudes, phases = random.normal(size=(6, 4)), random.uniform(0, 2 * math.pi, (6, 4))
    turns = np.arange(1, 5) * (1 if closed else 0.6)

    def curve(t: np.ndarray) -> np.ndarray:
        waves = np.sin(2 * math.pi * t[:, np.newaxis, np.newaxis] * turns + phases)
        return (amplitudes * waves).sum(axis=2)

    return curve


def test_step_lengths_are_root_mean_squares() -> None:
    pictures = np.zeros((3, 2, 2, 1))
    pictures[1] = 1
    pictures[2, 0, 0] = 1
    np.testing.assert_allclose(step_lengths(pictures), [1, math.sqrt(3 / 4)])
    np.testing.assert_allclose(step_lengths(pictures, closed=True), [1, math.sqrt(3 / 4), 0.5])


def test_unevenness_and_seam_by_hand() -> None:
    assert unevenness([1.0, 1.0, 1.0]) == 0
    assert unevenness([1.0, 2.0, 3.0]) == pytest.approx(0.5)
    assert unevenness([0.0, 3.0, 3.0]) == pytest.approx(1)
    assert seam([1.0, 2.0, 4.0, 2.0, 3.0]) == pytest.approx(1.5)
    assert seam([3.0, 2.0, 4.0, 2.0, 1.0]) == pytest.approx(1.5)


def test_an_even_circle_is_a_regular_polygon() -> None:
    t = even_places(circle, 12, closed=True)
    angles = np.unwrap(np.arctan2(*circle(t).T[::-1]))
    np.testing.assert_allclose(np.diff(angles), 2 * math.pi / 12, rtol=2e-3)
    assert t[0] == 0 and t[-1] < 1


def test_open_places_hold_both_ends_and_follow_the_closed_form() -> None:
    t = even_places(lambda t: t[:, np.newaxis] ** 3, 9)
    np.testing.assert_allclose(t, np.linspace(0, 1, 9) ** (1 / 3), atol=1e-3)
    assert t[0] == 0 and t[-1] == 1


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), closed=st.booleans(), count=st.integers(8, 40))
def test_steps_are_equal_on_wild_curves(seed: int, closed: bool, count: int) -> None:
    curve = wild(seed, closed)
    t = even_places(curve, count, closed)
    steps = step_lengths(curve(t), closed)
    assert len(t) == count and len(steps) == count - (not closed)
    assert (np.diff(t) > 0).all() and t[0] == 0 and (t[-1] < 1 if closed else t[-1] == 1)
    assert unevenness(steps) <= 0.03
    assert seam(steps) <= 1.03


def test_a_loop_shows_no_frame_twice_and_the_fencepost_is_told() -> None:
    """With 1 among its times a loop of `count` frames shows the first one twice, and stands still for a step."""
    t = even_places(circle, 24, closed=True)
    assert unevenness(step_lengths(circle(t), closed=True)) < 2e-3
    stuttering = even_places(circle, 24)  # as if it were open: the end is the beginning
    assert unevenness(step_lengths(circle(stuttering), closed=True)) == pytest.approx(1)


@pytest.mark.parametrize("count", range(12, 49, 4))
def test_where_a_curve_folds_back_one_walk_is_not_enough(count: int) -> None:
    assert unevenness(step_lengths(zigzag(even_places(zigzag, count)))) <= 0.01


def test_there_are_folds_that_the_compasses_alone_cannot_even_out() -> None:
    points = zigzag(np.linspace(0, 1, 401))
    jumped = []
    for chords in range(11, 48, 4):
        before, _ = equal_chords._walks(points, chords)
        jumped.append(equal_chords.spread(equal_chords.lengths(points, before)))
        places = equal_chords.equal_chords(points, chords)
        assert equal_chords.spread(equal_chords.lengths(points, places)) <= 1e-3
        assert (np.diff(places) > 0).all()
    assert max(jumped) > 0.1


def test_between_samples_the_compasses_measure_straight_lines() -> None:
    """Stewart's theorem against the points themselves."""
    points = np.random.default_rng(0).normal(size=(30, 3)).cumsum(axis=0)
    places, to_end = equal_chords._steps_off(equal_chords._squared_distances(points), 2.5, 4)
    there = np.stack([np.interp(places, np.arange(30), each) for each in points.T], axis=1)
    np.testing.assert_allclose(np.linalg.norm(np.diff(there, axis=0), axis=1), 2.5)
    assert to_end == pytest.approx(((points[-1] - there[-1]) ** 2).sum())
    for start, end, centre in zip(places, places[1:], there, strict=False):  # no way out before
        fine = np.linspace(start, end - 1e-6, 200)
        inside = np.stack([np.interp(fine, np.arange(30), each) for each in points.T], axis=1) - centre
        assert (np.linalg.norm(inside, axis=1) <= 2.5).all()


def test_what_stands_still_for_a_while_is_passed_over() -> None:
    def halting(t: np.ndarray) -> np.ndarray:
        return np.interp(t, [0, 0.3, 0.7, 1], [0, 1, 1, 2])[:, np.newaxis]

    assert unevenness(step_lengths(halting(even_places(halting, 11)))) < 1e-3


def test_the_same_curve_gives_the_same_places_and_scale_does_not_matter() -> None:
    t = even_places(wild(3, True), 30, closed=True)
    np.testing.assert_array_equal(t, even_places(wild(3, True), 30, closed=True))
    np.testing.assert_allclose(t, even_places(lambda t: 1e-6 * wild(3, True)(t), 30, closed=True), atol=1e-3)


def test_the_curve_s_own_array_stays_as_it_is() -> None:
    """Some are read only, as TensorFlow's are; the last point is replaced in a copy."""

    def still(t: np.ndarray) -> np.ndarray:
        points = circle(t)
        points.flags.writeable = False
        return points

    assert len(even_places(still, 5, closed=True)) == 5


def test_three_frames_are_the_smallest_loop() -> None:
    steps = step_lengths(circle(even_places(circle, 3, closed=True)), closed=True)
    assert len(steps) == 3 and unevenness(steps) < 2e-3


def test_two_frames_of_an_open_curve_are_its_ends() -> None:
    np.testing.assert_array_equal(even_places(circle, 2), [0, 1])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: even_places(circle, 1), "count is a whole number from 2 on"),
        (lambda: even_places(circle, 2, closed=True), "count is a whole number from 3 on"),
        (lambda: even_places(circle, 5.5), "count"),
        (lambda: even_places(circle, True), "count"),
        (lambda: even_places(circle, 5, tolerance=math.nan), "tolerance"),
        (lambda: even_places(circle, 5, samples_per_step=0), "samples_per_step"),
        (lambda: even_places(zigzag, 5, closed=True), "not closed"),
        (lambda: even_places(lambda t: np.ones((len(t), 3)), 5), "does not move"),
        (lambda: even_places(lambda t: np.full((len(t), 3), np.nan), 5), "NaN"),
        (lambda: even_places(lambda t: np.ones(3), 5), "3 points for 41 times"),
        (lambda: even_places(lambda t: "curve", 5), "numbers"),
        (lambda: even_places(3, 5), "points_at is a function"),
        (lambda: step_lengths([[1.0, 2.0]]), "two points"),
        (lambda: step_lengths(3.0), "shape"),
        (lambda: step_lengths([[math.inf], [0.0]]), "NaN or infinite"),
        (lambda: step_lengths([[1.0], [1.0, 2.0]]), "numbers"),
        (lambda: unevenness([0.0, 0.0]), "nothing moves"),
        (lambda: unevenness([]), "Steps are lengths"),
        (lambda: unevenness([-1.0, 2.0]), "from 0 on"),
        (lambda: seam([0.0, 0.0, 1.0]), "stands still"),
        (lambda: seam([math.nan]), "finite"),
    ],
)
def test_mistakes_are_told_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_what_is_returned_is_the_best_try_when_none_is_good_enough() -> None:
    rough = even_places(wild(1, False), 30, samples_per_step=1, corrections=0)
    best = even_places(wild(1, False), 30, samples_per_step=1)
    spreads = [unevenness(step_lengths(wild(1, False)(t))) for t in (rough, best)]
    assert spreads[1] <= arc_length.TOLERANCE < spreads[0]
