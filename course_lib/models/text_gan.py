"""A GAN whose generator writes short texts, with a discrete step inside that lets a gradient through all the same.

    gan = small(alphabet)                              class GAN, compiled
    texts.fit(gan, alphabet, titles, seconds=45)       from course_lib.training
    sample(gan, alphabet, 5)                           ["the bony ofllan", ...]

A text is a picture here: a row for each place, a column for each character, 1 where it stands and -1 elsewhere,
(LENGTH, len(alphabet), 1). So the GAN, its training and its recorder are those of the lessons before.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.texts import LONGEST as LENGTH
from course_lib.datasets.texts import Alphabet
from course_lib.models.gan import GAN
from course_lib.models.sampling import generate
from course_lib.models.straight_through import chosen, straight_through, with_gumbel_noise
from course_lib.models.text_reinforce import LOGITS, Reinforced
from course_lib.theory.discrete import gumbel_max, gumbel_noise

Tensor = Any
METHODS = ("straight_through", "gumbel_softmax", "reinforce")
NEVER = (Alphabet.START, 2)
"""Ids that are never written: their logits are so low that they have no probability."""


@keras.saving.register_keras_serializable("course_lib")
class Discrete(layers.Layer):
    """Logits (batch, length, k) to letters drawn from softmax(logits): vectors of 0 and a single 1, or nearly.

    method: what a gradient finds on its way back, by the same Gumbel noise (see `course_lib.theory.discrete`).
    "gumbel_softmax": softmax((logits + noise) / temperature), forward too (Jang et al. 2017, section 2).
    "straight_through": the letter forward, that softmax backward (section 2.2). "reinforce": the letter forward,
    nothing backward; the gradient is made of D's verdict. Without training it gives letters, whatever the method.
    """

    def __init__(
        self, method: str = "straight_through", temperature: float = 1.0, seed: int = 0, **options: Any
    ):
        super().__init__(**options)
        if method not in METHODS:
            raise CourseError(
                f"There is no way {method!r} to make letters; choose one of {', '.join(METHODS)}."
            )
        if not 0 < temperature < np.inf:
            raise CourseError(f"temperature is a number above 0, not {temperature!r}.")
        self.method, self.temperature, self.seed = method, temperature, seed
        self.noise = keras.random.SeedGenerator(seed)

    def call(self, logits: Tensor, training: bool = False) -> Tensor:
        noisy = with_gumbel_noise(logits, self.noise)
        soft = ops.softmax(noisy / self.temperature)
        if training and self.method == "gumbel_softmax":
            return soft
        return chosen(soft) if self.method == "reinforce" else straight_through(soft)

    def compute_output_shape(self, shape: tuple) -> tuple:
        return shape

    def get_config(self) -> dict:
        own = {"method": self.method, "temperature": self.temperature, "seed": self.seed}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("course_lib")
class Never(layers.Layer):
    """Logits (..., k) with those of `NEVER` so low that these ids are not written."""

    def call(self, logits: Tensor) -> Tensor:
        forbidden = np.zeros(logits.shape[-1], "float32")
        forbidden[list(NEVER)] = 1e9
        return logits - forbidden


def generator(
    letters: int,
    length: int = LENGTH,
    latent_size: int = 64,
    width: int = 64,
    method: str = "straight_through",
    temperature: float = 1.0,
    seed: int = 0,
) -> keras.Model:
    """Latents (batch, latent_size) to texts (batch, length, letters, 1): all places at once, by convolutions.

    Neighbours agree on what they write only through the latent and the convolutions, before the letters are drawn: a
    place does not see the letter that came out beside it. length: a multiple of 4. Layer `LOGITS` has (batch, length,
    letters).
    """
    check_whole("length", "how many places a text has", length, 4)
    if length % 4:
        raise CourseError(f"length is a multiple of 4, since it is doubled twice, not {length}.")
    keras.utils.set_random_seed(seed)
    latents = keras.Input((latent_size,))
    x = layers.Dense(length // 4 * width)(latents)
    x = layers.LeakyReLU(0.2)(layers.Reshape((length // 4, width))(x))
    for _ in range(2):
        x = layers.UpSampling1D(2)(x)
        x = layers.LeakyReLU(0.2)(layers.Conv1D(width, 5, padding="same")(x))
    logits = Never(name=LOGITS, dtype="float32")(layers.Conv1D(letters, 1, dtype="float32")(x))
    drawn = Discrete(method, temperature, seed, name="discrete", dtype="float32")(logits)
    pictures = layers.Reshape((length, letters, 1), dtype="float32")(
        layers.Rescaling(2.0, -1.0, dtype="float32")(drawn)
    )
    return keras.Model(latents, pictures, name="generator")


def discriminator(letters: int, length: int = LENGTH, width: int = 64, seed: int = 0) -> keras.Model:
    """Texts (batch, length, letters, 1) to logits (batch, 1): a small convolutional network along the text."""
    keras.utils.set_random_seed(seed + 1)
    pictures = keras.Input((length, letters, 1), name="texts")
    x = layers.Reshape((length, letters))(pictures)
    x = layers.Conv1D(width // 2, 1)(layers.Rescaling(0.5, 0.5)(x))  # an embedding of each letter
    for strides in (1, 2, 2):
        x = layers.LeakyReLU(0.2)(layers.Conv1D(width, 5, strides=strides, padding="same")(x))
    x = layers.Dropout(0.25)(layers.Flatten()(x))
    return keras.Model(pictures, layers.Dense(1, dtype="float32")(x), name="discriminator")


def small(
    alphabet: Alphabet,
    seed: int = 0,
    discrete: str = "straight_through",
    temperature: float = 1.0,
    length: int = LENGTH,
    width: int = 64,
) -> GAN:
    """The lesson's text GAN, compiled. discrete: one of `METHODS`; "reinforce" gives a `text_reinforce.Reinforced`."""
    letters = len(alphabet)
    kind = Reinforced if discrete == "reinforce" else GAN
    made = generator(letters, length, width=width, method=discrete, temperature=temperature, seed=seed)
    gan = kind(made, discriminator(letters, length, width, seed), averaging=0.99, seed=seed)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(3e-4, beta_1=0.5),
        steps_per_execution=10,
    )
    return gan


def pictures(alphabet: Alphabet, texts: list[str] | tuple[str, ...], length: int = LENGTH) -> np.ndarray:
    """Real texts as the GAN sees them: float32 (N, length, len(alphabet), 1), of -1 and 1."""
    return 2 * alphabet.one_hot(texts, length)[..., None] - 1


def sample(gan: GAN, alphabet: Alphabet, count: int = 1, seed: int = 0) -> list[str]:
    """`count` texts from the averaged generator; a training goes on the same whether they are drawn or not.

    Latents and letters are drawn from `seed`, each letter from the probabilities at its place.
    """
    check_whole("count", "how many texts are wanted", count, 1)
    rng = np.random.default_rng(seed)
    latents = rng.standard_normal((count, gan.latent_size), dtype="float32")
    network = keras.Model(gan.sampler.inputs[0], gan.sampler.get_layer(LOGITS).output)
    logits = generate(network, latents)
    return [alphabet.decode(ids) for ids in gumbel_max(logits, gumbel_noise(logits.shape, rng))]
