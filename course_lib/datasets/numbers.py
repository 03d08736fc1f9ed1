"""What is one number, where an argument must be one."""

from __future__ import annotations

import numpy as np


def is_number(value: object) -> bool:
    """Whether this is one real number, NaN and infinity among them; True is none, nor is an array."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
