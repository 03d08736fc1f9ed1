"""What all panels share: controls beside a picture. They work with ipywidgets 7.7 (Colab) and 8.

Sliders and buttons need a running kernel. So `show` also displays what the panel is about as an ordinary output, which
is kept in the notebook's file and visible on a page without a kernel; it folds away as soon as a control is used.
"""

from __future__ import annotations

from typing import Any

import ipywidgets
from IPython.display import display
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.plots.live_figure import LiveFigure


class Panel:
    """Controls above a picture that is drawn anew when one of them moves.

    A panel has four methods: `_measure` computes what is shown, once for each move; `_lay_out` makes the figure, once,
    with `animated=True` for all artists that will move; `_update` gives them what was measured; `alt` says it in words
    (`plots.live_figure` tells more). One whose picture is no figure has `_draw` instead. `_arranged` puts the widgets
    together, and `_without_kernel` is what a page without a kernel shows.

    controls: the ipywidgets by name; `_redraw` follows when the value of one changes, and a button's click is the
    panel's own matter. picture: the HTML widget with the picture, empty until a control was used.
    """

    FOLDED = "the picture at the start"

    def __init__(self, controls: dict[str, ipywidgets.DOMWidget]) -> None:
        self.controls = controls
        self.picture = ipywidgets.HTML()
        self._live: LiveFigure | None = None
        self._still: Any = None  # the handle that changes the ordinary output, and what stands there
        self._page = ""
        self._measure()
        for control in controls.values():
            if control.has_trait("value"):  # a button has none
                control.observe(self._redraw, names="value")

    def show(self) -> None:
        """Display the controls and the picture, and for pages without a kernel an ordinary output."""
        display(self._arranged())
        self._page = self._without_kernel()
        self._still = display(self._output(self._page), display_id=True, raw=True)

    def alt(self) -> str:
        """The picture in words."""
        raise NotImplementedError

    def _measure(self) -> None:
        raise NotImplementedError

    def _lay_out(self) -> Figure:
        raise NotImplementedError

    def _update(self) -> None:
        raise NotImplementedError

    def _draw(self, small: bool = False) -> plots.Picture:
        """The picture; `small` for a notebook's file, where it stays."""
        if self._live is None:
            self._live = LiveFigure(self._lay_out())
        self._update()
        return self._live.picture(self.alt(), small)

    def _arranged(self) -> ipywidgets.Widget:
        """The controls in two columns, and the picture below."""
        controls = list(self.controls.values())
        half = (len(controls) + 1) // 2
        columns = [ipywidgets.VBox(controls[:half]), ipywidgets.VBox(controls[half:])]
        return ipywidgets.VBox([ipywidgets.HBox(columns), self.picture])

    def _without_kernel(self) -> str:
        """The HTML that stays in the notebook's file."""
        return self._draw(small=True)._repr_html_()

    def _redraw(self, change: object = None) -> None:
        self._measure()
        self.picture.value = self._draw()._repr_html_()
        if self._still is not None:
            folded = f"<details><summary>{self.FOLDED}</summary>{self._page}</details>"
            self._still.update(self._output(folded), raw=True)
            self._still = None

    def _output(self, page: str) -> dict[str, str]:
        """HTML for notebooks, and words where only text can be shown."""
        return {"text/html": page, "text/plain": self.alt()}


def choice(label: str, options: list, value: str) -> ipywidgets.Dropdown:
    """A menu; `options` are values, or pairs of text and value."""
    return ipywidgets.Dropdown(
        options=options, value=value, description=label, style={"description_width": "initial"}
    )


def slider(label: str, value: float, low: float, high: float, step: float = 0.1) -> ipywidgets.FloatSlider:
    """A slider that shows as many digits as its step has."""
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=label,
        continuous_update=True,
        readout_format=".2f" if step < 0.1 else ".0f" if step >= 1 else ".1f",
        style={"description_width": "initial"},
    )
