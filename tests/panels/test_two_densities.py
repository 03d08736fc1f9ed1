"""The sliders move the picture: real widgets, set by `.value` as the browser does, with and without a kernel."""

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import ROOT
from course_lib.panels import two_densities
from course_lib.theory import divergences
from tests.panels.shown_picture import picture_of


def test_a_slider_changes_numbers_picture_and_description():
    panel = two_densities.TwoDensities(fake_mean=1.0, fake_std=0.6)
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
    panel = two_densities.TwoDensities()
    p_data, p_g = panel.densities()
    slider = panel.sliders[name]
    slider.value = slider.min + 0.7 * (slider.max - slider.min)
    moved = [not np.array_equal(*pair) for pair in zip((p_data, p_g), panel.densities(), strict=True)]
    assert moved == [name in ("data_mean", "data_std", "gap"), name in ("fake_mean", "fake_std")]
    assert panel.picture.value


def test_equal_densities_are_at_the_end_of_the_game():
    panel = two_densities.TwoDensities()
    panel.sliders["fake_mean"].value = panel.sliders["data_mean"].value
    panel.sliders["fake_std"].value = panel.sliders["data_std"].value
    assert panel.numbers["V(D*, G)"] == pytest.approx(-np.log(4), abs=1e-6)
    for name in ("KL(p_data || p_g)", "TV", "JS", "W"):
        assert panel.numbers[name] == pytest.approx(0, abs=1e-9)


def test_the_best_fits_to_a_gap_lie_within_reach_of_the_sliders():
    """The third question of the lesson: one bump over both halves for KL and W, on one half for JS."""
    panel = two_densities.TwoDensities()
    panel.sliders["data_std"].value, panel.sliders["gap"].value = 0.3, 4.0
    fakes = {"cover": (-1.0, 2.0), "half": (1.0, 0.3), "wider": (-1.0, 2.6), "narrower": (-1.0, 1.4)}
    numbers = {}
    for name, (mean, std) in fakes.items():
        panel.sliders["fake_mean"].value, panel.sliders["fake_std"].value = mean, std
        assert panel.sliders["fake_std"].value == std  # a slider keeps to its range
        numbers[name] = dict(panel.numbers)
    # the normal density nearest by KL has the data's mean and variance: 0.3^2 + 2^2
    for measure in ("KL(p_data || p_g)", "W"):
        assert numbers["cover"][measure] == min(each[measure] for each in numbers.values())
    assert numbers["half"]["JS"] == min(each["JS"] for each in numbers.values())


@pytest.mark.slow
def test_at_every_end_of_the_sliders_the_numbers_are_finite_and_densities_whole():
    for end in ("min", "max"):
        panel = two_densities.TwoDensities()
        for slider in panel.sliders.values():
            slider.value = getattr(slider, end)
        assert all(np.isfinite(value) for value in panel.numbers.values())
        for density in panel.densities():
            assert divergences.integrate(density, two_densities.X) == pytest.approx(1, abs=1e-4)


@pytest.mark.slow
def test_in_a_kernel_the_still_picture_is_kept_open() -> None:
    """What the notebook's file holds after `show` is the picture at the start, whatever was moved afterwards."""
    notebook = new_notebook(
        cells=[
            new_code_cell(
                "from course_lib.panels.two_densities import TwoDensities\npanel = TwoDensities()\npanel.show()"
            ),
            new_code_cell(
                'panel.sliders["fake_mean"].value = 3.0\nprint("fake density around 3.0" in panel.picture.value)'
            ),
        ]
    )
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
            dead, still = (output.data for output in notebook.cells[0].outputs)
            assert dead["text/plain"] == "(an interactive panel: run this cell to use it)"
            assert still["text/html"].startswith("<details open ")
            assert picture_of(still["text/html"])[0].startswith("Real density around -1.0")
            assert "fake density around 1.0" in still["text/plain"]
    assert notebook.cells[1].outputs[0].text.strip() == "True"
    nbformat.validate(notebook)
