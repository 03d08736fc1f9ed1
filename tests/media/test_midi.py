"""MIDI files: the same notes come back, other programs' files are read, and damaged ones are named in one line."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import midi
from course_lib.media.notes import joined_rests
from tests.media.tunes import tunes

TUNE = np.array([[62, 4], [0, 2], [66, 2], [66, 3], [69, 8], [0, 5]])
meters = st.sampled_from(["4/4", "6/8", "9/8", "2/2", "3/4", "12/16"])


@given(
    tunes(),
    st.floats(20, 400),
    meters,
    st.sampled_from(sorted(midi.INSTRUMENTS)),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
def test_what_is_saved_comes_back(
    tune: np.ndarray, tempo: float, meter: str, instrument: str, title: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mid"
        midi.save_midi(tune, path, tempo, meter, instrument, title)
        back = midi.load_midi(path)
        assert [each.name for each in Path(folder).iterdir()] == ["a.mid"]
    assert back.notes.tolist() == joined_rests(tune).tolist()
    assert abs(back.tempo - tempo) < 0.02 and back[2:] == (meter, instrument, title)


def test_it_lasts_as_long_as_another_program_would_play_it(tmp_path: Path) -> None:
    midi.save_midi(TUNE, tmp_path / "a.mid", tempo=90)
    file = mido.MidiFile(tmp_path / "a.mid")
    assert file.length == pytest.approx(TUNE[:, 1].sum() * 15 / 90, abs=1e-3)
    pitches = [message.note for message in file if message.type == "note_on"]
    assert pitches == TUNE[TUNE[:, 0] > 0, 0].tolist()


def written(path: Path, *messages: mido.Message, ticks: int = 96) -> Path:
    """A file as another program might write it: tempo in a track of its own."""
    tempo = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    mido.MidiFile(type=1, ticks_per_beat=ticks, tracks=[tempo, mido.MidiTrack(messages)]).save(path)
    return path


def on(note: int, time: int = 0, velocity: int = 64) -> mido.Message:
    return mido.Message("note_on", note=note, velocity=velocity, time=time)


def test_other_programs_files_are_read(tmp_path: Path) -> None:
    """Ends as loudness 0, two tracks, another division, and the next note begun before the last is ended."""
    path = written(
        tmp_path / "a.mid", on(60, 24), on(60, 24, 0), on(62), on(62, 48), on(62, 0, 0), on(62, 24, 0)
    )
    back = midi.load_midi(path)
    assert back.notes.tolist() == [[0, 1], [60, 1], [62, 2], [62, 1]]
    assert back[1:] == (120.0, "4/4", "piano", "")


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        ([], "It has no notes"),
        ([on(60), on(64), on(60, 24, 0), on(64, 0, 0)], "Two notes sound at once, 0 sixteenths after"),
        ([on(60), on(60, 16, 0)], r"begins or ends 0\.67 sixteenths"),
        ([on(60)], "A note has no end"),
        ([on(0), on(0, 24, 0)], "pitch 0"),
        ([on(12), on(12, 24, 0)], r"Note 0 of this melody is \(12, 1\)"),
    ],
)
def test_files_that_hold_something_else_are_named(tmp_path: Path, messages: list, says: str) -> None:
    with pytest.raises(
        CourseError, match=rf"a\.mid is a MIDI file, but not one tune in sixteenths\. .*{says}"
    ):
        midi.load_midi(written(tmp_path / "a.mid", *messages))


def test_a_damaged_file_is_one_line_wherever_the_damage_is(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    midi.save_midi(TUNE, path, title="A tune")
    whole, random = path.read_bytes(), np.random.default_rng(0)
    cut = [whole[:length] for length in range(len(whole))]
    changed = []
    for _ in range(300):
        content = bytearray(whole)
        content[random.integers(len(whole))] = random.integers(256)
        changed.append(bytes(content))
    refused = 0
    for content in (*cut, *changed, b"PK\x03\x04"):
        path.write_bytes(content)
        try:
            back = midi.load_midi(path)
        except CourseError as error:
            refused += 1
            assert str(path) in str(error) and "\n" not in str(error)
        else:
            assert back.notes.ndim == 2  # such as another pitch: nobody can know
    assert refused > len(cut) / 2


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"There is no file .*none\.mid: save a tune first"):
        midi.load_midi(tmp_path / "none.mid")
    with pytest.raises(CourseError, match="is not a MIDI file"):
        midi.load_midi(tmp_path)
    for wrong in (5, None, ["a.mid"]):
        with pytest.raises(CourseError, match="is no name of a file: give the one of a MIDI file"):
            midi.load_midi(wrong)
    with pytest.raises(CourseError, match="Cannot write"):
        midi.save_midi(TUNE, tmp_path / "none" / "a.mid")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"tempo": 0}, "tempo is in quarter notes a minute"),
        ({"meter": "6/7"}, "The MIDI file has the meter '6/7'"),
        ({"meter": "0/4"}, "has the meter '0/4'"),
        ({"meter": "waltz"}, "has the meter 'waltz'"),
        ({"meter": None}, "has the meter None"),
        ({"instrument": ["flute"]}, r"no instrument \['flute'\]"),
        ({"title": None}, "title of a MIDI file is text"),
        ({"title": "\ud83d"}, "title of a MIDI file is text"),
        ({"instrument": "kazoo"}, "no instrument 'kazoo': choose one of piano"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_the_old_file(
    tmp_path: Path, settings: dict, says: str
) -> None:
    path = tmp_path / "a.mid"
    path.write_text("old")
    with pytest.raises(CourseError, match=says):
        midi.save_midi(TUNE, path, **settings)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_without_mido_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mido", None)
    for call in (
        lambda: midi.save_midi(TUNE, tmp_path / "a.mid"),
        lambda: midi.load_midi(tmp_path / "a.mid"),
    ):
        with pytest.raises(CourseError, match="need the package mido: run `%pip install mido`"):
            call()
    assert not list(tmp_path.iterdir())
