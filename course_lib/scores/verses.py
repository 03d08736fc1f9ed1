"""How good are answers to lines? What real ones cost, what rhymes, what is new, and what the given line is worth.

others = in_condition(parts.test, "shuffled", sounds.english())
perplexity(writer.bits_each(others), others)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.sounds import Sounds
from course_lib.datasets.verses import Line, Verse

CONDITIONS = ("given", "same_rhyme", "shuffled", "blind")
"""An answer's own given lines; those of another verse that asks for the same sound; those of any other; none."""


class Perplexity(NamedTuple):
    """A word's, with its interval of 95 % from whole verses; bits of the rhyming word and of each other word."""

    value: float
    low: float
    high: float
    bits_rhyme: float
    bits_rest: float


class Rhymes(NamedTuple):
    """Of `count` answers: share that rhymes; the same of those where both sounds are known, `known` of them; share that
    ends in the word it should rhyme with; how many different last words there are."""

    share: float
    share_known: float
    known: int
    self_rhymed: float
    distinct: int
    count: int


def in_condition(
    verses: Sequence[Verse],
    condition: str,
    sounds: Sounds,
    seed: int = 0,
    pool: Sequence[Verse] | None = None,
) -> list[Verse]:
    """The verses with their answers, and what is given as `CONDITIONS` say, drawn from `pool`, the verses themselves
    unless told.

    Where others ask for the same sound, or any are drawn, none is taken whose partner is the answer's own last word.
    Raises CourseError for another condition, and where nothing is left to take.
    """
    if condition not in CONDITIONS:
        raise CourseError(f"There is no condition {condition!r}; choose one of {', '.join(CONDITIONS)}.")
    check_whole("seed", "what the random numbers follow from", seed, 0)
    if condition == "given":
        return list(verses)
    if condition == "blind":
        return [Verse((), verse.answer, "", verse.source) for verse in verses]
    rng, pool = np.random.default_rng(seed), list(pool if pool is not None else verses)
    by_sound: dict[str, list[Verse]] = defaultdict(list)
    for one in pool:
        by_sound[sounds.usual(one.partner)].append(one)
    found = []
    for verse in verses:
        offered = by_sound[sounds.usual(verse.partner)] if condition == "same_rhyme" else pool
        donor = _other(verse, offered, rng) or _other(verse, pool, rng)
        if donor is None:
            raise CourseError("There are too few verses to exchange their given lines: give a larger pool.")
        found.append(Verse(donor.given, verse.answer, donor.partner, verse.source))
    return found


def perplexity(bits: np.ndarray, verses: Sequence[Verse]) -> Perplexity:
    """2 to the bits a word, the end of a line counted as one, of `bits_each` (N, 2) of these verses.

    Words of one line are alike, so the interval is from whole verses: the error of a ratio of two means (Cochran,
    "Sampling Techniques", 1977, section 2.11), twice to either side of the logarithm.
    """
    bits, events = np.asarray(bits, "float64"), np.array([verse.events for verse in verses])
    if bits.shape != (len(verses), 2) or not len(verses):
        raise CourseError(f"Bits (N, 2) of N verses are wanted, not {bits.shape} for {len(verses)}.")
    each = bits.sum(axis=1)
    mean = each.sum() / events.sum()
    error = 0.0
    if len(verses) > 1:
        left = each - mean * events
        error = np.sqrt(np.sum(left**2) / (len(verses) - 1) / len(verses)) / events.mean()
    rest = bits[:, 1].sum() / (events - 1).sum()
    low, value, high = (float(2**exponent) for exponent in (mean - 1.96 * error, mean, mean + 1.96 * error))
    return Perplexity(value, low, high, float(bits[:, 0].mean()), float(rest))


def rhymes(pairs: Iterable[tuple[str, str]], sounds: Sounds) -> Rhymes:
    """What of pairs (the word to rhyme with, the answer's last word) does so; a word with itself does not count."""
    pairs = list(pairs)
    if not pairs:
        raise CourseError("There is no pair of words; give at least one.")
    found = [False if one == other else sounds.rhyme(one, other) for one, other in pairs]
    known = [each for each in found if each is not None]
    return Rhymes(
        share=sum(each is True for each in found) / len(pairs),
        share_known=sum(known) / len(known) if known else float("nan"),
        known=len(known),
        self_rhymed=sum(one == other for one, other in pairs) / len(pairs),
        distinct=len({other for _, other in pairs}),
        count=len(pairs),
    )


def novelty(lines: Iterable[Line], training: Iterable[Line], run: int = 4) -> float:
    """Share of all runs of so many words in `lines` that no line of `training` has; NaN if there is no such run.

    Being new is no merit by itself: shuffled words are newer than any poem. What held-out lines reach is the measure.
    """
    check_whole("run", "how many words in succession are looked up", run, 1)
    known = {each for line in training for each in runs(line, run)}
    found = [each not in known for line in lines for each in runs(line, run)]
    return sum(found) / len(found) if found else float("nan")


def runs(line: Line, length: int) -> list[Line]:
    """All runs of so many successive words."""
    return [tuple(line[start : start + length]) for start in range(len(line) - length + 1)]


def longest_copied(line: Line, training: Iterable[Line]) -> int:
    """Words in the longest run of the line that a line of training has, too."""
    training = [f" {' '.join(other)} " for other in training]
    for length in range(len(line), 0, -1):
        if any(f" {' '.join(each)} " in other for each in runs(line, length) for other in training):
            return length
    return 0


def nearest(line: Line, verses: Sequence[Verse]) -> tuple[Verse, float]:
    """The verse whose answer is most like a line, and how much: words in common over words in either, 0 to 1.

    Jaccard's index of the two sets of words; of equals the first.
    """
    if not len(verses):
        raise CourseError("There is no verse to compare with; give at least one.")
    own = set(line)
    shared = [len(own & set(verse.answer)) / max(1, len(own | set(verse.answer))) for verse in verses]
    best = int(np.argmax(shared))
    return verses[best], float(shared[best])


def _other(verse: Verse, pool: Sequence[Verse], rng: np.random.Generator) -> Verse | None:
    """One of the pool, drawn, that has other given lines and does not ask this answer to rhyme with itself."""
    for place in rng.permutation(len(pool))[:50] if len(pool) < 1000 else rng.integers(len(pool), size=50):
        if pool[place].given != verse.given and pool[place].partner != verse.rhyme:
            return pool[place]
    return None
