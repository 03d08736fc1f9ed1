"""The pad on which students draw points: real toggle buttons, switched by `.value` as the browser does."""

from __future__ import annotations

import numpy as np

from course_lib.panels.drawing_pad import CELLS, CENTRES, SMILE, DrawingPad
from course_lib.playground.targets import REACH


def test_a_cell_switched_on_is_a_point_where_it_lies() -> None:
    pad = DrawingPad()
    grid, *_ = pad.widget.children
    top_left, last = grid.children[0], grid.children[-1]
    top_left.value = last.value = True
    edge = REACH - REACH / CELLS
    assert np.allclose(pad.points, [(-edge, edge), (edge, -edge)])
    pad.paint()
    assert top_left.button_style and not grid.children[1].button_style
    top_left.value = False
    pad.paint()
    assert len(pad.points) == 1 and not top_left.button_style


def test_every_cell_has_a_name_of_its_own_that_says_where_it_is() -> None:
    grid, *_ = DrawingPad().widget.children
    names = [cell.tooltip for cell in grid.children]
    assert len(set(names)) == CELLS**2 and names[0] == "x -2.75, y 2.75"


def test_points_are_shown_in_the_nearest_cells() -> None:
    pad = DrawingPad()
    pad.draw([(0.2, 0.3), (3.0, -3.0)])
    assert pad.points == ((0.25, 0.25), (CENTRES[-1], CENTRES[0]))
    pad.draw(SMILE)
    assert sorted(pad.points) == sorted(SMILE)
    pad.draw(())
    assert pad.points == ()


def test_a_stroke_switches_all_its_cells_and_no_other() -> None:
    pad = DrawingPad()
    cells = list(pad.cells)
    pad.draw([cells[5]])
    pad.stroke.value = "1 on 0 1 13"
    pad.follow()
    assert pad.points == (cells[0], cells[1], cells[5], cells[13])
    pad.stroke.value = "2 off 1 5"
    pad.follow()
    assert pad.points == (cells[0], cells[13])


def test_an_empty_pad_says_what_it_waits_for() -> None:
    pad = DrawingPad()
    pad.draw(())
    assert "press a cell" in pad.hint.value
    pad.draw(SMILE)
    assert pad.hint.value == ""
