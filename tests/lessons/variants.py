"""Other ways to give the same right answer, made by wrapping a function; run in a lesson's kernel, as text.

They stand for what students do: overwrite an argument, use one array for all results, give back another type.
"""

import sys

import numpy as np


def _each(value, change):
    """`change` of every part of a result that is neither list, tuple nor dict."""
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_each(item, change) for item in value)
    return change(value)


def _is_number(value):
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _overwritten(value):
    """Spoil what is given: arrays are filled, lists emptied."""
    if isinstance(value, dict | list | tuple):
        for item in list(value.values() if isinstance(value, dict) else value):
            _overwritten(item)
        if isinstance(value, list):
            value.clear()
    elif isinstance(value, np.ndarray) and value.flags.writeable:
        value.fill(7)


def changes_its_arguments(function):
    def variant(*arguments):
        result = _each(function(*arguments), lambda x: np.array(x) if isinstance(x, np.ndarray) else x)
        _overwritten(arguments)
        return result

    return variant


def uses_one_buffer(function):
    """What an earlier call gave back is overwritten by the next."""
    buffers = []

    def variant(*arguments):
        def buffer(x):
            if not isinstance(x, np.ndarray):
                return x
            new.append(np.array(x))
            return new[-1]

        new = []
        result = _each(function(*arguments), buffer)
        _overwritten(buffers)
        buffers[:] = new
        return result

    return variant


def uses_one_list(function):
    """As `uses_one_buffer`, with a list of the values."""
    buffers = []

    def variant(*arguments):
        result = function(*arguments)
        items = list(result) if isinstance(result, list | tuple | np.ndarray) else None
        if not items:
            return result
        _overwritten(buffers)
        buffers[:] = [items]
        return items

    return variant


def _giving(arrays=None, numbers=None, tuples=None):
    """A variant that gives back the same values as another type."""

    def change(x):
        if isinstance(x, np.ndarray) and arrays and x.dtype.kind in "fiu":
            return arrays(x)
        return numbers(x) if numbers and _is_number(x) else x

    def make(function):
        def variant(*arguments):
            result = _each(function(*arguments), change)
            return tuples(result) if tuples and isinstance(result, tuple) else result

        return variant

    return make


def _tensor(x):
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow.constant(x) if tensorflow else x


VARIANTS = {
    "changes its arguments": changes_its_arguments,
    "one buffer for all results": uses_one_buffer,
    "one list for all results": uses_one_list,
    "complex": _giving(lambda x: x + 0j, lambda x: x + 0j),
    "nearly real": _giving(lambda x: x + 1e-9j, lambda x: x + 1e-9j),
    "lists": _giving(np.ndarray.tolist, None, list),
    "arrays without dimensions": _giving(None, np.asarray),
    "iterators": _giving(None, None, iter),
    "tensors": _giving(_tensor, _tensor),
    "matrices": _giving(lambda x: np.asmatrix(x) if x.ndim == 2 else x),
    "masked arrays": _giving(np.ma.masked_array),
    "whole numbers": _giving(lambda x: x.astype(int), int),
    "float32": _giving(lambda x: x.astype("float32"), np.float32),
    "float16": _giving(lambda x: x.astype("float16"), np.float16),
    "longdouble": _giving(lambda x: x.astype("longdouble"), np.longdouble),
    "True and False for 1 and 0": _giving(None, lambda x: bool(x) if x in (0, 1) else x),
}
