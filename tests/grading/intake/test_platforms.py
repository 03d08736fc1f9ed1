"""Names that Moodle and Canvas give: for any student and file, whose it was comes back, or no number at all."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.grading.intake.platforms import canvas, moodle

NUMBER = st.integers(1, 10**8)
WORD = st.text(st.sampled_from("abü_LATE 0179-,.'🙂"), max_size=12)
FILE = st.text(st.sampled_from("abL_0123.- ()🙂"), min_size=1, max_size=20).map(lambda stem: f"{stem}.ipynb")


def as_canvas(name: str, number: int, attachment: int, file: str, late: bool) -> str:
    """The name that Canvas gives, by its source (lib/content_zipper.rb)."""
    name = re.sub(r"^(\d+)$", r"\1", re.sub(r"_(\d+)_", r"\1", name)).lower()
    before = "_".join([name, *(["LATE"] if late else []), str(number)])
    before, file = re.sub(r"[^\w]", "", before), re.sub(r"[/:*?<>|]+", "_", file)
    return f"{before}_{attachment}_{file}"


def as_moodle(name: str, number: int, plugin: str) -> str:
    """The folder that Moodle makes (mod/assign/classes/downloader.php)."""
    return f"{name.replace('_', ' ')}_{number}_assignsubmission_{plugin}"


def brief(file: str) -> tuple:
    (owner,) = canvas([file]).values()
    return owner.name, owner.id, owner.late, owner.attachment, owner.file


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("kowalskaanna_12345_67890_01_gan_math.ipynb", ("kowalskaanna", "12345", False, 67890, "01_gan_math.ipynb")),
        ("de_la_cruz_LATE_7_99_hw-1.ipynb", ("de_la_cruz", "7", True, 99, "hw-1.ipynb")),
        ("chocoLATE_7_99_hw.ipynb", ("chocoLATE", "7", False, 99, "hw.ipynb")),
        ("x_late_7_99_LATE_8_98_hw.ipynb", ("x_late", "7", False, 99, "LATE_8_98_hw.ipynb")),
        ("student_1_345_67899_01_gan_math.ipynb", ("student_1", "345", False, 67899, "01_gan_math.ipynb")),
        ("12_345_678_hw.ipynb", ("12", "345", False, 678, "hw.ipynb")),
        ("_345_678_hw.ipynb", ("student 345", "345", False, 678, "hw.ipynb")),
        ("anon_x5d8f_678_01_gan_math.ipynb", ("anonx5d8f", "", False, 678, "01_gan_math.ipynb")),
        ("LATE_anon_12345_678_2_hw.ipynb", ("anon12345", "", True, 678, "2_hw.ipynb")),
        ("anon_12345_text.html", ("anon12345", "", False, 0, "text.html")),
    ],
)  # fmt: skip
def test_canvas_names(file, expected):
    owner = canvas([file, "bo_222_55555_a.ipynb"])[file]
    assert (owner.name, owner.id, owner.late, owner.attachment, owner.file) == expected


def test_what_two_readings_mean_is_decided_by_the_other_files_or_not_at_all():
    assert brief("student_1_345_678_hw.ipynb")[:2] == ("student_1_345", "")
    twice = canvas(["anna_17_345_2_hw.ipynb", "ben_18_346_2_hw.ipynb"])
    assert [owner.id for owner in twice.values()] == ["17", "18"]  # 2 would be an attachment of both


def test_texts_and_links_are_their_students():
    found = canvas(["anna_17_345_hw.ipynb", "anna_17_text.html", "bo_LATE_18_link.html", "my_5_text.htm"])
    assert [(owner.key, owner.late) for owner in found.values()] == [
        (("canvas", "17"), False), (("canvas", "17"), False), (("canvas", "18"), True),
    ]  # fmt: skip
    assert canvas(["a_5_text.html"]) == {}  # alone, it need not be from Canvas


@given(WORD, NUMBER, st.integers(10**9, 10**10 - 1), FILE, st.booleans())
def test_canvas_gives_back_whose_it_was_or_no_number(name, number, attachment, file, late):
    top = as_canvas(name, number, attachment, file, late)
    before = top.removesuffix(f"_{attachment}_{file}").removesuffix(f"_{number}")
    assume(not re.search(r"_\d+_", before) and not before.endswith("LATE_LATE"))
    for others in ([], ["settled_1_1234567890_a.ipynb"]):
        owner = canvas([top, *others])[top]
        assert owner.id in ("", str(number))
        if owner.id:
            assert (owner.attachment, owner.file, owner.late) == (attachment, file, late)
        assert owner.id or not others or file[0] in "123"


@given(WORD.filter(str.strip), NUMBER, st.sampled_from(["file", "file_", "onlinetext", "onlinetext_"]), FILE)
def test_moodle_gives_back_whose_it_was(name, number, plugin, file):
    folder = moodle(as_moodle(name, number, plugin))
    assert (folder.name, folder.id) == (name.replace("_", " "), str(number))
    flat = moodle(as_moodle(name, number, plugin.rstrip("_")) + "_" + file)
    assert flat.key == folder.key and flat.file == file


@pytest.mark.parametrize(
    ("folder", "name", "number"),
    [
        ("Participant 123_456_assignsubmission_file_", "Participant 123", "456"),
        ("Red 1_55_assignsubmission_file", "Red 1", "55"),
        ("Group A-Anna Maria-Li_7_assignsubmission_file_", "Group A-Anna Maria-Li", "7"),
        ("Default group_assignsubmission_file", "Default group", ""),
        ("anna_k_9_assignsubmission_onlinetext", "anna_k", "9"),
    ],
)
def test_moodle_folders(folder, name, number):
    assert (moodle(folder).name, moodle(folder).id) == (name, number)


@pytest.mark.parametrize(
    "name", ["Anna_17", "Anna_17_file.ipynb", "_assignsubmission_", "17_assignment_file"]
)
def test_what_no_platform_wrote(name):
    assert moodle(name) is None and canvas([name]) == {}
