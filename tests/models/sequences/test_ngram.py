"""The n-gram and what all models are asked: worked by hand on few symbols, and by laws on any."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models.sequences import ngram, scoring
from course_lib.models.sequences.ngram import NGram
from course_lib.models.sequences.vocabulary import END, START, UNKNOWN, Vocabulary

SIZE = 7
SEQUENCES = st.lists(
    st.lists(st.integers(UNKNOWN, SIZE - 1), max_size=12).map(lambda ids: np.array(ids, "int32")),
    min_size=1,
    max_size=6,
)
MODELS = st.tuples(st.integers(0, 5), st.sampled_from(ngram.SMOOTHINGS))


def witten_bell(sequences: list, event: int, context: list[int], size: int) -> Fraction:
    """P(event | context) straight from the formula, counted anew each time."""
    pairs = Counter()
    for sequence in sequences:
        events = [START, *sequence.tolist(), END]
        for place in range(1, len(events)):
            if place >= len(context) and events[place - len(context) : place] == context:
                pairs[events[place]] += 1
    shorter = witten_bell(sequences, event, context[1:], size) if context else Fraction(1, size - 1)
    if not pairs:
        return shorter
    return (pairs[event] + len(pairs) * shorter) / (pairs.total() + len(pairs))


def test_a_bigram_worked_by_hand() -> None:
    """Of the six events of "aba" and "a", three are a, one is b, two are END."""
    vocabulary = Vocabulary.of(["aba", "a"], least=1)
    model = NGram(len(vocabulary), 2).fit([vocabulary.encode("aba"), vocabulary.encode("a")])
    a, b = vocabulary.encode("ab").tolist()
    uniform = 1 / 4  # END, UNKNOWN, a, b
    unigram = {
        a: (3 + 3 * uniform) / 9,
        b: (1 + 3 * uniform) / 9,
        END: (2 + 3 * uniform) / 9,
        UNKNOWN: 3 * uniform / 9,
    }
    counted = NGram(len(vocabulary), 1).fit([vocabulary.encode("aba"), vocabulary.encode("a")])
    for event, expected in unigram.items():
        assert counted.probability(event, []) == pytest.approx(expected)
    # After "a": b once, END twice, two kinds.
    assert model.probability(b, [START, a]) == pytest.approx((1 + 2 * unigram[b]) / 5)
    assert model.probability(END, [b, a]) == pytest.approx((2 + 2 * unigram[END]) / 5)
    assert model.probability(a, [UNKNOWN]) == pytest.approx(unigram[a])  # a context that never came up


@settings(max_examples=50)
@given(SEQUENCES, st.integers(0, 4), st.lists(st.integers(UNKNOWN, SIZE - 1), max_size=6))
def test_witten_bell_is_its_formula(sequences, order, prefix) -> None:
    model = NGram(SIZE, order).fit(sequences)
    context = [START, *prefix][max(0, len(prefix) + 1 - max(0, order - 1)) :]
    for event in range(1, SIZE):
        expected = witten_bell(sequences, event, context, SIZE) if order else Fraction(1, SIZE - 1)
        assert model.probability(event, [START, *prefix]) == pytest.approx(float(expected), rel=1e-12)


@given(MODELS, SEQUENCES, st.lists(st.integers(UNKNOWN, SIZE - 1), max_size=6))
def test_probabilities_add_up_to_one_and_agree_with_each_other(model, sequences, prefix) -> None:
    order, smoothing = model
    model = NGram(SIZE, order, smoothing).fit(sequences)
    (row,) = model.next_probabilities([np.array(prefix, "int32")])
    assert row.sum() == pytest.approx(1) and row[START] == 0 and (row[1:] > 0).all()
    np.testing.assert_allclose(row, [model.probability(event, [START, *prefix]) for event in range(SIZE)])


@given(st.integers(3, 50), SEQUENCES)
def test_a_uniform_model_costs_the_logarithm_of_the_outcomes(size, sequences) -> None:
    sequences = [np.minimum(sequence, size - 1) for sequence in sequences]
    assert scoring.bits(NGram(size, 0).fit(sequences), sequences) == pytest.approx(np.log2(size - 1))


@given(MODELS, SEQUENCES)
def test_bits_are_the_chain_rule(model, sequences) -> None:
    """All bits over all events, and not the mean of the sequences' means."""
    model = NGram(SIZE, *model).fit(sequences)
    total, events = 0.0, 0
    for sequence in sequences:
        for place, event in enumerate([*sequence.tolist(), END]):
            total -= np.log2(model.next_probabilities([sequence[:place]])[0, event])
            events += 1
    assert scoring.bits(model, sequences) == pytest.approx(total / events)


def test_the_error_is_that_of_whole_sequences() -> None:
    """Each sequence three times over is no more to know; drawn anew, bits scatter by about the error."""
    rng = np.random.default_rng(0)

    def some(count: int) -> list[np.ndarray]:
        """Sequences that are all of one symbol, so their events are as alike as can be."""
        return [np.full(rng.integers(5, 30), rng.choice([3, 3, 3, 4])) for _ in range(count)]

    model = NGram(SIZE, 1).fit(some(500))
    drawn = [scoring.spread(model, some(60)) for _ in range(200)]
    found, errors = np.array(drawn).T
    assert errors.mean() == pytest.approx(found.std(), rel=0.2)
    assert np.isnan(scoring.spread(model, some(1))[1])


def test_the_best_is_chosen_on_validation() -> None:
    rng = np.random.default_rng(0)
    train = [np.array([3, 4, 5] * 4 + [6]), *(rng.integers(3, 7, 12) for _ in range(5))]
    model, table = ngram.best(train, [np.array([3, 4, 5] * 3)], SIZE, orders=range(4))
    assert len(table) == 8 and {row["smoothing"] for row in table} == set(ngram.SMOOTHINGS)
    least = min(table, key=lambda row: row["bits"])
    assert (model.order, model.smoothing) == (least["order"], least["smoothing"]) and model.order >= 2
    assert scoring.bits(model, [np.array([3, 4, 5] * 3)]) == least["bits"]


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8), st.floats(0.05, 20))
def test_a_temperature_is_a_power(weights, temperature) -> None:
    p = np.array(weights) / sum(weights)
    found = scoring.at_temperature(p, temperature)
    assert found.sum() == pytest.approx(1)
    np.testing.assert_allclose(np.log(found / found.max()), np.log(p / p.max()) / temperature, atol=1e-8)
    np.testing.assert_allclose(scoring.at_temperature(p, 1.0), p)


def test_cold_is_greedy_and_hot_is_even() -> None:
    p = np.array([[0.1, 0.6, 0.3], [0.5, 0.5, 0.0]])
    np.testing.assert_array_equal(scoring.at_temperature(p, 0), [[0, 1, 0], [1, 0, 0]])
    np.testing.assert_allclose(scoring.at_temperature(p[:1], 100), [[1 / 3] * 3], atol=0.01)
    assert scoring.at_temperature(p, 1e-3)[0, 1] == 1  # the powers of small numbers do not vanish together
    with pytest.raises(CourseError, match="temperature is a number from 0"):
        scoring.at_temperature(p, -1)
    with pytest.raises(CourseError, match="temperature is a number from 0"):
        scoring.at_temperature(p, float("nan"))


@pytest.mark.parametrize("temperature", [None, "1", True, [1.0], 101])
def test_what_is_no_temperature_is_named(temperature: object) -> None:
    with pytest.raises(CourseError, match="temperature is a number from 0 to 100, not"):
        scoring.at_temperature(np.array([0.5, 0.5]), temperature)


@pytest.mark.parametrize(
    "chances",
    [[0.0, 0.0], [[0.5, 0.5], [0.0, 0.0]], [0.5, -0.1], [0.5, np.nan], [np.inf, 1.0], [], 0.5, "ab"],
)
@pytest.mark.parametrize("temperature", [0, 1])
def test_what_are_no_probabilities_is_named(chances: object, temperature: float) -> None:
    with pytest.raises(CourseError, match="robabilities"):
        scoring.at_temperature(chances, temperature)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"prompt": [3.7]}, "must be ids, whole numbers"),
        ({"prompt": [3, 99]}, "has the id 99"),
        ({"prompt": [-1]}, "has the id -1"),
        ({"prompt": 3}, "must be ids"),
        ({"prompt": [[3], [4, 5]]}, "must be ids"),
        (
            {"prompt": [3, 4, 5], "length": 2},
            "The prompt has 3 events, and length, the prompt's among them, allows 2",
        ),
        ({"seed": -1}, "seed is what the random numbers follow from"),
        ({"seed": 1.5}, "seed is what"),
        ({"seed": None}, "seed is what"),
        ({"temperature": "hot"}, "temperature is a number"),
        ({"count": 0}, "count is how many"),
    ],
)
def test_samples_that_cannot_be_drawn_are_named(asked: dict, says: str) -> None:
    model = NGram(SIZE).fit([np.array([3, 4])])
    with pytest.raises(CourseError, match=says) as caught:
        scoring.sample(model, **asked)
    assert "\n" not in str(caught.value)


def test_a_prompt_as_long_as_allowed_is_all_there_is() -> None:
    (found,) = scoring.sample(NGram(SIZE).fit([np.array([3, 4])]), length=2, prompt=[3, 4])
    assert found.tolist() == [3, 4]


@pytest.mark.parametrize("wrong", [-1, SIZE, 99, 3.0, "a", None])
def test_an_n_gram_answers_for_ids_alone(wrong: object) -> None:
    model = NGram(SIZE).fit([np.array([3, 4])])
    for ask in (
        lambda: model.probability(wrong, [START]),
        lambda: model.probability(3, [wrong]),
        lambda: model.next_probabilities([[wrong]]),
        lambda: model.bits_each([[wrong]]),
    ):
        with pytest.raises(CourseError, match=r"an id is the number of an event|has the id|must be ids"):
            ask()


@given(SEQUENCES, st.integers(1, 4), st.integers(0, 5), st.integers(0, 3))
def test_samples_go_on_from_the_prompt_and_hold_nothing_that_cannot_be_written(
    sequences, order, length, seed
) -> None:
    model = NGram(SIZE, order).fit(sequences)
    prompt = np.array([3, 4])
    drawn = scoring.sample(model, 3, length + 2, prompt=prompt, seed=seed)
    assert len(drawn) == 3
    for ids in drawn:
        assert ids[:2].tolist() == [3, 4] and len(ids) <= length + 2 and (ids > UNKNOWN).all()
    again = scoring.sample(model, 3, length + 2, prompt=prompt, seed=seed)
    assert all(np.array_equal(one, other) for one, other in zip(drawn, again, strict=True))


def test_samples_have_the_model_s_frequencies() -> None:
    train = [np.array([3] * 6 + [4] * 3)]
    model = NGram(SIZE, 1).fit(train)
    first = Counter(ids[0] if len(ids) else END for ids in scoring.sample(model, 4000, length=1))
    expected = scoring.drawable(model.next_probabilities([np.array([], "int32")]))[0]
    for event in (END, 3, 4, 5):
        assert first[event] / 4000 == pytest.approx(expected[event], abs=0.03)
    greedy = scoring.sample(model, 1, length=4, temperature=0)
    assert greedy[0].tolist() == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], "There is no sequence"),
        (np.array([3, 4]), "put it in brackets"),
        ([np.array([0.5])], "must be ids"),
        ([np.array([3]), np.array([3, START])], r"Sequence 1 has the id 0: .* ids are 2 to 6"),
        ([np.array([3, END])], "has the id 1"),
        ([np.array([SIZE])], "has the id 7"),
        ([np.array([[3]])], "must be ids"),
    ],
)
def test_what_are_no_sequences_is_named(wrong: object, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        NGram(SIZE).fit(wrong)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"order": -1}, "order is how many events"),
        ({"order": 2.0}, "order is how many events"),
        ({"smoothing": "laplace"}, "no smoothing 'laplace'; choose one of witten_bell, absolute"),
        ({"discount": "much"}, "discount is a number between 0 and 1"),
        ({"discount": 1.5}, "discount is a number between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings: dict, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        NGram(SIZE, **settings)


def test_it_must_be_taught_before_it_is_asked() -> None:
    with pytest.raises(CourseError, match="call fit"):
        NGram(SIZE).probability(3, [START])
