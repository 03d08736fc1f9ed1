"""Whatever a person's Keras is set to, the course runs on TensorFlow with Keras's own defaults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import ROOT
from course_lib.keras_settings import overridden

ODD = {"backend": "jax", "floatx": "float64", "epsilon": 1e-3, "image_data_format": "channels_first"}
SHOW = """
import keras
policy, layer = keras.config.dtype_policy().name, keras.layers.Conv2D(3, 1)
print(keras.config.backend(), keras.config.floatx(), keras.config.epsilon(), keras.config.image_data_format(), policy)
print(layer(keras.ops.ones((1, 5, 4, 2))).shape, keras.config.max_epochs())
"""
PREPARE = "from course_lib.keras_settings import prepare_keras\nprepare_keras()\n"


def python(
    code: str, home: Path, settings: object = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run code in a Python whose home has this keras.json, with these variables and no others of Keras's."""
    if settings is not None:
        (home / ".keras").mkdir(exist_ok=True)
        text = settings if isinstance(settings, str) else json.dumps(settings)
        (home / ".keras" / "keras.json").write_text(text)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("KERAS_", "TF_"))
    }
    environment |= {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, cwd=ROOT
    )


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "jax", "nonsense", ""])
def test_the_course_runs_on_tensorflow_with_its_channels_last(backend: str, tmp_path: Path) -> None:
    ran = python(PREPARE + SHOW, tmp_path, ODD, KERAS_BACKEND=backend, KERAS_MAX_EPOCHS="1")
    assert ran.stdout.splitlines() == [
        "tensorflow float32 1e-07 channels_last float32",
        "(1, 5, 4, 3) None",
    ], ran.stderr
    assert ran.stderr == "", "and nothing is logged"
    assert json.loads((tmp_path / ".keras" / "keras.json").read_text()) == ODD, (
        "a person's file is left alone"
    )


@pytest.mark.slow
def test_without_it_the_settings_are_in_force(tmp_path: Path) -> None:
    """So the test above can fail."""
    ran = python(SHOW, tmp_path, ODD | {"backend": "tensorflow"})
    assert ran.stdout.startswith("tensorflow float64 0.001 channels_first"), ran.stderr


@pytest.mark.slow
def test_what_keras_refuses_is_one_line_with_the_files_name(tmp_path: Path) -> None:
    code = (
        PREPARE
        + "from course_lib import CourseError\ntry:\n    import keras\nexcept CourseError as e:\n    print(e)"
    )
    said = python(PREPARE + code, tmp_path, {"floatx": "bf16"}).stdout
    assert (
        said.count("\n") == 1
        and str(tmp_path / ".keras" / "keras.json") in said
        and "delete the file" in said
    )


def test_a_keras_that_runs_on_something_else_already(tmp_path: Path) -> None:
    """Stands in for a kernel in which Keras was imported on JAX, which is not installed here."""
    code = (
        "import sys, types\nsys.modules['keras'] = types.SimpleNamespace("
        "config=types.SimpleNamespace(backend=lambda: 'jax'))\n" + PREPARE
    )
    last = python(code, tmp_path).stderr.splitlines()[-1]
    assert "Keras runs on jax here already: restart the kernel" in last


def test_what_the_course_passes_over_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KERAS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert overridden() == []
    (tmp_path / "keras.json").write_text(json.dumps(ODD | {"floatx": "float32"}))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    found = overridden()
    assert found[0] == "KERAS_BACKEND=torch is set"
    assert [each.rpartition("says ")[2] for each in found[1:]] == [
        "backend: jax", "epsilon: 0.001", "image_data_format: channels_first",
    ]  # fmt: skip
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    for text in ("", "[]", "{", json.dumps({})):
        (tmp_path / "keras.json").write_text(text)
        assert overridden() == []
