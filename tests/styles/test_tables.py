"""The tables of lesson 11 are whole, go on where they stopped, and say what the lesson says of them."""

from __future__ import annotations

import csv
import io
from functools import partial
from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_rows
from tests import data_scripts

LOSSES = {"photo": "coffee", "painting": "hokusai_great_wave"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_style_tables")


def column(table: str, name: str, **wanted: str) -> np.ndarray:
    rows = read_rows(f"{table}.csv")
    return np.array([float(r[name]) for r in rows if all(r[key] == value for key, value in wanted.items())])


def test_the_tables_are_whole(script: ModuleType) -> None:
    assert script.missing() == []
    for table in script.COLUMNS:
        keys = [tuple(row.get(name) for name in script.ABOUT) for row in script.read(f"{table}.csv")]
        assert keys and len(set(keys)) == len(keys)


def test_the_script_goes_on_where_it_stopped(script, monkeypatch, capsys) -> None:
    whole = {name: script.read(f"{name}.csv") for name in script.COLUMNS}
    lost = ("style_losses", ("minimised", "gram"), ("seed", "1"))

    def is_lost(row: dict[str, str]) -> bool:
        return all(row.get(name) == value for name, value in lost[1:])

    before = len(script.missing())
    monkeypatch.setattr(script, "read", lambda name: [row for row in whole[name[:-4]] if not is_lost(row)])
    assert lost in script.missing() and len(script.missing()) == before + 1
    script.do_missing(minutes=0)
    assert f"{before + 1} runs are left" in capsys.readouterr().out

    written = {}
    monkeypatch.setattr(
        "measured_tables.publish", lambda name, content: written.update({name: content.decode()})
    )
    found = [("style_losses", row) for row in whole["style_losses"] if is_lost(row)]
    script.add(found)
    script.add(found)  # the same run again takes its own place
    assert list(csv.DictReader(io.StringIO(written["style_losses.csv"]))) == whole["style_losses"]


def test_ctrl_c_while_a_script_paints_keeps_nothing_half_painted(script, monkeypatch) -> None:
    """In a lesson it gives back the picture so far; a script would publish that as the whole one."""

    def press(*what: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("course_lib.styles.transfer._compiled", press)
    painting = script.PAIR[1]
    runs = [partial(script.paint, loss, script.START, 0) for loss in ("sliced", "gram")]
    for run in (
        *runs,
        partial(script.invent, painting, 0.125),
        *data_scripts.load("make_style_pictures").jobs().values(),
    ):
        with pytest.raises(KeyboardInterrupt):
            run()


def test_sliced_is_nearer_than_gram_by_every_measure_gram_s_own_too(script: ModuleType) -> None:
    for measure in ("sliced", "gram", "patch_distance", "feature_distance"):
        sliced, gram = (
            column("style_losses", measure, minimised=name, **LOSSES) for name in ("sliced", "gram")
        )
        assert len(sliced) == len(gram) == 3
        assert sliced.max() < gram.mean() and sliced.mean() < gram.min(), measure


def test_colours_alone_are_nearer_than_gram_by_what_neither_minimises_and_far_cheaper() -> None:
    for measure, factor in (("patch_distance", 1.2), ("feature_distance", 2), ("processor_seconds", 5)):
        colours, gram = (
            column("style_losses", measure, minimised=name, **LOSSES) for name in ("colours", "gram")
        )
        assert factor * colours.max() < gram.min(), measure
    assert column("style_losses", "structure", minimised="colours", **LOSSES).min() > 0.85


def test_sliced_and_gram_cost_about_the_same() -> None:
    sliced, gram = (
        column("style_losses", "processor_seconds", minimised=name, **LOSSES) for name in ("sliced", "gram")
    )
    assert 0.6 < gram.mean() / sliced.mean() < 1.6


def test_the_knob_trades_structure_for_style(script: ModuleType) -> None:
    kept = [column("style_knob", "structure", start_scale=str(start)) for start in script.KNOB]
    assert all(len(each) == 3 for each in kept)
    assert np.array(kept).mean(axis=1).tolist() == sorted(np.array(kept).mean(axis=1))
    assert kept[0].max() < kept[-1].min()


def test_a_pasted_third_is_found_and_photographs_are_no_copies() -> None:
    def share(picture: str) -> np.ndarray:
        return column("style_copies", "copied", picture=picture)

    assert share("pasted").min() > 0.15
    assert max(share("photo").max(), share("other_print").max(), share("colours").max()) < 0.005
    assert 5 * share("transfer").max() < share("pasted").min()


def test_the_generator_of_prints_lies_between_real_crops_and_noise() -> None:
    def of(what: str, name: str) -> np.ndarray:
        found = column("style_gan", name, what=what)
        assert len(found) == 3
        return found

    assert of("real", "kernel_distance").max() < of("generator", "kernel_distance").min()
    assert of("generator", "kernel_distance").max() < of("noise", "kernel_distance").min()
    assert of("generator", "recall").max() < of("real", "recall").min()
