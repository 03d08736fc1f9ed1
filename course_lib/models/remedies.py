"""The remedies of lesson 09 as switches: one small GAN for garments, with any of them turned on.

    gan = remedies.dcgan("spectral_norm", "averaging", seed=0)

`data/make_ablation.py` measures each of them alone and several together. Without any it is the plain DCGAN: narrow,
the same learning rate for both networks, no averaged weights.
"""

from __future__ import annotations

import keras
from keras import layers

from course_lib import CourseError
from course_lib.models import networks
from course_lib.models.augmentations import chain, cutout, translation
from course_lib.models.gan import GAN
from course_lib.models.regularizers import gradient_penalty, r1

WIDTH = 16
BATCH_SIZE = 32
LEARNING_RATE, BETA_1 = 1e-3, 0.5
AVERAGING = 0.998
FASTER, SLOWER = 2e-3, 5e-4  # D's learning rate, twice and half the generator's

REMEDIES = {
    "spectral_norm": "every layer of D divided by its largest singular value",
    "wasserstein_penalty": "Wasserstein loss, and D's slope between real and fake pulled towards 1 (weight 10)",
    "wasserstein_five_steps": "Wasserstein loss and its penalty (weight 10), five steps of D for each of G",
    "r1": "D's slope at real images pulled towards 0 (weight 1)",
    "faster_discriminator": "two time scales: D's learning rate twice that of G",
    "slower_discriminator": "two time scales: D's learning rate half that of G",
    "averaging": "samples drawn with averaged weights (decay 0.998)",
    "augmentation": "all that D sees shifted by up to 1/8 and a box cut out",
    "minibatch_deviation": "D sees how much the images of a group differ",
}
"""What can be switched on, and what it does."""

ROWS = {
    "plain": (),
    **{name: (name,) for name in REMEDIES},
    "recipe_three": (
        "slower_discriminator",
        "averaging",
        "minibatch_deviation",
    ),  # as in course_lib.models.recipe
    "all": (
        *("spectral_norm", "r1", "faster_discriminator"),
        *("averaging", "augmentation", "minibatch_deviation"),
    ),
}
"""The rows of data/ablation.csv, and what is switched on in each."""

EXCLUSIVE = (
    {"faster_discriminator", "slower_discriminator"},
    *({"wasserstein_penalty", "r1"}, {"wasserstein_five_steps", "r1"}),
    {"wasserstein_penalty", "wasserstein_five_steps"},
)


def dcgan(*remedies: str, seed: int = 0) -> GAN:
    """A compiled GAN for images (28, 28, 1) with the remedies named, its weights and noise drawn from `seed`.

    Raises CourseError for a name that is not in `REMEDIES`, or for two that exclude each other.
    """
    unknown = [name for name in remedies if name not in REMEDIES]
    if unknown:
        raise CourseError(f"There is no remedy {unknown[0]!r}; choose from {', '.join(REMEDIES)}.")
    for pair in EXCLUSIVE:
        if pair <= set(remedies):
            raise CourseError(f"{' and '.join(sorted(pair))} exclude each other: choose one.")
    keras.utils.set_random_seed(seed)
    generator = networks.dcgan_generator(width=WIDTH)
    discriminator = networks.dcgan_discriminator(
        width=WIDTH, minibatch_deviation="minibatch_deviation" in remedies
    )
    if "spectral_norm" in remedies:
        discriminator = spectrally_normalised(discriminator)
    gan = GAN(generator, discriminator, averaging=AVERAGING if "averaging" in remedies else None, seed=seed)
    rate = LEARNING_RATE
    if "faster_discriminator" in remedies:
        rate = FASTER
    elif "slower_discriminator" in remedies:
        rate = SLOWER
    regularizer = None
    wasserstein = bool({"wasserstein_penalty", "wasserstein_five_steps"} & set(remedies))
    if wasserstein:
        regularizer = gradient_penalty(10.0)
    elif "r1" in remedies:
        regularizer = r1(1.0)
    gan.compile(
        loss="wasserstein" if wasserstein else "non_saturating",
        generator_optimizer=keras.optimizers.Adam(LEARNING_RATE, BETA_1),
        discriminator_optimizer=keras.optimizers.Adam(rate, BETA_1),
        augment=chain(translation(1 / 8), cutout(1 / 2)) if "augmentation" in remedies else None,
        regularizer=regularizer,
        discriminator_steps=5 if "wasserstein_five_steps" in remedies else 1,
        steps_per_execution=10,
    )
    return gan


def spectrally_normalised(network: keras.Sequential) -> keras.Sequential:
    """A copy whose convolutions and dense layers are kept at spectral norm 1, with fresh weights.

    Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks". Keras's layer takes one step of
    power iteration a call and writes the normalised kernel back, where the paper keeps the kernel as it is and lets
    the gradient through the division.
    """

    def wrapped(layer: keras.Layer) -> keras.Layer:
        copy = layer.__class__.from_config(layer.get_config())
        if isinstance(layer, layers.Conv2D | layers.Dense):
            return layers.SpectralNormalization(copy)
        return copy

    return keras.models.clone_model(network, clone_function=wrapped)
