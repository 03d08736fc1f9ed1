"""Does a generator hand out its training pictures? Distances to them, beside those of real pictures it never saw.

    found = nearest(generated, data.images_train, data.images_test)
    f"{found.copies} of {len(found.distances)} are closer than {found.threshold:.2f}"
    training[found.indices[closest(found)]]                    what the closest ones may be copies of

A distance alone says nothing: two T-shirts are alike, too. So held-out pictures of the same source give the scale: a
generated picture counts as a copy where it is closer to the training set than all but one in a hundred of those are.
The same comparison as a whole is the test for data copying of Meehan, Chaudhuri and Dasgupta 2020 (arXiv:2004.05675):
`closer`, the chance that a generated picture lies closer to the training set than a held-out one does.

Pixels and features both serve, and neither is enough: in pixels a copy that is shifted by two is none, and smooth
pictures are close to everything; what features overlook is no difference. A low count proves no innocence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.audit.counting import exact_interval
from course_lib.audit.membership import auc
from course_lib.datasets.numbers import check_number
from course_lib.scores.metrics import nearest_neighbours

Array = np.ndarray


class Copies(NamedTuple):
    """What `nearest` found of N generated and K held-out pictures.

    distances (N,), indices (N,): of each generated picture to the nearest training picture, and which that is.
    held_out_distances (K,): of each held-out picture. threshold: at most this far is a copy.
    copies, share, low, high: how many are, their share, and its exact interval of 95 %.
    usual: the share of the held-out pictures that would be called copies. closer: see above; 0.5 where generated
    pictures are as far as held-out ones, 1 where all are closer than any of these.
    """

    distances: Array
    indices: Array
    held_out_distances: Array
    threshold: float
    copies: int
    share: float
    low: float
    high: float
    usual: float
    closer: float


def nearest(generated: Array, training: Array, held_out: Array, share: float = 0.01) -> Copies:
    """Look for copies among generated pictures (N, ...), given training (M, ...) and held-out ones (K, ...).

    All three are images of one shape, or features of one length; distances are Euclidean. share: how many of the
    held-out pictures at least may be closer than the threshold, their `share`-quantile. Raises CourseError for what
    has no distances, NaN and other shapes among it, and for fewer held-out pictures than 1 / share can be seen in.
    """
    check_number("share", "how many held-out pictures may be called copies", share, 1e-6, 0.5)
    parts = {"generated": generated, "training": training, "held_out": held_out}
    shapes = {name: datasets.check_numbers(name, part).shape for name, part in parts.items()}
    if len({shape[1:] for shape in shapes.values()}) > 1 or any(
        len(shape) < 2 or 0 in shape for shape in shapes.values()
    ):
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise CourseError(
            f"Copies are looked for among pictures (N, ...) of one shape, but there are {told}."
        )
    if shapes["held_out"][0] * share < 1:
        raise CourseError(
            f"A share of {share:g} cannot be seen in {shapes['held_out'][0]:,} held-out pictures: take {1 / share:.0f} "
            "or more, or a larger share."
        )
    indices, distances = nearest_neighbours(generated, training)
    _, held_out_distances = nearest_neighbours(held_out, training)
    distances, held_out_distances = distances[:, 0], held_out_distances[:, 0]
    threshold = float(np.quantile(held_out_distances, share, method="inverted_cdf"))
    copies = int(np.sum(distances <= threshold))
    return Copies(
        distances,
        indices[:, 0],
        held_out_distances,
        threshold,
        copies,
        copies / len(distances),
        *exact_interval(copies, len(distances)),
        float(np.mean(held_out_distances <= threshold)),
        auc(-distances, -held_out_distances),
    )


def closest(found: Copies, count: int = 8) -> Array:
    """Which generated pictures are nearest to a training picture: int (count,), the nearest first."""
    datasets.check_whole("count", "how many of the closest are wanted", count, 1, len(found.distances))
    return np.argsort(found.distances, kind="stable")[:count]
