"""Which notes, steps and lengths occur how often, in several sources side by side: counted elsewhere, drawn here.

note_histograms({"intervals": {"real": interval_shares(tunes), "fake": interval_shares(drawn)}}, "What came out")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import CourseError
from course_lib.media.notes import PITCH_CLASSES
from course_lib.plots.piano_roll import HATCHES, colour_of

KINDS: dict[str, tuple[Sequence[object], str]] = {
    "pitch classes": (PITCH_CLASSES, "pitch class"),
    "intervals": (range(-12, 13), "semitones to the next note"),
    "lengths": (range(1, 17), "length in sixteenths"),
}
"""Kind -> the labels of its shares as `scores.melodies` counts them, and what they are."""


def note_histograms(shares: Mapping[str, Mapping[str, np.ndarray]], title: str) -> Figure:
    """A panel for each kind, and in it a bar for each source.

    shares: for "pitch classes", "intervals" or "lengths" a dict of a source's name, up to five, to its shares.
    Raises CourseError for other kinds, for none, and where there are not as many shares as labels.
    """
    if not isinstance(shares, Mapping) or not shares:
        raise CourseError(
            f"shares is a dict of {', '.join(KINDS)}, or some of these, to the shares of each source."
        )
    for kind in shares:
        if kind not in KINDS:
            raise CourseError(f"There is no histogram of {kind!r}: choose of {', '.join(KINDS)}.")
    figure = Figure((7.4, 0.7 + 2.0 * len(shares)), layout="constrained")
    panels = figure.subplots(len(shares), squeeze=False)[:, 0]
    for axes, (kind, sources) in zip(panels, shares.items(), strict=True):
        labels, xlabel = KINDS[kind]
        bars_side_by_side(sources, labels, "", xlabel, axes)
        if axes is not panels[0] and axes.get_legend():
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
        if np.shape(values) != (len(labels),):
            raise CourseError(f"{name} has {np.size(values)} shares for {len(labels)} labels.")
        places = np.arange(len(labels)) + (index - (len(shares) - 1) / 2) * width
        look = {"color": colour_of(name, index), "hatch": HATCHES[index], "edgecolor": "white"}
        axes.bar(places, values, width, linewidth=0.3, label=name, **look)
    axes.set(title=title, xlabel=xlabel, ylabel="share", xticks=range(len(labels)), xticklabels=labels)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.grid(False, axis="x")
    if len(shares) > 1:
        axes.legend(ncols=len(shares), loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0)
    return axes.figure
