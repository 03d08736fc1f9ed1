"""Is there a graphics card? Asked before anything is installed, and again when the course runs.

Standard library only, and it must parse on Python 3.8: the set-up asks it which build of TensorFlow to fetch.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path


def has_nvidia_gpu() -> bool:
    """Whether TensorFlow's CUDA build, published for Linux on x86-64, would find a GPU here."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return False
    if Path("/proc/driver/nvidia/version").exists():
        return True
    try:
        answer = subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"GPU" in answer.stdout
