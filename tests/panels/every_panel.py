"""A cell for each panel that there is, and a way to move it that works in every front end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell


@dataclass(frozen=True)
class Example:
    """`source` shows the panel. `role` and `name` find a control as a screen reader does; `key` is pressed on it.

    words: only the words of the picture follow, not its pixels. plays: the panel has an animation.
    """

    source: str
    role: str
    name: str
    key: str = "ArrowRight"
    words: bool = False
    plays: bool = False


EXAMPLES = {
    "TwoDensities": Example("TwoDensities().show()", "slider", "fake: mean"),
    "TwoPlayers": Example("TwoPlayers().show()", "slider", "step size"),
    "BatchUnderLoss": Example("BatchUnderLoss().show()", "slider", "real: mean"),
    "Checkerboard": Example("Checkerboard().show()", "button", "new weights", "Enter"),
    "ConvolutionExplorer": Example("ConvolutionExplorer().show()", "slider", "place of the pixel", "End"),
    "CuttingDesk": Example("CuttingDesk(images, [10]).show()", "slider", "threshold", "End", plays=True),
    "FilmPanel": Example("FilmPanel([images, -images], [0, 10]).show()", "slider", "step", "ArrowLeft"),
    "RealOrFake": Example("RealOrFake(images, images, count=9).show()", "button", "fake", "Enter"),
    "HearTwo": Example(
        "HearTwo({'up': [up] * 9, 'down': [up[::-1]] * 9}, 'Which?').show()", "button", "left", "Enter"
    ),
    "YourTaste": Example("YourTaste(images, images[:, :2, 0, 0], count=9).show()", "button", "left", "Enter"),
    "AnswerALine": Example(
        "AnswerALine(writer, pretrained_verses.parts().train, drawn='sample').show()", "slider", "seed"
    ),
    "MelodyPlayer": Example("MelodyPlayer(up, tonic=2).show()", "slider", "tempo", words=True),
    "Playground": Example("Playground().show()", "button", "one round", "Enter", plays=True),
    "LatentExplorer": Example("LatentExplorer(gan.generator).show()", "slider", "direction 1", plays=True),
    "Dashboard": Example(
        "Dashboard(gan, images, Recorder(grid=(2, 3)), batch_size=8).show()",
        *("slider", "generator's learning rate"),
        words=True,
        plays=True,
    ),
}
FILES = {"FilmPanel": "film", "AnswerALine": "answer_a_line"}  # the others have the names of their classes
PREPARED = """from course_lib.keras_settings import prepare_keras
prepare_keras()
import numpy as np
from course_lib import plots
from course_lib.models import networks, pretrained_verses
from course_lib.models.gan import GAN
from course_lib.training.loop import Recorder
plots.use_course_style()
images = np.random.default_rng(0).uniform(-1, 1, (20, 12, 12, 1)).astype("float32")
up = np.array([[62, 4], [66, 4], [69, 8]])
writer = pretrained_verses.couplets()
shape = images.shape[1:]
gan = GAN(networks.dcgan_generator(shape, 3, width=4), networks.dcgan_discriminator(shape, width=4), seed=0)
gan.compile()"""


def cells() -> list[NotebookNode]:
    """A notebook with every panel, one a cell whose id is the panel's class."""
    return [new_code_cell(PREPARED), *(new_code_cell(_source(name), id=name) for name in EXAMPLES)]


def _source(name: str) -> str:
    file = FILES.get(name) or re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return f"from course_lib.panels.{file} import {name}\n{EXAMPLES[name].source}"
