"""Whether a figure can be read without its colours: two roles in one diagram differ in line style or marker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from course_lib import plots

FAINT = 0.5
"""Curves of less opacity lie behind others of the same role."""


def shared_looks(figure: Figure) -> list[str]:
    """One line for every style and marker that lines or points of two roles have in one of the figure's diagrams."""
    roles = {colour.lower(): role for role, colour in plots.COLOURS.items()}
    found = []
    for axes in figure.axes:
        users: dict[tuple[str, str], set[str]] = {}
        for line in axes.lines:
            role, alpha = roles.get(to_hex(line.get_color())), line.get_alpha()
            if role and (alpha is None or alpha >= FAINT):
                style = "none" if line.get_linestyle() == "None" else str(line._dash_pattern)
                users.setdefault((style, str(line.get_marker())), set()).add(role)
        found += [
            f"{axes.get_title()!r}: {' and '.join(sorted(each))} have style and marker {look}"
            for look, each in users.items()
            if len(each) > 1
        ]
    return found


@contextmanager
def watched() -> Iterator[None]:
    """Meanwhile `plots.show` refuses figures in which two roles look alike but for their colours."""
    show = plots.show

    def look_and_show(figure: Figure, alt: str) -> None:
        assert not (found := shared_looks(figure)), found
        show(figure, alt)

    plots.show = look_and_show
    try:
        yield
    finally:
        plots.show = show
