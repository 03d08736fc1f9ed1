"""The table of lesson 20's watermarks: whole, made by the code as it is, and what is said of it."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from course_lib.audit import attacks, watermark
from course_lib.audit.counting import exact_interval
from course_lib.datasets.tables import read_table
from tests import data_scripts

TABLE = "watermarks.csv"
GENTLE = (
    "saved",
    "jpeg_90",
    "jpeg_70",
    "jpeg_50",
    "crop_80",
    "half",
    "three_quarters",
    "noise_5",
    "noise_10",
)
TOO_MUCH = ("jpeg_10", "nine_tenths", "quarter", "blur_2", "averaged", "other_key")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_watermarks")


def of(change: str, strength: float | None = 2.5, kind: str = "all") -> dict:
    wanted = {
        "change": change,
        "strength": strength,
        "kind": kind,
        "method": "spread" if strength is not None else "least_bits",
    }
    (row,) = (row for row in read_table(TABLE) if all(row[name] == value for name, value in wanted.items()))
    return row


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == []
    rows = read_table(TABLE)
    assert tuple(rows[0]) == script.COLUMNS
    changes, kinds = len(script.CHANGES), 5
    assert len(rows) == 3 * (changes + kinds + 3) + (changes + kinds) + changes
    for row in rows:
        alarms = round(row["found"] * row["pictures"])
        low, high = exact_interval(alarms, int(row["pictures"]))
        assert [row["found_low"], row["found_high"]] == pytest.approx([low, high], rel=1e-3, abs=1e-4)
    assert of("saved")["pictures"] == 72 and of("saved", 0.0)["pictures"] == 72 * script.KEYS


def test_a_row_made_again_is_that_of_the_table(script: ModuleType) -> None:
    """JPEG's, of the photographs and of what lesson 12 painted."""
    pictures = list(enumerate(script.pictures()))
    for kind in ("photos", "styles"):
        right = []
        for number, (_, image) in (entry for entry in pictures if entry[1][0] == kind):
            marked = watermark.embed(image, script.message(number), number)
            found = watermark.read(attacks.jpeg(marked, 50), script.BITS, number)
            right.append(found.bits == script.message(number))
        assert np.mean(right) == pytest.approx(of("jpeg_50", kind=kind)["bits"], abs=0.02)


# what is said of it


@pytest.mark.parametrize("change", GENTLE)
def test_at_the_usual_strength_it_is_found_and_read_after_what_happens_every_day(change) -> None:
    row = of(change)
    assert row["psnr"] == pytest.approx(20 * np.log10(255 / 2.5), abs=0.1)
    assert row["bits"] > 0.98 and row["found"] > 0.95 and row["messages"] > 0.7


@pytest.mark.parametrize("change", TOO_MUCH)
def test_and_is_gone_after_more(change) -> None:
    assert of(change)["found"] < 0.25 and of(change)["messages"] < 0.06


def test_who_holds_seventy_marked_pictures_takes_it_away_and_forges_it() -> None:
    assert of("averaged")["found"] == 0 and of("averaged")["psnr"] > of("saved")["psnr"] + 10
    assert of("forged")["found"] > 0.95 and of("forged")["bits"] > 0.98


def test_a_stronger_mark_is_read_oftener(script: ModuleType) -> None:
    for change in script.CHANGES:
        found = [of(change, strength)["found"] for strength in script.STRENGTHS]
        assert found[0] <= found[1] + 0.03 and found[1] <= found[2] + 0.03


def test_a_mark_is_hardly_ever_found_where_there_is_none(script: ModuleType) -> None:
    alarms = sum(of(change, 0.0)["found"] * of(change, 0.0)["pictures"] for change in script.CHANGES)
    read = sum(of(change, 0.0)["pictures"] for change in script.CHANGES)
    assert alarms <= 0.001 * read + 3 * np.sqrt(0.001 * read)
    assert all(0.45 < of(change, 0.0)["bits"] < 0.55 for change in script.CHANGES)


def test_last_bits_are_never_seen_and_die_of_all_but_a_slight_blur(script: ModuleType) -> None:
    """Blurred by a pixel, even areas keep a little of each pixel's own last bit: some messages are still read."""
    assert of("saved", None)["messages"] == 1 and of("saved", None)["psnr"] > 50
    for change in set(script.CHANGES) - {"saved", "blur_1"}:
        assert of(change, None)["found"] == 0 and of(change, None)["bits"] < 0.6, change
    assert 0.2 < of("blur_1", None)["found"] < 0.6
