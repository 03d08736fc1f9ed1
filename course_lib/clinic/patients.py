"""Who the patients of lesson 8 are, and what they suffer from. This gives the answers away: read it afterwards.

patient = admit("A")
discuss({"A": "dead G"})     # prints whether that is it, and if not, why not
print(record("A"))           # in which settings, and in whose code, the fault lies
"""

from __future__ import annotations

import inspect
import random
import textwrap
from collections.abc import Mapping
from dataclasses import fields

import keras
import numpy as np
import tensorflow as tf

from course_lib import CourseError
from course_lib.clinic import ring
from course_lib.clinic.ring import Patient, Settings, Tensor
from course_lib.models import losses

DIAGNOSES = {
    "swapped labels": "D would call real things fake and fakes real, and be rewarded for it",
    "G aims at fake": "D would be right about everything, L_G near 0 all the same, and the fakes would flee",
    "frozen D": "D's weights would not have moved at all",
    "sigmoid twice": "the printed losses would not be those of the logits, and an easy task would leave L_D above 1",
    "vanishing gradient": "D would be right about the fakes, and the push at the logits next to nothing",
    "overpowering D": "D would be right about everything, with push, slope and gradient alive, and G hardly moving",
    "dead G": "a whole layer of G would be silent for every z, so all fakes would be one point",
    "mode collapse": "the fakes would share one spot, good or bad, and that spot would move on after a while",
    "NaN: logarithm of 0": "all signs would look ordinary until one step before the break",
    "NaN: too large a step": "gradients and losses would explode for some steps before the break",
    "wrong range": "one number for each picture, such as its brightest pixel, would tell real from fake",
    "inference-mode batch norm": "the same latents would give good pictures with training=True and bad ones without",
}
"""Name of each diagnosis, and what would be seen if it were right. The first words are those of the alarms."""

ANSWERS = dict(zip("ABCDEFGHIJKL", DIAGNOSES, strict=True))
# The names in the order in which people see them: above they stand in that of the patients, which is the answer key.
NAMES = tuple(random.Random(3).sample(list(DIAGNOSES), len(DIAGNOSES)))


def admit(letter: str) -> Patient:
    """A patient, after its training went wrong. Raises CourseError for a letter that is none of theirs."""
    return ring.train(_settings(letter))


def record(letter: str) -> str:
    """How the patient's settings differ from a healthy one's: a line each, and the code of its losses."""
    lines = []
    for field in fields(Settings):
        value = getattr(_settings(letter), field.name)
        if field.name in ("rounds", "seed") or value == field.default:
            continue
        if not callable(value):
            lines.append(f"{field.name} = {value} (healthy: {field.default})")
        elif value.__module__ == losses.__name__:
            lines.append(f"{field.name} = {value.__name__}")
        else:
            body = inspect.getsource(value).split(":\n", 1)[1].strip()
            arguments = ", ".join(inspect.signature(value).parameters)
            lines.append(f"{field.name}({arguments}):\n    {body}")
    return "\n".join(lines)


def discuss(diagnoses: Mapping[str, str]) -> None:
    """Print what is to be said to each diagnosis, letter -> one of `NAMES` in any case; an empty one is not made yet.

    The names follow if a diagnosis is empty or not among them. Raises CourseError for a letter that no patient has.
    """
    known = {name.casefold(): name for name in NAMES}
    lost = False
    for letter, words in diagnoses.items():
        if letter not in ANSWERS:
            raise CourseError(f"There is no patient {letter!r}; their letters are {', '.join(ANSWERS)}.")
        words = " ".join(words.split())
        name = known.get(words.casefold())
        lost = lost or name is None
        if not words:
            print(f"Patient {letter}: no diagnosis yet.")
        elif name is None:
            print(f"Patient {letter}: {words!r} is not in the list of names.")
        elif name == ANSWERS[letter]:
            print(f"Patient {letter}: yes, {name}. Now the cure.")
        else:
            print(f"Patient {letter}: not {name}. If it were, {DIAGNOSES[name]}. Look at the tests again.")
    if lost:
        print(textwrap.fill(f"The names: {', '.join(NAMES)}.", 100))


def prepared_for_k(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] as patient K's program prepares them."""
    return (images + 1) * np.float32(127.5)


def travelled(generator: keras.Model) -> keras.Model:
    """A generator saved and loaded again by patient L's program."""
    loaded = keras.models.clone_model(generator)
    for weight, saved in zip(loaded.trainable_weights, generator.trainable_weights, strict=True):
        weight.assign(saved)
    return loaded


def _settings(letter: str) -> Settings:
    if letter not in PATIENTS:
        raise CourseError(f"There is no patient {letter!r} here; their letters are {', '.join(PATIENTS)}.")
    return PATIENTS[letter]


def _targets_exchanged(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return losses.logistic_discriminator(fake_logits, real_logits)


def _towards_fake(fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(tf.nn.softplus(fake_logits))


def _verdicts_for_logits(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return losses.logistic_discriminator(tf.sigmoid(real_logits), tf.sigmoid(fake_logits))


def _verdict_for_logit(fake_logits: Tensor) -> Tensor:
    return losses.non_saturating_generator(tf.sigmoid(fake_logits))


def _log_of_verdicts(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return -tf.reduce_mean(tf.math.log(real) + tf.math.log(1 - fake))


def _log_of_verdict(fake_logits: Tensor) -> Tensor:
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(fake_logits)))


PATIENTS = {
    "A": Settings(discriminator_loss=_targets_exchanged, rounds=300),
    "B": Settings(generator_loss=_towards_fake, rounds=300),
    "C": Settings(discriminator_rate=0.0, rounds=300),
    "D": Settings(discriminator_loss=_verdicts_for_logits, generator_loss=_verdict_for_logit),
    "E": Settings(
        generator_loss=losses.minimax_generator,
        optimizer="sgd",
        discriminator_rate=0.1,
        generator_rate=0.1,
        start=4.0,
        head_start=1000,
        rounds=400,
    ),
    "F": Settings(discriminator_rate=1e-2, generator_rate=2e-6, start=4.0, rounds=400),
    "G": Settings(generator_activation="relu", generator_rate=0.3, rounds=300),
    "H": Settings(generator_turns=10, rounds=250),
    "I": Settings(
        discriminator_loss=_log_of_verdicts,
        generator_loss=_log_of_verdict,
        discriminator_rate=1e-2,
        generator_rate=1e-2,
        start=12.0,
        head_start=300,
        rounds=200,
    ),
    "J": Settings(
        discriminator_loss=losses.least_squares_discriminator,
        generator_loss=losses.least_squares_generator,
        optimizer="sgd",
        discriminator_rate=1.0,
        generator_rate=1.0,
        rounds=200,
    ),
}
"""The patients on the ring; K and L draw pictures and are treated in the lesson itself."""
