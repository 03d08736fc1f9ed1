"""The tables of a class: right sums, everybody in them, and files that Canvas and Moodle take."""

import csv
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.points import adjustments, tables
from course_lib.grading.points.final_points import LatePolicy, Marked, mark_class
from course_lib.grading.running.outcome import Graded, Outcome
from tests.grading.small_lesson import small_lesson

NO_POLICY, NOTHING = LatePolicy.of("0%"), "Nothing was handed in."


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return small_lesson(tmp_path_factory.mktemp("source"))


def graded(who: Submission, first: float = 4, second: float = 3) -> Graded:
    if who.problem:
        return Graded(who, "01_small", "unreadable", who.problem)
    outcomes = {
        "twice_the_mean": Outcome("twice_the_mean", 1, first, 4, "right"),
        "distances": Outcome("distances", 2, second, 6, "partly", "A part of the values is right."),
    }
    return Graded(who, "01_small", "graded", "", outcomes, ("found by place",), 1.5)


ADA = Submission(
    "Ada", "Ada_17_assignsubmission_file_/a.ipynb", b"a", "17", platform_id="17", platform="moodle"
)
BO = Submission(
    "Bo", "bo_LATE_18_99_b.ipynb", b"b", "m-18", late=True, platform_id="18", section="B", platform="canvas"
)
CY = Submission("Cy", "", student_id="m-19", problem=NOTHING)
CLASS = [graded(CY), graded(BO), graded(ADA)]


def written(out, lesson, everybody=CLASS, late=NO_POLICY, by_hand="") -> list[Marked]:
    (out / "adjustments.csv").write_text(f"student,exercise,points,reason\n{by_hand}", encoding="utf-8")
    return marked_and_written(out, lesson, everybody, late)


def marked_and_written(out, lesson, everybody=CLASS, late=NO_POLICY) -> list[Marked]:
    marked = mark_class(everybody, lesson, late, adjustments.load(out / "adjustments.csv"))
    tables.write(marked, lesson, out)
    return marked


def table(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_grades(tmp_path, lesson):
    marked = written(tmp_path, lesson, late=LatePolicy.of("10%"), by_hand="Bo,2,+1,good\n")
    assert [each.graded.submission for each in marked] == [ADA, BO, CY]
    assert (tmp_path / "grades.csv").read_text("utf-8-sig").splitlines() == [
        "student,id,1 twice_the_mean (4),2 distances (6),total,possible,status,late,message,file",
        "Ada,17,4,3,7,10,graded,,Exercise 2: A part of the values is right.," + ADA.file,
        "Bo,m-18,4,4,7.3,10,graded,0.7,Exercise 2: A part of the values is right. "
        "Exercise 2: By hand: +1 (good). Handed in late: −0.7 (10%)." + f",{BO.file}",
        f"Cy,m-19,0,0,0,10,missing,,{NOTHING},",
    ]


def test_canvas(tmp_path, lesson):
    written(tmp_path, lesson)
    assert (tmp_path / "canvas.csv").read_bytes().decode().splitlines() == [
        "Student,ID,SIS User ID,SIS Login ID,Section,01_small",
        "    Points Possible,,,,,10",
        "Ada,,,,,7",  # 17 is her number on Moodle: on Canvas, somebody else may have it
        "Bo,18,m-18,m-18,B,7",
        "Cy,,m-19,m-19,,",  # a blank changes nothing; 0 would count
    ]


def test_moodle(tmp_path, lesson):
    written(tmp_path, lesson, by_hand="Cy,total,=2,<b>told me\n")
    comment = "Exercise 2: A part of the values is right."
    assert (tmp_path / "moodle.csv").read_bytes().decode().splitlines() == [
        "Identifier,Full name,ID number,Grade,Maximum Grade,Last modified (grade),Feedback comments",
        f"Participant 17,Ada,,7,10,,{comment}",
        f",Bo,m-18,7,10,,{comment}",
        f",Cy,m-19,2,10,,{NOTHING} By hand: set to 2 (&lt;b&gt;told me).",
    ]


def test_names_that_would_break_an_upload(tmp_path, lesson):
    names = ["Points Possible", 'back\\slash, \\"', "=HYPERLINK(1)", "a\nb"]
    written(tmp_path, lesson, [graded(Submission(name, f"{n}.ipynb")) for n, name in enumerate(names)])
    canvas = [row["Student"] for row in table(tmp_path / "canvas.csv")]
    assert sum("Points Possible" in name for name in canvas) == 1
    assert "\\" not in (tmp_path / "moodle.csv").read_text()
    for file, column in (("grades.csv", "student"), ("canvas.csv", "Student"), ("moodle.csv", "Full name")):
        assert {"'=HYPERLINK(1)", "a b"} < {row[column] for row in table(tmp_path / file)}


def test_a_file_named_like_another_platforms_gives_no_number(tmp_path, lesson):
    written(tmp_path, lesson, [graded(replace(ADA, file="Ada_17_assignsubmission_file_/bo_18_99_b.ipynb"))])
    assert [row["ID"] for row in table(tmp_path / "canvas.csv")] == ["", ""]


def test_jsonl(tmp_path, lesson):
    written(tmp_path, lesson, by_hand="Cy,1,+1,\n")
    ada, _, cy = map(json.loads, (tmp_path / "results.jsonl").read_text().splitlines())
    assert (ada["total"], ada["possible"], ada["digest"], ada["seconds"]) == (7, 10, ADA.digest, 1.5)
    assert ada["outcomes"][1] == vars(CLASS[2].outcomes["distances"])
    assert (cy["status"], cy["points"]["twice_the_mean"], cy["outcomes"]) == ("missing", 1, [])


def test_same_name_stays_two_rows_and_order_is_by_name(tmp_path, lesson):
    names = ["zoe", "Émile", "Bo", "bo", "Eva", "Bo"]
    everybody = [graded(Submission(name, f"{n}.ipynb")) for n, name in enumerate(names)]
    written(tmp_path, lesson, everybody)
    content = (tmp_path / "grades.csv").read_bytes()
    rows = [(row["student"], row["file"][0]) for row in table(tmp_path / "grades.csv")]
    assert rows == [("Bo", "2"), ("Bo", "5"), ("bo", "3"), ("Émile", "1"), ("Eva", "4"), ("zoe", "0")]
    written(tmp_path, lesson, everybody[::-1])
    assert (tmp_path / "grades.csv").read_bytes() == content


def test_adjustments_are_merged_at_every_run_and_never_touched(tmp_path, lesson, capsys):
    marked_and_written(tmp_path, lesson)
    path = tmp_path / "adjustments.csv"
    content = path.read_bytes() + b"Ada,1,-1,copied\r\nEve,1,+9,\r\n"
    path.write_bytes(content)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    for _ in range(2):
        assert marked_and_written(tmp_path, lesson)[0].total == 6
    assert path.read_bytes() == content and (path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert f"warning: {path}:3: nobody here is called 'Eve'" in capsys.readouterr().err


def test_a_mistake_leaves_the_tables_as_they_were(tmp_path, lesson):
    written(tmp_path, lesson)
    before = {name: (tmp_path / name).read_bytes() for name in ("grades.csv", "moodle.csv", "results.jsonl")}
    with pytest.raises(CourseError, match=r"adjustments\.csv:2: points are"):
        written(tmp_path, lesson, by_hand="Ada,1,many\n")
    assert before == {name: (tmp_path / name).read_bytes() for name in before}


def test_lateness_first_adjustments_after(tmp_path, lesson):
    ada = replace(ADA, late=True)
    for first, second, by_hand, total in (
        (4, 3, "Ada,2,+1,\n", 6),
        (4, 3, "Ada,total,=7,\n", 7),
        (4, 3, "Ada,1,=0,\nAda,2,=1,\n", 0),  # not −1
        (0, 0, "Ada,2,+1,\n", 1),  # there was nothing to take off
    ):
        [marked] = written(tmp_path, lesson, [graded(ada, first, second)], LatePolicy.of("2"), by_hand)
        assert marked.total == total


CHANGES = st.tuples(st.sampled_from(["1", "2", "total"]), st.integers(0, 16))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12), st.booleans()), min_size=1, max_size=4),
    st.lists(CHANGES, max_size=5),
    st.sampled_from(["0%", "10%", "1.5"]),
)
def test_total_is_the_sum(tmp_path_factory, lesson, quarters, plus, policy):
    """total = exercises as shown − lateness + what was added to the total."""
    out = tmp_path_factory.mktemp("out")
    everybody = [
        graded(Submission(f"s{n}", f"{n}.ipynb", late=late), first / 4, second / 4)
        for n, (first, second, late) in enumerate(quarters)
    ]
    written(
        out,
        lesson,
        everybody,
        LatePolicy.of(policy),
        "".join(f"s0,{which},+{by / 4},\n" for which, by in plus),
    )
    added = sum(by / 4 for which, by in plus if which == "total")
    for row in table(out / "grades.csv"):
        exercises = float(row["1 twice_the_mean (4)"]) + float(row["2 distances (6)"])
        extra = added if row["student"] == "s0" else 0
        assert float(row["total"]) == pytest.approx(exercises - float(row["late"] or 0) + extra, abs=1e-9)
        assert float(row["total"]) >= 0
