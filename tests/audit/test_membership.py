"""Membership inference: the area against pairs counted one by one, its interval by simulation, the attacks on toys."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from course_lib import CourseError
from course_lib.audit import membership
from course_lib.audit.membership import auc, auc_interval, by_discriminator, caught, closeness, measure
from course_lib.models import networks

SCORES = st.lists(st.integers(-3, 3), min_size=1, max_size=12).map(np.array)
RNG = np.random.default_rng(0)


@given(SCORES, SCORES)
def test_the_area_is_the_share_of_pairs_won_with_ties_half(members, others) -> None:
    won = [(a > b) + (a == b) / 2 for a in members for b in others]
    assert auc(members, others) == pytest.approx(np.mean(won))
    assert auc(others, members) == pytest.approx(1 - np.mean(won))
    assert auc(np.exp(members), np.exp(others)) == auc(members, others)


def test_the_variance_is_delongs_written_out() -> None:
    members, others = (
        np.array([2, 1.5, 1, 0.8, 0.6, 0.4, -1, -2, 3]),
        np.array([1.2, 0, -0.2, 0.7, -1.5, 0.5, 0.1]),
    )
    won = (members[:, None] > others).astype(float)
    area = won.mean()
    deviation = np.sqrt(won.mean(axis=1).var(ddof=1) / 9 + won.mean(axis=0).var(ddof=1) / 7)
    reach = norm.ppf(0.95) * deviation / (area * (1 - area))
    expected = [1 / (1 + np.exp(-(np.log(area / (1 - area)) + sign * reach))) for sign in (-1, 1)]
    assert auc_interval(members, others, 0.9) == pytest.approx(expected)


@pytest.mark.parametrize(("shift", "count"), [(0.0, 40), (1.0, 40), (2.0, 100)])
def test_the_interval_holds_as_often_as_it_says(shift, count) -> None:
    rng = np.random.default_rng(count)
    true = norm.cdf(shift / np.sqrt(2))
    held = 0
    for _ in range(1000):
        low, high = auc_interval(rng.normal(shift, 1, count), rng.normal(0, 1, count))
        held += low <= true <= high
    assert 0.93 <= held / 1000 <= 0.975


def test_where_all_are_apart_the_interval_is_that_of_so_many_pairs() -> None:
    low, high = auc_interval(np.arange(20) + 100, np.arange(30))
    assert (low, high) == (pytest.approx(0.025 ** (1 / 20)), 1)
    assert auc_interval(np.arange(30), np.arange(20) + 100)[0] == 0
    low, high = auc_interval(np.zeros(20), np.zeros(20))
    assert low < 0.3 and high > 0.7


def test_an_area_near_one_keeps_its_interval_below_one() -> None:
    members = np.append(np.arange(500) + 1000.0, 0.5)
    low, high = auc_interval(members, np.arange(500))
    assert 0 < low < auc(members, np.arange(500)) < high <= 1


def test_members_caught_at_so_many_false_alarms() -> None:
    others = np.arange(100)
    assert caught([99.5, 98.5, 98, 50], others) == 0.5  # one of a hundred others may pass: 99
    assert caught([99.5, 98.5, 98, 50], others, 0) == 0.25
    assert caught([99.5, 98.5, 98, 50], others, 0.02) == 0.75
    assert caught(others, others, 0.5) == 0.5


def test_pictures_that_were_copied_are_close() -> None:
    pictures = RNG.uniform(-1, 1, (20, 4, 4, 1))
    generated = pictures[:10] + RNG.uniform(-0.05, 0.05, (10, 4, 4, 1)).clip(
        -1 - pictures[:10], 1 - pictures[:10]
    )
    scores = closeness(pictures, generated)
    byhand = -np.array([min(np.linalg.norm(one - other) for other in generated) for one in pictures])
    assert scores == pytest.approx(byhand, rel=1e-5)
    found = measure(scores[:10], scores[10:])
    assert found.auc == found.high == 1
    assert (found.members, found.others) == (10, 10)


def test_closeness_in_what_is_described() -> None:
    pictures, generated = RNG.uniform(-1, 1, (6, 4, 4, 1)), RNG.uniform(-1, 1, (3, 4, 4, 1))
    means = closeness(pictures, generated, lambda images: images.mean(axis=(1, 2)))
    expected = -np.abs(pictures.mean(axis=(1, 2)) - generated.mean(axis=(1, 2)).T).min(axis=1)
    assert means == pytest.approx(expected, rel=1e-4)


def test_a_discriminator_is_asked_picture_by_picture(monkeypatch) -> None:
    monkeypatch.setattr(membership, "BATCH", 3)
    discriminator = networks.dcgan_discriminator((12, 12, 1), width=2)
    images = RNG.uniform(-1, 1, (7, 12, 12, 1)).astype("float32")
    alone = [float(np.ravel(discriminator(image[None]))[0]) for image in images]
    assert by_discriminator(discriminator, images) == pytest.approx(alone, rel=1e-4)


PICTURES = np.zeros((4, 12, 12, 1)) - 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: auc([], [1.0]), "Scores of members are numbers .n,., 1 or more"),
        (lambda: auc([1.0], [[1.0]]), "Scores of others"),
        (lambda: auc([np.nan], [1.0]), "scores of members hold NaN"),
        (lambda: auc(["a"], [1.0]), "array of numbers"),
        (lambda: auc([True], [1.0]), "array of numbers"),
        (lambda: auc_interval([1.0], [1.0, 2.0]), "2 or more"),
        (lambda: auc_interval([1.0, 2.0], [1.0, 2.0], 95), "confidence is"),
        (lambda: auc_interval([1.0, 2.0], [1.0, 2.0], np.nan), "confidence is"),
        (lambda: caught([1.0], [1.0], 1), "false_alarms is"),
        (lambda: closeness(PICTURES, PICTURES[:, :4]), "to one shape"),
        (lambda: closeness(PICTURES, PICTURES[:0]), "shape"),
        (lambda: closeness(PICTURES * 400, PICTURES), r"lie in \[-1, 1\]"),
        (
            lambda: by_discriminator(networks.dcgan_discriminator((28, 28, 1), width=2), PICTURES),
            "looks at images",
        ),
        (
            lambda: by_discriminator(networks.dcgan_discriminator((12, 12, 1), width=2, classes=3), PICTURES),
            "wants labels",
        ),
    ],
)
def test_what_is_no_score_and_no_picture_is_refused_in_one_line(call, message) -> None:
    with pytest.raises(CourseError, match=message) as caught_error:
        call()
    assert "\n" not in str(caught_error.value)


def test_thousands_that_are_apart_or_alike_have_an_interval() -> None:
    """The interval of the scores' room ends at a thousand: its binomial coefficients pass every float."""
    many = np.arange(3000)
    assert auc_interval(many + 5000, many) == (pytest.approx(0.025 ** (1 / 3000)), 1)
    low, high = auc_interval(np.zeros(3000), np.zeros(3000))
    assert 0.48 < low < 0.5 < high < 0.52


def test_what_describes_and_what_judges_must_fit() -> None:
    for call, message in (
        (lambda: closeness(PICTURES, PICTURES, "features"), "describe is a function"),
        (lambda: closeness(PICTURES, PICTURES, lambda images: images[:1]), "a row for each of 4"),
        (lambda: closeness(PICTURES, PICTURES, lambda images: images.mean()), "a row for each of 4"),
        (lambda: by_discriminator(None, PICTURES), "NoneType"),
        (
            lambda: by_discriminator(
                keras.Sequential([keras.Input((12, 12, 1)), keras.layers.Flatten()]), PICTURES
            ),
            "576 of 4",
        ),
    ):
        with pytest.raises(CourseError, match=message):
            call()


def test_a_share_that_binary_numbers_miss_lets_as_many_pass() -> None:
    """0.29 * 100 is 28.999999999999996, and of a hundred others 29 may pass."""
    assert caught([70.5, 71.5], np.arange(100), 0.29) == 1
    assert caught([69.5, 70.5], np.arange(100), 0.29) == 0.5
