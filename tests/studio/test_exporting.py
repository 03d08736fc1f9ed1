"""Files from the studio: they say where they come from, draw the same again, and are whole or not there."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from course_lib import CourseError, __version__
from course_lib.datasets.bundled import checksums
from course_lib.media import midi, pictures, sound
from course_lib.studio.exporting import MADE_BY, files, load, provenance, save, save_all, stem
from course_lib.studio.kinds.pictures import KEY, SCALE
from course_lib.studio.themes import LEAST, MOST, TEMPO, Creation, Theme, all_themes
from tests.studio.small_themes import Plain, plain_themes

PLAIN = plain_themes()["plain"]
WARM = Creation("plain", "warm", 1.3, 17)
TUNE = Creation("melodies", "string", 1.0, 5)


@pytest.fixture(scope="module")
def themes() -> dict[str, Theme]:
    return all_themes()


@pytest.mark.parametrize("name", ["sprites", "garments"])
def test_a_picture_says_where_it_comes_from_and_is_drawn_again(
    name: str, themes: dict[str, Theme], tmp_path: Path
) -> None:
    theme = themes[name]
    creation = Creation(name, theme.styles[0], 0.7, 23)
    (path,) = save(theme, creation, tmp_path / "made")
    told = load(path)
    assert told == provenance(theme, creation)
    assert told.creation == creation and told.parameter == "truncation" and told.made_by == MADE_BY
    assert told.sha256 == checksums()[f"{told.model}.npz"] and told.course == __version__
    assert told.licence == theme.licence and told.trained_on == theme.trained_on
    again = all_themes()[told.creation.theme].make(told.creation)
    with Image.open(path) as picture:
        shown = np.asarray(picture)[::SCALE, ::SCALE]
        assert picture.info["Description"] == f"Made by {MADE_BY}."
        assert picture.info["Software"] == f"course_lib {__version__}"
    np.testing.assert_array_equal(shown, pictures.to_uint8(again).squeeze())


def test_a_melody_is_a_sound_a_score_and_where_they_come_from(
    themes: dict[str, Theme], tmp_path: Path
) -> None:
    paths = {path.suffix: path for path in save(themes["melodies"], TUNE, tmp_path)}
    notes = themes["melodies"].make(TUNE)
    assert {*paths} == {".json", ".wav", ".mid"}
    for path in paths.values():
        assert load(path).creation == TUNE
    assert json.loads(paths[".json"].read_text("utf-8"))["made_by"] == MADE_BY
    read = midi.load_midi(paths[".mid"])
    np.testing.assert_array_equal(read.notes, notes)
    assert (read.tempo, read.instrument) == (TEMPO, "harp") and MADE_BY in read.title
    with wave.open(str(paths[".wav"])) as file:
        lasts = file.getnframes() / file.getframerate()
    assert lasts == pytest.approx(sound.seconds(notes, TEMPO), abs=1e-3)


def test_without_mido_there_is_no_score_and_the_rest_is_whole(
    themes: dict[str, Theme], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise CourseError("MIDI files need the package mido")

    monkeypatch.setattr(midi, "_mido", missing)
    assert {Path(name).suffix for name in files(themes["melodies"], TUNE)} == {".json", ".wav"}


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["warm", "cold"]), st.floats(LEAST, MOST), st.integers(0, 2**32 - 1))
def test_every_creation_comes_back_out_of_its_file(style: str, setting: float, seed: int) -> None:
    creation = Creation("plain", style, setting, seed)
    ((name, content),) = files(PLAIN, creation).items()
    text = Image.open(io.BytesIO(content)).info[KEY]
    assert json.loads(text)["creation"] == creation._asdict()
    assert name == f"plain-{style}-{seed}-{setting}.png"


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    odd = Creation("plain", "warm", np.float32(0.5), np.int64(3))
    assert provenance(PLAIN, odd).creation == Creation("plain", "warm", 0.5, 3)
    assert [*files(PLAIN, odd)] == ["plain-warm-3-0.5.png"]


def test_no_style_leads_out_of_the_folder(tmp_path: Path) -> None:
    theme = Plain("plain", ("../../x", "warm"))
    (path,) = save(theme, WARM._replace(style="../../x"), tmp_path)
    assert path.parent == tmp_path and path.name == "plain-x-17-1.3.png"
    banners = all_themes()["banners"]
    stems = {stem(Creation("banners", style, 1.0, 0)) for style in banners.styles}
    assert len(stems) == len(banners.styles)


def test_several_are_written_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = [(PLAIN, WARM._replace(seed=seed), None) for seed in range(3)]
    write = Path.write_bytes

    def full_at_the_last(path: Path, content: bytes) -> int:
        if "-2-" in path.name:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full_at_the_last)
    with pytest.raises(CourseError, match="No space left on device") as raised:
        save_all(works, tmp_path)
    assert "plain-warm-2-1.3.png" in str(raised.value) and not [*tmp_path.iterdir()]
    monkeypatch.undo()
    assert len(save_all(works, tmp_path)) == len([*tmp_path.iterdir()]) == 3
    assert len(save_all(works, tmp_path)) == 3  # again, over themselves


def test_what_was_not_made_here_stays(tmp_path: Path) -> None:
    path = tmp_path / "plain-warm-17-1.3.png"
    Image.new("L", (3, 3)).save(path)
    before = path.read_bytes()
    with pytest.raises(CourseError, match="was not made here"):
        save(PLAIN, WARM, tmp_path)
    assert path.read_bytes() == before and [*tmp_path.iterdir()] == [path]
    path.unlink()
    path.mkdir()
    with pytest.raises(CourseError, match="Cannot write"):
        save(PLAIN, WARM, tmp_path)


@pytest.mark.parametrize("folder", [None, "", 3, "a\0b", b"made", "file/made"])
def test_what_is_no_folder_is_refused_in_one_line(
    folder: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("not a folder")
    with pytest.raises(CourseError) as raised:
        save(PLAIN, WARM, folder)
    assert "\n" not in str(raised.value) and [*Path.cwd().iterdir()] == [tmp_path / "file"]


@pytest.mark.parametrize(
    "change",
    [
        *({"creation": {**WARM._asdict(), "seed": -1}}, {"creation": {**WARM._asdict(), "seed": True}}),
        *({"creation": {**WARM._asdict(), "setting": 1e9}}, {"creation": {**WARM._asdict(), "style": 3}}),
        *({"creation": {**WARM._asdict(), "more": 1}}, {"creation": []}, {"licence": None}, {"extra": "x"}),
        {"model": "x" * 10_000},
    ],
)
def test_what_says_strange_things_of_itself_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    told = provenance(PLAIN, WARM)
    entry = {**told._asdict(), "creation": WARM._asdict()}
    for name, wanted in (("good", entry), ("bad", {**entry, **change})):
        text = PngInfo()
        text.add_text(KEY, json.dumps(wanted))
        Image.new("L", (3, 3)).save(tmp_path / f"{name}.png", pnginfo=text)
        (tmp_path / f"{name}.json").write_text(json.dumps(wanted))
    for ending in ("png", "wav"):
        assert load(tmp_path / f"good.{ending}") == told
        with pytest.raises(CourseError, match="does not say how it was made, or it is damaged"):
            load(tmp_path / f"bad.{ending}")


def test_files_of_others_and_damaged_ones_are_told_apart_from_missing_ones(tmp_path: Path) -> None:
    (path,) = save(PLAIN, WARM, tmp_path)
    whole = path.read_bytes()
    for damaged in (b"", b"GIF89a", whole[:-20], whole[:-5], whole[: len(whole) // 2], b"[" * 100_000):
        path.write_bytes(damaged)
        path.with_suffix(".json").write_bytes(damaged)
        for each in (path, path.with_suffix(".mid")):
            with pytest.raises(CourseError, match="does not say how it was made"):
                load(each)
    with pytest.raises(CourseError, match="There is no file"):
        load(tmp_path / "none.png")
    for nothing in (None, "", 7):
        with pytest.raises(CourseError, match="is no name of a file"):
            load(nothing)
