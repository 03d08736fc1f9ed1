"""The panel of lesson 5 on stacks: how many pixels, which of them belong together, and where stamps overlap."""

from __future__ import annotations

import ipywidgets
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from course_lib import CourseError, plots
from course_lib.panels import front_end
from course_lib.panels.panel import Panel, choice, slider
from course_lib.theory.stacks import Layer, field, ways_through

KINDS = {"convolution": False, "transposed convolution": True}
VIEWS = ("what an output pixel sees", "what an input pixel paints")
MOST_LAYERS = 4
MOST_PIXELS = 256  # in a row of the picture


class ConvolutionExplorer(Panel):
    """A stack of equal layers over one row of pixels, from the input at the bottom to the output at the top.

    controls, by name: "kind" (a key of KINDS), "padding", "side" (pixels of the input), "kernel", "stride", "layers",
    "view" (one of VIEWS) and "place", where in its row the pixel is that is looked at, from 0 to 1.

    stack: the layers that are drawn; sides: pixels of each row, one more than layers; stopped: why there are fewer
    layers than asked for, or "". ways: in how many ways each input pixel reaches each output pixel, float
    (sides[-1], sides[0]). chosen: the pixel that is looked at; reached: for each row, bool, the pixels that belong to
    it. field: by the formula, how many input pixels an output pixel sees far from the borders or, of transposed layers,
    how many output pixels an input pixel paints.
    """

    def __init__(
        self,
        kind: str = "convolution",
        side: int = 32,
        kernel: int = 4,
        stride: int = 2,
        layers: int = 3,
        view: str = VIEWS[0],
    ) -> None:
        super().__init__(
            {
                "kind": choice("layers are", list(KINDS), kind),
                "padding": choice("padding", ["same", "valid"], "same"),
                "side": _count("pixels", side, 32),
                "layers": _count("layers", layers, MOST_LAYERS),
                "kernel": _count("kernel", kernel, 7),
                "stride": _count("stride", stride, 4),
                "view": choice("show", list(VIEWS), view),
                "place": slider("place of the pixel", 0.5, 0.0, 1.0, step=0.01),
            }
        )
        self.picture.add_class(front_end.FITS)

    def alt(self) -> str:
        """The picture in words."""
        output = self.controls["view"].value == VIEWS[0]
        ends = np.flatnonzero(self.reached[0 if output else -1])
        here, does = ("output", "sees") if output else ("input", "paints")
        range_ = f", {ends[0]} to {ends[-1]}" if len(ends) else ""
        stopped = f" {self.stopped}" if self.stopped else ""
        return (
            f"{self._sides_in_words()}.{stopped} {self._field_in_words()}; the {here} pixel {self.chosen} {does} "
            f"{len(ends)}{range_}. {self._overlap_in_words()}."
        )

    def _measure(self) -> None:
        set_to = {name: control.value for name, control in self.controls.items()}
        layer = Layer(set_to["kernel"], set_to["stride"], set_to["padding"], KINDS[set_to["kind"]])
        self.stack, self.sides, self.stopped = [], [set_to["side"]], ""
        for number in range(1, 1 + set_to["layers"]):
            try:
                side = layer.side_after(self.sides[-1])
            except CourseError as error:
                self.stopped = f"Layer {number}: {str(error)[0].lower()}{str(error)[1:]}"
                break
            if side > MOST_PIXELS:
                self.stopped = f"Layer {number} would have {side} pixels, more than can be drawn."
                break
            self.stack.append(layer)
            self.sides.append(side)
        self.ways = ways_through(self.stack, self.sides[0])
        self.field = field(self.stack)
        self._follow_a_pixel(output=set_to["view"] == VIEWS[0])

    def _follow_a_pixel(self, output: bool) -> None:
        """Find what belongs to the chosen pixel, row after row, from its end of the stack to the other."""
        row = len(self.stack) if output else 0
        self.chosen = round(self.controls["place"].value * (self.sides[row] - 1))
        chosen = np.arange(self.sides[row]) == self.chosen
        matrices = [layer.ways(side) for layer, side in self.pairs]
        self.reached, self.links = [chosen], []
        for matrix in reversed(matrices) if output else matrices:
            pairs = matrix.T if output else matrix  # to the next row from this one
            self.links.append(np.argwhere((pairs > 0) & self.reached[-1]))
            self.reached.append(pairs @ self.reached[-1] > 0)
        if output:
            self.reached.reverse()
            self.links = [pairs[:, ::-1] for pairs in reversed(self.links)]

    def _sides_in_words(self) -> str:
        kernel, stride, padding = (self.controls[name].value for name in ("kernel", "stride", "padding"))
        sides = " → ".join(map(str, self.sides))
        return f'Kernel {kernel}, stride {stride}, "{padding}": {sides} pixels'

    def _field_in_words(self) -> str:
        transposed = KINDS[self.controls["kind"].value]
        return (
            f"One {'input pixel paints' if transposed else 'output pixel sees'} {self.field} by the formula"
        )

    def _overlap_in_words(self) -> str:
        """How evenly the output is covered, borders left out where they can be."""
        total = self.ways.sum(axis=1)
        inner = total[len(total) // 4 : len(total) - len(total) // 4]
        low, high = int(inner.min()), int(inner.max())
        even = f"everywhere {low}" if low == high else f"from {low} to {high}"
        return f"Ways into an output pixel in the middle half: {even}"

    def _lay_out(self) -> Figure:
        figure = Figure(
            (6.4, 6), layout="constrained"
        )  # tall rather than wide, and so read on narrow pages too
        above, self._rows, below = figure.subplots(3, 1, height_ratios=(1, 3, 1), sharex=True)
        self._title = figure.suptitle("sides\nwhat one pixel sees", fontsize=12, animated=True)
        for axes, name in (
            (above, "ways into each; coloured: from the pixel"),
            (below, "ways out of each; coloured: to the pixel"),
        ):
            axes.set(ylim=(0, 1.02), yticks=[])
            axes.set_title(name, loc="left", fontsize=11)
            axes.grid(False)
            axes.spines["left"].set_visible(False)
        self._all_bars, self._own_bars = (
            [
                axes.add_collection(PolyCollection([], facecolor="#bbbbbb", animated=True))
                for axes in (above, below)
            ]
            for _ in range(2)
        )
        self._cells = self._rows.add_collection(PolyCollection([], linewidth=0.5, animated=True))
        self._lines = self._rows.add_collection(LineCollection([], linewidth=0.7, animated=True))
        words = {"va": "center", "ha": "right", "fontsize": 11, "animated": True}
        heights = range(MOST_LAYERS + 1)
        self._labels = [self._rows.text(-0.01, height, "layer 4: 256", **words) for height in heights]
        self._rows.set(xlim=(-0.005, 1.005), ylim=(-0.4, MOST_LAYERS + 0.4), xticks=[], yticks=[])
        self._rows.spines[:].set_visible(False)
        self._rows.grid(False)
        return figure

    def _update(self) -> None:
        places = self._places()
        heights = np.linspace(0, MOST_LAYERS, len(places)) if self.stack else [0.0]
        colour = plots.COLOURS["generator" if KINDS[self.controls["kind"].value] else "discriminator"]
        cells, faces = [], []
        for (centres, width), height, reached in zip(places, heights, self.reached, strict=True):
            cells += [_box(x, 0.9 * width, height - 0.2, height + 0.2) for x in centres]
            faces += [colour if each else "#d8d8d8" for each in reached]
        self._cells.set(verts=cells, facecolor=faces, edgecolor=faces)
        lines = [
            [(places[row][0][low], heights[row] + 0.2), (places[row + 1][0][high], heights[row + 1] - 0.2)]
            for row, pairs in enumerate(self.links)
            for high, low in pairs
        ]
        self._lines.set(segments=lines, color=colour)
        for number, label in enumerate(self._labels):
            there = number < len(heights)
            name = f"layer {number}" if number else "input"
            label.set(visible=there, y=heights[number] if there else 0)
            label.set_text(f"{name}: {self.sides[number]}" if there else "")
        self._title.set_text(f"{self._sides_in_words()}\n{self.stopped or self._field_in_words()}")
        ends = ((self.ways.sum(axis=1), places[-1]), (self.ways.sum(axis=0), places[0]))
        for bars, (total, (centres, width)) in zip(self._all_bars, ends, strict=True):
            bars.set_verts(_bars(centres, 0.9 * width, total))
        output = self.controls["view"].value == VIEWS[0]
        here, far = self._own_bars if output else self._own_bars[::-1]
        here.set_verts([])
        own = self.ways[self.chosen] if output else self.ways[:, self.chosen]
        centres, width = places[0 if output else -1]
        far.set(verts=_bars(centres, 0.45 * width, own), facecolor=colour)

    def _places(self) -> list[tuple[np.ndarray, float]]:
        """For each row the middles of its pixels, from 0 to 1, and their width: a pixel stands over what it sees."""
        transposed = bool(self.stack) and self.stack[0].transposed
        first, width = 0.5, 1.0  # of the row with the smallest pixels
        rows = [(first, width)]
        for layer, side in reversed(self.pairs) if transposed else self.pairs:
            first += width * ((layer.kernel - 1) / 2 - layer.left(side))
            width *= layer.stride
            rows.append((first, width))
        if transposed:
            rows.reverse()
        low = min(first - width / 2 for first, width in rows)
        high = max(
            first + (side - 0.5) * width for (first, width), side in zip(rows, self.sides, strict=True)
        )
        return [
            ((first + width * np.arange(side) - low) / (high - low), width / (high - low))
            for (first, width), side in zip(rows, self.sides, strict=True)
        ]

    @property
    def pairs(self) -> list[tuple[Layer, int]]:
        """Each layer with the pixels that it is given."""
        return list(zip(self.stack, self.sides, strict=False))


def _bars(middles: np.ndarray, width: float, values: np.ndarray) -> list[list[tuple[float, float]]]:
    """A box for each value, the largest of height 1."""
    heights = values / max(values.max(), 1)
    return [_box(middle, width, 0, height) for middle, height in zip(middles, heights, strict=True)]


def _box(middle: float, width: float, low: float, high: float) -> list[tuple[float, float]]:
    left, right = middle - width / 2, middle + width / 2
    return [(left, low), (right, low), (right, high), (left, high)]


def _count(label: str, value: int, most: int) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(value=value, min=1, max=most, description=label)
