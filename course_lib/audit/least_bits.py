"""The simple rival of `watermark`: the message in each pixel's last bit. Nobody sees it, and JPEG leaves nothing of it.

The key gives each pixel of each colour one of the k bits and a coin; its last bit becomes the message's bit, turned
over where the coin says so. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import datasets
from course_lib.audit.watermark import MOST_BITS, Reading, check_bits, checked_picture
from course_lib.datasets.images import scale
from course_lib.media.pictures import to_uint8

Array = np.ndarray


def embed(image: Array, bits: ArrayLike, key: int) -> Array:
    """One picture (h, w, 3) in [-1, 1] with k bits, float32: no value moves by more than one step of 256."""
    bits = check_bits(bits)
    pixels = to_uint8(checked_picture(image))
    owner, coins = _of_bits(pixels.shape, len(bits), key)
    return scale((pixels & 254) | (bits[owner] ^ coins).astype("uint8"))


def read(image: Array, k: int, key: int) -> Reading:
    """The k bits of one picture (h, w, 3): by the majority of each bit's pixels. score is NaN: there is no pilot.

    p_value: Bonferroni's, of the vote furthest from even. A pixel's coin is fair and knows nothing of an unmarked
    picture, so a vote is a sum of n signs, and P(|sum| >= v sqrt(n)) <= 2 exp(-v^2 / 2) (Hoeffding 1963).
    """
    pixels = to_uint8(checked_picture(image))
    owner, coins = _of_bits(pixels.shape, k, key)
    signs = 2.0 * ((pixels & 1) ^ coins) - 1
    counts = np.bincount(owner.ravel(), minlength=k)
    votes = np.bincount(owner.ravel(), signs.ravel(), minlength=k) / np.sqrt(counts)
    p_value = min(1.0, 2 * k * float(np.exp(-np.square(votes).max() / 2)))
    return Reading((votes > 0).astype(int), votes, float("nan"), p_value)


def _of_bits(shape: tuple[int, ...], k: int, key: int) -> tuple[Array, Array]:
    """Of each value of a picture, the bit it carries and its coin, 0 or 1."""
    datasets.check_whole("k", "how many bits the mark has", k, 1, MOST_BITS)
    datasets.check_whole("key", "the secret that deals out the pixels", key, 0)
    rng = np.random.default_rng(key)
    return rng.integers(0, k, shape), rng.integers(0, 2, shape)
