"""The audience: rates by plain loops, groups as asked for, and visitors who click at their own rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.feedback.audience import MAJORITY, MINORITY, Audience, draw_audience

TABLE = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]])


def test_rates_are_those_of_plain_loops() -> None:
    audience = draw_audience(TABLE, people=30, minority=0.2, seed=1)
    for person in range(30):
        for look in range(4):
            logit = audience.base + sum(audience.tastes[person, c] * TABLE[look, c] for c in range(4))
            assert audience.rates[person, look] == pytest.approx(1 / (1 + math.exp(-logit)))
    assert audience.rate == pytest.approx(sum(audience.rates) / 30)
    assert np.exp(audience.log_odds) == pytest.approx(audience.rate / (1 - audience.rate))


@given(rate=st.floats(0.002, 0.3), minority=st.floats(0, 0.49), seed=st.integers(0, 50))
def test_people_click_as_often_as_asked_for_and_groups_have_their_shares(rate, minority, seed) -> None:
    audience = draw_audience(TABLE, people=200, mean_rate=rate, minority=minority, seed=seed)
    assert audience.rates.mean() == pytest.approx(rate, rel=1e-6)
    few = round(200 * minority)
    assert audience.groups.sum() == few
    if few:
        both = (200 - few) * audience.rate_of(MAJORITY) + few * audience.rate_of(MINORITY)
        np.testing.assert_allclose(both / 200, audience.rate)


def test_one_group_is_an_audience_of_its_own() -> None:
    audience = draw_audience(TABLE, people=50, minority=0.2, seed=3)
    minority = audience.only(MINORITY)
    assert len(minority.tastes) == 10 and (minority.groups == MINORITY).all()
    np.testing.assert_allclose(minority.rate, audience.rate_of(MINORITY))


def test_the_minority_has_a_taste_of_its_own_and_the_majority_none_other_than_before() -> None:
    alone = draw_audience(TABLE, people=1000, own_spread=0.0, seed=5)
    mixed = draw_audience(TABLE, people=1000, own_spread=0.0, minority=0.3, seed=5)
    np.testing.assert_allclose(mixed.tastes[-1], alone.tastes[-1])
    assert np.abs(mixed.tastes[0] - mixed.tastes[-1]).min() > 0.01
    assert len(np.unique(mixed.tastes, axis=0)) == 2


def test_visitors_click_at_the_rates_of_all() -> None:
    audience = draw_audience(TABLE, people=20, mean_rate=0.2, minority=0.25, seed=0)
    clicked, group = audience.visit(np.full(200_000, 2), np.random.default_rng(0))
    for which, share in ((MAJORITY, 0.75), (MINORITY, 0.25)):
        there = group == which
        assert there.mean() == pytest.approx(share, abs=0.005)
        assert clicked[there].mean() == pytest.approx(audience.rate_of(which)[2], abs=0.01)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"table": TABLE * 2}, "table is 0 and 1"),
        ({"table": np.ones(3)}, "table is 0 and 1"),
        ({"people": 0}, "people is a whole number from 1"),
        ({"mean_rate": 1.0}, "mean_rate is a share"),
        ({"spread": 0.0}, "spread is a number above 0"),
        ({"spread": math.nan}, "spread is a number above 0"),
        ({"own_spread": -1.0}, "own_spread is a number from 0 on"),
        ({"minority": 0.5}, "minority is a share of people from 0 and below a half"),
    ],
)
def test_odd_input_is_one_clear_line(wrong: dict, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        draw_audience(**{"table": TABLE, **wrong})


def test_a_group_without_people_has_no_rate() -> None:
    audience: Audience = draw_audience(TABLE, people=5)
    for asked in (audience.rate_of, audience.only):
        with pytest.raises(CourseError, match="Nobody in this audience is of group 1"):
            asked(MINORITY)
