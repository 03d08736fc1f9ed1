"""Whatever is handed to the room: a CourseError of one line, or an answer in finite numbers, and nothing is changed."""

from __future__ import annotations

import inspect
import math
import warnings

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError
from course_lib.audit import (
    attacks,
    attribution,
    copies,
    counting,
    detector,
    energy,
    least_bits,
    membership,
    privacy,
    private_gan,
    private_gaussian,
    shares,
    spectrum,
    trained,
    watermark,
)
from course_lib.models import networks

RNG = np.random.default_rng(0)
HOSTILE = {
    "NaN": math.nan,
    "infinity": math.inf,
    "a switch": True,
    "text": "abc",
    "None": None,
    "an empty list": [],
    "below 0": -1,
    "hardly above 0": 1e-200,
    "too large": 10**400,
    "objects": np.array([1, None], object),
    "ragged": [[1], [2, 3]],
    "8 bits": np.int8(127),
    "unsigned": np.uint64(3),
    "unsigned ones": np.array([0, 1, 0, 1, 1], "uint64"),
    "a function of nothing": lambda *_: None,
    "a function of text": lambda *_: "a",
    "pixels": np.zeros((2, 12, 12, 1), "uint8"),
}


def kept(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values


def total(images: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(images, axis=(1, 2, 3))


IMAGES = kept(RNG.uniform(-1, 1, (4, 12, 12, 1)).astype("float32"))
SMALL = kept(RNG.uniform(-1, 1, (40, 14, 14, 1)).astype("float32"))
PICTURE, LARGE = (kept(RNG.uniform(-1, 1, (*edges, 3))) for edges in ((32, 36), (128, 130)))
SCORES, OTHERS = kept(RNG.normal(size=5)), kept(RNG.normal(size=6))
LABELS = kept(np.tile(np.arange(3), 40))
TEST = kept(np.array([[20, 2, 1], [1, 30, 3], [2, 2, 25]]))
THIRDS = kept(np.full(3, 1 / 3))
NETWORK = networks.dcgan_discriminator((12, 12, 1), width=2, hidden=4)
DENSE = private_gan.new_discriminator()
CALLS = [
    (membership.measure, (SCORES, OTHERS, 0.9)),
    (membership.caught, (SCORES, OTHERS, 0.1)),
    (membership.closeness, (IMAGES, IMAGES, lambda images: images.reshape(len(images), -1))),
    (membership.by_discriminator, (NETWORK, IMAGES)),
    (trained.load, ("good",)),
    (trained.split, (kept(np.tile(np.arange(2), 150)), 3, 0)),
    (privacy.laplace, (kept(np.arange(3)), 1.0, 1.0, 0)),
    (privacy.clipped, (kept(RNG.normal(size=(4, 3))), 1.0)),
    (privacy.noisy_mean, (kept(RNG.normal(size=(4, 3))), 1.0, 1.0, 4, RNG)),
    (privacy.renyi, (2, 0.1, 1.0)),
    (privacy.renyi, (2, 1, 1.0)),
    (privacy.epsilon, (0.1, 1.0, 10, 1e-5)),
    (privacy.noise_for, (1.0, 0.1, 10, 1e-5)),
    (privacy.caught_at_most, (1.0, 1e-5, 0.1)),
    (private_gan.enlarge, (SMALL,)),
    (private_gan.example_gradients, (DENSE, SMALL, True)),
    (private_gan.clipped_sum, (DENSE, SMALL, True, 1.0)),
    (private_gaussian.fit, (SMALL[:, :4, :4], 0.01, 8.0, 0)),
    (copies.nearest, (IMAGES, IMAGES, IMAGES, 0.5)),
    (copies.closest, (copies.nearest(IMAGES, IMAGES, IMAGES, 0.5), 2)),
    (counting.exact_interval, (1, 5, 0.9)),
    (shares.class_shares, (LABELS, THIRDS, 0.9)),
    (shares.confused, (LABELS, LABELS, 3)),
    (shares.corrected, (THIRDS, TEST)),
    (shares.corrected_interval, (kept(np.array([20, 30, 40])), TEST, 0.9, 20, 0)),
    (shares.skewed, (LABELS, 1, 0.1, 0)),
    (energy.training_energy, (10.0, 2)),
    (watermark.lay, (LARGE, kept(RNG.normal(size=(64, 64))), 1.0)),
    (watermark.tile, (kept(np.array([0, 1])), 1)),
    (watermark.read, (PICTURE, 2, 1, [1.0])),
    (watermark.by_chance, (1, 3)),
    (watermark.psnr, (PICTURE, -PICTURE)),
    (attacks.jpeg, (PICTURE, 50)),
    (attacks.crop, (PICTURE, 0.5, 0)),
    (attacks.resize, (PICTURE, 0.5)),
    (attacks.noise, (PICTURE, 2.0, 0)),
    (attacks.blur, (PICTURE, 1.0)),
    (attacks.rotate, (PICTURE, 1.0)),
    (attacks.average_mark, ([LARGE],)),
    (least_bits.embed, (PICTURE, kept(np.array([0, 1])), 1)),
    (least_bits.read, (PICTURE, 2, 1)),
    (detector.build, ((12, 12, 1), 0)),
    (detector.scores, (NETWORK, IMAGES)),
    (detector.rates, (SCORES, OTHERS, 0.9)),
    (spectrum.slope, (IMAGES,)),
    (spectrum.SpectrumDetector.fit, (IMAGES, IMAGES[::-1] / 2, spectrum.rings)),
    (attribution.gradient_times_input, (total, IMAGES, -1.0)),
    (attribution.integrated_gradients, (total, IMAGES, -1.0, 2)),
    (attribution.occlusion, (total, IMAGES, 6, 6, -1.0)),
    (attribution.gap, (total, IMAGES, kept(RNG.normal(size=(4, 12, 12))), -1.0)),
    (attribution.deletion, (total, IMAGES, kept(RNG.normal(size=(4, 12, 12))), [0.1], -1.0)),
]
MEANT = {  # by docstring: no noise, no bound; no pilot in the last bits
    (privacy.renyi, "noise"),
    (privacy.epsilon, "noise"),
    (least_bits.read, "k"),
    (least_bits.read, "key"),
}
LONG = {
    (attribution.integrated_gradients, "steps"): ("8 bits",),
    (shares.corrected_interval, "rounds"): ("too large",),
}


@pytest.mark.parametrize(("function", "given"), CALLS, ids=lambda part: getattr(part, "__qualname__", ""))
def test_one_line_or_a_finite_answer(function, given) -> None:
    function(*given)  # what is good is answered, from arrays that nobody may write into
    names = list(inspect.signature(function).parameters)
    for place, name in enumerate(names[: len(given)]):
        for what, value in HOSTILE.items():
            if what in LONG.get((function, name), ()):
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    found = function(*given[:place], value, *given[place + 1 :])
                except CourseError as error:
                    assert "\n" not in str(error) or what == "pixels", (name, what)
                    continue
            assert (function, name) in MEANT or _is_finite(found), (name, what, found)


def _is_finite(found: object) -> bool:
    if isinstance(found, tuple | list):
        return all(map(_is_finite, found))
    try:
        return bool(np.isfinite(np.asarray(found, float)).all())
    except (TypeError, ValueError):  # a network, or an assumption in words
        return True
