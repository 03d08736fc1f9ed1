"""The playground: real widgets, set by `.value` and `.click()` as the browser does, and what became of the game."""

from __future__ import annotations

import gc
from dataclasses import fields, replace

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.panels.playground import STILL, Playground
from course_lib.panels.playground_picture import TARGETS, PlaygroundPicture, standing
from course_lib.panels.playground_plane import LAYERS
from course_lib.playground.code import as_code
from course_lib.playground.engine import ROW
from course_lib.playground.game import Game
from course_lib.playground.presets import PRESETS
from course_lib.playground.settings import STRUCTURE, Settings
from course_lib.playground.stages import NAMES
from tests.panels.shown_picture import picture_of

OTHER = {
    "target": "moons",
    "loss": "hinge",
    "optimizer": "rmsprop",
    "generator_rate": 0.02,
    "discriminator_rate": 0.001,
    "beta_1": 0.3,
    "penalty": 0.5,
    "discriminator_steps": 3,
    "batch": 256,
    "spectral": True,
    "hidden": 16,
    "layers": 1,
    "seed": 7,
}
"""For each control of a setting another value."""


def see(panel: Playground, pictures: int = 1) -> None:
    """What the browser does while a panel plays: it asks for pictures."""
    for _ in range(pictures):
        panel.animation.beat.click()


def press(panel: Playground, *names: str) -> None:
    for name in names:
        panel.controls[name].click()


def test_play_trains_and_pause_stops_at_once() -> None:
    panel = Playground()
    before, _ = panel.picture.value, press(panel, "play")
    for number in range(1, 4):
        see(panel)
        assert panel.game.round == number * panel.controls["speed"].value
        assert panel.picture.value != before
        assert f"Round {panel.game.round}" in panel.message.value
        before = panel.picture.value
    press(panel, "play")
    see(panel, 5)  # those that were under way
    assert panel.game.round == 3 * panel.controls["speed"].value and panel.picture.value == before


def test_all_pictures_are_on_white() -> None:
    panel = Playground()
    for name in ("one_round", "slow", "reset"):
        press(panel, name)
        _, pixels = picture_of(panel.picture.value)
        assert np.all(pixels[:8] == 255) and np.all(pixels[:, -4:] == 255)


def test_speed_is_the_number_of_rounds_from_picture_to_picture() -> None:
    panel = Playground()
    panel.controls["speed"].value = 20
    press(panel, "play")
    see(panel, 2)
    assert panel.game.round == 40 and len(panel.game.history["generator_loss"]) == 40
    assert list(panel.game.history["measured_round"]) == [20, 40]


def test_a_step_of_one_player_moves_that_player_only() -> None:
    panel = Playground()
    start = panel.layers
    press(panel, "discriminator_step")
    judged = panel.layers
    assert np.array_equal(judged.fake, start.fake) and not np.allclose(judged.heat, start.heat)
    press(panel, "generator_step")
    assert not np.allclose(panel.layers.fake, judged.fake) and np.array_equal(panel.layers.heat, judged.heat)
    assert panel.game.round == 1
    other = Playground()
    press(other, "one_round")
    assert np.array_equal(other.layers.fake, panel.layers.fake) and other.picture.value == panel.picture.value


def test_a_step_by_hand_pauses_and_reset_brings_the_first_picture_back() -> None:
    panel = Playground()
    first = panel.picture.value
    press(panel, "play")
    see(panel, 2)
    press(panel, "one_round")
    assert not panel.animation.playing and panel.game.round == 11
    press(panel, "reset")
    assert panel.game.round == 0 and panel.picture.value == first


@pytest.mark.parametrize("name", OTHER)
def test_every_setting_has_a_control_that_the_game_follows(name: str) -> None:
    panel = Playground()
    press(panel, "one_round", "one_round")
    before = panel.game.settings
    panel.controls[name].value = OTHER[name]
    assert panel.game.settings == replace(before, **{name: OTHER[name]}) and not panel.problem.value
    assert panel.game.round == (0 if name in STRUCTURE else 2)  # other networks begin anew; all else goes on


def test_no_setting_is_without_a_control() -> None:
    assert {field.name for field in fields(Settings)} == {*OTHER, "drawn"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch", 256), ("beta_1", 0.9), ("penalty", 0.02), ("penalty", 1.0), ("hidden", 128)],
)
def test_a_slider_can_be_moved_to_what_the_lessons_ask_to_try(name: str, value: float) -> None:
    control = Playground().controls[name]
    if control.has_trait("options"):
        choices = [each for _, each in control.options]
    else:
        choices = np.arange(control.min, control.max + control.step / 2, control.step)
    assert np.isclose(choices, value).any()


def test_a_loss_just_below_nought_is_shown_as_nought() -> None:
    game = Game(PRESETS["vanishing gradient"])
    game.play(20)
    assert -0.005 < game.history["generator_loss"][-1] < 0
    assert "of G 0.00;" in standing(game)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_can_be_switched_off_and_on(name: str) -> None:
    panel = Playground()
    press(panel, "one_round")
    (alt, with_it), page = picture_of(panel.picture.value), panel.picture.value
    panel.controls[name].value = False
    other_alt, without = picture_of(panel.picture.value)
    assert not np.array_equal(with_it, without) and np.array_equal(with_it[:, 540:], without[:, 540:])
    assert LAYERS[name] in alt and LAYERS[name] not in other_alt
    panel.controls[name].value = True
    assert panel.picture.value == page


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_the_game_and_all_controls_in_one_picture(name: str) -> None:
    panel = Playground(settings=Settings(**OTHER))
    pictures: list[object] = []
    panel.picture.observe(pictures.append, names="value")
    press(panel, name)
    assert panel.game.settings == PRESETS[name] and panel.game.round == 0
    shown = {each: control.value for each, control in panel.settings.items()}
    assert shown == {each: getattr(PRESETS[name], each) for each in shown}
    assert len(pictures) == 1 and panel.picture.value == Playground(name).picture.value


def test_a_preset_goes_on_playing() -> None:
    panel = Playground()
    press(panel, "play")
    see(panel)
    press(panel, list(PRESETS)[1])
    see(panel)
    assert panel.game.round == panel.controls["speed"].value


def test_settings_that_no_slider_has_are_shown_and_kept() -> None:
    settings = Settings(generator_rate=1e-7, hidden=50, seed=4711, penalty=25.0, batch=64)
    panel = Playground(settings=settings)
    assert panel.game.settings == settings
    press(panel, "one_round", next(iter(PRESETS)))
    panel.start(settings)
    press(panel, "one_round")
    assert panel.game.settings == settings and panel.controls["seed"].value == 4711


def test_a_number_reported_in_another_way_changes_nothing() -> None:
    panel = Playground(settings=Settings(beta_1=0.3))
    panel.controls["beta_1"].value = 0.1 + 0.2
    press(panel, "one_round")
    assert panel.game.settings.beta_1 == 0.3


def test_what_is_drawn_on_the_pad_becomes_the_target() -> None:
    panel = Playground()
    assert panel.pad is None
    panel.controls["target"].value = "drawn"
    assert panel.game.settings.drawn and panel.pad.points  # there is something to begin with
    panel.pad.clear.click()
    assert (
        panel.game.settings.drawn and not panel.problem.value
    )  # and a game goes on until the first new point
    before = panel.picture.value
    panel.pad.cells[-1.75, 2.25].value = True
    assert panel.game.settings.drawn == ((-1.75, 2.25),)
    assert np.abs(panel.layers.real - (-1.75, 2.25)).max() < 0.6 and panel.picture.value != before
    panel.pad.cells[1.25, -0.25].value = True
    assert set(panel.game.settings.drawn) == {(-1.75, 2.25), (1.25, -0.25)}
    assert "your drawing" in panel.alt()
    panel.controls["target"].value = "ring"
    press(panel, "one_round")
    assert panel.game.settings.target == "ring" and "a ring of eight" in panel.alt()


def test_a_stroke_over_the_pad_is_one_change_of_the_target() -> None:
    panel = Playground(settings=Settings(target="drawn", drawn=((2.75, -2.75),)))
    pictures = []
    panel.picture.observe(lambda change: pictures.append(change["new"]), names="value")
    panel.pad.stroke.value = "1 on 0 1 2"
    assert set(panel.game.settings.drawn) == {(-2.75, 2.75), (-2.25, 2.75), (-1.75, 2.75), (2.75, -2.75)}
    assert len(pictures) == 1 and all(cell.button_style for cell in list(panel.pad.cells.values())[:3])
    panel.pad.clear.click()
    assert "old drawing is the target" in panel.pad.hint.value and len(panel.game.settings.drawn) == 4
    panel.pad.stroke.value = "2 on 7"
    assert panel.game.settings.drawn == panel.pad.points == ((0.75, 2.75),) and panel.pad.hint.value == ""


def test_a_drawing_given_in_settings_is_on_the_pad() -> None:
    panel = Playground(settings=Settings(target="drawn", drawn=((0.25, 0.75), (2.25, 0.75))))
    assert set(panel.pad.points) == {(0.25, 0.75), (2.25, 0.75)}
    panel.start(Settings(target="drawn", drawn=((1.25, 1.25),)))
    press(panel, "one_round")
    assert panel.pad.points == ((1.25, 1.25),) == panel.game.settings.drawn


def test_slow_motion_walks_through_a_round_in_five_stages() -> None:
    panel = Playground()
    played = Playground()
    press(played, "one_round")
    seen = []
    for number, name in enumerate(NAMES, 1):
        press(panel, "slow")
        alt, pixels = picture_of(panel.picture.value)
        assert f"Stage {number} of 5, {name}." in panel.caption.value and f"Stage {number} of 5" in alt
        seen.append(pixels[:, :540].tobytes())
    assert len(set(seen)) == 5
    assert panel.game.round == 1 and np.array_equal(panel.layers.fake, played.layers.fake)
    press(panel, "slow")
    assert "Stage 1 of 5" in panel.caption.value
    press(panel, "play")
    see(panel)
    assert panel.caption.value == "" and "Stage" not in panel.alt()


def test_copy_as_code_is_the_program_of_the_present_settings() -> None:
    panel = Playground()
    assert panel.program.layout.display == "none"
    panel.controls["speed"].value = 10
    press(panel, "play")
    see(panel, 3)
    panel.controls["code"].value = True
    assert panel.program.layout.display != "none" and panel.program.value == as_code(panel.game.settings, 30)
    panel.controls["penalty"].value = 2.0
    assert panel.program.value == as_code(panel.game.settings, 30, replayable=False)
    assert "2.0" in panel.program.value
    see(panel)  # a picture that was under way
    assert not panel.animation.playing and panel.program.layout.display != "none"
    assert panel.program.layout.flex_flow == "column"  # its words above it
    press(panel, "play")
    see(panel)
    assert not panel.controls["code"].value and panel.program.layout.display == "none"


@pytest.mark.parametrize("target", TARGETS)
def test_the_words_follow_the_picture(target: str) -> None:
    panel = Playground()
    panel.controls["target"].value = target
    panel.controls["speed"].value = 20
    press(panel, "play")
    see(panel)
    alt, _ = picture_of(panel.picture.value)
    losses = panel.game.history["discriminator_loss"][-1], panel.game.history["generator_loss"][-1]
    assert f"A GAN learns {TARGETS[target]}. Round 20; loss of D {losses[0]:.2f}, of G {losses[1]:.2f}" in alt
    modes = len(panel.game.settings.modes())
    assert (f" of {modes}; KL" in alt) if modes else ("modes" not in alt)


def test_numbers_that_overflow_are_told_and_not_fatal() -> None:
    panel = Playground(
        settings=Settings(optimizer="sgd", generator_rate=10.0, discriminator_rate=10.0, loss="least_squares")
    )
    panel.controls["speed"].value = 50
    press(panel, "play")
    see(panel, 4)
    assert not panel.problem.value and "overflow" in panel.message.value
    press(panel, "reset")
    assert "overflow" not in panel.message.value


def test_without_a_kernel_a_trained_state_is_seen_and_the_game_is_not_touched() -> None:
    panel = Playground()
    alt, pixels = picture_of(panel._without_kernel())
    assert f"Round {STILL}" in alt and len(np.unique(pixels)) > 20
    assert panel.game.round == 0 and "Round 0" in panel.alt()


def test_an_unknown_preset_is_told_in_one_line() -> None:
    with pytest.raises(CourseError, match=r"There is no preset 'fine'; choose among .*healthy"):
        Playground("fine")


@pytest.mark.slow
def test_a_thousand_rounds_leave_nothing_behind_but_their_numbers() -> None:
    panel = Playground()
    panel.controls["speed"].value = 10
    press(panel, "play")

    def things() -> int:
        gc.collect()
        return len(gc.get_objects())

    see(panel, 45)
    begin = things()
    see(panel, 100)
    assert (
        panel.game.round == 1450 and things() - begin < 200
    )  # two for each picture would be one kept thing more


def test_arrows_have_one_scale_in_all_pictures() -> None:
    """A push that has vanished is seen to be gone, and one of a hundred stays on the picture."""
    game, drawing = Game(), PlaygroundPicture()
    layers = game.layers()
    east = np.array([[1.0, 0.0]])
    for push, length in ((1e-6, 0.0007), (0.25, 0.35), (1.0, 0.7), (100.0, 1.2), (0.0, 0.0)):
        pushed = replace(layers, arrows=np.repeat(push * east, len(layers.fake), axis=0))
        drawing.update(pushed, ["arrows"], game)
        begin, end = np.moveaxis(drawing.plane.arrows.get_segments(), 1, 0)
        assert end - begin == pytest.approx(np.repeat(length * east, len(begin), axis=0), abs=1e-6)


@pytest.mark.parametrize(
    ("target", "ticks"), [("ring", [0, 4, 8]), ("grid", [0, 12, 25]), ("clusters", [0, 1, 2])]
)
def test_the_axis_of_the_modes_goes_to_their_number(target: str, ticks: list[int]) -> None:
    panel = Playground(settings=Settings(target=target))
    axes = panel._drawing.curves["modes"].axes
    assert list(axes.get_yticks()) == ticks and ticks[-1] < axes.get_ylim()[1] < 1.1 * ticks[-1]
    panel.controls["target"].value = "moons"  # which has none
    assert list(axes.get_yticks()) == [0, 1]


def test_modes_of_an_earlier_target_stay_on_the_chart() -> None:
    game, drawing = Game(Settings(target="grid")), PlaygroundPicture()
    game.play(20)
    game._rows[:, ROW.index("modes")] = 25
    game.change(target="ring")
    drawing.update(game.layers(), [], game)
    assert drawing.curves["modes"].axes.get_ylim()[1] > 25
