"""What a latent explorer shows: one image three times as large, a map of images beside it, a walk in a row below.

Everything lies on one grid of cells, so that whoever knows a cell's number knows where it is on the screen.
"""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb

from course_lib.media.pictures import GAP, to_uint8
from course_lib.plots.figures import COLOURS

LARGE = 3  # cells a side of the large image
MAP = 5  # images a side of the map
WALK = LARGE + MAP  # images of the walk: it is as wide as what stands above it


def latent_sheet(images: np.ndarray, on_map: tuple[int, int], on_walk: int | None) -> np.ndarray:
    """The sheet as uint8 pixels (height, width, 3).

    images: (1 + MAP * MAP + WALK, height, width, 1 or 3) in [-1, 1], the large one, the map row by row, the walk.
    on_map: row and column of the image to be framed; on_walk: its number in the walk, or None.
    """
    pixels = to_uint8(images)
    pixels = pixels.repeat(4 - pixels.shape[-1], axis=-1) if pixels.shape[-1] == 1 else pixels
    large, fields, walk = pixels[0], pixels[1 : 1 + MAP * MAP], pixels[1 + MAP * MAP :]
    height, width = large.shape[0] + GAP, large.shape[1] + GAP
    sheet = np.full((GAP + (MAP + 1) * height, GAP + WALK * width, 3), 255, "uint8")

    def put(image: np.ndarray, row: int, column: int, framed: bool = False) -> None:
        top, left = GAP + row * height, GAP + column * width
        if framed:
            frame = (np.array(to_rgb(COLOURS["fake"])) * 255).astype("uint8")
            sheet[top - GAP : top + height, left - GAP : left + width] = frame
        sheet[top : top + image.shape[0], left : left + image.shape[1]] = image

    put(large.repeat(LARGE, axis=0).repeat(LARGE, axis=1), 0, 0)
    for number, image in enumerate(fields):
        cell = divmod(number, MAP)
        put(image, cell[0], LARGE + cell[1], framed=cell == on_map)
    for number, image in enumerate(walk):
        put(image, MAP, number, framed=number == on_walk)
    return sheet
