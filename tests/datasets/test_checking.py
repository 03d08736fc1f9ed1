"""What people hand in: images in the wrong range, labels of no class, 2.0 where a whole number is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError, datasets


@pytest.mark.parametrize(
    ("images", "fragment"),
    [
        (np.linspace(0, 255, 32).reshape(2, 4, 4, 1), "0 to 255: pixels in 0..255; use images.astype"),
        (np.arange(32, dtype="uint8").reshape(2, 4, 4, 1), "pixels in 0..255"),
        (np.linspace(0, 1, 32).reshape(2, 4, 4, 1), r"0 to 1: pixels in 0..1; use images \* 2 - 1"),
        (np.linspace(-3, 3, 32).reshape(2, 4, 4, 1), "from -3 to 3"),
        (np.full((2, 4, 4, 1), np.nan), "NaN"),
        (np.zeros((2, 4, 4)), r"\(2, 4, 4\).*np.newaxis"),
        (np.zeros((0, 4, 4, 1)), "shape"),
        (np.zeros((4, 0, 4, 1)), "shape"),
        (np.zeros((2, 4, 4, 1), object), r"type object.*np\.stack\(images\)"),
        (np.zeros((2, 4, 4, 1), complex), "type complex"),
        (np.full((2, 4, 4, 1), "-1"), "type <U2"),
        ([np.zeros((4, 4, 1)), np.zeros((5, 4, 1))], "one shape"),
    ],
)
def test_images_in_the_wrong_range_or_shape_are_recognised(images: np.ndarray, fragment: str) -> None:
    with pytest.raises(CourseError, match=fragment):
        datasets.check_images(images)


def test_a_list_of_images_is_looked_at_as_an_array_is() -> None:
    datasets.check_images([np.full((4, 4, 1), -1.0), np.ones((4, 4, 1))])
    with pytest.raises(CourseError, match=r"pixels in 0\.\.255"):
        datasets.check_images([np.zeros((4, 4, 1)), np.full((4, 4, 1), 200.0)])


def test_a_batch_may_be_pale_and_a_data_set_may_not() -> None:
    pale = np.linspace(0.1, 1, 32, dtype="float32").reshape(2, 4, 4, 1)
    datasets.check_images(pale, part=True)
    with pytest.raises(CourseError, match=r"from 0.1 to 1: pixels in 0..1; use images \* 2 - 1"):
        datasets.check_images(pale)
    datasets.check_images(np.concatenate([pale, -pale]))  # pale pictures among others are no fault


@pytest.mark.parametrize(
    ("images", "fragment"),
    [
        (np.linspace(0, 255, 32), "pixels in 0..255"),
        (np.linspace(-3, 3, 32), "from -3"),
        (np.full(32, np.nan), "NaN"),
    ],
)
def test_a_batch_in_the_wrong_range_is_refused(images: np.ndarray, fragment: str) -> None:
    with pytest.raises(CourseError, match=fragment):
        datasets.check_images(images.reshape(2, 4, 4, 1), part=True)


@pytest.mark.parametrize("number", [2.0, np.float32(2), "2", None, True, np.bool_(True), 0, 4, float("nan")])
def test_a_whole_number_in_its_range_is_asked_for_in_one_line(number: object) -> None:
    with pytest.raises(CourseError, match="steps is so many, a whole number from 1 to 3, not ") as caught:
        datasets.check_whole("steps", "so many", number, 1, 3)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", [1, 3, np.int64(2), np.uint8(2)])
def test_whole_numbers_of_every_kind_are_taken(number: int) -> None:
    datasets.check_whole("steps", "so many", number, 1, 3)


@pytest.mark.parametrize("numbers", [{"batch_size": 2.0}, {"start_step": 1.0}, {"seed": 0.5}])
def test_batches_ask_for_whole_numbers(numbers: dict) -> None:
    with pytest.raises(CourseError, match="a whole number"):
        datasets.batches(np.arange(5), **{"batch_size": 2} | numbers)


def test_labels_in_rows_of_several_lengths_are_refused() -> None:
    with pytest.raises(CourseError, match="Labels must be 2 whole numbers"):
        datasets.check_labels([[1, 2], [3]], 2, 8)


def test_an_error_is_one_line_though_it_shows_an_array() -> None:
    with pytest.raises(CourseError, match=r"not array\(\[\[0\., 0\.\], \[0\., 0\.\]\]\)\.$"):
        datasets.check_whole("seed", "what the random numbers follow from", np.zeros((2, 2)))
