"""A blind test: pictures one after the other, two buttons, and in the end a score with its interval.

panel = RealOrFake(real_images, fake_images)
panel.show()
"""

from __future__ import annotations

import ipywidgets
import numpy as np

from course_lib import CourseError, datasets, plots
from course_lib.media import pictures
from course_lib.panels import front_end
from course_lib.panels.panel import Panel
from course_lib.scores.intervals import exact_interval

SCALE = 6  # screen dots a pixel: 28 pixels become 168 dots
MOST = 100  # pictures in a test: so many are still drawn with their numbers in a moment


class RealOrFake(Panel):
    """`count` pictures, each real or fake by the toss of a coin, to be judged one by one.

    real, fake: images (N, height, width[, 1 or 3]) in [-1, 1], at least `count` of each; seed: of the tosses and of
    the choice. Since the coin is tossed anew for every picture, whoever cannot tell is right with probability 1/2
    each time, however they guess, and the number of right answers follows the binomial law.

    buttons: "real", "fake" and "again", which begins a new test; picture and message: HTML widgets.
    truth: bool (count,), True for real; answers: what was said so far, True for "real".
    A page without a kernel shows all pictures with numbers, for an answer on paper, and the truth folded away.

    Raises CourseError if count is not in 1..MOST, or if there are too few images, or such as cannot be drawn or could
    be told apart by their shape.
    """

    FOLDED = "all pictures, with numbers"

    def __init__(self, real: np.ndarray, fake: np.ndarray, count: int = 20, seed: int = 0) -> None:
        datasets.check_whole("count", "how many pictures are judged", count, 1, MOST)
        real, fake = _pixels("real", real), _pixels("fake", fake)
        if real.shape[1:] != fake.shape[1:]:
            raise CourseError(
                f"Real images of shape {real.shape[1:]} and fake ones of shape {fake.shape[1:]} are told apart at "
                "once: bring them to one shape."
            )
        if min(len(real), len(fake)) < count:
            raise CourseError(
                f"A test of {count} pictures needs as many of each kind, but there are {len(real)} real and "
                f"{len(fake)} fake ones."
            )
        self.real, self.fake, self.count = real, fake, count
        self.random = np.random.default_rng(seed)
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        self._choose()
        actions = {"real": lambda: self._note(True), "fake": lambda: self._note(False), "again": self._begin}
        super().__init__({name: ipywidgets.Button(description=name) for name in actions}, actions)
        for button in self.buttons.values():
            button.add_class(front_end.ONE_BY_ONE)

    @property
    def buttons(self) -> dict[str, ipywidgets.Button]:
        return self.controls

    def begin(self) -> None:
        """Draw new pictures and forget all answers."""
        self.act(self._begin)

    def answer(self, is_real: bool) -> None:
        """Take one answer and go on to the next picture; after the last, say how it went."""
        self.act(lambda: self._note(is_real))

    @property
    def finished(self) -> bool:
        return len(self.answers) == self.count

    @property
    def right(self) -> int:
        """The number of right answers so far."""
        return sum(answer == truth for answer, truth in zip(self.answers, self.truth, strict=False))

    def alt(self) -> str:
        """The picture in words; the truth is told only at the end."""
        if self.finished:
            return f"All pictures with the truth: {', '.join(self._said())}"
        return f"Picture {len(self.answers) + 1} of {self.count}, to be judged real or fake"

    def _choose(self) -> None:
        self.truth = self.random.random(self.count) < 0.5
        chosen = [self.random.permutation(len(images))[: self.count] for images in (self.real, self.fake)]
        pairs = zip(self.truth, *chosen, strict=True)
        self.images = np.array([self.real[i] if is_real else self.fake[j] for is_real, i, j in pairs])
        self.answers: list[bool] = []

    def _begin(self) -> None:
        self._choose()
        if self._still is not None:  # the numbered pictures are those of this test too
            self._still.update(self._output(self._without_kernel()), raw=True)

    def _note(self, is_real: bool) -> None:
        if not self.finished:
            self.answers.append(is_real)

    def _measure(self) -> None:
        for name in ("real", "fake"):
            self.buttons[name].disabled = self.finished
        number = len(self.answers) + 1
        self.message.value = (
            self._verdict() if self.finished else f"Picture {number} of {self.count}: real or fake?"
        )

    def _verdict(self) -> str:
        low, high = exact_interval(self.right, self.count)
        verdict = "does not: you can tell them apart"
        if low <= 0.5 <= high:
            verdict = "lies in between"
        elif high < 0.5:
            verdict += ", but call real what is fake"
        return (
            f"{self.right} of {self.count} right. Your share in the long run is, with 95 % confidence, between "
            f"{low:.2f} and {high:.2f}. Guessing (0.50) {verdict}."
        )

    def _draw(self, small: bool = False) -> plots.Picture:
        if self.finished:
            return self._all("The truth, and whether you saw it", self._said(), self.alt())
        here = len(self.answers)
        return plots.Picture(pictures.png(pictures.tile(self.images[here : here + 1]), SCALE), self.alt())

    def _arranged(self) -> ipywidgets.Widget:
        return ipywidgets.VBox([self.picture, ipywidgets.HBox(list(self.buttons.values())), self.message])

    def _without_kernel(self) -> str:
        """All pictures with their numbers, and the truth folded away."""
        numbers = range(1, self.count + 1)
        alt = f"{self.count} small pictures with numbers, some real and some drawn by a network"
        page = self._all("Which of these are real?", list(numbers), alt)._repr_html_()
        truth = (f"{number} {_word(is_real)}" for number, is_real in zip(numbers, self.truth, strict=True))
        return f"{page}<details><summary>the truth</summary>{', '.join(truth)}</details>"

    def _in_text(self) -> str:
        return f"A blind test of {self.count} pictures: real or fake?"

    def _said(self) -> list[str]:
        """The truth about each picture, ticked where it was seen."""
        pairs = zip(self.answers, self.truth, strict=True)
        return [f"{_word(truth)} {'✓' if answer == truth else '✗'}" for answer, truth in pairs]

    def _all(self, title: str, captions: list, alt: str) -> plots.Picture:
        return plots.picture(plots.image_grid(self.images, columns=10, title=title, captions=captions), alt)


def _pixels(name: str, images: np.ndarray) -> np.ndarray:
    """Images as uint8 pixels: what cannot be drawn is refused before the test comes to it."""
    images = np.asarray(images)
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[-1] not in (1, 3)):
        raise CourseError(f"The {name} images have shape {images.shape}: give (N, height, width, 1 or 3).")
    try:
        return pictures.to_uint8(images)
    except (CourseError, ValueError, TypeError) as error:  # not even numbers
        raise CourseError(f"The {name} images cannot be drawn. {error}") from error


def _word(is_real: bool) -> str:
    return "real" if is_real else "fake"
