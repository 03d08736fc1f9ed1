"""How good are answers to lines? What real ones cost, what rhymes, what is new, and what the given line is worth.

others = in_condition(parts.test, "shuffled", sounds.english())
perplexity(writer.bits_each(others), others)
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_numbers, check_whole
from course_lib.datasets.sounds import Sounds, check_sounds
from course_lib.datasets.verse_lines import Line, check_line, check_lines
from course_lib.datasets.verses import Verse, check_verses

CONDITIONS = ("given", "same_rhyme", "shuffled", "blind")
"""An answer's own given lines; those of another verse that asks for the same sound, as far as there is one; those of
any other; none."""


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
    Where no other in the pool asks for the same sound, any other is taken, and a warning says how often: of the 1,450
    held-out couplets 18 times with all of training for a pool, and far more often with a small one. Raises CourseError
    for another condition, for verses without an answer or of two languages, and where nothing is left to take.
    """
    if condition not in CONDITIONS:
        raise CourseError(f"There is no condition {condition!r}; choose one of {', '.join(CONDITIONS)}.")
    check_whole("seed", "what the random numbers follow from", seed, 0)
    check_sounds(sounds)
    verses = check_verses(verses, answered=True, language=sounds.name)
    if condition == "given":
        return verses
    if condition == "blind":
        return [Verse((), verse.answer, "", verse.source) for verse in verses]
    rng = np.random.default_rng(seed)
    pool = verses if pool is None else check_verses(pool, language=sounds.name)
    by_sound: dict[str, list[Verse]] = defaultdict(list)
    for one in pool:
        by_sound[sounds.usual(one.partner)].append(one)
    found, strangers = [], 0
    for verse in verses:
        donor = None
        if condition == "same_rhyme":
            donor = _other(verse, by_sound[sounds.usual(verse.partner)], rng)
            strangers += donor is None
        donor = donor or _other(verse, pool, rng)
        if donor is None:
            raise CourseError("There are too few verses to exchange their given lines: give a larger pool.")
        found.append(Verse(donor.given, verse.answer, donor.partner, verse.source))
    if strangers:
        warnings.warn(
            f"For {strangers} of {len(verses)} verses no other of the pool asks for the same sound, and they got any "
            "other's lines: give a larger pool, such as the training side.",
            stacklevel=2,
        )
    return found


def perplexity(bits: np.ndarray, verses: Sequence[Verse]) -> Perplexity:
    """2 to the bits a word, the end of a line counted as one, of `bits_each` (N, 2) of these verses.

    Words of one line are alike, so the interval is from whole verses. Where something costs infinitely many bits all is
    infinite. Raises CourseError for bits that are none: of another shape, below 0, or NaN.
    """
    bits, events = _checked_bits(bits, verses)
    rest = bits[:, 1].sum() / (events - 1).sum()
    return Perplexity(*_two_to_the_mean(bits.sum(axis=1), events), float(bits[:, 0].mean()), float(rest))


def times_dearer(bits: np.ndarray, than: np.ndarray, verses: Sequence[Verse]) -> tuple[float, float, float]:
    """How many times the perplexity by `bits` is that by `than`, with its interval of 95 %: (times, low, high).

    Both (N, 2) are of the same verses, which are compared in pairs: what is dear to both does not widen it. Raises
    CourseError for bits that are none, and where some are infinite.
    """
    (dearer, events), (cheaper, _) = _checked_bits(bits, verses), _checked_bits(than, verses)
    if not (np.isfinite(dearer).all() and np.isfinite(cheaper).all()):
        raise CourseError("Some of these verses cost infinitely many bits, and cannot be compared in pairs.")
    return _two_to_the_mean((dearer - cheaper).sum(axis=1), events)


def _checked_bits(bits: np.ndarray, verses: Sequence[Verse]) -> tuple[np.ndarray, np.ndarray]:
    """Bits (N, 2), and how many events (N,) each of the N verses has."""
    verses, bits = check_verses(verses, answered=True), check_numbers("bits", bits).astype("float64")
    if bits.shape != (len(verses), 2) or not len(verses):
        raise CourseError(f"Bits (N, 2) of N verses are wanted, not {bits.shape} for {len(verses)}.")
    if not (bits >= 0).all():  # NaN passes no comparison
        raise CourseError("Bits are numbers from 0 on, and some of these are below 0 or NaN.")
    return bits, np.array([verse.events for verse in verses])


def _two_to_the_mean(bits: np.ndarray, events: np.ndarray) -> tuple[float, float, float]:
    """2 to the bits an event, and to both ends of its interval of 95 %.

    It is from the error of a ratio of two means (Cochran, "Sampling Techniques", 1977, section 2.11).
    """
    mean = bits.sum() / events.sum()
    error = 0.0
    if len(bits) > 1 and np.isfinite(mean):
        left = bits - mean * events
        error = np.sqrt(np.sum(left**2) / (len(bits) - 1) / len(bits)) / events.mean()
    return tuple(float(2**exponent) for exponent in (mean, mean - 1.96 * error, mean + 1.96 * error))


def rhymes(pairs: Iterable[tuple[str, str]], sounds: Sounds) -> Rhymes:
    """What of pairs (the word to rhyme with, the answer's last word) does so; a word with itself does not count."""
    pairs = list(pairs) if isinstance(pairs, Iterable) else []
    if not pairs:
        raise CourseError("There is no pair of words; give a list with at least one.")
    for pair in pairs:
        if not isinstance(pair, tuple | list) or [isinstance(word, str) for word in pair] != [True, True]:
            raise CourseError(
                f"A pair is two texts, (the word to rhyme with, the answer's last word), not {pair!r}."
            )
    check_sounds(sounds)
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
    known = {each for line in check_lines(training) for each in runs(line, run)}
    found = [each not in known for line in check_lines(lines) for each in runs(line, run)]
    return sum(found) / len(found) if found else float("nan")


def runs(line: Line, length: int) -> list[Line]:
    """All runs of so many successive words."""
    line = check_line(line)
    check_whole("the length of a run", "how many words in succession are looked up", length, 1)
    return [line[start : start + length] for start in range(len(line) - length + 1)]


def longest_copied(line: Line, training: Iterable[Line]) -> int:
    """Words in the longest run of the line that a line of training has, too."""
    line, training = check_line(line), [f" {' '.join(other)} " for other in check_lines(training)]
    for length in range(len(line), 0, -1):
        if any(f" {' '.join(each)} " in other for each in runs(line, length) for other in training):
            return length
    return 0


def nearest(line: Line, verses: Sequence[Verse]) -> tuple[Verse, float]:
    """The verse whose answer is most like a line, and how much: words in common over words in either, 0 to 1.

    Jaccard's index of the two sets of words; of equals the first.
    """
    verses, own = check_verses(verses), set(check_line(line))
    if not verses:
        raise CourseError("There is no verse to compare with; give at least one.")
    shared = [len(own & set(verse.answer)) / max(1, len(own | set(verse.answer))) for verse in verses]
    best = int(np.argmax(shared))
    return verses[best], float(shared[best])


def _other(verse: Verse, pool: Sequence[Verse], rng: np.random.Generator) -> Verse | None:
    """One of the pool, drawn, that has other given lines and does not ask this answer to rhyme with itself."""
    for place in rng.permutation(len(pool))[:50] if len(pool) < 1000 else rng.integers(len(pool), size=50):
        if pool[place].given != verse.given and pool[place].partner != verse.rhyme:
            return pool[place]
    return None
