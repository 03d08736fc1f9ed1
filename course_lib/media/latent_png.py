"""A drawn picture that remembers its latent: a PNG file like any other, with the numbers in a text chunk.

save(image, z, "boot.png")
z, label = load("boot.png")
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from course_lib import CourseError
from course_lib.files import replacing
from course_lib.media import pictures

KEY = "GAN latent"
SCALE = 4  # dots a pixel
GREATEST = 1000.0  # no number of a latent is so large; 1e39 would make NaN of the picture


def save(image: np.ndarray, latent: np.ndarray, path: str | os.PathLike, label: int | None = None) -> None:
    """Write an image (height, width[, 1 or 3]) in [-1, 1] with its latent (d,), and the class it was drawn as; atomic.

    A file that was saved so before is replaced. Raises CourseError for a name that does not end in .png, for another
    file in this place, and where it cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise CourseError(f"A picture is saved as a PNG file, so its name ends in .png, and {path} does not.")
    if path.exists():
        try:
            load(path)
        except CourseError as error:
            raise CourseError(
                f"{path} is there already and was not saved by this panel: choose another name."
            ) from error
    text = PngInfo()
    text.add_text(KEY, json.dumps({"latent": np.asarray(latent, "float64").tolist(), "label": label}))
    picture = pictures.enlarge(pictures.tile(np.asarray(image)[np.newaxis]), SCALE)
    try:
        with replacing(path) as temporary:
            picture.save(temporary, format="PNG", pnginfo=text)
    except OSError as error:
        raise CourseError(f"Cannot write {path}: {error.strerror or error}.") from error


def load(path: str | os.PathLike) -> tuple[np.ndarray, int | None]:
    """The latent, float64 (d,), and the class or None, out of a file that `save` wrote.

    Raises CourseError if there is no such file, or none with a latent in it: another picture, or a damaged one.
    """
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            found = picture.info.get(KEY)
    except FileNotFoundError as error:
        raise CourseError(f"There is no file {path}: save a picture first, or mend the name.") from error
    # what is no PNG, or a bomb, makes Pillow raise many things; OSError among them
    except Exception as error:
        raise CourseError(f"{path} is not a PNG file that can be read: choose one saved here.") from error
    if found is None:
        raise CourseError(f"{path} is a picture without a latent in it: choose one saved here.")
    try:
        saved = json.loads(found)
        latent, label = saved["latent"], saved["label"]
        # type() and not isinstance: True counts as an int
        # NaN fails the comparison too
        is_whole = all(type(number) in (int, float) and abs(number) <= GREATEST for number in latent)
        if not latent or not is_whole or not (label is None or (type(label) is int and label >= 0)):
            raise ValueError("other things than numbers")
        return np.array(latent, "float64"), label
    # text from anywhere: wrong JSON, other types, numbers too large, nested too deep
    except Exception as error:
        raise CourseError(f"The latent in {path} is damaged: choose another file.") from error
