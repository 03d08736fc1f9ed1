"""Checks of what a person hands in: images, labels and whole numbers. Each fault is one line that says what to do."""

from __future__ import annotations

import warnings
from numbers import Integral

import numpy as np

from course_lib import CourseError


def check_images(images: np.ndarray, part: bool = False) -> None:
    """Raise CourseError unless `images` is what the networks expect: (N, height, width, channels) in [-1, 1].

    A generator that ends in tanh can only draw values in [-1, 1]. Shown real images in [0, 1] or in 0..255,
    a discriminator tells the two apart by brightness alone, and the generator learns nothing.

    part: the images are some of a data set, a batch. Then all may be pale, with no value below 0; a whole data set
    without one is refused, since it was scaled to [0, 1].
    """
    images = check_numbers("images", images)
    if images.ndim != 4 or 0 in images.shape:
        raise CourseError(
            f"Images must have the shape (N, height, width, channels), but these have {images.shape}; "
            "grey images of shape (N, height, width) need images[..., np.newaxis]."
        )
    low, high = float(images.min()), float(images.max())
    if not np.isfinite([low, high]).all():
        raise CourseError("The images hold NaN or infinite values; np.isfinite(images) shows where.")
    found = f"The images must lie in [-1, 1], but these go from {low:.3g} to {high:.3g}"
    if images.dtype.kind in "ui" or (high > 2 and low >= 0):
        raise CourseError(f"{found}: pixels in 0..255; use images.astype('float32') / 127.5 - 1.")
    if low < -1.001 or high > 1.001:
        raise CourseError(f"{found}; bring their smallest value to -1 and their largest to 1.")
    if low >= 0 and not part:
        raise CourseError(f"{found}: pixels in 0..1; use images * 2 - 1.")


def warn_if_scaled_to_one(images: np.ndarray) -> None:
    """One warning in a process if many images have no value below 0: they may be in 0..1, or drawn so on purpose.

    A generator that ends in a sigmoid draws such images, and a broken one nothing but white, so this is no error.
    Of fewer than a hundred images all may be pale by chance.
    """
    if len(images) >= 100 and 0 <= np.min(images) < np.max(images):
        # Python shows a text once for each place, so no numbers in it: a recorder scores every few seconds.
        warnings.warn(
            "These images have no value below 0, and scores take [-1, 1]: if they are in 0..1, score images * 2 - 1.",
            stacklevel=2,
        )


def check_numbers(what: str, values: np.ndarray) -> np.ndarray:
    """`values`, such as images or a list of them, as an array of real numbers.

    Raises CourseError, with `what` they are, if they have no common shape or are objects, texts or anything else.
    """
    try:
        array = np.asarray(values)
    except ValueError:  # a list of arrays with different shapes
        array = np.empty(0, object)
    if array.dtype.kind not in "fiu" and array.dtype.name != "bfloat16":
        raise CourseError(
            f"The {what} must be an array of numbers, but these have the type {array.dtype}: bring all to one shape, "
            f"and use np.stack({what}).astype('float32')."
        )
    return array


def check_labels(labels: np.ndarray, count: int, classes: int) -> None:
    """Raise CourseError unless labels are `count` whole numbers in 0..classes - 1."""
    try:
        labels = np.asarray(labels)
    except ValueError:  # rows of several lengths
        labels = np.empty(0, object)
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise CourseError(
            f"Labels must be {count:,} whole numbers, one for each image, but these have the shape {labels.shape} "
            f"and the type {labels.dtype}."
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise CourseError(
            f"Labels of {classes} classes lie in 0..{classes - 1}, but these go from {labels.min()} to {labels.max()}."
        )


def check_batch_size(count: int, batch_size: int) -> int:
    """The number of full batches in an epoch of `count` images. Raises CourseError if there is none."""
    check_whole("batch_size", "how many images a batch holds", batch_size, 1)
    if count < batch_size:
        raise CourseError(
            f"A batch of {batch_size:,} cannot be filled from {count:,} images; use a smaller batch."
        )
    return count // batch_size


def check_whole(name: str, what: str, number: int, least: int | None = None, most: int | None = None) -> None:
    """Raise CourseError unless this is a whole number in its range. 2.0 is none, wherever one is asked for.

    name, what: the argument, and what it means to the person who reads the error.
    """
    is_whole = isinstance(number, Integral) and not isinstance(number, bool | np.bool_)
    if is_whole and (least is None or number >= least) and (most is None or number <= most):
        return
    limits = "" if least is None else f" from {least} on" if most is None else f" from {least} to {most}"
    raise CourseError(f"{name} is {what}, a whole number{limits}, not {number!r}.")
