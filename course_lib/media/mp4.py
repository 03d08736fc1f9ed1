"""Pictures, and a sound where there is one, as an MP4 file: what the program ffmpeg is asked for, in one place."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from course_lib import CourseError
from course_lib.media.whole_files import whole_file

SOUND_RATE = 48_000
"""Samples a second in the file. AAC works in blocks of 1,024 samples, here 21 ms; in the 93 ms that they last at 11,025
a second, a player that does not honour the file's edit list would be late by more than a frame."""
EVEN = "format=rgb24,pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white"
"""yuv420p wants even sides; in it a strip of one pixel cannot be added, and would take the last row of the picture."""


def ffmpeg() -> str | None:
    """Where the program is, or None."""
    return shutil.which("ffmpeg")


def write(
    pictures: Sequence[Image.Image], path: str | os.PathLike, rate: str, scale: int = 1, wav: bytes = b""
) -> None:
    """Write the pictures, all of one size, as an MP4 file; atomic. It does not loop.

    rate: frames a second as a ratio, such as "1000/120"; scale: dots a pixel; wav: a WAV file that begins with the
    first picture, b"" for silence. Picture is H.264 where this ffmpeg knows it, sound AAC.
    Raises CourseError where the program ffmpeg is missing, with what it says if it fails, and for what is no path.
    """
    program = ffmpeg()
    if program is None:
        raise CourseError(
            "MP4 films need the program ffmpeg (on Debian or Ubuntu: apt install ffmpeg); GIF needs none."
        )
    width, height = pictures[0].size
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate, "-i", "-"]
    filters = ["-vf", f"scale=iw*{scale}:ih*{scale}:flags=neighbor,{EVEN}"]
    # Colours at half the resolution, and the table of contents in front: what every browser and phone plays.
    plays_everywhere = ["-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"]
    film = b"".join(picture.convert("RGB").tobytes() for picture in pictures)
    with whole_file(path) as temporary, TemporaryDirectory() as folder:
        sound = []
        if wav:  # only one of both can come through the standard input
            (Path(folder) / "sound.wav").write_bytes(wav)
            raw += ["-i", str(Path(folder) / "sound.wav")]
            sound = ["-c:a", "aac", "-ar", str(SOUND_RATE)]
        command = [program, "-loglevel", "error", "-nostdin", "-y", *raw, *filters, *sound, *plays_everywhere]
        done = subprocess.run(
            [*command, str(temporary.absolute())], input=film, capture_output=True, check=False
        )
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
            raise CourseError(f"ffmpeg could not write {path}: {said[-1]}")
