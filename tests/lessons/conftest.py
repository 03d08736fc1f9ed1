"""What the tests of the lessons share: which lessons there are, their answers, and nbval run on a notebook.

Answers are for tests only: `answers/NN_topic.py` holds, by grade_id,

    RIGHT = {"kl_divergence": "def kl_divergence(p, q): ..."}    another algorithm than the lesson's solution
    WRONG = {"kl_divergence": [("def kl_divergence(p, q): ...", "fragment of the hint"), ...]}

as sources of the exercise's cell. The fragment is part of what the check under the exercise prints. Right answers of
other kinds, which students gave, may stand beside the first:

    ALSO_RIGHT = {"kl_divergence": ["def kl_divergence(p, q): ..."]}
"""

from __future__ import annotations

import io
import os
import runpy
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest

from course_lib import ROOT, CourseError
from course_lib.authoring.assemble import assemble, graded_cells
from course_lib.authoring.build import library_of, notebook_path
from course_lib.authoring.execute import execute, peak_memory
from course_lib.authoring.lesson import Lesson, find_source, load_lesson, sources
from course_lib.authoring.solutions import solved

CLASSES = ("a class", "another class")
CELL_TIMEOUT = (
    600  # seconds; with three processes on two cores a cell that trains for a minute has taken four
)

SHORT_RUNS = ("00", "01", "02", "03", "04", "05", "10")
"""These run as shipped in `test --no-long`, too; each of the others takes minutes there, four of them five to eleven.
Without that run it still sees that nothing in them and in what they import has changed since `build` executed them,
and tries their exercises. Lesson 10's tests read what it prints."""


@cache
def lesson_at(path: Path) -> Lesson:
    return load_lesson(path)


def code_of(lesson: Lesson) -> str:
    """All its code cells, one below the other."""
    return "\n".join(cell.source for cell in lesson.cells if cell.kind == "code")


def imports_keras(path: Path) -> bool:
    """True if the lesson, or a module it imports, imports Keras or TensorFlow: its kernel takes seconds to start."""
    try:
        code = code_of(lesson_at(path))
    except CourseError:
        return False  # the lesson's own test says what is wrong
    texts = [each.read_text(encoding="utf-8") for each in library_of(code)]
    heavy = ("import keras", "from keras", "import tensorflow", "from tensorflow")
    return any(line.startswith(heavy) for text in [code, *texts] for line in text.splitlines())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`source` runs over all lessons; tests with a kernel are slow where Keras is imported, some of them long."""
    if "source" not in metafunc.fixturenames:
        return
    asked = set(metafunc.fixturenames)

    def marks(path: Path) -> list[pytest.MarkDecorator]:
        starts_kernel = {"as_shipped", "nbval", "references"} & asked
        slow = [pytest.mark.slow] if starts_kernel and imports_keras(path) else []
        return slow + [pytest.mark.long] * ("as_shipped" in asked and not path.stem.startswith(SHORT_RUNS))

    metafunc.parametrize(
        "source", [pytest.param(path, id=path.stem, marks=marks(path)) for path in sources()]
    )


@pytest.fixture
def lesson(source: Path) -> Lesson:
    return lesson_at(source)


@pytest.fixture
def answers(source: Path) -> tuple[dict, dict]:
    """RIGHT and WRONG of the lesson, empty where it has no exercise."""
    module = answers_of(source)
    return module.get("RIGHT", {}), module.get("WRONG", {})


@pytest.fixture
def also_right(source: Path) -> dict[str, list[str]]:
    """ALSO_RIGHT of the lesson, empty where it has none."""
    return answers_of(source).get("ALSO_RIGHT", {})


def answers_of(source: Path) -> dict:
    path = Path(__file__).parent / "answers" / f"{source.stem}.py"
    return runpy.run_path(str(path)) if path.exists() else {}


@pytest.fixture
def kernel_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """nbval's kernels inherit ours."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    )
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("MPLBACKEND", raising=False)


@dataclass
class Ran:
    """One code cell as nbval saw it: did it pass, what did it print, the failure's text, the kernel's peak in bytes.

    red: what went to stderr, which notebooks show in red.
    """

    passed: bool
    printed: str
    red: str
    failure: str
    peak_memory: int | None


class Recorder:
    """A pytest plugin that keeps the outcome of every cell."""

    def __init__(self) -> None:
        self.cells: list[Ran] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        report = (yield).get_result()
        if report.when == "call" or report.failed:
            outputs = getattr(item, "test_outputs", None) or []
            printed = "".join(output.get("text", "") for output in outputs)
            red = "".join(output["text"] for output in outputs if output.get("name") == "stderr")
            peak = peak_memory(item.parent.kernel.km)
            self.cells.append(Ran(report.passed, printed, red, str(report.longrepr or ""), peak))


def run_by_nbval(path: Path, *arguments: str) -> list[Ran]:
    """Run nbval on a notebook, in this process, and give its code cells in order."""
    recorder, said = Recorder(), io.StringIO()
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        f"--rootdir={path.parent}",
        "--noconftest",
    ]
    options += ["--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}", "--color=no"]
    with pytest.MonkeyPatch.context() as environment, redirect_stdout(said):
        # nbval's kernels inherit our environment
        environment.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
        environment.delenv("MPLBACKEND", raising=False)
        environment.delenv("PYTEST_ADDOPTS", raising=False)
        pytest.main([*options, *arguments, str(path)], plugins=[recorder])
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(recorder.cells) == len(code), said.getvalue()
    return recorder.cells


@pytest.fixture
def nbval() -> Callable[..., list[Ran]]:
    """To ask for it is to say that a test starts a kernel."""
    return run_by_nbval


@cache
def run_as_shipped(name: str) -> list[Ran]:
    """The code cells of a lesson's notebook as it lies in the repository, run once for all tests that look at them."""
    return run_by_nbval(notebook_path(find_source(name)), "--nbval-lax")


@pytest.fixture
def as_shipped(source: Path) -> list[Ran]:
    """The code cells of that run."""
    return run_as_shipped(source.stem[:2])


def printed_with_stubs(name: str) -> str:
    """All that a lesson prints for a student, spoilers too, whose output the built notebook does not keep."""
    return "".join(cell.printed for cell in run_as_shipped(name))


def printed_by(notebook: nbformat.NotebookNode) -> str:
    """All that the cells of a notebook have printed."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return "".join(output.text for cell in cells for output in cell.outputs if output.output_type == "stream")


@cache
def references_of(lesson: Lesson) -> list[list[nbformat.NotebookNode]]:
    """Our solutions' graded cells, executed for both classes in one kernel."""
    solutions = {grade_id: solved(cell.source) for grade_id, cell in lesson.exercises.items()}
    sheets = [graded_cells(lesson, solutions, class_seed) for class_seed in CLASSES]
    notebook = assemble(lesson, {}, "", only=[])
    notebook.cells += [cell for cells in sheets for cell in cells]
    execute(notebook, name=lesson.name)
    return sheets


@pytest.fixture
def references(lesson: Lesson) -> list[list[nbformat.NotebookNode]]:
    return references_of(lesson)
