"""What the section "Your own pictures" of lesson 06 builds and claims, and that its advice works when followed."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT, datasets
from course_lib.authoring.lesson import Lesson, load_lesson
from course_lib.authoring.solutions import solved
from course_lib.models import losses, networks
from course_lib.models.gan import GAN
from course_lib.models.sampling import generate
from course_lib.training.loop import train
from tests import data_scripts
from tests.lessons.conftest import code_of

DATA = ROOT / "data"
TITLE = "## Your own pictures"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(ROOT / "lessons" / "source" / "06_dcgan.py")


@pytest.fixture(scope="module")
def section(lesson: Lesson) -> list:
    """The section's cells, its heading first."""
    starts = [index for index, cell in enumerate(lesson.cells) if cell.source.startswith("## ")]
    (first,) = [index for index in starts if lesson.cells[index].source.startswith(TITLE)]
    return list(lesson.cells[first : min(index for index in starts if index > first)])


@pytest.fixture(scope="module")
def names(lesson: Lesson, section: list) -> dict:
    """The functions that the section defines, on top of set-up and the solutions of the two exercises it uses."""
    names: dict = {"np": np, "keras": keras, "GAN": GAN}
    for cell in lesson.cells:
        if cell.role == "setup" and "def small_weights" in cell.source:
            exec(cell.source, names)
        if cell.role == "exercise" and cell.grade_id in ("build_discriminator", "discriminator_cost"):
            exec(solved(cell.source), names)
            names[f"checked_{cell.grade_id}"] = names[cell.grade_id]
    for cell in section:
        if cell.kind == "code":
            functions = [node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
            exec("\n\n".join(map(ast.unparse, functions)), names)
    return names


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_print_generator")


@pytest.fixture(scope="module")
def patient(names: dict) -> keras.Model:
    """The lesson's generator with the weights from the repository, put in as the lesson does."""
    generator = names["own_generator"](64)
    with np.load(DATA / "pretrained" / "print_generator.npz") as archive:
        generator.set_weights([archive[name] for name in sorted(archive.files)])
    return generator


def shape_of(network: keras.Model) -> list[tuple]:
    return [
        (type(layer).__name__, tuple(layer.output.shape), [w.shape for w in layer.get_weights()])
        for layer in network.layers
    ]


def test_a_side_becomes_stages(names: dict) -> None:
    plan: Callable = names["plan"]
    known = {28: (7, 2), 32: (8, 2), 48: (6, 3), 64: (8, 3), 96: (6, 4), 8: (8, 0)}
    for side, (first, stages) in known.items():
        assert plan(side, 5) == (first, [5, 10, 20, 40][:stages])
    for side in (30, 33, 36, 100):
        with pytest.raises(ValueError, match="cannot be halved"):
            plan(side, 5)


@pytest.mark.parametrize("side", [32, 48, 64, 96])
def test_the_formula_of_cost_is_what_the_exercise_counts(names: dict, side: int) -> None:
    for w in (3, 16):
        first, channels = names["plan"](side, w)
        k = len(channels)
        formula = 12 * side**2 * w + (k - 1) * 2 * side**2 * w**2 + first**2 * 2 ** (k - 1) * w
        assert names["discriminator_cost"](side, [3, *channels], 4)[1] == formula


@pytest.mark.slow
def test_the_loop_builds_what_the_library_and_the_script_build(names: dict, script: ModuleType) -> None:
    for side, width in ((32, 16), (48, 4)):
        library = networks.dcgan_generator((side, side, 3), width=width, resize=True)
        assert shape_of(names["own_generator"](side, width)) == shape_of(library)
    trained = script.new_gan()
    assert shape_of(names["own_generator"](64)) == shape_of(trained.generator)
    assert trained.image_shape == (64, 64, 3)


def test_the_weights_come_from_the_script_as_it_stands(script: ModuleType) -> None:
    report = json.loads((DATA / "pretrained" / "print_generator.json").read_text())
    found = {name: report[name] for name in ("steps", "crops", "shares", "pictures", "width", "seed")}
    assert found == {
        "steps": script.STEPS,
        "crops": script.CROPS,
        "shares": list(script.SHARES),
        "pictures": script.PATTERN,
        "width": script.WIDTH,
        "seed": script.SEED,
    }


@pytest.mark.slow
def test_the_patient_generator_draws_in_the_manner_of_the_prints(patient: keras.Model, names: dict) -> None:
    z = np.random.default_rng(0).standard_normal((200, 64), dtype="float32")
    crops = datasets.crops_from_folder(
        DATA / "paintings", 64, 200, seed=1, shares=(0.4, 0.8), pattern="hokusai_*"
    )
    drawn, untrained = generate(patient, z), generate(names["own_generator"](64), z)

    def colours(images: np.ndarray) -> np.ndarray:
        return images.mean(axis=(1, 2))

    def warmth(images: np.ndarray) -> float:
        """How much pictures differ in being red rather than blue; early in the training they are all beige."""
        return float((images[..., 0] - images[..., 2]).mean(axis=(1, 2)).std())

    def grain(images: np.ndarray) -> float:
        return float(np.abs(np.diff(images, axis=2)).mean())

    # The colours of whole pictures: their mean, and how much they vary from picture to picture.
    np.testing.assert_allclose(colours(drawn).mean(axis=0), colours(crops).mean(axis=0), atol=0.15)
    assert (colours(drawn).std(axis=0) > 0.6 * colours(crops).std(axis=0)).all()
    assert warmth(drawn) > 0.7 * warmth(crops)
    assert 0.6 * grain(crops) < grain(drawn) < 1.6 * grain(crops)
    assert warmth(untrained) < 0.1 * warmth(crops)


@pytest.mark.slow
def test_the_section_trains_on_whatever_folder_it_is_given(names: dict, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(40):
        size = (int(random.integers(20, 90)), int(random.integers(20, 90)))
        Image.new("RGB", size, tuple(map(int, random.integers(0, 256, 3)))).save(tmp_path / f"{number}.jpg")
    for side in (32, 64):
        gan = names["own_gan"](side)
        before = gan.sample(4)
        train(gan, datasets.from_folder(tmp_path, side), batch_size=32, steps=10)
        after = gan.sample(4)
        assert gan.step == 10 and np.isfinite(after).all() and after.shape == (4, side, side, 3)
        assert np.abs(after - before).max() > 0.01


def test_where_next_names_what_there_is(lesson: Lesson) -> None:
    (text,) = [cell.source for cell in lesson.cells if cell.source.startswith("## Where next")]
    assert "hinge" in losses.NAMES and 'loss="hinge"' in text
    code = code_of(lesson)
    for name in ("MY_PICTURES", "steps", "gan.compile"):
        assert f"`{name}`" in text and name in code
    assert "`MY_PICTURES`" in text and '"emoji"` in place of' not in text
