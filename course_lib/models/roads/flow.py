"""Flow matching as a Keras model: a network learns the velocity that carries noise to data along straight paths.

    model = for_points()
    model.fit(datasets.batches(points, 256), steps_per_epoch=2000, verbose=0)
    new = model.sample(1000, steps=20)

Lipman et al., "Flow Matching for Generative Modeling", 2023 (arXiv:2210.02747), with the straight ("optimal transport")
paths of its section 4.1. The same loss with another name for the time trains a diffusion model's velocity.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course_lib import CourseError, datasets
from course_lib.models.roads import ode, pixels
from course_lib.models.roads.minimizer import Minimizer
from course_lib.models.roads.velocity import picture_velocity, point_velocity

Tensor = Any
BATCH = 250


class FlowMatching(Minimizer):
    """x_0 ~ N(0, I) moves along dx/dt = u(x, t) from t = 0 until, at t = 1, it is distributed like the data.

    velocity: [places (batch, ...), times (batch,)] to velocities (batch, ...). averaging: decay per step of the
    averaged copy that draws, as in the GAN; None: no copy. dequantized: add uniform noise of one 8-bit value's width to
    the data while it learns, so that pictures have a density. seed: of the noise and the times.
    """

    def __init__(
        self,
        velocity: keras.Model,
        averaging: float | None = 0.999,
        dequantized: bool = False,
        seed: int = 0,
    ):
        super().__init__({"velocity": velocity}, seed, name="flow")
        if averaging is not None and not 0 <= averaging < 1:
            raise CourseError(f"averaging is a decay in [0, 1), such as 0.999, or None; not {averaging}.")
        self.averaging, self.dequantized = averaging, dequantized
        self.averaged = None
        if averaging is not None:
            self.averaged = keras.models.clone_model(velocity)
            self.averaged.set_weights(velocity.get_weights())
            self.averaged.trainable = False
        self._compiled = tf.function(self._step)
        self._compiled_density = tf.function(self._density_step)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one picture or point."""
        return self.networks["velocity"].output_shape[1:]

    def terms(self, batch: Tensor) -> dict[str, Tensor]:
        """Lipman et al. 2023, equation 23: the mean square of what the network's velocity lacks of the pair's own."""
        batch = ops.cast(batch, "float32")
        count, ones = ops.shape(batch)[0], (1,) * len(self.image_shape)
        if self.dequantized:
            batch += keras.random.uniform(
                ops.shape(batch), -pixels.HALF, pixels.HALF, seed=self.seed_generator
            )
        noise = keras.random.normal(ops.shape(batch), seed=self.seed_generator)
        # One time in each of as many equal parts of [0, 1]: uniform as well, and the loss of a batch varies less.
        offsets = keras.random.uniform((count,), seed=self.seed_generator)
        time = (ops.cast(ops.arange(count), "float32") + offsets) / ops.cast(count, "float32")
        t = ops.reshape(time, (count, *ones))
        found = self.networks["velocity"]([(1 - t) * noise + t * batch, time], training=True)
        return {"loss": ops.mean(ops.square(found - (batch - noise)))}

    def after_step(self) -> None:
        if self.averaged is None:
            return
        step = ops.cast(self.optimizer.iterations, "float32")
        decay = ops.minimum(self.averaging, (1 + step) / (10 + step))  # a short memory at first
        for average, weight in zip(self.averaged.weights, self.networks["velocity"].weights, strict=True):
            average.assign(weight + decay * (average - weight))

    @property
    def sampler(self) -> keras.Model:
        """The network to draw with: the averaged one where there is one."""
        return self.averaged if self.averaged is not None else self.networks["velocity"]

    def velocity_at(self, x: np.ndarray, time: float) -> np.ndarray:
        """The network's velocity at places x (N, ...), all at one time: float32 (N, ...)."""
        return np.asarray(self._velocity(ops.cast(self._checked(x), "float32"), time))

    def path(self, count: int = 16, steps: int = 20, method: str = "midpoint", seed: int = 0) -> np.ndarray:
        """All moments from noise to data, float32 (steps + 1, count, ...); method: "euler" or "midpoint"."""
        datasets.check_whole("count", "how many are wanted", count, 1)
        start = np.random.default_rng(seed).standard_normal((count, *self.image_shape), dtype="float32")
        return np.concatenate(
            [self._way(start[first : first + BATCH], steps, method) for first in range(0, count, BATCH)],
            axis=1,
        )

    def sample(self, count: int = 16, steps: int = 20, method: str = "midpoint", seed: int = 0) -> np.ndarray:
        """Things drawn, float32 (count, ...): where noise from `seed` arrives after so many steps of the solver.

        Pictures are cut to [-1, 1]. Does not touch the training's own random state.
        """
        drawn = self.path(count, steps, method, seed)[-1]
        return np.clip(drawn, -1, 1) if drawn.ndim == 4 else drawn

    def log_density(
        self, x: np.ndarray, steps: int = 20, probes: int | None = None, seed: int = 0
    ) -> np.ndarray:
        """log p(x) in nats, float64 (N,): of the noise that flows to x, and how much the flow spreads on the way.

            log p_1(x_1) = log N(x_0; 0, I) - integral over t of div u(x_t, t)

        Chen et al., "Neural Ordinary Differential Equations", 2018 (arXiv:1806.07366), equation 8; solved backwards by
        the midpoint method, so the value is as good as `steps` are many. probes: None for the exact divergence, which
        takes as many derivatives as x has numbers; else Hutchinson's estimate by so many random signs (Grathwohl et al.
        2019, "FFJORD", equation 8), unbiased. For pictures use `pixels.dequantize` on x first.
        """
        x = self._checked(x)
        if probes is not None:
            datasets.check_whole("probes", "how many random signs estimate the divergence", probes, 1)
        random = np.random.default_rng(seed)
        if probes is None:
            if np.prod(self.image_shape) > 16:
                raise CourseError(
                    "The exact divergence is for points of up to 16 numbers: give probes=1 or more."
                )
            axes = np.eye(int(np.prod(self.image_shape)), dtype="float32").reshape(-1, *self.image_shape)
        found = []
        for first in range(0, len(x), BATCH):
            place = tf.constant(x[first : first + BATCH], tf.float32)
            if probes is None:
                vectors = np.broadcast_to(axes[:, None], (len(axes), *place.shape))
            else:
                vectors = random.choice([-1.0, 1.0], (probes, *place.shape)) / np.sqrt(probes)
            found.append(self._log_density(place, steps, tf.constant(vectors, tf.float32)))
        return np.concatenate(found)

    def _checked(self, x: np.ndarray) -> np.ndarray:
        """Places that this flow carries. Raises CourseError for others: NaN would come out as an answer."""
        x = datasets.check_numbers("x", x)
        if x.shape[1:] != self.image_shape or not len(x):
            raise CourseError(f"This flow carries (N, {self.image_shape}), but got {x.shape}.")
        if not np.isfinite(x).all():
            raise CourseError("x holds NaN or infinite values; np.isfinite(x) shows where.")
        return x

    def _log_density(self, x: Tensor, steps: int, vectors: Tensor) -> np.ndarray:
        spread = np.zeros(x.shape[0])
        for time in ode.times(steps, "midpoint", 1.0, 0.0):
            x, more = self._compiled_density(
                x, tf.constant(time, tf.float32), tf.constant(1 / steps, tf.float32), vectors
            )
            spread += np.asarray(more, "float64")
        noise = np.asarray(x, "float64").reshape(x.shape[0], -1)
        return -np.square(noise).sum(axis=1) / 2 - noise.shape[1] * np.log(2 * np.pi) / 2 - spread

    def _density_step(self, x: Tensor, time: Tensor, size: Tensor, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """A midpoint step back in time, and by how much the flow spreads in it."""
        middle = x - size / 2 * self._velocity(x, time)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(middle)
            velocity = self._velocity(middle, time - size / 2)
        spread = tf.zeros(tf.shape(x)[0])
        for vector in tf.unstack(vectors):
            pulled = tape.gradient(velocity, middle, output_gradients=vector)
            spread += tf.reduce_sum(tf.reshape(pulled * vector, (tf.shape(x)[0], -1)), axis=1)
        return x - size * velocity, size * spread

    def _velocity(self, x: Tensor, time: Tensor) -> Tensor:
        times = ops.full((ops.shape(x)[0],), 1.0) * ops.cast(time, "float32")
        return ops.cast(self.sampler([x, times], training=False), "float32")

    def _step(self, x: Tensor, time: Tensor, size: Tensor, method: str) -> Tensor:
        return ode.step(self._velocity, x, time, size, method)

    def _way(self, start: np.ndarray, steps: int, method: str) -> np.ndarray:
        x, way = tf.constant(start), [start]
        for time in ode.times(steps, method):
            x = self._compiled(x, tf.constant(time, tf.float32), tf.constant(1 / steps, tf.float32), method)
            way.append(np.asarray(x))
        return np.stack(way)


def for_points(seed: int = 0, size: int = 2, hidden: int = 128, **options: Any) -> FlowMatching:
    """A compiled flow for points (N, size), its weights drawn from `seed`. options: of FlowMatching."""
    keras.utils.set_random_seed(seed)
    model = FlowMatching(point_velocity(size, hidden), seed=seed, **options)
    model.compile(steps_per_execution=50)
    return model


def for_pictures(
    seed: int = 0, image_shape: tuple[int, int, int] = (28, 28, 1), width: int = 24, **options: Any
) -> FlowMatching:
    """A compiled flow for pictures of 8-bit pixels, with noise within a value so that it has a density.

    image_shape, width: of `picture_velocity`. options: of FlowMatching.
    """
    options.setdefault("averaging", 0.998)
    keras.utils.set_random_seed(seed)
    model = FlowMatching(picture_velocity(image_shape, width), dequantized=True, seed=seed, **options)
    model.compile(keras.optimizers.Adam(2e-3), steps_per_execution=10)
    return model
