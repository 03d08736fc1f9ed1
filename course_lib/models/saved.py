"""Generators in the files that `train` writes: opened, looked at, and what is known of their classes.

generator = saved.load(Path("runs/first/generator.keras"))
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras

from course_lib import CourseError, datasets


def load(path: Path) -> keras.Model:
    """The generator in a file: from latents (batch, size), and labels (batch,) where it has classes, to images.

    Raises CourseError if it is damaged, or if it holds another kind of model.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:  # Keras does not always read to the checksum
                raise zipfile.BadZipFile("a wrong checksum")
        generator = keras.models.load_model(path, compile=False)
    except Exception as error:  # one wrong byte makes the readers of zip, JSON and HDF5 raise nearly anything
        raise CourseError(
            f"{path} is not a Keras model, or it is damaged: `train` writes one as generator.keras."
        ) from error
    check(generator, str(path))
    return generator


def check(generator: keras.Model, what: str) -> None:
    """Raise CourseError unless this takes latents, or latents and labels, and gives images; what: its name."""
    if not getattr(generator, "outputs", None):
        raise CourseError(
            f"{what} is no Keras model of known inputs and outputs, but {type(generator).__name__}."
        )
    takes, gives = generator.inputs[0].shape[1:], generator.outputs[0].shape[1:]
    if len(takes) != 1 or len(gives) != 3 or len(generator.inputs) > 2:
        raise CourseError(
            f"{what} takes {takes} and gives {gives}, but a generator takes latents of shape (size,) "
            "and gives images of shape (height, width, channels)."
        )


def layer_classes(path: Path) -> dict[str, str]:
    """The class of each layer in a file, by the layer's name, networks within networks too; nothing is run or built.

    Raises an error of any kind for a file that cannot be read.
    """
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read("config.json"))
    found: dict[str, str] = {}

    def look(network: dict[str, Any]) -> None:
        for layer in network["config"]["layers"]:
            if "layers" in layer["config"]:
                look(layer)
            else:
                found[layer["config"]["name"]] = layer["class_name"]

    look(described)
    return found


def count_classes(generator: keras.Model) -> int | None:
    """How many classes a generator takes as its second input; None for one without.

    Raises CourseError where it does not say so by one table of classes, an `Embedding`.
    """
    if len(generator.inputs) == 1:
        return None
    tables = [layer.input_dim for layer in generator.layers if isinstance(layer, keras.layers.Embedding)]
    if len(tables) != 1:
        raise CourseError("The generator does not say how many classes it draws: it has no table of them.")
    return tables[0]


def read_report(run: Path) -> dict[str, Any]:
    """The report that `train` left in the folder of a run; empty where there is none that can be read."""
    try:
        report = json.loads((run / "report.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def trained_on(report: dict[str, Any]) -> str | None:
    """The name of the bundled data set that a report tells of, else None."""
    settings = report.get("settings")
    name = settings.get("dataset") if isinstance(settings, dict) else None
    return name if isinstance(name, str) and name in datasets.BUNDLED else None


def class_names(run: Path, count: int) -> tuple[str, ...]:
    """The names of a generator's classes where the report beside it says what it learned from, else none."""
    name = trained_on(read_report(run))
    names = datasets.load(name).class_names if name else ()
    return names if len(names) == count else ()
