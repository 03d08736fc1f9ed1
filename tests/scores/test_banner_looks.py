"""Reading banners: right on those that NumPy draws, noisy or not, and at chance where nothing was obeyed."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets import banners
from course_lib.scores import banner_looks
from course_lib.theory.feedback.gallery import mean_distance

IMAGES, LOOKS = banners.banner_set(2, seed=11)


def test_banners_drawn_afresh_are_read_right() -> None:
    assert np.mean(banner_looks.read_looks(IMAGES) == LOOKS) > 0.98
    assert min(banner_looks.obedience(IMAGES, LOOKS).values()) > 0.98


def test_noise_and_blur_do_not_deceive() -> None:
    noisy = np.clip(IMAGES + np.random.default_rng(0).normal(0, 0.3, IMAGES.shape), -1, 1)
    blurred = (IMAGES + np.roll(IMAGES, 1, 1) + np.roll(IMAGES, 1, 2) + np.roll(IMAGES, (1, 1), (1, 2))) / 4
    for images in (noisy, blurred):
        assert banner_looks.obedience(images.astype("float32"), LOOKS)["all"] > 0.9


def test_shares_are_counted_part_by_part() -> None:
    kind, colour, layout = banners.parts(LOOKS).T
    asked = [
        banners.look(int(k), (int(c) + 1) % 6, int(w)) for k, c, w in zip(kind, colour, layout, strict=True)
    ]
    found = banner_looks.obedience(IMAGES, asked)
    assert found["colour"] == found["all"] == 0 and min(found["kind"], found["layout"]) > 0.98
    shuffled = np.random.default_rng(0).permutation(LOOKS)
    found = banner_looks.obedience(IMAGES, shuffled)
    assert found["kind"] == pytest.approx(1 / 6, abs=0.07) and found["layout"] == pytest.approx(
        1 / 4, abs=0.08
    )


def test_a_gallery_holds_what_is_seen_and_banners_unlike_each_other_are_far_apart() -> None:
    images = np.stack([banners.render(np.arange(144), seed) for seed in (0, 1)], axis=1)
    gallery = banner_looks.gallery_of(images)
    assert gallery.seen.shape == (144, 2) and gallery.features.shape == (144, 2, 128)
    assert np.mean(gallery.seen == np.arange(144)[:, None]) > 0.98
    np.testing.assert_allclose(
        gallery.features[5], banner_looks.banner_features(images[5]), rtol=1e-4, atol=1e-4
    )
    look = banner_looks.banner_features(banners.render(np.full(20, 5), 3)).astype(float)
    assert mean_distance(look) < 0.8 * mean_distance(gallery.features[:, 0])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: banner_looks.read_looks(IMAGES[:, :, :32]), r"Banners are \(n, 32, 64, 3\)"),
        (lambda: banner_looks.read_looks(IMAGES * 127.5 + 127.5), "0..255"),
        (lambda: banner_looks.obedience(IMAGES, LOOKS[:5]), "288 and 5 are given"),
        (lambda: banner_looks.read_looks([]), "must have the shape"),
        (lambda: banner_looks.read_looks("banner"), "array of numbers"),
        (lambda: banner_looks.read_looks(IMAGES[:0]), "must have the shape"),
        (lambda: banner_looks.read_looks(IMAGES * np.nan), "NaN"),
        (lambda: banner_looks.banner_features("banner"), "array of numbers"),
        (lambda: banner_looks.gallery_of([1, 2]), "pictures of all 144 looks"),
        (lambda: banner_looks.gallery_of(np.zeros((144, 0, 32, 64, 3))), "pictures of all 144 looks"),
        (lambda: banner_looks.obedience(IMAGES, LOOKS / 2), "whole numbers"),
        (lambda: banner_looks.gallery_of(IMAGES), "pictures of all 144 looks"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
