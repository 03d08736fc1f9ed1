"""What clicks let us believe of a taste: logistic regression with a Gaussian prior, and Laplace's Gaussian after it.

    belief = fit_clicks(table, shown, clicked)          counts by look, (looks,)
    click_rates(belief.mean, table)                     what to expect of each look

A look's log-odds of a click are w_0 + w.c(look): a base and what its parts add. So what is learned of one look says
something of all that share a part with it. O. Chapelle and L. Li, "An Empirical Evaluation of Thompson Sampling", NIPS
2011, algorithm 3, but with the whole covariance where they keep its diagonal. NumPy only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste.bradley_terry import Belief, sigmoid
from course_lib.theory.taste.checking import LARGEST, check_number, check_numbers, check_weights

Array = np.ndarray
BASE_MEAN, BASE_SPREAD = math.log(0.015 / 0.985), 1.0
"""The base before the first click: about 1.5 clicks of 100, give or take a factor of e."""
MOST_SHOWN = 1e12
SPREAD = 0.5
"""Of what each part adds, before the first click: about 0, give or take a factor of exp(0.5) = 1.65 in the odds."""


def with_base(table: ArrayLike) -> Array:
    """The table (looks, columns) with a column of ones before it. Raises CourseError for what is no such table."""
    table = check_numbers("The conditions in table", table)
    if table.ndim != 2 or not len(table) or not (np.abs(table) <= LARGEST).all():
        raise CourseError(f"table is finite numbers, (looks, columns); this one has the shape {table.shape}.")
    return np.hstack([np.ones((len(table), 1)), table])


def click_rates(weights: ArrayLike, table: ArrayLike) -> Array:
    """Click rates by look, (..., looks), for weights (..., 1 + columns), the base first."""
    features = with_base(table)
    return sigmoid(check_weights(weights, features.shape[1]) @ features.T)


def fit_clicks(table: ArrayLike, shown: ArrayLike, clicked: ArrayLike, spread: float = SPREAD) -> Belief:
    """A Gaussian for the weights (1 + columns,), from how often each look was shown and clicked, (looks,) each.

    Its mean is the mode of the posterior, found by Newton's method, its covariance minus the inverted Hessian there. No
    look shown gives the prior. Raises CourseError for counts of another shape, clicks on nothing shown, and a spread
    outside 1e-6 to 1e6.
    """
    features, shown, clicked = _counts(table, shown, clicked)
    if not 1e-6 <= check_number("spread", spread) <= 1e6:
        raise CourseError(f"spread is a number above 0, from 1e-6 to 1e6, not {spread!r}.")
    mean = np.array([BASE_MEAN, *np.zeros(features.shape[1] - 1)])
    precision = 1 / np.array([BASE_SPREAD, *np.full(features.shape[1] - 1, spread)]) ** 2
    weights = mean.copy()

    def height(at: Array) -> float:
        logits = features @ at
        likelihood = clicked @ logits - shown @ np.logaddexp(0, logits)
        return float(likelihood - precision @ (at - mean) ** 2 / 2)

    for _ in range(100):
        rates = sigmoid(features @ weights)
        slope = features.T @ (clicked - shown * rates) - precision * (weights - mean)
        curvature = (features.T * (shown * rates * (1 - rates))) @ features + np.diag(precision)
        step = np.linalg.solve(curvature, slope)
        if np.abs(step).max() < 1e-9:
            break
        before = height(weights)
        while height(weights + step) < before - 1e-9 * abs(before):  # a whole step may leap over the mode
            step /= 2
        weights = weights + step
    return Belief(weights, np.linalg.inv(curvature))


def _counts(table: ArrayLike, shown: ArrayLike, clicked: ArrayLike) -> tuple[Array, Array, Array]:
    features = with_base(table)
    shown, clicked = (check_numbers("Counts", each) for each in (shown, clicked))
    if shown.shape != (len(features),) or clicked.shape != shown.shape:
        raise CourseError(
            f"How often each of {len(features)} looks was shown and clicked is wanted; these are {shown.shape} and "
            f"{clicked.shape}."
        )
    if (shown > MOST_SHOWN).any():
        raise CourseError(
            f"A look was shown at most {MOST_SHOWN:g} times, and here is one with {shown.max():g}."
        )
    good = (clicked >= 0) & (clicked <= shown)
    if not good.all():
        wrong = int(np.argmin(good))
        raise CourseError(
            f"Look {wrong}: {clicked[wrong]:g} clicks of {shown[wrong]:g} shown; a click on nothing shown is none."
        )
    return features, shown, clicked
