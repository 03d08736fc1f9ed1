"""Couplets of two hands: a first line that a poet wrote, and the network's answer. Their file is a text.

    couplet = themes["couplets"].make(Creation("couplets", "Iliad", setting=0.7, seed=17))
    couplet.first, couplet.second       lines, as tuples of words
    couplet.source                      "Iliad, book 3": where the first line stands

The first line is of those that the network of lesson 14 was not trained on, and whose words and rhyme it knows.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_lib.datasets.stress import syllables
from course_lib.datasets.verse_lines import Line, written
from course_lib.datasets.verses import Verse
from course_lib.models import pretrained_verses
from course_lib.models.sequences.scoring import at_temperature, draw
from course_lib.models.sequences.vocabulary import END
from course_lib.models.verse_drawing import possible
from course_lib.models.verses import Writer
from course_lib.studio.kinds.theme import MADE_BY, Array, Creation, Theme

POETS = {"Iliad": "Alexander Pope", "Aeneid": "John Dryden"}
"""Who put each poem into English; the styles are the poems that first lines are taken from."""


class Couplet(NamedTuple):
    """first: the poet's line; second: the network's; source: the poem and book of the first."""

    first: Line
    second: Line
    source: str


class Couplets(Theme):
    """A `Couplet` for each seed: it picks the first line and draws the second, at a temperature, the setting."""

    parameter, pool, reference = "temperature", 8, 32
    start = 0.7  # lines are mostly whole sentences there, and not yet all alike

    @cached_property
    def writer(self) -> Writer:
        return pretrained_verses.couplets()

    @cached_property
    def first_lines(self) -> dict[str, list[Verse]]:
        """By style, those held out that the network can read: all words known, and how the last one sounds."""
        code = self.writer.code
        held_out = pretrained_verses.parts("english").test
        known = [
            each for each in held_out if not code.unknown(each.given[0]) and code.sounds.of(each.partner)
        ]
        return {style: [each for each in known if _poem(each) == style] for style in self.styles}

    @cached_property
    def counts(self) -> Counter[str]:
        """How often the poets wrote each word, in the lines of the training."""
        train = pretrained_verses.parts("english").train
        return Counter(word for verse in train for line in (*verse.given, verse.answer) for word in line)

    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> list[Couplet]:
        """Each seed's own random numbers pick its first line, and then one word of the answer after the other."""
        network, grammar, lines = self.writer.network, self.writer.grammar, self.first_lines[style]
        randoms = [np.random.default_rng(seed) for seed in seeds]
        verses = [lines[rng.integers(len(lines))] for rng in randoms]
        phrases = [self.writer.phrase(verse) for verse in verses]
        drawn: list[Array] = [np.zeros(0, "int32") for _ in seeds]
        running = list(range(len(seeds)))
        while running:
            given, beginnings = zip(*((phrases[one], drawn[one]) for one in running), strict=True)
            for one, row in zip(list(running), network.next_of_each(given, beginnings), strict=True):
                chances = possible(row, grammar.allowed(len(drawn[one]), verses[one]))
                event = int(draw(at_temperature(chances[np.newaxis], setting), randoms[one])[0])
                if event == END:
                    running.remove(one)
                else:
                    drawn[one] = np.append(drawn[one], np.int32(event))
        answers = map(self.writer.code.line, drawn)
        return [
            Couplet(verse.given[0], answer, verse.source)
            for verse, answer in zip(verses, answers, strict=True)
        ]

    def _described(self, made: Sequence[Couplet]) -> Array:
        """Syllables of the answer, whether it rhymes, how common its words are, and the first line's; of both lines how
        many words have one syllable, and how many begin like the one before. In comparable units.
        """
        rows = []
        for first, second, _ in made:
            rhyme = self.writer.code.sounds.rhyme(first[-1], second[-1])
            row = [sum(len(syllables(word)) for word in second) / 2, 1.0 if rhyme is None else 2.0 * rhyme]
            row += [self._common(second), self._common(first)]
            words = [*first, *second]
            short = np.mean([len(syllables(word)) == 1 for word in words])
            alike = np.mean([one[0] == other[0] for line in (first, second) for one, other in pairwise(line)])
            rows.append([*row, 5 * short, 5 * alike])
        return np.array(rows)

    def _common(self, line: Line) -> float:
        """Bits that a word is more common than one that occurs once, the line's mean."""
        return float(np.mean([np.log2(1 + self.counts[word]) for word in line]))

    def page(self, named: Mapping[str, Couplet], style: str, alt: str, still: bool = False) -> str:
        """Text, which is read as it stands: it needs no words beside it, and wraps where the page is narrow."""
        sides = "".join(
            f'<div style="flex: 1 1 20em">{html.escape(name)}:{_shown(couplet)}</div>'
            for name, couplet in named.items()
        )
        return f'<div style="display: flex; flex-wrap: wrap; gap: 0 2em; max-width: min(88vw, 60em)">{sides}</div>'

    def small(self, made: Couplet, creation: Creation, name: str) -> str:
        return f'<div style="max-width: min(88vw, 24em)">{_shown(made, size=1.1)}</div>'

    def in_words(self, made: Couplet) -> str:
        first, second = map(written, (made.first, made.second))
        return f"{POETS[_poem(made)]} wrote: {first} / The network answered: {second}"

    def made_by(self, style: str) -> str:
        return f"its first line {POETS[style]}, its second {MADE_BY}"

    def files(self, made: Couplet, creation: Creation, told: str) -> dict[str, bytes]:
        lines = f"{written(made.first)}\n{written(made.second)}\n"
        text = f"{lines}\nThe first line: {_poet(made)}, without its punctuation. The second: {MADE_BY}.\n"
        return {".txt": text.encode()}


def _poem(of: Verse | Couplet) -> str:
    return of.source.split(",")[0]


def _poet(couplet: Couplet) -> str:
    return f"{POETS[_poem(couplet)]}, {couplet.source}"


def _shown(couplet: Couplet, size: float = 1.4) -> str:
    """Both lines, large, and whose they are. A line that is too long goes on indented, as in printed verse."""
    lines = (html.escape(written(line)) for line in (couplet.first, couplet.second))
    hanging = "display: block; padding-left: 1.5em; text-indent: -1.5em"
    first, second = (f'<span style="{hanging}">{line}</span>' for line in lines)
    return (
        f'<p lang="en" style="font-size: {size}em; line-height: 1.5; margin: 0.3em 0">{first}<b>{second}</b></p>'
        f'<p style="margin: 0 0 1em">First line: {html.escape(_poet(couplet))}. <b>Second line: the network.</b></p>'
    )
