"""The benchmark's picture: score against training time, and speed at equal architecture."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from course_lib import plots
from course_lib.benchmark.plan import RACE, SPEED, Job
from course_lib.benchmark.report import PARTS, Report

# Colours that mean nothing else in this course, as far apart as those of plots.COLOURS.
COLOURS = {"tutorial": "#C08600", "keras_io": "#2A7CA4", "torch": "#555555", "ours": "#000000"}
STYLES = {"tutorial": ("--", "s"), "keras_io": ("-.", "^"), "torch": (":", "D"), "ours": ("-", "o")}


def draw(report: Report) -> Figure:
    """Left the races of all rounds, both axes logarithmic; right images per second, medians and their spread."""
    plots.use_course_style()
    figure = Figure((12, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.4, 1))
    _races(left, report)
    _speeds(right, report)
    return figure


def _races(axes: Axes, report: Report) -> None:
    for architecture, engine in (("tutorial", "tutorial"), *RACE):
        line, marker = STYLES[engine]
        for index, curve in enumerate(report.values("race", (architecture, engine), "curve").values()):
            seconds, _, scores = zip(*curve, strict=True)
            label = engine if index == 0 else None
            axes.plot(
                seconds,
                scores,
                color=COLOURS[engine],
                linestyle=line,
                marker=marker,
                markersize=3,
                label=label,
            )
    for part in PARTS if report.target is not None else ():
        axes.axhline(report.target / part, color="#999999", linewidth=0.8)
        axes.annotate(
            f"T/{part}" if part > 1 else "T",
            (1, report.target / part),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            verticalalignment="center",
        )
    axes.set(xscale="log", yscale="log", title="Race")
    axes.set(xlabel="seconds of training", ylabel="Fréchet distance (lower is better)")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
    if axes.lines:
        axes.legend()


def _speeds(axes: Axes, report: Report) -> None:
    """Bars relative to the first of each pair, because the networks of two pairs are of very different size."""
    labels, place = [], 0.0
    for pair in SPEED:
        spreads = {who: report.spread("speed", who, "images_per_second") for who in pair}
        measured = {who: spread for who, spread in spreads.items() if spread is not None}
        for who, spread in measured.items():
            unit = next(iter(measured.values())).median
            reach = [[(spread.median - spread.low) / unit], [(spread.high - spread.median) / unit]]
            axes.barh(
                place, spread.median / unit, color=COLOURS[who[1]], xerr=reach, ecolor="#999999", capsize=3
            )
            axes.annotate(
                f"{spread.median:,.0f} images/s",
                (spread.high / unit, place),
                xytext=(5, 0),
                textcoords="offset points",
                verticalalignment="center",
            )
            labels.append((place, Job("speed", *who).who))
            place += 1
        place += 0.6
    axes.set(title="Speed at equal architecture", xlabel="images per second, relative to the other program")
    axes.set_yticks([y for y, _ in labels], [text for _, text in labels])
    axes.margins(x=0.35)
    axes.set_xlim(left=0)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
