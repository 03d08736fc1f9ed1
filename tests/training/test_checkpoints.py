import errno
import os
import random
from pathlib import Path

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models.gan import GAN
from course_lib.models.networks import dcgan_discriminator, dcgan_generator
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train
from tests.training.small_gan import BATCH, SHAPE, assert_same, small_gan, state_of


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
    with pytest.raises(
        CourseError, match=r"other networks.*generator/000 has shape \(3, .*\) there and \(3, "
    ):
        checkpoint.restore(small_gan(width=6))
    other_latents = GAN(dcgan_generator(SHAPE, latent_size=5, width=4), dcgan_discriminator(SHAPE, width=4))
    other_latents.compile()
    with pytest.raises(CourseError, match=r"shape \(3, .*\) there and \(5, .*\) here"):
        checkpoint.restore(other_latents)
    not_averaged = GAN(small_gan().generator, small_gan().discriminator, averaging=None)
    not_averaged.compile()
    with pytest.raises(CourseError, match=r"averaged_generator/000 has shape .* there and None here"):
        checkpoint.restore(not_averaged)


def test_settings_are_compared_as_they_are_read(run) -> None:
    gan, recorder, checkpoint = run
    again = [Checkpoint(checkpoint.directory, recorder, settings={"image_shape": SHAPE}) for _ in range(2)]
    again[0].save(gan)
    assert again[1].restore(small_gan()) is not None


def test_no_flipped_byte_goes_unnoticed(run, capsys) -> None:
    """Whichever byte it is: the checkpoint before is taken, or the byte had no meaning."""
    gan, _, checkpoint = run
    newest = checkpoint.paths()[-1]
    content = newest.read_bytes()
    twin = small_gan()
    noticed = 0
    for position in random.Random(0).sample(range(len(content)), 60):
        newest.write_bytes(content[:position] + bytes([content[position] ^ 16]) + content[position + 1 :])
        if checkpoint.restore(twin) == newest:
            assert_same(state_of(gan), state_of(twin))
        else:
            assert twin.step == 8
            noticed += 1
    assert noticed > 40


def test_a_damaged_checkpoint_does_not_count_among_those_kept(run, images) -> None:
    """However far it was: what the resumed run writes outlives it, and two whole ones are left."""
    _, recorder, checkpoint = run
    ahead = checkpoint.directory / "checkpoint-00000100.npz"
    ahead.write_bytes(b"half of an archive")
    checkpoint.paths()[-2].write_bytes(b"and the one of step 12")
    gan = small_gan(steps_per_execution=1)
    again = Checkpoint(checkpoint.directory, recorder, every_seconds=0)
    assert again.restore(gan).name == "checkpoint-00000008.npz"
    train(gan, images, BATCH, steps=8, callbacks=[recorder, again])
    assert ahead.exists()  # as long as there is only one whole one, nothing is deleted
    train(gan, images, BATCH, steps=10, callbacks=[recorder, again])
    assert [path.name for path in again.paths()] == ["checkpoint-00000009.npz", "checkpoint-00000010.npz"]
    for path in again.paths():
        with np.load(path) as archive:
            assert all(archive[name] is not None for name in archive.files)


def test_a_run_in_a_folder_with_checkpoints_that_are_further_keeps_its_own(run, images) -> None:
    """It once deleted each of its own as it was written, because others had a larger number."""
    _, _, checkpoint = run
    recorder = Recorder(grid=(2, 2))
    afresh = Checkpoint(checkpoint.directory, recorder, every_seconds=0)
    train(small_gan(steps_per_execution=1), images, BATCH, steps=3, callbacks=[recorder, afresh])
    steps = [int(path.stem.split("-")[1]) for path in afresh.paths()]
    assert steps == [2, 3, 8, 12]  # those of another run are not its to delete


def test_where_there_is_no_earlier_checkpoint_none_is_promised(tmp_path, images, monkeypatch) -> None:
    def full(*_args) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    recorder = Recorder(grid=(2, 2))
    with pytest.raises(CourseError, match=r"no earlier one; make room and start again\.$"):
        train(small_gan(), images, BATCH, steps=4, callbacks=[recorder, Checkpoint(tmp_path, recorder)])
    monkeypatch.undo()
    checkpoint = Checkpoint(tmp_path, recorder)
    checkpoint.save(small_gan())
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CourseError, match=r"one before it is whole; make room and resume\.$"):
        checkpoint.save(small_gan())


def test_a_folder_in_which_nothing_can_be_written_is_not_called_full(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    gan, recorder = small_gan(), Recorder(grid=(2, 2))
    with pytest.raises(CourseError, match=r"(exists|directory).*no earlier one; mend this and start again"):
        Checkpoint(tmp_path / "file", recorder).save(gan)


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


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has /dev/full, a disk that is always full"
)
def test_a_disk_that_is_really_full(run) -> None:
    gan, _, checkpoint = run
    before = {path: path.read_bytes() for path in checkpoint.paths()}
    newest = checkpoint.paths()[-1]
    (checkpoint.directory / f".{os.getpid()}.{newest.name}").symlink_to("/dev/full")  # the temporary file
    with pytest.raises(CourseError, match="the disk is full") as caught:
        checkpoint.save(gan)
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in checkpoint.paths()} == before
    assert not list(checkpoint.directory.glob(".*"))
