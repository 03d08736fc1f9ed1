"""A game that is played round by round: `game = Game(Settings()); game.play(100); game.layers().fake`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from course_lib import CourseError
from course_lib.models.flat_dense import layers_of
from course_lib.playground import engine, measures
from course_lib.playground.optimizers import rounded
from course_lib.playground.settings import NAMES, STRUCTURE, Settings
from course_lib.playground.stages import Round, Stage, told
from course_lib.playground.targets import REACH
from course_lib.theory.games import sigmoid

SHOWN = 300  # real points and fakes in a picture
HEAT_SIDE = 48
QUANTILES = np.array([-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645])
"""Where the lines of the latent grid cross the axes: at 5, 15, ... 95 per cent of a standard normal distribution."""
SHOWN_SEED, DENSITY_SEED = (0, -2), (0, -3)  # negative, where no round draws


@dataclass(frozen=True, eq=False)
class Layers:
    """What a picture of the game is made of; the same noise and the same real points in each picture.

    real: float (n, 2). fake: (n, 2). heat: (k, k), sigmoid of D's logit at the middles of k x k cells of [-3, 3]^2,
    row 0 at the bottom (`origin="lower"`). latent_grid: (20, 41, 2), G's image of ten lines across the latent plane and
    ten up; between two neighbours lies a tenth of the noise, so where the mesh is fine there are many fakes. arrows:
    (n, 2), the push each fake feels, minus the gradient of its own part of L_G.
    """

    real: np.ndarray
    fake: np.ndarray
    heat: np.ndarray
    latent_grid: np.ndarray
    arrows: np.ndarray


class Game:
    """A GAN in the plane that trains when asked. The same settings give the same numbers, however the rounds are cut.

    A round is `discriminator_steps` steps of D, then one of G. settings: those of now. round: rounds played.
    replayable: True as long as the same rounds, played from a reset with the settings of now, give the same game: no
    round was cut short or drawn out by single steps, and no setting was changed on the way.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.reset(settings or Settings())

    def reset(self, settings: Settings | None = None) -> None:
        """Begin again, with other settings if they are given."""
        self.settings = settings or self.settings
        sizes = self._structure()
        first = 2 * engine.SEEDS_A_NETWORK * self.settings.seed
        zero = tf.constant(0)
        self._state = engine.State(
            engine.newborn(sizes.generator, first),
            engine.newborn(sizes.discriminator, first + engine.SEEDS_A_NETWORK),
            *(zero, zero, tf.constant(np.nan, tf.float64)),
        )
        self._rows = np.empty((0, len(engine.ROW)))
        self.replayable = True
        self._prepare()

    def change(self, **changes: object) -> tuple[str, ...]:
        """Go on with other settings; those that make other networks (`STRUCTURE`) begin a new game.

        Returns the names of the changes that made a reset necessary, () if the game went on.
        Raises CourseError for a setting that does not exist or a value that cannot be.
        """
        for name in changes:
            if name not in NAMES:
                raise CourseError(f"There is no setting {name!r}; choose among {', '.join(NAMES)}.")
        old, new = self.settings, replace(self.settings, **changes)
        resetting = tuple(name for name in STRUCTURE if getattr(old, name) != getattr(new, name))
        if resetting:
            self.reset(new)
        else:
            begun = self.round or int(self._state.judged)
            self.replayable = self.replayable and (new == old or not begun)
            self.settings = new
            self._prepare()
        return resetting

    def play(self, rounds: int = 1) -> None:
        """Play so many rounds in one compiled call; a round that single steps have begun is finished first."""
        if not isinstance(rounds, int | np.integer) or isinstance(rounds, bool) or rounds < 0:
            raise CourseError(f"play: rounds is a whole number from 0, not {rounds!r}.")
        self._advance(rounds, self._knobs)

    def step_discriminator(self) -> None:
        """One step of D, on the round's next batch; the round is over when G has made its step."""
        self.replayable = self.replayable and int(self._state.judged) < self.settings.discriminator_steps
        self._state = self._compiled.judge(self._state, self._knobs, self._data)

    def step_generator(self) -> None:
        """The step of G that ends a round, whether or not D has made its steps."""
        self.replayable = self.replayable and int(self._state.judged) == self.settings.discriminator_steps
        self._advance(1, self._knobs._replace(discriminator_steps=self._state.judged))

    def stages(self) -> tuple[Stage, ...]:
        """Play one round, or finish the one begun, and return it in five stages for slow motion."""
        while self._state.judged < self.settings.discriminator_steps:
            self.step_discriminator()
        judgings, turn = int(self._state.judged), engine.turn_of(self._state)
        real, latents = engine.batch_of(self._data, self._knobs.seed, turn, self.settings.batch)
        scene = self._compiled.look(self._state, latents, *self._scenery[1:])
        fake = scene.fake.numpy()
        verdicts = [sigmoid(self.judge(points)) for points in (real, fake)]
        self.step_generator()
        return told(
            Round(
                *(latents.numpy(), real.numpy(), fake, self.generate(latents)),
                *(scene.heat.numpy(), scene.arrows.numpy(), *verdicts, judgings),
            )
        )

    @property
    def round(self) -> int:
        """How many rounds have been played."""
        return int(self._state.round)

    @property
    def history(self) -> dict[str, np.ndarray]:
        """Curves. Of every round: "round" (from 1), "discriminator_loss" (that of D's last step), "generator_loss".

        Of every 20th: "measured_round", "modes" (covered; NaN where the target has none), "kl", "js": see `measures`.
        """
        rounds = np.arange(1, len(self._rows) + 1)
        measured = rounds % engine.MEASURE_EVERY == 0
        curves = dict(zip(engine.ROW, self._rows.T, strict=True))
        losses = {name: curves[name] for name in engine.ROW[:2]}
        seen = {name: curves[name][measured] for name in engine.ROW[2:]}
        return {"round": rounds, **losses, "measured_round": rounds[measured], **seen}

    def layers(self) -> Layers:
        """What there is to draw now, from one compiled call."""
        scene = self._compiled.look(self._state, *self._scenery)
        return Layers(self._real, *(each.numpy() for each in scene))

    def generate(self, latents: np.ndarray) -> np.ndarray:
        """Fakes (n, 2) from latents (n, 2)."""
        layers = layers_of(self._state.generator.weights, self._structure().generator)
        return engine.output_of(layers, tf.cast(latents, tf.float64)).numpy()

    def judge(self, points: np.ndarray) -> np.ndarray:
        """D's logits (n,) of points (n, 2)."""
        layers = layers_of(self._state.discriminator.weights, self._structure().discriminator)
        return engine.output_of(layers, tf.cast(points, tf.float64)).numpy()[:, 0]

    def _advance(self, rounds: int, knobs: engine.Knobs) -> None:
        self._state, rows = self._compiled.play(self._state, knobs, self._data, tf.constant(rounds))
        rows = rows.numpy()
        if not self.settings.modes().size:
            rows[:, engine.ROW.index("modes")] = np.nan
        self._rows = np.concatenate([self._rows, rows])

    def _structure(self) -> engine.Structure:
        now = self.settings
        hidden = ((now.hidden, now.hidden),) * (now.layers - 1)
        generator, discriminator = (
            ((inputs, now.hidden), *hidden, (now.hidden, outputs))
            for inputs, outputs in ((engine.LATENT_SIZE, 2), (2, 1))
        )
        return engine.Structure(
            generator, discriminator, now.loss, now.optimizer, bool(now.spectral), now.penalty > 0, now.batch
        )

    def _prepare(self) -> None:
        """Make tensors of the settings, so that turning a knob does not compile anything anew."""
        now = self.settings
        self._compiled = engine.compiled(self._structure())
        self._knobs = engine.Knobs(
            tf.constant(now.seed),
            rounded(now.generator_rate),
            rounded(now.discriminator_rate),
            *(tf.constant(each, tf.float64) for each in (now.beta_1, now.penalty)),
            tf.constant(now.discriminator_steps),
        )
        self._data = data_of(now)
        self._real = engine.batch_of(self._data, *map(tf.constant, SHOWN_SEED), SHOWN)[0].numpy()
        self._scenery = scenery()


def data_of(settings: Settings) -> engine.Data:
    """The target of the settings as tensors."""
    points, deviation, modes = (
        tf.constant(each, tf.float64) for each in (settings.points(), settings.deviation, settings.modes())
    )
    data = engine.Data(points, deviation, modes, tf.zeros(0, tf.float64))
    real, _ = engine.batch_of(data, *map(tf.constant, DENSITY_SEED), 10 * measures.SAMPLES)
    return data._replace(density=measures.density(real))


def scenery() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """What stays the same in all pictures: noise (n, 2), grid (k, k, 2), lines of the latent plane (20, 41, 2)."""
    latents = tf.random.stateless_normal((SHOWN, engine.LATENT_SIZE), SHOWN_SEED, dtype=tf.float64)
    middles = (np.arange(HEAT_SIDE) + 0.5) * 2 * REACH / HEAT_SIDE - REACH
    grid = np.stack(np.meshgrid(middles, middles), axis=-1)
    way = np.linspace(QUANTILES[0], QUANTILES[-1], 41)
    along = np.stack(np.broadcast_arrays(way, QUANTILES[:, None]), axis=-1)
    return latents, tf.constant(grid), tf.constant(np.concatenate([along, along[..., ::-1]]))
