"""A graded cell as a kernel runs it: it calls the student's functions by value, and publishes what they gave."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from textwrap import indent

from course_lib.authoring.dependencies import functions, names


def graded_cell(source: str, exercise: str) -> str:
    """The source of a graded cell in a function of its own, with `publish` and the exercise's functions by value.

    In a function, because the student's code may have something of the name of its `random` or `values`. By value
    (`course_lib.checks.copies`), because neither what a student's function does to its arguments nor what becomes of
    its result afterwards is what was asked. A graded cell says so where it is: `f.untouched`, `f.by_reference`.

    Args:
        source: of the graded cell.
        exercise: the source of the exercise's cell, stub or solution, which says what its functions are called.
    """
    asked = sorted(functions(exercise) & names(source))
    by_value = [
        "from course_lib.checks.copies import by_value",
        *(f"{name} = by_value({name})" for name in asked),
    ]
    body = "\n\n".join([source_of(publish), "\n".join(by_value) if asked else "", source])
    arguments = ", ".join(asked)
    return f"def _graded({arguments}):\n{indent(body, '    ')}\n\n\n_graded({arguments})"


@cache
def source_of(what: Callable) -> str:
    """The source of a function or class, to be copied into a cell."""
    return inspect.getsource(what).rstrip()


def publish(**values):
    """Show values to the grader alone: plain JSON in a private MIME type that front ends do not draw.

    Copied to the top of every graded cell; so it imports what it needs itself.
    """
    import math
    from itertools import islice

    from IPython.display import display

    from course_lib.checks.comparing import as_array

    def plain(value):
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):  # JSON knows no nan and no infinity
            return float(value) if math.isfinite(value) else str(float(value))
        if isinstance(value, complex):  # the grader knows how small an imaginary part may be
            return {"real": plain(value.real), "imag": plain(value.imag)}
        if hasattr(value, "numpy") or hasattr(value, "__array__"):
            array = as_array(value)
            # V: bfloat16 and its like
            if array.dtype.kind == "V" or array.dtype in ("longdouble", "clongdouble"):
                array = array.astype(complex if array.dtype.kind == "c" else float)
            return plain(array.tolist())
        # an iterator, which may have no end
        return [plain(item) for item in islice(value, 10_000)] if hasattr(value, "__iter__") else value

    display({"application/vnd.gan-course.values+json": plain(values)}, raw=True)
