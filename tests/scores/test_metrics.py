"""Every score against a second computation: SciPy, closed forms, or loops that spell out the definition."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.scores import metrics

seeds = st.integers(0, 2**32 - 1)


def gaussian(rng: np.random.Generator, d: int, rank: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A random mean and covariance matrix."""
    factor = rng.normal(size=(d, rank or d + 2))
    return rng.normal(size=d), factor @ factor.T


# --- Fréchet distance


@given(seed=seeds, d=st.integers(1, 10))
@settings(max_examples=40, deadline=None)
def test_frechet_agrees_with_scipy(seed: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    (mean_a, cov_a), (mean_b, cov_b) = gaussian(rng, d), gaussian(rng, d)
    root = scipy.linalg.sqrtm(cov_a @ cov_b)
    expected = ((mean_a - mean_b) ** 2).sum() + np.trace(cov_a + cov_b) - 2 * np.trace(root).real
    assert metrics.frechet_from_statistics(mean_a, cov_a, mean_b, cov_b) == pytest.approx(expected, rel=1e-7)


def test_frechet_of_gaussians_on_the_line() -> None:
    # W2^2(N(m, s^2), N(n, t^2)) = (m - n)^2 + (s - t)^2
    found = metrics.frechet_from_statistics([1.0], [[4.0]], [-2.0], [[0.25]])
    assert found == pytest.approx(3**2 + (2 - 0.5) ** 2, rel=1e-12)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_frechet_of_covariances_that_commute(seed: int) -> None:
    # With common eigenvectors the roots subtract eigenvalue by eigenvalue; the identity gives the diagonal case.
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0, 5, (2, 6))
    for basis in (np.eye(6), scipy.linalg.qr(rng.normal(size=(6, 6)))[0]):
        found = metrics.frechet_from_statistics(
            np.zeros(6), basis * a @ basis.T, np.zeros(6), basis * b @ basis.T
        )
        assert found == pytest.approx(((np.sqrt(a) - np.sqrt(b)) ** 2).sum(), rel=1e-7, abs=1e-9)


@given(seed=seeds, rank=st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_frechet_is_a_distance_that_moves_with_the_space(seed: int, rank: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = gaussian(rng, 5, rank), gaussian(rng, 5)
    found = metrics.frechet_from_statistics(*a, *b)
    assert found > 0
    assert metrics.frechet_from_statistics(*b, *a) == pytest.approx(found, rel=1e-9)
    assert metrics.frechet_from_statistics(*a, *a) == pytest.approx(0, abs=1e-9)
    rotation, shift = scipy.linalg.qr(rng.normal(size=(5, 5)))[0], rng.normal(size=5)
    moved = [(rotation @ mean + shift, rotation @ cov @ rotation.T) for mean, cov in (a, b)]
    assert metrics.frechet_from_statistics(*moved[0], *moved[1]) == pytest.approx(found, rel=1e-7)


def test_frechet_from_features_uses_their_mean_and_unbiased_covariance() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(50, 4)), rng.normal(1, 2, size=(80, 4))
    mean, covariance = metrics.statistics(a)
    centred = a - a.mean(axis=0)
    np.testing.assert_allclose(mean, a.mean(axis=0))
    np.testing.assert_allclose(covariance, sum(np.outer(row, row) for row in centred) / 49)
    expected = metrics.frechet_from_statistics(mean, covariance, b.mean(axis=0), np.cov(b.T))
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-12)
    assert metrics.frechet_distance(a[:, :1], b[:, :1]) > 0  # one feature: a covariance of shape (1, 1)


def test_frechet_is_blind_beyond_the_second_moment_and_biased_for_few_images() -> None:
    # Both hold for every mean and covariance, and both are in the lessons: coins and Gaussians look alike to it.
    rng = np.random.default_rng(0)
    coins, normal = rng.choice([-1.0, 1.0], (20_000, 2)), rng.normal(size=(20_000, 2))
    assert metrics.frechet_distance(coins, normal) < 0.002
    assert metrics.kernel_distance(coins[:1500] ** 3, 1.5 * normal[:1500]) > 0.05
    few = np.mean([metrics.frechet_distance(*rng.normal(size=(2, 20, 8))) for _ in range(50)])
    many = np.mean([metrics.frechet_distance(*rng.normal(size=(2, 200, 8))) for _ in range(50)])
    assert few > 5 * many > 0


# --- kernel distance


@given(seed=seeds, sizes=st.tuples(st.integers(2, 7), st.integers(2, 7)), d=st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_kernel_distance_agrees_with_the_double_loop(seed: int, sizes: tuple[int, int], d: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(sizes[0], d)), rng.normal(0.5, size=(sizes[1], d))

    def k(x: np.ndarray, y: np.ndarray) -> float:
        return (float(np.dot(x, y)) / d + 1) ** 3

    within_a = [k(a[i], a[j]) for i in range(len(a)) for j in range(len(a)) if i != j]
    within_b = [k(b[i], b[j]) for i in range(len(b)) for j in range(len(b)) if i != j]
    across = [k(x, y) for x in a for y in b]
    expected = np.mean(within_a) + np.mean(within_b) - 2 * np.mean(across)
    assert metrics.kernel_distance(a, b) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_kernel_distance_is_unbiased() -> None:
    rng = np.random.default_rng(1)
    draws = np.array([metrics.kernel_distance(*rng.normal(size=(2, 12, 3))) for _ in range(3000)])
    assert abs(draws.mean()) < 3 * draws.std() / np.sqrt(len(draws))
    assert (draws < 0).any()


def test_kernel_distance_in_pieces_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(100, 4)), rng.normal(size=(90, 4))
    whole = metrics.kernel_distance(a, b)
    monkeypatch.setattr(metrics, "_parts", lambda rows, width: np.array_split(rows, 7))
    assert metrics.kernel_distance(a, b) == pytest.approx(whole, rel=1e-9)


# --- precision and recall


@given(seed=seeds, neighbours=st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_precision_recall_agrees_with_its_definition(seed: int, neighbours: int) -> None:
    rng = np.random.default_rng(seed)
    real, fake = rng.normal(size=(15, 2)), rng.normal(0.7, size=(12, 2))

    def share(points: np.ndarray, cloud: np.ndarray) -> float:
        radii = [sorted(np.linalg.norm(cloud - centre, axis=1))[neighbours] for centre in cloud]
        inside = [
            any(np.linalg.norm(point - centre) <= radius for centre, radius in zip(cloud, radii, strict=True))
            for point in points
        ]
        return float(np.mean(inside))

    expected = share(fake, real), share(real, fake)
    assert metrics.precision_recall(real, fake, neighbours) == pytest.approx(expected)


def exact_precision_recall(real: np.ndarray, fake: np.ndarray, neighbours: int) -> tuple[float, float]:
    """By differences alone, pair by pair: what no rounding of large numbers touches."""

    def squares(point: np.ndarray, cloud: np.ndarray) -> list[float]:
        return [sum((x - y) ** 2 for x, y in zip(point, other, strict=True)) for other in cloud]

    def share(points: np.ndarray, cloud: np.ndarray) -> float:
        radii = [sorted(squares(centre, cloud))[neighbours] for centre in cloud]
        inside = [any(s <= r for s, r in zip(squares(point, cloud), radii, strict=True)) for point in points]
        return sum(inside) / len(points)

    return share(fake, real), share(real, fake)


@given(
    seed=seeds,
    neighbours=st.integers(1, 4),
    kinds=st.integers(1, 6),
    offset=st.sampled_from([0.0, 1.0, 300.0]),
    nudge=st.sampled_from([0.0, 1e-9, 1e-7]),
)
@settings(max_examples=60, deadline=None)
def test_precision_recall_is_exact_with_duplicates(
    seed: int, neighbours: int, kinds: int, offset: float, nudge: float
) -> None:
    """Few different points, drawn again and again, some a hair beside: radii of 0 and of next to nothing."""
    rng = np.random.default_rng(seed)
    prototypes = offset + rng.normal(size=(kinds, 5))

    def draw(count: int) -> np.ndarray:
        return prototypes[rng.integers(kinds, size=count)] + nudge * rng.integers(0, 2, size=(count, 5))

    real, fake = draw(14), draw(11)
    expected = exact_precision_recall(real, fake, neighbours)
    assert metrics.precision_recall(real, fake, neighbours) == pytest.approx(expected, abs=1e-12)


def test_copies_of_a_real_point_are_within_reach_and_others_are_not() -> None:
    point = np.random.default_rng(8).uniform(0, 3, size=64)
    real = np.tile(point, (6, 1))
    assert metrics.precision_recall(real, real) == (1, 1)
    assert metrics.precision_recall(real, real + 1e-7) == (0, 0)


def test_duplicates_in_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    real, fake = (rng.normal(size=(5, 8))[rng.integers(5, size=30)] for _ in range(2))
    fake[:12] = real[:12]
    whole = metrics.precision_recall(real, fake)
    monkeypatch.setattr(metrics, "_parts", lambda rows, width: np.array_split(rows, 7))
    assert metrics.precision_recall(real, fake) == whole
    assert 0 < whole[0] < 1


def test_precision_and_recall_tell_collapse_from_rubbish() -> None:
    rng = np.random.default_rng(3)
    real = np.concatenate([rng.normal(-5, 1, (200, 2)), rng.normal(5, 1, (200, 2))])
    same = np.concatenate([rng.normal(-5, 1, (200, 2)), rng.normal(5, 1, (200, 2))])
    assert min(metrics.precision_recall(real, same)) > 0.9
    precision, recall = metrics.precision_recall(real, same[:200])  # one of two modes
    assert precision > 0.9
    assert 0.4 < recall < 0.55
    assert metrics.precision_recall(real, same + 100) == (0, 0)
    assert metrics.precision_recall(real, real) == (1, 1)


# --- modes, neighbours, diversity


def test_modes_covered_counts_modes_with_a_fair_share() -> None:
    labels = np.repeat([0, 1, 2, -1], [50, 45, 1, 4])  # of 100 samples a fair share is 25, a tenth of it 2.5
    assert metrics.modes_covered(labels, 4) == 2
    assert metrics.modes_covered(labels, 4, least_share=0.0) == 3
    assert metrics.modes_covered(np.arange(10), 10) == 10
    assert metrics.modes_covered(np.full(5, -1), 10) == 0


def test_nearest_mode_on_a_ring() -> None:
    angles = np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.concatenate([ring + 0.05, [[0, 0]], ring[:1] * 1.2])
    assert metrics.nearest_mode(points, ring, radius=0.15).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, -1, -1]


@given(seed=seeds, count=st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_nearest_neighbours_agree_with_sorting_all_distances(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    queries, references = rng.normal(size=(6, 3, 2)), rng.normal(size=(9, 3, 2))
    indices, distances = metrics.nearest_neighbours(queries, references, count)
    for row, query in enumerate(queries):
        every = np.sqrt(((references - query) ** 2).sum(axis=(1, 2)))
        np.testing.assert_array_equal(indices[row], np.argsort(every)[:count])
        np.testing.assert_allclose(distances[row], np.sort(every)[:count])


def test_a_copied_image_is_at_distance_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(4).uniform(-1, 1, (50, 8, 8, 1)).astype("float32")
    monkeypatch.setattr(metrics, "_parts", lambda rows, width: np.array_split(rows, 3))
    indices, distances = metrics.nearest_neighbours(images[::-1], images)
    assert indices[:, 0].tolist() == list(range(49, -1, -1))
    assert (distances == 0).all()


def test_diversity_is_the_mean_distance_and_zero_on_collapse() -> None:
    images = np.random.default_rng(6).uniform(-1, 1, (9, 4, 4, 1)).astype("float32")
    pairs = [
        np.sqrt(np.mean((images[i].astype(float) - images[j]) ** 2))
        for i in range(9)
        for j in range(9)
        if i != j
    ]
    assert metrics.diversity(images) == pytest.approx(np.mean(pairs), rel=1e-6)
    assert metrics.diversity(np.tile(images[:1], (200, 1, 1, 1))) < 1e-12
    assert metrics.diversity(np.array([[[-1.0]], [[1.0]]])) == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda: metrics.statistics(np.zeros((1, 4))),
        lambda: metrics.statistics(np.zeros(4)),
        lambda: metrics.kernel_distance(np.zeros((1, 4)), np.zeros((5, 4))),
        lambda: metrics.precision_recall(np.zeros((3, 4)), np.zeros((9, 4))),
        lambda: metrics.diversity(np.zeros((1, 2, 2, 1))),
        lambda: metrics.nearest_neighbours(np.zeros((2, 3)), np.zeros((2, 4))),
        lambda: metrics.nearest_neighbours(np.zeros((2, 3)), np.zeros((2, 3)), 3),
        lambda: metrics.frechet_score(np.zeros((999, 28, 28, 1))),
        lambda: metrics.kernel_score(np.zeros((99, 32, 32, 3))),
    ],
)
def test_too_few_or_misshapen_data_are_refused_in_one_line(call) -> None:
    with pytest.raises(CourseError) as caught:
        call()
    assert "\n" not in str(caught.value)


def cloud(count: int = 9, width: int = 4) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, width))


def spoilt(value: float) -> np.ndarray:
    """A cloud with one value that is none."""
    found = cloud()
    found[3, 2] = value
    return found


TWO_CLOUDS = (metrics.frechet_distance, metrics.kernel_distance, metrics.precision_recall)


@pytest.mark.parametrize("score", [*TWO_CLOUDS, metrics.nearest_neighbours])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_none_is_no_silent_number(score, value: float) -> None:
    for pair in ((spoilt(value), cloud()), (cloud(), spoilt(value))):
        with pytest.raises(CourseError, match="hold NaN or infinite values") as caught:
            score(*pair)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("score", TWO_CLOUDS)
def test_clouds_of_different_widths_are_not_compared(score) -> None:
    for widths in ((4, 1), (1, 4), (4, 3)):
        with pytest.raises(CourseError, match=f"{widths[0]} and {widths[1]} features"):
            score(cloud(width=widths[0]), cloud(width=widths[1]))


@pytest.mark.parametrize("score", [*TWO_CLOUDS, metrics.nearest_neighbours])
@pytest.mark.parametrize(
    "features", [cloud().astype(object), [[1.0, 2.0], [3.0]], [["a"], ["b"]], np.zeros((5, 0))]
)
def test_what_is_no_array_of_numbers_is_refused_in_one_line(score, features) -> None:
    with pytest.raises(CourseError) as caught:
        score(features, features)
    assert "\n" not in str(caught.value)


def test_lists_of_numbers_are_clouds_too() -> None:
    for score in TWO_CLOUDS:
        assert score(cloud().tolist(), list(cloud())) == score(cloud(), cloud())


@pytest.mark.parametrize("place", range(4))
def test_statistics_that_are_none_or_do_not_fit_are_refused(place: int) -> None:
    right = [np.zeros(3), np.eye(3), np.ones(3), np.eye(3)]
    for wrong, message in ((np.full_like(right[place], np.nan), "NaN"), (right[place][:2], "of one d")):
        with pytest.raises(CourseError, match=message):
            metrics.frechet_from_statistics(*right[:place], wrong, *right[place + 1 :])


def test_diversity_of_pixels_or_of_nan_is_refused() -> None:
    images = np.random.default_rng(1).uniform(-1, 1, (9, 4, 4, 1))
    for wrong in (((images + 1) * 127.5), ((images + 1) * 127.5).astype("uint8")):
        with pytest.raises(CourseError, match=r"0\.\.255"):
            metrics.diversity(wrong)
    images[0, 0, 0, 0] = np.nan
    with pytest.raises(CourseError, match="NaN"):
        metrics.diversity(images)


@pytest.mark.parametrize("labels", [[0.0, 1.0], [0, 4], [-2, 0], [[0, 1]], [np.nan]])
def test_labels_of_no_mode_are_not_counted(labels: list) -> None:
    with pytest.raises(CourseError, match="from -1, for none, to 3"):
        metrics.modes_covered(labels, 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: metrics.precision_recall(cloud(), cloud(), neighbours=2.0),
        lambda: metrics.precision_recall(cloud(), cloud(), neighbours=0),
        lambda: metrics.nearest_neighbours(cloud(), cloud(), count=2.0),
        lambda: metrics.modes_covered([0, 1], 2.0),
    ],
)
def test_numbers_that_must_be_whole_are(call) -> None:
    with pytest.raises(CourseError, match="a whole number"):
        call()
