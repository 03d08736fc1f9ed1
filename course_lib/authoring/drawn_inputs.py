"""The secret inputs of graded cells: drawn where our own solutions run, and handed to students' code as they are.

A graded cell draws its inputs from `random`, a NumPy generator that it finds ready. Where our solutions run, that is a
`Recorder`, which notes what it gives; where students' answers run, it is a `Replay` of these notes. So no seed is ever
there: an answer that smuggles a few bits out, as the line number of an error for instance, has told nothing from which
the inputs could be worked out.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_lib.authoring.graded_values import source_of

INPUTS = "application/vnd.gan-course.inputs"


class Recorder:
    """A NumPy generator that notes what its methods give back. seed: any whole number from 0; the larger, the safer."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._given: list[np.ndarray] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._random, name)

        def draw(*arguments: Any, **options: Any) -> Any:
            given = method(*arguments, **options)
            if given is None:
                raise TypeError(f"a graded cell does not draw by {name}, which changes its argument")
            self._given.append(np.array(given))
            return given

        return draw

    def packed(self) -> str:
        """What was given so far, as text for `Replay`."""
        return pack(self._given)


def pack(given: Iterable[np.ndarray]) -> str:
    """Arrays, in their order, as letters and digits (base64 of NumPy's format .npz)."""
    file = io.BytesIO()
    np.savez(file, *given)
    return base64.b64encode(file.getvalue()).decode("ascii")


class Replay:
    """The generator of a graded cell beside a student's answer; copied there, so it imports what it needs itself.

    Each draw gives what was given when our solution ran, as long as it asks for the same. From the first draw that asks
    for something else (the shape may depend on what the student's function gave back), it draws by itself.
    """

    def __init__(self, packed):
        import base64
        import io

        import numpy

        arrays = numpy.load(io.BytesIO(base64.b64decode(packed)))
        self._given = [arrays[name] for name in arrays.files]
        self._other = numpy.random.default_rng(0)

    def __getattr__(self, name):
        def draw(*arguments, **options):
            import numpy

            drawn = getattr(self._other, name)(*arguments, **options)
            like = numpy.asarray(drawn)
            if not self._given or (self._given[0].shape, self._given[0].dtype) != (like.shape, like.dtype):
                self._given = []
                return drawn
            given = self._given.pop(0)
            return given if given.ndim else type(drawn)(given.item())

        return draw


def recording(seed: int, source: str) -> str:
    """The source of a graded cell beside our own solution: it draws its inputs, and hands them on as `INPUTS`."""
    before = f"""\
from IPython.display import display
from course_lib.authoring.drawn_inputs import INPUTS, Recorder

random = _recorder = Recorder({seed})"""
    return f"{before}\n{source}\ndisplay({{INPUTS: _recorder.packed()}}, raw=True)"


def replaying(packed: str, source: str) -> str:
    """The source of a graded cell beside a student's answer: its inputs are handed to it."""
    return f"{source_of(Replay)}\n\nrandom = Replay({packed!r})\n{source}"
