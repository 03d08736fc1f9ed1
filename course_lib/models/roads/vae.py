"""The variational autoencoder as a Keras model: an encoder, a decoder, and the bound that both of them raise.

    model = small(latent_size=16)
    loop.train(model, images, batch_size=64, steps=2000)
    pictures = model.sample(16)

Kingma and Welling, "Auto-Encoding Variational Bayes", 2014 (arXiv:1312.6114). The observation model is the discretised
logistic of `pixels`, its scale learnt, so that the bound is one on the probability of 8-bit pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_lib import CourseError, datasets
from course_lib.models.roads import pixels
from course_lib.models.roads.minimizer import Minimizer
from course_lib.models.sampling import generate
from course_lib.theory.elbo import gaussian_kl

Tensor = Any
BATCH = 250


class VAE(Minimizer):
    """z ~ N(0, I), pixels ~ discretised logistic around decoder(z); q(z | x) = N(mean, variance) from the encoder.

    encoder: images (batch, height, width, channels) in [-1, 1] to [mean, log_variance], (batch, latent_size) each.
    decoder: latents to the pixels' means, (batch, height, width, channels), which may go beyond [-1, 1].
    beta: weight of the KL in the loss (Higgins et al. 2017, "beta-VAE"); 1 is the bound itself. warm_up: steps in which
    it grows from 0 to beta (Sønderby et al. 2016, "Ladder Variational Autoencoders", section 2.3). free_bits: nats that
    each latent dimension's mean KL may cost for nothing (Kingma et al. 2016, arXiv:1606.04934, appendix C.8).

    TRACKED are means a picture in nats; reconstruction + divergence is the negative bound, whatever beta.
    Raises CourseError when the two networks do not fit each other, and for weights that are below 0 or no numbers.
    """

    TRACKED = ("loss", "reconstruction", "divergence")

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model,
        beta: float = 1.0,
        warm_up: int = 0,
        free_bits: float = 0.0,
        seed: int = 0,
    ):
        super().__init__({"encoder": encoder, "decoder": decoder}, seed, name="vae")
        latents, made, taken = encoder.output_shape[0][1:], decoder.output_shape[1:], encoder.input_shape[1:]
        if latents != decoder.input_shape[1:] or made != taken:
            raise CourseError(
                f"The encoder turns {taken} into {latents}, but the decoder {decoder.input_shape[1:]} into {made}: "
                "build both with the same image_shape and latent_size."
            )
        datasets.check_whole("warm_up", "in how many steps the weight of the KL grows", warm_up, 0)
        for setting, number in (("beta", beta), ("free_bits", free_bits)):
            if not (isinstance(number, Real) and 0 <= number < np.inf):
                raise CourseError(f"{setting} is a number from 0 on, not {number!r}.")
        self.beta, self.warm_up, self.free_bits = beta, warm_up, free_bits
        # It starts at a fifth of the range. A pixel off by e costs about e / s nats, so this sets what counts as near.
        self.log_scale = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(np.log(0.2)), name="log_scale"
        )
        stack = [layer for layer in decoder.layers if not isinstance(layer, layers.InputLayer)]
        self.sampler = keras.Sequential([keras.Input((self.latent_size,)), *stack, Clip()], name="generator")

    @property
    def latent_size(self) -> int:
        return self.networks["decoder"].input_shape[-1]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.networks["decoder"].output_shape[1:]

    def terms(self, batch: Tensor) -> dict[str, Tensor]:
        mean, log_variance = self.networks["encoder"](batch, training=True)
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        reconstruction = -ops.mean(
            self.log_likelihood(batch, _drawn(mean, log_variance, noise), training=True)
        )
        each = ops.mean(divergence(mean, log_variance), axis=0)
        # Below its free bits a dimension costs a constant, so nothing pulls it further towards the prior.
        cost = self.weight() * ops.sum(ops.maximum(each, self.free_bits))
        return {"loss": reconstruction + cost, "reconstruction": reconstruction, "divergence": ops.sum(each)}

    def weight(self) -> Tensor:
        """What the KL counts for at this step."""
        if not self.warm_up:
            return ops.convert_to_tensor(self.beta, "float32")
        return self.beta * ops.minimum(1.0, ops.cast(self.optimizer.iterations, "float32") / self.warm_up)

    def log_likelihood(self, images: Tensor, latents: Tensor, training: bool = False) -> Tensor:
        """log p(x | z) of each image given its latent, (batch,) nats."""
        means = self.networks["decoder"](latents, training=training)
        return ops.sum(pixels.log_likelihood(images, means, self.log_scale), axis=(1, 2, 3))

    def encode(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and log-variance of q(z | x), float32 (N, latent_size) each."""
        return self._by_parts(lambda part, _: self.networks["encoder"](part, training=False), images)

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """The pixels' means, float32 (N, height, width, channels) in [-1, 1]."""
        return generate(self.sampler, latents)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """What the decoder makes of the mean of q(z | x), in [-1, 1]."""
        return self.decode(self.encode(images)[0])

    def sample(
        self, count: int = 16, latents: np.ndarray | None = None, seed: int = 0, noise: bool = False
    ) -> np.ndarray:
        """Pictures (count, height, width, channels) in [-1, 1] from the prior, or from `latents`.

        They are the means of the pixels, as VAEs are usually shown. noise: draw each pixel from the observation model;
        that, grain and all, is what the likelihood is of.
        """
        if latents is None:
            datasets.check_whole("count", "how many images are wanted", count, 1)
            latents = np.random.default_rng(seed).standard_normal((count, self.latent_size), dtype="float32")
        if not noise:
            return self.decode(latents)
        means = generate(self.networks["decoder"], latents)
        return pixels.draw(means, float(self.log_scale.numpy()), seed=seed + 1)

    def divergences(self, images: np.ndarray) -> np.ndarray:
        """KL(q(z | x) || prior) of each latent dimension, float64 (N, latent_size) nats; their sum is the KL."""
        mean, log_variance = self.encode(images)
        return gaussian_kl(mean[..., np.newaxis], log_variance[..., np.newaxis])

    def elbo(self, images: np.ndarray, draws: int = 1, seed: int = 0) -> np.ndarray:
        """The bound on log p(x), float32 (N,) nats: the KL exact, the reconstruction a mean over `draws` latents."""
        likelihoods, mean, log_variance, _ = self._draws(images, draws, seed)
        return likelihoods.mean(axis=0) - gaussian_kl(mean, log_variance)

    def importance_bound(self, images: np.ndarray, draws: int = 64, seed: int = 0) -> np.ndarray:
        """A tighter bound, (N,) nats: log of the mean over `draws` of p(x, z) / q(z | x).

        Burda, Grosse and Salakhutdinov, "Importance Weighted Autoencoders", 2016 (arXiv:1509.00519), equation 8: in
        expectation it rises with the draws, from the ELBO at one of them to log p(x).
        """
        likelihoods, _, log_variance, (latents, noise) = self._draws(images, draws, seed)
        prior_over_q = (np.square(noise) + log_variance - np.square(latents)).sum(axis=-1) / 2
        weights = likelihoods + prior_over_q
        largest = weights.max(axis=0)
        return largest + np.log(np.exp(weights - largest).mean(axis=0))

    def bits_per_pixel(self, images: np.ndarray, draws: int = 64, seed: int = 0) -> np.ndarray:
        """What the importance-weighted bound says each pixel of an image costs at most, (N,) bits."""
        bound = self.importance_bound(images, draws, seed)
        return pixels.bits_per_pixel(bound, int(np.prod(self.image_shape)))

    def _draws(self, images: np.ndarray, draws: int, seed: int) -> tuple:
        """log p(x | z) (draws, N) for latents from q; q's mean and log-variance; the latents, and their noise."""
        datasets.check_whole("draws", "how many latents are drawn for each image", draws, 1)
        mean, log_variance = (part.astype("float64") for part in self.encode(images))
        random = np.random.default_rng(seed)
        noise = random.standard_normal((draws, *mean.shape))
        latents = mean + np.exp(log_variance / 2) * noise
        likelihoods = [self._by_parts(self._likelihood, images, one.astype("float32"))[0] for one in latents]
        return np.stack(likelihoods).astype("float64"), mean, log_variance, (latents, noise)

    def _likelihood(self, images: Tensor, latents: Tensor) -> tuple[Tensor]:
        return (self.log_likelihood(images, latents),)

    def _by_parts(self, of: Callable, images: np.ndarray, latents: np.ndarray | None = None) -> tuple:
        """What `of` makes of the images, a few at a time: its results, whole again."""
        images = datasets.check_numbers("images", images)
        if images.shape[1:] != self.image_shape or not len(images):
            raise CourseError(f"This VAE looks at images (N, {self.image_shape}), but got {images.shape}.")
        datasets.check_images(images, part=True)
        found = []
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            found.append(of(images[part].astype("float32"), None if latents is None else latents[part]))
        return tuple(np.concatenate([np.asarray(one) for one in parts]) for parts in zip(*found, strict=True))


def _drawn(mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    return mean + ops.exp(log_variance / 2) * noise


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) || N(0, 1)) of every number by itself, for tensors of any shape (`elbo.gaussian_kl`)."""
    return (ops.square(mean) + ops.exp(log_variance) - 1 - log_variance) / 2


def active_units(means: np.ndarray, least: float = 0.01) -> int:
    """How many latent dimensions say anything: those whose mean of q varies over the images by more than `least`.

    means: (N, latent_size), from `VAE.encode`. Burda et al. 2016, section 5.2: the variance over the data, threshold
    0.01. A dimension that is not active has collapsed onto the prior.
    """
    return int(np.sum(np.var(means, axis=0) > least))


@keras.saving.register_keras_serializable("course_lib")
class Clip(layers.Layer):
    """Pictures cut to [-1, 1]: a mean beyond black is black."""

    def call(self, images: Tensor) -> Tensor:
        return ops.clip(images, -1.0, 1.0)


def encoder(
    image_shape: tuple[int, int, int] = (28, 28, 1), latent_size: int = 16, width: int = 16
) -> keras.Model:
    """Images (batch, *image_shape), sides that divide by 4, to [mean, log_variance], (batch, latent_size) each."""
    _check_sides(image_shape)
    images = x = keras.Input(image_shape)
    for channels in (width, 2 * width):
        x = layers.Conv2D(channels, 4, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    # float32 even under mixed precision, because a variance is an exponential.
    heads = [layers.Dense(latent_size, dtype="float32", name=name)(x) for name in ("mean", "log_variance")]
    return keras.Model(images, heads, name="encoder")


def decoder(
    image_shape: tuple[int, int, int] = (28, 28, 1), latent_size: int = 16, width: int = 16
) -> keras.Model:
    """Latents (batch, latent_size) to the pixels' means (batch, *image_shape), without a limit at -1 and 1."""
    height, width_in_pixels = _check_sides(image_shape)
    return keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(height * width_in_pixels * 2 * width, activation="relu"),
            layers.Reshape((height, width_in_pixels, 2 * width)),
            layers.Conv2DTranspose(width, 4, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(image_shape[2], 4, strides=2, padding="same", dtype="float32"),
        ],
        name="decoder",
    )


def _check_sides(image_shape: tuple[int, int, int]) -> tuple[int, int]:
    """A quarter of both sides."""
    if len(image_shape) != 3 or image_shape[0] % 4 or image_shape[1] % 4 or min(image_shape) < 1:
        raise CourseError(
            f"A VAE halves its picture twice, so image_shape is (height, width, channels) with sides that divide by 4, "
            f"such as (28, 28, 1), not {image_shape}."
        )
    return image_shape[0] // 4, image_shape[1] // 4


def small(
    latent_size: int = 16, seed: int = 0, image_shape: tuple[int, int, int] = (28, 28, 1), **settings: Any
) -> VAE:
    """A compiled VAE for pictures, its weights drawn from `seed`. settings: of VAE, such as beta or warm_up."""
    keras.utils.set_random_seed(seed)
    model = VAE(encoder(image_shape, latent_size), decoder(image_shape, latent_size), seed=seed, **settings)
    model.compile(steps_per_execution=20)
    return model
