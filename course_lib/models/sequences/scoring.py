"""What every model of sequences is asked: how many bits an event costs it, and what it makes up.

    bits(model, test)                               bits an event: cross-entropy in base 2
    sample(model, count=3, length=40, temperature=0.8, prompt=beginning)

A sequence is an int array (n,) of a vocabulary's ids, without START and END. A model has `bits_each(sequences)`, and to
sample `next_probabilities(prefixes)`; both add START and END themselves, so every sequence has n + 1 events to guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_numbers, check_whole
from course_lib.datasets.numbers import is_number
from course_lib.models.sequences.vocabulary import END, START, UNKNOWN

Sequences = Sequence[np.ndarray]
Pairs = Sequence[tuple[np.ndarray, np.ndarray]]
"""(phrase, answer), ids each."""
LARGEST_TEMPERATURE = 100


class Model(Protocol):
    """A distribution over sequences: what `NGram`, `Recurrent` and `Attention` are."""

    vocabulary_size: int

    def bits_each(self, sequences: Sequences) -> list[np.ndarray]:
        """-log2 P(event | those before it) of each event, END the last: float64 (n + 1,) for a sequence (n,)."""

    def next_probabilities(self, prefixes: Sequences) -> np.ndarray:
        """P(next | START, prefix), float64 (count, vocabulary_size): 0 for START, and a row's sum is 1."""


def bits(model: Model, sequences: Sequences) -> float:
    """Bits an event: all bits over all events, END counted as one of each sequence.

    The chain rule makes it - log2 P(all sequences) / events, the cross-entropy in base 2; 2 to its power is the
    perplexity. A mean over the sequences' own means would be another number, in which short ones count for more.
    """
    return spread(model, sequences)[0]


def spread(model: Model, sequences: Sequences) -> tuple[float, float]:
    """Bits an event, and their standard error.

    Events of one sequence are alike, so the error is that of a ratio of two means over whole sequences (Cochran,
    "Sampling Techniques", 1977, section 2.11), not that of so many events. NaN for a single sequence.
    """
    each = model.bits_each(sequences)
    totals, events = (np.array([of(one) for one in each], "float64") for of in (np.sum, len))
    found = totals.sum() / events.sum()
    if len(each) < 2:
        return float(found), float("nan")
    left = totals - found * events
    return float(found), float(np.sqrt(np.sum(left**2) / (len(each) - 1) / len(each)) / events.mean())


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """p ** (1 / T) over its sum, along the last axis; T = 0: all on the most likely one, the first of equals.

    In logits this is a division by T. Raises CourseError if T is below 0 or no number, and if a row is no list of
    chances: numbers from 0 on, of which one at least is above 0.
    """
    if not is_number(temperature) or not 0 <= temperature <= LARGEST_TEMPERATURE:  # also true of NaN
        raise CourseError(f"temperature is a number from 0 to {LARGEST_TEMPERATURE}, not {temperature!r}.")
    probabilities = check_numbers("probabilities", probabilities).astype("float64")
    if not probabilities.ndim or not probabilities.size:
        raise CourseError("There are no probabilities: give at least one, in a list.")
    most = probabilities.max(axis=-1, keepdims=True)
    # NaN passes no comparison
    if not ((probabilities >= 0).all() and (most > 0).all() and (most < np.inf).all()):
        raise CourseError(
            "Probabilities are numbers from 0 on, in each row one above 0: mend what gives these."
        )
    if temperature == 0:
        return np.eye(probabilities.shape[-1])[probabilities.argmax(axis=-1)]
    powers = (probabilities / most) ** (1 / temperature)  # over the largest, so that no power of it vanishes
    return powers / powers.sum(axis=-1, keepdims=True)


def sample(
    model: Model,
    count: int = 1,
    length: int = 64,
    temperature: float = 1.0,
    prompt: Sequence[int] | np.ndarray = (),
    seed: int = 0,
) -> list[np.ndarray]:
    """`count` sequences drawn event by event, each int32 (n,) with n <= length: the prompt and what follows it.

    One ends at END, which is left out, or when it has `length` events. START and UNKNOWN are never drawn: what is left
    is made to add up to 1. temperature: see `at_temperature`. Raises CourseError for a prompt of more than `length`
    events, or of what are no ids.
    """
    check_whole("count", "how many sequences are wanted", count, 1)
    check_whole("length", "how many events a sequence has at most", length, 1)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    check_sequences([prompt], model.vocabulary_size)
    prompt = np.asarray(prompt, "int32")
    if len(prompt) > length:
        raise CourseError(
            f"The prompt has {len(prompt)} events, and length, the prompt's among them, allows {length}: give a larger "
            "length, or the beginning of the prompt."
        )
    rng = np.random.default_rng(seed)
    drawn, running = [prompt] * count, list(range(count))
    while running and len(drawn[running[0]]) < length:
        chances = drawable(model.next_probabilities([drawn[one] for one in running]))
        chosen = draw(at_temperature(chances, temperature), rng)
        for one, event in zip(running, chosen.tolist(), strict=True):
            if event != END:
                drawn[one] = np.append(drawn[one], np.int32(event))
        running = [one for one, event in zip(running, chosen, strict=True) if event != END]
    return drawn


def drawable(probabilities: np.ndarray) -> np.ndarray:
    """Without START and UNKNOWN, which are nothing to write down; (count, V) with rows that add up to 1."""
    kept = probabilities.copy()
    kept[:, [START, UNKNOWN]] = 0
    total = kept.sum(axis=1, keepdims=True)
    if (total <= 0).any():
        raise CourseError(
            "The model is sure that an unknown symbol comes next, which cannot be written down."
        )
    return kept / total


def draw(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One outcome of each row of (count, V), int64 (count,): where the running sum passes a uniform number."""
    sums = probabilities.cumsum(axis=1)
    thresholds = rng.random(len(sums))[:, None] * sums[:, -1:]
    return (sums <= thresholds).sum(axis=1)


def check_sequences(sequences: Sequences, vocabulary_size: int | None = None) -> None:
    """Raise CourseError unless they are arrays (n,) of ids without START and END, at least one of them."""
    if isinstance(sequences, np.ndarray) and sequences.ndim < 2:
        raise CourseError("A list of sequences is wanted, and this is one: put it in brackets.")
    if not isinstance(sequences, Sequence | np.ndarray):
        raise CourseError(f"A list of sequences is wanted, not one thing of type {type(sequences).__name__}.")
    if not len(sequences):
        raise CourseError("There is no sequence; give at least one.")
    for place, sequence in enumerate(sequences):
        try:
            array = np.asarray(sequence)
        except ValueError:  # lists of different lengths
            array = np.empty((), object)
        if array.ndim != 1 or (len(array) and array.dtype.kind not in "iu"):
            raise CourseError(
                f"Sequence {place} must be ids, whole numbers (n,), as Vocabulary.encode gives them, not {array.shape} "
                f"of type {array.dtype}."
            )
        wrong = (
            (array < UNKNOWN) if vocabulary_size is None else (array < UNKNOWN) | (array >= vocabulary_size)
        )
        if wrong.any():
            limit = "" if vocabulary_size is None else f" to {vocabulary_size - 1}"
            raise CourseError(
                f"Sequence {place} has the id {array[wrong.argmax()]}: without START and END ids are {UNKNOWN}{limit}."
            )


def check_pairs(pairs: Pairs, vocabulary_size: int, longest: tuple[int, int] | None = None) -> None:
    """Raise CourseError unless these are pairs (phrase, answer) of ids; with `longest` of 1 to so many, either."""
    if not _are_pairs(pairs):
        raise CourseError(
            "A list of pairs (phrase, answer) is wanted, each an array of ids; give at least one."
        )
    sides = zip(("phrase", "answer"), zip(*pairs, strict=True), longest or (None, None), strict=True)
    for which, sequences, most in sides:
        check_sequences(sequences, vocabulary_size)
        lengths = [len(sequence) for sequence in sequences]
        if most is not None and (min(lengths) < 1 or max(lengths) > most):
            wrong = next(place for place, n in enumerate(lengths) if not 1 <= n <= most)
            raise CourseError(
                f"The {which} of pair {wrong} has {lengths[wrong]} events, and 1 to {most} are allowed: leave the "
                "pair out, or build the model with a larger `longest`."
            )


def _are_pairs(pairs: object) -> bool:
    """Whether this is a list, not empty, of things of two."""

    def has(thing: object) -> int:
        listed = isinstance(thing, Sequence) or (isinstance(thing, np.ndarray) and thing.ndim)
        return len(thing) if listed else 0

    return has(pairs) > 0 and all(has(pair) == 2 for pair in pairs)
