"""Variants of one tune kept together, so that what is held out has not been heard in training under another name.

    parts = split(load_melodies())
    parts.train, parts.validation, parts.test           tuples of tunes; no family is in two of them

A collection of traditional music has the same tune many times: other titles, other keys, a pick-up more or less. A
model that knows one variant by heart scores well on the other, and has learnt nothing of melody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.melodies import Tune, check_tunes, intervals

OPENING = 12
"""Intervals of a tune that count as its opening: about two bars. It leaves room for a pick-up of four notes."""
RUN = 8
"""Successive intervals that two openings share in one family. With 7, whole hundreds of tunes hang together."""
STRAIN = 20
"""Successive intervals, about three bars, that make one family of two tunes wherever they stand in either."""
SHARES = (0.8, 0.1, 0.1)


class Split(NamedTuple):
    """Tunes to learn from, to choose by, and to judge by."""

    train: tuple[Tune, ...]
    validation: tuple[Tune, ...]
    test: tuple[Tune, ...]


def families(tunes: Sequence[Tune]) -> np.ndarray:
    """The number of each tune's family, int64 (N,), numbered from 0 as they first appear.

    Two tunes are of one family if their openings share `RUN` successive intervals, wherever in the opening, if they
    share `STRAIN` of them anywhere, or if a third is of one family with both. Intervals of sounding notes: so neither
    the key, nor rests, nor how long the notes are, nor a pick-up makes a difference.
    """
    melodies = [intervals(tune.notes).tolist() for tune in check_tunes(tunes)]
    openings = [_runs(melody[:OPENING], RUN) for melody in melodies]
    return joined(
        [[*opening, *_runs(melody, STRAIN)] for opening, melody in zip(openings, melodies, strict=True)]
    )


def by_title(tunes: Sequence[Tune]) -> np.ndarray:
    """Families by title instead, int64 (N,): what parts variants with other names, and joins strangers of one name."""
    return joined([[_plain(tune.title)] for tune in check_tunes(tunes)])


def split(tunes: Sequence[Tune], seed: int = 0) -> Split:
    """The tunes in three parts of about 80, 10 and 10 %, whole families in each, the same ones for the same seed.

    The order within a part is that of `tunes`. Raises CourseError for fewer than three families.
    """
    check_whole("seed", "what the random numbers follow from", seed, 0)
    tunes = check_tunes(tunes)
    family = families(tunes)
    sizes = Counter(family.tolist())
    if len(sizes) < 3:
        raise CourseError(
            f"Three parts need three families of tunes or more, and these {len(tunes)} tunes are of {len(sizes)}: "
            "give more tunes."
        )
    order = np.random.default_rng(seed).permutation(len(sizes)).tolist()
    parts: tuple[set[int], ...] = (set(), set(), set())
    counts = [0, 0, 0]
    for number in order:
        # To the part that lacks most of its share.
        part = max(range(3), key=lambda part: SHARES[part] * len(tunes) - counts[part])
        if not all(parts) and len(sizes) - sum(map(len, parts)) <= parts.count(set()):
            part = parts.index(set())  # few families: none of the parts stays empty
        parts[part].add(number)
        counts[part] += sizes[number]
    return Split(
        *(
            tuple(tune for tune, of in zip(tunes, family.tolist(), strict=True) if of in part)
            for part in parts
        )
    )


def _runs(melody: list[int], length: int) -> list[Hashable]:
    """All runs of so many intervals; of a shorter melody the whole."""
    return [tuple(melody[start : start + length]) for start in range(max(1, len(melody) - length + 1))]


def joined(keys: Iterable[Iterable[Hashable]]) -> np.ndarray:
    """Numbers of the groups in which everything hangs together that shares a key (union-find)."""
    keys = list(keys)
    parent = list(range(len(keys)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    first: dict[Hashable, int] = {}
    for item, own in enumerate(keys):
        for key in own:
            parent[root(item)] = root(first.setdefault(key, item))
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(item), len(numbers)) for item in range(len(keys))], "int64")


def _plain(title: str) -> str:
    """A title without accents, case, punctuation and an article in front."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"^(the|an|a) ", "", " ".join(re.findall(r"[a-z0-9]+", letters)))
