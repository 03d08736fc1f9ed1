import errno
import os

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.checkpoints import Checkpoint
from course_lib.training import Recorder, train

from .test_training import BATCH, assert_same, small_gan, state_of


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (50, 12, 12, 1)).astype("float32")


@pytest.fixture
def run(images, tmp_path):
    """A run of eight steps, saved at every look."""
    gan, recorder = small_gan(), Recorder(grid=(2, 2))
    checkpoint = Checkpoint(tmp_path, recorder, settings={"batch_size": BATCH}, every_seconds=0)
    train(gan, images, BATCH, steps=12, callbacks=[recorder, checkpoint])
    return gan, recorder, checkpoint


def test_only_the_newest_two_are_kept(run) -> None:
    _, _, checkpoint = run
    assert [path.name for path in checkpoint.paths()] == [
        "checkpoint-00000008.npz",
        "checkpoint-00000012.npz",
    ]
    assert not list(checkpoint.directory.glob(".*"))


def test_round_trip_gives_back_everything(run) -> None:
    gan, recorder, checkpoint = run
    twin, other = small_gan(seed=5), Recorder(grid=(2, 2))
    Checkpoint(checkpoint.directory, other).restore(twin)
    assert_same(state_of(gan), state_of(twin))
    assert twin.step == 12
    for name, values in recorder.history.items():
        np.testing.assert_array_equal(values, other.history[name], err_msg=name)
    assert other.frame_steps == recorder.frame_steps
    np.testing.assert_array_equal(other.frames, recorder.frames)
    np.testing.assert_array_equal(gan.latents(3), twin.latents(3))


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty"])
def test_damaged_checkpoint_is_named_and_the_one_before_it_used(run, damage: str, capsys) -> None:
    _, _, checkpoint = run
    newest = checkpoint.paths()[-1]
    content = bytearray(newest.read_bytes())
    if damage == "truncate":
        content = content[: len(content) // 2]
    elif damage == "flip":
        content[len(content) // 2] ^= 255
    else:
        content = b""
    newest.write_bytes(content)
    gan = small_gan()
    assert checkpoint.restore(gan) == checkpoint.paths()[0]
    assert gan.step == 8
    assert newest.name in capsys.readouterr().out


def test_all_damaged_says_so(run) -> None:
    _, _, checkpoint = run
    for path in checkpoint.paths():
        path.write_bytes(b"not an archive")
    with pytest.raises(CourseError, match="Every checkpoint in"):
        checkpoint.restore(small_gan())


def test_nothing_there_is_no_error(tmp_path) -> None:
    assert Checkpoint(tmp_path / "none", Recorder()).restore(small_gan()) is None


def test_other_settings_or_networks_are_refused(run) -> None:
    _, recorder, checkpoint = run
    with pytest.raises(CourseError, match=r"batch_size = 8.*asks for 16"):
        Checkpoint(checkpoint.directory, recorder, settings={"batch_size": 16}).restore(small_gan())
    with pytest.raises(CourseError, match="other networks"):
        checkpoint.restore(small_gan(width=6))


def test_full_disk_is_one_line_and_leaves_the_last_checkpoint(run, monkeypatch) -> None:
    gan, _, checkpoint = run
    before = {path: path.read_bytes() for path in checkpoint.paths()}

    def full(*_args) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)  # where a full disk shows itself at the latest
    with pytest.raises(CourseError, match="the disk is full"):
        checkpoint.save(gan)
    assert {path: path.read_bytes() for path in checkpoint.paths()} == before
    assert not list(checkpoint.directory.glob(".*"))
