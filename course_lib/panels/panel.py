"""What all panels share: controls above a picture. They work with ipywidgets 7.7 (Colab) and 8.

Sliders need a running kernel. So `show` also displays the picture as it starts as an ordinary output, which is
kept in the notebook's file and visible on a page without a kernel; it folds away as soon as a control reports a value.
"""

from __future__ import annotations

from typing import Any

import ipywidgets
from IPython.display import display
from matplotlib.figure import Figure

from course_lib import plots


class Panel:
    """Controls above a picture that is drawn anew when one of them moves.

    A panel has three methods: `_measure` computes what is shown, `_figure` draws it, `alt` says it in words.
    """

    def __init__(self, controls: dict[str, ipywidgets.DOMWidget]) -> None:
        self.controls = controls
        self.picture = ipywidgets.HTML()
        self._first: plots.Picture | None = None  # the still picture, and the handle that changes its output
        self._still: Any = None
        self._measure()
        for control in controls.values():
            if control.has_trait("value"):  # a button has none
                control.observe(self._redraw, names="value")

    def show(self) -> None:
        """Display the controls, in two columns, and the picture."""
        controls = list(self.controls.values())
        half = (len(controls) + 1) // 2
        columns = [ipywidgets.VBox(controls[:half]), ipywidgets.VBox(controls[half:])]
        display(ipywidgets.VBox([ipywidgets.HBox(columns), self.picture]))
        self._first = self._draw()
        self._still = display(self._first, display_id=True)

    def alt(self) -> str:
        """The picture in words."""
        raise NotImplementedError

    def _measure(self) -> None:
        raise NotImplementedError

    def _figure(self) -> Figure:
        raise NotImplementedError

    def _redraw(self, change: object = None) -> None:
        self._measure()
        self.picture.value = self._draw()._repr_html_()
        if self._still is not None:
            self._still.update(_Folded(self._first.png, self._first.alt))
            self._still = None

    def _draw(self) -> plots.Picture:
        return plots.picture(self._figure(), self.alt())


class _Folded(plots.Picture):
    """The still picture once there is a newer one above it."""

    def _repr_html_(self) -> str:
        return f"<details><summary>the picture at the start</summary>{super()._repr_html_()}</details>"


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
