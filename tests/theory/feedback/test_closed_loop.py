"""The closed loop: its books balance, without feedback it stays as it is, with feedback it narrows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.feedback.audience import draw_audience
from course_lib.theory.feedback.click_model import click_rates, fit_clicks, with_base
from course_lib.theory.feedback.closed_loop import close_loop, taste_found
from course_lib.theory.feedback.gallery import Gallery, mean_distance
from course_lib.theory.feedback.policies import Greedy, Thompson, Uniform

PARTS = [(kind, 3 + colour) for kind in range(3) for colour in range(4)]
TABLE = np.array([[column in parts for column in range(7)] for parts in PARTS], float)
LOOKS = len(TABLE)
AUDIENCE = draw_audience(TABLE, people=100, mean_rate=0.05, minority=0.2, seed=2)
OBEDIENT = Gallery(np.tile(np.arange(LOOKS)[:, None], 2), np.arange(LOOKS * 2.0).reshape(LOOKS, 2, 1))
POLICIES = (Uniform(), Greedy(), Greedy(epsilon=0.1), Greedy(diversity=0.01), Thompson(draws=50))


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_the_books_balance(policy) -> None:
    loop = close_loop(AUDIENCE, policy, rounds=6, visitors=300, batch=20, seed=1, gallery=OBEDIENT)
    assert loop.shown.sum() == 6 * 300 and loop.clicked.sum() == loop.clicks.sum()
    assert (loop.clicked <= loop.shown).all() and (loop.obeyed == 1).all()
    again = fit_clicks(TABLE, loop.shown, loop.clicked)
    np.testing.assert_allclose(loop.belief.mean, again.mean)
    np.testing.assert_allclose(0.8 * loop.majority_rate + 0.2 * loop.minority_rate, loop.click_rate)
    assert (loop.entropy >= -1e-9).all() and (loop.entropy <= math.log(LOOKS) + 1e-9).all()
    assert (loop.looks >= 1).all() and (loop.looks <= LOOKS).all()
    np.testing.assert_allclose(loop.probabilities.sum(axis=1), 1)
    assert loop.promised[0] == pytest.approx(
        click_rates(fit_clicks(TABLE, *np.zeros((2, 12))).mean, TABLE)[0]
    )


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_a_loop_without_feedback_keeps_its_diversity(seed: int) -> None:
    loop = close_loop(AUDIENCE, Uniform(), rounds=5, visitors=200, batch=200, seed=seed, gallery=OBEDIENT)
    np.testing.assert_allclose(loop.entropy, math.log(LOOKS))
    assert (loop.looks == LOOKS).all()
    np.testing.assert_allclose(loop.distance, loop.distance.mean(), rtol=0.1)


def test_a_greedy_loop_narrows_to_one_look_and_a_price_of_variety_holds_it_open() -> None:
    greedy, priced = (
        close_loop(AUDIENCE, policy, rounds=8, visitors=500, batch=50, seed=0, gallery=OBEDIENT)
        for policy in (Greedy(), Greedy(diversity=0.02))
    )
    assert greedy.entropy[0] == pytest.approx(math.log(LOOKS)) and (greedy.entropy[1:] < 1e-9).all()
    assert (greedy.looks[1:] == 1).all() and (greedy.distance[1:] <= 1).all()
    assert (priced.entropy > 1).all() and (priced.looks > 3).all()


def test_the_same_seed_is_the_same_loop_and_another_is_not() -> None:
    first, again, other = (
        close_loop(AUDIENCE, Thompson(draws=20), rounds=4, visitors=200, batch=20, seed=seed)
        for seed in (5, 5, 6)
    )
    for one, two in zip(first[:-2], again[:-2], strict=True):
        if not isinstance(one, tuple):
            np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first.shown, other.shown)


def test_a_whole_loop_by_plain_counting() -> None:
    """The same draws of the same generator, counted one by one."""
    loop = close_loop(AUDIENCE, Greedy(epsilon=0.5), rounds=3, visitors=40, batch=10, seed=9)
    rng, shown, clicked = np.random.default_rng(9), [0] * LOOKS, [0] * LOOKS
    for number in range(3):
        rates = click_rates(fit_clicks(TABLE, shown, clicked).mean, TABLE)
        best = [rate == max(rates) for rate in rates]
        p = [0.5 * one / sum(best) + 0.5 / LOOKS for one in best]
        np.testing.assert_allclose(loop.probabilities[number], p)
        asked = rng.choice(LOOKS, size=10, p=p)
        assert loop.promised[number] == pytest.approx(sum(rates[look] for look in asked) / 10)
        which = rng.integers(10, size=40)
        people = rng.integers(100, size=40)
        luck = rng.random(40)
        hits = 0
        for visitor in range(40):
            look = asked[which[visitor]]
            shown[look] += 1
            if luck[visitor] < AUDIENCE.rates[people[visitor], look]:
                clicked[look] += 1
                hits += 1
        assert loop.clicks[number] == hits and loop.looks[number] == len(set(asked.tolist()))
        assert loop.click_rate[number] == pytest.approx(sum(AUDIENCE.rate[look] for look in asked) / 10)
        assert math.isnan(loop.distance[number])
    assert loop.shown.tolist() == shown and loop.clicked.tolist() == clicked


def test_what_is_known_of_the_taste_by_plain_loops() -> None:
    shown = np.arange(1.0, LOOKS + 1) * 30
    belief = fit_clicks(TABLE, shown, np.round(AUDIENCE.rate * shown))
    found = taste_found(belief, AUDIENCE, shown)
    logits = [belief.mean[0] + sum(belief.mean[1:] * row) for row in TABLE]
    truth = [math.log(rate / (1 - rate)) for rate in AUDIENCE.rate]
    for share, error in (([1 / LOOKS] * LOOKS, found[0]), (shown / sum(shown), found[1])):
        wrong = [a - b for a, b in zip(logits, truth, strict=True)]
        middle = sum(s * w for s, w in zip(share, wrong, strict=True))
        square = sum(s * (w - middle) ** 2 for s, w in zip(share, wrong, strict=True))
        assert error == pytest.approx(math.sqrt(square))
    rows = with_base(TABLE)
    for narrower in np.linspace(1, 0.1, 40) ** 2:  # so that looks leave the interval one by one
        covariance, inside = narrower * belief.covariance, 0
        for look in range(LOOKS):
            about = rows[look] - rows.mean(axis=0)
            spread = math.sqrt(about @ covariance @ about)
            inside += abs(about @ belief.mean - (truth[look] - sum(truth) / LOOKS)) <= 1.96 * spread
        narrow = belief._replace(covariance=covariance)
        assert taste_found(narrow, AUDIENCE, shown)[2] == pytest.approx(inside / LOOKS)
    best = sorted(range(LOOKS), key=lambda look: -truth[look])[:10]
    believed = sorted(range(LOOKS), key=lambda look: -logits[look])[:10]
    assert found[3] == len(set(best) & set(believed))


def test_visitors_judge_what_is_seen_and_the_policy_learns_of_what_it_asked() -> None:
    worst = int(AUDIENCE.rate.argmin())
    stubborn = Gallery(np.full((LOOKS, 2), worst), np.zeros((LOOKS, 2, 3)))
    loop = close_loop(AUDIENCE, Uniform(), rounds=3, visitors=100, batch=60, seed=0, gallery=stubborn)
    np.testing.assert_allclose(loop.click_rate, AUDIENCE.rate[worst])
    assert (loop.obeyed < 0.4).all() and (loop.distance == 0).all() and (loop.looks > 8).all()


def test_exploring_and_a_price_of_variety_keep_the_estimate_of_the_taste_good() -> None:
    errors = {
        name: np.mean(
            [
                close_loop(AUDIENCE, policy, rounds=20, visitors=1000, batch=50, seed=seed).taste_error[-1]
                for seed in range(4)
            ]
        )
        for name, policy in (("uniform", Uniform()), ("greedy", Greedy()), ("priced", Greedy(diversity=0.02)))
    }
    assert errors["uniform"] < errors["greedy"] and errors["priced"] < errors["greedy"]


def test_each_copy_of_a_look_is_drawn_as_often() -> None:
    seen, features = OBEDIENT.draw(np.full(2000, 5), np.random.default_rng(0))
    assert (seen == 5).all() and set(np.unique(features)) == {10, 11}
    assert (features == 10).mean() == pytest.approx(0.5, abs=0.05)


def test_mean_distance_by_plain_loops() -> None:
    rows = np.random.default_rng(0).normal(size=(7, 3))
    pairs = [math.dist(a, b) for i, a in enumerate(rows) for j, b in enumerate(rows) if i != j]
    assert mean_distance(rows) == pytest.approx(sum(pairs) / len(pairs))
    assert mean_distance(np.ones((4, 2))) == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: close_loop(AUDIENCE, Uniform(), 0, 10), "rounds is a whole number"),
        (lambda: close_loop(AUDIENCE, Uniform(), 1, 0), "visitors is a whole number"),
        (lambda: close_loop(AUDIENCE, Uniform(), 1, 10, batch=1), "batch is a whole number from 2"),
        (
            lambda: close_loop(
                AUDIENCE, Uniform(), 1, 10, gallery=Gallery(np.zeros((3, 2), int), np.zeros((3, 2, 1)))
            ),
            "The gallery has 3 looks, and the audience knows 12",
        ),
        (lambda: Gallery(np.zeros((3, 2), int), np.zeros((3, 1, 1))), "looks seen"),
        (lambda: Gallery(np.full((3, 2), 3), np.zeros((3, 2, 1))), "go from 3 to 3, and there are 3"),
        (lambda: mean_distance(np.zeros((1, 3))), "Two rows or more"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
