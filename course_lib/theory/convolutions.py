"""Convolutions that shrink and enlarge pictures, written out in NumPy so that they can be read.

    enlarged = transposed_convolution(pictures, kernel, stride=2)        # learned stamps
    enlarged = convolution(nearest(pictures, 2), kernel)                 # resize, then convolve

Pictures are (batch, height, width, channels). The values, shapes and layouts of kernels are those of Keras's `Conv2D`
and `Conv2DTranspose`: the same array serves a convolution from a to b channels and its transpose from b to a.
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError


def output_side(side: int, kernel: int, stride: int, padding: str = "same", transposed: bool = False) -> int:
    """How many pixels a side of `side` pixels becomes.

    Raises CourseError for an unknown padding, and where a "valid" kernel is longer than the side.
    """
    _check_padding(padding)
    if transposed:
        return side * stride if padding == "same" else (side - 1) * stride + max(kernel, stride)
    if padding == "same":
        return -(-side // stride)
    if kernel > side:
        raise CourseError(f"A kernel of {kernel} finds no place on {side} pixels without padding.")
    return (side - kernel) // stride + 1


def convolution(
    pictures: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: str = "same"
) -> np.ndarray:
    """Slide `kernel` (height, width, channels in, channels out) over pictures, `stride` pixels at a time."""
    sides = pictures.shape[1:3]
    out = [output_side(n, k, stride, padding) for n, k in zip(sides, kernel.shape[:2], strict=True)]
    if padding == "same":
        missing = [
            max((m - 1) * stride + k - n, 0) for m, k, n in zip(out, kernel.shape[:2], sides, strict=True)
        ]
        pictures = np.pad(pictures, [(0, 0), *((p // 2, p - p // 2) for p in missing), (0, 0)])
    result = np.zeros((len(pictures), *out, kernel.shape[3]))
    for row, column in np.ndindex(kernel.shape[:2]):
        rows, columns = _every(stride, row, out[0]), _every(stride, column, out[1])
        result += pictures[:, rows, columns] @ kernel[row, column]
    return result


def transposed_convolution(
    pictures: np.ndarray, kernel: np.ndarray, stride: int = 2, padding: str = "same"
) -> np.ndarray:
    """Stamp `kernel` (height, width, channels out, channels in) at every pixel, `stride` pixels apart, and add up."""
    _check_padding(padding)
    sides = pictures.shape[1:3]
    whole = [output_side(n, k, stride, "valid", True) for n, k in zip(sides, kernel.shape[:2], strict=True)]
    result = np.zeros((len(pictures), *whole, kernel.shape[2]))
    for row, column in np.ndindex(kernel.shape[:2]):
        rows, columns = _every(stride, row, sides[0]), _every(stride, column, sides[1])
        result[:, rows, columns] += pictures @ kernel[row, column].T
    if padding == "valid":
        return result
    cuts = [max(k - stride, 0) // 2 for k in kernel.shape[:2]]
    rows, columns = (slice(cut, cut + n * stride) for cut, n in zip(cuts, sides, strict=True))
    return result[:, rows, columns]


def nearest(pictures: np.ndarray, factor: int = 2) -> np.ndarray:
    """Every pixel becomes a block of factor x factor equal ones, as `UpSampling2D` does it."""
    return pictures.repeat(factor, axis=1).repeat(factor, axis=2)


def repeating_share(pictures: np.ndarray, period: int = 2) -> float:
    """The share, in 0..1, of the pixels' variance that is one and the same tile of period x period pixels.

    pictures: (N, height, width), any values; rows and columns that do not fill a tile are left out. Each picture has a
    tile of its own; numerator and denominator are averaged over the pictures. Of noise without any pattern about
    (period^2 - 1) / (height * width) is left by chance.
    """
    pictures = np.asarray(pictures, dtype=float)
    height, width = (side // period * period for side in pictures.shape[1:])
    pictures = pictures[:, :height, :width]
    tiles = pictures.reshape(-1, height // period, period, width // period, period).mean(axis=(1, 3))
    variance = pictures.var(axis=(1, 2)).mean()
    return float(tiles.var(axis=(1, 2)).mean() / variance) if variance > 0 else 0.0


def _every(stride: int, first: int, count: int) -> slice:
    """`count` places, `stride` apart, from `first` on."""
    return slice(first, first + (count - 1) * stride + 1, stride)


def _check_padding(padding: str) -> None:
    if padding not in ("same", "valid"):
        raise CourseError(f'padding is "same" or "valid", not {padding!r}.')
