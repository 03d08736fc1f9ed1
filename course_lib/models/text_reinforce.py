"""The text GAN whose generator learns by REINFORCE: no gradient goes through the letters, only D's verdict counts.

It is the way of SeqGAN (Yu et al. 2017, arXiv:1609.05473) without its search and its first training by likelihood.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from keras import ops

from course_lib.models.gan import GAN
from course_lib.models.shares import split

Tensor = Any
LOGITS = "logits"  # the layer whose outputs the letters are drawn from


class Reinforced(GAN):
    """A GAN for texts, its generator taught by (reward - baseline) d log P(text | latent) (Williams 1992, section 4).

    reward: what the text spares the generator's loss, -softplus(-D's logit) = log D for "non_saturating". baseline: for
    each text the mean reward of the other texts of its batch, which does not depend on it, so that nothing is biased.
    """

    def train_step(self, data: Tensor) -> dict[str, Tensor]:
        real, labels = split(data, 1)[0]
        latents = self.latents(ops.shape(real)[0])
        with tf.GradientTape() as generator_tape:
            # One pass gives the letters and the logits they were drawn from.
            logits = self.through(latents)
            fake = self.drawn(logits)
            letters = ops.stop_gradient((fake[..., 0] + 1) / 2)
            log_chances = ops.sum(letters * ops.log_softmax(logits), axis=(1, 2))
            weights = ops.stop_gradient(self.advantages(fake))
            generator_loss = -ops.mean(weights * log_chances)
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self.judge(real, ops.stop_gradient(fake), labels)
            discriminator_loss = self.game.discriminator(real_logits, fake_logits)
        own = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(discriminator_loss, own), own)
        own = self.generator.trainable_variables
        self.generator_optimizer.apply(generator_tape.gradient(generator_loss, own), own)
        self.average()

        seen = (
            discriminator_loss,
            self.game.generator(fake_logits),
            ops.sigmoid(real_logits),
            ops.sigmoid(fake_logits),
        )
        for name, value in zip(self.TRACKED, seen, strict=True):
            self.trackers[name].update_state(value)
        self.trackers["images"].update_state(ops.shape(real)[0])
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def through(self, latents: Tensor) -> Tensor:
        """The generator's logits (batch, length, k), layer by layer up to them."""
        x = latents
        for layer in self.generator.layers[1:]:
            x = layer(x)
            if layer.name == LOGITS:
                return x
        raise AssertionError("the generator has no layer of logits")

    def drawn(self, logits: Tensor) -> Tensor:
        """Texts (batch, length, k, 1) of the logits, by the layers behind them."""
        names = [layer.name for layer in self.generator.layers]
        x = logits
        for layer in self.generator.layers[names.index(LOGITS) + 1 :]:
            x = layer(x)
        return x

    def advantages(self, fake: Tensor) -> Tensor:
        """Reward of each text less the mean reward of the others, (batch,)."""
        rewards = -ops.softplus(-ops.cast(self.verdict(fake, None), "float32"))[:, 0]
        count = ops.cast(ops.shape(rewards)[0], "float32")
        return (rewards - ops.mean(rewards)) * count / ops.maximum(count - 1, 1.0)
