"""The VAEs and the flow that come with the course: small files, the scores their report names."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import ROOT, CourseError, datasets
from course_lib.models.roads import pretrained, vae
from course_lib.scores import metrics


def test_the_file_is_small_and_the_whole_folder_stays_so() -> None:
    path = ROOT / "data" / f"{pretrained.NAME}.npz"
    assert path.stat().st_size < 3_000_000
    assert sum(each.stat().st_size for each in path.parent.iterdir()) < 12_000_000


@pytest.mark.parametrize("latents", pretrained.LATENT_SIZES)
def test_the_vaes_reconstruct_and_cost_what_the_report_says(latents: int) -> None:
    model, report = pretrained.vae(latents), pretrained.report()[f"vae_{latents}"]
    images = datasets.load("fashion_mnist").images_test[:500]
    error = np.square(model.reconstruct(images) - images).mean()
    assert error < 0.5 * np.square(images - images.mean(axis=0)).mean()
    assert vae.active_units(model.encode(images)[0]) >= latents / 2
    assert model.bits_per_pixel(images, draws=4).mean() == pytest.approx(report["bits_per_pixel"], abs=0.05)


@pytest.mark.slow
def test_the_flow_draws_what_the_report_says() -> None:
    drawn = pretrained.flow().sample(1000, steps=10, seed=5)
    # 1,000 pictures score higher than 2,000: the bias of the distance, see lesson 07.
    assert metrics.frechet_score(drawn) == pytest.approx(
        pretrained.report()["flow"]["frechet_distance"], abs=1.5
    )


def test_the_flow_draws_at_all() -> None:
    drawn = pretrained.flow().sample(64, steps=5, seed=5)
    assert metrics.diversity(drawn) > 0.3
    black = (drawn < -0.9).mean()
    assert 0.2 < black < 0.8  # garments on black, and not noise


def test_other_vaes_are_refused() -> None:
    with pytest.raises(CourseError, match="with 2 latents and one with 16, not with 3"):
        pretrained.vae(3)
