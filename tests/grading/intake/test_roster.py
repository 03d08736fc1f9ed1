"""The roster: any order of columns, any separator; files find their students, and nothing ambiguous is guessed."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.grading.intake.roster import Student, load, match

CLASS = [
    Student("Anna Kowalska", ("1001",), ("akowal", "anna.kowalska@uni.example")),
    Student("Anna Kowalska", ("1002",), ("akow2",)),
    Student("Łukasz Żak", ("0042",), ("lzak",)),
    Student("Li, Ben", ("s77",), ("ben-li@uni.example",)),
    Student("Ana María García López", ("1005",), ()),
    Student("Student 7", ("1007",)),
    Student("Student 8", ("1008",)),
]
ANNA, ANNA_2, LUKASZ, BEN, ANA, STUDENT_7, _ = CLASS


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_in_any_order(tmp_path, separator, encoding):
    rows = [
        ["Section", "E-mail", "Student ID", "Name", "remarks"],
        ["B", "z@uni.example", "0042", '"Żak' + separator + ' Łukasz"', "none"],
        [],
        ["", "", "7", "Ben", ""],
    ]
    path = tmp_path / "roster.csv"
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert load(path) == [
        Student(f"Żak{separator} Łukasz".replace("\t", ""), ("0042",), ("z@uni.example",), "B"),
        Student("Ben", ("7",)),
    ]


def test_a_line_break_inside_a_name_is_a_blank(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes('name,id\r\n"Anna\r\nKowalska",1\r\nBen\x0bLi,2\r\nZoë\u2028Żak,3\r\n'.encode())
    assert [each.name for each in load(path)] == ["Anna Kowalska", "Ben Li", "Zoë Żak"]


def test_a_forgotten_quotation_mark_does_not_make_one_student_of_many(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text('name,id\n"Anna,1\nBen,2\n')
    with pytest.raises(CourseError, match=r"roster\.csv:3: "):
        load(path)


def test_a_roster_without_end():
    with pytest.raises(CourseError, match="too large"):
        load(Path("/dev/zero"))


def test_the_exports_of_moodle_canvas_and_github(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "Identifier,Full name,Email address,Status\nParticipant 1234567,Anna K,a@x.example,Submitted\n"
    )
    assert load(path) == [Student("Anna K", ("1234567",), ("a@x.example",), participant="1234567")]
    path.write_text("First name,Surname,ID number\nAnna,Kowalska,5\n")
    assert load(path) == [Student("Anna Kowalska", ("5",))]
    path.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Hw\n"
        '    Points Possible,,,,,10\n"Kowalska, Anna",12345,s9,ak,A,\n'
    )
    assert load(path) == [Student("Kowalska, Anna", ("12345", "s9"), ("ak",), "A")]
    path.write_text("identifier,github_username,github_id,name\n5,annak,99,\n")
    assert load(path) == [Student("annak", ("5",), ("annak",))]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"colour,size\nred,1\n",
        "name\nZo\xeb\n".encode("latin-1"),
        b"\xff\xfe\0",
        b'name\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_roster(tmp_path, data):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(CourseError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(CourseError, match="cannot be read"):
        load(tmp_path / "missing.csv")


@pytest.mark.parametrize(
    ("name", "student_id", "student"),
    [
        ("whatever", "1002", ANNA_2),
        ("Anna Kowalska", "1001", ANNA),  # the id tells the two apart
        ("kowalskaanna", "1001", ANNA),
        ("Zak_Lukasz_0042_hw1", "", LUKASZ),
        ("42", "", LUKASZ),  # a spreadsheet drops the zeros
        ("ŁUKASZ ŻAK", "", LUKASZ),
        ("Łukasz Żak", "99", LUKASZ),  # Moodle's own number is nobody's id
        ("lesson-01-lzak", "", LUKASZ),
        ("hw-ben-li", "", BEN),
        ("liben", "777", BEN),
        ("Ben Li", "", BEN),
        ("student 7", "", STUDENT_7),
        ("garcialopezanamaria", "31", ANA),
        ("anna.kowalska@uni.example", "", ANNA),
        ("anna.kowalska", "", ANNA),
    ],
)
def test_whose_it_is(name, student_id, student):
    matches = match([(name, student_id)], CLASS)
    assert matches.students == [student] and matches.notes == [""]
    assert [missing for missing, _ in matches.missing] == [each for each in CLASS if each is not student]


@pytest.mark.parametrize(
    ("name", "student_id", "note"),
    [
        ("Anna Kowalska", "", "several"),  # there are two
        ("Łukasz Żak", "1001", "several"),  # the id says one, the name another
        ("Anna", "", "nobody"),
        ("Ana García", "", "nobody"),
        ("", "", "nobody"),
        ("🙂", "0", "nobody"),
    ],
)
def test_nothing_is_guessed(name, student_id, note):
    matches = match([(name, student_id)], CLASS)
    assert matches.students == [None] and note in matches.notes[0]
    assert len(matches.missing) == len(CLASS)


def test_two_files_for_one_student():
    stronger = match([("Ben Li", ""), ("x", "s77")], CLASS)
    assert stronger.students == [None, BEN] and "other files" in stronger.notes[0]
    equal = match([("Ben Li", ""), ("Li Ben", "")], CLASS)
    assert equal.students == [None, None] and all(equal.notes)
    assert {student.ids: reason for student, reason in equal.missing}[("s77",)].startswith("Several files")


@given(st.permutations(range(len(CLASS))), st.integers(0, len(CLASS)))
def test_everybody_is_either_matched_or_missing(order, count):
    files = [("somebody", CLASS[place].ids[0]) for place in order[:count]]
    matches = match(files, CLASS)
    assert matches.students == [CLASS[place] for place in order[:count]]
    assert {s.ids for s, _ in matches.missing} == {CLASS[place].ids for place in order[count:]}


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=4)), max_size=5))
def test_no_name_makes_it_crash_and_no_student_has_two_files(files):
    students = [
        each for each in match(files, [Student(name, (number,)) for name, number in files]).students if each
    ]
    assert len(students) == len(set(map(id, students)))


def test_a_number_of_moodle_is_nobodys_but_by_identifier():
    dan = Student("Dan N", ("1004", "9"), participant="1004")
    roster = [*CLASS, dan]
    files = [("Participant", "participant 1001"), ("Participant 1005", "participant 1004")]
    assert match(files, roster).students == [None, dan]
    namesakes = match([("Anna Kowalska", "participant 1002")], roster)
    assert namesakes.students == [ANNA_2]


def test_an_anonymous_number_is_nobodys():
    assert match([("anon1001", "")], CLASS).students == [None]


def test_moodles_group_before_the_name(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "Identifier,Name,Groups,Team\nTeilnehmer/in 17,Zoë Garcia,Lab A,Red\n,Ana Lopez-Garcia,,\n"
    )
    zoe, ana = load(path)
    assert (zoe.participant, zoe.section, zoe.team) == ("17", "Lab A", "Red")
    assert match([("Lab A-Zoë Garcia", "participant 3"), ("Red-Ana Garcia", "")], [zoe, ana]).students == [
        zoe,
        None,
    ]
    decomposed = unicodedata.normalize("NFD", "Lab A-Zoë Garcia")
    assert match([(decomposed, "")], [zoe, ana]).students == [zoe]
