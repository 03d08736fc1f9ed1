"""The clinic trains what its settings say, measures what it says, and its patients have the faults they should have."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, clinic
from course_lib.clinic import Settings, patients
from course_lib.models import losses

SHORT = Settings(rounds=20)


@pytest.fixture(scope="module")
def short() -> clinic.Patient:
    return clinic.train(SHORT)


def test_the_same_settings_give_the_same_numbers_and_another_seed_others(short) -> None:
    again, other = clinic.train(SHORT), clinic.train(replace(SHORT, seed=1))
    for sign, values in short.curves.items():
        np.testing.assert_array_equal(values, again.curves[sign])
    assert not np.array_equal(short.fakes, other.fakes)
    assert short.films.shape == (21, 500, 2)
    assert {len(values) for values in short.curves.values()} == {20}


def test_one_round_is_what_a_step_by_hand_gives() -> None:
    """Plain gradient descent of D, then of G against the new D, by tapes outside of the compiled loop."""
    settings = Settings(optimizer="sgd", discriminator_rate=0.1, generator_rate=0.2, rounds=1)
    before, after = clinic.train(replace(settings, rounds=0)), clinic.train(settings)
    g, d = (player.weights for player in before.players)
    moved = [float(tf.norm(b.weights - a)) for a, b in zip((g, d), after.players, strict=True)]
    for sign, rate, way in zip(("generator", "discriminator"), (0.2, 0.1), moved, strict=True):
        assert after.curves[f"{sign}_moved"][0] == pytest.approx(way, rel=1e-4)
        assert rate * after.curves[f"{sign}_gradient"][0] == pytest.approx(way, rel=1e-4)
    # A step downhill: on fresh points the new D pays less than the old one, and the new G than the old one.
    real, latents = clinic.real_points(2000, seed=5), clinic.some_latents(2000, seed=5)
    game = losses.get("non_saturating")
    fake = before.generate(latents)
    assert game.discriminator(after.judge(real), after.judge(fake)) < game.discriminator(
        before.judge(real), before.judge(fake)
    )
    assert game.generator(after.judge(after.generate(latents))) < game.generator(after.judge(fake))


def test_push_and_scores_are_what_they_are_called(short) -> None:
    """Of the non-saturating loss the push is 1 - D, here of the D that has just learned."""
    curves = clinic.train(replace(SHORT, discriminator_rate=0.0, generator_rate=0.0)).curves
    np.testing.assert_allclose(curves["push"], 1 - curves["fake_score"], atol=0.03)  # other latents
    assert curves["discriminator_moved"].max() == curves["generator_moved"].max() == 0


def test_treatment_from_here_on_starts_where_the_patient_is(short) -> None:
    on = clinic.treat(short, afresh=False, rounds=1)
    np.testing.assert_array_equal(on.films[0], short.fakes)
    assert on.settings == replace(SHORT, rounds=1)
    anew = clinic.treat(short, rounds=1)
    np.testing.assert_array_equal(anew.films[0], short.films[0])


def test_a_head_start_moves_d_alone() -> None:
    ahead = clinic.train(replace(SHORT, head_start=200, rounds=1))
    assert ahead.curves["discriminator_loss"][0] < 0.3
    np.testing.assert_array_equal(ahead.films[0], clinic.train(replace(SHORT, rounds=1)).films[0])


def test_a_fresh_judge_catches_a_generator_that_has_not_learned() -> None:
    newborn = clinic.train(replace(SHORT, rounds=1))
    opinion = clinic.second_opinion(newborn)
    assert opinion.curves["discriminator_loss"][-20:].mean() < 0.05
    assert opinion.curves["generator_moved"].max() == 0


@pytest.mark.parametrize("call", [lambda: patients.admit("Z"), lambda: patients.discuss({"Z": "dead G"})])
def test_an_unknown_patient_is_refused(call) -> None:
    with pytest.raises(CourseError, match="no patient 'Z'"):
        call()


def test_an_unknown_setting_is_refused(short) -> None:
    with pytest.raises(CourseError, match=r"no setting 'learning_rate'; choose among .*generator_rate"):
        clinic.treat(short, learning_rate=1.0)


@pytest.mark.parametrize("name", ["optimizer", "generator_activation"])
def test_an_unknown_choice_is_refused(name: str) -> None:
    with pytest.raises(CourseError, match=f"{name}='swish' is not known"):
        clinic.train(replace(SHORT, **{name: "swish"}))


def test_the_records_say_what_is_wrong() -> None:
    assert "logistic_discriminator(fake_logits, real_logits)" in patients.record("A")
    assert patients.record("C") == "discriminator_rate = 0.0 (healthy: 0.002)"
    assert "minimax_generator" in patients.record("E")
    for letter in patients.PATIENTS:
        assert patients.record(letter)


def test_diagnoses_are_answered(capsys) -> None:
    patients.discuss({"G": "dead  G", "H": "dead G", "I": "flu", "J": ""})
    right, wrong, unknown, missing, *names = capsys.readouterr().out.splitlines()
    assert "yes, dead G" in right
    assert "not dead G. If it were, a whole layer" in wrong
    assert "not in the list" in unknown and "no diagnosis yet" in missing
    assert all(name in " ".join(names) for name in patients.DIAGNOSES)
    assert set(patients.ANSWERS) - {"K", "L"} == set(patients.PATIENTS)


def test_the_alarms_send_people_to_diseases_that_exist() -> None:
    """course_lib/training/alarms.py points to lesson 08 by these names."""
    from course_lib import ROOT

    alarms = (ROOT / "course_lib" / "training" / "alarms.py").read_text("utf-8")
    for name in ("overpowering D", "dead G", "mode collapse", "NaN"):
        assert f"lesson 08, {name}" in alarms
        assert any(disease.startswith(name) for disease in patients.DIAGNOSES)


def test_a_travelled_generator_has_its_weights_and_not_its_statistics() -> None:
    import keras

    network = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization(momentum=0.5)]
    )
    noise = clinic.some_latents(16)[:, :3]
    for _ in range(5):
        network(noise, training=True)
    loaded = patients.travelled(network)
    for a, b in zip(network.trainable_weights, loaded.trainable_weights, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(loaded.layers[-1].moving_mean, np.zeros(4))
    assert not np.allclose(network.layers[-1].moving_mean, 0)
