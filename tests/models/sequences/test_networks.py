"""Networks that read from left to right: no look ahead, probabilities that add up, bits that agree, and learning."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models.sequences import attention, network, scoring
from course_lib.models.sequences.attention import Attention
from course_lib.models.sequences.recurrent import Recurrent
from course_lib.models.sequences.seq2seq import Seq2Seq
from course_lib.models.sequences.vocabulary import END, START, UNKNOWN
from course_lib.training.sequences import fit

SIZE = 9
MAKERS = {
    "recurrent": lambda **options: Recurrent(SIZE, units=12, embedding=8, **options),
    "attention": lambda **options: Attention(SIZE, width=16, heads=4, **options),
}


@pytest.fixture(params=list(MAKERS))
def make(request: pytest.FixtureRequest):
    keras.utils.clear_session()
    return MAKERS[request.param]


def some(count: int, longest: int = 40, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(UNKNOWN, SIZE, rng.integers(0, longest)).astype("int32") for _ in range(count)]


def test_a_later_event_changes_no_earlier_prediction(make) -> None:
    model = make(context=32)
    rng = np.random.default_rng(0)
    ids = rng.integers(0, SIZE, (4, 32))
    before = model.log_probabilities(ids)
    for place in (1, 10, 31):
        changed = ids.copy()
        changed[:, place:] = (ids[:, place:] + rng.integers(1, SIZE, changed[:, place:].shape)) % SIZE
        after = model.log_probabilities(changed)
        np.testing.assert_allclose(after[:, :place], before[:, :place], atol=1e-5)
        assert np.abs(after[:, place:] - before[:, place:]).max(axis=(1, 2)).min() > 1e-3  # it does read them


def test_probabilities_add_up_to_one_and_start_has_none(make) -> None:
    model = make(context=32)
    found = model.next_probabilities([np.array([], "int32"), *some(5), np.full(100, 3)])
    assert found.shape == (7, SIZE) and (found[:, START] == 0).all() and (found[:, 1:] > 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)


def test_a_uniform_model_costs_the_logarithm_of_the_outcomes(make) -> None:
    model = make(context=16)
    logits = model.networks["network"].get_layer("logits")
    for weight in logits.weights:
        weight.assign(np.zeros(weight.shape))
    assert scoring.bits(model, some(10)) == pytest.approx(np.log2(SIZE - 1), abs=1e-5)


def test_bits_are_those_of_the_probabilities_event_by_event(make) -> None:
    model = make(context=64)
    sequences = some(4)
    for sequence, found in zip(sequences, model.bits_each(sequences), strict=True):
        events = [*sequence.tolist(), END]
        chances = model.next_probabilities([sequence[:place] for place in range(len(events))])
        np.testing.assert_allclose(found, -np.log2(chances[np.arange(len(events)), events]), atol=1e-4)


def test_of_a_long_sequence_every_event_counts_once_and_sees_half_a_window(make) -> None:
    model = make(context=16)
    (sequence,) = [np.random.default_rng(1).integers(UNKNOWN, SIZE, 50)]
    (found,) = model.bits_each([sequence])
    assert found.shape == (51,)
    (short,) = model.bits_each([sequence[:15]])
    np.testing.assert_allclose(found[:15], short[:15], atol=1e-4)
    pieces = network.cut(sequence, 16, 8)
    whole = np.concatenate([[START], sequence, [END]])
    again = np.concatenate([window[window != START][-new:] for window, new in pieces])
    np.testing.assert_array_equal(again, whole[1:])
    assert all(len(window) - 1 - new >= 8 - 1 for window, new in pieces[1:])


def test_windows_hold_every_event_and_are_filled_up(make) -> None:
    model = make(context=8)
    found = model.windows([np.array([3, 4]), np.arange(20) % 5 + 3])
    assert found.shape == (4, 9) and found.dtype == np.int32
    assert found[0].tolist() == [START, 3, 4, END, *[START] * 5]
    assert found[-1, -1] == END and found[1, 0] == START and (found[2:, 0] > START).all()


def test_it_learns_what_follows_what(make) -> None:
    """Of a cycle of five symbols, each known by the one before, nothing is left to guess but where it ends."""
    train = [(np.arange(start, start + 15) % 5 + 3).astype("int32") for start in range(40)]
    model = make(context=16)
    before = scoring.bits(model, train)
    report = fit(model, train, steps=250, batch_size=16)
    after = scoring.bits(model, train)
    assert report["steps"] == model.step == 250 and before > 2.5
    assert after < 0.5 and report["bits"][-1] < report["bits"][0] / 3
    (greedy,) = scoring.sample(model, 1, length=10, temperature=0, prompt=[4, 5])
    assert greedy.tolist() == [4, 5, 6, 7, 3, 4, 5, 6, 7, 3]


@pytest.mark.slow
def test_the_same_seed_is_the_same_training_whether_stopped_or_not(make) -> None:
    train = some(40)
    found = []
    for stops in ((10,), (5, 10)):
        model = make(context=16, dropout=0.2, seed=3)
        for stop in stops:
            fit(model, train, steps=stop, batch_size=8, seed=1)
        found.append(scoring.bits(model, train))
    assert found[0] == pytest.approx(found[1], abs=1e-5)
    other = make(context=16, dropout=0.2, seed=4)
    assert scoring.bits(other, train) != pytest.approx(found[0], abs=1e-3)


def test_seconds_are_those_of_the_processor(make, monkeypatch) -> None:
    now = iter(range(1000))
    clock = SimpleNamespace(process_time=lambda: 0.5 * next(now))
    monkeypatch.setattr("course_lib.training.processor_clock.time", clock)
    report = fit(make(context=8), some(40), seconds=3, batch_size=8)
    assert (
        report["processor_seconds"] == 3.0 and report["steps"] == 7 * 5
    )  # the first block counts for nothing


def test_fit_says_what_it_needs(make) -> None:
    model = make(context=8)
    with pytest.raises(CourseError, match="Say how long to train"):
        fit(model, some(40))
    with pytest.raises(CourseError, match="seconds is a number above 0"):
        fit(model, some(40), seconds=0)
    with pytest.raises(CourseError, match="smaller batch"):
        fit(model, some(4, 5), steps=5)
    with pytest.raises(CourseError, match=r"has the id 9: .* ids are 2 to 8"):
        fit(model, [np.array([SIZE])], steps=5)
    assert model.step == 0


def test_attention_is_its_formula_and_its_weights_add_up_to_one() -> None:
    rng = np.random.default_rng(0)
    queries, keys, values = (rng.standard_normal((2, 5, n)).astype("float32") for n in (4, 4, 3))
    mixed, weights = map(np.asarray, attention.attend(queries, keys, values, attention.causal_mask(5)))
    for batch in range(2):
        for place in range(5):
            scores = np.exp(keys[batch, : place + 1] @ queries[batch, place] / 2)
            expected = scores / scores.sum()
            np.testing.assert_allclose(weights[batch, place, : place + 1], expected, rtol=1e-4)
            assert (weights[batch, place, place + 1 :] == 0).all()
            np.testing.assert_allclose(
                mixed[batch, place], expected @ values[batch, : place + 1], rtol=1e-3, atol=1e-5
            )


def test_the_weights_of_a_block_never_look_ahead() -> None:
    keras.utils.clear_session()
    model = Attention(SIZE, width=16, heads=4, context=16)
    weights = model.weights_for(np.array([3, 4, 5, 6]))
    assert weights.shape == (4, 5, 5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)
    assert (weights[:, ~attention.causal_mask(5)] == 0).all() and (
        weights[:, attention.causal_mask(5)] > 0
    ).all()
    assert not np.allclose(weights[0], weights[1])  # heads look at different things
    with pytest.raises(CourseError, match="the length of ids"):
        model.weights_for(np.full(16, 3))


def test_the_mask_lets_a_place_see_itself() -> None:
    assert attention.causal_mask(3).tolist() == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_embeddings_begin_wide_and_with_the_seed() -> None:
    keras.utils.clear_session()
    first, again, other = (
        np.asarray(Recurrent(200, units=4, seed=seed).networks["network"].get_layer("embedding").weights[0])
        for seed in (0, 0, 1)
    )
    assert first.std() == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


@pytest.mark.parametrize(
    ("make_it", "says"),
    [
        (lambda: Attention(SIZE, width=10, heads=4), "The width, 10, must be a multiple of the 4 heads"),
        (lambda: Attention(SIZE, heads=0), "heads is how many"),
        (lambda: Recurrent(SIZE, units=0), "units is how many"),
        (lambda: Recurrent(SIZE, context=1), "context is how many"),
    ],
)
def test_sizes_that_make_no_sense_are_named(make_it, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        make_it()


@pytest.mark.parametrize("seed", [-1, 1.5, None, 2**40, True])
def test_a_seed_that_is_none_is_refused(seed: object) -> None:
    for made in (Recurrent, Attention, Seq2Seq):
        with pytest.raises(CourseError, match="seed is what the random numbers follow from"):
            made(SIZE, seed=seed)
