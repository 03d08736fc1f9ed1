"""Banners: each look has its parts, one can see them, and the same seed draws the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import banners

ALL = np.arange(len(banners.LOOKS))


def pixels(images: np.ndarray) -> np.ndarray:
    return np.rint((images + 1) * 127.5).astype(int)


@given(st.integers(0, len(banners.LOOKS) - 1))
def test_a_look_is_taken_apart_and_put_together_again(number: int) -> None:
    kind, colour, layout = (int(part) for part in banners.parts([number])[0])
    names = [names[part] for names, part in zip(banners.PARTS.values(), (kind, colour, layout), strict=True)]
    assert banners.look(kind, colour, layout) == banners.look(*names) == number
    assert banners.named(number) == f"{names[0]} on {names[1]}: {names[2]}"
    ones = [
        name for name, one in zip(banners.CONDITION_NAMES, banners.conditions()[number], strict=True) if one
    ]
    assert ones == names


def test_the_table_has_a_row_for_each_look_and_no_two_alike() -> None:
    table = banners.conditions()
    assert table.shape == (144, 16) and set(np.unique(table)) == {0, 1}
    assert (table.sum(axis=1) == 3).all() and len(np.unique(table, axis=0)) == 144


def test_what_was_asked_for_is_to_be_seen() -> None:
    """By plain rules: the ground in a corner, the half with the white card, a dark button or none."""
    looks = np.tile(ALL, 3)
    drawn, parts = pixels(banners.render(looks, seed=5)), banners.parts(looks)
    for picture, (_, colour, layout) in zip(drawn, parts, strict=True):
        ground = np.array(tuple(banners.COLOURS.values())[colour])
        shade = picture[0, 0] / ground
        assert shade.min() >= 0.85 and shade.max() <= 1.09
        white = (picture == 255).all(axis=2)
        assert (white[:, :32].sum() > white[:, 32:].sum()) == (layout < 2), "the card is the larger white"
        dark = (picture == banners.DARK).all(axis=2).sum()
        assert (dark > 100) == (layout % 2 == 0)


def test_banners_of_one_look_differ_and_show_all_emoji_of_the_kind() -> None:
    images = banners.render(np.full(60, banners.look("fruit", "blue", "left, words")), seed=1)
    assert len(np.unique(images.reshape(60, -1), axis=0)) == 60
    names = {name for name, _ in banners._emoji()}
    assert names == {name for kind in banners.KINDS.values() for name in kind} and len(names) == 18


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    first, again, other = (banners.render(ALL, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2, 3)).all()
    assert first.dtype == np.float32 and first.shape == (144, 32, 64, 3) and np.abs(first).max() <= 1


def test_a_set_has_so_many_of_each_look() -> None:
    images, looks = banners.banner_set(2, seed=0, looks=[7, 100])
    assert looks.tolist() == [7, 100, 7, 100] and looks.dtype == np.int32
    np.testing.assert_array_equal(images, banners.render(looks, 0))
    assert np.bincount(banners.banner_set(1)[1]).tolist() == [1] * 144


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: banners.look("tree", "blue", 0), "no kind 'tree'; choose one of fruit; sweets"),
        (lambda: banners.look("fruit", 6, 0), "no colour 6"),
        (lambda: banners.look(True, 0, 0), "no kind True"),
        (lambda: banners.look(0.0, 0, 0), "no kind 0.0"),
        (lambda: banners.look(None, 0, 0), "no kind None"),
        (lambda: banners.look(np.array([1, 2]), 0, 0), "no kind array"),
        (lambda: banners.look(-1, 0, 0), "no kind -1"),
        (lambda: banners.render([True]), "the type bool"),
        (lambda: banners.render(["fruit"]), "whole numbers"),
        (lambda: banners.named(144), "go from 0 to 143"),
        (lambda: banners.banner_set(2.0), "each"),
        (lambda: banners.look(0, 0, "left"), "no layout 'left'; choose one of left, button; left, words"),
        (lambda: banners.render([144]), "go from 0 to 143, and these from 144"),
        (lambda: banners.render([-1, 3]), "from -1 to 3"),
        (lambda: banners.render([]), "at least one"),
        (lambda: banners.render([0.5]), "whole numbers"),
        (lambda: banners.render(3), r"the shape \(\)"),
        (lambda: banners.render([3], seed=-1), "seed"),
        (lambda: banners.banner_set(0), "each"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says) as raised:
        wrong()
    assert "\n" not in str(raised.value)
