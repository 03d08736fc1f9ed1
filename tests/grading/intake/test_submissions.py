"""Gathering a class: every layout of platforms and teachers, each student once, nothing passed over in silence."""

import os
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.grading.intake.submissions import gather

LESSON = "01_gan_math"
MOODLE = {
    "Anna Kowalska_1234567_assignsubmission_file_/01_gan_math.ipynb": "anna",
    "Anna Kowalska_7654321_assignsubmission_file_/01_gan_math.ipynb": "the other anna",
    "Łukasz O'Neill-Żak_22_assignsubmission_file_/my work/hw.ipynb": "lukasz",
}
CANVAS = {
    "kowalskaanna_12345_67890_01_gan_math.ipynb": "first attempt",
    "kowalskaanna_12345_67999_01_gan_math-1.ipynb": "second attempt",
    "zaklukasz_LATE_22_67891_solution.ipynb": "lukasz",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        os.utime(path, (1e9, 1e9))  # all of one moment, as in the zips
    return root


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


def brief(found) -> list[tuple]:
    return [(each.student, each.student_id, each.data.decode(), each.late) for each in found]


def both(tmp_path: Path, files: dict[str, str]) -> list:
    """The same files gathered from a zip and from a folder, which must agree."""
    unpacked = gather(write(tmp_path / "class", files), LESSON)
    zipped = gather(packed(tmp_path / "class.zip", files), LESSON)
    assert brief(unpacked) == brief(zipped)
    assert [(each.file, each.problem, each.notes) for each in unpacked] == [
        (each.file, each.problem, each.notes) for each in zipped
    ]
    return unpacked


@pytest.mark.parametrize("wrapper", ["", "GAN course-Lesson 1-555/"])
def test_moodle(tmp_path, wrapper):
    assert brief(both(tmp_path, {wrapper + name: text for name, text in MOODLE.items()})) == [
        ("Anna Kowalska", "1234567", "anna", False),
        ("Anna Kowalska", "7654321", "the other anna", False),
        ("Łukasz O'Neill-Żak", "22", "lukasz", False),
    ]


def test_moodle_without_folders(tmp_path):
    files = {
        "Anna Kowalska_1234567_assignsubmission_file_01_gan_math.ipynb": "anna",
        "Anna Kowalska_1234567_assignsubmission_onlinetext_onlinetext.html": "hello",
        "Ben Li_8_assignsubmission_file_answers.pdf": "pdf",
    }
    anna, ben = both(tmp_path, files)
    assert (anna.data, anna.platform_id) == (b"anna", "1234567")
    assert (ben.data, ben.problem) == (b"", "No notebook (.ipynb) was handed in, only answers.pdf.")


@pytest.mark.parametrize("wrapper", ["", "submissions/"])
def test_canvas_takes_the_last_attempt_and_sees_who_was_late(tmp_path, wrapper):
    found = both(tmp_path, {wrapper + name: text for name, text in CANVAS.items()})
    assert brief(found) == [
        ("kowalskaanna", "12345", "second attempt", False),
        ("zaklukasz", "22", "lukasz", True),
    ]
    assert "passed over" in found[0].notes[0] and "67890" in found[0].notes[0]


def test_no_student_hands_in_under_anothers_name(tmp_path):
    files = {
        "Eve_1_assignsubmission_file_/Bob_2_assignsubmission_file_/01_gan_math.ipynb": "eve",
        "Eve_1_assignsubmission_file_Bob_2_assignsubmission_file_x.ipynb": "eve too",
        "mallory_3_4_bob_2_5_01_gan_math.ipynb": "mallory",
        "plain/bob_2_5_01_gan_math.ipynb": "somebody",
        "carl_2_6_x/01_gan_math.ipynb": "a folder, which Canvas does not make",
    }
    assert {(each.student, each.student_id) for each in both(tmp_path, files)} == {
        ("Eve", "1"),
        ("mallory", "3"),
        ("plain", ""),
        ("carl_2_6_x", ""),
    }


def test_a_folder_of_notebooks_named_after_students(tmp_path):
    files = {
        "Anna K.ipynb": "a",
        "01_gan_math_ben.ipynb": "b",
        "ben.ipynb": "c",
        "README.md": "",
        "-rf.ipynb": "d",
    }
    files |= {"=cmd().ipynb": "e", "01_gan_math.ipynb": "f", "carl.zip": "PK"}
    found = {each.student: each for each in both(tmp_path, files)}
    assert set(found) == {"Anna K", "01_gan_math_ben", "ben", "-rf", "=cmd()", "01_gan_math", "carl"}
    assert "unpack" in found["carl"].problem


def test_github_classroom(tmp_path):
    names = ["anna-k", "anna-l", "ben"]
    files = {f"lesson-01-submissions/lesson-01-{name}/lessons/{LESSON}.ipynb": name for name in names}
    files |= {f"lesson-01-submissions/lesson-01-{name}/.git/HEAD": "ref" for name in names}
    files |= {f"lesson-01-submissions/lesson-01-{name}/lessons/06_dcgan.ipynb": "other" for name in names}
    assert [(each.student, each.data.decode()) for each in both(tmp_path, files)] == [(n, n) for n in names]
    inside = gather(tmp_path / "class" / "lesson-01-submissions", LESSON)  # the same one level down
    assert [each.student for each in inside] == names


def test_one_student_in_a_folder_and_one_file(tmp_path):
    (found,) = gather(write(tmp_path / "class", {"anna/01_gan_math.ipynb": "x"}), LESSON)
    assert (found.student, found.file) == ("anna", "anna/01_gan_math.ipynb")
    (found,) = gather(tmp_path / "class" / "anna" / "01_gan_math.ipynb", LESSON)
    assert (found.student, found.data) == ("01_gan_math", b"x")


def test_of_several_notebooks_the_one_named_like_the_lesson_then_the_newest(tmp_path):
    write(
        tmp_path,
        {"anna/01_gan_math.ipynb": "right", "anna/zz.ipynb": "new", "ben/a.ipynb": "old", "ben/b.ipynb": "b"},
    )
    write(tmp_path, {"carol/06_dcgan.ipynb": "wrong lesson", "carol/work.ipynb": "work", "dan/notes.txt": ""})
    os.utime(tmp_path / "ben" / "b.ipynb", (1e8,) * 2)
    os.utime(tmp_path / "carol" / "work.ipynb", (1e8,) * 2)
    anna, ben, carol, dan = gather(tmp_path, LESSON)
    assert [anna.data, ben.data, carol.data] == [b"right", b"old", b"work"]
    assert ben.notes == ("ben/a.ipynb was taken; passed over: ben/b.ipynb.",)
    assert dan.problem == "No notebook (.ipynb) was handed in, only notes.txt."


def test_what_jupyter_and_macos_leave_behind_is_nobodys(tmp_path):
    files = {"anna/01_gan_math.ipynb": "a", "anna/.ipynb_checkpoints/01_gan_math-checkpoint.ipynb": "old"}
    files |= {
        "__MACOSX/anna/._01_gan_math.ipynb": "x",
        "ben/._a.ipynb": "x",
        "ben/hw.ipynb": "b",
        ".hidden.ipynb": "x",
    }
    found = both(tmp_path, files)
    assert [(each.data, each.notes) for each in found] == [(b"a", ()), (b"b", ())]


def test_who_handed_in_a_hidden_file_only_is_not_lost(tmp_path):
    files = {
        "Anna_1_assignsubmission_file_/.ipynb": "a",
        "Ben_2_assignsubmission_file_/01_gan_math.ipynb": "b",
    }
    anna, ben = both(tmp_path, files)
    assert (anna.student, anna.problem) == ("Anna", "The folder holds no notebook (.ipynb).")
    assert ben.data == b"b"


def test_with_a_roster_beside_the_files(tmp_path):
    write(tmp_path, {"anna kowalska.ipynb": "a", "stranger.ipynb": "s"})
    roster = tmp_path / "roster.csv"
    roster.write_text("name,student_id,section\nAnna Kowalska,0042,B\nBen Li,7,A\n")
    anna, ben, stranger = gather(tmp_path, LESSON, roster)
    assert (anna.student, anna.student_id, anna.section, anna.problem) == ("Anna Kowalska", "0042", "B", "")
    assert (ben.student, ben.data, ben.problem) == ("Ben Li", b"", "Nothing was handed in.")
    assert (stranger.student, stranger.notes) == ("stranger", ("It matches nobody on the roster.",))


def test_where_there_is_nothing(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        gather(tmp_path / "nowhere", LESSON)
    with pytest.raises(CourseError, match="holds no notebook"):
        gather(tmp_path, LESSON)
    packed(tmp_path / "moodle.zip", MOODLE)
    with pytest.raises(CourseError, match=r"moodle\.zip: name that file"):
        gather(tmp_path, LESSON)


part = st.sampled_from(
    ["a", "b", "Ünï", "01_gan_math", "x-1", "A_1_assignsubmission_file_", "b_2_3_f", "-", "=1+1"]
)
names = st.tuples(
    st.lists(part, max_size=3), part, st.sampled_from([".ipynb", ".pdf", ".ipynb.txt", ""])
).map(lambda t: "/".join([*t[0], t[1] + t[2]]))


@given(st.dictionaries(names, st.text("xyz", min_size=1, max_size=3), max_size=6))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_zip_and_the_same_tree_unpacked_agree(files):
    if any(other.startswith(name + "/") for name in files for other in files):
        return  # a file cannot be a folder too
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = {"keep.ipynb": "k", **files}
        write(root / "class", files)
        unpacked = gather(root / "class", LESSON)
        assert unpacked == gather(packed(root / "class.zip", files), LESSON)
        assert sum(len(each.data) > 0 for each in unpacked) > 0
