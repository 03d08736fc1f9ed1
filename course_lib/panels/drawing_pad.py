"""A pad to draw points of the plane on: a grid of toggle buttons, which works wherever ipywidgets do.

Each button is a cell of the plane; mouse, touch and keyboard (Tab, then Space) switch it.
"""

from __future__ import annotations

from collections.abc import Iterable

import ipywidgets
import numpy as np

CELLS = 12  # in a row, and in a column
REACH = 3.0  # the pad covers [-REACH, REACH] both ways
CENTRES = (np.arange(CELLS) + 0.5) * 2 * REACH / CELLS - REACH
Points = tuple[tuple[float, float], ...]
SMILE: Points = tuple(
    (float(CENTRES[column]), float(CENTRES[row]))
    for column, row in ((3, 8), (8, 8), (2, 5), (3, 4), (4, 3), (5, 3), (6, 3), (7, 3), (8, 4), (9, 5))
)
"""Something to begin with: two eyes and a mouth."""


class DrawingPad:
    """`widget` shows it; `points` are the centres of the cells that are on, row by row from the top.

    cells: the toggle buttons by their centres. clear: the button that is to switch all off. Who owns the pad listens to
    them, and calls `paint` after a change.
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
        self.widget = ipywidgets.VBox([grid, self.clear])

    @property
    def points(self) -> Points:
        return tuple(centre for centre, cell in self.cells.items() if cell.value)

    def draw(self, points: Iterable[tuple[float, float]]) -> None:
        """Switch on the cells nearest to these points, and all others off."""
        wanted = {tuple(_nearest(float(number)) for number in point) for point in points}
        for centre, cell in self.cells.items():
            cell.value = centre in wanted
        self.paint()

    def paint(self) -> None:
        """Cells that are on get a colour: pale grey alone is hard to see."""
        for cell in self.cells.values():
            cell.button_style = "primary" if cell.value else ""


def _nearest(number: float) -> float:
    return float(CENTRES[np.abs(CENTRES - number).argmin()])
