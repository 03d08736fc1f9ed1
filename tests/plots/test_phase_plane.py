"""The plane of a game: arrows where the players want to go, and the path from its ring to its dot."""

from __future__ import annotations

import numpy as np

from course_lib.plots import phase_plane


def turning(theta: np.ndarray, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return phi, -theta


def test_arrows_point_where_they_should_and_the_path_is_shown() -> None:
    path = np.array([[1.0, 0.0], [0.9, -0.4], [0.5, -0.8]])
    (axes,) = phase_plane.vector_field(turning, path, "A field", reach=2.0).axes
    (arrows,) = axes.collections
    places = arrows.get_offsets()
    assert len(places) == phase_plane.ARROWS**2 and np.abs(places).max() < 2
    assert np.allclose(arrows.U, places[:, 1]) and np.allclose(arrows.V, -places[:, 0])
    star, line, ring, dot = axes.lines
    assert np.array_equal(line.get_xydata(), path) and star.get_xydata().tolist() == [[0, 0]]
    assert ring.get_xydata().tolist() == [[1, 0]] and dot.get_xydata().tolist() == [[0.5, -0.8]]
    assert axes.get_xlabel().startswith("generator") and axes.get_ylabel().startswith("discriminator")


def test_it_draws_on_axes_that_it_is_given() -> None:
    figure = phase_plane.vector_field(turning)
    assert phase_plane.vector_field(turning, title="Second", axes=figure.axes[0]) is figure
    assert figure.axes[0].get_title() == "Second"
