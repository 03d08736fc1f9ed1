"""Conditions that are sums: what the label changes, and that a table of ones at random serves as well as banners'."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models import networks
from course_lib.models.conditions import steered_discriminator, steered_generator
from course_lib.models.gan import GAN
from course_lib.training.loop import train

TABLE = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1], [0, 0, 0, 1]])
SHAPE, LATENTS, CONDITION = (12, 20, 3), 3, 5


def generator() -> keras.Model:
    body = networks.dcgan_generator(SHAPE, LATENTS + CONDITION, width=4)
    return steered_generator(body, TABLE, LATENTS)


def discriminator() -> keras.Model:
    return steered_discriminator(networks.dcgan_discriminator(SHAPE, width=4, hidden=6), TABLE)


def meaning(network: keras.Model) -> np.ndarray:
    return network.get_layer("meaning").kernel.numpy()


def test_the_generator_is_told_the_sum_of_the_vectors_of_the_label_s_ones() -> None:
    made = generator()
    vectors, body = meaning(made), made.layers[-1]
    assert vectors.shape == (4, CONDITION)
    z = np.random.default_rng(0).normal(size=(5, LATENTS)).astype("float32")
    for label, row in enumerate(TABLE):
        total = sum(vectors[column] for column in range(4) if row[column])
        by_hand = body(np.concatenate([z, np.tile(total, (5, 1))], axis=1))
        np.testing.assert_allclose(made([z, np.full(5, label)]), by_hand, atol=1e-6)


def test_the_conditions_are_about_as_large_as_the_noise_at_the_start() -> None:
    table = np.array([[1, 1, 1, 0], [0, 1, 1, 1]])
    body = keras.Sequential([keras.Input((4000,)), keras.layers.Dense(1)])
    vectors = table @ meaning(steered_generator(body, table, latent_size=1))
    assert vectors.std() == pytest.approx(1, abs=0.1)


def test_between_two_labels_the_logit_differs_by_a_product_with_the_features() -> None:
    made = discriminator()
    images = np.random.default_rng(0).uniform(-1, 1, (6, *SHAPE)).astype("float32")
    product = next(layer for layer in made.layers if isinstance(layer, keras.layers.Dot))
    features = keras.Model(made.inputs[0], product.input[0])(images).numpy()
    e = TABLE @ meaning(made)
    for one, other in ((0, 3), (4, 2)):
        difference = made([images, np.full(6, one)]) - made([images, np.full(6, other)])
        np.testing.assert_allclose(difference[:, 0], features @ (e[one] - e[other]), atol=1e-5)


def test_the_identity_gives_each_label_a_vector_of_its_own_as_networks_with_classes_do() -> None:
    steered = steered_generator(networks.dcgan_generator(SHAPE, 6, width=4), np.eye(5), 3)
    plain = networks.dcgan_generator(SHAPE, 3, width=4, classes=5)
    steered.get_layer("meaning").kernel.assign(_embeddings(plain))
    steered.layers[-1].set_weights(plain.layers[-1].get_weights())
    z, labels = np.random.default_rng(1).normal(size=(5, 3)).astype("float32"), np.arange(5)
    np.testing.assert_allclose(steered([z, labels]), plain([z, labels]), atol=1e-6)


def _embeddings(network: keras.Model) -> keras.Variable:
    return next(layer for layer in network.layers if isinstance(layer, keras.layers.Embedding)).embeddings


def test_training_moves_the_vectors_and_not_the_table_and_the_average_keeps_it() -> None:
    keras.utils.set_random_seed(0)
    gan = GAN(generator(), discriminator(), classes=5)
    gan.compile()
    before = [meaning(network).copy() for network in (gan.generator, gan.discriminator)]
    images = np.random.default_rng(0).uniform(-1, 1, (40, *SHAPE)).astype("float32")
    train(gan, images, 8, steps=3, labels=np.arange(40) % 4)  # label 4 never comes
    for network, old in zip((gan.generator, gan.discriminator), before, strict=True):
        assert (meaning(network) != old).any(axis=1).all()
    for network in (gan.generator, gan.discriminator, gan.averaged_generator):
        np.testing.assert_array_equal(network.get_layer("parts").get_weights()[0], TABLE)
    assert gan.sample(5, labels=np.arange(5)).shape == (5, *SHAPE)


@pytest.mark.parametrize(
    "table", [np.ones(3), np.zeros((0, 3)), [[1, 0], [0, 0]], [[1, 2], [0, 1]], [[1, np.nan], [0, 1]]]
)
def test_what_is_no_table_of_conditions_is_refused(table) -> None:
    with pytest.raises(CourseError, match="A table of conditions is 0 and 1"):
        steered_generator(networks.dcgan_generator(SHAPE, 8, width=4), table, 3)
    with pytest.raises(CourseError, match="A table of conditions is 0 and 1"):
        steered_discriminator(networks.dcgan_discriminator(SHAPE, width=4), table)


@pytest.mark.parametrize("size", [0, -2, 2.0, True, "a"])
def test_an_odd_size_of_latents_is_refused(size) -> None:
    with pytest.raises(CourseError, match="latent_size is how many numbers a latent has"):
        steered_generator(networks.dcgan_generator(SHAPE, 8, width=4), TABLE, size)


def test_a_body_without_room_for_the_condition_is_refused() -> None:
    with pytest.raises(
        CourseError, match="The body takes 3 numbers and the latents are 3: build it with more"
    ):
        steered_generator(networks.dcgan_generator(SHAPE, 3, width=4), TABLE, 3)
