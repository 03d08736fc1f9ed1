"""How much of a picture was copied? For every patch, the nearest patch of the originals.

    found = copy_map(picture, [datasets.painting("hokusai_great_wave")])
    found.share        how many of its patches are near-copies, 0 to 1

A small difference alone proves nothing: two patches of plain sky are alike in any two pictures. So a patch counts as a
near-copy when the difference is small beside its own contrast, and patches without contrast are not asked. Copied
areas show in the offsets as well: neighbours come from neighbouring places.

Nearest patches as a field of offsets: Barnes, Shechtman, Finkelstein and Goldman, "PatchMatch", 2009, section 3;
here the search is complete, so no nearer patch is missed. NumPy only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib import CourseError, datasets
from course_lib.styles.pixels import checked_picture, patches

SIDE, STEP = 9, 3
TOLERANCE = 0.25
"""A near-copy differs by at most this share of the patch's own contrast: a correlation of about 0.97."""
LEAST_CONTRAST = 0.1
"""Patches whose values have a smaller standard deviation (13 of 256 levels) hold too little to be copied."""
PART = 256  # patches that are compared with all others at a time


@dataclass(frozen=True, eq=False, repr=False)
class CopyMap:
    """For each patch asked, (rows, columns) of them, `step` pixels apart, what is nearest to it.

    distances: root mean square difference of the values, 0 to 2; offsets (rows, columns, 2): where the nearest patch
    lies minus where this one lies, in pixels down and to the right; source: which of the originals it is from;
    contrast: the standard deviation of the patch's own values, colour by colour.
    """

    distances: np.ndarray
    offsets: np.ndarray
    source: np.ndarray
    contrast: np.ndarray
    side: int
    step: int

    @property
    def asked(self) -> np.ndarray:
        """Bool (rows, columns): the patches with enough contrast to tell a copy."""
        return self.contrast >= LEAST_CONTRAST

    @property
    def near(self) -> np.ndarray:
        """Bool (rows, columns): the near-copies."""
        return self.asked & (self.distances <= TOLERANCE * self.contrast)

    @property
    def share(self) -> float:
        """The share of near-copies among the patches asked, 0 to 1; NaN where no patch has contrast."""
        return float(self.near.sum() / self.asked.sum()) if self.asked.any() else float("nan")


def copy_map(
    picture: np.ndarray, originals: np.ndarray | Sequence[np.ndarray], side: int = SIDE, step: int = STEP
) -> CopyMap:
    """Where each patch of a picture (height, width, 3) in [-1, 1] may come from in one original or several.

    side: the edge of a patch; take another one than the picture was made with. step: every how many pixels a patch of
    `picture` is asked; of the originals all are searched. About two seconds for 256 x 172 pixels on two cores. Raises
    CourseError for what is no picture, and for one that is smaller than a patch.
    """
    datasets.check_whole("side", "the edge of a patch in pixels", side, 2)
    datasets.check_whole("step", "every how many pixels a patch is asked", step, 1)
    is_one = isinstance(originals, np.ndarray) or not isinstance(originals, Iterable)
    originals = [originals] if is_one else list(originals)
    if not originals:
        raise CourseError("copy_map: give at least one original to compare with.")
    ours = patches(checked_picture("picture", picture), side, step)
    rows, columns, width = ours.shape
    asked = ours.reshape(-1, width)
    best = np.full(len(asked), np.inf)
    place, source = np.zeros((len(asked), 2), int), np.zeros(len(asked), int)
    for number, original in enumerate(originals):
        theirs = patches(checked_picture("original", original), side)
        indices, squares = _nearest(asked, theirs.reshape(-1, width))
        better = squares < best
        best[better], source[better] = squares[better], number
        place[better] = np.stack(np.divmod(indices, theirs.shape[1]), axis=1)[better]
    corners = step * np.stack(np.meshgrid(range(rows), range(columns), indexing="ij"), axis=-1)
    return CopyMap(
        np.sqrt(best / width).reshape(rows, columns),
        place.reshape(rows, columns, 2) - corners,
        source.reshape(rows, columns),
        np.sqrt(ours.reshape(rows, columns, 3, -1).var(axis=-1).mean(axis=-1)),
        side,
        step,
    )


def _nearest(ours: np.ndarray, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row the index of the nearest of `theirs`, and the squared distance."""
    squares = np.einsum("ij,ij->i", theirs, theirs)
    found = []
    for start in range(0, len(ours), PART):
        part = ours[start : start + PART]
        # |y|^2 - 2 x.y has its least value where |x - y|^2 has: one matrix product for all pairs.
        found.append(np.argmin(squares - 2 * (part @ theirs.T), axis=1))
    indices = np.concatenate(found)
    # That shortcut loses digits near 0, so the few distances kept are computed directly.
    return indices, np.square(ours - theirs[indices]).sum(axis=1, dtype="float64")
