"""Flow matching: the right regression, exact where the field is known, densities, and the common door."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.models.roads import flow, velocity
from course_lib.theory import flows
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train

CENTRES, STD = np.array([[1.5, 0.0], [-1.5, 0.0]], "float32"), 0.3


def known(matrix: np.ndarray) -> flow.FlowMatching:
    """A flow whose network is the linear field u(x, t) = x A."""
    points, time = keras.Input((2,)), keras.Input(())
    linear = keras.layers.Dense(2, use_bias=False)
    found = linear(points) + 0 * keras.ops.expand_dims(time, -1)
    linear.set_weights([matrix])
    return flow.FlowMatching(keras.Model([points, time], found), averaging=None)


def two_heaps(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    points = CENTRES[random.integers(0, 2, count)] + STD * random.standard_normal((count, 2))
    return points.astype("float32")


@pytest.fixture(scope="module")
def trained() -> flow.FlowMatching:
    model = flow.for_points(seed=3, hidden=64, averaging=0.99)
    model.fit(datasets.batches(two_heaps(5000, 0), 256), steps_per_epoch=1500, shuffle=False, verbose=0)
    return model


def test_a_known_linear_field_carries_points_as_the_matrix_exponential_says() -> None:
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]], "float32")  # a quarter of pi of it turns by as much
    model = known(np.pi / 2 * turn)
    way = model.path(5, steps=200, seed=4)
    assert way.shape == (201, 5, 2)
    np.testing.assert_allclose(way[-1], way[0] @ turn, atol=1e-3)
    np.testing.assert_array_equal(model.sample(5, steps=200, seed=4), way[-1])


def test_the_density_of_a_known_linear_field_is_exact() -> None:
    """x_1 = x_0 expm(A) with A diagonal: N(0, expm(A)^2), and the divergence is the trace of A."""
    rates = np.array([0.7, -0.4])
    model = known(np.diag(rates).astype("float32"))
    x = np.random.default_rng(0).normal(size=(300, 2))
    stds = np.exp(rates)
    expected = -np.square(x / stds).sum(axis=1) / 2 - np.log(2 * np.pi * stds.prod())
    np.testing.assert_allclose(model.log_density(x, steps=50), expected, atol=1e-3)
    # A diagonal matrix gives Hutchinson's estimate no variance: signs are multiplied with themselves alone.
    np.testing.assert_allclose(model.log_density(x, steps=50, probes=1), expected, atol=1e-3)


def test_hutchinsons_estimate_is_unbiased() -> None:
    model = known(np.array([[0.3, 0.9], [-0.2, 0.1]], "float32"))
    x = np.random.default_rng(1).normal(size=(4000, 2))
    exact, estimate = model.log_density(x, steps=10), model.log_density(x, steps=10, probes=1)
    difference = estimate - exact
    assert difference.std() > 0.05
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(x))


def test_the_loss_is_that_of_the_straight_paths() -> None:
    """A network that says 0 misses each pair's whole velocity: E |x_1 - x_0|^2 a number is var(data) + 1."""
    model = known(np.zeros((2, 2), "float32"))
    data = two_heaps(100_000, 1)
    expected = np.square(data).mean() + 1
    assert float(model.terms(data)["loss"]) == pytest.approx(expected, rel=0.02)


def test_the_network_learns_the_mean_velocity(trained: flow.FlowMatching) -> None:
    for time in (0.2, 0.5, 0.8):
        noise = np.random.default_rng(2).normal(size=(2000, 2))
        places, _ = flows.conditional_path(noise, two_heaps(2000, 3), np.full(2000, time))
        exact = flows.mixture_velocity(places, time, CENTRES, STD)
        found = trained.velocity_at(places, time)
        assert np.square(found - exact).mean() < 0.1 * np.square(exact).mean()


def test_samples_lie_where_the_data_lie(trained: flow.FlowMatching) -> None:
    points = trained.sample(1000, steps=20, seed=5)
    nearest = np.linalg.norm(points[:, None] - CENTRES, axis=-1)
    assert (nearest.min(axis=1) < 3 * STD).mean() > 0.9
    assert 0.4 < (nearest.argmin(axis=1) == 0).mean() < 0.6


def test_its_density_is_near_the_exact_one(trained: flow.FlowMatching) -> None:
    held_out = two_heaps(500, 6)
    exact = flows.mixture_log_density(held_out, 1.0, CENTRES, STD).mean()
    found = trained.log_density(held_out, steps=20).mean()
    assert (
        exact - 0.3 < found < exact + 0.05
    )  # a mean of log q under p cannot exceed that of log p, but for chance


def test_one_euler_step_goes_straight(trained: flow.FlowMatching) -> None:
    way = trained.path(50, steps=1, method="euler", seed=1)
    np.testing.assert_allclose(way[1], way[0] + trained.velocity_at(way[0], 0.0), atol=1e-5)


def test_a_flow_for_pictures_has_shapes_and_a_start() -> None:
    model = flow.for_pictures(width=8)
    drawn = model.sample(3, steps=2)
    assert drawn.shape == (3, 28, 28, 1) and np.abs(drawn).max() <= 1
    x = np.random.default_rng(0).normal(size=(2, 28, 28, 1)).astype("float32")
    np.testing.assert_array_equal(model.velocity_at(x, 0.3), 0)  # its last layer starts at 0: the noise stays
    density = model.log_density(x, steps=1, probes=1)
    np.testing.assert_allclose(
        density, -np.square(x).sum(axis=(1, 2, 3)) / 2 - 392 * np.log(2 * np.pi), rtol=1e-5
    )


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(CourseError, match="averaging is a decay"):
        flow.FlowMatching(velocity.point_velocity(), averaging=1.0)
    with pytest.raises(CourseError, match="sides that divide by 4"):
        velocity.picture_velocity((30, 30, 1))
    with pytest.raises(CourseError, match="give probes=1 or more"):
        flow.for_pictures(width=8).log_density(np.zeros((1, 28, 28, 1)))
    with pytest.raises(CourseError, match=r"carries .*\(2,\).* but got \(4, 3\)"):
        flow.for_points().log_density(np.zeros((4, 3)))


def test_the_time_is_seen() -> None:
    waves = np.asarray(velocity.embedded(tf.constant([0.1, 0.9]), 8))
    assert waves.shape == (2, 8) and np.abs(waves[0] - waves[1]).max() > 0.1


def test_a_run_resumed_is_the_same_run(tmp_path: Path) -> None:
    images = datasets.load("fashion_mnist").images_train[:200]

    def run(steps: int, folder: Path | None) -> flow.FlowMatching:
        model, recorder = flow.for_pictures(width=8), Recorder(tracked=("loss",), grid=(1, 2))
        callbacks = [recorder, Alarm(recorder, images)]
        if folder is not None:
            callbacks.append(Checkpoint(folder, recorder))
            callbacks[-1].restore(model)
        train(model, images, 10, steps=steps, callbacks=callbacks)
        return model

    run(10, tmp_path)
    resumed, whole = run(20, tmp_path), run(20, None)
    assert resumed.step == whole.step == 20
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    start = flow.for_pictures(width=8).networks["velocity"].get_weights()
    moved = whole.averaged.get_weights()
    assert any(np.abs(one - other).max() > 1e-4 for one, other in zip(start, moved, strict=True))


@pytest.mark.parametrize("probes", [0, -1, 1.5, True])
def test_no_probes_are_no_estimate_of_the_divergence(probes: object) -> None:
    with pytest.raises(CourseError, match=r"probes is .* from 1 on"):
        flow.for_points().log_density(np.zeros((2, 2)), probes=probes)


@pytest.mark.parametrize("x", [np.full((1, 2), np.nan), [[np.inf, 0]], np.zeros((0, 2)), np.zeros(2), None])
def test_places_that_are_none_give_no_answer(x: object) -> None:
    model = flow.for_points()
    for ask in (lambda: model.log_density(x), lambda: model.velocity_at(x, 0.5)):
        with pytest.raises(CourseError):
            ask()
