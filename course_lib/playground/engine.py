"""The compiled part of the game: k rounds, one step of D, and what is to be drawn; pure functions of tensors.

Everything is in 64 bits. A game that circles or jumps enlarges a rounding error in every round; in 32 bits two programs
that differ only in the order of their additions part within a few hundred rounds, and then the code that the playground
gives away would not walk the playground's curve.

Random numbers are stateless: the batch of a step is a function of (seed, round, step), whoever asks and how often.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import keras
import tensorflow as tf
from keras import ops

from course_lib.models.flat_dense import (
    Layers,
    Player,
    Sizes,
    Tensor,
    layers_of,
    unpractised,
    vector_of,
)
from course_lib.playground import measures
from course_lib.playground.losses import PAIRS
from course_lib.playground.optimizers import moved, spectrally_normalised

LATENT_SIZE = 2
STEPS_A_ROUND = 64  # so many batches are set aside for each round
SEEDS_A_NETWORK = 8  # a seed for each layer
MEASURE_EVERY = 20  # rounds
YARDSTICK = (0, -1)  # the seed of the noise that is measured: rounds count from 0, so no game draws with it
ROW = ("discriminator_loss", "generator_loss", "modes", "kl", "js")
"""What a round leaves; the last three are NaN where nothing was measured."""


class Structure(NamedTuple):
    """What the compiled functions depend on: for each other one they are compiled once."""

    generator: Sizes
    discriminator: Sizes
    loss: str
    optimizer: str
    spectral: bool
    penalised: bool
    batch: int


class Knobs(NamedTuple):
    """What can be turned without compiling anew, as tensors; the rates are those of the generator and of D."""

    seed: Tensor
    generator_rate: Tensor
    discriminator_rate: Tensor
    beta_1: Tensor
    penalty: Tensor
    discriminator_steps: Tensor


class Data(NamedTuple):
    """The target: points (n, 2) and deviation, centres of modes (m, 2), and its density as `measures` means it."""

    points: Tensor
    deviation: Tensor
    modes: Tensor
    density: Tensor


class State(NamedTuple):
    """Where the game stands. judged: steps of D already made in this round; discriminator_loss: that of the last."""

    generator: Player
    discriminator: Player
    round: Tensor
    judged: Tensor
    discriminator_loss: Tensor


class Scene(NamedTuple):
    """What is drawn: see `game.Layers`."""

    fake: Tensor
    heat: Tensor
    latent_grid: Tensor
    arrows: Tensor


class Compiled(NamedTuple):
    """play(state, knobs, data, rounds) -> (state, rows); judge(state, knobs, data) -> state; look(...) -> Scene."""

    play: Callable
    judge: Callable
    look: Callable


def newborn(sizes: Sizes, seed: int) -> Player:
    """A player before its first step: Glorot's uniform weights as Keras draws them, layer i with seed + i; biases 0."""
    parts = []
    for place, shape in enumerate(sizes):
        kernel = keras.initializers.GlorotUniform(seed + place)(shape, dtype="float64")
        parts += [tf.reshape(kernel, (-1,)), tf.zeros(shape[1], tf.float64)]
    return unpractised(tf.concat(parts, axis=0))


def batch_of(data: Data, seed: Tensor, turn: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Real points and latents of a step, both float64 (count, 2)."""
    which = tf.random.stateless_uniform(
        (count,), tf.stack([seed, 2 * turn]), 0, tf.shape(data.points)[0], tf.int32
    )
    normal = tf.random.stateless_normal((count, 4), tf.stack([seed, 2 * turn + 1]), dtype=tf.float64)
    return tf.gather(data.points, which) + data.deviation * normal[:, :2], normal[:, 2:]


def turn_of(state: State) -> Tensor:
    """The turn whose noise G takes: that of D's last step, so that it answers the verdict on these very fakes."""
    return state.round * STEPS_A_ROUND + tf.maximum(state.judged - 1, 0)


def arrows_on(fake: Tensor, weights: Tensor, structure: Structure) -> Tensor:
    """The push that each fake feels, (n, 2): minus the gradient of its own part of L_G, as in lesson 02."""
    with tf.GradientTape() as tape:
        tape.watch(fake)
        logits = output_of(layers_of(weights, structure.discriminator), fake)
        # L_G is a mean; times n it is the sum of the parts, and each part depends on one fake.
        loss = PAIRS[structure.loss].generator(logits) * tf.cast(tf.shape(fake)[0], fake.dtype)
    return -tape.gradient(loss, fake)


def output_of(layers: Layers, signal: Tensor) -> Tensor:
    """What a network makes of a signal (n, 2): (n, outputs), with tanh after all layers but the last."""
    *hidden, (kernel, bias) = layers
    # Keras's operations and not @ and +, as in its Dense layer: their gradients add up in another order.
    for each in hidden:
        signal = ops.tanh(ops.add(ops.matmul(signal, each[0]), each[1]))
    return ops.add(ops.matmul(signal, kernel), bias)


@cache
def compiled(structure: Structure) -> Compiled:
    """The three functions of a game of this structure."""
    g_sizes, d_sizes, loss_name, optimizer, spectral, penalised, batch = structure
    pair = PAIRS[loss_name]

    def generate(weights: Tensor, latents: Tensor) -> Tensor:
        return output_of(layers_of(weights, g_sizes), latents)

    def judge(weights: Tensor, points: Tensor) -> Tensor:
        return output_of(layers_of(weights, d_sizes), points)

    def discriminator_step(state: State, knobs: Knobs, data: Data) -> State:
        g, d = state.generator, state.discriminator
        real, latents = batch_of(data, knobs.seed, state.round * STEPS_A_ROUND + state.judged, batch)
        fake = generate(g.weights, latents)
        # The vector is cut before the tape, and real and fake points pass one after the other, as in a Keras program:
        # the sums then come in its order, and wild games too agree with it to the last bit.
        layers = layers_of(d.weights, d_sizes)
        with tf.GradientTape() as tape:
            tape.watch(layers)
            with tf.GradientTape() as inner:
                inner.watch(real)
                real_logits = output_of(layers, real)
            loss = pair.discriminator(real_logits, output_of(layers, fake))
            if penalised:
                slopes = inner.gradient(real_logits, real)
                loss += knobs.penalty / 2 * tf.reduce_mean(tf.reduce_sum(tf.square(slopes), axis=1))
        gradient = vector_of(tape.gradient(loss, layers))
        d = moved(d, gradient, knobs.discriminator_rate, knobs.beta_1, optimizer)
        if spectral:
            d = d._replace(weights=spectrally_normalised(d.weights, d_sizes))
        return state._replace(discriminator=d, judged=state.judged + 1, discriminator_loss=loss)

    def generator_step(state: State, knobs: Knobs, data: Data) -> tuple[State, Tensor]:
        g, d = state.generator, state.discriminator
        _, latents = batch_of(data, knobs.seed, turn_of(state), batch)
        layers = layers_of(g.weights, g_sizes)
        with tf.GradientTape() as tape:
            tape.watch(layers)
            loss = pair.generator(judge(d.weights, output_of(layers, latents)))
        gradient = vector_of(tape.gradient(loss, layers))
        g = moved(g, gradient, knobs.generator_rate, knobs.beta_1, optimizer)
        return state._replace(generator=g, round=state.round + 1, judged=0 * state.judged), loss

    def measured(state: State, data: Data) -> Tensor:
        latents = tf.random.stateless_normal((measures.SAMPLES, LATENT_SIZE), YARDSTICK, dtype=tf.float64)
        fake = generate(state.generator.weights, latents)
        modes = measures.modes_covered(fake, data.modes, measures.RADIUS * data.deviation)
        return tf.stack([modes, *measures.divergences(data.density, measures.density(fake))])

    specs = specs_of(structure)

    @tf.function(input_signature=(*specs, tf.TensorSpec((), tf.int32)))
    def play(state: State, knobs: Knobs, data: Data, rounds: Tensor) -> tuple[State, Tensor]:
        rows = tf.TensorArray(tf.float64, rounds, element_shape=(len(ROW),))
        nothing = tf.fill((3,), tf.constant(float("nan"), tf.float64))
        for place in tf.range(rounds):
            while state.judged < knobs.discriminator_steps:
                state = discriminator_step(state, knobs, data)
            state, loss = generator_step(state, knobs, data)
            seen = nothing
            if state.round % MEASURE_EVERY == 0:
                seen = measured(state, data)
            rows = rows.write(place, tf.concat([[state.discriminator_loss, loss], seen], 0))
        return state, rows.stack()

    @tf.function
    def look(state: State, latents: Tensor, grid: Tensor, lines: Tensor) -> Scene:
        g, d = state.generator.weights, state.discriminator.weights
        fake = generate(g, latents)
        side = tf.shape(grid)[0]
        heat = tf.sigmoid(judge(d, tf.reshape(grid, (-1, 2))))
        warped = generate(g, tf.reshape(lines, (-1, 2)))
        return Scene(
            fake,
            tf.reshape(heat, (side, side)),
            tf.reshape(warped, tf.shape(lines)),
            arrows_on(fake, d, structure),
        )

    return Compiled(play, tf.function(discriminator_step, input_signature=specs), look)


def specs_of(structure: Structure) -> tuple[State, Knobs, Data]:
    """The shapes of what goes in, those of the target left open: so another target does not compile anything anew."""
    whole, number, points = (
        tf.TensorSpec(shape, kind)
        for shape, kind in (((), tf.int32), ((), tf.float64), ((None, 2), tf.float64))
    )
    players = []
    for sizes in (structure.generator, structure.discriminator):
        weights = tf.TensorSpec((sum((inputs + 1) * outputs for inputs, outputs in sizes),), tf.float64)
        players.append(Player(weights, weights, weights, number))
    return (
        State(*players, whole, whole, number),
        Knobs(whole, number, number, number, number, whole),
        Data(points, number, points, tf.TensorSpec((measures.CELLS**2 + 1,), tf.float64)),
    )
