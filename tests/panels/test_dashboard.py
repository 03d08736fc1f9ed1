"""The training dashboard: real widgets and real training; the browser's part is played by clicks on the beat."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.panels.dashboard import Dashboard
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Callback, Recorder, StopAfter, train
from tests.panels.shown_picture import picture_of
from tests.training.small_gan import BATCH, assert_same, noise, small_gan, state_of


def new_dashboard(
    *callbacks: Callback, recorder: Recorder | None = None, compiled: bool = False
) -> Dashboard:
    gan = small_gan()
    gan.run_eagerly = not compiled  # compiling pays for thousands of steps, not for a few
    return Dashboard(gan, noise(), recorder or Recorder(grid=(2, 3)), callbacks, batch_size=BATCH)


def play(panel: Dashboard, pictures: int) -> None:
    panel.animation.button.click()
    for _ in range(pictures):
        panel.animation.beat.click()


def pause(panel: Dashboard) -> None:
    assert panel.animation.playing
    panel.animation.button.click()


def trained_without_a_pause(steps: int) -> dict[str, np.ndarray]:
    gan = small_gan()
    train(gan, noise(), BATCH, steps=steps)
    return state_of(gan)


class At(Callback):
    """Does something once the training has come to a step."""

    def __init__(self, step: int, does: Callable[[], None]) -> None:
        super().__init__()
        self.step, self.does = step, does

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self.step is not None and self.model.step >= self.step:
            self.step = None
            self.does()


@pytest.mark.slow
def test_playing_and_pausing_is_one_training() -> None:
    panel = new_dashboard(compiled=True)
    play(panel, 2)
    pause(panel)
    after_pause = panel.gan.step
    play(panel, 1)
    pause(panel)
    assert panel.gan.step > after_pause > 0
    assert_same(state_of(panel.gan), trained_without_a_pause(panel.gan.step))
    history = panel.recorder.history
    assert history["step"] == list(range(4, panel.gan.step + 1, 4))
    assert history["seconds"] == sorted(history["seconds"])


def test_the_picture_follows_and_nothing_moves_after_a_pause() -> None:
    panel = new_dashboard()
    assert "at step 0" in picture_of(panel.picture.value)[0]
    before = picture_of(panel.picture.value)[1]
    play(panel, 1)
    alt, pixels = picture_of(panel.picture.value)
    assert f"at step {panel.gan.step:,}; losses: discriminator" in alt
    assert pixels.shape == before.shape and (pixels != before).mean() > 0.01
    pause(panel)
    step, picture = panel.gan.step, panel.picture.value
    panel.animation.beat.click()  # was under way when the pause came
    assert panel.gan.step == step and panel.picture.value == picture


@pytest.mark.slow
def test_an_interrupt_leaves_all_whole_and_saved(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    recorder = Recorder(grid=(2, 3))
    checkpoint = Checkpoint(tmp_path, recorder, every_seconds=1000)
    panel = new_dashboard(checkpoint, At(4, interrupt), recorder=recorder, compiled=True)
    panel.animation.button.click()
    with pytest.raises(KeyboardInterrupt):
        panel.act(panel._train_a_slice)  # a click would only tell the log of it
    step = panel.gan.step
    other = small_gan(seed=5)
    again = Recorder(grid=(2, 3))
    Checkpoint(tmp_path, again).restore(other)
    assert step == other.step == 4
    assert_same(state_of(other), state_of(panel.gan))
    panel.animation.pause()
    play(panel, 1)
    assert panel.gan.step > step and not panel.problem.value
    assert_same(state_of(panel.gan), trained_without_a_pause(panel.gan.step))


def test_a_pause_saves_a_checkpoint(tmp_path: Path) -> None:
    recorder = Recorder(grid=(2, 3))
    panel = new_dashboard(Checkpoint(tmp_path, recorder, every_seconds=1000), recorder=recorder)
    play(panel, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-00000000.npz"]
    pause(panel)
    assert (tmp_path / f"checkpoint-{panel.gan.step:08d}.npz").exists()


def test_an_alarm_stops_it_and_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder(grid=(2, 3))
    checkpoint = Checkpoint(tmp_path, recorder, every_seconds=1000)
    panel = new_dashboard(Alarm(recorder, noise()), checkpoint, recorder=recorder)
    play(panel, 1)
    panel.gan.generator.set_weights([weights * np.nan for weights in panel.gan.generator.get_weights()])
    panel.animation.beat.click()
    assert "NaN" in panel.problem.value and not panel.animation.playing
    assert "NaN" in caplog.text
    caplog.clear()
    with np.load(max(tmp_path.iterdir())) as saved:
        assert all(np.isfinite(saved[name]).all() for name in saved.files if name.startswith("gan/gen"))


def test_a_callback_can_stop_it() -> None:
    panel = new_dashboard(StopAfter(0))
    play(panel, 1)
    assert panel.gan.step == 4 and not panel.animation.playing
    play(panel, 1)
    assert panel.gan.step == 8


def test_learning_rates_hold_from_the_next_step_on() -> None:
    panel = new_dashboard()
    play(panel, 1)
    panel.controls["discriminator"].value = 1e-5
    assert np.isclose(float(panel.gan.discriminator_optimizer.learning_rate), 1e-5)
    assert "Learning rates: generator 0.0002, discriminator 1e-05" in picture_of(panel.picture.value)[0]
    before = [np.array(weights) for weights in panel.gan.discriminator.get_weights()]
    step = panel.gan.step
    panel.animation.beat.click()
    moved = max(
        np.abs(now - then).max()
        for now, then in zip(panel.gan.discriminator.get_weights(), before, strict=True)
    )
    # Adam moves a weight by a few times its rate a step at the most.
    assert 0 < moved <= 5 * 1e-5 * (panel.gan.step - step)


def test_a_rate_that_follows_a_schedule_is_left_to_it() -> None:
    gan = small_gan()
    schedule = keras.optimizers.schedules.InverseTimeDecay(1e-3, 10, 1.0)
    gan.compile(generator_optimizer=keras.optimizers.Adam(schedule), run_eagerly=True)
    panel = Dashboard(gan, noise(), Recorder(grid=(2, 3)), batch_size=BATCH)
    assert panel.controls["generator"].disabled and not panel.controls["discriminator"].disabled
    play(panel, 1)
    assert panel.gan.step > 0 and not panel.problem.value


def test_a_score_is_measured_and_said() -> None:
    recorder = Recorder(grid=(2, 3), score=lambda samples: 41.5, score_every=0, score_count=4)
    panel = new_dashboard(recorder=recorder)
    play(panel, 1)
    assert "frechet distance 41.5" in picture_of(panel.picture.value)[0]


def test_what_train_refuses_is_told_in_the_panel() -> None:
    panel = Dashboard(small_gan(), noise()[:, :10], Recorder(grid=(2, 3)), batch_size=BATCH)
    panel.animation.button.click()
    with pytest.raises(CourseError, match="built for"):
        panel.act(panel._train_a_slice)
    assert "built for" in panel.problem.value


@pytest.mark.parametrize("rate", [0.0, 1e-7, 5.0])
def test_a_rate_beyond_the_sliders_usual_ends_is_said_as_it_is(rate: float) -> None:
    gan = small_gan(learning_rate=rate)
    panel = Dashboard(gan, noise(), Recorder(grid=(2, 3)), batch_size=BATCH)
    assert f"generator {rate:.2g}, discriminator {rate:.2g}." in panel.alt()
    slider = panel.controls["generator"]
    assert np.isclose(slider.value, rate, rtol=1e-6, atol=0) or "rate is 0" in slider.description
    slider.value = 1e-3
    assert f"generator 0.001, discriminator {rate:.2g}." in panel.alt()
    assert slider.description == "generator's learning rate"


def test_a_gan_compiled_anew_while_it_plays_trains_on() -> None:
    panel = new_dashboard()
    play(panel, 1)
    panel.gan.compile(generator_optimizer=keras.optimizers.Adam(3e-3), run_eagerly=True)
    panel.animation.beat.click()
    assert not panel.problem.value and panel.animation.playing and panel.gan.step > 0
    assert "generator 0.003, discriminator 0.0002" in panel.alt()


def test_a_gan_that_is_not_compiled_is_refused() -> None:
    gan = small_gan()
    other = type(gan)(gan.generator, gan.discriminator)
    with pytest.raises(CourseError, match="no optimizers yet"):
        Dashboard(other, noise(), Recorder(grid=(2, 3)), batch_size=BATCH)


def test_the_sliders_follow_a_gan_compiled_anew() -> None:
    panel = new_dashboard()
    play(panel, 1)
    pause(panel)
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.5)
    panel.gan.compile(
        generator_optimizer=keras.optimizers.Adam(3e-7),
        discriminator_optimizer=keras.optimizers.Adam(schedule),
        run_eagerly=True,
    )
    play(panel, 1)
    rates = panel.controls["generator"], panel.controls["discriminator"]
    assert np.isclose(rates[0].value, 3e-7, rtol=1e-5, atol=0) and rates[0].min == -7
    assert rates[1].disabled and "has a schedule" in rates[1].description
    assert np.isclose(rates[1].value, float(panel.gan.discriminator_optimizer.learning_rate), rtol=1e-5)
    assert not panel.problem.value and panel.gan.discriminator_optimizer.learning_rate < 1e-3
    panel.gan.compile(generator_optimizer=keras.optimizers.Adam(0.0), run_eagerly=True)
    panel.animation.beat.click()
    assert "rate is 0" in rates[0].description and float(panel.gan.generator_optimizer.learning_rate) == 0
    assert not rates[1].disabled and np.isclose(rates[1].value, 2e-4, rtol=1e-5)


def test_the_sliders_follow_a_callback_that_changes_the_rates() -> None:
    panel = new_dashboard(At(4, lambda: setattr(panel.gan.generator_optimizer, "learning_rate", 5e-4)))
    play(panel, 1)
    assert np.isclose(panel.controls["generator"].value, 5e-4, rtol=1e-5)
    assert np.isclose(float(panel.gan.generator_optimizer.learning_rate), 5e-4)


@pytest.mark.parametrize("where", ["in a step", "while drawing"])
def test_an_interrupt_pauses_and_shows_no_traceback(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    recorder = Recorder(grid=(2, 3))
    checkpoint = Checkpoint(tmp_path, recorder, every_seconds=1000)
    panel = new_dashboard(
        checkpoint, *([At(4, interrupt)] if where == "in a step" else []), recorder=recorder
    )
    panel.animation.button.click()
    with monkeypatch.context() as broken:
        if where == "while drawing":
            broken.setattr(panel, "_update", interrupt)
        with pytest.raises(KeyboardInterrupt):
            panel.animation.beat.click()
    assert not panel.animation.playing and panel.animation.button.description == "play"
    assert "Interrupted" in panel.problem.value and "Traceback" not in panel.problem.value
    assert (tmp_path / f"checkpoint-{panel.gan.step:08d}.npz").exists()
    step = panel.gan.step
    play(panel, 1)
    assert panel.gan.step > step >= 4 and not panel.problem.value


class Running(Callback):
    """Whether a training runs, as its callbacks are told."""

    now = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.now = True

    def on_train_end(self, logs: dict | None = None) -> None:
        self.now = False


def fail() -> None:
    raise ValueError("broken")


@pytest.mark.parametrize("end", ["paused", "closed", "stopped by a callback", "interrupted", "broken"])
def test_nothing_runs_on_after_the_end(end: str, caplog: pytest.LogCaptureFixture) -> None:
    """No thread of ours, no stream of batches, and no further step when a late beat comes."""
    threads = set(threading.enumerate())
    running = Running()
    others = {"stopped by a callback": [StopAfter(0)], "broken": [At(8, fail)]}.get(end, [])
    panel = new_dashboard(running, *others)
    panel.show()
    panel.animation.button.click()
    panel.animation.beat.click()
    if end == "paused":
        panel.animation.button.click()
    elif end == "closed":
        panel.close()
    elif end == "interrupted":
        panel._update = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            panel.animation.beat.click()
        del panel._update
    elif end == "broken" and panel.animation.playing:
        panel.animation.beat.click()
    assert not panel.animation.playing and panel._batches is None
    assert running.now == (end == "broken")  # what broke is not saved, as in `train`
    step = panel.gan.step
    panel.animation.beat.click()
    assert panel.gan.step == step > 0
    assert set(threading.enumerate()) <= threads
    assert ("broken" in caplog.text) == (end == "broken")
    caplog.clear()


def test_closed_by_another_thread_it_ends_between_two_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where JupyterLab gives panels a thread of their own, and a cell closes one that plays."""
    monkeypatch.setattr("course_lib.panels.dashboard.SLICE", 60.0)
    running, closing = Running(), threading.Thread(target=lambda: panel.close())

    def close() -> None:
        closing.start()
        closing.join(0.5)

    stop = At(12, lambda: setattr(panel.gan, "stop_training", True))
    panel = new_dashboard(running, At(4, close), stop)
    panel.show()
    play(panel, 1)
    closing.join()
    assert panel.gan.step == 12 and not panel.problem.value
    assert not running.now and panel._batches is None and not panel.animation.playing
