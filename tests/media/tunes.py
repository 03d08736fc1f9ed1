"""Any tune at all, for hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st


@st.composite
def tunes(draw: st.DrawFn, lowest: int = 21, highest: int = 108, longest: int = 24) -> np.ndarray:
    """Notes and rests, int64 (n, 2), up to `longest` of them, each up to two bars of 4/4."""
    pitch = st.just(0) | st.integers(lowest, highest)
    rows = draw(st.lists(st.tuples(pitch, st.integers(1, 32)), min_size=1, max_size=longest))
    return np.array(rows, "int64")
