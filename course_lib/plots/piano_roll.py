"""Tunes drawn as piano rolls: time to the right in bars, pitch upwards, each note a bar as long as it sounds.

piano_roll({"phrase": phrase, "answer": answer}, "Question and answer", in_turn=True)

Notes are an integer array (n, 2) of MIDI pitch (0 is a rest) and length in sixteenths.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from course_lib import CourseError, datasets
from course_lib.datasets.notes import checked_notes
from course_lib.media.notes import pitch_name
from course_lib.plots.figures import COLOURS

HATCHES = ("", "/////", ".....", "xxxxx", "-----")  # voices differ in these as well as in colour
WHITE_KEYS = (0, 2, 4, 5, 7, 9, 11)
WIDE = 25  # semitones: of a wider roll only C and G are named
RESTS = 2  # rows below the lowest note, where rests are drawn
Voices = Mapping[str, np.ndarray]


def piano_roll(
    voices: np.ndarray | Voices,
    title: str,
    bar: int = 16,
    pickup: int = 0,
    in_turn: bool = False,
    axes: Axes | None = None,
) -> Figure:
    """One tune, or several by name: at the same time, or one after the other if `in_turn`.

    voices: notes (n, 2), or up to five of them by name; a name of `COLOURS`, such as "real", gives the colour.
    bar: sixteenths a bar (16 in 4/4, 12 in 6/8); pickup: sixteenths before the first bar line.
    Raises CourseError for no notes, more than five voices, or a bar that is none.
    """
    named = _named(voices)
    datasets.check_whole("bar", "how many sixteenths a bar has", bar, 1)
    datasets.check_whole("pickup", "how many sixteenths stand before the first bar line", pickup, 0)
    low, high, has_rests = pitch_range(named.values())
    lengths = [int(notes[:, 1].sum()) for notes in named.values()]
    end = sum(lengths) if in_turn else max(lengths)
    if axes is None:
        rows = high - low + 1 + RESTS * has_rests
        figure = Figure(
            (min(10.0, max(6.4, 1.6 + end / bar * 0.9)), 1.1 + 0.125 * rows), layout="constrained"
        )
        axes = figure.subplots()
    start = 0
    for index, (name, notes) in enumerate(named.items()):
        draw_notes(axes, notes, start, colour_of(name, index), HATCHES[index], low, name)
        if in_turn and start:
            axes.axvline(start, color=COLOURS["neutral"], linewidth=1.4)
        start += lengths[index] if in_turn else 0
    label_pitches(axes, low, high, has_rests)
    label_bars(axes, end, bar, pickup)
    axes.set_title(title, loc="left" if len(named) > 1 else "center")
    if len(named) > 1:
        axes.legend(loc="lower right", ncols=len(named), bbox_to_anchor=(1, 1), borderaxespad=0.2)
    return axes.figure


def piano_rolls(
    tunes: Voices, title: str | None = None, bar: int = 16, columns: int = 2, role: str = "neutral"
) -> Figure:
    """Many small rolls, each under its name, all with the same axes so that they can be compared.

    role: whose colour the notes have, one of `COLOURS`. Raises CourseError for no notes, no tunes, and another role.
    """
    named = _named(tunes, most=40)
    datasets.check_whole("bar", "how many sixteenths a bar has", bar, 1)
    datasets.check_whole("columns", "how many rolls stand side by side", columns, 1)
    if not isinstance(role, str) or role not in COLOURS:
        raise CourseError(f"There is no role {role!r}: choose one of {', '.join(COLOURS)}.")
    low, high, has_rests = pitch_range(named.values())
    end = max(int(notes[:, 1].sum()) for notes in named.values())
    columns = min(columns, len(named))
    rows = math.ceil(len(named) / columns)
    height = rows * (0.55 + 0.07 * (high - low + 1 + RESTS * has_rests)) + (0.6 if title else 0.3)
    figure = Figure((max(3.4 * columns, 5.0), height), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for index, (axes, (name, notes)) in enumerate(zip(grid.flat, named.items(), strict=False)):
        draw_notes(axes, notes, 0, COLOURS[role], "", low)
        label_pitches(axes, low, high, has_rests, sparse=True)
        label_bars(axes, end, bar)
        axes.set_title(name, fontsize=9)
        is_lowest = index + columns >= len(named)
        axes.tick_params(labelbottom=is_lowest, labelleft=index % columns == 0)
        axes.set(xlabel="bar" if is_lowest else "", ylabel="pitch" if index % columns == 0 else "")
    for axes in grid.flat[len(named) :]:
        axes.set_axis_off()
    if title:
        figure.suptitle(title, fontsize=11)
    return figure


def draw_notes(
    axes: Axes,
    notes: np.ndarray,
    start: float,
    colour: str,
    hatch: str,
    low: int,
    name: str = "",
    upright: bool = False,
) -> None:
    """The notes from `start` on, rests as hollow boxes below `low`; `upright` with time upwards, pitch to the right."""
    times = start + np.cumsum(notes[:, 1]) - notes[:, 1]
    style = {"edgecolor": "white", "linewidth": 0.6, "zorder": 3}
    for sounds in (True, False):
        chosen = (notes[:, 0] > 0) == sounds
        if not chosen.any():
            continue
        look = {"facecolor": colour, "hatch": hatch} if sounds else {"facecolor": "none", "edgecolor": colour}
        place = notes[chosen, 0] if sounds else np.full(chosen.sum(), low - RESTS)
        label = name if sounds else None  # one entry in the legend is enough
        if upright:
            axes.bar(
                place, notes[chosen, 1], 0.85, times[chosen], align="center", label=label, **style | look
            )
        else:
            axes.barh(place, notes[chosen, 1], 0.85, times[chosen], label=label, **style | look)


def label_pitches(
    axes: Axes, low: int, high: int, has_rests: bool, sparse: bool = False, across: bool = False
) -> None:
    """Names of the white keys at the pitch axis, pale rows where the black ones are, and a row for rests."""
    named = (0, 7) if sparse or high - low >= WIDE else WHITE_KEYS
    ticks = [pitch for pitch in range(low, high + 1) if pitch % 12 in named]
    labels = [pitch_name(pitch) for pitch in ticks]
    if has_rests:
        ticks, labels = [low - RESTS, *ticks], ["rest", *labels]
    axis = axes.xaxis if across else axes.yaxis
    axis.set_ticks(ticks, labels, fontsize=8, rotation=90 if across else 0)
    axis.grid(False)
    black = [pitch for pitch in range(low, high + 1) if pitch % 12 not in WHITE_KEYS]
    corners = (
        (0, -0.5),
        (1, -0.5),
        (1, 0.5),
        (0, 0.5),
    )  # along the axes from one end to the other, and the pitch
    rows = [
        [(pitch + up, along) if across else (along, pitch + up) for along, up in corners] for pitch in black
    ]
    place = axes.get_xaxis_transform() if across else axes.get_yaxis_transform()
    axes.add_collection(PolyCollection(rows, facecolor="#f0f0f0", zorder=0, transform=place), autolim=False)
    limits = (low - 0.7 - RESTS * has_rests, high + 0.7)
    (axes.set_xlim if across else axes.set_ylim)(*limits)
    (axes.set_xlabel if across else axes.set_ylabel)("pitch")


def label_bars(axes: Axes, end: int, bar: int, pickup: int = 0, downwards: bool = False) -> None:
    """Lines where bars begin, numbered from 1; so few of them are numbered that the numbers stay apart."""
    lines = np.arange(pickup, end + 1, bar)
    every = max(1, math.ceil(len(lines) / 16))
    labels = [str(number) if (number - 1) % every == 0 else "" for number in range(1, len(lines) + 1)]
    if len(lines) > 1 and lines[-1] == end:
        labels[-1] = ""  # the end of the last bar is no beginning
    axis = axes.yaxis if downwards else axes.xaxis
    axis.set_ticks(lines, labels)
    axis.grid(True, color="#9a9a9a", linewidth=0.8, zorder=1)
    if downwards:
        axes.set_ylim(end, 0)
        axes.set_ylabel("bar")
    else:
        axes.set_xlim(0, end)
        axes.set_xlabel("bar")


def pitch_range(tunes: list[np.ndarray]) -> tuple[int, int, bool]:
    """Lowest and highest pitch, at least an octave apart, and whether there are rests."""
    pitches = np.concatenate([notes[:, 0] for notes in tunes])
    sounding = pitches[pitches > 0]
    low, high = (int(sounding.min()), int(sounding.max())) if len(sounding) else (60, 72)
    missing = max(0, 12 - (high - low))
    return low - missing // 2, high + missing - missing // 2, bool((pitches == 0).any())


def colour_of(name: str, index: int) -> str:
    """The role's colour if `name` is a role of `COLOURS`, else the index-th of them."""
    return COLOURS.get(name, list(COLOURS.values())[index % len(COLOURS)])


def _named(voices: np.ndarray | Voices, most: int = len(HATCHES)) -> dict[str, np.ndarray]:
    named = dict(voices) if isinstance(voices, Mapping) else {"": voices}
    if not 1 <= len(named) <= most:
        raise CourseError(f"A roll takes 1 to {most} tunes, not {len(named)}.")
    return {str(name): checked_notes(notes) for name, notes in named.items()}
