"""Every lesson's exercises: right answers earn all points, stubs and the usual wrong answers none.

The gradable notebook is the one grading assembles. To start few kernels, many sets of answers ("sheets") run in
one notebook, one after the other; nbval compares the published values with those of our own solutions.
"""

from __future__ import annotations

import ast
import inspect
import io
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from course_lib.authoring.assemble import assemble, graded_cells, inputs_of
from course_lib.authoring.execute import execute
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import solved, stub
from course_lib.authoring.student import check_source
from course_lib.authoring.values import all_agree, published
from course_lib.grading.running.nbval_plugin import expect
from course_lib.grading.sandbox.wrapping import ROOMS
from tests.library_files import files_of, module_name

CLASS = "a class"  # the first of the two classes in conftest.py
MORE_CLASSES = tuple(f"class {number}" for number in range(4))
HEAVY = ("keras", "tensorflow", "tf.", "matplotlib")
TESTERS = ("checks", "__init__.py")  # they call a student's function, and are none


def test_the_points_are_ten(lesson: Lesson):
    if lesson.exercises:
        assert sum(lesson.points.values()) == 10


def test_every_exercise_has_a_check_and_answers(lesson: Lesson, answers):
    right, wrong = answers
    checked = {cell.grade_id for cell in lesson.having("check")}
    for grade_id in lesson.exercises:
        assert grade_id in checked, f"{grade_id} has no check"
        assert grade_id in right, f"{grade_id} has no independent right answer"
        assert len(wrong.get(grade_id, [])) >= 2, f"{grade_id} needs two usual wrong answers"
        assert all(len(fragment) > 8 for _, fragment in wrong[grade_id])
    assert right.keys() | wrong.keys() <= lesson.exercises.keys()


def test_a_right_answer_is_independent(lesson: Lesson, answers):
    def tree(source: str) -> str:
        return ast.dump(ast.parse(source))

    for grade_id, source in answers[0].items():
        assert tree(source) != tree(solved(lesson.exercises[grade_id].source)), grade_id


def test_two_classes_expect_different_values(lesson: Lesson, references):
    for cell, other in zip(*references, strict=True):
        if cell.metadata.course.role == "graded":
            one, two = published(cell.outputs), published(other.outputs)
            assert one and not all_agree(two, one, 1e-3), f"{cell.id} hardly depends on its inputs"


def sheet(lesson: Lesson, answers: dict[str, str], inputs: dict[str, str]) -> list[nbformat.NotebookNode]:
    """The cells for one set of answers, each exercise's checks between its answer and its grading."""
    cells = []
    for grade_id in answers:
        before, answer, *graded = graded_cells(lesson, answers, inputs, only=[grade_id])
        checks = [
            new_code_cell(check_source(lesson, cell), metadata={"course": {"role": "check"}})
            for cell in lesson.having("check")
            if cell.grade_id == grade_id
        ]
        for cell in (block := [before, answer, *checks, *graded]):
            cell.metadata["course"]["grade_id"] = grade_id
        cells += block
    return cells


def sheets_of(lesson: Lesson, right: dict, also: dict, wrong: dict) -> dict[str, dict[str, str]]:
    """Sets of answers by name: "right", "right 0", ..., "stub", "wrong 0", ... with an answer of each exercise."""
    stubs = {grade_id: stub(cell.source) for grade_id, cell in lesson.exercises.items()}
    sheets = {"right": right, "stub": stubs}
    for number in range(max(map(len, also.values()), default=0)):
        sheets[f"right {number}"] = {each: also[each][number] for each in also if number < len(also[each])}
    for number in range(max(map(len, wrong.values()), default=0)):
        sheets[f"wrong {number}"] = {
            each: wrong[each][number][0] for each in wrong if number < len(wrong[each])
        }
    return sheets


def test_right_answers_earn_all_and_others_nothing(
    lesson: Lesson, answers, also_right, references, nbval, tmp_path: Path
):
    if not lesson.exercises:
        return
    right, wrong = answers
    inputs = inputs_of(references[0])
    cells = {
        name: sheet(lesson, each, inputs)
        for name, each in sheets_of(lesson, right, also_right, wrong).items()
    }
    notebook = assemble(lesson, {}, CLASS, only=[])
    setup = len(notebook.cells)
    notebook.cells += [cell for each in cells.values() for cell in each]
    expect(notebook, nbformat.v4.new_notebook(cells=references[0]), lesson)
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"  # the sheets repeat them
    path = tmp_path / f"{lesson.name}.ipynb"
    nbformat.write(notebook, path)

    ran = nbval(path, "-p", "course_lib.grading.running.nbval_plugin", "--nbval")
    assert [cell.failure for cell in ran[:setup] if not cell.passed] == []
    said: dict[tuple[str, str], str] = {}
    names = [(name, cell.metadata["course"]) for name in cells for cell in cells[name]]
    for (name, course), cell in zip(names, ran[setup:], strict=True):
        here = f"{lesson.name}, {name}, {course['grade_id']}, {course['role']}: {cell.printed}{cell.failure}"
        if course["role"] == "graded":
            assert cell.passed is name.startswith("right"), here
        else:
            assert cell.passed or not name.startswith("right"), here
        if course["role"] == "check":
            assert cell.passed, here
            said.setdefault((name, course["grade_id"]), "")
            said[name, course["grade_id"]] += cell.printed

    for (name, grade_id), printed in said.items():
        text = " ".join(printed.split())  # long lines are broken at a space
        here = f"{lesson.name}, {name}, {grade_id}: {text}"
        if name.startswith("right"):
            assert "not " not in text and ": right." in text, here
        elif name == "stub":
            unwritten = "NotImplementedError" in stub(lesson.exercises[grade_id].source)
            assert ("not written yet." if unwritten else "not yet.") in text, here
        else:
            fragment = wrong[grade_id][int(name.split()[1])][1]
            assert "not yet." in text and fragment in text, f"{here}; expected: {fragment}"


def is_light(sources: list[str]) -> bool:
    """True if none of the sources needs more than NumPy: they can run here, without a kernel."""
    return not any(heavy in source for source in sources for heavy in HEAVY)


def published_here(cells: list[nbformat.NotebookNode], names: dict, monkeypatch) -> dict:
    """What graded cells publish, run in this process among these names, which stay; empty if one of them raises."""
    shown, as_it_was = [], dict(names)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append({"data": data}))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            for cell in cells:
                exec(compile(cell.source, cell.id, "exec"), names)
    except (
        Exception
    ):  # a wrong answer may raise; a right one that does publishes nothing, and that is noticed
        return {}
    finally:  # no copy: the set-up's own functions look their names up here
        names.clear()
        names.update(as_it_was)
    return published(shown)


def test_in_more_classes_too_right_answers_earn_all_and_wrong_ones_nothing(
    lesson: Lesson, answers, also_right, monkeypatch
):
    """Where it is cheap: a wrong answer that the inputs of one class refuse may be paid by those of another."""
    right, wrong = answers
    before = [cell.source for cell in lesson.having("setup")]
    names: dict = {}
    if right and is_light(before):
        exec("\n".join(before), names)
    found = []
    for grade_id, exercise in lesson.exercises.items():
        graded = [cell for cell in lesson.having("graded") if cell.grade_id == grade_id]
        tries = {"right": right[grade_id]}
        tries |= {f"right {place}": each for place, each in enumerate(also_right.get(grade_id, []))}
        tries |= {f"wrong {place}": each for place, (each, _) in enumerate(wrong[grade_id])}
        ours = solved(exercise.source)
        if (
            not graded
            or not names
            or not is_light([ours, *tries.values(), *(cell.source for cell in graded)])
        ):
            continue
        for class_seed in MORE_CLASSES:

            def run(answer: str, grade_id=grade_id, class_seed=class_seed) -> dict:
                cells = graded_cells(lesson, {grade_id: answer}, class_seed, only=[grade_id])
                return published_here(cells, names, monkeypatch)

            expected = run(ours)
            assert expected, f"{grade_id}: our own solution publishes nothing"
            tolerance = min(cell.tolerance for cell in graded)
            for name, answer in tries.items():
                if all_agree(run(answer), expected, tolerance) is not name.startswith("right"):
                    found.append(f"{grade_id}, {name}")
    assert found == []


def public_names(files: list[Path]) -> list[tuple[str, str]]:
    """Their functions and classes: (module, name)."""
    found = []
    for path in files:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.append((module_name(path), node.name))
    return found


CANDIDATE = "application/vnd.gan-course.candidate"  # marks whose published values follow
OURS = "our own solution"


def can_be_called_like(candidate: object, ours: object) -> bool:
    """True if it takes any number of arguments that ours takes. Most functions do not, and need no trial."""
    try:
        theirs, parameters = inspect.signature(candidate), inspect.signature(ours).parameters.values()
    except (TypeError, ValueError):  # one that does not tell
        return True
    for count in range(sum(each.default is each.empty for each in parameters), len(parameters) + 1):
        try:
            theirs.bind(*range(count))
            return True
        except TypeError:
            continue
    return any(each.kind is each.VAR_POSITIONAL for each in parameters)


TRIAL = """\
import inspect
from importlib import import_module

from IPython.display import display

{can_be_called_like}
ours = dict(globals())
exec({solution!r}, ours)
code = compile({graded!r}, "graded", "exec")
for module, name in [(None, {ours!r}), *{candidates}]:
    display({{{mark!r}: f"{{module}}.{{name}}" if module else name}}, raw=True)
    scope = dict(ours)
    if module is not None:  # outside of the try: what is not found where it is said to be has not been tried
        candidate = getattr(import_module(module), name)
        if not any(can_be_called_like(candidate, ours[each]) for each in {functions}):
            continue
        scope.update(dict.fromkeys({functions}, candidate))
    try:
        exec(code, scope)
    except BaseException:
        pass  # most fail at the first call, which is what we hope for
"""


def earned(trial: nbformat.NotebookNode, right: dict, tolerance: float) -> dict[str, bool]:
    """Of each candidate in an executed trial: whether it earns the points, by the values it published."""
    outputs: dict[str, list[nbformat.NotebookNode]] = {}
    for output in trial.outputs:
        data = output.get("data", {})
        if CANDIDATE in data:
            kept = outputs[data[CANDIDATE]] = []
        elif data:
            kept.append(output)
    return {name: all_agree(published(each), right, tolerance) for name, each in outputs.items()}


@pytest.mark.long
@pytest.mark.slow
def test_no_function_of_the_library_is_the_answer(lesson: Lesson, references, tmp_path: Path):
    """Nor is this for want of trying: our own solution, tried in the same way, earns the points."""
    candidates = public_names(files_of(room for room in ROOMS if room not in TESTERS))
    assert len(candidates) > 500
    right = {cell.id: published(cell.outputs) for cell in references[0]}
    notebook = assemble(lesson, {}, CLASS, only=[])
    trials = {}
    for grade_id, exercise in lesson.exercises.items():
        functions = [
            each.name for each in ast.parse(exercise.source).body if isinstance(each, ast.FunctionDef)
        ]
        # one cell tries them all: a cell for each would be a thousand, and Jupyter takes 50 ms for a traceback
        before, _, *graded = graded_cells(lesson, {}, CLASS, only=[grade_id])
        notebook.cells.append(before)
        for cell in graded:
            source = TRIAL.format(
                ours=OURS,
                candidates=candidates,
                mark=CANDIDATE,
                solution=solved(exercise.source),
                functions=functions,
                graded=cell.source,
                can_be_called_like=inspect.getsource(can_be_called_like),
            )
            trials[cell.id] = new_code_cell(source)
            notebook.cells.append(trials[cell.id])
    execute(notebook, name=lesson.name, folder=tmp_path, cell_timeout=120)
    tolerances = {cell.id: cell.tolerance for cell in lesson.having("graded")}
    expected = {OURS: True, **{f"{module}.{name}": False for module, name in candidates}}
    for graded_id, cell in trials.items():
        assert earned(cell, right[graded_id], tolerances[graded_id]) == expected, graded_id
