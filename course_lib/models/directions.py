"""The main directions of a generator: where a step in latent space changes its pictures most, found without sampling.

    directions = main_directions(generator, 6)            # (6, latent_size)
    row = generate(generator, z + np.linspace(-3, 3, 7)[:, None] * directions[0])

SeFa (Shen & Zhou 2021, "Closed-Form Factorization of Latent Semantics in GANs", section 3.2): all that a generator
learns of its latents z, it learns through the first layer, W^T z. So take the unit vectors n for which |W^T n| is
largest: the eigenvectors of W W^T. GANSpace (Härkönen et al. 2020, "GANSpace: Discovering Interpretable GAN Controls",
section 2.1) draws many latents and takes the principal components of an early layer's answers; as the latents are
N(0, I), the first layer's answers have these same directions.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np

from course_lib import CourseError


def main_directions(generator: keras.Model, count: int = 6) -> np.ndarray:
    """Unit vectors at right angles, float64 (count, latent_size), the one that changes most first.

    generator: takes latents (batch, latent_size), or latents and labels, and begins with a dense layer; a vector that
    stands for the label may be laid behind the latents. The signs are chosen such that the largest number of each
    direction is positive. Latents N(0, I) have the coordinate N(0, 1) along each of them.

    Raises CourseError if the generator does not begin so, if count is not in 1..latent_size, or if weights are not
    finite.
    """
    size = generator.inputs[0].shape[-1]
    if not 1 <= count <= size:
        raise CourseError(f"Latents of {size} numbers have 1 to {size} directions, not {count}.")
    first = next(_with_weights(generator), None)
    if not isinstance(first, keras.layers.Dense) or first.kernel.shape[0] < size:
        raise CourseError(
            "Main directions are read from the dense layer that a generator begins with, and this one begins with "
            f"{type(first).__name__}: give one that takes its latents through a dense layer."
        )
    kernel = np.asarray(first.kernel, "float64")[:size]
    if not np.isfinite(kernel).all():
        raise CourseError(
            "The generator's first layer holds numbers that are not finite: its training broke."
        )
    directions = np.linalg.svd(kernel, full_matrices=False)[0].T[:count]
    largest = np.abs(directions).argmax(axis=1)
    return directions * np.sign(directions[np.arange(len(directions)), largest])[:, np.newaxis]


def _with_weights(network: keras.Model) -> Iterator[keras.layers.Layer]:
    """The layers that weigh something, networks inside networks taken apart; a table of classes does not count."""
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from _with_weights(layer)
        elif layer.weights and not isinstance(layer, keras.layers.Embedding):
            yield layer
