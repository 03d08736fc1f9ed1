"""Films in latent space: a path through key latents, walked at a speed that looks even.

    path = Path(keys, "spline", closed=True)                    # keys (k, latent_size)
    t, frames = film_along(generator, path, 48)                 # frames (48, height, width, channels)

The baseline is `crossfade`, which blends the pictures themselves and needs no network between them.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets
from course_lib.models.latents import lerp, rescale, slerp
from course_lib.models.sampling import generate
from course_lib.theory.arc_length import even_places

Measure = Callable[[np.ndarray], np.ndarray]
"""Images (n, height, width, channels) to what their differences are measured in, (n, features)."""
KINDS = ("line", "arc", "spline")


class Path:
    """A continuous path through key latents; `path(t)` are its latents, t from 0 to 1, the same time for each leg.

    keys: (k, d), k >= 2, or k >= 3 if closed: then one leg more leads from the last key back to the first.
    kind: "line" goes straight from key to key. "arc" goes from key to key on the shell, by `latents.slerp`; "spline" is
    the cubic of Catmull and Rom 1974 ("A Class of Local Interpolating Splines"), whose direction at a key is that from
    the key before to the key after, so that there is no corner, and is then brought to the shell. For both of them the
    keys, too, are brought to the length sqrt(d).

    Raises CourseError for another kind, too few keys, keys that are NaN or infinite, or equal to their neighbour; and,
    of arcs and splines, for keys of length 0, neighbours in opposite directions, and a spline that meets 0.
    """

    def __init__(self, keys: ArrayLike, kind: str, closed: bool = False) -> None:
        if kind not in KINDS:
            raise CourseError(f"A path is of the kind {', '.join(KINDS)}, not {kind!r}.")
        self.keys = _checked_keys(keys, closed)
        self.kind, self.closed = kind, bool(closed)
        if kind != "line":
            self.keys = rescale(self.keys)
        _check_moves("Keys", self.keys, closed)
        if kind != "line":
            self._check_directions()

    @property
    def legs(self) -> int:
        """How many ways lead from one key to the next."""
        return len(self.keys) if self.closed else len(self.keys) - 1

    @property
    def key_times(self) -> np.ndarray:
        """When each key is met, float64 (k,)."""
        return np.arange(len(self.keys)) / self.legs

    def __call__(self, t: ArrayLike) -> np.ndarray:
        """Latents (m, d), float32, at times t (m,) in [0, 1]. Raises CourseError for others."""
        t = _checked_times(t)
        legs = np.minimum((t * self.legs).astype(int), self.legs - 1)
        latents = np.empty((len(t), self.keys.shape[1]))
        for leg in np.unique(legs):
            latents[legs == leg] = self._on_leg(leg, t[legs == leg] * self.legs - leg)
        return latents.astype("float32")

    def _on_leg(self, leg: int, share: np.ndarray) -> np.ndarray:
        if self.kind == "spline":
            return rescale(self._spline(leg, share))
        between = lerp if self.kind == "line" else slerp
        return between(self._key(leg), self._key(leg + 1), share)

    def _key(self, number: int) -> np.ndarray:
        """Beyond an open path's ends, where the straight line on would lead."""
        if self.closed or 0 <= number < len(self.keys):
            return self.keys[number % len(self.keys)]
        end, inner = (0, 1) if number < 0 else (-1, -2)
        return 2 * self.keys[end] - self.keys[inner]

    def _spline(self, leg: int, share: np.ndarray) -> np.ndarray:
        before, a, b, after = (self._key(leg + each) for each in (-1, 0, 1, 2))
        leaving, arriving = (b - before) / 2, (after - a) / 2
        s = share[:, np.newaxis]
        return (
            (1 + 2 * s) * (1 - s) ** 2 * a
            + s * (1 - s) ** 2 * leaving
            + s**2 * (3 - 2 * s) * b
            - s**2 * (1 - s) * arriving
        )

    def _check_directions(self) -> None:
        shares = np.linspace(0, 1, 65)
        for leg in range(self.legs):
            a, b = self._key(leg), self._key(leg + 1)
            slerp(a, b, 0.5)  # refuses opposite directions
            if self.kind == "spline":
                lengths = np.linalg.norm(self._spline(leg, shares), axis=1)
                if lengths.min() < 0.05 * np.linalg.norm(a):
                    raise CourseError(
                        f"The spline meets 0 after key {leg}, where it has no direction: move that key or the next."
                    )


def film_along(
    network: keras.Model, path: Path, count: int, even: bool = True, measure: Measure | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A film of `count` frames along a path: its times (count,) and frames float32 (count, height, width, channels).

    network: a generator that takes latents alone. even: frames at equal distances, as `theory.arc_length.even_places`
    finds them; else at equal steps of time, without the last of a closed path, which is the first again. measure:
    what distances are of, such as `scores.features.load("fashion_mnist").features`; the pixels unless told.

    Raises CourseError for fewer than two frames, or three of a closed path, for latents of another size, and for
    what a measure may not give.
    """
    if not isinstance(path, Path):
        raise CourseError(f"path is a Path, such as Path(keys, 'arc'), not a {type(path).__name__}.")
    _check_count(count, path.closed)
    times = _even(lambda t: _measured(generate(network, path(t)), measure), count, path.closed, even)
    return times, generate(network, path(times))


def crossfade(pictures: ArrayLike, count: int, closed: bool = False, even: bool = True) -> np.ndarray:
    """The film without a network: each picture fades into the next, float32 (count, height, width, channels).

    pictures: (k, height, width, channels) in [-1, 1], k >= 2, or k >= 3 if closed: then the last fades into the first.
    even: frames at equal distances in pixels; else as many frames for each pair.
    """
    _check_count(count, closed)
    datasets.check_images(pictures, part=True)
    pictures = np.asarray(pictures, "float32")
    _check_moves("The pictures", pictures, closed)
    blend = Path(pictures.reshape(len(pictures), -1), "line", closed)
    return blend(_even(blend, count, closed, even)).reshape(count, *pictures.shape[1:])


def _even(points_at: Measure, count: int, closed: bool, even: bool) -> np.ndarray:
    return even_places(points_at, count, closed) if even else np.linspace(0, 1, count, endpoint=not closed)


def _measured(images: np.ndarray, measure: Measure | None) -> np.ndarray:
    return images if measure is None else measure(images)


def _check_count(count: int, closed: bool) -> None:
    what = "how many frames the loop has" if closed else "how many frames the film has"
    datasets.check_whole("count", what, count, 3 if closed else 2)


def _checked_keys(keys: ArrayLike, closed: bool) -> np.ndarray:
    keys = datasets.check_numbers("keys", keys)
    least = 3 if closed else 2
    if keys.ndim != 2 or len(keys) < least or keys.shape[1] < 2:
        raise CourseError(
            f"{'A closed' if closed else 'An open'} path leads through keys (k, d), k >= {least} and d >= 2, not "
            f"{keys.shape}."
        )
    if not np.isfinite(keys).all():
        raise CourseError("The keys hold NaN or infinite values; np.isfinite(keys) shows where.")
    return keys.astype("float64")


def _check_moves(what: str, keys: np.ndarray, closed: bool) -> None:
    """Raise CourseError if one of the keys (k, ...) is the next one again."""
    flat = keys.reshape(len(keys), -1)
    after = np.roll(flat, -1, axis=0) if closed else flat[1:]
    same = np.flatnonzero(np.isclose(after, flat[: len(after)]).all(axis=1))
    if len(same):
        first, second = int(same[0]), (int(same[0]) + 1) % len(flat)
        raise CourseError(
            f"{what} {first} and {second} are equal, so nothing moves between them: leave one out."
        )


def _checked_times(t: ArrayLike) -> np.ndarray:
    t = datasets.check_numbers("times", t)
    if t.ndim != 1 or not ((t >= 0) & (t <= 1)).all():
        raise CourseError(f"Times on a path are numbers (m,) from 0 to 1; these have the shape {t.shape}.")
    return t.astype("float64")
