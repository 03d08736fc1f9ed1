"""Measure what lesson 15 says of advertisements: values of a policy from a log, tests that peek, and bandits.

    python data/make_ads.py                     about four minutes of one processor, one run after the other
    python data/make_ads.py --minutes 2         begins no run that two minutes would not hold; call it again to go on

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops, and the next call goes on with
the first that is missing. To measure a row again, delete its lines. NumPy only; the same seeds give the same numbers.
Writes

- data/ad_values.csv: of each campaign, with all rows and ("measured") without those whose propensity was never
  measured: what the random policy and bts earned themselves ("on_policy", Wilson's interval), and the uniform policy's
  value from the rows of bts by each estimator with its bootstrap interval; effective samples, largest weight of all
  rows and of those clicked, mean weight. With a limit: IPS and self-normalised IPS with weights clipped there, the
  share of rows clipped, and effective samples;
- data/ad_tests.csv, by "what":
  "peeking": how often a test of half a per cent against rate_b stops at one of so many looks, uncorrected at 1.96, by
  Pocock's bound, and by the coin's evidence of 20, and how many visitors it used on average; visitors of both arms;
  "power": of the test of two proportions by formula and by simulation, for visitors of each arm;
  "interval": how likely each interval of a click rate holds the truth, exactly, for so many visitors shown;
  "bootstrap": how often the bootstrap interval of each estimator holds the truth, over logs of 10,000 rows drawn from a
  world with the rates of "men", for policies of several spreads (`theory/bandits/worlds.py`): how often it lies wholly
  "below" or "above", mean effective samples, bias and root mean square error of the estimator, mean width;
- data/bandits.csv: regret and clicks of each learner after so many visitors, ten seeds: in the world fitted to "men"
  ("log"), in the same world on a day on which rates rise and fall ("log_day"), and with five creatives that are clicked
  far more often on such a day ("five_day").
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402

from course_lib.datasets.click_weights import is_on_floor  # noqa: E402
from course_lib.datasets.clicks import CAMPAIGNS, POLICIES, load_clicks  # noqa: E402
from course_lib.scores import policy_values  # noqa: E402
from course_lib.scores.intervals import exact_interval  # noqa: E402
from course_lib.theory.bandits import ab_tests, peeking, proportions, worlds  # noqa: E402
from course_lib.theory.bandits.item_rates import fit_spread, item_rates  # noqa: E402
from course_lib.theory.bandits.learners import EpsilonGreedy, Thompson, Uniform  # noqa: E402
from course_lib.theory.bandits.off_policy import effective_samples, importance_weights  # noqa: E402
from course_lib.theory.bandits.playing import play  # noqa: E402

Array = np.ndarray
TABLES = {
    "ad_values.csv": (
        *("campaign", "rows", "estimator", "limit", "value", "low", "high", "count"),
        *("effective_samples", "largest", "largest_clicked", "mean_weight", "clipped"),
    ),
    "ad_tests.csv": (
        *("what", "method", "rate_a", "rate_b", "visitors", "looks", "spread", "share", "below", "above"),
        *("visitors_used", "effective_samples", "bias", "rmse", "width", "runs"),
    ),
    "bandits.csv": ("world", "learner", "seed", "visitors", "regret", "clicks"),
}
LIMITS = (1, 2, 5, 10, 20, 50, 100, 200, 1000, 100_000)

RATE, LEVEL = 0.005, 0.05
PEEKING = {"visitors": 200_000, "runs": 10_000}
LOOKS, SECOND_RATES = (1, 2, 5, 10, 20, 50), (0.005, 0.0055, 0.006, 0.0075)
VISITORS, LIFTS = (1000, 3000, 10_000, 30_000, 100_000, 300_000), (1.1, 1.2, 1.5, 2.0)
SHOWN, INTERVALS = (100, 300, 1000, 3000, 10_000), ("wald", "wilson", "exact")
SPREADS, LOGS, DRAWS, ROWS = (0.0, 1.0, 1.8, 2.3), 200, 200, 10_000

SEEDS = tuple(range(10))
BATCH = 500
CHECKPOINTS = {
    "log": (10_000, 30_000, 100_000, 300_000, 1_000_000),
    "log_day": (100_000, 300_000),
    "five_day": (10_000, 30_000, 100_000),
}
FIVE, SWING = (0.02, 0.03, 0.04, 0.05, 0.06), 0.8
LEARNERS = {
    "uniform": (Uniform(), {}),
    "epsilon_greedy": (EpsilonGreedy(0.1), {}),
    "thompson": (Thompson(), {}),
    "thompson_rare": (Thompson(1, 200), {}),
    "thompson_discount": (Thompson(1, 200), {"discount": 0.95}),
    "thompson_window": (Thompson(1, 200), {"window": 20}),
}
"""With the discount a batch is half forgotten after 14, 7,000 visitors; the window holds 10,000."""


def fitted_rates() -> Array:
    """Rates by item of campaign "men": counts of both halves, shrunk as the counts themselves ask for, (34,)."""
    shown, clicked = (
        sum(each) for each in zip(*(load_clicks(p, "men").counts for p in POLICIES), strict=True)
    )
    return item_rates(shown, clicked, fit_spread(shown, clicked).strength)


def value_rows(campaign: str) -> list[dict]:
    """All of data/ad_values.csv for one campaign."""
    log, rows = load_clicks("bts", campaign), []
    for policy in POLICIES:
        own = load_clicks(policy, campaign)
        low, high = proportions.wilson_interval(own.clicked, len(own))
        facts = {"count": len(own), "value": own.rate, "low": float(low), "high": float(high)}
        rows.append({"rows": policy, "estimator": "on_policy", **facts})
    for name, part in (("all", log), ("measured", log.where(~is_on_floor(log)))):
        facts = policy_values.weight_facts(part)
        facts = {"count": len(part), **facts, "mean_weight": facts["mean"]}
        rows += [{"rows": name, **facts, **row} for row in policy_values.uniform_values(part)]
        for cut in policy_values.clipped_values(part, LIMITS):
            for estimator in ("ips", "self_normalised"):
                rows.append(
                    {"rows": name, **cut, "count": len(part), "estimator": estimator, "value": cut[estimator]}
                )
    return [{"campaign": campaign, **row} for row in rows]


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


def bootstrap_rows(spread: float, logs: int = LOGS) -> list[dict]:
    """Coverage of the bootstrap interval where the truth is known, and what the estimators are off by."""
    rates = fitted_rates()
    truth, target = rates.mean(), np.full(len(rates), 1 / len(rates))
    found: dict[str, list] = {name: [] for name in policy_values.ESTIMATORS}
    effective = []
    for seed in range(logs):
        policies = worlds.uneven_policies(len(rates), spread, seed=seed)
        drawn = worlds.draw_log(rates, policies, ROWS, np.random.default_rng((seed, 1)))
        weights = importance_weights(1 / len(rates), drawn.propensities)
        effective.append(effective_samples(weights))
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
        }
        about = {"what": "bootstrap", "method": name, "rate_a": round(truth, 6)}
        rows.append({**about, "spread": spread, "visitors": ROWS, "runs": logs, **facts})
    return rows


def bandit_rows(world: str, learner: str, seed: int) -> list[dict]:
    """Regret and clicks of one play, at the world's checkpoints."""
    checkpoints = CHECKPOINTS[world]
    batches = checkpoints[-1] // BATCH
    rates = np.array(FIVE) if world == "five_day" else fitted_rates()
    if world.endswith("day"):
        rates = worlds.changing_rates(rates, batches, SWING, seed=seed)
    who, memory = LEARNERS[learner]
    played = play(rates, who, checkpoints[-1], BATCH, seed, **memory)
    rows = []
    for visitors in checkpoints:
        place = visitors // BATCH - 1
        found = {"regret": float(played.regret[place]), "clicks": int(played.clicks[place])}
        rows.append({"world": world, "learner": learner, "seed": seed, "visitors": visitors, **found})
    return rows


def is_of(about: dict, row: dict) -> bool:
    """Whether a row of a table, its fields as text, is of the run that `about` names."""
    return all(row[name] == str(value) for name, value in about.items())


def runs() -> list[tuple[str, dict, float, partial]]:
    """All runs: table, what its rows have in common, seconds on a busy machine, and what measures it."""
    return [
        *(("ad_values.csv", {"campaign": each}, 20, partial(value_rows, each)) for each in CAMPAIGNS),
        *(
            ("ad_tests.csv", {"what": "peeking", "looks": each}, 20, partial(peeking_rows, each))
            for each in LOOKS
        ),
        *(
            (
                "ad_tests.csv",
                {"what": "power", "rate_b": round(RATE * each, 6)},
                10,
                partial(power_rows, each),
            )
            for each in LIFTS
        ),
        *(
            ("ad_tests.csv", {"what": "interval", "method": each}, 30, partial(interval_rows, each))
            for each in INTERVALS
        ),
        *(
            ("ad_tests.csv", {"what": "bootstrap", "spread": each}, 150, partial(bootstrap_rows, each))
            for each in SPREADS
        ),
        *(
            (
                "bandits.csv",
                {"world": world, "learner": learner, "seed": seed},
                20,
                partial(bandit_rows, world, learner, seed),
            )
            for world in CHECKPOINTS
            for learner in LEARNERS
            for seed in SEEDS
            if world != "log" or not LEARNERS[learner][1]
        ),
    ]


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    there = {table: read(table) for table in TABLES}
    return [
        Run(
            table,
            ", ".join(f"{name} {value}" for name, value in about.items()),
            seconds,
            partial(add, table, about, of),
        )
        for table, about, seconds, of in runs()
        if not any(is_of(about, row) for row in there[table])
    ]


def add(table: str, about: dict, measure: partial) -> None:
    """Measure a run, and put its rows in their place, instead of those that are there."""
    columns = TABLES[table]
    found = [{name: _short(row.get(name, "")) for name in columns} for row in measure()]
    kept = [row for row in read(table) if not is_of(about, row)]
    order = [each for name, each, *_ in runs() if name == table]
    write(table, columns, sorted([*kept, *found], key=partial(_place, order)))


def _place(order: Sequence[dict], row: dict) -> int:
    return next(
        place for place, about in enumerate(order) if is_of(about, {k: str(v) for k, v in row.items()})
    )


def _short(value: object) -> object:
    """Six digits are more than any of these numbers is known to."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
