"""The loop closed: a policy says what to draw, an audience clicks, the belief follows, and the policy with it.

    loop = close_loop(audience, Greedy(), rounds=40, visitors=2000, seed=0)
    loop.entropy                            nats, round by round
    loop.click_rate                         expected clicks a visitor, round by round

NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.theory.feedback.audience import Audience
from course_lib.theory.feedback.click_model import click_rates, fit_clicks, with_base
from course_lib.theory.feedback.gallery import Gallery, mean_distance
from course_lib.theory.feedback.policies import Policy, entropy
from course_lib.theory.taste.bradley_terry import Belief
from course_lib.theory.taste.checking import check_count, check_numbers

Array = np.ndarray
TOP = 10


class Loop(NamedTuple):
    """Round by round, (rounds,) each.

    click_rate: expected clicks a visitor of the banners drawn, no luck in it; of the majority alone and the minority
    alone too, NaN without one. clicks: those that were counted. entropy: of the policy, in nats. looks: how many
    different looks were drawn. distance: mean distance of two of the banners in the gallery's features, NaN without
    one. obeyed: the share of banners that show what was asked. promised: the click rate that the belief before the
    round expected. taste_error: root mean square error of the log-odds of all looks after the round, both sides
    about their means, in nats; shown_error: the same, looks weighted by how often they were shown so far. covered:
    the share of looks whose log-odds, about their mean, lie within 1.96 standard deviations of the belief. top: how
    many of the truly best ten looks are among the ten believed best.
    shown, clicked: (looks,), by look asked for, at the end. belief: at the end. probabilities: (rounds, looks).
    """

    click_rate: Array
    majority_rate: Array
    minority_rate: Array
    clicks: Array
    entropy: Array
    looks: Array
    distance: Array
    obeyed: Array
    promised: Array
    taste_error: Array
    shown_error: Array
    covered: Array
    top: Array
    shown: Array
    clicked: Array
    belief: Belief
    probabilities: Array


def close_loop(
    audience: Audience,
    policy: Policy,
    rounds: int,
    visitors: int,
    batch: int = 100,
    seed: int = 0,
    gallery: Gallery | None = None,
) -> Loop:
    """In each round `batch` banners are drawn by the policy, and each visitor sees one of them, chosen at random.

    gallery: pictures to draw from; a visitor judges what is *seen*, the policy learns of what it *asked for*. Without
    one every banner shows what was asked. Raises CourseError for a gallery of other looks, for odd numbers, and for a
    policy whose probabilities are none.
    """
    rounds, visitors = check_count("rounds", rounds), check_count("visitors", visitors)
    batch = check_count("batch", batch, 2)
    table = audience.table
    if gallery is not None and len(gallery.seen) != len(table):
        raise CourseError(f"The gallery has {len(gallery.seen)} looks, and the audience knows {len(table)}.")
    rng = np.random.default_rng(check_count("seed", seed, least=0))
    shown, clicked = np.zeros(len(table)), np.zeros(len(table))
    belief = fit_clicks(table, shown, clicked)
    rate_of = [audience.rate_of(group) if (audience.groups == group).any() else None for group in (0, 1)]
    rows, followed = [], []
    for _ in range(rounds):
        probabilities = _checked(policy.probabilities(belief, table, rng), len(table))
        asked = rng.choice(len(table), size=batch, p=probabilities)
        seen, features = (asked, None) if gallery is None else gallery.draw(asked, rng)
        promised = click_rates(belief.mean, table)[asked].mean()
        which = rng.integers(batch, size=visitors)
        hits, _ = audience.visit(seen[which], rng)
        shown += np.bincount(asked[which], minlength=len(table))
        clicked += np.bincount(asked[which[hits]], minlength=len(table))
        belief = fit_clicks(table, shown, clicked)
        followed.append(probabilities)
        rows.append(
            (
                audience.rate[seen].mean(),
                *(np.nan if rate is None else rate[seen].mean() for rate in rate_of),
                int(hits.sum()),
                float(entropy(probabilities)),
                len(np.unique(asked)),
                np.nan if features is None else mean_distance(features),
                (seen == asked).mean(),
                promised,
                *taste_found(belief, audience, shown),
            )
        )
    return Loop(*map(np.array, zip(*rows, strict=True)), shown, clicked, belief, np.array(followed))


def _checked(probabilities: Array, looks: int) -> Array:
    """What a policy said: a policy of one's own may say anything."""
    probabilities = check_numbers("Probabilities of a policy", probabilities)
    good = probabilities.shape == (looks,) and (probabilities >= 0).all()
    if not good or not abs(probabilities.sum() - 1) < 1e-8:
        raise CourseError(
            f"A policy gives each of {looks} looks its probability, from 0 on, with the sum 1; this one gave the shape "
            f"{probabilities.shape} and the sum {probabilities.sum():.6g}."
        )
    return probabilities


def taste_found(belief: Belief, audience: Audience, shown: Array) -> tuple[float, float, float, int]:
    """taste_error, shown_error, covered and top of `Loop`; shown: (looks,). Raises CourseError if all are 0."""
    shown = check_numbers("Counts", shown)
    if shown.shape != (len(audience.table),) or not (shown >= 0).all() or not 0 < shown.sum() < np.inf:
        raise CourseError(
            f"How often each of {len(audience.table)} looks was shown is wanted, and not 0 for all; these have the "
            f"shape {shown.shape}."
        )
    truth, features = audience.log_odds, with_base(audience.table)
    weight = shown / shown.sum()
    errors = []
    for share in (np.full(len(truth), 1 / len(truth)), weight):
        wrong = (features @ belief.mean) - truth
        errors.append(float(np.sqrt(share @ (wrong - share @ wrong) ** 2)))
    about = features - features.mean(axis=0)
    spread = np.sqrt((about @ belief.covariance * about).sum(axis=1))
    inside = np.abs(about @ belief.mean - (truth - truth.mean())) <= 1.96 * spread
    best, believed = (set(np.argsort(-each, kind="stable")[:TOP]) for each in (truth, features @ belief.mean))
    return *errors, float(inside.mean()), len(best & believed)
