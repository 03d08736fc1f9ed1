"""Films with sound: shots laid between the cuts of a melody, written as MP4, or as GIF and WAV without ffmpeg.

    cuts = beats.cut_frames(beats.beats(notes, 120, every="bar"), rate=25)
    frames = film_to_music(shots, cuts, beats.frame_count(sound.seconds(notes, 120), 25))
    player(save_film(frames, "film.mp4", 25, sound.waveform(notes, 120)), "Ten shots to a jig")

Frames of a film are an array (n, height, width, 1 or 3), float in [-1, 1] or uint8. A cut at k means that frame k is
the first of a new shot. NumPy and Pillow only; for MP4 the program ffmpeg.
"""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from course_lib import CourseError, datasets
from course_lib.media import films, mp4
from course_lib.media.beats import FASTEST, LONGEST, check_rate
from course_lib.media.frames import checked_frames
from course_lib.media.pictures import enlarge, to_uint8
from course_lib.media.sound import RATE, checked_wave, wav_bytes
from course_lib.media.sound import check_rate as check_sound_rate
from course_lib.media.whole_files import whole_file

FADE = 0.02  # seconds in which a sound that is cut off falls silent: without it, it ends in a click
WIDEST = 4096  # dots: beyond, H.264 is not played everywhere
MOST_FRAMES = int(LONGEST * FASTEST)
LARGEST = 20e6  # bytes that are shown in a notebook
KINDS = {".mp4": "video/mp4", ".gif": "image/gif", ".wav": "audio/wav"}


def film_to_music(shots: Sequence[ArrayLike], cuts: ArrayLike, length: int) -> np.ndarray:
    """One film of `length` frames that goes to the next shot at every cut: (length, height, width, channels).

    shots: films of one size, shown in turn and from the first again where there are more stretches than shots.
    cuts: rising frame numbers from 0 to length - 1; the first shot begins at 0, whether that is among them or not. Each
    shot is stretched over its frames at an even speed of its own: its pictures stay equally long, to within a frame, or
    are left out evenly. Frames are float32 in [-1, 1].
    Raises CourseError for no shots, one that is no film or of another size, and cuts that cannot be.
    """
    datasets.check_whole("length", "how many frames the film has", length, 1, MOST_FRAMES)
    given = _checked_shots(shots)
    starts = _checked_cuts(cuts, length)
    pieces = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], length], strict=True)):
        shot = given[number % len(given)]
        shown = (2 * np.arange(end - start) + 1) * len(shot) // (2 * (end - start))
        pieces.append(shot[shown])
    return np.concatenate(pieces)


def save_film(
    frames: ArrayLike,
    path: str | os.PathLike,
    rate: float,
    wave: ArrayLike | None = None,
    sound_rate: int = RATE,
    scale: int = 4,
) -> list[Path]:
    """Write a film, with its sound if there is one, as MP4; atomic. Returns the paths of what was written.

    path: ends in .mp4. rate: frames a second, 1 to 50. wave: a waveform in [-1, 1] that begins with the first frame;
    what is longer than the picture is faded out at its end, and what is shorter is followed by silence, so both end
    together. scale: dots a pixel. Without the program ffmpeg it writes the picture as a GIF of that name and the sound
    as a WAV, equally long to a hundredth of a second, and prints that it did.
    Raises CourseError for frames, rate or sound that cannot be, and where nothing can be written.
    """
    pixels = to_uint8(checked_frames(frames))
    check_rate(rate)
    datasets.check_whole("scale", "how many dots a pixel has", scale, 1, 64)
    if scale * max(pixels.shape[1:3]) > WIDEST:
        raise CourseError(
            f"At scale {scale} frames of {pixels.shape[1]} x {pixels.shape[2]} pixels are wider or higher than "
            f"{WIDEST} dots: take a smaller scale."
        )
    ratio = Fraction(float(rate)).limit_denominator(1001)
    wav = b"" if wave is None else wav_bytes(_as_long_as(len(pixels) / ratio, wave, sound_rate), sound_rate)
    path = _mp4_path(path)
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    if mp4.ffmpeg():
        pictures = [enlarge(each, 1) for each in pixels]
        mp4.write(pictures, path, str(ratio), scale, wav)
        return [path]
    return _without_ffmpeg([enlarge(each, scale) for each in pixels], path, ratio, wav)


def player(paths: Sequence[str | os.PathLike], title: str) -> Film:
    """What `save_film` wrote, in a notebook: last line of a cell, or `display(player(...))`. It does not start alone.

    The film becomes part of the cell's output: mostly one that is not kept in the notebook's file.
    title: what is seen and heard, in words. Raises CourseError without one, for no files or other ones, and for more
    than LARGEST bytes.
    """
    if not isinstance(title, str) or not title.strip():
        raise CourseError("Every film needs a title for those who cannot see it: player(paths, title='...').")
    listed = isinstance(paths, list | tuple) and all(isinstance(path, str | os.PathLike) for path in paths)
    if not listed or not paths:
        raise CourseError(f"player takes the list of paths that save_film returns, not {paths!r:.80}.")
    return Film([Path(path) for path in paths], " ".join(title.split()))


class Film:
    """The files of one film with a title: HTML for notebooks, the title for everything else."""

    def __init__(self, paths: Sequence[Path], title: str) -> None:
        self.paths, self.title, self._sources = list(paths), title, {}
        for path in self.paths:
            if path.suffix not in KINDS:
                raise CourseError(f"{path} is none of the files that save_film writes: {', '.join(KINDS)}.")
            try:
                content = path.read_bytes()
            except (OSError, ValueError) as error:
                raise CourseError(f"Cannot read {path}: write it by save_film first.") from error
            if len(content) > LARGEST:
                raise CourseError(
                    f"{path} has {len(content) / 1e6:.0f} MB, and a notebook shows {LARGEST / 1e6:.0f} MB at most: "
                    "open the file itself, or write it with a smaller scale."
                )
            self._sources[path] = f"data:{KINDS[path.suffix]};base64,{base64.b64encode(content).decode()}"

    def __repr__(self) -> str:
        return f"Film, {' and '.join(path.name for path in self.paths)}: {self.title}"

    def _repr_html_(self) -> str:
        name = html.escape(self.title)
        shown = {
            ".mp4": '<video controls playsinline aria-label="{0}" title="{0}" src="{1}"></video>',
            ".gif": '<img alt="{0}" src="{1}">',
            ".wav": '<audio controls aria-label="{0}" title="{0}" src="{1}"></audio>',
        }
        parts = [shown[path.suffix].format(name, self._sources[path]) for path in self.paths]
        return f'<figure style="margin: 0"><figcaption>{name}</figcaption>{"<br>".join(parts)}</figure>'


def _checked_shots(shots: Sequence[ArrayLike]) -> list[np.ndarray]:
    """The shots, float32 in [-1, 1], all of one size."""
    if not isinstance(shots, Iterable):
        raise CourseError(f"Shots are a list of films, not {shots!r:.80}.")
    checked = [checked_frames(shot, f"frames of shot {number}") for number, shot in enumerate(shots)]
    if not checked:
        raise CourseError("A film needs at least one shot.")
    sizes = [shot.shape[1:] for shot in checked]
    for number, size in enumerate(sizes):
        if size != sizes[0]:
            raise CourseError(f"All shots have one size, but shot {number} has {size} and shot 0 {sizes[0]}.")
    return checked


def _checked_cuts(cuts: ArrayLike, length: int) -> list[int]:
    """Where the stretches of a film begin: 0, then the cuts."""
    array = datasets.check_numbers("cuts", cuts)
    whole = array.dtype.kind in "iu" or not array.size
    if array.ndim != 1 or not whole or (np.diff(array.astype("int64")) <= 0).any():
        raise CourseError(
            f"Cuts are rising frame numbers, whole numbers of shape (m,), such as cut_frames gives, not {cuts!r:.80}."
        )
    if array.size and not 0 <= array[0] <= array[-1] < length:
        raise CourseError(
            f"Cuts lie in a film of {length} frames, from 0 to {length - 1}, and these from {array[0]} to {array[-1]}."
        )
    return [0, *(int(cut) for cut in array if cut)]


def _mp4_path(path: str | os.PathLike) -> Path:
    try:
        path = Path(path)
    except TypeError:
        raise CourseError(f"A film needs the name of a file, such as 'film.mp4', not {path!r}.") from None
    if path.suffix != ".mp4":
        raise CourseError(f"The name of a film ends in .mp4, and this is {str(path)!r}.")
    return path


def _as_long_as(lasts: float, wave: ArrayLike, sound_rate: int) -> np.ndarray:
    """The waveform, faded out at `lasts` seconds where it is longer, and silent to there where it is shorter."""
    sound = checked_wave(wave)
    check_sound_rate(sound_rate)
    length = round(lasts * sound_rate)
    if len(sound) > length:
        sound = sound[:length]
        fading = min(length, round(FADE * sound_rate))
        sound[length - fading :] *= np.linspace(1, 0, fading)
    return np.pad(sound, (0, length - len(sound)))


def _without_ffmpeg(pictures: list[Image.Image], path: Path, rate: Fraction, wav: bytes) -> list[Path]:
    """The same film as a GIF and a WAV, both or none, and a sentence about it."""
    # In hundredths of a second; each frame's end is rounded, not how long it lasts, so that no error adds up.
    ends = np.rint(np.arange(len(pictures) + 1) * float(100 / rate))
    gif = films.gif_bytes(pictures, (10 * np.diff(ends)).astype(int).tolist())
    written = {path.with_suffix(".gif"): gif}
    if wav:
        written[path.with_suffix(".wav")] = wav
    with ExitStack() as both:
        temporaries = [both.enter_context(whole_file(each)) for each in written]
        for temporary, content in zip(temporaries, written.values(), strict=True):
            temporary.write_bytes(content)
    names = [each.name for each in written]
    print(
        f"The program ffmpeg is not here (on Debian or Ubuntu: apt install ffmpeg), so {path.name} was not written: "
        f"the picture is in {names[0]}" + (f", the sound, equally long, in {names[1]}." if wav else ".")
    )
    return list(written)
