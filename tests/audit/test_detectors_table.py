"""The table of lesson 20's detectors: whole, made by the code as it is, and what is said of it."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from course_lib import datasets
from course_lib.audit import detector, spectrum
from course_lib.datasets.tables import read_table
from course_lib.models import pretrained
from course_lib.models.sampling import generate
from tests import data_scripts

TABLE = "detectors.csv"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_detectors")


def column(name: str, detector: str, trained_on: str, tested_on: str, change: str = "none") -> np.ndarray:
    """One number a seed."""
    wanted = {"detector": detector, "trained_on": trained_on, "tested_on": tested_on, "change": change}
    found = [
        row[name] for row in read_table(TABLE) if all(row[key] == value for key, value in wanted.items())
    ]
    assert len(found) == 3, wanted
    return np.array(found)


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == []
    rows = read_table(TABLE)
    assert tuple(rows[0]) == script.COLUMNS and {row["seed"] for row in rows} == set(script.SEEDS)
    tested = (
        len(script.CHANGES) + len(script.OLDER) + 2
    )  # the GAN after each change; older steps, VAE and flow
    assert len(rows) == 3 * 3 * len(script.TRAINED_ON) * tested
    for row in rows:
        assert 0 <= row["auc_low"] <= row["auc"] <= row["auc_high"] <= 1
        assert row["accuracy_low"] < row["accuracy"] < row["accuracy_high"] or row["accuracy"] == 1


def test_a_row_made_again_is_that_of_the_table(script: ModuleType) -> None:
    """The spectrum's, of seed 1, on the GAN it learned from: pictures are drawn in the order of the script."""
    data = datasets.load("fashion_mnist")
    rng = np.random.default_rng((22, 1))
    real = data.images_train[rng.choice(len(data.images_train), script.COUNT, replace=False)]
    test = data.images_test[rng.choice(len(data.images_test), script.TESTED, replace=False)]
    latents = np.random.default_rng((20, 1)).standard_normal((script.COUNT + script.TESTED, 64))
    drawn = generate(pretrained.generator(), latents)
    fitted = spectrum.SpectrumDetector.fit(real, detector.as_kept(drawn[: script.COUNT]))
    found = detector.rates(fitted.scores(test), fitted.scores(detector.as_kept(drawn[script.COUNT :])))
    assert found.auc == pytest.approx(column("auc", "rings", "gan", "gan")[1], abs=0.005)
    assert found.accuracy == pytest.approx(column("accuracy", "rings", "gan", "gan")[1], abs=0.01)


def test_changes_are_made_to_each_picture_alone(script: ModuleType) -> None:
    images = datasets.load("fashion_mnist").images_test[:6]
    for change in script.CHANGES:
        made = script.changed(images, change)
        assert made.shape == images.shape and np.abs(made).max() <= 1
        assert np.array_equal(made[2:3], script.changed(images[:3], change)[2:3])
    at_random = script.changed_at_random(np.repeat(images[:1], 40, axis=0), seed=0)
    assert len(np.unique(at_random.reshape(40, -1), axis=0)) >= 4


# what is said of it


def test_a_network_knows_the_generator_it_learned_from() -> None:
    for generator in ("gan", "vae"):
        assert (column("auc", "network", generator, generator) > 0.96).all()
        assert (column("accuracy", "network", generator, generator) > 0.89).all()


def test_and_not_another_nor_the_same_one_at_an_earlier_step() -> None:
    for other in ("gan_3200", "gan_800", "flow"):
        assert (column("auc", "network", "gan", other) < 0.72).all()
    assert (column("accuracy", "network", "gan", "vae") < 0.6).all()
    assert (column("auc", "network", "vae", "gan") < 0.6).all()


def test_on_earlier_steps_the_simple_detector_wins() -> None:
    for older in ("gan_3200", "gan_800", "gan_50"):
        simple, network = (column("auc", name, "gan", older) for name in ("rings", "network"))
        assert (simple > 0.93).all() and (simple > network + 0.08).all()
    assert (column("auc", "rings", "gan", "gan") < column("auc", "network", "gan", "gan")).all()
    assert (column("auc", "rings", "gan", "vae") < 0.5).all()  # but of a VAE it says the opposite


def test_the_slope_alone_sees_a_vae_and_no_gan() -> None:
    assert (np.abs(column("auc", "slope", "gan", "gan") - 0.5) < 0.05).all()
    assert (column("auc", "slope", "vae", "vae") > 0.93).all()


def test_nobody_knows_a_generator_that_nobody_learned_from(script: ModuleType) -> None:
    for name in ("network", "rings", "slope"):
        for trained_on in script.TRAINED_ON:
            assert (column("auc", name, trained_on, "flow") < 0.76).all()


def test_jpeg_costs_a_little_and_a_blur_nearly_all() -> None:
    whole, jpeg, blur = (
        column("auc", "network", "gan", "gan", change) for change in ("none", "jpeg", "blur")
    )
    assert (whole - jpeg < 0.06).all() and (blur < 0.68).all()
    assert (
        column("auc", "network", "gan_changed", "gan", "blur") < 0.72
    ).all()  # having seen blurs helps little
    for name in (
        "network",
        "rings",
    ):  # what learned smoothness takes blurred real pictures for generated ones
        assert (column("false_alarms", name, "vae", "gan", "blur") > 0.95).all()
