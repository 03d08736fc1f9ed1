"""Odd input to everything here: one clear line, no traceback of NumPy's, and nothing changed in place."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.theory.taste import bradley_terry as bt
from course_lib.theory.taste import low_rank as lr
from course_lib.theory.taste import measures, pairs, people
from course_lib.theory.taste.asking import ask, clicks_needed

NAN = np.nan


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


X = rng().normal(size=(5, 3))
CLICKS = rng().normal(size=(4, 6, 3))
FOUR = people.draw_people("linear", 4, 3, rng())
BELIEF, CROWD = bt.fit(CLICKS), lr.fit_crowd(CLICKS, 2)
UNKNOWN = bt.Belief(BELIEF.mean * NAN, BELIEF.covariance)
ANY = pairs.RandomPairs()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bt.sigmoid("a"), "Log-odds are numbers in one table,"),
        (lambda: bt.choice_probability([1, 2], [1, 2], [1]), "Creations are finite numbers, one for"),
        (
            lambda: bt.choice_probability([1, 2], [1, 2, 3], [1, 2, 3]),
            "Creations are finite numbers, one for",
        ),
        (lambda: bt.choice_probability([1, NAN], [1, 2], [1, 3]), "Weights are finite numbers, one for"),
        (lambda: bt.choice_probability("a", [1, 2], [1, 3]), "Weights are numbers in one table, and"),
        (lambda: bt.chosen_differences("a", [[0, 1]], [0]), "Features are numbers in one table,"),
        (
            lambda: bt.chosen_differences([["a", "b"], ["c", "d"]], [[0, 1]], [0]),
            "Features are numbers in one table,",
        ),
        (lambda: bt.chosen_differences([[1], [1, 2]], [[0, 1]], [0]), "Features are numbers in one table,"),
        (lambda: bt.chosen_differences(X, [[0, 1], [0]], [0]), "Pairs are two numbers of creations"),
        (lambda: bt.chosen_differences(X, [[0, 1]], [[0], [1, 2]]), r"Each pair has one choice: \(1,\) are"),
        (lambda: bt.chosen_differences(X, [[0, 1]], [True]), "A choice is the number of the"),
        (lambda: bt.chosen_differences(X, [[False, True]], [1]), "Pairs are two numbers of creations"),
        (lambda: bt.chosen_differences(X, np.zeros((5, 0)), [0] * 5), "Pairs are two numbers of creations"),
        (lambda: bt.chosen_differences(X, [[0, np.inf]], [0]), "Pairs are two numbers of creations"),
        (lambda: bt.chosen_differences(X, [[0, 1e300]], [0]), "Pairs name creations by their"),
        (lambda: bt.chosen_differences(X + 1j, [[0, 1]], [0]), "Features are numbers in one table,"),
        (lambda: bt.chosen_differences(X, "01", [0]), "Pairs are two numbers of creations"),
        (lambda: bt.fit("a"), "Differences of features are numbers"),
        (lambda: bt.fit([["a"]]), "Differences of features are numbers"),
        (lambda: bt.fit([[1], [1, 2]]), "Differences of features are numbers"),
        (lambda: bt.fit(CLICKS, [1, 2]), "prior_mean is a finite number, or one"),
        (lambda: bt.fit(CLICKS, NAN), "prior_mean is a finite number, or one"),
        (lambda: bt.fit(CLICKS, "a"), "Means of the prior are numbers in one"),
        (lambda: bt.fit(CLICKS, 0, "a"), "Covariances of the prior are numbers"),
        (lambda: bt.fit(CLICKS, 0, [[1], [1, 2]]), "Covariances of the prior are numbers"),
        (lambda: bt.fit(CLICKS * 1e200), "Differences of features are finite"),
        (lambda: bt.fit(CLICKS * 1e9), "Differences of features are finite"),
        (lambda: bt.fit(CLICKS, 0, 1e-320), "prior_covariance is a variance above"),
        (lambda: bt.fit(CLICKS, 0, 1e300), "prior_covariance is a variance above"),
        (lambda: BELIEF.spread(np.ones((2, 2))), "Differences are finite numbers, one"),
        (lambda: BELIEF.spread("a"), "Differences are numbers in one table,"),
        (lambda: BELIEF.probability(np.ones((2, 2))), "Differences are finite numbers, one"),
        (lambda: BELIEF.probability([["a"] * 3]), "Differences are numbers in one table,"),
        (lambda: BELIEF.probability(np.full((2, 3), NAN)), "Differences are finite numbers, one"),
        (lambda: BELIEF.choice_probability([1, 2], [1, 2]), "Creations are finite numbers, one for"),
        (lambda: BELIEF.choice_probability([1, 2, 3], [1]), "Creations are finite numbers, one for"),
        (lambda: people.People("a"), "Weights of people are numbers in one"),
        (lambda: people.People([["a"]]), "Weights of people are numbers in one"),
        (lambda: people.People([[1, 2], [1]]), "Weights of people are numbers in one"),
        (lambda: people.People(np.ones((2, 3)), curvature="a"), "curvature is one number, not"),
        (lambda: people.People(np.ones((2, 3)), curvature=None), "curvature is one number, not"),
        (lambda: people.People(np.ones((2, 3)), curvature=True), "curvature is one number, not"),
        (lambda: people.People(np.ones((2, 3)), slips="a"), "slips are numbers in one table, and"),
        (lambda: people.People(np.ones((2, 3)), slips=[NAN, 0]), r"slips is a share from 0 to 0\.5, one"),
        (lambda: people.People(np.ones((0, 3))), "Weights of people are finite numbers,"),
        (lambda: people.People(np.ones((2, 0))), "Weights of people are finite numbers,"),
        (lambda: FOUR.utilities(X[:, :2]), "These people look at 3 features, and"),
        (lambda: FOUR.utilities("a"), "Features are numbers in one table,"),
        (lambda: FOUR.choice_probability(X, [0, 1]), r"Pairs are \(n, 2\) for all, or \(p, n,"),
        (
            lambda: FOUR.choice_probability(X, np.tile([[0, 1]], (3, 1, 1))),
            r"Pairs are \(n, 2\) for all, or \(p, n,",
        ),
        (lambda: people.draw_people("linear", "a", 2, rng()), "count is one number, not"),
        (lambda: people.draw_people("linear", "3", 2, rng()), "count is one number, not"),
        (lambda: people.draw_people("linear", None, 2, rng()), "count is one number, not"),
        (lambda: people.draw_people("linear", np.inf, 2, rng()), "count is a whole number from 1 on,"),
        (lambda: people.draw_people(["linear"], 2, 2, rng()), "People are of one of the kinds"),
        (lambda: people.draw_people("linear", True, 2, rng()), "count is one number, not"),
        (lambda: people.draw_people("linear", [1, 2], 2, rng()), r"count is one number, not \[1,"),
        (lambda: people.with_length("a"), "Features are numbers in one table,"),
        (lambda: people.with_length(X * 1e200), "Features are finite numbers of about"),
        (lambda: people.draw_directions(3, "a", rng()), "rank is one number, not"),
        (lambda: people.draw_directions(3, None, rng()), "rank is one number, not"),
        (lambda: people.draw_directions(3, np.inf, rng()), "rank is a whole number from 1 to the"),
        (lambda: people.draw_directions(3, NAN, rng()), "rank is a whole number from 1 to the"),
        (lambda: people.draw_crowd("a", 3, rng()), "Directions are numbers in one table,"),
        (lambda: people.draw_crowd([1, 2], 3, rng()), "Directions are finite numbers,"),
        (lambda: people.draw_crowd(np.full((3, 2), NAN), 3, rng()), "Directions are finite numbers,"),
        (lambda: people.draw_crowd(np.ones((3, 0)), 3, rng()), "Directions are finite numbers,"),
        (lambda: people.draw_crowd(np.eye(3), 3, rng(), "a"), "coins is one number, not"),
        (lambda: people.draw_crowd(np.eye(3), 3, rng(), NAN), "coins is a share of the people from 0"),
        (lambda: pairs.random_pairs("a", 3, rng()), "creation_count is one number, not"),
        (lambda: pairs.random_pairs(4, -1, rng()), "a number of shape is a whole number"),
        (lambda: pairs.InformativePairs("a"), "tried is one number, not"),
        (lambda: ANY.choose(BELIEF, X[:1], rng()), "To choose between two, two creations"),
        (
            lambda: pairs.ThompsonPairs().choose(BELIEF, X[:, :2], rng()),
            "A belief of finite numbers is wanted",
        ),
        (
            lambda: pairs.InformativePairs(5).choose(BELIEF, X[:, :2], rng()),
            "A belief of finite numbers is wanted",
        ),
        (
            lambda: pairs.ThompsonPairs().choose(BELIEF, X * NAN, rng()),
            "Features are finite numbers of about",
        ),
        (lambda: pairs.ThompsonPairs().choose(UNKNOWN, X, rng()), "A belief of finite numbers is wanted"),
        (lambda: pairs.InformativePairs(5).choose(UNKNOWN, X, rng()), "A belief of finite numbers is wanted"),
        (lambda: pairs.information(BELIEF, np.ones((2, 2))), "Differences are finite numbers, one"),
        (lambda: pairs.information(BELIEF, np.full((2, 3), NAN)), "Differences are finite numbers, one"),
        (lambda: pairs.information(BELIEF, "a"), "Differences are numbers in one table,"),
        (lambda: measures.agreement([1, 2], CLICKS), "Weights are finite numbers, one for"),
        (lambda: measures.agreement([1, 2, NAN], CLICKS), "Weights are finite numbers, one for"),
        (lambda: measures.agreement("a", CLICKS), "Weights are numbers in one table, and"),
        (lambda: measures.agreement(1.0, CLICKS), "Weights are finite numbers, one for"),
        (lambda: measures.agreement(np.ones((2, 3)), CLICKS), r"Weights are \(d,\), or a row for each"),
        (
            lambda: measures.expected_agreement([1, 2], FOUR, X, [[0, 1]]),
            "Weights are finite numbers, one for",
        ),
        (
            lambda: measures.expected_agreement([1, 2, NAN], FOUR, X, [[0, 1]]),
            "Weights are finite numbers, one for",
        ),
        (
            lambda: measures.expected_agreement(np.ones((3, 3)), FOUR, X, [[0, 1]]),
            r"Weights are \(d,\) for all, or a row",
        ),
        (
            lambda: measures.expected_agreement([1, 2, 3], FOUR, X, []),
            r"Agreement is a share of pairs \(n, 2\),",
        ),
        (
            lambda: measures.expected_agreement([1, 2, 3], FOUR, X, [[0, 1]], X[:3]),
            "5 creations have features of",
        ),
        (
            lambda: measures.expected_agreement([1, 2, 3], FOUR, X, [[0, 4]], X[:3]),
            "5 creations have features of",
        ),
        (
            lambda: measures.expected_agreement([1, 2, 3], FOUR, X, np.tile([[0, 1]], (4, 1, 1))),
            r"Agreement is a share of pairs \(n, 2\),",
        ),
        (lambda: measures.ceiling(FOUR, X, []), "Agreement is a share of pairs, and"),
        (lambda: measures.recommend([1, 2], X), "Weights are finite numbers, one for"),
        (lambda: measures.recommend([1, 2, NAN], X), "Weights are finite numbers, one for"),
        (lambda: measures.recommend("a", X), "Weights are numbers in one table, and"),
        (lambda: measures.recommend(1.0, X), "Weights are finite numbers, one for"),
        (lambda: measures.recommend([1, 2, 3], X, "a"), "count is one number, not"),
        (lambda: measures.recommend([1, 2, 3], X, True), "count is one number, not"),
        (lambda: measures.regret(1.0, FOUR, X), "Weights are finite numbers, one for"),
        (lambda: measures.regret([1, 2], FOUR, X), "Weights are finite numbers, one for"),
        (lambda: measures.regret([1, NAN, 2], FOUR, X), "Weights are finite numbers, one for"),
        (lambda: measures.regret(np.ones((3, 3)), FOUR, X), r"Weights are \(d,\) for all, or a row"),
        (lambda: measures.regret([1, 2, 3], FOUR, X, X[:2]), "5 creations have features of"),
        (lambda: measures.regret([1, 2, 3], FOUR, X, np.vstack([X, X])), "5 creations have features of"),
        (lambda: measures.hits(1.0, FOUR, X, 1, 2), "Weights are finite numbers, one for"),
        (lambda: measures.hits([1, 2], FOUR, X, 1, 2), "Weights are finite numbers, one for"),
        (lambda: measures.hits([1, NAN, 2], FOUR, X, 1, 2), "Weights are finite numbers, one for"),
        (lambda: measures.hits([1, 2, 3], FOUR, X, "a", 2), "count is one number, not"),
        (lambda: measures.hits([1, 2, 3], FOUR, X, 0, 2), "count is a whole number from 1 on,"),
        (lambda: measures.hits([1, 2, 3], FOUR, X, 1, "a"), "among is one number, not"),
        (lambda: ask(FOUR, X[:, :2], ANY, 2), "These people look at 3 features, and"),
        (lambda: ask(FOUR, X, ANY, "a"), "clicks is one number, not"),
        (lambda: ask(FOUR, X, ANY, 2, -1), "seed is a whole number from 0 on, not"),
        (lambda: ask(FOUR, X, ANY, 2, "a"), "seed is one number, not"),
        (lambda: ask(FOUR, X, ANY, 2, prior_variance=0), "prior_covariance is a variance above"),
        (lambda: ask(FOUR, X, ANY, 2, prior_variance="a"), "Covariances of the prior are numbers"),
        (lambda: clicks_needed([], 1), r"A curve \(clicks \+ 1,\) and a level are"),
        (lambda: clicks_needed([NAN, 1], 0.5), r"A curve \(clicks \+ 1,\) and a level are"),
        (lambda: clicks_needed([[0, 1], [2, 3]], 2), r"A curve \(clicks \+ 1,\) and a level are"),
        (lambda: clicks_needed([0, 1], NAN), r"A curve \(clicks \+ 1,\) and a level are"),
        (lambda: clicks_needed("a", 1), "Measured values are numbers in one"),
        (lambda: clicks_needed([0, 1], "a"), "level is one number, not"),
        (lambda: clicks_needed(1.0, 0.5), r"A curve \(clicks \+ 1,\) and a level are"),
        (lambda: lr.fit_crowd(CLICKS, "a"), "rank is one number, not"),
        (lambda: lr.fit_crowd(CLICKS, True), "rank is one number, not"),
        (lambda: lr.fit_crowd("a", 1), "Differences of features are numbers"),
        (lambda: lr.fit_crowd(CLICKS, 1, "a"), "ridge is one number, not"),
        (lambda: lr.fit_crowd(CLICKS, 1, np.inf), "ridge is a number above 0, not"),
        (lambda: lr.fit_crowd(CLICKS, 1, rounds="a"), "rounds is one number, not"),
        (lambda: lr.fit_crowd(CLICKS, 1, seed=-1), "seed is a whole number from 0 on, not"),
        (lambda: lr.fit_crowd(CLICKS, 1, seed="a"), "seed is one number, not"),
        (lambda: lr.fit_crowd(CLICKS * 1e200, 1), "Differences of features are finite"),
        (lambda: lr.fit_crowd(CLICKS * 1e6, 1), "Differences of features are finite"),
        (lambda: lr.padded("a"), "Differences of features are numbers"),
        (lambda: lr.padded([["a"]]), "Differences of features are numbers"),
        (lambda: lr.padded(None), "Clicks of one person or more are"),
        (lambda: lr.padded([CLICKS[0], CLICKS]), "Clicks of one person or more are"),
        (lambda: lr.padded([CLICKS, CLICKS]), "Clicks of one person or more are"),
        (lambda: lr.fit_for_all("a"), "Differences of features are numbers"),
        (lambda: lr.fit_for_all(CLICKS * NAN), "Differences of features are finite"),
        (lambda: CROWD.join(CLICKS[..., :2]), "This crowd is known by 3 features;"),
        (lambda: CROWD.join("a"), "Differences of features are numbers"),
        (lambda: lr.held_out_likelihood(CROWD, CLICKS[..., :2]), "This crowd is known by 3 features;"),
        (lambda: lr.held_out_likelihood(CROWD, CLICKS, "a"), "folds is one number, not"),
        (lambda: lr.held_out_likelihood(CROWD, CLICKS[0]), "To foretell clicks from others of the"),
    ],
)
def test_odd_input_is_one_clear_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)


def locked(array) -> np.ndarray:
    array = np.array(array)
    array.setflags(write=False)
    return array


def test_nothing_is_changed_in_place() -> None:
    """Arrays that cannot be written to serve as well, and whole numbers given as 3.0 are whole numbers."""
    x, clicks, weights = locked(X), locked(CLICKS), locked(FOUR.weights)
    asked, slips = locked([[0, 1], [3, 2]]), locked([0.1, 0.2, 0, 0.5])
    some = people.People(weights, slips=slips)
    choices = some.choose(x, asked, rng())
    own = np.broadcast_to(asked, (4, 2, 2))
    bt.chosen_differences(x, own, choices)
    belief = bt.Belief(*map(locked, bt.fit(clicks, locked(np.ones(3)), locked(np.eye(3)))))
    for chooser in (ANY, pairs.ThompsonPairs(), pairs.InformativePairs(9.0)):
        chooser.choose(belief, x, rng())
        ask(some, x, chooser, 2.0)
    crowd = lr.fit_crowd(clicks, 2.0, rounds=3.0)
    crowd.join(clicks), lr.held_out_likelihood(crowd, clicks, 3.0), lr.padded([clicks[0], clicks[1, :2]])
    measures.regret(weights, some, x), measures.hits(weights, some, x, 2.0, 3.0)
    measures.agreement(weights, clicks), measures.recommend(weights, x, 2.0)
    assert people.draw_people("linear", 3.0, 2.0, rng()).weights.shape == (3, 2)
    assert people.draw_directions(3.0, 2.0, rng()).shape == (3, 2)
    assert pairs.random_pairs(4.0, 3, rng()).dtype == int


def test_no_pair_is_no_error_but_has_no_share() -> None:
    assert FOUR.choice_probability(X, []).shape == FOUR.choose(X, [], rng()).shape == (4, 0)
    with pytest.raises(CourseError, match="there are none"):
        measures.ceiling(FOUR, X, [])


def test_lists_are_as_good_as_arrays() -> None:
    made = people.People([[1, 2], [3, 4]], slips=[0.1, 0.2])
    assert made.weights.shape == (2, 2) and (made.slips > 0).all()


def test_what_no_direction_says_is_not_doubted_and_tastes_can_be_drawn_all_the_same() -> None:
    """Who joins a crowd of rank 2 has a covariance of rank 2, of which Cholesky's root need not exist."""
    belief = CROWD.join(CLICKS)
    many = bt.Belief(*(np.repeat(each, 20_000, axis=0) for each in (belief.mean[:1], belief.covariance[:1])))
    drawn = many.draw(rng())
    np.testing.assert_allclose(np.cov(drawn.T), belief.covariance[0], atol=0.03 * belief.covariance[0].max())
    across = np.linalg.svd(CROWD.directions)[0][:, 2]
    np.testing.assert_allclose((drawn - belief.mean[0]) @ across, 0, atol=1e-6)
    with np.errstate(all="raise"):
        np.testing.assert_allclose(belief.spread(np.array([across, -across])), 0, atol=1e-6)
    shown = pairs.ThompsonPairs().choose(belief, X, rng())
    assert shown.shape == (4, 2) and (shown[:, 0] != shown[:, 1]).all()
