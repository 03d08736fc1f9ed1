"""The table of lesson 17's films along a path: whole, made by the code as it is, and what the lesson says of it."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_table
from tests import data_scripts

TABLE = "film_paths.csv"
PATHS = ("line", "arc", "spline")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_film_paths")


@cache
def rows() -> list[dict]:
    return read_table(TABLE)


def column(name: str, **wanted: object) -> np.ndarray:
    """A column of the rows wanted, in their order."""
    found = [row[name] for row in rows() if all(row[each] == value for each, value in wanted.items())]
    assert found and len(found) % 9 == 0, wanted
    return np.array(found, float)


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == []
    assert tuple(rows()[0]) == script.COLUMNS
    about = [(row["generator"], row["seed"], row["kind"], row["closed"], row["measure"]) for row in rows()]
    assert about == [
        (generator, seed, kind, closed, measure)
        for generator in script.GENERATORS
        for seed in range(9)
        for kind in (*PATHS, "crossfade")
        for closed in (0, 1)
        for measure in script.MEASURES
    ]
    for row in rows():
        assert (row["least_norm"] is None) == (row["kind"] == "crossfade")
        assert (row["seam_after"] is None) == (row["seam_before"] is None) == (not row["closed"])


@pytest.mark.slow
def test_rows_made_again_are_those_of_the_table(script: ModuleType) -> None:
    keys = np.random.default_rng(4).standard_normal((script.KEYS, script.LATENT_SIZE))
    again = script.path_rows(script.studio("garments"), keys, "spline", True)
    kept = [
        row
        for row in rows()
        if (row["generator"], row["seed"], row["kind"], row["closed"]) == ("garments", 4, "spline", 1)
    ]
    assert len(again) == len(kept) == 2
    for found, wanted in zip(again, kept, strict=True):
        for name, value in found.items():
            if isinstance(value, str):
                assert value == wanted[name]
            else:  # how near to 0 unevenness comes is a matter of rounding
                assert float(value) == pytest.approx(wanted[name], rel=0.02, abs=0.02), (name, wanted)


def test_ctrl_c_keeps_what_was_finished(script: ModuleType, monkeypatch, capsys) -> None:
    def press(generator: str, seed: int) -> None:
        raise KeyboardInterrupt

    whole = data_scripts.load("measured_tables").read(TABLE)
    left = [row for row in whole if (row["generator"], row["seed"]) != ("prints", "8")]
    monkeypatch.setattr("measured_tables.read", lambda name: left)
    monkeypatch.setattr(script, "film_rows", press)
    monkeypatch.setattr("sys.argv", ["make_film_paths.py"])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 130 and "call this again" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["make_film_paths.py", "--minutes", "0"])
    script.main()
    assert "1 runs are left" in capsys.readouterr().out


# what the lesson says


def test_speed_is_constant_within_ten_percent_in_what_it_was_made_even_in() -> None:
    after = column("unevenness_after")
    assert after.max() <= 0.02 and np.mean(after > 1e-3) < 0.03
    for kind in PATHS:
        before = column("unevenness_before", kind=kind)
        assert before.min() > 0.3 and before.max() > 2


def test_loops_close_without_a_seam() -> None:
    assert column("seam_after", closed=1.0).max() <= 1.01
    assert column("seam_before", closed=1.0).max() > 2


def test_even_in_one_measure_is_not_even_in_the_other() -> None:
    for measure in ("pixels", "features"):
        for kind in PATHS:
            assert column("unevenness_other", kind=kind, measure=measure).min() > 0.1


def test_straight_lines_leave_the_shell_and_arcs_and_splines_do_not() -> None:
    assert column("least_norm", kind="line").max() < 0.85
    for kind in ("arc", "spline"):
        np.testing.assert_allclose(column("least_norm", kind=kind), 1, atol=1e-3)


def test_a_blend_is_near_to_real_pictures_in_pixels_and_far_in_features() -> None:
    """An average of pictures is near to all of them in pixels: this baseline is beaten where a network looks."""
    for closed in (0.0, 1.0):
        nearest = {
            (kind, measure): column(
                "nearest", generator="garments", kind=kind, closed=closed, measure=measure
            )
            for kind in ("arc", "crossfade")
            for measure in ("pixels", "features")
        }
        assert nearest["crossfade", "pixels"].mean() < nearest["arc", "pixels"].mean()
        farther = nearest["crossfade", "features"] - nearest["arc", "features"]
        assert farther.mean() > 0.01 and (farther > 0).sum() >= 6
    prints = {kind: column("nearest", generator="prints", kind=kind).mean() for kind in ("arc", "crossfade")}
    assert prints["crossfade"] < prints["arc"]  # of crops of prints no network here knows better
