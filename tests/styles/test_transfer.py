"""Painting with patches: it comes nearer, keeps size and seed, can be watched and stopped, and refuses nonsense."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.styles import distances, measures
from course_lib.styles.transfer import new_painting, scales, transfer

PHOTO, PAINTING = datasets.photo("coffee", 48), datasets.painting("hokusai_great_wave", 56)
QUICK = {"start_scale": 0.75, "steps": 12, "filters": 16, "progress": False}


@pytest.fixture(scope="module")
def painted() -> np.ndarray:
    return transfer(PHOTO, PAINTING, **QUICK)


def test_a_tiny_transfer_comes_nearer_by_patches_of_another_size_and_keeps_the_cup(painted) -> None:
    assert painted.shape == PHOTO.shape and painted.dtype == np.float32 and np.abs(painted).max() <= 1
    before, after = (measures.patch_distance(each, PAINTING, side=5) for each in (PHOTO, painted))
    assert after < 0.6 * before
    assert 0.2 < measures.structure(painted, PHOTO) < 0.98


def test_the_same_seed_paints_the_same_and_another_does_not(painted) -> None:
    np.testing.assert_allclose(transfer(PHOTO, PAINTING, **QUICK), painted, atol=1e-4)
    assert np.abs(transfer(PHOTO, PAINTING, seed=1, **QUICK) - painted).mean() > 1e-3


def test_gram_and_a_distance_of_ones_own_are_minimised_too() -> None:
    def means(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(tf.square(tf.reduce_mean(a, axis=0) - tf.reduce_mean(b, axis=0)))

    filters = distances.unit_filters(64, 7, (77, 0))
    goal = distances.responses(tf.constant(PAINTING), filters)
    for distance in (distances.gram, means):
        found = transfer(PHOTO, PAINTING, distance=distance, **QUICK)
        before, after = (
            float(distance(distances.responses(tf.constant(each), filters), goal)) for each in (PHOTO, found)
        )
        assert after < 0.5 * before


def test_new_paintings_need_no_photograph_and_differ_by_their_seed() -> None:
    options = QUICK | {"start_scale": 0.5, "steps": 8}
    one, other = (new_painting(PAINTING, (40, 50), seed=seed, **options) for seed in (0, 1))
    assert one.shape == (40, 50, 3) and np.abs(one - other).mean() > 0.05
    noise = np.random.default_rng(0).uniform(-1, 1, one.shape).astype("float32")
    assert measures.patch_distance(one, PAINTING, 5) < 0.5 * measures.patch_distance(noise, PAINTING, 5)


def test_it_can_be_watched_scale_by_scale() -> None:
    seen: list[tuple] = []
    transfer(PHOTO, PAINTING, watch=lambda *what: seen.append(what), **QUICK)
    ends = [what for what in seen if what[2] == QUICK["steps"]]
    assert [scale for _, scale, _, _ in ends] == pytest.approx([0.75, 1])
    assert [picture.shape for picture, *_ in ends] == [(24, 36, 3), (32, 48, 3)]
    assert all(np.isfinite(value) and value > 0 for *_, value in ends)


@pytest.mark.parametrize("stop_at", [0.75, 1.0])
def test_ctrl_c_keeps_the_picture_so_far_in_full_size(stop_at: float, capsys) -> None:
    seen = []

    def press(picture: np.ndarray, scale: float, step: int, value: float) -> None:
        seen.append(picture)
        if scale == pytest.approx(stop_at):
            raise KeyboardInterrupt

    found = transfer(PHOTO, PAINTING, watch=press, **(QUICK | {"progress": True}))
    assert found.shape == PHOTO.shape
    # What was shown last, not the photograph.
    expected = tf.image.resize(seen[-1], PHOTO.shape[:2], "bicubic", antialias=True)
    np.testing.assert_allclose(found, np.clip(expected, -1, 1), atol=1e-5)
    assert np.abs(found - PHOTO).mean() > 0.02
    err = capsys.readouterr().err
    assert "Stopped; this is the picture so far." in err and "scale 0.75  step" in err


def test_scales_grow_evenly_and_by_no_more_than_half_again() -> None:
    assert scales(1) == (1.0,) and scales(1.0) == (1.0,)
    np.testing.assert_allclose(scales(0.35), [0.35, 0.4966, 0.7047, 1], atol=1e-4)
    for start in np.linspace(0.05, 0.99, 40):
        found = np.array(scales(start))
        assert found[0] == pytest.approx(start) and found[-1] == 1
        np.testing.assert_allclose(found[1:] / found[:-1], found[1] / found[0])
        assert 1 < found[1] / found[0] < 1.5


def test_a_distance_that_is_no_number_is_named_at_once() -> None:
    for broken, message in (
        (
            lambda a, b: tf.reduce_mean(tf.abs(a - tf.reduce_mean(b, axis=0)), axis=0),
            r"it is the shape \(16,\)",
        ),
        (lambda a, b: tf.reduce_mean(tf.sqrt(-tf.abs(a))), "scale 0.75, step 1.*, it is nan"),
    ):
        with pytest.raises(CourseError, match=message):
            transfer(PHOTO, PAINTING, distance=broken, **QUICK)


def test_what_cannot_be_painted_is_refused_in_one_line() -> None:
    for call, message in (
        (lambda: transfer(PHOTO, PAINTING, start_scale=0), "above 0 and at most 1, not 0"),
        (lambda: transfer(PHOTO, PAINTING, start_scale="0.3"), "not '0.3'"),
        (
            lambda: transfer(PHOTO, PAINTING, start_scale=0.1),
            r"3 pixels, too few .* start_scale=0\.2\d or more",
        ),
        (
            lambda: transfer(PHOTO[..., 0], PAINTING),
            r"The content must be one picture .* grey and transparent",
        ),
        (lambda: transfer(PHOTO, PAINTING[np.newaxis]), "The style must be one picture"),
        (lambda: transfer((PHOTO + 1) * 127.5, PAINTING), "pixels in 0..255"),
        (lambda: transfer(PHOTO * np.nan, PAINTING), "NaN or infinite"),
        (lambda: transfer(PHOTO[:8], PAINTING), "too few for patches of 7 x 7: use larger pictures"),
        (lambda: transfer(PHOTO, PAINTING * np.inf), "The style: .* infinite"),
        (lambda: transfer("coffee", PAINTING), "The content must be an array of numbers"),
        (lambda: transfer(PHOTO, PAINTING, side="7"), "side is .* not '7'"),
        (lambda: transfer(PHOTO, PAINTING, learning_rate=-1), "learning_rate is .* above 0, not -1"),
        (lambda: transfer(PHOTO, PAINTING, learning_rate=np.nan), "learning_rate is .* not nan"),
        (lambda: transfer(PHOTO, PAINTING, steps=0), "steps is .* not 0"),
        (lambda: transfer(PHOTO, PAINTING, seed=-1), "seed is .* not -1"),
        (lambda: transfer(PHOTO, PAINTING, distance="sliced"), "distance is a function .* not 'sliced'"),
        (lambda: new_painting(PAINTING, (10, 50)), "height is .* not 10"),
        (lambda: new_painting(PAINTING, 50), "shape is .* not 50"),
    ):
        with pytest.raises(CourseError, match=message) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "distance",
    [
        lambda a, b: None,
        lambda a, b: 1.0,
        lambda a, b: tf.constant(1.0),
        lambda a, b: tf.reduce_mean(b),
        lambda a, b: tf.reduce_mean(a) > 0,
        lambda a, b: np.mean(a),
        lambda a, b: [tf.reduce_mean(a)],
    ],
)
def test_a_distance_without_a_gradient_is_refused_in_one_line(distance) -> None:
    with pytest.raises(CourseError, match="first of its two arguments") as caught:
        transfer(PHOTO, PAINTING, distance=distance, **QUICK)
    assert "\n" not in str(caught.value)


def test_what_a_distance_raises_comes_as_it_is() -> None:
    def broken(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        raise ValueError("my own mistake")

    with pytest.raises(ValueError, match=r"^my own mistake$"):  # not TensorFlow's account of its compiling
        transfer(PHOTO, PAINTING, distance=broken, **QUICK)


def test_a_script_gets_the_interruption_and_no_half_painted_picture() -> None:
    def press(*what: object) -> None:
        raise KeyboardInterrupt

    for paint in (
        lambda **more: transfer(PHOTO, PAINTING, **QUICK, **more),
        lambda **more: new_painting(PAINTING, (40, 50), **QUICK, **more),
    ):
        with pytest.raises(KeyboardInterrupt):
            paint(watch=press, stoppable=False)
