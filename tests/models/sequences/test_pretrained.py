"""The two networks that come with lesson 12: small files, and the bits that their reports name."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import ROOT
from course_lib.datasets.melodies import load_melodies, normalized
from course_lib.datasets.tune_bars import phrase_pairs
from course_lib.datasets.tune_families import split
from course_lib.models.sequences import pretrained, scoring
from course_lib.models.sequences.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def parts() -> list:
    return [[normalized(tune) for tune in part] for part in split(load_melodies())]


def test_the_files_are_small() -> None:
    for name in pretrained.NAMES.values():
        assert (ROOT / "data" / f"{name}.npz").stat().st_size < 700_000


@pytest.mark.parametrize("name", list(pretrained.NAMES))
def test_the_vocabulary_is_that_of_the_training_tunes(parts: list, name: str) -> None:
    _, found = getattr(pretrained, name)()
    expected = Vocabulary.of(tune.events for tune in parts[0])
    assert found.symbols == expected.symbols
    np.testing.assert_array_equal(found.counts, expected.counts)


def test_tunes_cost_what_the_report_says(parts: list) -> None:
    model, vocabulary = pretrained.recurrent()
    held_out = [vocabulary.encode(tune.events) for tune in parts[2]]
    assert scoring.bits(model, held_out) == pytest.approx(pretrained.report("recurrent")["bits"], abs=0.002)
    drawn = scoring.sample(model, 4, length=40, temperature=0.8)
    pitches = np.array([pitch for ids in drawn for pitch, _ in vocabulary.decode(ids)])
    assert np.isin(pitches[pitches > 0] % 12, [0, 2, 4, 5, 7, 9, 11]).mean() > 0.9


def test_answers_cost_what_the_report_says(parts: list) -> None:
    model, vocabulary = pretrained.answers()
    pairs = [
        tuple(vocabulary.encode(map(tuple, half.tolist())) for half in pair)
        for tune in parts[2]
        for pair in phrase_pairs(tune, longest=model.longest)
    ]
    found, report = scoring.bits(model, pairs), pretrained.report("answers")
    assert found == pytest.approx(report["bits"], abs=0.002)
    # It does listen: with phrases that belong to other answers it does worse.
    phrases, answers = zip(*pairs, strict=True)
    strangers = list(zip([*phrases[1:], phrases[0]], answers, strict=True))
    assert scoring.bits(model, strangers) > found + 0.2
    answer, looks = model.answer(pairs[0][0], temperature=0)
    assert looks.shape == (len(answer), len(pairs[0][0]))
