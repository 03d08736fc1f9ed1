import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course_lib import CourseError
from course_lib.models import losses, networks
from course_lib.models.gan import GAN
from course_lib.models.sampling import generate
from course_lib.training.loop import train

SHAPE = (20, 20, 1)  # two stages, like the real ones


def small_gan(seed: int = 0, averaging: float | None = 0.9, batch_norm: bool = False, **options) -> GAN:
    keras.utils.set_random_seed(seed)
    gan = GAN(
        networks.dcgan_generator(SHAPE, latent_size=5, width=8),
        networks.dcgan_discriminator(SHAPE, width=8, batch_norm=batch_norm),
        averaging=averaging,
        seed=seed,
    )
    gan.compile(**options)
    return gan


def some_images(count: int = 64, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (count, *SHAPE)).astype("float32")


def weights(network: keras.Model) -> list[np.ndarray]:
    return [np.array(w) for w in network.weights]


def descend(network: keras.Model, loss, tape: tf.GradientTape, rate: float = 0.1) -> None:
    """Plain gradient descent, one step of all of a network's weights."""
    variables = network.trainable_variables
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(rate * gradient)


def assert_same_step(gan: GAN, twin: GAN, logs: dict, loss_d, loss_g) -> None:
    """The GAN's own step, of which `logs` tells, gave the losses and the weights that the twin has by hand."""
    np.testing.assert_allclose(logs["discriminator_loss"], loss_d, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(logs["generator_loss"], loss_g, rtol=1e-5, atol=1e-6)
    for owner in ("generator", "discriminator"):
        pairs = zip(
            getattr(gan, owner).trainable_variables, getattr(twin, owner).trainable_variables, strict=True
        )
        for ours, theirs in pairs:
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6, err_msg=owner)


@pytest.mark.parametrize("loss", ["minimax", "non_saturating", "least_squares", "hinge", "wasserstein"])
def test_train_step_is_the_algorithm_written_out(loss: str) -> None:
    """Against an independent implementation: two plain passes and one tape through both networks, as in the paper."""
    gan = small_gan(
        loss=loss,
        generator_optimizer=keras.optimizers.SGD(0.1),
        discriminator_optimizer=keras.optimizers.SGD(0.1),
    )
    twin = small_gan(loss=loss)
    real = some_images(16)
    latents = keras.random.normal((16, 5), seed=keras.random.SeedGenerator(0))
    game = losses.get(loss)

    with tf.GradientTape() as tape:
        real_logits = twin.discriminator(real, training=True)
        fake_logits = twin.discriminator(twin.generator(latents, training=True), training=True)
        loss_d = game.discriminator(real_logits, fake_logits)
    descend(twin.discriminator, loss_d, tape)
    with tf.GradientTape() as tape:
        loss_g = game.generator(twin.discriminator(twin.generator(latents, training=True), training=True))
    descend(twin.generator, loss_g, tape)

    logs = gan.train_step(tf.constant(real))
    assert_same_step(gan, twin, logs, loss_d, loss_g)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_one_step_moves_both_networks_and_their_batch_statistics(batch_norm: bool) -> None:
    gan = small_gan(batch_norm=batch_norm)
    assert gan.one_pass is not batch_norm
    before = weights(gan.generator), weights(gan.discriminator)
    gan.train_step(tf.constant(some_images(16)))
    for network, old in zip((gan.generator, gan.discriminator), before, strict=True):
        assert all(not np.array_equal(a, b) for a, b in zip(old, weights(network), strict=True)), network.name


def test_dropout_fires_during_training_only() -> None:
    """The trap: sub-networks called without training=True are in inference mode, and dropout does nothing."""
    seen = []

    @keras.saving.register_keras_serializable("tests")
    class Witness(layers.Layer):
        def call(self, x, training=None):
            seen.append(training)
            return x

    discriminator = keras.Sequential([keras.Input(SHAPE), layers.Flatten(), Witness(), layers.Dense(1)])
    generator = keras.Sequential(
        [keras.Input((5,)), Witness(), layers.Dense(400, activation="tanh"), layers.Reshape(SHAPE)]
    )
    gan = GAN(generator, discriminator)
    gan.compile()
    seen.clear()
    gan.train_step(tf.constant(some_images(8)))
    assert len(seen) == 3  # G once; D once for both sorts of image, once more for the generator
    assert all(seen)
    seen.clear()
    gan.sample(2)
    assert seen == [False]


def test_last_partial_batch_is_trained_like_any_other() -> None:
    """The trap: noise of a fixed batch size does not fit the last batch."""
    gan = small_gan()
    gan.fit(some_images(40), batch_size=16, verbose=0)
    assert gan.step == 3


def test_noise_belongs_to_the_model_and_never_repeats() -> None:
    gan = small_gan(seed=3)
    first, second = np.array(gan.latents(4)), np.array(gan.latents(4))
    assert not np.array_equal(first, second)
    assert any(variable is gan.seed_generator.state for variable in gan.state().values())
    np.testing.assert_array_equal(small_gan(seed=3).latents(4), first)
    assert not np.array_equal(small_gan(seed=4).latents(4), first)


def test_looking_at_samples_does_not_change_the_run() -> None:
    looked, unlooked = small_gan(), small_gan()
    looked.sample(8)
    for gan in (looked, unlooked):
        gan.fit(some_images(64), batch_size=16, shuffle=False, verbose=0)
    for a, b in zip(weights(looked.generator), weights(unlooked.generator), strict=True):
        np.testing.assert_array_equal(a, b)


def test_averaged_generator_is_the_running_mean_of_the_weights() -> None:
    gan = small_gan(averaging=0.5)
    history = [weights(gan.generator)]
    for _ in range(6):
        gan.train_step(tf.constant(some_images(8)))
        history.append(weights(gan.generator))
    expected = history[0]
    for step, present in enumerate(history[1:], start=1):
        decay = min(0.5, (1 + step) / (10 + step))
        expected = [decay * e + (1 - decay) * p for e, p in zip(expected, present, strict=True)]
    for ours, theirs in zip(weights(gan.averaged_generator), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert gan.sampler is gan.averaged_generator
    assert small_gan(averaging=None).sampler is not None


def test_generator_learns_towards_real() -> None:
    """The trap: a generator trained towards the label "fake" makes its verdict worse. Here one step betters it."""
    gan = small_gan(
        discriminator_optimizer=keras.optimizers.SGD(0.0), generator_optimizer=keras.optimizers.SGD(1.0)
    )
    latents = np.random.default_rng(1).normal(size=(256, 5)).astype("float32")
    verdict = lambda: float(np.mean(gan.discriminator(gan.generator(latents, training=True))))  # noqa: E731
    before = verdict()
    for _ in range(5):
        gan.train_step(tf.constant(some_images(64)))
    assert verdict() > before


@pytest.mark.parametrize("loss", ["non_saturating", "hinge"])
def test_simultaneous_step_moves_both_networks_by_the_same_verdict(loss: str) -> None:
    sgd = {f"{role}_optimizer": keras.optimizers.SGD(0.1) for role in ("generator", "discriminator")}
    gan, twin = small_gan(loss=loss, simultaneous=True, **sgd), small_gan(loss=loss)
    real, game = some_images(16), losses.get(loss)
    latents = keras.random.normal((16, 5), seed=keras.random.SeedGenerator(0))
    with tf.GradientTape(persistent=True) as tape:
        fake_logits = twin.discriminator(twin.generator(latents, training=True), training=True)
        loss_d = game.discriminator(twin.discriminator(real, training=True), fake_logits)
        loss_g = game.generator(fake_logits)
    moves = {
        network: tape.gradient(of, network.trainable_variables)
        for network, of in ((twin.discriminator, loss_d), (twin.generator, loss_g))
    }
    gan.train_step(tf.constant(real))
    for network, trained in ((twin.discriminator, gan.discriminator), (twin.generator, gan.generator)):
        pairs = zip(network.trainable_variables, moves[network], trained.trainable_variables, strict=True)
        for before, move, after in pairs:
            np.testing.assert_allclose(before - 0.1 * move, after, atol=1e-6)


def test_augmentation_reaches_real_and_fake_images_and_lets_gradients_through() -> None:
    seen = []

    def half_as_bright(images, seed):
        seen.append(images.shape[0])
        return images * 0.5

    gan = small_gan(augment=half_as_bright)
    before = weights(gan.generator)
    gan.train_step(tf.constant(some_images(8)))
    assert seen == [16, 8]  # real and fake for D, fake for G
    assert not np.array_equal(before[0], weights(gan.generator)[0])


def test_float16_loss_is_scaled_and_the_step_agrees_with_float32() -> None:
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        half = small_gan(
            generator_optimizer=keras.optimizers.SGD(0.1), discriminator_optimizer=keras.optimizers.SGD(0.1)
        )
    finally:
        keras.mixed_precision.set_global_policy(before)
    full = small_gan(
        generator_optimizer=keras.optimizers.SGD(0.1), discriminator_optimizer=keras.optimizers.SGD(0.1)
    )
    assert isinstance(half.generator_optimizer, keras.optimizers.LossScaleOptimizer)
    start = weights(half.discriminator)
    for gan in (half, full):
        gan.train_step(tf.constant(some_images(16)))
    for a, b, old in zip(weights(half.discriminator), weights(full.discriminator), start, strict=True):
        np.testing.assert_allclose(a - old, b - old, rtol=0.05, atol=2e-4)


def test_networks_that_do_not_fit_are_refused_with_both_shapes() -> None:
    with pytest.raises(CourseError, match=r"\(28, 28, 1\).*\(32, 32, 3\)"):
        GAN(
            networks.dcgan_generator((28, 28, 1), width=8), networks.dcgan_discriminator((32, 32, 3), width=8)
        )


def test_generate_runs_in_batches_and_refuses_other_latents() -> None:
    gan = small_gan()
    latents = np.random.default_rng(0).normal(size=(10, 5))
    np.testing.assert_allclose(
        generate(gan.generator, latents, batch_size=3), generate(gan.generator, latents), atol=1e-6
    )
    with pytest.raises(CourseError, match=r"\(count, 5\).*\(10, 4\)"):
        generate(gan.generator, latents[:, :4])


def test_saved_generator_opens_with_plain_keras(tmp_path) -> None:
    gan = small_gan()
    gan.sampler.save(tmp_path / "generator.keras")
    again = keras.models.load_model(tmp_path / "generator.keras", compile=False)
    np.testing.assert_allclose(
        generate(again, np.ones((2, 5))), gan.sample(latents=np.ones((2, 5))), atol=1e-6
    )


def conditional_gan(**options) -> GAN:
    keras.utils.set_random_seed(0)
    gan = GAN(
        networks.dcgan_generator(SHAPE, latent_size=5, width=8, classes=3),
        networks.dcgan_discriminator(SHAPE, width=8, classes=3),
        classes=3,
    )
    gan.compile(**options)
    return gan


def test_conditional_gan_learns_the_brightness_of_each_class() -> None:
    """Class 0 is dark, 1 grey, 2 bright: a generator that ignored its labels could not order them."""
    labels = np.arange(96) % 3
    images = np.clip((labels[:, None, None, None] - 1) * 0.8 + 0.1 * some_images(96), -1, 1)
    adam = {f"{role}_optimizer": keras.optimizers.Adam(2e-3, 0.5) for role in ("generator", "discriminator")}
    gan = conditional_gan(**adam, steps_per_execution=10)
    train(gan, images, batch_size=24, steps=300, labels=labels)
    means = [gan.sample(20, labels=np.full(20, label), seed=1).mean() for label in range(3)]
    # the same latents for all three; how far it comes in 300 steps differs from one kind of processor to the next
    assert means[0] + 0.2 < means[1] < means[2] - 0.2, means
    np.testing.assert_array_equal(gan.sample(6), gan.sample(6, labels=[0, 1, 2, 0, 1, 2]))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, r"draws 3 classes, but no labels were given"),
        (np.zeros(95, int), r"96 whole numbers, one for each image, .* shape \(95,\)"),
        (np.zeros(96), r"96 whole numbers.* type float64"),
        (np.arange(96), r"Labels of 3 classes lie in 0\.\.2, but these go from 0 to 95"),
    ],
)
def test_wrong_labels_are_refused_before_the_first_step(labels, message: str) -> None:
    gan = conditional_gan()
    with pytest.raises(CourseError, match=message):
        train(gan, some_images(96), batch_size=24, steps=1, labels=labels)
    assert gan.step == 0


def test_labels_and_classes_that_do_not_belong_together_are_refused() -> None:
    plain, conditional = small_gan(), conditional_gan()
    with pytest.raises(CourseError, match="draws without classes, but labels were given"):
        train(plain, some_images(96), batch_size=24, steps=1, labels=np.zeros(96, int))
    with pytest.raises(CourseError, match=r"discriminator has 1 input\(s\), but classes=3"):
        GAN(conditional.generator, plain.discriminator, classes=3)
    with pytest.raises(CourseError, match=r"generator has 2 input\(s\), but classes=None"):
        GAN(conditional.generator, plain.discriminator)
    with pytest.raises(CourseError, match="needs a label for each image"):
        generate(conditional.generator, np.zeros((2, 5)))
    with pytest.raises(CourseError, match="draws without labels"):
        generate(plain.generator, np.zeros((2, 5)), labels=np.zeros(2, int))
