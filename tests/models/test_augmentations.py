import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from course_lib.models import augmentations

from .test_gan import small_gan, some_images, weights

EVERY = {
    "brightness": augmentations.brightness(),
    "translation": augmentations.translation(),
    "cutout": augmentations.cutout(),
    "chain": augmentations.chain(augmentations.brightness(), augmentations.cutout()),
}


def seed(number: int = 0) -> keras.random.SeedGenerator:
    return keras.random.SeedGenerator(number)


@pytest.mark.parametrize("augment", EVERY.values(), ids=EVERY)
def test_images_keep_their_shape_differ_from_each_other_and_follow_the_seed(augment) -> None:
    images = np.tile(some_images(1), (8, 1, 1, 1))
    changed = np.asarray(augment(images, seed()))
    assert changed.shape == images.shape and changed.dtype == np.float32
    assert not np.array_equal(changed[0], changed[1])
    np.testing.assert_array_equal(changed, augment(images, seed()))
    assert not np.array_equal(changed, augment(images, seed(1)))


@pytest.mark.parametrize("augment", EVERY.values(), ids=EVERY)
def test_gradients_pass_through(augment) -> None:
    """Linear in the pixels: the gradient along a direction is the change along it."""
    images, direction = tf.constant(some_images(4)), tf.constant(some_images(4, seed=1))
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(augment(images, seed()) * direction)
    slope = tf.reduce_sum(tape.gradient(total, images) * direction)
    moved = tf.reduce_sum(augment(images + direction, seed()) * direction)
    assert float(slope) == pytest.approx(float(moved - total), rel=1e-4)
    assert abs(float(slope)) > 0.1


@given(share=st.floats(0.05, 0.5), number=st.integers(0, 100))
def test_translation_moves_the_picture_and_fills_in_the_background(share: float, number: int) -> None:
    image = some_images(1)
    moved = np.asarray(augmentations.translation(share)(image, seed(number)))[0]
    most = max(1, round(share * 20))
    padded = np.pad(image[0], ((most, most), (most, most), (0, 0)), constant_values=-1)
    windows = [padded[i : i + 20, j : j + 20] for i in range(2 * most + 1) for j in range(2 * most + 1)]
    assert min(np.abs(moved - window).max() for window in windows) < 1e-6


def test_cutout_covers_a_box_of_one_value_and_nothing_else() -> None:
    image = some_images(1)
    for number in range(10):
        changed = np.asarray(augmentations.cutout(0.5, value=0.25)(image, seed(number)))
        box = changed[0, ..., 0] != image[0, ..., 0]
        assert 25 <= box.sum() <= 121  # a quarter of 400 pixels when whole, a sixteenth in a corner
        assert np.all(changed[0][box] == 0.25)
        assert box.sum() == box.any(axis=0).sum() * box.any(axis=1).sum()


def test_augmentation_draws_from_the_noise_that_a_checkpoint_holds() -> None:
    """Otherwise a resumed run would see other augmentations than the run that was not stopped."""
    real = tf.constant(some_images(16))
    gan, twin = (small_gan(augment=EVERY["chain"]) for _ in range(2))
    for _ in range(2):
        gan.train_step(real)
    for name, variable in twin.state().items():
        variable.assign(gan.state()[name])
    for model in (gan, twin):
        model.train_step(real)
    for one, other in zip(weights(gan.generator), weights(twin.generator), strict=True):
        np.testing.assert_array_equal(one, other)
