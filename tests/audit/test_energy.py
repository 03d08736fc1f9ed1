"""The energy of a training: by hand, and laws that hold for all assumptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.audit.energy import Energy, training_energy

NUMBERS = {
    "watts_a_core": (10, 10),
    "watts_of_the_rest": (20, 20),
    "pue": (1.5, 1.5),
    "grams_a_kwh": (400, 400),
}


def test_an_hour_by_hand() -> None:
    """Two cores of 10 W and 20 W beside them for an hour: 40 Wh, by 1.5 60 Wh, by 400 g 24 g."""
    found = training_energy(3600, 2, busy=(1, 1), **NUMBERS)
    assert found[:4] == pytest.approx((0.06, 0.06, 24, 24))
    measured = training_energy(
        3600, 2, processor_seconds=5400, **NUMBERS
    )  # three quarters of the cores' time
    assert measured[:4] == pytest.approx((0.0525, 0.0525, 21, 21))


def test_each_low_end_makes_the_low_end_and_each_assumption_is_told() -> None:
    found = training_energy(110, 2)
    assert found.kwh_low == pytest.approx(110 * (2 * 0.5 * 3 + 5) * 1.0 / 3.6e6)
    assert found.kwh_high == pytest.approx(110 * (2 * 15 + 60) * 1.6 / 3.6e6)
    assert found.grams_low == pytest.approx(30 * found.kwh_low)
    assert found.grams_high == pytest.approx(700 * found.kwh_high)
    said = "; ".join(found.assumptions)
    for word in (
        "110 s",
        "0.5 to 1 of the time of 2 cores",
        "3 to 15 W",
        "5 to 60 W",
        "1 to 1.6",
        "30 to 700 g",
    ):
        assert word in said
    assert "as measured" in training_energy(110, 2, processor_seconds=150).assumptions[0]


@given(st.floats(0, 1e6), st.integers(1, 64), st.floats(0, 50), st.floats(0, 50))
def test_energy_grows_with_time_and_the_ends_stay_in_order(seconds, cores, low, more) -> None:
    watts = (low, low + more)
    found, twice = (training_energy(times * seconds, cores, watts_a_core=watts) for times in (1, 2))
    assert isinstance(found, Energy) and 0 <= found.kwh_low <= found.kwh_high
    assert twice[:4] == pytest.approx([2 * number for number in found[:4]])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"wall_seconds": float("nan")}, "wall_seconds is how long"),
        ({"wall_seconds": -1}, "wall_seconds is how long"),
        ({"wall_seconds": True}, "wall_seconds is how long"),
        ({"wall_seconds": 1, "cores": 0}, "cores is on how many"),
        ({"wall_seconds": 1, "cores": 1.5}, "cores is on how many"),
        ({"wall_seconds": 1, "processor_seconds": "2"}, "processor_seconds is what"),
        ({"wall_seconds": 1, "pue": (0.9, 1)}, "pue is a range"),
        ({"wall_seconds": 1, "busy": (0.5, 1.1)}, "busy is a range"),
        ({"wall_seconds": 1, "watts_a_core": (5, 3)}, "watts_a_core is a range"),
        ({"wall_seconds": 1, "watts_a_core": 5}, "watts_a_core is a range"),
        ({"wall_seconds": 1, "grams_a_kwh": (1, float("inf"))}, "grams_a_kwh is a range"),
        ({"wall_seconds": 1, "watts_of_the_rest": (1, True)}, "watts_of_the_rest is a range"),
    ],
)
def test_what_is_no_number_or_no_range_is_refused_in_one_line(words: dict, reason: str) -> None:
    with pytest.raises(CourseError, match=reason) as error:
        training_energy(**words)
    assert "\n" not in str(error.value)
