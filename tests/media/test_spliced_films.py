"""Films of known shots: every frame from the shot it is said to come from, blends with the shares that are said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import spliced_films
from course_lib.media.cuts import shots as shots_of
from course_lib.media.spliced_films import camera, flash, flicker, random_film, splice

PICTURE = np.random.default_rng(0).uniform(-1, 1, (40, 60, 3)).astype("float32")


def shade(value: float, count: int) -> np.ndarray:
    return np.full((count, 2, 3, 1), value, "float32")


def test_a_cut_and_a_dissolve_frame_by_frame() -> None:
    film = splice([shade(-1, 3), shade(1, 6), shade(0, 4)], [0, 3])
    light = film.frames[:, 0, 0, 0]
    np.testing.assert_allclose(light, [-1, -1, -1, 1, 1, 1, 0.75, 0.5, 0.25, 0], atol=1e-6)
    assert film.cuts.tolist() == [3] and film.dissolves == [(6, 8)]
    assert shots_of(len(film.frames), film.cuts, film.dissolves) == [(0, 3), (3, 6), (9, 10)]


def test_what_moves_goes_on_moving_in_a_dissolve() -> None:
    one, other = (np.linspace(low, low + 0.4, 8, dtype="float32")[:, None, None, None] for low in (-1, 0.5))
    film = splice([one, other], [4])
    blends = [0.8, 0.6, 0.4, 0.2] * one[4:, 0, 0, 0] + [0.2, 0.4, 0.6, 0.8] * other[:4, 0, 0, 0]
    np.testing.assert_allclose(film.frames[4:8, 0, 0, 0], blends, atol=1e-6)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=6))
def test_lengths_add_up_and_the_shots_are_where_they_are_said_to_be(plan: list[tuple[int, int]]) -> None:
    fades = [fade for _, fade in plan[:-1]]
    around = [sum(pair) for pair in zip([0, *fades], [*fades, 0], strict=True)]
    shots = [
        shade(n / 10, alone + extra) for n, ((alone, _), extra) in enumerate(zip(plan, around, strict=True))
    ]
    film = splice(shots, fades)
    stretches = shots_of(len(film.frames), film.cuts, film.dissolves)
    assert [stop - start for start, stop in stretches] == [alone for alone, _ in plan]
    for number, (start, stop) in enumerate(stretches):
        np.testing.assert_array_equal(film.frames[start:stop], np.float32(number / 10))
    assert len(film.frames) == sum(alone for alone, _ in plan) + sum(fades)


def test_a_camera_stays_on_its_picture_and_moves_little_at_a_time() -> None:
    source = camera(PICTURE, (16, 20))
    shot = source(12, np.random.default_rng(1))
    assert shot.shape == (12, 16, 20, 3) and shot.dtype == np.float32 and np.abs(shot).max() <= 1
    np.testing.assert_array_equal(shot, source(12, np.random.default_rng(1)))
    assert np.abs(shot - source(12, np.random.default_rng(2))).max() > 0.1
    grey = camera(np.full((30, 30, 1), 0.2, "float32"), (8, 8))(3, np.random.default_rng(0))
    assert grey.shape == (3, 8, 8, 1)
    np.testing.assert_allclose(grey, 0.2, atol=1 / 127)  # nothing from beyond the edges
    slope = np.linspace(-1, 1, 64)[None, :, None] * np.ones((64, 1, 3))
    for seed in range(20):
        light = camera(slope.astype("float32"), (8, 8))(30, np.random.default_rng(seed)).mean((1, 2, 3))
        assert np.abs(np.diff(light)).max() < 0.2  # of the 2 from edge to edge


def test_flicker_is_one_factor_a_frame_and_a_flash_lasts_as_long_as_asked() -> None:
    frames = np.repeat(PICTURE[None] * 0.5, 200, axis=0)[:, :4, :4]
    light = (flicker(frames, 0.05, np.random.default_rng(0)) + 1) / (frames + 1)
    np.testing.assert_allclose(light, np.broadcast_to(light[:, :1, :1, :1], light.shape), rtol=1e-4)
    assert light[:, 0, 0, 0].std() == pytest.approx(0.05, rel=0.15)
    lit = flash(frames, 7, 2, 0.8)
    np.testing.assert_allclose(1 - lit[7:9], 0.2 * (1 - frames[7:9]), rtol=1e-4)
    lit[7:9] = frames[7:9]
    np.testing.assert_array_equal(lit, frames)  # the film handed in is as it was, too


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_random_film_is_as_its_seed_and_its_list_of_cuts_say(seed: int) -> None:
    sources = [lambda count, random, value=value: shade(value, count) for value in (-0.9, -0.3, 0.3, 0.9)]
    film = random_film(sources, 8, seed, disturbed=False)
    again = random_film(sources, 8, seed, disturbed=False)
    np.testing.assert_array_equal(film.frames, again.frames)
    stretches = shots_of(len(film.frames), film.cuts, film.dissolves)
    assert len(stretches) == 8 and len(film.cuts) + len(film.dissolves) == 7
    values = [np.unique(film.frames[start:stop]) for start, stop in stretches]
    assert all(len(value) == 1 for value in values)
    assert all(one != other for one, other in zip(values, values[1:], strict=False))  # noqa: RUF007
    low, high = spliced_films.LENGTHS
    assert all(low <= stop - start <= high for start, stop in stretches)
    troubled = random_film(sources, 8, seed)
    assert troubled.cuts.tolist() == film.cuts.tolist() and troubled.dissolves == film.dissolves
    assert not np.array_equal(troubled.frames, film.frames)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: splice([], []), "at least one shot"),
        (lambda: splice([shade(0, 3)], [0]), "0 transitions, not 1"),
        (lambda: splice([shade(0, 3), shade(0, 3)[:, :1]], [0]), "one size"),
        (lambda: splice([shade(0, 3), shade(0, 3)], [3]), "Shot 0 has 3 frames"),
        (lambda: splice([shade(0, 3), shade(0, 3)], [-1]), "transition is"),
        (lambda: splice([shade(0, 3), shade(0, 3)], [1.0]), "transition is"),
        (lambda: splice([shade(0, 3), shade(np.nan, 3)], [1]), "go from nan"),
        (lambda: camera(PICTURE[0]), "have the shape"),
        (lambda: camera(PICTURE, (0, 4)), "shape is"),
        (lambda: camera(PICTURE, 4), "height and width"),
        (lambda: camera(PICTURE * 300), "lie in"),
        (lambda: flash(shade(0, 3), 3), "at is"),
        (lambda: flash(shade(0, 3), 0, 0), "length is"),
        (lambda: flash(shade(0, 3), 0, 1, 2.0), "strength is"),
        (lambda: flicker(shade(0, 3), np.nan, np.random.default_rng(0)), "strength is"),
        (lambda: random_film([], 1), "needs a source"),
        (lambda: random_film([camera(PICTURE)], 2), "two if it has more"),
        (lambda: random_film([camera(PICTURE)], 0), "shots is"),
        (lambda: random_film([camera(PICTURE)], 1, -1), "seed is"),
        (lambda: random_film([camera(PICTURE)], 1, dissolves=1.5), "dissolves is"),
        (lambda: random_film([lambda count, random: shade(0, count + 1)], 1), "source 0 drew"),
    ],
)
def test_bad_input_is_one_line(call, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        call()
    assert "\n" not in str(error.value)
