"""What all panels share: controls beside a picture. They work with ipywidgets 7.7 (Colab) and 8.

Sliders and buttons need a running kernel. So `show` also displays what the panel is about as an ordinary output, which
is kept in the notebook's file and seen on a page without a kernel; while the panel lives it is folded away.
"""

from __future__ import annotations

import html
import re
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import ipywidgets
from IPython.display import display
from matplotlib.figure import Figure

from course_lib import CourseError, plots
from course_lib.panels import front_end
from course_lib.panels.animation import Animation
from course_lib.plots.live_figure import LiveFigure

VIEW = "application/vnd.jupyter.widget-view+json"
INTERRUPTED = '<div role="status">Interrupted. The panel goes on where you left it.</div>'


class Panel:
    """Controls above a picture that is drawn anew when one of them moves.

    A panel has four methods: `_measure` computes what is shown, once for each move; `_lay_out` makes the figure, once,
    with `animated=True` for all artists that will move; `_update` gives them what was measured; `alt` says it in words
    (`plots.live_figure` tells more). One whose picture is no figure has `_draw` instead. `_arranged` puts the widgets
    together, and `_without_kernel` is what a page without a kernel shows.

    controls: the ipywidgets by name; the picture follows when the value of one changes. actions: for each button among
    them what a click does before the picture follows. animation: None, or an `Animation` of which `advance` was given,
    called before each of up to `rate` pictures a second; its button is the last control, "play".
    picture: the HTML widget with the current picture. problem: an HTML widget with what went wrong.
    """

    FOLDED = "the picture at the start"

    def __init__(
        self,
        controls: dict[str, ipywidgets.DOMWidget],
        actions: Mapping[str, Callable[[], None]] = MappingProxyType({}),
        advance: Callable[[], None] | None = None,
        rate: float = 10.0,
    ) -> None:
        self.controls = controls
        self.picture, self.problem = ipywidgets.HTML(), ipywidgets.HTML()
        self.picture.add_class(front_end.PICTURE)
        self.animation = advance and Animation(lambda: self.act(advance), rate)
        if self.animation:
            controls["play"] = self.animation.button
        self._whole: ipywidgets.Box | None = None  # all of it, once it is shown
        self._live: LiveFigure | None = None
        self._still: Any = None  # the handle that changes the ordinary output
        self._redraw()
        for name, control in controls.items():
            self._listen_to(control, actions.get(name))

    def show(self) -> None:
        """Display the controls and the picture, and for pages without a kernel an ordinary output."""
        name = re.sub("(?<=[a-z])(?=[A-Z])", " ", type(self).__name__).capitalize()
        beat = [self.animation.beat] if self.animation else []
        self._whole = ipywidgets.VBox(
            [self._arranged(), self.problem, front_end.helper(self.picture.model_id, name), *beat]
        )
        self._whole.add_class(front_end.PANEL)
        view = {"version_major": 2, "version_minor": 0, "model_id": self._whole.model_id}
        display({"text/plain": front_end.RUN_IT, VIEW: view}, raw=True)
        self._still = display(self._output(self._without_kernel()), display_id=True, raw=True)

    def close(self) -> None:
        """Take the panel off the page, with all that it had running."""
        self._pause()
        for widget in _with_all_inside(self._whole) if self._whole else ():
            widget.close()

    def act(self, action: Callable[[], None] = lambda: None) -> None:
        """Do what a control asks for, and let the picture follow.

        What goes wrong is told under the panel and raised again; the panel can be used further. An interrupted kernel
        is nothing wrong: what plays is paused.
        """
        try:
            action()
            self._redraw()
        except KeyboardInterrupt:
            self._pause()
            self.problem.value = INTERRUPTED
            raise
        except BaseException as error:
            self.problem.value = _told(error)
            raise
        self.problem.value = ""

    def _pause(self) -> None:
        """Stop what plays; a panel that has more running ends that too."""
        if self.animation:
            self.animation.pause()

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
        """The controls in two columns, or in one where the page is narrow, and the picture below."""
        controls = list(self.controls.values())
        half = (len(controls) + 1) // 2
        columns = [ipywidgets.VBox(each) for each in (controls[:half], controls[half:])]
        return ipywidgets.VBox([row(columns), self.picture])

    def _without_kernel(self) -> str:
        """The HTML that stays in the notebook's file."""
        return self._draw(small=True)._repr_html_()

    def _listen_to(self, control: ipywidgets.DOMWidget, action: Callable[[], None] | None = None) -> None:
        """Let the picture follow a control, also one that a panel makes later."""
        if action and control.has_trait("value"):
            control.observe(lambda _: self.act(action), names="value")
        elif control.has_trait("value"):
            control.observe(self._moved, names="value")
        elif action:
            control.on_click(lambda _: self.act(action))

    def _moved(self, change: Mapping[str, Any]) -> None:
        """Follow a control, unless it only says 0.6 in another way, as browsers do: 0.6000000000000001."""
        step = getattr(change["owner"], "step", None)
        if not isinstance(step, float) or abs(change["new"] - change["old"]) > step / 1000:
            self.act()

    def _redraw(self) -> None:
        self._measure()
        self.picture.value = self._draw()._repr_html_()

    def _output(self, page: str) -> dict[str, str]:
        """HTML for notebooks, and words where only text can be shown."""
        page = front_end.still(self.picture.model_id, self.FOLDED, page)
        return {"text/html": page, "text/plain": self._in_text()}

    def _in_text(self) -> str:
        return self.alt()


def row(widgets: list[ipywidgets.Widget]) -> ipywidgets.HBox:
    """Widgets side by side that go below each other where the page is narrow."""
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap"})


def _with_all_inside(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    inside = (each for child in getattr(widget, "children", ()) for each in _with_all_inside(child))
    return [*inside, widget]


def _told(error: BaseException) -> str:
    """What went wrong in one line, and where, folded."""
    what = str(error) if isinstance(error, CourseError) else "".join(traceback.format_exception_only(error))
    where = "".join(traceback.format_exception(error))
    return (
        f'<div role="alert"><b>The picture could not follow.</b> {html.escape(" ".join(what.split()))}</div>'
        f"<details><summary>where it happened</summary><pre>{html.escape(where)}</pre></details>"
    )


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
