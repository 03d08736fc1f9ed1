"""The vital signs of a finished training, a dozen numbers: what a diagnosis has to go by (lesson 08, exercise 7).

signs = signs_of(admit("A"))     # {"broken": 0.0, "last_gradient": 0.0057, ...}
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from course_lib.clinic.ring import Patient, real_points, some_latents
from course_lib.models import losses

LAST = 20  # rounds over which the signs are averaged
SIGNS_AT_THE_END = (
    *("broken", "last_gradient", "real_score", "fake_score", "audit_d", "audit_g"),
    *("push", "moved_d", "moved_g", "silent", "spread"),
)
"""Their names, in the order in which `signs_of` gives them; the lesson's table says what each means."""


def signs_of(patient: Patient) -> dict[str, float]:
    """The signs, means over the last 20 rounds that were finite; those of a broken network's outputs are 0.

    last_gradient is the larger of both gradients' lengths in the last finite round.
    """
    curves = patient.curves
    finite = np.isfinite(curves["discriminator_loss"]) & np.isfinite(curves["generator_gradient"])
    broken = not finite.all()
    last = int(np.argmin(finite)) if broken else len(finite)
    means = {name: float(values[max(0, last - LAST) : last].mean()) for name, values in curves.items()}
    gradients = [curves[f"{who}_gradient"][last - 1] for who in ("discriminator", "generator")]
    signs = {"broken": float(broken), "last_gradient": float(max(gradients))}
    signs |= {name: means[name] for name in ("real_score", "fake_score")}
    audited = _audited(patient)
    for letter, name in (("d", "discriminator_loss"), ("g", "generator_loss")):
        signs[f"audit_{letter}"] = 0.0 if broken else means[name] - audited[name]
    signs |= {"push": means["push"], "moved_d": means["discriminator_moved"]}
    signs["moved_g"] = means["generator_moved"]
    second = patient.hidden(some_latents(500))[1]
    signs["silent"] = 0.0 if broken else float(np.mean(np.all(second == 0, axis=0)))
    signs["spread"] = 0.0 if broken else float(patient.fakes.std(axis=0).mean())
    return signs


def _audited(patient: Patient) -> dict[str, float]:
    """What the losses of the game that is meant would be, from the logits of fresh points."""
    minimax = patient.settings.generator_loss is losses.minimax_generator
    game = losses.get("minimax" if minimax else "non_saturating")
    real = patient.judge(tf.constant(real_points(1000, seed=3)))
    fake = patient.judge(patient.generate(some_latents(1000, seed=3)))
    return {
        "discriminator_loss": float(game.discriminator(real, fake)),
        "generator_loss": float(game.generator(fake)),
    }
