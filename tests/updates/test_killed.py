"""An update that is killed at any moment loses nothing, and a second one finishes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import ROOT


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("way", ["clone", "from"])
def test_whenever_it_is_killed_nothing_is_lost_and_a_second_one_finishes(way: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.updates.killing", str(tmp_path), way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["kills"] > 15
    assert found["wrong"] == []
