"""Pictures one after the other, as GIF and MP4 files.

save_gif([tile(images) for images in snapshots], "training.gif", captions=["step 0", "step 200"])

NumPy and Pillow only; for MP4 the program ffmpeg.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_lib import CourseError
from course_lib.datasets.arguments import checked_list
from course_lib.datasets.checking import check_numbers, check_whole
from course_lib.media import mp4
from course_lib.media.pictures import enlarge
from course_lib.media.whole_files import write_whole


def save_gif(
    frames: Sequence[np.ndarray],
    path: str | os.PathLike,
    ms: int = 120,
    captions: Sequence[object] | None = None,
    scale: int = 2,
) -> None:
    """Write a looping film; atomic. The last frame stays ten times as long, so one can look at the result.

    frames: uint8 pictures of one size, (height, width) or (height, width, 3), as `tile` makes them;
    ms: milliseconds a frame, 10 to 10,000; captions: a short text under each frame, such as "step 400"; scale: dots a
    pixel. Raises CourseError for others, and where nothing can be written.
    """
    pictures = _film(frames, ms, captions, scale)
    write_whole(path, gif_bytes(pictures, [ms] * (len(pictures) - 1) + [10 * ms]))


def save_mp4(
    frames: Sequence[np.ndarray],
    path: str | os.PathLike,
    ms: int = 120,
    captions: Sequence[object] | None = None,
    scale: int = 2,
) -> None:
    """Write the film that `save_gif` writes as MP4, about a tenth of the size; atomic. It does not loop.

    Raises CourseError as `save_gif` does, where the program ffmpeg is missing, and with what it says if it fails.
    """
    pictures = _film(frames, ms, captions, scale)
    mp4.write(pictures + pictures[-1:] * 9, path, rate=f"1000/{ms}")  # the last frame stays, as in the GIF


def gif_bytes(pictures: Sequence[Image.Image], durations: Sequence[int]) -> bytes:
    """A looping GIF file of pictures of one size; durations: milliseconds of each, which it keeps in tens.

    Frames that are alike become one; where that would last longer than a GIF can say, it is told in one line.
    """
    buffer = io.BytesIO()
    try:
        pictures[0].save(
            buffer,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=durations,
            loop=0,
            optimize=True,
        )
    except (OverflowError, struct.error):
        raise CourseError(
            "A GIF shows no frame for more than 655 seconds: take a shorter film, or MP4."
        ) from None
    return buffer.getvalue()


def _film(
    frames: Sequence[np.ndarray], ms: int, captions: Sequence[object] | None, scale: int
) -> list[Image.Image]:
    """The frames as they are written: enlarged, with their captions, all of one size."""
    check_whole("ms", "how many milliseconds a frame lasts", ms, 10, 10_000)
    check_whole("scale", "how many dots a pixel has", scale, 1, 64)
    frames = [check_numbers("pixels of a frame", frame) for frame in checked_list("frames", frames)]
    if not frames:
        raise CourseError("A film needs at least one frame.")
    sizes = {frame.shape for frame in frames}
    if len(sizes) > 1:
        raise CourseError(f"The frames of a film are of one size, but these have {sorted(sizes)}.")
    shape, kinds = frames[0].shape, {frame.dtype.name for frame in frames}
    if len(shape) not in (2, 3) or 0 in shape or shape[2:] not in ((), (3,)) or kinds != {"uint8"}:
        raise CourseError(
            f"The frames of a film are uint8 pictures (height, width) or (height, width, 3), as tile makes them; these "
            f"are {' and '.join(sorted(kinds))} {shape}."
        )
    pictures = [enlarge(frame, scale) for frame in frames]
    if captions is None:
        return pictures
    captions = checked_list("captions", captions)
    if len(captions) != len(frames):
        raise CourseError(f"There are {len(frames)} frames but {len(captions)} captions; give one a frame.")
    return [_caption(picture, str(text)) for picture, text in zip(pictures, captions, strict=True)]


def _caption(picture: Image.Image, text: str) -> Image.Image:
    """The picture with a white strip under it that holds the text."""
    strip = 22
    canvas = Image.new(picture.mode, (picture.width, picture.height + strip), "white")
    canvas.paste(picture, (0, 0))
    position = (picture.width / 2, picture.height + strip / 2)
    ImageDraw.Draw(canvas).text(
        position, text, fill="black", anchor="mm", font=ImageFont.load_default(size=14)
    )
    return canvas
