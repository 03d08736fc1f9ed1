"""The blind choice by ear: real buttons clicked as the browser does, sounds taken out of their players."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.media import sound
from course_lib.panels.hear_two import HearTwo, NearestTune
from course_lib.scores.intervals import exact_interval
from tests.panels.shown_picture import picture_of

COUNT = 6
HIGH = [np.array([[81, 4], [83, 4], [0, 2], [76 + number, 6]]) for number in range(COUNT)]
LOW = [np.array([[69, 4], [71, 4], [0, 2], [64 + number, 6]]) for number in range(COUNT)]
METHODS = {"treble": HIGH, "bass": LOW}
NEAREST = {"treble": [NearestTune(f"Old tune {number}", HIGH[number][:2], 2) for number in range(COUNT)]}
QUESTION = "Which is higher?"


def sounds(panel: HearTwo) -> list[np.ndarray]:
    """The waveform in each player of the page."""
    players = re.findall(r'<audio [^>]*src="data:audio/wav;base64,([^"]+)"', panel.picture.value)
    return [np.frombuffer(base64.b64decode(each)[44:], "uint8").astype(float) - 128 for each in players]


def higher_side(panel: HearTwo) -> str:
    """By the sound alone: where the waveform crosses zero more often."""
    left, right = (np.abs(np.diff(np.signbit(each))).sum() for each in sounds(panel)[:2])
    return "left" if left > right else "right"


def judged(panel: HearTwo, side: str = "left") -> HearTwo:
    while not panel.finished:
        panel.buttons[side].click()
    return panel


def test_who_hears_the_difference_always_chooses_the_same() -> None:
    panel = HearTwo(METHODS, QUESTION, seed=3)
    sides = []
    for number in range(1, COUNT + 1):
        assert picture_of(panel.picture.value)[0].startswith(f"Pair {number} of 6: two tunes. {QUESTION}")
        assert len(sounds(panel)) == 2 and QUESTION in panel.message.value
        sides.append(higher_side(panel))
        panel.buttons[sides[-1]].click()
    assert panel.finished and panel.chosen == ["treble"] * COUNT and set(sides) == {"left", "right"}
    low, high = exact_interval(COUNT, COUNT)
    assert "treble 6 times of 6" in panel.message.value and f"{low:.2f} and {high:.2f}" in panel.message.value


def test_nothing_is_given_away_and_nothing_sounds_before_it_is_asked_for() -> None:
    panel = HearTwo(METHODS, QUESTION, NEAREST)
    for _ in range(COUNT):
        for told in (panel.picture.value, panel.message.value, panel.alt()):
            assert not re.search("treble|bass|Old tune|nearest", told)
        assert "autoplay" not in panel.picture.value and panel.buttons["next pair"].disabled
        page = panel.picture.value
        assert page.index("<details>") < page.index("<img"), "the notes are folded: it is a test by ear"
        panel.buttons["left"].click()
    assert panel.finished


def test_at_the_end_all_pairs_are_heard_again_each_with_its_nearest_example_one_click_away() -> None:
    panel = judged(HearTwo(METHODS, QUESTION, NEAREST, seed=1))
    assert panel.buttons["left"].disabled and panel.buttons["right"].disabled
    seen = []
    for number in range(COUNT):
        page = panel.picture.value
        which = panel.pairs.order[number]
        side = "left" if panel.pairs.on_the_left[number] == 0 else "right"
        summary = f"<summary>nearest training example of the {side} one: Old tune {which}, 2 notes in common</summary>"
        before, after = page.split(summary)
        assert (
            before.endswith("<details>") and page.count("nearest training example") == 2
        )  # summary and words
        assert after.startswith("<figure") and "<img" in after
        assert (
            f"pair {number + 1}, {side}: treble" in page and page.count("(your choice)") == 3
        )  # twice in words for machines
        nearest = sounds(panel)[2]
        assert len(nearest) == round(sound.seconds(HIGH[0][:2]) * sound.RATE)
        seen.append(panel.looked_at)
        panel.buttons["next pair"].click()
    assert seen == list(range(COUNT)) and panel.looked_at == 0


def test_the_keyboard_is_not_left_on_the_button_that_forgets_all_answers() -> None:
    """The browser gives the focus of a button that is switched off to the first one that is on."""
    panel, said = HearTwo(METHODS, QUESTION), []
    for name, button in panel.buttons.items():
        button.observe(lambda change, name=name: said.append((name, change["new"])), names="disabled")
    judged(panel)
    assert said == [("next pair", False), ("left", True), ("right", True)]


def test_clicks_too_many_change_nothing_and_the_next_test_is_another() -> None:
    panel = HearTwo(METHODS, QUESTION)
    first = panel.pairs.on_the_left.copy()
    for _ in range(COUNT + 5):
        panel.buttons["left"].click()
    assert len(panel.chosen) == COUNT
    panel.buttons["next pair"].click()
    panel.buttons["again"].click()
    assert panel.chosen == [] and not panel.buttons["left"].disabled and panel.buttons["next pair"].disabled
    assert picture_of(panel.picture.value)[0].startswith("Pair 1 of 6")
    assert not np.array_equal(panel.pairs.on_the_left, first)


def test_pages_without_a_kernel_get_all_pairs_drawn_and_who_is_who_folded(
    capsys: pytest.CaptureFixture,
) -> None:
    panel = HearTwo(METHODS, QUESTION, NEAREST)
    page = panel._without_kernel()
    shown, folded = page.split("<details>")
    assert page.startswith('<img alt="6 pairs of tunes') and "<audio" not in page
    assert not re.search("treble|bass|Old tune", shown)
    for number in range(COUNT):
        first = "treble" if panel.pairs.on_the_left[number] == 0 else "bass"
        assert f"{number + 1} {first} | " in folded
        assert f"Old tune {number}, 2 notes in common" in folded
    panel.show()
    assert "A blind choice by ear between two methods, 6 pairs" in capsys.readouterr().out


def test_names_titles_and_questions_are_words_and_no_html() -> None:
    old = [NearestTune("<i>Old", HIGH[0], 4)]
    panel = judged(HearTwo({"<b>a": HIGH[:1], 2: LOW[:1]}, "a < b?", {2: old}))
    for page in (panel.picture.value, panel._without_kernel(), panel.message.value):
        assert not re.search("<b>a|<i>Old|a < b", page)
    assert "&lt;i&gt;Old" in panel.picture.value and panel.buttons["next pair"].disabled


@pytest.mark.parametrize(
    ("methods", "nearest", "says"),
    [
        ({"a": HIGH}, {}, "takes two methods with 1 to 20 tunes each, .* but got 6"),
        ({"a": HIGH, "b": LOW[1:]}, {}, "but got 6, 5"),
        ({"a": [], "b": []}, {}, "but got 0, 0"),
        ({}, {}, "but got none"),
        ({"a": HIGH * 4, "b": LOW * 4}, {}, "but got 24, 24"),
        ([HIGH, LOW], {}, "methods is a dict of two names with lists of notes, not a list"),
        ({"a": [[[60, 65]]], "b": LOW[:1]}, {}, r"8\.1 s is too long to be judged: .*sound\.beginning"),
        ({"a": [[]], "b": LOW[:1]}, {}, "There is no note"),
        (METHODS, {"treble": []}, "nearest has 0 for treble and there are 6 tunes"),
        (METHODS, {"alto": [None] * 6}, "nearest names alto, which is none"),
        (METHODS, {"bass": [NearestTune("x", [[1, 1]], 3)] * 6}, "Note 0"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_the_test(methods, nearest, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        HearTwo(methods, QUESTION, nearest)
