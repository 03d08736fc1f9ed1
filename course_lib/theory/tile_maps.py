"""Maps of tiles in the manner of a small example: patches of it, laid where they fit to what is there.

    made = make_map(example, (24, 32), seed=0)
    known_share(made, example)                  1.0: each of its 2 x 2 neighbourhoods is in the example
    distance(made, example)                     but are they as frequent? Total variation, from 0 to 1
    largest_copy(made, example).area            and how much was copied in one piece

A map is whole numbers (rows, columns), a kind of tile each. After Efros and Freeman, "Image quilting for texture
synthesis and transfer", 2001, section 2, with a rule in place of their cut: tiles cannot be cut. Two baselines know
less: `independent_tiles` and `row_chain`. No network; NumPy only.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_count
from course_lib.theory.taste.checking import as_array

Array = np.ndarray
MOST = 4096
"""The longest side of a map, and the number of kinds that it may name."""
MOST_KINDS = 40
"""In an example that maps are made of: a table has an entry for each four of them."""
ATTEMPTS = 30
"""To lay a patch, for each tile of a map, before it is given up. The island wants less than one."""
MOST_PAIRS = 3 * 10**7
"""Tiles of one map times tiles of the other that `largest_copy` compares; some 300 MB."""
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
    ours, theirs = (Counter(map(tuple, windows(each, side).tolist())) for each in (one, other))
    here, there = (
        ours.total(),
        theirs.total(),
    )  # in whole numbers, so that equal shares are at 0 and others never above 1
    return sum(abs(ours[each] * there - theirs[each] * here) for each in ours | theirs) / (2 * here * there)


def chance_distance(example: ArrayLike, shape: tuple[int, int], side: int = 2, seed: int = 0) -> float:
    """How far chance alone keeps a map of `shape` from the example: the mean `distance` of 20 samples, 0 to 1.

    Each is as many windows as such a map has, drawn one by one from the example's. No map can be expected to be nearer,
    unless it is made for this measure.
    """
    rows, (height, width), random = windows(example, side), _shape(shape), _random(seed)
    kinds = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
    wanted = np.bincount(kinds) / len(kinds)
    count = (height - side + 1) * (width - side + 1)
    if count < 1:
        raise CourseError(f"A map of {height} x {width} tiles has no window of {side} x {side}.")
    drawn = random.multinomial(count, wanted, size=20) / count
    return float(np.abs(drawn - wanted).sum(axis=1).mean() / 2)


def known_share(made: ArrayLike, example: ArrayLike, side: int = 2) -> float:
    """The share of the windows of `made` that are somewhere in the example, 0 to 1.

    At 2 it asks whether the rules were kept; at 4 or 5, how much was copied.
    """
    known = set(map(tuple, windows(example, side).tolist()))
    return float(np.mean([window in known for window in map(tuple, windows(made, side).tolist())]))


def windows(tile_map: ArrayLike, side: int) -> Array:
    """Every window of side x side tiles, int (number, side * side), from the upper left on, row by row."""
    tile_map, side = check_map("the map", tile_map), check_count("side", side)
    if side > min(tile_map.shape):
        raise CourseError(
            f"A map of {tile_map.shape} tiles has no window of {side:g} x {side:g}: take a smaller one."
        )
    return np.lib.stride_tricks.sliding_window_view(tile_map, (side, side)).reshape(-1, side**2)


def make_map(example: ArrayLike, shape: tuple[int, int], seed: int = 0, side: int = 4) -> Array:
    """A map of `shape` (rows, columns) made of the example's patches, int64; each 2 x 2 neighbourhood is the example's.

    side: the longest that a patch may be, from 2 to the example's shorter side; longer ones copy more. At a place that
    is still empty, drawn at random, a patch is laid that makes no unknown neighbourhood: of those that fit one that
    agrees with most tiles below it, which it replaces. Where none fits, a smaller one is tried; where not even 2 x 2
    does, what lies around is taken up again. Raises CourseError for other arguments, for more than `MOST_KINDS` kinds
    of tile, and where no map was found.
    """
    example, shape, random = check_map("the example", example), _shape(shape), _random(seed)
    side = check_count("side", side)
    if not 2 <= side <= min(example.shape):
        raise CourseError(
            f"side is a whole number from 2 to {min(example.shape)}, the example's shorter side, not {side:g}."
        )
    kinds, numbers = np.unique(example, return_inverse=True)
    empty, numbers = len(kinds), numbers.reshape(example.shape)
    known = _known_windows(numbers, empty)
    sides = range(min(side, *shape), 1, -1)
    patches = {length: windows(numbers, length).reshape(-1, length, length) for length in sides}
    framed = np.full(np.add(shape, 2), empty)  # what lies outside is empty for ever
    made = framed[1:-1, 1:-1]
    for _ in range(ATTEMPTS * made.size):
        places = np.argwhere(made == empty)
        if not len(places):
            return kinds[made]
        place = places[random.integers(len(places))]
        for length in sides:
            row, column = np.clip(place - random.integers(length, size=2), 0, np.subtract(shape, length))
            there = made[row : row + length, column : column + length]
            around = framed[row : row + length + 2, column : column + length + 2]
            fitting = _fitting_patches(patches[length], around, known)
            if len(fitting):
                agreeing = (fitting == there).sum(axis=(1, 2))
                there[:] = random.choice(fitting[agreeing == agreeing.max()])
                break
        else:
            row, column = np.maximum(place - random.integers(side, size=2), 0)
            made[row : row + side, column : column + side] = empty
    raise CourseError(
        f"No map of {shape[0]} x {shape[1]} was found in {ATTEMPTS * made.size:,} attempts: give an example in which "
        "more goes together."
    )


def _known_windows(numbers: Array, empty: int) -> Array:
    """Which neighbourhoods are allowed, bool [upper left, upper right, lower left, lower right]; `empty` fits all."""
    if empty > MOST_KINDS:
        raise CourseError(f"The example has {empty} kinds of tile; at most {MOST_KINDS} are possible here.")
    known = np.zeros((empty + 1,) * 4, bool)
    known[tuple(windows(numbers, 2).T)] = True
    for axis in range(4):
        known.swapaxes(0, axis)[empty] = True
    return known


def _fitting_patches(patches: Array, around: Array, known: Array) -> Array:
    """Those of the patches (n, side, side) that can be laid into the middle of `around` (side + 2, side + 2)."""
    laid = np.repeat(around[np.newaxis], len(patches), axis=0)
    laid[:, 1:-1, 1:-1] = patches
    seen = known[laid[:, :-1, :-1], laid[:, :-1, 1:], laid[:, 1:, :-1], laid[:, 1:, 1:]]
    return patches[seen.all(axis=(1, 2))]


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
    if made.size * example.size > MOST_PAIRS:
        raise CourseError(
            f"Maps of {made.size:,} and {example.size:,} tiles are too large to compare place by place: cut out a part."
        )
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
    if as_array(shape).shape != (2,):
        raise CourseError("shape is two whole numbers, (rows, columns), such as (24, 32), and this is none.")
    height, width = (check_count("Each of shape", length, 2) for length in shape)
    if max(height, width) > MOST:
        raise CourseError(f"A map has at most {MOST} rows and columns, and this shape has more.")
    return height, width


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(check_count("seed", seed, 0))
