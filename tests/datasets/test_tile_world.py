"""The island as it is printed and as it is drawn, and maps that a student writes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.datasets import tile_world


def test_the_island_has_every_kind_and_water_around() -> None:
    tile_map = tile_world.example()
    assert tile_map.shape == (16, 20) and set(tile_map.ravel()) == set(range(len(tile_world.NAMES)))
    assert (tile_map[[0, -1]] == 0).all() and (tile_map[:, [0, -1]] == 0).all()
    assert tile_world.to_text(tile_map) == tile_world.MAP.strip()


@given(arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 5)))
def test_a_map_comes_back_from_its_text(tile_map: np.ndarray) -> None:
    assert np.array_equal(tile_world.from_text(f"\n  {tile_world.to_text(tile_map)}  \n\n"), tile_map)


def test_each_tile_of_a_picture_is_its_kinds() -> None:
    tiles, picture = tile_world.tiles(), tile_world.render(tile_world.example())
    assert tiles.shape == (6, 8, 8, 3) and tiles.dtype == picture.dtype == np.float32
    assert picture.shape == (128, 160, 3) and np.abs(picture).max() <= 1
    for (row, column), kind in np.ndenumerate(tile_world.example()):
        assert np.array_equal(picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8], tiles[kind])
    assert len(np.unique(tiles.reshape(6, -1), axis=0)) == 6
    means = tiles.mean(axis=(1, 2))
    apart = np.linalg.norm(means[:, np.newaxis] - means, axis=-1)[~np.eye(6, dtype=bool)]
    assert apart.min() > 0.1


def test_ones_own_pictures_of_any_size_serve() -> None:
    own = np.linspace(-1, 1, 2 * 5 * 7 * 3).reshape(2, 5, 7, 3)
    picture = tile_world.render([[0, 1], [1, 1], [0, 0]], own)
    assert picture.shape == (15, 14, 3)
    assert np.allclose(picture[:5, 7:], own[1]) and np.allclose(picture[10:, :7], own[0])


@pytest.mark.parametrize("text", ["", " \n ", None, 3, "~~\n~", "~x", "~~\n~?", ["~~"]])
def test_what_is_no_text_of_a_map_is_refused_in_one_line(text) -> None:
    with pytest.raises(CourseError) as caught:
        tile_world.from_text(text)
    assert "\n" not in str(caught.value)


def test_a_wrong_symbol_is_named_with_its_place() -> None:
    with pytest.raises(CourseError, match=r"Line 2 of the map has 'x' in place 3"):
        tile_world.from_text("~~~\n~.x")
    with pytest.raises(CourseError, match=r"Line 2 of the map has 2 tiles and line 1 has 3"):
        tile_world.from_text("~~~\n~.")


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "~",
        [],
        [0, 1],
        [[0.0]],
        [[6]],
        [[-1]],
        [[0, 1], [0]],
        [[True]],
        [[np.nan]],
        np.zeros((1, 1, 1), int),
    ],
)
def test_what_is_no_map_is_refused_in_one_line(wrong) -> None:
    for function in (tile_world.render, tile_world.to_text):
        with pytest.raises(CourseError) as caught:
            function(wrong)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "pictures",
    [
        "tiles",
        np.zeros((2, 8, 8)),
        np.zeros((2, 8, 8, 1)) - 1,
        np.full((2, 8, 8, 3), np.nan),
        np.full((2, 8, 8, 3), 9.0),
    ],
)
def test_what_are_no_pictures_is_refused_in_one_line(pictures) -> None:
    with pytest.raises(CourseError) as caught:
        tile_world.render([[0, 1]], pictures)
    assert "\n" not in str(caught.value)
    with pytest.raises(CourseError, match="pictures of 0 to 1"):
        tile_world.render([[0, 2]], np.zeros((2, 8, 8, 3)))
