"""How far the fakes are from the data: modes covered, KL and JS; inside TensorFlow, so that a compiled loop measures.

Densities on a smoothed grid. The plane [-4, 4]^2 is cut into 40 x 40 cells of side 0.2. Each sample is smoothed with a
Gaussian of deviation `BANDWIDTH` = 0.2 (one cell), and its density at the middle of each cell, times the cell's area,
is what it adds to that cell: a kernel density estimate read at the cells, which is what a histogram smoothed by a
Gaussian becomes as its bins get fine. Mass that falls outside of the plane goes into one more cell, so that all add up
to 1. The fakes are 2,000 (the same noise each time); the real points 20,000, drawn once.

KL is KL(p_data || p_g): it is large when the fakes leave out what the data have. To keep it finite, p_g is first mixed
with 0.1 per cent of the uniform distribution over the cells (`FLOOR`). JS needs no floor. Both are in nats: JS goes
from 0 to log 2 = 0.69. Since the fakes are a sample, not even a perfect generator gets 0: real points in their place
get KL and JS of about 0.01.

Kernel density estimates: Silverman, "Density Estimation for Statistics and Data Analysis", 1986, chapter 4. KL and JS:
Lin, "Divergence measures based on the Shannon entropy", 1991.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

Tensor = tf.Tensor
SAMPLES = 2_000
EDGE, CELLS = 4.0, 40
SIDE = 2 * EDGE / CELLS
MIDDLES = np.linspace(-EDGE + SIDE / 2, EDGE - SIDE / 2, CELLS)
BANDWIDTH = 0.2
FLOOR = 1e-3
LEAST_SHARE = 0.1  # of its fair share, as in `scores.metrics.modes_covered`
RADIUS = 3.0  # deviations around a mode's centre


def density(points: Tensor) -> Tensor:
    """The mass of points (n, 2) in each cell, and outside as the last: float64 (CELLS * CELLS + 1,), adding up to 1."""
    # A Gaussian in the plane is one in x times one in y, so all cells come from one product of two matrices.
    across, up = (
        tf.exp(-(((points[:, axis, None] - MIDDLES) / BANDWIDTH) ** 2) / 2)
        * (SIDE / (BANDWIDTH * np.sqrt(2 * np.pi)))
        for axis in (0, 1)
    )
    count = tf.cast(tf.shape(points)[0], points.dtype)
    cells = tf.reshape(tf.matmul(up, across, transpose_a=True) / count, (-1,))
    outside = tf.maximum(1 - tf.reduce_sum(cells), 0)
    return tf.concat([cells, [outside]], axis=0)


def kullback_leibler(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) of masses (cells,), with 0 log 0 = 0; q must be positive where p is."""
    return tf.reduce_sum(tf.math.xlogy(p, p) - tf.math.xlogy(p, q))


def floored(q: Tensor) -> Tensor:
    """q mixed with a little of the uniform distribution."""
    return (1 - FLOOR) * q + FLOOR / tf.cast(tf.size(q), q.dtype)


def divergences(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """KL(real || fake) and JS of two densities as `density` gives them."""
    middle = (real + fake) / 2
    js = (kullback_leibler(real, middle) + kullback_leibler(fake, middle)) / 2
    return kullback_leibler(real, floored(fake)), js


def modes_covered(points: Tensor, centres: Tensor, radius: Tensor) -> Tensor:
    """How many modes, centres (m, 2), the points (n, 2) reach, each with a tenth of its fair share within the radius.

    As `scores.metrics.modes_covered` of `nearest_mode`; no two modes may be nearer than twice the radius.
    """
    distances = tf.norm(points[:, None] - centres[None], axis=2)
    found = tf.reduce_sum(tf.cast(distances <= radius, points.dtype), axis=0)
    fair = tf.cast(tf.shape(points)[0], points.dtype) / tf.cast(tf.shape(centres)[0], points.dtype)
    return tf.reduce_sum(tf.cast(found >= tf.maximum(LEAST_SHARE * fair, 1), points.dtype))
