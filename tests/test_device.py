"""What is chosen for which chip, and that the choice is made and said."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from course_lib import ROOT, CourseError, device

OLD = {"sse4_2", "avx", "avx2", "fma"}
CHIPS = {
    "laptop of 2013": ((), OLD, "float32"),
    "Xeon of 2017, AVX-512": ((), OLD | {"avx512f", "avx512_vnni"}, "float32"),
    "Cooper Lake or Zen 4, AVX512-BF16 without AMX": ((), OLD | {"avx512f", "avx512_bf16"}, "float32"),
    "AMX for whole numbers only": ((), OLD | {"avx512_bf16", "amx_tile", "amx_int8"}, "float32"),
    "Sapphire Rapids, AMX": ((), OLD | {"avx512_bf16", "amx_tile", "amx_bf16"}, "mixed_bfloat16"),
    "Apple or ARM: no flags to read": ((), set(), "float32"),
    "K80": ((("Tesla K80", (3, 7)),), OLD, "float32"),
    "P100": ((("Tesla P100", (6, 0)),), OLD, "float32"),
    "V100": ((("Tesla V100", (7, 0)),), OLD, "mixed_float16"),
    "Colab's T4": ((("Tesla T4", (7, 5)),), OLD, "mixed_float16"),
    "T4 beside a processor with AMX": ((("Tesla T4", (7, 5)),), OLD | {"amx_bf16"}, "mixed_float16"),
    "A100": ((("NVIDIA A100-SXM4-40GB", (8, 0)),), OLD, "mixed_bfloat16"),
    "H100": ((("NVIDIA H100", (9, 0)),), OLD, "mixed_bfloat16"),
    "A100 and T4: the older decides": ((("A100", (8, 0)), ("T4", (7, 5))), OLD, "mixed_float16"),
    "Apple's GPU: no compute capability": ((("GPU", (0, 0)),), set(), "float32"),
}


@pytest.mark.parametrize("chip", CHIPS)
def test_precision_fits_the_chip(chip: str) -> None:
    gpus, features, expected = CHIPS[chip]
    precision, reason = device.choose_precision(gpus, frozenset(features))
    assert precision == expected
    assert reason and "\n" not in reason


def test_bfloat16_is_never_emulated_by_default() -> None:
    """Only two things lead to it: AMX, and a GPU of compute capability 8 or more."""
    amx = device.choose_precision((), frozenset({"amx_bf16"}))[0]
    assert amx == "mixed_bfloat16"
    without_amx = device.cpu_features() - {"amx_bf16"} | {"avx512_bf16", "avx512_fp16", "amx_tile", "bf16"}
    assert device.choose_precision((), without_amx)[0] == "float32"
    for major in range(8):
        for minor in range(10):
            precision, _ = device.choose_precision((("old", (major, minor)),), frozenset({"amx_bf16"}))
            assert precision != "mixed_bfloat16"


def test_report_is_about_this_machine() -> None:
    found = device.report()
    assert found.cores >= 1
    assert 0.1 < found.memory_gb < 1e5
    assert (found.precision, found.reason) == device.choose_precision(found.gpus, device.cpu_features())
    assert found.processor
    assert f"Precision  {found.precision}, because {found.reason}" in str(found).splitlines()
    if sys.platform == "linux" and "model name" in Path("/proc/cpuinfo").read_text():
        assert found.processor in Path("/proc/cpuinfo").read_text()


MANY = (os.cpu_count() or 1) + 3
"""Cores that the process may use in these tests: more than there are, so that none of them agrees by chance."""


@pytest.mark.parametrize(
    ("quota", "cores"),
    [
        (None, MANY),  # no container, or not Linux
        ("max 100000", MANY),
        ("300000 100000", 3),
        ("100000 50000", 2),
        ("190000 100000", 2),
        ("110000 100000", 1),
        ("10000 100000", 1),  # a tenth of a core is one core, slowly
        (f"{100000 * MANY + 100000} 100000", MANY),
    ],
)
def test_cores_are_those_that_affinity_and_a_containers_quota_leave(
    quota: str | None, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(MANY)), raising=False)
    monkeypatch.setattr(device, "CGROUP", tmp_path)
    if quota is not None:
        (tmp_path / "cpu.max").write_text(f"{quota}\n")
    assert device.usable_cores() == device.report().cores == cores


def test_memory_is_the_machines_or_a_containers_if_that_is_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psutil  # comes along with ipykernel

    monkeypatch.setattr(device, "CGROUP", tmp_path)
    total = device.memory_bytes()
    assert total == pytest.approx(psutil.virtual_memory().total, rel=0.01)
    for limit, expected in (("max", total), ("1500000000", 1_500_000_000), (str(2 * total), total)):
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        assert device.memory_bytes() == expected
        assert device.report().memory_gb == pytest.approx(expected / 1e9, abs=0.051)


@pytest.mark.parametrize(
    ("nvidia", "system", "machine", "likely"),
    [
        (True, "Linux", "x86_64", True),
        (False, "Linux", "x86_64", False),
        (False, "Linux", "arm64", False),
        (False, "Darwin", "x86_64", False),
        (False, "Darwin", "arm64", True),
    ],
)
def test_gpus_are_looked_for_where_one_is_likely(
    nvidia: bool, system: str, machine: str, likely: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elsewhere the report does without TensorFlow, whose import takes seconds."""
    monkeypatch.setattr(device, "has_nvidia_gpu", lambda: nvidia)
    monkeypatch.setattr(device.platform, "system", lambda: system)
    monkeypatch.setattr(device.platform, "machine", lambda: machine)
    assert device.gpu_is_likely() is likely


def test_lines_of_a_report() -> None:
    gpus = (("Tesla T4", (7, 5)), ("A100", (8, 0)))
    made = device.DeviceReport("Linux 6", "Some Chip", 1, 12.34, gpus, "mixed_float16", "it is so")
    assert made.lines() == [
        "System     Linux 6",
        "Processor  Some Chip; 1 core to use",
        "Memory     12.3 GB",
        "GPU        Tesla T4 (compute capability 7.5), A100 (compute capability 8.0)",
        "Precision  mixed_float16, because it is so",
    ]
    without = replace(made, cores=2, gpus=()).lines()
    assert without[1].endswith("; 2 cores to use")
    assert without[3].startswith("GPU        none: ")


def run(program: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: what is set there holds for good. The tests' own determinism is not handed on."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_DETERMINISTIC_OPS"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
def test_configure_chooses_says_why_and_can_be_overruled() -> None:
    program = (
        "import keras\n"
        "from course_lib import device\n"
        "found = device.configure(deterministic=True)\n"
        "assert keras.mixed_precision.global_policy().name == found.precision\n"
        "device.configure('mixed_bfloat16')\n"
        "assert keras.mixed_precision.global_policy().name == 'mixed_bfloat16'\n"
        "device.configure('float32', quiet=True)\n"
    )
    done = run(program)
    assert done.returncode == 0, done.stderr
    chosen, overruled = done.stdout.splitlines()
    assert chosen.startswith("Training on ") and ", because this " in chosen
    assert overruled.endswith("in mixed_bfloat16, because you asked for it.")


@pytest.mark.slow
def test_configure_shares_an_operation_among_the_cores_or_as_told_and_is_deterministic_if_asked() -> None:
    """With it TensorFlow refuses random numbers that have no seed."""
    program = (
        "import sys\n"
        "from course_lib import device\n"
        "device.usable_cores = lambda: 5\n"  # no machine's own number by chance
        "device.configure(quiet=True)\n"
        "import tensorflow as tf\n"
        "print(tf.config.threading.get_intra_op_parallelism_threads())\n"
        "device.configure(quiet=True, threads=3)\n"
        "print(tf.config.threading.get_intra_op_parallelism_threads())\n"
        "tf.random.normal([])\n"
        "device.configure(quiet=True, deterministic=True)\n"
        "print('still heard', file=sys.stderr)\n"  # TensorFlow's first lines are silenced, and nothing later
        "tf.random.normal([])\n"
    )
    done = run(program)
    assert done.stdout.split() == ["5", "3"], done.stderr
    first, *_, last = done.stderr.splitlines()
    assert first == "still heard"
    assert last.startswith("RuntimeError: Random ops require a seed to be set when determinism is enabled")


def test_without_tensorflow_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r"TensorFlow is not installed here.*python3 -m course_lib lab"):
        device.configure()


def test_unknown_precision_is_refused() -> None:
    with pytest.raises(CourseError, match="float64"):
        device.configure("float64")
