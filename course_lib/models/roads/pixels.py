"""What a pixel's value is worth in bits: likelihoods of pictures made of 8-bit pixels.

A pixel is one of 256 values, so a model of pictures owes each value a probability. Two ways to get it, comparable with
each other (Theis, van den Oord and Bethge, "A note on the evaluation of generative models", 2016, section 3.1):

- a distribution on the values themselves, such as the discretised logistic: the VAE here;
- a density on pixels to which noise of one value's width was added (`dequantize`): the flow here. Its mean over that
  noise is a lower bound of the log-probability of the value.

A Bernoulli "likelihood" of a grey value 0.4 is neither: its values do not add up to 1 over the greys.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from course_lib import datasets
from course_lib.theory.elbo import bits_per_dimension

Tensor = Any
HALF = 1 / 255
"""Half the width of one value, where 256 of them fill [-1, 1] from edge to edge."""


def log_likelihood(images: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """log P(pixel) in nats under the discretised logistic, of the shape of `images`, which lie in [-1, 1].

        P(x) = S((x - m + h) / s) - S((x - m - h) / s)       S the sigmoid, h half a value's width

    and all that a logistic has beyond black and white counts as black and white, so the 256 probabilities add up to 1:
    Salimans et al., "PixelCNN++", 2017 (arXiv:1701.05517), section 2.1. mean, log_scale: of the logistic before it is
    cut into values; the mean may lie outside of [-1, 1], which makes black or white certain.
    """
    images, mean, log_scale = (ops.cast(part, "float32") for part in (images, mean, log_scale))
    upper = (images - mean + HALF) * ops.exp(-log_scale)
    lower = (images - mean - HALF) * ops.exp(-log_scale)
    # S(a) - S(b) = S(a) S(-b) (1 - exp(b - a)): a product, whose logarithm loses no digits however small it is.
    above_black = ops.where(images < HALF - 1, 0.0, -ops.softplus(lower))
    below_white = ops.where(images > 1 - HALF, 0.0, -ops.softplus(-upper))
    is_between = ops.cast(ops.abs(images) < 1 - HALF, "float32")
    return above_black + below_white + is_between * _log_width(log_scale)


def _log_width(log_scale: Tensor) -> Tensor:
    """log(1 - exp(-2 h / s)), finite for any scale."""
    return ops.log(-ops.expm1(-2 * HALF * ops.exp(-log_scale)))


def draw(mean: np.ndarray, log_scale: float, seed: int = 0) -> np.ndarray:
    """Pictures drawn pixel by pixel from that distribution, float32 in [-1, 1], of the shape of `mean`."""
    uniform = np.random.default_rng(seed).uniform(1e-7, 1 - 1e-7, np.shape(mean))
    logistic = mean + np.exp(log_scale) * np.log(uniform / (1 - uniform))
    values = np.clip(np.round((logistic + 1) * 127.5), 0, 255)
    return (values / 127.5 - 1).astype("float32")


def dequantize(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Each pixel somewhere within its value: float32, images plus uniform noise in [-1 / 255, 1 / 255)."""
    noise = np.random.default_rng(seed).uniform(-HALF, HALF, np.shape(images))
    return (images + noise).astype("float32")


def bits_per_pixel(log_likelihood: np.ndarray, pixels: int, dequantized: bool = False) -> np.ndarray:
    """Bits for each of `pixels` numbers, from nats a picture (...) to (...).

    dequantized: the nats are of a density on [-1, 1], where a value is 2 / 255 wide, and not of probabilities. Uniform
    noise costs 8 bits either way.
    """
    datasets.check_whole("pixels", "how many numbers a picture has", pixels, 1)
    bits = bits_per_dimension(log_likelihood, pixels)
    return bits - np.log2(2 * HALF) if dequantized else bits
