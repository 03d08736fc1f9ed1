"""English couplets and Chinese quatrains: lines that are given, and the line that answers them.

    parts = split(couplets())
    verse = parts.test[0]
    verse.given, verse.answer           ((("achilles'", "wrath", ...),), ("of", "woes", ...))
    written(verse.answer)               "Of woes unnumber'd heavenly goddess sing"

A line is a tuple of words, in lower case and without punctuation; in Chinese a word is a character. The couplets are
those of Pope's Iliad and Dryden's Aeneid, the quatrains are of the Tang dynasty (data/README.md). NumPy and SciPy only.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.tables import read_rows
from course_lib.datasets.tune_families import joined
from course_lib.datasets.verse_lines import IDEOGRAPH, Line, check_line, check_lines, shown, words, written

SHARES = (0.8, 0.1, 0.1)


@dataclass(frozen=True)
class Verse:
    """given: the lines before, one of a couplet and three of a quatrain. answer: the line that follows. partner: the
    word that the answer should rhyme with, the last of the couplet's first or of the quatrain's second line. source:
    where it stands, as people cite it. Without given lines there is no partner, "", and before it is answered the
    answer is ().

    Raises CourseError for lines that are none (`check_line`).
    """

    given: tuple[Line, ...]
    answer: Line
    partner: str
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", tuple(check_lines(self.given)))
        object.__setattr__(self, "answer", check_line(self.answer))
        if not all(self.given):
            raise CourseError("A given line has no word; leave it out.")
        if not (isinstance(self.partner, str) and isinstance(self.source, str)):
            raise CourseError(
                f"The partner and the source of a verse are texts, '' for none, not {self.partner!r} and "
                f"{self.source!r}."
            )

    @property
    def rhyme(self) -> str:
        """The answer's last word. Raises CourseError if there is no answer yet."""
        if not self.answer:
            raise CourseError(
                "This verse has no answer yet: give it one with Verse(verse.given, words('...'), verse.partner)."
            )
        return self.answer[-1]

    @property
    def language(self) -> str | None:
        """What it is written in, "english" or "chinese"; None of a verse without a word."""
        for line in (*self.given, self.answer):
            for word in line:
                return "chinese" if IDEOGRAPH.fullmatch(word) else "english"
        return None

    @property
    def events(self) -> int:
        """What a model has to guess of the answer: its words, and that it ends."""
        return len(self.answer) + 1


class VerseSplit(NamedTuple):
    """Verses to learn from, to choose by, and to judge by."""

    train: tuple[Verse, ...]
    validation: tuple[Verse, ...]
    test: tuple[Verse, ...]


@functools.cache
def couplets() -> tuple[Verse, ...]:
    """All 14,538, in the order of the poems."""
    rows = read_rows("couplets.csv")
    lines = [(words(row["first"]), words(row["second"])) for row in rows]
    return tuple(
        Verse((first,), second, first[-1], f"{row['poem']}, book {row['book']}")
        for row, (first, second) in zip(rows, lines, strict=True)
    )


@functools.cache
def quatrains() -> tuple[Verse, ...]:
    """All 3,720, their fourth line the answer."""
    verses = []
    for row in read_rows("tang_quatrains.csv"):
        *given, answer = (tuple(row[f"line{number}"]) for number in (1, 2, 3, 4))
        verses.append(Verse(tuple(given), answer, given[1][-1], f"{row['author']}, {row['title']}"))
    return tuple(verses)


def all_lines(verses: Sequence[Verse]) -> list[Verse]:
    """The verses, and of each quatrain its second and third line as answers to those before: more to learn from.

    The second line's partner is the first's last character, with which it rhymes or not; the third has none.
    """
    verses = check_verses(verses)
    found = list(verses)
    for verse in verses:
        for place in range(1, len(verse.given)):
            partner = verse.given[0][-1] if place == 1 else ""
            found.append(Verse(verse.given[:place], verse.given[place], partner, verse.source))
    return found


def split(verses: Sequence[Verse], seed: int = 0) -> VerseSplit:
    """The verses in three parts of about 80, 10 and 10 %, the same ones for the same seed, in their order.

    What belongs together stays on one side: couplets whose two lines end in the same two words, in whichever order, and
    verses that have a whole line in common. So neither a pair of rhymes nor a line of a poem is held out that training
    has seen. Raises CourseError for fewer than three such groups.
    """
    check_whole("seed", "what the random numbers follow from", seed, 0)
    verses = check_verses(verses)
    group = groups(verses)
    sizes = np.bincount(group)
    if len(sizes) < 3:
        raise CourseError(
            f"Three parts need three groups of verses that share nothing, and these {len(verses)} are of {len(sizes)}: "
            "give more verses."
        )
    part_of = np.zeros(len(sizes), int)
    counts = np.zeros(3)
    order = np.random.default_rng(seed).permutation(len(sizes))
    for place, number in enumerate(order):
        part = int(np.argmax(np.multiply(SHARES, len(verses)) - counts)) if place > 2 else place
        part_of[number] = part
        counts[part] += sizes[number]
    sides = part_of[group]
    return VerseSplit(
        *(
            tuple(verse for verse, side in zip(verses, sides, strict=True) if side == part)
            for part in range(3)
        )
    )


def groups(verses: Sequence[Verse]) -> np.ndarray:
    """The number of each verse's group, int (N,): verses that share a line or a pair of rhymes, or do so by others."""
    verses = check_verses(verses, answered=True)
    if not verses:
        raise CourseError("There is no verse to split; give at least three.")
    return joined(map(_keys, verses))


def check_verses(verses: Iterable[Verse], answered: bool = False, language: str | None = None) -> list[Verse]:
    """The verses as a list. Raises CourseError for a single one, and for what are no verses.

    answered: whether each must have an answer. language: "english" or "chinese", if they must be of one.
    """
    if isinstance(verses, Verse):
        raise CourseError("A list of verses is wanted, and this is a single one: put it in brackets.")
    if isinstance(verses, str) or not isinstance(verses, Iterable):
        raise CourseError(
            f"A list of verses is wanted, such as split(couplets()).test, not one thing of type "
            f"{type(verses).__name__}."
        )
    found = list(verses)
    for verse in found:
        check_verse(verse, language)
        if answered:
            _ = verse.rhyme  # raises where there is none
    return found


def check_verse(verse: Verse, language: str | None = None) -> None:
    """Raise CourseError for what is no verse, or one of another language than this."""
    if not isinstance(verse, Verse):
        what = f"the text {shown(verse)}" if isinstance(verse, str) else f"of type {type(verse).__name__}"
        raise CourseError(
            f"A verse is wanted, as code.read('Sing, goddess, of the wrath') makes one of a text, not {what}."
        )
    if language and verse.language not in (None, language):
        raise CourseError(
            f"{written((*verse.given, verse.answer)[0])!r} is {verse.language}, and here {language} verses are wanted: "
            "take verses, sounds and network of one language."
        )


def _keys(verse: Verse) -> Iterable[Hashable]:
    yield from (*verse.given, verse.answer)
    if len(verse.given) == 1:
        yield frozenset((verse.partner, verse.rhyme))
