"""Lines of verse: from what people type, back to text, and the one check of both.

    words("Sing, goddess, of the wrath")    ("sing", "goddess", "of", "the", "wrath")
    written(("of", "hector", "and", "i"))   "Of Hector and I"

A line is a tuple of words, in lower case and without punctuation; in Chinese a word is a character.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from course_lib import CourseError
from course_lib.datasets.tables import read_rows

Line = tuple[str, ...]
MOST_WORDS = 15
"""The longest line of the couplets has so many words."""
MOST_LETTERS = 30
"""In a word that is typed; the longest of the couplets has 17."""
CHARACTERS = 5
"""In a line of a quatrain."""
WORD = re.compile(r"'?[a-z]+(?:['-][a-z]+)*'?")
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
NO_WORD = re.compile(r"^$|[\sA-Z,.;:!?]|[\u3400-\u9fff].|.[\u3400-\u9fff]")
"""What stands in none of the words of a line: it would count as one that no poem has."""
TWO_LETTERS = str.maketrans({"Æ": "Ae", "æ": "ae", "Œ": "Oe", "œ": "oe"})


def words(line: str) -> Line:
    """The words of an English line as it is written or typed, 1 to 15 of them.

    Case and punctuation go, accents too, hyphens and apostrophes inside a word stay: ("heavenly-born", "unnumber'd").
    Raises CourseError for what is no text, has digits or letters of another script, no word, too many or too long ones.
    """
    text = _plain_text(line, "Sing, goddess, of the wrath")
    folded = unicodedata.normalize("NFKD", text.replace("\u2019", "'").replace("\u2018", "'"))
    folded = folded.translate(TWO_LETTERS)
    foreign = [one for one in folded if one.isalpha() and not one.isascii()]
    if foreign:
        raise CourseError(
            f"The line has {foreign[0]!r} in it, and these couplets know the Latin alphabet alone: write in English."
        )
    digits = [one for one in folded if one.isdigit()]
    if digits:
        raise CourseError(f"The line has the digit {digits[0]} in it: write numbers as words.")
    found = tuple(WORD.findall("".join(one for one in folded if not unicodedata.combining(one)).lower()))
    if not 1 <= len(found) <= MOST_WORDS:
        raise CourseError(f"A line has 1 to {MOST_WORDS} words, and this one {len(found)}: {shown(text)}.")
    if max(map(len, found)) > MOST_LETTERS:
        raise CourseError(
            f"A word has at most {MOST_LETTERS} letters, and {shown(max(found, key=len))} has more: put spaces "
            "between the words."
        )
    return found


def characters(line: str) -> Line:
    """The five characters of a Chinese line; spaces and punctuation go. Raises CourseError for any other line."""
    text = _plain_text(line, "春眠不觉晓")
    found = tuple(one for one in text if one.isalnum())
    foreign = [one for one in found if not IDEOGRAPH.fullmatch(one)]
    if foreign:
        raise CourseError(
            f"The line has {foreign[0]!r} in it: a line of a quatrain is in Chinese characters."
        )
    if len(found) != CHARACTERS:
        raise CourseError(
            f"A line of these quatrains has {CHARACTERS} characters, and this one {len(found)}: {shown(text)}."
        )
    return found


def written(line: Line) -> str:
    """A line as text: English with a capital at its beginning and in names, Chinese without spaces."""
    line = check_line(line)
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


def check_line(line: Line) -> Line:
    """The line, as a tuple. Raises CourseError for a text, and for words with capitals, spaces or punctuation."""
    if not isinstance(line, tuple | list):
        what = f"the text {shown(line)}" if isinstance(line, str) else f"of type {type(line).__name__}"
        raise CourseError(
            f"A line is a tuple of words, as words('Sing, goddess, of the wrath') gives it, not {what}."
        )
    for word in line:
        if not isinstance(word, str) or NO_WORD.search(word):
            found = shown(word) if isinstance(word, str) else f"of type {type(word).__name__}"
            raise CourseError(
                "The words of a line are texts in small letters without punctuation, or single Chinese characters, as "
                f"words(...) or characters(...) give them, and one is {found}."
            )
    return tuple(line)


def check_lines(lines: Iterable[Line]) -> list[Line]:
    """The lines as a list. Raises CourseError for a single one, and for what are no lines."""
    if isinstance(lines, str) or not isinstance(lines, Iterable):
        raise CourseError(
            f"Several lines are wanted, such as [words('Sing, goddess')], not one thing of type {type(lines).__name__}."
        )
    return [check_line(line) for line in lines]


def _plain_text(line: object, example: str) -> str:
    if not isinstance(line, str):
        raise CourseError(f"A line is a text, such as {example!r}, not a {type(line).__name__}.")
    return unicodedata.normalize("NFC", line)


def shown(text: str, most: int = 40) -> str:
    """A text as it stands in a message: in quotes, a long one cut off."""
    return repr(text if len(text) <= most else text[: most - 3] + "...")
