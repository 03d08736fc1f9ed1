"""Executing notebooks, with real kernels; and what is kept of their outputs."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib import ROOT
from course_lib.authoring.execute import WIDGET, CellFailed, execute, tidy


def notebook(*sources: str):
    return new_notebook(cells=[new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)])


def texts(nb) -> list[str]:
    return ["".join(output.get("text", "") for output in cell.get("outputs", [])) for cell in nb.cells]


def test_a_notebook_runs_in_this_interpreter_with_the_library_in_the_folder(tmp_path):
    seen = []

    @contextmanager
    def progress(name, total):
        seen.append((name, total))
        yield lambda run: seen.append(run.cell_id)

    nb = notebook(
        "import sys, os; print(sys.executable)",
        "import course_lib; print(course_lib.__file__)",
        "print(os.getcwd())",
        "",
        "import matplotlib; print(matplotlib.get_backend())",
    )
    nb.cells.insert(1, new_markdown_cell("text"))
    nb.metadata["kernelspec"] = {"name": "another-language", "display_name": "X"}
    runs = execute(nb, name="x", folder=tmp_path, progress=progress)
    printed = "".join(texts(nb)).splitlines()  # the paths may hold spaces
    assert printed[:3] == [sys.executable, str(ROOT / "course_lib" / "__init__.py"), str(tmp_path)]
    assert "inline" in printed[3]
    assert seen == [("x", 4), "c0", "c1", "c2", "c4"]
    assert all(run.seconds > 0 for run in runs)
    if sys.platform == "linux":
        assert 2e7 < runs[-1].peak_memory < 1e9
    assert not any("execution" in cell.metadata for cell in nb.cells)


def test_a_failing_cell_is_named_and_brings_its_own_traceback(tmp_path):
    nb = notebook("x = 1", "def f():\n    return 1 / 0\nf()", "print('never')")
    with pytest.raises(CellFailed, match=r"^x, cell 2 \(c1\): ZeroDivisionError: division by zero$") as error:
        execute(nb, name="x", folder=tmp_path)
    assert "return 1 / 0" in error.value.traceback
    assert texts(nb)[2] == ""


def test_going_on_after_an_error(tmp_path):
    nb = notebook("1 / 0", "print('still here')")
    execute(nb, folder=tmp_path, stop_at_error=False)
    assert nb.cells[0].outputs[0].ename == "ZeroDivisionError"
    assert texts(nb)[1] == "still here\n"


def test_a_cell_that_takes_too_long_and_a_kernel_that_dies(tmp_path):
    with pytest.raises(CellFailed, match=r"cell 1 \(c0\): took longer than 1 s"):
        execute(notebook("import time; time.sleep(60)"), folder=tmp_path, cell_timeout=1)
    with pytest.raises(CellFailed, match=r"cell 2 \(c1\): the kernel died"):
        execute(notebook("import os", "os._exit(1)"), folder=tmp_path)


def stream(text: str, name: str = "stdout"):
    return new_output("stream", name=name, text=text)


def test_streams_are_joined_and_progress_bars_end_as_they_ended():
    outputs = tidy([stream("a\n"), stream("10%\r50%\r", "stderr"), stream("b\n"), stream("100%\n", "stderr")])
    assert [(output.name, output.text) for output in outputs] == [("stdout", "a\nb\n"), ("stderr", "100%\n")]


def test_nothing_that_a_student_would_see_is_left_out():
    """Until these lines were filtered no longer, no author knew that every lesson began with a red block."""
    log = "I0000 00:00:1700000000.000000 1 port.cc:153] oneDNN custom operations are on.\nUserWarning: mind this\n"
    assert tidy([stream(log, "stderr")])[0].text == log


def test_a_kernel_started_by_a_test_shows_what_libraries_write_to_stderr(tmp_path):
    """ipykernel looks for pytest's variables, and then does not read the process's own stderr."""
    notebook = new_notebook(cells=[new_code_cell("import os\nos.write(2, b'from C')")])
    execute(notebook, folder=tmp_path)
    assert [each.text for each in notebook.cells[0].outputs if each.output_type == "stream"] == ["from C"]


def test_dead_widgets_become_one_line_and_pictures_stay():
    widget = new_output("display_data", {WIDGET: {"model_id": "1"}, "text/plain": "Box(children=...)"})
    picture = new_output("display_data", {"text/html": "<img>", "text/plain": "alt"})
    kept = tidy([widget, picture])
    assert kept[0].data == {"text/plain": "(an interactive panel: run this cell to use it)"}
    assert kept[1].data["text/html"] == "<img>"


@pytest.mark.skipif(os.name == "nt", reason="signals to process groups")
@pytest.mark.parametrize("when", [0.2, 3.0], ids=["at the start", "in a cell"])
def test_ctrl_c_is_an_interruption_and_no_kernel_that_died(when: float, tmp_path):
    program = (
        "from nbformat.v4 import new_code_cell, new_notebook\n"
        "from course_lib.authoring.execute import execute\n"
        "nb = new_notebook(cells=[new_code_cell('import time; time.sleep(60)')])\n"
        "print('begun', flush=True)\n"
        "try:\n    execute(nb)\nexcept KeyboardInterrupt:\n    print('interrupted')\n"
    )
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout.readline() == "begun\n"
    time.sleep(when)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "interrupted\n"


def test_a_kernel_ends_with_its_notebook(tmp_path):
    """Also where a cell failed: what runs many notebooks in one process would fill memory and descriptors."""
    import psutil

    mine = psutil.Process()
    before = {each.pid for each in mine.children()}
    for source in ("1 + 1", "1 / 0"):
        with suppress(CellFailed):
            execute(new_notebook(cells=[new_code_cell(source)]), folder=tmp_path)
    assert {each.pid for each in mine.children()} <= before
