"""A heading does not answer what is asked to be predicted under it: students read it before they have thought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from course_lib.authoring.lesson import Cell, Lesson

ASKED = re.compile(r"\*\*Predict first|\b[Mm]ake a guess\b")
HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
TELLS_NOTHING = "after augmentation found misprints never parameters range train what"
"""Words of today's headings that the answers need too, and that only say what a section is about."""


def stems(text: str) -> set[str]:
    """The words of a text by their first five letters, so that "bribe" and "bribed" are one."""
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}


def told_by_headings(cells: Sequence[Cell]) -> list[str]:
    """Each heading above a prediction with its words that the answer needs and the question does not."""
    told = []
    heading = question = ""
    asked = False
    for cell in cells:
        if cell.kind != "markdown":
            continue
        before, *below = HEADING.split(cell.source)
        if asked:  # what comes next, up to a heading, is the answer
            words = (stems(heading) - stems(question) - stems(TELLS_NOTHING)) & stems(before)
            told += [f"{heading}: {', '.join(sorted(words))}"] if words else []
        if below:
            heading, question = HEADING.findall(cell.source)[-1], ""
        question += below[-1] if below else before
        asked = bool(ASKED.search(cell.source))
    return told


def test_a_heading_does_not_answer_the_prediction_under_it(lesson: Lesson) -> None:
    assert told_by_headings([cell for cell in lesson.cells if cell.role != "notes"]) == []


def text(source: str) -> Cell:
    return Cell("markdown", "text", source, 1, "a-cell")


def test_a_heading_that_answers_is_found_in_whatever_form_the_word_comes() -> None:
    asked = "The judge is free.\n\n**Predict first.** Who moves?"
    code = Cell("code", "spoiler", "print('D')", 1, "code")
    answer = text("The bribe works.\n\n## The next section\nBribed again.")
    assert told_by_headings([text(f"## A bribed judge\n{asked}"), code, answer]) == [
        "## A bribed judge: bribe"
    ]
    assert told_by_headings([text(f"## A judge\n{asked}"), code, answer]) == []
    assert told_by_headings([text(f"## A bribed judge\nMoney.\n\n{asked} A bribe?"), code, answer]) == []
    assert told_by_headings([text("## A bribed judge\nNothing is asked."), code, answer]) == []


def test_there_are_predictions_to_be_looked_at(source: Path) -> None:
    """Another way of asking would pass by unseen."""
    assert ASKED.search(source.read_text(encoding="utf-8"))
