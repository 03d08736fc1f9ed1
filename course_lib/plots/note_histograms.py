"""Which notes, steps and lengths occur how often, in several sources side by side.

note_histograms({"real": tunes, "n-gram": drawn}, "What came out")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import CourseError
from course_lib.media.notes import PITCH_CLASSES, checked
from course_lib.plots.piano_roll import HATCHES, colour_of

# semitones of an interval and sixteenths of a length: the rest is counted at the ends
FARTHEST, LONGEST = 12, 16


def pitch_classes(tunes: Sequence[np.ndarray]) -> np.ndarray:
    """The share of each of the 12 pitch classes among all sounding notes; NaN if there are none."""
    return _shares(np.concatenate([_sounding(notes)[:, 0] % 12 for notes in tunes]), 0, 11)


def intervals(tunes: Sequence[np.ndarray]) -> np.ndarray:
    """The share of each step -12 .. 12 semitones from a note to the next, rests skipped, larger ones at the ends."""
    return _shares(np.concatenate([np.diff(_sounding(notes)[:, 0]) for notes in tunes]), -FARTHEST, FARTHEST)


def lengths(tunes: Sequence[np.ndarray]) -> np.ndarray:
    """The share of each length 1 .. 16 sixteenths among all sounding notes, longer ones at the end."""
    return _shares(np.concatenate([_sounding(notes)[:, 1] for notes in tunes]), 1, LONGEST)


KINDS: dict[str, tuple[Callable[[Sequence[np.ndarray]], np.ndarray], Sequence[object], str]] = {
    "pitch classes": (pitch_classes, PITCH_CLASSES, "pitch class"),
    "intervals": (intervals, range(-FARTHEST, FARTHEST + 1), "semitones to the next note"),
    "lengths": (lengths, range(1, LONGEST + 1), "length in sixteenths"),
}


def note_histograms(
    sources: Mapping[str, Sequence[np.ndarray]], title: str, kinds: Sequence[str] = tuple(KINDS)
) -> Figure:
    """A panel for each kind, and in it a bar for each source.

    sources: name -> list of notes (n, 2), up to five; kinds: of "pitch classes", "intervals" and "lengths".
    Raises CourseError for other kinds and for a source without tunes.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise CourseError(f"There is no histogram of {kind!r}: choose of {', '.join(KINDS)}.")
    for name, tunes in sources.items():
        if not len(tunes):
            raise CourseError(f"The source {name!r} has no tunes to count.")
    figure = Figure((7.4, 0.7 + 2.0 * len(kinds)), layout="constrained")
    for axes, kind in zip(figure.subplots(len(kinds), squeeze=False)[:, 0], kinds, strict=True):
        count, labels, xlabel = KINDS[kind]
        shares = {name: count(tunes) for name, tunes in sources.items()}
        bars_side_by_side(shares, labels, "", xlabel, axes)
        if kind != kinds[0] and axes.get_legend():
            axes.get_legend().remove()
    figure.suptitle(title, fontsize=11)
    return figure


def bars_side_by_side(
    shares: Mapping[str, np.ndarray],
    labels: Sequence[object],
    title: str,
    xlabel: str,
    axes: Axes | None = None,
) -> Figure:
    """Histograms that were counted elsewhere: name -> shares (k,), one bar each at every one of the k labels.

    Raises CourseError for none or more than five of them, and where the number of shares is not that of the labels.
    """
    if not 1 <= len(shares) <= len(HATCHES):
        raise CourseError(f"Up to {len(HATCHES)} histograms stand side by side, but there are {len(shares)}.")
    if axes is None:
        axes = Figure((7.4, 2.8), layout="constrained").subplots()
    width = 0.85 / len(shares)
    for index, (name, values) in enumerate(shares.items()):
        if len(values) != len(labels):
            raise CourseError(f"{name} has {len(values)} shares for {len(labels)} labels.")
        places = np.arange(len(labels)) + (index - (len(shares) - 1) / 2) * width
        look = {"color": colour_of(name, index), "hatch": HATCHES[index], "edgecolor": "white"}
        axes.bar(places, values, width, linewidth=0.3, label=name, **look)
    axes.set(title=title, xlabel=xlabel, ylabel="share", xticks=range(len(labels)), xticklabels=labels)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.grid(False, axis="x")
    if len(shares) > 1:
        axes.legend(ncols=len(shares), loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
    return axes.figure


def _sounding(notes: np.ndarray) -> np.ndarray:
    notes = checked(notes)
    return notes[notes[:, 0] > 0]


def _shares(values: np.ndarray, low: int, high: int) -> np.ndarray:
    """How often each whole number low .. high occurs, beyond them at the ends; sums to 1."""
    counts = np.bincount(np.clip(values, low, high) - low, minlength=high - low + 1)
    return counts / counts.sum() if len(values) else np.full(high - low + 1, np.nan)
