"""People whose taste is known, who shows them what, and how well they are known: each a second time by loops."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.taste import measures
from course_lib.theory.taste.asking import ask, clicks_needed
from course_lib.theory.taste.bradley_terry import Belief, chosen_differences, fit
from course_lib.theory.taste.pairs import (
    InformativePairs,
    RandomPairs,
    ThompsonPairs,
    information,
    random_pairs,
)
from course_lib.theory.taste.people import (
    KINDS,
    People,
    draw_crowd,
    draw_directions,
    draw_people,
    with_length,
)

CHOOSERS = (RandomPairs(), ThompsonPairs(), InformativePairs(20))


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def creations_of(count: int = 12, features: int = 3, seed: int = 0) -> np.ndarray:
    return generator(seed).normal(size=(count, features))


def chance_by_loops(person: np.ndarray, curvature: float, slips: float, a, b) -> float:
    utility = [
        sum(w * x for w, x in zip(person, each, strict=True)) - curvature * sum(x * x for x in each) / 2
        for each in (a, b)
    ]
    meant = math.exp(utility[0]) / (math.exp(utility[0]) + math.exp(utility[1]))
    return (1 - slips) * meant + slips * (1 - meant)


@pytest.mark.parametrize("kind", KINDS)
def test_people_choose_by_their_formula_and_as_often(kind: str) -> None:
    people, creations = draw_people(kind, 3, 3, generator()), creations_of(4)
    pairs = np.array([[0, 1], [3, 2]])
    found = people.choice_probability(creations, pairs)
    for person in range(3):
        for place, (a, b) in enumerate(pairs):
            wanted = chance_by_loops(
                people.weights[person], people.curvature, people.slips, creations[a], creations[b]
            )
            assert found[person, place] == pytest.approx(wanted)
    choices = people.choose(creations, np.tile(pairs[:1], (20_000, 1)), generator(1))
    np.testing.assert_allclose((choices == 0).mean(axis=1), found[:, 0], atol=0.015)
    assert set(np.unique(choices)) <= {0, 1}


def test_pairs_may_be_a_person_s_own() -> None:
    people, creations = draw_people("linear", 2, 3, generator()), creations_of()
    own = np.array([[[0, 1], [2, 3]], [[4, 5], [6, 7]]])
    found = people.choice_probability(creations, own)
    for person in range(2):
        shared = people.choice_probability(creations, own[person])
        np.testing.assert_array_equal(found[person], shared[person])


def test_a_coin_does_not_look_and_an_ideal_point_is_liked_best() -> None:
    creations = creations_of()
    coin = draw_people("coin", 4, 3, generator())
    np.testing.assert_allclose(coin.choice_probability(creations, [[0, 1], [5, 2]]), 0.5)
    ideal = draw_people("ideal_point", 4, 3, generator())
    distances = np.linalg.norm(ideal.weights[:, None] - creations, axis=-1)
    np.testing.assert_array_equal(ideal.utilities(creations).argmax(axis=1), distances.argmin(axis=1))


def test_with_the_length_an_ideal_point_is_a_linear_taste() -> None:
    people, creations = draw_people("ideal_point", 4, 3, generator()), creations_of()
    linear = People(np.column_stack([people.weights, -np.ones(4)]))
    np.testing.assert_allclose(linear.utilities(with_length(creations)), people.utilities(creations))


def test_a_crowd_lies_in_its_directions_and_is_as_strong_for_each_rank() -> None:
    for rank in (1, 2, 20):
        directions = draw_directions(20, rank, generator())
        people = draw_crowd(directions, 5000, generator(1), coins=0.1)
        assert np.linalg.matrix_rank(people.weights, tol=1e-9) == rank
        assert np.square(people.weights).sum(axis=1).mean() == pytest.approx(9, rel=0.06)
        assert (people.slips == 0.5).sum() == 500
        np.testing.assert_allclose(people.weights.mean(axis=0), directions[:, 0], atol=0.15)


# who is shown what


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CHOOSERS), st.integers(2, 9), st.integers(1, 3), st.integers(0, 999))
def test_each_chooser_shows_two_different_creations(chooser, count, features, seed) -> None:
    belief = Belief(np.zeros((5, features)), np.tile(np.eye(features), (5, 1, 1)))
    pairs = chooser.choose(belief, creations_of(count, features, seed), generator(seed))
    assert pairs.shape == (5, 2) and pairs.min() >= 0 and pairs.max() < count
    assert (pairs[:, 0] != pairs[:, 1]).all()
    alone = chooser.choose(
        Belief(np.zeros(features), np.eye(features)), creations_of(count, features), generator()
    )
    assert alone.shape == (2,)


def test_random_pairs_are_all_as_likely() -> None:
    pairs = random_pairs(4, 60_000, generator())
    counts = np.zeros((4, 4))
    np.add.at(counts, (pairs[:, 0], pairs[:, 1]), 1)
    np.testing.assert_allclose(counts / 60_000, (1 - np.eye(4)) / 12, atol=0.005)


def test_thompson_shows_a_creation_as_often_as_it_is_believed_the_best() -> None:
    creations = creations_of(5, 2, seed=4)
    mean, covariance = np.array([0.5, -0.2]), np.array([[0.5, 0.2], [0.2, 0.4]])
    people = 12_000
    belief = Belief(np.tile(mean, (people, 1)), np.tile(covariance, (people, 1, 1)))
    pairs = ThompsonPairs().choose(belief, creations, generator())
    best = np.zeros(5)
    for weights in generator(1).multivariate_normal(mean, covariance, people):
        best[max(range(5), key=lambda each: float(weights @ creations[each]))] += 1 / people
    np.testing.assert_allclose(np.bincount(pairs[:, 0], minlength=5) / people, best, atol=0.02)
    second = np.zeros(5)  # by another draw, without the first
    drawn = generator(2).multivariate_normal(mean, covariance, (people, 2)) @ creations.T
    for one, other in drawn.tolist():
        first = max(range(5), key=one.__getitem__)
        second[max((each for each in range(5) if each != first), key=other.__getitem__)] += 1 / people
    np.testing.assert_allclose(np.bincount(pairs[:, 1], minlength=5) / people, second, atol=0.02)
    sure = Belief(mean, 1e-12 * np.eye(2))
    order = np.argsort(-(creations @ mean))
    assert ThompsonPairs().choose(sure, creations, generator()).tolist() == order[:2].tolist()


def entropy(p: float) -> float:
    return -sum(q * math.log(q) for q in (p, 1 - p) if q > 0)


def test_information_is_that_of_two_entropies_by_fine_sums() -> None:
    belief = Belief(np.array([0.4, -1.0]), np.array([[1.0, 0.3], [0.3, 0.5]]))
    differences = generator().normal(size=(6, 2)) * 2
    found = information(belief, differences)
    for one, difference in zip(found, differences, strict=True):
        middle = float(difference @ belief.mean)
        spread = math.sqrt(float(difference @ belief.covariance @ difference))
        total = mean = noise = 0.0
        for step in range(-4000, 4001):
            z = step / 500
            weight = math.exp(-z * z / 2)
            p = 1 / (1 + math.exp(-(middle + spread * z)))
            total, mean, noise = total + weight, mean + weight * p, noise + weight * entropy(p)
        assert one == pytest.approx(entropy(mean / total) - noise / total, abs=2e-3)
    assert (found >= 0).all() and (found <= math.log(2)).all()


def test_what_is_known_teaches_nothing_and_the_most_informative_of_the_tried_is_shown() -> None:
    known = Belief(np.array([1.0, 2.0]), 1e-12 * np.eye(2))
    np.testing.assert_allclose(information(known, generator().normal(size=(5, 2))), 0, atol=1e-8)
    belief, creations = Belief(np.zeros(2), np.diag([1.0, 1e-6])), creations_of(6, 2)
    shown = InformativePairs(2000).choose(belief, creations, generator())
    apart = np.abs(creations[:, 0][:, None] - creations[:, 0])
    assert apart[tuple(shown)] == apart.max()


# how well people are known


def test_agreement_counts_what_the_weights_foretell() -> None:
    differences = np.array([[1.0, 0], [0, 1], [-1, 1], [0, 0]])
    assert measures.agreement([1.0, 0], differences) == pytest.approx((1 + 0.5 + 0 + 0.5) / 4)
    assert measures.agreement([0.0, 0], differences) == 0.5


def test_expected_agreement_is_that_of_many_choices_and_never_above_the_ceiling() -> None:
    people, creations = draw_people("erring", 6, 3, generator()), creations_of(40)
    pairs = random_pairs(40, 300, generator(2))
    weights = people.weights + generator(3).normal(size=(6, 3)) / 2
    found = measures.expected_agreement(weights, people, creations, pairs)
    ceiling = measures.ceiling(people, creations, pairs)
    assert (found <= ceiling).all() and (ceiling <= 0.8).all() and found.mean() > 0.55
    np.testing.assert_allclose(measures.expected_agreement(people.weights, people, creations, pairs), ceiling)
    np.testing.assert_allclose(
        measures.expected_agreement(-people.weights, people, creations, pairs), 1 - ceiling
    )
    luck = [
        measures.agreement(
            weights,
            chosen_differences(
                creations,
                np.broadcast_to(pairs, (6, 300, 2)),
                people.choose(creations, pairs, generator(seed)),
            ),
        )
        for seed in range(60)
    ]
    np.testing.assert_allclose(np.mean(luck, axis=0), found, atol=0.02)
    one = measures.expected_agreement(weights[0], people, creations, pairs)
    assert one[0] == pytest.approx(found[0])


def test_regret_and_hits_are_those_of_loops() -> None:
    people, creations = draw_people("ideal_point", 7, 3, generator()), creations_of(30)
    weights = generator(5).normal(size=(7, 3))
    regret = measures.regret(weights, people, creations)
    hits = measures.hits(weights, people, creations, count=4, among=9)
    for person in range(7):
        utility = [float(u) for u in people.utilities(creations)[person]]
        told = sorted(range(30), key=lambda each: -float(weights[person] @ creations[each]))
        liked = sorted(range(30), key=lambda each: -utility[each])[:9]
        assert regret[person] == pytest.approx(max(utility) - utility[told[0]])
        assert hits[person] == pytest.approx(sum(each in liked for each in told[:4]) / 4)
        assert measures.recommend(weights[person], creations, 3).tolist() == told[:3]
    line = np.arange(10.0)[:, None]
    assert measures.hits([-1.0], People(np.ones((1, 1))), line, count=5, among=5) == 0
    assert measures.hits([-1.0], People(np.ones((1, 1))), line, count=5, among=6) == pytest.approx(1 / 5)
    linear = draw_people("linear", 7, 3, generator())
    np.testing.assert_array_equal(measures.regret(linear.weights, linear, creations), 0)
    np.testing.assert_array_equal(measures.hits(linear.weights, linear, creations), 1)


# asking


def test_asking_is_choosing_clicking_and_fitting_in_turn() -> None:
    people, creations = draw_people("linear", 4, 2, generator()), creations_of(15, 2)
    asked = ask(people, creations, ThompsonPairs(), 6, seed=3, prior_variance=2.0)
    assert asked.agreement.shape == asked.regret.shape == (7, 4) and asked.pairs.shape == (4, 6, 2)
    np.testing.assert_array_equal(asked.agreement[0], 0.5)
    held_out = random_pairs(15, 1000, generator(3))
    for clicks in (1, 6):
        for person in range(4):
            belief = fit(
                chosen_differences(creations, asked.pairs[person, :clicks], asked.choices[person, :clicks]),
                0,
                2.0,
            )
            known = People(people.weights[person : person + 1])
            assert asked.agreement[clicks, person] == pytest.approx(
                measures.expected_agreement(belief.mean, known, creations, held_out)[0]
            )
            assert asked.regret[clicks, person] == pytest.approx(
                measures.regret(belief.mean, known, creations)[0]
            )
    assert (asked.agreement <= asked.ceiling).all() and (asked.regret >= 0).all()
    again = ask(people, creations, ThompsonPairs(), 6, seed=3, prior_variance=2.0)
    np.testing.assert_array_equal(asked.pairs, again.pairs)


def test_the_model_sees_the_features_it_is_given() -> None:
    people, creations = draw_people("ideal_point", 60, 2, generator()), creations_of(60, 2)
    plain, longer = (
        ask(people, creations, RandomPairs(), 60, features=features)
        for features in (None, with_length(creations))
    )
    assert longer.agreement[-1].mean() > plain.agreement[-1].mean() + 0.03
    np.testing.assert_array_equal(plain.ceiling, longer.ceiling)
    assert longer.belief.mean.shape == (60, 3) and (longer.belief.mean[:, -1]).mean() < -0.3


def test_no_click_is_no_error_and_a_coin_teaches_nothing() -> None:
    people, creations = draw_people("coin", 50, 3, generator()), creations_of(30)
    assert ask(people, creations, RandomPairs(), 0).agreement.shape == (1, 50)
    np.testing.assert_allclose(ask(people, creations, ThompsonPairs(), 8).agreement, 0.5)


def test_thompson_finds_the_best_in_fewer_clicks_and_information_foretells_more() -> None:
    people, creations = draw_people("linear", 80, 4, generator()), creations_of(80, 4)
    random, thompson, informative = (
        ask(people, creations, chooser, 20)
        for chooser in (RandomPairs(), ThompsonPairs(), InformativePairs())
    )
    assert thompson.regret[-1].mean() < 0.7 * random.regret[-1].mean()
    assert informative.agreement[-1].mean() > random.agreement[-1].mean() + 0.01
    curve = random.regret.mean(axis=1)
    assert clicks_needed(curve, thompson.regret[10].mean(), rising=False) > 10


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 1))
def test_clicks_needed_are_where_the_curve_first_crosses(curve: list[float], level: float) -> None:
    found = clicks_needed(curve, level)
    if curve[0] >= level:
        assert found == 0
    elif max(curve) < level:
        assert found == math.inf
    else:
        before = next(at for at, (_, b) in enumerate(pairwise(curve)) if b >= level)
        assert before <= found <= before + 1
        assert np.interp(found, np.arange(len(curve)), curve) == pytest.approx(level, abs=1e-9)
    assert clicks_needed([-each for each in curve], -level, rising=False) == found


PEOPLE, FEW = People(np.ones((2, 3))), creations_of(5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: draw_people("shy", 3, 2, generator()), "linear, ideal_point, erring, coin, not 'shy'"),
        (lambda: draw_people("linear", 0, 2, generator()), "count is a whole number from 1 on"),
        (lambda: People(np.array([[np.nan]])), "Weights of people are finite"),
        (lambda: People(np.ones(3)), "a row for each"),
        (lambda: People(np.ones((2, 3)), curvature=-1), "curvature is a number from 0 on"),
        (lambda: People(np.ones((2, 3)), slips=0.6), "slips is a share from 0 to 0.5"),
        (lambda: People(np.ones((2, 3)), slips=np.zeros(3)), "slips is a share from 0 to 0.5"),
        (lambda: PEOPLE.choice_probability(FEW, [[0, 0]]), "pairs creation 0 with itself"),
        (lambda: PEOPLE.utilities(FEW[:1]), "two creations are needed"),
        (lambda: draw_directions(3, 4, generator()), "rank is a whole number from 1 to the 3 features"),
        (lambda: draw_directions(3, 0, generator()), "from 1 to the 3 features, not 0"),
        (lambda: draw_crowd(np.eye(2), 3, generator(), coins=2), "coins is a share of the people"),
        (lambda: random_pairs(1, 3, generator()), "creation_count is a whole number from 2 on"),
        (lambda: InformativePairs(0), "tried is a whole number from 1 on"),
        (lambda: measures.agreement([1.0], np.zeros((0, 1))), "there are none"),
        (lambda: measures.recommend(np.ones(3), FEW, 6), "Of 5 creations 6 cannot be recommended"),
        (lambda: measures.hits(np.ones(3), PEOPLE, FEW, 3, 2), "among is from 3 to the 5 creations"),
        (lambda: ask(PEOPLE, FEW, RandomPairs(), -1), "clicks is a whole number from 0 on"),
        (lambda: ask(PEOPLE, FEW, RandomPairs(), 2, features=FEW[:3]), "5 creations have features of 3"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)
