"""What lesson 06 claims: its training learns, is resumed exactly, and its table of sizes is what it says."""

from __future__ import annotations

import base64
import io
import itertools
import re
from pathlib import Path
from types import ModuleType

import keras
import nbformat
import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT
from course_lib.authoring.execute import execute
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import solved
from course_lib.authoring.student import METADATA
from course_lib.datasets.tables import read_rows
from course_lib.models import networks, recipe
from tests import data_scripts
from tests.lessons.conftest import printed_by

NOTEBOOK = ROOT / "lessons" / "06_dcgan.ipynb"
TABLE = ROOT / "data" / "dcgan_sizes.csv"


@pytest.fixture(scope="module")
def cells() -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def printed() -> str:
    """All that the lesson's cells printed when it was built."""
    return printed_by(nbformat.read(NOTEBOOK, as_version=4))


@pytest.fixture(scope="module")
def table() -> list[dict[str, float]]:
    return [{name: float(value) for name, value in row.items()} for row in read_rows(TABLE.name)]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_size_table")


def place_of(cells: list[nbformat.NotebookNode], text: str) -> int:
    places = [index for index, cell in enumerate(cells) if text in cell.source]
    assert len(places) == 1, f"{text} is in {len(places)} cells"
    return places[0]


def solutions(*grade_ids: str) -> dict:
    """The lesson's own answers to exercises, run on its set-up."""
    lesson = load_lesson(ROOT / "lessons" / "source" / "06_dcgan.py")
    names: dict = {}
    exec(lesson.having("setup")[0].source, names)
    for grade_id in grade_ids:
        exec(solved(lesson.exercises[grade_id].source), names)
    return names


@pytest.mark.slow
def test_no_two_layers_of_the_lesson_begin_with_the_same_numbers() -> None:
    """One initialiser object with a seed gives every kernel the same ones: G's and D's were equal, weight by weight."""
    names = solutions("build_discriminator", "build_generator")
    built = (
        names["build_discriminator"]((28, 28, 1), (16, 32), 256),
        names["build_generator"](64, 7, (32, 16), 1),
    )
    kernels = [w for network in built for w in network.get_weights() if w.ndim > 1]
    assert len(kernels) == 8
    for one, other in itertools.combinations(kernels, 2):
        assert np.isin(one.ravel()[:100], other.ravel()).mean() < 0.2  # by chance some
    for kernel in kernels:
        assert np.std(kernel) == pytest.approx(0.02, rel=0.1)


@pytest.mark.slow
def test_the_lesson_s_networks_are_those_of_the_recipe() -> None:
    """The picture at the top and the scores at the end are of the recipe's generator."""
    names = solutions("build_discriminator", "build_generator")
    ours = (
        names["build_generator"](64, 7, (32, 16), 1),
        names["build_discriminator"]((28, 28, 1), (16, 32), 256),
    )
    gan = recipe.dcgan()
    for mine, its in zip(ours, (gan.generator, gan.discriminator), strict=True):
        shapes = [w.shape for w in its.get_weights()]
        assert [w.shape for w in mine.get_weights() if w.shape in shapes] == shapes
        extra = sum(w.size for w in mine.get_weights()) - its.count_params()
        assert extra == (0 if mine is ours[0] else 32)  # the bias of D's second convolution


def test_the_student_s_own_networks_are_trained(cells) -> None:
    """Wherever the lesson trains garments, both networks are what the checks handed on."""
    trained = [
        cell.source for cell in cells if "train(" in cell.source and "garments.images_train," in cell.source
    ]
    assert len(trained) == 3  # the first training, the resumed one, and that of exercise 8
    for source in trained:
        assert "checked_build_discriminator((28, 28, 1), (16, 32), 256)" in source
        assert (
            "checked_build_generator(64, 7, (32, 16), 1)" in source or "checked_make_generator(64)" in source
        )


def test_the_step_shown_is_the_step_of_gan(printed: str) -> None:
    moved, apart = map(
        float, re.search(r"movement of a number (\S+), largest difference to GAN's (\S+)", printed).groups()
    )
    assert moved > 1000 * apart


def test_the_film_is_enlarged_pixel_by_pixel(cells) -> None:
    (film,) = [cell for cell in cells if "films.save_gif(small" in cell.source]
    (html,) = ["".join(o.data["text/html"]) for o in film.outputs if "text/html" in o.get("data", {})]
    assert "image-rendering: pixelated" in html and "width:" not in html
    data = base64.b64decode(re.search('base64,([^"]+)', html)[1])
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("L"))[: 2 * 3 * 28]
    assert pixels.shape[1] == 2 * (8 * 30 - 2)
    assert (pixels[::2, ::2] == pixels[1::2, 1::2]).all()


def test_training_in_the_lesson_gets_somewhere(printed: str) -> None:
    found = re.search(r"of 2,000 samples: ([\d.]+)  \(real pictures ([\d.]+), noise (\d+)\)", printed)
    score, real, noise = map(float, found.groups())
    assert real < score < 5 < noise  # a third of the garments of 8.2 were torn


def test_the_lesson_resumes_the_very_run_it_stopped(printed: str) -> None:
    stopped, resumed = re.findall(r"step 1600, fingerprint ([0-9a-f]{12})", printed)
    assert stopped == resumed
    assert re.search(r"stopped at step 3 and resumed, all equal: +True", printed)
    assert re.search(r"one step less, all equal: +False", printed)


def test_tensorboard_got_both_trainings_and_their_scores(printed: str) -> None:
    written = {tag: int(count) for tag, count in re.findall(r"^(\w+) +(\d+) times$", printed, re.M)}
    assert written["discriminator_loss"] == written["generator_loss"] == 3200 // 20
    assert written["frechet_distance"] >= 2 and written["samples"] >= 4


def test_what_the_text_says_of_lengths_and_truncation_was_seen(printed: str) -> None:
    scores = dict(re.findall(r"^([a-z ]+?) +mean \|z\| +[\d.]+ +Fréchet distance +([\d.]+)", printed, re.M))
    fresh, straight = float(scores["latents as they come"]), float(scores["middles of straight walks"])
    assert straight > 1.1 * fresh
    assert abs(float(scores["middles of round walks"]) - fresh) < 0.15 * fresh
    rows = re.findall(r"^ +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", printed, re.M)
    _, diversity, _, recall, distance = np.array(rows, float).T
    assert len(rows) == 4
    assert (np.diff(diversity) < 0).all() and (np.diff(recall) < 0).all() and (np.diff(distance) > 0).all()
    shares = [int(share) for share in re.findall(r"sneaker\): .* (\d+)% called Ankle boot", printed)]
    assert len(shares) == 4 and shares[0] < 15 and shares[-1] > 50


def test_the_table_of_sizes_belongs_to_these_networks_and_settings(table, cells, script) -> None:
    for row in table:
        width = int(row["width"])
        built = networks.dcgan_generator(width=width), networks.dcgan_discriminator(width=width)
        assert row["parameters"] == sum(network.count_params() for network in built)
        assert row["seconds"] == pytest.approx(row["step"] * 64 / row["images_per_second"], rel=0.01, abs=0.1)
    widths = sorted({int(row["width"]) for row in table})
    assert Image.open(TABLE.with_suffix(".png")).size == (12 * 30 - 2, len(widths) * 30 - 2)
    assert list(script.LAST_STEP) == widths == [16, 32, 64, 96]
    assert (script.BATCH_SIZE, script.LEARNING_RATE) == (64, 1e-3)  # as the text says
    source = "\n".join(cell.source for cell in cells)
    first, resumed = re.findall(r"settings = (\{.*?\})", source, re.I)
    assert first == resumed


def test_wider_is_better_against_steps_and_worse_against_the_first_minute(table) -> None:
    def scores(column: str, at: float) -> list[float]:
        curves = [[row for row in table if row["width"] == width] for width in (16, 32, 64)]
        return [
            float(np.interp(at, [row[column] for row in rows], [row["frechet_distance"] for row in rows]))
            for rows in curves
        ]

    assert scores("step", 1000) == sorted(scores("step", 1000), reverse=True)
    assert scores("seconds", 60) == sorted(scores("seconds", 60))
    assert min(row["frechet_distance"] for row in table) == scores("step", 4000)[1]  # width 32 passes 16


@pytest.mark.slow
def test_the_size_script_trains_what_the_lesson_trains(script) -> None:
    gan = script.new_gan(16)
    assert float(gan.generator_optimizer.learning_rate) == pytest.approx(1e-3)
    images = np.random.default_rng(0).uniform(-1, 1, (128, 28, 28, 1)).astype("float32")
    assert script.speed(16, images, blocks=2) > 0


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.usefixtures("kernel_environment")
def test_after_a_kernel_restart_set_up_and_resume_are_enough(cells, tmp_path: Path) -> None:
    """A first kernel trains and ends. A second one runs the set-up, the resume cell and everything after it."""
    resume = place_of(cells, "steps=3200, callbacks")
    fingerprint = place_of(cells, "import hashlib\n\neverything")

    def run(chosen: list[nbformat.NotebookNode], replacements: dict[str, str]) -> str:
        sources = [cell.source for cell in chosen]
        for old, new in replacements.items():
            assert any(old in source for source in sources), old
            sources = [source.replace(old, new) for source in sources]
        notebook = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(source, metadata={"course": {"role": "demo"}}) for source in sources
            ],
            metadata=METADATA,
        )
        execute(notebook, name="lesson 06", folder=tmp_path)
        return "".join(o.text for cell in notebook.cells for o in cell.outputs if o.output_type == "stream")

    first = run(cells[: fingerprint + 1], {"steps=1600, callbacks": "steps=20, callbacks"})
    setup = cells[: place_of(cells, "def about_its_start") + 1]
    exercises = [place_of(cells, f"# Exercise {number}\n") for number in (1, 2, 3)]
    again = [cells[place + offset] for place in exercises for offset in (0, 1)]
    second = run([*setup, *again, *cells[resume:]], {"steps=3200": "steps=300"})
    stopped = re.search(r"step 20, fingerprint ([0-9a-f]{12})", first)
    resumed = re.search(r"step 20, fingerprint ([0-9a-f]{12})", second)
    assert stopped[1] == resumed[1]
    generator = keras.models.load_model(tmp_path / "runs" / "06_dcgan" / "generator.keras")
    assert generator.count_params() == networks.dcgan_generator(width=16, refine=True).count_params()
