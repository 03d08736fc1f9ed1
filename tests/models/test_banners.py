"""The GAN of banners: what it is trained on, in which order, and what the one trained beforehand draws."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.datasets import banners as rendered
from course_lib.datasets.bundled import DATA
from course_lib.models import banners
from course_lib.models.sampling import generate
from course_lib.scores import banner_looks, metrics

FEW = np.array([3, 50, 77])


def test_of_each_kind_and_each_colour_as_many_looks_are_held_out() -> None:
    kind, colour, layout = rendered.parts(banners.HELD_OUT).T
    assert np.bincount(kind).tolist() == np.bincount(colour).tolist() == [4] * 6
    assert np.bincount(layout).tolist() == [6] * 4
    assert sorted([*banners.HELD_OUT, *banners.TRAINED]) == list(range(144))
    assert (banners.TABLE[banners.TRAINED].sum(axis=0) >= 18).all(), "every part is learned elsewhere"


def test_batches_hold_groups_of_one_look_and_all_banners_come(monkeypatch: pytest.MonkeyPatch) -> None:
    images, looks = rendered.banner_set(banners.GROUP * 4, seed=0, looks=FEW)
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    class Watching:
        step = 0

        def fit(self, batches: tf.data.Dataset, **options: object) -> None:
            seen.extend((i.numpy(), y.numpy()) for i, y in batches)

    monkeypatch.setattr(banners, "BATCH_SIZE", 3 * banners.GROUP)
    banners.train_on(Watching(), images, looks, steps=4)
    assert len(seen) == 4
    found = np.concatenate([batch for batch, _ in seen])
    labels = np.concatenate([batch for _, batch in seen])
    assert (labels.reshape(-1, banners.GROUP) == labels[:: banners.GROUP, None]).all()
    assert np.bincount(labels)[FEW].tolist() == [banners.GROUP * 4] * 3
    order = {picture.tobytes(): look for picture, look in zip(images, looks, strict=True)}
    assert [order[picture.tobytes()] for picture in found] == labels.tolist() and len(order) == len(found)


@pytest.mark.parametrize(
    "looks", [FEW, np.tile(FEW, 3), np.repeat(FEW, banners.GROUP), np.tile(FEW, banners.GROUP)[:-1]]
)
def test_banners_that_do_not_come_in_turns_are_refused(looks: np.ndarray) -> None:
    with pytest.raises(CourseError, match="Each look in turn is wanted"):
        banners.train_on(None, rendered.render(looks), looks, steps=1)


@pytest.mark.parametrize(
    ("images", "looks", "says"),
    [
        (np.zeros((0, *banners.IMAGE_SHAPE)), np.zeros(0, int), "must have the shape"),
        (np.zeros((12, 28, 28, 1)), np.tile(FEW, banners.GROUP), r"Banners are \(n, 32, 64, 3\)"),
        (np.full((12, *banners.IMAGE_SHAPE), 200.0), np.tile(FEW, banners.GROUP), r"must lie in \[-1, 1\]"),
        (np.zeros((12, *banners.IMAGE_SHAPE)), np.tile([3, 50, 144], banners.GROUP), "0..143"),
        (np.zeros((12, *banners.IMAGE_SHAPE)), np.tile([0.5, 1, 2], banners.GROUP), "whole numbers"),
        (np.zeros((12, *banners.IMAGE_SHAPE)), ["a"] * 12, "whole numbers"),
    ],
)
def test_what_no_generator_learns_from_is_refused(images, looks, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        banners.train_on(None, images, looks, steps=1)


@pytest.mark.slow
def test_a_short_training_moves_both_networks_and_goes_on_where_it_stopped() -> None:
    images, looks = rendered.banner_set(banners.GROUP * 3, seed=0, looks=banners.TRAINED[:24])
    whole, twice = banners.new_gan(1, 1), banners.new_gan(1, 1)
    start = [weight.copy() for weight in whole.generator.get_weights()]
    banners.train_on(whole, images, looks, steps=6)
    for steps in (3, 6, 6):
        banners.train_on(twice, images, looks, steps=steps)
    assert whole.step == twice.step == 6
    assert any((a != b).any() for a, b in zip(start, whole.generator.get_weights(), strict=True))
    for a, b in zip(whole.get_weights(), twice.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_three_hundred_steps_learn_where_the_emoji_stands() -> None:
    images, looks = rendered.banner_set(banners.GROUP * 4, 0, banners.TRAINED)
    gan = banners.new_gan()
    asked = np.tile(banners.TRAINED, 2)
    before = banner_looks.obedience(gan.sample(len(asked), labels=asked), asked)
    banners.train_on(gan, images, looks, steps=300)
    after = banner_looks.obedience(gan.sample(len(asked), labels=asked), asked)
    assert before["layout"] < 0.4 and after["layout"] > 0.6


def test_the_one_trained_beforehand_draws_what_its_report_says() -> None:
    network, last = banners.generator(), banners.report()["moments"][-1]
    random = np.random.default_rng(1)
    for part, looks in (("trained", banners.TRAINED), ("held_out", banners.HELD_OUT)):
        # a latent for each banner: with four for all, luck with one of them is luck with every look
        latents = random.standard_normal((4, len(looks), banners.LATENT_SIZE))
        drawn = np.stack([generate(network, each, looks) for each in latents])
        datasets.check_images(drawn[0])
        found = banner_looks.obedience(drawn.reshape(-1, *banners.IMAGE_SHAPE), np.tile(looks, 4))
        for name in ("kind", "colour", "layout", "all"):
            assert found[name] == pytest.approx(last[part][name], abs=0.12), (part, name)
        variety = np.mean([metrics.diversity(drawn[:, number]) for number in range(len(looks))])
        assert variety == pytest.approx(last[part]["variety"], rel=0.25)


def test_its_file_is_small() -> None:
    assert (DATA / f"{banners.NAME}.npz").stat().st_size < 600_000
