"""The sliders move the picture: real widgets, set by `.value` as the browser does, with and without a kernel."""

import base64
import io
import re

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from course_lib import ROOT, divergences, widgets

IMAGE = re.compile(r'<img alt="([^"]+)" src="data:image/png;base64,([^"]+)"')


def picture_of(html: str) -> tuple[str, np.ndarray]:
    """The alternative text and the pixels of an HTML picture."""
    alt, data = IMAGE.search(html).groups()
    return alt, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L"))


def test_a_slider_changes_numbers_picture_and_description():
    panel = widgets.TwoDensities(fake_mean=1.0, fake_std=0.6)
    panel.sliders["fake_mean"].value = 2.0
    before, (alt_before, pixels_before) = dict(panel.numbers), picture_of(panel.picture.value)
    panel.sliders["fake_mean"].value = 4.0
    alt, pixels = picture_of(panel.picture.value)
    assert panel.numbers["W"] == pytest.approx(5, abs=1e-4)  # from -1 to 4, same width: all earth moves by 5
    assert before["W"] == pytest.approx(3, abs=1e-4)
    assert panel.numbers["JS"] > before["JS"] and panel.numbers["JS"] == pytest.approx(np.log(2), abs=1e-3)
    assert "around 4.0" in alt and "around 2.0" in alt_before and "W 5.000" in alt
    assert (pixels != pixels_before).mean() > 0.01


@pytest.mark.parametrize("name", ["data_mean", "data_std", "gap", "fake_mean", "fake_std"])
def test_every_slider_moves_its_density_only(name):
    panel = widgets.TwoDensities()
    p_data, p_g = panel.densities()
    slider = panel.sliders[name]
    slider.value = slider.min + 0.7 * (slider.max - slider.min)
    moved = [not np.array_equal(*pair) for pair in zip((p_data, p_g), panel.densities(), strict=True)]
    assert moved == [name in ("data_mean", "data_std", "gap"), name in ("fake_mean", "fake_std")]
    assert panel.picture.value


def test_equal_densities_are_at_the_end_of_the_game():
    panel = widgets.TwoDensities()
    panel.sliders["fake_mean"].value = panel.sliders["data_mean"].value
    panel.sliders["fake_std"].value = panel.sliders["data_std"].value
    assert panel.numbers["V(D*, G)"] == pytest.approx(-np.log(4), abs=1e-6)
    for name in ("KL(p_data || p_g)", "TV", "JS", "W"):
        assert panel.numbers[name] == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
def test_at_every_end_of_the_sliders_the_numbers_are_finite_and_densities_whole():
    for end in ("min", "max"):
        panel = widgets.TwoDensities()
        for slider in panel.sliders.values():
            slider.value = getattr(slider, end)
        assert all(np.isfinite(value) for value in panel.numbers.values())
        for density in panel.densities():
            assert divergences.integrate(density, widgets.X) == pytest.approx(1, abs=1e-4)


@pytest.mark.slow
def test_in_a_kernel_the_still_picture_is_kept_and_folds_away():
    """What the notebook's file holds after `show` is a picture; after the first move it is a folded picture."""
    notebook = new_notebook(
        cells=[
            new_code_cell(
                "from course_lib.widgets import TwoDensities\npanel = TwoDensities()\npanel.show()"
            ),
            new_code_cell("print(len(panel.picture.value))"),
            new_code_cell(
                'panel.sliders["fake_mean"].value = 3.0\nprint("fake density around 3.0" in panel.picture.value)'
            ),
        ]
    )
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    still = []
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
            html = [
                output.data.get("text/html", "") for output in notebook.cells[0].outputs if "data" in output
            ]
            still.append("".join(html))
    assert picture_of(still[0])[0].startswith("Real density around -1.0") and "<details>" not in still[0]
    assert notebook.cells[1].outputs[0].text.strip() == "0"
    assert notebook.cells[2].outputs[0].text.strip() == "True"
    assert still[2].startswith("<details>") and picture_of(still[2])[0] == picture_of(still[0])[0]
    nbformat.validate(notebook)


def game_panel(**settings: float | str) -> widgets.TwoPlayers:
    """A panel whose controls were set, one after the other."""
    panel = widgets.TwoPlayers()
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


@pytest.mark.slow
@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize(
    "game, order",
    [("minimax", "simultaneous"), ("non_saturating", "alternating"), ("wasserstein", "simultaneous")],
)
def test_at_every_end_of_its_sliders_the_game_is_drawn(game, order, end):
    panel = widgets.TwoPlayers(game=game, order=order)
    for name in ("eta", "beta", "gamma", "steps"):
        panel.controls[name].value = getattr(panel.controls[name], end)
    assert all(np.isfinite(value) for value in panel.numbers.values())
    assert picture_of(panel.picture.value)[1].size
