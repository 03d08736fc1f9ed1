"""Attention over a piano roll: which notes of the phrase each note of the answer looked at.

attention_roll(phrase, answer, weights, "What the answer looked at")
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from course_lib import CourseError, datasets
from course_lib.datasets.notes import checked_notes
from course_lib.plots.figures import COLOURS
from course_lib.plots.piano_roll import draw_notes, label_bars, label_pitches, pitch_range


def attention_roll(
    phrase: np.ndarray, answer: np.ndarray, weights: np.ndarray, title: str, bar: int = 16
) -> Figure:
    """The phrase on top, the answer at the side with time going down, between them the weights, darker for more.

    phrase: (m, 2), answer: (n, 2) notes; weights: (n, m) in [0, 1], row i the weights of answer[i] over the phrase.
    Every column is as wide as its note of the phrase is long, every row as high as its note of the answer, so that a
    weight lies below the one and beside the other. For self-attention phrase and answer are the same notes.
    Raises CourseError if the weights are not of that shape or lie outside [0, 1].
    """
    phrase, answer, weights = (
        checked_notes(phrase),
        checked_notes(answer),
        datasets.check_numbers("weights", weights),
    )
    if weights.shape != (len(answer), len(phrase)):
        raise CourseError(
            f"{len(answer)} notes of the answer over {len(phrase)} of the phrase have weights of shape "
            f"{(len(answer), len(phrase))}, but these have {weights.shape}."
        )
    if not ((weights >= 0) & (weights <= 1.0001)).all():  # also true of NaN
        raise CourseError("Attention weights lie in [0, 1]: take them after the softmax.")
    low, high, has_rests = pitch_range([phrase, answer])
    ends = [int(notes[:, 1].sum()) for notes in (phrase, answer)]
    figure = Figure((7.4, 5.6), layout="constrained")
    grid = figure.subplots(
        2, 2, sharex="col", sharey="row", gridspec_kw={"width_ratios": (1, 2.6), "height_ratios": (1, 2.6)}
    )
    (corner, above), (beside, heat) = grid
    corner.set_axis_off()
    draw_notes(above, phrase, 0, COLOURS["real"], "", low)
    label_pitches(above, low, high, has_rests, sparse=True)
    above.set_title("the phrase", fontsize=9)
    draw_notes(beside, answer, 0, COLOURS["fake"], "", low, upright=True)
    label_pitches(beside, low, high, has_rests, sparse=True, across=True)
    beside.set_title("the answer, downwards", fontsize=9)
    places = [np.concatenate([[0], np.cumsum(notes[:, 1])]) for notes in (phrase, answer)]
    image = heat.pcolormesh(*places, weights, cmap="Purples", vmin=0, vmax=max(weights.max(), 1e-9), zorder=0)
    label_bars(heat, ends[0], bar)
    label_bars(beside, ends[1], bar, downwards=True)
    above.grid(True, axis="x", color="#9a9a9a", linewidth=0.8)
    heat.grid(True, axis="y", color="#9a9a9a", linewidth=0.8)
    above.tick_params(labelbottom=False, labelleft=True)
    heat.label_outer()
    figure.colorbar(image, ax=heat, label="attention weight", fraction=0.05)
    figure.suptitle(title, fontsize=11)
    return figure
