"""Cuts and dissolves: against films of a few lines, whose changes can be computed by hand."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import cuts
from course_lib.media.spliced_films import flash, splice

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.uniform(-1, 1, (4, 8, 8, 3)).astype("float32")


def still(number: int, count: int) -> np.ndarray:
    return np.repeat(PICTURES[number : number + 1], count, axis=0)


def pan(count: int, speed: int, seed: int = 0) -> np.ndarray:
    wide = np.random.default_rng(seed).uniform(-1, 1, (16, 16 + speed * count, 3)).astype("float32")
    return np.stack([wide[:, speed * at : speed * at + 16] for at in range(count)])


def test_changes_are_those_of_the_definition() -> None:
    frames = RANDOM.uniform(-1, 1, (5, 16, 16, 3)).astype("float32")
    by_hand = [np.sqrt(np.mean((frames[k] - frames[k - 1]) ** 2)) for k in range(1, 5)]
    np.testing.assert_allclose(cuts.changes(frames, "pixels"), by_hand, rtol=1e-5)
    fields = frames.reshape(5, 8, 2, 8, 2, 3).mean((2, 4))
    by_hand = [np.sqrt(np.mean((fields[k] - fields[k - 1]) ** 2)) for k in range(1, 5)]
    np.testing.assert_allclose(cuts.changes(frames, "coarse"), by_hand, rtol=1e-4)
    np.testing.assert_allclose(cuts.changes(frames), by_hand, rtol=1e-4)
    light = cuts.changes(frames, lambda film: film.mean((1, 2)))
    np.testing.assert_allclose(
        light, np.sqrt(np.mean(np.diff(frames.mean((1, 2)), axis=0) ** 2, -1)), rtol=1e-4
    )


def test_histograms_count_the_pixels_that_would_have_to_change() -> None:
    frames = np.full((3, 4, 4, 1), -0.99, "float32")
    frames[1, 0] = 0.99  # four of sixteen pixels
    frames[2, 3] = 0.99  # elsewhere, and as many
    np.testing.assert_allclose(cuts.changes(frames, "histogram"), [0.25, 0], atol=1e-12)
    frames[2] = 1.0  # the last of the shades holds its end
    np.testing.assert_allclose(cuts.changes(frames, "histogram"), [0.25, 0.75], atol=1e-12)
    colours = np.repeat(frames, 3, axis=-1)
    colours[1, ..., 1:] = colours[0, ..., 1:]  # the change is in one channel of three
    np.testing.assert_allclose(cuts.changes(colours[:2], "histogram"), [0.25 / 3], atol=1e-12)


def test_fields_of_uneven_size_are_means_too() -> None:
    frames = RANDOM.uniform(-1, 1, (2, 11, 3, 1)).astype("float32")
    rows = np.linspace(0, 11, 9).astype(int)
    by_hand = [frames[:, top:bottom, column].mean(1) for top, bottom in pairwise(rows) for column in range(3)]
    np.testing.assert_allclose(cuts.coarse(frames), np.concatenate(by_hand, axis=1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("reach", [2, 3, 4])
def test_sharpness_is_the_least_across_minus_the_least_within(reach: int) -> None:
    frames = RANDOM.uniform(-1, 1, (9, 2, 2, 1)).astype("float32")

    def least(ones: range, others: range) -> float:
        pairs = [(a, b) for a, b in product(ones, others) if a < b]
        return min((np.sqrt(np.mean((frames[a] - frames[b]) ** 2)) for a, b in pairs), default=0.0)

    by_hand = []
    for k in range(1, 9):
        before, after = range(max(0, k - reach), k), range(k, min(9, k + reach))
        across, change = least(before, after), least(range(k - 1, k), range(k, k + 1))
        by_hand.append(across - max(least(before, before), least(after, after)))
        if across < cuts.COMES_BACK * change:
            by_hand[-1] = min(by_hand[-1], 0)
    np.testing.assert_allclose(cuts.sharpness(frames, "pixels", reach), by_hand, rtol=1e-4, atol=1e-6)


def test_cuts_are_found_where_they_are_and_nowhere_else() -> None:
    film = splice([still(0, 9), still(1, 5), still(2, 12), still(3, 9)], [0, 0, 0])
    assert film.cuts.tolist() == [9, 14, 26]
    for measure in cuts.MEASURES:
        assert cuts.find_cuts(film.frames, measure=measure).tolist() == [9, 14, 26], measure
    pixels = np.rint((film.frames + 1) * 127.5).astype("uint8")
    assert cuts.find_cuts(pixels).tolist() == [9, 14, 26]


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("at", [4, 9])
def test_a_flash_is_no_cut(length: int, at: int) -> None:
    frames = flash(still(0, 20), at, length)
    plain = cuts.peaks(cuts.changes(frames), cuts.THRESHOLD)
    assert plain.tolist() == [at, at + length]  # the plain change takes its beginning and its end for cuts
    assert cuts.find_cuts(frames).tolist() == []
    moving = pan(20, 1)
    assert cuts.find_cuts(flash(moving, at, length), measure="pixels", threshold=0.05).tolist() == []


def test_a_fast_pan_is_no_cut_but_one_from_pan_to_pan_is() -> None:
    frames = np.concatenate([pan(12, 3, 1), pan(12, 3, 2)])
    assert (cuts.changes(frames, "pixels") > 0.5).all()
    signal = cuts.sharpness(np.concatenate([pan(12, 3, 1)]), "pixels")
    assert signal.max() < 0.1
    walk = np.linspace(-1, 1, 24)[:, None, None, None] * np.ones((1, 8, 8, 1))  # evenly brighter
    walk[12:] *= -1
    assert cuts.find_cuts(walk, threshold=0.1).tolist() == []  # at 12 it is as bright on both sides
    walk[12:] = -np.abs(walk[12:]) + 0.99
    assert cuts.find_cuts(walk, threshold=0.1).tolist() == [12]


def test_of_places_nearer_than_a_shot_the_sharpest_counts() -> None:
    signal = np.array([0.0, 0.5, 0.9, 0.0, 0.8, 0.0, 0.0, 0.7])
    assert cuts.peaks(signal, 0.4).tolist() == [2, 3, 5, 8]
    assert cuts.peaks(signal, 0.4, 3).tolist() == [3, 8]
    assert cuts.peaks(signal, 0.75, 2).tolist() == [3, 5]
    assert cuts.peaks(np.full(5, 0.5), 0.4, 3).tolist() == [1, 4]
    assert cuts.peaks(signal, 0.9).tolist() == []  # above, not at


@given(st.lists(st.floats(0, 1), min_size=0, max_size=30), st.integers(1, 6))
def test_peaks_are_apart_and_nothing_higher_is_left_out(values: list[float], apart: int) -> None:
    found = cuts.peaks(np.array(values), 0.5, apart)
    assert (np.diff(found) >= apart).all()
    for place in np.flatnonzero(np.array(values) > 0.5) + 1:
        assert any(abs(place - other) < apart and values[other - 1] >= values[place - 1] for other in found)


def test_a_film_of_one_frame_and_of_two_has_no_surprise() -> None:
    one = still(0, 1)
    assert cuts.changes(one).shape == cuts.sharpness(one).shape == (0,)
    assert cuts.find_cuts(one).tolist() == [] and cuts.find_dissolves(one) == []
    assert cuts.shots(1, []) == [(0, 1)]
    two = PICTURES[:2]
    assert cuts.find_cuts(two).tolist() == [1]
    np.testing.assert_allclose(cuts.sharpness(two), cuts.changes(two))


def test_shots_are_what_lies_between() -> None:
    assert cuts.shots(10, [3, 7]) == [(0, 3), (3, 7), (7, 10)]
    assert cuts.shots(20, [3], [(8, 11)]) == [(0, 3), (3, 8), (12, 20)]
    assert cuts.shots(12, [], [(0, 3), (8, 11)]) == [(4, 8)]
    assert cuts.shots(0, []) == []


def test_blend_shares_are_least_squares() -> None:
    first, last = PICTURES[:2]
    shares = np.array([-0.2, 0.0, 0.3, 1.0])
    blends = (1 - shares)[:, None, None, None] * first + shares[:, None, None, None] * last
    found, left = cuts.blend_shares(blends, first, last)
    np.testing.assert_allclose(found, shares, atol=1e-6)
    np.testing.assert_allclose(left, 0, atol=1e-6)
    other = PICTURES[2:]
    found, left = cuts.blend_shares(other, first, last)
    for frame, share, rest in zip(other, found, left, strict=True):
        answer, squares, *_ = np.linalg.lstsq(
            (last - first).reshape(-1, 1), (frame - first).ravel(), rcond=None
        )
        assert share == pytest.approx(answer[0], rel=1e-4)
        assert rest == pytest.approx(np.sqrt(squares[0] / first.size), rel=1e-4)
    assert cuts.blend_shares(other, first, first)[0].tolist() == [0, 0]


@pytest.mark.parametrize("length", [5, 8, 16])
def test_dissolves_are_found_to_the_frame_and_are_no_cuts(length: int) -> None:
    film = splice([still(0, 25), still(1, 40), still(2, 25)], [length, 0])
    assert cuts.find_cuts(film.frames).tolist() == film.cuts.tolist()
    assert cuts.find_dissolves(film.frames) == film.dissolves == [(25 - length, 24)]
    two = splice([still(0, 25), still(1, 40), still(2, 25)], [length, length])
    assert cuts.find_dissolves(two.frames) == two.dissolves
    last = len(two.frames) - 1
    mirrored = [(last - end, last - start) for start, end in reversed(two.dissolves)]
    assert cuts.find_dissolves(two.frames[::-1]) == mirrored
    middle = two.dissolves[0][0] + length // 2
    for start, end in cuts.find_dissolves(two.frames, cuts=[middle]):
        assert not start <= middle <= end


def test_what_moves_is_no_dissolve_and_a_lamp_hides_none() -> None:
    assert cuts.find_dissolves(pan(30, 2)) == []
    film = splice([still(0, 25), still(1, 25)], [8])
    light = 1 + 0.03 * np.random.default_rng(3).standard_normal((len(film.frames), 1, 1, 1))
    assert cuts.find_dissolves(np.clip((film.frames + 1) * light - 1, -1, 1), cuts=[]) == film.dissolves


def bad_measure(frames: np.ndarray) -> np.ndarray:
    return np.full((len(frames), 2), np.nan)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: cuts.changes(np.full((3, 8, 8, 3), np.nan)), "go from nan"),
        (lambda: cuts.changes(PICTURES[0]), "have the shape"),
        (lambda: cuts.changes(PICTURES, "colour"), "no measure 'colour'"),
        (lambda: cuts.changes(PICTURES, None), "no measure None"),
        (lambda: cuts.changes(PICTURES, bad_measure), "finite numbers"),
        (lambda: cuts.changes(PICTURES, lambda frames: frames), "finite numbers"),
        (lambda: cuts.sharpness(PICTURES, reach=1), "reach is"),
        (lambda: cuts.sharpness(PICTURES, reach=True), "reach is"),
        (lambda: cuts.find_cuts(PICTURES, np.nan), "threshold is a finite"),
        (lambda: cuts.find_cuts(PICTURES, "high"), "threshold is one number"),
        (lambda: cuts.find_cuts(PICTURES, True), "threshold is one number"),
        (lambda: cuts.peaks(np.array([np.nan]), 0.1), "none NaN"),
        (lambda: cuts.peaks(np.zeros(3), 0.1, 0), "apart is"),
        (lambda: cuts.shots(5, [0]), "lie from 1 to 4"),
        (lambda: cuts.shots(5, [5]), "lie from 1 to 4"),
        (lambda: cuts.shots(5, [3, 2]), "rising"),
        (lambda: cuts.shots(5, [2.0]), "whole"),
        (lambda: cuts.shots(5, [], [(3, 5)]), "end is"),
        (lambda: cuts.shots(5, [], [(3, 2)]), "end is"),
        (lambda: cuts.shots(5, [], [3]), "a pair"),
        (lambda: cuts.find_dissolves(PICTURES, lengths=(1, 3)), "shortest length"),
        (lambda: cuts.find_dissolves(PICTURES, lengths=(5, 3)), "longest length"),
        (lambda: cuts.find_dissolves(PICTURES, lengths=5), "shortest and longest"),
        (lambda: cuts.find_dissolves(PICTURES, most_left=np.inf), "most_left is"),
        (lambda: cuts.blend_shares(PICTURES, PICTURES, PICTURES[0]), "one size"),
        (lambda: cuts.blend_shares(np.full((1, 2), np.nan), np.ones(2), np.ones(2)), "NaN"),
    ],
)
def test_bad_input_is_one_line(call, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        call()
    assert "\n" not in str(error.value)
