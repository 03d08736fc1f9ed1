"""What a student's function gets and gives, as copies, so that one call has no part in another.

A function may change an array that it is given, or give back the same array every time: what it gave before is right
all the same. Checks call functions so, and graded cells too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _untranslated(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which tf.function will call as it is.

    Autograph translates all that is called in a graph, for the sake of loops over tensors, and takes longer over ours
    than over most students' own. This is the mark that tf.autograph.experimental.do_not_convert sets; most lessons
    are graded without TensorFlow, so it is not imported for that.
    """
    function.autograph_info__ = {}
    return function


@_untranslated
def copied(value: Any) -> Any:
    """A copy of every NumPy array in `value`, also within lists, tuples and dicts, which are made anew.

    Matrices and masked arrays become plain arrays. What is no array stays the same object: tensors, variables and
    generators of random numbers, Keras models, layers and optimisers, functions.
    """
    return _mapped(value, lambda item: np.array(item) if isinstance(item, np.ndarray) else item)


@_untranslated
def kept(result: Any) -> Any:
    """`copied`, and a TensorFlow variable becomes the tensor that it holds now."""
    return _mapped(copied(result), lambda item: item.read_value() if hasattr(item, "read_value") else item)


def by_value(function: Any) -> Any:
    """`function`, but with copies of its arguments handed in, and copies of its results handed out.

    The function that comes back has two attributes, for exercises in which that is what matters: `untouched` is True
    as long as no call has changed an array, list or dict it was given, and `by_reference` is `function` itself.
    A class, and what cannot be called, comes back as it is.
    """
    if isinstance(function, type) or not callable(function):
        return function

    # a traceback names it as it names the graded cell's own function: neither has lines that a student wrote
    def _graded(*arguments: Any, **named: Any) -> Any:
        given = copied((arguments, named))
        result = kept(function(*given[0], **given[1]))
        note_changes(given, (arguments, named))
        return result

    @_untranslated
    def note_changes(given: Any, before: Any) -> None:
        _graded.untouched = _graded.untouched and _same(given, before)

    _graded.untouched = True
    _graded.by_reference = function
    return _graded


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_mapped(item, change) for item in value]
        if isinstance(value, list):
            return items
        return value._make(items) if hasattr(value, "_make") else tuple(items)
    return change(value)


def _same(now: Any, before: Any) -> bool:
    """Whether a copy still is what it was copied from."""
    if isinstance(before, dict):
        return now.keys() == before.keys() and all(_same(now[key], before[key]) for key in before)
    if isinstance(before, list | tuple):
        return len(now) == len(before) and all(_same(*pair) for pair in zip(now, before, strict=True))
    if isinstance(before, np.ndarray):
        return isinstance(now, np.ndarray) and np.array_equal(
            now, before, equal_nan=before.dtype.kind in "fc"
        )
    return now is before
