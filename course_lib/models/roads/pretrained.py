"""A VAE for pictures, one with two latents for the map, and a flow for pictures, trained longer than a lesson can wait.

    from course_lib.models.roads import pretrained
    pictures = pretrained.flow().sample(16, steps=10)

`data/make_road_weights.py` trained them on Fashion-MNIST and kept their weights in half precision.
"""

from __future__ import annotations

import functools
import io
import json

import numpy as np

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified
from course_lib.models.roads import flow as flows
from course_lib.models.roads import vae as vaes
from course_lib.models.roads.minimizer import Minimizer

NAME = "pretrained/fashion_mnist_roads"
LATENT_SIZES = (2, 16)


@functools.cache
def report() -> dict:
    """How "vae_2", "vae_16" and "flow" were trained and what they score: a dict of steps, seed, scores for each."""
    return json.loads(read_verified(f"{NAME}.json"))


def vae(latent_size: int = 16) -> vaes.VAE:
    """The VAE with 16 latents, or with 2. Raises CourseError for other numbers, or if its file is damaged."""
    if latent_size not in LATENT_SIZES:
        raise CourseError(f"There is a trained VAE with 2 latents and one with 16, not with {latent_size}.")
    return filled(vaes.small(latent_size), f"vae_{latent_size}")


def flow() -> flows.FlowMatching:
    """The flow for pictures; its network is the averaged one of the training."""
    return filled(flows.for_pictures(averaging=None), "flow")


def filled(model: Minimizer, name: str) -> Minimizer:
    """The model with the weights kept under this name."""
    with np.load(io.BytesIO(read_verified(f"{NAME}.npz"))) as arrays:
        for index, weight in enumerate(kept(model)):
            weight.assign(arrays[f"{name}/weight_{index:02}"].astype("float32"))
    return model


def kept(model: Minimizer) -> list:
    """The variables that are kept, in the order of the file: those of what draws and encodes, not of its average."""
    networks = list(model.networks.values())
    if getattr(model, "averaged", None) is not None:
        networks = [model.averaged]
    scale = [model.log_scale] if isinstance(model, vaes.VAE) else []
    return [*(weight for network in networks for weight in network.weights), *scale]
