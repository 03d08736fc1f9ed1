"""Spectra of pictures whose spectrum is known, and the regression on them against an independent one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from course_lib import CourseError
from course_lib.audit.spectrum import RIDGE, SpectrumDetector, rings, slope

RNG = np.random.default_rng(0)


def coloured(exponent: float, count: int, side: int = 64, seed: int = 0) -> np.ndarray:
    """Noise whose power falls as frequency^exponent."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side), indexing="ij"))
    frequency[0, 0] = np.inf
    values = np.fft.ifft2(
        np.fft.fft2(rng.standard_normal((count, side, side))) * frequency ** (exponent / 2)
    ).real
    return np.clip(0.3 * values / values.std(axis=(1, 2), keepdims=True), -1, 1)[..., np.newaxis]


@settings(max_examples=15)
@given(st.integers(2, 12), st.integers(2, 12), st.floats(0.1, 0.9))
def test_a_wave_lies_in_the_ring_of_its_frequency(down, across, height) -> None:
    y, x = np.mgrid[0:32, 0:32] / 32
    image = height * np.cos(2 * np.pi * (down * y + across * x))[np.newaxis, ..., np.newaxis]
    assert rings(image)[0].argmax() == round(np.hypot(down, across))


def test_the_power_of_white_noise_is_its_variance_in_every_ring() -> None:
    found = rings(np.random.default_rng(0).uniform(-1, 1, (400, 28, 28, 1)))
    assert found.shape == (400, 21)
    means = np.log10((10**found).mean(axis=0))
    assert means[2:-1] == pytest.approx(np.log10(1 / 3), abs=0.03)


def test_a_picture_of_one_colour_has_the_power_of_rounding_and_channels_are_averaged() -> None:
    plain = rings(np.full((1, 16, 24, 3), 0.3))
    assert plain == pytest.approx(np.log10((2 / 255) ** 2 / 12))
    images = RNG.uniform(-1, 1, (2, 16, 24, 3))
    assert rings(images) == pytest.approx(rings(images.mean(axis=3, keepdims=True)))


@pytest.mark.parametrize("exponent", [-2.0, -1.0, 0.0])
def test_the_slope_is_the_exponent(exponent) -> None:
    assert slope(coloured(exponent, 50)).mean() == pytest.approx(exponent, abs=0.15)


def test_the_regression_is_the_minimum_of_its_loss() -> None:
    """Against a general minimiser, with unequal numbers of the two kinds."""
    real, generated = RNG.normal(0, 1, (300, 3)), RNG.normal(0.7, 1.3, (80, 3))
    found = SpectrumDetector.fit(real, generated, lambda rows: rows)
    rows = (np.concatenate([real, generated]) - found.mean) / found.spread
    signs = np.repeat([-1, 1], [300, 80])
    counts = np.repeat([380 / 600, 380 / 160], [300, 80])

    def loss(weights: np.ndarray) -> float:
        return (counts * np.logaddexp(0, -signs * (rows @ weights[:3] + weights[3]))).sum() + RIDGE / 2 * (
            weights[:3] @ weights[:3]
        )

    best = optimize.minimize(loss, np.zeros(4), tol=1e-12).x
    assert [*found.weights, found.bias] == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("describe", [rings, slope])
def test_it_tells_two_kinds_of_noise(describe) -> None:
    found = SpectrumDetector.fit(coloured(-2, 100), coloured(-1, 100, seed=1), describe)
    assert (found.scores(coloured(-2, 50, seed=2)) < 0).mean() > 0.9
    assert (found.scores(coloured(-1, 50, seed=3)) > 0).mean() > 0.9


def test_kinds_without_an_overlap_give_finite_weights() -> None:
    found = SpectrumDetector.fit(np.zeros((5, 2)), np.ones((5, 2)), lambda rows: rows)
    assert np.isfinite([*found.weights, found.bias]).all()
    assert (found.scores(np.ones((1, 2))) > 1).all() and (found.scores(np.zeros((1, 2))) < -1).all()


GOOD = np.zeros((4, 16, 16, 1))


@pytest.mark.parametrize(
    "call",
    [
        lambda: rings(GOOD[0]),
        lambda: rings(GOOD + 2),
        lambda: rings(GOOD * np.nan),
        lambda: rings(GOOD[:, :7]),
        lambda: slope(GOOD[:0]),
        lambda: SpectrumDetector.fit(GOOD[:1], GOOD),
        lambda: SpectrumDetector.fit(GOOD, GOOD[:, :, :8]),
        lambda: SpectrumDetector.fit(GOOD, np.zeros((4, 28, 28, 1))),
        lambda: SpectrumDetector.fit(GOOD, GOOD, describe=3),
        lambda: SpectrumDetector.fit(GOOD, GOOD).scores(np.zeros((4, 28, 28, 1))),
    ],
)
def test_mistakes(call) -> None:
    with pytest.raises(CourseError) as error:
        call()
    assert "\n" not in str(error.value)
