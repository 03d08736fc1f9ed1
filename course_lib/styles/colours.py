"""Give a photograph the colours of a painting: the cloud of its colours is moved onto the other by optimal transport.

    picture = transfer_colours(datasets.photo("coffee"), datasets.painting("hokusai_great_wave"))

A picture's colours are a cloud of points in three dimensions. Along one direction the cheapest way from one cloud to
the other is known exactly, by sorting; so the cloud is moved along three perpendicular directions, then along three
others, until no direction sees a difference. NumPy only.

Pitié, Kokaram and Dahyot, "Automated colour grading using colour distribution transfer", 2007, section 3; as a
sliced distance that falls: Rabin, Peyré, Delon and Bernot, "Wasserstein Barycenter and its Application to Texture
Mixing", 2011, section 4.
"""

from __future__ import annotations

import numpy as np

from course_lib import datasets
from course_lib.styles.pixels import checked_picture
from course_lib.theory import transport

STEPS = 20


def transfer_colours(content: np.ndarray, style: np.ndarray, steps: int = STEPS, seed: int = 0) -> np.ndarray:
    """The content in the colours of the style: float32 of the content's shape, in [-1, 1].

    content, style: pictures (height, width, 3) in [-1, 1], of any two sizes. Each of the `steps` goes along three
    perpendicular directions drawn from `seed`. Raises CourseError for what is no picture.
    """
    content, style = checked_picture("content", content), checked_picture("style", style)
    datasets.check_whole("steps", "how often the cloud is moved", steps, 0)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    random = np.random.default_rng(seed)
    colours, goal = content.reshape(-1, 3).astype(float), style.reshape(-1, 3).astype(float)
    for _ in range(steps):
        # The columns of Q are a random turn of the axes, evenly drawn up to signs, which sorting does not mind.
        axes = np.linalg.qr(random.normal(size=(3, 3)))[0]
        ours, theirs = colours @ axes, goal @ axes
        moved = [transport.moved(one, other) for one, other in zip(ours.T, theirs.T, strict=True)]
        colours = np.stack(moved, axis=1) @ axes.T
    return colours.clip(-1, 1).astype("float32").reshape(content.shape)
