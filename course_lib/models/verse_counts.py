"""What the network has to beat: a word that rhymes, drawn by how often lines end in it, and before it what counts say.

    baseline = Baseline(code, order=2).fit(parts.train)
    baseline.bits_each(parts.test)

It rhymes as well as one likes and knows nothing of what the given line says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number
from course_lib.datasets.verses import Verse
from course_lib.models.sequences.ngram import NGram
from course_lib.models.sequences.vocabulary import UNKNOWN
from course_lib.models.verse_code import Code
from course_lib.models.verse_drawing import Grammar, one_by_one
from course_lib.models.verses import Answer

SHARES = np.linspace(0.01, 0.99, 99)
SEEN_TOO = 0.1
"""Added to every word's count, so that words that never ended a line can."""


class Baseline:
    """P(last word | partner) = share * P(last word | it rhymes) + (1 - share) * P(last word), the rest by an n-gram.

    Both are frequencies among the last words of training lines; to rhyme is to have a sound in common and to be another
    word. The n-gram, Witten-Bell of this order, reads lines from their end. code: whose words it writes.
    """

    def __init__(self, code: Code, order: int = 2, share: float = 0.9):
        check_number("share", "the part of answers that are made to rhyme", share, 0, 1)
        self.grammar = Grammar(code, heads=0)
        self.code, self.share = code, share
        self.ngram = NGram(len(code.vocabulary), order)
        self.ends = np.zeros(len(code.vocabulary))

    def fit(self, verses: Sequence[Verse]) -> Baseline:
        """Count the last words and the n-grams of all lines, given ones too. Returns itself."""
        verses = self.code.checked(verses, answered=True)
        lines = [self._ids(line) for verse in verses for line in (*verse.given, verse.answer)]
        self.ngram.fit(lines)
        last = [
            each for verse in verses for each in self.code.vocabulary.encode([verse.partner, verse.rhyme])
        ]
        self.ends = np.bincount(last, minlength=len(self.ends)) + SEEN_TOO
        self.ends[~self.grammar.words] = 0
        self.ends[UNKNOWN] = (
            np.bincount(last, minlength=3)[UNKNOWN] + SEEN_TOO
        )  # UNKNOWN, which stands for many rare words
        return self

    def choose_share(self, verses: Sequence[Verse]) -> Baseline:
        """Take the share, in hundredths, that makes the last words of these verses likeliest. Returns itself."""
        verses = self.code.checked(verses, answered=True)
        if not verses:
            raise CourseError("There is no verse to choose the share by; give at least one.")
        ids = self.code.vocabulary.encode([verse.rhyme for verse in verses])
        own = np.array([self._rhyming(verse)[one] for verse, one in zip(verses, ids, strict=True)])
        any_word = (self.ends / self.ends.sum())[ids]
        costs = [-np.log2(share * own + (1 - share) * any_word).sum() for share in SHARES]
        self.share = float(SHARES[int(np.argmin(costs))])
        return self

    def last_word(self, verse: Verse) -> np.ndarray:
        """P(last word | partner), float64 (V,)."""
        rhyming = self._rhyming(verse)
        share = self.share if rhyming.any() else 0.0
        return share * rhyming + (1 - share) * self.ends / self.ends.sum()

    def bits_each(self, verses: Sequence[Verse]) -> np.ndarray:
        """What each answer costs, float64 (N, 2): its last word; the rest, with its end."""
        verses = self.code.checked(verses, answered=True)
        ids = [self._ids(verse.answer) for verse in verses]
        rest = [each[1:].sum() for each in self.ngram.bits_each(ids)]
        last = [-np.log2(self.last_word(verse)[each[0]]) for verse, each in zip(verses, ids, strict=True)]
        return np.transpose([last, rest])

    def answers(self, verses: Sequence[Verse], temperature: float = 1.0, seed: int = 0) -> list[Answer]:
        """An answer to each verse, drawn; without attention, since it looks at nothing but the partner."""
        verses = self.code.checked(verses)
        check_whole("seed", "what the random numbers follow from", seed, 0)
        rng = np.random.default_rng(seed)

        def next_of_each(running: list[int], beginnings: list[np.ndarray]) -> np.ndarray:
            if not len(beginnings[0]):
                return np.stack([self.last_word(verses[one]) for one in running])
            return self.ngram.next_probabilities(beginnings)

        drawn = one_by_one(next_of_each, self.grammar, verses, temperature, rng)
        found = []
        for verse, ids in zip(verses, drawn, strict=True):
            line = self.code.line(ids)
            cost = float(self.bits_each([Verse(verse.given, line, verse.partner)]).sum())
            found.append(Answer(line, verse, cost, line, (), None))
        return found

    def _rhyming(self, verse: Verse) -> np.ndarray:
        """P(last word | it rhymes with the partner), float64 (V,); all 0 if nothing is known to.

        Raises CourseError for what is no verse, and if nothing was counted yet.
        """
        self.code.checked([verse])
        if not self.ends.any():
            raise CourseError("This baseline has counted nothing yet: call fit(verses) first.")
        kept = np.zeros(len(self.ends))
        ids = self.code.vocabulary.ids
        for sound in self.code.sounds.of(verse.partner):
            for word in self.code.sounds.with_sound(sound):
                if word in ids and word != verse.partner:
                    kept[ids[word]] = self.ends[ids[word]]
        return kept / max(kept.sum(), 1e-12)

    def _ids(self, line: Sequence[str]) -> np.ndarray:
        return self.code.vocabulary.encode(reversed(line))
