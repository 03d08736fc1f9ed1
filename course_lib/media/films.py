"""Pictures one after the other, as GIF and MP4 files.

save_gif([tile(images) for images in snapshots], "training.gif", captions=["step 0", "step 200"])

NumPy and Pillow only; for MP4 the program ffmpeg.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_lib import CourseError
from course_lib.files import replacing
from course_lib.media import mp4
from course_lib.media.pictures import enlarge


def save_gif(
    frames: Sequence[np.ndarray],
    path: str | os.PathLike,
    ms: int = 120,
    captions: Sequence[object] | None = None,
    scale: int = 2,
) -> None:
    """Write a looping film; atomic. The last frame stays ten times as long, so one can look at the result.

    frames: uint8 pictures of one size, (height, width) or (height, width, 3), as `tile` makes them;
    ms: milliseconds a frame; captions: a short text under each frame, such as "step 400".
    """
    pictures = _film(frames, captions, scale)
    content = gif_bytes(pictures, [ms] * (len(pictures) - 1) + [10 * ms])
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def save_mp4(
    frames: Sequence[np.ndarray],
    path: str | os.PathLike,
    ms: int = 120,
    captions: Sequence[object] | None = None,
    scale: int = 2,
) -> None:
    """Write the film that `save_gif` writes as MP4, about a tenth of the size; atomic. It does not loop.

    Raises CourseError where the program ffmpeg is missing, or with what it says if it fails.
    """
    pictures = _film(frames, captions, scale)
    mp4.write(pictures + pictures[-1:] * 9, path, rate=f"1000/{ms}")  # the last frame stays, as in the GIF


def gif_bytes(pictures: Sequence[Image.Image], durations: Sequence[int]) -> bytes:
    """A looping GIF file of pictures of one size; durations: milliseconds of each, which it keeps in tens."""
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        optimize=True,
    )
    return buffer.getvalue()


def _film(frames: Sequence[np.ndarray], captions: Sequence[object] | None, scale: int) -> list[Image.Image]:
    """The frames as they are written: enlarged, with their captions, all of one size."""
    if not len(frames):
        raise CourseError("A film needs at least one frame.")
    sizes = {np.shape(frame) for frame in frames}
    if len(sizes) > 1:
        raise CourseError(f"The frames of a film are of one size, but these have {sorted(sizes)}.")
    if captions is not None and len(captions) != len(frames):
        raise CourseError(f"There are {len(frames)} frames but {len(captions)} captions; give one a frame.")
    pictures = [enlarge(np.asarray(frame), scale) for frame in frames]
    if captions is None:
        return pictures
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
