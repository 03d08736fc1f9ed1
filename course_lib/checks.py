"""The instant checks under the exercises: one line that says what is right, or what was seen and what to try.

A check never raises, and hands on a function that works, the student's or else the course's own, so Run All goes on to
the end. It needs NumPy alone; tensors of any kind are read by `numpy.asarray`.
"""

from __future__ import annotations

import re
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType
from typing import Any

import numpy as np

from course_lib.packed import unpack

Case = tuple[Any, Any]
"""The arguments (a tuple; anything else is the one argument) and the expected result."""
WIDTH = 90
"""Letters a line of what is printed: JupyterLab breaks longer ones in the middle of a word."""
COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
"""What Keras writes into its messages for terminals; a notebook shows it as rubbish where it is cut."""


def check(
    exercise: int,
    function: Callable | str,
    cases: Iterable[Case],
    *,
    mistakes: Mapping[str, Callable | Sequence[Any]] | None = None,
    hint: str = "",
    tolerance: float = 1e-6,
    also: Callable[[Callable], str | None] | None = None,
    otherwise: str = "",
) -> Callable | None:
    """Print whether `function` gives the expected result in every case, and hand on the function to go on with.

    Args:
        exercise: the number in the line `# Exercise N`.
        function: the student's function, or better its name as a string: then a deleted or renamed function
            gets a line of help too, where Python would stop with a NameError.
        cases: pairs (arguments, expected). Expected is a number, bool, string, array or tensor, or a tuple,
            list or dict of these. Numbers and arrays are equal when their shapes agree and they differ by
            at most tolerance * (1 + |expected|).
        mistakes: hint -> the wrong function (or the list of its results, one a case). The first whose
            results are all the student's own gives the hint.
        hint: the general hint, when no usual mistake fits.
        tolerance: see `cases`; 1e-4 suits float32.
        also: a test as in `check_that`, asked once all cases are right: does it leave its input as it was, does it
            run in a graph?
        otherwise: the course's own answer, packed (`OUR_ANSWER` in a lesson's source, which the builder fills in).

    Returns:
        With `otherwise`, the student's function if it is right, else the course's own; without, None.
    """

    def verdict(student: Callable) -> str | None:
        results = []
        problem = None
        for arguments, expected in cases:
            arguments = arguments if isinstance(arguments, tuple) else (arguments,)
            result = student(*map(_fresh, arguments))
            results.append((arguments, result))
            if problem is None:
                problem = _difference(result, expected, tolerance)
                if problem:
                    mark = "?" if problem.startswith("is ") else "."
                    problem = f"{_call(student, arguments)} gave {_show(result)}: {problem}{mark}"
        if problem is None:
            return also(student) if also else None
        return _join(problem, _usual_mistake(results, mistakes or {}, tolerance) or hint)

    return _report(exercise, function, verdict, hint, otherwise)


def check_that(
    exercise: int,
    function: Callable | str,
    test: Callable[[Callable], str | bool | None],
    hint: str = "",
    otherwise: str = "",
) -> Callable | None:
    """Print whether `function` passes `test`: for open designs, where many answers are right.

    Args:
        exercise: the number in the line `# Exercise N`.
        function: the student's function, or its name (see `check`).
        test: called with the student's function; returns None or True when it is right, else one sentence
            that says what was seen (or False, and `hint` is all that is said).
        hint: added to what the test says, and to the report of an exception.
        otherwise: see `check`.

    Returns:
        As `check` does.
    """

    def verdict(student: Callable) -> str | None:
        seen = test(student)
        if seen is None or seen is True:
            return None
        return _join(seen if isinstance(seen, str) else "", hint)

    return _report(exercise, function, verdict, hint, otherwise)


def _report(
    exercise: int,
    function: Callable | str,
    verdict: Callable[[Callable], str | None],
    hint: str,
    otherwise: str,
) -> Callable | None:
    """Print the verdict, and with `otherwise` whose function the lesson goes on with; give back that function."""
    names = sys._getframe(2).f_globals
    student = names.get(function) if isinstance(function, str) else function
    problem = _problem(exercise, function, student, verdict, hint)
    said = f"Exercise {exercise}: {problem or 'right.'}"
    print(textwrap.fill(said, WIDTH, break_long_words=False, break_on_hyphens=False))
    if not otherwise:
        return None
    name = function if isinstance(function, str) else function.__name__
    if problem is None:
        print(f"The lesson goes on with your {name}.")
        return student
    print(f"Until it is right, the lesson goes on with the course's own {name}.")
    return unpack(otherwise, name, names)


def _problem(
    exercise: int,
    function: Callable | str,
    student: Any,
    verdict: Callable[[Callable], str | None],
    hint: str,
) -> str | None:
    """What is wrong, in a sentence or two: the verdict's, or a function that is missing, unwritten or raises."""
    if student is None and isinstance(function, str):
        return (
            f"not yet. There is no function called {function}. "
            "Keep the name the exercise gives it, and run its cell before this one."
        )
    if not callable(student):
        return f"not yet. Expected a function, found {_show(student)}."
    try:
        with np.errstate(all="ignore"):  # the check's own line says where a nan came from
            message = verdict(student)
    except NotImplementedError as error:
        message = str(error)
        if message.startswith(f"Exercise {exercise}:"):
            return "not written yet."
        other = re.match(r"Exercise \d+(?=:)", message)
        message = (
            f"It calls {other[0].lower()}, which is not written yet."
            if other
            else _join(_describe_exception(error, student), hint)
        )
    except (Exception, SystemExit) as error:
        message = _join(_describe_exception(error, student), hint)
    return None if message is None else f"not yet. {message}"


def _difference(seen: Any, expected: Any, tolerance: float) -> str | None:
    """What is wrong with `seen`, as the end of a sentence; None when it equals `expected`."""
    if seen is None and expected is not None:
        return "is there a `return` at its end"
    if isinstance(expected, bool | np.bool_):
        expected = np.bool_(expected)
    if isinstance(expected, str) or expected is None:
        if isinstance(seen, str) == isinstance(expected, str) and seen == expected:
            return None
        return "the right answer is another one" if isinstance(seen, str) else f"expected {_kind(expected)}"
    if isinstance(expected, dict):
        if not isinstance(seen, dict) or seen.keys() != expected.keys():
            return f"expected {_kind(expected)}"
        return _first(_difference(seen[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, tuple | list):
        try:
            items = list(seen)
        except TypeError:
            return f"expected {_kind(expected)}"
        if len(items) != len(expected):
            return f"expected {_kind(expected)}"
        return _first(_difference(*pair, tolerance) for pair in zip(items, expected, strict=True))
    return _difference_in_numbers(seen, _array(expected), tolerance)


def _difference_in_numbers(seen: Any, expected: np.ndarray, tolerance: float) -> str | None:
    try:
        numbers = _array(seen)
        if (numbers.dtype.kind == "b") != (expected.dtype.kind == "b") or numbers.dtype.kind in "USO":
            return f"expected {_kind(expected)}"
        numbers, expected = (np.asarray(each, dtype=np.float64) for each in (numbers, expected))
    except (TypeError, ValueError, RuntimeError, NotImplementedError):
        return f"expected {_kind(expected)}"
    if numbers.shape != expected.shape:
        return f"expected {_kind(expected)}"
    if np.isnan(numbers).any() and not np.isnan(expected).any():
        return "nan comes from 0/0, 0 times infinity, infinity minus infinity or log of a negative number"
    if np.allclose(numbers, expected, rtol=tolerance, atol=tolerance, equal_nan=True):
        return None
    if expected.ndim == 0:
        return "the right answer is another one"
    return "the shape is right, the values are not"


def _usual_mistake(
    results: list[tuple[tuple, Any]], mistakes: Mapping[str, Callable | Sequence[Any]], tolerance: float
) -> str | None:
    for hint, wrong in mistakes.items():
        try:
            predicted = [wrong(*map(_fresh, a)) for a, _ in results] if callable(wrong) else list(wrong)
        except Exception:  # a mistake that cannot even be computed here is not the one that was made
            continue
        pairs = zip(results, predicted, strict=False)
        if len(predicted) == len(results) and all(
            _difference(seen, value, tolerance) is None for (_, seen), value in pairs
        ):
            return hint
    return None


def _describe_exception(error: BaseException, student: Callable) -> str:
    """Type, message and the line of the student's own code it came from."""
    code = getattr(student, "__code__", None)
    filename = code.co_filename if isinstance(code, CodeType) else None
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    where = f" in line {frames[-1].lineno}: {frames[-1].line}" if frames and frames[-1].line else ""
    message = " ".join(COLOUR_CODE.sub("", str(error)).split())[:200]
    return f"Your code raised {type(error).__name__}{f' ({message})' if message else ''}{where}."


def _fresh(value: Any) -> Any:
    """A copy of an argument, so that a function that changes its input does not spoil the next case."""
    if isinstance(value, list):
        return [_fresh(item) for item in value]
    if isinstance(value, dict):
        return {key: _fresh(item) for key, item in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def _call(function: Callable, arguments: tuple) -> str:
    name = getattr(function, "__name__", "the function")
    return f"{name}({', '.join(_show(argument) for argument in arguments)})"


def _show(value: Any) -> str:
    """A value in a few characters: small ones in full (matrices up to 4 x 4), big ones by their shape."""
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    if isinstance(value, list | tuple) and len(value) <= 6:
        inside = ", ".join(_show(item) for item in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if value is None or isinstance(value, str | bool | np.bool_ | dict):
        text = repr(value) if not isinstance(value, np.bool_) else str(value)
        return text if len(text) <= 60 else text[:57] + "..."
    try:
        array = _array(value)
        if array.dtype.kind in "biuf":
            if array.ndim == 0:
                return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
            if array.ndim == 2 and array.size and max(array.shape) <= 4:
                return _show(array.tolist())
            text = np.array2string(array, precision=4, separator=", ", threshold=8, edgeitems=2)
            return text if "\n" not in text and len(text) <= 60 else f"an array of shape {array.shape}"
    except Exception:  # showing must not fail; the type says enough
        pass
    return f"a {type(value).__name__}"


def _kind(expected: Any) -> str:
    """The kind of value, never the value itself."""
    if expected is None:
        return "None"
    if isinstance(expected, str):
        return "a string"
    if isinstance(expected, dict):
        return f"a dictionary with the keys {', '.join(map(repr, expected))}"
    if isinstance(expected, tuple | list):
        return f"a {type(expected).__name__} of {len(expected)} values"
    array = _array(expected)
    if array.dtype.kind == "b":
        return "True or False" if array.ndim == 0 else f"an array of True and False, shape {array.shape}"
    return "a number" if array.ndim == 0 else f"an array of shape {array.shape}"


def _array(value: Any) -> np.ndarray:
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _first(problems: Iterable[str | None]) -> str | None:
    return next((problem for problem in problems if problem), None)


def _join(seen: str, hint: str) -> str:
    return f"{seen}{' Hint: ' * bool(seen and hint)}{hint}"
