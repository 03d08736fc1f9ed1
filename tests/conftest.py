"""What all tests share: a quiet, repeatable TensorFlow, and the outside tools some tests need."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Before TensorFlow is imported anywhere, here or in a child process.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("MPLBACKEND", "Agg")

# Processes that share the tests share the cores as well: more threads than cores wait for each other.
if "PYTEST_XDIST_WORKER_COUNT" in os.environ:
    THREADS = max(1, (os.cpu_count() or 1) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))
    for variable in ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, str(THREADS))

BY_LESSON = ("tests/lessons/", "tests/browser/")

# A shell lets what it starts in the background ignore Ctrl-C, and the programs that tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every run, and no verdict that depends on how busy the machine is.
settings.register_profile("course", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("course")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes share the tests: what belongs together stays together, and so is made once.

    All tests of one lesson, which share its kernels and its folder of runs; one lesson in the browser; else one file.
    """
    from xdist.scheduler import LoadScopeScheduling

    class TogetherScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            lesson = re.search(r"\d\d_\w+", nodeid)
            return f"{Path(file).parent} {lesson[0]}" if lesson and file.startswith(BY_LESSON) else file

    return TogetherScheduling(config, log)


@pytest.fixture(autouse=True)
def fixed_seeds() -> None:
    """Every test starts from the same random state, whatever ran before it."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def no_figure_open() -> None:
    """Every test starts without an open figure, whatever a test before it in this process left behind."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(autouse=True, scope="session")
def kernels_as_students_have_them() -> Iterator[None]:
    """Every kernel that a test starts shows what is written to stderr, in red, as it would for a student.

    Where ipykernel sees a variable of pytest's it leaves stderr to pytest; and above we made TensorFlow quiet.
    """
    from jupyter_client.provisioning import local_provisioner

    def launch_without(command: list[str], *, env: dict[str, str], **options: Any) -> subprocess.Popen:
        ours = ("PYTEST", "TF_CPP_MIN_LOG_LEVEL")
        return launch(command, env={k: v for k, v in env.items() if not k.startswith(ours)}, **options)

    launch, local_provisioner.launch_kernel = local_provisioner.launch_kernel, launch_without
    yield
    local_provisioner.launch_kernel = launch


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium or Chrome."""
    return find_tool("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """Path of ffmpeg."""
    return find_tool("ffmpeg")


@pytest.fixture(scope="session")
def ffprobe() -> str:
    """Path of ffprobe, which comes with ffmpeg."""
    return find_tool("ffprobe", package="ffmpeg")


@pytest.fixture(scope="session")
def bubblewrap() -> str:
    """Path of bwrap, tried out: in some containers it is there but may not make namespaces."""
    return find_tool("bwrap", package="bubblewrap", works=lambda path: [path, "--ro-bind", "/", "/", "true"])


def find_tool(*names: str, package: str = "", works: Callable[[str], list[str]] | None = None) -> str:
    """The path of the first of `names` that is here; without one the test is skipped, or fails where CI=true.

    package: what Debian calls it, if not by the first name. works: a command that must succeed, given the path.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        reason = f"{names[0]} is not here; on Debian or Ubuntu: apt install {package or names[0]}"
    elif works is None or subprocess.run(works(path), capture_output=True).returncode == 0:
        return path
    else:
        reason = f"{names[0]} is here but not allowed to do its work: {' '.join(works(path))} fails"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (with CI=true nothing may be skipped)")
    pytest.skip(reason)
