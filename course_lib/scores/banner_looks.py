"""What is seen on a banner, whoever drew it: read off part by part, by rules that no generator is trained on.

    read_looks(images)                      the look of each, int (n,)
    obedience(images, looks)                {"kind": 0.97, "colour": 1.0, "layout": 1.0, "all": 0.97}

How often the rules are right themselves is measured on banners drawn afresh by NumPy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets
from course_lib.datasets import banners
from course_lib.theory.feedback.gallery import Gallery

Array = np.ndarray
DARK = -0.3
"""A pixel whose brightest channel is below is dark, as the button is and no ground."""
LEAST_DARK = 80
"""So many dark pixels beside the card make a button, which has 190."""
AT_ONCE = 256


def read_looks(images: Array) -> Array:
    """The look of each, int (n,), for images (n, 32, 64, 3) in [-1, 1].

    Colour: the direction of the mean pixel of the frame, one pixel wide, whose ground it is nearest to. Layout: the
    half with more white has the card, and in the other there are dark pixels, or not. Kind: of all cards (54) at all
    places in the card's half (16), whose is the nearest, by squared distance.
    """
    images = _checked(images).astype("float32")
    parts = [_read(images[start : start + AT_ONCE]) for start in range(0, len(images), AT_ONCE)]
    return np.ravel_multi_index(
        np.concatenate(parts, axis=1), [len(names) for names in banners.PARTS.values()]
    )


def _read(images: Array) -> Array:
    """Kind, colour and layout, int (3, n)."""
    halves = images[:, :, : banners.HEIGHT], images[:, :, banners.HEIGHT :]
    white = [half.min(axis=3).mean(axis=(1, 2)) for half in halves]
    on_the_right = white[1] > white[0]
    flipped = np.where(on_the_right[:, None, None, None], images[:, :, ::-1], images)  # the card on the left
    beside = flipped[:, :, banners.HEIGHT :]
    has_words = (beside.max(axis=3) < DARK).sum(axis=(1, 2)) < LEAST_DARK
    return np.stack([_kinds(images, on_the_right), _colours(images), 2 * on_the_right + has_words])


def _colours(images: Array) -> Array:
    frame = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    mean = frame.mean(axis=1) + 1  # from 0, so that a shade is a factor
    grounds = np.array(tuple(banners.COLOURS.values()), float)
    grounds /= np.linalg.norm(grounds, axis=1, keepdims=True)
    return (mean @ grounds.T).argmax(axis=1)


def _kinds(images: Array, on_the_right: Array) -> Array:
    cards, kinds = banners.cards()
    rows = cards.reshape(len(cards), -1)
    size, width = banners.CARD, banners.WIDTH
    distances = []
    for top in banners.MARGINS:
        for margin in banners.MARGINS:
            left, right = (
                images[:, top : top + size, at : at + size] for at in (margin, width - size - margin)
            )
            there = np.where(on_the_right[:, None, None, None], right, left).reshape(len(images), -1)
            distances.append((there**2).sum(axis=1)[:, None] - 2 * there @ rows.T + (rows**2).sum(axis=1))
    return kinds[np.min(distances, axis=0).argmin(axis=1)]


def obedience(images: Array, looks: ArrayLike) -> dict[str, float]:
    """The share of images on which each part is seen as asked, and "all" three of them.

    looks: whole numbers (n,), what was asked for. Raises CourseError where there is not one for each image.
    """
    asked, images = banners.parts(looks), _checked(images)
    if len(asked) != len(images):
        raise CourseError(
            f"Each image has the look that was asked for: {len(images)} and {len(asked)} are given."
        )
    right = banners.parts(read_looks(images)) == asked
    shares = dict(zip(banners.PARTS, right.mean(axis=0).tolist(), strict=True))
    return {**shares, "all": float(right.all(axis=1).mean())}


def banner_features(images: Array) -> Array:
    """Features of both halves by the network that names groups of emoji, float32 (n, 128)."""
    from course_lib.scores import features  # Keras comes in only here

    network, side = features.load("emoji"), banners.HEIGHT
    images = _checked(images)
    halves = [network.features(images[:, :, left : left + side]) for left in (0, side)]
    return np.concatenate(halves, axis=1)


def gallery_of(images: Array) -> Gallery:
    """Pictures for a closed loop, from images (looks, copies, 32, 64, 3), row by row what was drawn for each look."""
    images = datasets.check_numbers("images", images)
    if images.ndim != 5 or 0 in images.shape or len(images) != len(banners.LOOKS):
        raise CourseError(
            f"A gallery has pictures of all {len(banners.LOOKS)} looks, (looks, copies, 32, 64, 3), not {images.shape}."
        )
    flat = images.reshape(-1, *images.shape[2:])
    seen, found = read_looks(flat), banner_features(flat)
    return Gallery(seen.reshape(images.shape[:2]), found.reshape(*images.shape[:2], -1).astype(float))


def _checked(images: Array) -> Array:
    images = datasets.check_numbers("images", images)
    datasets.check_images(images, part=True)
    expected = (banners.HEIGHT, banners.WIDTH, 3)
    if images.shape[1:] != expected:
        raise CourseError(f"Banners are (n, 32, 64, 3), and these images have the shape {images.shape}.")
    return images
