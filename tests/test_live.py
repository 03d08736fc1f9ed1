import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course_lib.live import LivePicture, live_figure
from course_lib.training import Recorder, train

from .test_training import BATCH, SHAPE, small_gan


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (50, *SHAPE)).astype("float32")


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


def test_live_figure_has_labels_and_says_step_and_speed(images) -> None:
    recorder = Recorder(grid=(2, 3))
    train(small_gan(), images, BATCH, steps=8, callbacks=[recorder])
    figure = live_figure(recorder.history, recorder.samples(), columns=3)
    curves, grid = figure.axes
    assert (curves.get_xlabel(), curves.get_ylabel()) == ("training step", "loss")
    assert [line.get_xdata()[-1] for line in curves.lines] == [8, 8]
    assert "step 8" in grid.get_title()
    assert "images a second" in grid.get_title()
    plt.close(figure)
