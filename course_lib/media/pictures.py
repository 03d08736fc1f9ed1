"""Images as pixels: to uint8, many on one canvas, and into PNG files. NumPy and Pillow only.

save_png(images, "samples.png")
"""

from __future__ import annotations

import io
import math
import os

import numpy as np
from PIL import Image

from course_lib import CourseError
from course_lib.files import replacing

GAP = 2  # white pixels between two images of a grid


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Images as uint8 pixels 0..255: from floats in [-1, 1], or uint8 returned as they are.

    -1 becomes 0 and +1 becomes 255, rounded to nearest. Raises CourseError for values outside [-1, 1].
    """
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    images = images.astype("float32")
    low, high = (float(images.min()), float(images.max())) if images.size else (0.0, 0.0)
    if not (low >= -1.001 and high <= 1.001):  # also true of NaN
        found = f"these go from {low:.3g} to {high:.3g}"
        raise CourseError(f"Images to draw must lie in [-1, 1] (or be uint8), but {found}.")
    return np.clip(np.rint((images + 1) * 127.5), 0, 255).astype("uint8")


def tile(images: np.ndarray, columns: int | None = None, gap: int = GAP) -> np.ndarray:
    """One picture of many: images (N, height, width[, 1 or 3]) row by row, `gap` white pixels apart.

    Returns uint8 of shape (H, W) for grey images and (H, W, 3) for colour. Without `columns`, up to eight
    images stand in one row and more make a square.
    """
    pixels = to_uint8(images)
    if pixels.ndim == 4 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim not in (3, 4) or not len(pixels) or (pixels.ndim == 4 and pixels.shape[-1] != 3):
        raise CourseError(
            f"A grid takes images of shape (N, height, width, 1 or 3), but these have {np.shape(images)}."
        )
    count, height, width = pixels.shape[:3]
    columns = min(columns or default_columns(count), count)
    rows = math.ceil(count / columns)
    canvas = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, *pixels.shape[3:]), 255, dtype="uint8"
    )
    for index, image in enumerate(pixels):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        canvas[top : top + height, left : left + width] = image
    return canvas


def default_columns(count: int) -> int:
    """Up to eight images stand in one row; more make a square."""
    return count if count <= 8 else math.ceil(math.sqrt(count))


def save_png(images: np.ndarray, path: str | os.PathLike, columns: int | None = None, scale: int = 2) -> None:
    """Write the images as one PNG grid, each pixel `scale` x `scale` dots; atomic."""
    with replacing(path) as temporary:
        temporary.write_bytes(png(tile(images, columns), scale))


def png(pixels: np.ndarray, scale: int = 1) -> bytes:
    """uint8 pixels (height, width[, 3]) as a PNG file, each `scale` x `scale` dots."""
    buffer = io.BytesIO()
    enlarge(pixels, scale).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def enlarge(pixels: np.ndarray, scale: int) -> Image.Image:
    """uint8 pixels (height, width[, 3]) as a picture in which each is `scale` x `scale` dots."""
    return Image.fromarray(pixels.repeat(scale, axis=0).repeat(scale, axis=1))
