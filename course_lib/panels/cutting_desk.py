"""The cutting desk of lesson 17: where a film is cut, at a threshold that a slider moves.

CuttingDesk(film.frames, film.cuts, film.dissolves).show()
CuttingDesk(frames).show()                         a film of which the cuts are not known
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from course_lib import CourseError, datasets, plots
from course_lib.datasets.numbers import check_number
from course_lib.media import cuts, pictures
from course_lib.media.beats import check_rate
from course_lib.media.frames import checked_frames
from course_lib.panels.panel import Panel, choice, slider

SIGNALS = {
    "across minus within": (cuts.sharpness, cuts.REACH),
    "change to the frame before": (cuts.changes, 1),
}
"""How each is computed, and how many frames a shot found by it has at least. The first is that of `cuts.find_cuts`."""
COLUMNS, ROWS = 12, 2  # of first frames
TOLD = 12  # so many frame numbers stand in the words
MOST_FRAMES = 5000  # of a film: a signal on more would have several frames a dot


class CuttingDesk(Panel):
    """A film, the signal by which its cuts are found, a threshold on it, and the first frame of each shot found.

    frames: (n, height, width, 1 or 3) in [-1, 1], or uint8. true_cuts: the frames at which shots begin, where they are
    known; dissolves: (first, last) frames of true ones, shaded: a cut that is found in one is false. measure: as in
    `cuts.changes`; the default threshold is that of the default measure. rate: frames a second when it plays.

    controls, by name: "signal" (a key of SIGNALS), "threshold", "frame" and "play". found: the cuts at this signal and
    threshold, int (m,); right, false and missed: those of them that are true, that are not, and the true ones that are
    not found; None where the true ones are not known.
    Raises CourseError for what is no film, and for cuts, dissolves, thresholds and rates that cannot be.
    """

    def __init__(
        self,
        frames: np.ndarray,
        true_cuts: Sequence[int] | None = None,
        dissolves: Sequence[tuple[int, int]] = (),
        measure: cuts.Measure = "coarse",
        threshold: float = cuts.THRESHOLD,
        rate: float = 10.0,
    ) -> None:
        frames = checked_frames(frames)
        datasets.check_whole("the number of frames", "how long the film is", len(frames), 1, MOST_FRAMES)
        self.true_cuts = (
            None if true_cuts is None else cuts.checked_places("true_cuts", true_cuts, len(frames))
        )
        self.dissolves = _checked_stretches(dissolves, len(frames))
        check_number("threshold", "how large the signal is at a cut", threshold, 0.0, 1e6)
        check_rate(rate)
        self.signals = {name: signal(frames, measure) for name, (signal, _) in SIGNALS.items()}
        self.frames = pictures.to_uint8(frames)
        self.top = max(threshold, 0.01, *(signal.max(initial=0.0) for signal in self.signals.values()))
        self._is_stepping = False
        self.digits = max(0, 2 - int(np.floor(np.log10(self.top))))  # some hundreds of thresholds
        step = 10.0**-self.digits
        controls = {
            "signal": choice("signal", list(SIGNALS), next(iter(SIGNALS))),
            "threshold": slider("threshold", float(threshold), 0.0, self.top + step, step),
            "frame": ipywidgets.IntSlider(description="frame", max=len(frames) - 1),
        }
        controls["threshold"].readout_format = f".{self.digits}f"
        super().__init__(controls, advance=self._step, rate=rate)

    def alt(self) -> str:
        """The picture in words."""
        name, threshold, frame = (self.controls[each].value for each in ("signal", "threshold", "frame"))
        shots, most = len(self.found) + 1, COLUMNS * ROWS
        places = "".join(_at(each, getattr(self, each)) for each in self._marks)
        return (
            f"Frame {frame} of a film of {len(self.frames)}, and its signal, {name}, with the threshold "
            f"{threshold:.{self.digits}f}. {self.verdict()}.{places} Below, the first frames of the "
            f"{_counted(shots, 'shot')}{f', {most} of them' if shots > most else ''}."
        )

    def verdict(self) -> str:
        """How many cuts are found, and where true ones are known how many are right, false and missed."""
        found = f"{_counted(len(self.found), 'cut')} found"
        if self.true_cuts is None:
            return found
        inside = [((self.dissolves[:, 0] <= cut) & (cut <= self.dissolves[:, 1])).any() for cut in self.false]
        blended = f" ({sum(inside)} in a dissolve)" if any(inside) else ""
        true = _counted(len(self.true_cuts), "true one")
        missed = f"{len(self.missed)} of {true} missed"
        return f"{found}: {len(self.right)} right, {len(self.false)} false{blended}, {missed}"

    def _step(self) -> None:
        """On to the next frame, and from the last one to the first; one picture follows."""
        frame, self._is_stepping = self.controls["frame"], True
        try:
            frame.value = (frame.value + 1) % len(self.frames)
        finally:
            self._is_stepping = False

    def _moved(self, change: Mapping[str, Any]) -> None:
        if not self._is_stepping:
            super()._moved(change)

    def _measure(self) -> None:
        name, threshold = (self.controls[each].value for each in ("signal", "threshold"))
        self.signal = self.signals[name]
        self.found = cuts.peaks(self.signal, threshold, SIGNALS[name][1])
        self.right = self.false = self.missed = None
        if self.true_cuts is not None:
            self.right = np.intersect1d(self.found, self.true_cuts)
            self.false = np.setdiff1d(self.found, self.true_cuts)
            self.missed = np.setdiff1d(self.true_cuts, self.found)

    def _lay_out(self) -> Figure:
        figure = Figure((9, 5), layout="constrained")
        self._verdict = figure.suptitle(self.verdict(), fontsize=12, animated=True)
        places = figure.add_gridspec(2, 2, height_ratios=(3, 2), width_ratios=(1, 5))
        self._lay_out_signal(figure.add_subplot(places[0, :]))
        self._frame = _image(
            figure.add_subplot(places[1, 0]), self.frames[0], f"frame {len(self.frames) - 1}"
        )
        shots = figure.add_subplot(places[1, 1])
        self._shots = _image(shots, self._first_frames(), "first frames of the shots found")
        self._frame.axes.title.set_animated(True)
        return figure

    def _lay_out_signal(self, axes: Axes) -> None:
        """The signal, its threshold, marks at the cuts, and a line at the frame that is shown."""
        for number, (start, end) in enumerate(self.dissolves):
            axes.axvspan(start - 0.5, end + 0.5, color="#dddddd", label="" if number else "dissolve")
        places = np.arange(1, len(self.frames))
        still = {"animated": True, "color": plots.COLOURS["neutral"]}
        (self._curve,) = axes.plot(places, self.signal, "-", linewidth=1.2, label="signal", **still)
        self._threshold = axes.axhline(0, linestyle="--", linewidth=1.2, label="threshold", **still)
        self._cursor = axes.axvline(0, linestyle=":", linewidth=1.2, label="this frame", **still)
        marks = {"right": "real", "false": "fake", "missed": "discriminator"}
        if self.true_cuts is None:
            marks = {"found": "generator"}
        self._marks = {}
        for name, role in marks.items():
            look = {"color": plots.COLOURS[role], "marker": plots.MARKERS[role], "linestyle": "none"}
            (self._marks[name],) = axes.plot([], [], label=name, animated=True, **look)
        low = min(signal.min(initial=0.0) for signal in self.signals.values())
        margin = 0.08 * (self.top - low)
        axes.set(xlim=(-0.5, len(self.frames) - 0.5), ylim=(low - margin, self.top + margin))
        axes.set(xlabel="frame", ylabel="signal")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.01), ncols=len(marks) + 4)

    def _update(self) -> None:
        shown = self.controls["frame"].value
        self._curve.set_ydata(self.signal)
        self._threshold.set_ydata([self.controls["threshold"].value] * 2)
        self._cursor.set_xdata([shown] * 2)
        for name, line in self._marks.items():
            places = getattr(self, name)
            line.set_data(places, self.signal[places - 1])
        self._verdict.set_text(self.verdict())
        self._frame.set_data(_plain(self.frames[shown]))
        self._frame.axes.set_title(f"frame {shown}")
        self._shots.set_data(self._first_frames())

    def _first_frames(self) -> np.ndarray:
        """Of as many shots as there is room for, row by row; the rest stays white."""
        most = COLUMNS * ROWS
        firsts = self.frames[[0, *self.found[: most - 1]]]
        sheet = np.full((most, *firsts.shape[1:]), 255, "uint8")
        sheet[: len(firsts)] = firsts
        return pictures.tile(sheet, COLUMNS)


def _image(axes: Axes, pixels: np.ndarray, title: str) -> AxesImage:
    axes.set_title(title)
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return axes.imshow(_plain(pixels), cmap="gray", vmin=0, vmax=255, animated=True)


def _plain(pixels: np.ndarray) -> np.ndarray:
    """Grey pixels without their channel."""
    return pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _at(what: str, frames: np.ndarray) -> str:
    """Where these cuts are, in a sentence."""
    if not len(frames):
        return ""
    more = f" and {len(frames) - TOLD} more" if len(frames) > TOLD else ""
    return f" {what.capitalize()} at {', '.join(map(str, frames[:TOLD]))}{more}."


def _checked_stretches(stretches: Sequence[tuple[int, int]], count: int) -> np.ndarray:
    """Dissolves as int64 (m, 2)."""
    array = datasets.check_numbers("dissolves", stretches)
    if not array.size:
        return np.empty((0, 2), "int64")
    pairs = array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "iu"
    if not pairs or not (array >= 0).all() or not (array < count).all() or (array[:, 0] > array[:, 1]).any():
        raise CourseError(
            f"Dissolves are pairs (first, last) of frame numbers from 0 to {count - 1}, not {stretches!r:.80}."
        )
    return array.astype("int64")
