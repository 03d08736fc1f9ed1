"""The class report: numbers that agree with the points, links that lead to the pages, and nothing that runs."""

from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from course_lib.grading.intake.submissions import Submission
from course_lib.grading.pages import class_report, feedback
from course_lib.grading.points.adjustments import Adjustment
from course_lib.grading.points.final_points import LatePolicy, mark
from course_lib.grading.running.outcome import Graded, Outcome
from tests.grading.pages.page_reader import HOSTILE, Reader
from tests.grading.small_lesson import notebook_of, seen_in, small_lesson, stream

LATE = LatePolicy.of("10%")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return small_lesson(tmp_path_factory.mktemp("source"))


def graded(lesson, name, first, second, message="", data=b"{}", late=False, changes=()):
    """first, second: what the exercises earned, of 4 and 6."""
    outcomes = {}
    for (grade_id, cell), points in zip(lesson.exercises.items(), (first, second), strict=True):
        of = lesson.points[grade_id]
        status = "right" if points == of else "partly" if points else "error" if message else "wrong"
        said = message if status == "error" else ""
        outcomes[grade_id] = Outcome(grade_id, cell.number, points, of, status, said)
    submission = Submission(name, f"{name}.ipynb", late=late)  # the pages need no data
    seen = seen_in(lesson, data)
    return mark(
        Graded(submission, lesson.name, "graded", "", outcomes, handed_in=seen), lesson, LATE, changes
    )


def unread(lesson, name, file, message, status="unreadable"):
    return mark(Graded(Submission(name, file, problem="x"), lesson.name, status, message), lesson, LATE)


@pytest.fixture
def marked(lesson):
    by_hand = [("total", Adjustment("", "", 1, False, "talk", ""))]
    return [
        graded(lesson, "Ada", 4, 6),
        graded(lesson, "Bo #1?", 4, 3, late=True),
        graded(lesson, "Cy/../..", 0, 0, "NameError in line 2 of your cell.", changes=by_hand),
        graded(lesson, "李", 4, 0, "NameError in line 7 of your cell."),
        unread(lesson, "Di", "di.ipynb", "The file is empty."),
        unread(lesson, "Ed", "", "Nothing was handed in."),
        unread(lesson, "Fi", "fi.ipynb", "The kernel did not start.", "crashed"),
    ]


def test_numbers(lesson, marked):
    text = Reader(class_report.page_of(marked, lesson)).text
    assert "7 students, 4 graded, 1 not readable, 1 whose grading broke off, 1 without a file" in text
    assert "1 late, 1 adjusted by hand" in text
    assert "Mean 5.3, median 5.15 of 10 points" in text  # of 10, 7 - 0.7, 1, 4
    assert "0:\xa01, 4:\xa03" in text and "0:\xa02, 3:\xa01, 6:\xa01" in text
    assert "3 (75%)" in text and "1 (25%)" in text
    assert "Solved by nobody" not in text


def test_errors_are_grouped_whatever_their_line(lesson, marked):
    text = Reader(class_report.page_of(marked[:4], lesson)).text
    assert text.count("NameError in the student's cell.") == 2
    assert "Exercise 2: distances\n2" in text.replace("Exercise 2: distances2", "Exercise 2: distances\n2")


def test_files_with_problems_are_listed_with_their_line(lesson, marked):
    text = Reader(class_report.page_of(marked, lesson)).text
    for said in ("Files that could not be read (1)", "The file is empty.", "Nothing handed in (1)"):
        assert said in text
    assert "Files whose grading broke off (1)" in text and "The kernel did not start." in text


def test_an_exercise_that_nobody_solved_is_pointed_at(lesson):
    text = Reader(class_report.page_of([graded(lesson, "A", 4, 3)], lesson)).text
    assert "Solved by nobody\nExercise 2" in text.replace(
        "Solved by nobodyExercise", "Solved by nobody\nExercise"
    )
    assert "Perhaps the exercise is at fault" in text


def test_links_lead_to_the_pages(lesson, marked, tmp_path):
    feedback.write(marked, lesson, tmp_path)
    class_report.write(marked, lesson, tmp_path)
    page = Reader((tmp_path / "report.html").read_text(encoding="utf-8"))
    links = {dict(attributes)["href"] for tag, attributes in page.tags if tag == "a"}
    pages = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("feedback/*/*.html")}
    assert {unquote(link) for link in links} == pages and len(links) == len(marked)
    assert all(link.isascii() and not set(link) & set(" #?:\\\"'") for link in links)


def test_written_twice_it_is_the_same(lesson, marked, tmp_path):
    class_report.write(marked, lesson, tmp_path)
    first = (tmp_path / "report.html").stat().st_mtime_ns
    class_report.write(marked, lesson, tmp_path)
    assert (tmp_path / "report.html").stat().st_mtime_ns == first


def test_figures_have_alternative_text_and_lie_in_the_page(lesson, marked):
    pictures = [dict(each) for tag, each in Reader(class_report.page_of(marked, lesson)).tags if tag == "img"]
    assert len(pictures) == 2 and all(
        each["src"].startswith("data:image/svg+xml;base64,") for each in pictures
    )
    assert pictures[0]["alt"].startswith(
        "Histogram of the points of 4 students: from 1 to 10 of 10, mean 5.3"
    )
    assert "Exercise 2: 1 right, 1 partly right, 2 error" in pictures[1]["alt"]


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.seen = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, *(name for name, _ in attributes)))


def test_no_tag_or_attribute_of_a_student_survives(lesson):
    def page(text):
        data = notebook_of(lesson, check_outputs=[stream(text)])
        marked = [graded(lesson, text, 4, 0, text, data), unread(lesson, text, text, text)]
        return class_report.page_of(marked, lesson)

    hostile = page(HOSTILE)
    assert Tags(hostile).seen == Tags(page("plain")).seen
    assert not {"script", "svg", "iframe", "link"} & {tag for tag, *_ in Tags(hostile).seen}


def test_nothing_secret_is_in_the_report(lesson, marked):
    page = class_report.page_of(marked, lesson)
    assert not any(word in page for word in ("SEED", "default_rng", "publish", "cases=", "np.mean"))


def test_hints_that_the_checks_gave_are_counted(tmp_path):
    lesson = small_lesson(tmp_path)
    check = next(cell for cell in lesson.cells if cell.role == "check")
    object.__setattr__(
        check,
        "source",
        check.source.replace("hint=", 'mistakes={"This is the " "mean, once.": [1.0]}, hint='),
    )
    seen = notebook_of(
        lesson, check_outputs=[stream("Exercise 1: not yet. f(2) gave 1. Hint: This is the\nmean, once.\n")]
    )
    class_of_two = [graded(lesson, "A", 0, 6, data=seen), graded(lesson, "B", 0, 6, data=notebook_of(lesson))]
    text = Reader(class_report.page_of(class_of_two, lesson)).text
    assert "This is the mean, once.Exercise 1: twice the mean1" in text


@pytest.mark.parametrize("size", [0, 1])
def test_classes_of_nobody_and_of_one(lesson, size):
    assert "Students" in class_report.page_of([graded(lesson, "A", 0, 0)][:size], lesson)
    assert "Nothing could be graded" in class_report.page_of([unread(lesson, "A", "a", "Empty.")], lesson)


def test_many_different_points_are_told_by_quarters(lesson):
    points = [each / 10 for each in range(40)]
    text = Reader(class_report.page_of([graded(lesson, f"S{each}", each, 6) for each in points], lesson)).text
    assert "quarters of the class up to" in text
