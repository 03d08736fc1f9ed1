"""podman and docker instead of bubblewrap, where they are here and work: the same lesson, some of the same attacks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib import ROOT
from course_lib.authoring.assemble import reference
from course_lib.grading.running.answer_sheet import AnswerSheet, modules_of
from course_lib.grading.running.attacks import ATTACKS
from course_lib.grading.sandbox import sandbox
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from tests.grading.small_lesson import RIGHT, small_lesson

SEED = "a class"
SOME = ("asks the network", "imports the authoring room", "kills everything", "forks", "fills the memory")


@pytest.fixture(params=["podman", "docker"])
def container(request: pytest.FixtureRequest) -> str:
    if not sandbox.works(request.param):
        pytest.skip(f"{request.param} is not here or does not work; bubblewrap is what the other tests use")
    return request.param


@pytest.mark.slow
def test_attacks_in_a_container(container: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://name:password@127.0.0.1:1")
    lesson = small_lesson(tmp_path)
    whole = reference(lesson, SEED)
    with ForkedKernels(container, modules_of(lesson)) as kernels:
        for name in SOME:
            answers = RIGHT | {"distances": ATTACKS[name].format(function="distances")}
            outcomes = AnswerSheet(lesson, answers, whole, kernels, seconds=2).grade()
            assert [outcome.points for outcome in outcomes.values()] == [4, 0], name
        looking = f"import os\nassert 'proxy' not in str(os.environ)\n{RIGHT['distances']}"
        outcomes = AnswerSheet(lesson, RIGHT | {"distances": looking}, whole, kernels).grade()
        assert {outcome.status for outcome in outcomes.values()} == {"right"}


@pytest.mark.slow
def test_a_container_ends_with_its_grader(container: str) -> None:
    """Killed outright, the grader leaves no container behind."""
    script = (
        "import time\nfrom course_lib.grading.sandbox.forked_kernels import ForkedKernels\n"
        f"kernels = ForkedKernels({container!r}, ['json'])\nkernels.new()\n"
        "print(kernels.sandbox.name, flush=True)\ntime.sleep(600)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    name = grader.stdout.readline().strip()
    assert name in containers(container)
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    for _ in range(200):
        if name not in containers(container):
            return
        time.sleep(0.1)
    raise AssertionError("the container is still there")


def containers(kind: str) -> list[str]:
    command = [kind, "ps", "--all", "--format", "{{.Names}}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
