"""data/couplets_table.csv: whole, of the script's columns, and who wins by it."""

from __future__ import annotations

import csv

import pytest

from course_lib import ROOT
from course_lib.models import pretrained_verses
from course_lib.scores.verses import CONDITIONS
from tests import data_scripts

ROWS = list(csv.DictReader((ROOT / "data" / "couplets_table.csv").read_text("utf-8").splitlines()))
MODELS = ("network", "baseline", "baseline_equal")


def cost(language: str, model: str, condition: str, column: str = "perplexity") -> float:
    (row,) = [
        row
        for row in ROWS
        if (row["language"], row["model"], row["condition"]) == (language, model, condition)
        and row["task"] == "likelihood"
    ]
    return float(row[column])


def written(language: str, model: str, way: str, column: str) -> float:
    (row,) = [
        row
        for row in ROWS
        if (row["language"], row["model"], row["condition"]) == (language, model, way)
        and row["task"] == "writing"
    ]
    return float(row[column])


LANGUAGES = sorted({row["language"] for row in ROWS})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_model_was_measured_in_every_condition(language: str) -> None:
    script = data_scripts.load("make_couplets")
    assert tuple(ROWS[0]) == script.COLUMNS
    for model in MODELS:
        for condition in CONDITIONS:
            low, value, high = (
                cost(language, model, condition, column) for column in ("low", "perplexity", "high")
            )
            assert 1 < low < value < high
    for way in ("greedy", "sample", "cooler", "beam"):
        assert written(language, "network", way, "self_rhymed") == 0
    assert written(language, "real", "dealt_anew", "rhyme_share") < 0.3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_small_and_told_about(language: str) -> None:
    path = ROOT / "data" / "pretrained" / f"{language}_verses.npz"
    assert path.stat().st_size < 900_000
    assert pretrained_verses.report(language)["language"] == language


def test_in_english_the_network_costs_less_than_counts_at_equal_rhymes_and_not_by_the_rhyme() -> None:
    assert cost("english", "network", "given", "high") < cost("english", "baseline_equal", "given", "low")
    rates = [
        written("english", model, "sample", "rhyme_share_known") for model in ("network", "baseline_equal")
    ]
    assert abs(rates[0] - rates[1]) < 0.05
    # Counts know the rhyming word better; what the network is better at is the way there.
    assert (
        cost("english", "network", "given", "bits_rhyme")
        > cost("english", "baseline", "given", "bits_rhyme") + 1
    )
    assert (
        cost("english", "network", "given", "bits_rest")
        < cost("english", "baseline", "given", "bits_rest") - 0.5
    )


def test_in_english_another_first_line_with_the_same_rhyme_takes_little_of_the_gain() -> None:
    own, other = (cost("english", "network", condition) for condition in ("given", "same_rhyme"))
    counts = cost("english", "baseline_equal", "same_rhyme")
    assert own < other < counts - 10 and (other - own) < 0.5 * (counts - own)
    assert cost("english", "network", "shuffled") > 300  # it trusts the sound that it is given
    assert own < cost("english", "network", "blind")


def test_in_english_the_likeliest_lines_are_copied_most() -> None:
    real = written("english", "real", "held_out", "novelty")
    assert 0.95 < real < 0.97
    assert (
        written("english", "network", "beam", "novelty")
        < written("english", "network", "greedy", "novelty")
        < real
    )
    assert (
        written("english", "network", "sample", "novelty")
        > written("english", "network", "cooler", "novelty")
        > real
    )
