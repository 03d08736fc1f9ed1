"""Families: variants stay together whatever their key, rests and pick-up, and no family is on two sides."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import tune_families
from course_lib.datasets.melodies import Tune, intervals, load_melodies, normalized, transposed

OPENING = (60, 64, 62, 67, 65, 69, 64, 60, 59, 62, 65, 64)
OTHER = (67, 65, 64, 60, 62, 62, 67, 71, 72, 76, 72, 67)


def tune(pitches: tuple[int, ...], title: str = "A Test", length: int = 2) -> Tune:
    return Tune(title, "none", "4/4", 0, "major", [(pitch, length) for pitch in pitches])


@pytest.mark.parametrize(
    "variant",
    [
        tune(OPENING, "Another Name"),
        transposed(tune(OPENING), 5),
        tune((0, *OPENING)),
        tune((*OPENING[:3], 0, *OPENING[3:])),
        tune((55, 57, *OPENING)),
        tune(OPENING[2:]),
        tune(OPENING, length=3),
        tune((*OPENING, *OTHER)),
    ],
    ids=["title", "key", "rest first", "rest within", "pick-up", "without two notes", "lengths", "goes on"],
)
def test_a_variant_is_of_the_family(variant: Tune) -> None:
    assert tune_families.families([tune(OPENING), tune(OTHER), variant]).tolist() == [0, 1, 0]


def test_a_strain_in_common_makes_a_family_and_less_does_not() -> None:
    rng = np.random.default_rng(1)
    first, second, strain = (tuple(rng.integers(60, 80, 25).tolist()) for _ in range(3))
    for length, expected in ((21, [0, 0]), (15, [0, 1])):
        shared = strain[:length]
        assert (
            tune_families.families([tune((*first, *shared)), tune((*second, *shared))]).tolist() == expected
        )


def test_families_are_handed_on() -> None:
    """The third begins as the first and ends as the second, which have nothing in common."""
    strain = tuple(np.random.default_rng(1).integers(60, 80, 21).tolist())
    first, second, both = tune(OPENING), tune((*OTHER, *strain)), tune((*OPENING, *strain))
    assert tune_families.families([first, second]).tolist() == [0, 1]
    assert tune_families.families([first, second, both]).tolist() == [0, 0, 0]


def test_no_family_crosses_and_the_shares_are_right() -> None:
    tunes = load_melodies()
    parts = tune_families.split(tunes)
    assert [len(part) for part in parts] == pytest.approx([2382, 298, 298], abs=5)
    sides = {id(tune): number for number, part in enumerate(parts) for tune in part}
    assert len(sides) == len(tunes)
    seen: dict[int, set[int]] = {}
    for one, family in zip(tunes, tune_families.families(tunes).tolist(), strict=True):
        seen.setdefault(family, set()).add(sides[id(one)])
    assert {len(on) for on in seen.values()} == {1}


def test_what_is_held_out_shares_no_strain_with_what_is_learnt() -> None:
    """Looked up from the notes, without `families`."""
    parts = tune_families.split(load_melodies())

    def runs(tune: Tune, length: int, until: int | None = None) -> set[bytes]:
        melody = intervals(tune.notes)[:until].astype("int8")
        return {melody[start : start + length].tobytes() for start in range(len(melody) - length + 1)}

    known = set().union(*(runs(tune, 20) for tune in parts.train))
    openings = set().union(*(runs(tune, 8, 12) for tune in parts.train))
    for tune_ in (*parts.validation, *parts.test):
        assert not runs(tune_, 20) & known and not runs(tune_, 8, 12) & openings


def test_the_split_depends_on_the_seed_and_not_on_the_keys() -> None:
    tunes = load_melodies()[:400]
    first, again, other = (tune_families.split(tunes, seed) for seed in (0, 0, 1))
    assert first == again and first != other
    titles = [[tune.title for tune in part] for part in first]
    moved = tune_families.split([normalized(tune) for tune in tunes])
    assert [[tune.title for tune in part] for part in moved] == titles


def test_families_are_small_and_titles_join_strangers() -> None:
    tunes = load_melodies()
    family, title = tune_families.families(tunes), tune_families.by_title(tunes)
    assert max(Counter(family.tolist()).values()) <= 20
    same_family, same_title = (numbers[:, None] == numbers for numbers in (family, title))
    assert (same_family & ~same_title).sum() > 1000  # variants under other names
    assert (same_title & ~same_family).sum() > 100  # strangers of one name


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=3, max_size=12), st.integers(0, 3))
def test_even_few_families_leave_no_part_empty(kinds, seed) -> None:
    openings = np.random.default_rng(0).integers(60, 72, (6, 12)).tolist()
    tunes = [tune(tuple(openings[kind])) for kind in kinds]
    if len(set(kinds)) < 3:
        with pytest.raises(CourseError, match="need three families"):
            tune_families.split(tunes, seed)
    else:
        parts = tune_families.split(tunes, seed)
        assert all(parts) and sum(map(len, parts)) == len(tunes)
