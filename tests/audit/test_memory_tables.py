"""The tables of attacks and of privacy: whole, made by the code as it is, and what lesson 20 says of them."""

from __future__ import annotations

import csv
import io
from types import ModuleType

import numpy as np
import pytest

from course_lib.audit.privacy import noise_for
from course_lib.audit.private_gan import BATCH, DELTA
from tests import data_scripts


@pytest.fixture(scope="module")
def attacks() -> ModuleType:
    return data_scripts.load("make_audit_weights")


@pytest.fixture(scope="module")
def privacy() -> ModuleType:
    return data_scripts.load("make_privacy")


def rows(table: str, **wanted: object) -> list[dict[str, str]]:
    found = data_scripts.load("measured_tables").read(table)
    return [row for row in found if all(row[name] == str(value) for name, value in wanted.items())]


def column(table: str, name: str, **wanted: object) -> np.ndarray:
    return np.array([row[name] for row in rows(table, **wanted)], float)


def test_both_tables_are_whole(attacks, privacy) -> None:
    assert attacks.missing() == privacy.missing() == []
    assert len(rows(attacks.TABLE)) == 2 * 3 * 6
    assert len(rows(privacy.TABLE)) == 3 * (3 * 4 + 1)


def test_before_the_training_no_attack_tells_members_from_others(attacks) -> None:
    before = rows(attacks.TABLE, moment="before")
    missed = [row for row in before if not float(row["low"]) <= 0.5 <= float(row["high"])]
    assert len(missed) <= 2  # of 18 intervals at 95 %


def test_what_the_attacks_find(attacks) -> None:
    def areas(network: str, attack: str, name: str = "auc") -> np.ndarray:
        return column(attacks.TABLE, name, network=network, moment="after", attack=attack)

    assert (areas("overfitted", "discriminator") > 0.9).all()
    assert (areas("overfitted", "pixels", "low") > 0.5).all() and (areas("overfitted", "pixels") < 0.65).all()
    assert (areas("overfitted", "features", "low") < 0.5).all()
    for attack in ("pixels", "features", "discriminator"):
        assert np.abs(areas("good", attack) - 0.5).max() < 0.03


def test_the_simple_rival_wins_at_every_epsilon(privacy) -> None:
    for epsilon in ("1", "3", "10", "inf"):
        gan, curve, curves = (
            column(privacy.TABLE, "frechet", method=method, epsilon=epsilon)
            for method in ("gan", "gaussian", "gaussians")
        )
        assert curves.max() < curve.min() and curve.max() < gan.min()
    private = [
        column(privacy.TABLE, "frechet", method="gan", epsilon=epsilon) for epsilon in ("1", "3", "10")
    ]
    free = column(privacy.TABLE, "frechet", method="gan", epsilon="inf")
    assert np.min(private) > free.max()
    means = [
        column(privacy.TABLE, "frechet", method="gaussians", epsilon=e).mean()
        for e in ("1", "3", "10", "inf")
    ]
    assert means == sorted(means, reverse=True)


def test_the_noise_is_what_the_accountant_asks_for(privacy) -> None:
    for row in rows(privacy.TABLE):
        if row["epsilon"] != "inf":
            rate, steps = (BATCH / 60_000, privacy.STEPS) if row["method"] == "gan" else (1, 1)
            wanted = noise_for(float(row["epsilon"]), rate, steps, DELTA)
            assert float(row["noise"]) == pytest.approx(wanted, rel=1e-3)


@pytest.mark.slow
def test_a_row_made_again_is_that_of_the_table(privacy, monkeypatch) -> None:
    whole = rows(privacy.TABLE)
    lost = rows(privacy.TABLE, method="gaussian", epsilon="3", seed=1)[0]
    monkeypatch.setattr("measured_tables.read", lambda name: [row for row in whole if row != lost])
    (run,) = privacy.missing()
    written = {}
    monkeypatch.setattr(
        "measured_tables.publish", lambda name, content: written.update({name: content.decode()})
    )
    run.measure()
    again = list(csv.DictReader(io.StringIO(written[privacy.TABLE])))
    assert [row["method"] for row in again] == [row["method"] for row in whole]
    found = again[whole.index(lost)]
    for name in ("noise", "frechet", "kernel"):
        assert float(found[name]) == pytest.approx(float(lost[name]), rel=0.02)
