"""Attacks on the grader, each in the place of one right answer: none earns a point, and the right one keeps its own."""

from __future__ import annotations

import ast
import itertools
import os
import resource
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from course_lib import ROOT, CourseError
from course_lib.authoring import dependencies
from course_lib.authoring.assemble import assemble
from course_lib.authoring.lesson import Lesson
from course_lib.grading.running.answer_sheet import AnswerSheet
from course_lib.grading.running.attacks import ATTACKS
from course_lib.grading.running.error_messages import describe_error
from course_lib.grading.running.nbval_plugin import CellRan
from course_lib.grading.sandbox import kernel
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from tests.grading.small_lesson import RIGHT


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "target"), zip(ATTACKS, itertools.cycle(["twice_the_mean", "distances"]), strict=False)
)
def test_an_attack_earns_nothing_and_costs_nobody_else(
    name: str, target: str, lesson: Lesson, kernels: ForkedKernels, whole
) -> None:
    answers = RIGHT | {target: ATTACKS[name].format(function=target)}
    outcomes = AnswerSheet(lesson, answers, whole, kernels, seconds=2).grade()
    (other,) = outcomes.keys() - {target}
    assert outcomes[target].points == 0
    assert outcomes[other].points == outcomes[other].of
    assert "SECRET" not in outcomes[target].message


@pytest.mark.slow
def test_right_answers_earn_all_also_after_the_attacks(lesson: Lesson, kernels: ForkedKernels, whole) -> None:
    outcomes = AnswerSheet(lesson, RIGHT, whole, kernels).grade()
    assert {outcome.status for outcome in outcomes.values()} == {"right"}


@pytest.mark.slow
@pytest.mark.parametrize("options", ["--cov=foo", "-k nothing", "-p no:nbval", "--collect-only"])
def test_the_teachers_pytest_settings_change_nothing(options, lesson, kernels, whole, monkeypatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", options)
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    outcomes = AnswerSheet(lesson, RIGHT, whole, kernels).grade()
    assert {outcome.status for outcome in outcomes.values()} == {"right"}
    assert os.environ["PYTEST_ADDOPTS"] == options and os.environ["PYTEST_PLUGINS"] == "no_such_plugin"


@pytest.mark.slow
def test_where_our_own_set_up_fails_nobody_gets_0(lesson, kernels, whole) -> None:
    cells = [
        replace(cell, source="import no_such_module") if cell.role == "setup" else cell
        for cell in lesson.cells
    ]
    broken = replace(lesson, cells=tuple(cells))
    with pytest.raises(
        CourseError, match="our own set-up does not run here, so nothing is graded and nothing rec"
    ):
        AnswerSheet(broken, RIGHT, whole, kernels).grade()


@pytest.mark.slow
def test_nor_where_the_very_first_cell_does(lesson, kernels, whole, monkeypatch) -> None:
    """It is no cell of the lesson's: the grader puts it there."""
    monkeypatch.setattr("course_lib.authoring.assemble.PREPARE", "import no_such_module")
    with pytest.raises(CourseError, match="our own set-up does not run here"):
        AnswerSheet(lesson, RIGHT, whole, kernels).grade()


STOLEN = {
    "twice_the_mean": "import sys\nsys.stolen = distances\ndef twice_the_mean(n): return 0.0",
    "distances": "import sys\ndistances = sys.stolen\ntwice_the_mean",
}


@pytest.mark.slow
def test_our_solution_cannot_be_kept_for_a_later_exercise(
    lesson: Lesson, kernels: ForkedKernels, whole
) -> None:
    outcomes = AnswerSheet(lesson, STOLEN, whole, kernels).grade()
    assert [outcome.points for outcome in outcomes.values()] == [0, 0]


@pytest.mark.slow
def test_an_answer_may_use_a_later_one_of_the_same_student(
    lesson: Lesson, kernels: ForkedKernels, whole
) -> None:
    answers = {
        "twice_the_mean": "def twice_the_mean(n): return helped(n)",
        "distances": "def helped(n): return 2 * n.mean()\ndef distances(n): return abs(n - twice_the_mean(n))",
    }
    outcomes = AnswerSheet(lesson, answers, whole, kernels).grade()
    assert {outcome.status for outcome in outcomes.values()} == {"right"}


FLOOD = """\
import threading, time
socket, block = get_ipython().kernel.iopub_thread.socket, bytes(1 << 20)
def flood():
    while True:
        socket.send_multipart([block] * 200)
threading.Thread(target=flood, daemon=True).start()
time.sleep(20)"""


@pytest.mark.slow
def test_a_flood_of_messages_does_not_fill_the_graders_memory(
    lesson: Lesson, kernels: ForkedKernels, whole
) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes = AnswerSheet(lesson, RIGHT | {"distances": FLOOD}, whole, kernels, seconds=10).grade()
    assert outcomes["distances"].status == "too much"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most < 1 << 20  # in kB


@pytest.mark.slow
def test_one_gigantic_message_is_too_much_output(lesson: Lesson, kernels: ForkedKernels, whole) -> None:
    outcomes = AnswerSheet(lesson, RIGHT | {"distances": "print('x' * (100 << 20))"}, whole, kernels).grade()
    assert [outcome.status for outcome in outcomes.values()] == ["right", "too much"]


DRIP = """\
import threading, time
kernel = get_ipython().kernel
session, parent, send = kernel.session, kernel.get_parent(), type(kernel.session).send
def never_idle(self, stream, kind, content=None, *a, **k):
    if not (kind == "status" and content.get("execution_state") == "idle"):
        send(self, stream, kind, content, *a, **k)
type(session).send = never_idle
def drip():
    while True:
        time.sleep(1)
        send(session, kernel.iopub_socket, "display_data", {"data": {}, "metadata": {}}, parent=parent)
threading.Thread(target=drip, daemon=True).start()"""


@pytest.mark.slow
def test_output_that_drips_for_ever_has_an_end(
    lesson: Lesson, kernels: ForkedKernels, whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "OUTPUT_SECONDS", 3)
    outcomes = AnswerSheet(lesson, RIGHT | {"distances": DRIP}, whole, kernels).grade()
    assert outcomes["distances"].status == "too much"
    assert outcomes["twice_the_mean"].status == "right"


LINK = """\
import os, socket, time
for number in (1, 2):
    os.unlink(f"/sockets/s-{{number}}")
    os.symlink({place!r}, f"/sockets/s-{{number}}")
for descriptor in map(int, os.listdir("/proc/self/fd")):
    try:
        end = socket.socket(fileno=os.dup(descriptor))
        end.getpeername()
        end.shutdown(2)
    except OSError:
        pass
time.sleep(20)"""


@pytest.mark.slow
def test_the_grader_does_not_follow_a_link_at_a_sockets_place(
    lesson: Lesson, kernels: ForkedKernels, whole, tmp_path: Path
) -> None:
    place = str(tmp_path / "outside")
    with socket.socket(socket.AF_UNIX) as outside:
        outside.bind(place)
        outside.listen()
        outside.setblocking(False)
        answers = RIGHT | {"distances": LINK.format(place=place)}
        AnswerSheet(lesson, answers, whole, kernels, seconds=3).grade()
        with pytest.raises(BlockingIOError):
            outside.accept()


def test_long_sources_are_not_parsed_outside_the_sandbox(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed, parse = [], ast.parse
    monkeypatch.setattr(
        ast, "parse", lambda source, *rest: parsed.append(len(source)) or parse(source, *rest)
    )
    for remembering in (dependencies.functions, dependencies.names):
        remembering.cache_clear()
    answers = dict.fromkeys(RIGHT, "1," * 2_000_000)
    assert len(assemble(lesson, answers, "a class").cells) == 9
    error = CellRan("twice_the_mean", False, "MemoryError", "line 1, in twice_the_mean")
    assert describe_error(answers["twice_the_mean"], 0, error, False) == "MemoryError in line 1 of your cell."
    assert 0 < max(parsed) < 10_000  # the 4 MB would take 40 s and 2 GB


LOOK = """\
import os, json
from IPython.display import display
seen = [os.path.join(place, name) for place, folders, names in os.walk("/") for name in folders + names
        if not place.startswith(PREFIXES)]
display({"application/vnd.gan-course.values+json": {
    "seen": seen, "environment": list(os.environ.items()), "uid": os.getuid(), "processes": [
        each for each in os.listdir("/proc") if each.isdigit()],
}}, raw=True)
"""


@pytest.fixture(scope="module")
def inside(kernels: ForkedKernels) -> dict:
    """What a student's code finds when it looks around."""
    prefixes = ("/proc", "/usr", "/dev", sys.prefix, sys.base_prefix)  # Python itself is no secret
    kernel = kernels.new()
    try:
        request = kernel.execute_cell_input(f"PREFIXES = {prefixes!r}\n{LOOK}")
        kernel.await_reply(request, 60)
        while True:
            message = kernel.get_message("iopub", 10)
            data = message["content"].get("data", {})
            if "application/vnd.gan-course.values+json" in data:
                return data["application/vnd.gan-course.values+json"]
    finally:
        kernel.stop()


@pytest.mark.slow
def test_the_sandbox_holds_no_solution_no_key_no_expected_value(inside: dict) -> None:
    ours = [path for path in inside["seen"] if path.startswith("/course")]
    assert "/course/course_lib/models/losses.py" in ours and any(
        path.startswith("/course/data/") for path in ours
    )
    parts = {part for path in ours for part in path.split("/")}
    assert not parts & {"source", "authoring", "grading", "answers", "tests", "submissions", "private"}
    assert not [part for part in parts if part.startswith(".git") or part.endswith(".key")]
    folders = {path.split("/")[1] for path in inside["seen"]}
    assert not folders & {"mnt", "media", "srv", "opt", "boot", "run", "var"}
    checkout = [path for path in inside["seen"] if path.startswith(f"{ROOT}/") and ".venv" not in path]
    assert checkout == []


@pytest.mark.slow
def test_the_sandbox_knows_nothing_of_our_environment(inside: dict) -> None:
    assert "SECRET_OF_THE_GRADER" not in dict(inside["environment"])
    assert {"HOME", "PYTHONPATH"} <= dict(inside["environment"]).keys()
    assert len(inside["processes"]) == 2  # the warm parent and the kernel
    if os.geteuid() == 0:
        assert inside["uid"] != 0


WORLD = """\
import os, pathlib, resource
from IPython.display import display
def read(path):
    return pathlib.Path(path).read_text().splitlines()
found = [os.path.join(place, name) for top in ("/tmp", "/home", "/dev/shm", "/sockets")
         for place, folders, names in os.walk(top) for name in folders + names if not place.startswith(PREFIXES)]
display({"application/vnd.gan-course.values+json": {
    "files": sorted(found), "shared": [read(f"/proc/sysvipc/{kind}")[1:] for kind in ("shm", "sem", "msg")],
    "keys": read("/proc/keys") if os.path.exists("/proc/keys") else [],
    "priority": os.getpriority(os.PRIO_PROCESS, 0), "scheduler": os.sched_getscheduler(0),
    "processors": sorted(os.sched_getaffinity(0)), "umask": os.umask(0o22), "host": os.uname().nodename,
    "limits": [resource.getrlimit(number) for number in range(16)],
}}, raw=True)
"""

LASTING = {
    "files": """\
for folder in ("/tmp", "/home", "/dev/shm", "/sockets"):
    os.makedirs(folder + "/a/b", exist_ok=True)
    open(folder + "/a/b/left", "w").write("for those who come after")
    os.chmod(folder + "/a/b", 0), os.chmod(folder + "/a", 0)""",
    "files beside what is mounted": """\
for top in ("/tmp", "/home", "/"):
    for place, folders, names in os.walk(top):
        if not place.startswith(PREFIXES) and os.access(place, os.W_OK):
            open(place + "/left", "w").close()""",
    "five thousand folders": """\
for folder in ("/tmp", "/sockets"):
    os.chdir(folder)
    for _ in range(5000):
        os.mkdir("d"), os.chdir("d")""",
    "shared memory": "assert libc.shmget(77, 4096, 0o1666) == -1 and libc.msgget(77, 0o1666) == -1",
    "a message queue": "assert libc.syscall(MQ_OPEN, b'left', 0o102, 0o666, None) == -1",
    "folders of any size": """\
import subprocess
assert subprocess.run(["unshare", "-Urm", "mount", "-t", "tmpfs", "x", "/tmp"], capture_output=True).returncode""",
    "a key": "assert libc.syscall(ADD_KEY, b'user', b'left', b'x', 1, -4) == -1",
    "low priority": "os.setpriority(os.PRIO_PROCESS, 1, 19)",
    "another scheduler": "os.sched_setscheduler(1, os.SCHED_BATCH, os.sched_param(0))",
    "one processor": "os.sched_setaffinity(1, {min(os.sched_getaffinity(0))})",
    "longer turns": """\
attributes = (ctypes.c_uint32 * 14)(56, 0, 0, 0, 0, 0, 50_000_000)
assert libc.syscall(SCHED_SETATTR, 1, attributes, 0) == -1""",
    "fewer files": "resource.prlimit(1, resource.RLIMIT_NOFILE, (40, 40))",
    "no processes": "resource.prlimit(1, resource.RLIMIT_NPROC, (0, 0))",
    "no time": "resource.prlimit(1, resource.RLIMIT_CPU, (1, 1))",
    "a session": "try: os.setsid()\nexcept PermissionError: pass\nelse: assert False",
    "a process": "import time\nif os.fork() == 0:\n    os.setpgid(0, 0)\n    time.sleep(10 ** 6)",
    "the warm modules": "import numpy\nnumpy.mean = numpy.asarray = None",
}


def values_from(kernels: ForkedKernels, source: str) -> tuple[dict, str]:
    """What a cell published, and the traceback of an error in it."""
    kernel = kernels.new()
    try:
        head = "import ctypes, os, resource\nlibc = ctypes.CDLL(None)\n"
        head += "arm = os.uname().machine == 'aarch64'\n"
        head += "MQ_OPEN, ADD_KEY, SCHED_SETATTR = (180, 217, 274) if arm else (240, 248, 314)\n"
        head += f"PREFIXES = {('/proc', sys.prefix, sys.base_prefix)!r}\n"
        request = kernel.execute_cell_input(head + source)
        kernel.await_reply(request, 60)
        values, error = {}, ""
        while True:
            message = kernel.get_message("iopub", 10)
            content = message["content"]
            values = content.get("data", {}).get("application/vnd.gan-course.values+json", values)
            error = "\n".join(content.get("traceback", [error]))
            if content.get("execution_state") == "idle" and message["parent_header"].get("msg_id") == request:
                return values, error
    finally:
        kernel.stop()


@pytest.mark.slow
@pytest.mark.parametrize("name", LASTING)
def test_nothing_outlives_a_submission(name: str, kernels: ForkedKernels) -> None:
    before, _ = values_from(kernels, WORLD)
    _, error = values_from(kernels, LASTING[name])
    assert "AssertionError" not in error, error
    after, _ = values_from(kernels, WORLD)
    assert before["files"] and after == before
    assert values_from(kernels, "import numpy\nassert numpy.mean(numpy.asarray([1, 2])) == 1.5")[1] == ""


@pytest.mark.slow
def test_who_keeps_many_processes_busy_has_little_of_each(kernels: ForkedKernels) -> None:
    count = 2 * len(os.sched_getaffinity(0)) + 5
    source = f"""
import time
from IPython.display import display
children = []
for _ in range({count}):
    child = os.fork()
    while child == 0: pass
    children.append(child)
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    nice = [os.getpriority(os.PRIO_PROCESS, child) for child in children]
    if min(nice) == 19: break
    time.sleep(0.1)
display({{"application/vnd.gan-course.values+json": {{"nice": nice}}}}, raw=True)
"""
    assert values_from(kernels, source) == ({"nice": [19] * count}, "")


@pytest.mark.slow
def test_a_sandbox_ends_with_its_grader(lesson: Lesson, bubblewrap: str, tmp_path: Path) -> None:
    """Killed outright, the grader leaves no process behind."""
    mark = f"course-{os.getpid()}"
    script = (
        "import os, signal\nfrom course_lib.grading.sandbox.forked_kernels import ForkedKernels\n"
        f"kernels = ForkedKernels('bwrap', ['json', '{mark}'])\nkernels.new()\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == -9
    for _ in range(100):
        found = [path for path in Path("/proc").glob("[0-9]*/cmdline") if holds(path, mark)]
        if not found:
            return
        subprocess.run(["sleep", "0.1"])
    raise AssertionError(f"{len(found)} processes are left")


def holds(path: Path, mark: str) -> bool:
    try:
        return mark.encode() in path.read_bytes()
    except OSError:
        return False


@pytest.mark.slow
def test_after_its_time_no_further_exercise_of_a_file_is_begun(
    lesson, kernels, whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_lib.grading.running.answer_sheet.WHOLE_FILE", 0.05)
    answers = RIGHT | {"twice_the_mean": "while True: pass"}
    outcomes = AnswerSheet(lesson, answers, whole, kernels, seconds=2).grade()
    assert [outcome.status for outcome in outcomes.values()] == ["too slow", "too slow"]
    message = "It was not begun: your file had taken longer than 1 s before it."
    assert outcomes["distances"].message == message
