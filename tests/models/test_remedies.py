from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course_lib import CourseError
from course_lib.models import networks, remedies

from .test_gan import weights


def some_images(count: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, 28, 28, 1)).astype("float32")


def test_without_remedies_it_is_the_plain_gan() -> None:
    gan = remedies.dcgan()
    assert gan.game.name == "non_saturating"
    assert gan.averaged_generator is None and gan.augment is None and gan.regularizer is None
    rates = [float(o.learning_rate) for o in (gan.generator_optimizer, gan.discriminator_optimizer)]
    assert rates == pytest.approx([1e-3, 1e-3])
    kinds = {type(layer) for layer in gan.discriminator.layers}
    assert not kinds & {layers.SpectralNormalization, networks.MinibatchDeviation}


def test_each_remedy_changes_what_it_says() -> None:
    gan = remedies.dcgan("spectral_norm", "r1", "slower_discriminator", "averaging", "augmentation")
    wrapped = [x for x in gan.discriminator.layers if isinstance(x, layers.SpectralNormalization)]
    assert len(wrapped) == 3
    assert gan.averaging == remedies.AVERAGING and gan.augment is not None and gan.regularizer is not None
    assert float(gan.discriminator_optimizer.learning_rate) == pytest.approx(5e-4)
    assert float(gan.generator_optimizer.learning_rate) == pytest.approx(1e-3)
    gan = remedies.dcgan("wasserstein_penalty", "faster_discriminator", "minibatch_deviation")
    assert gan.game.name == "wasserstein" and gan.regularizer is not None
    assert float(gan.discriminator_optimizer.learning_rate) == pytest.approx(2e-3)
    assert any(isinstance(x, networks.MinibatchDeviation) for x in gan.discriminator.layers)


def test_the_seed_decides_the_generator_whatever_is_switched_on() -> None:
    plain, averaged, other = (
        remedies.dcgan(seed=1),
        remedies.dcgan("averaging", seed=1),
        remedies.dcgan(seed=2),
    )
    assert all(map(np.array_equal, weights(plain.generator), weights(averaged.generator)))
    assert not all(map(np.array_equal, weights(plain.generator), weights(other.generator)))


def test_unknown_and_exclusive_remedies_are_refused_by_name() -> None:
    with pytest.raises(CourseError, match=r"no remedy 'dropout'; choose from spectral_norm"):
        remedies.dcgan("averaging", "dropout")
    with pytest.raises(CourseError, match="faster_discriminator and slower_discriminator exclude each other"):
        remedies.dcgan("slower_discriminator", "faster_discriminator")


def test_spectral_normalisation_brings_every_kernel_to_norm_one() -> None:
    keras.utils.set_random_seed(0)
    network = remedies.spectrally_normalised(networks.dcgan_discriminator(width=4))
    for _ in range(60):
        network(some_images(2), training=True)
    kernels = [w.numpy() for w in network.weights if w.path.endswith("kernel")]
    assert len(kernels) == 3
    for kernel in kernels:
        norm = np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2)
        assert norm == pytest.approx(1, abs=1e-3)


def test_a_gan_with_all_that_go_together_takes_a_step() -> None:
    gan = remedies.dcgan(*(set(remedies.REMEDIES) - {"slower_discriminator", "wasserstein_penalty"}))
    gan.run_eagerly = True
    before = weights(gan.generator)
    gan.train_step(tf.constant(some_images(16)))
    assert not all(map(np.array_equal, before, weights(gan.generator)))
