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

import numpy as np
import tensorflow as tf

from course_lib import CourseError
from course_lib.clinic.players import (
    CENTRES,
    DEVIATION,
    DISCRIMINATOR,
    GENERATOR,
    LATENT_SIZE,
    OPTIMIZERS,
    SIGNS,
    compiled_game,
    newborn,
)
from course_lib.models import losses
from course_lib.models.flat_dense import ACTIVATIONS, Player, Tensor, layers_of, output_of

LONG_AGO = 1_000_000  # the round at which a head start begins, so that its batches are others


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
    discriminator_activation: str = "leaky_relu"
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
        return output_of(weights, latents, GENERATOR, self.settings.generator_activation)

    def judge(self, points: np.ndarray | Tensor) -> Tensor:
        """Logits (n, 1) of points (n, 2)."""
        return output_of(
            self.players[1].weights, points, DISCRIMINATOR, self.settings.discriminator_activation
        )

    def hidden(self, latents: np.ndarray) -> list[np.ndarray]:
        """What the generator's two hidden layers give out, each (n, 64)."""
        layers, signal = layers_of(self.players[0].weights, GENERATOR), tf.cast(latents, "float32")
        activations = []
        for kernel, bias in layers[:-1]:
            signal = ACTIVATIONS[self.settings.generator_activation](signal @ kernel + bias)
            activations.append(signal.numpy())
        return activations

    def hidden_weights(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Kernels (inputs, units) and biases (units,) of the generator's two hidden layers."""
        kernels, biases = zip(*layers_of(self.players[0].weights, GENERATOR)[:-1], strict=True)
        return [kernel.numpy() for kernel in kernels], [bias.numpy() for bias in biases]

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
    activations = {f"{who}_activation": tuple(ACTIVATIONS) for who in ("generator", "discriminator")}
    for name, choices in {"optimizer": OPTIMIZERS, **activations}.items():
        if getattr(settings, name) not in choices:
            raise CourseError(
                f"{name}={getattr(settings, name)!r} is not known; choose among {', '.join(choices)}."
            )
    if players is None:
        players = (
            newborn(GENERATOR, 2 * settings.seed, settings.start),
            newborn(DISCRIMINATOR, 2 * settings.seed + 1),
        )
    run = compiled_game(
        settings.discriminator_loss,
        settings.generator_loss,
        settings.generator_activation,
        settings.discriminator_activation,
        settings.optimizer,
    )

    def rounds(first: int, count: int, generator_turns: int) -> tuple:
        """Numbers go in as tensors: for each new Python number the loop would be compiled again."""
        whole = (settings.seed, first, count, settings.discriminator_turns, generator_turns)
        rates = (settings.discriminator_rate, settings.generator_rate)
        return run(players, *map(tf.constant, whole), *(tf.constant(rate, tf.float32) for rate in rates))

    def frame() -> np.ndarray:
        return output_of(players[0].weights, latents, GENERATOR, settings.generator_activation).numpy()

    latents, tables = some_latents(500, seed=9), []
    # A head start: D learns while G does not move. Its rounds do not count, so they draw from batches of long ago.
    if settings.head_start:
        players, _ = rounds(LONG_AGO, settings.head_start, generator_turns=0)
    # Twenty-one frames, the first before the first step. Between two of them Python waits for the compiled loop.
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
    # With a rate of 0 the generator stands still, so what a new D finds out is about these fakes and no others.
    settings = Settings(
        generator_rate=0.0, generator_activation=patient.settings.generator_activation, rounds=rounds, seed=1
    )
    return train(settings, (patient.players[0], newborn(DISCRIMINATOR, seed=77)))
