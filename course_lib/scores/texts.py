"""How good are texts that a model made up? Are they new, do they differ, are they spelled like real ones?

    novelty(drawn, training)                   share that training does not have
    ngram_distance(drawn, held_out)            beside floor(training, held_out, len(drawn)), which no model need beat
    nearest("the black cat", training)         ("the black rat", 1)

Each measure alone can be cheated: random letters are new, one good text a thousand times is spelled well, and training
texts are both well spelled and different. So all are read together. NumPy only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from course_lib import CourseError

Texts = Sequence[str]


def plain(text: str) -> str:
    """The letters and digits of a text, small, without anything between them: what two spellings have in common."""
    return "".join(filter(str.isalnum, text.lower()))


def novelty(drawn: Texts, known: Texts) -> float:
    """The share of `drawn` that is not in `known`, in 0..1; capitals, spaces and signs make nothing new.

    An empty text is not new either. Repeated texts count each time: see `distinct`.
    """
    _check(drawn, known)
    old = {plain(text) for text in known} | {""}
    return float(np.mean([plain(text) not in old for text in drawn]))


def known_words(drawn: Texts, known: Texts) -> float:
    """The share of `drawn` whose words, one or more, all occur somewhere in `known`, in 0..1."""
    _check(drawn, known)
    lexicon = {word for text in known for word in text.lower().split()}
    return float(
        np.mean([bool(words := text.lower().split()) and lexicon.issuperset(words) for text in drawn])
    )


def distinct(drawn: Texts) -> float:
    """How many different texts there are, over how many: 1 if all differ. It falls with the number drawn."""
    _check(drawn)
    return len({plain(text) for text in drawn}) / len(drawn)


def self_overlap(drawn: Texts, n: int = 4) -> float:
    """How much of a text stands in the others: the share of its n-grams that another text has too, the mean, in 0..1.

    A cheap relative of Self-BLEU (Zhu et al., "Texygen", 2018, arXiv:1802.01886, section 3). It rises with the number
    drawn, so compare equal numbers, and compare with that of real texts: these have words in common too.
    """
    _check(drawn)
    each = [set(ngrams(text, n)) for text in drawn]
    texts_with = Counter(gram for grams in each for gram in grams)
    return float(np.mean([np.mean([texts_with[gram] > 1 for gram in grams]) for grams in each]))


def ngrams(text: str, n: int) -> list[str]:
    """Its n successive characters, each in turn, start and end marked as they belong to spelling too; at least one."""
    if n < 1:
        raise CourseError(f"n is how many characters an n-gram has, 1 or more, not {n!r}.")
    marked = "^" * (n - 1) + text + "$"
    return [marked[place : place + n] for place in range(len(marked) - n + 1)]


def ngram_distance(drawn: Texts, real: Texts, n: int = 3) -> float:
    """How differently often n-grams occur: the Jensen-Shannon divergence of their frequencies, in bits.

    0 for the same frequencies, 1 for no n-gram in common. Lin, "Divergence Measures Based on the Shannon Entropy",
    1991, equation 4.1. Two small samples of one source are apart too, the more so the smaller they are: see `floor`.
    """
    _check(drawn, real)
    p, q = (Counter(gram for text in texts for gram in ngrams(text, n)) for texts in (drawn, real))
    grams = sorted(p.keys() | q.keys())
    p, q = (np.array([counts[gram] for gram in grams]) / counts.total() for counts in (p, q))
    middle = (p + q) / 2
    return max(0.0, _entropy(middle) - (_entropy(p) + _entropy(q)) / 2)


def floor(training: Texts, held_out: Texts, count: int, n: int = 3, seed: int = 0) -> float:
    """The n-gram distance of `count` training texts, drawn without repetition, from those held out.

    A model that draws `count` texts and gets below it is lucky, or has repeated what is common. Raises CourseError for
    a count above the number of training texts.
    """
    _check(training, held_out)
    if not 1 <= count <= len(training):
        raise CourseError(f"count is 1 to {len(training)}, the number of training texts, not {count!r}.")
    chosen = np.random.default_rng(seed).choice(len(training), count, replace=False)
    return ngram_distance([training[place] for place in chosen], held_out, n)


def edit_distance(one: str, other: str) -> int:
    """The least number of characters added, left out or changed that makes one of the other (Levenshtein 1966)."""
    return int(edit_distances(one, [other])[0])


def edit_distances(text: str, others: Texts) -> np.ndarray:
    """Edit distances of a text from each of N others, int64 (N,), all at once: one row of the table after the other."""
    _check(others)
    longest = max(map(len, others))
    codes = np.zeros((len(others), longest), "int64")
    for row, other in zip(codes, others, strict=True):
        row[: len(other)] = [ord(character) for character in other]
    places = np.arange(longest + 1)
    row = np.tile(places, (len(others), 1))  # from nothing to the first j characters of each other
    for length, character in enumerate(text, 1):
        changed = row[:, :-1] + (codes != ord(character))
        best = np.minimum(row[:, 1:] + 1, changed)
        # Characters added run along the row: entry j is the least of best[i] + (j - i) for i up to j.
        start = np.full((len(others), 1), length)
        row = np.minimum.accumulate(np.concatenate([start, best], axis=1) - places, axis=1) + places
    return row[np.arange(len(others)), [len(other) for other in others]]


def nearest(text: str, known: Texts) -> tuple[str, int]:
    """The known text with the smallest edit distance from `text`, the first of equals, and the distance."""
    apart = edit_distances(text, known)
    place = int(apart.argmin())
    return known[place], int(apart[place])


def _entropy(chances: np.ndarray) -> float:
    chances = chances[chances > 0]
    return float(-(chances * np.log2(chances)).sum())


def _check(*lists: Texts) -> None:
    for texts in lists:
        if isinstance(texts, str):
            raise CourseError("A list of texts is wanted, and this is one text: put it in brackets.")
        if not len(texts):
            raise CourseError("There is no text; give at least one.")
