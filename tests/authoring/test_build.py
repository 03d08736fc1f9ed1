"""Building: outputs of the solved notebook in the student's, nothing changed by a second build, tampering found."""

import nbformat
import pytest

from course_lib import CourseError
from course_lib.authoring import build as building
from course_lib.authoring.build import build, build_solutions, check_built, digests, library_of, notebook_path
from course_lib.authoring.execute import CellFailed
from course_lib.authoring.lesson import load_lesson


@pytest.fixture(scope="module")
def first_build(tmp_path_factory, small_text) -> bytes:
    """The small lesson, built once for this file."""
    path = tmp_path_factory.mktemp("course") / "lessons" / "source" / "90_small.py"
    path.parent.mkdir(parents=True)
    path.write_text(small_text)
    assert build(load_lesson(path)) is True
    return notebook_path(path).read_bytes()


@pytest.fixture
def built(small_lesson, first_build):
    path = notebook_path(small_lesson.path)
    path.write_bytes(first_build)
    return path


def read(path) -> dict:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return {cell.id: cell for cell in notebook.cells}


def test_a_build_has_outputs_where_they_give_nothing_away(built, small_lesson):
    cells = read(built)
    assert cells["demo-doubling"].outputs[0].text == "two doubled is 4\n"
    assert cells["demo-doubling"].execution_count
    for silent in ("double", "check-double", "quadruple", "check-quadruple", "spoiler-repair"):
        assert cells[silent].outputs == [] and cells[silent].execution_count is None
    assert check_built(small_lesson) == []
    assert [path.name for path in built.parent.iterdir() if path.is_file()] == ["90_small.ipynb"]


def test_a_second_build_changes_nothing(built, small_lesson):
    before = built.read_bytes()
    assert build(small_lesson) is False, "nothing to execute"
    assert built.read_bytes() == before
    built.unlink()
    assert build(small_lesson) is True
    assert built.read_bytes() == before, "executed again, byte for byte the same"


def test_text_is_mended_without_executing(built, small_text, write_source):
    # a new cell before the demo moves the ids, and the demo keeps its output all the same
    edited = small_text.replace("# ## Doubling", "# ## Twice").replace("# Ten minutes.", "# Twelve minutes.")
    lesson = load_lesson(write_source(edited))
    assert "is not what the source gives" in check_built(lesson)[0]
    assert build(lesson) is False
    assert read(built)["demo-twice"].outputs[0].text == "two doubled is 4\n"
    assert check_built(lesson) == []


def test_changed_code_is_executed_again(built, small_text, write_source):
    lesson = load_lesson(write_source(small_text.replace("2 * 2)", "2 + 2 + 0)")))
    (problem,) = check_built(lesson)
    assert "90_small.ipynb: its outputs are older than the lesson's code; run" in problem
    assert "python3 -m course_lib build 90" in problem
    assert build(lesson) is True
    assert check_built(lesson) == []


TAMPERING = {
    "source": lambda nb: nb.cells[4].update(source="print(5)"),
    "stub": lambda nb: next(c for c in nb.cells if c.id == "double").update(source="# Exercise 1"),
    "metadata": lambda nb: next(c for c in nb.cells if c.id == "double").metadata.nbgrader.update(
        locked=True
    ),
    "id": lambda nb: nb.cells[4].update(id="another"),
    "cell type": lambda nb: nb.cells.__setitem__(3, nbformat.v4.new_markdown_cell("x", id=nb.cells[3].id)),
    "order": lambda nb: nb.cells.reverse(),
    "a cell more": lambda nb: nb.cells.append(nbformat.v4.new_code_cell("1")),
    "notebook metadata": lambda nb: nb.metadata.update(author="x"),
    "kernel": lambda nb: nb.metadata.kernelspec.update(name="julia"),
    "output of a check": lambda nb: next(c for c in nb.cells if c.id == "check-double").update(
        outputs=[nbformat.v4.new_output("stream", text="Exercise 1: right.")]
    ),
    "a cell less": lambda nb: nb.cells.pop(),
}


def test_tampering_is_found(built, small_lesson):
    original = built.read_text()
    for how, tamper in TAMPERING.items():
        notebook = nbformat.reads(original, as_version=4)
        tamper(notebook)
        built.write_text(nbformat.writes(notebook))
        changed = built.read_bytes()
        (problem,) = check_built(small_lesson)
        assert "is not what the source gives; run: python3 -m course_lib build 90" in problem, how
        assert built.read_bytes() == changed, "a check changes nothing"
    assert build(small_lesson) is True, "outputs of a notebook whose code was changed are not trusted"
    assert built.read_text() == original


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"cells": 3}', "\x00"])
def test_what_is_no_built_notebook(content, small_lesson):
    path = notebook_path(small_lesson.path)
    if content is not None:
        path.write_text(content)
    (problem,) = check_built(small_lesson)
    assert "missing, or not a notebook that was built here" in problem


def test_a_failing_lesson_leaves_the_old_notebook(built, small_text, write_source):
    before = built.read_bytes()
    lesson = load_lesson(write_source(small_text.replace('print("two doubled is", 2 * 2)', "1 / 0")))
    with pytest.raises(CellFailed, match=r"demo-doubling.*ZeroDivisionError"):
        build(lesson)
    assert built.read_bytes() == before


def test_solutions_have_answers_notes_and_outputs(small_lesson, tmp_path):
    cells = read(build_solutions(small_lesson, tmp_path / "a" / "b"))
    assert "return 2 * x" in cells["double"].source
    assert cells["check-quadruple"].outputs[0].text == "Exercise 2: right.\n"
    assert cells["spoiler-repair"].outputs[0].text == "double is 2 * x\n"
    assert cells["notes-for-teachers"].source.startswith("## For teachers")
    assert cells["notes-for-teachers-2"].outputs[0].text == "a teacher's cell\n"
    assert not notebook_path(small_lesson.path).exists()


def test_too_large_a_notebook_names_its_biggest_output(small_text, write_source):
    lesson = load_lesson(write_source(small_text.replace("2 * 2)", "'x' * 1_100_000)")))
    with pytest.raises(
        CourseError, match=r"90_small.ipynb: 1.1 MB, more than 1; .* cell 'demo-doubling', 1.1 MB"
    ):
        build(lesson)
    assert not notebook_path(lesson.path).exists()


def test_an_interrupted_write_leaves_the_old_file(built, small_lesson, monkeypatch):
    before = built.read_bytes()
    monkeypatch.setattr(building.Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build(small_lesson)
    assert built.read_bytes() == before
    assert sorted(path.name for path in built.parent.iterdir()) == ["90_small.ipynb", "source"]


def test_the_digest_covers_what_decides_the_outputs(small_lesson, small_text, write_source):
    def digest_of(old: str, new: str) -> dict[str, str]:
        assert old in small_text
        return digests(load_lesson(write_source(small_text.replace(old, new))))

    before = digests(small_lesson)
    assert digest_of("What it is about.", "Something else.") == before
    assert digest_of('print("a teacher\'s cell")', "pass") == before
    assert digest_of("random.uniform(0, 1000)", "random.uniform(0, 999)") == before
    assert digest_of("# if x > 0:", "# if x > 1:") == before
    assert digest_of("return 2 * x", "return x + x") != before
    assert digest_of("import math", "import math, os") != before
    more = digest_of("import math", "from course_lib import datasets")
    assert {"course_lib/datasets/__init__.py", "course_lib/datasets/images.py"} <= more.keys() - before.keys()


@pytest.fixture
def reads_data(small_text, write_source):
    """A lesson that opens two data files: by the library, as text, and by a path of its own, with a library's help."""
    code = (
        "import numpy as np\nfrom course_lib import ROOT\nfrom course_lib.datasets.bundled import read_verified\n"
        "emoji = read_verified('emoji/emoji.csv')\n"
        "sizes = np.genfromtxt(ROOT / 'data' / 'dcgan_sizes.csv', delimiter=',')\n"
    )
    lesson = load_lesson(write_source(small_text.replace("import math\n", f"import math\n{code}", 1)))
    assert build(lesson) is True
    return lesson


def test_only_the_data_that_a_lesson_opened_make_its_outputs_old(reads_data, monkeypatch):
    notebook = nbformat.read(notebook_path(reads_data.path), as_version=4)
    opened = {name for name in notebook.metadata.course.digests if name.startswith("data/")}
    assert opened == {"data/emoji/emoji.csv", "data/dcgan_sizes.csv"}
    assert check_built(reads_data) == []

    sums = building.checksums()
    others = dict.fromkeys(set(sums) - {"emoji/emoji.csv", "dcgan_sizes.csv"}, "0" * 64)
    monkeypatch.setattr(building, "checksums", lambda: sums | others | {"a_new/data_set.csv": "1" * 64})
    assert check_built(reads_data) == []
    assert build(reads_data) is False
    for name in ("emoji/emoji.csv", "dcgan_sizes.csv"):
        monkeypatch.setattr(building, "checksums", lambda name=name: sums | {name: "0" * 64})
        (problem,) = check_built(reads_data)
        assert f"older than data/{name}; run" in problem
    monkeypatch.setattr(
        building, "checksums", lambda: {k: v for k, v in sums.items() if k != "dcgan_sizes.csv"}
    )
    assert "older than data/dcgan_sizes.csv" in check_built(reads_data)[0]


def test_a_changed_library_is_named(built, small_lesson):
    notebook = nbformat.read(built, as_version=4)
    notebook.metadata.course.digests["course_lib/checks/instant.py"] = "0"
    nbformat.write(notebook, built)
    (problem,) = check_built(small_lesson)
    assert "older than course_lib/checks/instant.py; run" in problem
    assert build(small_lesson) is True


def test_the_library_is_what_the_lesson_imports_and_no_more():
    def names(code: str) -> set[str]:
        return {path.name for path in library_of(code)}

    assert names("import numpy\n%load_ext x\n!ls\n") == set()
    assert names("from course_lib.checks import check") == {
        "__init__.py", "comparing.py", "copies.py", "instant.py", "packed.py",
    }  # fmt: skip
    assert {"figures.py", "pictures.py"} <= names("def f():\n    from course_lib import plots")
    assert "build.py" not in names("from course_lib import plots, datasets, checks")
