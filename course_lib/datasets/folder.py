"""Pictures of one's own: a folder of PNG or JPEG files as an array that a GAN can learn from.

    images = from_folder("my_pictures", side=32)                      each picture, its middle square
    images = crops_from_folder("my_pictures", side=64, count=2000)    many random squares of a few large pictures

Files come in all sizes and modes. Each is turned upright as its EXIF entry says, laid on white where it is
transparent, made RGB, cut square and resized. NumPy and Pillow only.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.images import scale

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
LARGEST_SIDE = 1024
NAMED = 5
"""Files that a warning names."""
MOST_PIXELS = 64_000_000
"""A picture larger than that is left out: decoded it would take a quarter of the memory that Binder gives."""


def from_folder(folder: str | os.PathLike, side: int, pattern: str = "*") -> np.ndarray:
    """The pictures of a folder, sorted by name: float32 (n, side, side, 3) in [-1, 1].

    Of each the middle square is kept, so nothing is squeezed. Subfolders and hidden files are passed over.
    pattern: which files, as in the shell, such as "cat_*".

    A file that cannot be read, or has more than `MOST_PIXELS`, is left out, with a warning that names it. Raises
    CourseError if there is no such folder, or no picture in it that can be read.
    """
    check_whole("side", "the length of a picture's edge in pixels", side, 1, LARGEST_SIDE)
    squares = _read_all(
        folder, pattern, side, lambda image: ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    )
    return scale(np.stack([np.asarray(square) for square in squares]))


def crops_from_folder(
    folder: str | os.PathLike,
    side: int,
    count: int,
    seed: int = 0,
    shares: tuple[float, float] = (0.3, 0.6),
    pattern: str = "*",
) -> np.ndarray:
    """`count` random squares of a folder's pictures: float32 (count, side, side, 3) in [-1, 1].

    Few large pictures become many small ones. Each crop is of a picture, at a place and with a side drawn at random
    from `seed`: between `shares` of the picture's shorter side. The same files and numbers give the same crops.
    Raises CourseError and warns as `from_folder` does, and for shares that are not 0 < smallest <= largest <= 1.
    """
    check_whole("side", "the length of a picture's edge in pixels", side, 1, LARGEST_SIDE)
    check_whole("count", "how many crops are wanted", count, 1)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    try:
        smallest, largest = map(float, shares)
    except (TypeError, ValueError):
        smallest, largest = 0.0, 0.0
    if not 0 < smallest <= largest <= 1:
        raise CourseError(f"shares are two numbers with 0 < smallest <= largest <= 1, not {shares}.")
    # So large that the smallest crop still has side x side pixels, and no larger: all of them are kept in memory.
    shorter = round(side / smallest)
    pictures = _read_all(folder, pattern, shorter, lambda image: _shrink(image, shorter))
    random = np.random.default_rng(seed)
    crops = np.empty((count, side, side, 3), "uint8")
    for index in range(count):
        picture = pictures[random.integers(len(pictures))]
        edge = random.uniform(smallest, largest) * min(picture.size)
        left, top = (random.uniform(0, length - edge) for length in picture.size)
        box = (left, top, left + edge, top + edge)
        crops[index] = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC, box))
    return scale(crops)


def _read_all(
    folder: str | os.PathLike, pattern: str, least: int, change: Callable[[Image.Image], Image.Image]
) -> list[Image.Image]:
    """Every picture of the folder that can be read, as RGB, after `change`; a warning names the others."""
    paths = _paths(Path(folder).expanduser(), pattern)
    pictures, left_out = [], []
    for path in paths:
        try:
            pictures.append(change(upright(path, least)))
        except UnidentifiedImageError:
            left_out.append(f"{path.name} (not a picture, whatever its name says)")
        except Exception as error:  # damaged files raise whatever Pillow's decoders happen to meet
            left_out.append(f"{path.name} ({' '.join(str(error).split()) or type(error).__name__})")
    if not pictures:
        raise CourseError(f"Not one of the {len(paths)} pictures in {folder} can be read: {left_out[0]}.")
    if left_out:
        more = f"; and {len(left_out) - NAMED} more" if len(left_out) > NAMED else ""
        named = "; ".join(left_out[:NAMED])
        warnings.warn(f"{len(left_out)} of {len(paths)} left out: {named}{more}", stacklevel=3)
    return pictures


def _paths(folder: Path, pattern: str) -> list[Path]:
    """The picture files in a folder, sorted by name."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise CourseError(f"The folder {folder} {what}; looked for from {Path.cwd()}.")
    visible = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    paths = [path for path in visible if path.suffix.lower() in ENDINGS and fnmatch(path.name, pattern)]
    if not paths:
        endings = Counter(path.suffix or "no ending" for path in visible).most_common(3)
        found = ", ".join(f"{number} x {ending}" for ending, number in endings) or "no file at all"
        raise CourseError(
            f"No file {pattern} in {folder} ends in {', '.join(ENDINGS)}; there is {found}. Pictures of other kinds "
            "(.heic, .gif) must be exported as JPEG or PNG first, and subfolders are not looked into."
        )
    return paths


def upright(path: Path, least: int) -> Image.Image:
    """One file as an upright RGB picture on white. A JPEG may come smaller, with no side below `least`.

    Raises CourseError for more than `MOST_PIXELS`, and whatever Pillow raises for files that it cannot decode.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST_PIXELS is stricter
        with Image.open(path) as file:
            if file.width * file.height > MOST_PIXELS:
                raise CourseError(f"{file.width} x {file.height} pixels are too many, shrink it first")
            file.draft(None, (2 * least, 2 * least))  # photographs are decoded several times faster
            image = ImageOps.exif_transpose(file)
            if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would cut off at 255
                image = Image.fromarray((np.asarray(image, "int64") >> 8).clip(0, 255).astype("uint8"))
            image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _shrink(image: Image.Image, shorter: int) -> Image.Image:
    """The picture with a shorter side of at most `shorter` pixels."""
    factor = shorter / min(image.size)
    if factor >= 1:
        return image
    return image.resize(
        [max(shorter, round(factor * length)) for length in image.size], Image.Resampling.LANCZOS
    )
