"""Transport on the line against brute force and linear programming, and the laws of a distance for the sliced one."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.theory import transport

# In eighths, so that no two ways of adding differ by more than rounding and ties are frequent.
VALUES = st.integers(-40, 40).map(lambda number: number / 8)


def samples(most: int) -> st.SearchStrategy:
    return st.lists(VALUES, min_size=1, max_size=most).map(np.array)


def clouds(most: int = 6) -> st.SearchStrategy:
    return st.integers(1, most).flatmap(lambda n: arrays(float, (n, 3), elements=VALUES))


@given(
    st.integers(1, 6).flatmap(lambda n: st.tuples(*[arrays(float, n, elements=VALUES)] * 2)),
    st.sampled_from([1, 2, 3]),
)
@settings(max_examples=60, deadline=None)
def test_sorting_is_the_cheapest_of_all_permutations(pair, power) -> None:
    a, b = pair
    cheapest = min(np.mean(np.abs(a - b[list(order)]) ** power) for order in permutations(range(len(b))))
    assert transport.wasserstein(a, b, power) ** power == pytest.approx(cheapest, abs=1e-12)


@given(samples(5), samples(5))
@settings(max_examples=60, deadline=None)
def test_unequal_numbers_cost_what_as_many_copies_of_each_do(a, b) -> None:
    """Another way to weights 1/n and 1/m: every value of `a` m times, every value of `b` n times."""
    apart = np.sort(np.repeat(a, len(b))) - np.sort(np.repeat(b, len(a)))
    for power in (1, 2):
        expected = np.mean(np.abs(apart) ** power) ** (1 / power)
        assert transport.wasserstein(a, b, power) == pytest.approx(expected, abs=1e-12)


def test_it_is_scipys_distance() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(0)
    for n, m in ((1, 7), (30, 30), (101, 44)):
        a, b = random.normal(size=n), random.normal(1, 2, size=m)
        assert transport.wasserstein(a, b) == pytest.approx(stats.wasserstein_distance(a, b))


@given(samples(8), samples(8))
@settings(max_examples=60, deadline=None)
def test_the_pieces_of_a_matching_take_each_share_and_fill_each(a, b) -> None:
    from_a, to_b, mass = transport.matching(a, b)
    assert len(mass) <= len(a) + len(b) - 1 and (mass > 0).all()
    np.testing.assert_allclose(np.bincount(from_a, mass, len(a)), 1 / len(a))
    np.testing.assert_allclose(np.bincount(to_b, mass, len(b)), 1 / len(b))
    assert np.sum(mass * np.abs(a[from_a] - b[to_b])) == pytest.approx(transport.wasserstein(a, b), abs=1e-12)
    order = np.argsort(a[from_a], kind="stable")
    assert (np.diff(a[from_a]) >= 0).all() and (np.diff(b[to_b][order]) >= 0).all()  # nobody crosses


@given(samples(8), samples(8))
@settings(max_examples=60, deadline=None)
def test_moved_keeps_the_order_and_the_mean(a, b) -> None:
    goals = transport.moved(a, b)
    assert goals.mean() == pytest.approx(b.mean(), abs=1e-12)
    assert (np.diff(goals[np.argsort(a, kind="stable")]) >= -1e-12).all()
    assert b.min() - 1e-12 <= goals.min() and goals.max() <= b.max() + 1e-12
    if len(a) == len(b):
        np.testing.assert_allclose(np.sort(goals), np.sort(b), atol=1e-12)


LINES = transport.directions(8, 3, seed=4)


@given(clouds(), clouds(), clouds(), st.sampled_from([1, 2]))
@settings(max_examples=60, deadline=None)
def test_the_sliced_distance_is_symmetric_and_obeys_the_triangle(a, b, c, power) -> None:
    def apart(one: np.ndarray, other: np.ndarray) -> float:
        return transport.sliced_wasserstein(one, other, LINES, power)

    assert apart(a, b) == pytest.approx(apart(b, a), abs=1e-12)
    assert apart(a, c) <= apart(a, b) + apart(b, c) + 1e-9


@given(clouds(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_it_is_zero_for_the_same_cloud_in_another_order_and_for_no_other(a, random) -> None:
    order = list(range(len(a)))
    random.shuffle(order)
    assert transport.sliced_wasserstein(a, a[order], LINES) == pytest.approx(0, abs=1e-12)
    assert transport.sliced_wasserstein(a, np.repeat(a, 3, axis=0), LINES) == pytest.approx(0, abs=1e-12)
    other = a.copy()
    other[0, random.randrange(3)] += 1 / 8
    assert transport.sliced_wasserstein(a, other, LINES) > 1e-4


def test_one_direction_may_see_nothing() -> None:
    a, b = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    assert transport.sliced_wasserstein(a, b, np.eye(2)) == 0
    assert transport.sliced_wasserstein(a, b, transport.directions(4, 2)) > 0.1


def test_a_cloud_that_is_shifted_is_as_far_as_its_shift_on_the_average_line() -> None:
    """In the plane the mean of |cos| is 2 / pi: the shift itself, seen along all directions."""
    cloud = np.random.default_rng(1).normal(size=(50, 2))
    angles = np.linspace(0, np.pi, 400, endpoint=False)
    lines = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = transport.sliced_wasserstein(cloud, cloud + np.array([3.0, 0.0]), lines)
    assert found == pytest.approx(6 / np.pi, rel=1e-4)


def test_directions_have_length_one_and_no_favourite() -> None:
    lines = transport.directions(20_000, 3, seed=2)
    np.testing.assert_allclose(np.linalg.norm(lines, axis=1), 1)
    np.testing.assert_allclose(lines.T @ lines / len(lines), np.eye(3) / 3, atol=0.01)
    np.testing.assert_allclose(lines.mean(axis=0), 0, atol=0.02)
    np.testing.assert_array_equal(lines, transport.directions(20_000, 3, seed=2))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: transport.wasserstein([], [1.0]), r"at least one, but got the shape \(0,\)"),
        (lambda: transport.wasserstein([1.0, np.nan], [1.0]), "with NaN or infinite values"),
        (lambda: transport.moved([[1.0]], [1.0]), r"the shape \(1, 1\)"),
        (lambda: transport.wasserstein([1.0], [1.0], power=0.5), "at least 1, but it is 0.5"),
        (lambda: transport.directions(0, 3), "they are 0 and 3"),
        (
            lambda: transport.sliced_wasserstein(np.ones((2, 3)), np.ones((2, 2)), np.eye(3)),
            r"of one d .*\(2, 2\)",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(call, message) -> None:
    with pytest.raises(CourseError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("power", [np.nan, np.inf, 0.5])
def test_a_power_without_a_distance_is_refused(power: float) -> None:
    with pytest.raises(CourseError, match="at least 1, but it is"):
        transport.wasserstein([1.0], [2.0], power)


@pytest.mark.parametrize("values", ["ab", [[1], [1, 2]], [1j]])
def test_what_is_no_sample_is_refused_in_one_line(values: object) -> None:
    with pytest.raises(CourseError, match="not texts or lists in a list"):
        transport.moved(values, [1.0])
