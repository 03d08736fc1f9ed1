"""Maps of tiles: the one rule holds always, the measures against counting by hand, and both baselines are beaten."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.datasets import tile_world
from course_lib.theory import tile_maps

ISLAND = tile_world.example()
SHAPE = (24, 32)
MAPS = st.tuples(st.integers(2, 6), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 2))
)


def neighbourhoods(tile_map: np.ndarray) -> Counter:
    """Counted by hand: with the indices, one after the other."""
    rows, columns = tile_map.shape
    return Counter(
        tuple(int(tile_map[row + down, column + right]) for down in (0, 1) for right in (0, 1))
        for row in range(rows - 1)
        for column in range(columns - 1)
    )


@given(MAPS)
def test_shares_are_counts(tile_map: np.ndarray) -> None:
    counts = neighbourhoods(tile_map)
    assert tile_maps.shares(tile_map) == pytest.approx({k: v / counts.total() for k, v in counts.items()})


@given(MAPS, MAPS, MAPS)
def test_the_distance_is_one(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    """Total variation as the greatest difference of an event; symmetric, and no way round is shorter."""
    ours, theirs = tile_maps.shares(a), tile_maps.shares(b)
    event = sum(max(share - theirs.get(window, 0), 0) for window, share in ours.items())
    found = tile_maps.distance(a, b)
    assert found == pytest.approx(event) and found == pytest.approx(tile_maps.distance(b, a))
    assert 0 <= found <= 1 and tile_maps.distance(a, a) == 0
    assert found <= tile_maps.distance(a, c) + tile_maps.distance(c, b) + 1e-12


@pytest.mark.parametrize("side", [2, 3, 4, 6, 16])
def test_no_neighbourhood_is_new(side: int) -> None:
    known = neighbourhoods(ISLAND).keys()
    for seed in range(3):
        made = tile_maps.make_map(ISLAND, SHAPE, seed, side)
        assert made.shape == SHAPE and neighbourhoods(made).keys() <= known
        assert tile_maps.known_share(made, ISLAND) == 1
        assert np.array_equal(made, tile_maps.make_map(ISLAND, SHAPE, seed, side))
    assert not np.array_equal(made, tile_maps.make_map(ISLAND, SHAPE, 99, side))


@given(MAPS, st.tuples(st.integers(2, 9), st.integers(2, 9)), st.integers(0, 3))
def test_the_rule_holds_for_any_example_or_one_line_says_that_no_map_was_found(example, shape, seed) -> None:
    try:
        made = tile_maps.make_map(example, shape, seed, side=2)
    except CourseError as error:
        assert "No map of" in str(error)
    else:
        assert made.shape == shape and neighbourhoods(made).keys() <= neighbourhoods(example).keys()


def test_both_baselines_are_beaten_by_far_at_every_seed_and_chance_is_not() -> None:
    seeds = range(4)
    patched = [tile_maps.distance(tile_maps.make_map(ISLAND, SHAPE, seed), ISLAND) for seed in seeds]
    chained = [tile_maps.distance(tile_maps.row_chain(ISLAND, SHAPE, seed), ISLAND) for seed in seeds]
    alone = [tile_maps.distance(tile_maps.independent_tiles(ISLAND, SHAPE, seed), ISLAND) for seed in seeds]
    # Measured over eight seeds: 0.25 +- 0.06, 0.60 +- 0.02, 0.82 +- 0.02, and by chance 0.11.
    assert max(patched) < 0.45 < min(chained) < 0.7 < min(alone)
    assert tile_maps.chance_distance(ISLAND, SHAPE) < min(patched)


def test_longer_patches_are_nearer_and_copy_more() -> None:
    def means(side: int) -> np.ndarray:
        made = [tile_maps.make_map(ISLAND, SHAPE, seed, side) for seed in range(4)]
        return np.mean(
            [(tile_maps.distance(m, ISLAND, 3), tile_maps.largest_copy(m, ISLAND).area) for m in made], axis=0
        )

    (short, few), (long, many) = means(2), means(6)
    assert long < short - 0.2 and many > few + 20


def test_of_the_patches_that_fit_one_that_agrees_with_most_is_laid() -> None:
    """Windows of 3 x 3 stay whole where patches overlap: 0.49 of them are known, of patches drawn at random 0.38."""
    made = [tile_maps.make_map(ISLAND, SHAPE, seed) for seed in range(4)]
    assert np.mean([tile_maps.known_share(each, ISLAND, 3) for each in made]) > 0.44


def test_chance_is_the_distance_of_windows_drawn_one_by_one() -> None:
    """Rows of 0, 0, 0, 1, 1, 1: three kinds of window, which are drawn here one by one."""
    example = np.repeat([[0], [1]], 9, axis=1).repeat(3, axis=0)
    wanted = tile_maps.shares(example)
    assert sorted(wanted.values()) == pytest.approx([0.2, 0.4, 0.4])
    random = np.random.default_rng(5)
    count = 7 * 9
    drawn = random.choice(3, size=(4000, count), p=[0.2, 0.4, 0.4])
    share = np.stack([(drawn == kind).mean(axis=1) for kind in range(3)], axis=1)
    expected = np.abs(share - [0.2, 0.4, 0.4]).sum(axis=1).mean() / 2
    found = np.mean([tile_maps.chance_distance(example, (8, 10), seed=seed) for seed in range(50)])
    assert found == pytest.approx(expected, rel=0.06)


def test_independent_tiles_have_the_examples_frequencies() -> None:
    made = tile_maps.independent_tiles(ISLAND, (300, 300), seed=1)
    wanted = np.bincount(ISLAND.ravel(), minlength=6) / ISLAND.size
    assert np.bincount(made.ravel(), minlength=6) / made.size == pytest.approx(wanted, abs=0.01)


def test_a_row_chain_follows_as_the_example_does() -> None:
    made = tile_maps.row_chain(ISLAND, (200, 200), seed=1)

    def follows(tile_map: np.ndarray) -> np.ndarray:
        counts = np.zeros((6, 6))
        np.add.at(counts, (tile_map[:, :-1].ravel(), tile_map[:, 1:].ravel()), 1)
        return counts / counts.sum(axis=1, keepdims=True)

    assert follows(made) == pytest.approx(follows(ISLAND), abs=0.06)
    ends = tile_maps.row_chain([[0, 1], [0, 1]], (50, 50))  # nothing follows 1
    assert set(ends.ravel()) == {0, 1} and (ends[:, 1:][ends[:, :-1] == 0] == 1).all()


def largest_by_hand(made: np.ndarray, example: np.ndarray) -> int:
    """Every rectangle of `made` at every place of the example."""
    best = 0
    rows, columns = (min(pair) for pair in zip(made.shape, example.shape, strict=True))
    for height in range(1, rows + 1):
        for width in range(1, columns + 1):
            known = {w.tobytes() for w in rectangles(example, height, width)}
            if any(w.tobytes() in known and len(np.unique(w)) > 1 for w in rectangles(made, height, width)):
                best = max(best, height * width)
    return best


def rectangles(tile_map: np.ndarray, height: int, width: int) -> list[np.ndarray]:
    rows, columns = tile_map.shape
    return [
        tile_map[row : row + height, column : column + width]
        for row in range(rows - height + 1)
        for column in range(columns - width + 1)
    ]


@given(MAPS, MAPS)
def test_the_largest_copy_is_that_found_by_trying_all(made: np.ndarray, example: np.ndarray) -> None:
    found = tile_maps.largest_copy(made, example)
    assert found.area == largest_by_hand(made, example)
    here, there = (
        tile_map[row : row + found.height, column : column + found.width]
        for tile_map, (row, column) in ((made, found.made), (example, found.example))
    )
    assert np.array_equal(here, there) and (not found.area or len(np.unique(here)) > 1)


def test_a_piece_that_was_pasted_is_found_where_it_lies() -> None:
    made = np.full((20, 30), 9)
    made[3:10, 5:17] = ISLAND[6:13, 4:16]
    assert tile_maps.largest_copy(made, ISLAND) == tile_maps.Copy(7, 12, (3, 5), (6, 4))
    assert tile_maps.largest_copy(np.full((4, 4), 9), ISLAND).area == 0
    assert tile_maps.known_share(made, ISLAND) == pytest.approx(6 * 11 / (19 * 29))


BAD_MAPS = [None, "map", [], [[]], [1, 2], [[1.0, 2.0], [1.0, 2.0]], [[0, 1], [0]], [[-1, 0], [0, 0]]]
BAD_MAPS += [
    [[True, False], [True, True]],
    np.zeros((2, 2, 2), int),
    [[5000, 0], [0, 0]],
    [[np.nan, 0], [0, 0]],
]


@pytest.mark.parametrize("wrong", BAD_MAPS)
def test_what_is_no_map_is_refused_in_one_line(wrong) -> None:
    for attempt in (
        lambda: tile_maps.shares(wrong),
        lambda: tile_maps.distance(ISLAND, wrong),
        lambda: tile_maps.known_share(wrong, ISLAND),
        lambda: tile_maps.largest_copy(ISLAND, wrong),
        lambda: tile_maps.make_map(wrong, SHAPE),
        lambda: tile_maps.row_chain(wrong, SHAPE),
        lambda: tile_maps.independent_tiles(wrong, SHAPE),
        lambda: tile_maps.chance_distance(wrong, SHAPE),
    ):
        with pytest.raises(CourseError) as caught:
            attempt()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [
        ((24,),),
        (24,),
        (None,),
        ("ab",),
        ((1, 24),),
        ((24, 2.5),),
        ((24, True),),
        ((24, 10**6),),
        ([[2, 3], [4]],),
        (SHAPE, -1),
        (SHAPE, 0.5),
        (SHAPE, None),
        (SHAPE, 0, 1),
        (SHAPE, 0, 17),
        (SHAPE, 0, 2.5),
        (SHAPE, 0, np.nan),
        (SHAPE, 0, 10**400),
    ],
)
def test_other_arguments_are_refused_in_one_line(arguments) -> None:
    with pytest.raises(CourseError) as caught:
        tile_maps.make_map(ISLAND, *arguments)
    assert "\n" not in str(caught.value)


def test_an_example_that_leads_nowhere_and_one_of_too_many_kinds_are_refused() -> None:
    with pytest.raises(CourseError, match="No map of 3 x 3 was found"):
        tile_maps.make_map([[0, 1], [2, 3]], (3, 3), side=2)
    with pytest.raises(CourseError, match="64 kinds of tile"):
        tile_maps.make_map(np.arange(64).reshape(8, 8), (9, 9))
    with pytest.raises(CourseError, match="too large to compare"):
        tile_maps.largest_copy(np.zeros((2000, 2000), int), ISLAND)
    with pytest.raises(CourseError, match="no window of 5 x 5"):
        tile_maps.shares(ISLAND[:4], side=5)
