"""Sprites: kinds that can be named, a split that the feature network shares, and a jitter that stays an emoji."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError, datasets
from course_lib.datasets import sprites
from course_lib.datasets.tables import read_rows

TRAIN, HELD_OUT = sprites.load("train"), sprites.load("held_out")


def test_each_kind_has_pictures_enough_and_what_is_in_it_is_one() -> None:
    counts = np.bincount(np.concatenate([TRAIN.labels, HELD_OUT.labels]))
    assert len(counts) == len(sprites.KINDS) == 8 and counts.min() >= 58
    assert np.bincount(HELD_OUT.labels).min() >= 6
    named = dict(
        zip(TRAIN.names + HELD_OUT.names, np.concatenate([TRAIN.labels, HELD_OUT.labels]), strict=True)
    )
    assert len(named) == counts.sum(), "no picture has two kinds, and no two have one name"
    for name, kind in {
        "tulip": "plants",
        "dog face": "animals",
        "taxi": "vehicles",
        "red apple": "plants",
    }.items():
        assert sprites.KINDS[named[name]] == kind
    assert not sprites.LEFT_OUT & named.keys()


def test_names_left_out_are_names_of_emoji() -> None:
    table = read_rows("emoji/emoji.csv")
    assert {row["name"] for row in table} >= sprites.LEFT_OUT


def test_held_out_pictures_are_those_of_the_whole_set() -> None:
    """Else the feature network would have been trained on some of them."""
    whole = datasets.load("emoji")
    for part, images in ((TRAIN, whole.images_train), (HELD_OUT, whole.images_test)):
        known = {picture.tobytes() for picture in images}
        assert all(picture.tobytes() in known for picture in part.images)
    assert not {p.tobytes() for p in TRAIN.images} & {p.tobytes() for p in HELD_OUT.images}


def test_pictures_lie_on_white_and_are_copies() -> None:
    assert TRAIN.images.dtype == np.float32 and TRAIN.labels.dtype == np.int32
    corners = TRAIN.images[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 1).all(axis=(1, 2)).mean() > 0.95
    TRAIN.images[0, 0, 0] = 0
    assert (sprites.load("train").images[0, 0, 0] == 1).all()
    TRAIN.images[0, 0, 0] = 1


def test_a_jittered_picture_is_the_same_one_moved_mirrored_and_tinted() -> None:
    images = TRAIN.images[::40]
    changed = sprites.jittered(images, seed=3)
    assert changed.dtype == np.float32 and changed.shape == images.shape and np.abs(changed).max() <= 1
    np.testing.assert_array_equal(changed, sprites.jittered(images, seed=3))
    assert (changed != sprites.jittered(images, seed=4)).any(axis=(1, 2, 3)).all()
    most = sprites.SHIFT
    for before, after in zip(images.mean(axis=3), changed.mean(axis=3), strict=True):
        padded = np.pad(before, most, constant_values=1)
        tried = [
            np.abs(part - after).mean()
            for top, left in np.ndindex(2 * most + 1, 2 * most + 1)
            for part in (
                padded[top : top + 32, left : left + 32],
                padded[top : top + 32, left : left + 32][:, ::-1],
            )
        ]
        assert min(tried) < 0.06, "its greys are those of some shift, but for what clipping does"


def test_hues_turn_and_greys_stay() -> None:
    turn = sprites._turned(1 / 3)
    np.testing.assert_allclose(turn @ [1, 0, 0], [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(sprites._turned(0.07) @ [0.3, 0.3, 0.3], [0.3] * 3, atol=1e-6)
    red = sprites._turned(1 / 24) @ (np.array([0.7, 0.2, 0.2]) * 2 - 1)
    hue, _, _ = colorsys.rgb_to_hsv(*((red + 1) / 2))
    assert hue == pytest.approx(1 / 24, abs=0.02)


@given(st.integers(0, 7))
def test_a_kind_is_named_or_numbered(number: int) -> None:
    assert (
        sprites.kind(number)
        == sprites.kind(np.int32(number))
        == sprites.kind(sprites.KINDS[number])
        == number
    )


@pytest.mark.parametrize("wrong", ["dogs", "", 8, -1, True, 1.0, None, [0], np.nan])
def test_a_kind_that_there_is_not_is_refused(wrong: object) -> None:
    with pytest.raises(CourseError, match=r"There is no kind .*; choose one of faces, people"):
        sprites.kind(wrong)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: sprites.load("test"), "no part 'test'"),
        (lambda: sprites.load(None), "no part None"),
        (lambda: sprites.load([]), r"no part \[\]"),
        (lambda: sprites.jittered(TRAIN.images[:2], seed=-1), "seed is what"),
        (lambda: sprites.jittered(TRAIN.images[:2], seed=1.0), "seed is what"),
        (lambda: sprites.jittered(TRAIN.images[0]), "must have the shape"),
        (lambda: sprites.jittered(TRAIN.images[:0]), "must have the shape"),
        (lambda: sprites.jittered(TRAIN.images[:2, :16]), r"Sprites are \(n, 32, 32, 3\)"),
        (lambda: sprites.jittered(TRAIN.images[:2] * np.nan), "NaN"),
        (lambda: sprites.jittered((TRAIN.images[:2] + 1) * 127.5), "0..255"),
        (lambda: sprites.jittered("sprites"), "array of numbers"),
        (lambda: sprites.jittered(np.zeros((2, 32, 32, 3), bool)), "array of numbers"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
