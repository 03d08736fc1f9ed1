import keras
import numpy as np
import pytest

from course_lib import CourseError, networks

SHAPES = [(28, 28, 1), (32, 32, 3), (48, 48, 3), (64, 32, 1), (12, 20, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_generator_and_discriminator_fit_each_other(shape: tuple[int, int, int]) -> None:
    generator = networks.dcgan_generator(shape, latent_size=7, width=8)
    discriminator = networks.dcgan_discriminator(shape, width=8)
    images = generator(np.ones((3, 7), "float32"))
    assert tuple(images.shape) == (3, *shape)
    assert float(np.abs(images).max()) <= 1
    assert tuple(discriminator(images).shape) == (3, 1)


@pytest.mark.parametrize("shape", [(27, 27, 1), (8, 8, 1), (28, 29, 1), (100, 100, 3), (50, 50, 3)])
def test_size_that_cannot_be_doubled_up_to_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(CourseError, match=f"{shape[0]} x {shape[1]}"):
        networks.dcgan_generator(shape)


def test_every_strided_kernel_is_a_multiple_of_its_stride() -> None:
    """Otherwise neighbouring pixels get unequally many terms: the checkerboard of lesson 05."""
    for network in (networks.dcgan_generator(), networks.dcgan_discriminator()):
        strided = [layer for layer in network.layers if getattr(layer, "strides", (1, 1)) != (1, 1)]
        assert strided
        assert all(layer.kernel_size[0] % layer.strides[0] == 0 for layer in strided)


def test_discriminator_returns_logits_not_probabilities() -> None:
    """A sigmoid at the end under a loss that takes logits is the classic double sigmoid."""
    keras.utils.set_random_seed(0)
    discriminator = networks.dcgan_discriminator(width=8)
    logits = np.asarray(discriminator(np.random.default_rng(0).normal(size=(64, 28, 28, 1)) * 50))
    assert logits.min() < 0 < logits.max()
    assert discriminator.layers[-1].activation is keras.activations.linear


def test_batch_norm_is_never_on_the_layer_that_sees_the_image() -> None:
    kinds = [type(layer).__name__ for layer in networks.dcgan_discriminator(batch_norm=True).layers]
    assert kinds.count("BatchNormalization") == 1
    assert kinds.index("BatchNormalization") > kinds.index("LeakyReLU")


def test_output_stays_float32_under_mixed_precision() -> None:
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        generator, discriminator = networks.dcgan_generator(width=8), networks.dcgan_discriminator(width=8)
    finally:
        keras.mixed_precision.set_global_policy(before)
    images = generator(np.zeros((2, 64)))
    assert images.dtype == "float32"
    assert discriminator(images).dtype == "float32"
    assert generator.layers[0].compute_dtype == "bfloat16"


def test_no_two_layers_start_alike() -> None:
    keras.utils.set_random_seed(0)
    weights = [w.numpy().ravel()[:50] for w in networks.dcgan_discriminator(width=64).weights if w.ndim > 1]
    assert not any(np.array_equal(a, b) for i, a in enumerate(weights) for b in weights[:i])
