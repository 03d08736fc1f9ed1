"""What is chosen for which chip, and that the choice is made and said."""

from __future__ import annotations

import subprocess
import sys
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
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    chosen, overruled = done.stdout.splitlines()
    assert chosen.startswith("Training on ") and ", because this " in chosen
    assert overruled.endswith("in mixed_bfloat16, because you asked for it.")


def test_unknown_precision_is_refused() -> None:
    with pytest.raises(CourseError, match="float64"):
        device.configure("float64")
