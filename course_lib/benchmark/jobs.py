"""What the process of one job does: `python -m course_lib.benchmark.jobs`, a specification in, a result out.

The specification is JSON on standard input: {"job": ..., "plan": ..., "recipe": ..., "goal": ..., "started_at": ...}.
The result is the last line of standard output, JSON too. Nothing heavy is imported before it is needed: a process
holds one framework and measures its own memory.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib import device
from course_lib.benchmark.contenders.contract import Contender
from course_lib.benchmark.plan import Job, Plan
from course_lib.benchmark.scoring import Scorer


def main() -> None:
    specification = json.load(sys.stdin)
    job, plan = Job(**specification["job"]), Plan(**specification["plan"])
    result = KINDS[job.kind](job, plan, specification)
    print(json.dumps(result))


def machine(job: Job, plan: Plan, specification: dict) -> dict[str, Any]:
    """Hardware, versions, and the recipe for those who build it without TensorFlow."""
    hardware = device.configure(quiet=True)
    from course_lib.benchmark.contenders import ours

    return {
        "hardware": hardware.as_dict(),
        "versions": device.versions(),
        "recipe": ours.describe_recipe(),
    }


def matmul(job: Job, plan: Plan, specification: dict) -> dict[str, Any]:
    """The best float32 matrix product of TensorFlow here, in GFLOP/s: what a perfect program might reach."""
    device.configure("float32", quiet=True)
    import tensorflow as tf

    matrix = tf.random.stateless_normal((plan.matmul_size, plan.matmul_size), seed=(0, 0))
    best = float("inf")
    for _ in range(plan.matmul_repeats):
        began_at = time.perf_counter()
        tf.linalg.matmul(matrix, matrix).numpy()
        best = min(best, time.perf_counter() - began_at)
    return {"gflops": 2 * plan.matmul_size**3 / best / 1e9}


def speed(job: Job, plan: Plan, specification: dict) -> dict[str, Any]:
    """Steady images per second, and apart from it the seconds to the first step, tracing and compiling included."""
    contender = build(job, specification["recipe"])
    watch = SpeedWatch(plan)
    contender.train(training_images(plan), watch)
    images_per_second = statistics.median(watch.rates)
    return {
        "images_per_second": images_per_second,
        "slowest_block": min(watch.rates),
        "fastest_block": max(watch.rates),
        "first_step_seconds": watch.first_step_seconds,
        "peak_memory_mb": peak_memory_mb(),
        "weights": contender.weights,
        "mflop_per_image": contender.arithmetic / 1e6,
        "gflops": contender.arithmetic * images_per_second / 1e9,
    }


class SpeedWatch:
    """Cuts the training into blocks of time; `rates` are the images per second of those after the warm-up."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.rates: list[float] = []
        self.began_at = time.perf_counter()
        self.first_step_seconds: float | None = None

    def __call__(self, images: int) -> bool:
        now = time.perf_counter()
        if self.first_step_seconds is None:
            self.first_step_seconds = now - self.began_at
            self.block_began = (now + self.plan.warmup_seconds, None)
        elapsed = now - self.block_began[0]
        if elapsed >= 0 and self.block_began[1] is None:  # the warm-up is over
            self.measuring_since = now
            self.block_began = (now, images)
        elif elapsed >= self.plan.block_seconds:
            self.rates.append((images - self.block_began[1]) / elapsed)
            self.block_began = (now, images)
        return bool(self.rates) and now - self.measuring_since >= self.plan.speed_seconds


def race(job: Job, plan: Plan, specification: dict) -> dict[str, Any]:
    """Score against seconds of training: until the limit, or until the goal is reached.

    curve: rows of training seconds, images seen, score. The tutorial's race has no limit but its epochs.
    """
    contender = build(job, specification["recipe"])
    images = training_images(plan)
    with Scorer() as scorer:

        def score() -> float:
            return scorer(contender.sample(plan.score_count))

        if job.round == 0:
            last = plan.tutorial_epochs * len(images)
            is_due = every(len(images) / plan.scores_per_epoch)
            watch = RaceWatch(score, is_due, lambda seconds, seen: seen >= last)
        else:
            limit, goal = plan.race_limit, specification["goal"]
            is_due = growing(plan.score_growth, plan.score_pause)
            watch = RaceWatch(score, is_due, lambda seconds, seen: seconds >= limit, goal)
        contender.train(images, watch)
    return {"curve": watch.curve, "best": min(score for _, _, score in watch.curve)}


Moment = Callable[[float, int], bool]
"""Of (training seconds, images seen): whether now is the time."""


class RaceWatch:
    """Scores the contender at moments that `is_due` names. Its clock stands still while that is done.

    The clock starts when the watch is made, so make it last of all. goal: a score that ends the race.
    """

    def __init__(
        self, score: Callable[[], float], is_due: Moment, is_over: Moment, goal: float = float("-inf")
    ):
        self.score, self.is_due, self.is_over, self.goal = score, is_due, is_over, goal
        self.curve: list[tuple[float, int, float]] = []
        self.began_at = time.perf_counter()

    def __call__(self, images: int) -> bool:
        seconds = time.perf_counter() - self.began_at
        over = self.is_over(seconds, images)
        if self.is_due(seconds, images) or over:
            score = self.score()
            self.curve.append((seconds, images, score))
            over = over or score <= self.goal
            self.began_at = time.perf_counter() - seconds
        return over


def growing(factor: float, pause: float) -> Moment:
    """Due when the seconds have grown by `factor`, and by `pause` at least, since the last time; first at `pause`."""
    following = pause

    def is_due(seconds: float, images: int) -> bool:
        nonlocal following
        if seconds < following:
            return False
        following = max(seconds * factor, seconds + pause)
        return True

    return is_due


def every(count: float) -> Moment:
    """Due each time another `count` images have been seen."""
    following = count

    def is_due(seconds: float, images: int) -> bool:
        nonlocal following
        if images < following:
            return False
        following = count * (images // count + 1)
        return True

    return is_due


def first_picture(job: Job, plan: Plan, specification: dict) -> dict[str, Any]:
    """Seconds from the start of this process to the live figure with samples: before training, and in it."""
    device.configure(quiet=True, threads=device.SMALL)
    import keras

    from course_lib import plots
    from course_lib.models import recipe
    from course_lib.plots import training_picture
    from course_lib.training.loop import Recorder, train

    images = training_images(plan)
    gan = recipe.dcgan(seed=job.round)
    recorder = Recorder()
    seconds: list[float] = []

    def draw(*_: Any) -> None:
        figure = training_picture.live_figure(recorder.history, recorder.samples(), recorder.grid[1])
        plots.picture(figure, "Losses and samples")
        seconds.append(time.time() - specification["started_at"])

    class DrawOnce(keras.callbacks.Callback):
        def on_train_begin(self, logs: dict | None = None) -> None:
            draw()

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            draw()
            self.model.stop_training = True

    train(gan, images, recipe.BATCH_SIZE, callbacks=[recorder, DrawOnce()])
    return {"before_training": seconds[0], "in_training": seconds[1]}


KINDS: dict[str, Callable[[Job, Plan, dict], dict[str, Any]]] = {
    "machine": machine,
    "matmul": matmul,
    "speed": speed,
    "race": race,
    "first_picture": first_picture,
}


def build(job: Job, recipe: dict[str, Any]) -> Contender:
    """The contender of this job, in its framework; its weights drawn with the round as seed."""
    seed = job.round
    if job.engine == "torch":
        from course_lib.benchmark.contenders.torch_dcgan import TorchDCGAN

        return TorchDCGAN(recipe, seed)
    # Ours computes in the number format that `device` chooses for this machine, the others as they were written.
    precision = "auto" if job.engine == "ours" else "float32"
    device.configure(precision, quiet=True, threads=device.SMALL if job.architecture == "dcgan" else None)
    from course_lib.benchmark.contenders import keras_io, ours, tutorial

    return {
        ("tutorial", "tutorial"): tutorial.Tutorial,
        ("tutorial", "ours"): ours.with_tutorial_networks,
        ("keras_io", "keras_io"): keras_io.KerasIO,
        ("keras_io", "ours"): ours.with_keras_io_networks,
        ("dcgan", "ours"): ours.dcgan,
    }[job.architecture, job.engine](seed)


def training_images(plan: Plan) -> np.ndarray:
    from course_lib import datasets

    return datasets.load("fashion_mnist").images_train[: plan.train_count]


def peak_memory_mb() -> float | None:
    """The most memory this process has held so far, in MB (10^6 bytes); None where the system does not say."""
    if os.name == "nt":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
