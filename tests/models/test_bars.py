"""The GAN on bars: every roll it writes has one row a step, it learns, and the course's own door trains it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.datasets.bar_rolls import SHAPE, from_labels, to_notes
from course_lib.datasets.bar_rolls import labels as rows_of
from course_lib.models import bars
from course_lib.training.loop import train


@pytest.fixture(scope="module")
def two_tunes() -> np.ndarray:
    """Phrases that are one of two scales, so that little is to be learned."""
    rows = np.array([[10 + step % 8 for step in range(16)], [25 - step % 8 for step in range(16)]])
    return from_labels(np.repeat(rows, 64, axis=0))


@pytest.mark.parametrize("kind", ["straight_through", "gumbel"])
def test_even_the_untrained_generator_names_one_row_a_step(kind: str) -> None:
    drawn = bars.bar_gan(kind).sample(20)
    assert drawn.shape == (20, *SHAPE)
    assert np.isclose(drawn, 1).sum(axis=2).min() == np.isclose(drawn, 1).sum(axis=2).max() == 1
    assert np.isclose(np.abs(drawn), 1).all()
    assert all(notes[:, 1].sum() == 32 for notes in to_notes(drawn))


def test_the_softmax_kind_has_not_decided() -> None:
    drawn = bars.bar_gan("softmax").sample(20)
    assert drawn.max() < 0.99 and np.allclose(drawn.sum(axis=2), 2 - 32, atol=1e-4)


def test_the_gradient_of_d_reaches_every_weight_of_g(two_tunes: np.ndarray) -> None:
    gan = bars.bar_gan(steps_per_execution=1)
    before = [weight.numpy() for weight in gan.generator.trainable_variables]
    train(gan, two_tunes, batch_size=32, steps=1)
    changed = [np.any(old != new) for old, new in zip(before, gan.generator.trainable_variables, strict=True)]
    assert all(changed)


def test_the_same_seed_is_the_same_gan_and_a_saved_generator_draws_the_same(tmp_path) -> None:
    first, second, other = (bars.bar_gan(seed=seed).sample(4) for seed in (1, 1, 2))
    assert (first == second).all() and (first != other).any()
    generator = bars.generator(seed=3)
    generator.save(tmp_path / "bars.keras")
    z = np.random.default_rng(0).standard_normal((4, bars.LATENT)).astype("float32")
    assert np.allclose(keras.models.load_model(tmp_path / "bars.keras")(z), generator(z))


@pytest.mark.slow
def test_it_learns_two_tunes(two_tunes: np.ndarray) -> None:
    def right(gan) -> float:
        """The share of steps in which a phrase agrees with the nearer of the two tunes."""
        made, wanted = rows_of(gan.sample(50)), np.unique(rows_of(two_tunes), axis=0)
        return float((made[:, None] == wanted).mean(axis=2).max(axis=1).mean())

    gan = bars.bar_gan()
    assert right(gan) < 0.3
    train(gan, two_tunes, batch_size=32, steps=400)
    assert right(gan) > 0.8
