"""Films with sound: cut where they should be, sound and picture in step, in files that other programs read."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from course_lib import CourseError
from course_lib.media import beats, sound, sound_films
from course_lib.media.sound_films import film_to_music, player, save_film

TUNE = np.array(
    [[62, 4], [0, 2], [66, 2], [0, 4], [74, 6], [0, 3], [69, 3], [0, 2], [66, 5], [0, 5], [62, 4]]
)
RATE = 48_000  # samples a second of what is decoded
TEMPO = 130  # whose beats fall on no whole frame
SHADES = np.linspace(-0.9, 0.9, 5)


def shots(channels: int = 3, side: int = 16) -> list[np.ndarray]:
    """Shots of one shade each, which no coding mistakes for another, of 3, 4, ... frames."""
    return [np.full((3 + k, side, side, channels), shade, "float32") for k, shade in enumerate(SHADES)]


def film(rate: float, channels: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A film cut to the notes of the tune, its cuts, and the sound."""
    cuts = beats.cut_frames(beats.onsets(TUNE, TEMPO), rate)
    length = beats.frame_count(sound.seconds(TUNE, TEMPO), rate)
    return film_to_music(shots(channels), cuts, length), cuts, sound.waveform(TUNE, TEMPO, "string")


def streams(ffprobe: str, path: Path) -> dict[str, dict]:
    """Of each stream what ffprobe says, by its kind."""
    asked = [ffprobe, "-v", "error", "-show_streams", "-of", "json", str(path)]
    told = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)["streams"]
    return {each["codec_type"]: each for each in told}


def decoded(ffmpeg: str, path: Path, *options: str) -> bytes:
    command = [ffmpeg, "-v", "error", "-i", str(path), *options, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def pictures(ffmpeg: str, path: Path, width: int, height: int) -> np.ndarray:
    raw = decoded(ffmpeg, path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "rgb24")
    return np.frombuffer(raw, "uint8").reshape(-1, height, width, 3)


def samples(ffmpeg: str, path: Path) -> np.ndarray:
    raw = decoded(ffmpeg, path, "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", str(RATE))
    return np.frombuffer(raw, "f4")


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.mark.parametrize("rate", [8, 12.5, 24, 25, 29.97, 50])
def test_sound_and_picture_begin_together_and_are_equally_long(
    ffmpeg: str, ffprobe: str, tmp_path: Path, rate: float
) -> None:
    frames, _, heard = film(rate)
    (path,) = save_film(frames, tmp_path / "film.mp4", rate, heard)
    assert path == tmp_path / "film.mp4" and [each.name for each in tmp_path.iterdir()] == ["film.mp4"]
    told = streams(ffprobe, path)
    video, audio = told["video"], told["audio"]
    assert (audio["codec_name"], video["pix_fmt"]) == ("aac", "yuv420p")
    assert video["codec_name"] in ("h264", "mpeg4")
    assert float(video["start_time"]) == float(audio["start_time"]) == 0
    assert int(video["nb_frames"]) == len(frames)
    assert float(video["duration"]) == pytest.approx(len(frames) / rate, abs=1e-3)
    assert abs(float(video["duration"]) - float(audio["duration"])) < 0.2 / rate
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # starts to play before all of it is there


@pytest.mark.parametrize(("rate", "channels"), [(25, 3), (12.5, 1)])
def test_in_the_decoded_file_shots_and_notes_begin_together(
    ffmpeg: str, tmp_path: Path, rate: float, channels: int
) -> None:
    """AAC begins with a block that belongs to no sound: where it is not left out, all notes come too late."""
    frames, cuts, heard = film(rate, channels)
    (path,) = save_film(frames, tmp_path / "film.mp4", rate, heard, scale=3)
    seen = pictures(ffmpeg, path, 48, 48).mean(axis=(1, 2, 3)) / 127.5 - 1
    shades = np.abs(seen[:, None] - SHADES).argmin(axis=1)
    assert np.abs(seen - SHADES[shades]).max() < 0.03
    assert (1 + np.flatnonzero(np.diff(shades))).tolist() == cuts[1:].tolist() and len(seen) == len(frames)

    wave_ = np.abs(samples(ffmpeg, path))
    loud = np.flatnonzero(wave_ > 0.05 * wave_.max()) / RATE
    begins = loud[np.diff(loud, prepend=-1) > 0.08]
    np.testing.assert_allclose(begins, beats.onsets(TUNE, TEMPO), atol=5e-3)
    assert np.abs(begins - cuts / rate).max() < 1 / rate


def test_a_film_without_sound_has_one_stream_and_odd_sides_are_padded(
    ffmpeg: str, ffprobe: str, tmp_path: Path
) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (7, 3, 5, 1)).astype("uint8").repeat(3, axis=3)
    (path,) = save_film(frames, tmp_path / "film.mp4", 10, scale=7)
    assert streams(ffprobe, path).keys() == {"video"}
    seen = pictures(ffmpeg, path, 36, 22)[:, :21, :35].reshape(7, 3, 7, 5, 7, 3).mean(axis=(2, 4))
    assert np.abs(seen - frames).mean() < 4


@pytest.mark.parametrize("count", [1, 2])
def test_the_shortest_films_are_films(ffmpeg: str, ffprobe: str, tmp_path: Path, count: int) -> None:
    frames = np.zeros((count, 1, 1, 1), "float32")
    (path,) = save_film(frames, tmp_path / "film.mp4", 25, sound.waveform([[60, 1]], 400), scale=1)
    told = streams(ffprobe, path)
    assert int(told["video"]["nb_frames"]) == count
    for stream in told.values():
        assert float(stream["duration"]) == pytest.approx(count / 25, abs=2e-3)


def gif_and_wav(paths: list[Path]) -> tuple[list[np.ndarray], list[int], np.ndarray, int]:
    """Pictures and milliseconds of the GIF, samples and rate of the WAV."""
    with Image.open(paths[0]) as gif:
        shown = [
            (np.asarray(each.convert("RGB")), each.info["duration"]) for each in ImageSequence.Iterator(gif)
        ]
    with wave.open(str(paths[1])) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32_767
        rate = file.getframerate()
    return [pixels for pixels, _ in shown], [lasts for _, lasts in shown], heard, rate


@pytest.mark.parametrize("rate", [7, 12, 24, 29.97, 50])
@pytest.mark.usefixtures("no_ffmpeg")
def test_without_ffmpeg_there_are_a_gif_and_a_wav_of_one_length_and_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture, rate: float
) -> None:
    """24 frames of 4 hundredths each would end 4 % early: roundings must not add up."""
    frames, cuts, heard = film(rate)
    paths = save_film(frames, tmp_path / "film.mp4", rate, heard, scale=2)
    assert paths == [tmp_path / "film.gif", tmp_path / "film.wav"] and sorted(tmp_path.iterdir()) == paths
    said = capsys.readouterr().out
    assert (
        said.count("\n") == 1 and "ffmpeg is not here" in said and "film.gif" in said and "film.wav" in said
    )
    shown, lasts, samples_, sound_rate = gif_and_wav(paths)
    assert abs(sum(lasts) / 1000 - len(samples_) / sound_rate) <= 0.0101
    assert sum(lasts) / 1000 == pytest.approx(len(frames) / rate, abs=0.0051)
    np.testing.assert_allclose(samples_[: len(heard)], heard, atol=1e-4)
    assert not samples_[len(heard) :].any()
    starts = np.cumsum([0, *lasts[:-1]]) / 1000  # frames that are alike are one in the file
    assert [pixels.shape for pixels in shown] == [(32, 32, 3)] * len(cuts)
    assert np.abs(starts - cuts / rate).max() <= 0.0051
    assert (
        np.abs(np.array(shown).mean(axis=(1, 2, 3)) / 127.5 - 1 - SHADES[np.arange(len(cuts)) % 5]).max()
        < 0.01
    )


@pytest.mark.usefixtures("no_ffmpeg")
def test_without_ffmpeg_a_silent_film_is_one_gif(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (path,) = save_film(np.zeros((1, 4, 4, 1), "uint8"), tmp_path / "film.mp4", 12.5)
    with Image.open(path) as gif:
        assert (path.name, gif.n_frames, gif.info["duration"], gif.size) == ("film.gif", 1, 80, (16, 16))
    assert "sound" not in capsys.readouterr().out


@pytest.mark.usefixtures("no_ffmpeg")
def test_a_sound_that_is_too_long_is_faded_out_where_the_picture_ends(tmp_path: Path) -> None:
    tone = np.sin(np.arange(3 * sound.RATE) / 5)
    paths = save_film(np.zeros((10, 4, 4, 1)), tmp_path / "film.mp4", 10, tone)
    _, lasts, heard, rate = gif_and_wav(paths)
    assert (sum(lasts), len(heard), rate) == (1000, sound.RATE, sound.RATE)
    before = round(0.98 * rate)
    np.testing.assert_allclose(heard[:before], tone[:before], atol=1e-4)
    assert np.abs(heard[-20:]).max() < 0.1 and heard[-1] == 0
    assert tone.max() > 0.99  # what was handed in stayed as it was


@pytest.mark.usefixtures("no_ffmpeg")
def test_interrupted_while_it_writes_neither_of_both_files_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "film.gif").write_bytes(b"before")
    write = Path.write_bytes

    def interrupted(path: Path, content: bytes) -> int:
        write(path, content[:100])
        if path.suffix == ".wav":
            raise KeyboardInterrupt
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_film(np.zeros((3, 4, 4, 1)), tmp_path / "film.mp4", 10, np.zeros(4000))
    assert [each.name for each in tmp_path.iterdir()] == ["film.gif"]
    assert (tmp_path / "film.gif").read_bytes() == b"before"


def program(folder: Path, script: str) -> None:
    """A program that calls itself ffmpeg."""
    folder.mkdir()
    (folder / "ffmpeg").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "ffmpeg").chmod(0o755)


HALF_WRITTEN = 'for last; do :; done\necho half > "$last"\n'


def test_interrupted_ffmpeg_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C that comes while it writes; here it sends the signal itself."""
    program(tmp_path / "bin", f"cat > /dev/null\n{HALF_WRITTEN}kill -INT $PPID\nexec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "film.mp4").write_bytes(b"before")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with pytest.raises(KeyboardInterrupt):
        save_film(np.zeros((3, 4, 4, 1)), tmp_path / "films" / "film.mp4", 10, np.zeros(4000))
    assert [each.name for each in (tmp_path / "films").iterdir()] == ["film.mp4"]
    assert (tmp_path / "films" / "film.mp4").read_bytes() == b"before"
    assert list((tmp_path / "temporary").iterdir()) == []


def test_what_ffmpeg_says_when_it_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", f"{HALF_WRITTEN}echo one >&2\necho 'Unknown encoder' >&2\nexit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    with pytest.raises(CourseError, match=r"ffmpeg could not write .*film\.mp4: Unknown encoder$"):
        save_film(np.zeros((3, 4, 4, 1)), tmp_path / "film.mp4", 10)
    assert [each.name for each in tmp_path.iterdir()] == ["bin"]


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    gaps=st.lists(st.integers(1, 25), min_size=1, max_size=8),
    leading=st.booleans(),
)
def test_each_shot_fills_its_stretch_at_an_even_speed(
    lengths: list[int], gaps: list[int], leading: bool
) -> None:
    """The pictures of shot k are k + j / 100: so each says where it comes from."""
    given_ = [
        np.array([(k + j / 100) / 10 for j in range(length)]).reshape(-1, 1, 1, 1)
        for k, length in enumerate(lengths)
    ]
    starts = np.cumsum([0, *gaps])
    cut = film_to_music(given_, starts[0 if leading else 1 : -1], int(starts[-1]))
    assert cut.shape == (starts[-1], 1, 1, 1) and cut.dtype == np.float32
    for number, (start, end) in enumerate(pairwise(starts)):
        shot = given_[number % len(given_)]
        stretch, length = cut[start:end].ravel(), len(shot)
        places = np.rint((stretch * 10 - number % len(given_)) * 100).astype(int)
        assert (places >= 0).all() and (places < length).all()
        counts = np.bincount(places, minlength=length)
        assert np.ptp(counts) <= 1 and (np.diff(places) >= 0).all()
        middles = (np.arange(end - start) + 0.5) * length / (end - start)
        assert np.abs(places + 0.5 - middles).max() <= 0.5 + 1e-9


def test_pictures_in_bytes_and_in_numbers_make_one_film() -> None:
    cut = film_to_music([np.full((2, 4, 4, 3), 255, "uint8"), np.full((2, 4, 4, 3), -1.0)], [3], 6)
    assert cut[:, 0, 0, 0].tolist() == [1, 1, 1, -1, -1, -1] and cut.dtype == np.float32


def test_in_a_notebook_the_files_are_seen_and_told(ffmpeg: str, tmp_path: Path) -> None:
    frames, _, heard = film(12)
    shown = player(save_film(frames, tmp_path / "film.mp4", 12, heard), " Shots & <notes> ")
    assert repr(shown) == "Film, film.mp4: Shots & <notes>"
    page = shown._repr_html_()
    assert (
        '<video controls playsinline aria-label="Shots &amp; &lt;notes&gt;"' in page
        and "autoplay" not in page
    )
    (inside,) = re.findall(r'src="data:video/mp4;base64,([^"]+)"', page)
    assert base64.b64decode(inside) == (tmp_path / "film.mp4").read_bytes()


@pytest.mark.usefixtures("no_ffmpeg")
def test_in_a_notebook_without_ffmpeg_there_is_the_picture_over_its_sound(tmp_path: Path) -> None:
    frames, _, heard = film(12)
    page = player(save_film(frames, tmp_path / "film.mp4", 12, heard), "Shots")._repr_html_()
    assert re.search(
        r'<img alt="Shots" src="data:image/gif;base64,.*<audio controls .* src="data:audio/wav', page
    )


NAN, ONE = float("nan"), np.zeros((3, 4, 4, 1))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"frames": np.zeros((0, 4, 4, 1))}, "at least 1 frames"),
        ({"frames": np.zeros((4, 4, 1))}, "shape"),
        ({"frames": ONE * NAN}, "nan"),
        ({"frames": ONE + 2}, r"in \[-1, 1\]"),
        ({"frames": "film"}, "numbers"),
        ({"frames": None}, "numbers"),
        ({"rate": 0}, "rate is how many frames a second .* not 0"),
        ({"rate": NAN}, "rate is"),
        ({"rate": 51}, "rate is"),
        ({"rate": True}, "rate is"),
        ({"wave": np.full(100, NAN)}, "samples of a waveform"),
        ({"wave": np.full(100, 2.0)}, "samples of a waveform"),
        ({"wave": []}, "A waveform has the shape"),
        ({"wave": np.zeros((10, 2))}, "A waveform has the shape"),
        ({"wave": "la"}, "samples must be an array"),
        ({"wave": np.zeros(10), "sound_rate": 0}, "rate is how many samples"),
        ({"scale": 0}, "scale is"),
        ({"scale": 1.5}, "scale is"),
        ({"frames": np.zeros((1, 600, 4, 1)), "scale": 8}, "smaller scale"),
        ({"path": None}, "name of a file"),
        ({"path": 3}, "name of a file"),
        ({"path": ""}, "ends in .mp4"),
        ({"path": "film.gif"}, "ends in .mp4"),
        ({"path": "fi\0lm.mp4"}, "no name of a file"),
        ({"path": "nowhere/film.mp4"}, "(?i)cannot write|could not write"),
    ],
)
@pytest.mark.parametrize("there", [True, False], ids=["ffmpeg", "no ffmpeg"])
def test_what_is_no_film_is_refused_in_one_line_and_nothing_is_written(
    ffmpeg: str, options: dict, says: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if not there:
        monkeypatch.setenv("PATH", "")
    with pytest.raises(CourseError, match=says) as caught:
        save_film(**{"frames": ONE, "path": "film.mp4", "rate": 10, **options})
    assert "\n" not in str(caught.value) and list(tmp_path.iterdir()) == []


def test_a_folder_of_the_film_s_name_stays_one(ffmpeg: str, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(CourseError, match="Cannot write"):
        save_film(ONE, tmp_path / "film.mp4", 10)
    assert [each.name for each in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(
    ("shots_", "cuts", "length", "says"),
    [
        ([], [2], 4, "at least one shot"),
        (None, [2], 4, "list of films"),
        (3, [2], 4, "list of films"),
        (ONE, [2], 4, "shot 0"),
        ([ONE, ONE[:0]], [2], 4, "frames of shot 1"),
        ([ONE, ONE * NAN], [2], 4, "frames of shot 1"),
        ([ONE, np.zeros((2, 4, 5, 1))], [2], 4, r"shot 1 has \(4, 5, 1\)"),
        ([ONE], [2, 2], 4, "rising frame numbers"),
        ([ONE], [3, 1], 4, "rising frame numbers"),
        ([ONE], [1.0], 4, "rising frame numbers"),
        ([ONE], 2, 4, "rising frame numbers"),
        ([ONE], [True], 4, "array of numbers"),
        ([ONE], [4], 4, "from 0 to 3"),
        ([ONE], [-1], 4, "from 0 to 3"),
        ([ONE], [1], 0, "length is"),
        ([ONE], [1], 4.0, "length is"),
    ],
)
def test_shots_and_cuts_that_make_no_film_are_refused(shots_, cuts, length, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        film_to_music(shots_, cuts, length)


def test_what_the_player_cannot_show_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"12345")
    for paths, title, says in (
        ([path], "", "needs a title"),
        ([path], None, "needs a title"),
        ([], "A film", "list of paths"),
        (path, "A film", "list of paths"),
        (None, "A film", "list of paths"),
        ([3], "A film", "list of paths"),
        ([tmp_path / "none.mp4"], "A film", "Cannot read"),
        ([tmp_path / "film.avi"], "A film", "none of the files"),
    ):
        with pytest.raises(CourseError, match=says):
            player(paths, title)
    monkeypatch.setattr(sound_films, "LARGEST", 4)
    with pytest.raises(CourseError, match="0 MB at most"):
        player([path], "A film")
