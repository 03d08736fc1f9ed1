"""Sound: heights by the spectrum, no clicks, no aliases, and files that other programs read."""

from __future__ import annotations

import base64
import io
import re
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import sound
from tests.media.tunes import tunes

SCALE = np.array([[pitch, length] for pitch in (62, 64, 66, 67, 69, 71, 73, 74) for length in (4, 2, 1)])
timbres = pytest.mark.parametrize("timbre", sound.TIMBRES)


def spectrum(tone: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and amplitudes; a Blackman window keeps what leaks 58 dB down beside the peaks."""
    return np.fft.rfftfreq(len(tone), 1 / rate), np.abs(np.fft.rfft(tone * np.blackman(len(tone))))


@timbres
@pytest.mark.parametrize(("pitch", "hertz"), [(69, 440.0), (57, 220.0), (60, 261.6256), (79, 783.9909)])
def test_a_note_sounds_at_its_height(timbre: str, pitch: int, hertz: float) -> None:
    """The common step of the peaks, which is heard as the height even where the first harmonic is not the loudest."""
    assert abs(sound.frequency(pitch) - hertz) < 1e-3
    where, loud = spectrum(sound.waveform([[pitch, 32]], 60, timbre), sound.RATE)
    near = np.abs(where - hertz) < 3
    assert (
        loud[near].max() > 0.1 * loud.max()
        and loud[(where > 30) & (where < hertz - 10)].max() < 0.01 * loud.max()
    )


@timbres
@pytest.mark.parametrize("pitch", [62, 81, 95, 105, 108])
def test_nothing_comes_back_as_another_tone(timbre: str, pitch: int) -> None:
    where, loud = spectrum(sound.waveform([[pitch, 64]], 60, timbre), sound.RATE)
    off = np.abs(where / sound.frequency(pitch) - np.rint(where / sound.frequency(pitch))) * sound.frequency(
        pitch
    )
    strange = (off > 30) | (where < 30)
    assert loud[strange].max() < 1e-3 * loud.max()


def jumps(tune: np.ndarray, tempo: float, timbre: str) -> tuple[float, float]:
    """The largest step from sample to sample within 2 ms of where notes meet, and anywhere else."""
    wave_ = sound.waveform(tune, tempo, timbre)
    steps = np.abs(np.diff(wave_, prepend=0.0, append=0.0))
    edges = np.rint(np.concatenate([[0], np.cumsum(tune[:, 1])]) * 15 / tempo * sound.RATE).astype(int)
    near = np.zeros(len(steps), bool)
    for edge in edges:
        near[max(0, edge - 22) : edge + 23] = True
    return float(steps[near].max()), float(steps[~near].max())


@timbres
@pytest.mark.parametrize("tempo", [60, 120, 239.7])
def test_no_note_begins_or_ends_with_a_click(timbre: str, tempo: float) -> None:
    at_edges, within = jumps(SCALE, tempo, timbre)
    assert at_edges < 0.6 * within


def test_a_click_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "_envelope", lambda length, attack, release: np.ones(length))
    at_edges, within = jumps(SCALE, 120, "flute")
    assert at_edges > 1.5 * within


@given(tunes(longest=4), st.floats(20, 400), st.sampled_from(sorted(sound.TIMBRES)))
def test_a_waveform_stays_within_bounds_and_lasts_as_long_as_its_notes(
    tune: np.ndarray, tempo: float, timbre: str
) -> None:
    rate = sound.RATE
    made = sound.waveform(tune, tempo, timbre, rate)
    assert made.dtype == np.float32 and np.abs(made).max() <= 1
    assert abs(len(made) - sound.seconds(tune, tempo) * rate) <= 0.5
    ends = np.rint(np.cumsum(tune[:, 1]) * 15 / tempo * rate).astype(int)
    for (pitch, _), start, end in zip(tune, [0, *ends[:-1]], ends, strict=True):
        assert (np.abs(made[start:end]).max() > 0.01) == (pitch > 0)
        assert made[start] == 0 and made[end - 1] == 0


def test_a_string_dies_away_and_a_flute_does_not() -> None:
    def fading(timbre: str) -> float:
        loud = np.abs(sound.waveform([[69, 16]], 60, timbre))
        return loud[30_000:33_000].max() / loud[3_000:6_000].max()

    assert fading("string") < 0.05 and fading("flute") > 0.99


@given(tunes(), st.floats(20, 400), st.floats(0.5, 60))
def test_the_beginning_is_all_that_fits(tune: np.ndarray, tempo: float, longest: float) -> None:
    if sound.seconds(tune[:1], tempo) > longest:
        with pytest.raises(CourseError, match="The first note alone lasts"):
            sound.beginning(tune, tempo, longest)
        return
    begun = sound.beginning(tune, tempo, longest)
    assert (tune[: len(begun)] == begun).all() and sound.seconds(begun, tempo) <= longest + 1e-6
    assert len(begun) == len(tune) or sound.seconds(tune[: len(begun) + 1], tempo) > longest


def samples_of(wav: bytes) -> tuple[np.ndarray, int]:
    """As the standard library reads a WAV file."""
    with wave.open(io.BytesIO(wav)) as file:
        assert file.getnchannels() == 1
        raw, kind = file.readframes(file.getnframes()), {1: "uint8", 2: "<i2"}[file.getsampwidth()]
        return np.frombuffer(raw, kind).astype("float64"), file.getframerate()


@pytest.mark.parametrize(("bits", "step", "middle"), [(8, 127, 128), (16, 32767, 0)])
def test_a_file_holds_the_waveform_to_half_a_step(bits: int, step: int, middle: int) -> None:
    made = sound.waveform(SCALE, timbre="string")
    samples, rate = samples_of(sound.wav_bytes(made, bits=bits))
    assert rate == sound.RATE
    assert np.abs((samples - middle) / step - made).max() <= 0.5 / step + 1e-9


def test_a_saved_file_is_whole_and_of_16_bits(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sound.save_wav(np.array([0, 1, -1, 0.5]), path, rate=22_050)
    samples, rate = samples_of(path.read_bytes())
    assert (
        samples.tolist() == [0, 32767, -32767, 16384]
        and rate == 22_050
        and list(tmp_path.iterdir()) == [path]
    )
    with pytest.raises(CourseError, match=r"Cannot write .*none"):
        sound.save_wav(np.zeros(4), tmp_path / "none" / "a.wav")


def test_a_player_holds_the_sound_as_loud_as_can_be_and_its_title() -> None:
    tune = sound.beginning(SCALE)
    shown = sound.play(tune, "a <scale>\n in D", timbre="pipe")
    page = shown._repr_html_()
    assert repr(shown) == f"Sound, {sound.seconds(tune):.1f} s: a <scale> in D"
    assert (
        "<figcaption>a &lt;scale&gt; in D</figcaption>" in page
        and 'aria-label="a &lt;scale&gt; in D"' in page
    )
    assert "autoplay" not in page
    (encoded,) = re.findall(r'<audio controls [^>]*src="data:audio/wav;base64,([^"]+)"', page)
    samples, _ = samples_of(base64.b64decode(encoded))
    made = sound.waveform(tune, timbre="pipe").astype("float64")
    np.testing.assert_allclose(samples, np.rint(made / np.abs(made).max() * 127 + 128), atol=1)
    assert np.abs(samples - 128).max() == 127


def test_eight_seconds_are_the_most_and_fit_three_times_into_400_kilobytes() -> None:
    page = sound.play([[60, 64]], "as long as can be", tempo=120)._repr_html_()
    assert 3 * len(page) < 400_000
    with pytest.raises(CourseError, match=r"lasts 8\.1 s, and a notebook keeps 8 s .*sound\.beginning"):
        sound.play([[60, 65]], "too long", tempo=120)
    with pytest.raises(CourseError, match=r"waveform lasts 16\.0 s, and a notebook keeps 8 s"):
        sound.player(np.zeros(16 * 12_000), "too long", rate=12_000)


def test_silence_is_played_as_silence() -> None:
    samples, _ = samples_of(sound.play([[0, 4]], "nothing").data)
    assert (samples == 128).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sound.play([[60, 4]], " "), "Every sound needs a title"),
        (
            lambda: sound.waveform([[60, 4]], tempo=0),
            "tempo is in quarter notes a minute, from 20 to 400, not 0",
        ),
        (lambda: sound.waveform([[60, 4]], tempo=np.nan), "tempo is .* not nan"),
        (lambda: sound.waveform([[60, 4]], tempo="fast"), "not 'fast'"),
        (lambda: sound.waveform([[60, 4]], timbre="drum"), "no timbre 'drum': choose one of flute"),
        (lambda: sound.waveform([[60, 4]], rate=100), "rate is .* from 11025 to 96000, not 100"),
        (lambda: sound.waveform([]), "There is no note"),
        (lambda: sound.waveform([[60, 4]], timbre=["flute"]), r"no timbre \['flute'\]"),
        (lambda: sound.beginning([[60, 4]], longest=None), "longest is a number of seconds above 0"),
        (lambda: sound.beginning([[60, 4]], longest=float("nan")), "longest is a number of seconds above 0"),
        (lambda: sound.wav_bytes(np.zeros(4), bits=[16]), r"8 or 16 bits a sample, not \[16\]"),
        (lambda: sound.play([[60, 4]], None), "needs a title"),
        (
            lambda: sound.player(np.zeros((2, 9)), "x"),
            r"shape \(samples,\), at least one, but this has \(2, 9\)",
        ),
        (lambda: sound.player([], "x"), "waveform has the shape"),
        (lambda: sound.player(["x"], "x"), "samples must be an array of numbers"),
        (lambda: sound.wav_bytes(np.array([0, 1.5])), r"lie in \[-1, 1\]"),
        (lambda: sound.wav_bytes(np.array([0, np.nan])), r"lie in \[-1, 1\]"),
        (lambda: sound.wav_bytes(np.zeros(4), bits=24), "8 or 16 bits a sample, not 24"),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_line(call, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        call()
    assert "\n" not in str(caught.value)
