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


@pytest.mark.parametrize(
    ("options", "rows", "columns"),
    [({}, 2, 3), ({"share": 1 / 4}, 4, 6), ({"share": 0.11}, 2, 3), ({"share": 0.01}, 1, 1)],
    ids=["1/8", "1/4", "1.76 and 2.64 pixels are 2 and 3", "no less than one pixel"],
)
def test_translation_reaches_its_most_in_every_direction(options: dict, rows: int, columns: int) -> None:
    """One white pixel in the middle of 16 x 24: all the places where it may end up, about equally often."""
    images = np.full((6000, 16, 24, 1), -1, "float32")
    images[:, 8, 12] = 1
    moved = np.asarray(augmentations.translation(**options)(images, seed()))[..., 0]
    np.testing.assert_array_equal(moved.sum(axis=(1, 2)), np.full(6000, 2 - 16 * 24))
    often = (moved == 1).sum(axis=0)
    reached = often[8 - rows : 9 + rows, 12 - columns : 13 + columns]
    assert reached.sum() == 6000
    expected = 6000 / reached.size
    np.testing.assert_allclose(reached, expected, atol=4.5 * np.sqrt(expected))


def test_translation_fills_in_the_background_it_was_given() -> None:
    for options, background in (({}, -1.0), ({"background": 0.25}, 0.25)):
        moved = np.asarray(augmentations.translation(1 / 2, **options)(np.ones((50, 8, 8, 1)), seed()))
        assert set(np.unique(moved)) == {background, 1.0}


@pytest.mark.parametrize(("options", "most"), [({}, 0.5), ({"most": 0.2}, 0.2)])
def test_brightness_adds_one_number_to_an_image_and_reaches_its_most_both_ways(
    options: dict, most: float
) -> None:
    images = np.tile(some_images(1)[:, :2, :2], (2000, 1, 1, 1))
    added = (np.asarray(augmentations.brightness(**options)(images, seed())) - images).reshape(2000, 4)
    np.testing.assert_allclose(added, np.tile(added[:, :1], 4), atol=1e-6)
    shares, _ = np.histogram(added[:, 0], bins=4, range=(-most, most))
    assert shares.sum() == 2000
    np.testing.assert_allclose(shares, 500, atol=4.5 * np.sqrt(500))


@pytest.mark.parametrize(("options", "share"), [({}, 1 / 2), ({"share": 1 / 4}, 1 / 4)])
def test_cutout_covers_each_pixel_as_often_as_the_geometry_says(options: dict, share: float) -> None:
    """A pixel is covered when the box's centre, anywhere on the side, is within half a box of the pixel's own."""

    def covered(size: int) -> np.ndarray:
        pixel = np.arange(size) + 0.5
        ends = np.clip([pixel - share * size / 2, pixel + share * size / 2], 0, size)
        return (ends[1] - ends[0]) / size

    changed = np.asarray(augmentations.cutout(**options)(np.ones((6000, 16, 24, 1), "float32"), seed()))
    assert set(np.unique(changed)) == {0.0, 1.0}
    box = changed[..., 0] == 0
    np.testing.assert_allclose(box.mean(axis=0), np.outer(covered(16), covered(24)), atol=0.03)
    np.testing.assert_allclose(box.any(axis=2).mean(axis=0), covered(16), atol=0.02)
    np.testing.assert_allclose(box.any(axis=1).mean(axis=0), covered(24), atol=0.02)


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
