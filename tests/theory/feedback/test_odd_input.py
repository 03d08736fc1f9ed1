"""Odd input to everything here: one clear line, no traceback of NumPy's, and nothing changed in place."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.theory.feedback import audience, click_model, closed_loop, gallery, policies
from course_lib.theory.taste.bradley_terry import Belief

NAN = np.nan


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


TABLE = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0]])
TWENTY = audience.draw_audience(TABLE, people=20, mean_rate=0.1)
BELIEF = click_model.fit_clicks(TABLE, [9] * 4, [1] * 4)
UNKNOWN = Belief(BELIEF.mean * NAN, BELIEF.covariance)
PICTURES = gallery.Gallery(np.tile(np.arange(4)[:, None], 2), np.zeros((4, 2, 2)))
ANY = policies.Uniform()


class Says:
    """A policy of one's own, right or wrong."""

    def __init__(self, probabilities) -> None:
        self.said = probabilities

    def probabilities(self, belief, table, rng) -> np.ndarray:
        return np.array(self.said)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: audience.draw_audience("a"), "The conditions in table are numbers"),
        (lambda: audience.draw_audience([[1, 0], [1]]), "The conditions in table are numbers"),
        (lambda: audience.draw_audience(np.zeros((0, 3))), r"table is 0 and 1, \(looks, columns\);"),
        (lambda: audience.draw_audience(TABLE, people="a"), "people is one number, not"),
        (lambda: audience.draw_audience(TABLE, people=True), "people is one number, not"),
        (lambda: audience.draw_audience(TABLE, mean_rate="a"), "mean_rate is one number, not"),
        (lambda: audience.draw_audience(TABLE, mean_rate=True), "mean_rate is one number, not"),
        (lambda: audience.draw_audience(TABLE, spread="a"), "spread is one number, not"),
        (lambda: audience.draw_audience(TABLE, spread=1e300), "spread is a number above 0, up to 10,"),
        (lambda: audience.draw_audience(TABLE, spread=1e3).log_odds, "spread is a number above 0, up to 10,"),
        (lambda: audience.draw_audience(TABLE, own_spread="a"), "own_spread is one number, not"),
        (lambda: audience.draw_audience(TABLE, own_spread=None), "own_spread is one number, not"),
        (lambda: audience.draw_audience(TABLE, minority="a"), "minority is one number, not"),
        (lambda: audience.draw_audience(TABLE, seed=-1), "seed is a whole number from 0 on, not"),
        (lambda: audience.draw_audience(TABLE, seed="a"), "seed is one number, not"),
        (lambda: TWENTY.rate_of("a"), "Nobody in this audience is of group"),
        (lambda: TWENTY.rate_of(5), "Nobody in this audience is of group"),
        (lambda: TWENTY.rate_of([0, 1]), "Nobody in this audience is of group"),
        (lambda: TWENTY.visit([0, 9], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: TWENTY.visit([-1], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: TWENTY.visit([0.5], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: TWENTY.visit([True], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: TWENTY.visit("a", rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: TWENTY.visit(3, rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: TWENTY.visit([[0, 1]], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: click_model.with_base([1, 2]), r"table is finite numbers, \(looks,"),
        (lambda: click_model.with_base("a"), "The conditions in table are numbers"),
        (lambda: click_model.with_base([[NAN, 1]]), r"table is finite numbers, \(looks,"),
        (lambda: click_model.click_rates([1, 2], TABLE), "Weights are finite numbers, one for"),
        (lambda: click_model.click_rates([1, 2, 3, NAN], TABLE), "Weights are finite numbers, one for"),
        (lambda: click_model.click_rates("a", TABLE), "Weights are numbers in one table, and"),
        (lambda: click_model.click_rates(1.0, TABLE), "Weights are finite numbers, one for"),
        (lambda: click_model.fit_clicks([1, 2], [1, 2], [0, 0]), r"table is finite numbers, \(looks,"),
        (lambda: click_model.fit_clicks("a", [1, 2], [0, 0]), "The conditions in table are numbers"),
        (
            lambda: click_model.fit_clicks([[NAN, 1], [1, 0]], [1, 2], [0, 0]),
            r"table is finite numbers, \(looks,",
        ),
        (lambda: click_model.fit_clicks(TABLE, "a", [0] * 4), "Counts are numbers in one table, and"),
        (lambda: click_model.fit_clicks(TABLE, ["a"] * 4, [0] * 4), "Counts are numbers in one table, and"),
        (
            lambda: click_model.fit_clicks(TABLE, [np.inf] * 4, [1] * 4),
            r"A look was shown at most 1e\+12 times,",
        ),
        (
            lambda: click_model.fit_clicks(TABLE, [np.inf] * 4, [np.inf] * 4),
            r"A look was shown at most 1e\+12 times,",
        ),
        (
            lambda: click_model.fit_clicks(TABLE, [1e300] * 4, [1e299] * 4),
            r"A look was shown at most 1e\+12 times,",
        ),
        (
            lambda: click_model.fit_clicks(TABLE, [1e15] * 4, [1e15] * 4).mean,
            r"A look was shown at most 1e\+12 times,",
        ),
        (lambda: click_model.fit_clicks(TABLE, [5] * 4, [6] * 4), "Look 0: 6 clicks of 5 shown; a click"),
        (lambda: click_model.fit_clicks(TABLE, [-5] * 4, [-6] * 4), "Look 0: -6 clicks of -5 shown; a"),
        (lambda: click_model.fit_clicks(TABLE, [NAN] * 4, [0] * 4), "Look 0: 0 clicks of nan shown; a"),
        (lambda: click_model.fit_clicks(TABLE, [[5] * 4], [[1] * 4]), "How often each of 4 looks was shown"),
        (lambda: click_model.fit_clicks(TABLE, [5] * 4, [1] * 4, "a"), "spread is one number, not"),
        (lambda: click_model.fit_clicks(TABLE, [5] * 4, [1] * 4, True), "spread is one number, not"),
        (
            lambda: click_model.fit_clicks(TABLE, [5] * 4, [1] * 4, 1e-200),
            "spread is a number above 0, from 1e-6",
        ),
        (
            lambda: click_model.fit_clicks(TABLE, [5] * 4, [1] * 4, 1e200),
            "spread is a number above 0, from 1e-6",
        ),
        (
            lambda: click_model.fit_clicks(TABLE * 1e200, [5] * 4, [1] * 4),
            r"table is finite numbers, \(looks,",
        ),
        (lambda: click_model.fit_clicks(np.zeros((0, 3)), [], []), r"table is finite numbers, \(looks,"),
        (
            lambda: policies.Uniform().probabilities(BELIEF, TABLE[:0], rng()),
            r"table is finite numbers, \(looks,",
        ),
        (lambda: policies.Greedy("a"), "diversity is one number, not"),
        (lambda: policies.Greedy(None), "diversity is one number, not"),
        (lambda: policies.Greedy(epsilon="a"), "epsilon is one number, not"),
        (lambda: policies.Greedy(epsilon=NAN), "epsilon is a probability from 0 to 1,"),
        (lambda: policies.Greedy(True), "diversity is one number, not"),
        (lambda: policies.Thompson(draws="a"), "draws is one number, not"),
        (lambda: policies.Thompson(np.inf), "diversity is a price in clicks a"),
        (
            lambda: policies.Greedy().probabilities(BELIEF, np.eye(5), rng()),
            "Weights are finite numbers, one for",
        ),
        (
            lambda: policies.Thompson().probabilities(BELIEF, np.eye(5), rng()),
            "Weights are finite numbers, one for",
        ),
        (
            lambda: policies.Thompson().probabilities(
                Belief(BELIEF.mean, BELIEF.covariance * NAN), TABLE, rng()
            ),
            "Weights are finite numbers, one for",
        ),
        (
            lambda: policies.Greedy().probabilities(UNKNOWN, TABLE, rng()),
            "Weights are finite numbers, one for",
        ),
        (lambda: policies.best_mixture("a", 1), "Rates are numbers in one table, and"),
        (lambda: policies.best_mixture([[1], [1, 2]], 1), "Rates are numbers in one table, and"),
        (lambda: policies.best_mixture([0.1, 0.2], "a"), "diversity is one number, not"),
        (lambda: policies.best_mixture([0.1, 0.2], None), "diversity is one number, not"),
        (lambda: policies.best_mixture([0.1, 0.2], [0.1, 0.2]), r"diversity is one number, not \[0\.1,"),
        (lambda: policies.best_mixture(1.0, 1), "Rates are finite numbers, one a look;"),
        (lambda: policies.entropy("a"), "Probabilities are numbers in one"),
        (lambda: policies.entropy([NAN, 1]), "Probabilities from 0 on with the sum"),
        (lambda: policies.entropy([np.inf, 1]), "Probabilities from 0 on with the sum"),
        (lambda: policies.entropy(1.0), "Probabilities from 0 on with the sum"),
        (lambda: gallery.Gallery([[0, 1]], [[[0]]]), "A gallery has looks seen, whole"),
        (
            lambda: gallery.Gallery(np.zeros((4, 2)), np.zeros((4, 2, 1))).draw([0], rng()),
            "A gallery has looks seen, whole",
        ),
        (lambda: gallery.Gallery(np.zeros((4, 2), int), np.zeros((4, 2))), "A gallery has looks seen, whole"),
        (
            lambda: gallery.Gallery(np.zeros((4, 2), int), np.full((4, 2, 1), NAN)),
            "Features of pictures are finite",
        ),
        (
            lambda: gallery.Gallery(np.zeros((4, 2), int) > 0, np.zeros((4, 2, 1))),
            "A gallery has looks seen, whole",
        ),
        (lambda: gallery.Gallery(np.array([["a"]]), np.zeros((1, 1, 1))), "A gallery has looks seen, whole"),
        (lambda: PICTURES.draw([9], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: PICTURES.draw([-1], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: PICTURES.draw([0.5], rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: PICTURES.draw("a", rng()), r"Looks are whole numbers \(n,\) from 0"),
        (lambda: gallery.mean_distance("a"), "Features are numbers in one table,"),
        (lambda: gallery.mean_distance(np.array([[1.0, NAN], [2, 3]])), "Two rows or more of finite numbers"),
        (lambda: closed_loop.close_loop(TWENTY, ANY, "a", 10), "rounds is one number, not"),
        (
            lambda: closed_loop.close_loop(TWENTY, ANY, 2, 10, seed=-1),
            "seed is a whole number from 0 on, not",
        ),
        (lambda: closed_loop.close_loop(TWENTY, ANY, 2, 10, seed="a"), "seed is one number, not"),
        (
            lambda: closed_loop.close_loop(TWENTY, Says([0, 0, 0, 0]), 2, 10),
            "A policy gives each of 4 looks its",
        ),
        (
            lambda: closed_loop.close_loop(TWENTY, Says([0.5, 0.5]), 2, 10),
            "A policy gives each of 4 looks its",
        ),
        (
            lambda: closed_loop.close_loop(TWENTY, Says([NAN] * 4), 2, 10),
            "A policy gives each of 4 looks its",
        ),
        (
            lambda: closed_loop.close_loop(TWENTY, Says([2, -1, 0, 0]), 2, 10),
            "A policy gives each of 4 looks its",
        ),
        (
            lambda: closed_loop.close_loop(TWENTY, Says([[0.25] * 4]), 2, 10),
            "A policy gives each of 4 looks its",
        ),
        (lambda: closed_loop.close_loop(TWENTY, Says("a"), 2, 10), "Probabilities of a policy are numbers"),
        (lambda: closed_loop.taste_found(BELIEF, TWENTY, np.zeros(4)), "How often each of 4 looks was shown"),
        (lambda: closed_loop.taste_found(BELIEF, TWENTY, [1, 2]), "How often each of 4 looks was shown"),
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


def test_nothing_is_changed_in_place_and_a_look_may_never_be_shown() -> None:
    """Arrays that cannot be written to serve as well, and whole numbers given as 3.0 are whole numbers."""
    some = audience.draw_audience(locked(TABLE), people=20.0, mean_rate=0.1)
    shown, clicked = locked([5, 0, 7, 100]), locked([1, 0, 7, 3])
    belief = Belief(*map(locked, click_model.fit_clicks(locked(TABLE), shown, clicked)))
    assert (shown == [5, 0, 7, 100]).all() and np.isfinite(belief.mean).all()
    for policy in (ANY, policies.Greedy(0.01, 0.1), policies.Thompson(draws=9.0), Says([0, 1.0, 0, 0])):
        policy.probabilities(belief, locked(TABLE), rng())
        loop = closed_loop.close_loop(some, policy, 2.0, 10.0, batch=5.0, gallery=PICTURES)
        assert loop.shown.sum() == 20 and np.isfinite(loop.taste_error).all()
    assert loop.shown.tolist() == [0, 20, 0, 0] and (loop.entropy == 0).all()
    policies.best_mixture(locked([0.1, 0.2]), 0.1), policies.entropy(locked([0.5, 0.5]))
    gallery.mean_distance(locked([[1.0, 2], [3, 4]]))


def test_nobody_comes_and_nothing_is_clicked() -> None:
    clicked, group = TWENTY.visit([], rng())
    assert clicked.shape == group.shape == (0,)


def test_distances_of_equal_pictures_are_0_and_small_whole_numbers_do_not_overflow() -> None:
    same = np.repeat(30 * rng().normal(size=(1, 128)), 50, axis=0)
    assert gallery.mean_distance(same) == gallery.mean_distance(same.astype("float32")) == 0
    assert gallery.mean_distance(np.array([[0, 0], [200, 0]], "uint8")) == 200
    assert gallery.Gallery([[0], [1]], [[[0.5]], [[1]]]).features.shape == (2, 1, 1)


def test_a_belief_without_doubt_is_a_belief() -> None:
    sure = Belief(BELIEF.mean, np.zeros((4, 4)))
    np.testing.assert_array_equal(
        policies.Thompson().probabilities(sure, TABLE, rng()),
        policies.Greedy().probabilities(sure, TABLE, rng()),
    )
