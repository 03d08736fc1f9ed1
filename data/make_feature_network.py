"""Train the small network whose features the scores are computed in, and measure the two ends of each score.

    python data/make_feature_network.py fashion_mnist      3 to 4 minutes on two cores
    python data/make_feature_network.py emoji              1 to 2 minutes

Writes data/pretrained/NAME_features.npz (weights, features of the test images) and NAME_features.json (how it was
trained, test accuracy, score scale), and puts their SHA-256 into data/SHA256SUMS and data/README.md. The same
versions on the same kind of processor give the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

from course_lib import datasets  # noqa: E402
from course_lib.datasets import bundled  # noqa: E402
from course_lib.files import replacing  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402

SEED = 1
BATCH_SIZE = 128
EPOCHS = {"fashion_mnist": 8, "emoji": 100}
SCORES = {"fashion_mnist": ("frechet", (1000, 2000, 5000, 10000)), "emoji": ("kernel", (500, 1000))}


def train(data: datasets.Dataset, epochs: int) -> keras.Model:
    """Cross-entropy with AdamW, the learning rate falling to 0 along a cosine.

    The few emoji are shifted and flipped at random; the many garments need no such help.
    """
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    network = features.build(data.image_shape, len(data.class_names))
    images = augmented = keras.Input(data.image_shape)
    if data.name == "emoji":
        augmented = layers.RandomTranslation(0.08, 0.08, "nearest", seed=SEED)(augmented)
        augmented = layers.RandomFlip("horizontal", seed=SEED)(augmented)
    classifier = keras.Model(images, network(augmented)[1])
    steps_per_epoch = len(data.images_train) // BATCH_SIZE
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, epochs * steps_per_epoch)
    classifier.compile(
        keras.optimizers.AdamW(schedule, weight_decay=1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    batches = datasets.batches(data.images_train, BATCH_SIZE, seed=SEED, labels=data.labels_train)
    classifier.fit(batches, steps_per_epoch=steps_per_epoch, epochs=epochs, shuffle=False, verbose=2)
    return network


def scale(network: features.FeatureNetwork, data: datasets.Dataset) -> list[dict]:
    """What `count` real training images and `count` pictures of uniform noise score against the test images."""
    kind, counts = SCORES[data.name]
    generator = np.random.default_rng(SEED)
    order = generator.permutation(len(data.images_train))
    rows = []
    for count in counts:
        noise = generator.uniform(-1, 1, (count, *data.image_shape)).astype("float32")
        row = {"score": kind, "count": count}
        for name, images in (("real", data.images_train[order[:count]]), ("noise", noise)):
            found = network.features(images)
            if kind == "frechet":
                row[name] = metrics.frechet_from_statistics(
                    *metrics.statistics(found), *metrics.statistics(network.test_features)
                )
            else:
                row[name] = metrics.kernel_distance(found, network.test_features)
        print(row, flush=True)
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", choices=features.NAMES)
    name = parser.parse_args().dataset

    data = datasets.load(name)
    network = train(data, EPOCHS[name])
    trained = features.FeatureNetwork(network, np.zeros((2, features.SIZE), "float32"), {})
    accuracy = float(np.mean(trained.classes(data.images_test) == data.labels_test))
    print(f"test accuracy {accuracy:.4f}")

    # Half precision: the rounding, one part in 2,000, is far below what another choice of images changes.
    test_features = trained.features(data.images_test).astype("float16")
    weights = {f"weight_{index:02}": weight for index, weight in enumerate(network.get_weights())}
    archive = io.BytesIO()
    np.savez_compressed(archive, test_features=test_features, **weights)
    trained.test_features = test_features.astype("float32")
    report = {
        "dataset": name,
        "image_shape": data.image_shape,
        "classes": len(data.class_names),
        "parameters": network.count_params(),
        "epochs": EPOCHS[name],
        "batch_size": BATCH_SIZE,
        "seed": SEED,
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
        "test_images": len(data.images_test),
        "test_accuracy": round(accuracy, 4),
        "score_scale": scale(trained, data),
    }
    publish(f"pretrained/{name}_features.npz", archive.getvalue())
    publish(f"pretrained/{name}_features.json", (json.dumps(report, indent=2) + "\n").encode())


def publish(name: str, content: bytes) -> None:
    """Write data/NAME and put its SHA-256 into the list and into the README's copy of the list.

    Ctrl-C waits until all three are written: a file without its checksum would be taken for a damaged one.
    """
    sums, readme = bundled.DATA / bundled.SUMS, bundled.DATA / "README.md"
    known = bundled.checksums() | {name: hashlib.sha256(content).hexdigest()}
    lines = "".join(f"{known[key]}  {key}\n" for key in sorted(known))
    page, replaced = re.subn(
        r"(?<=```\n)([0-9a-f]{64}  .*\n)+(?=```)", lines, readme.read_text(encoding="utf-8")
    )
    assert replaced == 1, "data/README.md has lost its list of checksums"
    with _ctrl_c_waits():
        _write(bundled.DATA / name, content)
        _write(sums, lines.encode())
        _write(readme, page.encode())
    print(f"{known[name]}  {name} ({len(content):,} bytes)")


def publish_generator(name: str, weights: list[np.ndarray], report: dict[str, Any]) -> None:
    """Publish a generator's weights, in half precision, and how they came about, with the versions that made them."""
    halves = {f"weight_{index:02}": weight.astype("float16") for index, weight in enumerate(weights)}
    assert all(np.isfinite(weight).all() for weight in halves.values()), "too large for half precision"
    archive = io.BytesIO()
    np.savez_compressed(archive, **halves)
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
    publish(f"{name}.npz", archive.getvalue())
    publish(f"{name}.json", (json.dumps({**report, "versions": versions}, indent=2) + "\n").encode())


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Ctrl-C within takes effect at the end."""
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def _write(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


if __name__ == "__main__":
    main()
