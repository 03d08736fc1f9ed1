"""Pictures one after the other, as GIF and MP4 files.

save_gif([tile(images) for images in snapshots], "training.gif", captions=["step 0", "step 200"])

NumPy and Pillow only; for MP4 the program ffmpeg.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_lib import CourseError
from course_lib.files import replacing
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
    buffer = io.BytesIO()
    durations = [ms] * (len(pictures) - 1) + [10 * ms]
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        optimize=True,
    )
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


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
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise CourseError(
            "MP4 films need the program ffmpeg (on Debian or Ubuntu: apt install ffmpeg); GIF needs none."
        )
    pictures = [picture.convert("RGB") for picture in _film(frames, captions, scale)]
    width, height = (length + length % 2 for length in pictures[0].size)  # yuv420p wants even ones
    canvas = Image.new("RGB", (width, height), "white")
    command = [ffmpeg, "-loglevel", "error", "-nostdin", "-y"]
    command += [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{width}x{height}",
        "-r",
        f"1000/{ms}",
        "-i",
        "-",
    ]
    # Colours at half the resolution, and the table of contents in front: what every browser and phone plays.
    command += ["-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"]
    film = bytearray()
    for picture in pictures + pictures[-1:] * 9:  # the last frame stays, as in the GIF
        canvas.paste(picture, (0, 0))
        film += canvas.tobytes()
    with replacing(path) as temporary:
        done = subprocess.run([*command, str(temporary)], input=film, capture_output=True, check=False)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
            raise CourseError(f"ffmpeg could not write {path}: {said[-1]}")


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
