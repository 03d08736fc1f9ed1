"""Bradley-Terry: mode, Laplace's Gaussian and averaged probabilities, each a second time by loops or by quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.theory.taste import bradley_terry as bt

NUMBERS = st.floats(-3, 3, width=32)


def clicks(count: int, features: int, seed: int = 0) -> np.ndarray:
    """Differences of a person of weights N(0, 1) who chooses by sigmoid."""
    rng = np.random.default_rng(seed)
    weights, differences = rng.normal(size=features), rng.normal(size=(count, features)) * math.sqrt(2)
    turned = rng.random(count) < 1 / (1 + np.exp(-differences @ weights))
    return np.where(turned[:, None], differences, -differences)


def posterior_by_loops(weights, differences, mean, variance) -> float:
    """log of product of e^{u_chosen} / (e^{u_chosen} + e^{u_other}), and of the prior, up to a constant."""
    total = 0.0
    for difference in differences:
        logit = sum(w * x for w, x in zip(weights, difference, strict=True))
        total += math.log(1 / (1 + math.exp(-logit)))
    return total - sum((w - m) ** 2 for w, m in zip(weights, mean, strict=True)) / (2 * variance)


def mode_by_loops(differences, mean, variance) -> list[float]:
    """One weight after the other, each to where the posterior is flat, by halving."""
    weights = list(mean)
    for _ in range(120):
        for place in range(len(weights)):
            low, high = -30.0, 30.0
            for _ in range(36):
                weights[place] = (low + high) / 2
                slope = (mean[place] - weights[place]) / variance
                for row in differences:
                    logit = sum(w * x for w, x in zip(weights, row, strict=True))
                    slope += row[place] * (1 - 1 / (1 + math.exp(-logit)))
                low, high = (weights[place], high) if slope > 0 else (low, weights[place])
    return weights


def grid_posterior(differences: np.ndarray, reach: float = 6, steps: int = 181):
    """Mean, covariance and the density itself on a grid of two weights, prior N(0, 1)."""
    axis = np.linspace(-reach, reach, steps)
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    logs = -np.logaddexp(0, -points @ differences.T).sum(axis=1) - np.square(points).sum(axis=1) / 2
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    mean = shares @ points
    return mean, (points - mean).T @ ((points - mean) * shares[:, None]), points, shares


@pytest.mark.parametrize(("count", "variance"), [(1, 1.0), (8, 0.2), (16, 3.0)])
def test_the_mode_is_that_of_plain_loops(count: int, variance: float) -> None:
    differences, mean = clicks(count, 2, seed=count), [0.5, -1.0]
    belief = bt.fit(differences, mean, variance)
    np.testing.assert_allclose(belief.mean, mode_by_loops(differences, mean, variance), atol=1e-6)
    precision = np.eye(2) / variance
    ours = [
        float(bt.log_posterior(np.array(w), differences, np.array(mean), precision))
        for w in (belief.mean, [0.3, 2.0])
    ]
    theirs = [posterior_by_loops(w, differences, mean, variance) for w in (belief.mean.tolist(), [0.3, 2.0])]
    assert ours == pytest.approx(theirs)


def test_gradient_and_hessian_are_those_of_finite_differences() -> None:
    rng = np.random.default_rng(1)
    differences, weights, mean = clicks(9, 4), rng.normal(size=4), rng.normal(size=4)
    root = rng.normal(size=(4, 4))
    precision, step = root @ root.T + np.eye(4), 1e-5
    slope, bend = np.empty(4), np.empty((4, 4))
    for place, move in enumerate(step * np.eye(4)):
        there, back = weights + move, weights - move
        slope[place] = (
            bt.log_posterior(there, differences, mean, precision)
            - bt.log_posterior(back, differences, mean, precision)
        ) / (2 * step)
        bend[place] = (
            bt.gradient(there, differences, mean, precision) - bt.gradient(back, differences, mean, precision)
        ) / (2 * step)
    np.testing.assert_allclose(bt.gradient(weights, differences, mean, precision), slope, atol=1e-6)
    np.testing.assert_allclose(bt.hessian(weights, differences, precision), bend, atol=1e-6)


@pytest.mark.parametrize(("count", "off", "wrong"), [(6, 0.35, 0.2), (40, 0.3, 0.12), (400, 0.15, 0.03)])
def test_laplace_is_near_the_posterior_by_quadrature_and_nearer_with_more_clicks(count, off, wrong) -> None:
    """The mode lies within so many standard deviations of the mean, the covariance is so much wrong at most."""
    for seed in (count, 1, 2):
        differences = clicks(count, 2, seed)
        mean, covariance, *_ = grid_posterior(differences)
        belief = bt.fit(differences)
        assert (np.abs(belief.mean - mean) < off * np.sqrt(np.diag(covariance))).all()
        np.testing.assert_allclose(belief.covariance, covariance, atol=wrong * covariance.max())


def test_averaged_probabilities_are_near_the_integral_and_less_sure_than_the_mode() -> None:
    differences = clicks(5, 2, seed=3)
    belief = bt.fit(differences)
    _, _, points, shares = grid_posterior(differences)
    rng = np.random.default_rng(0)
    for one in rng.normal(size=(20, 2)) * 2:
        exact_under_laplace = np.mean(
            bt.sigmoid(rng.multivariate_normal(belief.mean, belief.covariance, 100_000) @ one)
        )
        found = belief.probability(one[None])[0]
        assert found == pytest.approx(exact_under_laplace, abs=0.02)
        assert found == pytest.approx(shares @ bt.sigmoid(points @ one), abs=0.08)
        assert abs(found - 0.5) <= abs(bt.sigmoid(belief.mean @ one) - 0.5)
        assert belief.choice_probability(one, np.zeros(2)) == pytest.approx(found)


def test_without_a_click_the_belief_is_the_prior() -> None:
    belief = bt.fit(np.zeros((0, 3)), [1, 2, 3], 0.5)
    np.testing.assert_allclose(belief.mean, [1, 2, 3])
    np.testing.assert_allclose(belief.covariance, 0.5 * np.eye(3))
    nothing = bt.chosen_differences(np.eye(3), [], [])
    assert nothing.shape == (0, 3)
    np.testing.assert_allclose(bt.fit(nothing).covariance, np.eye(3))


def test_many_people_at_once_are_each_alone() -> None:
    together = np.stack([clicks(8, 3, seed) for seed in range(5)])
    covariance = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 2.0]])
    belief = bt.fit(together, 0.3, covariance)
    for person in range(5):
        alone = bt.fit(together[person], 0.3, covariance)
        np.testing.assert_allclose(belief.mean[person], alone.mean, atol=1e-8)
        np.testing.assert_allclose(belief.covariance[person], alone.covariance, atol=1e-8)


def test_clicks_that_never_contradict_leave_a_finite_taste() -> None:
    """Without a prior the weights would run away; with a very wide one Newton's whole step leaps over the mode."""
    differences = np.tile([[1.0, 0.2], [0.5, -1.0]], (50, 1))
    for variance in (1.0, 1e4):
        belief = bt.fit(differences, 0.0, variance)
        slope = bt.gradient(belief.mean, differences, np.zeros(2), np.eye(2) / variance)
        np.testing.assert_allclose(slope, 0, atol=1e-6)
    far = bt.fit(1000 * differences, [40.0, -40.0])
    assert np.isfinite(far.mean).all() and np.isfinite(far.covariance).all()


def test_draws_have_the_mean_and_covariance_that_are_believed() -> None:
    belief = bt.fit(clicks(10, 2))
    many = bt.Belief(np.tile(belief.mean, (40_000, 1)), np.tile(belief.covariance, (40_000, 1, 1)))
    drawn = many.draw(np.random.default_rng(0))
    np.testing.assert_allclose(drawn.mean(axis=0), belief.mean, atol=0.02)
    np.testing.assert_allclose(np.cov(drawn.T), belief.covariance, atol=0.02)
    difference = np.array([[1.0, -2.0]])
    assert (drawn @ difference[0]).std() == pytest.approx(belief.spread(difference)[0], rel=0.02)


@given(arrays(float, (3, 4), elements=NUMBERS))
def test_swapping_a_pair_swaps_the_probability(rows: np.ndarray) -> None:
    weights, a, b = rows
    one, other = bt.choice_probability(weights, a, b), bt.choice_probability(weights, b, a)
    assert 0 <= one <= 1 and one + other == pytest.approx(1)
    positive = math.exp(weights @ a), math.exp(weights @ b)  # the ratings of 1952
    assert one == pytest.approx(positive[0] / sum(positive))


@settings(max_examples=25, deadline=None)
@given(arrays(float, (5, 3), elements=NUMBERS), st.floats(-100, 100), st.integers(0, 2**20))
def test_a_constant_added_to_all_features_changes_nothing(creations, constant, seed) -> None:
    rng = np.random.default_rng(seed)
    pairs = np.array([rng.choice(5, 2, replace=False) for _ in range(6)])
    choices = pairs[np.arange(6), rng.integers(2, size=6)]
    one, other = (
        bt.fit(bt.chosen_differences(each, pairs, choices)) for each in (creations, creations + constant)
    )
    np.testing.assert_allclose(one.mean, other.mean, atol=1e-6)
    swapped = bt.chosen_differences(creations, pairs[:, ::-1], choices)
    np.testing.assert_array_equal(swapped, bt.chosen_differences(creations, pairs, choices))


def test_the_chosen_comes_first() -> None:
    creations = np.array([[0.0, 1], [2, 3], [5, 5]])
    found = bt.chosen_differences(creations, [[0, 1], [2, 1]], [1, 2])
    np.testing.assert_array_equal(found, [[2, 2], [3, 2]])
    both = bt.chosen_differences(creations, [[[0, 1]], [[0, 2]]], [[0], [2]])
    np.testing.assert_array_equal(both, [[[-2, -2]], [[5, 4]]])


X = np.eye(3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bt.chosen_differences(X, [[0, 1]], [2]), "Between 0 and 1 one of them is chosen, not 2"),
        (lambda: bt.chosen_differences(X, [[0, 1]], [np.nan]), "one of them is chosen, not nan"),
        (lambda: bt.chosen_differences(X, [[1, 1]], [1]), "pairs creation 1 with itself"),
        (lambda: bt.chosen_differences(X, [[0, 3]], [0]), "numbers, 0 to 2; these go from 0 to 3"),
        (lambda: bt.chosen_differences(X, [[-1, 0]], [0]), "go from -1 to 0"),
        (lambda: bt.chosen_differences(X, [[0, 0.5]], [0]), "Pairs are two numbers"),
        (lambda: bt.chosen_differences(X, [[0, np.nan]], [0]), "Pairs are two numbers"),
        (lambda: bt.chosen_differences(X, [[0, 1, 2]], [0]), "Pairs are two numbers"),
        (lambda: bt.chosen_differences(X, [["left", "right"]], [0]), "Pairs are two numbers"),
        (lambda: bt.chosen_differences(X, [[0, 1]], ["left"]), "one of them is chosen, not left"),
        (lambda: bt.chosen_differences(X, [[0, 1]], [None]), "one of them is chosen, not None"),
        (lambda: bt.chosen_differences(X, [[0, 1]], [0, 1]), "Each pair has one choice"),
        (lambda: bt.chosen_differences(X, [], [0]), "Each pair has one choice"),
        (lambda: bt.chosen_differences(X[:1], [], []), "two creations are needed; here are 1"),
        (lambda: bt.chosen_differences(X[:0], [], []), "two creations are needed; here are 0"),
        (lambda: bt.chosen_differences([1, 2], [], []), "Creations are a table"),
        (lambda: bt.chosen_differences([[1], [np.nan]], [], []), "creation 1 has one that is NaN"),
        (lambda: bt.fit([[1, np.inf]]), "NaN or infinite"),
        (lambda: bt.fit([1, 2]), "is a table, \\(clicks, features\\)"),
        (lambda: bt.fit([]), "is a table, \\(clicks, features\\)"),
        (lambda: bt.fit([[1.0, 2]], prior_covariance=0), "prior_covariance is a variance above 0"),
        (lambda: bt.fit([[1.0, 2]], prior_covariance=np.nan), "prior_covariance is a variance above 0"),
        (lambda: bt.fit([[1.0, 2]], prior_covariance=[[1, 2], [2, 1]]), "eigenvalues above 0"),
        (lambda: bt.fit([[1.0, 2]], prior_covariance=np.eye(3)), "symmetric matrix \\(2, 2\\)"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)
