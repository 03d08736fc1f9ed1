"""A clinic for GANs: small ones that fall ill on purpose, and what to measure while they do.

    healthy = train(Settings())
    patient = admit("A")                              # what it suffers from is not said
    cured = treat(patient, discriminator_rate=2e-3)   # the same patient with another setting

The real things are points on a ring of eight Gaussians; both networks are dense, with two hidden layers. A training
takes about a second: all weights of a network are one long vector, and all steps run in one compiled loop.

Who the patients are stands in `course_lib.clinic.patients`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from course_lib import CourseError
from course_lib.models import losses

LATENT_SIZE, HIDDEN, BATCH = 8, 64, 128
CENTRES = 2 * np.array([[np.cos(a), np.sin(a)] for a in np.arange(8) * np.pi / 4], "float32")
DEVIATION = 0.15  # of each Gaussian
GENERATOR = ((LATENT_SIZE, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 2))  # inputs and outputs of each layer
DISCRIMINATOR = ((2, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1))
SIGNS = (
    *("discriminator_loss", "real_score", "fake_score", "discriminator_gradient", "discriminator_moved"),
    *("generator_loss", "push", "slope", "generator_gradient", "generator_moved"),
    *("largest_logit", "largest_weight"),
)
"""The vital signs of every step. The scores are D's mean verdicts. push: mean of n |dL_G/dl|, between 0 and 1 for the
logistic losses; slope: mean of |dl/dx| at the fakes; gradients: their length over all weights; moved: how far the step
took all weights; the largest weight (of both networks) and fake logit, without sign, seen in the step."""

LONG_AGO = 1_000_000  # the round at which a head start begins, so that its batches are others
HALF = 2**30  # so far apart are the random numbers for the kinds of things that one turn draws
Tensor = tf.Tensor
OPTIMIZERS = ("adam", "sgd")
ACTIVATIONS = {"leaky_relu": partial(tf.nn.leaky_relu, alpha=0.2), "relu": tf.nn.relu, "tanh": tf.tanh}


class Player(NamedTuple):
    """All weights of a network in one vector, and Adam's memory: mean and square of the gradient, steps done."""

    weights: Tensor
    mean: Tensor
    square: Tensor
    step: Tensor


@dataclass(frozen=True)
class Settings:
    """How a GAN is trained; as they stand, it thrives.

    turns: steps of a network in each round, each on a new batch. head_start: rounds in which D learns alone first.
    start: the value of both output biases of G at first, so the place in the plane where its fakes begin.
    optimizer: "adam" (beta_1 = 0.5) or "sgd", plain gradient descent.
    """

    discriminator_loss: Callable[[Tensor, Tensor], Tensor] = losses.logistic_discriminator
    generator_loss: Callable[[Tensor], Tensor] = losses.non_saturating_generator
    discriminator_rate: float = 2e-3
    generator_rate: float = 2e-3
    discriminator_turns: int = 1
    generator_turns: int = 1
    head_start: int = 0
    start: float = 0.0
    generator_activation: str = "leaky_relu"
    optimizer: str = "adam"
    rounds: int = 1000
    seed: int = 0


@dataclass(frozen=True, eq=False, repr=False)
class Patient:
    """A trained GAN and what was measured on the way.

    curves: sign -> array of one value a round, for each of `SIGNS`. films: (frames, 500, 2), the fakes of the same 500
    latents after so many rounds as `film_rounds` says. players: generator and discriminator as they are at the end.
    """

    settings: Settings
    curves: dict[str, np.ndarray]
    films: np.ndarray
    film_rounds: np.ndarray
    players: tuple[Player, Player]

    def generate(self, latents: np.ndarray | Tensor, weights: Tensor | None = None) -> Tensor:
        """Fakes (n, 2) from latents (n, 8), with the generator's own weights or with others, such as a tape watches."""
        weights = self.players[0].weights if weights is None else weights
        return _output(weights, latents, GENERATOR, self.settings.generator_activation)

    def judge(self, points: np.ndarray | Tensor) -> Tensor:
        """Logits (n, 1) of points (n, 2)."""
        return _output(self.players[1].weights, points, DISCRIMINATOR, "leaky_relu")

    def hidden(self, latents: np.ndarray) -> list[np.ndarray]:
        """What the generator's two hidden layers give out, each (n, 64)."""
        layers, signal = _layers(self.players[0].weights, GENERATOR), tf.cast(latents, "float32")
        activations = []
        for kernel, bias in layers[:-1]:
            signal = ACTIVATIONS[self.settings.generator_activation](signal @ kernel + bias)
            activations.append(signal.numpy())
        return activations

    @property
    def fakes(self) -> np.ndarray:
        """The last frame, (500, 2)."""
        return self.films[-1]


def real_points(count: int, seed: int = 0) -> np.ndarray:
    """Points on the ring, float32 (count, 2)."""
    random = np.random.default_rng(seed)
    points = CENTRES[random.integers(8, size=count)] + DEVIATION * random.normal(size=(count, 2))
    return points.astype("float32")


def some_latents(count: int, seed: int = 0) -> np.ndarray:
    """Noise, float32 (count, 8)."""
    return np.random.default_rng(seed).normal(size=(count, LATENT_SIZE)).astype("float32")


def train(settings: Settings, players: tuple[Player, Player] | None = None) -> Patient:
    """Train from the seed's random weights, or go on from `players`, which another training has left.

    The same settings give the same numbers. What overflows stays in the curves as inf or nan.
    Raises CourseError for an optimiser or an activation that it does not know.
    """
    for name, choices in (("optimizer", OPTIMIZERS), ("generator_activation", tuple(ACTIVATIONS))):
        if getattr(settings, name) not in choices:
            raise CourseError(
                f"{name}={getattr(settings, name)!r} is not known; choose among {', '.join(choices)}."
            )
    if players is None:
        players = (
            _newborn(GENERATOR, 2 * settings.seed, settings.start),
            _newborn(DISCRIMINATOR, 2 * settings.seed + 1),
        )
    run = _compiled(
        settings.discriminator_loss,
        settings.generator_loss,
        settings.generator_activation,
        settings.optimizer,
    )

    def rounds(first: int, count: int, generator_turns: int) -> tuple:
        """Numbers go in as tensors: for each new Python number the loop would be compiled again."""
        whole = (settings.seed, first, count, settings.discriminator_turns, generator_turns)
        rates = (settings.discriminator_rate, settings.generator_rate)
        return run(players, *map(tf.constant, whole), *(tf.constant(rate, tf.float32) for rate in rates))

    def frame() -> np.ndarray:
        return _output(players[0].weights, latents, GENERATOR, settings.generator_activation).numpy()

    latents, tables = some_latents(500, seed=9), []
    if settings.head_start:
        players, _ = rounds(LONG_AGO, settings.head_start, generator_turns=0)
    film_rounds = np.linspace(0, settings.rounds, 21).round().astype(int)
    films = [frame()]
    for first, last in itertools.pairwise(film_rounds.tolist()):
        players, table = rounds(first, last - first, settings.generator_turns)
        tables.append(table.numpy())
        films.append(frame())
    curves = dict(zip(SIGNS, np.concatenate(tables).T, strict=True))
    return Patient(settings, curves, np.array(films), film_rounds, players)


def treat(patient: Patient, afresh: bool = True, **changes: object) -> Patient:
    """The same patient trained with some of its `Settings` changed: from the start, or with afresh=False from here on.

    Raises CourseError for a setting that does not exist.
    """
    names = [field.name for field in fields(Settings)]
    for name in changes:
        if name not in names:
            raise CourseError(f"There is no setting {name!r}; choose among {', '.join(names)}.")
    return train(replace(patient.settings, **changes), None if afresh else patient.players)


def second_opinion(patient: Patient, rounds: int = 300) -> Patient:
    """The patient's generator, held fast, before a fresh discriminator that learns with the healthy settings."""
    settings = Settings(
        generator_rate=0.0, generator_activation=patient.settings.generator_activation, rounds=rounds, seed=1
    )
    return train(settings, (patient.players[0], _newborn(DISCRIMINATOR, seed=77)))


def _newborn(sizes: tuple, seed: int, start: float = 0.0) -> Player:
    """Random weights (Glorot and Bengio 2010, equation 16), and biases of 0 but for the last."""
    random = np.random.default_rng(seed)
    parts = []
    for inputs, outputs in sizes:
        limit = np.sqrt(6 / (inputs + outputs))
        parts += [random.uniform(-limit, limit, inputs * outputs), np.zeros(outputs)]
    parts[-1] += start
    weights = tf.constant(np.concatenate(parts), tf.float32)
    return Player(weights, tf.zeros_like(weights), tf.zeros_like(weights), tf.constant(0.0))


def _layers(weights: Tensor, sizes: tuple) -> list[tuple[Tensor, Tensor]]:
    """Kernel and bias of each layer, cut from the long vector."""
    layers, at = [], 0
    for inputs, outputs in sizes:
        end = at + inputs * outputs
        layers.append((tf.reshape(weights[at:end], (inputs, outputs)), weights[end : end + outputs]))
        at = end + outputs
    return layers


def _output(weights: Tensor, signal: Tensor, sizes: tuple, activation: str) -> Tensor:
    *hidden, (kernel, bias) = _layers(weights, sizes)
    for each in hidden:
        signal = ACTIVATIONS[activation](signal @ each[0] + each[1])
    return signal @ kernel + bias


@cache
def _compiled(
    discriminator_loss: Callable, generator_loss: Callable, activation: str, optimizer: str
) -> Callable:
    """The training loop of a game: (generator, discriminator), then numbers; to both of them, and the vital signs."""

    def batch(seed: Tensor, turn: Tensor) -> tuple[Tensor, Tensor]:
        """Real points and latents, drawn anew for each turn: a pure function of (seed, turn)."""
        key = tf.stack([seed, turn])
        mode = tf.random.stateless_uniform((BATCH,), key, 0, 8, tf.int32)
        off = DEVIATION * tf.random.stateless_normal((BATCH, 2), (seed, turn + HALF))
        return tf.gather(CENTRES, mode) + off, tf.random.stateless_normal(
            (BATCH, LATENT_SIZE), (seed, turn - HALF)
        )

    def moved(player: Player, gradient: Tensor, rate: Tensor) -> Player:
        weights, mean, square, step = player
        if optimizer == "sgd":
            return Player(weights - rate * gradient, mean, square, step)
        mean, square, step = 0.5 * mean + 0.5 * gradient, 0.999 * square + 0.001 * gradient**2, step + 1
        scale = rate * tf.sqrt(1 - 0.999**step) / (1 - 0.5**step)
        return Player(weights - scale * mean / (tf.sqrt(square) + 1e-7), mean, square, step)

    def learn_to_judge(
        g: Player, d: Player, seed: Tensor, turn: Tensor, rate: Tensor
    ) -> tuple[Player, Tensor]:
        real, latents = batch(seed, turn)
        fake = _output(g.weights, latents, GENERATOR, activation)
        with tf.GradientTape() as tape:
            tape.watch(d.weights)
            logits = [_output(d.weights, points, DISCRIMINATOR, "leaky_relu") for points in (real, fake)]
            loss = discriminator_loss(*logits)
        gradient = tape.gradient(loss, d.weights)
        new = moved(d, gradient, rate)
        scores = [tf.reduce_mean(tf.sigmoid(each)) for each in logits]
        return new, tf.stack([loss, *scores, tf.norm(gradient), tf.norm(new.weights - d.weights)])

    def learn_to_fake(
        g: Player, d: Player, seed: Tensor, turn: Tensor, rate: Tensor
    ) -> tuple[Player, Tensor]:
        _, latents = batch(seed, turn)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(g.weights)
            fake = _output(g.weights, latents, GENERATOR, activation)
            logits = _output(d.weights, fake, DISCRIMINATOR, "leaky_relu")
            loss, total = generator_loss(logits), tf.reduce_sum(logits)
        push, gradient = tape.gradient(loss, [logits, g.weights])
        slope = tf.reduce_mean(tf.norm(tape.gradient(total, fake), axis=1))
        new = moved(g, gradient, rate)
        signs = [
            loss,
            tf.reduce_sum(tf.abs(push)),
            slope,
            tf.norm(gradient),
            tf.norm(new.weights - g.weights),
        ]
        return new, tf.stack([*signs, tf.reduce_max(tf.abs(logits))])

    @tf.function
    def run(players, seed, first, count, d_turns, g_turns, d_rate, g_rate):
        g, d = players
        table = tf.TensorArray(tf.float32, count, element_shape=(len(SIGNS),))
        for row in tf.range(count):
            turn, judging, faking = (first + row) * 64, tf.zeros(5), tf.zeros(6)
            for _ in tf.range(d_turns):
                d, judging = learn_to_judge(g, d, seed, turn, d_rate)
                turn += 1
            for _ in tf.range(g_turns):
                g, faking = learn_to_fake(g, d, seed, turn, g_rate)
                turn += 1
            largest = tf.reduce_max(tf.abs(tf.concat([g.weights, d.weights], 0)))
            signs = tf.concat([judging, faking, [largest]], 0)
            table = table.write(row, signs)
        return (g, d), table.stack()

    return run
