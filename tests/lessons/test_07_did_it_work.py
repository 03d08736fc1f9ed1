"""What lesson 7 says about its scores, its copyist and its curves was seen when it was built."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import solved
from course_lib.models import pretrained
from course_lib.scores import metrics
from tests.lessons.conftest import printed_by

NOTEBOOK = ROOT / "lessons" / "07_did_it_work.ipynb"
SOURCE = ROOT / "lessons" / "source" / "07_did_it_work.py"
NUMBER = r"(-?[\d.,]+)"


@pytest.fixture(scope="module")
def printed() -> str:
    """All that the lesson's cells printed when it was built."""
    return printed_by(nbformat.read(NOTEBOOK, as_version=4))


def numbers_after(name: str, text: str, count: int) -> list[list[float]]:
    """The first `count` numbers of every line that begins with `name`."""
    pattern = rf"^{re.escape(name)}[^\d\n-]*" + r"[^\d\n-]+".join([NUMBER] * count)
    rows = re.findall(pattern, text, re.MULTILINE)
    assert rows, f"no line begins with {name!r}"
    rows = [row if isinstance(row, tuple) else (row,) for row in rows]
    return [[float(each.replace(",", "").rstrip(".")) for each in row] for row in rows]


def test_features_know_better_than_pixels_what_belongs_together(printed: str) -> None:
    pixels, features = (
        numbers_after(name, printed, 1)[0][0] for name in ("pixels  : the nearest", "features: the nearest")
    )
    assert features > pixels + 3


@pytest.fixture(scope="module")
def spoilt() -> dict[str, Any]:
    """The names that the cell of spoilt pictures binds, run here: it answers a prediction, so nothing is stored."""
    from course_lib import datasets
    from course_lib.models.gan import generate
    from course_lib.scores import features

    lesson = load_lesson(SOURCE)
    network = features.load("fashion_mnist")
    defined = {
        "garments": datasets.load("fashion_mnist"),
        "network": network,
        "reference": network.test_features,
        "metrics": metrics,
        "COUNT": 2000,
        "last": pretrained.report()["steps"][-1],
    }
    latents = np.random.default_rng(0).standard_normal((2000, 64), dtype="float32")
    defined["fakes"] = {defined["last"]: generate(pretrained.generator(defined["last"]), latents)}
    (setup,) = lesson.having("setup")
    exec(setup.source, defined)
    exec(solved(lesson.exercises["frechet_parts"].source), defined)
    defined["checked_frechet_parts"] = defined["frechet_parts"]
    (cell,) = (cell for cell in lesson.having("spoiler") if "spoilt = {" in cell.source)
    exec(cell.source, defined)
    return defined


def test_the_damages_stand_in_the_order_the_text_explains(spoilt: dict[str, Any]) -> None:
    names = ("real training pictures", "with a little grain", "one pixel to the right", "half of them noise")
    scores = [spoilt["distances"][name] for name in (*names, "no shoes")]
    assert scores == sorted(scores)
    assert (
        scores[1] < spoilt["distances"]["generator, last step"] < spoilt["distances"]["blurred"] < scores[3]
    )


def test_the_parts_say_what_the_text_says(spoilt: dict[str, Any]) -> None:
    parts, distances = spoilt["parts"], spoilt["distances"]
    for name, three in parts.items():
        assert sum(three) == pytest.approx(distances[name], rel=1e-4) and min(three) >= 0
    largest = {name: int(np.argmax(three)) for name, three in parts.items()}
    assert largest["half of them noise"] == 0 and largest["no shoes"] == 2
    assert parts["generator, last step"][1] == pytest.approx(distances["generator, last step"] / 2, rel=0.15)
    total = {
        name: np.trace(metrics.statistics(cloud)[1])
        for name, cloud in (
            ("fake", spoilt["spoilt_features"]["generator, last step"]),
            ("real", spoilt["reference"]),
        )
    }
    assert total["fake"] < 0.8 * total["real"]


def test_the_impostor_fools_one_distance_and_not_the_other(printed: str) -> None:
    fooled, fakes = (
        numbers_after(name, printed, 2)[0][1]
        for name in ("Fréchet distance of the impostor", "of our generator")
    )
    assert fooled < 0.1 < fakes / 10
    assert numbers_after("impostor: kernel distance", printed, 2)[0][1] > 5


def test_the_bias_is_the_predicted_one(printed: str) -> None:
    """The number that the lesson printed, and the straight line, from the features themselves."""
    from course_lib.scores import features

    reference = features.load("fashion_mnist").test_features
    variances = np.linalg.eigvalsh(metrics.statistics(reference)[1])
    half_table = sum(a * b / (a + b) for a in variances for b in variances) / 2 - variances.sum() / 4
    predicted = 2 * (1.5 * variances.sum() + half_table)
    assert numbers_after("the prediction is", printed, 1)[0][0] == pytest.approx(predicted, abs=0.6)
    random = np.random.default_rng(11)
    samples = [random.permutation(reference)[:2000] for _ in range(20)]
    measured = np.mean([metrics.frechet_distance(each[:1000], each[1000:]) for each in samples])
    assert measured == pytest.approx(predicted / 1000, rel=0.15)


def test_what_was_measured_of_the_bias(printed: str) -> None:
    rows = re.findall(
        r"^n = +([\d,]+): Fréchet measured ([\d.]+), predicted ([\d.]+)$", printed, re.MULTILINE
    )
    assert len(rows) == 5
    for _, measured, predicted in rows:
        assert float(measured) == pytest.approx(float(predicted), rel=0.3)
    falling = [float(score) for score in re.findall(r"^ *[\d,]+ fakes: ([\d.]+)$", printed, re.MULTILINE)]
    assert len(falling) == 5 and falling == sorted(falling, reverse=True)
    assert numbers_after("straight line at 1/n = 0", printed, 1) and falling[0] > falling[-1] + 0.3


def test_the_largest_balls_make_the_precision_of_noise(printed: str) -> None:
    every, without = numbers_after("noise", printed, 2)[0]
    assert every > 0.4 and without < 0.2
    every, without = numbers_after("generator, last step   precision", printed, 2)[0]
    assert every > without > every - 0.2


def test_what_the_quiz_says_of_missing_bags() -> None:
    from course_lib import datasets
    from course_lib.scores import features

    garments, network = datasets.load("fashion_mnist"), features.load("fashion_mnist")
    chosen = np.random.default_rng(3).permutation(60_000)[:2300]
    found, bags = network.features(garments.images_train[chosen]), garments.labels_train[chosen] == 8
    for cloud, expected in ((found[:2000], (0.86, 0.87, 0.15)), (found[~bags][:2000], (0.86, 0.80, 3.4))):
        shares = metrics.precision_recall(network.test_features[:2000], cloud)
        seen = (*shares, metrics.frechet_distance(cloud, network.test_features))
        assert seen == pytest.approx(expected, rel=0.03)


def test_the_copyist_beats_the_gan_and_is_caught(printed: str) -> None:
    table = {
        name: numbers_after(name, printed, 4)[0]
        for name in ("our GAN  ", "copyist  ", "copyist, darker", "copyist, one pixel to the right")
    }
    gan = table.pop("our GAN  ")
    for frechet, kernel, precision, recall in (table["copyist  "], table["copyist, darker"]):
        assert frechet < gan[0] / 2 and kernel < gan[1] / 2
        assert precision > gan[2] and recall > gan[3]
    assert table["copyist, one pixel to the right"][0] < gan[0]
    tests = re.findall(r"^(our GAN|copyist.*?) +u = ([\d.]+), c = +(-?[\d.]+)$", printed, re.MULTILINE)
    first = {name: float(c) for name, _, c in tests[:4]}
    again = {name: float(c) for name, _, c in tests[4:]}
    assert first["copyist"] > 10 and first["copyist, darker"] > 10
    assert first["our GAN"] < 2 and first["copyist, one pixel to the right"] < 2
    assert again["our GAN"] < 2 and again["copyist, one pixel to the right"] > 5


def test_the_curve_over_training_falls_and_the_last_moment_is_not_real(printed: str) -> None:
    steps = pretrained.report()["steps"]
    rows = [numbers_after(f"{step:6,}", printed, 5)[0] for step in steps]
    _, frechet, kernel, precision, recall = np.array(rows).T
    doublings = np.diff(np.log2(steps))
    for distance in (frechet, kernel):
        taken_off = 1 - (distance[1:] / distance[:-1]) ** (1 / doublings)
        assert ((taken_off > 0.15) & (taken_off < 0.45)).all()
    assert precision[0] > 0.6 and recall[0] < 0.05  # grey blots
    without = numbers_after("precision after 50 steps without", printed, 1)[0][0]
    assert without < 0.5
    assert (np.diff(precision[1:]) > 0).all() and (np.diff(recall) > 0).all()
    real = numbers_after("real pictures", printed, 4)[0]
    assert frechet[-1] > 5 * real[0]
    assert real[2] - precision[-1] < real[3] - recall[-1]  # recall is what it lacks


def test_the_intervals_keep_their_promises_as_the_text_says(printed: str) -> None:
    kinds = ("exact", "yours", "textbook")
    (exact,), (yours,), (textbook,) = (numbers_after(f"{kind:9} holds p", printed, 2) for kind in kinds)
    assert exact[0] >= 0.95 and textbook[0] < 0.4 and textbook[1] < 0.9
    assert 0.9 < yours[0] < 0.95 and yours[1] == pytest.approx(0.95, abs=0.01)


def test_half_of_unbiased_distances_are_negative_where_the_truth_is_nothing(printed: str) -> None:
    ((percent,),) = numbers_after("without:", printed, 1)
    assert 48 < percent < 64
    assert f"{percent:.0f} % of our" in SOURCE.read_text("utf-8")


def test_what_papers_print(printed: str) -> None:
    ranks = re.findall(r"^ *([\d,]+) real pictures: rank (\d+) of 64", printed, re.MULTILINE)
    assert [(int(count.replace(",", "")), int(rank)) for count, rank in ranks] == [
        (20, 19),
        (64, 63),
        (65, 64),
        (1000, 64),
    ]
    mean, spread, error = numbers_after("KID, in our features", printed, 3)[0]
    whole = numbers_after("all 2,000 at once", printed, 1)[0][0]
    assert abs(mean - whole) < 4 * error and spread == pytest.approx(error * 20**0.5, rel=0.1)


def own_photographs() -> str:
    (cell,) = (cell for cell in load_lesson(SOURCE).having("demo") if "torch_fidelity" in cell.source)
    return cell.source


def test_scores_of_own_photographs_are_skipped_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """Whatever is installed here: in an empty folder there are no photographs."""
    monkeypatch.chdir(tmp_path)
    exec(own_photographs(), {})
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("FID, KID and IS are skipped: ")


def test_scores_of_own_photographs_are_computed_where_all_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    pytest.importorskip("torch_fidelity")
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    for folder, brightest in (("real", 255), ("fake", 120)):
        (tmp_path / "photographs" / folder).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(0, brightest, size=(32, 32, 3), dtype="uint8")
            Image.fromarray(pixels).save(tmp_path / "photographs" / folder / f"{number}.png")
    exec(own_photographs(), {})
    text = capsys.readouterr().out
    if ".pth is not here" in text:
        pytest.skip("Inception's weights are not here")
    names = ("inception_score_mean", "frechet_inception_distance", "kernel_inception_distance_mean")
    assert all(np.isfinite(numbers_after(name, text, 1)[0][0]) for name in names)
    assert "trust the KID only" in text


def test_the_graded_part_needs_numpy_alone() -> None:
    lesson = load_lesson(SOURCE)
    for cell in lesson.having("setup", "exercise", "graded"):
        assert not re.search(r"keras|tensorflow|features|datasets", cell.source), cell.id
