"""The key of a class: secret, reproducible from a seed, never overwritten, and clear about what is wrong with it."""

import json
import os
import re
import stat
from dataclasses import replace

import pytest

from course_lib import CourseError
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.grading import key as key_module
from course_lib.grading.key import Key, LessonKey, load, make

LESSON = "01_gan_math"


@pytest.fixture(scope="module")
def drawn() -> Key:
    return make(["01"])


def test_holds_points_and_digest_of_each_lesson_once(drawn):
    lesson = load_lesson(find_source("01"))
    assert drawn.lessons == {LESSON: LessonKey(lesson.points, key_module.digest_of(lesson))}
    assert list(make(["06", "1", LESSON]).lessons) == [LESSON, load_lesson(find_source("06")).name]


def test_digest_sees_what_decides_the_points_and_no_prose(drawn):
    lesson = load_lesson(find_source("01"))
    graded = lesson.having("graded")[0]
    prose = lesson.having("text")[0]

    def digest(old, **changes):
        cells = [replace(cell, **changes) if cell is old else cell for cell in lesson.cells]
        return key_module.digest_of(replace(lesson, cells=tuple(cells)))

    assert digest(prose, source="other words") == drawn.lessons[LESSON].digest
    assert digest(graded, points=graded.points + 1) != drawn.lessons[LESSON].digest
    assert digest(graded, source=graded.source + "\n# x") != drawn.lessons[LESSON].digest


def test_secret_is_drawn_each_time_or_comes_from_the_seed(drawn):
    assert make(["01"]).secret != drawn.secret
    seeded = make(["01"], "a sentence of my own")
    assert seeded.secret == make(["06"], "a sentence of my own").secret
    assert seeded.secret not in (drawn.secret, make(["01"], "a sentence of my own ").secret)
    assert re.fullmatch("[0-9a-f]{64}", seeded.secret)


def test_class_seed_differs_by_lesson_and_by_secret(drawn):
    other = make(["01"], "x")
    seeds = [key.class_seed(name) for key in (drawn, other) for name in ("01_gan_math", "02_gradients")]
    assert len(set(seeds)) == 4
    assert drawn.class_seed(LESSON) == seeds[0]
    assert all(key.secret not in seeds and key.fingerprint not in "".join(seeds) for key in (drawn, other))


def test_class_seed_stays_what_it_was():
    """A class that was released with an older version must be graded on the same inputs."""
    key = Key("ab" * 32, "0.1.0", "2026-09-01", {})
    assert key.class_seed(LESSON)[:16] == "3efe04f74787ada2"
    assert key.fingerprint == "e26a61e64b17"
    assert make(["01"], "seed").secret[:16] == "139819f25d13843c"


def test_nothing_that_is_printed_gives_the_secret_away(drawn):
    assert drawn.secret not in repr(drawn) + drawn.fingerprint
    assert re.fullmatch("[0-9a-f]{12}", drawn.fingerprint)


def test_makes_no_key_for_nothing():
    for names, seed, says in (([], None, "at least one"), (["01"], " ", "empty"), (["77"], None, "77")):
        with pytest.raises(CourseError, match=says):
            make(names, seed)


def test_saved_for_the_owner_alone_and_read_back(drawn, tmp_path, capsys):
    path = tmp_path / "class.key"
    before = os.umask(0)
    try:
        drawn.save(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load(path) == drawn
    assert list(tmp_path.iterdir()) == [path]
    assert capsys.readouterr().err == ""


def fails(*_):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("links", [True, False])
def test_never_overwrites(drawn, tmp_path, links, monkeypatch):
    if not links:
        monkeypatch.setattr("pathlib.Path.hardlink_to", fails)
    path = tmp_path / "class.key"
    drawn.save(path)
    content = path.read_bytes()
    with pytest.raises(CourseError, match="never overwritten"):
        make(["01"]).save(path)
    assert path.read_bytes() == content
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CourseError, match="never overwritten"):
        drawn.save(tmp_path / "dangling")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["class.key", "dangling"]


def test_not_overwritten_even_if_it_appears_meanwhile(drawn, tmp_path, monkeypatch):
    path = tmp_path / "class.key"
    monkeypatch.setattr("os.fsync", lambda _: path.write_text("another process's"))
    with pytest.raises(CourseError, match="never overwritten"):
        drawn.save(path)
    assert path.read_text() == "another process's"


def test_failed_writing_leaves_nothing(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(CourseError, match="No space left"):
        drawn.save(tmp_path / "class.key")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CourseError, match="cannot be written"):
        drawn.save(tmp_path / "missing" / "class.key")


def one_line(path) -> str:
    with pytest.raises(CourseError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message and str(path) in message
    return message


def test_missing_or_no_file(tmp_path):
    assert "no key" in one_line(tmp_path / "class.key")
    assert "no file" in one_line(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "no file" in one_line(tmp_path / "pipe")


FOREIGN = [b"", b"{", b"\xff\xfe\x00", b"[]", b"{}", b"-----BEGIN KEY-----", b"[" * 100_000, b" " * 2_000_000]


@pytest.mark.parametrize("content", FOREIGN, ids=range(len(FOREIGN)))
def test_foreign_file(tmp_path, content):
    path = tmp_path / "class.key"
    path.write_bytes(content)
    assert "no key of a class" in one_line(path)


@pytest.mark.parametrize(
    "change",
    [
        {"secret": "ab"},
        {"secret": None},
        {"secret": "AB" * 32},
        {"lessons": {}},
        {"lessons": []},
        {"lessons": {LESSON: {"points": {"x": "2"}, "digest": "d"}}},
        {"lessons": {LESSON: {"points": {"x": float("nan")}, "digest": "d"}}},
        {"lessons": {LESSON: {"points": {"x": True}, "digest": "d"}}},
        {"lessons": {LESSON: {"points": [1], "digest": "d"}}},
        {"lessons": {LESSON: {"points": {}, "digest": 3}}},
        {"lessons": {LESSON: None}},
        {"made": 3},
        {"format": "1"},
        {"format": 2},
    ],
    ids=str,
)
def test_damaged_or_newer(drawn, tmp_path, change):
    path = tmp_path / "class.key"
    drawn.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert ("newer version" if change == {"format": 2} else "damaged") in one_line(path)


def test_every_truncation_is_noticed(drawn, tmp_path):
    path = tmp_path / "class.key"
    drawn.save(path)
    content = path.read_bytes()
    for length in range(0, len(content.rstrip()), 7):
        path.write_bytes(content[:length])
        one_line(path)


@pytest.mark.parametrize("mode", [0o644, 0o640])
def test_readable_by_others_is_a_warning(drawn, tmp_path, capsys, mode):
    path = tmp_path / "class.key"
    drawn.save(path)
    path.chmod(mode)
    assert load(path) == drawn
    assert capsys.readouterr().err == f"warning: others on this computer can read the key: chmod 600 {path}\n"
