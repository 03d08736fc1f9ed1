import csv
import io
import math

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models import networks
from course_lib.models.gan import GAN
from course_lib.scores import metrics
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train
from tests.training.small_gan import BATCH, assert_same, small_gan, state_of


def test_stopping_resuming_and_chunking_give_the_same_run_bit_for_bit(images, tmp_path) -> None:
    straight = small_gan()
    train(straight, images, BATCH, steps=22, callbacks=[Recorder(grid=(2, 2))])

    first, recorder = small_gan(), Recorder(grid=(2, 2))
    train(first, images, BATCH, steps=9, callbacks=[recorder, Checkpoint(tmp_path, recorder)])
    second, recorder = small_gan(seed=0, steps_per_execution=3), Recorder(grid=(2, 2))
    checkpoint = Checkpoint(tmp_path, recorder)
    assert checkpoint.restore(second).name == "checkpoint-00000009.npz"
    assert recorder.history["step"][-1] == 9
    train(second, images, BATCH, steps=22, callbacks=[recorder, checkpoint])

    assert straight.step == second.step == 22
    assert_same(state_of(straight), state_of(second))
    other_seed = small_gan(seed=1)
    train(other_seed, images, BATCH, steps=22, seed=1)
    assert not np.array_equal(other_seed.sample(1), straight.sample(1))


def test_history_has_a_row_a_look_and_goes_into_csv(images) -> None:
    recorder = Recorder(grid=(2, 3), score=lambda samples: float(len(samples)), score_every=0, score_count=17)
    gan = small_gan()
    train(gan, images, BATCH, steps=10, callbacks=[recorder])
    history = recorder.history
    assert history["step"] == [4, 8, 10]
    assert {len(column) for column in history.values()} == {3}
    assert history["seconds"] == sorted(history["seconds"])
    assert history["frechet_distance"] == [17.0] * 3
    assert all(math.isfinite(x) for x in history["discriminator_loss"] + history["generator_loss"])
    assert all(0 < x < 1 for x in history["real_score"] + history["fake_score"])
    rows = list(csv.reader(io.StringIO(recorder.csv())))
    assert rows[0] == list(history)
    assert float(rows[-1][0]) == 10


def test_means_in_the_history_start_anew_at_each_row(images) -> None:
    recorder = Recorder(grid=(1, 1))
    train(small_gan(steps_per_execution=1), images, BATCH, steps=6, callbacks=[recorder])
    every_step = recorder.history["generator_loss"]
    chunked = Recorder(grid=(1, 1))
    train(small_gan(steps_per_execution=3), images, BATCH, steps=6, callbacks=[chunked])
    expected = [np.mean(every_step[:3]), np.mean(every_step[3:])]
    np.testing.assert_allclose(chunked.history["generator_loss"], expected, rtol=1e-5)


def test_film_covers_the_run_however_long_it_is(images) -> None:
    recorder = Recorder(grid=(2, 3), frames=8)
    train(small_gan(steps_per_execution=5), images, BATCH, steps=300, callbacks=[recorder])
    assert len(recorder.frames) == len(recorder.frame_steps) <= 8
    assert recorder.frame_steps[0] == 0
    spacing = np.diff(recorder.frame_steps)
    assert spacing.min() == spacing.max() == 40
    assert recorder.frame_steps[-1] >= 300 - 40
    film = recorder.film()
    assert film[0].dtype == np.uint8
    assert film[0].shape == film[-1].shape
    assert not np.array_equal(film[0], film[-1])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: (x + 1) / 2, r"0\.\.1"),
        (lambda x: (x + 1) * 127.5, r"0\.\.255"),
        (lambda x: x[:, :10], r"\(10, 12, 1\).*\(12, 12, 1\)"),
        (lambda x: x[:5], "8.*5"),
        (lambda x: np.where(x > 0.99, np.nan, x), "NaN"),
        (lambda x: x.astype(object), "type object"),
        (lambda x: [*x[1:], x[0, :5]], "one shape"),
        (lambda x: x[..., 0], "np.newaxis"),
        (lambda x: np.repeat(x, 4, axis=-1), r"\(12, 12, 4\).*\(12, 12, 1\)"),
    ],
)
def test_bad_images_are_refused_before_the_first_step(images, spoil, message: str) -> None:
    gan = small_gan()
    with pytest.raises(CourseError, match=message) as caught:
        train(gan, spoil(images), BATCH, steps=2)
    assert "\n" not in str(caught.value)
    assert gan.step == 0


def test_a_list_of_images_is_as_good_as_an_array(images) -> None:
    one, other = small_gan(), small_gan()
    train(one, images, BATCH, steps=2, callbacks=[Recorder(grid=(1, 2))])
    train(other, list(images), BATCH, steps=2)
    assert_same(state_of(one), state_of(other))


@pytest.mark.parametrize("numbers", [{"steps": 2.0}, {"batch_size": 8.0}, {"seed": 0.0}, {"steps": True}])
def test_numbers_that_must_be_whole_are_refused_before_the_first_step(images, numbers: dict) -> None:
    gan = small_gan()
    with pytest.raises(CourseError, match=r"a whole number.*, not ") as caught:
        train(gan, images, **{"steps": 2, "batch_size": BATCH} | numbers)
    assert "\n" not in str(caught.value)
    assert gan.step == 0
    with pytest.raises(CourseError, match="a whole number"):
        gan.sample(2.0)


@pytest.mark.parametrize("channels", [2, 4])
def test_images_that_a_recorder_cannot_draw_are_refused_before_the_first_step(channels: int) -> None:
    shape = (12, 12, channels)
    images = np.random.default_rng(0).uniform(-1, 1, (20, *shape)).astype("float32")
    gan = GAN(networks.dcgan_generator(shape, 3, 4), networks.dcgan_discriminator(shape, 4))
    gan.compile()
    with pytest.raises(CourseError, match=rf"1 channel.*\(3\).*have {channels}: .*\.\.\., :3"):
        train(gan, images, BATCH, steps=2, callbacks=[Recorder(grid=(1, 2))])
    assert gan.step == 0
    train(gan, images, BATCH, steps=1)  # the networks themselves can take them
    assert gan.step == 1


def test_images_that_the_score_cannot_take_are_refused_before_the_first_step(images) -> None:
    gan = small_gan()
    with pytest.raises(CourseError, match=r"looks at images \(N, 28, 28, 1\)"):
        train(gan, images, BATCH, steps=2, callbacks=[Recorder(grid=(1, 2), score=metrics.frechet_score)])
    assert gan.step == 0


def test_seconds_stop_the_training(images) -> None:
    recorder = Recorder(grid=(1, 1))
    gan = small_gan()
    train(gan, images, BATCH, seconds=0.0, callbacks=[recorder])
    assert gan.step == 4  # one look, and the time was over


@pytest.mark.parametrize("options", [{"grid": (0, 3)}, {"grid": (2, 2), "frames": 0}])
def test_recorder_without_room_for_a_picture_is_refused(options: dict) -> None:
    with pytest.raises(CourseError, match="a whole number from 1 on, not 0"):
        Recorder(**options)
    with pytest.raises(CourseError, match=r"a whole number from 1 on, not 2\.0"):
        Recorder(frames=2.0)


def test_recorder_does_not_go_on_with_another_grid_or_score(images) -> None:
    recorder = Recorder(grid=(2, 3))
    train(small_gan(), images, BATCH, steps=4, callbacks=[recorder])
    with pytest.raises(CourseError, match=r"6 images in a frame.*1 x 2 has 2"):
        Recorder(grid=(1, 2)).restore(recorder.state())
    with pytest.raises(CourseError, match="no column kernel_distance"):
        Recorder(grid=(2, 3), score_name="kernel_distance").restore(recorder.state())
