"""What happens to a picture on its way through the world, and what may be done to its mark. NumPy and Pillow only.

All take one picture (h, w, 3) in [-1, 1] and give one, float32, as it would come out of a file: in 256 steps.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageFilter

from course_lib import CourseError, datasets
from course_lib.audit import watermark
from course_lib.datasets.arguments import checked_list
from course_lib.datasets.images import scale
from course_lib.datasets.numbers import check_number
from course_lib.media.pictures import to_uint8

Array = np.ndarray


def saved(image: Array) -> Array:
    """As PNG keeps it."""
    return scale(np.asarray(_pixels(image)))


def jpeg(image: Array, quality: int) -> Array:
    """As JPEG keeps it, of a quality from 1 to 95 (Pillow's scale, colours at half the size)."""
    datasets.check_whole("quality", "JPEG's quality", quality, 1, 95)
    file = io.BytesIO()
    _pixels(image).save(file, "JPEG", quality=int(quality))
    return scale(np.asarray(Image.open(file)))


def crop(image: Array, share: float = 0.8, seed: int = 0) -> Array:
    """A part with edges of this share, above 0 to 1, at a place drawn from the seed."""
    image = saved(image)
    check_number("share", "how much of each edge stays", share, 0.01, 1)
    datasets.check_whole("seed", "what the place follows from", seed, 0)
    rng = np.random.default_rng(seed)
    edges = [max(1, round(share * edge)) for edge in image.shape[:2]]
    top, left = (
        rng.integers(0, whole - edge + 1) for whole, edge in zip(image.shape[:2], edges, strict=True)
    )
    return image[top : top + edges[0], left : left + edges[1]]


def resize(image: Array, factor: float = 0.5) -> Array:
    """With edges this many times as long, 0.05 to 4, rounded; smoothed first where it shrinks."""
    check_number("factor", "by how much the edges grow", factor, 0.05, 4)
    return watermark.resized(watermark.checked_picture(image, 1), factor)


def noise(image: Array, deviation: float, seed: int = 0) -> Array:
    """With Gaussian noise of this deviation, in steps of 256 greys, in each colour of each pixel."""
    check_number("deviation", "the noise's size in greys", deviation, 0, 255)
    datasets.check_whole("seed", "what the noise follows from", seed, 0)
    image = watermark.checked_picture(image, 1)
    drawn = np.random.default_rng(seed).normal(0, deviation / 127.5, image.shape)
    return saved(np.clip(image + drawn, -1, 1))


def blur(image: Array, radius: float) -> Array:
    """Smoothed by a Gaussian of this deviation in pixels, 0 to 50."""
    check_number("radius", "the blur's deviation in pixels", radius, 0, 50)
    return scale(np.asarray(_pixels(image).filter(ImageFilter.GaussianBlur(radius))))


def rotate(image: Array, degrees: float) -> Array:
    """Turned about its middle, -45 to 45, what comes in from outside being black."""
    check_number("degrees", "the turn", degrees, -45, 45)
    return scale(np.asarray(_pixels(image).rotate(degrees, Image.Resampling.BICUBIC)))


def average_mark(marked: Iterable[Array]) -> Array:
    """The mark that pictures have in common, (64, 64) with mean square 1, found without its key.

    The pictures, of any sizes, were marked with one key and one message and not cropped since: what is theirs averages
    out, what is the mark's stays. `watermark.lay` then takes it away (strength below 0) or forges it (above).
    """
    pictures = checked_list("marked", marked)
    if not pictures:
        raise CourseError("average_mark: give at least one marked picture.")
    mean = sum(watermark.folded(watermark.checked_picture(picture)) for picture in pictures)
    mean = mean - mean.mean()
    if not mean.any():
        raise CourseError("average_mark: these pictures have no contrast, so they hold no mark.")
    return mean / mean.std()


def _pixels(image: Array) -> Image.Image:
    return Image.fromarray(to_uint8(watermark.checked_picture(image, 1)))
