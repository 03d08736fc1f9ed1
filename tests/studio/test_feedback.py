"""Feedback: what is said comes back, nothing of the person is kept, and no torn line spoils another."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.studio.feedback import Feedback, Thumb

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True).filter(
    lambda name: name not in ("liked", "seed", "version")
)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(-1e9, 1e9),
    st.sampled_from(["faces", "pony tail", "Bär"]),
)
THUMBS = st.builds(
    Thumb,
    st.booleans(),
    st.integers(0, 2**64),
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.none() | st.integers(1),
)


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / "studio" / "feedback.jsonl")


@settings(max_examples=20)
@given(st.lists(THUMBS, max_size=3))
def test_what_was_added_is_read_back(tmp_path_factory, thumbs) -> None:
    kept = Feedback(tmp_path_factory.mktemp("thumbs") / "feedback.jsonl")
    for thumb in thumbs:
        assert kept.add(**thumb._asdict()) == thumb
    assert Feedback(kept.path).read() == thumbs and kept.damaged == []
    assert kept.counts() == {
        "up": sum(thumb.liked for thumb in thumbs),
        "down": sum(not thumb.liked for thumb in thumbs),
        "damaged": 0,
    }


def test_a_line_holds_what_was_said_and_nothing_else(feedback) -> None:
    feedback.add(True, 17, {"kind": "faces", "truncation": np.float32(0.5), "steps": 3.0}, version=2)
    text = feedback.path.read_text("utf-8")
    settings = {"kind": "faces", "truncation": 0.5, "steps": 3}
    assert json.loads(text) == {"liked": True, "seed": 17, "settings": settings, "version": 2}
    assert text.endswith("\n") and text.count("\n") == 1


def test_damaged_lines_are_named_and_the_others_read(feedback) -> None:
    for seed in range(6):
        feedback.add(seed % 2 == 0, seed)
    lines = feedback.path.read_bytes().splitlines()
    lines[1] = lines[1][:9]
    lines[2] = b"\xff\x00"
    lines[3] = lines[3].replace(b'"seed": 3', b'"seed": -3')
    lines[4] = lines[4].replace(b'"liked"', b'"name": "Anna", "liked"')
    feedback.path.write_bytes(b"\n".join(lines) + b"\n" + b"[" * 100_000 + b"\n")
    assert [thumb.seed for thumb in feedback.read()] == [0, 5]
    assert [line.split(": ")[0] for line in feedback.damaged] == [
        f"{feedback.path}, line {number}" for number in (2, 3, 4, 5, 7)
    ]
    assert "seed is what" in feedback.damaged[2] and "nothing else" in feedback.damaged[3]
    assert all("\n" not in line for line in feedback.damaged)
    assert feedback.counts() == {"up": 1, "down": 1, "damaged": 5}


def test_a_torn_last_line_does_not_spoil_the_next(feedback) -> None:
    feedback.add(True, 1)
    feedback.add(True, 2)
    torn = feedback.path.read_bytes()[:-5]
    feedback.path.write_bytes(torn)
    feedback.add(False, 3)
    assert [thumb.seed for thumb in feedback.read()] == [1, 3] and len(feedback.damaged) == 1
    assert feedback.path.read_bytes().startswith(torn + b"\n")


def test_a_full_disk_leaves_the_file_as_it_was(feedback, monkeypatch) -> None:
    feedback.add(True, 1)
    before = feedback.path.read_bytes()
    opened = Path.open

    class Full:
        """A file that takes ten bytes of a line."""

        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

        def __getattr__(self, name):
            return getattr(self.file, name)

        def write(self, line: bytes) -> int:
            return self.file.write(line[:10])

    monkeypatch.setattr(Path, "open", lambda path, *how, **more: Full(opened(path, *how, **more)))
    with pytest.raises(CourseError, match="the disk is full"):
        feedback.add(True, 2)
    monkeypatch.undo()
    assert feedback.path.read_bytes() == before


def test_many_at_once_tear_no_line(feedback) -> None:
    def press(seed: int) -> None:
        for number in range(10):
            feedback.add(True, 1000 * seed + number, {"kind": "faces"})

    threads = [threading.Thread(target=press, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = Feedback(feedback.path)
    assert sorted(thumb.seed for thumb in found.read()) == [1000 * s + n for s in range(4) for n in range(10)]
    assert found.damaged == []


def test_the_export_is_a_table_of_the_whole_lines(feedback, tmp_path) -> None:
    feedback.add(True, 1, {"kind": "Bär", "truncation": 0.5})
    feedback.add(False, 2, {"classy": True}, version=3)
    with feedback.path.open("ab") as file:
        file.write(b"torn")
    assert feedback.export(tmp_path / "thumbs.csv") == 2
    with (tmp_path / "thumbs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"liked": "1", "seed": "1", "version": "", "classy": "", "kind": "Bär", "truncation": "0.5"},
        {"liked": "0", "seed": "2", "version": "3", "classy": "True", "kind": "", "truncation": ""},
    ]
    assert Feedback(tmp_path / "none.jsonl").export(tmp_path / "empty.csv") == 0
    assert (tmp_path / "empty.csv").read_text() == "liked,seed,version\n"


@pytest.mark.parametrize(
    ("said_by_a_person", "said"),
    [
        ({"liked": 1}, "liked is True or False"),
        ({"liked": None}, "liked is True or False"),
        ({"seed": -1}, "seed is what"),
        ({"seed": 1.0}, "seed is what"),
        ({"seed": True}, "seed is what"),
        ({"version": 0}, "version is which"),
        ({"settings": [1]}, "settings are names with values"),
        ({"settings": {f"name{number}": 1 for number in range(41)}}, "settings are names with values"),
        ({"settings": {"my name": 1}}, "A setting's name"),
        ({"settings": {"seed": 1}}, "are taken"),
        ({"settings": {3: 1}}, "A setting's name"),
        ({"settings": {"who": "anna@example.org"}}, "The setting 'who' is a number"),
        ({"settings": {"kind": "a\nb"}}, "The setting 'kind' is a number"),
        ({"settings": {"kind": "=1+1"}}, "The setting 'kind' is a number"),
        ({"settings": {"kind": "x" * 41}}, "The setting 'kind' is a number"),
        ({"settings": {"scale": float("nan")}}, "The setting 'scale' is a number"),
        ({"settings": {"scale": float("inf")}}, "The setting 'scale' is a number"),
        ({"settings": {"scale": 10**400}}, "The setting 'scale' is a number"),
        ({"settings": {"scale": [1]}}, "The setting 'scale' is a number"),
    ],
)
def test_what_does_not_belong_there_is_refused_in_one_line(feedback, said_by_a_person, said) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        feedback.add(**{"liked": True, "seed": 1, **said_by_a_person})
    assert "\n" not in str(raised.value) and not feedback.path.exists()


def test_a_place_where_nothing_can_be_written_is_named(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "feedback.jsonl", "a\0b"):
        with pytest.raises(CourseError, match="Cannot write"):
            Feedback(path).add(True, 1)
    with pytest.raises(CourseError, match="Cannot read"):
        Feedback(tmp_path).read()
    with pytest.raises(CourseError, match="A file for feedback"):
        Feedback(None)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
