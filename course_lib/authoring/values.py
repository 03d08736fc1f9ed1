"""The values a graded cell published: read from its outputs, compared with those of the reference.

Published values are plain JSON: numbers, bools, strings (nan and the infinities among them), lists, dicts. A complex
number is the dict {"real": number, "imag": number}.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import nbformat

MIME = "application/vnd.gan-course.values+json"


def published(outputs: Iterable[nbformat.NotebookNode]) -> dict[str, Any]:
    """All values published in a cell's outputs, by name; empty when there are none, or the cell raised."""
    values: dict[str, Any] = {}
    for output in outputs:
        if output.get("output_type") == "error":
            return {}
        data = output.get("data", {}).get(MIME)
        if isinstance(data, dict):
            values.update(data)
    return values


def agree(seen: Any, right: Any, tolerance: float) -> bool:
    """True when `seen` has the structure of `right` and its values.

    Two numbers agree when they differ by at most tolerance * (largest |number| in the right list + 0.001). A complex
    number agrees with a real one when real and imaginary part do, the latter with 0.
    Strings and bools must be the same. nan, published as the string "nan", agrees with nothing.
    """
    largest = max((abs(number) for number in _numbers(right)), default=0.0)
    return _agree(seen, right, tolerance * (largest + 1e-3))


def all_agree(seen: dict[str, Any], right: dict[str, Any], tolerance: float) -> bool:
    """`agree` name by name; the names must be the same, and at least one."""
    return (
        bool(right)
        and seen.keys() == right.keys()
        and all(agree(seen[n], right[n], tolerance) for n in right)
    )


def _agree(seen: Any, right: Any, bound: float) -> bool:
    if isinstance(right, bool) or isinstance(seen, bool):
        return seen is right
    if _is_complex(right) != _is_complex(seen):
        seen, right = ({"real": each, "imag": 0.0} if _is_number(each) else each for each in (seen, right))
    if _is_number(right):
        return _is_number(seen) and math.isfinite(seen) and abs(seen - right) <= bound
    if isinstance(right, list):
        return (
            isinstance(seen, list)
            and len(seen) == len(right)
            and all(_agree(*pair, bound) for pair in zip(seen, right, strict=True))
        )
    if isinstance(right, dict):
        return (
            isinstance(seen, dict)
            and seen.keys() == right.keys()
            and all(_agree(seen[key], right[key], bound) for key in right)
        )
    return right != "nan" and type(seen) is type(right) and seen == right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_complex(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"real", "imag"}


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
    elif _is_number(value):
        yield value
