"""What lesson 19 says of its versions, its page, its monitors and of thumbs is so."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.student import solved_notebook
from course_lib.studio.publishing import publish
from course_lib.studio.sources import find
from course_lib.theory import cusum
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def defined(tmp_path_factory) -> Iterator[dict[str, Any]]:
    """The globals of the lesson, run with the course's own answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("lesson"))
        yield names_of("19")


def test_the_first_picture_shows_one_alarm_where_the_model_was_changed(defined) -> None:
    (alarm,) = defined["first_alarms"]
    assert 15 * 32 < alarm.pictures <= 17 * 32
    assert defined["first_sums"][:15].max() < defined["monitor"].healthy.threshold
    assert 300_000 < defined["size"] < 400_000


def test_half_a_file_is_a_model_that_draws(defined) -> None:
    old, half, new = defined["scores_of_three"].values()
    assert new < half < old and round(half, 1) == 3.1


def test_the_pointer_moves_behind_a_sync_or_something_may_break(defined) -> None:
    broken = {name: chances[2] for name, chances in defined["risks"].items()}
    assert sorted(broken, key=broken.get)[-2:] == ["pointer first", "pointer first, sync after each"]
    assert [name for name, chance in broken.items() if chance == 0] == ["sync before the pointer"]
    whole = [version.number for version in defined["versions"].all() if not version.problem]
    assert whole == [1, 3, 4] and defined["versions"].numbers() == [1, 2, 3, 4]


def test_the_dense_layer_has_most_weights_and_a_tenth_of_the_products(defined) -> None:
    products = list(defined["products"].values())
    assert round(products[0] / sum(products), 1) == 0.1 and round(sum(products) / 1e6, 1) == 1.0
    assert 0.84 < products[0] / defined["garments"].count_params() < 0.86


def test_the_shift_of_a_norm_in_front_is_spread_unevenly_by_a_stride_and_at_the_edge(defined) -> None:
    """What quiz 2 says: such a norm's shift cannot go into one bias a channel."""
    kernel = np.random.default_rng(0).standard_normal((4, 4, 2, 3))
    by_stride = {stride: defined["spread"](np.ones((9, 9, 3)), kernel, stride, 1) for stride in (1, 2)}
    for spread in by_stride.values():
        assert not np.allclose(spread[0, 4], spread[4, 4])
    assert np.allclose(by_stride[1][4, 4], by_stride[1][4, 5])
    assert np.allclose(by_stride[2][4, 4], by_stride[2][4, 6])
    assert not np.allclose(by_stride[2][4, 4], by_stride[2][4, 5])


def test_rounding_errors_are_near_typical_and_double_with_each_bit(defined) -> None:
    assert 0.9 < defined["made_rms"] / defined["typical_rms"] < 1.1
    assert (
        defined["largest_rms"] > 5 * defined["made_rms"]
        and np.max(defined["made"] / defined["largest"]) < 0.8
    )
    bits, mean, most = (np.array(defined[name]) for name in ("BITS", "mean_off", "most_off"))
    assert most[0] < 1.5 and mean[0] < 0.03 and np.argmax(mean > 0.5) == np.flatnonzero(bits == 6)[0]
    slope = np.polyfit(bits[:-2], np.log2(mean[:-2]), 1)[0]
    assert -1.15 < slope < -0.9


def test_a_page_gives_the_network_away(defined, tmp_path) -> None:
    publish(find("garments"), tmp_path / "site")
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    z = np.random.default_rng(5).standard_normal((1, 64))
    drawn = np.stack([defined["taken_from"](page)(each) for each in z])
    again = defined["generate"](defined["garments"], z.astype("float32"))[..., 0]
    assert 127.5 * np.abs(drawn - again).max() < 0.01
    assert np.mean(defined["drawn"] < defined["bound"]) == 0
    assert np.median(defined["drawn"]) > np.median(defined["unseen"])


def test_means_are_where_no_answer_is_and_distances_lean_to_the_right(defined) -> None:
    seconds = defined["seconds"]
    assert 0.035 < seconds.mean() < 0.041 and np.mean(seconds > seconds.mean()) < 0.03
    usual = defined["usual"]
    assert round(usual.mean(), 2) == 1.14 and 0.2 < usual.std() < 0.25
    assert 0.2 < defined["skewness"](usual) < 0.6


def test_the_repaired_monitor_says_when_and_the_broken_one_nothing(defined) -> None:
    alarm, since = defined["found"][0]
    assert (alarm, since) == (72, 71) and not defined["naive"]
    assert np.isclose(defined["own"].sum(), 0)  # hence its sum at the end is -n k


def test_run_lengths_are_as_told(defined) -> None:
    false, late, false_twice, late_twice = (
        cusum.run_length(threshold, shift=shift) for threshold in (5, 10) for shift in (0, 1)
    )
    assert np.isclose(defined["run_length"](5.0), false) and round(false, -1) == 930
    assert (round(late), round(late_twice)) == (10, 20) and 140 < false_twice / false < 160
    assert cusum.run_length(5.06) < 1000 < cusum.run_length(5.08)
    thumbs = defined["checked_thumbs_to_alarm"]
    soon, late = ([thumbs(12, 3, chance), thumbs(37, 6, chance)] for chance in (0.4, 0.2))
    assert soon[0] < soon[1] and late[1] < late[0]


def test_the_table_says_what_the_lesson_says(defined) -> None:
    assert len(defined["sooner"]) == 16
    for means, kernel, _ in defined["sooner"].values():
        assert means <= kernel
    pixels_first = [key for key, (means, _, pixels) in defined["sooner"].items() if pixels < means]
    assert ("sprites", "brighter") in pixels_first
    assert np.isinf(defined["sooner"]["garments", "older_3200"]).all()
    share = defined["entries"](
        "caught", generator="garments", measure="means", change="older_3200", length="1000"
    )
    assert round(share.mean(), 1) == 0.4


def test_breaks_are_caught_as_told_and_a_mirror_is_not_seen_by_its_light(defined) -> None:
    caught = defined["caught"]
    assert caught["as it was"] == [None] * 3 and caught["shuffled"] == [32] * 3
    assert caught["mirrored"][2] is None and max(caught["mirrored"][:2]) <= 96
    moments = defined["drift"].pixel_moments
    assert np.allclose(moments(defined["good"]), moments(defined["breaks"]["mirrored"]))
    assert caught["paler"][0] <= 64 < caught["paler"][1]
    assert caught["swapped"][0] and caught["swapped"][1:] == [None, None]
    assert caught["older"][0] and caught["older"][1:] == [None, None]


def test_a_monitor_that_is_not_told_blames_the_good_model(defined) -> None:
    assert defined["blamed"] == {False: 1, True: 0}


def test_nothing_of_a_person_is_in_the_file(defined) -> None:
    lines = defined["feedback"].path.read_text("utf-8")
    assert len(lines.splitlines()) == 2 and not re.search(r"anna|Ulm|20\d\d", lines)


def test_some_hidden_counts_come_back_until_more_are_hidden(defined) -> None:
    small, back = defined["small"], defined["back"]
    assert np.sum(small & (back >= 0)) > 0
    assert not np.any(defined["more"] & (defined["safe"] >= 0)) and (defined["more"] >= small).all()


def test_two_sessions_go_apart_and_nobody_sees_the_others_gallery(defined) -> None:
    assert defined["same_start"] and defined["anna"].pair() != defined["ben"].pair()
    assert len(defined["anna"].state.gallery) == 1 and not defined["ben"].state.gallery
    light = [
        np.mean([session.made(each).mean() for each in session.pair()])
        for session in (defined["anna"], defined["ben"])
    ]
    assert light[0] > light[1]


def test_beyond_what_two_cores_carry_each_visitor_makes_all_wait(defined) -> None:
    simulated = defined["simulated"]
    few, many = (simulated(visitors)[0] for visitors in (18, 70))
    assert few < 0.5 and 4 < many < 7


@pytest.mark.parametrize("name", ["after_a_crash", "watch", "thumbs_to_alarm", "computed_back"])
def test_a_right_answer_of_any_form_breaks_no_later_cell(defined, name: str, capsys) -> None:
    """Lists, iterators, arrays of no axis; and answers that change what they were given."""
    answers = runpy.run_path(Path(__file__).parent / "answers" / "19_the_studio.py")["ALSO_RIGHT"][name]
    cells = solved_notebook(load_lesson(find_source("19"))).cells
    later = [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and f"checked_{name}(" in cell.source and "= check(" not in cell.source
    ]
    assert later
    told = set()
    for answer in answers:
        scope = dict(defined)
        exec(answer, scope)
        scope[f"checked_{name}"] = scope[name]
        capsys.readouterr()
        for source in later:
            exec(source, scope)
        told.add(re.sub(r"difference \S+", "", capsys.readouterr().out))
    assert len(told) == 1
