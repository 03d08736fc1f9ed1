"""The copy map finds what was pasted, where it is from, and calls neither a recoloured nor a plain picture a copy."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.styles import copies
from course_lib.styles.colours import transfer_colours
from course_lib.styles.copies import copy_map


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return datasets.photo("coffee", 96)


@pytest.fixture(scope="module")
def painting() -> np.ndarray:
    return datasets.painting("hokusai_great_wave", 96)


def test_a_pasted_patch_is_found_with_its_origin_and_nothing_else_is(photo, painting) -> None:
    pasted = photo.copy()
    pasted[20:44, 30:60] = painting[30:54, 12:42]
    found = copy_map(pasted, [datasets.painting("van_gogh_auvers", 96), painting])
    rows, columns = found.distances.shape
    top, left = np.meshgrid(3 * np.arange(rows), 3 * np.arange(columns), indexing="ij")
    inside = (top >= 20) & (top + 9 <= 44) & (left >= 30) & (left + 9 <= 60)
    outside = (top + 9 <= 20) | (top >= 44) | (left + 9 <= 30) | (left >= 60)
    assert inside.sum() >= 30 and found.distances[inside].max() < 1e-3
    assert found.near[inside & found.asked].all() and not found.near[outside].any()
    assert (found.offsets[inside & found.asked] == [10, -18]).all(axis=-1).mean() > 0.95
    assert (found.source[inside & found.asked] == 1).all()
    assert 0.05 < found.share < 0.5


def test_the_original_itself_is_all_copy_and_lies_where_it_lies(painting) -> None:
    found = copy_map(painting, painting)
    assert found.share == 1 and not found.offsets[found.asked].any() and not found.source.any()


def test_photographs_other_prints_and_recoloured_ones_are_no_copies(photo, painting) -> None:
    for shown in (photo, transfer_colours(photo, painting), datasets.painting("hokusai_ejiri", 96)):
        assert copy_map(shown, painting).share < 0.01


def test_a_plain_patch_is_like_another_but_no_copy(painting) -> None:
    plain = np.broadcast_to(painting.mean((0, 1)), (40, 40, 3)).astype("float32")
    found = copy_map(plain, painting)
    assert not found.asked.any() and not found.near.any() and np.isnan(found.share)


def test_a_copy_that_is_a_little_brighter_counts_and_a_noisy_one_does_not(painting) -> None:
    contrast = copy_map(painting, painting).contrast
    noise = np.random.default_rng(0).normal(0, contrast.mean(), painting.shape)
    assert copy_map((painting * 0.95 + 0.02).clip(-1, 1), painting).share > 0.9
    assert copy_map((painting + noise).clip(-1, 1).astype("float32"), painting).share < 0.1


def test_the_nearest_patch_is_that_of_a_search_by_hand(photo, painting, monkeypatch) -> None:
    monkeypatch.setattr(copies, "PART", 7)  # in parts that do not come out even
    ours, theirs = photo[:22, :25], painting[20:45, 10:40]
    found = copy_map(ours, theirs, side=5, step=4)
    assert found.distances.shape == (5, 6)
    for i, j in np.ndindex(5, 6):
        patch = ours[4 * i : 4 * i + 5, 4 * j : 4 * j + 5].astype(float)
        apart = {
            (y, x): np.sqrt(np.mean((theirs[y : y + 5, x : x + 5] - patch) ** 2))
            for y, x in np.ndindex(21, 26)
        }
        nearest = min(apart, key=apart.__getitem__)
        assert found.distances[i, j] == pytest.approx(apart[nearest], abs=1e-6)
        assert apart[tuple(found.offsets[i, j] + [4 * i, 4 * j])] == pytest.approx(apart[nearest], abs=1e-6)
        assert found.contrast[i, j] == pytest.approx(np.sqrt(patch.var(axis=(0, 1)).mean()), abs=1e-5)


def test_what_has_no_patches_is_refused_in_one_line(photo, painting) -> None:
    for call, message in (
        (lambda: copy_map(photo[:5], painting), "5 x 96 pixels has no patch of 9 x 9"),
        (lambda: copy_map(photo, []), "at least one original"),
        (lambda: copy_map(photo[..., 0], painting), r"The picture must be one picture .* \(64, 96\)"),
        (lambda: copy_map(photo, [painting, photo * 127]), "must lie in "),
        (lambda: copy_map(photo, painting, side=1), "side is .* from 2 on, not 1"),
        (lambda: copy_map(photo, painting, step=0), "step is .* not 0"),
    ):
        with pytest.raises(CourseError, match=message) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("originals", [None, 3])
def test_what_is_no_original_is_refused(photo, originals: object) -> None:
    with pytest.raises(CourseError, match="The original must be"):
        copy_map(photo, originals)
