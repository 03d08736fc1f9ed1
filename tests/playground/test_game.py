"""The game goes as its settings say, and the same way however it is cut; what it shows is what it computes."""

import gc

import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError
from course_lib.playground import measures, stages
from course_lib.playground.game import QUANTILES, Game
from course_lib.playground.settings import LOSSES, Settings

SMALL = Settings(hidden=16, layers=1, batch=32)


def assert_same(one: Game, other: Game) -> None:
    assert one.round == other.round
    for name, values in one.history.items():
        np.testing.assert_array_equal(values, other.history[name], err_msg=name)
    for name, values in vars(one.layers()).items():
        np.testing.assert_array_equal(values, vars(other.layers())[name], err_msg=name)


def after(settings: Settings, rounds: int) -> Game:
    game = Game(settings)
    game.play(rounds)
    return game


def test_rounds_may_be_cut_in_any_way() -> None:
    settings = Settings(discriminator_steps=2, hidden=32)
    whole, cut = after(settings, 46), Game(settings)
    for rounds in (1, 0, 20, 4):
        cut.play(rounds)
    for _ in range(17):
        cut.step_discriminator()
        cut.step_discriminator()
        cut.step_generator()
    cut.step_discriminator()  # which begins a round that the slow motion finishes
    cut.stages()
    cut.step_discriminator()  # and one that play finishes
    cut.play(3)
    assert_same(whole, cut)


def test_another_seed_plays_another_game_and_a_reset_the_same() -> None:
    game, other = after(SMALL, 20), after(Settings(hidden=16, layers=1, batch=32, seed=2), 20)
    first = game.history["generator_loss"]
    assert not np.array_equal(first, other.history["generator_loss"])
    game.reset()
    assert game.round == 0
    assert game.history["round"].size == 0
    game.play(20)
    np.testing.assert_array_equal(first, game.history["generator_loss"])
    game.reset(other.settings)
    game.play(20)
    assert_same(game, other)


def test_a_round_moves_both_players_and_a_step_one() -> None:
    game, points = Game(SMALL), np.array([[0.5, 1.0], [-2.0, 0.0]])
    fakes, logits = game.generate(points), game.judge(points)
    game.step_discriminator()
    assert (game.judge(points) != logits).all()
    np.testing.assert_array_equal(game.generate(points), fakes)
    assert game.round == 0
    logits = game.judge(points)
    game.step_generator()
    assert (game.generate(points) != fakes).all()
    np.testing.assert_array_equal(game.judge(points), logits)
    assert game.round == 1
    game.step_generator()  # G may move twice in a row
    assert game.round == 2
    assert game.history["discriminator_loss"].size == 2


def test_a_change_goes_on_where_it_can_and_says_where_it_cannot() -> None:
    game = after(SMALL, 20)
    turned = {
        "generator_rate": 0.01,
        "beta_1": 0.9,
        "penalty": 0.3,
        "discriminator_steps": 2,
        "loss": "hinge",
    }
    assert game.change(**turned, spectral=True, target="grid", optimizer="sgd", batch=16) == ()
    assert game.round == 20
    game.play(1)
    assert game.settings.beta_1 == 0.9
    assert np.isfinite(game.history["generator_loss"]).all()
    assert game.change(generator_rate=0.0) == ()
    before = game.layers().fake
    game.play(5)
    np.testing.assert_array_equal(game.layers().fake, before)  # the rate of now is the one that counts
    assert game.change(hidden=8, seed=4, penalty=1.0) == ("hidden", "seed")
    assert game.round == 0
    assert game.change(hidden=8) == ()
    with pytest.raises(CourseError, match="no setting 'rate'; choose among target, drawn"):
        game.change(rate=1)
    with pytest.raises(CourseError, match="layers is a whole number"):
        game.change(layers=9)
    assert game.settings.layers == 1
    with pytest.raises(CourseError, match="rounds is a whole number from 0, not -1"):
        game.play(-1)


def test_turning_knobs_compiles_nothing_anew_and_a_thousand_rounds_leave_nothing_behind() -> None:
    game = Game(SMALL)
    functions = game._compiled

    def played() -> list[int]:
        for knob in range(1, 6):
            game.change(generator_rate=knob / 1e3, discriminator_rate=knob / 1e4, beta_1=knob / 10)
            game.change(
                discriminator_steps=knob, target=("ring", "moons", "grid", "line", "spiral")[knob - 1]
            )
            for _ in range(20):
                game.play(2)
                game.layers()
            game.step_discriminator()
            game.step_generator()
        assert game._compiled is functions
        gc.collect()
        live = sum(isinstance(each, tf.Tensor | np.ndarray) for each in gc.get_objects())
        return [*(each.experimental_get_tracing_count() for each in functions), live]

    first, *later = (played() for _ in range(5))
    assert game.round > 1_000
    assert first[:3] == [1, 1, 1]
    assert later == [first] * 4


@pytest.mark.parametrize("loss", LOSSES)
def test_arrows_are_the_slope_of_the_fakes_own_loss(loss: str) -> None:
    """By difference quotients of the course's losses, one fake alone."""
    formulas = {
        "minimax": lambda logits: -np.logaddexp(0, logits),
        "non_saturating": lambda logits: np.logaddexp(0, -logits),
        "least_squares": lambda logits: (logits - 1) ** 2 / 2,
        "hinge": lambda logits: -logits,
        "wasserstein": lambda logits: -logits,
    }
    game = after(Settings(loss=loss, hidden=16, layers=2), 30)
    layers, tiny = game.layers(), 1e-5
    for axis, way in enumerate(np.eye(2) * tiny):
        up, down = (formulas[loss](game.judge(layers.fake + sign * way)) for sign in (1, -1))
        np.testing.assert_allclose(layers.arrows[:, axis], -(up - down) / (2 * tiny), atol=1e-8)


def test_layers_show_both_players_on_the_plane() -> None:
    game = after(SMALL, 50)
    layers = game.layers()
    assert layers.real.shape == layers.fake.shape == layers.arrows.shape == (300, 2)
    np.testing.assert_allclose(layers.heat[0, -1], 1 / (1 + np.exp(-game.judge([[2.9375, -2.9375]])[0])))
    np.testing.assert_allclose(layers.heat[-1, 3], 1 / (1 + np.exp(-game.judge([[-2.5625, 2.9375]])[0])))
    assert layers.latent_grid.shape == (20, 41, 2)
    across = game.generate(np.stack([np.linspace(-1.645, 1.645, 41), np.full(41, QUANTILES[3])], axis=1))
    np.testing.assert_allclose(layers.latent_grid[3], across)
    np.testing.assert_allclose(
        layers.latent_grid[13],
        game.generate(np.stack([np.full(41, QUANTILES[3]), np.linspace(-1.645, 1.645, 41)], axis=1)),
    )
    noise = np.random.default_rng(0).normal(size=100_000)
    np.testing.assert_allclose([np.mean(noise < q) for q in QUANTILES], np.arange(0.05, 1, 0.1), atol=0.005)


def test_real_points_lie_around_the_target_as_far_as_it_says() -> None:
    for target in ("ring", "clusters"):
        settings = Settings(target=target)
        real = Game(settings).layers().real
        off = real - settings.points()[measures_nearest(real, settings.points())]
        assert np.sqrt(np.mean(off**2)) == pytest.approx(settings.deviation, rel=0.1)
        shares = np.bincount(measures_nearest(real, settings.points())) / len(real)
        np.testing.assert_allclose(shares, 1 / len(settings.points()), atol=0.06)
    drawn = Game(Settings(target="drawn", drawn=((1, 1), (-1, 0)))).layers().real
    assert np.abs(drawn - np.where(drawn[:, :1] > 0, (1, 1), (-1, 0))).max() < 0.5


def measures_nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)


def test_history_measures_every_twentieth_round_what_the_fakes_of_then_are() -> None:
    game = after(SMALL, 45)
    history = game.history
    np.testing.assert_array_equal(history["round"], np.arange(1, 46))
    np.testing.assert_array_equal(history["measured_round"], [20, 40])
    at_40 = after(SMALL, 40)
    latents = tf.random.stateless_normal((2_000, 2), (0, -1), dtype=tf.float64)
    fakes = tf.constant(at_40.generate(latents))
    real = np.concatenate([after(SMALL, 0).layers().real])
    kl, js = measures.divergences(measures.density(tf.constant(real)), measures.density(fakes))
    assert history["kl"][1] == pytest.approx(float(kl), rel=0.1)  # from 300 real points in place of 20,000
    assert history["js"][1] == pytest.approx(float(js), rel=0.1)
    modes = measures.modes_covered(fakes, at_40.settings.modes(), 0.45)
    assert history["modes"][1] == float(modes)
    line = after(Settings(target="line", hidden=16, layers=1, batch=32), 20).history
    assert np.isnan(line["modes"]).all()
    assert np.isfinite(line["kl"]).all()


def test_a_perfect_generator_would_measure_nearly_nothing() -> None:
    game = Game(Settings())
    data = game._data
    points = tf.constant(np.random.default_rng(3).normal(size=(2_000, 2)) * 0.15) + tf.gather(
        data.points, np.random.default_rng(4).integers(8, size=2_000)
    )
    kl, js = (float(each) for each in measures.divergences(data.density, measures.density(points)))
    assert 0 < js < 0.015
    assert 0 < kl < 0.05


def test_stages_are_the_round_that_is_played() -> None:
    game, twin = after(SMALL, 30), after(SMALL, 30)
    told = {stage.name: stage for stage in game.stages()}
    assert tuple(told) == stages.NAMES
    assert game.round == 31
    twin.play(1)
    assert_same(game, twin)
    noise, update = told["noise"].arrays["latents"], told["update"].arrays
    np.testing.assert_allclose(update["moved"], game.generate(noise))
    verdicts = told["verdicts"].arrays
    np.testing.assert_allclose(verdicts["fake_verdicts"], 1 / (1 + np.exp(-game.judge(verdicts["fake"]))))
    np.testing.assert_allclose(verdicts["real_verdicts"], 1 / (1 + np.exp(-game.judge(verdicts["real"]))))
    assert f"{np.mean(verdicts['fake_verdicts'] < 0.5):.0%} of the fakes" in told["verdicts"].caption
    assert "one step" in told["verdicts"].caption
    assert {
        len(array) for stage in told.values() for name, array in stage.arrays.items() if name != "heat"
    } == {32}
    for stage in told.values():
        assert stage.caption.endswith(".")
        assert len(stage.caption) < 200


ROUTES = {  # what is done -> whether the rounds, played from a reset, would give the same game
    "whole rounds": (lambda game: game.play(3), True),
    "a round in five stages": (lambda game: (game.play(1), game.stages()), True),
    "a round in single steps": (lambda game: (game.step_discriminator(), game.step_generator()), True),
    "a step of D, finished by play": (lambda game: (game.step_discriminator(), game.play(2)), True),
    "a setting, before the first round": (lambda game: (game.change(penalty=1.0), game.play(2)), True),
    "no change": (lambda game: (game.play(1), game.change(penalty=game.settings.penalty)), True),
    "other networks": (lambda game: (game.step_generator(), game.change(hidden=16), game.play(1)), True),
    "G without D": (lambda game: (game.step_generator(), game.play(1)), False),
    "two steps of D": (
        lambda game: (game.step_discriminator(), game.step_discriminator(), game.play(1)),
        False,
    ),
    "a setting on the way": (lambda game: (game.play(1), game.change(penalty=1.0), game.play(1)), False),
}


@pytest.mark.parametrize("route", ROUTES)
def test_it_knows_whether_its_rounds_can_be_played_again(route: str) -> None:
    do, replayable = ROUTES[route]
    game = Game(Settings(hidden=8))
    do(game)
    again = Game(game.settings)
    again.play(game.round)
    same = all(
        np.array_equal(game.history[name], again.history[name])
        for name in ("generator_loss", "discriminator_loss")
    )
    assert game.replayable == replayable == same
    game.reset()
    assert game.replayable
