"""Measure what lesson 16 says of taste: how many clicks tell what somebody likes, and what many people tell together.

    python data/make_taste.py                   about six minutes of one processor, one group of rows after the other
    python data/make_taste.py --minutes 2       begins no group that two minutes would not hold; call it again to go on

A group is kept when it is done, so Ctrl-C costs no more than the group it stops, and the next call goes on with the
first that is missing. To measure a group again, delete its lines. NumPy only, but for "directions"; the same seeds give
the same numbers. Writes data/taste.csv, by "what", a row for each of ten seeds (of "directions" three):

- "asking": 100 people of one "kind" (course_lib/theory/taste/people.py), shown pairs of 200 creations of 6 features
  that a "method" chooses, after so many clicks each: mean agreement and its ceiling, mean regret. "features": what the
  model sees: "all" six; with |x|^2 / 2 as one more ("length"); or six, where people look at twelve ("half");
- "dimensions": the same for 50 people of linear tastes, as strong in so many dimensions as in 6; the prior is told;
- "crowd": 100 people whose tastes in 20 features differ in "rank" ways, so many clicks each, of random pairs:
  agreement, regret and hits (share of five recommended creations among a person's own best 20) of one taste for "all",
  of each "alone", and of low rank 1, 2 and 4 ("low_rank_2"), by pairs and creations that nobody was asked about;
- "joining": 100 newcomers after so many clicks, to a crowd of 100 people with 20 clicks each: "low_rank_2" and "alone";
- "coins": the same crowd, of which the share "coins" clicks at random: agreement of the others, where all are "kept",
  where those whose clicks cannot be foretold are "dropped", and where it is "known" who they are; which share of the
  coins is dropped ("found") and of the others ("falsely"), and the area under the ROC curve ("auc");
- "directions": share of the variance of pictures, pixel by pixel and summed, that so many of a generator's 64 "main"
  directions decide, or so many "random" ones (first-order index of I. M. Sobol, 1993, by pairs of pictures that share
  these coordinates only).
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib.models import pretrained  # noqa: E402
from course_lib.models.directions import main_directions  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402
from course_lib.theory.taste import low_rank, measures  # noqa: E402
from course_lib.theory.taste.asking import ask  # noqa: E402
from course_lib.theory.taste.bradley_terry import chosen_differences, fit  # noqa: E402
from course_lib.theory.taste.pairs import (  # noqa: E402
    InformativePairs,
    RandomPairs,
    ThompsonPairs,
    random_pairs,
)
from course_lib.theory.taste.people import (  # noqa: E402
    People,
    draw_crowd,
    draw_directions,
    draw_people,
    with_length,
)

Array = np.ndarray
TABLE = "taste.csv"
COLUMNS = (
    *("what", "kind", "features", "method", "dimensions", "rank", "coins", "seed", "clicks"),
    *("agreement", "ceiling", "regret", "hits", "found", "falsely", "auc", "share"),
)
SEEDS = tuple(range(10))
PEOPLE, CREATIONS, DIMENSIONS = 100, 200, 6
METHODS = {"random": RandomPairs(), "thompson": ThompsonPairs(), "informative": InformativePairs()}
ASKED = (
    ("linear", "all"),
    ("linear", "length"),
    ("linear", "half"),
    ("ideal_point", "all"),
    ("ideal_point", "length"),
    ("erring", "all"),
)
CLICKS = (0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 35, 40, 50, 60)
SIZES, SIZE_CLICKS = (2, 6, 20, 64), (10, 20, 40)

FEATURES, RANK, RANKS, CROWD_CLICKS = 20, 2, (2, 20), (2, 5, 10, 20, 40)
PRIOR = 9 / FEATURES
"""Variance of a weight of `draw_crowd`: who models each person alone, or all as one, is told the right one."""
FITTED = {f"low_rank_{rank}": rank for rank in (1, 2, 4)}
JOINED_CLICKS, HELD_OUT = (0, 1, 2, 3, 5, 10, 20, 40), 1000
COINS = (0.0, 0.1, 0.3)
DIRECTIONS, PICTURES = (1, 2, 4, 6, 8, 16, 32, 64), 600
DIRECTION_SEEDS = SEEDS[:3]


def asking_rows(kind: str, features: str, method: str, seed: int) -> list[dict]:
    """One crowd of people asked, at the clicks of CLICKS."""
    rng = np.random.default_rng((seed, 16))
    size = 2 * DIMENSIONS if features == "half" else DIMENSIONS
    people = draw_people(kind, PEOPLE, size, rng)
    if features == "half":
        people = People(people.weights / np.sqrt(2))  # no stronger than the others
    creations = rng.normal(size=(CREATIONS, size))
    seen = {"all": creations, "length": with_length(creations), "half": creations[:, :DIMENSIONS]}[features]
    asked = ask(people, creations, METHODS[method], CLICKS[-1], seed, seen)
    return [_of_asked(asked, click, seed) for click in CLICKS]


def dimension_rows(size: int, method: str, seed: int) -> list[dict]:
    """Linear tastes of one strength in so many dimensions; the prior is told how strong."""
    rng = np.random.default_rng((seed, 17))
    variance = DIMENSIONS / size
    people = People(np.sqrt(variance) * rng.normal(size=(PEOPLE // 2, size)))
    creations = rng.normal(size=(CREATIONS, size))
    asked = ask(people, creations, METHODS[method], SIZE_CLICKS[-1], seed, prior_variance=variance)
    return [_of_asked(asked, click, seed) for click in SIZE_CLICKS]


def _of_asked(asked, click: int, seed: int) -> dict:
    found = {"agreement": asked.agreement[click].mean(), "regret": asked.regret[click].mean()}
    return {"seed": seed, "clicks": click, "ceiling": asked.ceiling.mean(), **found}


def _clicked(people: People, creations: Array, clicks: int, rng: np.random.Generator) -> Array:
    """What people chose of random pairs, (p, clicks, d)."""
    pairs = random_pairs(len(creations), (len(people), clicks), rng)
    return chosen_differences(creations, pairs, people.choose(creations, pairs, rng))


def _measured(weights: Array, people: People, creations: Array, pairs: Array) -> dict:
    weights = np.broadcast_to(weights, people.weights.shape)
    return {
        "agreement": measures.expected_agreement(weights, people, creations, pairs).mean(),
        "ceiling": measures.ceiling(people, creations, pairs).mean(),
        "regret": measures.regret(weights, people, creations).mean(),
        "hits": measures.hits(weights, people, creations).mean(),
    }


def crowd_rows(rank: int, clicks: int, seed: int) -> list[dict]:
    """All models of one crowd; pairs and creations to judge by are new."""
    rng = np.random.default_rng((seed, 18, rank, clicks))
    people = draw_crowd(draw_directions(FEATURES, rank, rng), PEOPLE, rng)
    differences = _clicked(people, rng.normal(size=(CREATIONS, FEATURES)), clicks, rng)
    new = rng.normal(size=(CREATIONS, FEATURES))
    pairs = random_pairs(CREATIONS, HELD_OUT, rng)
    tastes = {"all": low_rank.fit_for_all(differences), "alone": fit(differences, 0, PRIOR).mean}
    tastes |= {name: low_rank.fit_crowd(differences, each).weights for name, each in FITTED.items()}
    return [
        {"method": name, "seed": seed, **_measured(taste, people, new, pairs)}
        for name, taste in tastes.items()
    ]


def joining_rows(seed: int) -> list[dict]:
    """Newcomers, who were not there when U was learned."""
    rng = np.random.default_rng((seed, 19))
    directions = draw_directions(FEATURES, RANK, rng)
    creations = rng.normal(size=(CREATIONS, FEATURES))
    crowd = low_rank.fit_crowd(_clicked(draw_crowd(directions, PEOPLE, rng), creations, 20, rng), RANK)
    people = draw_crowd(directions, PEOPLE, rng)
    differences = _clicked(people, creations, JOINED_CLICKS[-1], rng)
    new = rng.normal(size=(CREATIONS, FEATURES))
    pairs = random_pairs(CREATIONS, HELD_OUT, rng)
    rows = []
    for clicks in JOINED_CLICKS:
        so_far = differences[:, :clicks]
        for name, taste in (("low_rank_2", crowd.join(so_far)), ("alone", fit(so_far, 0, PRIOR))):
            found = _measured(taste.mean, people, new, pairs)
            rows.append({"method": name, "seed": seed, "clicks": clicks, **found})
    return rows


def coin_rows(share: float, clicks: int, seed: int) -> list[dict]:
    """A crowd with coins in it, and what it does to the others to keep them or to leave them out."""
    rng = np.random.default_rng((seed, 20, clicks))  # the same people for each share
    people = draw_crowd(draw_directions(FEATURES, RANK, rng), PEOPLE, rng, share)
    coins = people.slips > 0
    differences = _clicked(people, rng.normal(size=(CREATIONS, FEATURES)), clicks, rng)
    new = rng.normal(size=(CREATIONS, FEATURES))
    pairs = random_pairs(CREATIONS, HELD_OUT, rng)
    crowd = low_rank.fit_crowd(differences, RANK)
    likelihood = low_rank.held_out_likelihood(crowd, differences)
    dropped = likelihood < -np.log(2)
    facts = {"falsely": dropped[~coins].mean()}
    if coins.any():
        below = (likelihood[coins][:, None] < likelihood[~coins]).mean()
        facts |= {"found": dropped[coins].mean(), "auc": below}
    rows = []
    others = People(people.weights[~coins])
    for name, left in (("kept", coins | True), ("dropped", ~dropped), ("known", ~coins)):
        learned = crowd if left.all() else low_rank.fit_crowd(differences[left], RANK)
        taste = learned.join(differences[~coins]).mean
        rows.append({"method": name, "seed": seed, **facts, **_measured(taste, others, new, pairs)})
    return rows


def direction_rows(seed: int) -> list[dict]:
    """What the first so many directions decide, the generator's own and random ones."""
    generator = pretrained.generator()
    size = generator.inputs[0].shape[-1]
    rng = np.random.default_rng((seed, 21))
    turned = np.linalg.qr(rng.normal(size=(size, size)))[0].T
    first, other = rng.normal(size=(2, PICTURES, size))
    one, rows = generate(generator, first), []
    for name, axes in (("main", main_directions(generator, size)), ("random", turned)):
        for count in DIRECTIONS:
            shared = other + (first - other) @ axes[:count].T @ axes[:count]
            two = generate(generator, shared)
            together = ((one - one.mean(axis=0)) * (two - two.mean(axis=0))).mean(axis=0).sum()
            alone = (one.var(axis=0).sum() + two.var(axis=0).sum()) / 2
            rows.append({"method": name, "dimensions": count, "share": float(together / alone)})
    return rows


def for_all_seeds(rows, *about: object) -> list[dict]:
    return [row for seed in SEEDS for row in rows(*about, seed)]


def groups() -> list[tuple[dict, float, partial]]:
    """All groups of rows: what they have in common, seconds on a busy machine, and what measures them."""
    return [
        *(
            (
                {"what": "asking", "kind": kind, "features": features, "method": method},
                60,
                partial(for_all_seeds, asking_rows, kind, features, method),
            )
            for kind, features in ASKED
            for method in METHODS
        ),
        *(
            (
                {"what": "dimensions", "method": method, "dimensions": size},
                120,
                partial(for_all_seeds, dimension_rows, size, method),
            )
            for size in SIZES
            for method in ("random", "thompson")
        ),
        *(
            (
                {"what": "crowd", "rank": rank, "clicks": clicks},
                60,
                partial(for_all_seeds, crowd_rows, rank, clicks),
            )
            for rank in RANKS
            for clicks in CROWD_CLICKS
        ),
        ({"what": "joining"}, 60, partial(for_all_seeds, joining_rows)),
        *(
            (
                {"what": "coins", "coins": share, "clicks": clicks},
                60,
                partial(for_all_seeds, coin_rows, share, clicks),
            )
            for share in COINS
            for clicks in (10, 20)
        ),
        *(
            ({"what": "directions", "seed": seed}, 120, partial(direction_rows, seed))
            for seed in DIRECTION_SEEDS
        ),
    ]


def missing() -> list[Run]:
    """The groups whose rows are not there yet."""
    return missing_groups(TABLE, COLUMNS, groups())


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
