"""A blind test: pictures one after the other, two buttons, and in the end a score with its interval.

    panel = RealOrFake(real_images, fake_images)
    panel.show()

Works with ipywidgets 7.7 (Colab) and 8. Buttons need a running kernel; without one the notebook shows all pictures
with numbers, for an answer on paper, and the truth folded away.
"""

from __future__ import annotations

import io
from typing import Any

import ipywidgets
import numpy as np
from IPython.display import display
from PIL import Image

from course_lib import CourseError, plots
from course_lib.media import pictures
from course_lib.scores.intervals import exact_interval

SCALE = 6  # screen dots a pixel: 28 pixels become 168 dots


class RealOrFake:
    """`count` pictures, each real or fake by the toss of a coin, to be judged one by one.

    real, fake: images (N, height, width, channels) in [-1, 1], at least `count` of each; seed: of the tosses and of
    the choice. Since the coin is tossed anew for every picture, whoever cannot tell is right with probability 1/2
    each time, however they guess, and the number of right answers follows the binomial law.

    buttons: "real", "fake" and "again", which begins a new test; picture and message: HTML widgets.
    truth: bool (count,), True for real; answers: what was said so far, True for "real".
    """

    def __init__(self, real: np.ndarray, fake: np.ndarray, count: int = 20, seed: int = 0) -> None:
        if min(len(real), len(fake)) < count:
            raise CourseError(
                f"A test of {count} pictures needs as many of each kind, but there are {len(real)} real and "
                f"{len(fake)} fake ones."
            )
        self.real, self.fake, self.count = real, fake, count
        self.random = np.random.default_rng(seed)
        self.buttons = {name: ipywidgets.Button(description=name) for name in ("real", "fake", "again")}
        self.picture, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        self._still: Any = None
        self._first = ""
        self.buttons["real"].on_click(lambda _: self.answer(True))
        self.buttons["fake"].on_click(lambda _: self.answer(False))
        self.buttons["again"].on_click(lambda _: self.begin())
        self.begin()

    def begin(self) -> None:
        """Draw new pictures and forget all answers."""
        self.truth = self.random.random(self.count) < 0.5
        chosen = [self.random.permutation(len(images))[: self.count] for images in (self.real, self.fake)]
        pairs = zip(self.truth, *chosen, strict=True)
        self.images = np.array([self.real[i] if is_real else self.fake[j] for is_real, i, j in pairs])
        self.answers: list[bool] = []
        self._next()

    def show(self) -> None:
        """Display picture, buttons and message, and for pages without a kernel the numbered pictures."""
        row = ipywidgets.HBox(list(self.buttons.values()))
        display(ipywidgets.VBox([self.picture, row, self.message]))
        self._first = self._numbered()
        self._still = display(self._as_output(self._first), display_id=True, raw=True)

    def answer(self, is_real: bool) -> None:
        """Take one answer and go on to the next picture; after the last, say how it went."""
        if self.finished:
            return
        self.answers.append(is_real)
        self._next()
        if self._still is not None:
            folded = f"<details><summary>all pictures, with numbers</summary>{self._first}</details>"
            self._still.update(self._as_output(folded), raw=True)
            self._still = None

    @property
    def finished(self) -> bool:
        return len(self.answers) == self.count

    @property
    def right(self) -> int:
        """The number of right answers so far."""
        return sum(answer == truth for answer, truth in zip(self.answers, self.truth, strict=False))

    def _next(self) -> None:
        for name in ("real", "fake"):
            self.buttons[name].disabled = self.finished
        if not self.finished:
            number = len(self.answers) + 1
            pixels = pictures.tile(self.images[number - 1 : number])
            enlarged = Image.fromarray(pixels).resize(
                (pixels.shape[1] * SCALE, pixels.shape[0] * SCALE), Image.Resampling.NEAREST
            )
            buffer = io.BytesIO()
            enlarged.save(buffer, format="PNG")
            alt = f"Picture {number} of {self.count}, to be judged real or fake"
            self.picture.value = _image(buffer.getvalue(), alt)
            self.message.value = f"Picture {number} of {self.count}: real or fake?"
            return
        said = [f"{_word(t)} {'✓' if a == t else '✗'}" for a, t in zip(self.answers, self.truth, strict=True)]
        figure = plots.image_grid(
            self.images, columns=10, title="The truth, and whether you saw it", captions=said
        )
        self.picture.value = _image(
            plots.png_bytes(figure), "All pictures with the truth: " + ", ".join(said)
        )
        low, high = exact_interval(self.right, self.count)
        verdict = (
            "Guessing (0.50) lies in between"
            if low <= 0.5 <= high
            else "Guessing (0.50) does not: you can tell them apart"
        )
        if high < 0.5:
            verdict = "Guessing (0.50) does not: you can tell them apart, but call real what is fake"
        self.message.value = (
            f"{self.right} of {self.count} right. Your share in the long run is, with 95 % confidence, between "
            f"{low:.2f} and {high:.2f}. {verdict}."
        )

    def _as_output(self, page: str) -> dict[str, str]:
        """HTML for notebooks, and one line where only text can be shown."""
        return {"text/html": page, "text/plain": f"A blind test of {self.count} pictures: real or fake?"}

    def _numbered(self) -> str:
        """All pictures with their numbers, and the truth folded away."""
        numbers = range(1, self.count + 1)
        figure = plots.image_grid(
            self.images, columns=10, title="Which of these are real?", captions=list(numbers)
        )
        alt = f"{self.count} small grey pictures of garments with numbers, some real and some drawn by a network"
        truth = ", ".join(
            f"{number} {_word(is_real)}" for number, is_real in zip(numbers, self.truth, strict=True)
        )
        folded = f"<details><summary>the truth</summary>{truth}</details>"
        return _image(plots.png_bytes(figure), alt) + folded


def _word(is_real: bool) -> str:
    return "real" if is_real else "fake"


def _image(png: bytes, alt: str) -> str:
    return plots.Picture(png, alt)._repr_html_()
