"""The titles of the course's tunes as short texts, cleaned, with near duplicates kept together; and their alphabet.

    parts = split(load_titles())
    alphabet = Alphabet.of(parts.train + parts.validation + parts.test)
    alphabet.encode("the black cat")                    int32 (13,), one id a character

"Piper's Maggot.", "PIPERS MAGGOT -- JIG" and "The Piper's Maggot" are one title to a model: held out, it would be known
by heart. So titles are put into groups first, and one of each group is kept. NumPy only.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.melodies import load_melodies
from course_lib.datasets.tune_families import joined

LONGEST = 32
"""Characters of a title at most: 97 % of them are no longer."""
SETTING = re.compile(r"\b(no\.? ?\d+|(\d+[a-z]*|first|second|third) (setting|set|version|way))\b")
SMALL_WORDS = frozenset(["a", "an", "the", "and", "of", "in", "on", "o"])
DANCES = frozenset(
    ["jig", "reel", "hornpipe", "strathspey", "march", "waltz", "fling", "clog", "slipjig", "dance"]
)
SHARES = (0.8, 0.1, 0.1)


class Split(NamedTuple):
    """Titles to learn from, to choose by, and to judge by."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]


def clean(title: str) -> str:
    """A title in small letters a to z, single spaces and apostrophes; "" if nothing is left.

    Accents go, and with them what is no title: " -- REEL", brackets, "2nd Setting". A title with other numbers in it
    becomes "": nearly all of these are quick steps of numbered regiments.
    """
    title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    title = SETTING.sub(" ", re.sub(r"\(.*?\)|\(.*$", " ", title.split(" -- ")[0]))
    if re.search(r"\d", title):
        return ""
    title = re.sub(r"[^a-z']+", " ", title.replace("&", " and "))
    return " ".join(word for word in title.split() if word.strip("'"))


@functools.cache
def load_titles() -> tuple[str, ...]:
    """The cleaned titles of all tunes, each spelling once, in the file's order, of `LONGEST` characters at most."""
    titles = (clean(tune.title) for tune in load_melodies())
    return tuple(dict.fromkeys(title for title in titles if 0 < len(title) <= LONGEST))


def key(title: str) -> str:
    """What makes two titles the same: the words in their order, run together, without small words, the kind of dance
    at the end, apostrophes, and an s at the end of a word. Never empty for a title that is not."""
    words = [word.replace("'", "") for word in title.split()]
    telling = [word for word in words if word not in SMALL_WORDS] or words
    if len(telling) > 1 and telling[-1].rstrip("s") in DANCES:
        telling = telling[:-1]
    return "".join(word.rstrip("s") or word for word in telling)


def groups(titles: Sequence[str]) -> np.ndarray:
    """The number of each title's group, int64 (N,), numbered from 0 as they first appear.

    Two titles are of one group if their keys are the same, or, for keys of `SURE` letters and more, if one letter taken
    out of each makes them the same (a letter changed, added or left out), or if a third is of one group with both.
    """
    return joined([_signs(key(title)) for title in titles])


SURE = 6
"""Letters from which on a key with one changed is taken for a spelling of the same: not "lads" and "lass"."""


def _signs(word: str) -> list[Hashable]:
    if len(word) < SURE:
        return [word]
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]


def split(titles: Sequence[str], seed: int = 0) -> Split:
    """One title of each group, the first, in three parts of 80, 10 and 10 %, the same ones for the same seed.

    The order within a part is that of `titles`. Raises CourseError for fewer than ten groups.
    """
    check_whole("seed", "what the random numbers follow from", seed, 0)
    _, firsts = np.unique(groups(titles), return_index=True)
    if len(firsts) < 10:
        raise CourseError(
            f"Three parts need ten titles that differ, and these {len(titles)} are of {len(firsts)} groups."
        )
    order = np.random.default_rng(seed).permutation(firsts)
    ends = np.rint(np.cumsum(SHARES) * len(order)).astype(int)
    parts = np.split(order, ends[:-1])
    return Split(*(tuple(titles[place] for place in sorted(part.tolist())) for part in parts))


@dataclass(frozen=True)
class Alphabet:
    """Characters and their ids: 0 starts a text, 1 ends it, 2 stands for no character, and the first character is 3.

    The ids are those that the course's models of sequences use, so they take what `encode` returns. `of` makes one.
    """

    characters: tuple[str, ...]

    START, END, FIRST = 0, 1, 3

    @classmethod
    def of(cls, texts: Iterable[str]) -> Alphabet:
        """All characters of these texts, sorted. Raises CourseError if there is none."""
        characters = tuple(sorted(set().union(*texts)))
        if not characters:
            raise CourseError(
                "There is no character in these texts; give at least one text that is not empty."
            )
        return cls(characters)

    def __len__(self) -> int:
        """How many ids there are, the three that are no characters among them."""
        return self.FIRST + len(self.characters)

    def encode(self, text: str) -> np.ndarray:
        """Ids, int32 (n,), one a character, without start and end.

        Raises CourseError for a character that the alphabet does not have.
        """
        ids = {character: number for number, character in enumerate(self.characters, self.FIRST)}
        for place, character in enumerate(text, 1):
            if character not in ids:
                raise CourseError(
                    f"Character {place} of {text!r} is {character!r}, which is not in the alphabet "
                    f"{''.join(self.characters)!r}: clean the text with texts.clean, or leave the character out."
                )
        return np.array([ids[character] for character in text], "int32")

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """The text of ids (n,), up to the first end. Raises CourseError for an id that stands for no character."""
        found = []
        for number in np.asarray(ids).reshape(-1).tolist():
            if number == self.END:
                break
            if not self.FIRST <= number < len(self):
                raise CourseError(
                    f"The id {number} is no character: these have ids from {self.FIRST} to {len(self) - 1}."
                )
            found.append(self.characters[number - self.FIRST])
        return "".join(found)

    def padded(self, texts: Sequence[str], length: int = LONGEST) -> np.ndarray:
        """The ids of texts, int32 (N, length), each filled up with the end. Raises CourseError for a longer text."""
        check_whole("length", "how many characters every text is filled up to", length, 1)
        found = np.full((len(texts), length), self.END, "int32")
        for row, text in zip(found, texts, strict=True):
            if len(text) > length:
                raise CourseError(
                    f"{text!r} has {len(text)} characters, and {length} are the most here: leave it out, or give a "
                    "larger length."
                )
            row[: len(text)] = self.encode(text)
        return found

    def one_hot(self, texts: Sequence[str], length: int = LONGEST) -> np.ndarray:
        """The same as vectors of 0 and a single 1, float32 (N, length, len(self))."""
        return np.eye(len(self), dtype="float32")[self.padded(texts, length)]
