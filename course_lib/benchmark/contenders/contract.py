"""What takes part in the benchmark: something that trains on images, and that can be asked for samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

Watch = Callable[[int], bool]
"""Called between steps with the number of real images trained on so far; True means stop now."""


class Contender(Protocol):
    """Networks, already built, with the loop that trains them.

    weights: how many numbers training changes, those of generator and discriminator together.
    arithmetic: floating-point operations for each real image of a training step, counted from the layers.
    """

    batch_size: int
    weights: int
    arithmetic: int

    def train(self, images: np.ndarray, watch: Watch) -> None:
        """Train on images (N, 28, 28, 1) in [-1, 1], calling `watch` after each step or few, until it says stop."""

    def sample(self, count: int) -> np.ndarray:
        """Float32 images (count, 28, 28, 1) in [-1, 1], always from the same latents."""
