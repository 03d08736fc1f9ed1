"""The mark: where it lies, what it lives through, and how seldom a picture without one is accused."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from course_lib import CourseError, datasets
from course_lib.audit import attacks, watermark

BITS = np.random.default_rng(5).integers(0, 2, 32)
KEY = 7


@cache
def picture(name: str = "coffee") -> np.ndarray:
    return datasets.photo(name) if name in datasets.PHOTOS else datasets.painting(name)


@cache
def marked(name: str = "coffee") -> np.ndarray:
    return watermark.embed(picture(name), BITS, KEY)


def stripes() -> np.ndarray:
    """A picture that repeats every 64 pixels by itself, as a mark would, with waves in the mark's own band."""
    down, across = np.mgrid[0:192, 0:192] / 64
    waves = np.cos(2 * np.pi * 12 * across) + np.cos(2 * np.pi * (5 * across + 10 * down))
    return np.repeat(0.4 * waves[..., np.newaxis], 3, axis=2)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 1), min_size=1, max_size=32), st.integers(0, 2**62))
def test_what_was_written_is_read(bits, key) -> None:
    found = watermark.read(attacks.saved(watermark.embed(picture(), bits, key)), len(bits), key, scales=[1])
    assert found.bits.tolist() == bits and found.p_value < 1e-6 and found.scale == 1
    assert found.bits.tolist() == (found.votes > 0).tolist()


def test_the_tile_is_a_sum_of_waves_in_its_band_alone() -> None:
    tile = watermark.tile(BITS, KEY)
    assert tile.mean() == pytest.approx(0, abs=1e-9) and np.square(tile).mean() == pytest.approx(1)
    power = np.abs(np.fft.fft2(tile)) ** 2
    periods = np.minimum(np.arange(64), 64 - np.arange(64))
    radius = np.hypot(*np.meshgrid(periods, periods, indexing="ij"))
    inside = (radius >= watermark.BAND[0]) & (radius <= watermark.BAND[1])
    assert (
        power[inside].min() == pytest.approx(power[inside].max())
        and power[~inside].max() < 1e-15 * power.max()
    )


def test_a_bit_turns_its_own_waves_over_and_leaves_the_others() -> None:
    one, other = (np.fft.fft2(watermark.tile(bits, KEY)) for bits in ([0, 0, 1], [0, 1, 1]))
    there = np.abs(one) > 1
    turned = np.isclose(other[there], -one[there])
    assert (turned | np.isclose(other[there], one[there])).all()
    assert turned.mean() == pytest.approx((1 - watermark.PILOT) / 3, abs=0.01)


@pytest.mark.parametrize("strength", [1.5, 4.0])
def test_strength_is_the_marks_size_in_greys(strength) -> None:
    grey = picture() * 0.5  # nothing is cut off at the ends
    found = watermark.psnr(watermark.embed(grey, BITS, KEY, strength), grey)
    assert found == pytest.approx(20 * math.log10(255 / strength), abs=0.1)


def test_a_busy_place_hides_more_than_a_flat_one() -> None:
    half = np.zeros((128, 256, 3))
    half[:, 128:] = np.random.default_rng(0).uniform(-0.5, 0.5, (128, 128, 3))
    added = watermark.embed(half, BITS, KEY) - half
    assert added[:, 140:].std() > 2 * added[:, :116].std() > 0


def test_several_pictures_are_marked_as_each_alone() -> None:
    both = np.stack([picture()[:160, :160], picture("hokusai_great_wave")[:160, :160]])
    together = watermark.embed(both, BITS, KEY)
    assert together.dtype == np.float32 and together.shape == both.shape
    assert np.array_equal(together[1], watermark.embed(both[1], BITS, KEY))


def test_what_is_laid_on_can_be_taken_away() -> None:
    grey = picture() * 0.5
    tile = watermark.tile(BITS, KEY)
    back = watermark.lay(watermark.lay(grey, tile, 2.0), tile, -2.0)
    assert watermark.psnr(back, grey) > 55


CHANGES = {
    "jpeg 90": lambda image: attacks.jpeg(image, 90),
    "jpeg 50": lambda image: attacks.jpeg(image, 50),
    "crop": lambda image: attacks.crop(image, 0.8, seed=3),
    "half": lambda image: attacks.resize(image, 0.5),
    "noise": lambda image: attacks.noise(image, 5),
}


@pytest.mark.parametrize("name", ["coffee", "astronaut", "hokusai_great_wave"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_mark_lives_through_what_happens_to_pictures(change, name) -> None:
    found = watermark.read(CHANGES[change](marked(name)), 32, KEY)
    assert (found.bits == BITS).sum() >= 30 and found.p_value < 1e-4
    assert found.scale == (0.5 if change == "half" else 1)


@settings(max_examples=10)
@given(st.integers(0, 63), st.integers(0, 63))
def test_a_shift_changes_nothing_that_is_read(down, across) -> None:
    image = marked()[:128, :192]
    found = watermark.read(np.roll(image, (down, across), (0, 1)), 32, KEY, scales=[1])
    whole = watermark.read(image, 32, KEY, scales=[1])
    assert found.score > 0.8 * whole.score and (found.bits == whole.bits).mean() > 0.95


@pytest.mark.parametrize("change", ["unmarked", "other key", "turned", "small"])
def test_what_reads_nothing(change) -> None:
    image = picture() if change == "unmarked" else marked()
    image = {"turned": lambda: attacks.rotate(image, 5), "small": lambda: attacks.resize(image, 0.2)}.get(
        change, lambda: image
    )()
    found = watermark.read(image, 32, KEY + (change == "other key"))
    assert found.p_value > 0.05 and 5 <= (found.bits == BITS).sum() <= 27


def test_a_size_that_is_not_tried_is_not_found_and_one_that_is_tried_is() -> None:
    shrunk = attacks.resize(marked(), 0.875)
    assert watermark.read(shrunk, 32, KEY).p_value > 0.01
    found = watermark.read(shrunk, 32, KEY, scales=[1, 0.875])
    assert found.scale == 0.875 and (found.bits == BITS).sum() >= 31


def test_the_bound_behind_the_p_value() -> None:
    """E exp(l cos U) = I_0(l) <= exp(l^2 / 4), for either sign of l."""
    steps = np.linspace(-30, 30, 601)
    assert (np.log(np.i0(steps)) <= steps**2 / 4 + 1e-12).all()


@pytest.mark.parametrize("image", [picture(), stripes()], ids=["coffee", "stripes"])
def test_over_keys_a_picture_without_a_mark_scores_like_noise(image) -> None:
    """At a place not chosen by its score, the sum of cosines is standard normal, whatever the picture."""
    spectrum = np.fft.fft2(watermark.folded(image))
    votes = []
    for key in range(300):
        tile = np.fft.fft2(watermark.tile([1], key))
        there = np.abs(tile) > 1
        cosines = np.cos(np.angle(spectrum[there]) - np.angle(tile[there]))
        votes.append(
            cosines.sum() / math.sqrt(there.sum() / 2) / math.sqrt(2)
        )  # each wave stands there twice
    assert stats.kstest(votes, "norm").pvalue > 0.01


@pytest.mark.parametrize("image", [picture()[:128, :128], stripes()[:128, :128]], ids=["coffee", "stripes"])
def test_no_more_false_alarms_than_the_p_value_says(image) -> None:
    found = np.array([watermark.read(image, 4, key, scales=[1]).p_value for key in range(200)])
    for level in (0.05, 0.3):
        assert stats.binomtest(int((found <= level).sum()), 200, level, "greater").pvalue > 0.01
    assert found.min() > 1e-4


@given(st.integers(1, 60), st.data())
def test_by_chance_is_the_binomials_tail(count, data) -> None:
    right = data.draw(st.integers(0, count))
    assert watermark.by_chance(right, count) == pytest.approx(stats.binom.sf(right - 1, count, 0.5))


def test_psnr_by_hand() -> None:
    zeros = np.zeros((4, 4, 3))
    assert watermark.psnr(zeros, zeros) == math.inf
    assert watermark.psnr(zeros, zeros + 0.2) == pytest.approx(20)  # (2 / 0.2)^2 = 100


def test_a_picture_of_one_colour_takes_a_mark_and_without_one_is_not_accused() -> None:
    plain = np.full((128, 128, 3), 0.25)
    assert watermark.read(plain, 8, KEY).p_value > 0.05
    found = watermark.read(attacks.saved(watermark.embed(plain, BITS[:8], KEY)), 8, KEY)
    assert found.bits.tolist() == BITS[:8].tolist()


GOOD = np.zeros((128, 128, 3))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"images": GOOD[:127]}, "enlarge them first"),
        ({"images": GOOD[..., :1]}, "3 colours"),
        ({"images": GOOD + 2}, "[-1, 1]"),
        ({"images": GOOD * np.nan}, "NaN"),
        ({"images": GOOD[0]}, "(N, height, width, channels)"),
        ({"images": "coffee"}, "array of numbers"),
        ({"images": np.zeros((0, 128, 128, 3))}, "(N, height, width, channels)"),
        ({"bits": []}, "each 0 or 1"),
        ({"bits": [0, 2]}, "each 0 or 1"),
        ({"bits": [0, np.nan]}, "each 0 or 1"),
        ({"bits": "0101"}, "array of numbers"),
        ({"bits": 1}, "each 0 or 1"),
        ({"bits": [1] * 65}, "1 to 64"),
        ({"key": -1}, "key"),
        ({"key": True}, "key"),
        ({"key": 1.0}, "key"),
        ({"strength": math.nan}, "strength"),
        ({"strength": 51}, "strength"),
        ({"strength": -1}, "strength"),
    ],
)
def test_what_cannot_be_marked(changed, said) -> None:
    with pytest.raises(CourseError) as error:
        watermark.embed(**{"images": GOOD, "bits": [0, 1], "key": 1, **changed})
    assert said in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"image": GOOD[:20]}, "edges of 32 to 2048"),
        ({"image": GOOD[np.newaxis]}, "one picture"),
        ({"image": GOOD * np.nan}, "NaN"),
        ({"k": 0}, "k is"),
        ({"k": 65}, "k is"),
        ({"key": None}, "key"),
        ({"image": np.zeros((64, 2049, 3))}, "edges of 32 to 2048"),
        ({"image": np.zeros((64, 2048, 3)), "scales": [0.25]}, "larger scales"),
        ({"scales": []}, "empty"),
        ({"scales": [0]}, "scales"),
        ({"scales": [math.inf]}, "scales"),
        ({"scales": "half"}, "scales"),
        ({"scales": 0.5}, "scales"),
    ],
)
def test_what_cannot_be_read(changed, said) -> None:
    with pytest.raises(CourseError) as error:
        watermark.read(**{"image": GOOD, "k": 4, "key": 1, **changed})
    assert said in str(error.value) and "\n" not in str(error.value)


def test_other_mistakes() -> None:
    for call in (
        lambda: watermark.by_chance(3, 2),
        lambda: watermark.by_chance(0, 0),
        lambda: watermark.psnr(GOOD, GOOD[:5]),
        lambda: watermark.psnr(GOOD, GOOD * np.nan),
        lambda: watermark.lay(GOOD, np.zeros((8, 8)), 1),
        lambda: watermark.lay(GOOD, np.full((64, 64), np.inf), 1),
    ):
        with pytest.raises(CourseError):
            call()
