"""What drawn emoji are worth: do they obey, do they vary, do they look real, and are they copied?

    obedience(images, labels)               the share that `read_kinds` takes for what was asked for
    variety(images, labels)                 mean distance of two pictures of one kind
    realness(images)                        kernel distance to the held-out emoji
    nearest(images)                         how far each is from the training picture most like it

The judge of `obedience` is no network and knows no GAN: kernel ridge regression on colours and edges, fitted to the
training emoji. How often it is right itself is measured on held-out ones. `measures` says all of this about any
pictures, so that jittered and held-out emoji can stand beside the drawn ones; of training emoji, jittered or not, the
judge knows more than it should, having been fitted to them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets
from course_lib.datasets import sprites
from course_lib.datasets.sprites import check_sprites
from course_lib.scores import features, metrics

Array = np.ndarray
ORIENTATIONS, CELL, COLOURS = 8, 8, 4
"""Directions of an edge; the side of the boxes in which they are counted; levels of each channel of a colour."""
ROUNDS, RIDGE = 3, 1.0
"""How often the judge sees each training picture, all but once jittered, and how much its weights are held down."""
FIRST_SEED = 1_000_000
"""Of the judge's jitter: with 0, the first jittered emoji that somebody shows it would be those it was fitted to."""
AT_ONCE = 256


def read_kinds(images: Array) -> Array:
    """The kind that each picture looks like, int (n,), places in `datasets.sprites.KINDS`; images (n, 32, 32, 3)."""
    images = check_sprites(images)
    points, weights, width = _judge()
    parts = [images[start : start + AT_ONCE] for start in range(0, len(images), AT_ONCE)]
    scores = [_kernel(_described(part), points, width) @ weights for part in parts]
    return np.concatenate(scores).argmax(axis=1)


def obedience(images: Array, labels: ArrayLike) -> float:
    """The share of images that look like the kind asked for; labels: int (n,). Raises CourseError for others."""
    images = check_sprites(images)
    datasets.check_labels(labels, len(images), len(sprites.KINDS))
    return float(np.mean(read_kinds(images) == np.asarray(labels)))


def variety(images: Array, labels: ArrayLike) -> float:
    """The mean distance of two pictures of one kind (`metrics.diversity`, 0 to 2), averaged over the kinds.

    Raises CourseError where a kind has only one picture, from which nothing can differ.
    """
    images = check_sprites(images)
    datasets.check_labels(labels, len(images), len(sprites.KINDS))
    found, counts = np.unique(labels, return_counts=True)
    if counts.min() < 2:
        raise CourseError(
            f"Variety is of two pictures of a kind or more, and of {sprites.KINDS[found[counts.argmin()]]} there is "
            "one."
        )
    return float(np.mean([metrics.diversity(images[np.asarray(labels) == number]) for number in found]))


def realness(images: Array) -> float:
    """The kernel distance of images (n, 32, 32, 3), n >= 30, to the held-out emoji of these kinds.

    By the features of the network that names groups of emoji, which was trained on the others. 0 is as near as fresh
    emoji come, give or take 0.03: there are 71 of them. Raises CourseError for fewer images.
    """
    images = check_sprites(images)
    if len(images) < 30:
        raise CourseError(
            f"The kernel distance needs at least 30 images to mean anything, not {len(images)}."
        )
    return metrics.kernel_distance(features.load("emoji").features(images), _held_out_features())


def nearest(images: Array) -> tuple[Array, Array]:
    """The training emoji that each of images (n, 32, 32, 3) is most like: places int (n,) and distances (n,).

    Each image is tried mirrored and not, at each shift of up to `datasets.sprites.SHIFT` pixels, white coming in, so
    that a moved copy is found out. Distances are root mean squares over the pixels, 0 to 2.
    """
    images = check_sprites(images)
    pictures = sprites.load("train").images.reshape(-1, images[0].size)
    squares = (pictures**2).sum(axis=1)
    side, most = sprites.SIDE, sprites.SHIFT
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)), constant_values=1.0)
    places, smallest = np.zeros(len(images), int), np.full(len(images), np.inf)
    for top, left, flip in np.ndindex(2 * most + 1, 2 * most + 1, 2):
        moved = padded[:, top : top + side, left : left + side]
        moved = (moved[:, :, ::-1] if flip else moved).reshape(len(images), -1)
        best = (squares - 2 * moved @ pictures.T).argmin(axis=1)
        found = ((moved - pictures[best]) ** 2).mean(
            axis=1
        )  # directly: the shortcut above loses digits near 0
        nearer = found < smallest
        places[nearer], smallest[nearer] = best[nearer], found[nearer]
    return places, np.sqrt(smallest)


@cache
def copy_limit() -> float:
    """Nearer to a training emoji than this is called copied: so near are 5 % of the held-out emoji, drawn by people."""
    return float(np.quantile(nearest(sprites.load("held_out").images)[1], 0.05))


def measures(images: Array, labels: ArrayLike) -> dict[str, float]:
    """Everything of this file: obedience, variety, kernel_distance, nearest (the mean) and copied (a share)."""
    found = {
        "obedience": obedience(images, labels),
        "variety": variety(images, labels),
        "kernel_distance": realness(images),
    }
    _, distances = nearest(images)
    return {
        **found,
        "nearest": float(distances.mean()),
        "copied": float(np.mean(distances < copy_limit())),
    }


@cache
def _held_out_features() -> Array:
    return features.load("emoji").features(sprites.load("held_out").images)


@cache
def _judge() -> tuple[Array, Array, float]:
    """Described training pictures (m, d), weights (m, kinds) and the kernel's width: kernel ridge regression.

    Each picture counts by how rare its kind is, as if there were equally many of all.
    """
    train = sprites.load("train")
    seen = [train.images, *(sprites.jittered(train.images, FIRST_SEED + each) for each in range(ROUNDS - 1))]
    points, labels = _described(np.concatenate(seen)), np.tile(train.labels, ROUNDS)
    width = float(np.median(_squares(points, points)))
    counts = np.bincount(labels)
    slack = RIDGE * counts[labels] * len(counts) / len(labels)
    kernel = _kernel(points, points, width)
    return points, np.linalg.solve(kernel + np.diag(slack), np.eye(len(counts))[labels]), width


def _described(images: Array) -> Array:
    """Edges, colours and the picture made small, float64 (n, d), each brought to about one length."""
    parts = [_edges(images), _colour_shares(images), _small(images)]
    return np.concatenate([part / scale for part, scale in zip(parts, _scales(), strict=True)], axis=1)


@cache
def _scales() -> tuple[float, ...]:
    """How far the training pictures' edges, colours and small pictures spread, each."""
    images = sprites.load("train").images
    return tuple(
        float(np.sqrt(part.var(axis=0).sum()))
        for part in (_edges(images), _colour_shares(images), _small(images))
    )


def _edges(images: Array) -> Array:
    """How strong the edges of each direction are in each box: Dalal and Triggs 2005, without their overlap."""
    down, across = (np.roll(images, -1, axis) - np.roll(images, 1, axis) for axis in (1, 2))
    strongest = (down**2 + across**2).argmax(axis=3)[..., None]
    down, across = (np.take_along_axis(slope, strongest, 3)[..., 0] for slope in (down, across))
    turns = (np.arctan2(down, across) % np.pi) / np.pi
    bins = np.minimum((turns * ORIENTATIONS).astype(int), ORIENTATIONS - 1)
    votes = np.eye(ORIENTATIONS)[bins] * np.hypot(down, across)[..., None]
    boxes = sprites.SIDE // CELL
    summed = votes.reshape(-1, boxes, CELL, boxes, CELL, ORIENTATIONS).sum(axis=(2, 4))
    summed = summed.reshape(len(images), -1)
    return np.sqrt(summed / (summed.sum(axis=1, keepdims=True) + 1e-6))


def _colour_shares(images: Array) -> Array:
    """The root of the share of pixels in each of 4 x 4 x 4 boxes of colours."""
    levels = np.clip(((images + 1) / 2 * COLOURS).astype(int), 0, COLOURS - 1)
    boxes = levels @ np.array([COLOURS**2, COLOURS, 1])
    counts = [np.bincount(picture.ravel(), minlength=COLOURS**3) for picture in boxes]
    return np.sqrt(np.stack(counts) / sprites.SIDE**2)


def _small(images: Array) -> Array:
    boxes = sprites.SIDE // CELL
    return images.reshape(len(images), boxes, CELL, boxes, CELL, 3).mean(axis=(2, 4)).reshape(len(images), -1)


def _kernel(a: Array, b: Array, width: float) -> Array:
    return np.exp(-_squares(a, b) / width)


def _squares(a: Array, b: Array) -> Array:
    return np.maximum((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T, 0)
