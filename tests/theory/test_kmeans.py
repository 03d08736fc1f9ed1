"""Lloyd's algorithm step by step against SciPy's, whole against scikit-learn's where it is installed, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.theory.kmeans import lloyd, plus_plus

COORDINATES = st.integers(-20, 20).map(lambda number: number / 4)


def clouds() -> st.SearchStrategy:
    """Points (n, 2), ties and equal ones among them, a start of k of any, and weights."""

    def cloud(n: int) -> st.SearchStrategy:
        start = st.integers(1, n).flatmap(lambda k: arrays(float, (k, 2), elements=COORDINATES))
        weights = arrays(float, n, elements=st.sampled_from([0.5, 1, 3]))
        return st.tuples(arrays(float, (n, 2), elements=COORDINATES), start, weights)

    return st.integers(1, 12).flatmap(cloud)


def blobs(seed: int, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    points = np.concatenate([random.normal(size=(60, 3)) + 3 * random.normal(size=3) for _ in range(count)])
    return points, points[random.choice(len(points), count, replace=False)]


@pytest.mark.parametrize("seed", range(5))
def test_each_step_is_scipys(seed: int) -> None:
    vq = pytest.importorskip("scipy.cluster.vq")
    points, start = blobs(seed)
    for steps in (1, 2, 5, 100):
        centres, labels = vq.kmeans2(points, start, iter=steps, minit="matrix", missing="raise")
        ours = lloyd(points, start, steps=steps)
        assert ours.centres == pytest.approx(centres)
        # SciPy's labels are those before its last move, ours those after it.
        assert np.array_equal(ours.labels, vq.vq(points, centres)[0])
        assert ours.inertias[-1] == pytest.approx(np.square(vq.vq(points, centres)[1]).sum())
    assert np.array_equal(ours.labels, labels)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("far", [0, 100])
def test_the_end_is_scikit_learns(seed: int, far: float) -> None:
    """far: how far off one centre begins, so that it has no point at first."""
    cluster = pytest.importorskip("sklearn.cluster")
    points, start = blobs(seed)
    start[0] += far
    weights = np.random.default_rng(seed).uniform(0.5, 2, len(points))
    options = {"init": start, "n_init": 1, "algorithm": "lloyd", "tol": 0, "max_iter": 300}
    theirs = cluster.KMeans(len(start), **options).fit(points, sample_weight=weights)
    ours = lloyd(points, start, weights)
    assert ours.centres == pytest.approx(theirs.cluster_centers_)
    assert np.array_equal(ours.labels, theirs.labels_)
    assert ours.inertias[-1] == pytest.approx(theirs.inertia_)


@given(clouds())
def test_the_inertia_never_rises_and_the_end_stands_still(cloud) -> None:
    points, start, weights = cloud
    found = lloyd(points, start, weights)
    apart = np.square(points[:, np.newaxis] - found.centres).sum(axis=-1)
    assert (np.diff(found.inertias) <= 1e-9).all()
    assert found.inertias[-1] == pytest.approx(weights @ apart.min(axis=1))
    assert apart[np.arange(len(points)), found.labels] == pytest.approx(apart.min(axis=1))
    for label in np.unique(found.labels):
        mine = found.labels == label
        assert found.centres[label] == pytest.approx(np.average(points[mine], axis=0, weights=weights[mine]))


@given(clouds())
def test_no_centre_is_left_without_points_while_there_are_other_places(cloud) -> None:
    points, start, _ = cloud
    found = lloyd(points, start)
    used, different = len(np.unique(found.labels)), len(np.unique(points, axis=0))
    assert used == len(start) or (used >= different and found.inertias[-1] == pytest.approx(0, abs=1e-12))


@given(clouds())
def test_a_weight_is_so_many_copies(cloud) -> None:
    points, start, weights = cloud
    nearest = np.square(points[:, np.newaxis] - start).sum(axis=-1).argmin(axis=1)
    assume(len(np.unique(nearest)) == len(start))  # an empty centre takes one copy and not all
    copies = points.repeat((2 * weights).astype(int), axis=0)
    once, copied = lloyd(points, start, 2 * weights, steps=1), lloyd(copies, start, steps=1)
    assert once.centres == pytest.approx(copied.centres)
    assert once.inertias == pytest.approx(copied.inertias)


def test_a_second_point_is_drawn_by_its_squared_distance() -> None:
    points = np.array([[0.0], [1.0], [3.0]])
    pairs = np.concatenate([plus_plus(points, 2, seed) for seed in range(3000)], axis=1).T
    after_zero = pairs[pairs[:, 0] == 0, 1]
    assert np.mean(after_zero == 3) == pytest.approx(9 / 10, abs=0.03)  # three standard deviations
    assert np.mean(pairs[:, 0] == 0) == pytest.approx(1 / 3, abs=0.03)
    weighted = np.concatenate([plus_plus(points, 2, seed, [1, 9, 1]) for seed in range(3000)], axis=1).T
    assert np.mean(weighted[:, 0] == 1) == pytest.approx(9 / 11, abs=0.03)
    assert np.mean(weighted[weighted[:, 0] == 0, 1] == 3) == pytest.approx(1 / 2, abs=0.09)


@given(arrays(float, (9, 2), elements=COORDINATES), st.integers(0, 5))
def test_a_start_is_of_different_points(points, seed) -> None:
    different = np.unique(points, axis=0)
    assert len(np.unique(plus_plus(points, len(different), seed), axis=0)) == len(different)
    with pytest.raises(CourseError, match=f"only {len(different)} different points"):
        plus_plus(points, len(different) + 1, seed)


GOOD = np.arange(8.0).reshape(4, 2)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lloyd, (GOOD, GOOD[:, :1])),
        (lloyd, (GOOD, np.zeros((5, 2)))),
        (lloyd, (GOOD, np.zeros((0, 2)))),
        (lloyd, (GOOD[0], GOOD)),
        (lloyd, (np.zeros((0, 2)), GOOD)),
        (lloyd, (GOOD * np.nan, GOOD)),
        (lloyd, (GOOD + np.inf, GOOD)),
        (lloyd, (GOOD, [[1.0], [1.0, 2.0]])),
        (lloyd, ("points", GOOD)),
        (lloyd, (GOOD, None)),
        (lloyd, (GOOD, GOOD, [1, 1, 1])),
        (lloyd, (GOOD, GOOD, [1, 1, 1, 0])),
        (lloyd, (GOOD, GOOD, [1, 1, 1, np.nan])),
        (lloyd, (GOOD, GOOD, None, 0)),
        (lloyd, (GOOD, GOOD, None, 1.5)),
        (lloyd, (GOOD, GOOD, None, True)),
        (lloyd, (GOOD, GOOD, None, np.inf)),
        (plus_plus, (GOOD, 0)),
        (plus_plus, (GOOD, 2.5)),
        (plus_plus, (GOOD, "2")),
        (plus_plus, (GOOD, 2, -1)),
        (plus_plus, (GOOD, 2, None)),
    ],
)
def test_other_arguments_are_refused_in_one_line(function, arguments) -> None:
    with pytest.raises(CourseError) as caught:
        function(*arguments)
    assert "\n" not in str(caught.value)
