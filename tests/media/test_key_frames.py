"""Key frames and trailers, against what an exhaustive search and small films say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media.cuts import shots
from course_lib.media.key_frames import KINDS, key_frames, trailer

RANDOM = np.random.default_rng(0)


def radius(points: np.ndarray, chosen) -> float:
    """How far the farthest point is from those chosen."""
    return np.linalg.norm(points[:, None] - points[list(chosen)], axis=-1).min(1).max()


def total(points: np.ndarray, chosen) -> float:
    return np.linalg.norm(points[:, None] - points[list(chosen)], axis=-1).min(1).sum()


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_farthest_first_is_at_most_twice_as_far_as_the_best(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).standard_normal((9, 2))
    best = min(radius(points, chosen) for chosen in combinations(range(9), count))
    assert radius(points, key_frames(points, count, "farthest")) <= 2 * best + 1e-9


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_medoids_cost_no_more_than_where_they_began(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).standard_normal((12, 2))
    chosen = key_frames(points, count)
    assert total(points, chosen) <= total(points, key_frames(points, count, "farthest")) + 1e-9
    if count == 1:
        assert total(points, chosen) == pytest.approx(min(total(points, [k]) for k in range(12)))


@given(st.integers(0, 10_000), st.integers(2, 5))
def test_each_medoid_is_the_most_central_of_those_nearest_to_it(seed: int, count: int) -> None:
    points = np.random.default_rng(seed).standard_normal((40, 2))
    chosen = key_frames(points, count)
    nearest = np.linalg.norm(points[:, None] - points[chosen], axis=-1).argmin(1)
    for number, medoid in enumerate(chosen):
        group = points[nearest == number]
        assert total(group, [int(np.flatnonzero((group == points[medoid]).all(1))[0])]) == pytest.approx(
            min(total(group, [k]) for k in range(len(group)))
        )


def test_groups_that_lie_apart_get_a_key_frame_each_in_their_middle() -> None:
    points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2], [9.0], [9.1], [9.2]])
    assert key_frames(points, 3).tolist() == [1, 4, 7]
    assert key_frames(points.reshape(9, 1, 1, 1), 3).tolist() == [1, 4, 7]
    for kind in KINDS:
        assert key_frames(np.zeros((4, 2)), 3, kind).tolist() in ([0, 1, 2], [0, 2, 3], [0, 1, 3])
        assert key_frames(points, 9, kind).tolist() == list(range(9))


def film() -> np.ndarray:
    """Three shots of 20, 4 and 20 frames; the first is lively at 8 to 13 alone, and has a flash at 2."""
    light = np.concatenate([np.full(20, -0.8), np.full(4, 0.0), np.linspace(0.6, 0.62, 20)])
    light[8:14] = np.linspace(-0.75, -0.5, 6)
    light[14:20] = -0.5
    light[2] = 1.0
    return np.tile(light[:, None, None, None], (1, 8, 8, 1)).astype("float32")


def test_a_trailer_has_the_liveliest_stretch_of_each_shot() -> None:
    numbers = trailer(film(), [20, 24], 18, least=4)
    assert set(range(8, 12)) < set(numbers[:7].tolist()) and 2 not in numbers
    assert numbers[7:11].tolist() == [
        20,
        21,
        22,
        23,
    ]  # shorter than its share: wholly, and the others get more
    assert len(numbers) == 18 and (np.diff(numbers) > 0).all() and (numbers[11:] >= 24).all()


@given(st.integers(1, 60), st.integers(1, 10))
def test_a_trailer_is_never_too_long_and_never_shorter_than_it_must_be(length: int, least: int) -> None:
    cuts, dissolves = [20, 24], [(30, 35)]
    numbers = trailer(film(), cuts, length, dissolves, least)
    assert 1 <= len(numbers) <= length and (np.diff(numbers) > 0).all()
    assert not set(numbers) & set(range(30, 36))
    runs = [np.isin(range(start, stop), numbers) for start, stop in shots(44, cuts, dissolves)]
    shown = [shot for shot in runs if shot.any()]
    for shot in runs:
        assert (np.diff(np.flatnonzero(shot)) == 1).all()  # one stretch a shot
    assert len(numbers) == min(length, sum(map(len, shown)))
    if length >= 44:
        assert len(numbers) == 38


def test_a_film_of_one_frame_is_its_own_trailer() -> None:
    assert trailer(film()[:1], [], 10).tolist() == [0]
    assert key_frames(film()[:1], 1).tolist() == [0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: key_frames(np.zeros((3, 2)), 4), "count is"),
        (lambda: key_frames(np.zeros((3, 2)), 0), "count is"),
        (lambda: key_frames(np.zeros((3, 2)), True), "count is"),
        (lambda: key_frames(np.zeros(3), 1), "finite numbers"),
        (lambda: key_frames(np.zeros((0, 2)), 1), "finite numbers"),
        (lambda: key_frames(np.full((3, 2), np.nan), 1), "finite numbers"),
        (lambda: key_frames(np.zeros((3, 2)), 1, "best"), "no key frames 'best'"),
        (lambda: trailer(film(), [20], 0), "length is"),
        (lambda: trailer(film(), [50], 5), "lie from 1 to 43"),
        (lambda: trailer(film(), [], 5, [(0, 43)]), "no frame outside"),
        (lambda: trailer(film(), [], 5, least=0), "least is"),
        (lambda: trailer(film() * np.nan, [], 5), "go from nan"),
    ],
)
def test_bad_input_is_one_line(call, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        call()
    assert "\n" not in str(error.value)
