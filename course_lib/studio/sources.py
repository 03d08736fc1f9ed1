"""What can be published: a generator with what is known about it, from a run of `train` or out of the course.

source = find("garments")
source = find("runs/first")
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from course_lib.datasets.bundled import read_verified
from course_lib.models import pretrained, saved
from course_lib.studio import export

PICTURES = {
    "fashion_mnist": {
        "title": "Garments that do not exist",
        "trained_on": "60,000 pictures of garments from a shop's catalogue: Fashion-MNIST (Xiao et al. 2017)",
        "licence": "MIT, copyright 2017 Zalando SE",
    },
    "emoji": {
        "title": "Emoji that do not exist",
        "trained_on": "1,235 emoji: Noto Color Emoji, drawn by Google",
        "licence": "SIL Open Font License 1.1",
    },
    "prints": {
        "title": "Prints that nobody cut",
        "trained_on": "6,000 crops of seven prints by Katsushika Hokusai",
        "licence": "public domain",
    },
}
"""What is said of a generator by what it learned from."""
SETTINGS = ("dataset", "steps", "epochs", "batch_size", "seed", "precision")
FEATURES = "64 features of this course's own fashion_mnist classifier; not comparable with Inception FID"
BUNDLED = ("garments", "prints")
"""Generators that come with the course."""


@dataclass(frozen=True)
class Source:
    """A generator and what its page says about it.

    generator: latents (batch, size), or latents and labels (batch,), to images (batch, height, width, 1 or 3) in
    [-1, 1]. class_names: one for each label, none for a generator without. trained_on, licence: what the training
    pictures are and on what terms they may be used; settings, scores: of the training, as `train` reports them.
    """

    generator: keras.Model
    title: str = "A picture machine"
    class_names: tuple[str, ...] = ()
    trained_on: str = ""
    licence: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)


def find(name: str | Path) -> Source:
    """The source of that name among `BUNDLED`, or that of a file or folder which `train` wrote.

    Raises CourseError if the file is no generator, or if a layer in it cannot be drawn by a page.
    """
    if name in BUNDLED:
        return {"garments": _garments, "prints": _prints}[str(name)]()
    path = Path(name)
    path = path / "generator.keras" if path.is_dir() else path
    export.refuse_undrawn(path)
    generator = saved.load(path)
    classes = saved.count_classes(generator) or 0
    names = saved.class_names(path.parent, classes) or tuple(f"class {number}" for number in range(classes))
    report = saved.read_report(path.parent)
    settings = report.get("settings")
    told = (settings if isinstance(settings, dict) else {}) | report
    source = _of(saved.trained_on(report), generator, told)
    return dataclasses.replace(source, class_names=names)


def _of(pictures: str | None, generator: keras.Model, report: dict[str, Any]) -> Source:
    scores = report.get("scores")
    return Source(
        generator,
        settings={name: report[name] for name in SETTINGS if name in report},
        scores=scores if isinstance(scores, dict) else {},
        **PICTURES.get(pictures, {}),
    )


def _garments() -> Source:
    told = pretrained.report()
    report = told | {"steps": told["steps"][-1], "scores": {"frechet_distance": told["frechet_distance"][-1]}}
    report["scores"] |= {"samples": told["samples"], "feature_space": FEATURES}
    return _of("fashion_mnist", pretrained.generator(), report)


def _prints() -> Source:
    return _of("prints", pretrained.print_generator(), json.loads(read_verified(f"{pretrained.PRINTS}.json")))
