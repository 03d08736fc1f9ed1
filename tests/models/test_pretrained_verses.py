"""The two writers that come with lesson 14: what they cost is what the table and their reports say."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets.tables import read_rows
from course_lib.models import pretrained_verses
from course_lib.scores.verses import in_condition, perplexity

LANGUAGES = pretrained_verses.LANGUAGES


def row_of(language: str, condition: str) -> dict[str, str]:
    wanted = {
        "language": language,
        "task": "likelihood",
        "model": "network",
        "condition": condition,
        "seed": "0",
    }
    (found,) = [row for row in read_rows("couplets_table.csv") if wanted.items() <= row.items()]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_answers_cost_what_the_table_and_the_report_say(language: str) -> None:
    writer, parts = pretrained_verses.TRAINED[language](), pretrained_verses.parts(language)
    test, row = parts.test, row_of(language, "given")
    found = perplexity(writer.bits_each(test), test)
    assert len(test) == int(row["count"])
    assert found.value == pytest.approx(float(row["perplexity"]), rel=1e-5)
    assert found.bits_rhyme == pytest.approx(float(row["bits_rhyme"]), abs=1e-4)
    said = pretrained_verses.report(language)
    held_out = perplexity(writer.bits_each(parts.validation), parts.validation)
    assert held_out.value == pytest.approx(said["validation_perplexity"], rel=1e-2)  # before it was rounded
    assert (said["steps"], said["processor_seconds"]) == (
        int(row["steps"]),
        float(row["processor_seconds"]),
    )


def test_of_a_quatrain_the_lines_before_tell_the_tones_and_hardly_the_characters() -> None:
    """Bits of the sound, the tones, the last character and the others, its own lines beside others of their rhyme."""
    writer, parts = pretrained_verses.quatrains(), pretrained_verses.parts("chinese")
    code, costs = writer.code, []
    for condition in ("given", "same_rhyme"):
        asked = in_condition(parts.test, condition, code.sounds, 0, pool=parts.train)
        pairs = [(writer.phrase(verse), code.encode(verse)[1]) for verse in asked]
        costs.append(np.mean(writer.network.bits_each(pairs), axis=0))
    dearer = costs[1] - costs[0]
    assert dearer.shape == (8,) and dearer[1] > 1 and dearer[1] > 0.6 * dearer.sum()
    assert (dearer[[0, 2, 3, 4, 5, 6]] < 0.2).all()
    assert costs[0][-1] < 0.01  # that a line of five characters ends is no news


def test_another_language_is_named() -> None:
    for ask in (pretrained_verses.report, pretrained_verses.parts, pretrained_verses.code):
        with pytest.raises(CourseError, match="'latin'"):
            ask("latin")
