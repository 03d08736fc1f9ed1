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
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.tables import read_rows

Line = tuple[str, ...]
MOST_WORDS = 15
"""The longest line of the couplets has so many words."""
CHARACTERS = 5
"""In a line of a quatrain."""
SHARES = (0.8, 0.1, 0.1)
WORD = re.compile(r"'?[a-z]+(?:['-][a-z]+)*'?")
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Verse:
    """given: the lines before, one of a couplet and three of a quatrain. answer: the line that follows. partner: the
    word that the answer should rhyme with, the last of the couplet's first or of the quatrain's second line. source:
    where it stands, as people cite it."""

    given: tuple[Line, ...]
    answer: Line
    partner: str
    source: str = ""

    @property
    def rhyme(self) -> str:
        """The answer's last word."""
        return self.answer[-1]

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
    if not len(verses):
        raise CourseError("There is no verse to split; give at least three.")
    keys: dict[Hashable, int] = {}
    links = [
        (item, keys.setdefault(key, len(keys))) for item, verse in enumerate(verses) for key in _keys(verse)
    ]
    items, own = np.transpose(links)
    size = len(verses) + len(keys)
    graph = coo_array((np.ones(len(links)), (items, own + len(verses))), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][: len(verses)]
    return np.unique(labels, return_inverse=True)[1].reshape(-1)


def words(line: str) -> Line:
    """The words of an English line as it is written or typed, 1 to 15 of them.

    Case and punctuation go, accents too, hyphens and apostrophes inside a word stay: ("heavenly-born", "unnumber'd").
    Raises CourseError for what is no text, has letters of another script, or no word or too many.
    """
    text = _plain_text(line)
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("\u2018", "'"))
    foreign = [one for one in folded if one.isalpha() and not one.isascii()]
    if foreign:
        raise CourseError(
            f"The line has {foreign[0]!r} in it, and these couplets know the Latin alphabet alone: write in English."
        )
    found = tuple(WORD.findall("".join(one for one in folded if not unicodedata.combining(one)).lower()))
    if not 1 <= len(found) <= MOST_WORDS:
        raise CourseError(f"A line has 1 to {MOST_WORDS} words, and this one {len(found)}: {_shown(text)}.")
    return found


def characters(line: str) -> Line:
    """The five characters of a Chinese line; spaces and punctuation go. Raises CourseError for any other line."""
    text = _plain_text(line)
    found = tuple(one for one in text if one.isalnum())
    foreign = [one for one in found if not IDEOGRAPH.fullmatch(one)]
    if foreign:
        raise CourseError(
            f"The line has {foreign[0]!r} in it: a line of a quatrain is in Chinese characters."
        )
    if len(found) != CHARACTERS:
        raise CourseError(
            f"A line of these quatrains has {CHARACTERS} characters, and this one {len(found)}: {_shown(text)}."
        )
    return found


def written(line: Iterable[str]) -> str:
    """A line as text: English with a capital at its beginning and in names, Chinese without spaces."""
    line = list(line)
    if line and all(IDEOGRAPH.fullmatch(word) for word in line):
        return "".join(line)
    text = " ".join(_capitals().get(word, word) for word in line)
    return re.sub("[A-Za-z]", lambda letter: letter.group().upper(), text, count=1)


@functools.cache
def _capitals() -> dict[str, str]:
    """Word -> how it is mostly written within a line, for those with a capital there."""
    forms: dict[str, Counter] = defaultdict(Counter)
    for row in read_rows("couplets.csv"):
        for line in (row["first"], row["second"]):
            for form in re.findall(WORD.pattern, line, re.IGNORECASE)[1:]:
                forms[form.lower()][form] += 1
    usual = {word: counts.most_common(1)[0][0] for word, counts in forms.items()}
    return {word: form for word, form in usual.items() if form != word}


def _keys(verse: Verse) -> Iterable[Hashable]:
    yield from (*verse.given, verse.answer)
    if len(verse.given) == 1:
        yield frozenset((verse.partner, verse.rhyme))


def _plain_text(line: object) -> str:
    if not isinstance(line, str):
        raise CourseError(
            f"A line is a text, such as 'Sing, goddess, of the wrath', not a {type(line).__name__}."
        )
    return unicodedata.normalize("NFC", line)


def _shown(text: str, most: int = 40) -> str:
    return repr(text if len(text) <= most else text[: most - 3] + "...")
