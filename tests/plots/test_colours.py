"""The colours of the course, for people who lack one kind of cone, in grey, and on white and dark grounds."""

from __future__ import annotations

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.benchmark import figure as benchmark
from course_lib.plots.phase_plane import vector_field
from course_lib.plots.training_picture import live_figure
from tests.plots.looks import shared_looks

# Linear sRGB to linear sRGB: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color
# vision deficiency", IEEE Transactions on Visualization and Computer Graphics 15, 2009, severity 1.0.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # IEC 61966-2-1
PALETTES = {"roles": plots.COLOURS, "benchmark": benchmark.COLOURS}


def linear(colour: str) -> np.ndarray:
    """The three intensities of light of a colour, shape (3,), each in [0, 1]."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str = "normal") -> np.ndarray:
    """CIE 1976 L*, a*, b*, shape (3,), with the white of the screen (D65)."""
    seen = np.clip(SIGHT[sight] @ linear(colour), 0, 1)
    share = TO_XYZ @ seen / TO_XYZ.sum(axis=1)
    f = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(colour: str, ground: str) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines, from 1 to 21."""
    dark, light = sorted(TO_XYZ[1] @ linear(each) for each in (colour, ground))
    return (light + 0.05) / (dark + 0.05)


def test_the_measures_are_the_published_ones() -> None:
    assert lab("#FF0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert lab("#0000FF") == pytest.approx([32.30, 79.19, -107.86], abs=0.05)
    assert np.linalg.norm(lab("#FFFFFF") - lab("#000000")) == pytest.approx(100, abs=0.01)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    for matrix in SIGHT.values():
        assert matrix.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)  # white stays white


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_colours_can_be_told_apart(palette: str, sight: str) -> None:
    for (one, first), (other, second) in combinations(PALETTES[palette].items(), 2):
        difference = np.linalg.norm(lab(first, sight) - lab(second, sight))
        assert difference >= 25, f"{one} and {other}: {difference:.1f}"


@pytest.mark.parametrize("palette", PALETTES)
def test_any_two_colours_can_be_told_apart_in_grey(palette: str) -> None:
    for (one, first), (other, second) in combinations(PALETTES[palette].items(), 2):
        difference = abs(lab(first)[0] - lab(second)[0])
        assert difference >= 10, f"{one} and {other}: {difference:.1f}"


@pytest.mark.parametrize("pair", [("real", "fake"), ("generator", "discriminator")])
def test_the_pairs_that_meet_most_are_furthest_apart_in_grey(pair: tuple[str, str]) -> None:
    first, second = (lab(plots.COLOURS[role])[0] for role in pair)
    assert abs(first - second) >= 20


@pytest.mark.parametrize("palette", PALETTES)
def test_every_colour_can_be_read_on_white(palette: str) -> None:
    for name, colour in PALETTES[palette].items():
        assert contrast(colour, "#FFFFFF") >= 3, name


@pytest.mark.parametrize(
    ("role", "least"), [("fake", 3), ("generator", 3), ("discriminator", 3), ("real", 2)]
)
def test_the_four_roles_can_be_seen_on_a_dark_ground(role: str, least: float) -> None:
    assert contrast(plots.COLOURS[role], "#111111") >= least


def test_every_role_has_a_style_and_a_marker_of_its_own() -> None:
    assert len(set(plots.STYLES)) == len(plots.COLOURS)
    assert plots.MARKERS.keys() == plots.COLOURS.keys()
    assert len(set(plots.MARKERS.values())) == len(plots.COLOURS)


def figures_of_the_library() -> dict[str, Figure]:
    x = np.linspace(0, 1, 200)
    losses = {"discriminator_loss": x, "generator_loss": x, "frechet_distance": x}
    history = {"step": list(x), "seconds": list(x), "images_per_second": list(x), **losses}
    return {
        "curves": plots.training_curves(history, levels={"guessing": 1.386}),
        "densities": plots.density_curves(x, x, x**2),
        "lines": plots.line_curves(x, dict.fromkeys(plots.COLOURS, x), "Five roles", "x", "y"),
        "live": live_figure(history, np.zeros((4, 8, 8, 1)), columns=2, score="frechet_distance"),
        "plane": vector_field(lambda theta, phi: (phi, -theta), np.ones((3, 2))),
    }


@pytest.mark.parametrize("name", ["curves", "densities", "lines", "live", "plane"])
def test_no_figure_of_the_library_tells_two_roles_apart_by_colour_alone(name: str) -> None:
    assert not shared_looks(figures_of_the_library()[name])
    plt.close("all")


def test_two_roles_that_look_alike_are_noticed() -> None:
    axes = Figure().subplots()
    axes.set_title("Alike")
    axes.plot([1, 2], [1, 2], "--", color=plots.COLOURS["real"])
    axes.plot([1, 2], [1, 2], "-", color=plots.COLOURS["fake"])
    axes.plot([1, 2], [1, 2], "o", color=plots.COLOURS["fake"])
    axes.plot([1, 2], [1, 2], "-", color=plots.COLOURS["generator"], alpha=0.3)
    assert not shared_looks(axes.figure)
    axes.plot([2, 1], [1, 2], "--", color=plots.COLOURS["generator"])
    axes.plot([2, 1], [1, 2], "o", color=plots.COLOURS["discriminator"])
    lines = shared_looks(axes.figure)
    assert len(lines) == 2
    assert lines[0].startswith("'Alike': generator and real") and "discriminator and fake" in lines[1]
