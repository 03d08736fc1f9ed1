"""Where a writer looked: attention between an answer and what it answers, as a table of HTML or as lines in a figure.

    attention_table(found.attention, found.rows, found.columns, "Fourth line")      any script
    show(attention_lines(found.attention, found.rows, found.columns, "..."), alt="...")

A figure is drawn with the fonts of matplotlib, which have no Chinese characters; so Chinese stands in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_lib import CourseError
from course_lib.datasets.checking import check_numbers
from course_lib.plots.chinese_text import CHINESE, marked
from course_lib.plots.figures import COLOURS

MOST_LETTERS = 60
"""In a symbol: a figure grows with its symbols."""
FAINTEST = 0.08
"""Smaller weights are not drawn as lines; the table has them all."""


class AttentionTable:
    """The table, shown as the last line of a cell or by IPython's display. alt: the same in words."""

    def __init__(self, page: str, alt: str):
        self.page, self.alt = page, alt

    def _repr_html_(self) -> str:
        return self.page

    def __repr__(self) -> str:
        return self.alt


def attention_table(
    weights: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    glosses: Mapping[str, str] = MappingProxyType({}),
) -> AttentionTable:
    """A row for each symbol of the answer, a column for each given one, darker where it was looked at more.

    weights: (len(rows), len(columns)), from 0 to 1; a cell shows hundredths from 5 on. glosses: what stands
    small below a symbol, such as what a character means. Raises CourseError if the shapes do not fit.
    """
    weights = _checked(weights, rows, columns)
    top = "".join(f'<th scope="col" style="{HEAD}">{_words_named(name, glosses)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row" style="{HEAD}">{_words_named(name, glosses)}</th>{"".join(map(_cell, row))}</tr>'
        for name, row in zip(rows, weights, strict=True)
    )
    page = (
        f'<table style="border-collapse:collapse;background:white;color:black">'
        f'<caption style="caption-side:top;text-align:left;color:black;background:white">{marked(title)}</caption>'
        f'<thead><tr><td style="{HEAD}"></td>{top}</tr></thead><tbody>{body}</tbody></table>'
    )
    return AttentionTable(page, f"{title}: {in_words(weights, rows, columns)}")


def attention_lines(weights: np.ndarray, rows: Sequence[str], columns: Sequence[str], title: str) -> Figure:
    """The given symbols above, the answer below, and between them lines, thicker where more was looked at.

    Latin script only: raises CourseError for what matplotlib's font cannot draw, and for shapes that do not fit.
    """
    weights = _checked(weights, rows, columns)
    foreign = CHINESE.search("\n".join((*rows, *columns, title)))
    if foreign:
        raise CourseError(
            f"The font of figures has no {foreign.group()!r}: use attention_table, which is HTML."
        )
    above, below = _places(columns), _places(rows)
    width = max(above[-1][1], below[-1][1])
    figure, axes = plt.subplots(figsize=(max(6.4, 0.11 * width), 3.0), layout="constrained")
    plt.close(figure)
    for row, share in zip(below, weights, strict=True):
        for column, weight in zip(above, share, strict=True):
            if weight >= FAINTEST:
                style = {
                    "color": COLOURS["generator"],
                    "alpha": float(min(1, 0.2 + weight)),
                    "linewidth": 5 * weight,
                }
                axes.plot([_middle(column), _middle(row)], [0.88, 0.12], linestyle="-", **style)
    for names, places, height in ((columns, above, 1.0), (rows, below, 0.0)):
        for name, place in zip(names, places, strict=True):
            plain = not name.startswith("<")
            axes.text(
                *(_middle(place), height, _shown_as(name)),
                **{"ha": "center", "va": "center", "fontsize": 10, "style": "normal" if plain else "italic"},
                parse_math=False,  # a dollar is one
            )
    axes.set(xlim=(-1, width + 1), ylim=(-0.15, 1.15), title=title)
    axes.axis("off")
    axes.text(-1, 0.5, "given, above\nanswer, below", fontsize=8, va="center", ha="right", clip_on=False)
    return figure


def in_words(weights: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> str:
    """What each symbol of the answer looked at most, and how much: "dead at spread 0.61; ..."."""
    weights = _checked(weights, rows, columns)
    best = weights.argmax(axis=1)
    parts = [
        f"{_shown_as(name)} at {_shown_as(columns[place]) or 'nothing'} {row[place]:.2f}"
        for name, row, place in zip(rows, weights, best, strict=True)
    ]
    return f"looked most, {'; '.join(parts)}."


HEAD = "padding:2px 5px;text-align:center;font-weight:normal;color:black;background:white"


def _cell(weight: float) -> str:
    text = f"{100 * weight:.0f}" if weight >= 0.05 else ""
    red, green, blue = (int(COLOURS["generator"][place : place + 2], 16) for place in (1, 3, 5))
    mixed = ",".join(str(round(255 - weight * (255 - part))) for part in (red, green, blue))
    return f'<td style="padding:2px 5px;text-align:center;color:black;background:rgb({mixed})">{text}</td>'


def _words_named(name: str, glosses: Mapping[str, str]) -> str:
    shown = marked(_shown_as(name))
    gloss = glosses.get(name)
    return f"{shown}<br><small>{marked(gloss)}</small>" if gloss else shown


def _shown_as(symbol: str) -> str:
    """<sound EY N> without its brackets."""
    return symbol[1:-1] if symbol.startswith("<") and symbol.endswith(">") else symbol


def _places(names: Sequence[str]) -> list[tuple[float, float]]:
    """Where each word begins and ends when they stand in a line, in characters."""
    found, at = [], 0.0
    for name in names:
        length = max(2, len(_shown_as(name)))
        found.append((at, at + length))
        at += length + 2
    return found


def _middle(place: tuple[float, float]) -> float:
    return (place[0] + place[1]) / 2


def _checked(weights: np.ndarray, rows: Sequence[str], columns: Sequence[str]) -> np.ndarray:
    for name in (*rows, *columns):
        if not isinstance(name, str) or len(name) > MOST_LETTERS:
            raise CourseError(
                f"A symbol is a text of at most {MOST_LETTERS} letters, not {str(name)[:20]!r}..."
            )
    found = check_numbers("weights", weights).astype("float64")
    if found.shape != (len(rows), len(columns)) or not found.size:
        raise CourseError(
            f"Weights (rows, columns) of {len(rows)} and {len(columns)} symbols are wanted, not {found.shape}."
        )
    if not (np.isfinite(found).all() and found.min() >= -1e-6 and found.max() <= 1 + 1e-4):
        raise CourseError("Weights of attention lie between 0 and 1, and some of these do not.")
    return found.clip(0, 1)
