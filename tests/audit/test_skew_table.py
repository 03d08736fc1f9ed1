"""The table of skewed training sets: whole, made by the code as it is, and what lesson 20 says of it."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np
import pytest

from course_lib.audit.shares import corrected
from course_lib.datasets.tables import read_table
from course_lib.scores import features
from tests import data_scripts

TABLE = "skew.csv"
SHARES = (0.01, 0.03, 0.1)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_skew")


@cache
def rows() -> list[dict]:
    return read_table(TABLE)


def column(name: str, rare: str = "Trouser", **wanted: object) -> np.ndarray:
    wanted["rare"] = rare
    found = [row[name] for row in rows() if all(row[each] == value for each, value in wanted.items())]
    assert len(found) == 3, wanted  # seeds
    return np.array(found, float)


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == [] and tuple(rows()[0]) == script.COLUMNS
    assert len(rows()) == 3 * len(script.CASES) * len(script.SEEDS)
    for row in rows():
        assert 0 <= row["low"] <= row["corrected"] <= row["high"] < 0.2
        assert (
            (row["frechet"] is not None) == (row["model"] == "gan") == (row["processor_seconds"] is not None)
        )


@pytest.mark.slow
def test_a_row_of_real_pictures_made_again_is_that_of_the_table(script: ModuleType) -> None:
    images = script.real_pictures("Trouser", 0.03, 1)
    counts = np.bincount(features.load("fashion_mnist").classes(images), minlength=10)
    (row,) = [r for r in rows() if (r["model"], r["share"], r["seed"]) == ("real", 0.03, 1)]
    assert row["pictures"] == len(images) and row["judged"] == pytest.approx(
        counts[1] / len(images), rel=1e-3
    )
    again = corrected(counts / counts.sum(), script.confusion())[1]
    assert row["corrected"] == pytest.approx(again, rel=1e-3)


# what is said of it


def test_the_judge_names_the_rare_class_in_real_pictures_as_often_as_it_is_there() -> None:
    for rare, share in (*(("Trouser", share) for share in SHARES), ("Bag", 0.01)):
        assert column("corrected", rare, model="real", share=share) == pytest.approx(share, rel=0.05)


def test_the_rarer_trousers_are_the_more_of_them_are_lost() -> None:
    kept = {s: column("corrected", model="gan", share=s).mean() / s for s in SHARES}
    assert kept[0.01] < 0.35 and 0.7 < kept[0.03] < 0.85 and 0.93 < kept[0.1] < 1.03
    assert (column("high", model="gan", share=0.01) < 0.01).all()
    assert (column("high", model="gan", share=0.03) < 0.03).all()


def test_of_bags_more_are_found_than_were_learned_from() -> None:
    """No law for rare classes: the judge calls pictures of nothing in particular bags, and corrects no such error."""
    assert (column("low", "Bag", model="gan", share=0.01) > 0.01).all()


def test_a_bell_curve_loses_still_more_trousers() -> None:
    for share in SHARES:
        gan, gaussian = (column("corrected", model=model, share=share) for model in ("gan", "gaussian"))
        assert (gaussian < gan).all()
