"""The questions of an audit, asked of generators of which the answers are known."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from course_lib.audit import questions_of_memory as memory
from course_lib.audit import questions_of_use as use
from course_lib.audit.auditing import QUESTIONS
from course_lib.audit.energy import training_energy
from tests.audit.subjects_at_hand import CLASSES, FRESH, TRAINING, Judge, pictures, subject, unknown


@pytest.fixture(autouse=True, scope="module")
def few_marks():
    """The mark is tried on three pictures instead of twenty, which take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use, "MARKED", 3)
        yield


HALF_COPIED = np.concatenate([TRAINING[:150], FRESH[:150]])


def test_copies_are_counted_and_shown_with_what_they_copy() -> None:
    honest, half = (memory.of_copies(subject(drawn)) for drawn in (FRESH, HALF_COPIED))
    assert honest.numbers["low"] <= 0.01 and honest.numbers["copies"] < 12
    assert half.numbers["low"] < 0.5 < half.numbers["high"] and "150 of 300" in half.said
    assert len(half.pairs) == memory.PAIRS
    for pair in half.pairs:
        assert pair.generated.dtype == np.uint8 and (pair.generated == pair.training).all()
        assert "0.00 apart" in pair.said and "within the threshold" in pair.said and "copy" in pair.caption
    assert all("beyond" in pair.said or "copy" in pair.caption for pair in honest.pairs)
    assert all(
        ", nearest: " in pair.caption for pair in honest.pairs
    )  # what the training picture is, not the drawn one


def test_large_pictures_are_averaged_before_they_are_compared() -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (2, 64, 64, 3))
    found = memory._compared(images)
    assert found.shape == (2, 32, 32, 3) and found[1, 3, 5, 2] == pytest.approx(
        images[1, 6:8, 10:12, 2].mean()
    )
    assert memory._compared(images[:, :63]).shape == (2, 63, 64, 3)  # cannot be halved


def test_membership_is_chance_for_fresh_pictures_and_plain_for_copies() -> None:
    honest, copied = (memory.of_membership(subject(drawn)).numbers for drawn in (FRESH, TRAINING))
    assert honest["low"] < 0.5 < honest["high"] and honest["members"] == honest["others"] == 300
    assert copied["auc"] > 0.99


def test_the_discriminators_word_goes_to_the_picture_it_is_about() -> None:
    """This one says how bright a picture's first pixel is, and those of the members are brightest."""
    known = subject().reference
    training, held_out = known.training.copy(), known.held_out.copy()
    training[:, 0, 0], held_out[:, 0, 0] = 1, -1
    images = keras.Input((16, 12, 3))
    logit = keras.layers.Flatten()(images[:, :1, :1, :1])
    asked = subject(
        reference=known._replace(training=training, held_out=held_out),
        discriminator=keras.Model(images, logit),
    )
    assert memory.of_membership_by_discriminator(asked).numbers["auc"] == 1


def test_a_dropped_class_is_named_and_a_judge_who_errs_too_often_is_not_asked() -> None:
    fair = use.of_shares(subject()).numbers
    assert fair["dropped"] == fair["seldom"] == fair["often"] == [] and fair["total_variation"] == 0
    finding = use.of_shares(subject(pictures(np.arange(300) % 2, 5)))
    assert finding.numbers["dropped"] == ["bright"] and finding.numbers["often"] == ["dark", "grey"]
    assert "Dropped: bright" in finding.said and [bar.name for bar in finding.bars] == list(CLASSES)
    assert finding.numbers["total_variation"] == pytest.approx(1 / 3)
    bad = use.of_shares(subject(judge=Judge(errs=3)))
    assert not bad.is_measured and "only 67 % of 300" in bad.said


def test_the_corrected_shares_are_those_of_a_judge_without_errors() -> None:
    drawn = pictures(np.repeat([0, 1, 2], [200, 70, 30]), 5)
    bars = use.of_shares(subject(drawn, Judge(errs=8))).bars
    for bar, true in zip(bars, (200 / 300, 70 / 300, 30 / 300), strict=True):
        assert abs(bar.corrected - true) < 0.02 and bar.corrected_low < true < bar.corrected_high
    assert abs(bars[2].share - 0.1) > 0.005


def test_a_mark_is_found_where_one_was_put_and_nowhere_else() -> None:
    found = use.of_watermark(subject()).numbers
    assert (found["taken_for_marked"], found["recognised"], found["pictures"]) == (0, 3, 3)
    grey = use.of_watermark(subject(FRESH[..., :1])).numbers
    assert grey["recognised"] == 3 and grey["edge"] >= use.EDGE


def test_energy_is_that_of_its_own_function_with_all_assumptions() -> None:
    finding = use.of_energy(subject())
    found = training_energy(60, 2)
    assert finding.numbers["kwh_high"] == found.kwh_high and finding.lines == found.assumptions
    assert "0.13 and 2.4 Wh of electricity, and 0.004 to 1.7 g" in finding.said


def test_what_is_not_known_is_said_by_name_and_nothing_is_left_out() -> None:
    found = {name: ask(unknown()) for name, ask in QUESTIONS.items()}
    assert {name for name, each in found.items() if each.is_measured} == {"watermarks"}
    for name, each in found.items():
        if name != "watermarks":
            assert each.said.startswith("Not measured: ") and each.title.endswith("?"), name
    same = subject(reference=subject().reference._replace(same_pictures=True, judge=None))
    assert "no picture of the same source" in memory.of_membership(same).said
    assert "no picture of the same source" in memory.of_membership_by_discriminator(same).said
    assert "other crops" in memory.of_copies(same).said and "have no classes" in use.of_shares(same).said


def test_each_number_can_stand_in_json_beside_what_it_means_and_does_not_mean() -> None:
    for ask in QUESTIONS.values():
        found = ask(subject())
        json.dumps(found.numbers, allow_nan=False)
        assert found.is_measured == bool(found.means) == bool(found.not_means)
