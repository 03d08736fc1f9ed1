"""Whose file is it? Copies, numbers and letters of all scripts in plain folders, and nobody lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.grading.intake.entries import Entry
from course_lib.grading.intake.owners import is_work, likeness, owners

LESSON = "01_gan_math"


def names(*files: str) -> list[str]:
    return sorted({owner.name for _, owner in owners([Entry((file,)) for file in files], LESSON)})


@pytest.mark.parametrize(
    "file",
    [
        "Copy of 01_gan_math.ipynb", "01_gan_math (1).ipynb", "01_gan_math(2).ipynb", "01_gan_math-Copy1.ipynb",
        "01_gan_math - Copy.ipynb", "01_gan_math - Copy (2).ipynb", "01_gan_math copy 2.ipynb", "01_GAN_math-1.ipynb",
        "Copy of Copy of 01_gan_math (1).ipynb", "01_gan_math-Copy1 (1)-2.ipynb", "01_gan_math.ipynb.zip",
    ],
)  # fmt: skip
def test_a_copy_is_named_like_the_lesson(file):
    assert likeness(file, LESSON) == 3
    assert likeness(file.lower().replace("01_gan_math", "06_dcgan"), LESSON) < 1


@pytest.mark.parametrize(
    "file",
    [
        "Anna K - 01_gan_math.ipynb", "Copy of Anna K - 01_gan_math.ipynb", "Anna K - Copy of 01_gan_math (1).ipynb",
        "01_gan_math_Anna K-Copy1.ipynb", "Anna K (1).ipynb", "Anna K - Copy.ipynb", "Anna K.ipynb.zip",
    ],
)  # fmt: skip
def test_marks_of_a_copy_are_no_part_of_a_name(file):
    assert names(file, "Ben.ipynb") == ["Anna K", "Ben"]


def test_a_copy_beside_the_original_is_its_owners_and_a_twin_is_not():
    assert names("anna.ipynb", "Copy of anna.ipynb", "anna - Copy.ipynb", "anna.pdf") == ["anna"]
    assert names("anna.ipynb", "anna (1).ipynb") == ["anna", "anna (1)"]  # Drive writes so for two students
    assert len(names("01_gan_math.ipynb", "Copy of 01_gan_math.ipynb", "01_gan_math (1).ipynb")) == 3
    assert names("group-7.ipynb", "group-8.ipynb") == ["group-7", "group-8"]


def test_one_student_an_id():
    files = [
        "kowalskaanna_17_345_a.ipynb",
        "anna_k_LATE_17_346_b-1.ipynb",
        "bo_18_347_a.ipynb",
        "anna_17_text.html",
    ]
    found = owners([Entry((file,)) for file in files], LESSON)
    assert [owner.id for _, owner in found] == ["17", "17", "18", "17"]
    assert len({owner.key for _, owner in found}) == 2


def test_both_plugins_of_moodle_are_one_student():
    paths = [
        ("Zoë_7_assignsubmission_file_", "a.ipynb"),
        ("Zoë_7_assignsubmission_onlinetext_", "onlinetext.html"),
    ]
    assert {owner.key for _, owner in owners([Entry(path) for path in paths], LESSON)} == {
        ("moodle", "Zoë", "7")
    }


name = st.text(st.sampled_from("aZoë字_0179-.() "), min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
ending = st.sampled_from(
    [".ipynb", " (1).ipynb", " - Copy.ipynb", ".zip", ".pdf", "_17_345_01_gan_math.ipynb"]
)


@given(st.lists(st.tuples(name, ending).map("".join), unique=True, max_size=6))
def test_no_work_in_a_plain_folder_is_lost(files):
    found = [entry.label for entry, _ in owners([Entry((file,)) for file in files], LESSON)]
    assert sorted(found) == sorted(file for file in files if is_work(file))
