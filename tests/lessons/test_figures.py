"""What holds for the figures of every lesson; tests of single lessons look at some of them in a run of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lessons.conftest import printed_when_solved


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.usefixtures("kernel_environment")
def test_no_figure_tells_two_roles_apart_by_colour_alone(source: Path) -> None:
    """A kernel in which `plots.show` refuses such a figure runs the lesson to its end, with our solutions."""
    assert printed_when_solved(source.stem[:2])
