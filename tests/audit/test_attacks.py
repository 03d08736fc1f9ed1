"""What happens to pictures, and what takes a mark away from them or forges it."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from PIL import Image

from course_lib import CourseError, datasets
from course_lib.audit import attacks, watermark

COFFEE = datasets.photo("coffee")
BITS = np.random.default_rng(5).integers(0, 2, 32)


def test_saved_is_rounded_to_256_steps() -> None:
    image = np.random.default_rng(0).uniform(-1, 1, (40, 50, 3))
    kept = attacks.saved(image)
    steps = (kept + 1) * 127.5
    assert kept.dtype == np.float32 and np.abs(steps - np.rint(steps)).max() < 1e-4
    assert np.abs(kept - image).max() <= 1 / 255 + 1e-6


def test_jpeg_is_a_files() -> None:
    file = io.BytesIO()
    Image.fromarray(np.rint((COFFEE + 1) * 127.5).astype("uint8")).save(file, "JPEG", quality=50)
    assert np.allclose(attacks.jpeg(COFFEE, 50), np.asarray(Image.open(file)) / 127.5 - 1, atol=1e-6)
    assert (
        watermark.psnr(attacks.jpeg(COFFEE, 90), COFFEE)
        > watermark.psnr(attacks.jpeg(COFFEE, 10), COFFEE) + 5
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_crop_is_a_part(seed) -> None:
    part = attacks.crop(COFFEE, 0.8, seed)
    height, width = (round(0.8 * edge) for edge in COFFEE.shape[:2])
    assert part.shape == (height, width, 3)
    places = [
        (top, left)
        for top in range(COFFEE.shape[0] - height + 1)
        for left in range(COFFEE.shape[1] - width + 1)
        if np.allclose(COFFEE[top : top + 4, left : left + 4], part[:4, :4], atol=1e-6)
    ]
    assert any(
        np.allclose(COFFEE[top : top + height, left : left + width], part, atol=1e-6) for top, left in places
    )


def test_sizes_noise_and_blur() -> None:
    assert attacks.resize(COFFEE, 0.5).shape[:2] == tuple(round(edge / 2) for edge in COFFEE.shape[:2])
    grey = np.zeros((128, 128, 3))
    assert (attacks.noise(grey, 8) * 127.5).std() == pytest.approx(8, rel=0.02)
    assert np.array_equal(attacks.noise(grey, 8, seed=2), attacks.noise(grey, 8, seed=2))
    noisy = attacks.noise(grey, 20)
    assert attacks.blur(noisy, 2).std() < 0.2 * noisy.std()
    assert np.array_equal(attacks.blur(COFFEE, 0), attacks.saved(COFFEE))
    assert np.array_equal(attacks.rotate(COFFEE, 0), attacks.saved(COFFEE))


def test_who_has_many_marked_pictures_needs_no_key() -> None:
    """The average of a dozen gives the mark away; with it, the mark is taken off one picture and forged on another."""
    key, strength = 11, 4.0
    names = datasets.PAINTINGS[:12]
    mark = attacks.average_mark(
        watermark.embed(datasets.painting(name), BITS, key, strength) for name in names
    )
    true = watermark.tile(BITS, key)
    assert mark.mean() == pytest.approx(0, abs=1e-9) and np.square(mark).mean() == pytest.approx(1)
    assert np.mean(mark * true) > 0.6
    ours = watermark.embed(COFFEE, BITS, key, strength)
    before = watermark.read(ours, 32, key, scales=[1])
    after = watermark.read(watermark.lay(ours, mark, -strength), 32, key, scales=[1])
    assert before.p_value < 1e-20 and after.score < 0.6 * before.score
    forged = watermark.read(attacks.saved(watermark.lay(COFFEE, mark, strength)), 32, key, scales=[1])
    assert forged.p_value < 1e-10 and (forged.bits == BITS).sum() >= 30
    assert watermark.read(COFFEE, 32, key, scales=[1]).p_value > 0.05


@pytest.mark.parametrize(
    "call",
    [
        lambda: attacks.jpeg(COFFEE, 0),
        lambda: attacks.jpeg(COFFEE, 50.0),
        lambda: attacks.crop(COFFEE, 0),
        lambda: attacks.crop(COFFEE, 1.1),
        lambda: attacks.crop(COFFEE, 0.8, seed=-1),
        lambda: attacks.resize(COFFEE, math.nan),
        lambda: attacks.resize(COFFEE, 0),
        lambda: attacks.noise(COFFEE, -1),
        lambda: attacks.noise(COFFEE, 5, seed=True),
        lambda: attacks.blur(COFFEE, math.inf),
        lambda: attacks.rotate(COFFEE, 90),
        lambda: attacks.saved(COFFEE[np.newaxis]),
        lambda: attacks.saved(COFFEE * math.nan),
        lambda: attacks.saved(COFFEE + 3),
        lambda: attacks.saved(None),
        lambda: attacks.average_mark([]),
        lambda: attacks.average_mark(3),
        lambda: attacks.average_mark([np.zeros((128, 128, 3))]),
    ],
)
def test_mistakes(call) -> None:
    with pytest.raises(CourseError) as error:
        call()
    assert "\n" not in str(error.value)
