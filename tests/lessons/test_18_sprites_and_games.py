"""What lesson 18 says of its sprites, palettes, maps and its game is so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from course_lib import ROOT
from course_lib.models import sprites
from course_lib.theory import arc_length, kmeans, tile_maps
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def defined(tmp_path_factory) -> Iterator[dict[str, Any]]:
    """The globals of the lesson, run with the course's own answers, but for most of the training."""
    whole = sprites.train_on

    def begin(gan, images, labels, steps, seed=0) -> None:
        whole(gan, images, labels, min(steps, 10), seed)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        patch.setattr(sprites, "train_on", begin)
        yield names_of("18")


def test_few_colours_make_a_small_sheet_and_a_small_game(defined) -> None:
    *large, small = (len(sheet.png()) for sheet in defined["sizes"].values())
    assert small < 2000 and all(8 < each / small < 9.5 for each in large)
    assert len(defined["page"].encode()) < 20_000


def test_jittered_emoji_obey_better_and_vary_more_and_are_copies(defined) -> None:
    drawn, real = defined["report"]["moments"][-1], defined["report"]["baselines"]
    jittered, held_out = real["jittered"], real["held_out"]
    assert round(drawn["obedience"], 2) == 0.85 and round(jittered["obedience"], 2) == 0.93
    assert drawn["variety"] + 0.03 < held_out["variety"] < jittered["variety"] - 0.03
    assert drawn["copied"] == 0 and 0.75 < jittered["copied"] < 0.85
    assert held_out["obedience"] < drawn["obedience"]
    ours, theirs = (np.mean(each) for each in defined["distances"].values())
    assert ours < theirs < ours + 0.04


def test_a_correction_by_held_out_emoji_wants_more_than_all(defined) -> None:
    by_held_out, by_training = (np.array(shares) for shares in defined["obey"].values())
    assert sum(by_held_out == 1) >= 4 and round(by_training.mean(), 2) == 0.89
    plants, table = defined["KINDS"].index("plants"), defined["errs"]["held-out emoji"]
    assert (table[plants, plants], table[plants].sum()) == (3, 7)
    assert 0.65 < defined["judged"][plants, plants] / 128 < 0.75


def test_k_means_by_hand_is_the_librarys_and_its_ends_are_near_each_other(defined) -> None:
    before = kmeans.lloyd(defined["points"], defined["start"], defined["counts"])
    assert np.allclose(defined["centres"], before.centres) and len(defined["inertias"]) == 8
    by_lot, careful = (ends / ends[0] for ends in defined["last"].values())
    assert 1.01 < by_lot[-1] < 1.03 and careful[-2] < 1.06 and 1.15 < careful[-1] < 1.25
    assert defined["last"]["by lot"].mean() <= defined["last"]["k-means++"].mean()


def test_each_palette_wins_by_its_own_measure_and_rgb_is_uneven(defined) -> None:
    for (lab_of_lab, rgb_of_lab, _, _), (lab_of_rgb, rgb_of_rgb, _, _) in defined["table"].values():
        assert lab_of_lab < lab_of_rgb and rgb_of_rgb < rgb_of_lab
    known = {count: lab[2] - rgb[2] for count, (lab, rgb) in defined["table"].items()}
    assert round(96 * known[8]) == 11 and max(known[4], known[16]) < 0
    assert 5.5 < defined["widest"] / defined["closest"] < 6.5


def test_a_palette_for_each_is_nearer_by_a_third_for_half_as_many_bytes_again(defined) -> None:
    rows, hard = defined["rows"], defined["hard"]
    errors, sizes = [], []
    for name in ("8, by CIELAB", "8 for each"):
        errors.append(defined["lab_error"](rows[name]))
        sizes.append(len(defined["sprite_sheet"].lay_out(rows[name], hard).png()))
    assert 0.58 < errors[1] / errors[0] < 0.7 and 1.4 < sizes[1] / sizes[0] < 1.6


def test_white_is_not_the_ground_and_a_repaired_edge_is_darker_at_night(defined) -> None:
    enclosed, white = defined["enclosed"], defined["white"]
    assert 0.055 < enclosed.sum() / white.sum() < 0.065
    assert np.mean(enclosed.sum(axis=(1, 2)) > 3) > 0.5
    to_lab, rim = defined["colour_spaces"].to_lab, defined["rim"]
    cleared, hard, mixed, repaired = (to_lab(each[rim])[:, 0].mean() for each in defined["ways"].values())
    assert cleared > 70 and hard > 70 and 55 > mixed > repaired + 5


def test_the_sheet_has_a_palette_with_a_transparent_colour(defined) -> None:
    opened = defined["opened"]
    assert opened.size == (263, 32) and opened.mode == "P"
    opaque = np.asarray(opened.convert("RGBA"))[..., 3]
    assert set(np.unique(opaque)) == {0, 255}


def test_the_line_jumps_and_the_cycle_does_not_and_the_hop_stands_still(defined) -> None:
    line = arc_length.step_lengths(defined["line"], closed=True)
    assert 4 < line[-1] / line[:-1].mean() < 5
    cycle = arc_length.step_lengths(defined["cycle"], closed=True)
    assert arc_length.seam(cycle) < 1.01 and arc_length.unevenness(cycle) < 0.01
    assert defined["alike"] < 8  # of 16, at a reach of 1
    hop = arc_length.step_lengths(defined["films_drawn"]["hop"], closed=True)
    assert hop.min() == 0 and round(arc_length.seam(hop), 1) == 1.4
    flat = arc_length.step_lengths(defined["films_drawn"]["cycle"], closed=True)
    assert arc_length.seam(flat) < 1.01 and arc_length.unevenness(flat) < 0.1


def test_a_round_on_a_line_has_no_step_above_two(defined) -> None:
    film, even = defined["frames_on_line"], defined["even"]
    there = arc_length.step_lengths(film, closed=True)
    around = arc_length.step_lengths(film[defined["round_trip"]], closed=True)
    assert there.max() > 12 * even and 1.9 * even < around.max() <= 2 * even + 1e-6


def test_patches_keep_each_rule_and_the_seam_alone_is_strange(defined) -> None:
    made, example = defined["made"], defined["example"]
    known = [tile_maps.known_share(tiles, example) for tiles in made.values()]
    assert known[0] < 0.25 and 0.35 < known[1] < 0.5 and known[2] == 1
    distance, strange = defined["checked_map_distance"](made["patches"], example)
    assert distance < 0.4 and 25 <= round(strange * made["patches"].size) <= 30
    assert defined["checked_map_distance"](defined["moved"], example) == (0, 0)
    assert round(defined["floors"][0], 2) == 0.11


def test_longer_patches_are_nearer_and_copy_more(defined) -> None:
    distance, of_three, known, copied = defined["measured"].mean(axis=1).T
    assert (np.diff(distance) < 0).all() and (np.diff(of_three) < 0).all() and (np.diff(copied) > 0).all()
    assert -np.diff(distance)[0] > -np.diff(distance)[-1] and distance[-1] > 1.5 * defined["floors"][0]
    assert round(copied[0]) == 24 and 88 < copied[-1] < 96 and known[-1] > 0.4


def test_many_maps_are_in_pieces_and_those_that_pass_have_much_land(defined) -> None:
    forty, pieces = defined["forty"], defined["pieces"]
    whole = sum(len(pieces(tiles != 0)) == 1 for tiles in forty)
    one_path = sum(len(pieces(tiles == 5)) == 1 for tiles in forty)
    assert (whole, one_path, sum(map(defined["crossed"], forty))) == (10, 11, 20)
    assert len(pieces(defined["example"] != 0)) == len(pieces(defined["example"] == 5)) == 1
    passed, how_far = defined["passed"], defined["how_far"]
    assert len(passed) == 11 and np.array_equal(forty[defined["best"]], defined["first_map"])
    assert round(how_far.mean(), 2) == 0.32 and round(how_far[passed].mean(), 2) == 0.38
    land = np.array([np.mean(tiles != 0) for tiles in forty])
    assert (round(land[passed].mean(), 2), round(land.mean(), 2)) == (0.85, 0.73)
    assert round(np.mean(defined["example"] != 0), 2) == 0.56


def test_the_page_loads_nothing_and_says_what_the_lesson_says(defined) -> None:
    text = defined["text"]
    assert "default-src 'none'" in text and "://" not in text
    template = (ROOT / "course_lib" / "media" / "pairs_game.html").read_text(encoding="utf-8")
    for said in (
        "card ${place + 1} of ${count}",
        "face down",
        "Where is the other one?",
        "No pair with",
        "again, a pair.",
        "prefers-reduced-motion",
    ):
        assert said in template


def test_half_a_memory_is_nearly_a_whole_one(defined) -> None:
    turns = defined["checked_expected_turns"]
    none, quarter, half, most, whole = (turns(8, memory) for memory in (0, 0.25, 0.5, 0.75, 1))
    assert np.isclose(none, 64) and 12 < whole < 13 and round(half, 1) == 15.5
    assert round(none - quarter) == 44 and round(most - whole) == 1
    assert 1.8 < defined["games"][2].std(ddof=1) < 2.4
