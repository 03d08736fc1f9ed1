"""The course's images: loaded from `data/`, checked, scaled to [-1, 1] and cut into batches.

    data = load("fashion_mnist")
    for images in batches(data.images_train, batch_size=64):
        ...

Fashion-MNIST and the emoji come with the repository and need no network. Every bundled file is compared
with its SHA-256 in `data/SHA256SUMS` as it is read, so a damaged file is named at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from course_lib import CourseError
from course_lib.datasets.bundled import read_idx, read_verified
from course_lib.datasets.checking import check_batch_size, check_whole

if TYPE_CHECKING:  # TensorFlow takes seconds to import, so only `batches` does it
    import tensorflow as tf


FASHION_CLASSES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
EMOJI_COLUMNS, EMOJI_SIZE = 40, 32
EMOJI_HOLD_OUT = 10


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images with their labels, in a training and a test part.

    images_train, images_test: float32 in [-1, 1], shape (N, height, width, channels).
    labels_train, labels_test: int32, shape (N,), each an index into `class_names`.
    """

    name: str
    images_train: np.ndarray
    labels_train: np.ndarray
    images_test: np.ndarray
    labels_test: np.ndarray
    class_names: tuple[str, ...]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of one image."""
        return self.images_train.shape[1:]

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.image_shape))
        return (
            f"<Dataset {self.name}: {len(self.images_train):,} training and {len(self.images_test):,} test "
            f"images of {size}, {len(self.class_names)} classes>"
        )


def load(name: str) -> Dataset:
    """Load one of `NAMES`: "fashion_mnist" and "emoji" from `data/`, "mnist" and "cifar10" from the internet.

    Raises CourseError, in one line, for an unknown name, a damaged or missing file, or a failed download.
    """
    if name not in _LOADERS:
        raise CourseError(f"There is no dataset {name!r}; choose one of {', '.join(NAMES)}.")
    return _LOADERS[name]()


def batches(
    images: np.ndarray,
    batch_size: int,
    seed: int = 0,
    start_step: int = 0,
    labels: np.ndarray | None = None,
) -> tf.data.Dataset:
    """An endless tf.data.Dataset of shuffled batches, wholly determined by `seed` and the step.

    Epoch e goes through `images` in the order of a permutation drawn from the seed (seed, e). Every batch is
    full: what is left at an epoch's end, up to `batch_size` - 1 images, waits for the next permutation. Batch
    number k is the same whether the run began at step 0 or resumed at `start_step` = k.

    images: array (N, ...); labels: array (N,) or (N, ...). Both are copied, so what happens to them later does
    not matter; images made of 8-bit pixels are kept as such, in a quarter of the memory, to the same effect.
    Yields tensors (batch_size, ...), or pairs of them (images, labels) if labels are given.
    Raises CourseError if there are fewer images than a batch holds, if images and labels differ in number, or if a
    number is not whole.
    """
    import tensorflow as tf

    steps_per_epoch = check_batch_size(len(images), batch_size)
    if labels is not None and len(labels) != len(images):
        raise CourseError(
            f"There are {len(images):,} images but {len(labels):,} labels; give one label per image."
        )
    check_whole("start_step", "how many steps are done already", start_step, 0)
    check_whole("seed", "what the random numbers follow from", seed)

    def epoch_rows(epoch: tf.Tensor) -> tf.data.Dataset:
        """The epoch's permutation, cut into rows of `batch_size` indices."""
        seeds = tf.stack([tf.constant(seed, tf.int64), epoch])
        order = tf.random.experimental.stateless_shuffle(tf.range(len(images)), seed=seeds, alg="philox")
        rows = tf.reshape(order[: steps_per_epoch * batch_size], (steps_per_epoch, batch_size))
        return tf.data.Dataset.from_tensor_slices(rows)

    pixels = _as_pixels(images)
    with tf.device("CPU"):
        stored = tf.convert_to_tensor(images if pixels is None else pixels)
        half_range = tf.constant(127.5)  # out here, where no rewriting can turn the division into a product
        stored_labels = None if labels is None else tf.convert_to_tensor(labels)
    first_epoch, skipped_rows = divmod(start_step, steps_per_epoch)
    rows = tf.data.Dataset.counter(start=first_epoch).flat_map(epoch_rows).skip(skipped_rows)

    def gather(row: tf.Tensor) -> tf.Tensor | tuple[tf.Tensor, tf.Tensor]:
        batch = tf.gather(stored, row)
        if pixels is not None:
            batch = tf.cast(batch, tf.float32) / half_range - 1
        return batch if labels is None else (batch, tf.gather(stored_labels, row))

    # Only indices are shuffled and skipped; an image is touched when its batch is gathered.
    return rows.map(gather).prefetch(2)


def scale(pixels: np.ndarray) -> np.ndarray:
    """uint8 pixels 0..255 to float32 in [-1, 1], in place after one copy: no float64 temporaries."""
    images = pixels.astype("float32")
    images /= 127.5
    images -= 1
    return images


def _load_fashion_mnist() -> Dataset:
    def part(prefix: str) -> tuple[np.ndarray, np.ndarray]:
        images = read_idx(f"fashion_mnist/{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(f"fashion_mnist/{prefix}-labels-idx1-ubyte.gz")
        return scale(images[..., np.newaxis]), labels.astype("int32")

    return Dataset("fashion_mnist", *part("train"), *part("t10k"), FASHION_CLASSES)


def _load_emoji() -> Dataset:
    """The sprite sheet cut up. Emoji have no official test part: every tenth one is held out.

    The sheet is sorted by group and subgroup, so every tenth is a fair share of each, with no random numbers.
    """
    from PIL import Image

    table = list(csv.DictReader(io.StringIO(read_verified("emoji/emoji.csv").decode("utf-8"))))
    sheet = np.asarray(Image.open(io.BytesIO(read_verified("emoji/emoji_32.png"))).convert("RGB"))
    tiles = sheet.reshape(-1, EMOJI_SIZE, EMOJI_COLUMNS, EMOJI_SIZE, 3).swapaxes(1, 2)
    images = scale(tiles.reshape(-1, EMOJI_SIZE, EMOJI_SIZE, 3)[: len(table)])
    groups = sorted({row["group"] for row in table})
    labels = np.array([groups.index(row["group"]) for row in table], "int32")
    test = np.arange(len(table)) % EMOJI_HOLD_OUT == EMOJI_HOLD_OUT - 1
    return Dataset("emoji", images[~test], labels[~test], images[test], labels[test], tuple(groups))


def _load_online(name: str, class_names: tuple[str, ...]) -> Dataset:
    import keras

    try:
        (images_train, labels_train), (images_test, labels_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras wraps what went wrong in a bare Exception
        reason = " ".join(str(error).split())
        raise CourseError(
            f"{name} is downloaded on first use, and that failed ({reason}); "
            f"check the network, or use a bundled dataset: {', '.join(BUNDLED)}."
        ) from error
    return Dataset(
        name,
        scale(images_train.reshape(len(images_train), *images_train.shape[1:3], -1)),
        labels_train.reshape(-1).astype("int32"),
        scale(images_test.reshape(len(images_test), *images_test.shape[1:3], -1)),
        labels_test.reshape(-1).astype("int32"),
        class_names,
    )


_LOADERS: dict[str, Callable[[], Dataset]] = {
    "fashion_mnist": _load_fashion_mnist,
    "emoji": _load_emoji,
    "mnist": lambda: _load_online("mnist", tuple("0123456789")),
    "cifar10": lambda: _load_online("cifar10", CIFAR10_CLASSES),
}
NAMES = tuple(_LOADERS)
BUNDLED = ("fashion_mnist", "emoji")


def _as_pixels(images: np.ndarray) -> np.ndarray | None:
    """The uint8 pixels that `scale` turns into exactly these images; None if there are none.

    TensorFlow needs twice a tensor's size while it copies an array. For Fashion-MNIST that is 380 MB of the 2 GB
    Binder gives, and 94 MB for the pixels.
    """
    if not isinstance(images, np.ndarray) or images.dtype != np.float32:
        return None
    pixels = np.empty(images.shape, "uint8")
    for start in range(0, len(images), 4096):  # in pieces, to keep the temporary arrays small
        part = images[start : start + 4096]
        if not (np.abs(part) <= 1).all():
            return None
        pixels[start : start + 4096] = np.rint((part + 1) * np.float32(127.5))
        if not np.array_equal(scale(pixels[start : start + 4096]), part):
            return None
    return pixels
