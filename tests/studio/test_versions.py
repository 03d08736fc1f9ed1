"""Versions of a generator: what is saved comes back, what is damaged is named, and the last good one is never lost."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models import sprites
from course_lib.models.sampling import generate
from course_lib.studio import versions as module
from course_lib.studio.versions import Versions


def generator(seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((2,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Reshape((2, 2, 1))]
    return keras.Sequential(layers)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    """Three of them, the last current."""
    found = Versions(tmp_path / "studio" / "garments")
    for seed in (1, 2, 3):
        found.save(generator(seed), report={"frechet_distance": 2.5 / seed}, note=f"seed {seed}")
    return found


def drawn(network: keras.Model) -> np.ndarray:
    return generate(network, np.random.default_rng(0).standard_normal((5, 2)))


def is_version(network: keras.Model, seed: int) -> bool:
    return np.array_equal(drawn(network), drawn(generator(seed)))


def damage(versions: Versions, number: int, name: str = module.MODEL) -> None:
    path = versions.folder / f"v{number:04d}" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_what_was_saved_comes_back_with_its_report(versions) -> None:
    assert [version.number for version in versions.all()] == versions.numbers() == [1, 2, 3]
    assert [version.is_current for version in versions.all()] == [False, False, True]
    assert versions.current().report == {"frechet_distance": 2.5 / 3} and versions.current().note == "seed 3"
    assert is_version(versions.load(), 3) and is_version(versions.load(1), 1)
    again = Versions(versions.folder)
    assert again.all() == versions.all() and str(again.all()[2]).startswith("version 3 (current), 20")


def test_a_generator_of_the_course_that_is_told_a_kind(tmp_path) -> None:
    kept, latents = Versions(tmp_path), np.random.default_rng(1).standard_normal((4, 16))
    trained = sprites.generator()
    kept.save(trained)
    assert np.array_equal(
        generate(kept.load(), latents, np.arange(4)), generate(trained, latents, np.arange(4))
    )


def test_going_back_and_forward_deletes_nothing(versions) -> None:
    assert versions.go_back().number == 2 and is_version(versions.load(), 2)
    assert versions.go_back().number == 1 and versions.current().is_current
    with pytest.raises(CourseError, match="no whole version before"):
        versions.go_back()
    assert versions.current().number == 1
    assert versions.go_back(3).number == 3 and is_version(versions.load(), 3)
    versions.go_back(1)
    assert versions.save(generator(4)).number == 4 and versions.current().number == 4


@pytest.mark.parametrize("name", [module.MODEL, module.CARD, module.SUMS])
def test_a_flipped_bit_is_noticed_and_the_version_refused_by_name(versions, name) -> None:
    damage(versions, 3, name)
    with pytest.raises(CourseError, match=r"Version 3 in .* is damaged, .*: go back to 1, 2\.$"):
        versions.load()
    assert str(versions.current()).startswith("version 3 (current): damaged, ")
    damage(versions, 2, name)
    with pytest.raises(CourseError, match="Version 2 in"):
        versions.go_back(2)
    assert versions.current().number == 3
    assert versions.go_back().number == 1 and is_version(versions.load(), 1)


@pytest.mark.parametrize("name", [module.MODEL, module.CARD, module.SUMS])
def test_a_missing_file_is_noticed(versions, name) -> None:
    (versions.folder / "v0003" / name).unlink()
    with pytest.raises(CourseError, match=f"{name} cannot be read"):
        versions.load(3)


def test_checksums_are_those_of_sha256sum(versions) -> None:
    folder = versions.folder / "v0002"
    lines = (folder / module.SUMS).read_text().splitlines()
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert len(lines) == 2
    assert subprocess.run(["sha256sum", "-c", module.SUMS], cwd=folder, capture_output=True).returncode == 0


@pytest.mark.parametrize("at", ["the model", "the checksums", "the name"])
def test_a_save_that_fails_leaves_everything_as_it_was(versions, monkeypatch, at) -> None:
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = {path: path.read_bytes() for path in versions.folder.rglob("*") if path.is_file()}
    if at == "the model":
        monkeypatch.setattr(keras.Model, "save", fail)
    elif at == "the checksums":
        monkeypatch.setattr(module, "_sha256_of", fail)
    else:
        monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(CourseError, match=r"No space left on device\. Those before it are as they were"):
        versions.save(generator(4))
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in versions.folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in versions.folder.iterdir() if path.name.startswith(".")] == []
    assert is_version(versions.load(), 3)


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder")
def test_a_version_has_its_name_on_the_disk_before_current_points_to_it(
    versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss of power may undo a rename that no one waited for, and leave a pointer to nothing."""
    seen = []

    def noted(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            seen.append(((versions.folder / "v0004").is_dir(), (versions.folder / "current").read_text()))
        fsync(descriptor)

    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", noted)
    versions.save(generator(4))
    assert seen == [(True, "v0003\n")]


def test_whoever_is_killed_before_the_name_changes_leaves_the_version_before_in_use(
    versions, monkeypatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(number: int) -> None:
        raise Killed

    monkeypatch.setattr(versions, "_point_to", kill)
    with pytest.raises(Killed):
        versions.save(generator(4))
    again = Versions(versions.folder)
    assert again.numbers() == [1, 2, 3, 4] and again.current().number == 3 and is_version(again.load(), 3)


def test_two_who_save_at_once_get_two_numbers(versions, monkeypatch) -> None:
    monkeypatch.setattr(versions, "numbers", lambda: [1])  # as looked at before the other had saved
    assert versions.save(generator(5)).number == 4
    assert is_version(Versions(versions.folder).load(2), 2)


def test_a_damaged_name_of_the_current_one_is_said(versions) -> None:
    for text in ("v0009\n", "\xff", "", "../v0001"):
        (versions.folder / module.CURRENT).write_text(text, encoding="latin1")
        with pytest.raises(CourseError, match="names no version that is there: go back to one of 1, 2, 3"):
            versions.load()
    assert versions.go_back(2).number == 2 and is_version(versions.load(), 2)


def test_pruning_keeps_the_current_and_the_newest_whole_ones(versions) -> None:
    for seed in (4, 5, 6):
        versions.save(generator(seed))
    damage(versions, 6)
    damage(versions, 4)
    damage(versions, 2)
    versions.go_back(1)
    (versions.folder / ".123.version").mkdir()
    assert versions.prune(keep=2) == [2]  # 3 and 5 are whole, 1 is in use, 6 is newer
    assert versions.numbers() == [1, 3, 4, 5, 6] and not list(versions.folder.glob(".*"))
    assert versions.go_back(5).number == 5
    assert versions.prune(keep=1) == [1, 3, 4] and is_version(versions.load(), 5)
    damage(versions, 5)
    assert versions.prune(keep=1) == [] and versions.numbers() == [5, 6]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda kept: kept.load(9), "There is no version 9 in .*: there are 1, 2, 3"),
        (lambda kept: kept.load(True), "number is which version"),
        (lambda kept: kept.load("1"), "number is which version"),
        (lambda kept: kept.go_back(0), "number is which version"),
        (lambda kept: kept.prune(0), "keep is how many"),
        (lambda kept: kept.save("generator"), "not of a str"),
        (lambda kept: kept.save(generator(1), note=3), "note is a line"),
        (lambda kept: kept.save(generator(1), report={"score": float("nan")}), "A report is a dict"),
        (lambda kept: kept.save(generator(1), report={"score": np.float32(1)}), "A report is a dict"),
        (lambda kept: kept.save(generator(1), report=[1]), "A report is a dict"),
        (lambda kept: Versions(kept.folder / "none").load(), "There is no version in .*none yet"),
        (lambda kept: Versions(kept.folder / "none").load(1), "there is none yet"),
        (lambda kept: Versions(kept.folder / "none").go_back(), "no whole version before"),
        (lambda kept: Versions(kept.folder / "current").save(generator(1)), "Cannot write a version"),
        (lambda kept: Versions("a\0b"), "A folder for versions is wanted"),
        (lambda kept: Versions(None), "A folder for versions is wanted"),
    ],
)
def test_odd_input_is_named_in_one_line(versions, call, said) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call(versions)
    assert "\n" not in str(raised.value) and versions.numbers() == [1, 2, 3]
