"""A generator that is audited, with all that is known about it: gathered once, before any question is asked."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.audit import references
from course_lib.audit.references import Reference
from course_lib.datasets.bundled import read_verified
from course_lib.datasets.numbers import is_number
from course_lib.models import pretrained, recipe, saved
from course_lib.models.sampling import generate
from course_lib.studio import sources
from course_lib.studio.sources import Source
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder

Array = np.ndarray
LEAST_PICTURES, MOST_PICTURES = 200, 20_000


@dataclass(frozen=True)
class Subject:
    """source: the generator and what is told of it. pictures: float32 (N, height, width, channels), drawn now.

    reference: what it learned from, None where that is not known. discriminator: None where it is not at hand. Why
    not, in words, stands in no_reference and no_discriminator. time: words for `energy.training_energy`, or None; and
    why not in no_time.
    """

    source: Source
    pictures: Array
    reference: Reference | None = None
    discriminator: keras.Model | None = None
    time: dict[str, Any] | None = None
    no_reference: str = ""
    no_discriminator: str = "the discriminator is not kept with this generator"
    no_time: str = ""


def find(name: str | Path, count: int = 2000, seed: int = 0) -> Subject:
    """One of the course's own, "garments" or "prints", or the folder of a run of `train` or its generator.keras.

    count: how many pictures are drawn, in its classes by turns where it has some. Raises CourseError for what is no
    generator, and if it draws anything but pictures in [-1, 1].
    """
    datasets.check_whole("count", "how many pictures are drawn", count, LEAST_PICTURES, MOST_PICTURES)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    source = sources.find(name)
    pictures = _drawn(source, count, seed)
    if name in sources.BUNDLED:
        reference = references.find("prints" if name == "prints" else "fashion_mnist")
        return Subject(source, pictures, reference, time=_bundled_time(str(name)))
    run = Path(name) if Path(name).is_dir() else Path(name).parent
    report = saved.read_report(run)
    time, no_time = _time(report)
    told = {"time": time, "no_time": no_time}
    dataset = saved.trained_on(report)
    if dataset is None:
        why = "there is no report.json beside it that says what it learned from"
        return Subject(source, pictures, **told, no_reference=why, no_discriminator=why)
    reference = references.find(dataset)
    if reference.training.shape[1:] != pictures.shape[1:]:
        why = f"report.json names {dataset}, but its pictures have another shape"
        return Subject(source, pictures, **told, no_reference=why, no_discriminator=why)
    discriminator, why = _discriminator(run, report, pictures.shape[1:])
    return Subject(source, pictures, reference, discriminator, **told, no_discriminator=why)


def _drawn(source: Source, count: int, seed: int) -> Array:
    generator, classes = source.generator, len(source.class_names)
    latents = np.random.default_rng(seed).standard_normal(
        (count, generator.inputs[0].shape[-1]), dtype="float32"
    )
    pictures = generate(generator, latents, np.arange(count) % classes if classes else None)
    datasets.check_images(pictures, part=True)
    if pictures.shape[-1] not in (1, 3):
        raise CourseError(f"An audit shows pictures of 1 or 3 channels, and these have {pictures.shape[-1]}.")
    return pictures


def _discriminator(run: Path, report: dict, shape: tuple) -> tuple[keras.Model | None, str]:
    """The discriminator of the newest checkpoint, or None and why."""
    settings = {name: value for name, value in report["settings"].items() if name in ("dataset", "seed")}
    try:
        gan = recipe.dcgan(shape)
        with contextlib.redirect_stdout(io.StringIO()):  # of damaged files and of learning rates
            found = Checkpoint(run / "checkpoints", Recorder(), settings).restore(gan)
    except CourseError:
        return None, "its checkpoint cannot be read, or is of other networks than the recipe's"
    return (gan.discriminator, "") if found else (None, "there is no checkpoint beside it")


def _time(report: dict) -> tuple[dict[str, Any] | None, str]:
    seconds, hardware = report.get("seconds"), report.get("hardware")
    cores = hardware.get("cores") if isinstance(hardware, dict) else None
    if not is_number(seconds) or not 0 < seconds < 1e9 or not isinstance(cores, int) or cores < 1:
        return None, "there is no report.json beside it that says how long it was trained, and on what"
    if hardware.get("gpus"):
        return None, "it was trained on an accelerator, whose power nobody measured"
    return {"wall_seconds": seconds, "cores": cores}, ""


def _bundled_time(name: str) -> dict[str, Any]:
    """Of the course's own: `garments` at the speed of two cores, `prints` in processor seconds of about one core."""
    if name == "garments":
        return {"wall_seconds": pretrained.report()["seconds"][-1], "cores": 2}
    seconds = json.loads(read_verified(f"{pretrained.PRINTS}.json"))["processor_seconds"]
    return {"wall_seconds": seconds, "cores": 1, "processor_seconds": seconds}
