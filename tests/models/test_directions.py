"""The main directions, against the eigenvectors of a covariance, the pictures themselves, and what cannot be read."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from course_lib import CourseError
from course_lib.models import networks, pretrained
from course_lib.models.directions import main_directions
from course_lib.models.sampling import generate


def test_they_are_the_principal_components_of_the_first_layers_answers() -> None:
    """GANSpace's way, from samples."""
    generator = networks.dcgan_generator((16, 16, 1), latent_size=8, width=4)
    kernel, *others = generator.get_weights()
    generator.set_weights([kernel * 1.5 ** np.arange(8)[:, np.newaxis], *others])  # unlike in importance
    directions = main_directions(generator, 4)
    latents = np.random.default_rng(0).standard_normal((20_000, 8))
    answers = latents @ generator.get_weights()[0]
    components = np.linalg.eigh(np.cov(answers.T))[1].T[::-1][:4]
    # Back to latents: the least-squares map from coordinates along the components to latents.
    back = np.linalg.lstsq(answers @ components.T, latents, rcond=None)[0]
    back /= np.linalg.norm(back, axis=1, keepdims=True)
    assert np.abs((back * directions).sum(axis=1)).min() > 0.99
    np.testing.assert_allclose(directions @ directions.T, np.eye(4), atol=1e-6)
    assert (directions.max(axis=1) >= -directions.min(axis=1)).all()


def test_the_first_changes_pictures_more_than_the_last() -> None:
    generator = pretrained.generator()
    directions = main_directions(generator, 64)
    latents = np.random.default_rng(1).standard_normal((64, 64))

    def change(direction: np.ndarray) -> float:
        there, back = (generate(generator, latents + step * direction) for step in (2, -2))
        return float(np.abs(there - back).mean())

    assert change(directions[0]) > 2 * change(directions[-1])


def test_a_generator_with_classes_has_directions_of_its_latents_alone() -> None:
    generator = networks.dcgan_generator((16, 16, 1), latent_size=5, width=4, classes=3)
    kernel = next(w for w in generator.get_weights() if w.shape[0] == 10)
    directions = main_directions(generator, 5)
    stretched = np.linalg.norm(directions @ kernel[:5], axis=1)
    np.testing.assert_allclose(stretched, np.linalg.svd(kernel[:5], compute_uv=False), rtol=1e-5)


@pytest.mark.parametrize("count", [0, 9])
def test_there_are_as_many_as_numbers_in_a_latent(count: int) -> None:
    generator = networks.dcgan_generator((16, 16, 1), latent_size=8, width=4)
    with pytest.raises(CourseError, match="1 to 8 directions"):
        main_directions(generator, count)


def test_a_generator_that_begins_otherwise_is_refused() -> None:
    other = keras.Sequential(
        [keras.Input((4,)), layers.Reshape((2, 2, 1)), layers.Conv2DTranspose(1, 4, strides=2)]
    )
    with pytest.raises(CourseError, match="begins with Conv2DTranspose"):
        main_directions(other, 1)
    broken = networks.dcgan_generator((16, 16, 1), latent_size=4, width=4)
    broken.set_weights([w * np.nan for w in broken.get_weights()])
    with pytest.raises(CourseError, match="not finite"):
        main_directions(broken, 1)
