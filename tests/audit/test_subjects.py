"""What is known of a generator: from a run's folder, whole or not, and of how its members are matched."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.audit import references, subjects
from course_lib.models import recipe
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder
from tests.studio.generators import small

SETTINGS = {"dataset": "emoji", "batch_size": 32, "seed": 5, "precision": "float32"}
REPORT = {"settings": SETTINGS, "seconds": 12.5, "hardware": {"cores": 4, "gpus": []}}


@pytest.fixture(scope="module")
def gan():
    return recipe.dcgan((32, 32, 3), seed=5)


@pytest.fixture
def run(gan, tmp_path: Path) -> Path:
    """What `train` leaves, as far as an audit reads it."""
    gan.sampler.save(tmp_path / "generator.keras")
    Checkpoint(tmp_path / "checkpoints", Recorder(), SETTINGS).save(gan)
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    return tmp_path


@pytest.mark.slow
def test_a_run_is_known_with_its_discriminator_and_its_time(run: Path, gan) -> None:
    found = subjects.find(run, 200)
    assert len(found.reference.training) == 1235 and found.pictures.shape == (200, 32, 32, 3)
    assert found.time == {"wall_seconds": 12.5, "cores": 4}
    for ours, theirs in zip(found.discriminator.get_weights(), gan.discriminator.get_weights(), strict=True):
        assert (ours == theirs).all()
    assert (subjects.find(run / "generator.keras", 200, seed=1).pictures != found.pictures).any()

    (next((run / "checkpoints").iterdir())).write_bytes(b"torn")
    assert "cannot be read" in subjects.find(run, 200).no_discriminator
    next((run / "checkpoints").iterdir()).unlink()
    assert "no checkpoint" in subjects.find(run, 200).no_discriminator


@pytest.mark.parametrize("report", [None, "[]", "{", '{"settings": {"dataset": "cats"}}', '{"settings": 3}'])
def test_without_a_report_that_can_be_read_only_the_pictures_are_known(tmp_path: Path, report) -> None:
    small().save(tmp_path / "generator.keras")
    if report is not None:
        (tmp_path / "report.json").write_text(report)
    found = subjects.find(tmp_path, 200)
    assert found.reference is None and found.discriminator is None and found.time is None
    assert "no report.json" in found.no_reference and "no report.json" in found.no_time


def test_a_report_of_other_pictures_is_not_believed(tmp_path: Path) -> None:
    small(3).save(tmp_path / "generator.keras")
    told = REPORT | {"seconds": float("nan"), "hardware": {"cores": 2, "gpus": [["T4", [7, 5]]]}}
    (tmp_path / "report.json").write_text(json.dumps(told))
    found = subjects.find(tmp_path, 200)
    assert found.reference is None and "another shape" in found.no_reference and found.time is None
    (tmp_path / "report.json").write_text(json.dumps(told | {"seconds": 3}))
    assert "accelerator" in subjects.find(tmp_path, 200).no_time


@pytest.mark.parametrize("count", [199, 20_001, 300.0, True])
def test_a_number_of_pictures_that_says_nothing_is_refused_in_one_line(count) -> None:
    with pytest.raises(CourseError, match="from 200 to 20000"):
        subjects.find("garments", count)


@given(st.lists(st.integers(0, 3), max_size=40), st.lists(st.integers(0, 3), max_size=40), st.integers(0, 30))
def test_matched_rows_are_of_the_same_classes_and_each_stands_once(labels, others, most) -> None:
    labels, others = np.array(labels, int), np.array(others, int)
    ours, theirs = references.matched(labels, others, most)
    assert (labels[ours] == others[theirs]).all()
    assert len({*ours.tolist()}) == len(ours) == len({*theirs.tolist()})
    possible = np.minimum(np.bincount(labels, minlength=4), np.bincount(others, minlength=4)).sum()
    assert len(ours) == min(most, possible)
