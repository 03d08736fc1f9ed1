"""A visitor's work: undo takes back exactly what was done, the same steps end at the same place, a taste is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.studio.session import LEFT, MOST_KEPT, NEITHER, RIGHT, Session
from tests.studio.small_themes import plain_themes

THEMES = plain_themes()
STEPS = st.one_of(
    st.tuples(st.just("choose"), st.sampled_from([LEFT, RIGHT, NEITHER])),
    st.tuples(st.just("keep"), st.sampled_from([LEFT, RIGHT])),
    st.tuples(st.just("theme"), st.sampled_from(["plain", "single"])),
    st.tuples(st.just("style"), st.sampled_from(["warm", "cold", "any"])),
    st.tuples(st.just("setting"), st.sampled_from([0.5, 1.0, 1.5])),
    st.tuples(st.just("seed"), st.integers(0, 3)),
    st.just(("undo", None)),
)


def session(seed: int = 0) -> Session:
    return Session("plain", seed, THEMES)


def take(visitor: Session, step: tuple[str, object]) -> bool:
    """Whether the step was one: not what is refused or changes nothing."""
    before, (name, value) = visitor.steps, step
    try:
        getattr(visitor, name)(value) if name in ("choose", "keep") else visitor.set(**{name: value})
    except CourseError:
        assert visitor.steps == before
    return visitor.steps > before


@settings(deadline=None, max_examples=60)
@given(st.lists(STEPS, max_size=14), st.integers(0, 5))
def test_steps_end_where_they_end_without_those_that_were_undone(steps: list, seed: int) -> None:
    visitor, left = session(seed), []
    for step in steps:
        if step[0] == "undo":
            visitor.undo()
            left = left[:-1]
        elif take(visitor, step):
            left.append(step)
    other = session(seed)
    assert all(take(other, step) for step in left)
    assert visitor.state == other.state and visitor.pair() == other.pair()
    assert visitor.steps == other.steps == len(left)
    while visitor.steps:
        visitor.undo()
    assert visitor.state == session(seed).state and visitor.pair() == session(seed).pair()


def test_two_visitors_do_not_see_each_others_work() -> None:
    one, other = session(), session()
    one.keep(LEFT)
    one.choose(RIGHT)
    assert other.state == session().state and other.steps == 0
    assert one.state.gallery and len(one.state.choices) == 1


def test_who_always_takes_the_brighter_one_is_shown_brighter_ones() -> None:
    def brightness(visitor: Session) -> np.ndarray:
        return np.array([visitor.made(each).mean() for each in visitor.pair()])

    later = []
    for seed in range(4):
        visitor = session(seed)
        for turn in range(24):
            shown = brightness(visitor)
            visitor.choose(LEFT if shown[0] > shown[1] else RIGHT)
            if turn >= 14:
                later.append(shown.mean())
    at_random = THEMES["plain"].make_many("warm", 1.0, range(500)).mean(axis=(1, 2, 3))
    error = at_random.std() / np.sqrt(len(later))
    assert np.mean(later) > at_random.mean() + 5 * error


def test_neither_goes_on_and_teaches_nothing() -> None:
    visitor = session()
    before = visitor.pair()
    visitor.choose(NEITHER)
    assert visitor.belief() is None and visitor.state.turn == 1 and visitor.pair() != before


def test_what_is_liked_of_one_style_says_nothing_of_another_and_is_not_forgotten() -> None:
    visitor = session()
    visitor.choose(LEFT)
    learned = visitor.belief()
    for elsewhere in ({"style": "cold"}, {"theme": "single"}):
        visitor.set(**elsewhere)
        assert visitor.belief() is None
    visitor.set(theme="plain")
    np.testing.assert_array_equal(visitor.belief().mean, learned.mean)
    differences = [*visitor.state.choices[0].difference]
    assert np.dot(differences, learned.mean) > 0


def test_a_moved_setting_changes_the_same_two() -> None:
    visitor = session()
    seeds = [each.seed for each in visitor.pair()]
    visitor.set(setting=1.5)
    assert [each.seed for each in visitor.pair()] == seeds
    assert {each.setting for each in visitor.pair()} == {1.5}


def test_the_gallery_holds_each_once_and_no_more_than_it_can() -> None:
    visitor = session()
    visitor.keep(LEFT)
    with pytest.raises(CourseError, match="in the gallery already"):
        visitor.keep(LEFT)
    while len(visitor.state.gallery) < MOST_KEPT:
        visitor.choose(NEITHER)
        visitor.keep(RIGHT)
    with pytest.raises(CourseError, match=f"The gallery holds {MOST_KEPT}"):
        visitor.keep(LEFT)
    assert len(visitor.state.gallery) == MOST_KEPT


@pytest.mark.parametrize("side", [2, -1, True, 0.0, "left", float("nan")])
def test_a_side_is_left_or_right(side: object) -> None:
    visitor = session()
    for step in (visitor.choose, visitor.keep):
        with pytest.raises(CourseError, match="A side is 0 for left or 1 for right"):
            step(side)
    assert visitor.state == session().state and visitor.steps == 0


@pytest.mark.parametrize(
    "wish",
    [
        *({"theme": "paintings"}, {"theme": 3}, {"style": "lukewarm"}, {"setting": float("inf")}),
        *({"setting": "1"}, {"seed": -1}, {"seed": True}, {"theme": "single", "style": "warm"}),
    ],
)
def test_a_wish_for_what_there_is_not_changes_nothing(wish: dict[str, object]) -> None:
    visitor = session()
    with pytest.raises(CourseError) as raised:
        visitor.set(**wish)
    assert "\n" not in str(raised.value) and visitor.state == session().state and visitor.steps == 0
    with pytest.raises(CourseError, match="theme"):
        visitor.made(None)


@pytest.mark.parametrize("first", [{"theme": "nothing"}, {"seed": -1}, {"seed": 1.5}, {"theme": None}])
def test_a_session_begins_with_what_there_is(first: dict[str, object]) -> None:
    with pytest.raises(CourseError):
        Session(**{"theme": "plain", "themes": THEMES, **first})
