"""data/titles.csv and data/titles_drawn.csv: whole, of one making, and with what lesson 13 says of them."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets import texts as titles
from course_lib.datasets.tables import read_rows
from course_lib.models import text_gan
from course_lib.scores import texts as scores
from tests import data_scripts

GANS = [*(f"gan_{method}" for method in text_gan.METHODS), "gan_gumbel_softmax_0.3"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_titles")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return read_rows("titles.csv")


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in read_rows("titles_drawn.csv"):
        found.setdefault(row["model"], []).append(row["title"])
    return found


def of(rows: list[dict[str, str]], model: str, column: str) -> np.ndarray:
    """A column of one model's rows at temperature 1, by seed."""
    return np.array(
        [float(row[column]) for row in rows if row["model"] == model and row["temperature"] in ("", "1.0")]
    )


def test_the_table_is_whole_and_in_order(script: ModuleType, rows) -> None:
    assert tuple(rows[0]) == script.COLUMNS
    assert script.missing(script.SECONDS) == []
    assert [script.place(row) for row in rows] == sorted(script.place(row) for row in rows)
    for model in ("n-gram", "recurrent"):
        found = [float(row["temperature"]) for row in rows if row["model"] == model]
        assert found == [*script.TEMPERATURES] * len(script.SEEDS)
    for row in rows:
        if row["budget"]:  # a run ends with the block of steps in which its budget is spent, or its look
            assert 1 <= float(row["processor_seconds"]) / float(row["budget"]) < 1.35


def test_only_what_has_a_likelihood_has_bits(rows) -> None:
    for row in rows:
        assert bool(row["bits"]) == (
            row["model"] in ("n-gram", "recurrent", "attention") and row["temperature"] == "1.0"
        )


def test_who_wins(rows) -> None:
    """The n-gram: its letters are nearest to those of held-out titles, its words are known as often as theirs."""
    best, *others = (
        {column: of(rows, model, column) for column in ("ngram_distance", "known_words")}
        for model in ("n-gram", "recurrent", "attention", *GANS)
    )
    assert max(best["ngram_distance"]) < min(other["ngram_distance"].min() for other in others)
    assert min(best["known_words"]) > 3 * max(other["known_words"].max() for other in others)
    assert best["known_words"].mean() == pytest.approx(of(rows, "validation", "known_words").item(), abs=0.05)


def test_bits_of_n_gram_and_recurrent_network_are_within_their_error_and_attention_is_behind(rows) -> None:
    counted, recurrent, attention = (
        of(rows, model, "bits") for model in ("n-gram", "recurrent", "attention")
    )
    assert abs(counted[0] - recurrent.mean()) < 2 * of(rows, "recurrent", "bits_error").max()
    assert attention.min() > max(counted[0], recurrent.max()) + 0.1


def test_every_gan_is_behind_every_model_that_predicts(rows) -> None:
    predicting = max(
        of(rows, model, "ngram_distance").max() for model in ("n-gram", "recurrent", "attention")
    )
    for gan in GANS:
        assert of(rows, gan, "ngram_distance").min() > 1.3 * predicting


def test_no_model_gets_below_the_floor_of_real_titles(rows) -> None:
    floor = of(rows, "training", "ngram_distance").mean()
    for model in ("n-gram", "recurrent", "attention", *GANS):
        assert of(rows, model, "ngram_distance").mean() > floor


def test_what_is_new_is_easy_to_have(rows) -> None:
    """Every model writes nearly only new titles, GANs too, whose titles are no words: so novelty is no merit."""
    for gan in GANS:
        assert of(rows, gan, "novelty").min() > 0.95
        assert of(rows, gan, "known_words").max() < 0.05


def test_a_lower_temperature_is_more_words_and_less_variety(rows) -> None:
    def mean(model: str, temperature: str, column: str) -> float:
        found = [row[column] for row in rows if (row["model"], row["temperature"]) == (model, temperature)]
        return float(np.mean([float(value) for value in found]))

    for model in ("n-gram", "recurrent"):
        words = [mean(model, temperature, "known_words") for temperature in ("0.5", "0.75", "1.0", "1.25")]
        assert words == sorted(words, reverse=True)
        assert mean(model, "0.5", "distinct") < mean(model, "1.0", "distinct")
        assert mean(model, "0.5", "self_overlap") > mean(model, "1.0", "self_overlap") + 0.05


def test_titles_drawn_are_those_that_were_scored(rows, drawn: dict[str, list[str]]) -> None:
    parts = titles.split(titles.load_titles())
    assert list(drawn) == ["n-gram", "recurrent", "attention", *GANS]
    for model, made in drawn.items():
        assert len(made) == 1000
        assert scores.novelty(made, parts.train) == pytest.approx(of(rows, model, "novelty")[0], abs=1e-4)
        distance = scores.ngram_distance(made, parts.test)
        assert distance == pytest.approx(of(rows, model, "ngram_distance")[0], abs=1e-4)


def test_the_floor_is_what_the_data_say(rows) -> None:
    parts = titles.split(titles.load_titles())
    floors = [scores.floor(parts.train, parts.test, 1000, seed=seed) for seed in range(3)]
    np.testing.assert_allclose(floors, of(rows, "training", "ngram_distance"), atol=1e-4)
