import re

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course_lib import plots
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, train
from tests.training.small_gan import BATCH, small_gan


def test_one_picture_is_replaced_in_place_and_says_the_last_step(images, monkeypatch) -> None:
    InteractiveShell.instance()  # display needs a shell to display in
    recorder = Recorder(grid=(2, 3))
    with capture_output() as captured:
        train(
            small_gan(), images, BATCH, steps=12, callbacks=[recorder, LivePicture(recorder, every_seconds=0)]
        )
    first, *later = captured.outputs
    identity = first.transient["display_id"]
    assert not first.update
    assert len(later) == 3 + 1  # three looks, and the end
    assert all(output.update and output.transient["display_id"] == identity for output in later)
    pictures = [output.data["text/html"] for output in captured.outputs]
    assert "up to step 0" in pictures[0]
    assert re.search(r'<img alt="[^"]*up to step 12', pictures[-1])
    assert pictures[0] != pictures[-1]


def test_slow_drawing_is_done_less_often(images, monkeypatch) -> None:
    InteractiveShell.instance()
    clock = [0.0]
    monkeypatch.setattr("course_lib.training.live_picture.time.monotonic", lambda: clock[0])
    recorder = Recorder(grid=(1, 1))
    live = LivePicture(recorder, every_seconds=4)
    drawn = []

    def picture() -> plots.Picture:
        drawn.append(clock[0])
        clock[0] += 1.0  # a second a picture
        return plots.picture(plt.figure(), "x")

    monkeypatch.setattr(live, "_picture", picture)
    recorder.is_recording = True
    with capture_output():
        live.on_train_begin()
        while clock[0] < 40:
            clock[0] += 0.5
            live.on_train_batch_end(0)
    assert drawn[1] - drawn[0] <= 6
    assert np.diff(drawn[1:]).min() >= 10
