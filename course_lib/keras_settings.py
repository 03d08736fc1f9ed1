"""Keras as the course means it: on TensorFlow, with Keras's own defaults, and starting without a page of log lines.

Variables such as KERAS_BACKEND=torch and the file keras.json in a person's home are for that person's other work. With
them the lessons would train on another backend, or expect images with their channels first.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from course_lib import CourseError

DEFAULTS = {
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
}
"""Keras's own, by the names in keras.json."""
OURS = {"KERAS_BACKEND", "KERAS_HOME"}
"""Variables of Keras's that stay: the first is set here, the second says where downloads are kept."""


def prepare_keras() -> None:
    """From now on `import keras` gives Keras on TensorFlow with `DEFAULTS`, and logs nothing while it starts.

    Raises:
        CourseError: Keras was imported before, on another backend; or, at the import, keras.json holds what Keras
            itself refuses.
    """
    keras = sys.modules.get("keras")
    if keras is not None and keras.config.backend() != DEFAULTS["backend"]:
        raise CourseError(
            f"Keras runs on {keras.config.backend()} here already: restart the kernel (or Python), and run this before "
            "any `import keras`."
        )
    for name in [name for name in os.environ if name.startswith("KERAS_") and name not in OURS]:
        del os.environ[name]
    os.environ["KERAS_BACKEND"] = str(DEFAULTS["backend"])
    # 3: errors too, among them what the build with CUDA says where there is no card; Python's own exceptions remain
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def overridden() -> list[str]:
    """What on this machine says otherwise than the course, a clause each: variables and lines of keras.json."""
    found = [
        f"{name}={value} is set"
        for name, value in sorted(os.environ.items())
        if name.startswith("KERAS_") and name != "KERAS_HOME" and value not in ("", DEFAULTS["backend"])
    ]
    try:
        settings = json.loads(settings_file().read_text("utf-8"))
        other = {name: value for name, value in settings.items() if value != DEFAULTS.get(name, value)}
    except (OSError, ValueError, AttributeError, RuntimeError):  # none, no home, or none that can be read
        other = {}
    return found + [f"{settings_file()} says {name}: {value}" for name, value in other.items()]


def settings_file() -> Path:
    """Where Keras looks for its settings."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"


class _Finder(MetaPathFinder):
    """Finds TensorFlow and Keras where they would be found anyway, and loads them as the course needs them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        load = {"tensorflow": _load_silently, "keras": _load_with_defaults}.get(name)
        others = (finder for finder in sys.meta_path if finder is not self) if load else ()
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if load and spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: load(execute, module)  # type: ignore[method-assign]
        return spec


def _load_with_defaults(execute: Callable[[ModuleType], None], keras: ModuleType) -> None:
    try:
        execute(keras)
    except ValueError as error:
        if "configuration" not in str(error):
            raise
        reason = " ".join(str(error).split())
        raise CourseError(f"{settings_file()}: {reason} Correct it, or delete the file.") from error
    keras.config.set_floatx(DEFAULTS["floatx"])
    keras.config.set_dtype_policy(DEFAULTS["floatx"])
    keras.config.set_epsilon(DEFAULTS["epsilon"])
    keras.config.set_image_data_format(DEFAULTS["image_data_format"])


def _load_silently(execute: Callable[[ModuleType], None], tensorflow: ModuleType) -> None:
    """With stderr closed: TensorFlow's libraries write to it before they read any setting; notebooks show it in red."""
    terminal = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        execute(tensorflow)
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
