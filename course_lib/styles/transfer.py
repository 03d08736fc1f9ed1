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

import keras
import numpy as np
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.styles.distances import Distance, responses, sliced, unit_filters
from course_lib.styles.pixels import checked_picture
from course_lib.training.progress_line import new_place

SIDE, FILTERS, STEPS = 7, 32, 80
LEARNING_RATE = 0.03  # of Adam, in units of the pixels
EPSILON = 1e-14
"""Adam's: far below a pixel's gradient, which is small because a distance is a mean over tens of thousands of patches.
With Keras's 1e-7 the pixels of a Gram loss hardly move."""
NOISE_START = 1 / 8
Watch = Callable[[np.ndarray, float, int, float], object]
"""Called with the picture so far, the scale, the step within it and the distance."""


def transfer(
    content: np.ndarray,
    style: np.ndarray,
    start_scale: float = 0.35,
    distance: Distance = sliced,
    steps: int = STEPS,
    filters: int = FILTERS,
    side: int = SIDE,
    seed: int = 0,
    learning_rate: float = LEARNING_RATE,
    watch: Watch | None = None,
    progress: bool = True,
) -> np.ndarray:
    """The content in patches of the style: float32 of the content's shape, in [-1, 1].

    content, style: pictures (height, width, 3) in [-1, 1], of any two sizes; the style's patches are taken as large
    as it is, so give both about the same length. start_scale: in (0, 1], the size at which the painting begins; small
    for more of the style, large for more of the content. distance: `sliced`, `gram` or a function of your own from
    answers (n, k) and (m, k) to a scalar tensor. steps: of each scale, each with fresh `filters` of `side` x `side`
    pixels. watch: called about once a second and at the end of each scale.

    Ctrl-C ends it and gives back the picture so far. Raises CourseError for pictures and numbers that cannot be.
    """
    content, style = checked_picture("content", content), checked_picture("style", style)
    sizes = scales(start_scale)
    _check_size(content, style, sizes[0], side)
    start = _resized(content, sizes[0])
    return _paint(
        start,
        content.shape,
        style,
        sizes,
        distance,
        steps,
        filters,
        side,
        seed,
        learning_rate,
        watch,
        progress,
    )


def new_painting(
    style: np.ndarray,
    shape: tuple[int, int] = (192, 256),
    start_scale: float = NOISE_START,
    distance: Distance = sliced,
    steps: int = STEPS,
    filters: int = FILTERS,
    side: int = SIDE,
    seed: int = 0,
    learning_rate: float = LEARNING_RATE,
    watch: Watch | None = None,
    progress: bool = True,
) -> np.ndarray:
    """A picture (height, width, 3) made of nothing but noise and the style's patches; arguments as for `transfer`.

    shape: (height, width). start_scale: how much of the painting's own composition comes back, since at a small
    scale a patch holds much of it.
    """
    style = checked_picture("style", style)
    for name, length in zip(("height", "width"), shape, strict=True):
        datasets.check_whole(
            name, "an edge of the new painting in pixels", length, datasets.gallery.LEAST_EDGE
        )
    sizes = scales(start_scale)
    canvas = np.zeros((*shape, 3), "float32")
    _check_size(canvas, style, sizes[0], side)
    random = np.random.default_rng(seed)
    small = _resized(canvas, sizes[0])
    # Noise with the painting's mean and spread of each colour: no step is spent on finding the light.
    noise = style.mean((0, 1)) + style.std((0, 1)) * random.standard_normal(small.shape)
    start = noise.clip(-1, 1).astype("float32")
    return _paint(
        start,
        canvas.shape,
        style,
        sizes,
        distance,
        steps,
        filters,
        side,
        seed,
        learning_rate,
        watch,
        progress,
    )


def scales(start_scale: float) -> tuple[float, ...]:
    """From the start scale, in (0, 1], to 1 in equal factors of at most the square root of 2 (or a hair above)."""
    if not (isinstance(start_scale, int | float) and 0 < start_scale <= 1):
        raise CourseError(
            f"start_scale is the size at which the painting begins, above 0 and at most 1, not {start_scale!r}."
        )
    count = math.ceil(math.log(1 / start_scale, 2) * 2 - 0.1)
    return (*(float(start_scale ** (1 - index / count)) for index in range(count)), 1.0)


def _paint(
    picture: np.ndarray,
    shape: tuple[int, ...],
    style: np.ndarray,
    sizes: tuple[float, ...],
    distance: Distance,
    steps: int,
    filters: int,
    side: int,
    seed: int,
    learning_rate: float,
    watch: Watch | None,
    progress: bool,
) -> np.ndarray:
    """Scale by scale, each beginning with what the one before left, enlarged."""
    for name, what, number in (
        ("steps", "how many steps a scale takes", steps),
        ("filters", "how many filters a step draws", filters),
        ("side", "the edge of a patch in pixels", side),
    ):
        datasets.check_whole(name, what, number, 1)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    margin = side // 2  # see _with_margin
    line, work = (new_place() if progress else None), sum(scale**2 for scale in sizes)
    done, shown_at, pixels = 0.0, time.monotonic(), None
    try:
        for number, scale in enumerate(sizes):
            picture = _resized(picture, 1.0, _size(shape, scale))
            pixels = keras.Variable(_with_margin(picture, margin), dtype="float32", name="pixels")
            step = _compiled(pixels, _resized(style, scale), distance, filters, side, learning_rate)
            for index in range(1, steps + 1):
                value = step(tf.constant([seed, number * 100_000 + index]))
                now = time.monotonic()
                if index == steps or now - shown_at > 1:
                    shown_at = now
                    share = (done + scale**2 * index / steps) / work
                    if line is not None:
                        line.show(_line(share, scale, index, float(value)))
                    if watch is not None:
                        watch(_without_margin(pixels, margin), scale, index, float(value))
            picture, done = _without_margin(pixels, margin), done + scale**2
    except KeyboardInterrupt:
        if pixels is not None:
            picture = _without_margin(pixels, margin)
        if line is not None:
            line.say("Stopped; this is the picture so far.")
    finally:
        if line is not None:
            line.close()
    return _resized(picture, 1.0, shape[:2]).clip(-1, 1)


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


def _with_margin(picture: np.ndarray, margin: int) -> np.ndarray:
    """The picture with its own mirror image around it. Painted without, its last pixels lie in few patches and are
    moved about at random, since Adam makes every step about as large."""
    return np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), "symmetric")


def _without_margin(pixels: keras.Variable, margin: int) -> np.ndarray:
    inner = slice(margin, -margin or None)
    return np.array(pixels)[inner, inner]


def _line(share: float, scale: float, step: int, value: float) -> str:
    done = round(24 * share)
    return f"[{'#' * done}{'.' * (24 - done)}] {share:4.0%}  scale {scale:.2f}  step {step}  distance {value:.4f}"


def _size(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    return tuple(max(1, round(length * scale)) for length in shape[:2])


def _resized(picture: np.ndarray, scale: float, size: tuple[int, int] | None = None) -> np.ndarray:
    """The picture at `scale`, or of another size (height, width); smoothed before it is made smaller."""
    size = size or _size(picture.shape, scale)
    if size == picture.shape[:2]:
        return np.asarray(picture, "float32")
    return tf.image.resize(picture, size, "bicubic", antialias=True).numpy().clip(-1, 1)


def _check_size(content: np.ndarray, style: np.ndarray, scale: float, side: int) -> None:
    """The smallest size must hold a few patches in either direction."""
    shorter = min(*content.shape[:2], *style.shape[:2])
    if shorter * scale < side + 2:
        raise CourseError(
            f"At the start scale {scale:.2f} the shorter edge has {shorter * scale:.0f} pixels, too few for patches of "
            f"{side} x {side}: use start_scale={min(1, math.ceil(100 * (side + 2) / shorter) / 100):.2f} or more, or "
            "larger pictures."
        )
