"""Measure what lesson 16 says of closed loops: what is drawn is clicked, and what is clicked is drawn.

    python data/make_loop.py                    about three minutes of one processor, one run after the other
    python data/make_loop.py --minutes 2        begins no run that two minutes would not hold; call it again to go on

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops, and the next call goes on with
the first that is missing. To measure a row again, delete its lines. The banners are those of the trained generator
(data/make_banners.py), six of each look, drawn once; the same seeds give the same numbers. Writes

- data/loop.csv: of each world, policy and seed, after so many rounds:
  click_rate of the banners drawn in this round, expected, and its mean_click_rate over all rounds so far; best_rate,
  that of the best look where it is seen (asked for, it is now and then drawn as another one, so that no policy need
  reach it), and uniform_rate, of all looks alike; majority_rate, minority_rate and minority_best, that of
  the minority's own best look; entropy of the policy in nats, looks drawn, distance, the mean distance of two banners
  in the features of the network for emoji; obeyed, the share of banners seen as asked; promised, the click rate that
  was believed; taste_error, shown_error, covered and top, which course_lib/theory/feedback/closed_loop.py explains.

Worlds: "one_taste", people who differ a little; "two_tastes", of whom a fifth has another taste; "few_visitors", one
taste, and a quarter of the visitors. Policies: all looks alike ("uniform"); the best look as believed ("greedy"), with
a tenth at random ("epsilon"), or drawn by Thompson sampling ("thompson"); both with a price of one nat of variety, in
clicks of 100 visitors, such as "greedy_0.2"; and Thompson sampling for each group apart, where it is known who belongs
to which ("thompson_groups"; what is not of both groups together is left empty).
"""

from __future__ import annotations

import os
import sys
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib.datasets.banners import LOOKS, conditions  # noqa: E402
from course_lib.theory.feedback.audience import MAJORITY, MINORITY, Audience, draw_audience  # noqa: E402
from course_lib.theory.feedback.closed_loop import Loop, close_loop  # noqa: E402
from course_lib.theory.feedback.gallery import Gallery  # noqa: E402
from course_lib.theory.feedback.policies import Greedy, Policy, Thompson, Uniform, entropy  # noqa: E402

TABLE = "loop.csv"
COLUMNS = (
    *("world", "policy", "seed", "round", "visitors", "click_rate", "mean_click_rate", "best_rate"),
    *("uniform_rate", "majority_rate", "minority_rate", "minority_best", "entropy", "looks", "distance"),
    *("obeyed", "promised", "taste_error", "shown_error", "covered", "top"),
)
SEEDS = tuple(range(10))
ROUNDS = (1, 2, 3, 5, 10, 20, 40)
"""After which a row is written; the last is the end."""
BATCH = 100
COPIES = 6
WORLDS = {
    "one_taste": {"visitors": 2000, "minority": 0.0},
    "two_tastes": {"visitors": 2000, "minority": 0.2},
    "few_visitors": {"visitors": 500, "minority": 0.0},
}
PRICES = (0.1, 0.2, 0.4, 0.8)
POLICIES: dict[str, Policy] = {
    "uniform": Uniform(),
    "greedy": Greedy(),
    "epsilon": Greedy(epsilon=0.1),
    "thompson": Thompson(),
    **{f"greedy_{price}": Greedy(diversity=price / 100) for price in PRICES},
    "thompson_0.2": Thompson(diversity=0.002),
}
GROUPS = "thompson_groups"


@cache
def gallery() -> Gallery:
    """What the trained generator draws when each look is asked for six times."""
    from course_lib.models import banners
    from course_lib.models.sampling import generate
    from course_lib.scores.banner_looks import gallery_of

    latents = np.random.default_rng(0).standard_normal((COPIES, banners.LATENT_SIZE))
    drawn = [
        generate(banners.generator(), np.tile(z, (len(LOOKS), 1)), np.arange(len(LOOKS))) for z in latents
    ]
    return gallery_of(np.stack(drawn, axis=1))


def loop_rows(world: str, policy: str, seed: int) -> list[dict]:
    """The rows of one loop, at `ROUNDS`."""
    settings = WORLDS[world]
    audience = draw_audience(conditions(), minority=settings["minority"], seed=seed)
    if policy == GROUPS:
        found = of_groups(audience, settings, seed)
    else:
        found = columns_of(close(audience, POLICIES[policy], settings["visitors"], seed))
    rows = []
    for number in ROUNDS:
        row = {name: values[number - 1] for name, values in found.items()}
        row["mean_click_rate"] = found["click_rate"][:number].mean()
        rows.append(
            {
                "world": world,
                "policy": policy,
                "seed": seed,
                "round": number,
                "visitors": number * settings["visitors"],
                "best_rate": audience.rate.max(),
                "uniform_rate": audience.rate.mean(),
                "minority_best": audience.rate_of(MINORITY).max() if settings["minority"] else np.nan,
                **row,
            }
        )
    return rows


def close(audience: Audience, policy: Policy, visitors: int, seed: int) -> Loop:
    return close_loop(audience, policy, ROUNDS[-1], visitors, BATCH, seed, gallery())


def columns_of(loop: Loop) -> dict[str, np.ndarray]:
    return {name: getattr(loop, name) for name in COLUMNS if name in Loop._fields}


def of_groups(audience: Audience, settings: dict, seed: int) -> dict[str, np.ndarray]:
    """Two loops, one a group with its share of the visitors: what can be said of both together."""
    few = settings["minority"]
    many_visitors = round((1 - few) * settings["visitors"])
    majority = close(audience.only(MAJORITY), Thompson(), many_visitors, seed)
    minority = close(audience.only(MINORITY), Thompson(), settings["visitors"] - many_visitors, seed)

    def both(name: str) -> np.ndarray:
        return (1 - few) * getattr(majority, name) + few * getattr(minority, name)

    return {
        "click_rate": both("click_rate"),
        "majority_rate": majority.majority_rate,
        "minority_rate": minority.minority_rate,
        "entropy": entropy(both("probabilities")),
        "obeyed": both("obeyed"),
        "promised": both("promised"),
    }


def runs() -> list[dict]:
    """All runs, by what their rows have in common."""
    return [
        {"world": world, "policy": policy, "seed": seed}
        for world in WORLDS
        for policy in (*POLICIES, *([GROUPS] if WORLDS[world]["minority"] else []))
        for seed in SEEDS
    ]


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    groups = [(about, 10, partial(loop_rows, **about)) for about in runs()]
    return missing_groups(TABLE, COLUMNS, groups, written=_short)


def _short(value: object) -> object:
    """Four digits are more than any of these numbers is known to; what was not measured is left empty."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else float(f"{value:.4g}")
    return value


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
