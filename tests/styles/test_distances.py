"""Random filters see patches as their shadows; both distances against NumPy, and what each overlooks."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError
from course_lib.styles import distances
from course_lib.styles.pixels import patches
from course_lib.theory import transport

RANDOM = np.random.default_rng(0)


def picture(height: int = 12, width: int = 15) -> np.ndarray:
    return RANDOM.uniform(-1, 1, (height, width, 3)).astype("float32")


def test_responses_are_dot_products_of_patches_and_filters() -> None:
    shown, filters = picture(), distances.unit_filters(5, 7, (3, 4))
    # Our patches go colour by colour, TensorFlow's filters pixel by pixel.
    rows = tf.reshape(tf.transpose(filters, (3, 2, 0, 1)), (5, -1)).numpy()
    expected = patches(shown, 7).reshape(-1, 147) @ rows.T
    np.testing.assert_allclose(distances.responses(tf.constant(shown), filters), expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("shapes", [((16,), (7, 7, 3, 8)), ((16, 1), (16, 1)), ((1, 9, 9, 3), (7, 7, 3, 8))])
def test_other_ranks_are_refused_where_tensorflow_would_abort(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(CourseError, match="takes a picture"):
        distances.responses(*map(tf.zeros, shapes))


def test_the_same_seed_draws_the_same_filters_and_another_does_not() -> None:
    one, same, other = (distances.unit_filters(2, 3, seed) for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


def test_sliced_is_the_mean_of_the_exact_distances_on_the_lines() -> None:
    a, b = RANDOM.normal(size=(40, 6)).astype("float32"), RANDOM.normal(1, 2, (40, 6)).astype("float32")
    expected = np.mean([transport.wasserstein(*pair) for pair in zip(a.T, b.T, strict=True)])
    assert float(distances.sliced(tf.constant(a), tf.constant(b))) == pytest.approx(expected, rel=1e-5)


def test_with_unequal_numbers_it_is_close_to_the_exact_one() -> None:
    a, b = RANDOM.normal(size=(700, 4)).astype("float32"), RANDOM.normal(0.5, 2, (450, 4)).astype("float32")
    exact = np.mean([transport.wasserstein(*pair) for pair in zip(a.T, b.T, strict=True)])
    assert float(distances.sliced(tf.constant(a), tf.constant(b))) == pytest.approx(exact, rel=0.02)


def test_its_gradient_pulls_each_answer_towards_its_partner() -> None:
    a, b = tf.constant([[3.0], [1.0], [2.0]]), tf.constant([[10.0], [1.5], [0.0]])
    with tf.GradientTape() as tape:
        tape.watch(a)
        value = distances.sliced(a, b)
    # 1 goes to 0, 2 to 1.5, 3 to 10: a third each, down, down and up.
    np.testing.assert_allclose(tape.gradient(value, a), [[-1 / 3], [1 / 3], [1 / 3]], rtol=1e-6)
    assert float(value) == pytest.approx((1 + 0.5 + 7) / 3)


def test_gram_is_the_mean_squared_difference_of_gram_matrices() -> None:
    a, b = RANDOM.normal(size=(30, 4)).astype("float32"), RANDOM.normal(size=(50, 4)).astype("float32")
    matrices = [np.maximum(each, 0).T @ np.maximum(each, 0) / len(each) for each in (a, b)]
    expected = np.mean((matrices[0] - matrices[1]) ** 2)
    assert float(distances.gram(tf.constant(a), tf.constant(b))) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", ["sliced", "gram"])
def test_neither_asks_where_a_patch_lies(name: str) -> None:
    a = RANDOM.normal(size=(30, 4)).astype("float32")
    found = distances.DISTANCES[name](tf.constant(a), tf.constant(a[RANDOM.permutation(30)]))
    assert float(found) == pytest.approx(0, abs=1e-6)


def test_gram_overlooks_what_sliced_sees() -> None:
    """Two distributions with the same second moments: one value always, or twice as large a quarter of the time."""
    a = tf.constant([[1.0]] * 4)
    b = tf.constant([[2.0], [0.0], [0.0], [0.0]])
    assert float(distances.gram(a, b)) == pytest.approx(0)
    assert float(distances.sliced(a, b)) == pytest.approx(1)


@pytest.mark.parametrize("name", distances.DISTANCES)
@pytest.mark.parametrize(
    "shapes", [((9, 1), (9, 4)), ((0, 4), (9, 4)), ((9, 4), (0, 4)), ((9,), (9,)), ((1, 9, 4),) * 2]
)
def test_answers_that_do_not_fit_give_no_number(name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(CourseError, match="to the same k filters, but got the shapes"):
        distances.DISTANCES[name](*(tf.ones(shape) for shape in shapes))


def test_a_picture_without_a_patch_or_of_other_colours_has_no_responses() -> None:
    for shape in ((5, 40, 3), (40, 5, 3), (40, 40, 4)):
        with pytest.raises(CourseError, match="takes a picture"):
            distances.responses(tf.ones(shape), distances.unit_filters(2, 7))
