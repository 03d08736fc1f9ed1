"""The generators that come with the course: small files, the scores their report names, and the script behind them."""

from __future__ import annotations

import itertools
import runpy

import numpy as np
import pytest

from course_lib import ROOT, CourseError, datasets
from course_lib.models import pretrained
from course_lib.models.gan import generate
from course_lib.scores import metrics


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The names of data/make_pretrained_generator.py, which imports neighbours of its folder."""
    monkeypatch.syspath_prepend(str(ROOT / "data"))
    return runpy.run_path(str(ROOT / "data" / "make_pretrained_generator.py"))


def test_the_files_are_small_and_the_report_is_whole() -> None:
    assert (ROOT / "data" / f"{pretrained.NAME}.npz").stat().st_size < 1_500_000
    report = pretrained.report()
    assert len(report["steps"]) == len(report["seconds"]) == len(report["frechet_distance"]) >= 6
    assert report["steps"] == sorted(report["steps"]) and report["seconds"] == sorted(report["seconds"])
    images = [step * report["batch_size"] for step in report["steps"]]
    np.testing.assert_allclose(report["seconds"], np.array(images) / report["images_per_second"], atol=0.06)


def test_the_last_generator_draws_what_the_report_says() -> None:
    latents = np.random.default_rng(5).standard_normal((2000, 64), dtype="float32")
    images = generate(pretrained.generator(), latents)
    assert images.shape == (2000, *pretrained.IMAGE_SHAPE) and np.abs(images).max() <= 1
    # 2,000 images score a little higher than 5,000: the bias of the distance, see lesson 07.
    assert metrics.frechet_score(images) == pytest.approx(
        pretrained.report()["frechet_distance"][-1], abs=0.5
    )


def test_every_moment_is_there_and_differs() -> None:
    latents = np.random.default_rng(6).standard_normal((4, 64), dtype="float32")
    drawn = [generate(pretrained.generator(step), latents) for step in pretrained.report()["steps"]]
    for one, next_one in itertools.pairwise(drawn):
        assert np.abs(one - next_one).mean() > 0.01
    np.testing.assert_array_equal(drawn[-1], generate(pretrained.generator(), latents))


def test_other_moments_are_refused() -> None:
    with pytest.raises(CourseError, match="No generator was kept after 7 steps, only after"):
        pretrained.generator(7)


@pytest.mark.slow
def test_the_script_keeps_rounded_weights_of_every_moment(script: dict) -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (320, 28, 28, 1)).astype("float32")
    script["moments"].__globals__["SAMPLES"] = 1000
    weights, scores = script["moments"](images, steps=(10, 20))
    count = len(pretrained.generator().weights)
    assert list(weights) == pretrained.names(10, count) + pretrained.names(20, count)
    assert all(array.dtype == np.float16 for array in weights.values())
    assert len(scores) == 2 and all(np.isfinite(scores))


def test_scoring_rounded_weights_leaves_the_exact_ones_in_place(script: dict) -> None:
    script["score"].__globals__["SAMPLES"] = 1000
    sampler = pretrained.generator()
    exact = [weight + 1e-5 for weight in sampler.get_weights()]
    sampler.set_weights(exact)
    script["score"](sampler, [weight.astype("float16") for weight in exact])
    for kept, weight in zip(sampler.get_weights(), exact, strict=True):
        np.testing.assert_array_equal(kept, weight)


def test_the_generator_of_prints_draws_in_the_colours_of_the_crops_it_was_trained_on() -> None:
    z = np.random.default_rng(0).standard_normal((60, 64), dtype="float32")
    drawn = np.asarray(pretrained.print_generator()(z, training=False))
    crops = datasets.crops_from_folder(
        ROOT / "data" / "paintings", 64, 60, shares=(0.4, 0.8), pattern="hokusai_*"
    )
    assert drawn.shape == (60, 64, 64, 3) and np.abs(drawn).max() <= 1
    np.testing.assert_allclose(drawn.mean((0, 1, 2)), crops.mean((0, 1, 2)), atol=0.15)
    assert metrics.diversity(drawn) == pytest.approx(metrics.diversity(crops), rel=0.25)
