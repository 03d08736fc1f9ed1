"""Copies: by brute force, on generators whose copying is known, and what must not change an answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.audit.copies import closest, nearest

RNG = np.random.default_rng(0)
TRAINING, HELD_OUT, FRESH = (RNG.normal(size=(count, 6)) for count in (400, 300, 500))


def test_everything_by_brute_force() -> None:
    found = nearest(FRESH, TRAINING, HELD_OUT)
    table = np.linalg.norm(FRESH[:, None] - TRAINING, axis=-1)
    assert (
        found.distances == pytest.approx(table.min(axis=1)) and (found.indices == table.argmin(axis=1)).all()
    )
    held_out = np.linalg.norm(HELD_OUT[:, None] - TRAINING, axis=-1).min(axis=1)
    assert found.held_out_distances == pytest.approx(held_out)
    assert found.threshold == pytest.approx(np.sort(held_out)[2])  # three of 300
    assert found.copies == np.sum(found.distances <= found.threshold) and found.usual == 0.01
    assert found.share == found.copies / 500 and found.low <= found.share <= found.high
    assert found.closer == pytest.approx(np.mean(found.distances[:, None] < held_out))
    assert (closest(found, 5) == np.argsort(table.min(axis=1))[:5]).all()


def test_fresh_pictures_are_as_held_out_ones_and_copies_are_copies() -> None:
    assert 0.45 < nearest(FRESH, TRAINING, HELD_OUT).closer < 0.55
    whole = nearest(TRAINING[:200], TRAINING, HELD_OUT)
    assert (whole.copies, whole.share, whole.high, whole.closer) == (200, 1, 1, 1)
    assert (whole.indices == np.arange(200)).all() and not whole.distances.any()
    half = nearest(np.concatenate([FRESH[:300], TRAINING[:300]]), TRAINING, HELD_OUT)
    assert half.low < 0.5 < half.high


def test_smooth_pictures_are_close_to_everything_though_they_copy_nothing() -> None:
    """The warning in the docstring: the mean of all is nearer to the training set than any real picture."""
    mean = np.repeat(TRAINING.mean(axis=0)[None], 50, axis=0)
    assert nearest(mean, TRAINING, HELD_OUT).closer > 0.9


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(30)), st.floats(0.1, 10))
def test_order_and_unit_change_nothing(order, unit) -> None:
    plain, other = (
        nearest(FRESH[rows] * by, TRAINING * by, HELD_OUT * by)
        for rows, by in ((range(30), 1), (order, unit))
    )
    assert other.closer == pytest.approx(plain.closer) and other.copies == plain.copies
    assert other.distances == pytest.approx(plain.distances[list(order)] * unit)


def test_equal_distances_count_half() -> None:
    points = np.zeros((100, 2))
    assert nearest(points, points, points).closer == 0.5
    same = nearest(HELD_OUT, TRAINING, HELD_OUT)
    assert (same.closer, same.copies, same.share) == (0.5, 3, same.usual)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"generated": TRAINING[:, :5]}, "of one shape"),
        ({"generated": np.zeros(6)}, "of one shape"),
        ({"held_out": HELD_OUT[:0]}, "of one shape"),
        ({"training": np.full((5, 6), np.nan)}, "NaN or infinite"),
        ({"training": "garments"}, "array of numbers"),
        ({"held_out": HELD_OUT[:50]}, "100 or more"),
        ({"share": 0}, "share is how many"),
        ({"share": True}, "share is how many"),
    ],
)
def test_what_has_no_distance_is_refused_in_one_line(words: dict, reason: str) -> None:
    with pytest.raises(CourseError, match=reason) as error:
        nearest(**{"generated": FRESH, "training": TRAINING, "held_out": HELD_OUT} | words)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("count", [0, 501, 2.0])
def test_no_more_of_the_closest_than_there_are(count) -> None:
    with pytest.raises(CourseError, match="from 1 to 500"):
        closest(nearest(FRESH, TRAINING, HELD_OUT), count)
