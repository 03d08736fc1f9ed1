"""A line in, its answer out: the network that writes verse from the rhyme backwards.

writer = pretrained_verses.couplets()
found = writer.answer(writer.code.read("Sing, goddess, of the wrath"), way="sample", seed=3)
written(found.line)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number
from course_lib.datasets.verse_lines import Line
from course_lib.datasets.verses import Verse
from course_lib.models.sequences.beam import by_beam
from course_lib.models.sequences.scoring import LARGEST_TEMPERATURE
from course_lib.models.verse_code import BLIND, Code
from course_lib.models.verse_drawing import Grammar, one_by_one
from course_lib.models.verse_network import VerseNetwork

WAYS = ("greedy", "sample", "beam")
TOGETHER = 64


@dataclass(frozen=True)
class Answer:
    """line: the words of an answer. verse: what it answers. bits: what it costs, END too, under what wrote it.

    rows: the answer's symbols in reading order, its tones in Chinese and its sound behind it; columns: those of the
    given lines, in their order, the sound to rhyme with last. attention: float32 (len(rows), len(columns)), how much
    the network looked at each column when it wrote each row, every row of sum 1; None for the baseline.
    """

    line: Line
    verse: Verse
    bits: float
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    attention: np.ndarray | None


class Writer:
    """A `VerseNetwork` and the code in which it reads and writes. Raises CourseError if these do not fit."""

    def __init__(self, network: VerseNetwork, code: Code):
        fits = isinstance(network, VerseNetwork) and isinstance(code, Code)
        if not fits or network.vocabulary_size != len(code.vocabulary):
            raise CourseError(
                "A writer needs a Code, and a VerseNetwork(len(code.vocabulary), code.longest) made for it."
            )
        self.network, self.code = network, code
        self.grammar = Grammar(code, code.heads)

    def phrase(self, verse: Verse) -> np.ndarray:
        """Ids of what is given, int32; of a verse without given lines the phrase of one who has not seen them."""
        return self.code.vocabulary.encode(self.code.phrase(verse)) if verse.given else BLIND

    def bits_each(self, verses: Sequence[Verse]) -> np.ndarray:
        """What each answer costs, float64 (N, 2): its rhyming word with sound and tones; the rest, with its end."""
        pairs = [(self.phrase(verse), self.code.encode(verse)[1]) for verse in self.code.checked(verses)]
        first = self.code.heads + 1
        return np.array([[each[:first].sum(), each[first:].sum()] for each in self.network.bits_each(pairs)])

    def answer(
        self, verse: Verse, way: str = "greedy", temperature: float = 1.0, beam: int = 8, seed: int = 0
    ) -> Answer:
        """One answer to the given lines; its attention is that of the network when it is made to write this line."""
        return self.answers([verse], way, temperature, beam, seed)[0]

    def answers(
        self,
        verses: Sequence[Verse],
        way: str = "sample",
        temperature: float = 1.0,
        beam: int = 8,
        seed: int = 0,
    ) -> list[Answer]:
        """An answer to each verse, its own answer not looked at.

        way: "greedy" takes the likeliest symbol each time, "sample" draws one at this temperature, "beam" looks for the
        likeliest whole with so many beginnings side by side. Raises CourseError for another way, for what are no verses
        of the writer's language, for a number out of its range, and for a network whose training has diverged.
        """
        check_way(way)
        verses = self.code.checked(verses)
        check_number("temperature", "how boldly words are drawn", temperature, 0, LARGEST_TEMPERATURE)
        check_whole("seed", "what the random numbers follow from", seed, 0)
        check_whole("beam", "how many beginnings are kept", beam, 1, 100)
        rng, found = np.random.default_rng(seed), []
        for start in range(0, len(verses), TOGETHER):
            part = verses[start : start + TOGETHER]
            phrases = [self.phrase(verse) for verse in part]
            if way == "beam":
                ids = [
                    self._by_beam(verse, phrase, beam) for verse, phrase in zip(part, phrases, strict=True)
                ]
            else:
                ids = one_by_one(
                    lambda running, beginnings, phrases=phrases: self.network.next_of_each(
                        [phrases[one] for one in running], beginnings
                    ),
                    *(self.grammar, part, temperature if way == "sample" else 0.0, rng),
                )
            found += self._told(part, list(zip(phrases, ids, strict=True)))
        return found

    def _by_beam(self, verse: Verse, phrase: np.ndarray, beam: int) -> np.ndarray:
        def next_of(beginnings: list[np.ndarray]) -> np.ndarray:
            allowed = self.grammar.allowed(len(beginnings[0]), verse)
            return self.network.next_of_each([phrase] * len(beginnings), beginnings) * allowed

        found = by_beam(next_of, beam, self.grammar.longest + 1)  # the last event can only be END
        if found is None:
            raise CourseError("No line can be written to this: the model thinks every one impossible.")
        return found

    def _told(self, verses: Sequence[Verse], pairs: list[tuple[np.ndarray, np.ndarray]]) -> list[Answer]:
        """Answers of ids, with all that is known of them."""
        costs, looks = self.network.bits_each(pairs), self.network.looks(pairs)
        found = []
        for verse, (_, ids), cost, look in zip(verses, pairs, costs, looks, strict=True):
            rows = tuple(reversed(self.code.vocabulary.decode(ids)))
            columns = tuple(reversed(self.code.phrase(verse))) if verse.given else ("",)
            found.append(
                Answer(self.code.line(ids), verse, float(cost.sum()), rows, columns, look[::-1, ::-1])
            )
        return found


def check_way(way: str) -> None:
    """Raise CourseError unless this is one of `WAYS`."""
    if not isinstance(way, str) or way not in WAYS:
        raise CourseError(f"A line is written in one of the ways {', '.join(WAYS)}, not {way!r}.")
