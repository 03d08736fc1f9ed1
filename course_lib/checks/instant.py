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

from course_lib.checks.comparing import difference, show
from course_lib.checks.copies import by_value
from course_lib.checks.packed import unpack

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
        called = by_value(student)
        results = []
        problem = None
        for arguments, expected in cases:
            arguments = arguments if isinstance(arguments, tuple) else (arguments,)
            result = called(*arguments)
            results.append((arguments, result))
            if problem is None:
                problem = difference(result, expected, tolerance)
                if problem:
                    mark = "?" if problem.startswith("is ") else "."
                    problem = f"{_call(student, arguments)} gave {show(result)}: {problem}{mark}"
        if problem is None:
            return also(called) if also else None
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
        test: called with the student's function, which is `by_value` (course_lib.checks.copies): it gets copies and
            gives copies, `.untouched` says whether it left its arguments alone. Returns None or True when it is
            right, else one sentence that says what was seen (or False, and `hint` is all that is said).
        hint: added to what the test says, and to the report of an exception.
        otherwise: see `check`.

    Returns:
        As `check` does.
    """

    def verdict(student: Callable) -> str | None:
        seen = test(by_value(student))
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
        return f"not yet. Expected a function, found {show(student)}."
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


def _usual_mistake(
    results: list[tuple[tuple, Any]], mistakes: Mapping[str, Callable | Sequence[Any]], tolerance: float
) -> str | None:
    for hint, wrong in mistakes.items():
        try:
            predicted = [by_value(wrong)(*a) for a, _ in results] if callable(wrong) else list(wrong)
        except Exception:  # a mistake that cannot even be computed here is not the one that was made
            continue
        pairs = zip(results, predicted, strict=False)
        if len(predicted) == len(results) and all(
            difference(seen, value, tolerance) is None for (_, seen), value in pairs
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


def _call(function: Callable, arguments: tuple) -> str:
    name = getattr(function, "__name__", "the function")
    return f"{name}({', '.join(show(argument) for argument in arguments)})"


def _join(seen: str, hint: str) -> str:
    return f"{seen}{' Hint: ' * bool(seen and hint)}{hint}"
