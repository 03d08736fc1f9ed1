"""Films of which one knows where they are cut: shots laid end to end, with cuts and dissolves.

    film = splice([shot_a, shot_b, shot_c], [0, 8])      a cut, then a dissolve of 8 frames
    film.frames, film.cuts, film.dissolves

    sources = [camera(painting(name)) for name in PAINTINGS]
    film = random_film(sources, shots=12, seed=3)

A *source* draws a shot: source(count, random) -> frames (count, height, width, 1 or 3) in [-1, 1]. `camera` makes one of
a picture; a walk through a generator's latents is another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

Source = Callable[[int, np.random.Generator], np.ndarray]


class SplicedFilm(NamedTuple):
    """frames: float32 (n, height, width, 1 or 3); cuts: int (m,), the first frames of new shots; dissolves: [(start,
    end), ...], whose frames, both ends counted, are blends."""

    frames: np.ndarray
    cuts: np.ndarray
    dissolves: list[tuple[int, int]]


def splice(shots: Sequence[np.ndarray], transitions: Sequence[int]) -> SplicedFilm:
    """The shots (n_i, height, width, 1 or 3) one after the other.

    transitions: one fewer than shots; 0 is a cut, L > 0 a dissolve of L frames: the last L frames of one shot and the
    first L of the next are laid over each other, with shares 1 / (L + 1) to L / (L + 1) of the next.
    """
    raise NotImplementedError


def camera(picture: np.ndarray, shape: tuple[int, int] = (64, 64)) -> Source:
    """A source of pans and zooms over a picture (height, width, 3), held by hand."""
    raise NotImplementedError


def flicker(frames: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    """Each frame a little brighter or darker, as under an old lamp."""
    raise NotImplementedError


def flash(frames: np.ndarray, at: int, length: int = 1, strength: float = 0.8) -> np.ndarray:
    """A photographer's flash: `length` frames nearly white. No cut."""
    raise NotImplementedError


def random_film(
    sources: Sequence[Source], shots: int = 12, seed: int = 0, dissolves: float = 0.25, disturbed: bool = True
) -> SplicedFilm:
    """A film of so many shots, no source twice in a row; a share `dissolves` of the transitions are dissolves.

    disturbed: with flicker and flashes.
    """
    raise NotImplementedError
