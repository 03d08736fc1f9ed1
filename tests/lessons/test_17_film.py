"""What lesson 17 says of paths, films and cuts is so."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib.datasets.tables import read_table
from course_lib.scores.cut_finding import Hits
from course_lib.theory.arc_length import seam, step_lengths, unevenness
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def defined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The globals of the lesson, run with the course's own answers; its film is written into a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("film"))
        names = names_of("17")
        names["written"] = [path.resolve() for path in names["written"]]
        return names


def film_paths(**where: Any) -> list[dict]:
    rows = [
        row
        for row in read_table("film_paths.csv")
        if all(row[name] == value for name, value in where.items())
    ]
    assert len(rows) >= 9, where
    return rows


def film_cuts(measure: str, signal: str, part: str = "tested") -> dict:
    (row,) = (
        row
        for row in read_table("film_cuts.csv")
        if (row["measure"], row["signal"], row["part"]) == (measure, signal, part)
    )
    return row


def test_equal_steps_of_time_are_not_equal_on_the_screen_and_equal_chords_are(defined) -> None:
    path = defined["paths"].Path(defined["keys"], "spline")
    uneven = {
        name: unevenness(step_lengths(defined["generate"](defined["garments"], path(t))))
        for name, t in defined["ways"].items()
    }
    plain, arcs, chords = uneven.values()
    assert plain > 2 and 0.1 < arcs < 0.2 and chords < 0.002


def test_a_path_turns_by_120_degrees_at_keys_of_lines_by_90_of_arcs_and_not_of_splines(defined) -> None:
    turns = {}
    for kind in ("line", "arc", "spline"):
        found = []
        for seed in range(4):
            keys = np.random.default_rng(seed).standard_normal((5, 64))
            path = defined["paths"].Path(keys, kind, closed=True)
            for time in path.key_times[1:]:
                at_key = path(time + np.array([-0.002, 0, 0.002]))
                frames = defined["generate"](defined["garments"], at_key)
                found.append([defined["turn"](at_key), defined["turn"](frames)])
        turns[kind] = np.mean(found, axis=0)
    assert np.allclose(turns["line"], (120, 102), atol=6) and np.allclose(turns["arc"], (89, 86), atol=6)
    assert (turns["spline"] < 12).all()


def test_in_the_table_films_made_even_are_even_in_their_measure_alone() -> None:
    for generator, least in (("garments", 1.5), ("prints", 0.5)):
        for kind in ("line", "arc", "spline"):
            for measure in ("pixels", "features"):
                rows = film_paths(generator=generator, kind=kind, measure=measure)
                assert max(row["unevenness_after"] for row in rows) < 0.02
                assert np.median([row["unevenness_before"] for row in rows]) > least
                assert 0.4 < np.median([row["unevenness_other"] for row in rows]) < 1.3
    assert max(row["seam_after"] for row in read_table("film_paths.csv") if row["closed"]) < 1.01


def test_the_usual_test_of_a_seam_lets_a_frame_pass_that_stands_still(defined) -> None:
    steps = {name: step_lengths(film, closed=True) for name, film in defined["loop_films"].items()}
    assert seam(steps["A"]) > 3 and all(seam(steps[name]) < 1.01 for name in "BC")
    assert steps["B"].min() < 1e-6 and unevenness(steps["C"]) < 0.002


def test_a_loop_stepped_off_again_and_again_is_even_mostly(defined) -> None:
    rounds = np.array(defined["all_rounds"])
    assert sum(rounds[:, -1] < 0.03) == 4 and rounds[:, -1].max() > 0.1
    assert unevenness(step_lengths(defined["own_loop"], closed=True)) < 0.02


def test_a_crossfade_is_the_shortest_way_and_only_pixels_do_not_mind_its_ghosts(defined) -> None:
    ways = [step_lengths(defined[name], closed=True).sum() for name in ("faded", "walked")]
    assert 2.2 < ways[1] / ways[0] < 2.8
    quality = defined["quality"]
    pixels, in_features, frechet = (
        {name: found[place] for name, found in quality.items()} for place in range(3)
    )
    assert pixels["crossfade"] < pixels["spline"] and pixels["line"] == min(
        value for name, value in pixels.items() if name != "real (test)"
    )
    assert in_features["crossfade"] > in_features["spline"] + 0.2
    assert frechet["crossfade"] > 1.9 * max(frechet["arc"], frechet["spline"])
    assert frechet["spline"] + 0.15 < frechet["spline, even"] < 0.6 * frechet["crossfade"]
    assert in_features["spline, even"] > in_features["spline"] + 0.05


def test_no_frame_was_copied(defined) -> None:
    assert defined["loop_distances"].min() > defined["test_distances"].min()
    assert defined["loop_distances"].mean() > defined["test_distances"].mean()
    film, new, other, noise = (found.mean() for found in defined["print_distances"].values())
    assert noise > film > other > new


def test_cuts_are_found_by_across_minus_within_and_not_by_the_change(defined) -> None:
    tested: dict[str, tuple[float, Hits]] = defined["tested"]
    sharp, change = (tested[f"{name}, coarse"][1] for name in ("across minus within", "change"))
    assert sharp.precision > 0.95 and sharp.recall > 0.95 and change.precision < 0.8


def test_in_the_table_the_network_finds_no_more_than_coarse_pixels_and_only_disturbances_fool_the_change() -> (
    None
):
    for measure in ("coarse", "pixels", "network"):
        row = film_cuts(measure, "sharpness")
        assert row["precision"] > 0.95 and row["recall"] > 0.95
        assert film_cuts(measure, "change")["precision"] < 0.8
        calm = film_cuts(measure, "change", "calm")
        assert calm["precision"] > 0.98 and calm["recall"] > 0.97
    coarse, network = (film_cuts(measure, "sharpness") for measure in ("coarse", "network"))
    for score in ("precision", "recall"):
        assert coarse[f"{score}_low"] < network[score] < coarse[f"{score}_high"]
    assert film_cuts("histogram", "sharpness")["f1"] < coarse["f1"] - 0.01


def test_a_count_that_pairs_nothing_flatters_who_calls_every_second_frame(defined) -> None:
    every_second, films = defined["calls"]["every second frame"], defined["testing"]
    counts = {
        name: np.sum(
            [defined[name](found, each.cuts, 2) for found, each in zip(every_second, films, strict=True)],
            axis=0,
        )
        for name in ("as_it_was", "checked_count_cuts")
    }
    true = sum(len(each.cuts) for each in films)
    assert counts["as_it_was"][0] > 2.3 * true and counts["checked_count_cuts"][0] == true


def test_dissolves_are_harder_than_cuts_and_none_of_them_is_taken_for_one(defined) -> None:
    assert defined["crossed"] == 0
    row = film_cuts("coarse", "blend")
    assert row["recall"] > 0.7 and 0.4 < row["precision"] < 0.75


def test_the_film_is_cut_at_the_bars_and_its_own_desk_finds_them(defined) -> None:
    bars, found = defined["bars_at"], defined["found_again"]
    assert np.array_equal(bars[1:], found)
    assert np.abs(bars / defined["RATE"] - defined["bar_times"]).max() <= 0.5 / defined["RATE"]


@pytest.mark.skipif(
    shutil.which("ffprobe") is None or shutil.which("ffmpeg") is None, reason="needs ffmpeg and ffprobe"
)
def test_picture_and_sound_begin_and_end_together_in_the_file(defined) -> None:
    (path,) = defined["written"]
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    streams = {stream["codec_type"]: stream for stream in json.loads(said)["streams"]}
    assert set(streams) == {"video", "audio"} and Path(path).suffix == ".mp4"
    for each in ("start_time", "duration"):
        video, audio = (float(streams[kind][each]) for kind in ("video", "audio"))
        assert abs(video - audio) <= 1 / defined["RATE"]
