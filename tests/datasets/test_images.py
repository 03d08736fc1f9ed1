"""Loading with checksums, checks of the images, and batches that depend on the seed and the step alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import ROOT, CourseError, datasets
from course_lib.datasets import bundled
from course_lib.files import how_to_restore


@pytest.fixture(scope="module")
def fashion() -> datasets.Dataset:
    return datasets.load("fashion_mnist")


@pytest.fixture(scope="module")
def emoji() -> datasets.Dataset:
    return datasets.load("emoji")


@pytest.fixture
def copied_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small data files, to damage."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "emoji", folder / "emoji")
    names = ("emoji/emoji.csv", "emoji/emoji_32.png")
    sums = bundled.checksums()
    (folder / "SHA256SUMS").write_text("".join(f"{sums[name]}  {name}\n" for name in names))
    monkeypatch.setattr(bundled, "DATA", folder)
    return folder


def test_fashion_mnist_has_the_published_sizes_and_classes(fashion: datasets.Dataset) -> None:
    assert fashion.images_train.shape == (60_000, 28, 28, 1)
    assert fashion.images_test.shape == (10_000, 28, 28, 1)
    assert fashion.image_shape == (28, 28, 1)
    assert np.bincount(fashion.labels_train).tolist() == [6000] * 10
    assert np.bincount(fashion.labels_test).tolist() == [1000] * 10
    assert fashion.class_names[fashion.labels_train[0]] == "Ankle boot"
    # 0.2860 is the mean pixel in [0, 1] with which the literature normalises Fashion-MNIST.
    assert (fashion.images_train.mean() + 1) / 2 == pytest.approx(0.2860, abs=1e-4)


def test_emoji_are_cut_from_the_sheet_in_order(emoji: datasets.Dataset) -> None:
    assert emoji.images_train.shape == (1235, 32, 32, 3)
    assert emoji.images_test.shape == (137, 32, 32, 3)
    assert len(emoji.class_names) == 8
    assert emoji.class_names[emoji.labels_train[0]] == "Activities"  # the artist palette
    from PIL import Image

    sheet = Image.open(ROOT / "data" / "emoji" / "emoji_32.png")
    # Picture 49 is the fifth to be held out: row 1, column 9 of the sheet.
    expected = np.asarray(sheet.crop((9 * 32, 32, 10 * 32, 64)), "float32") / 127.5 - 1
    np.testing.assert_array_equal(emoji.images_test[4], expected)
    # Every group is in both parts, in nearly the same share.
    shares = [np.bincount(part, minlength=8) / len(part) for part in (emoji.labels_train, emoji.labels_test)]
    np.testing.assert_allclose(*shares, atol=0.01)


def test_images_are_float32_from_minus_one_to_one(fashion: datasets.Dataset, emoji: datasets.Dataset) -> None:
    for data in (fashion, emoji):
        for images, labels in ((data.images_train, data.labels_train), (data.images_test, data.labels_test)):
            assert images.dtype == np.float32
            assert labels.dtype == np.int32
            assert (images.min(), images.max()) == (-1, 1)
            datasets.check_images(images)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"no dataset .celeba.;.*fashion_mnist, emoji, mnist, cifar10"):
        datasets.load("celeba")


def test_the_bundled_data_are_whole() -> None:
    assert datasets.verify() == []


def test_every_bundled_file_has_a_checksum_and_the_readme_repeats_it() -> None:
    here = {
        path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").rglob("*") if path.is_file()
    }
    sums = bundled.checksums()
    described = {
        name
        for name in here
        if Path(name).suffix in (".gz", ".png", ".webp", ".csv", ".npz", ".json", ".jsonl")
    }
    assert described == set(sums)
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\b([0-9a-f]{64})  (\S+)", readme)) == {
        (digest, name) for name, digest in sums.items()
    }


def test_a_damaged_file_is_named_with_its_mend(copied_data: Path) -> None:
    path = copied_data / "emoji" / "emoji_32.png"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CourseError) as caught:
        datasets.load("emoji")
    message = str(caught.value)
    assert "data/emoji/emoji_32.png is damaged" in message
    assert message.endswith(f"; {how_to_restore('data/emoji/emoji_32.png')}.")
    assert "\n" not in message
    assert datasets.verify() == [message]


def test_a_missing_file_is_named_with_its_mend(copied_data: Path) -> None:
    (copied_data / "emoji" / "emoji.csv").unlink()
    with pytest.raises(CourseError) as caught:
        datasets.load("emoji")
    assert str(caught.value) == f"data/emoji/emoji.csv is missing; {how_to_restore('data/emoji/emoji.csv')}."
    assert len(datasets.verify()) == 1


def test_a_missing_or_damaged_list_of_checksums_is_one_problem(copied_data: Path) -> None:
    (copied_data / "SHA256SUMS").write_bytes(b"\xff\x00 half\nnonsense\n")
    (problem,) = datasets.verify()
    assert "data/SHA256SUMS is damaged" in problem
    (copied_data / "SHA256SUMS").unlink()
    (problem,) = datasets.verify()
    assert "data/SHA256SUMS is missing" in problem


@pytest.mark.slow
def test_online_datasets_without_network_fail_in_one_line_each(tmp_path: Path) -> None:
    # A proxy that refuses every connection, and an empty cache, stand for a machine without network.
    program = """
from course_lib import CourseError, datasets
for name in ("mnist", "cifar10"):
    try:
        datasets.load(name)
    except CourseError as error:
        print("CourseError:", error)
"""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = os.environ | nowhere | {"KERAS_HOME": str(tmp_path), "no_proxy": "", "NO_PROXY": ""}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    lines = [line for line in run.stdout.splitlines() if "CourseError" in line]
    assert [line.split()[1] for line in lines] == ["mnist", "cifar10"]
    assert all("fashion_mnist, emoji" in line for line in lines)
    assert "Traceback" not in run.stdout


def take(dataset, count: int) -> list:
    return [np.asarray(batch) for batch in dataset.take(count)]


@given(count=st.integers(1, 40), batch_size=st.integers(1, 12), seed=st.integers(0, 2**31))
@settings(max_examples=8, deadline=None)
def test_every_epoch_is_a_permutation(count: int, batch_size: int, seed: int) -> None:
    numbers = np.arange(count)
    if count < batch_size:
        with pytest.raises(CourseError, match=rf"{batch_size}.* {count} images"):
            datasets.batches(numbers, batch_size)
        return
    steps = count // batch_size
    batches = take(datasets.batches(numbers, batch_size, seed=seed), 3 * steps)
    for epoch in range(3):
        seen = np.concatenate(batches[epoch * steps : (epoch + 1) * steps])
        assert len(seen) == steps * batch_size
        assert len(np.unique(seen)) == len(seen)


@given(start=st.integers(0, 25), seed=st.integers(0, 1000))
@settings(max_examples=8, deadline=None)
def test_resuming_gives_the_same_batches(start: int, seed: int) -> None:
    numbers = np.arange(23)
    whole = take(datasets.batches(numbers, 5, seed=seed), start + 6)
    resumed = take(datasets.batches(numbers, 5, seed=seed, start_step=start), 6)
    np.testing.assert_array_equal(whole[start:], resumed)


def test_seeds_and_epochs_differ() -> None:
    numbers = np.arange(1000)
    first, second = take(datasets.batches(numbers, 1000, seed=1), 2)
    (other,) = take(datasets.batches(numbers, 1000, seed=2), 1)
    assert (first != second).mean() > 0.9
    assert (first != other).mean() > 0.9


def test_labels_stay_with_their_images(fashion: datasets.Dataset) -> None:
    images, labels = fashion.images_test[:200], fashion.labels_test[:200]
    label_of = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    for image_batch, label_batch in datasets.batches(images, 32, labels=labels).take(7):
        # known before it runs, so compiled steps need no retracing
        assert image_batch.shape == (32, 28, 28, 1)
        assert [label_of[image.tobytes()] for image in image_batch.numpy()] == label_batch.numpy().tolist()
    with pytest.raises(CourseError, match="200 images but 199 labels"):
        datasets.batches(images, 32, labels=labels[:-1])


def test_batches_hold_exactly_the_images_given(fashion: datasets.Dataset, emoji: datasets.Dataset) -> None:
    # 8-bit pixels are stored as such; other numbers must come through untouched as well.
    odd = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    for images in (fashion.images_test[:512], emoji.images_test, odd, odd.astype("float64")):
        (batch,) = take(datasets.batches(images, len(images)), 1)
        assert batch.dtype == images.dtype
        assert sorted(x.tobytes() for x in batch) == sorted(x.tobytes() for x in images)


def test_every_pixel_value_survives_the_way_through_8_bits() -> None:
    images = np.arange(256, dtype="float32").reshape(-1, 1) / np.float32(127.5) - np.float32(1)
    (batch,) = take(datasets.batches(images, 256), 1)
    np.testing.assert_array_equal(np.sort(batch, axis=0), images)


def test_batches_do_not_change_with_the_array_afterwards() -> None:
    numbers = np.arange(10)
    batches = datasets.batches(numbers, 10)
    numbers[:] = -1
    assert sorted(take(batches, 1)[0]) == list(range(10))


@pytest.mark.parametrize("batch_size", [0, -3])
def test_empty_batches_are_refused(batch_size: int) -> None:
    with pytest.raises(
        CourseError, match=f"how many images a batch holds, a whole number from 1 on, not {batch_size}"
    ):
        datasets.batches(np.arange(5), batch_size)


def test_a_negative_step_is_refused() -> None:
    with pytest.raises(CourseError, match="start_step"):
        datasets.batches(np.arange(5), 2, start_step=-1)


def test_loading_bundled_data_needs_no_tensorflow() -> None:
    program = "import sys; from course_lib import datasets; datasets.load('emoji'); print('tensorflow' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
