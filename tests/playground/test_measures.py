"""Losses against those of the models, measures against loops, closed forms and `course_lib.scores`."""

import numpy as np
import pytest
import tensorflow as tf

from course_lib.models import losses
from course_lib.playground import measures
from course_lib.playground.losses import PAIRS
from course_lib.playground.settings import Settings
from course_lib.scores import metrics


@pytest.mark.parametrize("name", losses.NAMES)
def test_the_losses_are_those_of_the_models_in_64_bits(name: str) -> None:
    random = np.random.default_rng(0)
    real, fake = (tf.constant(3 * random.normal(size=(50, 1))) for _ in range(2))
    ours, theirs = PAIRS[name], losses.get(name)
    assert float(ours.discriminator(real, fake)) == pytest.approx(
        float(theirs.discriminator(real, fake)), rel=1e-5
    )
    assert float(ours.generator(fake)) == pytest.approx(float(theirs.generator(fake)), rel=1e-5)
    assert ours.discriminator(real, fake).dtype == ours.generator(fake).dtype == tf.float64


def test_the_density_is_the_smoothed_one_cell_by_cell() -> None:
    points = np.array([[0.3, -1.0], [2.0, 2.1], [0.35, -0.9]])
    cells = measures.density(tf.constant(points)).numpy()
    row, column = 15, 21  # the cell around (0.3, -0.9)
    middle = np.array([measures.MIDDLES[column], measures.MIDDLES[row]])
    np.testing.assert_allclose(middle, (0.3, -0.9))
    squares = ((points - middle) ** 2).sum(axis=1) / 0.2**2
    by_hand = np.mean(np.exp(-squares / 2) / (2 * np.pi * 0.2**2)) * 0.2**2
    assert cells[:-1].reshape(40, 40)[row, column] == pytest.approx(by_hand)
    assert cells.sum() == pytest.approx(1)
    assert cells[-1] == pytest.approx(0, abs=1e-6)
    far = measures.density(tf.constant([[9.0, 0.0], [0.0, 0.0]], tf.float64)).numpy()
    assert far[-1] == pytest.approx(0.5)  # half of the mass is outside of the plane


def test_divergences_of_two_gaussians_are_those_of_the_closed_form() -> None:
    """Two normal distributions smoothed by 0.2 are normal again, and KL between them has a formula."""
    random = np.random.default_rng(1)
    shift, deviation = np.array([0.5, 0.0]), 0.5
    real, fake = (random.normal(size=(60_000, 2)) * deviation + way for way in (0, shift))
    kl, js = measures.divergences(*(measures.density(tf.constant(each)) for each in (real, fake)))
    expected = shift @ shift / (2 * (deviation**2 + 0.2**2))
    assert float(kl) == pytest.approx(expected, rel=0.03)
    assert float(js) == pytest.approx(0.0971, rel=0.03)  # by quadrature, along the line through both centres
    there = np.linspace(-5, 5, 4001)
    p, q = (np.exp(-((there - way) ** 2) / (2 * 0.29)) / np.sqrt(2 * np.pi * 0.29) for way in (0, 0.5))
    middle = (p + q) / 2
    by_quadrature = np.sum(p * np.log(p / middle) + q * np.log(q / middle)) / 2 * (there[1] - there[0])
    assert float(js) == pytest.approx(by_quadrature, rel=0.03)


def test_divergences_have_their_limits_where_nothing_overlaps() -> None:
    left, right = (measures.density(tf.fill((50, 2), tf.constant(way, tf.float64))) for way in (-2.0, 2.0))
    kl, js = (float(each) for each in measures.divergences(left, right))
    assert js == pytest.approx(np.log(2), rel=1e-6)
    cells = 40 * 40 + 1
    assert kl == pytest.approx(
        np.log(cells / 1e-3) - entropy(left.numpy()), rel=1e-3
    )  # the floor keeps it finite


def entropy(masses: np.ndarray) -> float:
    masses = masses[masses > 0]
    return float(-np.sum(masses * np.log(masses)))


@pytest.mark.parametrize("target", ["ring", "grid", "clusters"])
def test_modes_are_counted_as_the_scores_count_them(target: str) -> None:
    settings = Settings(target=target)
    centres, radius = settings.modes(), 3 * settings.deviation
    random = np.random.default_rng(2)
    for share in (0.02, 0.08, 0.12, 0.5, 1.0):  # of its fair share, for half of the modes
        weights = np.where(np.arange(len(centres)) % 2, share, 1.0)
        which = random.choice(len(centres), 2_000, p=weights / weights.sum())
        points = centres[which] + 1.3 * settings.deviation * random.normal(size=(2_000, 2))
        ours = measures.modes_covered(
            tf.constant(points), tf.constant(centres), tf.constant(radius, tf.float64)
        )
        theirs = metrics.modes_covered(metrics.nearest_mode(points, centres, radius), len(centres))
        assert int(ours) == theirs
