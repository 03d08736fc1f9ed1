"""The convolution explorer: real widgets, set by `.value`, and its numbers against Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from course_lib.panels.convolution_explorer import KINDS, MOST_LAYERS, MOST_PIXELS, VIEWS, ConvolutionExplorer
from tests.panels.shown_picture import picture_of


def keras_says(panel: ConvolutionExplorer, layers: int) -> np.ndarray:
    """Each pixel alone through Keras's layers with weights 1: (pixels at the end, pixels at the beginning)."""
    set_to = {name: control.value for name, control in panel.controls.items()}
    kind = keras.layers.Conv1DTranspose if KINDS[set_to["kind"]] else keras.layers.Conv1D
    size = (set_to["kernel"], set_to["stride"], set_to["padding"])
    network = keras.Sequential([keras.Input((set_to["side"], 1))])
    for _ in range(layers):
        network.add(kind(1, *size, use_bias=False, kernel_initializer="ones"))
    return np.asarray(network(np.eye(set_to["side"], dtype="float32")[..., np.newaxis]))[..., 0].T


@pytest.mark.parametrize(
    ("kind", "padding", "side", "kernel", "stride", "layers"),
    [
        ("convolution", "same", 28, 4, 2, 2),
        ("convolution", "same", 31, 3, 3, 4),
        ("convolution", "valid", 32, 5, 2, 3),
        ("transposed convolution", "same", 7, 4, 2, 2),
        ("transposed convolution", "valid", 5, 5, 3, 3),
        ("transposed convolution", "same", 6, 2, 3, 2),
    ],
)
def test_sides_ways_and_overlaps_are_keras_s(
    kind: str, padding: str, side: int, kernel: int, stride: int, layers: int
) -> None:
    panel = ConvolutionExplorer(kind, side, kernel, stride, layers)
    panel.controls["padding"].value = padding
    rows = [side, *(len(keras_says(panel, depth)) for depth in range(1, 1 + layers))]
    assert panel.sides == rows and not panel.stopped
    ways = keras_says(panel, layers)
    assert np.array_equal(panel.ways, ways)
    inner = ways.sum(axis=1)[len(ways) // 4 : len(ways) - len(ways) // 4]
    low, high = inner.min(), inner.max()
    alt = picture_of(panel.picture.value)[0]
    assert " → ".join(map(str, rows)) in alt
    assert (f"everywhere {low:.0f}." if low == high else f"from {low:.0f} to {high:.0f}.") in alt
    for view in VIEWS:
        panel.controls["view"].value = view
        for place in (0.0, 0.3, 1.0):
            panel.controls["place"].value = place
            output = view == VIEWS[0]
            expected = ways[panel.chosen] if output else ways[:, panel.chosen]
            assert np.array_equal(panel.reached[0 if output else -1], expected > 0)
            assert panel.reached[-1 if output else 0].sum() == 1


def test_the_field_is_counted_and_said() -> None:
    panel = ConvolutionExplorer("convolution", side=32, kernel=4, stride=2, layers=3)
    assert panel.field == 22 == panel.reached[0].sum()
    assert "sees 22, 9 to 30" in panel.alt()
    panel.controls["kind"].value = "transposed convolution"
    panel.controls["side"].value, panel.controls["layers"].value = 7, 2
    panel.controls["view"].value = VIEWS[1]
    assert panel.field == 10 == panel.reached[-1].sum()
    assert "One input pixel paints 10 by the formula; the input pixel 3 paints 10, 9 to 18" in panel.alt()


def test_lines_join_pixels_that_belong_to_the_one_looked_at() -> None:
    for view in VIEWS:
        panel = ConvolutionExplorer("transposed convolution", side=5, kernel=3, stride=2, layers=3, view=view)
        for number, ((layer, side), pairs) in enumerate(zip(panel.pairs, panel.links, strict=True)):
            ways = layer.ways(side)
            ways *= np.outer(panel.reached[number + 1], panel.reached[number])
            assert sorted(map(tuple, pairs)) == sorted(map(tuple, np.argwhere(ways)))


@pytest.mark.parametrize(("kind", "side"), [("convolution", 12), ("transposed convolution", 4)])
def test_a_pixel_stands_in_the_middle_of_what_it_sees(kind: str, side: int) -> None:
    panel = ConvolutionExplorer(kind, side, kernel=4, stride=2, layers=2)
    places = panel._places()
    for number, (layer, pixels) in enumerate(panel.pairs):
        (low, _), (high, _) = places[number], places[number + 1]
        ways = layer.ways(pixels)
        far, near, ways = (high, low, ways.T) if layer.transposed else (low, high, ways)
        for here, row in zip(near, ways, strict=True):
            if row.sum() == 4:  # the others are cut at the border
                assert np.isclose(here, far[row > 0].mean())
    assert all(middles.min() >= 0 and middles.max() <= 1 for middles, _ in places)


def test_a_stack_that_cannot_go_on_says_why() -> None:
    panel = ConvolutionExplorer("convolution", side=9, kernel=5, stride=2, layers=3)
    panel.controls["padding"].value = "valid"
    assert panel.sides == [9, 3] and "Layer 2: a kernel of 5 finds no place on 3 pixels" in panel.alt()
    panel.controls["kernel"].value = 7
    panel.controls["side"].value = 3
    assert panel.sides == [3] and "Layer 1" in panel.alt()
    panel = ConvolutionExplorer("transposed convolution", side=32, kernel=4, stride=4, layers=MOST_LAYERS)
    assert panel.sides == [32, 128] and f"{4 * 128} pixels, more than can be drawn" in panel.alt()
    assert MOST_PIXELS >= 28 * 2**3  # what the lessons build


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "transposed convolution"),
        ("padding", "valid"),
        ("side", 30),
        ("layers", 2),
        ("kernel", 3),
        ("stride", 1),
        ("view", VIEWS[1]),
        ("place", 0.1),
    ],
)
def test_every_control_changes_the_picture(name: str, value: object) -> None:
    panel = ConvolutionExplorer()
    alt, pixels = picture_of(panel._draw()._repr_html_())
    panel.controls[name].value = value
    other_alt, other_pixels = picture_of(panel.picture.value)
    assert other_alt != alt and (other_pixels != pixels).mean() > 0.002
    panel.controls[name].value = ConvolutionExplorer().controls[name].value
    assert np.array_equal(picture_of(panel.picture.value)[1], pixels)  # nothing is left over


def test_what_lesson_5_answers() -> None:
    panel = ConvolutionExplorer()
    panel.controls["kernel"].value = 3
    assert panel.field == 15
    panel.controls["kernel"].value, panel.controls["stride"].value = 4, 3
    assert panel.field == 40 > panel.sides[0]
    panel = ConvolutionExplorer("transposed convolution", side=7, layers=2, view=VIEWS[1])
    assert panel.reached[-1].sum() == 10
    panel.controls["layers"].value = 3
    assert panel.reached[-1].sum() == 22
    panel.controls["side"].value = 16
    for kernel in range(2, 8):
        even = []
        for layers in (1, 2):
            panel.controls["kernel"].value, panel.controls["layers"].value = kernel, layers
            even.append("Ways into an output pixel in the middle half: everywhere" in panel.alt())
        assert even == 2 * [kernel % 2 == 0]
