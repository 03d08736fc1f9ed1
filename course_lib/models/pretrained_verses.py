"""Two networks that answer lines, one of couplets and one of quatrains, trained longer than a lesson can wait.

    writer = couplets()
    answer = writer.answer(writer.code.read("Sing, goddess, of the wrath"))

`data/make_couplets.py` trained them on the training side of `verses.split` and kept their weights in half precision.
"""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Mapping

import numpy as np

from course_lib import CourseError
from course_lib.datasets import sounds, verses
from course_lib.datasets.bundled import read_verified
from course_lib.models.verse_code import Code
from course_lib.models.verse_network import VerseNetwork
from course_lib.models.verses import Writer

LANGUAGES = ("english", "chinese")
LEAST = {"english": 8, "chinese": 3}
"""How often a word or a character must occur in training to be known."""
SETTINGS: Mapping[str, Mapping[str, float]] = {
    "english": {"units": 112, "width": 64, "dropout": 0.2},
    "chinese": {"units": 96, "width": 64, "dropout": 0.3},
}


def couplets() -> Writer:
    """The network that answers the first line of an English couplet. Raises CourseError if its file is damaged."""
    return _trained("english")


def quatrains() -> Writer:
    """The network that writes the fourth line of a Chinese quatrain."""
    return _trained("chinese")


@functools.cache
def report(language: str = "english") -> dict:
    """How the network was trained: its settings, seed, steps, processor seconds and bits on the validation side."""
    _check_language(language)
    return json.loads(read_verified(f"pretrained/{language}_verses.json"))


@functools.cache
def parts(language: str = "english") -> verses.VerseSplit:
    """The verses of "english" or "chinese" in the three parts that everything here is learnt and judged by."""
    _check_language(language)
    return verses.split(verses.couplets() if language == "english" else verses.quatrains())


@functools.cache
def code(language: str = "english") -> Code:
    """How the verses of a language become numbers: from the training side alone."""
    train = verses.all_lines(parts(language).train)
    return Code.of(train, getattr(sounds, language)(), LEAST[language])


def network(language: str, seed: int = 0) -> VerseNetwork:
    """An untrained network with the settings that the trained one has."""
    made = code(language)
    return VerseNetwork(len(made.vocabulary), made.longest, **SETTINGS[language], seed=seed)


def _trained(language: str) -> Writer:
    model = network(language)
    with np.load(io.BytesIO(read_verified(f"pretrained/{language}_verses.npz"))) as arrays:
        for index, weight in enumerate(model.networks["network"].weights):
            weight.assign(arrays[f"weight_{index:02}"].astype("float32"))
    return Writer(model, code(language))


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise CourseError(f"There are verses in {' and in '.join(LANGUAGES)}, not in {language!r}.")


TRAINED = {"english": couplets, "chinese": quatrains}
