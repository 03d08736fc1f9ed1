"""Learners and worlds: who is chosen how often, what is lost, and what a fading memory holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from course_lib import CourseError
from course_lib.theory.bandits import worlds
from course_lib.theory.bandits.learners import EpsilonGreedy, Thompson, Uniform
from course_lib.theory.bandits.playing import play
from tests.theory.bandits.tiny_world import POLICIES, RATES

LEARNERS = (Uniform(), EpsilonGreedy(0.1), Thompson(), Thompson(1, 20))
EASY = np.array([0.1, 0.3, 0.2])


def chosen(learner, shown, clicked, visitors: int = 50_000) -> np.ndarray:
    items = learner.choose(
        np.array(shown, float), np.array(clicked, float), visitors, np.random.default_rng(0)
    )
    return np.bincount(items, minlength=len(shown)) / visitors


def test_thompson_shows_an_item_as_often_as_it_is_believed_the_best() -> None:
    """P(the second of two is better), by integrating over both Beta densities."""
    grid = (np.arange(20_000) + 0.5) / 20_000
    better = (stats.beta.pdf(grid, 1 + 9, 1 + 31) * stats.beta.cdf(grid, 1 + 4, 1 + 16)).mean()
    assert chosen(Thompson(), [20, 40], [4, 9])[1] == pytest.approx(better, abs=0.01)


def test_epsilon_greedy_shows_the_best_and_explores_the_rest_evenly() -> None:
    np.testing.assert_allclose(
        chosen(EpsilonGreedy(0.3), [10, 10, 10], [1, 5, 2]), [0.1, 0.8, 0.1], atol=0.01
    )


def test_epsilon_greedy_tries_what_was_never_shown_and_breaks_ties_evenly() -> None:
    np.testing.assert_allclose(chosen(EpsilonGreedy(0), [10, 0, 0], [10, 0, 0]), [0, 0.5, 0.5], atol=0.01)


def test_uniform_is_uniform() -> None:
    np.testing.assert_allclose(chosen(Uniform(), [9, 0, 0, 9], [9, 0, 0, 0]), 0.25, atol=0.01)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(LEARNERS),
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
    st.integers(1, 400),
    st.integers(1, 60),
    st.sampled_from([(1.0, None), (0.9, None), (1.0, 2), (0.8, 3)]),
)
def test_regret_is_never_negative_and_never_falls(learner, rates, visitors, batch, memory) -> None:
    played = play(rates, learner, visitors, batch, seed=1, discount=memory[0], window=memory[1])
    assert played.regret[0] >= 0 and (np.diff(played.regret) >= 0).all()
    assert played.visitors[-1] == visitors == played.shown.sum()
    lost = (max(rates) - np.array(rates)) @ played.shown
    assert played.regret[-1] == pytest.approx(lost, abs=1e-9)
    assert (np.diff(played.clicks) >= 0).all() and played.clicks[-1] <= visitors


def test_uniform_loses_the_same_from_each_visitor() -> None:
    played = play(EASY, Uniform(), 50_000, 100)
    assert played.regret[-1] == pytest.approx(50_000 * (0.3 - 0.2), rel=0.02)


def test_thompson_learns() -> None:
    for seed in range(3):
        played = play(EASY, Thompson(), 10_000, 50, seed)
        assert played.regret[-1] < 0.15 * 10_000 * 0.1
        late = played.regret[-1] - played.regret[len(played.regret) // 2]
        assert late < 0.3 * played.regret[-1]
        assert played.shown.argmax() == 1


def test_the_same_seed_plays_the_same() -> None:
    first, again, other = (play(EASY, Thompson(), 500, 50, seed).shown.tolist() for seed in (3, 3, 4))
    assert first == again != other


class Noting:
    """Shows the items in turn, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[list[float]] = []

    def choose(self, shown, clicked, visitors, rng) -> np.ndarray:
        self.told.append(shown.tolist())
        return np.full(visitors, len(self.told) % len(shown))


def test_a_memory_fades_as_its_discount_says() -> None:
    noting = Noting()
    play([0.5, 0.5], noting, 40, 10, discount=0.5)
    assert noting.told == [[0, 0], [0, 10], [10, 5], [5, 12.5]]


def test_a_window_forgets_what_is_older() -> None:
    noting = Noting()
    play([0.5, 0.5], noting, 50, 10, window=2)
    assert noting.told == [[0, 0], [0, 10], [10, 10], [10, 10], [10, 10]]
    both = Noting()
    play([0.5, 0.5], both, 50, 10, window=2, discount=0.5)
    assert both.told == [[0, 0], [0, 10], [10, 5], [5, 10], [10, 5]]


def test_regret_is_against_the_item_that_is_best_at_the_time() -> None:
    rates = np.array([[0.1, 0.4], [0.5, 0.2], [0.3, 0.3]])
    noting = Noting()  # shows 1, 0, 1
    assert play(rates, noting, 25, 10).regret == pytest.approx([0, 0, 0])
    turned = play(rates[:, ::-1], Noting(), 25, 10)
    assert turned.regret == pytest.approx([3, 6, 6]) and turned.visitors.tolist() == [10, 20, 25]


def test_where_the_best_item_changes_a_memory_that_fades_loses_less() -> None:
    rates = worlds.changing_rates([0.2] * 4, 400, swing=0.9)
    lost = {
        keeps: np.mean(
            [play(rates, Thompson(), 40_000, 100, seed, discount=keeps).regret[-1] for seed in range(3)]
        )
        for keeps in (1.0, 0.9)
    }
    assert lost[0.9] < 0.6 * lost[1.0]


def test_policies_are_probabilities_and_more_uneven_with_a_larger_spread() -> None:
    assert (worlds.uneven_policies(5, 0) == 0.2).all()
    for spread in (0.5, 2):
        np.testing.assert_allclose(worlds.uneven_policies(34, spread).sum(axis=1), 1)
    assert worlds.uneven_policies(34, 2).min() < worlds.uneven_policies(34, 0.5).min()


def test_a_log_is_drawn_as_often_as_its_world_says() -> None:
    drawn = worlds.draw_log(RATES, POLICIES, 100_000)
    for mood in range(2):
        for item, rate in enumerate(RATES):
            here = (drawn.items == item) & (drawn.propensities == POLICIES[mood][item])
            assert here.mean() == pytest.approx(POLICIES[mood][item] / 2, abs=0.006)
            assert drawn.rewards[here].mean() == pytest.approx(rate, abs=0.02)


def test_what_has_probability_0_is_never_drawn() -> None:
    for policy in ([0, 1, 0], [0.3, 0.7, 0], [0.1] * 10 + [0]):
        drawn = worlds.draw_log([0.5] * len(policy), policy, 20_000)
        assert drawn.propensities.min() > 0


def test_each_item_has_its_hour_and_the_day_s_mean_is_its_rate() -> None:
    rates = worlds.changing_rates([0.01, 0.02, 0.05], 300, 0.5)
    np.testing.assert_allclose(rates.mean(axis=0), [0.01, 0.02, 0.05])
    np.testing.assert_allclose(rates.max(axis=0), [0.015, 0.03, 0.075], rtol=1e-3)
    assert len(set(rates.argmax(axis=0))) == 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: play([0.5, 1.5], Uniform(), 10), "go from 0.5 to 1.5"),
        (lambda: play([0.5, np.nan], Uniform(), 10), "Rates are probabilities"),
        (lambda: play([], Uniform(), 10), "Rates are probabilities"),
        (lambda: play(np.full((3, 2), 0.1), Uniform(), 100, 10), "make 10 batches of 10"),
        (lambda: play([0.5], Uniform(), 0), "visitors is a whole number from 1 on"),
        (lambda: play([0.5], Uniform(), 10, batch=0), "batch is a whole number from 1 on"),
        (lambda: play([0.5], Uniform(), 10, discount=0), "discount is a share"),
        (lambda: play([0.5], Uniform(), 10, discount=1.1), "discount is a share"),
        (lambda: play([0.5], Uniform(), 10, window=0), "window is a whole number from 1 on"),
        (lambda: EpsilonGreedy(1.5), "epsilon is a probability"),
        (lambda: Thompson(0, 1), "clicks_before is a number above 0"),
        (lambda: worlds.uneven_policies(3, -1), "spread is a number from 0 on"),
        (lambda: worlds.draw_log([0.5, 0.5], [0.5, 0.6], 10), "with the sum 1 each"),
        (lambda: worlds.draw_log([0.5, 0.5], [1.0], 10), "probabilities of the 2 items"),
        (lambda: worlds.draw_log([0.5, 0.5], [0.5, 0.5], 0), "rows is a whole number from 1 on"),
        (lambda: worlds.changing_rates([0.5], 10, 2), "swing is a share"),
        (lambda: worlds.changing_rates([0.8], 10, 0.5), "Rates are probabilities"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_what_falls_out_of_a_fading_window_is_gone_to_the_last_digit() -> None:
    class Turns:
        """Shows item 0 in the first batches only, and keeps what it is told of it."""

        def __init__(self) -> None:
            self.told: list[tuple[float, float]] = []

        def choose(self, shown, clicked, visitors, rng):
            self.told.append((shown[0], clicked[0]))
            return np.full(visitors, 0 if len(self.told) <= 7 else 1)

    learner = Turns()
    play([0.3, 0.3], learner, visitors=2000, batch=100, discount=0.9, window=5)
    assert learner.told[7][0] > 0 and learner.told[12:] == [(0, 0)] * 8


def test_probabilities_that_sum_to_a_little_less_than_1_draw_no_item_of_probability_0() -> None:
    class AtTheTop(np.random.Generator):
        def random(self, *args, **more):
            return np.full(args[0], 1 - 2**-53)

    drawn = worlds.draw_log([1, 1, 1], [0.5, 0.4999995, 0], 5, AtTheTop(np.random.PCG64(0)))
    assert drawn.items.tolist() == [1] * 5 and (drawn.propensities > 0).all()
