"""A figure laid out once: its pictures are those of a figure drawn whole, and what stands still is drawn once."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from course_lib import CourseError
from course_lib.plots.live_figure import KEPT, LiveFigure
from tests.plots.whole_figure import drawn_whole


@pytest.fixture(autouse=True)
def style_of_matplotlib() -> Iterator[None]:
    """Whatever ran before: the course's style has a grid, which lies above images and below what moves."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield


def two_axes() -> tuple[Figure, Axes, Axes]:
    figure = Figure((4, 2), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.set(title="A line", xlabel="x", ylabel="y", xlim=(0, 9), ylim=(-1, 11))
    right.plot([0, 1], [1, 0])
    return figure, left, right


def a_line() -> tuple[Figure, Callable[[], object]]:
    figure, axes, _ = two_axes()
    (line,) = axes.plot(np.arange(10), "o-", animated=True)
    return figure, lambda: line.set_ydata(np.arange(10)[::-1])


def an_image() -> tuple[Figure, Callable[[], object]]:
    figure, axes, _ = two_axes()
    image = axes.imshow(np.zeros((3, 3)), vmin=0, vmax=8, extent=(2, 7, 2, 7), aspect="auto", animated=True)
    axes.set(xlim=(0, 9), ylim=(-1, 11))
    return figure, lambda: image.set_data(np.arange(9.0).reshape(3, 3))


def arrows() -> tuple[Figure, Callable[[], object]]:
    figure, axes, _ = two_axes()
    quiver = axes.quiver([2, 4], [3, 7], [1, 1], [0, 0], scale=8, animated=True)
    return figure, lambda: (quiver.set_offsets([[5, 5], [3, 1]]), quiver.set_UVC([0, -1], [1, 1]))


def texts() -> tuple[Figure, Callable[[], object]]:
    figure, axes, _ = two_axes()
    axes.title.set_animated(True)
    text = axes.text(4, 5, "before", animated=True)
    return figure, lambda: (axes.set_title("Other words"), text.set_text("after"), text.set_x(2))


def an_axis() -> tuple[Figure, Callable[[], object]]:
    figure, axes, _ = two_axes()
    axes.yaxis.set_animated(True)
    (line,) = axes.plot(np.arange(10), animated=True)
    return figure, lambda: (line.set_ydata(np.arange(10) / 2), axes.set_ylim(-1, 7))


def limits_of_a_still_axis() -> tuple[Figure, Callable[[], object]]:
    figure, axes, _ = two_axes()
    (line,) = axes.plot(np.arange(10), animated=True)
    return figure, lambda: (line.set_ydata(np.arange(10) / 2), axes.set(xlim=(0, 7), ylim=(-1, 7)))


def whole_axes() -> tuple[Figure, Callable[[], object]]:
    figure, _, axes = two_axes()
    axes.set_animated(True)
    return figure, lambda: (axes.set(xlim=(0, 0.5), title="Half"), axes.lines[0].set_color("black"))


def twins() -> tuple[Figure, Callable[[], object]]:
    """The later of two axes lies above the earlier one, whatever the order of the lines themselves."""
    figure, axes, _ = two_axes()
    twin = axes.twinx()
    twin.set_ylim(-1, 11)
    (below,) = axes.plot(np.arange(10), linewidth=9, zorder=5, animated=True)
    (above,) = twin.plot(np.arange(10), linewidth=9, zorder=1, animated=True)
    return figure, lambda: (below.set_ydata(np.full(10, 5)), above.set_ydata(np.arange(10)[::-1]))


CASES = (a_line, an_image, arrows, texts, an_axis, limits_of_a_still_axis, whole_axes, twins)


@pytest.mark.parametrize("case", CASES)
def test_a_moved_picture_is_the_one_that_is_drawn_whole(case: Callable) -> None:
    figure, move = case()
    live = LiveFigure(figure)
    before = live.pixels()
    assert np.array_equal(before, live.pixels())
    move()
    after = live.pixels()
    assert not np.array_equal(after, before)
    assert np.array_equal(after, drawn_whole(figure))


def test_the_layout_is_solved_once_with_the_longest_words() -> None:
    figure, axes, _ = two_axes()
    axes.set_ylabel("short")
    number = axes.text(1.02, 0.5, "a long text beside", transform=axes.transAxes, animated=True)
    live = LiveFigure(figure)
    live.pixels()
    places = [each.get_position().bounds for each in figure.axes]
    assert number.get_window_extent().x1 < figure.axes[1].get_window_extent().x0
    number.set_text("short")
    live.pixels()
    assert [each.get_position().bounds for each in figure.axes] == places


class Counted(Text):
    """A text that remembers each time that it is drawn."""

    drawn: list[str]

    def draw(self, renderer: object) -> None:
        self.drawn.append(self.get_text())
        super().draw(renderer)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(Counted, "drawn", [], raising=False)
    return Counted.drawn


def test_what_stands_still_is_drawn_once_and_what_moves_each_time(drawn: list[str]) -> None:
    figure, axes, _ = two_axes()
    axes.add_artist(Counted(1, 1, "still"))
    axes.add_artist(Counted(5, 5, "moving", animated=True))
    live = LiveFigure(figure)
    drawn.clear()
    for _ in range(3):
        live.pixels()
    assert drawn == ["moving"] * 3


def test_between_two_limits_to_and_fro_the_still_parts_are_drawn_once_for_each(drawn: list[str]) -> None:
    figure, axes, _ = two_axes()
    axes.add_artist(Counted(1, 1, "still"))
    live = LiveFigure(figure)
    drawn.clear()
    pictures = []
    for top in (11, 20, 11, 20):
        axes.set_ylim(-1, top)
        pictures.append(live.pixels())
    assert drawn == ["still"]  # those of 11 were there before
    assert np.array_equal(pictures[0], pictures[2]) and np.array_equal(pictures[1], pictures[3])
    assert not np.array_equal(pictures[0], pictures[1])


def test_of_many_limits_only_the_last_few_are_remembered(drawn: list[str]) -> None:
    figure, axes, _ = two_axes()
    axes.add_artist(Counted(1, 1, "still"))
    live = LiveFigure(figure)
    drawn.clear()
    for top in range(12, 12 + 2 * KEPT):
        axes.set_ylim(-1, top)
        live.pixels()
    assert len(drawn) == 2 * KEPT and len(live._looks) == KEPT
    for top in range(12 + KEPT, 12 + 2 * KEPT):
        axes.set_ylim(-1, top)
        live.pixels()
    assert len(drawn) == 2 * KEPT


def test_the_file_holds_every_pixel_and_a_small_one_256_colours() -> None:
    figure, move = an_image()
    live = LiveFigure(figure)
    move()
    quick, small = live.picture("A grid."), live.picture("A grid.", small=True)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(quick.png))), live.pixels())
    assert Image.open(io.BytesIO(small.png)).mode == "P"
    assert len(small.png) < 0.7 * len(quick.png)
    height, width = live.pixels().shape[:2]
    assert f'width="{width}" height="{height}"' in quick._repr_html_()


def test_it_is_white_and_of_the_size_of_all_figures_whatever_the_defaults() -> None:
    live = LiveFigure(Figure((3, 2), dpi=50, facecolor="black"))
    assert live.pixels().shape == (220, 330, 3)
    assert (live.pixels() == 255).all()


def test_a_picture_needs_words() -> None:
    with pytest.raises(CourseError, match="description"):
        LiveFigure(Figure()).picture(" ")


def test_an_image_that_moves_is_no_part_of_what_stands_still() -> None:
    figure = Figure((2, 2))
    axes = figure.subplots()
    image = axes.imshow(np.zeros((2, 2)), cmap="gray", vmin=0, vmax=1, alpha=0.5, animated=True)
    live = LiveFigure(figure)
    image.set_data(np.ones((2, 2)))
    inside = live.pixels()[80:120, 80:120]
    assert inside.min() == 255  # half white on white, and nothing of the black one under it
    assert image.get_visible()
