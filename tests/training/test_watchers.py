"""Callbacks that read what a recorder keeps refuse, in one sentence, a training in which it does not come first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, Watcher, train
from course_lib.training.progress_line import Progress
from course_lib.training.tensorboard_log import TensorBoardLog
from tests.training.small_gan import BATCH, noise, small_gan

WATCHERS: dict[str, Callable[[Recorder, Path], Watcher]] = {
    "Alarm": lambda recorder, folder: Alarm(recorder, noise()),
    "Checkpoint": lambda recorder, folder: Checkpoint(folder / "checkpoints", recorder),
    "LivePicture": lambda recorder, folder: LivePicture(recorder),
    "Progress": lambda recorder, folder: Progress(recorder),
    "TensorBoardLog": lambda recorder, folder: TensorBoardLog(recorder, folder / "log"),
}


def test_these_are_all_that_there_are() -> None:
    assert {each.__name__ for each in Watcher.__subclasses__()} == WATCHERS.keys()


def put_before(recorder: Recorder, watcher: Watcher) -> list:
    return [watcher, recorder]


def used_alone(recorder: Recorder, watcher: Watcher) -> list:
    return [watcher]


def put_behind_another(recorder: Recorder, watcher: Watcher) -> list:
    return [Recorder(grid=(1, 2)), watcher]


@pytest.mark.parametrize("wrong", [put_before, used_alone, put_behind_another])
@pytest.mark.parametrize("name", WATCHERS)
def test_a_wrong_place_is_one_sentence_before_the_first_step(
    name: str, wrong: Callable[[Recorder, Watcher], list], images: np.ndarray, tmp_path: Path
) -> None:
    recorder, gan = Recorder(grid=(1, 2)), small_gan()
    watcher = WATCHERS[name](recorder, tmp_path)
    with pytest.raises(
        CourseError, match=rf"^{name} reads what its Recorder keeps.*\[recorder, {name}\(\.\.\.\)\]\.$"
    ):
        train(gan, images, BATCH, steps=4, callbacks=wrong(recorder, watcher))
    with pytest.raises(CourseError, match=rf"^{name} reads what its Recorder keeps"):
        gan.fit(datasets.batches(images, BATCH).take(4), callbacks=wrong(recorder, watcher), verbose=0)
    assert gan.step == 0 and not recorder.history["step"]
    assert list(tmp_path.iterdir()) == [], "nothing was written"


def test_an_earlier_training_with_the_recorder_does_not_excuse_a_later_one_without(
    images: np.ndarray,
) -> None:
    recorder = Recorder(grid=(1, 2))
    alarm = Alarm(recorder, images)
    train(small_gan(), images, BATCH, steps=4, callbacks=[recorder, alarm])
    with pytest.raises(CourseError, match="the same recorder must stand before it"):
        train(small_gan(), images, BATCH, steps=4, callbacks=[alarm])


def test_behind_its_recorder_each_works_also_under_plain_fit(images: np.ndarray, tmp_path: Path) -> None:
    recorder = Recorder(grid=(1, 2))
    watchers = [make(recorder, tmp_path) for make in WATCHERS.values()]
    small_gan().fit(datasets.batches(images, BATCH).take(4), callbacks=[recorder, *watchers], verbose=0)
    assert recorder.history["step"] == [4]
