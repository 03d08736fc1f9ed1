"""Who takes part, in which order, and when a race looks at the clock."""

from types import SimpleNamespace

import pytest

from course_lib.benchmark import jobs
from course_lib.benchmark.plan import CONTENDERS, Job, Plan, jobs_of_round


def names(chosen: set[str]) -> list[str]:
    return [job.name for job in jobs_of_round(1, chosen)]


def test_all_contenders_take_turns() -> None:
    assert names(set(CONTENDERS)) == [
        "matmul",
        "speed tutorial",
        "speed ours on tutorial",
        "speed keras_io",
        "speed ours on keras_io",
        "speed torch",
        "speed ours",
        "first picture ours",
        "race keras_io",
        "race torch",
        "race ours",
    ]


def test_jobs_that_need_somebody_left_out_are_left_out() -> None:
    assert names({"ours"}) == ["matmul", "speed ours", "first picture ours", "race ours"]
    assert names({"torch", "ours"}) == [
        *("matmul", "speed torch", "speed ours", "first picture ours", "race torch", "race ours")
    ]
    assert names({"tutorial"}) == ["matmul", "speed tutorial"]


def test_every_job_can_be_done() -> None:
    for job in jobs_of_round(1, set(CONTENDERS)):
        assert job.kind in jobs.KINDS


def test_scores_come_at_growing_distances() -> None:
    is_due = jobs.growing(1.5, 1.0)
    due = [tenth / 10 for tenth in range(120) if is_due(tenth / 10, 0)]
    assert due == [1.0, 2.0, 3.0, 4.5, 6.8, 10.2]  # one second apart at first, then half as much again


def test_the_tutorial_is_scored_each_part_of_an_epoch() -> None:
    is_due = jobs.every(1000 / 5)
    assert [images for images in range(64, 1001, 64) if is_due(0.0, images)] == [256, 448, 640, 832]
    assert is_due(0.0, 1024)


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """A clock that goes only when it is told to."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(jobs, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


def test_the_clock_stands_still_while_samples_are_scored(clock) -> None:
    scores = iter([50.0, 20.0, 9.0])

    def score() -> float:
        clock.now += 100
        return next(scores)

    watch = jobs.RaceWatch(score, jobs.growing(1.08, 1.0), lambda seconds, images: seconds >= 240, goal=10)
    stopped = []
    for step in range(6):
        clock.now += 0.5
        stopped.append(watch(32 * (step + 1)))
    assert watch.curve == [(1.0, 64, 50.0), (2.0, 128, 20.0), (3.0, 192, 9.0)]
    assert stopped == [False] * 5 + [True]  # the goal is reached


def test_the_limit_ends_a_race_with_a_last_score(clock) -> None:
    watch = jobs.RaceWatch(
        lambda: 50.0, jobs.growing(9.0, 1.0), lambda seconds, images: seconds >= 5, goal=10
    )
    while not watch(0):
        clock.now += 1
    assert [seconds for seconds, _, _ in watch.curve] == [1, 5]


def test_speed_is_measured_in_blocks_after_the_warm_up(clock) -> None:
    watch = jobs.SpeedWatch(Plan(warmup_seconds=2, speed_seconds=3, block_seconds=1))
    clock.now = 10.0  # compiling
    images = 0
    while not watch(images):
        clock.now += 0.5
        images += 100 if clock.now < 14 else 50  # half as fast in the second half
    assert watch.first_step_seconds == 10
    assert watch.rates == [200, 150, 100]
    assert clock.now == 15  # 10 compiling, 2 warm-up, 3 measured


def test_names_say_whose_networks_are_trained() -> None:
    assert Job("speed", "tutorial", "ours").who == "ours on tutorial"
    assert Job("speed", "dcgan", "torch").who == "torch"
    assert Job("matmul").name == "matmul"
