"""The small feature networks behind the scores: what a classifier notices about an image, as 64 numbers.

A network is trained once to name the classes of real images (`data/make_feature_network.py`, its result in
`data/pretrained/`). The layer before its last then serves as a measure of likeness: images that look alike to
somebody who can tell garments apart have close features, however their pixels differ.
"""

from __future__ import annotations

import functools
import io
import json

import keras
import numpy as np
from keras import layers

from course_lib import CourseError, datasets
from course_lib.datasets.bundled import read_verified

SIZE = 64
BATCH = 500
NAMES = ("fashion_mnist", "emoji")


@functools.cache
def load(dataset: str) -> FeatureNetwork:
    """The trained network for one of `NAMES`. Raises CourseError for others, or if its files are damaged."""
    if dataset not in NAMES:
        raise CourseError(f"There is no feature network for {dataset!r}, only for {' and '.join(NAMES)}.")
    report = json.loads(read_verified(f"pretrained/{dataset}_features.json"))
    with np.load(io.BytesIO(read_verified(f"pretrained/{dataset}_features.npz"))) as arrays:
        weights = [arrays[f"weight_{index:02}"] for index in range(len(arrays.files) - 1)]
        test_features = arrays["test_features"].astype("float32")
    # Zeros instead of random numbers: loading a network must not move anybody's random state.
    network = build(tuple(report["image_shape"]), report["classes"], initializer="zeros")
    network.set_weights(weights)
    return FeatureNetwork(network, test_features, report)


class FeatureNetwork:
    """A trained classifier that also shows its penultimate layer.

    test_features: float32 (M, 64), of the dataset's test images, rounded to half precision;
    report: how it was trained, its test accuracy, and the two ends of its scores.

    Whatever it looks at must be images (N, height, width, channels) in [-1, 1]: CourseError for another shape, pixels
    in 0..255, values outside and NaN; a warning where a hundred or more have no value below 0, as images in 0..1 would.
    """

    def __init__(self, network: keras.Model, test_features: np.ndarray, report: dict) -> None:
        self.network = network
        self.test_features = test_features
        self.report = report

    def features(self, images: np.ndarray) -> np.ndarray:
        """Features (N, 64), float32 and never negative, of images (N, height, width, channels) in [-1, 1]."""
        return self._run(images)[0]

    def classes(self, images: np.ndarray) -> np.ndarray:
        """The most likely class of each image, int (N,)."""
        return self._run(images)[1].argmax(axis=1)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """The class probabilities of each image, float32 (N, classes)."""
        logits = self._run(images)[1]
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def _run(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        images = datasets.check_numbers("images", images)
        expected = self.network.input_shape[1:]
        if images.shape[1:] != expected or not len(images):
            shape = ", ".join(map(str, expected))
            raise CourseError(f"This feature network looks at images (N, {shape}), but got {images.shape}.")
        datasets.check_images(images, part=True)
        datasets.warn_if_scaled_to_one(images)
        images = images.astype("float32", copy=False)
        # Called directly: predict() would first compile a function, which takes longer than the work itself.
        batches = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
        outputs = [self.network(batch, training=False) for batch in batches]
        return tuple(
            np.concatenate([np.asarray(part) for part in parts]) for parts in zip(*outputs, strict=True)
        )


def build(image_shape: tuple[int, int, int], classes: int, initializer: str = "he_normal") -> keras.Model:
    """The untrained network: images -> [features (64), logits (classes)], in float32 under any global policy.

    Batch normalisation before each ReLU keeps every feature alive and of size one, so that no few of them rule
    the distances.
    """
    options = {"use_bias": False, "kernel_initializer": initializer, "dtype": "float32"}

    def normalised(x: keras.KerasTensor) -> keras.KerasTensor:
        return layers.ReLU(dtype="float32")(layers.BatchNormalization(momentum=0.9, dtype="float32")(x))

    images = keras.Input(image_shape, dtype="float32")
    x = normalised(layers.Conv2D(32, 5, strides=2, padding="same", **options)(images))
    x = normalised(layers.Conv2D(64, 3, strides=2, padding="same", **options)(x))
    x = normalised(layers.Conv2D(64, 3, padding="same", **options)(x))
    x = layers.Dropout(0.3, seed=1, dtype="float32")(layers.Flatten(dtype="float32")(x))
    features = normalised(layers.Dense(SIZE, **options)(x))
    x = layers.Dropout(0.3, seed=2, dtype="float32")(features)
    logits = layers.Dense(classes, kernel_initializer=initializer, dtype="float32")(x)
    return keras.Model(images, [features, logits], name="feature_network")
