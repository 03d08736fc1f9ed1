"""A crowd of low rank: what is maximized by loops, known directions found again, newcomers, and coins."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.theory.taste import low_rank, measures
from course_lib.theory.taste.bradley_terry import chosen_differences, fit
from course_lib.theory.taste.pairs import random_pairs
from course_lib.theory.taste.people import draw_crowd, draw_directions

FEATURES = 8


def world(people: int, clicks: int, rank: int = 2, seed: int = 0, coins: float = 0.0):
    """A crowd, its directions and its clicks (p, n, d)."""
    rng = np.random.default_rng(seed)
    directions = draw_directions(FEATURES, rank, rng)
    crowd, creations = (
        draw_crowd(directions, people, rng, coins),
        rng.normal(size=(100, FEATURES)),
    )
    pairs = random_pairs(100, (people, clicks), rng)
    return (
        crowd,
        directions,
        chosen_differences(creations, pairs, crowd.choose(creations, pairs, rng)),
    )


def expected(weights, people, seed: int = 9) -> np.ndarray:
    creations = np.random.default_rng(seed).normal(size=(100, FEATURES))
    pairs = random_pairs(100, 400, np.random.default_rng(seed))
    return measures.expected_agreement(weights, people, creations, pairs)


def height_by_loops(directions, positions, middle, differences, ridge: float) -> float:
    total = 0.0
    for person, rows in zip(positions, differences, strict=True):
        for row in rows:
            logit = 0.0
            for feature in range(len(row)):
                for way in range(len(person)):
                    logit += row[feature] * directions[feature][way] * person[way]
            total += math.log(1 / (1 + math.exp(-logit)))
        total -= ridge * sum((v - m) ** 2 for v, m in zip(person, middle, strict=True)) / 2
    return total - ridge * sum(u * u for row in directions for u in row) / 2


def test_what_is_maximized_is_that_of_loops_rises_and_is_flat_at_the_end() -> None:
    _, _, differences = world(12, 6)
    crowd = low_rank.fit_crowd(differences, 2, ridge=1.0, rounds=3000)

    def height(directions, positions) -> float:
        return height_by_loops(directions, positions, positions.mean(axis=0), differences, 1.0)

    top = height(crowd.directions, crowd.positions)
    assert crowd.heights[-1] == pytest.approx(top)
    assert (np.diff(crowd.heights) >= -1e-9).all()
    rng = np.random.default_rng(0)
    for _ in range(20):
        moves = [0.1 * rng.normal(size=each.shape) for each in (crowd.directions, crowd.positions)]
        there = height(crowd.directions + moves[0], crowd.positions + moves[1])
        assert there < top


def test_known_directions_are_found_again() -> None:
    people, directions, differences = world(150, 40)
    crowd = low_rank.fit_crowd(differences, 2)
    ours, theirs = (np.linalg.qr(each)[0] for each in (crowd.directions, directions))
    cosines = np.linalg.svd(ours.T @ theirs, compute_uv=False)
    assert cosines.min() > 0.97
    assert expected(crowd.weights, people).mean() > measures_ceiling(people) - 0.02


def measures_ceiling(people) -> float:
    return float(expected(people.weights, people).mean())


def test_together_people_are_better_known_than_apart_or_as_one() -> None:
    people, _, differences = world(100, 6)
    apart = expected(fit(differences, 0, 9 / FEATURES).mean, people).mean()
    as_one = expected(low_rank.fit_for_all(differences), people).mean()
    assert expected(low_rank.fit_crowd(differences, 2).weights, people).mean() > max(apart, as_one) + 0.04


def test_one_taste_for_all_is_the_fit_of_all_clicks() -> None:
    _, _, differences = world(5, 4)
    np.testing.assert_allclose(
        low_rank.fit_for_all(differences), fit(np.concatenate(list(differences))).mean, atol=1e-8
    )


def test_a_newcomer_begins_in_the_middle_and_is_soon_known() -> None:
    _, directions, differences = world(100, 20)
    crowd = low_rank.fit_crowd(differences, 2)
    nobody = crowd.join(np.zeros((0, FEATURES)))
    np.testing.assert_allclose(nobody.mean, crowd.directions @ crowd.middle)
    np.testing.assert_allclose(nobody.mean, crowd.weights.mean(axis=0))
    rng = np.random.default_rng(7)
    newcomers = draw_crowd(directions, 60, rng)
    creations = rng.normal(size=(100, FEATURES))
    pairs = random_pairs(100, (60, 8), rng)
    clicks = chosen_differences(creations, pairs, newcomers.choose(creations, pairs, rng))
    by_clicks = [expected(crowd.join(clicks[:, :count]).mean, newcomers).mean() for count in (0, 3, 8)]
    assert by_clicks[0] + 0.03 < by_clicks[1] < by_clicks[2]
    assert by_clicks[2] > expected(fit(clicks, 0, 9 / FEATURES).mean, newcomers).mean() + 0.03
    alone = crowd.join(clicks[4])
    np.testing.assert_allclose(alone.mean, crowd.join(clicks).mean[4], atol=1e-7)
    assert np.linalg.matrix_rank(alone.covariance, tol=1e-9) == 2


def test_who_was_there_and_joins_again_stands_where_he_stood() -> None:
    _, _, differences = world(30, 10)
    crowd = low_rank.fit_crowd(differences, 2, rounds=2000)
    np.testing.assert_allclose(crowd.join(differences).mean, crowd.weights, atol=0.05)


def test_filled_up_clicks_change_nothing() -> None:
    _, _, differences = world(6, 5)
    short = [one[: 3 + person % 3] for person, one in enumerate(differences)]
    table = low_rank.padded(short)
    assert table.shape == (6, 5, FEATURES)
    for person, one in enumerate(short):
        np.testing.assert_allclose(fit(table).mean[person], fit(one).mean, atol=1e-8)
    longer = low_rank.padded([*short, np.ones((9, FEATURES))])[:6]
    one, other = (low_rank.fit_crowd(each, 2) for each in (table, longer))
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-6)
    np.testing.assert_allclose(
        low_rank.held_out_likelihood(one, table, 3), low_rank.held_out_likelihood(one, longer, 3)
    )


def test_the_held_out_likelihood_is_that_of_loops() -> None:
    _, _, differences = world(4, 7)
    crowd = low_rank.fit_crowd(differences, 2)
    found = low_rank.held_out_likelihood(crowd, differences, folds=3)
    for person, rows in enumerate(differences):
        total = 0.0
        for place, row in enumerate(rows):
            rest = [other for at, other in enumerate(rows) if at % 3 != place % 3]
            belief = crowd.join(np.array(rest))
            mean, variance = row @ belief.mean, row @ belief.covariance @ row
            total += math.log(1 / (1 + math.exp(-mean / math.sqrt(1 + math.pi * variance / 8))))
        assert found[person] == pytest.approx(total / len(rows))


def test_coins_are_found_by_their_clicks_and_harm_the_others_little() -> None:
    people, _, differences = world(80, 25, coins=0.2)
    crowd = low_rank.fit_crowd(differences, 2)
    likelihood, coins = low_rank.held_out_likelihood(crowd, differences), people.slips > 0
    assert (likelihood[coins] < -math.log(2)).mean() > 0.5
    assert (likelihood[~coins] < -math.log(2)).mean() < 0.15
    assert (likelihood[coins][:, None] < likelihood[~coins]).mean() > 0.9
    clean = low_rank.fit_crowd(differences[~coins], 2)
    with_them = expected(crowd.weights, people)[~coins].mean()
    without = expected(clean.join(differences).mean, people)[~coins].mean()
    assert with_them > without - 0.02


def test_the_smallest_crowds_are_fitted() -> None:
    one = low_rank.fit_crowd(np.ones((1, 1, 2)), 2)
    assert np.isfinite(one.weights).all() and one.weights.shape == (1, 2)
    silent = low_rank.fit_crowd(np.zeros((3, 0, 2)), 1)
    np.testing.assert_allclose(silent.weights, 0, atol=0.05)


ONES = np.ones((2, 3, 4))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: low_rank.fit_crowd(ONES, 5), "rank is a whole number from 1 to the 4 features"),
        (lambda: low_rank.fit_crowd(ONES, 0), "from 1 to the 4 features, not 0"),
        (lambda: low_rank.fit_crowd(ONES, 2, ridge=0), "ridge is a number above 0"),
        (lambda: low_rank.fit_crowd(ONES, 2, rounds=0), "rounds is a whole number from 1 on"),
        (lambda: low_rank.fit_crowd(ONES[0], 2), "A crowd is a person or more"),
        (lambda: low_rank.fit_crowd(ONES[:0], 2), "A crowd is a person or more"),
        (lambda: low_rank.fit_crowd(np.nan * ONES, 2), "NaN or infinite"),
        (lambda: low_rank.padded([]), "one person or more are wanted"),
        (lambda: low_rank.padded([ONES[0], ONES[0][:, :2]]), "the same features for all"),
        (
            lambda: low_rank.held_out_likelihood(low_rank.fit_crowd(ONES, 1), ONES[:, :1]),
            "each needs two clicks or more",
        ),
        (
            lambda: low_rank.held_out_likelihood(low_rank.fit_crowd(ONES, 1), ONES, folds=1),
            "folds is a whole number from 2 on",
        ),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)
