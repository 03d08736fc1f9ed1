"""What a submission counts in the end: lateness, points by hand, and marks that need no folder to be computed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.points.adjustments import Adjustment
from course_lib.grading.points.final_points import LatePolicy, mark, mark_class
from course_lib.grading.running.outcome import Graded, Outcome
from tests.grading.small_lesson import small_lesson

NO_POLICY = LatePolicy.of("0%")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    return small_lesson(tmp_path_factory.mktemp("source"))


def graded(who: Submission, first: float, second: float) -> Graded:
    outcomes = {
        "twice_the_mean": Outcome("twice_the_mean", 1, first, 4, "right"),
        "distances": Outcome("distances", 2, second, 6, "partly"),
    }
    return Graded(who, "01_small", "graded", "", outcomes)


@pytest.mark.parametrize(
    ("text", "off_5"), [("0%", 0), ("10%", 0.5), ("2", 2), ("7.5", 5), ("100%", 5), (" 12.5 % ", 0.625)]
)
def test_late_policy(text: str, off_5: float) -> None:
    assert LatePolicy.of(text).off(5) == off_5


@pytest.mark.parametrize("text", ["", "-1", "101%", "ten", "nan", "1e3", "٣", "10%%", "0x2"])
def test_no_late_policy(text: str) -> None:
    with pytest.raises(CourseError, match="--late is"):
        LatePolicy.of(text)


def test_a_class_is_marked_without_a_file(
    lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    late = Submission("bo", "b.ipynb", late=True)
    everybody = [graded(late, 4, 4), graded(Submission("Ada", "a.ipynb"), 4, 3)]
    by_hand = [
        Adjustment("Ada", "2", 1, False, "", "line 2"),
        Adjustment("Eve", "1", 9, False, "", "line 3"),
        Adjustment("bo", "total", 0.5, False, "", "line 4"),
    ]
    ada, bo = mark_class(everybody, lesson, LatePolicy.of("25%"), by_hand)
    assert (ada.points, ada.late, ada.total) == ({"twice_the_mean": 4, "distances": 4}, 0, 8)
    assert (bo.points, bo.late, bo.total) == ({"twice_the_mean": 4, "distances": 4}, 2, 6.5)
    assert ada.possible == bo.possible == 10 and bo.graded.submission is late
    told = capsys.readouterr()
    assert told.err == "warning: line 3: nobody here is called 'Eve'; the line was passed over.\n"
    assert not told.out and not list(tmp_path.iterdir())


def test_outcomes_of_an_older_version_do_not_count(lesson: Lesson) -> None:
    ada = graded(Submission("Ada", "a.ipynb"), 4, 3)
    old = replace(ada, outcomes={"gone": Outcome("gone", 9, 5, 5, "right")})
    assert mark(old, lesson, NO_POLICY).total == 0
