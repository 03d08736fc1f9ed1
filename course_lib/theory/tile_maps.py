"""Maps of tiles in the manner of a small example: patches of it, laid side by side where their edges agree.

    made = make_map(example, (24, 32), seed=0)
    known_share(made, example)                  1.0: each of its 2 x 2 neighbourhoods is in the example
    distance(made, example)                     but are they as frequent? Total variation, from 0 to 1
    largest_copy(made, example).area            and how much was copied in one piece

A map is whole numbers (rows, columns), a kind of tile each. Two patches that share a row or a column of tiles have
no neighbourhood between them that neither holds, so nothing new can arise at a seam. Texture from patches: Efros and
Freeman, "Image quilting for texture synthesis and transfer", 2001, section 2; they cut where pixels differ least, and
tiles are either equal or not. Two baselines know less: `independent_tiles` and `row_chain`. No network; NumPy only.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste.checking import as_array, check_count

Array = np.ndarray
MOST = 4096
"""The longest side of a map, and the number of kinds."""
RETURNS = 200
"""How often a map may come to a row that nothing fits under before it is given up."""
Windows = dict[tuple[int, ...], float]


class Copy(NamedTuple):
    """A rectangle of tiles that two maps have in common: its size, and (row, column) of its corner in each."""

    height: int
    width: int
    made: tuple[int, int]
    example: tuple[int, int]

    @property
    def area(self) -> int:
        """How many tiles it has."""
        return self.height * self.width


def shares(tile_map: ArrayLike, side: int = 2) -> Windows:
    """How frequent each window of side x side tiles is, its tiles row by row -> its share; together 1."""
    rows = windows(tile_map, side)
    return {window: count / len(rows) for window, count in Counter(map(tuple, rows.tolist())).items()}


def distance(one: ArrayLike, other: ArrayLike, side: int = 2) -> float:
    """The total variation distance between the shares of two maps' windows: 0 for equal shares, 1 for none in common.

    Two maps of one and the same source are not at 0: with few windows, chance alone keeps them apart.
    """
    ours, theirs = shares(one, side), shares(other, side)
    return sum(abs(ours.get(each, 0) - theirs.get(each, 0)) for each in ours.keys() | theirs.keys()) / 2


def known_share(made: ArrayLike, example: ArrayLike, side: int = 2) -> float:
    """The share of the windows of `made` that are somewhere in the example, 0 to 1.

    At 2 it asks whether the rules were kept; at 4 or 5, how much was copied.
    """
    known = shares(example, side)
    return sum(share for window, share in shares(made, side).items() if window in known)


def windows(tile_map: ArrayLike, side: int) -> Array:
    """Every window of side x side tiles, int (number, side * side), from the upper left on, row by row."""
    tile_map, side = check_map("the map", tile_map), check_count("side", side)
    if side > min(tile_map.shape):
        raise CourseError(
            f"A map of {tile_map.shape} tiles has no window of {side} x {side}: take a smaller one."
        )
    return np.lib.stride_tricks.sliding_window_view(tile_map, (side, side)).reshape(-1, side**2)


def make_map(example: ArrayLike, shape: tuple[int, int], seed: int = 0, side: int = 3) -> Array:
    """A map of `shape` (rows, columns) made of the example's patches, int64; each 2 x 2 neighbourhood is the example's.

    side: of a patch, from 2 to the example's shorter side; larger copies more. Each patch shares a row or a column of
    tiles with those above and on its left, and is drawn evenly among all places of the example that agree with both.
    A row of patches is drawn at once, so it has no dead end within; where none fits under the row before, that row is
    drawn again, and after some failures the one before it. Raises CourseError for other arguments, and where no map
    was found.
    """
    example, (height, width) = check_map("the example", example), _shape(shape)
    random = _random(seed)
    patches = windows(example, side).reshape(-1, side, side)
    if side < 2:
        raise CourseError("side is a whole number from 2 on: patches of one tile have no edge to agree on.")
    kinds = np.unique(np.concatenate([patches[:, :, 0], patches[:, :, -1]]), axis=0, return_inverse=True)[1]
    left, right = kinds.reshape(2, -1)
    step = side - 1
    down, across = (-(-(length - 1) // step) for length in (height, width))
    made = np.zeros((down * step + 1, across * step + 1), np.int64)
    row, returns, fails = 0, 0, np.zeros(down + 1, int)
    while row < down:
        top = made[row * step]
        edges = np.lib.stride_tricks.sliding_window_view(top, side)[::step]
        fits = np.ones((across, len(patches)), bool)
        if row:
            fits = (edges[:, np.newaxis] == patches[:, 0]).all(axis=2)
        chosen = _row_of_patches(fits, left, right, random)
        if chosen is not None:
            for place, patch in enumerate(chosen):
                made[row * step :, place * step :][:side, :side] = patches[patch]
            row += 1
            fails[row] = 0
            continue
        returns += 1
        if returns > RETURNS:
            raise CourseError(
                f"No map of {height} x {width} was found from patches of {side} x {side}: after {RETURNS} returns "
                "nothing fits on. Take smaller patches, or an example with more ways on."
            )
        fails[row] += 1
        row = max(row - (1 if fails[row] < 10 else 2), 0)
    return made[:height, :width]


def _row_of_patches(fits: Array, left: Array, right: Array, random: np.random.Generator) -> list[int] | None:
    """A patch for each place of a row; None where no row is possible.

    fits: which patches (places, n) agree with the row above; left, right: the kinds of their edges, (n,). Forwards,
    how likely a draw from the left ends in each patch without a dead end; backwards, the draws (forward filtering,
    backward sampling).
    """
    forward = [fits[0] / max(fits[0].sum(), 1)]
    size = max(left.max(), right.max()) + 1
    for place in fits[1:]:
        choices = np.bincount(
            left[place], minlength=size
        )  # among how many the patch is drawn, by its left edge
        arriving = np.bincount(right, forward[-1], size) / np.maximum(choices, 1)
        weights = place * arriving[left]
        if not weights.any():
            return None
        forward.append(weights / weights.sum())
    if not forward[0].any():
        return None
    chosen: list[int] = []
    for weights in reversed(forward):
        weights = weights * (right == left[chosen[-1]]) if chosen else weights
        chosen.append(int(random.choice(len(weights), p=weights / weights.sum())))
    return chosen[::-1]


def independent_tiles(example: ArrayLike, shape: tuple[int, int], seed: int = 0) -> Array:
    """The first baseline: each tile drawn by itself, as frequent as in the example; int64 `shape`."""
    example = check_map("the example", example)
    return _random(seed).choice(example.ravel(), _shape(shape))


def row_chain(example: ArrayLike, shape: tuple[int, int], seed: int = 0) -> Array:
    """The second: each tile drawn by the one on its left, as often as it follows that in the example; int64 `shape`.

    The first of a row is drawn as an independent tile, and so is one whose left neighbour the example has only at its
    right edge. Rows know nothing of each other.
    """
    example, shape, random = check_map("the example", example), _shape(shape), _random(seed)
    followers = {kind: example[:, 1:][example[:, :-1] == kind] for kind in np.unique(example)}
    made = random.choice(example.ravel(), shape)
    for row in made:
        for column in range(1, len(row)):
            if len(next_ones := followers[row[column - 1]]):
                row[column] = random.choice(next_ones)
    return made


def largest_copy(made: ArrayLike, example: ArrayLike) -> Copy:
    """The largest rectangle, with two kinds of tile or more, that both maps have; of equals, the first found.

    Plain water is like plain water anywhere, so it does not count. Where nothing is in common the size is 0 x 0.
    """
    made, example = check_map("the map", made), check_map("the example", example)
    # deep[i, j, k, l]: so many tiles upwards from (i, j) are those upwards from (k, l).
    deep = np.zeros((*made.shape, *example.shape), np.int16)
    plain = np.zeros(made.shape, np.int16)  # so many upwards are all of one kind
    for row in range(len(made)):
        same = made[row][:, np.newaxis, np.newaxis] == example
        deep[row] = same
        plain[row] = 1
        if row:
            deep[row, :, 1:] += same[:, 1:] * deep[row - 1, :, :-1]
            plain[row] += (made[row] == made[row - 1]) * plain[row - 1]
    best = Copy(0, 0, (0, 0), (0, 0))
    heights, plain_heights, level = (
        deep,
        plain,
        np.ones(made.shape, bool),
    )  # of rectangles that begin at each tile
    for width in range(1, min(made.shape[1], example.shape[1]) + 1):
        if width > 1:
            heights = np.minimum(heights[:, :-1, :, :-1], deep[:, width - 1 :, :, width - 1 :])
            level = level[:, :-1] & (made[:, width - 1 :] == made[:, : 1 - width])
            plain_heights = np.minimum(plain_heights[:, :-1], plain[:, width - 1 :])
        alike = np.where(level, plain_heights, 0)[:, :, np.newaxis, np.newaxis]
        mixed = np.where(heights > alike, heights, 0)
        i, j, k, l = np.unravel_index(mixed.argmax(), mixed.shape)  # noqa: E741
        height = int(mixed[i, j, k, l])
        if height * width > best.area:
            best = Copy(height, width, (int(i) - height + 1, int(j)), (int(k) - height + 1, int(l)))
    return best


def check_map(name: str, tile_map: ArrayLike) -> Array:
    """A map as int64 (rows, columns). Raises CourseError, with its `name`, unless it is whole numbers from 0 on."""
    array = as_array(tile_map)
    if array.dtype.kind not in "iu" or array.ndim != 2 or not array.size or max(array.shape) > MOST:
        raise CourseError(
            f"As {name} whole numbers (rows, columns) are wanted, a kind of tile each, and this has the type "
            f"{array.dtype} and the shape {array.shape}."
        )
    if array.min() < 0 or array.max() >= MOST:
        raise CourseError(
            f"Kinds of tile go from 0 to {MOST - 1}, and in {name} from {array.min()} to {array.max()}."
        )
    return array.astype(np.int64)


def _shape(shape: tuple[int, int]) -> tuple[int, int]:
    if np.shape(shape) != (2,):
        raise CourseError(f"shape is two whole numbers, (rows, columns), not {shape!r}.")
    height, width = (check_count("Each of shape", length, 2) for length in shape)
    if max(height, width) > MOST:
        raise CourseError(f"A map has at most {MOST} rows and columns, and shape is {shape!r}.")
    return height, width


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(check_count("seed", seed, 0))
