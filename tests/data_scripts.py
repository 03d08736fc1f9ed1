"""The scripts that made what lies in data/, as modules."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from course_lib import ROOT


def load(name: str) -> ModuleType:
    """data/NAME.py, which imports neighbours of its folder; a process has it once, so leave it as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "data"))
        return importlib.import_module(name)
