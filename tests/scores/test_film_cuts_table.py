"""The table of cuts that were found: whole, made by the code as it is, and what lesson 17 says of it."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_table
from course_lib.media import cuts
from course_lib.scores.cut_finding import Hits
from tests import data_scripts


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_film_cuts")


def row(part: str, measure: str = "coarse", signal: str = "sharpness", kind: str = "cut") -> dict:
    about = {"kind": kind, "measure": measure, "signal": signal, "part": part}
    (found,) = [row for row in read_table("film_cuts.csv") if all(row[k] == v for k, v in about.items())]
    return found


def test_the_table_is_whole_and_its_shares_are_those_of_its_counts(script: ModuleType) -> None:
    assert script.missing() == []
    rows = data_scripts.load("measured_tables").read("film_cuts.csv")
    assert tuple(rows[0]) == script.COLUMNS
    assert len(rows) == len(script.SEEDS) * (len(script.MEASURES) * len(script.SIGNALS) + 1)
    for line in rows:
        counts = Hits(*(int(line[name]) for name in ("right", "found", "true")))
        told = [float(line[name]) for name in ("precision", "recall", "f1")]
        np.testing.assert_allclose(told, [counts.precision, counts.recall, counts.f1], rtol=1e-3)
        for share in ("precision", "recall"):
            assert float(line[f"{share}_low"]) <= float(line[share]) <= float(line[f"{share}_high"])


def test_no_source_stands_in_both_parts(script: ModuleType) -> None:
    assert not set(script.CHOSEN) & set(script.TESTED) and not set(script.TESTED) & set(script.PHOTOS)
    spans = {part: range(seed, seed + script.FILMS) for part, seed in script.SEEDS.items()}
    assert not set(spans["chosen"]) & set(spans["tested"]) and spans["tested"] == spans["calm"]


def test_precision_and_recall_are_above_95_per_cent_on_other_films() -> None:
    found = row("tested")
    assert found["true"] >= 300
    assert found["precision_low"] > 0.95 and found["recall_low"] > 0.95
    assert row("chosen")["threshold"] == pytest.approx(cuts.THRESHOLD, abs=6e-4)


def test_the_simple_measure_wins_and_so_does_across_minus_within(script: ModuleType) -> None:
    best = row("tested")["f1"]
    for measure in script.MEASURES:
        for signal in script.SIGNALS:
            assert row("tested", measure, signal)["f1"] <= best
        assert row("tested", measure, "change")["f1"] < row("tested", measure)["f1"]


def test_dissolves_are_hardly_ever_taken_for_cuts() -> None:
    found = row("tested", signal="blend", kind="dissolve")
    assert found["right"] > 0.6 * found["true"]
    assert row("tested")["crossed"] <= 0.02 * found["true"]


@pytest.mark.slow
def test_films_drawn_again_are_those_of_the_table(script: ModuleType, monkeypatch) -> None:
    """Three films of each part: as many cuts as their seeds have always had, and nearly all of them found."""
    script.films.cache_clear()
    monkeypatch.setattr(script, "FILMS", 3)
    for part in ("chosen", "tested"):
        films = script.films(part)
        assert all(film.frames.shape[1:] == (64, 64, 3) for film in films)
        found = [cuts.find_cuts(film.frames) for film in films]
        both = sum((script.hits(f, film.cuts) for f, film in zip(found, films, strict=True)), Hits(0, 0, 0))
        assert both.f1 > 0.9, both
    script.films.cache_clear()
