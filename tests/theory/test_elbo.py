"""The pieces of the evidence lower bound, against quadrature, samples and laws that hold for all numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory import elbo
from course_lib.theory.divergences import integrate, kullback_leibler, normal

NUMBERS = st.floats(-3, 3)
MEANS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=4)


def crooked(z: np.ndarray) -> np.ndarray:
    """A decoder whose posterior is no Gaussian: two latents far apart explain the same x."""
    return np.tanh(2 * z) + 0.3 * np.square(z)


def f(z: np.ndarray) -> np.ndarray:
    return np.square(z - 1) + np.sin(2 * z)


def slope(z: np.ndarray) -> np.ndarray:
    return 2 * (z - 1) + 2 * np.cos(2 * z)


@given(MEANS)
def test_kl_of_gaussians_is_never_below_zero(rows: list[tuple]) -> None:
    assert elbo.gaussian_kl(*np.array(rows).T) >= 0


@given(MEANS)
def test_kl_of_a_gaussian_from_itself_is_zero(rows: list[tuple]) -> None:
    mean, log_variance, _, _ = np.array(rows).T
    assert elbo.gaussian_kl(mean, log_variance, mean, log_variance) == 0


@given(NUMBERS, st.floats(-1, 1), NUMBERS, st.floats(-1, 1))
def test_kl_of_gaussians_agrees_with_the_integral(m: float, v: float, other_m: float, other_v: float) -> None:
    x = np.linspace(-45, 45, 20_001)
    p, q = normal(x, m, np.exp(v / 2)), normal(x, other_m, np.exp(other_v / 2))
    # In float64 q may be 0 far out where p is not yet: there the integral would be infinite.
    inside = q > 1e-300
    found = elbo.gaussian_kl([m], [v], [other_m], [other_v])
    assert found == pytest.approx(kullback_leibler(p[inside], q[inside], x[inside]), rel=1e-6, abs=1e-9)


def test_kl_adds_up_over_the_last_axis_only() -> None:
    random = np.random.default_rng(0)
    mean, log_variance = random.normal(size=(2, 5, 3))
    single = elbo.gaussian_kl(mean[..., None], log_variance[..., None])
    assert single.shape == (5, 3)
    np.testing.assert_allclose(elbo.gaussian_kl(mean, log_variance), single.sum(axis=1))


def test_kl_refuses_what_does_not_fit() -> None:
    with pytest.raises(CourseError, match=r"of one shape are needed, not \(3,\), \(2,\)"):
        elbo.gaussian_kl(np.zeros(3), np.zeros(2))
    with pytest.raises(CourseError, match="not a single one"):
        elbo.gaussian_kl(0.0, 0.0)


@given(st.floats(-1.5, 3), st.floats(-2, 2), st.floats(0.1, 1.0))
def test_evidence_is_the_bound_and_the_gap(x: float, mean: float, std: float) -> None:
    model = elbo.LineModel(crooked, noise=0.4)
    bound, gap = model.elbo(x, mean, std), model.gap(x, mean, std)
    assert gap >= -1e-9
    assert bound + gap == pytest.approx(model.evidence(x), abs=1e-7)


def test_the_gap_is_the_divergence_that_lesson_01_measures() -> None:
    model = elbo.LineModel(lambda z: np.tanh(2 * z), noise=0.4)  # its posterior is above 0 all over the grid
    q = normal(model.grid, 0.6, 0.3)
    expected = kullback_leibler(q, model.posterior(0.7), model.grid)
    assert 0.1 < model.gap(0.7, 0.6, 0.3) == pytest.approx(expected, rel=1e-9)


def test_the_posterior_is_a_density_and_the_evidence_one_of_x() -> None:
    model = elbo.LineModel(crooked, noise=0.4)
    assert integrate(model.posterior(0.7), model.grid) == pytest.approx(1, abs=1e-9)
    x = np.linspace(-6, 25, 3001)
    assert integrate(np.exp([model.evidence(each) for each in x]), x) == pytest.approx(1, abs=1e-6)


def test_a_straight_decoder_has_the_posterior_that_is_known() -> None:
    """z ~ N(0, 1) and x = a z + b + noise: p(z | x) = N(a (x - b) / (a^2 + s^2), s^2 / (a^2 + s^2))."""
    a, b, s, x = 1.5, -0.2, 0.5, 0.9
    model = elbo.LineModel(lambda z: a * z + b, noise=s)
    mean, std = a * (x - b) / (a**2 + s**2), s / np.sqrt(a**2 + s**2)
    assert model.evidence(x) == pytest.approx(np.log(normal(x, b, np.sqrt(a**2 + s**2))), abs=1e-9)
    assert model.gap(x, mean, std) == pytest.approx(0, abs=1e-9)
    assert model.elbo(x, mean, std) == pytest.approx(model.evidence(x), abs=1e-9)


def test_an_evidence_too_small_for_a_number_has_its_logarithm() -> None:
    model = elbo.LineModel(np.tanh, noise=1.0)  # no latent brings x above 1
    assert -850 < model.evidence(41.0) < -780  # exp(-746) is 0 in float64


def test_noise_must_be_a_deviation() -> None:
    with pytest.raises(CourseError, match="a standard deviation above 0, not 0"):
        elbo.LineModel(crooked, noise=0)


@pytest.mark.parametrize(("mean", "log_std"), [(0.0, 0.0), (0.7, -1.0), (-1.0, 0.4)])
def test_both_gradients_are_unbiased_within_their_error(mean: float, log_std: float) -> None:
    """Against central differences of E[f(z)], which Gauss-Hermite quadrature gives to ten digits."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)

    def expectation(mean: float, log_std: float) -> float:
        return float(weights @ f(mean + np.exp(log_std) * nodes) / np.sqrt(2 * np.pi))

    step = 1e-5
    exact = [
        (expectation(mean + step, log_std) - expectation(mean - step, log_std)) / (2 * step),
        (expectation(mean, log_std + step) - expectation(mean, log_std - step)) / (2 * step),
    ]
    noise = np.random.default_rng(1).standard_normal(200_000)
    estimates = (
        elbo.reparameterized_gradient(slope, mean, log_std, noise),
        elbo.score_function_gradient(f, mean, log_std, noise),
        elbo.score_function_gradient(f, mean, log_std, noise, baseline=expectation(mean, log_std)),
    )
    for each in estimates:
        error = each.std(axis=0) / np.sqrt(len(noise))
        assert (np.abs(each.mean(axis=0) - exact) < 4 * error).all()
        assert (error < 0.1).all()  # an error as large as the gradient would prove nothing


def test_reparameterization_varies_ten_times_less() -> None:
    """The lesson's example: a Gaussian q narrower than the prior, and f as smooth as a log-likelihood."""
    noise = np.random.default_rng(2).standard_normal(200_000)
    ours = elbo.reparameterized_gradient(slope, 0.0, -1.0, noise).var(axis=0)
    theirs = elbo.score_function_gradient(f, 0.0, -1.0, noise).var(axis=0)
    assert (theirs > 10 * ours).all()


def test_a_baseline_takes_variance_away() -> None:
    noise = np.random.default_rng(3).standard_normal(100_000)
    without = elbo.score_function_gradient(lambda z: f(z) + 5, 0.0, -1.0, noise).var(axis=0)
    with_one = elbo.score_function_gradient(lambda z: f(z) + 5, 0.0, -1.0, noise, baseline=6.0).var(axis=0)
    assert (with_one < without / 5).all()


def test_bits_of_a_fair_coin() -> None:
    assert elbo.bits_per_dimension(7 * np.log(0.5), 7) == pytest.approx(1)
    with pytest.raises(CourseError, match="at least one dimension, not 0"):
        elbo.bits_per_dimension(0.0, 0)


@pytest.mark.parametrize("mean, std", [(20.0, 0.5), (7.9, 0.5), (0.0, 1e6), (0.0, 1e-4), (0.0, np.nan)])
def test_a_q_that_the_grid_does_not_hold_gets_no_bound(mean: float, std: float) -> None:
    """Its sums would be near 0, above the evidence."""
    model = elbo.LineModel(crooked, noise=0.4)
    for ask in (model.elbo, model.gap):
        with pytest.raises(CourseError, match="does not fit its grid"):
            ask(1.0, mean, std)


@pytest.mark.parametrize("noise", [-1, np.nan, np.inf])
def test_noise_is_a_standard_deviation(noise: float) -> None:
    with pytest.raises(CourseError, match="a standard deviation above 0"):
        elbo.LineModel(crooked, noise)
