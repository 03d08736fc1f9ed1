"""Optimisers for networks that compute in 16 bits: losses are scaled up, so that small gradients survive."""

from __future__ import annotations

from collections.abc import Iterable

import keras
import tensorflow as tf

from course_lib import CourseError


def scaled_where_needed(optimizer: keras.Optimizer, networks: Iterable[keras.Model]) -> keras.Optimizer:
    """The optimiser, within one that scales the loss if any layer computes in float16.

    Raises CourseError for such layers on several devices.
    """
    if not any(layer.compute_dtype == "float16" for network in networks for layer in network.layers):
        return optimizer
    if tf.distribute.get_strategy().num_replicas_in_sync > 1:
        raise CourseError(
            "mixed_float16 does not work on several devices, because an overflow on one of them goes unnoticed by "
            "the others: use mixed_bfloat16 or float32."
        )
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    # Gradients below 6e-8 vanish in float16; scaling the loss up lifts them over that edge.
    return keras.optimizers.LossScaleOptimizer(optimizer)
