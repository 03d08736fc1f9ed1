"""Single pictures: the bundled paintings and photographs by name, and a photograph of one's own from a file.

    style = painting("hokusai_great_wave")        float32 (173, 256, 3) in [-1, 1]
    content = photo("coffee")
    mine = from_file("holiday.jpg")

One picture is an array (height, width, 3), without the axis of a batch. NumPy and Pillow only.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified
from course_lib.datasets.checking import check_whole
from course_lib.datasets.folder import upright
from course_lib.datasets.images import scale

LEAST_EDGE = 32
"""A picture with a shorter edge is refused: at half its size there would hardly be a patch to speak of."""
LONGEST = 2048
PAINTINGS = (
    *("arcimboldo_librarian", "arcimboldo_spring", "bazille_aigues_mortes", "bellini_pesaro"),
    *("bruegel_harvesters", "cassatt_summertime", "durer_lion", "hiroshige_fish", "hiroshige_snow"),
    *("hokusai_ejiri", "hokusai_fan", "hokusai_great_wave", "hokusai_kazusa", "hokusai_oiran"),
    *("hokusai_poppies", "hokusai_ryogoku", "kandinsky_composition_viii", "leonardo_mona_lisa"),
    *("renoir_moulin", "renoir_piano", "van_gogh_auvers"),
)
PHOTOS = ("astronaut", "cat", "coffee")


def painting(name: str, longest: int = 256) -> np.ndarray:
    """One of `PAINTINGS`, float32 (height, width, 3) in [-1, 1], its longer edge `longest` pixels, or its own length
    if that is less (none is below 400). Raises CourseError for other names."""
    return _bundled("paintings", name, PAINTINGS, longest)


def photo(name: str, longest: int = 256) -> np.ndarray:
    """One of `PHOTOS`, as `painting`."""
    return _bundled("photos", name, PHOTOS, longest)


def painting_facts(name: str) -> dict[str, str]:
    """What is known of one of `PAINTINGS`: "artist", "title" and "year"."""
    _check_name("paintings", name, PAINTINGS)
    table = csv.DictReader(io.StringIO(read_verified("paintings/paintings.csv").decode("utf-8")))
    row = next(row for row in table if row["file"] == f"{name}.webp")
    return {fact: row[fact] for fact in ("artist", "title", "year")}


def from_file(
    path: str | os.PathLike, longest: int = 256, say: Callable[[str], object] | None = print
) -> np.ndarray:
    """A picture of one's own: float32 (height, width, 3) in [-1, 1], its longer edge at most `longest` pixels.

    Turned upright as its EXIF entry says, laid on white where it is transparent, made RGB if it is grey. A larger one
    is shrunk, and `say` gets a line about that; a smaller one keeps its size. Raises CourseError, in one line, if there
    is no such file, if it is no picture, has too many pixels to be decoded here, or an edge below 32 pixels.
    """
    check_whole("longest", "the length of the longer edge in pixels", longest, LEAST_EDGE, LONGEST)
    if not isinstance(path, str | os.PathLike):
        raise CourseError(
            f"from_file takes the path of a file, such as 'holiday.jpg', not a {type(path).__name__}."
        )
    path = Path(path).expanduser()
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else f"does not exist; looked for from {Path.cwd()}"
        raise CourseError(f"The picture {path} {what}.")
    try:
        with Image.open(path) as file:
            size = file.size
        image = upright(path, longest)
    except UnidentifiedImageError:
        raise CourseError(
            f"{path.name} is not a picture that can be read here; save it as JPEG or PNG first."
        ) from None
    except Exception as error:  # damaged files raise whatever Pillow's decoders happen to meet
        reason = " ".join(str(error).split()) or type(error).__name__
        raise CourseError(f"{path.name} cannot be read: {reason.rstrip('.')}.") from error
    if (image.width < image.height) != (size[0] < size[1]):  # EXIF laid it on its side
        size = size[::-1]
    shrunk = _shrunk(image, longest)
    if min(shrunk.size) < LEAST_EDGE:
        raise CourseError(
            f"{path.name} would be {shrunk.width} x {shrunk.height} pixels, and no edge may be below {LEAST_EDGE}: "
            f"take a larger or less narrow picture{'' if min(size) < LEAST_EDGE else ', or a larger `longest`'}."
        )
    if say is not None and shrunk.size != size:
        say(f"{path.name}: {size[0]} x {size[1]} pixels, shrunk to {shrunk.width} x {shrunk.height}.")
    return scale(np.asarray(shrunk))


def _bundled(folder: str, name: str, names: tuple[str, ...], longest: int) -> np.ndarray:
    check_whole("longest", "the length of the longer edge in pixels", longest, LEAST_EDGE, LONGEST)
    _check_name(folder, name, names)
    image = Image.open(io.BytesIO(read_verified(f"{folder}/{name}.webp"))).convert("RGB")
    return scale(np.asarray(_shrunk(image, longest)))


def _check_name(folder: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.4)
        offer = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(names)}."
        raise CourseError(f"There is no {name!r} among the {folder}; {offer}")


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """The picture with a longer edge of at most `longest` pixels."""
    factor = longest / max(image.size)
    if factor >= 1:
        return image
    size = [max(1, round(factor * length)) for length in image.size]
    return image.resize(size, Image.Resampling.LANCZOS)
