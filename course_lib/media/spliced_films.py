"""Films of which one knows where they are cut: shots laid end to end, with cuts and dissolves.

    film = splice([shot_a, shot_b, shot_c], [0, 8])      a cut, then a dissolve of 8 frames
    film.frames, film.cuts, film.dissolves

    sources = [camera(painting(name)) for name in PAINTINGS]
    film = random_film(sources, shots=12, seed=3)

A *source* draws a shot: source(count, random) -> frames (count, height, width, 1 or 3) in [-1, 1]. `camera` makes one
of a picture; a walk through a generator's latents is another. NumPy and Pillow only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import NamedTuple

import numpy as np
from PIL import Image

from course_lib import CourseError
from course_lib.datasets import check_whole
from course_lib.datasets.images import scale
from course_lib.media.frames import checked_frames
from course_lib.media.pictures import to_uint8

Source = Callable[[int, np.random.Generator], np.ndarray]


class SplicedFilm(NamedTuple):
    """frames: float32 (n, height, width, 1 or 3); cuts: int (m,), the first frames of new shots; dissolves: [(start,
    end), ...], whose frames, both ends counted, are blends."""

    frames: np.ndarray
    cuts: np.ndarray
    dissolves: list[tuple[int, int]]


LENGTHS = (10, 40)
"""Frames of a shot of `random_film`, besides those in dissolves; both ends counted."""
FADES = (6, 16)
"""Frames of its dissolves."""


def splice(shots: Sequence[np.ndarray], transitions: Sequence[int]) -> SplicedFilm:
    """The shots (n_i, height, width, 1 or 3) one after the other.

    transitions: one fewer than shots; 0 is a cut, L > 0 a dissolve of L frames: the last L frames of one shot and the
    first L of the next are laid over each other, with shares 1 / (L + 1) to L / (L + 1) of the next. Raises CourseError
    if shots differ in size, or if dissolves would leave no frame of a shot to itself.
    """
    shots = [checked_frames(shot, "frames of each shot") for shot in shots]
    if not shots:
        raise CourseError("A film has at least one shot.")
    if len(transitions) != len(shots) - 1:
        raise CourseError(
            f"Between {len(shots)} shots there are {len(shots) - 1} transitions, not {len(transitions)}."
        )
    sizes = {shot.shape[1:] for shot in shots}
    if len(sizes) > 1:
        raise CourseError(f"The shots of a film are of one size, but these have {sorted(sizes)}.")
    for fade in transitions:
        check_whole("transition", "0 for a cut, or the frames of a dissolve", fade, 0)
    for number, (shot, before, after) in enumerate(
        zip(shots, [0, *transitions], [*transitions, 0], strict=True)
    ):
        if len(shot) <= before + after:
            raise CourseError(
                f"Shot {number} has {len(shot)} frames, and {before + after} would go into dissolves: make it longer."
            )
    parts, cuts, dissolves, end = [shots[0]], [], [], len(shots[0])
    for shot, fade in zip(shots[1:], transitions, strict=True):
        if fade:
            share = (np.arange(1, fade + 1, dtype="float32") / (fade + 1))[:, None, None, None]
            blend = (1 - share) * parts[-1][-fade:] + share * shot[:fade]
            parts[-1:] = [parts[-1][:-fade], blend]
            dissolves.append((end - fade, end - 1))
        else:
            cuts.append(end)
        parts.append(shot[fade:])
        end += len(shot) - fade
    return SplicedFilm(np.concatenate(parts), np.array(cuts, int), dissolves)


def camera(picture: np.ndarray, shape: tuple[int, int] = (64, 64)) -> Source:
    """A source of pans and zooms over a picture (height, width, 1 or 3) in [-1, 1], held by hand.

    A shot shows between a third and nine tenths of what fits into the picture, and moves evenly towards another such
    view, on average a third of the way; the hand shakes by about a hundredth of the view. shape: height and width of
    the frames.
    """
    pixels = to_uint8(checked_frames(np.asarray(picture)[None], "pictures"))[0]
    if np.shape(shape) != (2,):
        raise CourseError(f"shape is the height and width of the frames, such as (64, 64), not {shape!r}.")
    for length in shape:
        check_whole("shape", "height and width of the frames", length, 1)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    fitting = min(image.height / shape[0], image.width / shape[1])
    room = np.array([image.height, image.width])

    def shot(count: int, random: np.random.Generator) -> np.ndarray:
        zoom, way = random.uniform(0.33, 0.9, 2), random.uniform(size=(2, 2))
        shares = random.uniform() ** 2 * np.linspace(0, 1, count)[:, None]
        size = fitting * np.array(shape) * (zoom[0] + shares * (zoom[1] - zoom[0]))
        shake = np.zeros((count, 2))
        for at in range(1, count):  # a hand drifts, and is drawn back
            shake[at] = 0.7 * shake[at - 1] + 0.01 * random.standard_normal(2)
        corner = (room - size) * (way[0] + shares * (way[1] - way[0])) + shake * size
        corner = np.clip(corner, 0, room - size)
        views = [
            image.resize(shape[::-1], Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))
            for (top, left), (height, width) in zip(corner, size, strict=True)
        ]
        return scale(np.stack([np.asarray(view) for view in views]).reshape(count, *shape, -1))

    return shot


def flicker(frames: np.ndarray, strength: float, random: np.random.Generator) -> np.ndarray:
    """Each frame a little brighter or darker, as under an old lamp: light times 1 + `strength` x a normal number."""
    _check_share("strength", "the spread of the light, a share", strength)
    light = 1 + strength * random.standard_normal((len(frames), 1, 1, 1))
    return np.clip((checked_frames(frames) + 1) * light - 1, -1, 1).astype("float32")


def flash(frames: np.ndarray, at: int, length: int = 1, strength: float = 0.8) -> np.ndarray:
    """A photographer's flash: `length` frames from `at` on go `strength` of the way to white. It is no cut."""
    frames = checked_frames(frames).copy()
    check_whole("at", "the first frame of the flash", at, 0, len(frames) - 1)
    check_whole("length", "how many frames the flash lasts", length, 1)
    _check_share("strength", "how far the flash goes to white", strength)
    frames[at : at + length] += strength * (1 - frames[at : at + length])
    return frames


def random_film(
    sources: Sequence[Source], shots: int = 12, seed: int = 0, dissolves: float = 0.25, disturbed: bool = True
) -> SplicedFilm:
    """A film of so many shots, no source twice in a row; a transition is a dissolve with the chance `dissolves`.

    disturbed: each shot flickers, by up to 6 %, and one in four has a flash of one or two frames; without, the film is
    the same in everything else.
    """
    check_whole("shots", "how many shots the film has", shots, 1)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    _check_share("dissolves", "the chance of a dissolve", dissolves)
    if not sources or (shots > 1 and len(sources) < 2):
        raise CourseError("A film needs a source, and two if it has more than one shot.")
    random, trouble = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    drawn, fades, last = [], [], -1
    for number in range(shots):
        fades.append(int(random.integers(*FADES, endpoint=True)) if random.uniform() < dissolves else 0)
        if number == shots - 1:
            fades[-1] = 0
        count = int(random.integers(*LENGTHS, endpoint=True)) + sum(fades[-2:])
        last = int(random.choice([n for n in range(len(sources)) if n != last]))
        drawn.append(checked_frames(sources[last](count, random), "frames of each shot"))
        if len(drawn[-1]) != count:
            raise CourseError(f"source {last} drew {len(drawn[-1])} frames where {count} were asked for.")
        if disturbed:
            drawn[-1] = _disturbed(drawn[-1], trouble)
    return splice(drawn, fades[:-1])


def _disturbed(shot: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The shot with flicker and, one in four, a flash."""
    shot = flicker(shot, random.uniform(0, 0.06), random)
    if random.uniform() < 0.25:
        length = int(random.integers(1, 2, endpoint=True))
        shot = flash(shot, int(random.integers(len(shot) - length + 1)), length)
    return shot


def _check_share(name: str, what: str, share: float) -> None:
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 <= share <= 1:  # NaN is not
        raise CourseError(f"{name} is {what} from 0 to 1, not {share!r}.")
