"""Drawing images with a generator, trained here or loaded from a file."""

from __future__ import annotations

import keras
import numpy as np

from course_lib import CourseError


def generate(
    generator: keras.Model,
    latents: np.ndarray,
    labels: np.ndarray | None = None,
    batch_size: int = 256,
) -> np.ndarray:
    """Run a generator in inference mode: (N, latent_size) to float32 images (N, height, width, channels).

    labels: int (N,), for a generator that takes them. Raises CourseError if the latents are not of the generator's
    size, or if labels are missing or too many.
    """
    latents = np.asarray(latents, "float32")
    size = generator.inputs[0].shape[-1]
    if latents.ndim != 2 or latents.shape[1] != size:
        raise CourseError(f"This generator takes latents of shape (count, {size}), not {latents.shape}.")
    if (labels is not None) != (len(generator.inputs) == 2):
        wanted = "needs a label for each image" if labels is None else "draws without labels: leave them out"
        raise CourseError(f"This generator {wanted}.")
    inputs = [latents] if labels is None else [latents, np.asarray(labels, "int32")]
    pieces = []
    for start in range(0, len(latents), batch_size):
        batch = [part[start : start + batch_size] for part in inputs]
        pieces.append(np.asarray(generator(batch if len(batch) > 1 else batch[0], training=False), "float32"))
    return np.concatenate(pieces)
