"""Is what a student's function gave the expected value, and how is either shown in a few words?

Values are numbers, booleans, strings, arrays or tensors, or tuples, lists and dicts of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

ROOM = 150
"""Letters for one value: some two lines of what a check prints."""
FEW_ITEMS, MANY_ITEMS = 6, 20
"""Lists and tuples up to so many are shown in full; those in between where there is room."""
ARRAY_ITEMS = 12
"""Numbers of a one-dimensional array up to which it is shown in full, of a longer one the ends."""


def difference(seen: Any, expected: Any, tolerance: float) -> str | None:
    """What is wrong with `seen`, as the end of a sentence; None when it equals `expected`.

    Numbers and arrays are equal when their shapes agree and they differ by at most tolerance * (1 + |expected|). A
    complex number without an imaginary part is a real one. Of several values the first that is wrong is named.
    """
    if seen is None and expected is not None:
        return "is there a `return` at its end"
    return _difference(seen, expected, tolerance)


def _difference(seen: Any, expected: Any, tolerance: float) -> str | None:
    if isinstance(expected, bool | np.bool_):
        expected = np.bool_(expected)
    if isinstance(expected, str) or expected is None:
        if isinstance(seen, str) == isinstance(expected, str) and seen == expected:
            return None
        return "the right answer is another one" if isinstance(seen, str) else f"expected {kind(expected)}"
    if isinstance(expected, dict):
        if not isinstance(seen, dict) or seen.keys() != expected.keys():
            return f"expected {kind(expected)}"
        return _first((f"at {key!r}", _difference(seen[key], expected[key], tolerance)) for key in expected)
    if isinstance(expected, tuple | list):
        try:
            items = list(islice(seen, len(expected) + 1))  # an iterator may have no end
        except TypeError:
            return f"expected {kind(expected)}"
        if len(items) != len(expected):
            return f"expected {kind(expected)}"
        return _first(
            (f"in value {place} of {len(expected)}", _difference(*pair, tolerance))
            for place, pair in enumerate(zip(items, expected, strict=True), 1)
        )
    return _in_numbers(seen, as_array(expected), tolerance)


def _in_numbers(seen: Any, expected: np.ndarray, tolerance: float) -> str | None:
    try:
        numbers = as_array(seen)
        if (numbers.dtype.kind == "b") != (expected.dtype.kind == "b") or numbers.dtype.kind in "USO":
            return f"expected {kind(expected)}"
        if numbers.dtype.kind == "c" and expected.dtype.kind != "c":
            if not np.allclose(numbers.imag, 0, atol=tolerance):
                return "this is a complex number, and a real one is expected: its modulus (np.abs) or its real part"
            numbers = numbers.real
        number = np.complex128 if expected.dtype.kind == "c" else np.float64
        numbers, expected = (np.asarray(each, dtype=number) for each in (numbers, expected))
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return f"expected {kind(expected)}"
    if numbers.shape != expected.shape:
        return f"expected {kind(expected)}"
    if np.isnan(numbers).any() and not np.isnan(expected).any():
        return "nan comes from 0/0, 0 times infinity, infinity minus infinity or log of a negative number"
    if np.allclose(numbers, expected, rtol=tolerance, atol=tolerance, equal_nan=True):
        return None
    if expected.ndim == 0:
        return "the right answer is another one"
    return "the shape is right, the values are not"


def show(value: Any) -> str:
    """A value in a few characters, as Python writes it: small ones in full (matrices up to 4 x 4), big ones by size.

    Only the instant checks call this, on cases that stand in the notebook: what is graded is never shown.
    """
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    if isinstance(value, list | tuple):
        return _items(value)
    if isinstance(value, dict) and len(value) <= 6:
        return "{" + ", ".join(f"{key!r}: {show(item)}" for key, item in value.items()) + "}"
    if value is None or isinstance(value, str | bool | np.bool_ | dict):
        text = repr(value) if not isinstance(value, np.bool_) else str(value)
        return text if len(text) <= 60 else text[:57] + "..."
    try:
        array = as_array(value)
        if array.dtype.kind in "biuf":
            if array.ndim == 0:
                return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
            if array.ndim == 2 and array.size and max(array.shape) <= 4:
                return show(array.tolist())
            text = np.array2string(
                array, precision=4, separator=", ", threshold=ARRAY_ITEMS, edgeitems=2, max_line_width=ROOM
            )
            return text if "\n" not in text and len(text) <= ROOM else f"an array of shape {array.shape}"
    except Exception:  # showing must not fail; the type says enough
        pass
    return f"a {type(value).__name__}"


def _items(value: list | tuple) -> str:
    """A list or tuple: whole where it is short, else how many values it has."""
    if len(value) <= MANY_ITEMS:
        inside = ", ".join(show(item) for item in value)
        if len(value) <= FEW_ITEMS or len(inside) <= ROOM:
            if isinstance(value, list):
                return f"[{inside}]"
            return f"({inside},)" if len(value) == 1 else f"({inside})"
    return f"a {type(value).__name__} of {len(value)} values"


def kind(expected: Any) -> str:
    """The kind of value, never the value itself."""
    if expected is None:
        return "None"
    if isinstance(expected, str):
        return "a string"
    if isinstance(expected, dict):
        return f"a dictionary with the keys {', '.join(map(repr, expected))}"
    if isinstance(expected, tuple | list):
        return f"a {type(expected).__name__} of {len(expected)} value{'s' * (len(expected) != 1)}"
    array = as_array(expected)
    if array.dtype.kind == "b":
        return "True or False" if array.ndim == 0 else f"an array of True and False, shape {array.shape}"
    return "a number" if array.ndim == 0 else f"an array of shape {array.shape}"


def as_array(value: Any) -> np.ndarray:
    """A number, array or tensor as an array; a tensor on a GPU too."""
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _first(problems: Iterable[tuple[str, str | None]]) -> str | None:
    """The first problem, and where it is."""
    return next((f"{where}, {problem}" for where, problem in problems if problem), None)
