"""The text GAN: what its discrete layer gives forward and backward, against NumPy's estimators; what it may write."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError
from course_lib.datasets.texts import Alphabet
from course_lib.models import text_gan
from course_lib.models.gan import GAN
from course_lib.models.text_reinforce import Reinforced
from course_lib.theory import discrete
from course_lib.training.texts import fit

TEXTS = ["the cat", "the dog", "a cat", "a dog", "the cow", "a cow", "the hen", "a hen"] * 2
ALPHABET = Alphabet.of(TEXTS)
LOGITS = np.array([0.3, 1.0, -0.4], "float32")


def tiny(method: str = "straight_through", seed: int = 0) -> GAN:
    return text_gan.small(ALPHABET, seed, method, length=8, width=8)


def layer_gradient(method: str, slopes: np.ndarray, temperature: float, draws: int) -> np.ndarray | None:
    """Gradients (draws, k) of (letters * slopes) summed, by as many copies of LOGITS."""
    layer = text_gan.Discrete(method, temperature, seed=1)
    logits = tf.constant(np.tile(LOGITS, (draws, 1, 1)))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = tf.reduce_sum(layer(logits, training=True) * slopes)
    found = tape.gradient(loss, logits)
    return None if found is None else found.numpy()[:, 0]


@pytest.mark.parametrize("method", text_gan.METHODS)
def test_forward_all_but_the_softened_are_letters_as_often_as_softmax_says(method: str) -> None:
    layer = text_gan.Discrete(method, 1.0, seed=0)
    drawn = np.asarray(layer(np.tile(LOGITS, (20_000, 1, 1)), training=True))[:, 0]
    np.testing.assert_allclose(drawn.sum(axis=-1), 1, atol=1e-5)
    is_letter = np.isclose(drawn, 0, atol=1e-5) | np.isclose(drawn, 1, atol=1e-5)
    assert is_letter.all() == (method != "gumbel_softmax")
    often = np.bincount(drawn.argmax(axis=-1), minlength=3) / len(drawn)
    np.testing.assert_allclose(often, discrete.softmax(LOGITS), atol=0.02)


def test_backward_straight_through_is_that_of_the_softened_and_reinforce_stops() -> None:
    slopes = np.array([1.0, -0.5, 2.0], "float32")
    straight = layer_gradient("straight_through", slopes, 0.7, 20_000)
    softened = layer_gradient("gumbel_softmax", slopes, 0.7, 20_000)
    np.testing.assert_allclose(straight, softened, atol=1e-5)
    noise = discrete.gumbel_noise((200_000, 3), np.random.default_rng(0))
    expected = discrete.straight_through_gumbel_gradient(
        discrete.Bent(tuple(slopes)).slope, LOGITS, noise, 0.7
    )
    np.testing.assert_allclose(straight.mean(axis=0), expected.mean(axis=0), atol=0.03)
    assert layer_gradient("reinforce", slopes, 0.7, 3) is None


@pytest.mark.parametrize("method", text_gan.METHODS)
def test_every_kind_learns_a_step_and_writes_with_its_alphabet_alone(method: str) -> None:
    gan = tiny(method)
    assert isinstance(gan, Reinforced) == (method == "reinforce")
    before = [weight.copy() for weight in gan.generator.get_weights()]
    done = fit(gan, ALPHABET, TEXTS, steps=20, batch_size=8)
    assert gan.step == done["steps"] == 20
    assert np.isfinite(list(done["history"].values())).all()
    assert all(
        not np.array_equal(old, new) for old, new in zip(before, gan.generator.get_weights(), strict=True)
    )
    drawn = text_gan.sample(gan, ALPHABET, 200, seed=3)
    assert len(drawn) == 200
    assert set("".join(drawn)) <= set(ALPHABET.characters)
    assert max(map(len, drawn)) <= 8
    assert drawn == text_gan.sample(gan, ALPHABET, 200, seed=3)
    assert drawn != text_gan.sample(gan, ALPHABET, 200, seed=4)


def test_each_text_is_measured_against_the_mean_of_the_others() -> None:
    gan = tiny("reinforce")
    for layer in gan.discriminator.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0  # so that D says the same twice
    fake = gan.generator(np.random.default_rng(0).standard_normal((6, gan.latent_size), "float32"))
    logits = gan.discriminator(fake, training=True).numpy()[:, 0].astype("float64")
    rewards = -np.log1p(np.exp(-logits))
    others = [np.delete(rewards, place).mean() for place in range(len(rewards))]
    np.testing.assert_allclose(gan.advantages(fake).numpy(), rewards - others, atol=1e-5)


def test_reinforce_writes_more_of_what_is_rewarded() -> None:
    """D's verdict is replaced by a count of the a's, which has no slope by the letters that anything could follow."""
    gan = tiny("reinforce")
    a = int(ALPHABET.encode("a")[0])

    def count(fake: tf.Tensor) -> tf.Tensor:
        rewards = tf.reduce_sum(tf.stop_gradient(fake)[:, :, a, 0], axis=1)
        return rewards - tf.reduce_mean(rewards)

    gan.advantages = count
    before = np.mean([text.count("a") for text in text_gan.sample(gan, ALPHABET, 300)])
    fit(gan, ALPHABET, TEXTS, steps=150, batch_size=16)
    after = np.mean([text.count("a") for text in text_gan.sample(gan, ALPHABET, 300)])
    assert after > 2 * before


@pytest.mark.parametrize("method", ["straight_through", "reinforce"])
def test_a_run_goes_on_the_same_whether_titles_are_drawn_or_not(method: str) -> None:
    runs = []
    for looks in (False, True):
        gan = tiny(method, seed=5)
        for steps in (10, 20):
            fit(gan, ALPHABET, TEXTS, steps=steps, batch_size=8)
            if looks:
                text_gan.sample(gan, ALPHABET, 3)
        runs.append(text_gan.sample(gan, ALPHABET, 50))
    assert runs[0] == runs[1]


def test_texts_are_pictures_of_their_letters() -> None:
    found = text_gan.pictures(ALPHABET, ["a cat"], 8)
    assert found.shape == (1, 8, len(ALPHABET), 1)
    assert set(np.unique(found)) == {-1.0, 1.0}
    assert ALPHABET.decode(found[0, :, :, 0].argmax(axis=-1)) == "a cat"


def test_the_discrete_layer_survives_a_clone() -> None:
    layer = text_gan.Discrete("gumbel_softmax", 0.5, 7)
    copy = text_gan.Discrete.from_config(layer.get_config())
    assert (copy.method, copy.temperature, copy.seed) == ("gumbel_softmax", 0.5, 7)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: text_gan.small(ALPHABET, discrete="argmax"), "no way 'argmax'"),
        (lambda: text_gan.small(ALPHABET, temperature=0), "temperature is a number above 0"),
        (lambda: text_gan.generator(9, length=30), "multiple of 4"),
        (lambda: fit(tiny(), ALPHABET, TEXTS), "how long to train"),
        (lambda: fit(tiny(), ALPHABET, TEXTS, seconds=float("nan")), "seconds is a number above 0"),
        (lambda: fit(tiny(), ALPHABET, ["the black cat"] * 9, steps=1), "has 13 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(call: object, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        call()
