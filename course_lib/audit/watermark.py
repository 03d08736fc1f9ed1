"""An invisible mark of a few bits in a picture, and how sure it is that one is there. NumPy and Pillow only.

    marked = embed(picture, bits=[0, 1, 1, 0], key=7)
    reading = read(marked, k=4, key=7)          .bits, .p_value

The mark is a pattern of `SIDE` x `SIDE` pixels that repeats over the picture, so that a crop only shifts it. It is
written in the frequencies of that tile: the key deals them out, some to a pilot that is always the same and the others
to the bits, and gives each a phase; a bit that is 0 turns its phases by half a circle. Who lacks the key sees noise.
The key is the seed of an ordinary generator of random numbers: enough to teach with, no cryptography.
Spread spectrum: I. J. Cox et al., "Secure spread spectrum watermarking for multimedia", 1997; a tile that repeats,
against crops: M. Kutter, "Watermarking resisting to translation, rotation, and scaling", 1998.

Why an unmarked picture is seldom accused: with its phases compared to the key's, which are uniform and know nothing of
it, the pilot's sum S of n cosines obeys E exp(l S) = I_0(l)^n <= exp(n l^2 / 4), so P(S >= s sqrt(n / 2)) <=
exp(-s^2 / 2) for each place looked at, whatever the picture. Over all places, their number times that.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from course_lib import CourseError, datasets
from course_lib.datasets.arguments import checked_list
from course_lib.datasets.images import scale
from course_lib.datasets.numbers import check_number
from course_lib.media.pictures import to_uint8

Array = np.ndarray
SIDE = 64
LEAST_EDGE = 2 * SIDE
LEAST_READ, MOST_READ = 32, 2048
BAND = (9, 18)
"""Periods a tile, from and to: below lies most of the picture's own contrast, above is what JPEG and shrinking take."""
PILOT = 1 / 3
"""Share of the frequencies that carry no bit and tell where the tile begins."""
MOST_BITS = 64
STRENGTH = 2.5
SCALES = (1.0, 0.75, 0.5)
RADIUS = 2
"""Of the squares in which a picture's contrast is evened out before it is read."""
FLOOR = 2 / 127.5
"""Two greys: contrast below that counts as that, or the noise of a flat place would be read like a drawing."""
LUMINANCE = np.array([0.299, 0.587, 0.114])


class Reading(NamedTuple):
    """What was read of a picture.

    bits: int (k,), 0 or 1. votes: float (k,), about N(0, 1) without a mark, above 0 for a 1; the pilot alone chose
    where to read, so choosing does not move them. score: of the pilot, the highest of all places tried, each about
    N(0, 1) without a mark. p_value: at most so often a picture without a mark scores so high. scale: the size, of that
    when marked, at which it did.
    """

    bits: Array
    votes: Array
    score: float
    p_value: float
    scale: float = 1.0


def embed(images: Array, bits: ArrayLike, key: int, strength: float = STRENGTH) -> Array:
    """The picture (h, w, 3), or pictures (n, h, w, 3), in [-1, 1] with the same k bits in each: float32, same shape.

    bits: k numbers, 0 or 1, up to 64. key: a whole number from 0 on. strength: root mean square of the mark in steps of
    256 greys, 0 to 50; the peak signal-to-noise ratio is 20 log10(255 / strength) dB. Raises CourseError for other
    arguments, and for pictures with an edge below 128 pixels.
    """
    check_number("strength", "the size of the mark in greys", strength, 0, 50)
    return lay(images, tile(bits, key), strength)


def lay(images: Array, pattern: Array, strength: float) -> Array:
    """The pictures with a pattern (64, 64) repeated over them, more where they are busy; below 0, less of it.

    images, strength: as of `embed`, the latter from -50. The same pattern goes into red, green and blue.
    """
    check_number("strength", "the size of the mark in greys", strength, -50, 50)
    pattern = datasets.check_numbers("pattern", pattern)
    if pattern.shape != (SIDE, SIDE) or not np.isfinite(pattern).all():
        raise CourseError(f"The pattern is {SIDE} x {SIDE} finite numbers, not of the shape {pattern.shape}.")
    images = datasets.check_numbers("images", images)
    is_one = images.ndim == 3
    images = images[np.newaxis] if is_one else images
    datasets.check_images(images, part=True)
    height, width, channels = images.shape[1:]
    if channels != 3 or min(height, width) < LEAST_EDGE:
        raise CourseError(
            f"A mark takes pictures with 3 colours and edges of at least {LEAST_EDGE} pixels, but these are "
            f"{height} x {width} x {channels}: enlarge them first."
        )
    repeated = np.tile(pattern, (-(-height // SIDE), -(-width // SIDE)))[:height, :width]
    busy = np.stack([_busy(image) for image in images])
    added = (strength / 127.5) * (busy * repeated)[..., np.newaxis]
    marked = np.clip(images + added, -1, 1).astype("float32")
    return marked[0] if is_one else marked


def tile(bits: ArrayLike, key: int) -> Array:
    """The mark itself, float64 (64, 64) with mean 0 and mean square 1."""
    bits = check_bits(bits)
    places, phases, owner = _dealt(key, len(bits))
    signs = np.where(owner < 0, 1, 2 * bits[owner] - 1)
    spectrum = np.zeros((SIDE, SIDE), complex)
    spectrum[places[:, 0], places[:, 1]] = signs * np.exp(1j * phases)
    waves = np.fft.ifft2(spectrum).real
    return waves / waves.std()


def read(image: Array, k: int, key: int, scales: Sequence[float] = SCALES) -> Reading:
    """The k bits in one picture (h, w, 3) in [-1, 1], if it was marked with this key.

    scales: the sizes tried, of that when marked, 0.1 to 4; one that is wrong by 1 % is too wrong for 256 pixels. Edges
    from 32 to 2048 pixels, and at most 4096 when marked. Raises CourseError for other arguments.
    """
    image = checked_picture(image)
    places, phases, owner = _dealt(key, k)
    scales = checked_list("scales", scales)
    if not scales:
        raise CourseError("scales are the sizes to try, such as [1, 0.5], and this is an empty list.")
    for size in scales:
        check_number("scales", "a list of sizes to try, each", size, 0.1, 4)
        if max(image.shape[:2]) > 2 * MOST_READ * size:
            raise CourseError(
                f"At scale {size:g} this picture had an edge above {2 * MOST_READ} pixels: try larger scales."
            )
    tried = [_at_size(image, size, places, phases, owner < 0) for size in scales]
    best = int(np.argmax([score for score, _ in tried]))
    score, turned = tried[best]
    votes = np.array([_standardised(turned[owner == bit].real) for bit in range(k)])
    # A bound over all places tried, shifts and sizes: it may exceed 1.
    p_value = min(1.0, len(scales) * SIDE**2 * math.exp(-(max(score, 0.0) ** 2) / 2))
    return Reading((votes > 0).astype(int), votes, score, p_value, float(scales[best]))


def by_chance(right: int, count: int) -> float:
    """P(Binomial(count, 1/2) >= right): how often so many of `count` bits agree with a message that is not there.

    Exact, for up to 1,000 bits.
    """
    datasets.check_whole("count", "how many bits were compared", count, 1, 1000)
    datasets.check_whole("right", "how many bits agree", right, 0, count)
    return sum(math.comb(count, agree) for agree in range(right, count + 1)) / 2**count


def psnr(one: Array, other: Array) -> float:
    """Peak signal-to-noise ratio of two arrays in [-1, 1] in dB; infinite where they are the same."""
    one, other = (datasets.check_numbers("pictures", part).astype(float) for part in (one, other))
    if one.shape != other.shape or not one.size or not np.isfinite(one - other).all():
        raise CourseError(
            f"Two pictures of one shape and finite values are compared, not {one.shape} and {other.shape}."
        )
    error = np.mean(np.square(one - other))
    return math.inf if error == 0 else 10 * math.log10(4 / error)


def folded(image: Array) -> Array:
    """What a picture (h, w, 3) has of a tile that repeats in it, (64, 64): its contrast evened out, and added up."""
    values = image @ LUMINANCE
    detail = values - _box(values)
    even = detail / np.sqrt(_box(detail**2) + FLOOR**2)
    height, width = even.shape
    even = np.pad(even, ((0, -height % SIDE), (0, -width % SIDE)))
    return even.reshape(-1, SIDE, even.shape[1] // SIDE, SIDE).sum(axis=(0, 2))


def checked_picture(image: Array, least: int = LEAST_READ) -> Array:
    """One picture (h, w, 3) in [-1, 1] with edges from `least` to 2048 pixels, float64; else CourseError."""
    image = datasets.check_numbers("image", image)
    if (
        image.ndim != 3
        or image.shape[-1] != 3
        or not least <= min(image.shape[:2]) <= max(image.shape[:2]) <= MOST_READ
    ):
        raise CourseError(
            f"This takes one picture (height, width, 3) with edges of {least} to {MOST_READ} pixels, not the shape "
            f"{image.shape}."
        )
    datasets.check_images(image[np.newaxis], part=True)
    return image.astype(float)


def check_bits(bits: ArrayLike) -> Array:
    """The bits as int (k,). Raises CourseError unless they are 1 to 64 numbers, each 0 or 1."""
    values = datasets.check_numbers("bits", bits)
    if values.ndim != 1 or not 1 <= len(values) <= MOST_BITS or not np.isin(values, (0, 1)).all():
        raise CourseError(f"bits are 1 to {MOST_BITS} numbers, each 0 or 1, not {bits!s:.60}.")
    return values.astype(int)


def resized(image: Array, factor: float) -> Array:
    """The picture (h, w, 3) in [-1, 1] with edges `factor` times as long, rounded, in 256 steps, by cubic curves."""
    height, width = (max(1, round(factor * edge)) for edge in image.shape[:2])
    pixels = Image.fromarray(to_uint8(image)).resize((width, height), Image.Resampling.BICUBIC)
    return scale(np.asarray(pixels))


def _dealt(key: int, k: int) -> tuple[Array, Array, Array]:
    """Frequencies (n, 2), phases (n,) in radians, and to whom each belongs (n,): -1 the pilot, else a bit."""
    datasets.check_whole("k", "how many bits the mark has", k, 1, MOST_BITS)
    datasets.check_whole("key", "the secret that deals out the frequencies", key, 0)
    places, phases = _shuffled(int(key))
    pilots = round(PILOT * len(places))
    owner = np.arange(len(places)) - pilots
    return places, phases, np.where(owner < 0, -1, owner % k)


@functools.lru_cache(maxsize=64)
def _shuffled(key: int) -> tuple[Array, Array]:
    """The frequencies of the band in the key's order, one of each pair f and -f, with the key's phases."""
    periods = np.fft.fftfreq(SIDE, 1 / SIDE)
    down, across = np.meshgrid(periods, periods, indexing="ij")
    radius = np.hypot(down, across)
    places = np.argwhere(
        (radius >= BAND[0]) & (radius <= BAND[1]) & ((across > 0) | ((across == 0) & (down > 0)))
    )
    rng = np.random.default_rng(key)
    return rng.permutation(places), rng.uniform(0, 2 * np.pi, len(places))


def _at_size(image: Array, size: float, places: Array, phases: Array, pilot: Array) -> tuple[float, Array]:
    """The pilot's best score over all shifts, and each frequency's turn (n,) from the key's phase at that shift."""
    image = image if size == 1 else resized(image, 1 / size)
    values = np.fft.fft2(folded(image))[places[:, 0], places[:, 1]]
    # Phases alone: a frequency in which the picture is strong has no more say than another.
    turns = values / np.maximum(np.abs(values), 1e-300) * np.exp(-1j * phases)
    spectrum = np.zeros((SIDE, SIDE), complex)
    spectrum[places[pilot, 0], places[pilot, 1]] = turns[pilot]
    sums = np.fft.ifft2(spectrum).real * SIDE**2  # at each shift, the sum of the pilot's cosines
    shift = np.unravel_index(np.argmax(sums), sums.shape)
    score = float(sums[shift] / math.sqrt(pilot.sum() / 2))
    return score, turns * np.exp(2j * np.pi * (places @ shift) / SIDE)


def _standardised(cosines: Array) -> float:
    return cosines.sum() / math.sqrt(len(cosines) / 2)


def _busy(image: Array) -> Array:
    """How much a place hides, (h, w) with mean square 1: the root of its contrast, even over a few pixels."""
    values = image @ LUMINANCE
    spread = np.sqrt(np.maximum(_box(values**2, 4) - _box(values, 4) ** 2, 0))
    hides = _box(np.sqrt(np.clip(spread, FLOOR, 20 * FLOOR)), 4)
    return hides / np.sqrt(np.mean(hides**2))


def _box(values: Array, radius: int = RADIUS) -> Array:
    """The mean over a square of 2 radius + 1 pixels around each, mirrored at the border; values (h, w)."""
    edge = 2 * radius + 1
    sums = np.pad(values, ((radius + 1, radius), (radius + 1, radius)), "symmetric").astype(float)
    sums[0], sums[:, 0] = 0, 0
    sums = sums.cumsum(axis=0).cumsum(axis=1)
    return (sums[edge:, edge:] - sums[:-edge, edge:] - sums[edge:, :-edge] + sums[:-edge, :-edge]) / edge**2
