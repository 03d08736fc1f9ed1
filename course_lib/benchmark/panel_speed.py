"""Pictures a second while a control of a panel is dragged: artists moved, beside the same figure drawn anew.

Both ways move the same real control, in turn, in one run. Counted is processor time, of which a core gives one second a
second: what else runs on the machine slows a drag, and hardly changes these numbers.
"""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np

from course_lib import plots
from course_lib.files import replacing
from course_lib.panels.batch_under_loss import BatchUnderLoss
from course_lib.panels.checkerboard import Checkerboard
from course_lib.panels.convolution_explorer import ConvolutionExplorer
from course_lib.panels.panel import Panel
from course_lib.panels.two_densities import TwoDensities
from course_lib.panels.two_players import TwoPlayers

DRAGGED = {
    TwoDensities: "fake_mean",
    TwoPlayers: "eta",
    BatchUnderLoss: "real",
    Checkerboard: "kernel",
    ConvolutionExplorer: "kernel",
}
ROUNDS, MOVES = 5, 10


def run(out: Path, rounds: int = ROUNDS, moves: int = MOVES) -> int:
    """Measure, print a line for each panel, write `panels.csv` into `out`; 0."""
    out.mkdir(parents=True, exist_ok=True)
    plots.use_course_style()
    rows = []
    for kind, control in DRAGGED.items():
        moved, anew = drags(kind(), control), drags(drawn_anew(kind()), control)
        pairs = [(seconds_a_picture(moved, moves), seconds_a_picture(anew, moves)) for _ in range(rounds)]
        speed, before = (1 / statistics.median(times) for times in zip(*pairs, strict=True))
        ratios = [slow / quick for quick, slow in pairs]
        print(
            f"{kind.__name__}: {speed:.0f} pictures a second of one core, drawn anew {before:.1f}: "
            f"{statistics.median(ratios):.1f} times as many ({min(ratios):.1f} to {max(ratios):.1f})",
            flush=True,
        )
        rows.append((kind.__name__, control, f"{speed:.1f}", f"{before:.1f}"))
    with replacing(out / "panels.csv") as temporary, temporary.open("w", newline="") as file:
        csv.writer(file).writerows([("panel", "control", "a_second", "a_second_anew"), *rows])
    return 0


def drawn_anew(panel: Panel) -> Panel:
    """The panel, made to draw each picture as a new figure: laid out, drawn whole, packed for a file."""

    def draw(small: bool = False) -> plots.Picture:
        figure = panel._lay_out()
        panel._update()
        return plots.picture(figure, panel.alt())

    panel._draw = draw
    return panel


def drags(panel: Panel, control: str) -> Iterator[None]:
    """Drag a slider to and fro without end; one step on, and one picture, for each `next`."""
    slider = panel.controls[control]
    there = [type(slider.value)(place) for place in np.linspace(slider.min, slider.max, 8)[1:-1]]
    for value in cycle([*there, *there[-2:0:-1]]):
        slider.value = value
        yield


def seconds_a_picture(drag: Iterator[None], moves: int) -> float:
    """Processor time of a move, the mean of some."""
    next(drag)  # lays out
    begun = time.process_time()
    for _ in range(moves):
        next(drag)
    return (time.process_time() - begun) / moves
