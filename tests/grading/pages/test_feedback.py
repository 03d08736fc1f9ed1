"""Each student's page shows what was handed in as text, what was asked and a hint, and nothing that is secret."""

import os
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.grading.intake.outputs import MOST_READ
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.pages import class_report, feedback
from course_lib.grading.pages.folders import MOST_BYTES, folder_name, folders
from course_lib.grading.pages.lesson_text import asked, hints
from course_lib.grading.points.adjustments import Adjustment
from course_lib.grading.points.final_points import LatePolicy, mark
from course_lib.grading.running.outcome import Graded, Outcome
from tests.grading.pages.page_reader import HOSTILE, Reader
from tests.grading.small_lesson import RIGHT, notebook_of, seen_in, shows, small_lesson, stream

LATE = LatePolicy.of("10%")


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return small_lesson(tmp_path_factory.mktemp("source"))


def marked_of(lesson, data, *, status="wrong", message="", changes=(), notes=(), **about):
    outcomes = {
        each: Outcome(each, cell.number, 0, lesson.points[each], status, message, "grade_id")
        for each, cell in lesson.exercises.items()
    }
    submission = Submission(**{"student": "Zoë", "file": "zoe.ipynb"} | about)  # the pages need no data
    graded = Graded(submission, lesson.name, "graded", "", outcomes, notes, handed_in=seen_in(lesson, data))
    return mark(graded, lesson, LATE, changes)


def test_a_page(lesson):
    data = notebook_of(lesson, outputs=[stream("mine\n")], check_outputs=[stream("Exercise: not yet.\n")])
    changes = [("distances", Adjustment("", "", 2, True, "the idea is right", "x:1"))]
    marked = marked_of(lesson, data, message="A message.", changes=changes, notes=("A note.",), late=True)
    text = Reader(feedback.page_of(marked, lesson)).text
    for said in (
        "2 of 10 points",
        "Exercise 1: twice the mean",
        "Not right · 0 of 4 points",
        "Not right · 2 of 6 points",
        "the idea is right",
        "A message.",
        "twice_the_mean(numbers): Two times the mean of an array, a float.",
        "The mean, two times.",
        "Use the first function.",
        "return sum(numbers) * 2 / len(numbers)",
        "mine",
        "Exercise: not yet.",
        "A note.",
    ):
        assert said in text


def test_lateness_is_explained(lesson):
    marked = marked_of(lesson, notebook_of(lesson), status="right", late=True)
    marked = mark(
        Graded(marked.graded.submission, lesson.name, "graded", "", {
            each: Outcome(each, 1, 5, 5, "right") for each in lesson.exercises
        }),
        lesson,
        LATE,
    )  # fmt: skip
    text = Reader(feedback.page_of(marked, lesson)).text
    assert "9 of 10 points" in text and "Handed in late: −1 (10%)." in text
    assert "Hint" not in text and "What was asked" not in text


class Closed(Submission):
    """A submission whose bytes nobody may look at."""

    def __getattribute__(self, name):
        assert name not in ("data", "digest"), "the file is read a second time"
        return super().__getattribute__(name)


def test_no_page_reads_a_file_again(lesson, tmp_path):
    data = notebook_of(lesson, outputs=[stream("mine\n")])
    marked = marked_of(lesson, data)
    closed = Closed("Zoë", "zoe.ipynb", data)
    with pytest.raises(AssertionError, match="a second time"):
        _ = closed.digest
    marked = replace(marked, graded=replace(marked.graded, submission=closed))
    feedback.write([marked], lesson, tmp_path)
    class_report.write([marked], lesson, tmp_path)
    text = Reader((tmp_path / "feedback" / "Zoë" / "01_small.html").read_text("utf-8")).text
    assert "return sum(numbers) * 2 / len(numbers)" in text and "mine" in text


@pytest.mark.parametrize("status", ["right", "wrong", "error", "empty"])
def test_nothing_secret_is_on_the_page(lesson, status):
    page = feedback.page_of(marked_of(lesson, notebook_of(lesson), status=status), lesson)
    assert not re.search(r"SEED|default_rng|publish|cases|arange|BEGIN SOLUTION|np\.mean", page)


def test_nothing_runs_and_nothing_is_fetched(lesson):
    page = feedback.page_of(marked_of(lesson, notebook_of(lesson)), lesson)
    reader = Reader(page)
    policy = next(dict(attributes) for tag, attributes in reader.tags if ("content" in dict(attributes)))
    assert "default-src 'none'" in policy["content"] and "script-src 'none'" in policy["content"]
    for tag, attributes in reader.tags:
        assert tag not in ("script", "link", "iframe", "object", "base", "form", "svg", "img")
        for name, value in attributes:
            assert not name.startswith("on") and name != "style"
            assert name not in ("src", "href") or value.startswith("#")


def without_lines(reader) -> list:
    return [tag for tag in reader.tags if tag != ("span", ())]


def filled(lesson, text) -> str:
    outputs = [stream(text), shows({"text/plain": text, "text/html": text, text[:50]: text})]
    outputs += [{"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}]
    answers = {each: f"{source}\n# {text}" for each, source in RIGHT.items()}
    about = {"student": text, "student_id": text, "file": f"x{text}"}
    changes = [
        ("total", Adjustment("", "", 1, False, text, "")),
        ("distances", Adjustment("", "", 1, True, text, "")),
    ]
    data = notebook_of(lesson, answers, outputs, outputs)
    marked = marked_of(lesson, data, message=f"m{text}", notes=(text,), changes=changes, **about)
    return feedback.page_of(marked, lesson)


def test_no_tag_or_attribute_of_a_student_survives(lesson):
    plain, hostile = Reader(filled(lesson, "plain")), Reader(filled(lesson, HOSTILE))
    assert without_lines(plain) == without_lines(hostile)
    assert hostile.text.count(HOSTILE) >= 10


@given(text=st.text(min_size=1) | st.text("<>&\"'/!-=` \n\r\x1b[]abc\ud800\u202e", min_size=1))
@settings(max_examples=50, deadline=None)
def test_no_text_changes_the_page(lesson, text):
    assert without_lines(Reader(filled(lesson, text))) == without_lines(Reader(filled(lesson, "plain")))


def test_gigantic_outputs_are_capped(lesson):
    outputs = [stream("x" * 10**6), *[shows({"image/png": ""})] * 5000, stream(["y"] * 10**5)]
    data = notebook_of(lesson, outputs=outputs, check_outputs=[stream("\n" * 10**5 + "z")])
    assert len(seen_in(lesson, data)["distances"].output) <= MOST_READ
    page = feedback.page_of(marked_of(lesson, data), lesson)
    assert len(page) < 40_000 and "The rest is left out" in page
    pictures = notebook_of(lesson, outputs=outputs[1:-1])
    assert seen_in(lesson, pictures)["distances"].output == "[a picture, not shown here]"


def test_a_terminal_sequence_without_an_end_hides_nothing_below_its_line(lesson):
    code = {each: "# \x1b]8;;http://x\n" + source for each, source in RIGHT.items()}
    text = Reader(feedback.page_of(marked_of(lesson, notebook_of(lesson, code)), lesson)).text
    assert "return sum(numbers) * 2 / len(numbers)" in text and "http" not in text


def test_what_is_left_out_is_counted_as_far_as_it_was_kept(lesson):
    text = "x" * 9_000
    data = notebook_of(lesson, {"distances": "#" * 50_000}, [stream(text)])
    text = Reader(feedback.page_of(marked_of(lesson, data), lesson)).text
    assert "left out (5,000 more characters)" in text and "left out (at least 20,000 more characters)" in text


def test_long_code_is_capped(lesson):
    data = notebook_of(lesson, {each: source + "\n#" * 10_000 for each, source in RIGHT.items()})
    assert len(feedback.page_of(marked_of(lesson, data), lesson)) < 60_000


def test_hints_and_docstrings_without_cases_and_mistakes(lesson):
    source = (
        'check(1, "f", cases=[((1,), 2)], mistakes={"No " "so.": [3], other: [4]}, hint="Think " "again.")'
    )
    assert hints(source) == ("Think again.", ("No so.",))
    assert hints("check_that(2, 'f', test, hint=h)\nprint(hint='x')") == ("", ())
    assert asked(lesson.exercises["distances"]).startswith("distances(numbers): How far each number is")


@pytest.mark.parametrize(
    ("status", "about", "says"),
    [
        ("unreadable", {"problem": "It is <b>broken</b>: mend it."}, "could not be read"),
        ("crashed", {}, "could not be graded"),
        ("unreadable", {"file": ""}, "Nothing was handed in"),
    ],
)
def test_what_could_not_be_graded_has_a_page_too(lesson, status, about, says):
    submission = Submission(**{"student": "A", "file": "a.ipynb"} | about)
    changes = [("distances", Adjustment("", "", 2, True, "shown on paper", ""))]
    marked = mark(Graded(submission, lesson.name, status, "The <line>."), lesson, LATE, changes)
    text = Reader(feedback.page_of(marked, lesson)).text
    assert says in text and "The <line>." in text and "2 of 10 points" in text and "shown on paper" in text


def write(lesson, out, *names):
    marked = [marked_of(lesson, b"{}", student=name) for name in names]
    feedback.write(marked, lesson, out)
    return [out / place for place in feedback.places(marked, lesson)]


def test_unchanged_pages_are_left_alone(lesson, tmp_path):
    first, second = write(lesson, tmp_path, "A", "B")
    os.utime(first, (1, 1))
    second.write_text("changed")
    assert write(lesson, tmp_path, "A", "B") == [first, second]
    assert first.stat().st_mtime == 1 and second.read_text() != "changed"
    assert {path.name for path in first.parent.iterdir()} == {"01_small.html"}


def test_links_at_the_destination_are_not_followed(lesson, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    kept = outside / "01_small.html"
    kept.write_text("kept")
    out = tmp_path / "out"
    (out / "feedback" / "B").mkdir(parents=True)
    (out / "feedback" / "A").symlink_to(outside)
    (out / "feedback" / "B" / "01_small.html").symlink_to(kept)
    (out / "feedback" / "B" / f".{os.getpid()}.01_small.html").symlink_to(kept)
    written = write(lesson, out, "A", "B")
    assert kept.read_text() == "kept" and len(list(outside.iterdir())) == 1
    assert all(path.is_file() and not path.is_symlink() for path in written)
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "feedback").symlink_to(outside)
    write(lesson, tmp_path / "again", "C")
    assert len(list(outside.iterdir())) == 1


def test_one_page_that_cannot_be_written_stops_no_other(lesson, tmp_path):
    (tmp_path / "feedback").mkdir()
    (tmp_path / "feedback" / "A").write_text("a file is in the way")
    with pytest.raises(CourseError, match=r"A.01_small\.html: the page cannot be written"):
        write(lesson, tmp_path, "A", "B")
    assert (tmp_path / "feedback" / "B" / "01_small.html").is_file()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Zoe\u0308 Brandt", "Zoë Brandt"),
        ("李小龙", "李小龙"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\x", "C__Users_x"),
        ("..", "no name"),
        ("-rf", "rf"),
        (".ssh", "ssh"),
        ("con", "_con"),
        ("CON.txt", "_CON.txt"),
        ("Com1 .x", "_Com1 .x"),
        ("Constance", "Constance"),
        ("dots... ", "dots"),
        ("a\nb\tc\0", "a b c_"),
        ("a\u202eb\u200bc", "abc"),
        ("half \ud800", "half _"),
        ("=1+1", "=1+1"),
        ("", "no name"),
    ],
)
def test_folder_names(name, folder):
    assert folder_name(name) == folder


wild_names = st.text(max_size=300) | st.text("aAbßSıI./\\-~ \u0308é:", max_size=12) | st.sampled_from(
    ["CON", "con", "Anna", "ANNA", "anna (2)", "Straße", "STRASSE", "é", "e\u0301", "nul.txt", ".", ""]
)  # fmt: skip


@given(st.lists(st.tuples(wild_names, st.sampled_from(["", "7", "A/b", "8"])), max_size=12))
@settings(max_examples=150, deadline=None)
def test_folders_are_safe_and_differ(students):
    found = folders([Submission(name, "x", student_id=number) for name, number in students])
    assert len({each.upper().casefold() for each in found}) == len(found)
    for each in found:
        assert 0 < len(each) <= 80 and len(each.encode()) <= MOST_BYTES + 30
        assert not set(each) & set('<>:"/\\|?*\0\n') and each.isprintable()
        assert each[0] not in ".- " and each[-1] not in ". "
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d) *(\..*)?", each)


def test_students_of_one_name():
    named = [Submission(name, "x", student_id=number) for name, number in
             [("Anna", "12"), ("anna", "13"), ("Bo", ""), ("Bo", ""), ("Bo (2)", ""), ("Cy", "14")]]  # fmt: skip
    assert folders(named) == ["Anna (12)", "anna (13)", "Bo", "Bo (3)", "Bo (2)", "Cy"]
    assert len(set(folders([Submission("Eve", "x")] * 5000))) == 5000
