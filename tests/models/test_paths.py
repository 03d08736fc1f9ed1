"""Paths in latent space and films along them."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models import latents
from course_lib.models.paths import KINDS, Path, crossfade, film_along
from course_lib.theory.arc_length import seam, step_lengths, unevenness

SIZE = 16


def keys(seed: int = 0, count: int = 4, size: int = SIZE) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, size))


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """Pictures 4 x 4 of latents, by a bent map that was drawn, not trained."""
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((SIZE,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Reshape((4, 4, 1)),
        ]
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(KINDS), closed=st.booleans(), count=st.integers(3, 6))
def test_a_path_meets_its_keys_and_stays_where_it_should(
    seed: int, kind: str, closed: bool, count: int
) -> None:
    path = Path(keys(seed, count), kind, closed)
    met = path(path.key_times)
    assert met.dtype == np.float32 and path.key_times.shape == (count,)
    wanted = keys(seed, count) if kind == "line" else latents.rescale(keys(seed, count))
    np.testing.assert_allclose(met, wanted, atol=1e-5)
    assert path.legs == (count if closed else count - 1)
    t = np.linspace(0, 1, 50)
    if kind != "line":
        np.testing.assert_allclose(np.linalg.norm(path(t), axis=1), math.sqrt(SIZE), rtol=1e-5)
    if closed:
        np.testing.assert_allclose(path([0.0]), path([1.0]), atol=1e-5)


def test_legs_are_those_of_lerp_and_slerp() -> None:
    shares = np.linspace(0, 0.999, 7)
    three = latents.rescale(keys(count=3))
    for kind, between in (("line", latents.lerp), ("arc", latents.slerp)):
        path = Path(three, kind, closed=True)
        np.testing.assert_allclose(path((2 + shares) / 3), between(three[2], three[0], shares), atol=1e-5)


@pytest.mark.parametrize("closed", [False, True])
def test_a_spline_has_no_corner_and_the_others_have(closed: bool) -> None:
    def turn(kind: str) -> float:
        """The largest angle at a key, in degrees."""
        path, h, found = Path(keys(), kind, closed), 1e-3, []
        for key in path.key_times if closed else path.key_times[1:-1]:
            a, b, c = path(np.array([key - h, key, key + h]) % 1.0).astype(float)
            cosine = (b - a) @ (c - b) / np.linalg.norm(b - a) / np.linalg.norm(c - b)
            found.append(math.degrees(math.acos(np.clip(cosine, -1, 1))))
        return max(found)

    assert turn("spline") < 3 and turn("arc") > 20 and turn("line") > 20


def test_a_spline_is_that_of_catmull_and_rom() -> None:
    """Half-way between two keys it is 9/16 of both, less 1/16 of their neighbours."""
    path = Path(keys(), "spline")
    k = latents.rescale(keys())
    middle = latents.rescale((9 * (k[1] + k[2]) - k[0] - k[3]) / 16)
    np.testing.assert_allclose(path([0.5])[0], middle, atol=1e-5)
    ends = latents.rescale((9 * (k[0] + k[1]) - (2 * k[0] - k[1]) - k[2]) / 16)
    np.testing.assert_allclose(path([1 / 6])[0], ends, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("closed", [False, True])
def test_a_film_is_even_in_what_it_was_measured_in(network, kind: str, closed: bool) -> None:
    def edges(images: np.ndarray) -> np.ndarray:
        return np.diff(images, axis=1).reshape(len(images), -1)

    path = Path(keys(2), kind, closed)
    for measure in (None, edges):
        shown = (lambda images: images) if measure is None else measure
        times, frames = film_along(network, path, 20, measure=measure)
        assert times.shape == (20,) and frames.shape == (20, 4, 4, 1) and frames.dtype == np.float32
        steps = step_lengths(shown(frames), closed)
        assert unevenness(steps) <= 0.03 and seam(steps) <= 1.03
        _, plain = film_along(network, path, 20, even=False)
        assert unevenness(step_lengths(shown(plain), closed)) > 0.1


def test_a_loop_leaves_its_first_frame_out_at_the_end(network) -> None:
    path = Path(keys(), "arc", closed=True)
    times, frames = film_along(network, path, 8, even=False)
    np.testing.assert_allclose(times, np.arange(8) / 8)
    assert step_lengths(frames, closed=True)[-1] > 0.01


def test_a_crossfade_blends_neighbours_at_an_even_speed() -> None:
    pictures = np.random.default_rng(0).uniform(-1, 1, (3, 2, 2, 3)).astype("float32")
    pictures[2] = 0.8 * pictures[1]  # a short way
    film = crossfade(pictures, 11, even=False)
    np.testing.assert_allclose(film[[0, 5, 10]], pictures, atol=1e-6)
    np.testing.assert_allclose(film[2], 0.6 * pictures[0] + 0.4 * pictures[1], atol=1e-6)
    assert unevenness(step_lengths(crossfade(pictures, 11))) < 1e-3 < 0.1 < unevenness(step_lengths(film))
    loop = crossfade(pictures, 12, closed=True)
    assert loop.shape == (12, 2, 2, 3) and unevenness(step_lengths(loop, closed=True)) < 1e-3


NAN = np.where(np.eye(4, SIZE), np.nan, 1.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Path(keys(), "curve"), "line, arc, spline, not 'curve'"),
        (lambda: Path(keys(), ["arc"]), "of the kind"),
        (lambda: Path(keys(count=1), "arc"), "k >= 2"),
        (lambda: Path(keys(count=2), "spline", closed=True), "k >= 3"),
        (lambda: Path(keys()[0], "arc"), "k >= 2"),
        (lambda: Path(NAN, "line"), "NaN"),
        (lambda: Path("keys", "line"), "numbers"),
        (lambda: Path(keys()[[0, 1, 1]], "line"), "Keys 1 and 2 are equal"),
        (lambda: Path(keys()[[0, 0, 0]], "arc"), "Keys 0 and 1 are equal"),
        (lambda: Path(keys()[[0, 1, 0]], "spline", closed=True), "Keys 2 and 0 are equal"),
        (lambda: Path([keys()[0], 2 * keys()[0]], "arc"), "Keys 0 and 1"),
        (lambda: Path([keys()[0], -keys()[0]], "arc"), "opposite"),
        (lambda: Path([keys()[0], keys()[1], -3 * keys()[1]], "spline"), "opposite"),
        (lambda: Path([keys()[0], 0 * keys()[0]], "arc"), "length 0"),
        (lambda: Path(keys(), "arc")([1.5]), "0 to 1"),
        (lambda: Path(keys(), "arc")([math.nan]), "0 to 1"),
        (lambda: Path(keys(), "arc")(0.5), "0 to 1"),
        (lambda: crossfade(np.zeros((1, 2, 2, 1)), 5), "k >= 2"),
        (lambda: crossfade(np.zeros((2, 2, 2, 1)), 5), "The pictures 0 and 1 are equal"),
        (lambda: crossfade(np.zeros((2, 2)), 5), "shape"),
        (lambda: crossfade(np.full((2, 2, 2, 1), 200.0), 5), r"\[-1, 1\]"),
        (lambda: crossfade(np.eye(4).reshape(2, 2, 2, 2)[..., :1], 1), "count"),
    ],
)
def test_mistakes_are_told_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_films_that_cannot_be_are_refused(network) -> None:
    path = Path(keys(), "arc")
    with pytest.raises(CourseError, match="from 2 on"):
        film_along(network, path, 1)
    with pytest.raises(CourseError, match="takes latents of shape"):
        film_along(network, Path(keys(size=3), "arc"), 4)
    with pytest.raises(CourseError, match="points for"):
        film_along(network, path, 4, measure=lambda images: images[:1])
    with pytest.raises(CourseError, match="a Path"):
        film_along(network, keys(), 4)
    with pytest.raises(CourseError, match="does not move"):
        film_along(network, path, 4, measure=lambda images: np.ones((len(images), 2)))


def test_opposite_keys_may_be_joined_by_a_line() -> None:
    a = keys()[0]
    np.testing.assert_allclose(Path([a, -a], "line")([0.5]), np.zeros((1, SIZE)), atol=1e-7)
