"""What is known of a generator: from the course's own tables, and from the report beside a file, whatever it holds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import ROOT, CourseError, datasets
from course_lib.models import networks, pretrained
from course_lib.models.sampling import generate
from course_lib.studio import sources
from tests.studio.generators import chain, small

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "drawn"), [("garments", pretrained.generator), ("prints", pretrained.print_generator)]
)
def test_a_name_brings_the_courses_own(name: str, drawn) -> None:
    source = sources.find(name)
    latents = np.random.default_rng(0).standard_normal((2, 64))
    np.testing.assert_array_equal(generate(source.generator, latents), generate(drawn(), latents))
    assert source.title and source.trained_on and source.licence


def test_the_numbers_of_training_pictures_are_those_of_the_data() -> None:
    said = {name: about["trained_on"] for name, about in sources.PICTURES.items()}
    told = {name: int(words.split()[0].replace(",", "")) for name, words in said.items()}
    assert {name: len(datasets.load(name).images_train) for name in ("fashion_mnist", "emoji")} == {
        name: told[name] for name in ("fashion_mnist", "emoji")
    }
    prints = json.loads((ROOT / "data" / "pretrained" / "print_generator.json").read_text())
    with (ROOT / "data" / "paintings" / "paintings.csv").open(encoding="utf-8") as file:
        count = sum("hokusai" in row["file"] for row in csv.DictReader(file))
    assert told["prints"] == prints["crops"] and count == 7


def test_a_run_brings_its_report_and_the_names_of_its_classes(tmp_path: Path) -> None:
    networks.dcgan_generator(width=2, classes=10).save(tmp_path / "generator.keras")
    report = {
        "settings": {"dataset": "fashion_mnist", "seed": 3},
        "steps": 7,
        "scores": {"frechet_distance": 1.5},
    }
    (tmp_path / "report.json").write_text(json.dumps(report))
    for given in (tmp_path, str(tmp_path / "generator.keras")):
        source = sources.find(given)
        assert source.class_names[8] == "Bag" and "Fashion-MNIST" in source.trained_on
        assert source.settings == {"dataset": "fashion_mnist", "steps": 7, "seed": 3}
        assert source.scores == {"frechet_distance": 1.5}


@pytest.mark.parametrize(
    "report",
    [
        "",
        "[]",
        "{",
        '{"settings": 5, "scores": []}',
        '{"settings": {"dataset": ["emoji"]}}',
        '{"settings": null}',
    ],
)
def test_a_report_that_says_nothing_leaves_a_card_that_says_so(report: str, tmp_path: Path) -> None:
    small(3).save(tmp_path / "generator.keras")
    (tmp_path / "report.json").write_text(report)
    source = sources.find(tmp_path)
    assert source.class_names == ("class 0", "class 1", "class 2")
    assert source.trained_on == source.licence == "" and source.scores == {}


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "generator.keras"
    small().save(path)
    whole = path.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 20):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        with pytest.raises(CourseError, match="damaged"):
            sources.find(path)


def test_a_layer_that_a_page_cannot_draw_is_named(tmp_path: Path) -> None:
    flat = [keras.layers.Dense(12), keras.layers.Reshape((2, 2, 3))]
    chain(*flat, keras.layers.Softmax(name="odd")).save(tmp_path / "generator.keras")
    with pytest.raises(CourseError, match=r"cannot draw the layer odd \(Softmax\)"):
        sources.find(tmp_path)
