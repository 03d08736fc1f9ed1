"""The two GANs whose training sets are known: who was a member, and that others are like them."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.audit import trained
from course_lib.audit.membership import auc, by_discriminator
from course_lib.models.sampling import generate


@pytest.fixture(scope="module")
def garments() -> datasets.Dataset:
    return datasets.load("fashion_mnist")


@pytest.mark.parametrize("name", trained.MEMBERS_A_CLASS)
def test_members_and_others_share_classes_and_no_picture(name, garments) -> None:
    found = trained.load(name)
    wanted = trained.MEMBERS_A_CLASS[name]
    assert not np.intersect1d(found.members, found.others).size
    assert len(np.unique(found.members)) == len(found.members) == 10 * wanted == found.report["members"]
    for rows, count in ((found.members, wanted), (found.others, trained.OTHERS_A_CLASS)):
        assert (np.bincount(garments.labels_train[rows]) == count).all()
    pictures = generate(found.generator, np.random.default_rng(0).standard_normal((4, 64)))
    assert pictures.shape == (4, 28, 28, 1)
    assert pictures.std() > 0.3


def test_the_overfitted_discriminator_knows_its_members_and_the_other_does_not(garments) -> None:
    areas = {}
    for name in trained.MEMBERS_A_CLASS:
        found = trained.load(name)
        scores = [
            by_discriminator(found.discriminator, garments.images_train[rows[:1000:3]])
            for rows in (found.members, found.others)
        ]
        areas[name] = auc(*scores)
    assert areas["overfitted"] > 0.8
    assert abs(areas["good"] - 0.5) < 0.1


def test_a_split_follows_its_seed_and_refuses_what_is_not_there() -> None:
    labels = np.repeat([0, 1], 150)
    first, again, other = (trained.split(labels, 20, seed)[0] for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()
    with pytest.raises(CourseError, match="Class 0 has 150 pictures, too few for 60 members"):
        trained.split(labels, 60)
    with pytest.raises(CourseError, match="members_a_class is"):
        trained.split(labels, 0)
    with pytest.raises(CourseError, match="There is no trained GAN 'best'"):
        trained.load("best")


def test_only_whole_labels_in_one_row_are_split() -> None:
    labels = np.repeat([0, 1], 150)
    for call, message in (
        (lambda: trained.load(["good"]), "no trained GAN"),
        (lambda: trained.split([], 3), "whole numbers"),
        (lambda: trained.split(labels[None], 3), "whole numbers"),
        (lambda: trained.split(labels / 2, 3), "whole numbers"),
        (lambda: trained.split(labels, 3, seed=-1), "seed is"),
    ):
        with pytest.raises(CourseError, match=message):
            call()
