"""The GAN of sprites: what its batches hold, what the one trained beforehand draws, and loops without a seam."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.datasets import sprites as emoji
from course_lib.datasets.bundled import DATA
from course_lib.models import sprites
from course_lib.models.sampling import generate
from course_lib.scores import metrics
from course_lib.scores import sprites as scores
from course_lib.theory.arc_length import seam, step_lengths, unevenness

TRAIN = emoji.load("train")
UNTRAINED = sprites.new_generator()


class Watching:
    """Stands for a GAN that has done so many steps, and keeps the batches it is given."""

    def __init__(self, step: int = 0) -> None:
        self.step, self.seen = step, []

    def fit(self, batches: tf.data.Dataset, **options: object) -> None:
        self.seen.extend((images.numpy(), labels.numpy()) for images, labels in batches)


def test_batches_hold_groups_of_one_kind_with_their_own_pictures() -> None:
    watching = Watching()
    sprites.train_on(watching, TRAIN.images, TRAIN.labels, steps=5)
    assert len(watching.seen) == 5
    known = {picture.tobytes(): kind for picture, kind in zip(TRAIN.images, TRAIN.labels, strict=True)}
    for images, labels in watching.seen:
        groups = labels.reshape(-1, sprites.GROUP)
        assert (groups == groups[:, :1]).all() and len(np.unique(groups[:, 0])) == 4
        assert [known[picture.tobytes()] for picture in images] == labels.tolist()
        assert all(
            len({p.tobytes() for p in images[labels == kind]}) == sprites.GROUP for kind in groups[:, 0]
        )


def test_what_a_step_sees_follows_from_seed_and_step_alone() -> None:
    whole = sprites.batch_rows(TRAIN.labels, 0, 12, seed=3)
    np.testing.assert_array_equal(whole[7:], sprites.batch_rows(TRAIN.labels, 7, 12, seed=3))
    assert (whole != sprites.batch_rows(TRAIN.labels, 0, 12, seed=4)).any()
    later = Watching(step=7)
    sprites.train_on(later, TRAIN.images, TRAIN.labels, steps=12, seed=3)
    np.testing.assert_array_equal(np.stack([images for images, _ in later.seen]), TRAIN.images[whole[7:]])
    done = Watching(step=12)
    sprites.train_on(done, TRAIN.images, TRAIN.labels, steps=12)
    assert not done.seen


def test_kinds_come_equally_often_and_so_do_the_pictures_of_one() -> None:
    rows = sprites.batch_rows(TRAIN.labels, 0, 1500, seed=0)
    of_kind = np.bincount(TRAIN.labels[rows].ravel(), minlength=8) / rows.size
    np.testing.assert_allclose(of_kind, 1 / 8, atol=0.01)
    of_picture = np.bincount(rows.ravel(), minlength=len(TRAIN.labels))
    assert of_picture.min() > 0.4 * rows.size / 8 / 113 and of_picture.max() < 1.5 * rows.size / 8 / 52


def test_few_kinds_and_few_pictures_come_more_than_once() -> None:
    rows = sprites.batch_rows(np.array([2, 2, 5]), 0, 3)
    assert rows.shape == (3, sprites.BATCH_SIZE) and set(rows.ravel()) == {0, 1, 2}


@pytest.mark.parametrize(
    ("images", "labels", "steps", "says"),
    [
        (TRAIN.images[:0], TRAIN.labels[:0], 1, "must have the shape"),
        (TRAIN.images[:8, :28], TRAIN.labels[:8], 1, r"Sprites are \(n, 32, 32, 3\)"),
        (TRAIN.images[:8] * 127.5 + 127.5, TRAIN.labels[:8], 1, "0..255"),
        (TRAIN.images[:8] * np.nan, TRAIN.labels[:8], 1, "NaN"),
        (TRAIN.images[:8], TRAIN.labels[:7], 1, "one for each image"),
        (TRAIN.images[:8], TRAIN.labels[:8] + 7, 1, "lie in 0..7"),
        (TRAIN.images[:8], ["faces"] * 8, 1, "whole numbers"),
        (TRAIN.images[:8], TRAIN.labels[:8], 1.0, "the step to stop at"),
        (TRAIN.images[:8], TRAIN.labels[:8], True, "the step to stop at"),
        (TRAIN.images[:8], TRAIN.labels[:8], -1, "the step to stop at"),
    ],
)
def test_what_no_generator_learns_from_is_refused(images, labels, steps: object, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        sprites.train_on(Watching(), images, labels, steps)


@pytest.mark.slow
def test_a_short_training_moves_both_networks_and_goes_on_where_it_stopped() -> None:
    whole, twice = sprites.new_gan(1, 1), sprites.new_gan(1, 1)
    start = [weight.copy() for weight in whole.generator.get_weights()]
    sprites.train_on(whole, TRAIN.images, TRAIN.labels, steps=4)
    for steps in (2, 4, 4):
        sprites.train_on(twice, TRAIN.images, TRAIN.labels, steps=steps)
    assert whole.step == twice.step == 4
    assert any((a != b).any() for a, b in zip(start, whole.generator.get_weights(), strict=True))
    for a, b in zip(whole.get_weights(), twice.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_the_one_trained_beforehand_draws_what_its_report_says() -> None:
    last = sprites.report()["moments"][-1]
    asked = np.tile(np.arange(8), 32)
    latents = np.random.default_rng(1).standard_normal((len(asked), sprites.LATENT_SIZE))
    drawn = generate(sprites.generator(), latents, asked)
    datasets.check_images(drawn)
    found = scores.measures(drawn, asked)
    assert found["obedience"] == pytest.approx(last["obedience"], abs=0.08)
    assert found["variety"] == pytest.approx(last["variety"], rel=0.1)
    assert found["kernel_distance"] == pytest.approx(last["kernel_distance"], abs=0.03)
    assert found["nearest"] == pytest.approx(last["nearest"], rel=0.1)
    assert found["copied"] == pytest.approx(last["copied"], abs=0.05)


def test_its_file_is_small_and_the_report_has_the_baselines() -> None:
    assert (DATA / f"{sprites.NAME}.npz").stat().st_size <= 250_000
    report = sprites.report()
    train, jittered, held_out = (report["baselines"][name] for name in ("train", "jittered", "held_out"))
    assert tuple(report["kinds"]) == emoji.KINDS and report["training_pictures"] == len(TRAIN.images)
    assert train["copied"] == 1 and held_out["copied"] < 0.1 < jittered["copied"]
    assert train["obedience"] > jittered["obedience"] > held_out["obedience"] > 0.78
    assert "kernel_distance" not in held_out


def test_the_generator_of_one_kind_draws_that_kind() -> None:
    network = sprites.generator()
    latents = np.random.default_rng(2).standard_normal((5, sprites.LATENT_SIZE))
    alone = sprites.of_kind(network, "signs")
    np.testing.assert_allclose(
        generate(alone, latents), generate(network, latents, np.full(5, emoji.kind("signs"))), atol=1e-6
    )


@pytest.mark.parametrize(("kind", "frames", "seed"), [("people", 8, 0), (2, 10, 1), ("vehicles", 12, 2)])
def test_a_walk_cycle_has_no_jump_and_no_seam(kind: str | int, frames: int, seed: int) -> None:
    network = sprites.generator()
    latents, images = sprites.walk_cycle(network, kind, frames, seed)
    assert latents.shape == (frames, sprites.LATENT_SIZE) and images.shape == (frames, 32, 32, 3)
    steps = step_lengths(images, closed=True)
    assert steps[-1] <= 1.01 * np.median(steps) and seam(steps) <= 1.01
    assert unevenness(steps) <= 0.1 and steps.min() > 0.01
    np.testing.assert_allclose(np.linalg.norm(latents, axis=1), np.sqrt(sprites.LATENT_SIZE), rtol=1e-5)
    drawn = generate(network, latents, np.full(frames, emoji.kind(kind)))
    np.testing.assert_allclose(images, drawn, atol=1e-5)
    again, _ = sprites.walk_cycle(network, kind, frames, seed)
    np.testing.assert_array_equal(latents, again)


def test_it_stays_one_sprite_where_the_reach_is_small() -> None:
    network = sprites.generator()
    near, far = (
        metrics.diversity(sprites.walk_cycle(network, "faces", 8, 0, reach)[1]) for reach in (0.1, 1.0)
    )
    assert near < 0.7 * far


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda network: sprites.walk_cycle(network, "dogs"), "no kind 'dogs'"),
        (lambda network: sprites.walk_cycle(network, True), "no kind True"),
        (lambda network: sprites.walk_cycle(network, 0, frames=2), "how many pictures the walk cycle has"),
        (lambda network: sprites.walk_cycle(network, 0, frames=8.0), "how many pictures the walk cycle has"),
        (lambda network: sprites.walk_cycle(network, 0, seed=-1), "seed is what"),
        (lambda network: sprites.walk_cycle(network, 0, reach=0), "reach is a share"),
        (lambda network: sprites.walk_cycle(network, 0, reach=float("nan")), "reach is a share"),
        (lambda network: sprites.walk_cycle(network, 0, reach=True), "reach is a share"),
        (lambda network: sprites.walk_cycle(network, 0, reach="far"), "reach is a share"),
        (lambda network: sprites.of_kind(sprites.of_kind(network, 0), 0), "without being told a kind"),
    ],
)
def test_a_walk_that_nobody_can_walk_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong(UNTRAINED)
