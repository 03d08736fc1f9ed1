"""A network of a few numbers that has learnt a little of a few verses: quick, and no poet."""

from __future__ import annotations

from functools import cache

from course_lib.datasets import sounds, verses
from course_lib.models.verse_code import Code
from course_lib.models.verse_network import VerseNetwork
from course_lib.models.verses import Writer
from course_lib.training.sequences import fit


@cache
def few(language: str) -> tuple[verses.Verse, ...]:
    """The first 200 verses."""
    return (verses.couplets() if language == "english" else verses.quatrains())[:200]


@cache
def small_writer(language: str = "english", steps: int = 30) -> Writer:
    """Trained for so many steps on those verses; ask it, and leave it as it is."""
    code = Code.of(few(language), getattr(sounds, language)(), least=2)
    network = VerseNetwork(len(code.vocabulary), code.longest, units=16, width=12, dropout=0.0, seed=1)
    fit(network, [code.encode(verse) for verse in few(language)], steps=steps, batch_size=32)
    return Writer(network, code)
