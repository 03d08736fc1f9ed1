"""Paint a photograph with the patches of a painting, or a new painting from noise. No network, trained or not.

    picture = transfer(datasets.photo("coffee"), datasets.painting("hokusai_great_wave"))
    picture = new_painting(datasets.painting("van_gogh_auvers"), seed=3)

The pixels themselves are what Adam moves, until the patches of the picture are distributed as those of the painting.
It begins small: a patch of 7 x 7 pixels then covers a large part of the picture, and decides what lies where; at full
size it only adds strokes. So the start scale is the knob for content: what the photograph shows at that size is all
that is ever known of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from numbers import Real
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.datasets.gallery import LEAST_EDGE
from course_lib.styles.distances import Distance, responses, sliced, unit_filters
from course_lib.styles.pixels import checked_picture
from course_lib.training.progress_line import new_place

SIDE, FILTERS, STEPS = 7, 32, 80
LEARNING_RATE = 0.03  # of Adam, in units of the pixels
EPSILON = 1e-14
"""Adam's: far below a pixel's gradient, which is small because a distance is a mean over tens of thousands of patches.
With Keras's 1e-7 the pixels of a Gram loss hardly move."""
NOISE_START = 1 / 8
EVERY_SECONDS = 1.0
Watch = Callable[[np.ndarray, float, int, float], object]
"""Called with the picture so far, the scale, the step within it and the distance."""


def transfer(
    content: np.ndarray, style: np.ndarray, start_scale: float = 0.35, **settings: Any
) -> np.ndarray:
    """The content in patches of the style: float32 of the content's shape, in [-1, 1].

    content, style: pictures (height, width, 3) in [-1, 1], of any two sizes; the style's patches are taken as large
    as it is, so give both about the same length. start_scale: in (0, 1], the size at which the painting begins; small
    for more of the style, large for more of the content. settings, Ctrl-C and errors: as for `paint`.
    """
    content = checked_picture("content", content)
    return paint(content, style, start_scale, content.shape[:2], **settings)


def new_painting(
    style: np.ndarray,
    shape: tuple[int, int] = (192, 256),
    start_scale: float = NOISE_START,
    seed: int = 0,
    **settings: Any,
) -> np.ndarray:
    """A picture (height, width, 3) made of nothing but noise and the style's patches.

    shape: (height, width). start_scale: small, and much of the painting's own composition comes back, since a patch
    then holds much of it. settings, Ctrl-C and errors: as for `paint`.
    """
    style = checked_picture("style", style)
    if not (isinstance(shape, tuple | list) and len(shape) == 2):
        raise CourseError(f"shape is (height, width) of the new painting in pixels, not {shape!r}.")
    for name, length in zip(("height", "width"), shape, strict=True):
        datasets.check_whole(name, "an edge of the new painting in pixels", length, LEAST_EDGE)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0, 2**31 - 1)
    # Noise with the painting's mean and spread of each colour: no step is spent on finding the light.
    noise = np.random.default_rng(seed).standard_normal((*_size(shape, scales(start_scale)[0]), 3))
    start = (style.mean((0, 1)) + style.std((0, 1)) * noise).clip(-1, 1)
    return paint(start, style, start_scale, tuple(shape), seed=seed, **settings)


def paint(
    start: np.ndarray,
    style: np.ndarray,
    start_scale: float,
    shape: tuple[int, int],
    seed: int = 0,
    distance: Distance = sliced,
    steps: int = STEPS,
    filters: int = FILTERS,
    side: int = SIDE,
    learning_rate: float = LEARNING_RATE,
    watch: Watch | None = None,
    progress: bool = True,
    stoppable: bool = True,
) -> np.ndarray:
    """A picture (*shape, 3) from what `start` shows at the start scale: scale by scale, each from the one before.

    distance: `sliced`, `gram` or a function of your own from answers (n, k) and (m, k) to a scalar tensor. steps: of
    each scale, each with fresh `filters` of `side` x `side` pixels that follow from `seed`. watch: called about once a
    second and at the end of each scale. progress: whether a line says how far it is. stoppable: Ctrl-C ends it and
    gives back the picture so far, in full size; False for scripts, which must not keep half a picture.

    Raises CourseError, in one line, for pictures and numbers that cannot be, and for a distance that is no number, has
    no gradient or becomes NaN.
    """
    style, picture = checked_picture("style", style), checked_picture("start", start)
    sizes = scales(start_scale)
    for name, what, number in (
        ("steps", "how many steps a scale takes", steps),
        ("filters", "how many filters a step draws", filters),
        ("side", "the edge of a patch in pixels", side),
    ):
        datasets.check_whole(name, what, number, 1)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0, 2**31 - 1)
    if not callable(distance):
        raise CourseError(
            f"distance is a function of two tensors of answers, such as distances.sliced, not {distance!r}."
        )
    if not (isinstance(learning_rate, Real) and 0 < learning_rate < math.inf):
        raise CourseError(
            f"learning_rate is how far a step may move a pixel, a number above 0, not {learning_rate!r}."
        )
    _check_size(shape, style, sizes[0], side)
    margin = side // 2  # see _with_margin
    reporter = _Reporter(sum(scale**2 for scale in sizes), watch, progress)
    pixels = None
    try:
        for number, scale in enumerate(sizes):
            picture = _resized(picture, _size(shape, scale))
            pixels = keras.Variable(_with_margin(picture, margin), dtype="float32", name="pixels")
            small = _resized(style, _size(style.shape, scale))
            if number == 0:
                _check_gradient(distance, pixels, small, filters, side)
            step = _compiled(pixels, small, distance, filters, side, learning_rate)
            for index in range(1, steps + 1):
                value = step(tf.constant([seed, number * 100_000 + index]))
                if reporter.is_due() or index == steps:
                    picture = _without_margin(pixels, margin)
                    reporter.report(picture, scale, index, index / steps, value)
    except KeyboardInterrupt:
        if not stoppable:
            raise
        if pixels is not None:
            picture = _without_margin(pixels, margin)
        reporter.say("Stopped; this is the picture so far.")
    finally:
        reporter.close()
    return _resized(picture, shape)


def scales(start_scale: float) -> tuple[float, ...]:
    """From the start scale, in (0, 1], to 1 in equal factors of at most the square root of 2 (or a hair above)."""
    if not (isinstance(start_scale, Real) and 0 < start_scale <= 1):
        raise CourseError(
            f"start_scale is the size at which the painting begins, above 0 and at most 1, not {start_scale!r}."
        )
    count = max(int(start_scale < 1), math.ceil(math.log(1 / start_scale, 2) * 2 - 0.1))
    return (*(float(start_scale ** (1 - index / count)) for index in range(count)), 1.0)


def _check_gradient(
    distance: Distance, pixels: keras.Variable, style: np.ndarray, filters: int, side: int
) -> None:
    """Try the distance once, before it is compiled, so that a mistake in it is shown where it stands."""
    drawn = unit_filters(filters, side)
    with tf.GradientTape() as tape:
        value = distance(responses(pixels.value, drawn), responses(tf.constant(style), drawn))
    if not tf.is_tensor(value) or tape.gradient(value, pixels.value) is None:
        raise CourseError(
            "The distance must be a tensor that TensorFlow computed from the first of its two arguments, so that it "
            f"has a gradient to follow, but it is {value!r}."
        )


def _compiled(
    pixels: keras.Variable,
    style: np.ndarray,
    distance: Distance,
    filters: int,
    side: int,
    learning_rate: float,
) -> Callable[[tf.Tensor], tf.Tensor]:
    """One step at one scale as a compiled function of its seed: it moves the pixels and returns the distance."""
    optimizer = keras.optimizers.Adam(learning_rate, epsilon=EPSILON)
    optimizer.build([pixels])
    style = tf.constant(style)

    @tf.function
    def step(seed: tf.Tensor) -> tf.Tensor:
        drawn = unit_filters(filters, side, seed)
        with tf.GradientTape() as tape:
            value = distance(responses(pixels.value, drawn), responses(style, drawn))
        optimizer.apply([tape.gradient(value, pixels.value)])
        pixels.assign(tf.clip_by_value(pixels.value, -1.0, 1.0))
        return value

    return step


class _Reporter:
    """Says how far the painting is, about once a second: by a line, to who watches, and if the distance is broken."""

    def __init__(self, work: float, watch: Watch | None, progress: bool) -> None:
        self.work, self.watch = work, watch  # work: in steps of full size
        self.line = new_place() if progress else None
        self.done, self.shown_at = 0.0, time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self.shown_at > EVERY_SECONDS

    def report(self, picture: np.ndarray, scale: float, step: int, share: float, value: tf.Tensor) -> None:
        """share: of this scale's steps that are done; at 1 the scale is."""
        if value.shape.rank != 0 or not np.isfinite(float(value)):
            what = f"the shape {tuple(value.shape)}" if value.shape.rank else f"{float(value)}"
            raise CourseError(
                f"The distance must be one finite number, but at scale {scale:.2f}, step {step}, it is {what}."
            )
        reached = (self.done + scale**2 * share) / self.work
        if share == 1:
            self.done += scale**2
        if self.line is not None:
            bar = "#" * round(24 * reached)
            self.line.show(
                f"[{bar:.<24}] {reached:4.0%}  scale {scale:.2f}  step {step}  distance {float(value):.3g}"
            )
        if self.watch is not None:
            self.watch(picture, scale, step, float(value))
        self.shown_at = time.monotonic()

    def say(self, text: str) -> None:
        if self.line is not None:
            self.line.say(text)

    def close(self) -> None:
        if self.line is not None:
            self.line.close()


def _with_margin(picture: np.ndarray, margin: int) -> np.ndarray:
    """The picture with its own mirror image around it. Painted without, its last pixels lie in few patches and are
    moved about at random, since Adam makes every step about as large."""
    return np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), "symmetric")


def _without_margin(pixels: keras.Variable, margin: int) -> np.ndarray:
    inner = slice(margin, -margin or None)
    return np.array(pixels)[inner, inner]


def _size(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    return tuple(max(1, round(length * scale)) for length in shape[:2])


def _resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The picture at another size (height, width), smoothed before it is made smaller."""
    if size == picture.shape[:2]:
        return picture
    return tf.image.resize(picture, size, "bicubic", antialias=True).numpy().clip(-1, 1)


def _check_size(shape: tuple[int, ...], style: np.ndarray, scale: float, side: int) -> None:
    """The smallest size must hold a few patches in either direction."""
    shorter = min(*shape[:2], *style.shape[:2])
    if shorter * scale < side + 2:
        least = math.ceil(100 * (side + 2) / shorter) / 100
        raise CourseError(
            f"At the start scale {scale:.2f} the shorter edge has {shorter * scale:.0f} pixels, too few for patches of "
            f"{side} x {side}: use {f'start_scale={least:.2f} or more, or ' if least <= 1 else ''}larger pictures."
        )
