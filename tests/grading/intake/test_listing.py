"""Hostile folders and zips: nothing is followed, nothing leads out, one bad file is one student's problem."""

import os
import socket
import stat
import struct
import zipfile
from contextlib import nullcontext, suppress
from io import BytesIO
from pathlib import Path

import pytest

from course_lib import ROOT, CourseError
from course_lib.grading.intake import listing as module
from course_lib.grading.intake import submissions
from course_lib.grading.intake.entries import Entry
from course_lib.grading.intake.submissions import gather

LESSON = "01_gan_math"


def by_name(path: Path) -> dict:
    return {each.student: each for each in gather(path, LESSON)}


def zipped(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("honest.ipynb", b"honest")
        for name, data in members:
            archive.writestr(name, data)
    return path


def damaged(path: Path, at: bytes, shift: int, value: bytes) -> Path:
    """The zip with some bytes of its last central header overwritten."""
    data = bytearray(path.read_bytes())
    place = data.rindex(at) + shift
    data[place : place + len(value)] = value
    path.write_bytes(data)
    return path


def test_links_pipes_and_devices_in_folders_are_not_opened(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text("secret")
    root = tmp_path / "class"
    (root / "linked").mkdir(parents=True)
    (root / "linked" / "01_gan_math.ipynb").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    (root / "device.ipynb").symlink_to("/dev/zero")
    os.mkfifo(root / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root)  # a socket's path is short
        server.bind("socket.ipynb")
        os.chdir(here)
    (root / "honest.ipynb").write_text("honest")
    (root / "loop").mkdir()
    (root / "loop" / "again").symlink_to(root)
    found = by_name(root)
    assert found.pop("honest").data == b"honest"
    assert all(each.problem and not each.data for each in found.values())
    assert {name: "link" in each.problem for name, each in found.items()} == {
        "linked": True,
        "folder": True,
        "device": True,
        "loop": True,
        "pipe": False,
        "socket": False,
    }


@pytest.mark.parametrize("becomes", ["pipe", "link", "nothing"])
def test_a_file_that_changes_after_it_was_listed(tmp_path, becomes):
    (tmp_path / "a.ipynb").write_text("a")
    with module.listing(tmp_path) as (entry,):
        (tmp_path / "a.ipynb").unlink()
        if becomes == "pipe":
            os.mkfifo(tmp_path / "a.ipynb")
        elif becomes == "link":
            (tmp_path / "a.ipynb").symlink_to("/etc/passwd")
        with pytest.raises(CourseError):
            entry.read()


def test_large_files_are_not_read(tmp_path):
    for name, size in (("huge.ipynb", 10**12), ("over.ipynb", module.MOST_BYTES + 1)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)  # takes no room on the disk
    (tmp_path / "honest.ipynb").write_text("honest")
    found = by_name(tmp_path)
    assert found["honest"].data == b"honest"
    assert found["huge"].problem == found["over"].problem == module.TOO_LARGE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path):
    (tmp_path / "honest.ipynb").write_text("honest")
    (tmp_path / "closed.ipynb").touch(mode=0)
    assert "Permission denied" in by_name(tmp_path)["closed"].problem


def test_strange_names_in_folders(tmp_path):
    for name in (b"caf\xe9.ipynb", b"two\nlines.ipynb", b"\xe2\x80\xaereversed.ipynb", b" space .ipynb"):
        (Path(os.fsdecode(bytes(tmp_path) + b"/" + name))).write_text("x")
    found = gather(tmp_path, LESSON)
    assert len(found) == 4 and all(each.data == b"x" for each in found)
    assert all((each.student + each.file).encode() and "\n" not in each.file for each in found)


def test_who_has_a_good_notebook_keeps_it_whatever_was_put_beside_it(tmp_path):
    mine = "Anna_1_assignsubmission_file_"
    evil = (f"../{mine}/01_gan_math.ipynb", b"evil"), (link(f"{mine}/01_gan_math.ipynb"), b"/etc/passwd")
    found = by_name(zipped(tmp_path / "x.zip", *evil, (f"{mine}/hw.ipynb", b"anna")))["Anna"]
    assert (found.data, found.problem) == (b"anna", "") and "passed over" in found.notes[0]


def test_names_without_end_in_zips(tmp_path):
    names = [
        "a/" * 30_000 + "x.ipynb",
        "-1" * 32_000 + ".ipynb",
        "Ben_1_assignsubmission_file_/" + "x" * 300 + ".ipynb",
    ]
    found = gather(zipped(tmp_path / "x.zip", *((name, b"x") for name in names)), LESSON)
    assert sorted(bool(each.problem) for each in found) == [False, True, True, True]


def link(name: str, mode: int = stat.S_IFLNK | 0o777) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "name", ["../../out/x.ipynb", "/etc/x.ipynb", "..\\out\\x.ipynb", "C:\\out\\x.ipynb", "a/../../x.ipynb"]
)
def test_names_that_lead_out_of_a_zip(tmp_path, name):
    found = by_name(zipped(tmp_path / "x.zip", (name, b"evil")))
    assert found.pop("honest").data == b"honest"
    (evil,) = found.values()
    assert evil.data == b"" and "leads out" in evil.problem and ".." not in evil.file
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_links_and_pipes_in_zips(tmp_path):
    found = by_name(
        zipped(tmp_path / "x.zip", (link("a.ipynb"), b"/etc/passwd"), (link("b.ipynb", stat.S_IFIFO), b""))
    )
    assert found["honest"].data == b"honest"
    assert "link" in found["a"].problem and "pipe" in found["b"].problem


def test_bombs(tmp_path):
    zeros = zipped(tmp_path / "x.zip", ("a.ipynb", bytes(19_000_000)), ("b.ipynb", bytes(21_000_000)))
    found = by_name(zeros)
    assert found["honest"].data == b"honest"
    assert "several hundred times" in found["a"].problem and found["b"].problem == module.TOO_LARGE
    inner = zipped(tmp_path / "inner.zip", ("inner/again.ipynb", bytes(19_000_000))).read_bytes()
    found = by_name(zipped(tmp_path / "y.zip", ("carl/hw.zip", inner), ("dan/hw.zip", zeros.read_bytes())))
    assert found["carl"].data == found["dan"].data == b"honest"  # what is no bomb is read


def test_a_member_that_is_larger_than_it_says(tmp_path):
    path = zipped(tmp_path / "x.zip", ("a.ipynb", b"x" * 1000))
    found = by_name(damaged(path, b"PK\1\2", 24, struct.pack("<I", 10)))
    assert "damaged" in found["a"].problem and found["honest"].data == b"honest"


def test_a_wrong_checksum_an_encrypted_member_and_a_rare_packing(tmp_path):
    path = zipped(tmp_path / "x.zip", ("a.ipynb", b"x" * 1000))
    checksum = damaged(path, b"PK\1\2", 16, b"abcd")
    assert "damaged" in by_name(checksum)["a"].problem
    path = zipped(tmp_path / "x.zip", ("a.ipynb", b"x" * 1000))
    assert "password" in by_name(damaged(path, b"PK\1\2", 8, b"\1"))["a"].problem
    with zipfile.ZipFile(zipped(tmp_path / "x.zip"), "a") as archive:
        archive.writestr("a.ipynb", "x", zipfile.ZIP_LZMA)
    found = by_name(tmp_path / "x.zip")
    assert "packed in a way" in found["a"].problem and found["honest"].data == b"honest"


def test_too_many_members(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_ENTRIES", 5)
    path = zipped(tmp_path / "x.zip", *((f"{number}.ipynb", b"") for number in range(9)))
    with pytest.raises(
        CourseError, match="more than 5 files, the most that are read: grade the class in parts"
    ):
        gather(path, LESSON)


@pytest.mark.parametrize("folder", ["eve", "eve/data", "eve/a/b/c"])
def test_a_crowded_folder_costs_its_student_alone(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_ENTRIES", 40)
    names = [
        "anna/a.ipynb",
        "ben/b.ipynb",
        *(f"{folder}/{number}.txt" for number in range(100)),
        "zoe/z.ipynb",
    ]
    path = zipped(tmp_path / "x.zip", *((name, name.encode()) for name in names))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "class")
    for place in (path, tmp_path / "class"):
        found = by_name(place)
        assert [found[name].data for name in ("anna", "ben", "zoe")] == [
            b"anna/a.ipynb", b"ben/b.ipynb", b"zoe/z.ipynb",
        ]  # fmt: skip
        last = folder.rpartition("/")[2]
        assert (
            found["eve"].problem
            == f"The folder {last} holds more files than are read: hand in the notebook alone."
        )


def test_a_notebook_beside_a_crowded_folder_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_ENTRIES", 40)
    names = ["anna/a.ipynb", *(f"eve/data/{number}.txt" for number in range(100)), "eve/e.ipynb"]
    assert by_name(zipped(tmp_path / "x.zip", *((name, name.encode()) for name in names)))["eve"].data


def test_a_large_class_of_clones_is_not_too_many():
    in_a_clone = [*(ROOT / "course_lib").rglob("*.py"), *(ROOT / "lessons").rglob("*.*")]
    assert 500 * 2 * len(in_a_clone) < module.MOST_ENTRIES  # with tests, data and folders twice as many


def test_an_environment_handed_in_by_mistake_is_not_looked_into(tmp_path):
    files = [f"anna/venv/lib/python3.12/site-packages/nb/{number}.ipynb" for number in range(5)]
    files += ["anna/node_modules/x/y.ipynb", "anna/hw.ipynb"]
    found = by_name(zipped(tmp_path / "x.zip", *((name, name.encode()) for name in files)))["anna"]
    assert (found.data, found.notes) == (b"anna/hw.ipynb", ())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(tmp_path):
    found = by_name(zipped(tmp_path / "x.zip", ("a.ipynb", b"1"), ("a.ipynb", b"2")))
    assert found["a"].data == b"2" and "passed over: a.ipynb" in found["a"].notes[0]


@pytest.mark.parametrize("name", ["Zoë", "Łukasz"])
def test_names_in_utf8_that_are_not_said_to_be(tmp_path, name):
    encoded = name.encode()
    path = zipped(tmp_path / "x.zip", ("@" * len(encoded) + ".ipynb", b"z"))
    path.write_bytes(path.read_bytes().replace(b"@" * len(encoded), encoded))
    assert by_name(path)[name].data == b"z"


def test_names_in_code_page_437(tmp_path):
    path = zipped(tmp_path / "x.zip", ("Zo@.ipynb", b"z"))
    path.write_bytes(path.read_bytes().replace(b"@", b"\x89"))
    assert by_name(path)["Zoë"].data == b"z"


def test_broken_zips(tmp_path):
    whole = zipped(tmp_path / "x.zip").read_bytes()
    for data in (whole[:-30], b"PK\3\4", b"PK", whole[:20] + whole[60:], b"PK" + bytes(1000)):
        (tmp_path / "x.zip").write_bytes(data)
        with pytest.raises(CourseError) as caught:
            gather(tmp_path / "x.zip", LESSON)
        assert "\n" not in str(caught.value)


def test_no_cut_or_changed_byte_of_a_zip_raises_anything_else(tmp_path):
    whole = zipped(tmp_path / "x.zip", ("a/01_gan_math.ipynb", b"x" * 50)).read_bytes()
    path = tmp_path / "y.zip"
    for place in range(len(whole)):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            path.write_bytes(data)
            with suppress(CourseError):
                gather(path, LESSON)


def inner(*members: tuple[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def test_a_zip_that_a_student_handed_in_is_unpacked_by_the_same_rules(tmp_path):
    found = by_name(
        zipped(
            tmp_path / "x.zip",
            (
                "anna/01_gan_math.ipynb.zip",
                inner(("work/01_gan_math.ipynb", b"anna"), ("__MACOSX/._x.ipynb", b"")),
            ),
            ("ben.ZIP", inner(("ben_work.ipynb", b"ben"))),
            ("cy_17_345_hw.zip", inner(("bob_18_346_01_gan_math.ipynb", b"cy"))),
            ("dan/hw.zip", inner(("../../01_gan_math.ipynb", b"evil"), ("hw.ipynb", b"dan"))),
            ("eve/hw.zip", inner(("again.zip", inner(("01_gan_math.ipynb", b"eve"))))),
            ("fay/hw.zip", b"PK\3\4 broken"),
            ("gus/hw.zip", inner(("01_gan_math.ipynb", bytes(19_000_000)))),
            ("hal/hw.zip", inner()),
            ("ivy/01_gan_math.ipynb", b"ivy"),
            ("ivy/old.zip", inner(("01_gan_math.ipynb", b"old"))),
        )
    )
    assert {name: each.data.decode() for name, each in found.items() if each.data} == {
        "honest": "honest", "anna": "anna", "ben": "ben", "cy": "cy", "dan": "dan", "ivy": "ivy",
    }  # fmt: skip
    assert (found["cy"].student_id, found["cy"].platform_id) == ("17", "17")
    assert found["anna"].file == "anna/01_gan_math.ipynb.zip/work/01_gan_math.ipynb"
    assert "unpack again.zip" in found["eve"].problem and "broken zip" in found["fay"].problem
    assert "several hundred times" in found["gus"].problem and "holds no file" in found["hal"].problem
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_the_notebook_itself_goes_before_one_in_a_zip_and_few_zips_are_opened(tmp_path):
    files = {"ben/b.ipynb": b"ben", "ben/a.zip": inner(("a.ipynb", b"zipped"))}
    files |= {f"eve/{number}.zip": inner((f"{number}.ipynb", b"x")) for number in range(9)}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    found = by_name(tmp_path)
    assert found["ben"].data == b"ben" and "passed over: ben/a.zip/a.ipynb" in found["ben"].notes[0]
    assert found["eve"].file == f"eve/{submissions.MOST_ZIPS - 1}.zip/{submissions.MOST_ZIPS - 1}.ipynb"


def test_a_crowded_zip_and_many_broken_notebooks_cost_their_student_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_IN_A_ZIP", 5)
    many = inner(*((f"{number}.ipynb", b"x") for number in range(6)))
    found = by_name(zipped(tmp_path / "x.zip", ("eve/hw.zip", many)))
    assert found["eve"].problem.startswith("hw.zip holds more than 5 files: unpack it")
    read = []
    broken = [
        Entry(("eve", f"{number}.ipynb"), read=lambda number=number: read.append(number) or damage())
        for number in range(50)
    ]
    monkeypatch.setattr(
        submissions, "listing", lambda path: nullcontext([*broken, Entry(("ben", "a.ipynb"))])
    )
    assert by_name(tmp_path)["eve"].problem == "It is damaged." and len(read) == submissions.MOST_TRIED


def damage() -> bytes:
    raise CourseError("It is damaged.")
