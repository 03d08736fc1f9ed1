"""A sprite sheet: many small pictures in one PNG file with a transparent ground, and a table that says where each is.

    cut = cut_out(sprites)
    save_sheet("sheet.png", cut.images, cut.alpha, names)           writes sheet.png and sheet.json

The table is in the format that TexturePacker calls "JSON (Hash)", which the game libraries PixiJS and Phaser read.
"""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.media.palettes import check_alpha, colour_images
from course_lib.media.pictures import to_uint8
from course_lib.media.whole_files import write_whole

Array = np.ndarray
LONGEST = 4096
"""Pixels of a side: what every browser and graphics card takes."""


@dataclass(frozen=True, eq=False, repr=False)
class Sheet:
    """pixels: uint8 (height, width, 4), red, green, blue and alpha, 0 where transparent.

    frames: name -> (x, y, width, height) in pixels from the upper left; animations: name -> names of frames in order.
    """

    pixels: Array
    frames: dict[str, tuple[int, int, int, int]]
    animations: dict[str, tuple[str, ...]]

    def png(self) -> bytes:
        """The picture as a PNG file: with a palette where 256 colours are enough, alpha included, else RGBA."""
        buffer = io.BytesIO()
        colours, numbers = np.unique(self.pixels.reshape(-1, 4), axis=0, return_inverse=True)
        if len(colours) > 256:
            Image.fromarray(self.pixels).save(buffer, format="PNG", optimize=True)
            return buffer.getvalue()
        picture = Image.fromarray(numbers.reshape(self.pixels.shape[:2]).astype("uint8"))
        picture.putpalette(colours[:, :3].tobytes(), "RGB")
        picture.save(buffer, format="PNG", compress_level=9, transparency=colours[:, 3].tobytes())
        return buffer.getvalue()

    def table(self, image: str) -> dict[str, Any]:
        """The frames as PixiJS and Phaser read them from JSON; image: the name of the PNG file."""
        height, width = self.pixels.shape[:2]
        frames = {
            name: {
                "frame": {"x": x, "y": y, "w": w, "h": h},
                "rotated": False,
                "trimmed": False,
                "spriteSourceSize": {"x": 0, "y": 0, "w": w, "h": h},
                "sourceSize": {"w": w, "h": h},
            }
            for name, (x, y, w, h) in self.frames.items()
        }
        meta = {"image": image, "format": "RGBA8888", "size": {"w": width, "h": height}, "scale": "1"}
        animations = {name: list(frames) for name, frames in self.animations.items()}
        return {"frames": frames, "animations": animations, "meta": meta}


def lay_out(
    images: Array,
    alpha: Array | None = None,
    names: Sequence[str] | None = None,
    columns: int | None = None,
    animations: Mapping[str, Sequence[str]] | None = None,
    gap: int = 1,
) -> Sheet:
    """The sprites row by row on one sheet, `gap` transparent pixels apart, so that none bleeds into the next.

    images: (n, h, w, 3) in [-1, 1], or uint8; alpha: (n, h, w) in [0, 1], all opaque unless told; names: n different
    texts, "sprite 00" and on unless told; columns: as many as make a square unless told; animations: name -> names of
    its frames in order. Raises CourseError for other arguments, and for a sheet longer than 4096 pixels.
    """
    pixels = to_uint8(colour_images(images))
    count, height, width, _ = pixels.shape
    alpha = np.ones(pixels.shape[:3]) if alpha is None else check_alpha(alpha, pixels.shape[:3])
    check_whole("gap", "how many pixels lie between two sprites", gap, 0, 64)
    columns = math.ceil(math.sqrt(count)) if columns is None else columns
    check_whole("columns", "how many sprites stand side by side", columns, 1)
    names = _names(names, count)
    columns = min(columns, count)
    size = (math.ceil(count / columns) * (height + gap) - gap, columns * (width + gap) - gap)
    if max(size) > LONGEST:
        raise CourseError(
            f"This sheet would have {size[1]:,} x {size[0]:,} pixels, and {LONGEST:,} are possible: use fewer sprites."
        )
    opacity = np.rint(255 * alpha).astype("uint8")[..., np.newaxis]
    sprites = np.where(opacity > 0, np.concatenate([pixels, opacity], axis=-1), 0).astype("uint8")
    sheet, frames = np.zeros((*size, 4), "uint8"), {}
    for place, (name, sprite) in enumerate(zip(names, sprites, strict=True)):
        y, x = place // columns * (height + gap), place % columns * (width + gap)
        sheet[y : y + height, x : x + width] = sprite
        frames[name] = (x, y, width, height)
    return Sheet(sheet, frames, _animations(animations, frames))


def save_sheet(
    path: str | os.PathLike,
    images: Array,
    alpha: Array | None = None,
    names: Sequence[str] | None = None,
    columns: int | None = None,
    animations: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Write the sheet that `lay_out` makes of these, and its table beside it, as .json; each atomic.

    Returns the PNG file's bytes. Raises CourseError as `lay_out` does, for a name that does not end in .png, and where
    a file cannot be written.
    """
    sheet = lay_out(images, alpha, names, columns, animations)
    try:
        path = Path(path)
    except TypeError as error:
        raise CourseError(f"{path!r} is no name of a file: give one, such as 'sheet.png'.") from error
    if path.suffix.lower() != ".png":
        raise CourseError(f"A sheet is saved as a PNG file, so its name ends in .png, and {path} does not.")
    content = sheet.png()
    write_whole(path, content)
    write_whole(path.with_suffix(".json"), (json.dumps(sheet.table(path.name), indent=1) + "\n").encode())
    return content


def _names(names: Sequence[str] | None, count: int) -> list[str]:
    if names is None:
        return [f"sprite {number:02}" for number in range(count)]
    names = list(names) if isinstance(names, list | tuple) else []
    wrong = [name for name in names if not isinstance(name, str) or not name.strip()]
    if wrong or len(names) != count or len(set(names)) != count:
        raise CourseError(f"names are a list of {count} different texts, one a sprite, and these are not.")
    return [str(name) for name in names]


def _animations(
    animations: Mapping[str, Sequence[str]] | None, frames: dict[str, Any]
) -> dict[str, tuple[str, ...]]:
    animations = {} if animations is None else animations
    if not isinstance(animations, Mapping):
        raise CourseError(
            "animations are names, each with a list of the names of its frames, and this is none."
        )
    found = {}
    for name, steps in animations.items():
        steps = tuple(steps) if isinstance(steps, list | tuple) else ()
        known = [isinstance(step, str) and step in frames for step in steps]
        if not isinstance(name, str) or not known or not all(known):
            raise CourseError(
                f"The animation {name!r:.40} is a list of names of frames, and this is another."
            )
        found[name] = steps
    return found
