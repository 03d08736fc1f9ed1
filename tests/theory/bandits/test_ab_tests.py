"""The test of two proportions by scipy, its power by simulation, the size it asks for by its own power."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from course_lib import CourseError
from course_lib.theory.bandits.ab_tests import compare, power, visitors_needed

ARM = st.integers(1, 3000).flatmap(lambda shown: st.tuples(st.integers(0, shown), st.just(shown)))
RATES = st.floats(0.001, 0.9)


@given(ARM, ARM)
def test_squared_z_is_chi_squared_of_the_table(a, b) -> None:
    table = [[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]]
    assume(all(sum(column) for column in zip(*table, strict=True)))
    wanted = stats.chi2_contingency(table, correction=False)
    found = compare(*a, *b)
    assert found.z**2 == pytest.approx(wanted.statistic, abs=1e-9, rel=1e-9)
    assert found.p_value == pytest.approx(wanted.pvalue, abs=1e-9)
    assert np.sign(found.z) == np.sign(found.difference)


@given(ARM, ARM)
def test_arms_changed_about_change_the_sign_alone(a, b) -> None:
    one, other = compare(*a, *b), compare(*b, *a)
    assert one.z == pytest.approx(-other.z) and one.p_value == pytest.approx(other.p_value)


def test_no_click_at_all_shows_nothing() -> None:
    found = compare([0, 10], 10, [0, 20], 20)
    assert found.z.tolist() == [0, 0] and found.p_value.tolist() == [1, 1]


@pytest.mark.parametrize(("lift", "visitors"), [(1.0, 20_000), (1.2, 20_000), (1.2, 80_000), (0.7, 20_000)])
def test_power_is_what_simulated_tests_find(lift, visitors) -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.binomial(visitors, rate, 40_000) for rate in (0.005, 0.005 * lift))
    found = (compare(a, visitors, b, visitors).p_value < 0.05).mean()
    assert power(0.005, 0.005 * lift, visitors) == pytest.approx(found, abs=0.012)


@given(RATES, RATES, st.floats(0.3, 0.99), st.floats(0.001, 0.2))
def test_the_visitors_asked_for_suffice_and_a_few_less_do_not(rate_a, rate_b, wanted, level) -> None:
    assume(abs(rate_a - rate_b) > 0.001 and wanted > 2 * level)
    visitors = visitors_needed(rate_a, rate_b, wanted, level)
    assert power(rate_a, rate_b, visitors, level) >= wanted - 1e-9
    if visitors > 100:  # the other side, which the formula leaves out, adds little
        assert power(rate_a, rate_b, int(0.95 * visitors), level) < wanted


def test_power_grows_with_visitors_and_with_the_difference() -> None:
    grown = [power(0.005, 0.006, visitors) for visitors in (100, 1000, 10_000, 100_000)]
    assert grown == sorted(grown)
    assert power(0.005, 0.006, 10_000) < power(0.005, 0.007, 10_000)
    assert power(0.005, 0.005, 10_000) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: visitors_needed(0.005, 0.005), "not there"),
        (lambda: visitors_needed(0.005, 0.006, power=80), "power is a share"),
        (lambda: power(0, 0.006, 100), "rate_a is a share"),
        (lambda: power(0.005, 0.006, 0), "visitors is a whole number from 1 on"),
        (lambda: power(0.005, 0.006, 2.5), "visitors is a whole number from 1 on"),
        (lambda: compare(11, 10, 0, 10), "There cannot be 11 clicks of 10 shown"),
        (lambda: compare(1, 0, 0, 10), "There cannot be 1 clicks of 0 shown"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)
