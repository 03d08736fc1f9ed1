"""The GAN losses as small pure functions of logits.

A discriminator ends without a sigmoid: it returns a logit l, and D = sigmoid(l) is the probability it gives
to "real". Computing with logits keeps the losses exact where D itself would round to 0 or 1. Every function
takes logits of any shape and any float type and returns one float32 number, the mean over the batch, to be
*minimised*.

    loss = get("non_saturating")
    loss.discriminator(real_logits, fake_logits)
    loss.generator(fake_logits)

Two identities do the logistic ones: with softplus(l) = log(1 + e^l), -log D = softplus(-l) and
-log(1 - D) = softplus(l). Keras's softplus neither overflows nor loses its gradient for large logits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from keras import ops

from course_lib import CourseError

Tensor = Any


@dataclass(frozen=True)
class Loss:
    """A pair of losses that belong together.

    discriminator(real_logits, fake_logits) and generator(fake_logits), each returning a float32 scalar.
    """

    name: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def logistic_discriminator(real_logits: Tensor, fake_logits: Tensor, real_target: float = 1.0) -> Tensor:
    """-V(D, G): the cross-entropy of telling real (target 1) from fake (target 0).

        L_D = -E[log D(x)] - E[log(1 - D(G(z)))]

    Goodfellow et al. 2014 (arXiv:1406.2661), equation 1. Equals 2 log 2 = 1.386 when D can only guess.

    real_target below 1 is one-sided label smoothing (Salimans et al. 2016, arXiv:1606.03498, section 3.4):
    real images are to be called real with a probability of, say, 0.9, while the fakes' target stays 0.

    Raises CourseError unless 0 < real_target <= 1: a target above 1 would let the cross-entropy fall below 0
    without end.
    """
    if not 0 < real_target <= 1:
        raise CourseError(
            f"real_target is a probability, so it must lie in (0, 1], not {real_target}; smoothing means 0.9."
        )
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    real_loss = real_target * ops.softplus(-real_logits) + (1 - real_target) * ops.softplus(real_logits)
    return ops.mean(real_loss) + ops.mean(ops.softplus(fake_logits))


def minimax_generator(fake_logits: Tensor) -> Tensor:
    """The generator's half of V(D, G), which it minimises: it wants D to be wrong.

        L_G = E[log(1 - D(G(z)))]

    Goodfellow et al. 2014, equation 1. Its gradient with respect to the logit is -D, which vanishes exactly
    when the discriminator wins; section 3 of the paper therefore proposes `non_saturating_generator`.
    """
    return -ops.mean(ops.softplus(_float32(fake_logits)))


def non_saturating_generator(fake_logits: Tensor) -> Tensor:
    """The same fixed point as minimax with a strong gradient, -(1 - D), when the discriminator wins.

        L_G = -E[log D(G(z))]

    Goodfellow et al. 2014, section 3.
    """
    return ops.mean(ops.softplus(-_float32(fake_logits)))


def least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Regression towards 1 on real and 0 on fake; the logit is used as it is, without a sigmoid.

        L_D = 1/2 E[(l(x) - 1)^2] + 1/2 E[l(G(z))^2]

    Mao et al. 2017 (arXiv:1611.04076), equation 9: the 0-1 coding a = 0, b = c = 1.
    """
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    return 0.5 * ops.mean(ops.square(real_logits - 1)) + 0.5 * ops.mean(ops.square(fake_logits))


def least_squares_generator(fake_logits: Tensor) -> Tensor:
    """Regression of the fakes' logits towards 1, the value of "real".

        L_G = 1/2 E[(l(G(z)) - 1)^2]

    Mao et al. 2017, equation 9.
    """
    return 0.5 * ops.mean(ops.square(_float32(fake_logits) - 1))


def hinge_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Real above 1, fake below -1; what is beyond its margin gives no more gradient.

        L_D = E[max(0, 1 - l(x))] + E[max(0, 1 + l(G(z)))]

    Lim and Ye 2017 (arXiv:1705.02894); Miyato et al. 2018 (arXiv:1802.05957), equation 16.
    """
    real_logits, fake_logits = _float32(real_logits), _float32(fake_logits)
    return ops.mean(ops.relu(1 - real_logits)) + ops.mean(ops.relu(1 + fake_logits))


def wasserstein_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """The critic's estimate of the Wasserstein-1 distance, negated so that it is minimised.

        L_D = E[l(G(z))] - E[l(x)]

    Arjovsky et al. 2017 (arXiv:1701.07875), equations 2 and 3. It means something only if the critic is
    1-Lipschitz: use it together with a gradient penalty, spectral normalisation or clipped weights.
    """
    return ops.mean(_float32(fake_logits)) - ops.mean(_float32(real_logits))


def linear_generator(fake_logits: Tensor) -> Tensor:
    """Raise the fakes' logits: the generator of both the hinge and the Wasserstein loss.

        L_G = -E[l(G(z))]

    Arjovsky et al. 2017, theorem 3; Miyato et al. 2018, equation 17.
    """
    return -ops.mean(_float32(fake_logits))


_PAIRS = {
    "minimax": (logistic_discriminator, minimax_generator),
    "non_saturating": (logistic_discriminator, non_saturating_generator),
    "least_squares": (least_squares_discriminator, least_squares_generator),
    "hinge": (hinge_discriminator, linear_generator),
    "wasserstein": (wasserstein_discriminator, linear_generator),
}
NAMES = tuple(_PAIRS)


def get(name: str, real_target: float = 1.0) -> Loss:
    """The loss called `name`, one of `NAMES`; `real_target` below 1 smooths the labels of the logistic ones.

    Raises CourseError for an unknown name, or for smoothing where the loss has no labels to smooth.
    """
    if name not in _PAIRS:
        raise CourseError(f"There is no loss {name!r}; choose one of {', '.join(NAMES)}.")
    discriminator, generator = _PAIRS[name]
    if real_target != 1.0:
        if discriminator is not logistic_discriminator:
            raise CourseError(f"Label smoothing belongs to minimax and non_saturating, not to {name}.")
        discriminator = partial(logistic_discriminator, real_target=real_target)
        discriminator(0.0, 0.0)  # refuses a target out of range here, and not in the first training step
    return Loss(name, discriminator, generator)


def _float32(logits: Tensor) -> Tensor:
    """Losses are computed in float32 whatever precision the network runs in."""
    return ops.cast(ops.convert_to_tensor(logits), "float32")
