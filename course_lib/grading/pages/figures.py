"""The two figures of the class report, as pictures for the inside of the page."""

from __future__ import annotations

import base64
import io
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from course_lib.grading.points.spreadsheet import number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS = {
    "right": ("right", "generator", ""),
    "partly right": ("partly", "real", "//"),
    "not right": ("wrong", "fake", ".."),
    "error, too slow, too much": ("stopped", "discriminator", "xx"),
    "not written": ("empty", "neutral", ""),
}
"""What is drawn together: name, key, role of the colour, hatching for those who print in grey."""
STOPPED = ("error", "too slow", "too much", "lost")


class Chart(NamedTuple):
    """A figure. alt: what it shows, in words; svg: the picture, in base64."""

    alt: str
    svg: str


def totals_figure(totals: Sequence[float], possible: float) -> Chart:
    """How many students have how many points."""
    figure, axes = _figure(3.2)
    top = max(possible, *totals, 1)
    width = max(1, math.ceil(top / 20))
    edges = np.arange(0, top + 2 * width, width) - (0.5 if width == 1 else 0)
    look = {"color": _colour("real"), "alpha": 0.5, "edgecolor": "white"}  # pale behind the two lines
    counts, _, _ = axes.hist(totals, bins=edges.tolist(), **look)
    mean, median = statistics.fmean(totals), statistics.median(totals)
    axes.axvline(mean, color=_colour("fake"), label=f"mean {mean:.1f}")
    axes.axvline(median, color=_colour("neutral"), linestyle="--", label=f"median {number(median)}")
    axes.set(title="Points of the class", xlabel="points in all", ylabel="students")
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.25 * max(counts)))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="upper left", ncols=2)
    axes.grid(axis="x", visible=False)
    alt = (
        f"Histogram of the points of {len(totals)} students: from {number(min(totals))} to {number(max(totals))} "
        f"of {number(possible)}, mean {mean:.1f}, median {number(median)}."
    )
    return Chart(alt, _svg(figure))


def statuses_figure(statuses: Mapping[int, Mapping[str, int]]) -> Chart:
    """For each exercise the shares of the groups of `GROUPS`; statuses: exercise's number -> status -> students."""
    figure, axes = _figure(1.5 + 0.42 * len(statuses))
    rows = [_grouped(each) for each in statuses.values()]
    students = max(1, *(sum(row.values()) for row in rows))
    left = np.zeros(len(rows))
    places = np.arange(len(rows))
    for name, (key, role, hatch) in GROUPS.items():
        counts = np.array([row[key] for row in rows])
        axes.barh(
            places,
            counts,
            left=left,
            color=_colour(role),
            hatch=hatch,
            edgecolor="white",
            label=name,
            height=0.7,
        )
        for place, count, start in zip(places, counts, left, strict=True):
            if count >= 0.04 * students:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
                axes.text(
                    start + count / 2, place, str(count), ha="center", va="center", fontsize=8, bbox=box
                )
        left += counts
    axes.set(title="How each exercise went", xlabel="students", ylabel="exercise", xlim=(0, students))
    axes.set_yticks(places, [str(each) for each in statuses])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.invert_yaxis()
    axes.grid(visible=False)
    figure.legend(loc="outside lower center", ncols=3)
    said = [
        f"Exercise {each}: "
        + ", ".join(f"{row[key]} {name}" for name, (key, _, _) in GROUPS.items() if row[key])
        for each, row in zip(statuses, rows, strict=True)
    ]
    return Chart(f"Bars of students for each exercise. {'; '.join(said)}.", _svg(figure))


def _grouped(statuses: Mapping[str, int]) -> dict[str, int]:
    row = {key: statuses.get(key, 0) for key, _, _ in GROUPS.values()}
    row["stopped"] = sum(statuses.get(each, 0) for each in STOPPED)
    return row


def _figure(height: float) -> tuple:
    import matplotlib
    from matplotlib.figure import Figure

    from course_lib.plots import use_course_style

    with matplotlib.rc_context():
        use_course_style()
        figure = Figure((7.2, height), layout="constrained")
        axes = figure.subplots()
        axes.set_axisbelow(True)
        return figure, axes


def _colour(role: str) -> str:
    from course_lib.plots import COLOURS

    return COLOURS[role]


def _svg(figure: Figure) -> str:
    """In base64; the same figure gives the same bytes."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "course", "svg.fonttype": "path", "hatch.linewidth": 0.6}):
        figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    return base64.b64encode(buffer.getvalue()).decode("ascii")
