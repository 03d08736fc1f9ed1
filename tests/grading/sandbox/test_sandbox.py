"""Which sandbox is taken, and kernels without one: then nothing but the kernel's own processes is ended."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty

import pytest

from course_lib import ROOT, CourseError
from course_lib.grading.sandbox import sandbox, wrapping
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from course_lib.grading.sandbox.sandbox import Lost


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.works.cache_clear()
    yield
    sandbox.works.cache_clear()


def test_without_any_it_says_what_to_install(no_programs: None) -> None:
    with pytest.raises(CourseError, match=r"apt install bubblewrap.*--sandbox none"):
        sandbox.choose("auto")
    with pytest.raises(CourseError, match="podman does not work on this machine"):
        sandbox.choose("podman")
    assert sandbox.choose("none") == "none"


def test_bubblewrap_comes_first(bubblewrap: str) -> None:
    assert sandbox.choose("auto") == "bwrap"


def test_containers_get_the_same_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "_empty_image", lambda kind: "empty")
    words = wrapping.wrap("podman", ["/fork_server.py"], "a-name", 0)
    mounted = {word.removeprefix("--volume=") for word in words if word.startswith("--volume=")}
    seen = {f"{path.resolve()}:{inside}:ro" for path, inside in wrapping.readable().items()}
    assert mounted == seen | {"/dev/null:/dev/zero"}
    assert {"--network=none", "--read-only", "--cap-drop=ALL", "--name=a-name"} <= set(words)


@pytest.mark.slow
def test_without_a_sandbox_only_the_kernel_is_ended() -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    with tempfile.NamedTemporaryFile() as file, ForkedKernels("none", ["json"]) as kernels:
        first = kernels.new()
        request = first.execute_cell_input("x = 1")
        first.await_reply(request, 30)
        assert first.status[request] == "ok"
        first.stop()
        second = kernels.new()
        request = second.execute_cell_input("import os; os._exit(0)")
        with pytest.raises(Lost):
            second.await_reply(request, 30)
        second.stop()
        assert Path(file.name).exists()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


@pytest.mark.slow
def test_a_slow_cell_raises_empty_and_an_interrupt_ends_the_kernel(bubblewrap: str) -> None:
    with ForkedKernels("bwrap", ["json"]) as kernels:
        kernel = kernels.new()
        request = kernel.execute_cell_input("while True: pass")
        with pytest.raises(Empty):
            kernel.await_reply(request, 1)
        with pytest.raises(Lost, match="too slow"):
            kernel.interrupt()
        assert not kernel.is_alive()
        kernel.stop()
        assert kernels.new().is_alive()


@pytest.mark.slow
def test_when_a_sandbox_ended_its_kernel_is_lost_and_the_next_gets_a_new_one() -> None:
    with ForkedKernels("none", ["json"]) as kernels:
        first, sandbox = kernels.new(), kernels.sandbox
        process = sandbox.process.pid
        (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        sandbox.process.kill()
        with pytest.raises(Lost, match="the sandbox ended"):
            first.await_reply(first.execute_cell_input("while True: pass"), 30)
        # Its loop must not go on for ever, a process that nobody knows any more.
        ended_by = time.monotonic() + 30
        while Path(f"/proc/{child}").exists() and time.monotonic() < ended_by:
            time.sleep(0.1)
        assert not Path(f"/proc/{child}").exists()
        first.stop()
        second = kernels.new()
        first.stop()  # once more is no harm to the second
        assert second.is_alive() and kernels.sandbox is not sandbox
        request = second.execute_cell_input("x = 1")
        second.await_reply(request, 30)
        assert second.status[request] == "ok"
        kernels.close()
        assert not second.is_alive()


FIRST_GRAPH = """\
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)  # RuntimeError if it was started before the fork
assert tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"]


@tf.function
def up_to(n):
    total = 0
    for each in tf.range(n):
        total += each
    return total


assert up_to(tf.constant(5)) == 10
"""


@pytest.mark.slow
def test_tensorflow_is_made_ready_in_the_parent_and_started_in_each_kernel() -> None:
    with ForkedKernels("none", ["tensorflow"]) as kernels:
        for _ in range(2):
            kernel = kernels.new()
            request = kernel.execute_cell_input(FIRST_GRAPH)
            kernel.await_reply(request, 60)
            assert kernel.status[request] == "ok"
            kernel.stop()


LEFT_BEHIND = """\
import gc
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
with ForkedKernels("bwrap", ["json"]) as kernels:
    kernels.new().execute_cell_input("while True: pass")
    kernels.new()
del kernels
gc.collect()
print("through")
"""


@pytest.mark.slow
def test_a_kernel_that_nobody_stopped_does_not_hold_up_the_program(bubblewrap: str) -> None:
    command = [sys.executable, "-c", LEFT_BEHIND]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout == "through\n", done.stderr


HOARDER = """\
import threading, time
try:
    while True:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
except RuntimeError:
    pass
"""
BESIDE = f"""\
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
with ForkedKernels("bwrap", ["json"]) as kernels:
    kernel = kernels.new()
    kernel.await_reply(kernel.execute_cell_input({HOARDER!r}), 60)
    print("full", flush=True)
    input()
"""


@pytest.mark.slow
def test_who_takes_all_processes_leaves_some_to_those_graded_beside(bubblewrap: str) -> None:
    command = [sys.executable, "-c", BESIDE]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as beside:
        assert beside.stdout.readline() == "full\n"
        with ForkedKernels("bwrap", ["json"]) as kernels:
            kernel = kernels.new()
            request = kernel.execute_cell_input("import threading\nthreading.Thread(target=print).start()")
            kernel.await_reply(request, 60)
        assert kernel.status[request] == "ok"
        beside.communicate("\n")
