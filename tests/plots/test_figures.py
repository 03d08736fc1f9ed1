"""Figures: what they show, that they say so in words, and that they appear once."""

from __future__ import annotations

import base64
import re
import subprocess
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib import ROOT, CourseError, plots
from course_lib.plots import figures


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        plots.use_course_style()
        yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list:
    """What would have been displayed in a notebook."""
    outputs = []
    monkeypatch.setattr("IPython.display.display", outputs.append)
    return outputs


def history(steps: int) -> dict[str, list[float]]:
    score = [300.0 / (1 + step) if step % 10 == 0 else np.nan for step in range(steps)]
    return {
        "step": list(range(steps)),
        "discriminator_loss": [1.2] * steps,
        "generator_loss": [0.9] * steps,
        "frechet_distance": score,
    }


def test_show_displays_once_with_alternative_text_and_closes(shown: list) -> None:
    figure = plots.image_grid(np.zeros((4, 8, 8, 1)), title="Four grey squares")
    assert plots.show(figure, alt='Four "grey"\n   squares <&>') is None
    (output,) = shown
    markup = output._repr_html_()
    assert 'alt="Four &quot;grey&quot; squares &lt;&amp;&gt;"' in markup
    png = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', markup).group(1))
    assert png.startswith(b"\x89PNG")
    assert repr(output) == 'Four "grey" squares <&>'
    assert plt.get_fignums() == []  # an open figure would be drawn a second time at the end of the cell


def test_a_figure_made_with_pyplot_is_closed_and_ours_are_not_registered(shown: list) -> None:
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    plots.show(figure, alt="a rising line")
    plots.image_grid(np.zeros((2, 4, 4, 1)))
    plots.training_curves(history(5))
    plots.density_curves(np.arange(3), np.ones(3))
    assert plt.get_fignums() == []


def test_show_refuses_a_figure_without_words(shown: list) -> None:
    with pytest.raises(CourseError, match="alt="):
        plots.show(plots.image_grid(np.zeros((1, 4, 4, 1))), alt="  ")
    assert shown == []


def test_a_notebook_keeps_the_alternative_text_and_shows_the_figure_once() -> None:
    # Through a real kernel: the output the front end gets, and nothing besides.
    import nbclient
    import nbformat

    source = (
        "%matplotlib inline\nimport numpy as np\nfrom course_lib import plots\n"
        "plots.show(plots.image_grid(np.zeros((2, 8, 8, 1))), alt='two grey squares')"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbclient.NotebookClient(
        notebook, resources={"metadata": {"path": str(ROOT)}}, kernel_name="python3"
    ).execute()
    (output,) = notebook.cells[0].outputs
    assert '<img alt="two grey squares"' in output.data["text/html"]
    assert output.data["text/plain"] == "two grey squares"


def test_grid_shows_the_pixels_and_the_captions() -> None:
    images = np.stack([np.full((6, 6, 1), -1.0), np.full((6, 6, 1), 1.0)])
    figure = plots.image_grid(images, title="Dark and bright", captions=["dark", "bright"])
    assert figure.get_suptitle() == "Dark and bright"
    assert [axes.get_xlabel() for axes in figure.axes] == ["dark", "bright"]
    assert [axes.images[0].get_array().mean() for axes in figure.axes] == [0, 255]
    assert all(axes.images[0].get_clim() == (0, 255) for axes in figure.axes)  # no stretching of the contrast
    with pytest.raises(CourseError, match="2 images but 1 captions"):
        plots.image_grid(images, captions=["dark"])


def test_a_grid_of_colour_images_keeps_its_colours() -> None:
    images = np.zeros((9, 4, 4, 3), "uint8")
    images[..., 2] = 200
    (axes,) = plots.image_grid(images).axes
    assert axes.images[0].get_array()[0, 0].tolist() == [0, 0, 200]


def test_training_curves_name_and_colour_their_roles() -> None:
    figure = plots.training_curves(history(30), title="A run", levels={"guessing": 1.386})
    losses, score = figure.axes
    lines = {line.get_label(): line for line in losses.get_lines()}
    assert lines["discriminator loss"].get_color() == plots.COLOURS["discriminator"]
    assert lines["generator loss"].get_color() == plots.COLOURS["generator"]
    assert lines["discriminator loss"].get_linestyle() != lines["generator loss"].get_linestyle()
    assert (losses.get_title(), losses.get_ylabel(), score.get_xlabel()) == ("A run", "loss", "training step")
    assert score.get_lines()[0].get_xdata().tolist() == [0, 10, 20]  # only where it was measured
    assert set(lines["guessing"].get_ydata()) == {1.386}


def test_training_curves_without_scores_and_with_a_single_step() -> None:
    few = {name: values[:1] for name, values in history(5).items() if name != "frechet_distance"}
    (axes,) = plots.training_curves(few).axes
    assert axes.get_xlabel() == "training step"


def test_smoothing_is_a_centred_mean() -> None:
    values = np.arange(200.0) ** 2
    smooth = figures._moving_average(values)
    assert smooth[100] == pytest.approx(values[96:105].mean())
    assert smooth[0] == pytest.approx(values[:5].mean())
    assert smooth[-1] == pytest.approx(values[-5:].mean())


def test_densities_keep_their_colours_and_labels() -> None:
    x = np.linspace(-3, 3, 50)
    figure = plots.density_curves(x, np.exp(-(x**2)), np.exp(-((x - 1) ** 2)))
    (axes,) = figure.axes
    real, fake = axes.get_lines()
    assert (real.get_color(), fake.get_color()) == (plots.COLOURS["real"], plots.COLOURS["fake"])
    assert len(axes.collections) == 2  # the filled areas
    assert axes.get_xlabel() and axes.get_ylabel() and axes.get_title()
    again = plots.density_curves(x, np.exp(-(x**2)), axes=figure.axes[0])
    assert again is figure


def test_line_curves_differ_in_colour_and_in_style() -> None:
    x = np.linspace(0, 1, 5)
    figure = plots.line_curves(x, dict.fromkeys("abcde", x), "Five", "x", "y", colours={"c": "real"})
    lines = figure.axes[0].get_lines()
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines}) == 5
    assert lines[2].get_color() == plots.COLOURS["real"]


def test_figures_are_white_and_sized_for_a_notebook(shown: list) -> None:
    from io import BytesIO

    from PIL import Image

    with plt.style.context("dark_background"):
        plots.use_course_style()
        picture = Image.open(BytesIO(plots.png_bytes(plots.training_curves(history(20)))))
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert 600 <= picture.width <= 900


def test_plots_import_no_tensorflow() -> None:
    program = (
        "import sys; import course_lib.plots; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False", "False"]
