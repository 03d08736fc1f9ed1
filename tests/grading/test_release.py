"""A release: complete for students, no answer in it, nothing overwritten, all of it or nothing."""

import os
import stat
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from course_lib import ROOT, CourseError
from course_lib.authoring import student
from course_lib.authoring.lesson import Lesson, find_source, load_lesson, sources
from course_lib.authoring.solutions import solved
from course_lib.authoring.values import MIME
from course_lib.commands.program import main
from course_lib.grading import release
from course_lib.grading.key import Key, load, make
from course_lib.grading.packages import what_is_there
from tests.grading.small_lesson import small_lesson


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(find_source("01"))


@pytest.fixture(scope="module")
def key() -> Key:
    return make(["01"])


@pytest.fixture
def up_to_date(monkeypatch):
    """Whether notebooks are up to date is another test's affair."""
    monkeypatch.setattr(release, "check_built", lambda lesson: [])


def inside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_command_writes_notebook_page_and_key(tmp_path, capsys, up_to_date, lesson):
    out = tmp_path / "new" / "autumn"
    assert main(["release", "01", "01_gan_math", "--out", str(out)]) == 0
    assert files(out) == {
        "students/README.md",
        "students/lessons/01_gan_math.ipynb",
        "private/.gitignore",
        "private/class.key",
    }
    assert inside(out.parent) == ["autumn"], "nothing temporary is left"
    built = ROOT / "lessons" / "01_gan_math.ipynb"
    assert (out / "students/lessons/01_gan_math.ipynb").read_bytes() == built.read_bytes()
    written = load(out / "private" / "class.key")
    assert list(written.lessons) == ["01_gan_math"]
    said, warned = capsys.readouterr()
    assert not warned and written.secret not in said and written.class_seed("01_gan_math") not in said
    assert f"{out / 'private' / 'class.key'}   (key {written.fingerprint})" in said
    assert "course_lib grade 01 SUBMISSIONS --key" in said and "keep it secret" in said.lower()
    students = "".join(path.read_text() for path in (out / "students").rglob("*.*") if path.is_file())
    assert written.secret not in students and written.class_seed("01_gan_math") not in students


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_owner_enters_the_private_folder(tmp_path, up_to_date, lesson, key):
    release.write([lesson], key, tmp_path / "a")
    modes = {name: stat.S_IMODE((tmp_path / "a" / name).stat().st_mode) for name in ("private", "students")}
    assert modes["private"] == 0o700 and modes["students"] & 0o500 == 0o500
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o777 & ~umask
    assert (tmp_path / "a/private/.gitignore").read_text() == "*\n"


def test_the_same_seed_makes_the_same_secret(tmp_path, up_to_date):
    for name in ("a", "b"):
        assert (
            main(["release", "01", "--out", str(tmp_path / name), "--class-seed", "red herons at dusk"]) == 0
        )
    assert len({load(tmp_path / name / "private/class.key").secret for name in ("a", "b")}) == 1


def test_students_are_told_what_is_handed_in(lesson):
    other = load_lesson(find_source("06"))
    page = release.note([lesson, other], False, 12.5)
    assert "| `01_gan_math.ipynb` | 1 (1), 2 (2), 3 (2), 4 (2), 5 (3) | 10 |" in page
    assert "| `06_dcgan.ipynb` |" in page
    assert "12.5 seconds" in page and "2 GB" in page and "without network" in page
    assert len(page.splitlines()) < 60 and "{" not in page


def test_students_are_told_where_the_course_is(monkeypatch, lesson):
    assert "Everything is here" in release.note([lesson], True, 20)
    assert "git clone" not in release.note([lesson], False, 20)
    monkeypatch.setattr(release, "repository", lambda: ("ada/gans", "main"))
    assert "git clone https://github.com/ada/gans.git" in release.note([lesson], False, 20)


def test_with_the_library_it_is_a_course_of_its_own(tmp_path, monkeypatch, up_to_date, lesson, key):
    small = tmp_path / "data"
    small.mkdir()
    (small / "SHA256SUMS").write_text("")
    monkeypatch.setattr(release, "ROOT", _root_with(tmp_path / "root", small))
    release.write([lesson], key, tmp_path / "a", library=True)
    students = tmp_path / "a" / "students"
    assert {
        "course_lib/__main__.py",
        "course_lib/commands/lab.py",
        "data/SHA256SUMS",
        "pyproject.toml",
    } <= files(students)
    assert files(students / "lessons") == {"00_start_here.ipynb", "01_gan_math.ipynb", "LICENSE.md"}
    assert not [
        name
        for name in files(students)
        if {"tests", "source"}.intersection(Path(name).parts) or name.endswith(".pyc")
    ]
    checked = _python(students, "-m", "course_lib", "--version")
    assert checked.returncode == 0, checked.stderr
    program = "from course_lib.commands.lab import *; print(ROOT, (ROOT / FIRST_LESSON).exists())"
    checked = _python(students, "-c", program)
    assert checked.stdout.split() == [str(students.resolve()), "True"], checked.stderr


def _root_with(root: Path, data: Path) -> Path:
    """The course with other data."""
    root.mkdir()
    for name in ("course_lib", "lessons", "pyproject.toml", "requirements.txt", "environment.yml", "LICENSE"):
        (root / name).symlink_to(ROOT / name)
    (root / "data").symlink_to(data)
    return root


def _python(folder: Path, *words: str):
    import subprocess
    import sys

    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_pictures_go_along(tmp_path, monkeypatch, up_to_date, lesson, key):
    lessons = tmp_path / "lessons"
    (lessons / "images").mkdir(parents=True)
    (lessons / "images" / "one.png").write_bytes(b"png")
    (lessons / "images" / "other.png").write_bytes(b"not shown")
    notebook = nbformat.read(ROOT / "lessons" / "01_gan_math.ipynb", as_version=4)
    notebook.cells[0].source += "\n\n![one](images/one.png)"
    nbformat.write(notebook, lessons / "01_gan_math.ipynb")
    monkeypatch.setattr(release, "notebook_path", lambda source: lessons / "01_gan_math.ipynb")
    release.write([lesson], key, tmp_path / "a")
    assert files(tmp_path / "a/students/lessons") == {"01_gan_math.ipynb", "images/one.png"}
    (lessons / "images" / "one.png").unlink()
    with pytest.raises(CourseError, match=r"shows images/one\.png, which is not in"):
        release.write([lesson], key, tmp_path / "b")
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_nothing_is_given_away_by_the_notebooks_as_built(path):
    lesson = load_lesson(path)
    built = nbformat.read(ROOT / "lessons" / f"{path.stem}.ipynb", as_version=4)
    assert release.faults(lesson, built) == []
    teachers = student.solved_notebook(lesson, notes=True)
    assert len(release.faults(lesson, teachers)) >= len(lesson.exercises)


def _solution_in_a_demo(lesson, notebook):
    solution = solved(lesson.exercises["distances"].source).replace("    ### BEGIN SOLUTION\n", "")
    notebook.cells[-1].source = "# a worked example\n" + solution.replace("    ### END SOLUTION", "")


def _solution_in_an_output(lesson, notebook):
    solution = release._solutions(lesson.exercises["distances"].source)[0]
    notebook.cells[2].outputs = [new_output("stream", text="the answer:\n" + solution)]


def _graded_cell(lesson, notebook):
    notebook.cells[-1].source = lesson.having("graded")[1].source


def _graded_role(lesson, notebook):
    notebook.cells[-1].metadata["course"]["role"] = "graded"


def _check_with_output(lesson, notebook):
    check = next(cell for cell in notebook.cells if cell.metadata.course.role == "check")
    check.outputs = [new_output("stream", text="Exercise 1: right.")]


def _markers(lesson, notebook):
    notebook.cells[-1].source += "\n    ### BEGIN SOLUTION"


def _values(lesson, notebook):
    notebook.cells[2].outputs = [new_output("display_data", {MIME: {"value": 1.5}})]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_solution_in_a_demo, "the solution of exercise 2"),
        (_solution_in_an_output, "the solution of exercise 2"),
        (_graded_cell, "the graded cell of line"),
        (_graded_role, "of role graded"),
        (_check_with_output, "the output of 'check-"),
        (_markers, "markers in cell"),
        (_values, "values for the grader"),
    ],
)
def test_what_gives_answers_away_stops_the_release(tmp_path, monkeypatch, key, spoil, named):
    lesson = small_lesson(tmp_path)
    notebook = student.student_notebook(lesson)
    assert release.faults(lesson, notebook) == []
    spoil(lesson, notebook)
    nbformat.write(notebook, tmp_path / "01_small.ipynb")
    monkeypatch.setattr(release, "check_built", lambda lesson: [])
    monkeypatch.setattr(release, "notebook_path", lambda source: tmp_path / "01_small.ipynb")
    with pytest.raises(CourseError, match=named):
        release.write([lesson], key, tmp_path / "a")
    assert not (tmp_path / "a").exists() and not list(tmp_path.glob(".a.*"))


def test_an_old_notebook_is_not_released(tmp_path, lesson, key):
    changed = replace(lesson.cells[-1], kind="code", role="demo", source="print('new')")
    with pytest.raises(CourseError, match="run: python3 -m course_lib build 01"):
        release.write([replace(lesson, cells=(*lesson.cells, changed))], key, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_release_is_never_overwritten(tmp_path, up_to_date, lesson, key):
    release.write([lesson], key, tmp_path / "a")
    before = (tmp_path / "a/private/class.key").read_bytes()
    with pytest.raises(CourseError, match=r"never overwritten.* Name another folder"):
        release.write([lesson], make(["01"]), tmp_path / "a")
    assert (tmp_path / "a/private/class.key").read_bytes() == before
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="never overwritten"):
        release.write([lesson], key, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    release.write([lesson], key, tmp_path / "empty")
    assert (tmp_path / "empty/students/README.md").exists()


def test_the_key_goes_elsewhere_if_told_so(tmp_path, up_to_date, lesson, key):
    there = tmp_path / "my.key"
    assert release.write([lesson], key, tmp_path / "a", key_path=there).key == there
    assert load(there) == key and files(tmp_path / "a/private") == {".gitignore"}
    with pytest.raises(CourseError, match="never overwritten"):
        release.write([lesson], key, tmp_path / "b", key_path=there)
    with pytest.raises(CourseError, match="lies in the release"):
        release.write([lesson], key, tmp_path / "b", key_path=tmp_path / "b" / "students" / "k")
    with pytest.raises(CourseError, match="cannot be written"):
        release.write([lesson], key, tmp_path / "b", key_path=tmp_path / "nowhere" / "k")
    assert load(there) == key and not (tmp_path / "b").exists() and not list(tmp_path.glob(".b.*"))


@pytest.mark.parametrize("place", [ROOT / "data" / "x.key", Path("/usr/share/x.key")])
def test_no_key_where_students_code_can_read(tmp_path, up_to_date, lesson, key, place):
    with pytest.raises(CourseError, match="students' code can read"):
        release.write([lesson], key, tmp_path / "a", key_path=place)
    assert not place.exists() and not (tmp_path / "a").exists()


def test_a_failure_at_the_end_leaves_nothing(tmp_path, monkeypatch, up_to_date, lesson, key):
    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(CourseError, match="No space left"):
        release.write([lesson], key, tmp_path / "a", key_path=tmp_path / "k")
    assert inside(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["99", "--out", "a"], "no lesson is called '99'"),
        (["01", "--out", "a", "--timeout", "0"], "--timeout is a number of seconds above 0"),
        (["01", "--out", "a", "--timeout", "nan"], "--timeout is a number of seconds above 0"),
        (["01", "--out", "a", "--class-seed", " "], "class seed is empty"),
    ],
)
def test_mistakes_are_one_line(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    assert main(["release", *words]) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and inside(tmp_path) == []


def test_the_page_names_the_packages_that_are_there(lesson):
    page = " ".join(release.note([lesson], False, 20).split())
    assert "There is Python" in page and "NumPy" in page and "`course_lib`" in page
    assert ("SciPy" in page) == (find_spec("scipy") is not None)
    assert ("pandas" in page) == (find_spec("pandas") is not None)
    assert "Nothing" not in what_is_there({"numpy": "NumPy", "no_such_package": "Nothing"})
