import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models import networks

SHAPES = [(28, 28, 1), (32, 32, 3), (48, 48, 3), (64, 32, 1), (12, 20, 2)]


@pytest.mark.parametrize("shape", SHAPES)
def test_generator_and_discriminator_fit_each_other(shape: tuple[int, int, int]) -> None:
    generator = networks.dcgan_generator(shape, latent_size=7, width=8)
    discriminator = networks.dcgan_discriminator(shape, width=8)
    images = generator(np.ones((3, 7), "float32"))
    assert tuple(images.shape) == (3, *shape)
    assert float(np.abs(images).max()) <= 1
    assert tuple(discriminator(images).shape) == (3, 1)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ((7, 7, 1), "is too small for one: each side needs at least 10"),
        ((8, 8, 1), "is too small for one"),
        ((28, 8, 1), "is too small for one"),
        ((27, 27, 1), "has an odd side"),
        ((28, 29, 1), "has an odd side"),
        ((34, 34, 1), "cannot be halved down to 16 or less"),
        ((100, 100, 3), "cannot be halved down to 16 or less"),
        ((50, 50, 3), "cannot be halved down to 16 or less"),
    ],
)
def test_size_that_cannot_be_doubled_up_to_is_refused_and_the_line_says_why(
    shape: tuple[int, int, int], why: str
) -> None:
    for build in (networks.dcgan_generator, networks.dcgan_discriminator):
        with pytest.raises(CourseError, match=f"{shape[0]} x {shape[1]} {why}"):
            build(shape)


def test_the_smallest_side_that_the_line_names_can_be_built() -> None:
    assert networks.dcgan_generator((10, 10, 1), 3, 4).output_shape == (None, 10, 10, 1)


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 0), (4, 28, 28, 1)])
def test_what_is_no_image_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(CourseError, match=r"image_shape is \(height, width, channels\)"):
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


def test_weights_start_with_the_deviation_of_the_paper() -> None:
    """N(0, 0.02^2), 3 or 5 times which the other tests would not notice; only the meaning of a class is as large as
    the latents."""
    keras.utils.set_random_seed(0)
    generator = networks.dcgan_generator(width=16, classes=20, refine=True)
    discriminator = networks.dcgan_discriminator(width=16, classes=20, hidden=30, batch_norm=True)
    drawn = [w for network in (generator, discriminator) for w in network.weights if w.ndim > 1]
    assert len(drawn) == 5 + 5  # dense or convolution, 4 and 4; embedding, 1 and 1
    for weight in drawn:
        expected = 1.0 if weight.shape == (20, 64) else 0.02
        values = weight.numpy().ravel() / expected
        assert abs(values.mean()) < 4.5 / np.sqrt(values.size), weight.path
        assert abs(values.std() - 1) < 4.5 / np.sqrt(2 * values.size), weight.path


def test_batch_norm_moves_a_tenth_of_the_way_to_each_batch() -> None:
    """Keras's own 0.99 would need hundreds of steps before samples look like what is trained."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    for network, signal in (
        (networks.dcgan_generator(width=4, refine=True), rng.normal(size=(32, 64))),
        (
            networks.dcgan_discriminator((32, 32, 1), width=4, batch_norm=True),
            rng.normal(size=(9, 32, 32, 1)),
        ),
    ):
        for layer in network.layers:
            seen = np.asarray(signal, "float32")
            signal = layer(seen, training=True)
            if isinstance(layer, keras.layers.BatchNormalization):
                mean, variance = seen.mean(axis=(0, 1, 2)), seen.var(axis=(0, 1, 2))
                np.testing.assert_allclose(layer.moving_mean, 0.1 * mean, rtol=1e-3, atol=1e-6)
                np.testing.assert_allclose(layer.moving_variance, 0.9 + 0.1 * variance, rtol=1e-3)
        assert any(isinstance(layer, keras.layers.BatchNormalization) for layer in network.layers)


def test_layers_are_those_of_the_paper() -> None:
    """Kinds in order, and the weights of each convolution counted by hand."""

    def kinds(network: keras.Model) -> str:
        return " ".join(type(layer).__name__ for layer in network.layers)

    generator = networks.dcgan_generator((32, 16, 3), latent_size=5, width=6)
    assert kinds(generator) == "Dense Reshape BatchNormalization ReLU Conv2DTranspose Activation"
    assert generator.count_params() == (5 * 16 * 8 * 6) + 4 * 6 + (4 * 4 * 6 * 3 + 3)
    generator = networks.dcgan_generator((32, 32, 3), latent_size=5, width=6)
    assert kinds(generator) == (
        "Dense Reshape BatchNormalization ReLU Conv2DTranspose BatchNormalization ReLU Conv2DTranspose Activation"
    )
    head, middle, last = 5 * 8 * 8 * 12 + 4 * 12, 4 * 4 * 12 * 6 + 4 * 6, 4 * 4 * 6 * 3 + 3
    assert generator.count_params() == head + middle + last
    assert generator.layers[-1].activation is keras.activations.tanh

    plain, normalised = (
        networks.dcgan_discriminator((32, 32, 3), width=6, hidden=10, batch_norm=batch_norm)
        for batch_norm in (False, True)
    )
    assert kinds(plain) == "Conv2D LeakyReLU Conv2D LeakyReLU Flatten Dense LeakyReLU Dense"
    assert kinds(normalised) == kinds(plain).replace(
        "LeakyReLU Flatten", "BatchNormalization LeakyReLU Flatten"
    )
    convolutions = (4 * 4 * 3 * 6 + 6) + 4 * 4 * 6 * 12
    assert plain.count_params() == convolutions + (8 * 8 * 12 + 1) * 10 + 11
    assert normalised.count_params() == plain.count_params() + 4 * 12
    slopes = [x.negative_slope for x in plain.layers if isinstance(x, keras.layers.LeakyReLU)]
    assert slopes == pytest.approx([0.2, 0.2, 0.2])


def test_options_add_their_layers_and_nothing_else() -> None:
    plain, refined = (networks.dcgan_generator(width=8, refine=refine) for refine in (False, True))
    assert refined.count_params() - plain.count_params() == 9 * 16 * 16 + 4 * 16
    plain, hidden, watched = (
        networks.dcgan_discriminator(width=8, **options)
        for options in ({}, {"hidden": 10}, {"minibatch_deviation": True})
    )
    features = 7 * 7 * 16
    assert hidden.count_params() - plain.count_params() == (features + 1) * 10 + 11 - (features + 1)
    assert watched.count_params() - plain.count_params() == 7 * 7


@pytest.mark.parametrize("shape", SHAPES)
def test_conditional_networks_look_at_the_label(shape: tuple[int, int, int]) -> None:
    keras.utils.set_random_seed(0)
    generator = networks.dcgan_generator(shape, latent_size=7, width=8, classes=4)
    discriminator = networks.dcgan_discriminator(shape, width=8, classes=4)
    latents = np.ones((4, 7), "float32")
    images = np.asarray(generator([latents, np.arange(4)]))
    assert images.shape == (4, *shape)
    assert all(np.abs(images[0] - image).max() > 1e-4 for image in images[1:])
    logits = np.asarray(discriminator([np.tile(images[:1], (4, 1, 1, 1)) * 100, np.arange(4)]))
    assert logits.shape == (4, 1) and len(np.unique(logits)) == 4


def test_conditional_networks_have_the_options_of_the_others() -> None:
    """They have a vector for each of three classes more; and G's dense layer takes twice as much."""
    for build, options, more in (
        (networks.dcgan_generator, {"refine": True, "latent_size": 6}, 3 * 6 + 6 * (7 * 7 * 8)),
        (networks.dcgan_discriminator, {"hidden": 6}, 3 * 6),
        (
            networks.dcgan_discriminator,
            {"batch_norm": True, "minibatch_deviation": True},
            3 * 7 * 7 * (8 + 1),
        ),
    ):
        plain, conditional = build(width=4, **options), build(width=4, classes=3, **options)
        assert conditional.count_params() == plain.count_params() + more


@pytest.mark.parametrize(("count", "group"), [(32, 8), (16, 8), (12, 6), (8, 4), (2, 1), (3, 3), (1, 1)])
def test_minibatch_deviation_is_that_of_the_formula(count: int, group: int) -> None:
    images = np.random.default_rng(0).normal(size=(count, 4, 3, 2)).astype("float32")
    changed = np.asarray(networks.MinibatchDeviation()(images))
    assert changed.shape == (count, 4, 3, 3)
    np.testing.assert_array_equal(changed[..., :2], images)
    for start in range(0, count, group):
        expected = images[start : start + group].std(axis=0).mean()
        np.testing.assert_allclose(changed[start : start + group, ..., 2], expected, atol=2e-4)


def test_minibatch_deviation_keeps_real_and_fake_apart_and_survives_saving(tmp_path) -> None:
    keras.utils.set_random_seed(0)
    discriminator = networks.dcgan_discriminator(width=8, hidden=4, minibatch_deviation=True)
    rng = np.random.default_rng(0)
    real, fake, other = rng.uniform(-1, 1, (3, 12, 28, 28, 1)).astype("float32")
    one = np.asarray(discriminator(np.concatenate([real, fake])))
    two = np.asarray(discriminator(np.concatenate([real, other * 0.1])))
    np.testing.assert_allclose(one[:12], two[:12], rtol=1e-5)
    discriminator.save(tmp_path / "discriminator.keras")
    again = keras.models.load_model(tmp_path / "discriminator.keras")
    np.testing.assert_array_equal(one, again(np.concatenate([real, fake])))


def test_a_generator_that_resizes_copies_pixels_and_convolves() -> None:
    """The last stage, and with it the order of its parts, against sums written out by hand."""
    keras.utils.set_random_seed(0)
    generator = networks.dcgan_generator((16, 16, 2), latent_size=5, width=4, resize=True)
    names = [type(layer).__name__ for layer in generator.layers]
    assert "Conv2DTranspose" not in names and names.count("UpSampling2D") == 1
    *body, _, convolution, _ = generator.layers
    kernel = np.random.default_rng(0).normal(size=(3, 3, 4, 2)).astype("float32")
    bias = np.float32([0.3, -0.2])
    convolution.set_weights([kernel, bias])
    z = np.random.default_rng(1).normal(size=(1, 5)).astype("float32")
    small = z
    for layer in body:
        small = layer(small)
    padded = np.pad(np.asarray(small)[0].repeat(2, axis=0).repeat(2, axis=1), ((1, 1), (1, 1), (0, 0)))
    by_hand = np.zeros((16, 16, 2))
    for row in range(16):
        for column in range(16):
            by_hand[row, column] = np.einsum(
                "ijk,ijkl->l", padded[row : row + 3, column : column + 3], kernel
            )
    drawn = np.asarray(generator(z, training=False))[0]
    np.testing.assert_allclose(drawn, np.tanh(by_hand + bias), atol=1e-5)


@pytest.mark.parametrize("resize", [False, True])
def test_biases_stand_only_where_no_norm_follows(resize: bool) -> None:
    generator = networks.dcgan_generator((32, 32, 3), width=8, resize=resize)
    weighted = [layer for layer in generator.layers if hasattr(layer, "use_bias")]
    assert [layer.use_bias for layer in weighted] == [False, False, True]
