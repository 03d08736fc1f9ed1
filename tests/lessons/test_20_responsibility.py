"""What lesson 20 says of copies and memory, promises, shares, marks, detectors and costs is so."""

from __future__ import annotations

import io
import runpy
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib.audit import auditing, detector, membership, private_gan, questions_of_memory
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.datasets.tables import read_table
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def defined(tmp_path_factory) -> Iterator[dict[str, Any]]:
    """The globals of the lesson, run with the course's own answers, but with little training and a small audit."""
    train, audit = private_gan.train, auditing.audit

    def begin(images, noise, steps, seed=0):
        return train(images, noise, steps=min(steps, 50), seed=seed)

    def ask(name, pictures, seed):
        assert questions_of_memory.MOST == 2000 and pictures == 1000  # as the text says
        patch.setattr(questions_of_memory, "MOST", 300)
        return audit(name, pictures=300, seed=seed)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        patch.setattr(private_gan, "train", begin)
        patch.setattr(auditing, "audit", ask)
        yield names_of("20")


def test_the_audit_at_the_top_finds_nothing_to_worry_about(defined) -> None:
    numbers = {key: finding.numbers for key, finding in defined["answers"].items()}
    assert len(numbers) == 8 and not numbers["membership_discriminator"]
    assert numbers["copies"]["copies"] == 0
    assert numbers["membership"]["low"] < 0.5 < numbers["membership"]["high"]
    assert not any(numbers["shares"][word] for word in ("dropped", "seldom", "often"))
    assert 0.001 < numbers["energy"]["kwh_high"] < 0.01  # of 0.1 for a litre that boils


def test_a_copy_that_moved_is_none_until_one_looks_for_it(defined) -> None:
    counts = {name: [each.copies for each in both] for name, both in defined["nearest_of"].items()}
    assert counts["overfitted"] == counts["good"] == [0, 0] and counts["copyist"] == [1000, 1000]
    assert counts["copyist, moved"] == [1, 0]
    scale, nearest = defined["scale"], defined["closest_when_moved"]
    members = defined["members"]["good"]
    copied, moved = defined["cases"]["copyist"][0][:50], defined["cases"]["copyist, moved"][0][:50]
    assert not np.array_equal(copied, moved)
    assert (nearest(moved, members) < scale["good"]).all()
    assert not (nearest(defined["drawn"]["good"][:50], members) < scale["good"]).any()


def test_the_discriminator_remembers_and_a_few_hide_behind_one_half(defined) -> None:
    areas = {key: membership.auc(*both) for key, both in defined["scores"].items()}
    assert round(areas["overfitted", "D"], 2) == 0.94 and 0.57 < areas["overfitted", "pixels"] < 0.62
    assert all(abs(area - 0.5) < 0.025 for (name, _), area in areas.items() if name == "good")
    after = [
        row["auc"]
        for row in read_table("membership.csv")
        if (row["network"], row["moment"], row["attack"]) == ("overfitted", "after", "discriminator")
    ]
    assert len(after) == 3 and all(0.93 < area < 0.95 for area in after)
    assert np.mean(defined["larger"]) > 0.56 and abs(np.mean(defined["fair"]) - 0.5) < 0.02
    assert set(defined["surest"]) == set(range(10))
    leaky, clean = defined["result"], defined["clean"]
    assert leaky.low < 0.5 < leaky.high and 0.003 < leaky.auc - clean.auc < 0.009


def test_a_promise_is_refuted_and_one_picture_moves_a_step_by_one_unit(defined) -> None:
    low, _ = membership.auc_interval(*defined["scores"]["overfitted", "D"])
    assert 2.4 < defined["checked_least_epsilon"](low, 0.0) < 2.5
    step, rows = defined["your_step"], defined["of_each"]
    unit = defined["C"] / 600
    assert np.isclose(np.linalg.norm(step(rows) - step(rows[:-1])), unit, rtol=1e-3)
    mean = defined["mean_clipped"]
    assert np.linalg.norm(mean(rows) - mean(rows[:-1])) > 100 * unit


def test_bell_curves_beat_the_gan_at_every_promise(defined) -> None:
    means = {
        (method, epsilon): defined["price"]("frechet", method=method, epsilon=epsilon).mean()
        for method in ("gan", "gaussian", "gaussians")
        for epsilon in defined["EPSILONS"]
    }
    for epsilon in defined["EPSILONS"]:
        assert means["gaussians", epsilon] < means["gaussian", epsilon] < means["gan", epsilon]
    assert means["gaussians", 1.0] < means["gan", float("inf")]
    ours = [round(means["gaussians", epsilon], 1) for epsilon in defined["EPSILONS"]]
    assert ours == [6.5, 4.0, 2.2, 1.2] and round(means["gan", float("inf")], 1) == 9.6
    assert np.ptp(defined["price"]("frechet", method="gan", epsilon=10.0)) > 7
    assert all(13.5 < means["gan", epsilon] < 15 for epsilon in (1.0, 3.0, 10.0))


def test_more_pictures_call_more_classes_and_blots_are_bags(defined) -> None:
    called = [named(defined, defined["part"].seldom), named(defined, defined["part"].often)]
    assert called == [["Shirt", "Sneaker"], ["Dress"]]
    assert defined["NAMES"][defined["knows"].argmin()] == "Shirt"
    by_correction = [np.flatnonzero(defined["highest"] < 0.1), np.flatnonzero(defined["lowest"] > 0.1)]
    assert [named(defined, each) for each in by_correction] == [["Shirt", "Sneaker"], ["Dress", "Ankle boot"]]
    assert np.abs(defined["mended"] - defined["part"].shares).max() < 0.0035
    assert 0.2 < defined["alone"] / 200 < 0.45 and defined["together"] / 200 <= 0.05
    kept = defined["kept"]
    assert np.round(kept["gan"].mean(axis=1), 2).tolist() == [0.23, 0.78, 1.0]
    assert (kept["gaussian"].mean(axis=1) < kept["gan"].mean(axis=1)).all()
    assert np.abs(kept["real"] - 1).max() < 0.05
    bags = {model: np.mean(found) for model, found in defined["bags"].items()}
    assert bags["gan"] > 0.025 and round(bags["real"], 3) == 0.010
    assert len(defined["called_bags"]) == 12


def named(defined, classes) -> list[str]:
    return [defined["NAMES"][each] for each in classes]


def test_a_mark_survives_accidents_and_not_an_average(defined) -> None:
    survived = defined["survived"]
    assert all(survived(c)["found"] > 0.9 for c in ("jpeg_90", "jpeg_50", "crop_80", "half", "noise_10"))
    assert all(survived(c)["found"] < 0.5 for c in ("nine_tenths", "blur_2", "rotate_1", "crop_half_jpeg"))
    assert survived("saved", "least_bits")["bits"] == 1 and survived("jpeg_90", "least_bits")["found"] == 0
    assert (defined["false_alarms"], defined["readings"]) == (1, 2736)
    crop = survived("crop_50")
    assert round(1 - crop["bits"], 2) == 0.07 and round(crop["messages"], 2) == 0.38
    assert round(crop["bits"] ** 32, 2) == 0.09
    read, message = defined["watermark"].read, defined["MESSAGE"]
    assert read(defined["washed"], 32, 20).p_value > 0.1
    forged = read(defined["forged"], 32, 20)
    assert forged.p_value < 1e-20 and np.array_equal(forged.bits, message)
    assert defined["watermark"].psnr(defined["picture"], defined["washed"]) > 48
    missed = [
        defined["checked_mark_test"](bits, 10**6, 1e-6, 1 - survived("jpeg_50")["bits"])[1]
        for bits in (32, 48, 64)
    ]
    assert missed[0] == 1 and missed[2] < 0.001 < missed[1]


def test_a_detector_knows_its_own_generator_and_accuses_the_innocent(defined) -> None:
    network = {name: found[0] for name, found in defined["by_source"].items()}
    rings = {name: found[1] for name, found in defined["by_source"].items()}
    assert network["this GAN"].auc > 0.93 and network["this GAN"].accuracy > 0.85
    assert network["GAN, 800 steps"].auc < 0.7 and network["VAE"].auc < 0.8 and network["flow"].auc < 0.7
    assert rings["GAN, 800 steps"].auc > rings["this GAN"].auc > 0.85 and rings["VAE"].auc < 0.5
    justly = 0.01 * defined["T"] / (0.01 * defined["T"] + 0.99 * defined["F"])
    assert 0.05 < justly < 0.15
    areas = {key: np.mean(found) for key, found in defined["areas"].items()}
    assert areas["network", "gan_vae", "vae"] > 0.95 > areas["network", "gan_vae", "gan"] + 0.1
    assert all(areas[kind, source, "flow"] < 0.7 for kind, source, test in areas if test == "flow")
    assert all(areas[key] < 0.7 for key in areas if key[2] == "blur")


def test_only_integrated_gradients_are_complete(defined) -> None:
    gap, detects, chosen, maps = (
        defined["attribution"].gap, defined["detects"], defined["chosen"], defined["maps"],
    )  # fmt: skip
    off = {name: np.abs(gap(detects, chosen, each)).mean() for name, each in maps.items()}
    assert off["integrated"] < 0.1 < off["gradient x input"] < off["occlusion"]
    falls = {
        name: defined["attribution"].deletion(detects, chosen, each, [0.1]).mean()
        for name, each in maps.items()
    }
    scored = detector.scores(detects, chosen).mean()
    assert falls["integrated"] < scored - 20 and falls["by lot"] > scored - 3
    assert -15 < defined["of_real"][0].min() < -5, "-39 lies beyond all that is real, as the text says"


def test_energies_are_ranges_and_ratios_are_not(defined) -> None:
    costs = defined["costs"]
    assert (
        round(costs.kwh_high / costs.kwh_low) == 15 and round(costs.grams_high / costs.grams_low, -1) == 350
    )
    ratio, seconds = defined["checked_cost_ratio"], defined["seconds_of"]
    unknown = defined["WATTS"], defined["REST"]
    low, high = ratio(seconds("gan", 3.0), seconds("gaussians", 3.0), *unknown)
    assert low > 8 and np.isclose(low, high) and high < 10
    ours, curves, free = (
        defined["price"]("seconds", method=method, epsilon=epsilon)
        for method, epsilon in (("gan", 3.0), ("gaussians", 3.0), ("gan", float("inf")))
    )
    assert [int(ours.min() / curves.max()), int(ours.max() / curves.min())] == [4, 21]
    assert round(ours.mean() / free.mean(), 2) == 1.08
    assert round(min(*ours, *free)) == 13 and round(max(*ours, *free)) == 17
    low, high = ratio((60, 120), (120, 120), *unknown)
    assert 0.5 < low < high < 0.9


def test_the_card_holds_every_answer_and_the_page_loads_nothing(defined) -> None:
    assert set(defined["card"]["audit"]["answers"]) == set(defined["answers"])
    assert "://" not in defined["page"]


GRADE_IDS = ("fair_auc", "least_epsilon", "private_step", "unusual", "mark_test", "cost_ratio")


@pytest.mark.parametrize("grade_id", GRADE_IDS)
def test_with_any_right_answer_the_lesson_goes_on_in_the_same_way(defined, grade_id: str) -> None:
    """Also with one that gives back a list or a tuple, or works in what it is given."""
    answers = runpy.run_path(str(Path(__file__).parent / "answers/20_responsibility.py"))
    call = f"checked_{grade_id}("
    lesson = load_lesson(find_source("20"))
    uses = [
        cell.source for cell in lesson.cells if call in cell.source and cell.role not in ("check", "graded")
    ]
    assert uses

    def said(**answer: Any) -> str:
        names, out = defined | answer, io.StringIO()
        with redirect_stdout(out):
            for source in uses:
                exec(compile(source, grade_id, "exec"), names)
        return "".join(line for line in out.getvalue().splitlines(True) if "less the library's" not in line)

    ours = said()
    for answer in (answers["RIGHT"][grade_id], *answers["ALSO_RIGHT"][grade_id]):
        names = dict(defined)
        exec(answer, names)
        assert said(**{call[:-1]: names[grade_id]}) == ours, answer
