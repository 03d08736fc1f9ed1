"""What lesson 10 says of the network beside the line: fewer latents, a lower loss, and not for want of steps."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import ROOT, datasets
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import solved

SOURCE = ROOT / "lessons" / "source" / "10_other_roads.py"
LEVEL, LATENTS = 1.0, 16


@pytest.fixture(scope="module")
def lesson_names() -> dict:
    """What the lesson knows when it trains on garments: its imports, its loss, its trainer."""
    lesson, names = load_lesson(SOURCE), {}
    (setup,) = (cell for cell in lesson.having("setup") if "def log_normal" in cell.source)
    (trainer,) = (cell for cell in lesson.having("demo") if "def trained" in cell.source)
    for source in (setup.source, solved(lesson.exercises["vae_loss"].source), trainer.source):
        exec(source.replace("checked_vae_loss", "vae_loss"), names)
    return names


@pytest.mark.slow
def test_longer_training_wakes_no_more_latents_and_beats_the_line(lesson_names: dict) -> None:
    """Four times the lesson's steps. The best line: s^2 of misfit a latent, the rest of the variance, the tolls."""
    flat = datasets.load("fashion_mnist").images_train.reshape(-1, 784)
    spectrum = np.linalg.eigvalsh(np.cov(flat[:10_000], rowvar=False))[::-1]
    told = spectrum[:LATENTS]
    line_misfit = np.sum(np.minimum(told, LEVEL**2)) + spectrum[LATENTS:].sum()
    line_tolls = 0.5 * np.log(np.maximum(told / LEVEL**2, 1))
    encoder, decoder = lesson_names["trained"](
        flat, LATENTS, LEVEL, steps=3200, hidden=128, activation="relu", rate=2e-3, batch=128
    )
    paid = lesson_names["tolls"](encoder, flat[:2000])
    assert np.sum(paid > 0.05) <= 13 < np.sum(line_tolls > 0.05) == LATENTS

    seen = flat[:2000]
    noise = np.random.default_rng(0).normal(size=(len(seen), LATENTS)).astype("float32")
    halves = lesson_names["tf"].split(encoder(seen), 2, axis=1)
    loss = float(lesson_names["vae_loss"](seen, lambda _: halves, decoder, noise, LEVEL))
    assert loss < 0.9 * (line_misfit / (2 * LEVEL**2) + line_tolls.sum())
