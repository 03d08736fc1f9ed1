"""Points by hand: what may stand in adjustments.csv, whom it means, and that the file stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.points.adjustments import Adjustment, assign, load
from tests.grading.small_lesson import small_lesson

HEADER = "student,exercise,points,reason\r\n"
ADA, BO = Submission("Ada Löwe", "ada.ipynb", b"{}", "17"), Submission("Bo", "bo.ipynb", b"{}", "18")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "adjustments.csv"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return small_lesson(tmp_path_factory.mktemp("source"))


def read(path, body: str, encoding="utf-8") -> list[Adjustment]:
    path.write_bytes((HEADER + body).encode(encoding))
    return load(path)


def test_made_empty_when_missing_and_never_again(path):
    assert load(path) == []
    assert path.read_bytes() == b"\xef\xbb\xbf" + HEADER.encode()
    before = path.stat()
    assert load(path) == []
    assert path.stat() == before


@pytest.mark.parametrize(
    ("text", "from_3", "described"),
    [
        ("+1", 4, "By hand: +1."),
        ("-0.5", 2.5, "By hand: −0.5."),
        ("−0.5", 2.5, "By hand: −0.5."),
        ("- 5", 0, "By hand: −5."),
        ("=2", 2, "By hand: set to 2."),
        ("2", 2, "By hand: set to 2."),
        ("0", 0, "By hand: set to 0."),
        ("'+.5", 3.5, "By hand: +0.5."),
    ],
)
def test_points(path, text, from_3, described):
    [change] = read(path, f"Bo,1,{text}\n")
    assert change.apply(3) == from_3
    assert change.described == described


def test_reason_is_shown(path):
    [change] = read(path, 'Bo,total,+1,"good, in parts"\n')
    assert change.described == "By hand: +1 (good, in parts)."


@given(st.floats(0, 1e4), st.floats(-1e4, 1e4), st.booleans())
def test_never_below_0(before, points, is_set):
    assert Adjustment("a", "1", points, is_set, "", "").apply(before) >= 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "content",
    [
        "student,exercise,points,reason\nAda Löwe,2,+0.5,ok\n",
        "student;exercise;points;reason\r\n\r\nAda Löwe;2;+0,5;ok\r\n;;;\r\n",
        "Reason\tPoints\tExercise\tStudent\tmine\rok\t+0.5\t2\tAda Löwe\tx\r",
        '"student","exercise","points","reason"\n"Ada Löwe"," 2 ","+0.5","ok"',
    ],
)
def test_as_spreadsheets_save_it(path, content, encoding):
    path.write_bytes(content.encode(encoding))
    [change] = load(path)
    assert (change.student, change.exercise, change.points, change.reason) == ("Ada Löwe", "2", 0.5, "ok")


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("Bo,1,one\n", 2, "not 'one'"),
        ("Bo,1,+1\n\nBo,1,1e3\n", 4, "not '1e3'"),
        ("Bo,1,nan\n", 2, "not 'nan'"),
        ("Bo,1,٣\n", 2, "not '٣'"),
        ("Bo,1,\n", 2, "not ''"),
        ("Bo,1\n", 2, "not ''"),
        ('"Bo\nBa",1,+1\nBo,1,x\n', 4, "not 'x'"),
        (",1,2\n", 2, "the student is missing"),
        ("Bo,,2\n", 2, "the exercise is missing"),
        ("Bo,1,0,5\n", 2, "write half points with a point"),
        ("Bo,1,+0,5,good idea\n", 2, "write half points with a point"),
        ('Bo,1,2,"open\n', 2, "no line of a CSV file"),
        ('Bo,1,2,"a"b\n', 2, "no line of a CSV file"),
    ],
    ids=ascii,
)
def test_mistake_is_one_line_with_file_and_line_number(path, body, line, says):
    with pytest.raises(CourseError) as caught:
        read(path, body)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: ") and says in message and "\n" not in message


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"student,exercise\n", b"student,student,exercise,points\n", b"Bo,1,+1\n"]
)
def test_first_line(path, content):
    path.write_bytes(content)
    with pytest.raises(CourseError, match=r"adjustments.csv:1: .*student,exercise,points,reason"):
        load(path)


def test_no_text_or_no_file(path, tmp_path):
    with pytest.raises(CourseError, match=r"adjustments\.csv:3: this is not UTF-8"):
        read(path, "Bo,1,+1\nZoë,1,+1\n", "latin-1")
    with pytest.raises(CourseError, match="no CSV file"):
        load(tmp_path)
    with pytest.raises(CourseError, match="cannot be written"):
        load(tmp_path / "missing" / "adjustments.csv")


@pytest.mark.parametrize("who", ["Ada Löwe", "ada lo\u0308we ", "17", "ada.ipynb"])
@pytest.mark.parametrize("what", ["2", "distances", "Exercise 2"])
def test_meant_by_name_id_or_file_and_number_or_grade_id(path, lesson, who, what):
    changes = read(path, f"{who},{what},+1\n")
    assert assign(changes, [BO, ADA], lesson) == ({1: [("distances", changes[0])]}, [])


def test_name_as_in_grades_csv_and_platform_number(path, lesson):
    students = [
        Submission("=1+1", "a.ipynb"),
        Submission("Cy", "b.ipynb", platform_id="99"),
        Submission("Di", ""),
    ]
    changes = read(path, "'=1+1,total,+1\n99,total,+1\n")
    assert list(assign(changes, students, lesson)[0]) == [0, 1]


def test_in_the_order_of_the_file(path, lesson):
    changes = read(path, "Bo,1,+1\nBo,total,=3\nBo,1,-2\n")
    found, _ = assign(changes, [BO], lesson)
    assert [(each, change.points) for each, change in found[0]] == [
        ("twice_the_mean", 1),
        ("total", 3),
        ("twice_the_mean", -2),
    ]


def test_unknown_student_or_exercise_is_named_and_the_others_count(path, lesson):
    found, warnings = assign(read(path, "Boo,1,+1\nBo,9,+1\nBo,1,+1\n"), [ADA, BO], lesson)
    assert list(found) == [1] and len(found[1]) == 1
    assert warnings == [
        f"{path}:2: nobody here is called 'Boo'; the line was passed over.",
        f"{path}:3: 01_small has no exercise '9'; the line was passed over.",
    ]


def test_two_of_one_name_are_told_apart_by_id_or_file(path, lesson):
    twins = [Submission("Bo", "x/1.ipynb", b"", "18"), Submission("Bo", "y/1.ipynb", b"", "19")]
    with pytest.raises(CourseError, match=r"adjustments\.csv:2: 2 students are called 'Bo'"):
        assign(read(path, "Bo,1,+1\n"), twins, lesson)
    assert list(assign(read(path, "19,1,+1\n"), twins, lesson)[0]) == [1]
    assert list(assign(read(path, "x/1.ipynb,1,+1\n"), twins, lesson)[0]) == [0]
