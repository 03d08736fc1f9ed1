"""A game of the playground as a short program in plain Keras, which walks the same curves.

What differs from setting to setting is taken from the playground's own source: the body of the target's function, and
the line of each loss. The rest, networks, optimizers and tapes, is Keras's, where the engine has formulas of its own;
so a test that runs the program checks the engine too.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable

from course_lib.playground.engine import SEEDS_A_NETWORK, STEPS_A_ROUND
from course_lib.playground.losses import PAIRS
from course_lib.playground.settings import Settings
from course_lib.playground.targets import DRAWN, TARGETS

PROGRAM = '''\
"""{title}

{what_it_plays}
"""

import keras
import numpy as np
import tensorflow as tf

seed = {seed}
{points}


def batch(turn):  # of real points and noise; in 64 bits, because the game enlarges rounding errors
    which = tf.random.stateless_uniform(({batch},), (seed, 2 * turn), 0, len(points), "int32")
    normal = tf.random.stateless_normal(({batch}, 4), (seed, 2 * turn + 1), dtype="float64")
    return tf.gather(points, which) + {deviation} * normal[:, :2], normal[:, 2:]


{constraint}def network(outputs, seed{constraint_argument}):
    layers = [keras.Input((2,), dtype="float64")]
    for place, units in enumerate({hidden} + [outputs]):
        activation = "tanh" if place < {layers} else None
        kernel = {{"kernel_initializer": keras.initializers.GlorotUniform(seed + place){constraint_key}}}
        layers.append(keras.layers.Dense(units, activation, dtype="float64", **kernel))
    return keras.Sequential(layers)


generator, discriminator = network(2, {g_seed} * seed), network(1, {g_seed} * seed + {d_seed}{constraint_value})
optimizer_g = {optimizer_g}
optimizer_d = {optimizer_d}


@tf.function
def discriminator_step(x, z):
    with tf.GradientTape() as tape:
{logits}
        loss = {discriminator_loss}{penalty}
    variables = discriminator.trainable_variables
    optimizer_d.apply(tape.gradient(loss, variables), variables)
    return loss


@tf.function
def generator_step(z):
    with tf.GradientTape() as tape:
        fake_logits = discriminator(generator(z))
        loss = {generator_loss}
    variables = generator.trainable_variables
    optimizer_g.apply(tape.gradient(loss, variables), variables)
    return loss


losses = []  # of both players, a pair for each round
for number in range({rounds}):
    for step in range({discriminator_steps}):
        x, z = batch({steps_a_round} * number + step)
        discriminator_loss = discriminator_step(x, z)
    losses.append((float(discriminator_loss), float(generator_step(z))))
print("The last losses of discriminator and generator:", *losses[-1:])
'''
LOGITS = """\
        real_logits, fake_logits = discriminator(x), discriminator(generator(z))"""
PENALISED = """\
        with tf.GradientTape() as inner:
            inner.watch(x)
            real_logits = discriminator(x)
        slopes = inner.gradient(real_logits, x)
        fake_logits = discriminator(generator(z))"""
PENALTY = """
        loss += {gamma!r} / 2 * tf.reduce_mean(tf.reduce_sum(tf.square(slopes), axis=1))  # R1"""
CONSTRAINT = """\
class Spectral(keras.constraints.Constraint):  # after each step the largest singular value is 1
    def __call__(self, kernel):
        return kernel / tf.linalg.svd(kernel, compute_uv=False)[0]


"""


REPLAYED = "It plays the whole rounds of that game once more, from its start."
ANOTHER = """\
It plays from a reset with the settings of the end. The game on the screen was another: there single steps were made, or
settings changed on the way."""


def as_code(settings: Settings, rounds: int, replayable: bool = True) -> str:
    """A program that plays so many rounds from a reset and leaves `losses`, a pair (D's, G's) for each round.

    It needs Keras on TensorFlow and NumPy, nothing of the course. Its curves are those of `Game(settings)`, and its
    first lines say whether these are what was seen: `replayable` is that of the game.
    """
    pair = PAIRS[settings.loss]
    return PROGRAM.format(
        title=f"A GAN in the plane: {settings.target}, {settings.loss} loss, {settings.optimizer}.",
        what_it_plays=REPLAYED if replayable else ANOTHER,
        points=_points(settings),
        deviation=settings.deviation,
        hidden=f"[{settings.hidden}] * {settings.layers}",
        constraint=CONSTRAINT if settings.spectral else "",
        constraint_argument=", constraint=None" if settings.spectral else "",
        constraint_key=', "kernel_constraint": constraint' if settings.spectral else "",
        constraint_value=", Spectral()" if settings.spectral else "",
        optimizer_g=_optimizer(settings, settings.generator_rate),
        optimizer_d=_optimizer(settings, settings.discriminator_rate),
        logits=PENALISED if settings.penalty else LOGITS,
        penalty=PENALTY.format(gamma=float(settings.penalty)) if settings.penalty else "",
        discriminator_loss=_line_of(pair.discriminator),
        generator_loss=_line_of(pair.generator),
        g_seed=2 * SEEDS_A_NETWORK,
        d_seed=SEEDS_A_NETWORK,
        steps_a_round=STEPS_A_ROUND,
        rounds=rounds,
        **{name: getattr(settings, name) for name in ("seed", "batch", "layers", "discriminator_steps")},
    )


def _body_of(function: Callable) -> str:
    """What stands under a function's `def`, up to and with its last `return`."""
    return textwrap.dedent(inspect.getsource(function).split(":\n", 1)[1]).strip()


def _line_of(loss: Callable) -> str:
    return _body_of(loss).removeprefix("return ")


def _points(settings: Settings) -> str:
    if settings.target != DRAWN:
        return _body_of(TARGETS[settings.target].points).replace("return ", "points = ")
    unbroken = "\N{NO-BREAK SPACE}"  # so that no line ends within a pair
    pairs = textwrap.fill(", ".join(f"({x!r},{unbroken}{y!r})" for x, y in settings.drawn), 100)
    return f"points = np.array([\n{textwrap.indent(pairs.replace(unbroken, ' '), '    ')}\n])"


def _optimizer(settings: Settings, rate: float) -> str:
    if settings.optimizer == "adam":
        return f"keras.optimizers.Adam({float(rate)!r}, beta_1={float(settings.beta_1)!r})"
    return f"keras.optimizers.{ {'sgd': 'SGD', 'rmsprop': 'RMSprop'}[settings.optimizer] }({float(rate)!r})"
