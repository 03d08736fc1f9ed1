"""Measure what lesson 15 says of advertisements: values of a policy from a log, tests that peek, and bandits.

    python data/make_ads.py                     about seven minutes of one processor, one run after the other
    python data/make_ads.py --minutes 2         begins no run that two minutes would not hold; call it again to go on

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops, and the next call goes on with
the first that is missing. To measure a row again, delete its lines. NumPy only; the same seeds give the same numbers.
Writes

- data/ad_values.csv: of each campaign, with all rows and, where some propensity was never measured, without those
  ("measured"): what the random policy and bts earned themselves ("on_policy", Wilson's interval), and the uniform
  policy's value from the rows of bts by each estimator with its bootstrap interval; effective samples, largest weight
  of all rows and of those clicked, mean weight. With a limit: IPS and self-normalised IPS with weights clipped there,
  the share of rows clipped, and effective samples;
- data/ad_tests.csv, by "what":
  "peeking": how often a test of half a per cent against rate_b stops at one of so many looks, uncorrected at 1.96, by
  Pocock's bound, and by the coin's evidence of 20, and how many visitors it used on average; visitors of both arms;
  "power": of the test of two proportions by formula and by simulation, for visitors of each arm;
  "interval": how likely each interval of a click rate holds the truth, exactly, for so many visitors shown;
  "bootstrap": how often the bootstrap interval of each estimator holds the truth, over logs of 10,000 rows drawn from a
  world with the rates of "men", by policies of several spreads that do not know the rates or lean to the better items
  (course_lib/theory/bandits/worlds.py): how often it lies wholly "below" or "above", mean effective samples, what those
  policies earned, bias and root mean square error of the estimator, mean width. The truth is rate_a;
- data/bandits.csv: regret and clicks of each learner after so many visitors, ten seeds: in the world fitted to "men"
  ("log"), in the same world on a day on which rates rise and fall ("log_day"), and with five creatives that are clicked
  far more often on such a day ("five_day").
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import ad_test_rows  # noqa: E402
import numpy as np  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib.datasets.click_weights import is_on_floor  # noqa: E402
from course_lib.datasets.clicks import CAMPAIGNS, POLICIES, load_clicks  # noqa: E402
from course_lib.scores import policy_values  # noqa: E402
from course_lib.theory.bandits import proportions, worlds  # noqa: E402
from course_lib.theory.bandits.learners import EpsilonGreedy, Thompson, Uniform  # noqa: E402
from course_lib.theory.bandits.playing import play  # noqa: E402

Array = np.ndarray
TABLES = {
    "ad_values.csv": (
        *("campaign", "rows", "estimator", "limit", "value", "low", "high", "count"),
        *("effective_samples", "largest", "largest_clicked", "mean_weight", "clipped"),
    ),
    "ad_tests.csv": (
        *("what", "method", "rate_a", "rate_b", "visitors", "looks", "spread", "lean"),
        *("share", "below", "above", "visitors_used"),
        *("effective_samples", "earned", "bias", "rmse", "width", "runs"),
    ),
    "bandits.csv": ("world", "learner", "seed", "visitors", "regret", "clicks"),
}
LIMITS = (1, 2, 5, 10, 20, 50, 100, 200, 1000, 100_000)

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
    "greedy": (EpsilonGreedy(0.0), {}),
    "epsilon_greedy": (EpsilonGreedy(0.1), {}),
    "thompson": (Thompson(), {}),
    "thompson_rare": (Thompson(1, 200), {}),
    "thompson_discount": (Thompson(1, 200), {"discount": 0.95}),
    "thompson_window": (Thompson(1, 200), {"window": 20}),
    "flat_discount": (Thompson(), {"discount": 0.95}),
    "flat_window": (Thompson(), {"window": 20}),
}
"""thompson_rare and those with a memory that fades believe one click in 200 impressions beforehand; thompson and the
flat ones have a uniform prior. With the discount a batch is half forgotten after 14, 7,000 visitors; the window holds
10,000."""


def value_rows(campaign: str) -> list[dict]:
    """All of data/ad_values.csv for one campaign."""
    log, rows = load_clicks("bts", campaign), []
    for policy in POLICIES:
        own = load_clicks(policy, campaign)
        low, high = proportions.wilson_interval(own.clicked, len(own))
        facts = {"count": len(own), "value": own.rate, "low": float(low), "high": float(high)}
        rows.append({"rows": policy, "estimator": "on_policy", **facts})
    parts = {"all": log}
    if is_on_floor(log).any():
        parts["measured"] = log.where(~is_on_floor(log))
    for name, part in parts.items():
        facts = policy_values.weight_facts(part)
        facts = {"count": len(part), **facts, "mean_weight": facts["mean"]}
        rows += [{"rows": name, **facts, **row} for row in policy_values.uniform_values(part)]
        for cut in policy_values.clipped_values(part, LIMITS):
            for estimator in ("ips", "self_normalised"):
                rows.append(
                    {"rows": name, **cut, "count": len(part), "estimator": estimator, "value": cut[estimator]}
                )
    return [{"campaign": campaign, **row} for row in rows]


def bandit_rows(world: str, learner: str, seed: int) -> list[dict]:
    """Regret and clicks of one play, at the world's checkpoints."""
    checkpoints = CHECKPOINTS[world]
    batches = checkpoints[-1] // BATCH
    rates = np.array(FIVE) if world == "five_day" else ad_test_rows.fitted_rates()
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


def runs() -> list[tuple[str, dict, float, partial]]:
    """All runs: table, what its rows have in common, seconds on a busy machine, and what measures it."""
    return [
        *(("ad_values.csv", {"campaign": each}, 20, partial(value_rows, each)) for each in CAMPAIGNS),
        *(
            ("ad_tests.csv", {"what": "peeking", "looks": each}, 20, partial(ad_test_rows.peeking_rows, each))
            for each in ad_test_rows.LOOKS
        ),
        *(
            (
                "ad_tests.csv",
                {"what": "power", "rate_b": round(ad_test_rows.RATE * each, 6)},
                10,
                partial(ad_test_rows.power_rows, each),
            )
            for each in ad_test_rows.LIFTS
        ),
        *(
            (
                "ad_tests.csv",
                {"what": "interval", "method": each},
                30,
                partial(ad_test_rows.interval_rows, each),
            )
            for each in ad_test_rows.INTERVALS
        ),
        *(
            (
                "ad_tests.csv",
                {"what": "bootstrap", "spread": each, "lean": lean},
                300,
                partial(ad_test_rows.bootstrap_rows, each, lean),
            )
            for each, lean in ad_test_rows.WORLDS
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
    """The runs whose rows are not there yet, table by table."""
    return [
        run
        for table, columns in TABLES.items()
        for run in missing_groups(
            table, columns, [of_one for name, *of_one in runs() if name == table], written=_short
        )
    ]


def _short(value: object) -> object:
    """Six digits are more than any of these numbers is known to."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
