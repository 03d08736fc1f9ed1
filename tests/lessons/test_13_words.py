"""What lesson 13 says of its letters, its judges and its tables is so."""

from __future__ import annotations

import math
from typing import Any

import matplotlib
import numpy as np
import pytest

from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.student import solved_notebook
from course_lib.datasets.tables import read_rows

SOURCE = find_source("13")
NEEDS_TENSORFLOW = ("tensorflow", "tf.", "Recurrent(", "text_gan")


@pytest.fixture(scope="module")
def defined() -> dict[str, Any]:
    """What the cells define that need no TensorFlow, run here with the course's own answers, up to the table."""
    matplotlib.use("Agg")
    names: dict[str, Any] = {"live": {}}
    for cell in solved_notebook(load_lesson(SOURCE)).cells:
        if cell.cell_type != "code" or any(each in cell.source for each in NEEDS_TENSORFLOW):
            continue
        if "read_table(" in cell.source:
            break
        exec(compile(cell.source, cell.id, "exec"), names)
    return names


def softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x)


def test_the_exact_gradient_ends_with_the_four_words_of_one_first_letter(defined) -> None:
    chances, letters, english = (defined[name] for name in ("chances", "LETTERS", "ENGLISH"))
    values = np.array([[one + two in english for two in letters] for one in letters])
    assert np.sum(chances * values) > 0.998
    kept = [(k, j) for k, j in np.ndindex(7, 7) if chances[k, j] > 0.01]
    assert {defined["LETTERS"][k] + defined["LETTERS"][j] for k, j in kept} == {"am", "an", "as", "at"}
    assert all(abs(chances[place] - 0.25) < 0.01 for place in kept)


def test_a_hundred_more_makes_reinforce_nearly_eight_thousand_times_as_noisy(defined) -> None:
    theta, verdicts, full = (defined[name] for name in ("theta", "verdicts", "reinforce_in_full"))
    low, high = full(theta, verdicts, 0)[1], full(theta, verdicts + 100, 0)[1]
    assert 7500 < high / low < 8000
    mean = defined["pi"] @ verdicts
    assert math.isclose(
        full(theta, verdicts, mean)[1], full(theta, verdicts + 100, mean + 100)[1], rel_tol=1e-6
    )


def test_each_writer_ends_with_one_word_and_not_all_with_the_same(defined) -> None:
    ends = []
    for seed in range(4):
        shares, read = defined["spell"](seed)
        assert np.mean(shares[:50]) < 0.006 and np.mean(shares[-50:]) > 0.98
        assert len(set(read) & defined["WORDS"]) == 1 and len(set(read)) <= 2
        ends.append(max(set(read), key=read.count))
    assert len(set(ends)) >= 2
    # what three words in a thousand come to, and what the words are
    assert len(defined["WORDS"]) == 29 and {len(word) for word in defined["WORDS"]} == {3, 4}
    known = {word for title in defined["titles"] for word in title.replace("'", " ").split()}
    assert defined["WORDS"] <= known


def test_the_judge_who_cannot_read_catches_all_soft_letters_at_one_and_a_third_at_a_tenth(defined) -> None:
    theta, gumbel = defined["theta"], defined["gumbel"]
    caught = [
        np.mean(defined["softmax"]((theta + gumbel) / tau).max(axis=1) < 0.999) for tau in (1, 0.3, 0.1)
    ]
    assert caught[0] > 0.99 and 0.75 < caught[1] < 0.85 and 0.3 < caught[2] < 0.42


def test_plain_straight_through_is_the_exact_gradient_for_a_linear_judge(defined) -> None:
    drawn = defined["estimates"](0, 1.0, draws=200)["straight-through, plain"]
    assert np.allclose(drawn, defined["exact"])


def test_bias_and_variance_trade(defined) -> None:
    measured, exact = defined["measured"], defined["exact"]
    assert measured["REINFORCE"][:, 0].max() < 0.01
    for name in ("Gumbel-softmax", "straight-through, Gumbel"):
        bias, variance = measured[name].T
        assert np.all(np.diff(bias) > 0) and np.all(np.diff(variance) < 0)
        assert bias[0] < 0.1 * np.linalg.norm(exact) and bias[-1] > 0.75 * np.linalg.norm(exact)
        assert np.all(bias < np.linalg.norm(exact))
        # like 1 / tau and worse, from 0.2 to 0.1
        at = {tau: defined["estimates"](-1, tau)[name].var(axis=0).sum() for tau in (0.2, 0.1)}
        assert at[0.1] > 1.9 * at[0.2]
    soft, hard = (measured[name] for name in ("Gumbel-softmax", "straight-through, Gumbel"))
    assert np.all(soft < hard)  # the figure's alternative text
    plain = measured["straight-through, plain"]
    assert np.ptp(plain[:, 0]) < 0.01 and np.ptp(plain[:, 1]) < 0.01


def test_a_cubic_judge_leaves_straight_through_a_bias_however_cold(defined) -> None:
    """The limit that is derived there, at a low temperature and other draws, and by a sum over the edges."""
    theta, pi, exact, left = (defined[name] for name in ("theta", "pi", "exact", "left"))
    assert 0.15 < np.linalg.norm(left) / np.linalg.norm(exact) < 0.25  # "a fifth"
    verdicts, edges = defined["verdicts"], np.zeros(3)
    for j, k in np.ndindex(3, 3):
        # the mean slope from k to j at both ends of their edge, f_j - f_k and the cubic's
        slopes = [defined["cubic_slope"](end)[[j, k]] @ (1, -1) for end in np.eye(3)[[j, k]]]
        edges[j] += pi[j] * pi[k] * np.mean(slopes)
    np.testing.assert_allclose(edges, exact + left)
    np.testing.assert_allclose(exact, pi * (verdicts - pi @ verdicts))

    noise = -np.log(-np.log(np.random.default_rng(13).random((200_000, 3))))
    logits = np.tile(theta, (len(noise), 1))
    _, drawn = defined["checked_straight_through"](logits, noise, 0.05, defined["cubic_slope"])
    assert np.linalg.norm(drawn.mean(axis=0) - exact - left) < 0.02


def best(defined: dict[str, Any], places: int, budget: float) -> str:
    offered = dict(defined["offered"])
    variance = defined["one_place"] + (places - 1) * defined["per_place"]
    offered["REINFORCE"] = (0.0, variance, 1.0)
    number, _ = defined["checked_best_choice"](*np.transpose(list(offered.values())), budget)
    return list(offered)[number]


def test_the_budget_decides(defined) -> None:
    for places in (1, 20):
        assert best(defined, places, 1) == "stay"
        assert best(defined, places, 3).startswith("Gumbel-softmax")
    assert all(best(defined, 1, budget) == "REINFORCE" for budget in (30, 300, 3000, 30_000))
    assert all(best(defined, 20, budget).startswith("Gumbel-softmax") for budget in (30, 300))
    assert all(best(defined, 20, budget) == "REINFORCE" for budget in (3000, 30_000))


def test_a_baseline_that_knows_the_letter_takes_all_away(defined) -> None:
    """What the first question of the quiz says."""
    random = np.random.default_rng(0)
    letters, rewards = random.integers(0, 3, size=50), random.normal(size=50)
    means = np.array([rewards[letters == letter].mean() for letter in letters])
    scores = np.eye(3)[letters] - defined["softmax"](defined["theta"])
    assert np.allclose((rewards - means) @ scores, 0)
    assert np.linalg.norm((rewards - rewards.mean()) @ scores) > 0.1


def test_one_loss_for_both_makes_the_writer_help_the_judge(defined) -> None:
    theta, verdicts = defined["theta"], defined["verdicts"]
    for to_climb, letter in ((-softplus(-verdicts), 2), (-softplus(verdicts), 0)):
        logits = theta.copy()
        for _ in range(500):
            logits = logits + defined["exact_gradient"](logits, to_climb)
        assert defined["softmax"](logits)[letter] > 0.98


def test_no_writer_copies_whole_titles_and_counting_comes_nearest(defined) -> None:
    from course_lib.scores.texts import nearest

    training, edits = defined["split"].train, {}
    for name in ("real", "n-gram", "gan_straight_through"):
        edits[name] = np.array([nearest(title, training)[1] for title in defined["drawn_by"][name][:100]])
        assert np.mean(edits[name] == 0) <= 0.03
    assert np.median(edits["n-gram"]) < np.median(edits["real"]) < np.median(edits["gan_straight_through"])


def test_the_cheats_have_all_novelty_as_printed_and_none_as_repaired(defined) -> None:
    training = list(defined["split"].train)
    for name, drawn in defined["cheats"].items():
        assert defined["printed_novelty"](drawn, training) == 1, name
        assert defined["checked_novelty"](drawn, training) < 0.01, name
    held_out = defined["checked_novelty"](list(defined["split"].test), training)
    assert 0.2 < held_out < 0.8  # "far from 100 %"


def test_a_salad_has_full_marks_and_only_one_of_any_words_is_far_from_real_titles(defined) -> None:
    from course_lib.scores.texts import ngram_distance

    split = defined["split"]
    held_out = defined["checked_novelty"](list(split.test), list(split.train))
    floor = ngram_distance(split.test[:248], split.validation[:248])
    apart = {}
    for name, drawn in defined["salads"].items():
        assert defined["checked_novelty"](drawn, list(split.train)) > max(0.98, 2.8 * held_out)
        apart[name] = ngram_distance(drawn[:248], split.validation[:248])
    assert apart["salad, any words"] > floor + 0.08 > apart["salad, common ones"] > floor
    for name in ("the noise", "the one idea"):
        assert ngram_distance(defined["cheats"][name][:248], split.validation[:248]) > 0.8


def test_the_table_of_pairs_has_the_dark_fields_that_its_alternative_text_names(defined) -> None:
    after, written = defined["after"], defined["WRITTEN"]
    assert np.mean(after < 0.25) > 0.95  # "most of it pale"
    for one, two in ("'s", "qu", "xt", "he", "ve", "y "):
        row = after[written.index(one)]
        assert row.argmax() == written.index(two) and row.max() > 0.5, one + two
    assert after[written.index("q"), written.index("u")] == 1
    shares = dict(zip(written, defined["shares"], strict=True))
    order = sorted(shares, key=shares.get)
    assert set(order[:4]) == set("jqxz") and order[-1:-4:-1] == [" ", "e", "a"]
    assert defined["bits_of"](defined["shares"]) > defined["followed"] @ defined["bits_of"](after) + 0.5


def of(model: str, column: str, temperature: str = "1.0") -> list[float]:
    """A column of data/titles.csv for one model, a number a seed."""
    found = [row for row in read_rows("titles.csv") if row["model"] == model]
    return [float(row[column]) for row in found if row["temperature"] in ("", temperature)]


GANS = ("gan_straight_through", "gan_gumbel_softmax", "gan_reinforce", "gan_gumbel_softmax_0.3")
PREDICTORS = ("n-gram", "recurrent", "attention")


def test_three_seeds_of_each_and_no_bits_for_a_gan() -> None:
    for model in (*PREDICTORS, *GANS):
        assert len(of(model, "known_words")) == 3, model
    assert all(row["bits"] == "" for row in read_rows("titles.csv") if row["model"] in GANS)


def test_every_model_that_predicts_beats_every_gan() -> None:
    for model in PREDICTORS:
        for gan in GANS:
            assert max(of(model, "ngram_distance")) < min(of(gan, "ngram_distance")), (model, gan)
    # "of a hundred titles about one at most has known words only"
    assert max(max(of(gan, "known_words")) for gan in GANS) < 0.015
    # printed novelty tells none of them from another
    assert min(min(of(model, "novelty")) for model in (*GANS, *PREDICTORS)) > 0.98


def test_straight_through_is_the_best_of_the_gans_and_gumbel_softmax_at_one_repeats_itself() -> None:
    ways = ("straight_through", "reinforce", "gumbel_softmax")
    distances = [of(f"gan_{way}", "ngram_distance") for way in ways]
    assert max(distances[0]) < min(distances[1]) and max(distances[1]) < min(distances[2])
    distinct = [of(model, "distinct") for model in ("gan_gumbel_softmax", *PREDICTORS, *GANS[::2])]
    assert min(distinct[0]) < 0.05 and max(distinct[0]) < 0.6 < 0.9 < min(map(min, distinct[1:]))
    overlap = [of(model, "self_overlap") for model in ("gan_gumbel_softmax", *PREDICTORS, *GANS[::2])]
    assert min(overlap[0]) > max(map(max, overlap[1:]))


def test_the_collapse_of_gumbel_softmax_belongs_to_its_temperature() -> None:
    cooler, warmer = "gan_gumbel_softmax_0.3", "gan_gumbel_softmax"
    assert min(of(cooler, "distinct")) > 0.85 and 0.87 < np.mean(of(cooler, "distinct")) < 0.95
    assert max(of(cooler, "ngram_distance")) < min(of(warmer, "ngram_distance")) - 0.2
    assert min(of(cooler, "ngram_distance")) > max(of("gan_straight_through", "ngram_distance"))
    reinforced = of("gan_reinforce", "ngram_distance")
    assert abs(np.mean(of(cooler, "ngram_distance")) - np.mean(reinforced)) < 0.05


def test_bits_level_and_spelling_not() -> None:
    counted, recurrent = (of(model, "bits") for model in ("n-gram", "recurrent"))
    assert abs(np.mean(counted) - np.mean(recurrent)) < 2 * max(of("n-gram", "bits_error"))
    assert min(of("attention", "bits")) > max(counted + recurrent)
    assert min(of("n-gram", "known_words")) > 5 * max(of("recurrent", "known_words"))
    assert max(of("n-gram", "processor_seconds")) < 3


def test_counting_is_nearly_as_good_as_titles_that_were_learnt_from() -> None:
    counted, floor = of("n-gram", "ngram_distance"), of("training", "ngram_distance")
    assert max(counted) < min(floor) + 0.03
    assert abs(np.mean(of("n-gram", "known_words")) - np.mean(of("validation", "known_words"))) < 0.05


def test_at_any_temperature_the_predictors_lie_below_the_gans() -> None:
    """What the figure of quality against variety shows, and its alternative text says."""
    best_gan = min(min(of(gan, "ngram_distance")) for gan in GANS)
    for model in ("n-gram", "recurrent"):
        curve = [
            [np.mean(of(model, each, str(t))) for t in (0.5, 0.75, 1.0, 1.25)]
            for each in ("self_overlap", "ngram_distance")
        ]
        assert curve[0] == sorted(curve[0], reverse=True)
        assert max(curve[1]) < best_gan
    assert min(of("training", "ngram_distance")) < min(of("n-gram", "ngram_distance"))
