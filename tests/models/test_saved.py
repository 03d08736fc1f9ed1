"""Generators in files: opened as they were saved, their layers named without opening, and what is none is refused."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models import networks, saved
from course_lib.models.sampling import generate

pytestmark = pytest.mark.slow


def test_a_generator_comes_back_with_its_classes_and_layers(tmp_path: Path) -> None:
    generator = networks.dcgan_generator((16, 16, 1), 5, width=2, classes=3, resize=True)
    generator.save(tmp_path / "generator.keras")
    opened = saved.load(tmp_path / "generator.keras")
    latents, labels = np.random.default_rng(0).standard_normal((4, 5)), [0, 1, 2, 0]
    np.testing.assert_array_equal(generate(opened, latents, labels), generate(generator, latents, labels))
    assert saved.count_classes(opened) == 3

    def inside(network: keras.Model) -> dict[str, str]:
        found = {}
        for layer in network.layers:
            found |= inside(layer) if isinstance(layer, keras.Model) else {layer.name: type(layer).__name__}
        return found

    named = saved.layer_classes(tmp_path / "generator.keras")
    assert {name: kind for name, kind in named.items() if kind != "InputLayer"} == {
        name: kind for name, kind in inside(opened).items() if kind != "InputLayer"
    }


def test_what_is_no_generator_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "generator.keras"
    path.write_text("no model")
    with pytest.raises(CourseError, match="not a Keras model, or it is damaged"):
        saved.load(path)
    networks.dcgan_discriminator((16, 16, 1), width=2).save(path)
    with pytest.raises(
        CourseError, match=r"takes \(16, 16, 1\) and gives \(1,\), but a generator takes latents"
    ):
        saved.load(path)
    latents, labels = keras.Input((5,)), keras.Input((1,))
    both = keras.layers.Dense(12)(keras.layers.Concatenate()([latents, labels]))
    without_table = keras.Model([latents, labels], keras.layers.Reshape((2, 2, 3))(both))
    with pytest.raises(CourseError, match="no table of them"):
        saved.count_classes(without_table)
    with pytest.raises(CourseError, match="no Keras model of known inputs"):
        saved.check("garments", "This")


@pytest.mark.parametrize(
    "report", [None, "", "{", "[]", '{"settings": 3}', '{"settings": {"dataset": ["emoji"]}}']
)
def test_a_report_that_says_nothing_names_no_class(report: str | None, tmp_path: Path) -> None:
    if report is not None:
        (tmp_path / "report.json").write_text(report)
    assert saved.class_names(tmp_path, 10) == ()


def test_class_names_are_those_of_the_data_if_there_are_as_many(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"settings": {"dataset": "fashion_mnist"}}')
    assert saved.class_names(tmp_path, 10)[9] == "Ankle boot" and saved.class_names(tmp_path, 9) == ()
