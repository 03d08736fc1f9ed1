"""The studio's panel, moved as a browser moves it: by the values of its controls and clicks on its buttons."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib.media import pictures
from course_lib.panels import front_end
from course_lib.studio import exporting
from course_lib.studio.session import MOST_KEPT
from course_lib.studio.studio import KEYS, ONE_AT_A_TIME, Studio
from course_lib.studio.themes import Creation, Pictures, Theme, all_themes
from tests.panels.shown_picture import picture_of
from tests.studio.small_themes import plain_themes


@pytest.fixture(autouse=True)
def no_callback_raised(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """ipywidgets only writes down what a callback raised."""
    yield
    assert [record.exc_text or record.getMessage() for record in caplog.get_records("call")] == []


def studio(**options: object) -> Studio:
    return Studio(**{"theme": "plain", "themes": plain_themes(), **options})


def click(shown: Studio, *names: str) -> Studio:
    for name in names:
        shown.buttons[name].click()
    return shown


def test_the_two_that_are_shown_are_those_of_the_session_and_a_click_brings_others() -> None:
    shown = studio()
    for answer in ("left", "right", "neither"):
        alt, pixels = picture_of(shown.picture.value)
        made = np.stack([shown.session.made(each) for each in shown.session.pair()])
        expected = Image.fromarray(pictures.tile(made, columns=2)).convert("L")
        np.testing.assert_array_equal(pixels, np.asarray(expected))
        turn = shown.session.state.turn + 1
        assert alt == f"Two creations of a network, pair {turn}: Things plain, warm."
        assert f"Pair {turn}: which do you like better?" in shown.message.value
        click(shown, answer)
        assert shown.session.state.turn == turn
    assert "Picked by what you chose here 2 times." in shown.message.value
    assert shown.mistake.value == ""


def test_undo_takes_back_choices_settings_and_what_was_kept_and_the_controls_follow() -> None:
    shown = studio()
    first = shown.picture.value, shown.gallery.value, shown.message.value
    assert shown.buttons["undo"].disabled
    click(shown, "left", "keep right")
    shown.controls["style"].value = "cold"
    shown.controls["setting"].value = 1.5
    shown.controls["seed"].value = " 7 "
    shown.controls["theme"].value = "single"
    assert shown.session.steps == 6 and shown.session.state[:4] == ("single", "any", 1.0, 7)
    assert shown.controls["style"].disabled and shown.controls["style"].options == ("any",)
    click(shown, "undo")
    names = ("theme", "style", "setting", "seed")
    assert [shown.controls[name].value for name in names] == ["plain", "cold", 1.5, "7"]
    assert not shown.controls["style"].disabled
    click(shown, *["undo"] * 5)
    assert shown.session.steps == 0 and shown.buttons["undo"].disabled
    assert (shown.picture.value, shown.gallery.value, shown.message.value) == first


@pytest.mark.parametrize(
    "typed", ["", "-1", "1e3", "٣", "4294967296", "9" * 5000, "<b>🙂", "0; exit()", "\0"]
)
def test_a_strange_seed_is_one_line_and_all_stays_as_it_was(typed: str) -> None:
    shown = studio()
    before = shown.picture.value, shown.session.state
    shown.controls["seed"].value = typed
    assert re.fullmatch(r'<div role="alert">[^<>\n]{20,200}</div>', shown.mistake.value)
    assert shown.problem.value == "" and shown.controls["seed"].value == "0"
    assert (shown.picture.value, shown.session.state) == before
    click(shown, "left")
    assert shown.mistake.value == "" and shown.session.state.turn == 1


def test_what_is_kept_twice_or_too_much_is_one_line() -> None:
    shown = click(studio(), "keep left", "keep left")
    assert "in the gallery already" in shown.mistake.value and "Traceback" not in shown.mistake.value
    while len(shown.session.state.gallery) < MOST_KEPT:
        click(shown, "neither", "keep left")
    click(shown, "keep right")
    assert f"The gallery holds {MOST_KEPT}" in shown.mistake.value


def test_the_gallery_links_to_files_that_say_where_they_come_from(tmp_path: Path) -> None:
    shown = studio()
    kept = shown.session.pair()[1]
    click(shown, "keep right")
    name, content = re.search(
        r'download="([^"]+)" href="data:image/png;base64,([^"]+)" style="[^"]+" aria-label="save 1 as PNG"',
        shown.gallery.value,
    ).groups()
    path = tmp_path / name
    path.write_bytes(base64.b64decode(content))
    assert exporting.load(path).creation == kept
    alt, _ = picture_of(shown.gallery.value)
    assert alt == f"In the gallery, 1: Things plain, seed {kept.seed}"


def test_export_writes_the_gallery_and_without_a_folder_there_is_no_such_button(tmp_path: Path) -> None:
    assert "export" not in studio().buttons
    shown = click(studio(folder=tmp_path / "made"), "export")
    assert "The gallery is empty" in shown.mistake.value and not [*tmp_path.iterdir()]
    click(shown, "keep left", "neither", "keep right", "export")
    assert shown.mistake.value == "" and shown.message.value.startswith("2 files written to")
    found = {exporting.load(path).creation for path in (tmp_path / "made").iterdir()}
    assert found == {*shown.session.state.gallery}
    click(shown, "left")
    assert shown.message.value.startswith("Pair 3")
    blocked = tmp_path / "file"
    blocked.write_text("")
    shown = click(studio(folder=blocked), "keep left", "export")
    assert "Cannot make the folder" in shown.mistake.value


def test_two_studios_do_not_see_each_others_work() -> None:
    one, other = studio(), studio()
    before = other.picture.value, other.gallery.value
    click(one, "keep left", "left")
    one.controls["theme"].value = "single"
    assert (other.picture.value, other.gallery.value) == before and other.controls["theme"].value == "plain"


def test_studios_that_share_themes_show_what_each_would_show_alone() -> None:
    """Also a taste: one of them always takes the brighter, the other the darker, turn and turn about."""

    def step(shown: Studio, brighter: bool) -> tuple[str, str]:
        left, right = (shown.session.made(each).mean() for each in shown.session.pair())
        click(shown, "left" if (left > right) == brighter else "right", "keep left")
        return shown.picture.value, shown.gallery.value

    shared = plain_themes()
    together = {brighter: studio(themes=shared) for brighter in (True, False)}
    seen: dict[bool, list] = {True: [], False: []}
    for _ in range(5):
        for brighter, shown in together.items():
            seen[brighter].append(step(shown, brighter))
    assert seen[True] != seen[False]
    for brighter in (True, False):
        alone = studio()
        assert [step(alone, brighter) for _ in range(5)] == seen[brighter]
        assert together[brighter].session.state == alone.session.state


def test_keys_names_and_a_still_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = studio()
    for name, key in KEYS.items():
        assert f"course-key-{key}" in shown.buttons[name]._dom_classes
    for name in ONE_AT_A_TIME:
        assert front_end.ONE_BY_ONE in shown.buttons[name]._dom_classes
    assert all(control.description for control in shown.controls.values())
    assert front_end.SPOKEN in shown.message._dom_classes
    outputs: list[dict[str, str]] = []
    monkeypatch.setattr("course_lib.panels.panel.display", lambda output, **options: outputs.append(output))
    shown.show()
    panel, still = outputs
    assert panel["text/plain"] == front_end.RUN_IT
    assert still["text/plain"] == shown.alt()
    alt, _ = picture_of(still["text/html"])
    assert alt == shown.alt() and "onload" not in still["text/html"]
    shown.close()


def test_melodies_are_heard_drawn_and_told_in_words() -> None:
    shown = Studio("melodies")
    assert shown.picture.value.count("<audio") == 2 and shown.controls["setting"].description == "temperature"
    assert re.search(r"Left: \d+ notes in .* Right: \d+ notes in ", shown.alt())
    assert "<audio" not in shown._without_kernel() and picture_of(shown._without_kernel())[0] == shown.alt()
    click(shown, "keep left")
    assert shown.gallery.value.count("<audio") == 1
    assert re.findall(r'aria-label="save 1 as (\w+)"', shown.gallery.value) == ["JSON", "WAV", "MID"]


def test_every_theme_can_be_gone_through_from_the_menu() -> None:
    shown = Studio()
    assert [name for _, name in shown.controls["theme"].options] == [*all_themes()]
    for name, theme in shown.session.themes.items():
        shown.controls["theme"].value = name
        click(shown, "right")
        assert shown.mistake.value == "" and shown.session.theme is theme
        if isinstance(theme, Pictures):
            _, pixels = picture_of(shown.picture.value)
            assert pixels.std() > 5
        assert shown.controls["style"].options == shown.session.theme.styles


def test_a_picture_in_the_gallery_is_the_one_that_was_kept() -> None:
    shown = click(studio(), "keep left")
    made = shown.session.made(shown.session.state.gallery[0])
    data = re.search(r'src="data:image/png;base64,([^"]+)"', shown.gallery.value)[1]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    np.testing.assert_array_equal(pixels, pictures.to_uint8(made))


class Numbers(Theme):
    """A kind that no other file has heard of, with a file of its own."""

    pool = reference = 4

    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> list[int]:
        return [seed % 1000 for seed in seeds]

    def _described(self, made: Sequence[int]) -> np.ndarray:
        return np.array(made, "float64")[:, None]

    def page(self, named: Mapping[str, int], style: str, alt: str, still: bool = False) -> str:
        return f"<p>{named}</p>"

    def small(self, made: int, creation: Creation, name: str) -> str:
        return f"<p>{name}: {made}</p>"

    def files(self, made: int, creation: Creation, told: str) -> dict[str, bytes]:
        return {".number": str(made).encode()}


def test_a_new_kind_of_creation_needs_a_class_and_nothing_else(tmp_path: Path) -> None:
    facts = {"styles": ("any",), "model": "none", "trained_on": "nothing", "licence": "none"}
    theme = Numbers("numbers", title="Numbers", **facts)
    shown = Studio("numbers", folder=tmp_path, themes={"numbers": theme})
    number = shown.session.made(shown.session.pair()[0])
    assert f"'left': {number}" in shown.picture.value and shown.alt().endswith("pair 1: Numbers.")
    click(shown, "keep left", "left", "right", "export")
    assert f"1: Numbers: {number}" in shown.gallery.value and "2 files written" in shown.message.value
    assert "data:application/octet-stream;base64," in shown.gallery.value
    (path,) = tmp_path.glob("*.number")
    assert path.read_text() == str(number)
    assert exporting.load(path).creation == shown.session.state.gallery[0]


def test_what_is_no_visitors_mistake_is_told_as_in_every_panel(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown = studio()
    monkeypatch.setattr(shown.session, "choose", lambda side: 1 / 0)
    click(shown, "left")
    caplog.clear()
    assert "division by zero" in shown.problem.value and shown.mistake.value == ""
    click(shown, "keep left")
    assert shown.problem.value == "" and len(shown.session.state.gallery) == 1
