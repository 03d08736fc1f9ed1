"""What rhymes with what: the sounds of English words that end a line, and of Chinese characters as they are read today.

    english().rhyme("strove", "jove")       None: of Jove no sound is known
    chinese().of("春")                       ("en",)

English sounds run from the last stressed vowel on (data/rhymes.csv, from the CMU Pronouncing Dictionary). Chinese ones
are the rhyme groups of modern verse (data/pinyin.csv, from pypinyin): a proxy for those of the Tang dynasty.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping

from course_lib import CourseError
from course_lib.datasets.tables import read_rows
from course_lib.datasets.verse_lines import Line, check_line

UNKNOWN_SOUND = "?"
LEVEL = (1, 2)
"""The tones of Mandarin that count as level; others are oblique. Entering tones, gone since, are spread over both."""


class Sounds:
    """The sounds of words: a word may have several, where it is spoken in several ways, or none that is known.

    name: "english" or "chinese". words: those with a sound, in the order of the table.
    """

    def __init__(self, name: str, table: Mapping[str, Iterable[str]]):
        self.name = name
        self.table = {word: tuple(sounds) for word, sounds in table.items()}
        self.words = tuple(word for word, sounds in self.table.items() if sounds)
        self._with: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            for sound in self.table[word]:
                self._with[sound].append(word)

    def of(self, word: str) -> tuple[str, ...]:
        """Its sounds, the first the usual one; of a compound its last part's: heavenly-born sounds like born.

        Capitals make no difference. Raises CourseError for what is no text.
        """
        word = _checked_word(word).lower()
        found = self.table.get(word)
        if found is None and "-" in word:
            return self.table.get(word.rsplit("-", 1)[1], ())
        return found or ()

    def usual(self, word: str, partner: str | None = None) -> str:
        """One sound of a word: its first, or "?" if none is known; beside a partner one that fits, if there is one."""
        own = self.of(word)
        fitting = [sound for sound in (self.of(partner) if partner else ()) if sound in own]
        return (*fitting, *own, UNKNOWN_SOUND)[0]

    def rhyme(self, one: str, other: str) -> bool | None:
        """Whether two words have a sound in common; None if of either none is known. A word rhymes with itself."""
        first, second = self.of(one), self.of(other)
        return bool(set(first) & set(second)) if first and second else None

    def with_sound(self, sound: str) -> tuple[str, ...]:
        """All words that have this sound, none for a sound that does not occur."""
        return tuple(self._with.get(_checked_word(sound), ()))


@functools.cache
def english() -> Sounds:
    """Of the 2,314 words of data/rhymes.csv."""
    return Sounds("english", {row["word"]: row["rhyme"].split("|") for row in read_rows("rhymes.csv")})


@functools.cache
def chinese() -> Sounds:
    """Of all characters of the quatrains: one of fourteen rhyme groups each, whatever their tone."""
    return Sounds("chinese", {character: (row["rhyme"],) for character, row in _readings().items()})


def reading(character: str) -> str:
    """Its pinyin with the tone as a number, such as chun1. Raises CourseError for what the quatrains do not have."""
    return _known(character)["pinyin"]


def final(character: str) -> str:
    """The syllable without its first consonant, as strict pinyin has it; stricter than a rhyme group."""
    return _known(character)["final"]


def tone(character: str) -> int:
    """1 to 4, or 5 for none."""
    return int(_known(character)["tone"])


def level(character: str) -> bool:
    """Whether its tone is level by modern reading, as that of the rhymes mostly is."""
    return tone(character) in LEVEL


def tones(line: Line) -> str:
    """L for level, O for oblique, ? for an unknown character: "OLLOO" of five."""
    known = _readings()
    return "".join("?" if one not in known else "L" if level(one) else "O" for one in check_line(line))


def check_sounds(sounds: Sounds) -> None:
    """Raise CourseError for what are no `Sounds`, such as their name."""
    if not isinstance(sounds, Sounds):
        raise CourseError(f"Sounds are those of sounds.english() or sounds.chinese(), not {sounds!r}.")


def _checked_word(word: str) -> str:
    if not isinstance(word, str):
        raise CourseError(
            f"A word or a sound is a text, such as 'spring', not of type {type(word).__name__}."
        )
    return word


def _known(character: str) -> dict[str, str]:
    found = _readings().get(_checked_word(character))
    if found is None:
        raise CourseError(
            f"No reading of {character!r} is known: data/pinyin.csv has the quatrains' characters alone."
        )
    return found


@functools.cache
def _readings() -> dict[str, dict[str, str]]:
    return {row["character"]: row for row in read_rows("pinyin.csv")}
