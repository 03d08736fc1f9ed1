"""The table of lesson 19's monitors: whole, made by the code as it is, and what is said of it."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_table
from course_lib.studio import monitoring
from course_lib.theory import cusum
from tests import data_scripts

TABLE = "monitoring.csv"
GENERATORS = ("garments", "sprites")
MEASURES = ("kernel", "frechet", "means", "pixels")
OF_BOTH = ("permuted", "swapped", "scaled", "brighter", "noise", "one_class", "few_latents", "slow")
OLDER = ("older_3200", "older_800")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_monitoring")


@cache
def rows() -> list[dict]:
    return read_table(TABLE)


def column(name: str, **wanted: object) -> np.ndarray:
    """A column of the rows wanted; what is empty, a change that was not caught in time, is infinite."""
    found = [row[name] for row in rows() if all(row[each] == value for each, value in wanted.items())]
    assert found and len(found) % 10 == 0, wanted
    return np.array([np.inf if value is None else value for value in found], float)


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == []
    assert tuple(rows()[0]) == script.COLUMNS and tuple(script.MEASURES) == MEASURES
    for generator in GENERATORS:
        changes = (*OF_BOTH, *(OLDER if generator == "garments" else ()))
        for measure in MEASURES:
            for batch_size in script.BATCH_SIZES:
                about = {"generator": generator, "measure": measure, "batch_size": batch_size}
                assert len(column("alarms", change="healthy", **about)) == 10 * 2 * 3
                for change in changes:
                    assert list(column("seed", change=change, **about)) == list(range(10))
    assert len(rows()) == 10 * 4 * 2 * (6 + len(OF_BOTH) + 6 + len(OF_BOTH) + len(OLDER))


def test_a_row_made_again_is_that_of_the_table(script: ModuleType) -> None:
    model = script.Model("garments", 4)
    reference, calibration = (
        model.describe(model.draw(count)) for count in (script.REFERENCE, script.CALIBRATION)
    )
    for measure, (distance, kind) in script.MEASURES.items():
        values = monitoring.batch_distances(distance(reference[kind]), calibration[kind], 32)
        wanted = column("threshold", generator="garments", measure=measure, batch_size=32, change="scaled")[4]
        assert monitoring.usual(values).threshold == pytest.approx(wanted, rel=0.02)


def test_what_normal_theory_says_beside_each_threshold() -> None:
    for row in rows()[::25]:
        if row["change"] == "healthy":
            assert row["normal_alarms"] == pytest.approx(1000 / cusum.run_length(row["threshold"]), rel=0.01)
            if row["chosen"] == "normal":
                assert row["threshold"] == pytest.approx(cusum.threshold_for(row["length"]), rel=0.001)


def test_delays_by_hand(script: ModuleType) -> None:
    """A sequence of 1, 1, 1 ... adds a half each time: a sum of 2 is reached after four batches from each start."""
    found = script.delays(np.ones(100), 2.0, 32, is_slow=False)
    assert (found["delay"], found["delay_95"], found["caught"]) == (4 * 32, 4 * 32, 1)
    found = script.delays(np.concatenate([np.zeros(60), np.ones(40)]), 2.0, 32, is_slow=False)
    starts = np.arange(51)  # windows of 50 batches; those from 14 on hold four of the ones
    assert found["caught"] == np.mean(starts + 50 >= 64)
    assert np.isinf(script.delays(np.zeros(100), 2.0, 32, is_slow=False)["delay"])
    slow = script.delays(np.concatenate([np.zeros(60), np.ones(40)]), 2.0, 32, is_slow=True)
    assert slow["delay"] == 64 * 32 and slow["caught"] == 1


def test_false_alarms_by_hand(script: ModuleType) -> None:
    calibration = np.random.default_rng(0).normal(size=400)
    quiet, loud = np.full(100, calibration.mean()), np.full(100, calibration.mean() + 100 * calibration.std())
    assert {row["alarms"] for row in script.false_alarms(calibration, quiet)} == {0}
    assert {row["alarms"] for row in script.false_alarms(calibration, loud)} == {1000}


# what is said of it


@pytest.mark.parametrize("measure", MEASURES)
def test_a_threshold_for_normal_distances_alarms_too_often_and_one_from_the_distances_nearly_as_promised(
    measure,
) -> None:
    for length in (100, 300, 1000):
        alarms = {
            chosen: column("alarms", measure=measure, change="healthy", chosen=chosen, length=length).mean()
            for chosen in ("measured", "normal")
        }
        promised = 1000 / length
        assert 0.9 * promised < alarms["measured"] < 2.5 * promised
        assert alarms["normal"] > 1.35 * alarms["measured"]


def test_weights_permuted_are_caught_within_the_first_batch_and_a_wrong_scale_within_ninety_six_pictures() -> (
    None
):
    about = {"measure": "means", "batch_size": 32}
    assert column("delay_95", change="permuted", **about).max() == 32
    assert column("delay_95", change="scaled", **about).max() == 96
    assert column("delay_95", change="one_class", **about).max() <= 64
    assert column("delay_95", change="few_latents", **about).max() <= 256
    for measure in ("kernel", "frechet"):
        assert column("delay_95", change="permuted", measure=measure, batch_size=32).max() <= 64


@pytest.mark.parametrize("generator", GENERATORS)
def test_means_of_features_find_most_changes_sooner_than_the_kernel_distance(generator) -> None:
    for change in ("scaled", "brighter", "noise", "slow", "few_latents"):
        means, kernel = (
            np.median(column("delay", generator=generator, change=change, measure=measure, batch_size=32))
            for measure in ("means", "kernel")
        )
        assert means < kernel
    for change in ("one_class", "permuted"):
        means, kernel = (
            column("shift", generator=generator, change=change, measure=measure, batch_size=32).mean()
            for measure in ("means", "kernel")
        )
        assert (means < kernel) == (change == "one_class")  # what changes the spread is the kernel's


def test_pixels_find_a_scale_as_soon_and_are_blind_to_an_older_version() -> None:
    about = {"batch_size": 32}
    for generator in GENERATORS:
        pixels, means = (
            column("delay", generator=generator, change="slow", measure=measure, **about).mean()
            for measure in ("pixels", "means")
        )
        assert pixels < means
    assert column("caught", change="older_800", measure="pixels", **about).mean() < 0.2
    assert column("caught", change="older_800", measure="means", **about).min() == 1


def test_half_of_the_training_less_is_not_dependably_caught_by_any() -> None:
    for measure in MEASURES:
        assert column("caught", change="older_3200", measure=measure).mean() < 0.6
