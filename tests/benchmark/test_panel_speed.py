"""The pictures a second of panels: both ways draw what they say, and one picture for each move."""

from __future__ import annotations

import csv
import inspect
import itertools
from pathlib import Path

import numpy as np
import pytest

from course_lib.benchmark import panel_speed
from course_lib.commands.program import main
from course_lib.panels.cutting_desk import CuttingDesk
from course_lib.panels.dashboard import Dashboard
from course_lib.panels.panel import Panel
from tests.panels.shown_picture import picture_of


def test_every_panel_that_draws_figures_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert panel_speed.run(tmp_path, rounds=1, moves=1) == 0
    with (tmp_path / "panels.csv").open() as file:
        rows = list(csv.DictReader(file))
    ours = {each for each in Panel.__subclasses__() if each.__module__.startswith("course_lib")}
    without_film_or_training = {each for each in ours if each._draw is Panel._draw} - {Dashboard, CuttingDesk}
    assert {row["panel"] for row in rows} == {each.__name__ for each in without_film_or_training}
    assert all(float(row["a_second"]) > 0 and float(row["a_second_anew"]) > 0 for row in rows)
    assert capsys.readouterr().out.count("pictures a second of one core") == len(rows)


@pytest.mark.parametrize("kind", panel_speed.DRAGGED)
def test_each_move_draws_one_picture_and_only_the_new_way_keeps_its_layout(
    kind: type[Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts: list[Panel] = []
    lay_out = inspect.getattr_static(kind, "_lay_out")
    monkeypatch.setattr(kind, "_lay_out", lambda panel: (layouts.append(panel), lay_out(panel))[1])
    control, shown = panel_speed.DRAGGED[kind], {}
    moved, anew = kind(), panel_speed.drawn_anew(kind())
    for panel in (moved, anew):
        before, drag = len(layouts), panel_speed.drags(panel, control)
        pictures = []
        for _ in range(4):
            next(drag)
            pictures.append(panel.picture.value)
        assert all(one != other for one, other in itertools.pairwise(pictures))
        assert len(layouts) - before <= 1 if panel is moved else len(layouts) - before == 4
        shown[panel] = picture_of(pictures[-1])
    assert shown[moved][0] == shown[anew][0]
    assert moved.controls[control].value == anew.controls[control].value
    assert np.ptp(shown[anew][1]) > 200  # a figure, with its moving artists in it


def test_panels_are_measured_alone(capsys: pytest.CaptureFixture) -> None:
    assert main(["bench", "--only", "panels", "ours"]) == 1
    assert capsys.readouterr().err == "error: panels is measured alone: --only panels.\n"
