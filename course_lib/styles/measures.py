"""Judge a picture in a painting's style by what it was not made to minimise.

Whoever is judged by the loss it was trained on wins. So patches are compared at another size and along other
directions, and small crops by the features of the course's network for emoji, which has never seen a painting. What is
left of the photograph is measured by structure: do the same places get brighter and darker together?
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets
from course_lib.scores import features, metrics
from course_lib.styles.pixels import checked_picture, patches
from course_lib.theory import transport

SIDE, COUNT, SEED = 11, 64, 1_000_003
"""Patches of 11 x 11 pixels in 64 directions, of a seed that no transfer draws from."""
CROP, CROP_STEP = 32, 8
WINDOW, WINDOW_STEP, STEADY = 15, 3, 0.02


def patch_distance(
    picture: np.ndarray, style: np.ndarray, side: int = SIDE, count: int = COUNT, seed: int = SEED
) -> float:
    """The sliced W_1 of the patches of two pictures (height, width, 3) in [-1, 1], in units of the pixels, 0 at best.

    `side` is the edge of the patches, `count` the number of random unit filters.
    """
    datasets.check_whole("side", "the edge of a patch in pixels", side, 1)
    ours, theirs = checked_picture("picture", picture), checked_picture("style", style)
    width = side * side * 3
    clouds = [patches(each, side).reshape(-1, width) for each in (ours, theirs)]
    lines = transport.directions(count, width, seed).astype("float32")
    # Projected in one product each; the distances on the lines are then those of the lesson.
    shadows = [cloud @ lines.T for cloud in clouds]
    return float(
        np.mean([transport.wasserstein(*pair) for pair in zip(*(s.T for s in shadows), strict=True)])
    )


def feature_distance(picture: np.ndarray, style: np.ndarray) -> float:
    """The kernel distance of the emoji network's features of 32 x 32 crops, every 8 pixels, of two pictures.

    About 0 for the same picture (an unbiased estimate can fall below), 1 or more for quite another one. Edges of 32
    pixels at least.
    """
    network = features.load("emoji")
    seen = [
        network.features(_crops(checked_picture(name, each)))
        for name, each in (("picture", picture), ("style", style))
    ]
    return metrics.kernel_distance(*seen)


def structure(picture: np.ndarray, content: np.ndarray) -> float:
    """How much of the content's structure is kept: 1 is all, about 0 none; both pictures of one size.

    The correlation of brightness within windows of 15 x 15 pixels, and its mean over such windows: the structure term
    of SSIM (Wang, Bovik, Sheikh and Simoncelli 2004, equation 10), with a constant that calms windows of plain sky.
    """
    ours, theirs = checked_picture("picture", picture), checked_picture("content", content)
    if ours.shape != theirs.shape:
        raise CourseError(
            f"structure compares two pictures of one size, but these have the shapes {ours.shape} and {theirs.shape}."
        )
    ours, theirs = (
        patches(each.mean(axis=-1, keepdims=True), WINDOW, WINDOW_STEP) for each in (ours, theirs)
    )
    ours, theirs = (each - each.mean(axis=-1, keepdims=True) for each in (ours, theirs))
    together = (ours * theirs).mean(axis=-1)
    spreads = np.sqrt(np.square(ours).mean(axis=-1) * np.square(theirs).mean(axis=-1))
    return float(np.mean((together + STEADY**2) / (spreads + STEADY**2)))


def _crops(picture: np.ndarray) -> np.ndarray:
    """Crops (n, 32, 32, 3) of a picture, every 8 pixels."""
    crops = patches(picture, CROP, CROP_STEP).reshape(-1, 3, CROP, CROP)
    return np.ascontiguousarray(crops.transpose(0, 2, 3, 1))
