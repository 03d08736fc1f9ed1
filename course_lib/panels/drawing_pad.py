"""A pad to draw points of the plane on: a grid of toggle buttons, which works wherever ipywidgets do.

Each button is a cell of the plane; mouse, touch and keyboard (Tab, then Space) switch it, and a stroke over several
switches them all (on_the_pad.js).
"""

from __future__ import annotations

from collections.abc import Iterable

import ipywidgets
import numpy as np

from course_lib.panels import front_end

CELLS = 12  # in a row, and in a column
REACH = 3.0  # the pad covers [-REACH, REACH] both ways
CENTRES = (np.arange(CELLS) + 0.5) * 2 * REACH / CELLS - REACH
EMPTY = "The pad is empty: press a cell, or draw over several. Until then the old drawing is the target."
Points = tuple[tuple[float, float], ...]
SMILE: Points = tuple(
    (float(CENTRES[column]), float(CENTRES[row]))
    for column, row in ((3, 8), (8, 8), (2, 5), (3, 4), (4, 3), (5, 3), (6, 3), (7, 3), (8, 4), (9, 5))
)
"""Something to begin with: two eyes and a mouth."""


class DrawingPad:
    """`widget` shows it; `points` are the centres of the cells that are on, row by row from the top.

    cells: the toggle buttons by their centres. clear: the button that is to switch all off. stroke: a hidden text
    that becomes "1 on 3 17 18" when the first stroke has gone over these cells, in their order from 0, or "1 off ...".
    hint: what to do with an empty pad. Who owns the pad listens to them, and calls `paint` after a change and `follow`
    after a stroke.
    """

    def __init__(self) -> None:
        # One layout for all: each would be a message of its own to the browser.
        layout = ipywidgets.Layout(width="26px", height="26px", margin="1px", padding="0")
        self.cells = {
            (float(x), float(y)): ipywidgets.ToggleButton(tooltip=f"x {x:.2f}, y {y:.2f}", layout=layout)
            for y in CENTRES[::-1]
            for x in CENTRES
        }
        self.clear = ipywidgets.Button(description="clear", tooltip="switch all cells of the pad off")
        columns = ipywidgets.Layout(grid_template_columns=f"repeat({CELLS}, 28px)")
        grid = ipywidgets.GridBox(list(self.cells.values()), layout=columns)
        grid.add_class(front_end.FIELDS)
        self.hint = ipywidgets.HTML()
        self.hint.add_class(front_end.SPOKEN)
        self.stroke = ipywidgets.Text(layout={"display": "none"})
        self.stroke.add_class(front_end.STROKE)
        script = ipywidgets.HTML(front_end.carrier("on_the_pad.js"), layout={"display": "none"})
        self.widget = ipywidgets.VBox([grid, self.clear, self.hint, self.stroke, script])
        self.widget.add_class(front_end.PAD)

    @property
    def points(self) -> Points:
        return tuple(centre for centre, cell in self.cells.items() if cell.value)

    def draw(self, points: Iterable[tuple[float, float]]) -> None:
        """Switch on the cells nearest to these points, and all others off."""
        wanted = {tuple(_nearest(float(number)) for number in point) for point in points}
        for centre, cell in self.cells.items():
            cell.value = centre in wanted
        self.paint()

    def follow(self) -> None:
        """Switch the cells of the last stroke."""
        _, turn, *numbers = self.stroke.value.split()
        cells = list(self.cells.values())
        for number in numbers:
            cells[int(number)].value = turn == "on"

    def paint(self) -> None:
        """Cells that are on get a colour: pale grey alone is hard to see. An empty pad says what it waits for."""
        self.hint.value = "" if self.points else EMPTY
        for cell in self.cells.values():
            cell.button_style = "primary" if cell.value else ""


def _nearest(number: float) -> float:
    return float(CENTRES[np.abs(CENTRES - number).argmin()])
