"""Each fault of the sources is caught in one line, and what is right passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.datasets.bar_rolls import phrase_rolls, to_notes
from course_lib.datasets.melodies import load_melodies
from course_lib.scores import melodies
from course_lib.scores.melody_sources import check_is_music, check_rolls, check_written, random_rolls


@pytest.fixture(scope="module")
def real() -> tuple[np.ndarray, list[np.ndarray]]:
    return phrase_rolls(load_melodies()[::5])


def test_pictures_are_no_rolls_and_real_rolls_are(real) -> None:
    check_rolls(real[0])
    garments = datasets.load("fashion_mnist").images_test[:200]
    with pytest.raises(CourseError, match="pictures, not piano rolls") as error:
        check_rolls(garments)
    assert "\n" not in str(error.value)


def test_a_second_lit_row_and_a_half_lit_one_are_seen(real) -> None:
    for value in (1.0, 0.2):
        chords = real[0].copy()
        chords[:, :, 31] = value
        with pytest.raises(CourseError, match="0% of the steps"):
            check_rolls(chords)


def test_noise_has_the_shape_of_music_and_not_its_order(real) -> None:
    noise = random_rolls(300)
    check_rolls(noise)
    notes = to_notes(noise)
    assert melodies.in_key(notes) == pytest.approx(7 / 12, abs=0.05)
    with pytest.raises(CourseError, match="noise, not music"):
        check_is_music(notes, real[1])
    with pytest.raises(CourseError, match="noise, not music"):
        check_is_music(melodies.shuffled(real[1], seed=5)[::2] + notes[:100], real[1])


def test_other_real_phrases_are_music(real) -> None:
    others = phrase_rolls(load_melodies()[2::5])[1]
    check_is_music(others, real[1])


def test_a_file_must_be_there_and_hold_what_was_made(tmp_path: Path) -> None:
    notes = np.array([[60, 2], [62, 4]])
    path = tmp_path / "tune.npy"
    with pytest.raises(CourseError, match="nobody has written it"):
        check_written(path, notes, np.load)
    np.save(path, notes + np.array([[0, 0], [1, 0]]))
    with pytest.raises(CourseError, match="another melody"):
        check_written(path, notes, np.load)
    np.save(path, notes)
    check_written(path, notes, np.load)


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (-1, 0), (2.5, 0), (2, -1), (2, None)])
def test_rolls_that_cannot_be_drawn_are_named(count: object, seed: object) -> None:
    with pytest.raises(CourseError, match=r"count is how many rolls|seed is what the random numbers"):
        random_rolls(count, seed)


@pytest.mark.parametrize("path", [None, 5, b"a"])
def test_what_is_no_name_of_a_file_is_named(path: object) -> None:
    with pytest.raises(CourseError, match="is no name of a file: give the one"):
        check_written(path, [[60, 4]], lambda path: [[60, 4]])
