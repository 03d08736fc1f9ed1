"""What judges a painted photograph: each measure at its two ends, and against its formula."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.styles import measures
from course_lib.theory import transport

PHOTO, PAINTING = datasets.photo("coffee", 96), datasets.painting("hokusai_great_wave", 96)


def test_patch_distance_is_the_sliced_distance_of_all_patches() -> None:
    one, other = PHOTO[:20, :24], PAINTING[:18, :30]
    clouds = [
        np.array(
            [
                # colour by colour, as `patches` has them
                picture[y : y + 5, x : x + 5].transpose(2, 0, 1).ravel()
                for y in range(picture.shape[0] - 4)
                for x in range(picture.shape[1] - 4)
            ]
        )
        for picture in (one, other)
    ]
    expected = transport.sliced_wasserstein(*clouds, transport.directions(6, 75, 3))
    assert measures.patch_distance(one, other, 5, 6, 3) == pytest.approx(expected, rel=1e-4)


def test_a_picture_is_nearest_to_itself_then_to_its_mirror_image_then_to_others() -> None:
    mirrored, ejiri = PAINTING[:, ::-1].copy(), datasets.painting("hokusai_ejiri", 96)
    for measure, spread in ((measures.patch_distance, 1e-9), (measures.feature_distance, 0.2)):
        found = [measure(shown, PAINTING) for shown in (PAINTING, mirrored, ejiri, PHOTO)]
        assert found[0] == pytest.approx(0, abs=spread)
        assert max(found[:2]) + 0.05 < found[2] < found[3]


def test_structure_is_kept_by_light_and_contrast_and_lost_by_another_picture() -> None:
    assert measures.structure(PHOTO, PHOTO) == pytest.approx(1)
    assert measures.structure(PHOTO * 0.7 + 0.1, PHOTO) > 0.97
    assert measures.structure(-PHOTO, PHOTO) < -0.9
    noise = np.random.default_rng(0).uniform(-1, 1, PHOTO.shape).astype("float32")
    assert abs(measures.structure(noise, PHOTO)) < 0.05


def test_sizes_that_do_not_fit_are_refused_in_one_line() -> None:
    for call, message in (
        (lambda: measures.structure(PHOTO[:-1], PHOTO), "of one size"),
        (lambda: measures.patch_distance(PHOTO[:8], PHOTO), "8 x 96 pixels has no patch of 11 x 11"),
        (lambda: measures.feature_distance(PHOTO[:30], PHOTO), "30 x 96 pixels has no patch of 32 x 32"),
        (lambda: measures.structure(PHOTO, np.zeros(3)), "The content must be one picture"),
    ):
        with pytest.raises(CourseError, match=message) as caught:
            call()
        assert "\n" not in str(caught.value)
