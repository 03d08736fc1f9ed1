"""The trained feature networks and the scores computed in them, on real images."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import ROOT, CourseError, datasets
from course_lib.datasets import bundled
from course_lib.scores import features, metrics
from tests import data_scripts

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def fashion() -> datasets.Dataset:
    return datasets.load("fashion_mnist")


@pytest.fixture(scope="module")
def network() -> features.FeatureNetwork:
    return features.load("fashion_mnist")


def test_weights_are_small_and_the_garments_are_named_right(
    network: features.FeatureNetwork, fashion: datasets.Dataset
) -> None:
    assert (ROOT / "data" / "pretrained" / "fashion_mnist_features.npz").stat().st_size < 2_000_000
    sample = slice(None, 4000)
    accuracy = np.mean(network.classes(fashion.images_test[sample]) == fashion.labels_test[sample])
    assert accuracy > 0.9
    assert network.report["test_accuracy"] == pytest.approx(accuracy, abs=0.015)


def test_stored_test_features_are_those_of_the_test_images(
    network: features.FeatureNetwork, fashion: datasets.Dataset
) -> None:
    found = network.features(fashion.images_test[:300])
    assert found.shape == (300, features.SIZE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, network.test_features[:300], rtol=2e-3, atol=2e-3)
    assert len(network.test_features) == 10_000


def test_the_reported_ends_of_the_scale_can_be_measured_again(
    network: features.FeatureNetwork, fashion: datasets.Dataset
) -> None:
    ends = metrics.score_scale("fashion_mnist", 2000)
    assert ends["count"] == 2000
    noise = RNG.uniform(-1, 1, (2000, 28, 28, 1)).astype("float32")
    assert metrics.frechet_score(fashion.images_train[:2000]) == pytest.approx(ends["real"], rel=0.3)
    assert metrics.frechet_score(noise) == pytest.approx(ends["noise"], rel=0.05)


def test_scores_grow_with_the_damage(fashion: datasets.Dataset) -> None:
    images = fashion.images_train[:1000]
    noise = RNG.normal(size=images.shape).astype("float32")
    scores = [metrics.frechet_score(np.clip(images + amount * noise, -1, 1)) for amount in (0, 0.1, 1.0)]
    assert scores == sorted(scores)
    assert scores[1] > 2 * scores[0]
    one_class = fashion.images_train[fashion.labels_train == 8][:1000]
    assert metrics.frechet_score(one_class) > 10 * scores[0]


def test_classes_of_real_images_cover_every_mode(
    network: features.FeatureNetwork, fashion: datasets.Dataset
) -> None:
    assert metrics.modes_covered(network.classes(fashion.images_test[:500]), 10) == 10
    shoes = fashion.images_test[np.isin(fashion.labels_test, (5, 7, 9))][:300]
    assert metrics.modes_covered(network.classes(shoes), 10) <= 4
    np.testing.assert_allclose(network.probabilities(shoes[:9]).sum(axis=1), 1, rtol=1e-5)


def test_precision_and_recall_of_real_images_are_high(
    network: features.FeatureNetwork, fashion: datasets.Dataset
) -> None:
    found = network.features(fashion.images_train[:1000])
    precision, recall = metrics.precision_recall(network.test_features[:1000], found)
    assert min(precision, recall) > 0.7
    few = network.features(fashion.images_train[fashion.labels_train == 1][:1000])
    assert metrics.precision_recall(network.test_features[:1000], few)[1] < 0.3


def test_scale_picks_the_largest_count_not_above() -> None:
    counts = [row["count"] for row in features.load("fashion_mnist").report["score_scale"]]
    assert metrics.score_scale(count=counts[1] + 1)["count"] == counts[1]
    assert metrics.score_scale(count=1)["count"] == counts[0]
    assert metrics.score_scale(count=10**9)["count"] == counts[-1]


def test_misshapen_images_are_refused(network: features.FeatureNetwork) -> None:
    with pytest.raises(CourseError, match=r"\(N, 28, 28, 1\), but got \(2, 32, 32, 3\)"):
        network.features(np.zeros((2, 32, 32, 3)))
    with pytest.raises(CourseError, match="no feature network for 'mnist'"):
        features.load("mnist")


def looks(network: features.FeatureNetwork) -> list:
    return [network.features, network.classes, network.probabilities, metrics.frechet_score]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: ((x + 1) * 127.5).astype("uint8"), r"0\.\.255"),
        (lambda x: (x + 1) * 127.5, r"0\.\.255"),
        (lambda x: 3 * x, "from -3 to 3"),
        (lambda x: np.where(np.arange(x.size).reshape(x.shape) == 5, np.nan, x), "NaN"),
        (lambda x: x.astype(object), "type object"),
        (lambda x: [*x[1:], x[0, :5]], "one shape"),
        (lambda x: np.repeat(x, 2, axis=-1), r"\(N, 28, 28, 1\), but got .*28, 2\)"),
        (lambda x: np.repeat(x, 4, axis=-1), r"\(N, 28, 28, 1\), but got .*28, 4\)"),
    ],
)
def test_images_that_are_none_get_no_score(
    network: features.FeatureNetwork, fashion: datasets.Dataset, spoil, message: str
) -> None:
    for look in looks(network):
        with pytest.raises(CourseError, match=message) as caught:
            look(spoil(fashion.images_test[:1000]))
        assert "\n" not in str(caught.value)


def test_emoji_scores_look_at_their_images_too() -> None:
    pixels = RNG.integers(0, 256, (100, 32, 32, 3), dtype="uint8")
    with pytest.raises(CourseError, match=r"0\.\.255"):
        metrics.kernel_score(pixels)


def test_images_in_0_to_1_are_scored_with_one_warning(recwarn: pytest.WarningsRecorder) -> None:
    """A generator that ends in a sigmoid draws them, so they are suspicious and not certainly wrong."""
    noise = RNG.uniform(0, 1, (1000, 28, 28, 1)).astype("float32")
    assert metrics.frechet_score(noise) > 0
    (warning,) = recwarn.list
    assert "no value below 0" in str(warning.message) and "images * 2 - 1" in str(warning.message)


def test_ordinary_grey_and_few_images_are_scored_without_a_word(
    network: features.FeatureNetwork, fashion: datasets.Dataset, recwarn: pytest.WarningsRecorder
) -> None:
    metrics.frechet_score(list(fashion.images_test[:1000]))  # a list of images is as good
    metrics.frechet_score(np.zeros((1000, 28, 28, 1)))  # what a recorder sees of a broken generator
    metrics.frechet_score(RNG.normal(0, 1e-4, (1000, 28, 28, 1)).astype("float32"))  # and of a new one
    network.classes(fashion.images_test[:3] * 0.4 + 0.5)  # three may be pale
    assert [str(warning.message) for warning in recwarn.list] == []


def test_loading_leaves_random_states_alone_and_ignores_mixed_precision() -> None:
    random.seed(7)
    before = random.getstate()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = features.load.__wrapped__("fashion_mnist")
        zeros = np.zeros((1, 28, 28, 1), "float32")
        np.testing.assert_array_equal(network.features(zeros), features.load("fashion_mnist").features(zeros))
    finally:
        keras.config.set_dtype_policy("float32")
    assert random.getstate() == before


def test_emoji_score_tells_emoji_from_garbled_ones() -> None:
    emoji = datasets.load("emoji")
    ends = metrics.score_scale("emoji")
    real = metrics.kernel_score(emoji.images_train[::2])
    swapped = metrics.kernel_score(emoji.images_train[::2, ::-1])  # upside down
    noise = metrics.kernel_score(RNG.uniform(-1, 1, (500, 32, 32, 3)))
    assert abs(real) < 0.2 * ends["noise"]
    assert real < swapped < noise


@pytest.mark.slow
def test_the_script_trains_and_publishes_checksums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = data_scripts.load("make_feature_network")
    # Determinism is switched on for a whole process, which would slow every test after this one.
    monkeypatch.setattr(script.tf.config.experimental, "enable_op_determinism", lambda: None)
    emoji = datasets.load("emoji")
    network = features.FeatureNetwork(script.train(emoji, epochs=2), np.zeros((2, features.SIZE)), {})
    accuracy = np.mean(network.classes(emoji.images_train) == emoji.labels_train)
    assert accuracy > 1.5 / len(emoji.class_names)

    for name in ("SHA256SUMS", "README.md"):
        shutil.copy(ROOT / "data" / name, tmp_path / name)
    (tmp_path / "pretrained").mkdir()
    monkeypatch.setattr(bundled, "DATA", tmp_path)
    old = bundled.checksums()
    script.publish("pretrained/emoji_features.json", b"{}\n")
    assert bundled.read_verified("pretrained/emoji_features.json") == b"{}\n"
    changed = {name for name, digest in bundled.checksums().items() if old[name] != digest}
    assert changed == {"pretrained/emoji_features.json"}
    assert (tmp_path / "SHA256SUMS").read_text() in (tmp_path / "README.md").read_text(encoding="utf-8")
