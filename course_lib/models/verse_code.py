"""How a verse becomes two sequences of numbers, written from the rhyme backwards.

    code = Code.of(parts.train, sounds.english())
    phrase, answer = code.encode(verse)

The phrase is the sound to rhyme with, then the given lines, each from its end, the last line first. The answer is its
own sound, its last word, the one before, up to the first. So what writes it decides on the rhyme first, and then how to
get there. In Chinese a line is preceded by its tones, level or oblique, as one symbol.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets.sounds import Sounds, check_sounds, tones
from course_lib.datasets.verse_lines import CHARACTERS, IDEOGRAPH, Line, characters, shown, words
from course_lib.datasets.verses import Verse, check_verses
from course_lib.models.sequences.vocabulary import UNKNOWN, Vocabulary

BLIND = np.array([UNKNOWN], "int32")
"""The phrase of one who has not seen the given lines."""


def sound_symbol(sound: str) -> str:
    """The symbol that stands for a sound: no word has such brackets."""
    return f"<sound {sound}>"


def tones_symbol(line: Line) -> str:
    """The symbol that stands for the tones of a line, such as <tones OLLOO>."""
    return f"<tones {tones(line)}>"


def is_word(symbol: str) -> bool:
    """Whether a symbol is a word, and not a sound or tones."""
    return not symbol.startswith("<")


class Code:
    """vocabulary: of words, sounds and tones. sounds: of the language, which says whether there are tones.

    heads: how many symbols stand before the words of an answer. longest: symbols of a phrase, and of an answer, at
    most. partner: which of the given lines ends in the word to rhyme with. Make one with `of`.
    """

    def __init__(self, vocabulary: Vocabulary, sounds: Sounds, longest: tuple[int, int]):
        check_sounds(sounds)
        self.vocabulary, self.sounds, self.longest = vocabulary, sounds, longest
        self.chinese = sounds.name == "chinese"
        self.heads = 2 if self.chinese else 1
        self.lines = 3 if self.chinese else 1

    @classmethod
    def of(cls, verses: Sequence[Verse], sounds: Sounds, least: int = 5) -> Code:
        """From the training verses: the words that occur `least` times in them or more, all others being unknown.

        Sounds and tones that come up so rarely become unknown, too.
        """
        made = cls(Vocabulary(["?"]), sounds, (1, 1))
        pairs = [(made.phrase(verse), made.answer(verse)) for verse in made.checked(verses)]
        # The words of a phrase are at most 15 or 3 x 5; what people type must fit as well as what the poets wrote.
        made.longest = (1 + (18 if made.chinese else 15), made.heads + (5 if made.chinese else 12))
        made.vocabulary = Vocabulary.of([side for pair in pairs for side in pair], least)
        return made

    def checked(self, verses: Iterable[Verse], answered: bool = False) -> list[Verse]:
        """The verses as a list. Raises CourseError for what are none, or of another language (`check_verses`)."""
        return check_verses(verses, answered, self.sounds.name)

    def phrase(self, verse: Verse) -> list[str]:
        """The symbols of what is given."""
        self.checked([verse])
        found = [sound_symbol(self.sounds.usual(verse.partner))]
        for line in reversed(verse.given):
            found += [tones_symbol(line)] if self.chinese else []
            found += reversed(line)
        return found

    def answer(self, verse: Verse) -> list[str]:
        """The symbols of the answer. Together they cost what the words cost: sounds and tones follow from these.

        Of a word with several sounds the one is named that fits its partner; the others would have led there too, so
        for such words the cost is a little too high.
        """
        self.checked([verse])
        head = [sound_symbol(self.sounds.usual(verse.rhyme, verse.partner))]
        head += [tones_symbol(verse.answer)] if self.chinese else []
        return [*head, *reversed(verse.answer)]

    def encode(self, verse: Verse) -> tuple[np.ndarray, np.ndarray]:
        """Ids of the phrase and of the answer, int32."""
        return self.vocabulary.encode(self.phrase(verse)), self.vocabulary.encode(self.answer(verse))

    def line(self, ids: Sequence[int] | np.ndarray) -> Line:
        """The line, in its order, of an answer's ids: without sounds and tones."""
        return tuple(reversed([symbol for symbol in self.vocabulary.decode(ids) if is_word(symbol)]))

    def unknown(self, line: Line) -> list[str]:
        """The words of a line that the vocabulary lacks, in their order."""
        return [word for word in line if word not in self.vocabulary.ids]

    def read(self, text: str) -> Verse:
        """A verse without an answer from what a person types: one English line, or three Chinese ones.

        Lines of Chinese are divided by punctuation, slashes or spaces. Raises CourseError, in one line, for anything
        else; words that the poems do not have are taken for unknown.
        """
        if not self.chinese:
            given = (words(text),)
            return Verse(given, (), given[0][-1])
        if not isinstance(text, str):
            raise CourseError(f"Three lines are a text, not a {type(text).__name__}.")
        for mark in "，。、；：！？—–…·,.;:!?-/|\n":
            text = text.replace(mark, " ")
        typed = text.split()
        if typed and not IDEOGRAPH.search(text):
            raise CourseError(
                f"These poems are in Chinese: type three lines of {CHARACTERS} characters each, not {shown(text)}."
            )
        if len(typed) != self.lines:
            raise CourseError(
                f"A quatrain's fourth line needs the three before it, of {CHARACTERS} characters each, with commas or "
                f"spaces between the lines alone; lines here: {len(typed)}."
            )
        given = tuple(map(characters, typed))
        return Verse(given, (), given[1][-1])
