"""How the pages put things: statuses, points and what is left out, in words."""

from __future__ import annotations

from course_lib.grading.intake.outputs import MOST_READ
from course_lib.grading.points.spreadsheet import number
from course_lib.grading.running.outcome import Outcome, Status

WORDS: dict[Status, str] = {
    "right": "Right",
    "partly": "Partly right",
    "wrong": "Not right",
    "error": "Stopped with an error",
    "empty": "Not written",
    "too slow": "Took too long",
    "too much": "Used too much",
    "lost": "Did not run to its end",
    "not graded": "Not graded",
}


def words(outcome: Outcome) -> str:
    """The status in words."""
    if outcome.status == "not graded" and not outcome.of:
        return "No points here"
    return WORDS[outcome.status]


def of_points(points: float, of: float) -> str:
    """As "2.5 of 4 points"."""
    return f"{number(points)} of {number(of)} {'point' if of == 1 else 'points'}"


def shortened(text: str, most: int, lines: int) -> tuple[str, str]:
    """The beginning of a text, and a sentence about what is left out ("" if nothing is).

    Args:
        text: a text of `HandedIn`, which may be the beginning of a longer one.
        most: characters to keep.
        lines: lines to keep.
    """
    kept = "\n".join(text[:most].split("\n")[:lines])
    if len(kept) == len(text):
        return text, ""
    at_least = "at least " if len(text) == MOST_READ else ""
    return kept, f"The rest is left out ({at_least}{len(text) - len(kept):,} more characters)."
