"""What the rounding to half precision changes, against a computation by hand; and the card in words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models.sampling import generate
from course_lib.studio import model_card
from course_lib.studio.sources import Source
from tests.studio.generators import small

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("classes", [0, 3])
def test_the_rounding_is_the_difference_of_the_pixels(classes: int) -> None:
    generator = small(classes or None)
    latents = np.random.default_rng(0).standard_normal((64, 5), dtype="float32")
    labels = np.arange(64) % classes if classes else None

    def pixels() -> np.ndarray:
        return np.rint((generate(generator, latents, labels) + 1) * 127.5)

    found = model_card.measured_rounding(generator, classes)
    exact = pixels()
    generator.set_weights([np.float32(np.float16(weight)) for weight in generator.get_weights()])
    difference = np.abs(exact - pixels())
    assert found["largest_of_255"] == difference.max() > 0
    assert found["mean_of_255"] == pytest.approx(difference.mean(), abs=1e-4)
    again = model_card.measured_rounding(generator, classes)
    assert (again["largest_of_255"], again["mean_of_255"]) == (0, 0)
    assert model_card.said_of_rounding(again) == "weights of half precision change no pixel (64 pictures)"


def test_the_rows_say_what_the_card_holds() -> None:
    scores = {
        "kernel_distance": 0.5,
        "samples": 1000,
        "real_against_real": 0.01,
        "noise": 3.0,
        "feature_space": "64 features",
    }
    source = Source(small(3), "t", ("a", "b", "c"), "drawings", "CC0", {"batch_size": 32, "steps": 7}, scores)
    rows = dict(model_card.rows(model_card.model_card(source, "t")))
    assert rows["Draws"] == "colour pictures of 12 x 16 pixels of 3 classes"
    assert rows["Training"] == "batch size 32, steps 7"
    score = "kernel distance 0.5 of 1,000 pictures (less is better: real pictures 0.01, noise 3); 64 features"
    assert rows["Score"] == score
    assert rows["Licence of those pictures"] == "CC0" and "no evidence" in rows["Meant for"]
    bare = dict(model_card.rows(model_card.model_card(Source(small()), "t")))
    assert {bare[name] for name in ("Learned from", "Score", "Training")} == {"not stated"}
