"""What lesson 04 says of its loops and its patients is so in the Keras at hand."""

from __future__ import annotations

import re
import warnings

import keras
import numpy as np
import pytest

from tests.lessons.conftest import printed_with_stubs

pytestmark = pytest.mark.slow  # the fixture runs the whole lesson


@pytest.fixture(scope="module")
def printed() -> str:
    return printed_with_stubs("04")


def numbers(pattern: str, text: str) -> list[float]:
    found = re.findall(pattern, text, re.M)
    assert found, pattern
    return [float(number.replace(",", "")) for number in found]


def test_the_usual_recipe_never_trains_the_discriminator(printed: str) -> None:
    assert numbers(r"largest change of a weight of G: ([\d.]+)", printed)[0] > 0.001
    assert numbers(r"largest change of a weight of D: ([\d.]+)", printed) == [0]
    moved = re.findall(r"batch of (\d+), trainable=(\w+): D (.+)", printed)
    assert moved[0] == ("64", "True", "moved")
    assert moved[1] == ("64", "False", "moved")  # the graph of the first call
    assert moved[2][2] == moved[3][2] == "did not move"  # another size, traced while frozen


def test_the_ways_agree_and_move(printed: str) -> None:
    movement = numbers(r"largest movement in five steps: ([\d.]+)", printed)[0]
    differences = numbers(r"differs from GradientTape by at most ([\d.e+-]+)", printed)
    assert len(differences) == 4 and max(differences) < 1e-5 < movement / 5000
    assert movement == pytest.approx(0.11, abs=0.01)
    assert numbers(r"largest weight at the start: ([\d.]+)", printed)[0] == pytest.approx(0.30, abs=0.01)
    assert min(numbers(r"(?:left out|for D) +differs by ([\d.e+-]+)", printed)) > 1e-3


def test_a_smaller_network_scores_worse_and_all_beat_noise(printed: str) -> None:
    distances = numbers(r"hidden units, .* distance +([\d.]+)", printed)
    real, noise = numbers(r"pictures, (?:real|noise): +distance +([\d.]+)", printed)
    assert len(distances) == 3 and distances[2] < 20
    assert [noise, *distances, real] == sorted([noise, *distances, real], reverse=True)


def test_the_patients_have_their_symptoms(printed: str) -> None:
    before, after = (
        numbers(r"pixels below 0: (\d+)% before", printed)[0],
        numbers(r"training, (\d+)% after", printed)[0],
    )
    assert after < before / 2
    assert numbers(r"patient 2: L_D ends at (-?[\d.]+)", printed)[0] < -1
    ends = re.findall(r"patient 3: both losses end at \[([^\]]+)\]", printed)[0]
    assert max(map(float, ends.split())) < 0.1
    low, floor = re.findall(r"patient 4: smallest L_D in \d+ steps ([\d.]+), floor ([\d.]+)", printed)[0]
    assert float(floor) <= float(low) < 0.65
    low, high = re.findall(r"patient 4: L_G between ([\d.]+) and ([\d.]+)", printed)[0]
    assert 0.313 <= float(low) < float(high) <= 0.693
    drops = dict(re.findall(r"by (-?[\d.]+) if (G alone|D alone|both) moved", printed))
    drops = {who: float(drop) for drop, who in drops.items()}
    assert drops["D alone"] > drops["G alone"] > 0


def test_keras_rescues_a_second_sigmoid_only_while_it_sees_the_first(printed: str) -> None:
    right = numbers(r"right would be ([\d.]+)", printed)[0]
    rows = re.findall(r"^(the .+?) +([\d.]+), (warned|no warning)$", printed, re.M)
    assert [row[2] for row in rows] == ["warned", "no warning", "no warning", "no warning"]
    assert float(rows[0][1]) == pytest.approx(right, abs=1e-3)
    assert all(float(row[1]) > right + 0.1 for row in rows[1:])


def test_a_loss_of_verdicts_stands_still_where_a_loss_of_logits_grows(printed: str) -> None:
    rows = re.findall(
        r"^logits -\d+ and \d+: exactly (.+), yours (.+), with the sigmoid (.+)$", printed, re.M
    )
    exactly, yours, kept = np.array(rows, float).T
    assert np.allclose(yours, exactly, atol=0.01) and np.allclose(kept[:2], exactly[:2], atol=0.01)
    assert kept[2] == kept[3] == pytest.approx(32, abs=0.1) and exactly[2] > kept[2]


def test_each_check_says_what_the_lesson_goes_on_with(printed: str) -> None:
    unsolved = re.findall(r"not (?:written )?yet\b", printed)
    assert len(unsolved) == printed.count("goes on with the course's own ") >= 8


@pytest.mark.parametrize("trainable_at_the_first_call", [True, False])
def test_trainable_is_read_at_the_first_call(trainable_at_the_first_call: bool) -> None:
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    network.compile(optimizer="sgd", loss="mse")
    batch = np.ones((4, 3), "float32"), np.zeros((4, 1), "float32")
    network.trainable = trainable_at_the_first_call
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.train_on_batch(*batch)
        network.trainable = not trainable_at_the_first_call
        before = network.get_weights()
        network.train_on_batch(*batch)
    moved = any(np.any(now != then) for now, then in zip(network.get_weights(), before, strict=True))
    assert moved is trainable_at_the_first_call
