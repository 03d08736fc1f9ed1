"""Teams: every member has the team's file, nobody else has, and nothing is chosen where there are two."""

from course_lib.grading.intake.submissions import Submission, gather
from tests.grading.intake.test_submissions import LESSON, write

ROSTER = """Identifier,name,student_id,team
Participant 11,Anna K,1001,Red 1
Participant 12,Ben L,1002,Red 1
Participant 13,Cleo M,1003,Blue
Participant 55,Dan N,1004,
"""


def graded(tmp_path, files: dict[str, str]) -> dict[str, Submission]:
    write(tmp_path / "class", files)
    (tmp_path / "roster.csv").write_text(ROSTER)
    return {each.student: each for each in gather(tmp_path / "class", LESSON, tmp_path / "roster.csv")}


def test_a_moodle_folder_of_a_team_is_its_members_and_its_number_nobodys(tmp_path):
    found = graded(tmp_path, {"Red 1_55_assignsubmission_file/01_gan_math.ipynb": "red"})
    assert {name: each.data for name, each in found.items()} == {
        "Anna K": b"red", "Ben L": b"red", "Cleo M": b"", "Dan N": b"",
    }  # fmt: skip
    assert [found[name].platform_id for name in ("Anna K", "Ben L")] == ["11", "12"]
    assert "the team Red 1" in found["Ben L"].notes[-1] and found["Dan N"].problem == "Nothing was handed in."


def test_canvas_names_a_team_and_the_number_is_one_members(tmp_path):
    found = graded(tmp_path, {"red1_LATE_1004_99_01_gan_math.ipynb": "red"})
    assert {name for name, each in found.items() if each.data} == {"Anna K", "Ben L"}
    assert found["Anna K"].late and {each.platform_id for each in found.values()} == {""}


def test_one_member_hands_in_for_all_and_who_has_a_file_keeps_it(tmp_path):
    found = graded(tmp_path, {"anna k.ipynb": "anna"})
    assert found["Ben L"].data == b"anna" and not found["Anna K"].notes
    found = graded(tmp_path, {"Ben L.ipynb": "ben"})
    assert (found["Anna K"].data, found["Ben L"].data) == (b"anna", b"ben")


def test_of_two_files_of_a_team_none_is_chosen(tmp_path):
    found = graded(tmp_path, {"red 1/01_gan_math.ipynb": "red", "ben l.ipynb": "ben"})
    assert found["Ben L"].data == b"ben"
    assert found["Anna K"].problem.startswith("Several files may be those of the team Red 1 (")
    assert found["red 1"].data == b"red" and "nobody" in found["red 1"].notes[-1]
