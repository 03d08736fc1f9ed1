"""The clinic trains what its settings say, measures what it says, and its patients have the faults they should have."""

import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError, clinic
from course_lib.clinic import Settings, patients
from course_lib.clinic.players import Player
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
    np.testing.assert_array_equal(short.film_rounds, np.arange(21))
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


def silent(player: Player, *outputs: float) -> Player:
    """The player with all weights 0 but for its last biases: it gives these outputs whatever goes in."""
    weights = np.zeros(player.weights.shape, "float32")
    weights[-len(outputs) :] = outputs
    return player._replace(weights=tf.constant(weights))


def louder(player: Player, factor: float) -> Player:
    return player._replace(weights=factor * player.weights)


@pytest.fixture(scope="module")
def newborn() -> tuple[Player, Player]:
    return clinic.train(replace(SHORT, rounds=0)).players


@pytest.mark.parametrize("scale", [1.0, 1e-6])
def test_discriminator_takes_the_steps_of_keras_adam_with_beta_1_a_half(scale: float, newborn) -> None:
    """A silent D learns by its last bias alone, and no batch has a say in it. Small gradients make epsilon count."""

    def parabola(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
        return scale * tf.reduce_mean(real_logits**2 + fake_logits)

    settings = replace(SHORT, discriminator_loss=parabola, discriminator_rate=0.05, discriminator_turns=2)
    _, d = clinic.train(settings, (newborn[0], silent(newborn[1], 1.5))).players
    bias, adam = tf.Variable(1.5), keras.optimizers.Adam(0.05, beta_1=0.5)
    for _ in range(2 * SHORT.rounds):
        adam.apply_gradients([(scale * (2 * bias + 1), bias)])
    assert float(d.weights[-1]) == pytest.approx(float(bias), rel=1e-3)
    assert abs(float(bias) - 1.5) > 0.1


def test_generator_takes_the_steps_of_keras_adam_and_its_signs_are_those_of_the_steps(newborn) -> None:
    """All fakes of a silent G are one point, which D, held fast, pushes; by hand with a tape."""
    settings = replace(SHORT, discriminator_rate=0.0, generator_rate=0.05)
    # With this last bias all its logits are negative, so that a lost sign would be seen.
    d = newborn[1]._replace(weights=tf.concat([newborn[1].weights[:-1], [-1.5]], axis=0))
    patient = clinic.train(settings, (silent(newborn[0], -2.0, 1.0), d))
    point, adam = tf.Variable([[-2.0, 1.0]]), keras.optimizers.Adam(0.05, beta_1=0.5)
    for row in range(SHORT.rounds):
        with tf.GradientTape(persistent=True) as tape:
            logit = patient.judge(point)
            loss = losses.non_saturating_generator(logit)
        (slope,) = np.asarray(tape.gradient(logit, point))
        adam.apply_gradients([(tape.gradient(loss, point), point)])
        expected = {
            "generator_loss": loss,
            "push": tf.sigmoid(-logit),
            "slope": np.hypot(*slope),
            "largest_logit": -logit,
            "largest_weight": max(np.abs(point).max(), 1.5),
        }
        for sign, value in expected.items():
            assert patient.curves[sign][row] == pytest.approx(float(np.squeeze(value)), rel=1e-3), sign
    np.testing.assert_allclose(patient.fakes, np.tile(point, (500, 1)), rtol=1e-3)
    twice = clinic.train(replace(settings, rounds=10, generator_turns=2), (silent(newborn[0], -2.0, 1.0), d))
    np.testing.assert_allclose(twice.fakes, patient.fakes, rtol=1e-4)
    assert twice.players[0].step == 20


def test_the_largest_weight_is_that_of_both_networks(newborn) -> None:
    still = replace(SHORT, discriminator_rate=0.0, generator_rate=0.0, rounds=1)
    for g, d, largest in (
        (newborn[0], silent(newborn[1], -5), 5),
        (silent(newborn[0], 0, -7), newborn[1], 7),
    ):
        assert clinic.train(still, (g, d)).curves["largest_weight"] == [largest]


def abscissa(player: Player) -> Player:
    """A D whose logit is the x of the point: leaky_relu(x) - leaky_relu(-x) is 1.2 x, for a slope of 0.2."""
    first, second, last = np.zeros((2, 64)), np.zeros((64, 64)), np.zeros((64, 1))
    first[0, :2] = 1, -1
    second[:2, :2] = [[1, -1], [-1, 1]]
    last[:2, 0] = np.array([1, -1]) / 1.2**2
    parts = [part for kernel in (first, second, last) for part in (kernel.ravel(), np.zeros(kernel.shape[1]))]
    return player._replace(weights=tf.constant(np.concatenate(parts), tf.float32))


def test_every_turn_sees_new_points_of_the_ring_and_new_latents(newborn) -> None:
    """D's logits are made the x of the points, and the losses write them down."""
    reals, fakes = [], []

    def noted_by_d(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
        tf.py_function(
            lambda *seen: (reals.append(seen[0]), fakes.append(seen[1])), [real_logits, fake_logits], []
        )
        return tf.reduce_mean(real_logits - fake_logits)

    def noted_by_g(fake_logits: tf.Tensor) -> tf.Tensor:
        tf.py_function(lambda *seen: fakes.append(seen[0]), [fake_logits], [])
        return tf.reduce_mean(fake_logits)

    settings = replace(
        Settings(
            rounds=60, discriminator_rate=0.0, generator_rate=0.0, discriminator_turns=2, generator_turns=3
        ),
        discriminator_loss=noted_by_d,
        generator_loss=noted_by_g,
        head_start=10,
    )
    for each in (settings, replace(settings, rounds=1, head_start=0, seed=1)):
        clinic.train(each, (newborn[0], abscissa(newborn[1])))
    reals, fakes = np.array(reals)[..., 0], np.array(fakes)[..., 0]
    assert reals.shape == ((10 + 60 + 1) * 2, 128)
    assert fakes.shape == ((10 + 60 + 1) * 2 + (60 + 1) * 3, 128)
    for batches in (reals, fakes):
        assert len(np.unique(batches[:, 0])) == len(batches)
    # The eight centres have five different x.
    x = np.array([-2, -np.sqrt(2), 0, np.sqrt(2), 2])
    nearest = np.abs(reals[..., None] - x).argmin(axis=-1)
    shares = np.bincount(nearest.ravel(), minlength=5) / reals.size
    np.testing.assert_allclose(shares, [1 / 8, 1 / 4, 1 / 4, 1 / 4, 1 / 8], atol=0.02)
    assert (reals - x[nearest])[nearest == 2].std() == pytest.approx(0.15, rel=0.05)


def test_real_points_lie_on_eight_gaussians() -> None:
    points = clinic.real_points(8000)
    assert points.dtype == np.float32
    angles = 2 * np.pi * np.arange(8) / 8
    centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    np.testing.assert_allclose(np.bincount(nearest, minlength=8), 1000, atol=150)
    np.testing.assert_allclose((points - centres[nearest]).std(axis=0), 0.15, rtol=0.05)
    assert not np.array_equal(points, clinic.real_points(8000, seed=1))


GENERATOR, DISCRIMINATOR = (8, 64, 64, 2), (2, 64, 64, 1)


def layers_of(player: Player, sizes: tuple[int, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each layer, as Keras takes them."""
    weights, layers = np.array(player.weights), []
    for inputs, units in itertools.pairwise(sizes):
        kernel, bias, weights = np.split(weights, [inputs * units, inputs * units + units])
        layers.append((kernel.reshape(inputs, units), bias))
    assert weights.size == 0
    return layers


def by_hand(player: Player, sizes: tuple[int, ...], signal: np.ndarray, activation: str) -> list[np.ndarray]:
    """What each layer of a Keras network with these weights gives out."""
    kinds = {"leaky_relu": keras.layers.LeakyReLU(0.2), "relu": keras.ops.relu, "tanh": keras.ops.tanh}
    outputs = []
    for kernel, bias in layers_of(player, sizes):
        last = len(outputs) == len(sizes) - 2
        dense = keras.layers.Dense(len(bias), None if last else kinds[activation])
        dense.build(signal.shape)
        dense.set_weights([kernel, bias])
        signal = np.asarray(dense(signal))
        outputs.append(signal)
    return outputs


@pytest.mark.parametrize("activation", ["leaky_relu", "relu", "tanh"])
def test_networks_are_dense_ones_with_the_activation_asked_for(activation: str) -> None:
    patient = clinic.train(Settings(rounds=5, generator_activation=activation, start=1.0, seed=3))
    latents = clinic.some_latents(500, seed=9)
    *hidden, fakes = by_hand(patient.players[0], GENERATOR, latents, activation)
    for given in (patient.fakes, patient.generate(latents)):
        np.testing.assert_allclose(given, fakes, atol=1e-5)
    for given, expected in zip(patient.hidden(latents), hidden, strict=True):
        np.testing.assert_allclose(given, expected, atol=1e-5)
    points = clinic.real_points(50)
    logits = by_hand(patient.players[1], DISCRIMINATOR, points, "leaky_relu")[-1]
    np.testing.assert_allclose(patient.judge(points), logits, atol=1e-5)
    other = 2 * patient.players[0].weights
    np.testing.assert_allclose(
        patient.generate(latents, other),
        by_hand(louder(patient.players[0], 2), GENERATOR, latents, activation)[-1],
        atol=1e-4,
    )
    opinion = clinic.second_opinion(patient, rounds=20)
    np.testing.assert_array_equal(opinion.films, np.tile(patient.fakes, (21, 1, 1)))


def test_the_generators_activation_is_used_in_the_turns_of_both_and_not_by_d(newborn) -> None:
    """tanh keeps the fakes of a loud G small, where leaky_relu lets them grow with each layer."""

    def largest_fake(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
        return tf.reduce_max(tf.abs(fake_logits))

    def largest_real(real_logits: tf.Tensor, fake_logits: tf.Tensor) -> tf.Tensor:
        return tf.reduce_max(tf.abs(real_logits))

    still = Settings(discriminator_loss=largest_fake, discriminator_rate=0.0, generator_rate=0.0, rounds=1)
    for activation, least, most in (("tanh", 0, 1e4), ("leaky_relu", 1e6, np.inf)):
        signs = clinic.train(
            replace(still, generator_activation=activation), (louder(newborn[0], 300), newborn[1])
        ).curves
        for sign in ("discriminator_loss", "largest_logit"):
            assert least < signs[sign][0] < most, (activation, sign)
    settings = replace(still, generator_activation="tanh", discriminator_loss=largest_real)
    assert clinic.train(settings, (newborn[0], louder(newborn[1], 300))).curves["discriminator_loss"][0] > 1e6


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_discriminators_activation_is_used_when_it_judges_and_when_it_learns(activation: str) -> None:
    still = Settings(
        discriminator_activation=activation, discriminator_rate=0.0, generator_rate=0.0, rounds=1
    )
    patient = clinic.train(replace(still, discriminator_loss=lambda real, fake: tf.reduce_max(tf.abs(fake))))
    points = clinic.real_points(50)
    logits = by_hand(patient.players[1], DISCRIMINATOR, points, activation)[-1]
    np.testing.assert_allclose(patient.judge(points), logits, atol=1e-5)
    plain = clinic.train(replace(patient.settings, discriminator_activation="leaky_relu"))
    for sign in ("discriminator_loss", "slope", "largest_logit"):  # in the turns of both
        assert patient.curves[sign][0] != pytest.approx(plain.curves[sign][0], rel=1e-3), sign
    assert clinic.second_opinion(patient, rounds=1).settings.discriminator_activation == "leaky_relu"


def test_a_newborn_has_the_weights_of_glorot_and_starts_where_it_is_told() -> None:
    at_four, other = (clinic.train(Settings(rounds=0, start=s, seed=n)) for s, n in ((4.0, 0), (0.0, 1)))
    plain = clinic.train(Settings(rounds=0))
    np.testing.assert_allclose(at_four.fakes, plain.fakes + 4, atol=1e-5)
    np.testing.assert_array_equal(at_four.players[1].weights, plain.players[1].weights)
    for player, sizes, mine in zip(plain.players, (GENERATOR, DISCRIMINATOR), other.players, strict=True):
        assert not np.array_equal(player.weights, mine.weights)
        for kernel, bias in layers_of(player, sizes):
            limit = np.sqrt(6 / sum(kernel.shape))
            assert 0.9 * limit < np.abs(kernel).max() <= limit
            assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.15)
            assert not bias.any()


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
    other = clinic.train(replace(SHORT, rounds=1, seed=3, generator_activation="tanh", start=1.0))
    assert clinic.treat(other, generator_turns=2).settings == replace(other.settings, generator_turns=2)


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


@pytest.mark.parametrize("name", ["optimizer", "generator_activation", "discriminator_activation"])
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


def test_the_list_of_names_is_no_answer_key(capsys) -> None:
    assert sorted(patients.NAMES) == sorted(patients.DIAGNOSES)
    assert all(
        shown != answer for shown, answer in zip(patients.NAMES, patients.ANSWERS.values(), strict=True)
    )
    neighbours = set(itertools.pairwise(patients.NAMES)) & set(itertools.pairwise(patients.DIAGNOSES))
    assert not neighbours  # nor is a part of it in the patients' order
    patients.discuss({"A": ""})
    shown = " ".join(capsys.readouterr().out.split())
    places = [shown.index(name) for name in patients.NAMES]
    assert places == sorted(places)


def test_a_diagnosis_may_be_written_in_any_case_and_an_unknown_one_gets_the_list(capsys) -> None:
    patients.discuss({"G": "DEAD g", "J": "nan: Too large a step"})
    assert [line[:14] for line in capsys.readouterr().out.splitlines()] == [
        "Patient G: yes",
        "Patient J: yes",
    ]
    patients.discuss({"A": "flu"})
    unknown, *names = capsys.readouterr().out.splitlines()
    assert "'flu' is not in the list" in unknown
    assert all(name in " ".join(names) for name in patients.DIAGNOSES)


def test_the_alarms_send_people_to_diseases_that_exist() -> None:
    """course_lib/training/alarms.py points to lesson 08 by these names."""
    from course_lib import ROOT

    alarms = (ROOT / "course_lib" / "training" / "alarms.py").read_text("utf-8")
    for name in ("overpowering D", "dead G", "mode collapse", "NaN"):
        assert f"lesson 08, {name}" in alarms
        assert any(disease.startswith(name) for disease in patients.DIAGNOSES)


def test_a_travelled_generator_has_its_weights_and_not_its_statistics() -> None:
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
