"""Lines drawn word by word from any model that says how likely each symbol is next: greedily, by chance, by beam.

What is no line is left out: an answer has its sound first, and its tones in Chinese, then words alone; no word is
unknown or rhymed with itself; a Chinese line has five characters. Of what is left the model's own proportions decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.verse_lines import CHARACTERS
from course_lib.datasets.verses import Verse
from course_lib.models.sequences.scoring import at_temperature, draw
from course_lib.models.sequences.vocabulary import END, START, UNKNOWN
from course_lib.models.verse_code import Code, is_word

FEWEST = 4
"""Words in the shortest line of the couplets."""


class Grammar:
    """Which symbols may stand where. heads: how many symbols come before the words; 0 for a model of words alone.

    longest: how many symbols an answer has at most, END left out.
    """

    def __init__(self, code: Code, heads: int):
        if not isinstance(code, Code):
            raise CourseError(f"A code is wanted, Code.of(verses, sounds), not {type(code).__name__}.")
        check_whole("heads", "how many symbols come before the words", heads, 0, code.heads)
        self.code, self.heads = code, heads
        self.least, self.most = (
            (CHARACTERS, CHARACTERS) if code.chinese else (FEWEST, code.longest[1] - code.heads)
        )
        self.longest = heads + self.most
        symbols = ("", "", "", *code.vocabulary.symbols)
        self.words = np.array([bool(symbol) and is_word(symbol) for symbol in symbols])
        self.kinds = [
            np.array([symbol.startswith(f"<{kind}") for symbol in symbols]) for kind in ("sound", "tones")
        ]

    def allowed(self, place: int, verse: Verse) -> np.ndarray:
        """bool (V,): what may be the symbol number `place` of an answer to this verse."""
        if place < self.heads:
            return self.kinds[place]
        count = place - self.heads
        found = self.words.copy() if count < self.most else np.zeros(len(self.words), bool)
        found[[START, UNKNOWN]] = False
        found[END] = count >= self.least
        own = self.code.vocabulary.ids.get(verse.partner)
        if count == 0 and own is not None:
            found[own] = False
        return found


def one_by_one(
    next_of_each: Callable[[list[int], list[np.ndarray]], np.ndarray],
    grammar: Grammar,
    verses: Sequence[Verse],
    temperature: float,
    rng: np.random.Generator,
    beginnings: Sequence[np.ndarray] | None = None,
) -> list[np.ndarray]:
    """An answer to each verse, int32 (n,), END left out, all grown together.

    next_of_each: numbers of the verses still running, and their beginnings of equal length, to P(next), (count, V).
    temperature: 0 takes the most likely symbol each time. beginnings: what is fixed, all of one length.
    """
    drawn = list(beginnings) if beginnings is not None else [np.empty(0, "int32")] * len(verses)
    running = list(range(len(verses)))
    while running:
        chances = next_of_each(running, [drawn[one] for one in running])
        place = len(drawn[running[0]])
        chances = np.stack(
            [
                possible(row, grammar.allowed(place, verses[one]))
                for one, row in zip(running, chances, strict=True)
            ]
        )
        chosen = draw(at_temperature(chances, temperature), rng)
        for one, event in zip(running, chosen.tolist(), strict=True):
            if event != END:
                drawn[one] = np.append(drawn[one], np.int32(event))
        running = [one for one, event in zip(running, chosen, strict=True) if event != END]
    return drawn


def possible(chances: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Chances (V,) of what is allowed, made to add up to 1; all alike if the model gives none of it a chance.

    NaN stays NaN and what is below 0 stays so; `at_temperature` refuses both.
    """
    kept = chances * allowed
    return kept / np.abs(kept).sum() if kept.any() else allowed / allowed.sum()
