"""A blind test of two methods: pairs of pictures side by side, two buttons, and in the end who was chosen how often.

panel = BlindChoice({"sliced": pictures, "Gram": others}, question="Which is nearer to the painting?")
panel.show()

The answers stay in the kernel: nothing is written and nothing is sent.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

import ipywidgets
import numpy as np

from course_lib import CourseError, datasets, plots
from course_lib.media import pictures
from course_lib.panels import front_end
from course_lib.panels.blind_pairs import SIDES, BlindPairs
from course_lib.panels.panel import Panel

WIDTH = 560  # screen dots for what is side by side, about


class BlindChoice(Panel):
    """Pairs of pictures, one of each method, on sides that a coin decides anew for every pair.

    methods: two names with images (N, height, width, channels) in [-1, 1], pair by pair; references: None, or N images
    of that shape to stand in the middle; question: what is asked of each pair; seed: of the coins and of the order.

    buttons: "left", "right" and "again", which begins a new test; pairs: the answers so far (`BlindPairs`).
    A page without a kernel shows all pairs with numbers, for an answer on paper, and who is who folded away.
    Raises CourseError for other than two methods, and for images of different shapes.
    """

    FOLDED = "all pairs, with numbers"

    def __init__(
        self,
        methods: Mapping[str, np.ndarray],
        question: str,
        references: np.ndarray | None = None,
        seed: int = 0,
    ) -> None:
        if not isinstance(methods, Mapping):
            raise CourseError(f"methods is a dict of two names with images, not a {type(methods).__name__}.")
        names, self.question = tuple(map(str, methods)), question
        stacks = [
            datasets.check_numbers("images", images)
            for images in (*methods.values(), *([] if references is None else [references]))
        ]
        shapes = {images.shape for images in stacks}
        if len(names) != 2 or len(shapes) != 1 or any(len(s) != 4 or 0 in s for s in shapes):
            raise CourseError(
                f"A blind choice takes two methods with images of one shape, (N, height, width, channels), but got "
                f"{len(names)} with the shapes {', '.join(map(str, sorted(shapes)))}."
            )
        self.stacks = np.stack([pictures.to_uint8(images) for images in stacks])
        self.pairs = BlindPairs(names, self.stacks.shape[1], seed)
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        note = self.pairs.note
        actions = {"left": lambda: note(0), "right": lambda: note(1), "again": self._begin}
        super().__init__({name: ipywidgets.Button(description=name) for name in actions}, actions)
        for button in self.buttons.values():
            button.add_class(front_end.ONE_BY_ONE)

    @property
    def buttons(self) -> dict[str, ipywidgets.Button]:
        return self.controls

    @property
    def chosen(self) -> list[str]:
        """The method chosen in each pair so far."""
        return self.pairs.chosen

    @property
    def finished(self) -> bool:
        return self.pairs.finished

    def alt(self) -> str:
        """The picture in words; who is who is told only at the end."""
        if self.finished:
            return f"All pairs; {self.pairs.told()}"
        between = ", with a piece of the original between them" if len(self.stacks) == 3 else ""
        return f"Pair {len(self.chosen) + 1} of {self.pairs.count}: two pictures{between}. {self.question}"

    def _begin(self) -> None:
        self.pairs.shuffle()
        if self._still is not None:  # the numbered pairs are those of this test too
            self._still.update(self._output(self._without_kernel()), raw=True)

    def _measure(self) -> None:
        for name in SIDES:
            self.buttons[name].disabled = self.finished
        number = len(self.chosen) + 1
        self.message.value = html.escape(
            self.pairs.told() if self.finished else f"Pair {number} of {self.pairs.count}: {self.question}"
        )

    def _side_by_side(self, number: int) -> np.ndarray:
        """One pair as one picture, the original in the middle where there is one."""
        pair = self.stacks[:, self.pairs.order[number]]
        left, right = (pair[self.pairs.method(number, side)] for side in (0, 1))
        return pictures.tile(np.stack([left, *pair[2:], right]), columns=len(pair))

    def _draw(self, small: bool = False) -> plots.Picture:
        if self.finished:
            return self._all([self.pairs.who(number) for number in range(self.pairs.count)], self.alt())
        pixels = self._side_by_side(len(self.chosen))
        return plots.Picture(pictures.png(pixels, max(1, WIDTH // pixels.shape[1])), self.alt())

    def _arranged(self) -> ipywidgets.Widget:
        return ipywidgets.VBox([self.picture, ipywidgets.HBox(list(self.buttons.values())), self.message])

    def _without_kernel(self) -> str:
        """All pairs with their numbers, and who is who folded away."""
        alt = f"{self.pairs.count} pairs of pictures with numbers, one of each method"
        page = self._all([str(number) for number in range(1, 1 + self.pairs.count)], alt)._repr_html_()
        truth = (f"{number + 1} {self.pairs.who(number)}" for number in range(self.pairs.count))
        return f"{page}<details><summary>who is who</summary>{html.escape('; '.join(truth))}</details>"

    def _in_text(self) -> str:
        return f"A blind choice between two methods, {self.pairs.count} pairs. {self.question}"

    def _all(self, captions: list[str], alt: str) -> plots.Picture:
        rows = np.stack([self._side_by_side(number) for number in range(self.pairs.count)])
        rows = rows[..., 0] if rows.shape[-1] == 1 else rows
        return plots.picture(plots.image_grid(rows, columns=3, captions=captions, image_size=1.7), alt)
