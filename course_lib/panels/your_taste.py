"""Your own taste in twenty clicks: two creations side by side, left, right or neither, and what the model made of it.

panel = YourTaste(pictures, features)
panel.show()

The answers stay in the kernel: nothing is written and nothing is sent.
"""

from __future__ import annotations

import html

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets, plots
from course_lib.media import pictures
from course_lib.panels import front_end
from course_lib.panels.panel import Panel, row
from course_lib.panels.taste_pairs import LEFT, NEITHER, RIGHT, TastePairs
from course_lib.scores.intervals import exact_interval
from course_lib.theory.taste.checking import check_numbers
from course_lib.theory.taste.pairs import Chooser

WIDTH = 560  # screen dots for two pictures side by side, about
SHOWN = 5  # of the best and of the worst, at the end
KEYS = {"left": "ArrowLeft", "neither": "Space", "right": "ArrowRight"}


class YourTaste(Panel):
    """Pairs of creations, chosen by what your answers so far let a Bradley-Terry model believe.

    creations: images (n, height, width, channels) in [-1, 1], n >= 2; features: (n, d), what the model knows of them,
    columns of about unit spread. count, held_out, seed, chooser: of `TastePairs`. The arrow keys left and right and the
    space bar answer as the buttons do, as long as the focus is in the panel.

    buttons: "left", "neither", "right", "undo", and "again", which forgets all answers; asked: the `TastePairs`.
    example: None, or a taste (d,), of which a page without a kernel shows how the test ends for somebody who has it.
    Raises CourseError where images and features do not fit each other.
    """

    FOLDED = "how it ends, for somebody else"

    def __init__(
        self,
        creations: np.ndarray,
        features: ArrayLike,
        count: int = 20,
        held_out: int = 6,
        seed: int = 0,
        example: ArrayLike | None = None,
        chooser: Chooser | None = None,
    ) -> None:
        images = datasets.check_numbers("creations", creations)
        if images.ndim != 4 or 0 in images.shape or len(images) != len(np.atleast_1d(features)):
            raise CourseError(
                f"Each picture has its features: images (n, height, width, channels) and features (n, d) are wanted, "
                f"not {images.shape} and {np.shape(features)}."
            )
        self.images = pictures.to_uint8(images)
        self.asked = TastePairs(features, count, held_out, seed, chooser)
        self.example = self._checked(example)
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        actions = {
            "left": lambda: self.asked.note(LEFT),
            "neither": lambda: self.asked.note(NEITHER),
            "right": lambda: self.asked.note(RIGHT),
            "undo": lambda: self.asked.undo(),
            "again": self._begin,
        }
        super().__init__({name: ipywidgets.Button(description=name) for name in actions}, actions)
        for name, button in self.buttons.items():
            button.add_class(front_end.ONE_BY_ONE)
            if name in KEYS:
                button.add_class(f"course-key-{KEYS[name]}")  # as on_a_key.js wants it

    @property
    def buttons(self) -> dict[str, ipywidgets.Button]:
        return self.controls

    @property
    def finished(self) -> bool:
        return self.asked.finished

    def alt(self) -> str:
        """The picture in words."""
        if self.finished:
            return f"The creations that the model believes you like best, and least. {self.said}"
        return f"Pair {len(self.asked.answers) + 1} of {self.asked.count}: two creations. Which do you like better?"

    def _checked(self, example: ArrayLike | None) -> np.ndarray | None:
        if example is None:
            return None
        example = check_numbers("Values of an example's taste", example)
        if example.shape != self.asked.features.shape[1:] or not np.isfinite(example).all():
            raise CourseError(
                f"An example's taste has one finite number for each of {self.asked.features.shape[1]} features, not "
                f"the shape {example.shape}."
            )
        return example

    def _begin(self) -> None:
        self.asked = self.asked.afresh()

    def _measure(self) -> None:
        # The focus of a button that is switched off goes to the first that is on: "undo", not "again".
        self.buttons["undo"].disabled = not self.asked.answers
        for name in KEYS:
            self.buttons[name].disabled = self.finished
        number, count = len(self.asked.answers), self.asked.count
        if self.finished:
            self.said = told(self.asked)
            self.message.value = html.escape(self.said)
        else:
            rest = "" if number < self.asked.taught else " The model does not learn from this one."
            self.message.value = f"Pair {number + 1} of {count}: which do you like better?{rest}"

    def _draw(self, small: bool = False) -> plots.Picture:
        if self.finished:
            return self._best_and_worst(self.asked, self.alt())
        pixels = pictures.tile(self.images[list(self.asked.pair())], columns=2)
        return plots.Picture(pictures.png(pixels, max(1, WIDTH // pixels.shape[1])), self.alt())

    def _best_and_worst(self, asked: TastePairs, alt: str) -> plots.Picture:
        ranked = asked.ranked()
        shown = min(SHOWN, len(ranked) // 2)
        both = np.concatenate([ranked[:shown], ranked[-shown:]])
        captions = [f"best {place}" for place in range(1, shown + 1)]
        captions += [f"worst {place}" for place in range(shown, 0, -1)]
        images = self.images[both]
        images = images[..., 0] if images.shape[-1] == 1 else images
        return plots.picture(plots.image_grid(images, columns=shown, captions=captions, image_size=1.2), alt)

    def _arranged(self) -> ipywidgets.Widget:
        keys = ipywidgets.HTML(front_end.carrier("on_a_key.js"), layout={"display": "none"})
        return ipywidgets.VBox([self.picture, row(list(self.buttons.values())), self.message, keys])

    def _without_kernel(self) -> str:
        """The first pair, and how it would end for somebody of the example's taste."""
        fresh = self.asked.afresh()
        pixels = pictures.tile(self.images[list(fresh.pair())], columns=2)
        scale = max(1, WIDTH // pixels.shape[1])
        first = plots.Picture(pictures.png(pixels, scale), f"The first of {fresh.count} pairs of creations")
        page = first._repr_html_()
        if self.example is None:
            return page
        answer_as(fresh, self.example)
        alt = f"What the model believes somebody else likes best, and least. {told(fresh, 'That person')}"
        end = self._best_and_worst(fresh, alt)._repr_html_()
        return f"{page}<p>{html.escape(told(fresh, 'Somebody of a known taste'))}</p>{end}"

    def _in_text(self) -> str:
        return f"Your taste in {self.asked.count} clicks: pairs of creations, left, right or neither."


def told(asked: TastePairs, who: str = "You") -> str:
    """How a finished test ended, and what that allows one to say."""
    learned = sum(answer.side is not None for answer in asked.answers[: asked.taught])
    said = f"{who} chose in {learned} of the {asked.taught} pairs that the model learns from."
    agreed, answered = asked.agreement()
    if not learned:
        return f"{said} So the model learned nothing, and foretells nothing."
    if not answered:
        return f"{said} No held-out pair was answered, so nothing says whether the model is right."
    low, high = exact_interval(agreed, answered)
    verdict = "lies in between" if low <= 0.5 <= high else "does not"
    return (
        f"{said} Of {answered} held-out answers it foretold {agreed}. In the long run, with 95 % confidence, that "
        f"would be a share between {low:.2f} and {high:.2f}. Guessing (0.50) {verdict}."
    )


def answer_as(asked: TastePairs, taste: np.ndarray) -> None:
    """Answer all pairs that are left as somebody would who always takes what their taste (d,) values more."""
    while not asked.finished:
        left, right = asked.features[list(asked.pair())] @ taste
        asked.note(LEFT if left >= right else RIGHT)
