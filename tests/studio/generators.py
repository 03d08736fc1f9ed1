"""Small generators for the tests of the studio, their weights drawn at random: batch norm has something to do."""

from __future__ import annotations

import keras
import numpy as np

from course_lib.models import networks


def shaken(generator: keras.Model, seed: int = 0) -> keras.Model:
    """The generator with other weights: as they start, every batch norm does nothing and every bias is 0."""
    random = np.random.default_rng(seed)
    for layer in generator.layers:
        if isinstance(layer, keras.Model):
            shaken(layer, seed)
        for weight in layer.weights if not isinstance(layer, keras.Model) else ():
            positive = "variance" in weight.name or "gamma" in weight.name
            drawn = (
                random.uniform(0.5, 1.5, weight.shape) if positive else random.normal(0, 0.3, weight.shape)
            )
            weight.assign(drawn)
    return generator


def small(classes: int | None = None, **options: object) -> keras.Model:
    """Colour pictures of 16 x 12 from 5 latents."""
    return shaken(networks.dcgan_generator((16, 12, 3), 5, width=4, classes=classes, **options))


def chain(*layers: keras.layers.Layer, latent_size: int = 5) -> keras.Model:
    """A generator of these layers, weights drawn at random."""
    return shaken(keras.Sequential([keras.Input((latent_size,)), *layers]))
