from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course_lib import CourseError
from course_lib.models import networks, recipe, remedies

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
    assert gan.game.name == "wasserstein" and gan.regularizer is not None and gan.discriminator_steps == 1
    assert float(gan.discriminator_optimizer.learning_rate) == pytest.approx(2e-3)
    assert any(isinstance(x, networks.MinibatchDeviation) for x in gan.discriminator.layers)
    gan = remedies.dcgan("wasserstein_five_steps")
    assert gan.game.name == "wasserstein" and gan.regularizer is not None and gan.discriminator_steps == 5


def test_the_augmentation_shifts_by_up_to_an_eighth_and_cuts_out_a_box_of_half_a_side() -> None:
    gan = remedies.dcgan("augmentation")
    white = np.ones((600, 28, 28, 1), "float32")
    changed = np.asarray(gan.augment(white, keras.random.SeedGenerator(0)))[..., 0]
    assert set(np.unique(changed)) == {-1.0, 0.0, 1.0}  # what came in, the box, what is left
    for side in (1, 2):
        shift = 28 - (changed == 1).any(axis=side).sum(axis=1)
        box = (changed == 0).any(axis=side).sum(axis=1)
        assert (shift.min(), shift.max()) == (0, 4)  # 28 / 8 = 3.5 pixels, rounded
        assert box.max() == 14


@pytest.mark.parametrize(
    ("name", "expected"),
    [("wasserstein_penalty", 10 * (3 - 1) ** 2), ("wasserstein_five_steps", 40.0), ("r1", 1 / 2 * 3**2)],
)
def test_penalties_have_the_weights_they_say(name: str, expected: float) -> None:
    """On a plane of slope 3, where the answer is known."""
    real, fake = tf.constant(some_images(4)), tf.zeros((4, 28, 28, 1))
    plane = lambda images: tf.reduce_sum(images, axis=(1, 2, 3)) * 3 / 28  # noqa: E731
    penalty = remedies.dcgan(name).regularizer(plane, real, fake, keras.random.SeedGenerator(0))
    assert float(penalty) == pytest.approx(expected, rel=1e-4)
    assert f"weight {1 if name == 'r1' else 10})" in remedies.REMEDIES[name]


@pytest.mark.parametrize("row", remedies.ROWS)
def test_every_row_has_the_networks_and_the_optimizers_of_the_ablation(row: str) -> None:
    """data/ablation.csv was measured with these; another width or beta_1 would make it another table."""
    gan = remedies.dcgan(*remedies.ROWS[row])
    assert gan.generator.count_params() == networks.dcgan_generator(width=16).count_params()
    assert gan.discriminator.layers[0].output.shape[-1] == 16
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert isinstance(optimizer, keras.optimizers.Adam) and optimizer.beta_1 == 0.5
    if gan.averaging is not None:
        assert f"decay {gan.averaging})" in remedies.REMEDIES["averaging"]


def test_rows_are_each_remedy_alone_three_of_the_recipe_and_all_that_go_together() -> None:
    rows = dict(remedies.ROWS)
    ours, three = recipe.dcgan(), remedies.dcgan(*rows.pop("recipe_three"))
    assert three.averaging == ours.averaging
    for gan in (ours, three):
        rates = [float(o.learning_rate) for o in (gan.discriminator_optimizer, gan.generator_optimizer)]
        assert rates[0] / rates[1] == pytest.approx(0.5)
        assert any(isinstance(layer, networks.MinibatchDeviation) for layer in gan.discriminator.layers)
    together = set(rows.pop("all"))
    for name in set(remedies.REMEDIES) - together:
        assert any(pair <= together | {name} for pair in remedies.EXCLUSIVE), f"{name} could be added"
    assert rows == {"plain": (), **{name: (name,) for name in remedies.REMEDIES}}


def test_the_seed_decides_the_generator_whatever_is_switched_on() -> None:
    plain, averaged, other = (
        remedies.dcgan(seed=1),
        remedies.dcgan("averaging", seed=1),
        remedies.dcgan(seed=2),
    )
    assert all(map(np.array_equal, weights(plain.generator), weights(averaged.generator)))
    assert not all(map(np.array_equal, weights(plain.generator), weights(other.generator)))
    latents = [np.asarray(gan.latents(4)) for gan in (plain, averaged, other)]
    np.testing.assert_array_equal(latents[0], latents[1])
    assert not np.array_equal(latents[0], latents[2])


def test_unknown_and_exclusive_remedies_are_refused_by_name() -> None:
    with pytest.raises(CourseError, match=r"no remedy 'dropout'; choose from spectral_norm"):
        remedies.dcgan("averaging", "dropout")
    with pytest.raises(CourseError, match="faster_discriminator and slower_discriminator exclude each other"):
        remedies.dcgan("slower_discriminator", "faster_discriminator")
    with pytest.raises(CourseError, match="r1 and wasserstein_penalty exclude each other"):
        remedies.dcgan("wasserstein_penalty", "averaging", "r1")


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
    wasserstein = {"wasserstein_penalty", "wasserstein_five_steps"}
    gan = remedies.dcgan(*(set(remedies.REMEDIES) - {"slower_discriminator"} - wasserstein))
    gan.run_eagerly = True
    before = weights(gan.generator)
    gan.train_step(tf.constant(some_images(16)))
    assert not all(map(np.array_equal, before, weights(gan.generator)))
