"""Colours as numbers in three ways: as a screen is told them, as light, and as far apart as they look.

    lab = to_lab(images)                        L* from 0 (black) to 100 (white), a* and b* about -100 to 100
    np.linalg.norm(to_lab(one) - to_lab(other), axis=-1)        the colour difference; about 2 can just be seen

sRGB's curve and matrix: IEC 61966-2-1 (1999). CIELAB of 1976 for its white, D65: CIE 15. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError

Array = np.ndarray
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
KNEE = 6 / 29
"""Where the cube root of CIELAB goes over into a straight line, which has a slope at 0."""


def to_linear(images: ArrayLike) -> Array:
    """Colours (..., 3) in [-1, 1] as the amounts of red, green and blue light, float64 (..., 3) in [0, 1].

    Only light adds up: the mean of two colours, an edge that is half covered. Raises CourseError for other shapes and
    values.
    """
    values = (_colours("Colours", images, -1, 1) + 1) / 2
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def from_linear(light: ArrayLike) -> Array:
    """Light (..., 3) in [0, 1] as colours, float64 (..., 3) in [-1, 1]. Raises CourseError as `to_linear` does."""
    light = _colours("Amounts of light", light, 0, 1)
    values = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return 2 * values - 1


def to_lab(images: ArrayLike) -> Array:
    """Colours (..., 3) in [-1, 1] as L*, a*, b*, float64 (..., 3). Raises CourseError as `to_linear` does."""
    share = to_linear(images) @ TO_XYZ.T / WHITE
    x, y, z = np.moveaxis(np.where(share > KNEE**3, np.cbrt(share), share / (3 * KNEE**2) + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab: ArrayLike) -> Array:
    """L*, a*, b* (..., 3) as colours, float64 (..., 3) in [-1, 1].

    What no screen can show is brought to its range by cutting off each light. Raises CourseError for other shapes, and
    for numbers beyond 1000, NaN among them.
    """
    lightness, a, b = np.moveaxis(_colours("L*, a*, b*", lab, -1000, 1000), -1, 0)
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    share = np.where(f > KNEE, f**3, 3 * KNEE**2 * (f - 4 / 29))
    return from_linear(np.clip(share * WHITE @ np.linalg.inv(TO_XYZ).T, 0, 1))


def _colours(what: str, values: ArrayLike, low: float, high: float) -> Array:
    """The values as float64 (..., 3); a thousandth beyond the limits is brought back, as rounding leaves it."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of several lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "fiu" or array.shape[-1:] != (3,) or not array.size:
        raise CourseError(
            f"{what} are numbers (..., 3), and these have the type {array.dtype} and the shape {array.shape}."
        )
    least, most = float(array.min()), float(array.max())
    if not (low - 0.001 <= least and most <= high + 0.001):  # NaN is not
        raise CourseError(f"{what} lie in [{low}, {high}], and these go from {least:.3g} to {most:.3g}.")
    return np.clip(array.astype(float), low, high)
