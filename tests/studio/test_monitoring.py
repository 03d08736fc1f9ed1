"""The monitor: what it adds up, what it says, and that a broken generator is caught within the pictures stated."""

from __future__ import annotations

import json
import pickle
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models import pretrained
from course_lib.models.sampling import generate
from course_lib.scores import drift, features
from course_lib.studio import monitoring
from course_lib.studio.monitoring import Latencies, calibrate
from course_lib.theory import cusum

SHAPE = (6, 6, 1)
BATCH = 8


def pictures(count: int, seed: int, spread: float = 0.3, mean: float = 0.0) -> np.ndarray:
    """Noise whose mean differs from picture to picture."""
    rng = np.random.default_rng(seed)
    bright = rng.normal(mean, spread, (count, 1, 1, 1))
    return np.clip(bright + rng.normal(0, 0.1, (count, *SHAPE)), -1, 1)


def new_monitor(describe=drift.pixel_moments, **settings) -> monitoring.Monitor:
    return calibrate(
        pictures(100 + 60 * BATCH, 0),
        describe,
        **{"batch_size": BATCH, "reference": 100, "length": 200, **settings},
    )


@cache
def kept() -> bytes:
    return pickle.dumps(new_monitor())


def monitor() -> monitoring.Monitor:
    return pickle.loads(kept())


@given(st.lists(st.integers(1, 3 * BATCH), min_size=1, max_size=12))
def test_however_pictures_come_they_are_added_up_in_the_same_batches(sizes) -> None:
    images = pictures(sum(sizes), 3, mean=0.1)
    together, apart = monitor(), monitor()
    found = [alarm for part in np.split(images, np.cumsum(sizes)[:-1]) for alarm in apart.see(part)]
    assert together.see(images) == found
    assert apart.report() == together.report() and apart.pictures == len(images)


def test_the_sum_is_a_cusum_of_standardised_distances_with_the_threshold_for_the_length() -> None:
    seen, healthy = monitor(), pictures(100 + 60 * BATCH, 0)
    rows = drift.pixel_moments(healthy)
    distance = drift.MeanDistance(rows[:100])
    usual = [distance(batch) for batch in np.split(rows[100:], 60)]
    standard = (np.array(usual) - np.mean(usual)) / np.std(usual)
    assert cusum.run_length(seen.healthy.threshold, steps=cusum.empirical(standard)) == pytest.approx(
        200, rel=0.1
    )
    assert seen.healthy.batches == 60
    fresh = pictures(5 * BATCH, 4)
    values = [
        (distance(batch) - np.mean(usual)) / np.std(usual)
        for batch in np.split(drift.pixel_moments(fresh), 5)
    ]
    assert seen.see(fresh) == []
    assert seen.sum == pytest.approx(cusum.cusum(values)[-1])


def test_a_change_is_caught_with_when_it_began_and_again_until_it_ends() -> None:
    seen = monitor()
    assert seen.see(pictures(10 * BATCH, 5)) == []
    changed = pictures(20 * BATCH, 6, mean=0.5)
    raised = seen.see(changed)
    first = raised[0]
    assert 10 * BATCH < first.pictures <= 13 * BATCH
    rows = drift.pixel_moments(
        np.concatenate([pictures(10 * BATCH, 5), changed[: first.pictures - 10 * BATCH]])
    )
    distances = monitoring.batch_distances(seen.distance, rows, BATCH)
    sums = cusum.cusum((distances - seen.healthy.mean) / seen.healthy.deviation)
    assert first.since == BATCH * (np.flatnonzero(sums < 1e-12)[-1] + 1)
    assert "distance of means too large" in first.reason and seen.first_alarm == first
    assert seen.alarm_count == len(raised) > 3 and raised[1].since >= first.pictures
    assert f"the first after {first.pictures}, begun after some {first.since}" in str(seen)
    seen.begin_again()
    assert seen.sum == 0 and seen.see(pictures(10 * BATCH, 11)) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1.2, -40.0])
def test_what_is_no_picture_alarms_at_once_and_does_not_count_for_the_distance(value) -> None:
    seen, spared = monitor(), monitor()
    images = pictures(BATCH, 8)
    images[2:5, 0, 0, 0] = value
    (alarm,) = seen.see(images)
    assert alarm.pictures == 3 and alarm.reason.startswith("no picture") and seen.pictures == BATCH
    assert seen.batches == 0  # five whole pictures are left
    images = pictures(BATCH, 8)
    images[0] = 1 + 1e-5
    assert spared.see(images.astype("float32")) == []


def test_a_kernel_sees_a_collapse_that_means_do_not() -> None:
    narrow = pictures(40 * BATCH, 9, spread=0.01)
    # near 0 a cubic kernel is nearly a straight line
    large = {"describe": lambda images: 5 * drift.pixel_moments(images)}
    assert new_monitor(**large, distance=drift.KernelDistance).see(narrow)
    blind = new_monitor(**large)
    assert blind.see(narrow) == [] and blind.see(pictures(5 * BATCH, 9, mean=0.5))


def test_memory_is_bounded() -> None:
    seen = new_monitor()
    seen.latencies = Latencies(last=50)
    for call in range(1500):
        seen.see(pictures(BATCH - 1, call, mean=0.7), seconds=call)
    assert len(seen.alarms) == monitoring.KEPT < seen.alarm_count
    assert len(seen.latencies.seconds) == 50 and len(seen._rows) < BATCH
    assert seen.first_alarm.pictures < 100 and min(seen.latencies.seconds) == 1450
    assert len(json.dumps(seen.report())) < 1000


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=300))
def test_so_many_percent_of_the_calls_took_so_long_or_less(seconds) -> None:
    latencies = Latencies()
    for each in seconds:
        latencies.add(each)
    for name, found in latencies.percentiles().items():
        share = int(name[1:]) * len(seconds)
        assert found in seconds
        assert (
            100 * sum(each <= found for each in seconds)
            >= share
            > 100 * sum(each < found for each in seconds)
        )


def test_the_report_in_one_line() -> None:
    seen = monitor()
    assert Latencies().percentiles() == {}
    assert str(seen) == f"0 pictures: no alarm, the sum is at 0.00 of {seen.healthy.threshold:.2f}"
    for milliseconds in range(1, 101):
        seen.see(pictures(1, milliseconds), seconds=milliseconds / 1000)
    assert str(seen).startswith("100 pictures, p50 50 ms, p95 95 ms, p99 99 ms: no alarm")
    assert seen.report()["seconds"] == {"p50": 0.05, "p95": 0.095, "p99": 0.099}
    assert json.loads(json.dumps(seen.report())) == seen.report()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: monitor().see(pictures(3, 0)[..., 0]), r"images \(n, 6, 6, 1\), n >= 1, not \(3, 6, 6\)"),
        (lambda: monitor().see(pictures(3, 0)[:0]), "n >= 1"),
        (lambda: monitor().see(np.zeros((1, 7, 6, 1))), "looks at images"),
        (lambda: monitor().see("pictures"), "array of numbers"),
        (lambda: monitor().see(pictures(1, 0), seconds=-1), "seconds is how long a call took"),
        (lambda: monitor().see(pictures(1, 0), seconds=np.nan), "seconds is how long a call took"),
        (lambda: Latencies(0), "last is how many calls are remembered"),
        (lambda: new_monitor(batch_size=1), "batch_size is how many"),
        (lambda: new_monitor(batch_size=20), "580 healthy pictures are too few"),
        (lambda: new_monitor(reference=300), "too few"),
        (lambda: new_monitor(length=0), "length is how many"),
        (lambda: new_monitor(describe=None), "describe is a function"),
        (lambda: new_monitor(distance="kernel"), "distance a class"),
        (lambda: new_monitor(describe=lambda images: images), "one row an image"),
        (lambda: new_monitor(describe=lambda images: images[1:, 0, 0]), "one row an image"),
        (lambda: new_monitor(allowance=np.nan), "allowance is a finite number"),
        (
            lambda: calibrate(np.full((999, *SHAPE), -0.5), drift.pixel_moments, reference=9, batch_size=4),
            "random",
        ),
        (lambda: calibrate(np.full((999, *SHAPE), np.nan), drift.pixel_moments), "NaN"),
        (lambda: calibrate(np.full((999, *SHAPE), 255), drift.pixel_moments), "pixels in 0..255"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)


# a model broken on purpose


@cache
def drawn(count: int, seed: int) -> np.ndarray:
    latents = np.random.default_rng(seed).standard_normal((count, 64))
    return generate(pretrained.generator(), latents)


@cache
def garments() -> bytes:
    found = calibrate(drawn(7400, 0), features.load("fashion_mnist").features)
    found.describe = None  # a network cannot be pickled
    return pickle.dumps(found)


def guard() -> monitoring.Monitor:
    found = pickle.loads(garments())
    found.describe = features.load("fashion_mnist").features
    return found


def test_the_pretrained_generator_as_it_is_raises_no_alarm_in_three_thousand_pictures() -> None:
    assert guard().see(drawn(3000, 1)) == []


@pytest.mark.parametrize(
    ("change", "within"), [("permuted", 32), ("scaled", 96), ("brighter", 128), ("one picture", 32)]
)
def test_a_model_broken_on_purpose_is_caught_within_so_many_pictures(change, within) -> None:
    images = drawn(3000, 1)[:within]
    if change == "permuted":
        network, rng = pretrained.generator(), np.random.default_rng(2)
        weights = network.get_weights()
        weights[5] = rng.permutation(weights[5].ravel()).reshape(weights[5].shape)
        network.set_weights(weights)
        images = generate(network, rng.standard_normal((within, 64)))
    elif change == "scaled":
        images = 0.9 * images
    elif change == "brighter":
        images = np.clip(images + 0.1, -1, 1)
    else:
        images = np.repeat(images[:1], within, axis=0)
    assert guard().see(images)
