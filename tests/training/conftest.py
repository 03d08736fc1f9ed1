"""What the tests of training share."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.small_gan import noise


@pytest.fixture
def images() -> np.ndarray:
    return noise()
