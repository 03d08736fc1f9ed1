"""The game of two players: what its controls do to field, path and eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axis import Axis

from course_lib.panels import two_players
from course_lib.theory import games
from tests.panels.shown_picture import picture_of


def game_panel(**settings: float | str) -> two_players.TwoPlayers:
    """A panel whose controls were set, one after the other."""
    panel = two_players.TwoPlayers()
    for name, value in settings.items():
        panel.controls[name].value = value
    return panel


@pytest.mark.parametrize(
    "settings, verdict",
    [
        ({"order": "simultaneous"}, "they run away"),
        ({"order": "alternating"}, "they circle"),
        ({"order": "alternating", "beta": -0.5}, "they settle"),
        ({"order": "alternating", "beta": 0.5}, "they run away"),
        ({"order": "simultaneous", "gamma": 0.5}, "they settle"),
        ({"game": "wasserstein", "order": "alternating", "eta": 2.2}, "they run away"),
    ],
)
def test_the_controls_of_the_game_change_what_the_players_do(settings, verdict):
    panel = game_panel(**settings, steps=300)
    assert panel.verdict() == verdict
    distance = panel.numbers["distance"]
    if verdict == "they circle":
        assert 0.8 < distance < 1.2
    else:
        assert distance > 2 if verdict == "they run away" else distance < 0.5
    assert f"distance {distance:.3g}" in panel.alt() and verdict in panel.alt()


def test_a_moved_control_draws_the_game_anew():
    panel = game_panel(order="alternating")
    alt_before, pixels_before = picture_of(panel.picture.value)
    panel.controls["gamma"].value = 0.5
    alt, pixels = picture_of(panel.picture.value)
    assert "penalty 0.0" in alt_before and "penalty 0.5" in alt and "they settle" in alt
    assert pixels.shape != pixels_before.shape or (pixels != pixels_before).mean() > 0.01
    assert len(panel.path) == 101
    panel.controls["steps"].value = 40
    assert len(panel.path) == 41


def test_the_non_saturating_game_ends_on_its_circle_whatever_the_eigenvalues_say():
    panel = game_panel(game="non_saturating", order="simultaneous", steps=400)
    assert panel.verdict() == "they run away"
    assert panel.numbers["distance"] == pytest.approx(np.sqrt(2 * 0.3), abs=0.05)


def test_while_a_slider_is_dragged_the_axes_seldom_change_and_hold_the_curves():
    panel, limits = two_players.TwoPlayers(), []
    axes = panel._distances[0].axes
    for step_size in np.linspace(0.05, 2.5, 50):
        panel.controls["eta"].value = step_size
        for line in axes.lines:
            x, y = line.get_data()
            assert x.max() <= axes.get_xlim()[1] and axes.get_ylim()[0] <= y.min()
            assert y.max() <= max(axes.get_ylim()[1], games.FAR)
        limits.append((axes.get_xlim(), axes.get_ylim()))
    changes = sum(limit != before for limit, before in zip(limits[1:], limits[:-1], strict=True))
    assert 2 <= changes <= len(two_players.HIGHEST)
    moving = [artist for artist in panel._live.figure.findobj(Axis) if artist.get_animated()]
    assert not moving  # no axis is drawn anew with every picture


def test_a_small_swing_looks_small_and_ends_beyond_every_limit_are_drawn():
    panel = game_panel(order="alternating")
    axes = panel._distances[0].axes
    assert axes.get_ylim() == (0.5, 2.0)
    panel = game_panel(game="wasserstein", eta=2.5)
    axes = panel._distances[0].axes
    assert panel.numbers["distance"] > games.FAR == axes.get_ylim()[1]


@pytest.mark.slow
@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize(
    "game, order",
    [("minimax", "simultaneous"), ("non_saturating", "alternating"), ("wasserstein", "simultaneous")],
)
def test_at_every_end_of_its_sliders_the_game_is_drawn(game, order, end):
    panel = two_players.TwoPlayers(game=game, order=order)
    for name in ("eta", "beta", "gamma", "steps"):
        panel.controls[name].value = getattr(panel.controls[name], end)
    assert all(np.isfinite(value) for value in panel.numbers.values())
    assert picture_of(panel.picture.value)[1].size
