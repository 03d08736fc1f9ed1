"""The VAE: a bound that is one, a loss made of the right parts, collapse and its cures, and the common door."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.models.roads import pixels, vae
from course_lib.theory import elbo
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return datasets.load("fashion_mnist").images_train[:1000]


@pytest.fixture(scope="module")
def trained(images: np.ndarray) -> vae.VAE:
    model = vae.small(4, seed=1)
    train(model, images, batch_size=50, steps=100)
    return model


def test_the_loss_is_reconstruction_and_divergence(images: np.ndarray) -> None:
    model = vae.small(3, beta=2.0)
    terms = {name: float(value) for name, value in model.terms(images[:50]).items()}
    assert terms["loss"] == pytest.approx(terms["reconstruction"] + 2 * terms["divergence"], rel=1e-5)
    mean, log_variance = model.encode(images[:50])
    assert terms["divergence"] == pytest.approx(elbo.gaussian_kl(mean, log_variance).mean(), rel=1e-4)


def test_the_reconstruction_is_summed_over_pixels_and_averaged_over_pictures(images: np.ndarray) -> None:
    model = vae.small(3)
    latents = np.zeros((50, 3), "float32")
    means = model.networks["decoder"](latents, training=False)
    each = np.asarray(pixels.log_likelihood(images[:50], means, model.log_scale)).reshape(50, -1).sum(axis=1)
    np.testing.assert_allclose(model.log_likelihood(images[:50], latents), each, rtol=1e-5)


def test_warm_up_weighs_the_divergence_step_by_step(images: np.ndarray) -> None:
    model = vae.small(3, beta=4.0, warm_up=40)
    assert float(model.weight()) == 0
    train(model, images, batch_size=50, steps=20)
    assert float(model.weight()) == pytest.approx(2)
    train(model, images, batch_size=50, steps=60)
    assert float(model.weight()) == 4


def test_free_bits_pull_no_dimension_below_them(images: np.ndarray) -> None:
    """At the start every dimension costs less than a nat: none of the encoder's heads is pulled."""
    model = vae.small(3, free_bits=5.0)
    with tf.GradientTape() as tape:
        terms = model.terms(images[:50])
        cost = terms["loss"] - terms["reconstruction"]
    assert float(cost) == pytest.approx(15)
    found = tape.gradient(cost, model.networks["encoder"].trainable_variables)
    assert all(part is None or not np.asarray(part).any() for part in found)


def test_training_raises_the_bound_on_pictures_not_trained_on(images: np.ndarray, trained: vae.VAE) -> None:
    held_out = datasets.load("fashion_mnist").images_test[:200]
    before, after = (
        vae.small(4, seed=1).bits_per_pixel(held_out, draws=4),
        trained.bits_per_pixel(held_out, draws=4),
    )
    assert after.mean() < 5.2 < 5.6 < before.mean()


def test_more_importance_samples_tighten_the_bound(images: np.ndarray, trained: vae.VAE) -> None:
    one, many = (trained.importance_bound(images[:100], draws).mean() for draws in (1, 50))
    bound = trained.elbo(images[:100], draws=50)
    assert bound.mean() < many - 0.5
    assert one == pytest.approx(bound.mean(), abs=2.0)  # the same in expectation


def test_the_importance_bound_is_exact_where_the_likelihood_is_flat() -> None:
    """A decoder without its latent: p(x | z) = p(x), so the weights have that mean even with a q off the prior."""
    model = vae.small(1)
    for weight in model.networks["decoder"].weights:
        weight.assign(tf.zeros_like(weight))
    model.networks["encoder"].get_layer("mean").bias.assign([0.5])  # on black pictures q is N(0.5, 1)
    x = np.zeros((4, 28, 28, 1), "float32")
    exact = float(model.log_likelihood(x[:1], np.zeros((1, 1), "float32"))[0])
    np.testing.assert_allclose(model.elbo(x), exact - 0.125, atol=1e-3)
    np.testing.assert_allclose(model.importance_bound(x, draws=200), exact, atol=0.1)


def test_averaging_over_the_pixels_collapses_the_posterior(images: np.ndarray, trained: vae.VAE) -> None:
    collapsed = vae.small(4, seed=1, beta=784.0)
    train(collapsed, images, batch_size=50, steps=100)
    assert collapsed.divergences(images[:200]).sum(axis=1).mean() < 0.1
    assert vae.active_units(collapsed.encode(images)[0]) == 0
    assert vae.active_units(trained.encode(images)[0]) >= 3


def test_samples_are_means_or_drawn_pixels(trained: vae.VAE) -> None:
    means, drawn = trained.sample(8, seed=2), trained.sample(8, seed=2, noise=True)
    assert means.shape == drawn.shape == (8, 28, 28, 1)
    assert np.abs(means).max() <= 1 and np.abs(drawn).max() <= 1
    np.testing.assert_allclose(np.round((drawn + 1) * 127.5) / 127.5 - 1, drawn, atol=1e-6)
    noise = (drawn - means)[np.abs(means) < 0.3]
    expected = (
        np.exp(float(trained.log_scale.numpy())) * np.pi / np.sqrt(3)
    )  # of a logistic, but for what is cut
    assert 0.5 * expected < noise.std() < 1.1 * expected
    np.testing.assert_array_equal(means, trained.sample(8, seed=2))
    np.testing.assert_array_equal(
        trained.sampler(np.ones((1, 4), "float32")), trained.decode(np.ones((1, 4)))
    )


def test_networks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(CourseError, match="the same image_shape and latent_size"):
        vae.VAE(vae.encoder(latent_size=2), vae.decoder(latent_size=3))
    with pytest.raises(CourseError, match="sides that divide by 4"):
        vae.encoder((30, 30, 1))
    with pytest.raises(CourseError, match=r"looks at images .* but got \(2, 32, 32, 1\)"):
        vae.small(2).encode(np.zeros((2, 32, 32, 1)))


def test_a_run_resumed_is_the_same_run(images: np.ndarray, tmp_path: Path) -> None:
    def run(steps: int) -> vae.VAE:
        model, recorder = vae.small(2, warm_up=30), Recorder(tracked=vae.VAE.TRACKED, grid=(2, 2))
        checkpoint = Checkpoint(tmp_path, recorder, {"seed": 0})
        checkpoint.restore(model)
        train(model, images, 20, steps=steps, callbacks=[recorder, Alarm(recorder, images), checkpoint])
        return model

    run(20)
    resumed = run(40)
    whole = vae.small(2, warm_up=30)
    train(whole, images, 20, steps=40)
    assert resumed.step == whole.step == 40
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_an_optimiser_that_keeps_more_than_before_is_named_as_the_difference(
    images: np.ndarray, tmp_path: Path
) -> None:
    recorder = Recorder(tracked=vae.VAE.TRACKED, grid=(2, 2))
    train(vae.small(2), images, 20, steps=20, callbacks=[recorder, Checkpoint(tmp_path, recorder)])
    model = vae.small(2)
    model.compile(keras.optimizers.Adam(amsgrad=True))
    with pytest.raises(CourseError, match=r"optimisers with other options.*: optimizer/"):
        Checkpoint(tmp_path, Recorder(tracked=vae.VAE.TRACKED, grid=(2, 2))).restore(model)


def test_a_recorder_for_another_model_is_refused(images: np.ndarray) -> None:
    with pytest.raises(CourseError, match=r"make it with Recorder\(tracked=VAE.TRACKED\)"):
        train(vae.small(2), images, 20, steps=20, callbacks=[Recorder()])


def test_the_alarm_stops_a_training_that_is_lost(images: np.ndarray) -> None:
    model, recorder = vae.small(2), Recorder(tracked=vae.VAE.TRACKED, grid=(2, 2))
    model.networks["decoder"].weights[0].assign(np.full((2, 128), np.nan))
    with pytest.raises(CourseError, match=r"the loss is no longer finite .*decoder"):
        train(model, images, 20, steps=20, callbacks=[recorder, Alarm(recorder, images)])


def test_it_trains_in_half_precision(images: np.ndarray) -> None:
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = vae.small(2)
        train(model, images, 20, steps=20)
    finally:
        keras.mixed_precision.set_global_policy(before)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)


def test_pictures_of_another_range_get_no_bound(images: np.ndarray) -> None:
    model = vae.small(2)
    broken = images[:2].copy()
    broken[0, 0, 0] = np.nan
    for wrong, message in (((images[:2] + 1) * 127.5, "0..255"), (broken, "NaN")):
        for ask in (model.elbo, model.reconstruct, model.bits_per_pixel, model.divergences):
            with pytest.raises(CourseError, match=message):
                ask(wrong)


@pytest.mark.parametrize(
    "settings", [{"beta": -1.0}, {"beta": np.nan}, {"free_bits": "1"}, {"warm_up": -5}, {"warm_up": 2.5}]
)
def test_weights_that_would_turn_the_loss_over_are_refused(settings: dict) -> None:
    with pytest.raises(CourseError, match=f"{next(iter(settings))} is"):
        vae.small(2, **settings)
