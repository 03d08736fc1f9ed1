"""Which syllables of an English verse are strong, by a rule that is stated and can be wrong.

    syllables("unnumber'd")                     ("un", "num", "ber'd")
    stresses(("of", "woes", "unnumber'd"))      ((False, True), ...): a pair a syllable

The couplets are heroic: ten syllables, weak and strong in turn, the last one strong. So strong is the last stressed
syllable of the line, and every second one before it. Where that last one lies the sounds of rhymes.csv say, which run
from the last stressed vowel on: of a word with two vowels in its sound it is the last but one.

Syllables are counted by groups of vowels as they are written, without a silent e, and a short table of exceptions. The
poets run syllables together where it suits them (glorious has two), and so does the rule, always.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from course_lib import CourseError
from course_lib.datasets.sounds import english
from course_lib.datasets.verse_lines import Line, check_line

VOWELS = re.compile(r"[aeiouy]+")
APART = re.compile(r"(?<=y)(?=i)|(?<=u)(?=[aei])(?<!qu)(?<!gu)(?<!^su)(?<!ue)|(?<=oy)(?=a)|(?<=pri)(?=a)")
"""Where two vowels that stand together are two syllables: fly-ing, ru-in, roy-al, Pri-am."""
EXCEPTIONS = """
    o'er heaven heaven's heavens heaven|ly eve|ry power powers power's towers tower prayer due true pur|sue fates gates
    rites eye tongue what|e'er where|e'er ne'er e'er even given driven a|chil|les ae|ne|as ty|di|des a|tri|des pe|li|des
    sa|cred hun|dred wretch|ed wing|ed min|gled safe|ty grate|ful peace|ful venge|ful grace|ful fore|most jave|lin
    gene|rous wa|tery ponde|rous reve|rend gene|ral nume|rous glitte|ring thunde|ring thun|derer fol|lowing tem|ples
    bower hour hours peo|ple peo|ple's po|et li|on li|ons di|a|dem cre|ate i|de|a bless|ed tri|umph pi|ous jove's
"""
"""Words that the rule counts otherwise than the poets mostly do. In their verse heaven has one syllable."""
AS_SPOKEN = {word.replace("|", ""): tuple(word.split("|")) for word in EXCEPTIONS.split()}
ARPABET_VOWEL = re.compile(r"\b(?:A[AEHOWY]|E[HRY]|I[HY]|O[WY]|U[HW])\b")


RUN_INTO = ("th'", "'s")
"""Words without a syllable of their own, which are sung with the next one and left out here."""


class Syllable(NamedTuple):
    """A piece of a line: its letters, whether it is strong, and whether a word ends with it."""

    text: str
    strong: bool
    ends_word: bool


def syllables(word: str) -> tuple[str, ...]:
    """The syllables of a word as they are written, at least one. Raises CourseError for what has no letter."""
    if not isinstance(word, str) or not re.search("[a-z]", word):
        raise CourseError(f"A word is written in small Latin letters, and {word!r} is not.")
    if word in AS_SPOKEN:
        return AS_SPOKEN[word]
    parts = [piece for part in word.split("-") for piece in AS_SPOKEN.get(part, _pieces(part)) if part]
    return tuple(parts) or (word,)


def stresses(line: Line) -> tuple[Syllable, ...]:
    """The syllables of a line, strong and weak in turn, counted back from the last stressed one."""
    line = check_line(line)
    line = [word for word in line if word not in RUN_INTO] or line
    pieces = [(piece, place == len(of) - 1) for of in map(syllables, line) for place, piece in enumerate(of)]
    if not pieces:
        raise CourseError("The line has no word.")
    last = len(pieces) - 1 - min(_after_stress(line[-1]), len(pieces) - 1)
    return tuple(Syllable(text, (last - place) % 2 == 0, ends) for place, (text, ends) in enumerate(pieces))


def _after_stress(word: str) -> int:
    """Syllables after the last stressed one, by the word's sound; 0 where none is known."""
    sounds = english().of(word)
    return max(0, min(len(ARPABET_VOWEL.findall(sound)) for sound in sounds) - 1) if sounds else 0


def _pieces(word: str) -> list[str]:
    """A word without hyphens, cut before the last consonant in front of each vowel but the first."""
    centres = _centres(word)
    if len(centres) < 2:
        return [word]
    cuts = []
    for (_, end), (start, _) in itertools.pairwise(centres):
        between = word[end:start]
        pair = re.search(r"(?:[ckpt]h|sh|gh|qu|[bcdfgkpt][lr])$", between)
        cuts.append(start - (len(pair.group()) if pair else min(1, len(between))))
    edges = [0, *cuts, len(word)]
    return [word[start:end] for start, end in itertools.pairwise(edges)]


def _centres(word: str) -> list[tuple[int, int]]:
    """Where the vowels of each syllable begin and end."""
    found = []
    inner = re.search(r"(?<=[aeiouy][^aeiouy])e(?=(?:ly|ful|less|some|ment)$)", word)
    for group in VOWELS.finditer(word):
        start, end = group.span()
        if inner and start == inner.start():
            continue  # the silent one of timely
        if start == 0 and word[0] == "y" and end > 1:
            start = 1  # the consonant of yet
        cut = next((at.start() for at in APART.finditer(word, start, end) if start < at.start() < end), None)
        found += [(start, end)] if cut is None else [(start, cut), (cut, end)]
    silent = re.search(r"(?<![aeiouyl])e$|(?<=[aeiouy])le$|(?<![aeioustxz])es$|(?<![td])ed$", word)
    if len(found) > 1 and silent and found[-1][0] >= silent.start():
        single = not re.search(r"[^aeiouy]le$", word)  # ta-ble keeps its last one
        if single and not re.search(r"(?:c|g|sh|ch)es$", word):
            found.pop()
    return found
