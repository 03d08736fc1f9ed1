"""A monitor that looks at every picture a model draws, and says after how many it noticed that the model has changed.

    monitor = calibrate(healthy, network.features)              pictures that the model drew while it was good
    monitor.see(images, seconds=0.02)                           each call's pictures, and how long it took: [] or alarms
    print(monitor)                                              one line; monitor.report() is a dict

Pictures are described as rows and gathered into batches of one size. Of each batch the distance to a reference sample
is taken, standardised by what the good model makes of it, and summed up by a CUSUM (`theory.cusum`). Its threshold is
chosen from the good model's distances as they are, which are skewed.

Measured in data/monitoring.csv, after 6,400 healthy pictures: where one false alarm in 1,000 batches was asked for,
there were 1 to 3 on average, by measure, and 0 to 7 after single calibrations; with a threshold for normal distances 2
to 9. By means of features, weights permuted were caught within 32 pictures and a scale of 0.9 within 96, in 95 cases of
100.

What is no picture at all, NaN or a value outside [-1, 1], is an alarm at once. What stays in memory is bounded.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.numbers import check_number
from course_lib.scores.drift import MeanDistance
from course_lib.theory import cusum

Array = np.ndarray
Describe = Callable[[Array], Array]
"""Images (n, height, width, channels) in [-1, 1] to rows (n, d)."""
PERCENTILES = (50, 95, 99)
LEAST_BATCHES = 40
KEPT = 100
"""Alarms that are remembered, the last ones; all are counted."""
SLACK = 1e-3
"""By how much a value may be outside [-1, 1] and no alarm: rounding."""


class Latencies:
    """How long the last calls took, in seconds; older ones are forgotten."""

    def __init__(self, last: int = 1000):
        datasets.check_whole("last", "how many calls are remembered", last, 1)
        self.seconds: deque[float] = deque(maxlen=int(last))

    def add(self, seconds: float) -> None:
        """Raises CourseError unless it is a number of seconds, 0 to a day."""
        check_number("seconds", "how long a call took", seconds, 0, 86_400)
        self.seconds.append(float(seconds))

    def percentiles(self) -> dict[str, float]:
        """{"p50": ..., "p95": ..., "p99": ...}: so many percent of the calls took so long or less; {} before the first.

        Each is the time of a call, the smallest for which this is true (the nearest rank).
        """
        ordered = sorted(self.seconds)
        ranks = {f"p{percent}": math.ceil(percent * len(ordered) / 100) for percent in PERCENTILES}
        return {name: ordered[rank - 1] for name, rank in ranks.items()} if ordered else {}


class Alarm(NamedTuple):
    """pictures: how many had been seen; since: after how many the sum last stood at 0, a guess at when it began."""

    pictures: int
    since: int
    reason: str


class Healthy(NamedTuple):
    """What the good model makes of a distance: mean and deviation, and the threshold in deviations that follows.

    batches: from how many this is known; length: how many batches there are to a false alarm, by the theory.
    """

    mean: float
    deviation: float
    threshold: float
    allowance: float
    batches: int
    length: float


class Monitor:
    """Sees pictures, and alarms; made by `calibrate`."""

    def __init__(
        self,
        describe: Describe,
        distance: Callable[[Array], float],
        healthy: Healthy,
        image_shape: tuple[int, int, int],
        batch_size: int,
        last: int = 1000,
    ):
        self.describe, self.distance, self.healthy = describe, distance, healthy
        self.image_shape, self.batch_size = tuple(image_shape), batch_size
        self.latencies = Latencies(last)
        self.pictures = self.batches = self.alarm_count = 0
        self.alarms: deque[Alarm] = deque(maxlen=KEPT)
        self.first_alarm: Alarm | None = None
        self.last_distance: float | None = None
        self.begin_again()

    def begin_again(self) -> None:
        """From the sum 0 and an empty batch, as for a model just changed or brought back; counts and alarms stay."""
        self.sum, self.since = 0.0, self.pictures
        self._rows: list[Array] = []

    def see(self, images: Array, seconds: float | None = None) -> list[Alarm]:
        """The alarms that images raise, (n, height, width, channels), n >= 1, as the model drew them.

        seconds: how long it took to draw them. After an alarm the sum begins at 0 again. Raises CourseError for
        pictures of another shape, for what are no numbers, and for seconds that are none.
        """
        images = datasets.check_numbers("images", images)
        if images.ndim != 4 or images.shape[1:] != self.image_shape or not len(images):
            shape = ", ".join(map(str, self.image_shape))
            raise CourseError(f"This monitor looks at images (n, {shape}), n >= 1, not {images.shape}.")
        if seconds is not None:
            self.latencies.add(seconds)
        whole = (np.abs(images.astype(float)) <= 1 + SLACK).reshape(len(images), -1).all(axis=1)
        raised = []
        following = iter(_described(self.describe, np.clip(images[whole], -1, 1)) if whole.any() else ())
        for is_whole in whole:
            self.pictures += 1
            if is_whole:
                self._rows.append(next(following))
            elif not raised or not raised[-1].reason.startswith("no picture"):
                raised.append(self._raise("no picture: NaN, or values outside [-1, 1]"))
            if len(self._rows) == self.batch_size:
                raised += self._take()
        return raised

    def _take(self) -> list[Alarm]:
        """The alarm of the batch that is full, or none."""
        self.last_distance = self.distance(np.stack(self._rows))
        self._rows = []
        self.batches += 1
        healthy = self.healthy
        value = (self.last_distance - healthy.mean) / healthy.deviation
        self.sum = cusum.step(self.sum, value, healthy.allowance)
        if self.sum == 0:
            self.since = self.pictures
        if self.sum < healthy.threshold:
            return []
        name = getattr(self.distance, "name", "distance")
        return [self._raise(f"{name} too large: the sum {self.sum:.3g} has reached {healthy.threshold:.3g}")]

    def _raise(self, reason: str) -> Alarm:
        alarm = Alarm(self.pictures, self.since, reason)
        self.alarm_count += 1
        self.alarms.append(alarm)
        self.first_alarm = self.first_alarm or alarm
        self.begin_again()
        return alarm

    def report(self) -> dict[str, Any]:
        """All of it as JSON can hold it; distances and sums are of the last full batch."""
        return {
            "pictures": self.pictures,
            "batches": self.batches,
            "distance": self.last_distance,
            "sum": self.sum,
            "threshold": self.healthy.threshold,
            "batches_to_false_alarm": self.healthy.length,
            "alarms": self.alarm_count,
            "first_alarm": self.first_alarm._asdict() if self.first_alarm else None,
            "last_alarm": self.alarms[-1]._asdict() if self.alarms else None,
            "seconds": self.latencies.percentiles(),
        }

    def __str__(self) -> str:
        said = f"{self.pictures:,} pictures"
        if found := self.latencies.percentiles():
            said += ", " + ", ".join(f"{name} {1000 * seconds:.3g} ms" for name, seconds in found.items())
        if self.first_alarm is None:
            return f"{said}: no alarm, the sum is at {self.sum:.2f} of {self.healthy.threshold:.2f}"
        first = self.first_alarm
        many = "1 alarm" if self.alarm_count == 1 else f"{self.alarm_count} alarms"
        return f"{said}: {many}, the first after {first.pictures:,}, begun after some {first.since:,} ({first.reason})"


def calibrate(
    healthy: Array,
    describe: Describe,
    distance: Callable[[Array], Callable[[Array], float]] = MeanDistance,
    batch_size: int = 32,
    reference: int = 1000,
    length: float = 1000,
    allowance: float = 0.5,
) -> Monitor:
    """The monitor of a model from pictures that it drew while it was good, images (n, height, width, channels).

    The first `reference` of them are what all others are compared with; the rest, in batches, say what distances are
    usual. distance: a class of `scores.drift`; that of means found most changes sooner than the kernel distance, but is
    blind to what leaves the mean as it was. length: how many batches there shall be to a false alarm, on average.
    Raises CourseError for fewer than forty batches, for images outside [-1, 1], and where all distances are equal.
    """
    datasets.check_images(healthy)
    datasets.check_whole("batch_size", "how many pictures are compared at once", batch_size, 2)
    datasets.check_whole("reference", "how many pictures all others are compared with", reference, 2)
    healthy = np.asarray(healthy)
    needed = reference + LEAST_BATCHES * batch_size
    if len(healthy) < needed:
        raise CourseError(
            f"{len(healthy):,} healthy pictures are too few: {reference:,} for the reference and {LEAST_BATCHES} "
            f"batches of {batch_size} are {needed:,}."
        )
    if not callable(describe) or not callable(distance):
        raise CourseError(
            "describe is a function of images, such as features.load('emoji').features, and distance a class of drift."
        )
    rows = _described(describe, healthy)
    measure = distance(rows[:reference])
    known = usual(batch_distances(measure, rows[reference:], batch_size), length, allowance)
    return Monitor(describe, measure, known, healthy.shape[1:], int(batch_size))


def _described(describe: Describe, images: Array) -> Array:
    rows = datasets.check_numbers("descriptions", describe(images)).astype(float)
    if rows.ndim != 2 or len(rows) != len(images):
        raise CourseError(
            f"describe gives one row an image, ({len(images)}, d), but here it gave {rows.shape}."
        )
    return rows


def batch_distances(distance: Callable[[Array], float], rows: Array, batch_size: int) -> Array:
    """The distance of each full batch of rows (n, d), in their order: float (n // batch_size,)."""
    count = datasets.check_batch_size(len(rows), batch_size)
    return np.array([distance(batch) for batch in np.split(rows[: count * batch_size], count)])


def usual(distances: Array, length: float = 1000, allowance: float = 0.5) -> Healthy:
    """What is usual, from the distances (n,) of a good model's batches. Raises CourseError where all are equal."""
    distances = cusum.checked_values(distances)
    mean, deviation = float(distances.mean()), float(distances.std())
    if deviation <= 1e-9 * abs(mean):
        raise CourseError(
            "All healthy batches are equally far from the reference: were they drawn at random?"
        )
    steps = cusum.empirical((distances - mean) / deviation)
    threshold = cusum.threshold_for(length, allowance, steps)
    return Healthy(mean, deviation, threshold, float(allowance), distances.size, float(length))
