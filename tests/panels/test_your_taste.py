"""One's own taste: real buttons clicked as the browser does, and words that say no more than twenty answers allow."""

from __future__ import annotations

import re

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.panels import your_taste
from course_lib.panels.your_taste import KEYS, YourTaste, told
from course_lib.scores.intervals import exact_interval
from tests.panels.shown_picture import picture_of

COUNT = 24
BRIGHTNESS = np.linspace(-1, 1, COUNT)
IMAGES = np.broadcast_to(BRIGHTNESS[:, None, None, None], (COUNT, 10, 20, 3)).astype("float32")
FEATURES = np.stack([2 * BRIGHTNESS, np.zeros(COUNT)], axis=1)


def panel(**options: object) -> YourTaste:
    return YourTaste(IMAGES, FEATURES, **{"count": 12, "held_out": 5, **options})


def lighter_side(shown: YourTaste) -> str:
    _, pixels = picture_of(shown.picture.value)
    half = pixels.shape[1] // 2
    return "left" if pixels[:, : half // 2].mean() > pixels[:, -half // 2 :].mean() else "right"


def judged(shown: YourTaste) -> YourTaste:
    while not shown.finished:
        shown.buttons[lighter_side(shown)].click()
    return shown


def test_who_likes_light_is_told_so() -> None:
    shown = panel()
    for number in range(1, 13):
        assert picture_of(shown.picture.value)[0].startswith(f"Pair {number} of 12: two creations.")
        assert f"Pair {number} of 12" in shown.message.value
        assert ("does not learn from this one" in shown.message.value) == (number > 7)
        shown.buttons[lighter_side(shown)].click()
    low, high = exact_interval(5, 5)
    assert (
        "You chose in 7 of the 7 pairs that the model learns from. Of 5 held-out answers it foretold 5."
        in (shown.message.value)
    )
    assert f"between {low:.2f} and {high:.2f}" in shown.message.value
    assert shown.asked.ranked()[:3].tolist() == [23, 22, 21]
    assert shown.alt().startswith("The creations that the model believes you like best, and least.")
    assert all(shown.buttons[name].disabled for name in KEYS) and not shown.buttons["undo"].disabled


def test_at_the_end_the_best_stand_above_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, draw = [], your_taste.plots.image_grid
    monkeypatch.setattr(
        your_taste.plots,
        "image_grid",
        lambda images, **options: shown.append((images, options["captions"])) or draw(images, **options),
    )
    judged(panel())
    images, captions = shown[-1]
    np.testing.assert_allclose(
        images[:, 0, 0, 0] / 255 * 2 - 1, [*BRIGHTNESS[:-6:-1], *BRIGHTNESS[4::-1]], atol=0.01
    )
    assert captions[0] == "best 1" and captions[5:] == [f"worst {place}" for place in (5, 4, 3, 2, 1)]


def test_neither_goes_on_and_teaches_nothing() -> None:
    shown = panel()
    while not shown.finished:
        shown.buttons["neither"].click()
    assert "You chose in 0 of the 7 pairs" in shown.message.value
    assert "So the model learned nothing, and foretells nothing." in shown.message.value
    assert (shown.asked.belief().mean == 0).all()


def test_who_answers_held_out_pairs_only_is_not_told_that_guessing_does_better() -> None:
    """A model that learned nothing agrees with nobody: 0 of 5 would look worse than a coin."""
    shown = panel()
    for name in ["neither"] * 7 + ["left"] * 5:
        shown.buttons[name].click()
    assert shown.asked.agreement() == (0, 0)
    assert "foretells nothing" in shown.message.value and "Guessing" not in shown.message.value


def test_held_out_pairs_that_are_not_answered_say_nothing() -> None:
    shown = panel()
    for name in ["left"] * 7 + ["neither"] * 5:
        shown.buttons[name].click()
    assert "No held-out pair was answered, so nothing says whether the model is right." in shown.message.value


def test_clicks_too_many_and_a_test_of_one_pair_do_no_harm() -> None:
    shown = panel(count=1, held_out=0)
    for name in ("undo", "right", "left", "neither", "right"):  # after the end: buttons that are off
        shown.buttons[name].click()
    assert shown.finished and [answer.side for answer in shown.asked.answers] == [1]
    for _ in range(3):
        shown.buttons["undo"].click()
    assert shown.asked.answers == [] and "Pair 1 of 1" in shown.message.value and not shown.problem.value


def test_an_answer_can_be_taken_back_even_the_last() -> None:
    shown = panel()
    assert shown.buttons["undo"].disabled
    first = shown.picture.value
    shown.buttons["left"].click()
    second = shown.picture.value
    shown.buttons["undo"].click()
    assert shown.picture.value == first != second and shown.buttons["undo"].disabled
    judged(shown)
    shown.buttons["undo"].click()
    assert (
        not shown.finished and "Pair 12 of 12" in shown.message.value and not shown.buttons["left"].disabled
    )


def test_again_forgets_all_and_begins_with_the_same_pair() -> None:
    shown = panel()
    first = shown.picture.value
    judged(shown).buttons["again"].click()
    assert shown.asked.answers == [] and shown.picture.value == first and not shown.buttons["left"].disabled


def test_the_keyboard_is_not_left_on_the_button_that_forgets_all_answers() -> None:
    """The browser gives the focus of a button that is switched off to the first one that is on."""
    assert list(panel().buttons) == ["left", "neither", "right", "undo", "again"]


def test_buttons_say_by_which_key_they_are_pressed() -> None:
    shown = panel()
    for name, key in (("left", "ArrowLeft"), ("neither", "Space"), ("right", "ArrowRight")):
        assert f"course-key-{key}" in shown.buttons[name]._dom_classes
    for name in ("undo", "again"):
        assert not [each for each in shown.buttons[name]._dom_classes if "course-key" in each]


def test_pages_without_a_kernel_see_how_it_ends_for_somebody_else(capsys: pytest.CaptureFixture) -> None:
    shown = panel(example=[1.0, 0.0])
    page = shown._without_kernel()
    assert page.count("<img") == 2 and page.startswith('<img alt="The first of 12 pairs')
    assert "Somebody of a known taste chose in 7 of the 7 pairs" in page and "it foretold 5" in page
    assert shown.asked.answers == []
    assert panel()._without_kernel().count("<img") == 1
    shown.show()
    assert "Your taste in 12 clicks" in capsys.readouterr().out


def test_the_words_carry_an_interval_that_holds_the_share() -> None:
    said = told(judged(panel(held_out=3)).asked, "Somebody")
    agreed, low, high = (
        float(each) for each in re.findall(r"foretold (\d).* between (\d\.\d+) and (\d\.\d+)", said)[0]
    )
    assert low <= agreed / 3 <= high and "Guessing (0.50) lies in between" in said


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: YourTaste(IMAGES, FEATURES[:5]), "Each picture has its features"),
        (lambda: YourTaste(IMAGES[0], FEATURES), "Each picture has its features"),
        (lambda: YourTaste(IMAGES, 1.0), "Each picture has its features"),
        (lambda: YourTaste(IMAGES[:1], FEATURES[:1]), "two creations are needed"),
        (lambda: YourTaste(IMAGES, FEATURES + np.inf), "finite"),
        (lambda: YourTaste(IMAGES, np.where(FEATURES > 1, np.nan, FEATURES)), "finite"),
        (lambda: YourTaste(IMAGES, FEATURES.astype(str)), "Features are numbers"),
        (lambda: YourTaste(IMAGES + np.nan, FEATURES), "must lie in"),
        (lambda: panel(held_out=12), "held_out is how many"),
        (lambda: panel(count=True), "count is how many pairs"),
        (lambda: panel(example=["light", "dark"]), "Values of an example's taste are numbers"),
        (lambda: panel(example=[1.0]), "one finite number for each of 2 features"),
        (lambda: panel(example=[np.nan, 1.0]), "one finite number for each of 2 features"),
        (lambda: panel(count=101), "count is how many pairs"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_the_test(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
