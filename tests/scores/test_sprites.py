"""What drawn emoji are worth: a judge measured on emoji it was not fitted to, and numbers with known ends."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets import sprites as emoji
from course_lib.scores import metrics, sprites

TRAIN, HELD_OUT = emoji.load("train"), emoji.load("held_out")
EIGHT = HELD_OUT.images[np.unique(HELD_OUT.labels, return_index=True)[1]]


def test_the_judge_is_right_on_four_of_five_emoji_that_it_has_not_seen() -> None:
    assert sprites.obedience(HELD_OUT.images, HELD_OUT.labels) > 0.78
    assert sprites.obedience(emoji.jittered(HELD_OUT.images, 1), HELD_OUT.labels) > 0.7
    # not those that it was fitted to
    assert sprites.obedience(emoji.jittered(TRAIN.images[::3], 0), TRAIN.labels[::3]) < 0.96
    per_kind = [np.mean(sprites.read_kinds(HELD_OUT.images[HELD_OUT.labels == k]) == k) for k in range(8)]
    assert min(per_kind) > 0.4, "no kind that it never sees"


def test_it_is_kernel_ridge_regression() -> None:
    """Where sum of w (y - f)^2 + f's length is least, w (y - f) is each point's weight, once the slope is set to 0."""
    points, weights, width = sprites._judge()
    labels = np.tile(TRAIN.labels, sprites.ROUNDS)
    rarity = len(labels) / (8 * np.bincount(labels)[labels])
    assert rarity.mean() == pytest.approx(1)
    distances = np.stack([((points - point) ** 2).sum(axis=1) for point in points[:60]])
    wanted, said = np.eye(8)[labels[:60]], np.exp(-distances / width) @ weights
    np.testing.assert_allclose(
        rarity[:60, None] * (wanted - said), sprites.RIDGE * weights[:60], rtol=1e-6, atol=1e-9
    )


def test_it_is_at_chance_where_nothing_was_obeyed() -> None:
    asked = np.random.default_rng(0).permutation(np.tile(HELD_OUT.labels, 4))
    assert sprites.obedience(np.tile(HELD_OUT.images, (4, 1, 1, 1)), asked) == pytest.approx(1 / 8, abs=0.08)
    assert np.bincount(sprites.read_kinds(np.zeros((5, 32, 32, 3))), minlength=8).max() == 5


def test_variety_is_within_a_kind() -> None:
    copies = np.repeat(EIGHT, 3, axis=0)
    assert sprites.variety(copies, np.repeat(np.arange(8), 3)) == pytest.approx(0, abs=1e-6)
    assert sprites.variety(copies, np.tile(np.arange(8), 3)) > 0.4
    pair = np.stack([np.zeros((32, 32, 3)), np.full((32, 32, 3), 0.5)])
    assert sprites.variety(pair, [4, 4]) == pytest.approx(0.5)


def test_realness_is_the_kernel_distance_to_held_out_emoji() -> None:
    from course_lib.scores import features

    network = features.load("emoji")
    expected = metrics.kernel_distance(
        network.features(TRAIN.images[:200]), network.features(HELD_OUT.images)
    )
    assert sprites.realness(TRAIN.images[:200]) == pytest.approx(expected)
    noise = np.random.default_rng(0).uniform(-1, 1, (40, 32, 32, 3)).astype("float32")
    assert sprites.realness(noise) > 1 > 0.1 > sprites.realness(TRAIN.images)


def test_a_copy_is_found_out_though_it_was_moved_and_mirrored() -> None:
    chosen = np.arange(0, len(TRAIN.images), 50)
    padded = np.pad(TRAIN.images[chosen], ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=1.0)
    moved = padded[:, 4:36, 1:33, :][:, :, ::-1]
    places, distances = sprites.nearest(moved)
    # by pixels, as an emoji may be there twice
    assert distances.max() < 0.1 and np.mean(places == chosen) > 0.9
    _, exact = sprites.nearest(TRAIN.images[chosen])
    np.testing.assert_allclose(exact, 0, atol=1e-6)


def test_nearest_is_that_of_a_search_by_hand() -> None:
    drawn = EIGHT[:2]
    for picture, distance in zip(drawn, sprites.nearest(drawn)[1], strict=True):
        padded, best = np.pad(picture, ((2, 2), (2, 2), (0, 0)), constant_values=1.0), 9.0
        for top in range(5):
            for left in range(5):
                part = padded[top : top + 32, left : left + 32]
                for tried in (part, np.fliplr(part)):
                    best = min(best, np.sqrt(np.mean((TRAIN.images - tried) ** 2, axis=(1, 2, 3)).min()))
        assert distance == pytest.approx(best, rel=1e-5)


@pytest.mark.slow
def test_emoji_drawn_by_people_are_rarely_called_copied_and_jittered_ones_mostly() -> None:
    found = sprites.measures(HELD_OUT.images, HELD_OUT.labels)
    assert list(found) == ["obedience", "variety", "kernel_distance", "nearest", "copied"]
    assert found["copied"] == pytest.approx(0.05, abs=0.015) and found["nearest"] > 0.25
    jittered = sprites.measures(emoji.jittered(TRAIN.images[::8], 1), TRAIN.labels[::8])
    assert jittered["copied"] > 0.6 and jittered["nearest"] < 0.12


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: sprites.read_kinds(EIGHT[:, :28]), r"Sprites are \(n, 32, 32, 3\)"),
        (lambda: sprites.read_kinds(EIGHT[:0]), "must have the shape"),
        (lambda: sprites.read_kinds("sprites"), "array of numbers"),
        (lambda: sprites.nearest(EIGHT * np.inf), "NaN or infinite"),
        (lambda: sprites.nearest(EIGHT * 127.5 + 127.5), "0..255"),
        (lambda: sprites.obedience(EIGHT, np.arange(7)), "one for each image"),
        (lambda: sprites.obedience(EIGHT, np.arange(8) / 2), "whole numbers"),
        (lambda: sprites.obedience(EIGHT, np.arange(8) > 3), "whole numbers"),
        (lambda: sprites.obedience(EIGHT, np.arange(1, 9)), "lie in 0..7"),
        (lambda: sprites.variety(EIGHT, np.arange(8)), "of faces there is one"),
        (lambda: sprites.realness(EIGHT), "at least 30 images"),
        (lambda: sprites.measures(EIGHT, np.arange(8)), "of faces there is one"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
