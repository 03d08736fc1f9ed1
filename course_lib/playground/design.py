"""The design exercise of the playground: settings are judged by running them, not by looking."""

from __future__ import annotations

from course_lib import CourseError
from course_lib.playground.engine import MEASURE_EVERY
from course_lib.playground.game import Game
from course_lib.playground.settings import Settings


def rounds_to_cover(settings: Settings, modes: int = 25, js: float = 0.1, at_most: int = 3_000) -> int | None:
    """After how many rounds from a reset the fakes cover so many modes with a JS of at most `js`; None if never.

    Both, because a cloud spread over the whole grid touches all modes: its JS (`measures`) is about 0.15. Looked at
    every 20 rounds (`engine.MEASURE_EVERY`) up to `at_most`, so the answer is a multiple of 20. The same settings
    always give the same answer. Raises CourseError if the target has fewer modes.
    """
    there = len(settings.modes())
    if not 1 <= modes <= there:
        raise CourseError(
            f"The target {settings.target} has {there} modes, so {modes} cannot be covered: ask for 1 to {there}, or "
            'take target="grid".'
            if there
            else f"The target {settings.target} has no modes to count: take ring, grid or clusters."
        )
    game = Game(settings)
    while game.round + MEASURE_EVERY <= at_most:
        game.play(MEASURE_EVERY)
        seen = game.history
        if seen["modes"][-1] >= modes and seen["js"][-1] <= js:
            return game.round
    return None
