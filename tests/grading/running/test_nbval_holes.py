"""What nbval alone leaves open to a student's code, and the plugin closes: each case is run both ways."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib.authoring.values import MIME
from course_lib.grading.running.nbval_plugin import Grading
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from course_lib.grading.sandbox.kernel import Limits

PUBLISH = f"from IPython.display import display\ndisplay({{{MIME!r}: {{'x': answer()}}}}, raw=True)"
EXPECTED = [new_output("display_data", {MIME: {"x": 1.0}})]
SILENT = """\
session = type(get_ipython().kernel.session)
send = session.send
session.send = lambda self, stream, kind, *a, **k: None if kind == "error" else send(self, stream, kind, *a, **k)
raise ValueError"""


def notebook(answer: str) -> nbformat.NotebookNode:
    """A student's answer, and the graded cell that asks for 1.0."""
    tolerance = {"course": {"tolerance": 1e-6}}
    graded = new_code_cell(PUBLISH, execution_count=1, outputs=EXPECTED, metadata=tolerance)
    return new_notebook(cells=[new_code_cell(answer, execution_count=1), graded])


def run(folder: Path, answer: str, *options: str, plugin: Grading | None = None) -> list[str]:
    """The outcome of both cells: passed, failed, skipped."""
    seen: list[str] = []

    class Outcomes:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.when == "call" or report.outcome != "passed":
                seen.append(report.outcome)

    path = folder / "a.ipynb"
    nbformat.write(notebook(answer), path)
    words = [
        "-q",
        "-c",
        os.devnull,
        f"--rootdir={folder}",
        f"--confcutdir={folder}",
        "--noconftest",
        "-pno:xdist",
    ]
    words += [
        "-pno:cacheprovider",
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=3",
        *options,
        str(path),
    ]
    with Path(os.devnull).open("w") as nothing, redirect_stdout(nothing):
        pytest.main(words, plugins=[Outcomes(), *([plugin] if plugin else [])])
    return seen


@pytest.fixture
def alone(tmp_path: Path) -> Callable[[str], list[str]]:
    return lambda answer: run(tmp_path, answer)


@pytest.fixture(scope="module")
def kernels(bubblewrap: str):
    with ForkedKernels("bwrap", [], Limits(output=1 << 20)) as kernels:
        yield kernels


@pytest.fixture
def ours(tmp_path: Path, kernels: ForkedKernels) -> Callable[[str], list[str]]:
    return lambda answer: run(tmp_path, answer, plugin=Grading(kernels))


@pytest.mark.slow
def test_a_right_answer_passes(ours) -> None:
    assert ours("def answer(): return 1.0") == ["passed", "passed"]


@pytest.mark.slow
def test_a_rounding_error_is_no_error(alone, ours) -> None:
    answer = "def answer(): return 1.0000001"
    assert alone(answer)[1] == "failed"  # nbval compares the text
    assert ours(answer) == ["passed", "passed"]


@pytest.mark.slow
def test_a_comment_does_not_skip_a_cell(alone, ours) -> None:
    answer = "# NBVAL_SKIP\nraise ValueError"
    assert alone(answer)[0] == "skipped"
    assert ours(answer) == ["failed", "failed"]


@pytest.mark.slow
def test_a_comment_inside_a_string_does_not_stop_the_comparison(alone, ours) -> None:
    answer = "text = '''\n# NBVAL_RAISES_EXCEPTION\n# NBVAL_IGNORE_OUTPUT\n'''\nraise ValueError"
    assert alone(answer)[0] == "passed"
    assert ours(answer)[0] == "failed"


@pytest.mark.slow
def test_an_error_whose_message_is_held_back_is_an_error(alone, ours) -> None:
    assert alone(SILENT)[0] == "passed"
    assert ours(SILENT)[0] == "failed"


@pytest.mark.slow
def test_what_is_printed_besides_does_not_matter(alone, ours) -> None:
    answer = "import sys\ndef answer():\n    print('x = 1'); print('oh', file=sys.stderr)\n    return 1.0"
    assert alone(answer)[1] == "failed"
    assert ours(answer) == ["passed", "passed"]


@pytest.mark.slow
def test_output_has_an_end(alone, ours) -> None:
    answer = "print('x' * (3 << 20))\ndef answer(): return 1.0"
    assert alone(answer)[0] == "failed"  # only because the reference printed nothing; all of it was taken in
    assert ours(answer) == ["failed", "failed"]


@pytest.mark.slow
def test_a_dead_kernel_is_told_at_once_and_why(kernels: ForkedKernels, tmp_path: Path) -> None:
    plugin = Grading(kernels)
    assert run(tmp_path, "import os\nos._exit(1)", plugin=plugin) == ["failed", "failed"]
    assert plugin.cells[0].lost == "the kernel died (exit 1)"


@pytest.mark.slow
def test_after_a_time_out_no_cell_is_expected_to_fail(alone, ours) -> None:
    answer = "import time\ndef answer(): return 1.0\ntime.sleep(60)"
    assert alone(answer) == [
        "failed",
        "passed",
    ]  # XPASS: the interrupt ended the sleep, and the points are there
    assert ours(answer) == ["failed", "failed"]
