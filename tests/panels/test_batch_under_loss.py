"""The panel of lesson 03: real widgets, set by `.value`; its gradients against those of the library's losses."""

from __future__ import annotations

import re

import numpy as np
import pytest

from course_lib.panels import batch_under_loss
from tests.panels.in_a_kernel import run_cells


def arrows_of(panel: batch_under_loss.BatchUnderLoss) -> dict[str, float]:
    return {row: float(np.abs(values).mean()) for row, values in panel.pulls.items()}


def test_the_minimax_generator_hears_nothing_when_the_discriminator_wins():
    panel = batch_under_loss.BatchUnderLoss(loss="minimax", fake=0.0)
    before = arrows_of(panel)["G on fake"]
    panel.controls["fake"].value = -6.0
    assert arrows_of(panel)["G on fake"] < 0.05 < 0.3 < before
    panel.controls["loss"].value = "non_saturating"
    assert arrows_of(panel)["G on fake"] > 0.95


def test_the_hinge_is_content_and_least_squares_pushes_back():
    panel = batch_under_loss.BatchUnderLoss(loss="hinge")
    panel.controls["spread"].value = 0.5
    panel.controls["real"].value, panel.controls["fake"].value = 4.0, -4.0
    assert arrows_of(panel)["D on real"] == arrows_of(panel)["D on fake"] == 0
    panel.controls["loss"].value, panel.controls["fake"].value = "least_squares", 3.0
    assert (panel.pulls["G on fake"] > 0).all()  # against the gradient is down, away from "real"


@pytest.mark.parametrize("name", ["loss", "real", "fake", "spread"])
def test_every_control_redraws_the_picture_and_its_description(name):
    panel = batch_under_loss.BatchUnderLoss()
    pictures = []
    for value in ("hinge", "least_squares") if name == "loss" else (0.5, 2.0):
        panel.controls[name].value = value
        pictures.append(panel.picture.value)
    alts = [re.search(r'alt="([^"]{40,})"', picture)[1] for picture in pictures]
    assert pictures[0] != pictures[1] and alts[0] != alts[1]


def test_the_batch_is_what_the_sliders_say():
    panel = batch_under_loss.BatchUnderLoss()
    panel.controls["real"].value, panel.controls["spread"].value = 1.0, 2.0
    real, fake = panel.batch()
    assert real.mean() == pytest.approx(1.0) and fake.mean() == pytest.approx(-2.0)
    assert np.ptp(real) == pytest.approx(2.0 * np.ptp(batch_under_loss.OFFSETS))


@pytest.mark.slow
@pytest.mark.parametrize("name", batch_under_loss.LOSSES)
def test_the_arrows_are_the_gradients_of_the_library(name):
    import tensorflow as tf

    from course_lib.models import losses

    assert batch_under_loss.LOSSES == losses.NAMES
    panel = batch_under_loss.BatchUnderLoss(loss=name, real=0.35, fake=-0.3)
    real, fake = (tf.constant(each, tf.float32) for each in panel.batch())
    game = losses.get(name)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        on_d, on_g = game.discriminator(real, fake), game.generator(fake)
    expected = (tape.gradient(on_d, real), tape.gradient(on_d, fake), tape.gradient(on_g, fake))
    for seen, each in zip(panel.pulls.values(), expected, strict=True):
        np.testing.assert_allclose(seen / 8, each, atol=1e-6)  # theirs is a mean over eight


@pytest.mark.slow
def test_in_a_kernel_the_still_picture_is_kept():
    """What the notebook's file holds is the picture at the start, before and after a move."""
    still, said = run_cells(
        "from course_lib.panels.batch_under_loss import BatchUnderLoss\npanel = BatchUnderLoss()\npanel.show()",
        'panel.controls["fake"].value = 3.0\nprint("around 3.0" in panel.picture.value)',
    )
    assert still[0].startswith("<details open ") and '<img alt="Eight real logits around 1.0' in still[0]
    assert said == ["True"]
    assert still[1] == still[0]
