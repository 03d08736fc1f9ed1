"""What lesson 12 says of its tunes, its models and its tables is so, and its solutions obey laws."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import itertools
import re
import wave
from collections.abc import Callable
from functools import cache
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.authoring.build import notebook_path
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.solutions import solved
from course_lib.datasets import melodies, tune_families
from course_lib.datasets.tables import read_rows
from course_lib.models.sequences import ngram, scoring
from course_lib.models.sequences.vocabulary import Vocabulary

SOURCE = find_source("12")
AUDIO_IN_ALL = 400_000
"""Bytes of stored sound, as the notebook holds it."""


@cache
def solution(name: str) -> Callable:
    """The lesson's own answer to an exercise."""
    names: dict = {"np": np, "itertools": itertools}
    exec(solved(load_lesson(SOURCE).exercises[name].source), names)
    return names[name]


def cell_with(text: str) -> str:
    (found,) = (
        cell.source for cell in load_lesson(SOURCE).cells if cell.kind == "code" and text in cell.source
    )
    return found


def column(name: str, what: str, value: str, of: str) -> np.ndarray:
    """A column of the rows of a table in data/ in which `what` is `value`."""
    return np.array([float(row[of]) for row in read_rows(name) if row[what] == value])


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    """The lesson's split, and its ids."""
    split = tune_families.split(melodies.load_melodies(), seed=0)
    normal = {
        name: [melodies.normalized(tune) for tune in getattr(split, name)]
        for name in ("train", "validation", "test")
    }
    words = Vocabulary.of([tune.events for tune in normal["train"]])
    ids = {name: [words.encode(tune.events) for tune in tunes] for name, tunes in normal.items()}
    return {"split": split, "words": words, **ids}


# The tables


def bits(model: str) -> np.ndarray:
    return column("melodies.csv", "model", model, "bits")


def test_both_networks_beat_counting_on_equal_compute_and_the_recurrent_one_by_more() -> None:
    spent = [column("melodies.csv", "model", each, "budget") for each in ("recurrent", "attention")]
    assert all((each == 40).all() for each in spent)
    assert bits("recurrent").max() < bits("attention").min() - 0.1
    assert bits("attention").max() < bits("n-gram").min() - 0.1 < bits("unigram").min() - 1


def test_an_answer_costs_the_network_less_than_copy_and_counting_and_the_copy_less_than_counting() -> None:
    rows = read_rows("melodies.csv")
    found = {
        row["model"]: [
            float(each["bits"]) for each in rows if (each["task"], each["model"]) == ("answers", row["model"])
        ]
        for row in rows
        if row["task"] == "answers"
    }
    assert max(found["network"]) < min(found["copy"]) < min(found["n-gram"]) < min(found["unigram"])


def test_transposition_saves_a_quarter_of_a_bit_on_few_tunes() -> None:
    saved = bits("recurrent_own_keys").mean() - bits("recurrent_transposed").mean()
    assert 0.15 < saved < 0.35


def bars(what: str, of: str) -> np.ndarray:
    return column("bars.csv", "what", what, of)


def test_counting_has_better_pitch_classes_and_intervals_than_the_gan_and_not_better_lengths() -> None:
    for of in ("pitch_class_distance", "interval_distance"):
        assert bars("ngram", of).max() < bars("gan", of).min(), of
        assert bars("ngram", of).mean() < bars("held_out", of).mean() + 0.01, of
    assert bars("gan", "length_distance").max() < bars("ngram", "length_distance").min()


def test_shuffled_notes_are_found_out_by_intervals_alone_and_soft_shares_come_no_nearer() -> None:
    for of in ("pitch_class_distance", "length_distance"):
        assert bars("shuffled", of).mean() < bars("held_out", of).mean() + 0.02
    assert bars("shuffled", "interval_distance").min() > 4 * bars("held_out", "interval_distance").max()
    soft, gan, gumbel = (bars(f"gan{kind}", "interval_distance") for kind in ("_softmax", "", "_gumbel"))
    assert soft.min() > gan.max() and soft.mean() > 0.8 * bars("shuffled", "interval_distance").mean()
    assert gumbel.min() < gan.max() and gan.min() < gumbel.max()  # three seeds do not decide


def test_the_gan_copies_less_than_held_out_phrases_share() -> None:
    assert bars("gan", "longest_run").max() < bars("held_out", "longest_run").min()
    assert bars("gan", "whole").max() <= 0.002


# The split, and counting


def test_a_careless_split_flatters_the_model_that_learns_by_heart(parts) -> None:
    every = melodies.load_melodies()
    names = np.random.default_rng(0).permutation(len(every))
    held_out = np.isin(np.arange(len(every)), names[: len(every) // 10])
    at_random = [
        [tune for tune, out in zip(every, held_out, strict=True) if out is np.bool_(side)]
        for side in (False, True)
    ]
    splits = {"at random": at_random, "by family": [parts["split"].train, parts["split"].test]}
    met, cost = {}, {}
    for name, (here, there) in splits.items():
        asked = [there[place] for place in np.linspace(0, len(there) - 1, 60).astype(int)]
        found = solution("relatives")(
            [tune.notes[:, 0] for tune in here], [tune.notes[:, 0] for tune in asked], 16
        )
        met[name] = np.mean(found > 0)
        learnt, unheard = (
            [parts["words"].encode(melodies.normalized(tune).events) for tune in each]
            for each in (here, there)
        )
        for order in (3, 6):
            cost[name, order] = scoring.bits(ngram.NGram(len(parts["words"]), order).fit(learnt), unheard)
    assert met["at random"] > 0.15 > 0.08 > met["by family"]
    assert (
        cost["by family", 6] - cost["at random", 6]
        > 0.2
        > 0.05
        > abs(cost["by family", 3] - cost["at random", 3])
    )


def test_no_run_of_twenty_intervals_crosses_the_split(parts) -> None:
    training, held_out = ([tune.notes[:, 0] for tune in parts["split"][place]] for place in (0, 2))
    assert not solution("relatives")(training, held_out, 20).any()


def test_order_3_is_best_on_validation_tunes_and_longer_ones_on_training_tunes(parts) -> None:
    models = {order: ngram.NGram(len(parts["words"]), order).fit(parts["train"]) for order in range(1, 6)}
    own, other = (
        [scoring.bits(model, parts[name][::step]) for model in models.values()]
        for name, step in (("train", 15), ("validation", 1))
    )
    assert own == sorted(own, reverse=True)
    assert np.argmin(other) == 2


def test_a_head_that_learnt_nothing_beats_the_network_of_forty_seconds_and_a_leak_looks_like_a_miracle(
    parts,
) -> None:
    cell = cell_with("def copier(")
    defined = {
        "np": np,
        "words": parts["words"],
        "best": ngram.NGram(len(parts["words"]), 3).fit(parts["train"]),
        "scoring": scoring,
    }
    exec(cell[: cell.index("print(")], defined)  # what it defines
    found = {}
    for name, head, share in (("back", solution("look_back"), 0.3), ("leak", defined["leaking_head"], 0.9)):
        found[name] = defined["spread_of"](defined["mixed"](defined["parts_of"](parts["test"], head), share))[
            0
        ]
    assert found["back"] < bits("recurrent").min() - 0.1
    assert abs(found["back"] - bits("recurrent_long").mean()) < 0.1  # they agree within their errors
    assert found["leak"] < 0.8


# The solutions


@given(st.lists(st.lists(st.integers(0, 9), min_size=6, max_size=6), min_size=1, max_size=4))
def test_smoothed_shares_add_up_to_one_whatever_was_counted(counts: list[list[int]]) -> None:
    shares = solution("witten_bell")(np.array(counts, float))
    assert shares.sum() == pytest.approx(1) and (shares > 0).all()


def test_bits_and_perplexity_of_a_model_that_knows_nothing() -> None:
    tunes = [np.full(size, 1 / 32) for size in (3, 10)]
    assert solution("prices")(tunes, np.array([4.0, 9.0])) == pytest.approx((5, 5, 32))


@given(st.integers(1, 5), st.integers(2, 8), st.integers(0, 10_000))
def test_no_later_event_and_none_outside_of_the_window_moves_what_a_position_sees(window, n, seed) -> None:
    random = np.random.default_rng(seed)
    queries, keys, values = random.normal(size=(3, n, 4))
    before = solution("look_back")(queries, keys, values, window, 0.7)
    place = int(random.integers(n))
    keys[place] += 1
    values[place] -= 1
    moved = np.abs(solution("look_back")(queries, keys, values, window, 0.7) - before).max(axis=1) > 1e-9
    seen = np.arange(n) - place
    assert not moved[(seen < 0) | (seen >= window)].any()
    assert moved[place]


def test_with_a_window_as_long_as_the_tune_it_is_the_head_of_the_library() -> None:
    from course_lib.models.sequences import attention  # brings TensorFlow

    queries, keys, values = np.random.default_rng(0).normal(size=(3, 9, 4))
    mixed, _ = attention.attend(queries, keys, values, attention.causal_mask(9))
    np.testing.assert_allclose(
        solution("look_back")(queries, keys, values, 9, 0.0), np.asarray(mixed), atol=1e-5
    )


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.3, 3))
def test_the_step_gives_back_what_the_softmax_would(seed: int, temperature: float) -> None:
    """By difference quotients of pull . (2 softmax - 1)."""
    random = np.random.default_rng(seed)
    logits, pull = random.normal(size=(2, 2, 4))

    def drawn(moved: np.ndarray) -> float:
        shares = np.exp(moved / temperature)
        return float(np.sum(pull * (2 * shares / shares.sum(axis=1, keepdims=True) - 1)))

    slopes = np.zeros_like(logits)
    for place in np.ndindex(logits.shape):
        way = np.zeros_like(logits)
        way[place] = 1e-5
        slopes[place] = (drawn(logits + way) - drawn(logits - way)) / 2e-5
    np.testing.assert_allclose(solution("choice_gradient")(logits, pull, temperature), slopes, atol=1e-6)


@given(st.integers(0, 10_000), st.integers(-12, 12), st.integers(1, 4))
def test_neither_key_nor_note_values_hide_a_run(seed: int, shift: int, factor: int) -> None:
    random = np.random.default_rng(seed)
    piece, tune = (
        np.stack([random.integers(60, 65, size=12), random.integers(1, 4, size=12)], axis=1) for _ in range(2)
    )
    moved = piece * [1, factor] + [shift, 0]
    run = solution("longest_run")
    assert run(moved, tune) == run(piece, tune) == run(tune, piece)
    assert run(piece, moved) == len(piece)


# What is heard, and written


def test_what_is_heard_is_short_and_fits_into_the_notebook() -> None:
    notebook = nbformat.read(notebook_path(SOURCE), as_version=4)
    html = [
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    sounds = re.findall(r"data:audio/wav;base64,([A-Za-z0-9+/=]+)", "".join(html))
    assert len(sounds) >= 5 and sum(map(len, sounds)) < AUDIO_IN_ALL
    for sound in sounds:
        with wave.open(io.BytesIO(base64.b64decode(sound))) as file:
            assert file.getnchannels() == 1 and file.getnframes() <= 8 * file.getframerate()


def test_without_mido_the_lesson_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None)
    names: dict[str, Any] = {"np": np, "source_phrase": np.array([[60, 4]]), "answer": np.array([[62, 4]])}
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(cell_with("find_spec"), names)
    assert told.getvalue().startswith("The MIDI cell is skipped: mido") and told.getvalue().count("\n") == 1
