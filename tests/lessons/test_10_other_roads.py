"""What lesson 10 claims holds: its solutions obey laws, and what its text says of the tables stands in them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import ROOT, datasets
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import solved
from course_lib.clinic import ring
from course_lib.datasets.tables import read_rows
from course_lib.theory import flows
from course_lib.theory.elbo import LineModel
from tests.lessons.conftest import printed_with_stubs

SOURCE = ROOT / "lessons" / "source" / "10_other_roads.py"


@cache
def solution(name: str) -> Callable:
    """The lesson's own answer to an exercise."""
    names: dict = {"np": np, "math": math}
    exec(solved(load_lesson(SOURCE).exercises[name].source), names)
    return names[name]


def test_a_gaussian_on_one_of_two_hills_lacks_the_logarithm_of_two() -> None:
    """The best q by search, for the lesson's x = z^2 plus noise; and never below log 2 for a narrower noise."""
    gaps = {}
    for noise in (0.4, 0.2, 0.1):
        model = LineModel(np.square, noise, points=8001)
        means, deviations = np.linspace(1.1, 1.3, 41), np.geomspace(0.02, 0.3, 41)
        gaps[noise] = min(model.gap(1.5, m, d) for m in means for d in deviations)
    assert gaps[0.4] == pytest.approx(0.7156, abs=2e-3)
    assert all(gap > math.log(2) - 1e-6 for gap in gaps.values())
    assert gaps[0.1] == pytest.approx(math.log(2), abs=0.01)


@given(x=st.floats(-3, 3), w=st.floats(0.2, 3), s=st.floats(0.2, 2), m=st.floats(-2, 2), v=st.floats(0.02, 3))
def test_the_bound_of_a_line_is_below_its_evidence_and_touches_it_at_the_posterior(x, w, s, m, v) -> None:
    elbo, variance = solution("line_elbo"), w**2 + s**2
    evidence = -0.5 * math.log(2 * math.pi * variance) - x**2 / (2 * variance)
    assert elbo(x, w, s, m, v) <= evidence + 1e-9
    assert elbo(x, w, s, w * x / variance, s**2 / variance) == pytest.approx(evidence, abs=1e-9)


def test_to_leave_one_out_does_not_bend_and_to_leave_it_in_does() -> None:
    """d/dm E[(z - 1)^2] = 2 (m - 1), by the mean over 200,000 batches of three."""
    m, v = 0.2, 0.5
    z = m + math.sqrt(v) * np.random.default_rng(0).normal(size=(20_000, 3))
    values = (z - 1) ** 2
    left_out = np.array(
        [solution("leave_one_out")(f, batch, m, v) for f, batch in zip(values, z, strict=True)]
    )
    left_in = np.mean((values - values.mean(axis=1, keepdims=True)) * (z - m) / v, axis=1)
    error = left_out.std() / math.sqrt(len(left_out))
    assert abs(left_out.mean() - 2 * (m - 1)) < 4 * error
    assert abs(left_in.mean() - 2 / 3 * 2 * (m - 1)) < 4 * error
    assert 2 / 3 * abs(2 * (m - 1)) < abs(2 * (m - 1)) - 8 * error  # so the two can be told apart


@given(variance=st.floats(0.05, 50), s=st.floats(0.2, 3), beta=st.floats(0.2, 20))
def test_no_other_line_pays_less_than_the_water_level_says(variance, s, beta) -> None:
    """The loss of exercise 4 where the solution says that it is lowest, and at 200 places around."""

    def loss(a: np.ndarray, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        toll = (a**2 * variance + v - 1 - np.log(v)) / 2
        return ((1 - w * a) ** 2 * variance + w**2 * v) / (2 * s**2) + beta * toll

    level = beta * s**2
    w2 = max(0.0, variance - level)
    a, v, w = math.sqrt(w2) / (w2 + level), level / (w2 + level), math.sqrt(w2)
    toll = (a**2 * variance + v - 1 - math.log(v)) / 2
    (left,) = solution("tolls_left")(np.array([variance]), s, beta)
    assert left == pytest.approx(toll, abs=1e-9)
    around = np.random.default_rng(0).normal(size=(3, 200))
    best = loss(a, v, w)
    others = loss(a + 0.3 * around[0], v * np.exp(0.5 * around[1]), w + around[2])
    assert np.all(others >= best - 1e-9 * (1 + abs(best)))


def test_only_the_level_counts_not_what_it_is_made_of() -> None:
    tolls, variances = solution("tolls_left"), np.geomspace(0.01, 100, 9)
    np.testing.assert_allclose(tolls(variances, 0.5, 9.0), tolls(variances, 1.5, 1.0))
    assert np.all(tolls(variances, 28.0, 1.0) == tolls(variances, 1.0, 784.0))


def test_the_area_has_the_error_that_other_samples_show() -> None:
    """The spread of 2,000 areas, each from samples of its own, against the mean error that each of them states."""
    random, areas = np.random.default_rng(1), []
    for _ in range(2000):
        areas.append(solution("area_and_error")(random.normal(size=30), random.normal(size=20) + 1))
    found, errors = np.transpose(areas)
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.06)
    assert np.mean(found) == pytest.approx(0.5 * (1 + math.erf(0.5)), abs=0.01)  # P(N(1, 2) > 0)


def test_the_perfect_fit_is_the_mixture_of_ever_narrower_gaussians() -> None:
    random = np.random.default_rng(2)
    points, even = random.normal(size=(5, 3)), np.full(5, 0.2)
    for t in (0.0, 0.3, 0.7):
        x = random.normal(size=3)
        narrow = flows.mixture_velocity(x[None], t, points, 1e-6)[0]
        np.testing.assert_allclose(solution("memory_velocity")(x, t, points, even), narrow, atol=1e-5)


def test_the_perfect_fit_draws_its_points_as_often_as_it_was_told() -> None:
    points, weights = np.array([[-1.0], [0.5], [2.0]]), np.array([0.5, 0.3, 0.2])
    crowd = np.random.default_rng(3).normal(size=(1500, 1))
    for t in np.linspace(0, 1, 41)[:-1]:
        crowd = crowd + np.array([solution("memory_velocity")(x, t, points, weights) for x in crowd]) / 40
    distances = np.abs(crowd - points.T)
    assert distances.min(axis=1).max() < 1e-9
    shares = np.bincount(distances.argmin(axis=1), minlength=3) / 1500
    np.testing.assert_allclose(shares, weights, atol=4 * math.sqrt(0.25 / 1500) + 0.02)  # and 40 Euler steps


def test_two_euler_steps_on_a_ring_fill_a_disc() -> None:
    """Where the perfect fit to the eight centres ends."""
    ends = 0.5 * np.random.default_rng(5).normal(size=(400, 2))  # half-way, the mean of the data being 0
    even = np.full(8, 1 / 8)
    ends += 0.5 * np.array([solution("memory_velocity")(x, 0.5, ring.CENTRES, even) for x in ends])
    radius = np.hypot(*ends.T)
    assert min(np.mean(radius < 1), np.mean((radius > 1) & (radius < 1.6))) > 0.1


def test_demos_make_an_array_of_what_a_student_gives_back() -> None:
    """A list is right for the check, and has neither `.sum()` nor a product with 0.5."""
    arrays = ("checked_tolls_left", "checked_memory_velocity")
    found = []
    for cell in load_lesson(SOURCE).having("demo", "spoiler"):
        taken = re.findall(r"(\S*?)\(?\[?(checked_\w+)\(", cell.source)
        found += [before for before, name in taken if name in arrays]
    assert len(found) == 4 and set(found) <= {"np.asarray", "np.array"}


def test_more_draws_never_make_the_mean_price_higher() -> None:
    """Burda et al. 2016, theorem 1, for p(z | x) = N(0, 1) weighed by q = N(0.5, 1), where log p(x) = -3."""
    price, random = solution("price_in_bits"), np.random.default_rng(4)
    z = 0.5 + random.normal(size=(16, 40_000))
    log_weights = -3 - z**2 / 2 + (z - 0.5) ** 2 / 2
    prices = [price(log_weights[:draws], 1, 1.0) for draws in (1, 2, 4, 16)]
    assert prices == sorted(prices, reverse=True)
    assert prices[0] == pytest.approx((3 + 0.125) / math.log(2), abs=0.02)  # KL = 0.5^2 / 2
    assert prices[-1] == pytest.approx(3 / math.log(2), abs=0.02)


def rows_of(model: str, draw: str | None = None) -> list[dict[str, str]]:
    return [row for row in read_rows("roads.csv") if row["model"] == model and draw in (None, row["draw"])]


def numbers(model: str, draw: str, column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in rows_of(model, draw)])


def test_the_table_is_whole_and_of_equal_compute() -> None:
    for model in ("gan", "vae", "flow"):
        draws = {row["draw"] for row in rows_of(model)}
        for draw in draws:
            assert [row["seed"] for row in rows_of(model, draw)] == ["0", "1", "2"], (model, draw)
        for row in rows_of(model):
            assert float(row["processor_seconds"]) == pytest.approx(float(row["budget"]), rel=0.2)
            assert bool(row["bits_per_pixel"]) == (model != "gan")
    assert {row["draw"] for row in rows_of("flow")} >= {"euler 2", "midpoint 5"}


def test_what_the_text_says_of_the_three_roads_is_in_the_table() -> None:
    gan, means = (numbers(*row, "frechet_distance") for row in (("gan", "generator"), ("vae", "means")))
    assert gan.max() < means.min() and means.mean() - gan.mean() < 3
    rows = dict.fromkeys((row["model"], row["draw"]) for row in read_rows("roads.csv"))
    precision = {row: numbers(*row, "precision") for row in rows}
    assert max(rows, key=lambda row: precision[row].mean()) == ("flow", "euler 2")
    few, judged = precision["flow", "euler 2"], precision["gan", "generator"]
    assert [round(each.mean(), 2) for each in (few, judged)] == [0.65, 0.63]
    assert few.min() < judged.min() and judged.max() < few.max()
    assert numbers("flow", "euler 2", "recall").mean() == pytest.approx(0.05, abs=0.005)
    assert min(rows, key=lambda row: numbers(*row, "draw_seconds").mean()) == ("vae", "means")
    assert numbers("vae", "means", "recall").min() > numbers("gan", "generator", "recall").max()
    for slower in (("flow", "euler 2"), ("flow", "midpoint 5"), ("vae", "pixels drawn")):
        assert numbers(*slower, "frechet_distance").min() > max(gan.max(), means.max())
    longer = json.loads((ROOT / "data" / "pretrained" / "fashion_mnist_roads.json").read_text("utf-8"))
    assert longer["flow"]["frechet_distance"] < gan.min()
    budget = float(read_rows("roads.csv")[0]["budget"])
    assert longer["flow"]["processor_seconds"] > 20 * budget


def test_what_the_text_says_of_collapse_is_in_the_table() -> None:
    awake = {row["row"]: [] for row in read_rows("collapse.csv")}
    bits = {name: [] for name in awake}
    for row in read_rows("collapse.csv"):
        awake[row["row"]].append(int(row["active_units"]))
        bits[row["row"]].append(float(row["bits_per_pixel"]))
    cures = {f"{row}_{cure}" for row in ("averaged", "heavy") for cure in ("warm_up", "free_bits")}
    assert set(awake) == {"plain", "averaged", "heavy"} | cures
    assert max(awake["averaged"] + awake["averaged_warm_up"]) == 0 < min(awake["averaged_free_bits"])
    assert all(min(bits[row]) > max(bits["plain"]) for row in bits if row != "plain")
    warmed = [row for row in read_rows("collapse.csv") if row["warm_up"] != "0"]
    assert len(warmed) == 4 and all(row["warm_up"] == row["steps"] == "400" for row in warmed)
    assert set(awake["heavy"]) == {16}
    heavy = [float(row["divergence"]) for row in read_rows("collapse.csv") if row["row"] == "heavy"]
    assert np.mean(heavy) == pytest.approx(6, abs=0.2)


def test_the_levels_leave_as_many_directions_as_the_text_says() -> None:
    """Those of the figure; and of 16, with the weight 20, at the noise that leaves the rest of the variance to it."""
    flat = datasets.load("fashion_mnist").images_train[:10_000].reshape(-1, 784)
    spectrum = np.linalg.eigvalsh(np.cov(flat, rowvar=False))[::-1]
    assert [np.sum(spectrum > s**2) for s in (28, 3, 1)] == [0, 6, 25]
    # A direction above water is drawn but for beta s^2, the others not at all: 784 s^2 = 20 awake s^2 + the rest.
    levels = {awake: 20 * spectrum[awake:].sum() / (784 - 20 * awake) for awake in range(1, 17)}
    assert [awake for awake, level in levels.items() if np.sum(spectrum[:16] > level) == awake] == [11]


@pytest.fixture(scope="module")
def printed() -> str:
    """All that the lesson prints, nothing of it solved."""
    return printed_with_stubs("10")


@pytest.mark.slow
@pytest.mark.usefixtures("kernel_environment")
class TestSeenInTheLesson:
    """What the text says after the cells, asked of what they print."""

    def test_the_level_tells_what_the_network_will_pay(self, printed: str) -> None:
        rows = re.findall(r"^ +(28|3|1) +(\d+) +([\d.]+) +(\d+) +([\d.]+)$", printed, re.MULTILINE)
        assert len(rows) == 3
        (_, _, none, _, nothing), (_, _, few, _, some), (_, _, more, _, most) = np.array(rows, float)
        assert none == nothing == 0
        assert [int(row[1]) for row in rows] == [0, 6, 16]
        assert all(int(trained) < int(predicted) for _, predicted, _, trained, _ in rows[1:])
        assert some == pytest.approx(few, rel=0.35) and 0.6 * more < most < 1.1 * more

    def test_three_faults_show_a_loss_below_the_best_and_one_halves_the_codes(self, printed: str) -> None:
        names = "as it should be|toll of the means alone|decoder without latent|averaged over pixels|log v as deviation"
        lines = re.findall(rf"^({names}) +([\d.]+) +[\d.]+ +([\d.]+) +([\d.]+)$", printed, re.MULTILINE)
        loss, codes, drawings = ({line[0]: float(line[at]) for line in lines} for at in (1, 2, 3))
        best = loss["as it should be"]
        assert best == pytest.approx(2.69, abs=0.005)
        assert {name for name in loss if loss[name] < best} == set(loss) - {
            "as it should be",
            "decoder without latent",
        }
        assert [name for name in codes if 0.4 < codes[name] < 0.6] == ["log v as deviation"]
        assert drawings["decoder without latent"] == drawings["averaged over pixels"] == 0
        assert max(drawings, key=drawings.get) == "toll of the means alone"

    def test_the_nearest_picture_is_the_better_detector(self, printed: str) -> None:
        areas = re.findall(
            r"^(turned|lower half black|all black) +" + r"([\d.]+) \+- ([\d.]+) *" * 3, printed, re.M
        )
        found = {kind: np.array(numbers, float).reshape(3, 2) for kind, *numbers in areas}
        for kind in ("turned", "lower half black"):
            (bound, _), _, (nearest, error) = found[kind]
            assert nearest > bound + 4 * error
        assert found["lower half black"][0, 0] < 0.25 and found["all black"][0, 0] < 0.05
        assert all(found["all black"][:, 0] < 0.1)

    def test_no_table_is_wider_than_a_page(self, printed: str) -> None:
        assert [line for line in printed.splitlines() if len(line) > 100] == []

    def test_two_pixels_are_grey_beyond_the_level_and_sharp_below(self, printed: str) -> None:
        grey = dict(re.findall(r"^s = ([\d.]+): +(\d+)% of the means are greyer", printed, re.MULTILINE))
        assert int(grey["1.5"]) == 100 and int(grey["0.3"]) < 45 < int(grey["1.2"])

    def test_a_density_pays_more_than_histograms_and_the_vae_less(self, printed: str) -> None:
        lines = re.findall(r"^(\w[^:\n]*): +([\d.]+)(?: bits a pixel)?$", printed, re.MULTILINE)
        price = {name: float(bits) for name, bits in lines}
        assert price["uniform density"] == pytest.approx(8)
        assert price["Gaussian density"] > price["histograms"] > price["VAE, 64 draws"]
        assert price["VAE,  1 draws"] > price["VAE, 64 draws"]
        assert price["flow's density"] == pytest.approx(price["VAE, 64 draws"], abs=0.3)
        assert 8 - price["histograms"] > 2 * (price["histograms"] - price["VAE, 64 draws"])

    def test_the_gaussian_without_training_beats_two_of_the_rows(self, printed: str) -> None:
        gaussian = float(re.search(r"^Gaussian +([\d.]+) \(", printed, re.MULTILINE)[1])
        assert gaussian == pytest.approx(15, abs=0.5)
        for row in (("flow", "euler 2"), ("flow", "midpoint 5"), ("vae", "pixels drawn")):
            assert numbers(*row, "frechet_distance").min() > gaussian
        precision = dict(re.findall(r"^(Gaussian|copies) .*?\)[^)]*\) +([\d.]+) \(", printed, re.MULTILINE))
        assert float(precision["Gaussian"]) == pytest.approx(float(precision["copies"]) / 2, rel=0.2)

    def test_only_copies_are_taken_for_copies(self, printed: str) -> None:
        near = dict(
            re.findall(r"^(test pictures|the [^\n]+?|copies) +[\d.]+ +([\d.]+)%$", printed, re.MULTILINE)
        )
        assert float(near["copies"]) == 100 and float(near["test pictures"]) < 5
        assert float(near["the GAN"]) < 5 and float(near["the VAE, pixels"]) == 0
