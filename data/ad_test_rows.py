"""The rows of data/ad_tests.csv, which `make_ads.py` writes and explains: peeking, power, and coverage."""

from __future__ import annotations

import math

import numpy as np

from course_lib.datasets.clicks import POLICIES, load_clicks
from course_lib.scores import policy_values
from course_lib.scores.intervals import exact_interval
from course_lib.theory.bandits import ab_tests, peeking, proportions, worlds
from course_lib.theory.bandits.item_rates import fit_spread, item_rates
from course_lib.theory.bandits.off_policy import effective_samples, importance_weights

Array = np.ndarray
RATE, LEVEL = 0.005, 0.05
PEEKING = {"visitors": 200_000, "runs": 10_000}
LOOKS, SECOND_RATES = (1, 2, 5, 10, 20, 50), (0.005, 0.0055, 0.006, 0.0075)
VISITORS, LIFTS = (1000, 3000, 10_000, 30_000, 100_000, 300_000), (1.1, 1.2, 1.5, 2.0)
SHOWN, INTERVALS = (100, 300, 1000, 3000, 10_000), ("wald", "wilson", "exact")
WORLDS = ((0.0, 0.0), (1.0, 0.0), (1.8, 0.0), (2.3, 0.0), (1.5, 1.0))
"""Spread of the policies that write the log, and how much they lean to the better items."""
LOGS, DRAWS, ROWS = 400, 300, 10_000


def fitted_rates() -> Array:
    """Rates by item of campaign "men": counts of both halves, shrunk as the counts themselves ask for, (34,)."""
    shown, clicked = (
        sum(each) for each in zip(*(load_clicks(p, "men").counts for p in POLICIES), strict=True)
    )
    return item_rates(shown, clicked, fit_spread(shown, clicked).strength)


def peeking_rows(looks: int) -> list[dict]:
    """Of so many looks, with and without the cures, for each second rate."""
    pocock, rows = peeking.pocock_bound(looks, LEVEL), []
    for place, rate_b in enumerate(SECOND_RATES):
        seen = peeking.simulate_looks(RATE, rate_b, looks=looks, seed=100 * looks + place, **PEEKING)
        for method, values, bound in (
            ("uncorrected", np.abs(seen.z), proportions.normal_quantile(1 - LEVEL / 2)),
            ("pocock", np.abs(seen.z), pocock),
            ("coin", seen.evidence, 1 / LEVEL),
        ):
            stopped = peeking.stopping_look(values, bound)
            used = np.where(stopped == 0, looks, stopped) / looks * PEEKING["visitors"]
            facts = {"share": (stopped > 0).mean(), "visitors_used": round(used.mean())}
            rows.append(
                {"method": method, "rate_a": RATE, "rate_b": rate_b, "looks": looks, **PEEKING, **facts}
            )
    return [{"what": "peeking", **row} for row in rows]


def power_rows(lift: float) -> list[dict]:
    """Power against visitors of each arm, by formula and by simulation."""
    rate_b, rows, rng = RATE * lift, [], np.random.default_rng(round(100 * lift))
    for visitors in VISITORS:
        runs = PEEKING["runs"]
        clicks = [rng.binomial(visitors, rate, runs) for rate in (RATE, rate_b)]
        found = ab_tests.compare(clicks[0], visitors, clicks[1], visitors).p_value < LEVEL
        about = {"what": "power", "rate_a": RATE, "rate_b": round(rate_b, 6), "visitors": visitors}
        rows.append({**about, "method": "formula", "share": ab_tests.power(RATE, rate_b, visitors, LEVEL)})
        rows.append({**about, "method": "simulated", "share": found.mean(), "runs": runs})
    return rows


def interval_rows(method: str) -> list[dict]:
    """How likely an interval of a click rate holds it."""
    interval = {"wald": proportions.wald_interval, "wilson": proportions.wilson_interval, "exact": _exact}[
        method
    ]
    rows = [
        {"visitors": shown, "share": proportions.coverage(interval, RATE, shown), "rate_a": RATE}
        for shown in SHOWN
    ]
    return [{"what": "interval", "method": method, **row} for row in rows]


def _exact(clicks: Array, shown: int, confidence: float) -> tuple[Array, Array]:
    """Clopper and Pearson's, for counts that may come about at `RATE`; of others, none."""
    ends = np.full((len(clicks), 2), np.nan)
    for count in np.flatnonzero(proportions.binomial(RATE, shown) > 1e-9):
        ends[count] = exact_interval(int(count), shown, confidence)
    return ends[:, 0], ends[:, 1]


def bootstrap_rows(spread: float, lean: float, logs: int = LOGS) -> list[dict]:
    """Coverage of the bootstrap interval where the truth is known, and what the estimators are off by."""
    rates = fitted_rates()
    truth, target = rates.mean(), np.full(len(rates), 1 / len(rates))
    found: dict[str, list] = {name: [] for name in policy_values.ESTIMATORS}
    effective, earned = [], []
    leaning = lean * (rates - truth) / rates.std()
    for seed in range(logs):
        policies = worlds.uneven_policies(len(rates), spread, seed=seed, leaning=leaning)
        drawn = worlds.draw_log(rates, policies, ROWS, np.random.default_rng((seed, 1)))
        weights = importance_weights(1 / len(rates), drawn.propensities)
        effective.append(effective_samples(weights))
        earned.append(drawn.rewards.mean())
        for row in policy_values.values(drawn.items, drawn.rewards, weights, target, draws=DRAWS, seed=seed):
            found[row["estimator"]].append([row["value"], row["low"], row["high"]])
    rows = []
    for name, each in found.items():
        value, low, high = np.array(each).T
        facts = {
            "share": ((low <= truth) & (truth <= high)).mean(),
            "below": (high < truth).mean(),
            "above": (low > truth).mean(),
            "bias": value.mean() - truth,
            "rmse": math.sqrt(np.square(value - truth).mean()),
            "width": (high - low).mean(),
            "effective_samples": np.mean(effective),
            "earned": np.mean(earned),
        }
        about = {"what": "bootstrap", "method": name, "rate_a": round(truth, 6)}
        rows.append({**about, "spread": spread, "lean": lean, "visitors": ROWS, "runs": logs, **facts})
    return rows
