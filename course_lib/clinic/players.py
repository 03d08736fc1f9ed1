"""Two dense networks by hand, each one long vector of weights, and the compiled loop in which they take turns.

By hand means: no layer, no optimizer and no `fit` of Keras. A thousand rounds take about a second, because Python
calls the compiled loop only some twenty times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import tensorflow as tf

from course_lib.models.flat_dense import Player, Tensor, output_of, unpractised

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
HALF = 2**30  # so far apart are the random numbers for the kinds of things that one turn draws
OPTIMIZERS = ("adam", "sgd")


def newborn(sizes: tuple, seed: int, start: float = 0.0) -> Player:
    """Random weights (Glorot and Bengio 2010, equation 16), and biases of 0 but for the last."""
    random = np.random.default_rng(seed)
    parts = []
    for inputs, outputs in sizes:
        # A uniform number in [-limit, limit] has the variance limit^2 / 3, here 2 / (inputs + outputs): with it signals
        # keep their size on the way forward, and gradients on the way back.
        limit = np.sqrt(6 / (inputs + outputs))
        parts += [random.uniform(-limit, limit, inputs * outputs), np.zeros(outputs)]
    parts[-1] += start  # the last part is the biases of the output layer
    return unpractised(tf.constant(np.concatenate(parts), tf.float32))


@cache
def compiled_game(
    discriminator_loss: Callable,
    generator_loss: Callable,
    g_activation: str,
    d_activation: str,
    optimizer: str,
) -> Callable:
    """The training loop of a game: (generator, discriminator), then numbers; to both of them, and the vital signs."""

    def batch(seed: Tensor, turn: Tensor) -> tuple[Tensor, Tensor]:
        """Real points and latents, drawn anew for each turn: a pure function of (seed, turn)."""
        # Stateless random numbers: the same (seed, turn) draws the same batch, wherever and how often it is asked.
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
        # Adam (Kingma and Ba 2015, algorithm 1, in the order of its section 2): running means of the gradient and of
        # its square. Both began at 0, so young ones are too small; `scale` makes up for that.
        mean, square, step = 0.5 * mean + 0.5 * gradient, 0.999 * square + 0.001 * gradient**2, step + 1
        scale = rate * tf.sqrt(1 - 0.999**step) / (1 - 0.5**step)
        return Player(weights - scale * mean / (tf.sqrt(square) + 1e-7), mean, square, step)

    def learn_to_judge(
        g: Player, d: Player, seed: Tensor, turn: Tensor, rate: Tensor
    ) -> tuple[Player, Tensor]:
        real, latents = batch(seed, turn)
        fake = output_of(g.weights, latents, GENERATOR, g_activation)
        with tf.GradientTape() as tape:
            # A tape watches variables by itself; this vector is a tensor, so it has to be told. The fakes were drawn
            # before the tape began: to D they are data, and no gradient goes back to G.
            tape.watch(d.weights)
            logits = [output_of(d.weights, points, DISCRIMINATOR, d_activation) for points in (real, fake)]
            loss = discriminator_loss(*logits)
        gradient = tape.gradient(loss, d.weights)
        new = moved(d, gradient, rate)
        scores = [tf.reduce_mean(tf.sigmoid(each)) for each in logits]
        return new, tf.stack([loss, *scores, tf.norm(gradient), tf.norm(new.weights - d.weights)])

    def learn_to_fake(
        g: Player, d: Player, seed: Tensor, turn: Tensor, rate: Tensor
    ) -> tuple[Player, Tensor]:
        _, latents = batch(seed, turn)
        # Persistent, because it is asked twice: for the gradient of the loss, and for D's slope at the fakes.
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(g.weights)
            fake = output_of(g.weights, latents, GENERATOR, g_activation)
            logits = output_of(d.weights, fake, DISCRIMINATOR, d_activation)
            loss, total = generator_loss(logits), tf.reduce_sum(logits)
        # The chain rule in its two parts: how much the loss minds each logit, and what that asks of G's weights.
        push, gradient = tape.gradient(loss, [logits, g.weights])
        # The sum over the batch has as its derivative by one fake the slope at that fake: logits do not mix pictures.
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
        # `tf.range`, not `range`: TensorFlow makes a loop of it inside the graph, where `range` would write the step
        # down `count` times.
        for row in tf.range(count):
            # 64 numbers for the turns of one round, so that no two turns share a batch.
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
