"""Independent right answers and the usual wrong ones for lesson 16."""

RIGHT = {
    # one answer after the other, with the smaller of the two exponentials alone
    "slope_with_neither": """
def slope_with_neither(weights, differences, answers, nu, prior_variance):
    slope = [-w / prior_variance for w in weights]
    for difference, answer in zip(differences, answers):
        u = math.fsum(w * x for w, x in zip(weights, difference))
        small = math.exp(-abs(u) / 2)
        expected = math.copysign((1 - small**2) / (1 + nu * small + small**2), u)
        for place, x in enumerate(difference):
            slope[place] += (answer - expected) * x / 2
    return np.array(slope)
""",
    # row by row, pairs as sorted tuples
    "held_out": """
def held_out(weights, creations, pairs, choices, learned, chosen):
    known = {tuple(sorted(pair)) for pair, was in zip(pairs, learned) if was}
    marks = []
    for (a, b), choice, own in zip(pairs, choices, chosen):
        if own or tuple(sorted((a, b))) in known:
            continue
        other = b if choice == a else a
        lead = float(weights @ (creations[choice] - creations[other]))
        marks.append(0.5 if lead == 0 else float(lead > 0))
    return sum(marks) / len(marks), len(marks)
""",
    # by posteriors, answer by answer
    "information_of": """
def information_of(chances, prior):
    prior = np.array(prior) / np.sum(prior)
    def entropy(p):
        return -math.fsum(each * math.log(each) for each in p if each > 0)
    told = []
    for q in range(chances.shape[1]):
        fall = entropy(prior)
        for a in range(chances.shape[2]):
            joint = prior * chances[:, q, a]
            if joint.sum() > 0:
                fall -= joint.sum() * entropy(joint / joint.sum())
        told.append(fall)
    return np.array(told)
""",
    # by pseudo-values, and means without one from sums
    "clicks_saved": """
def clicks_saved(slow, fast, clicks):
    m = len(slow)
    def saved(curve, level):
        for t, height in enumerate(curve):
            if height >= level:
                if t == 0:
                    return float(-clicks)
                return t - (height - level) / (height - curve[t - 1]) - clicks
        return math.inf
    sums, levels = slow.sum(axis=0), fast[:, clicks].sum()
    whole = saved(sums / m, levels / m)
    parts = [saved((sums - s) / (m - 1), (levels - f[clicks]) / (m - 1)) for s, f in zip(slow, fast)]
    if math.inf in [whole, *parts]:
        return whole, math.inf
    pseudo = np.array([m * whole - (m - 1) * each for each in parts])
    return whole, pseudo.std(ddof=1) / math.sqrt(m)
""",
    # a product of powers, look by look
    "effective_looks": """
def effective_looks(shown, similarity):
    n, count = float(sum(shown)), 1.0
    for i in np.flatnonzero(shown):
        common = sum(similarity[i, j] * shown[j] for j in range(len(shown))) / n
        count /= common ** (shown[i] / n)
    return count
""",
    # all policies and rounds at once
    "policy_to_keep": """
def policy_to_keep(rates, visitors, stay, least):
    back = stay[None, :, :1] + stay[None, :, 1:] * rates
    left = np.cumprod(back, axis=2)
    there = np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=2)
    clicks = np.einsum("g,pgt,pgt->p", visitors, there, rates)
    clicks = np.where((left[..., -1] >= least).all(axis=1), clicks, -1.0)
    best = int(clicks.argmax())
    return (best, clicks[best]) if clicks[best] >= 0 else (-1, 0.0)
""",
}

ALSO_RIGHT = {
    "slope_with_neither": [
        # hyperbolic functions: where cosh is infinite, nu over it is 0, as it should be
        """
def slope_with_neither(weights, differences, answers, nu, prior_variance):
    u = differences @ weights
    with np.errstate(over="ignore"):
        expected = np.tanh(u / 2) / (1 + nu / (2 * np.cosh(u / 2)))
    return differences.T @ (answers - expected) / 2 - weights / prior_variance
""",
        # the three chances, by a softmax, and the mean answer
        """
def slope_with_neither(weights, differences, answers, nu, prior_variance):
    u = differences @ weights
    logs = np.stack([u / 2, np.full(len(u), math.log(nu) if nu > 0 else -np.inf), -u / 2])
    chances = np.exp(logs - logs.max(axis=0))
    chances /= chances.sum(axis=0)
    surprise = answers - np.array([1, 0, -1]) @ chances
    return (surprise[:, None] * differences).sum(axis=0) / 2 - weights / prior_variance
""",
    ],
    "held_out": [
        # one number for a pair, whatever its order
        """
def held_out(weights, creations, pairs, choices, learned, chosen):
    worth = creations @ weights
    others = np.where(choices == pairs[:, 0], pairs[:, 1], pairs[:, 0])
    number = pairs.min(axis=1) * len(creations) + pairs.max(axis=1)
    counts = ~learned & ~chosen & ~np.isin(number, number[learned])
    mine, theirs = worth[choices[counts]], worth[others[counts]]
    return np.mean(mine > theirs) + np.mean(mine == theirs) / 2, counts.sum()
""",
    ],
    "information_of": [
        # mutual information: the mean divergence of the answers from the expected answer
        """
def information_of(chances, prior):
    share = (prior / prior.sum())[:, None, None]
    expected = (share * chances).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = share * chances * np.log(chances / expected)
    return np.nansum(terms, axis=(0, 2))
""",
        # a tiny number within the logarithm
        """
def information_of(chances, prior):
    share = prior / prior.sum()
    expected = np.einsum("h,hqa->qa", share, chances)
    h = lambda p: -(p * np.log(p + 1e-300)).sum(-1)
    return h(expected) - share @ h(chances)
""",
    ],
    "clicks_saved": [
        # nothing but the mean curves, and inf by comparison
        """
def clicks_saved(slow, fast, clicks):
    def saved(slow, fast):
        curve, level = slow.mean(0), fast[:, clicks].mean()
        t = 0
        while t < len(curve) and curve[t] < level:
            t += 1
        if t == len(curve):
            return np.inf
        if t:
            t = np.interp(level, curve[t - 1 : t + 1], [t - 1, t])
        return t - clicks
    m = len(slow)
    whole = saved(slow, fast)
    s = np.array([saved(np.delete(slow, i, 0), np.delete(fast, i, 0)) for i in range(m)])
    error = np.sqrt((m - 1) / m * np.sum((s - s.mean()) ** 2))
    return whole, error if np.isfinite(error) and np.isfinite(whole) else np.inf
""",
    ],
}

SLOPE = """
def slope_with_neither(weights, differences, answers, nu, prior_variance):
    u = differences @ weights
    largest = np.abs(u) / 2
    a, b, neither = np.exp(u / 2 - largest), np.exp(-u / 2 - largest), nu * np.exp(-largest)
    expected = (a - b) / (a + b + neither)
    return (answers - expected) @ differences / 2 - weights / prior_variance
"""
SCORE = """
def held_out(weights, creations, pairs, choices, learned, chosen):
    worth = creations @ weights
    others = pairs.sum(axis=1) - choices
    known = [sorted(pair) for pair in pairs[learned].tolist()]
    met = np.array([sorted(pair) in known for pair in pairs.tolist()])
    counts = ~met & ~chosen
    lead = (worth[choices] - worth[others])[counts]
    return np.mean((np.sign(lead) + 1) / 2), int(counts.sum())
"""
TOLD = """
def information_of(chances, prior):
    share = prior / np.sum(prior)
    expected = np.tensordot(share, chances, 1)
    of_mean = -np.sum(expected * np.log(np.where(expected > 0, expected, 1)), axis=1)
    of_each = -np.sum(chances * np.log(np.where(chances > 0, chances, 1)), axis=2)
    return of_mean - share @ of_each
"""
SAVED = """
def clicks_saved(slow, fast, clicks):
    def saved(slow, fast):
        level, curve = fast.mean(axis=0)[clicks], slow.mean(axis=0)
        above = np.flatnonzero(curve >= level)
        if len(above) == 0:
            return math.inf
        at = above[0]
        if at == 0:
            return -clicks
        where = at - 1 + (level - curve[at - 1]) / (curve[at] - curve[at - 1])
        return where - clicks
    m = len(slow)
    whole = saved(slow, fast)
    s = np.array([saved(np.delete(slow, i, axis=0), np.delete(fast, i, axis=0)) for i in range(m)])
    if np.isinf(whole) or np.isinf(s).any():
        return whole, math.inf
    return whole, np.sqrt((m - 1) / m * np.sum((s - s.mean()) ** 2))
"""
LOOKS = """
def effective_looks(shown, similarity):
    share = shown / np.sum(shown)
    there = share > 0
    common = similarity @ share
    surprise = -np.log(common[there])
    return np.exp(np.sum(share[there] * surprise))
"""
KEEP = """
def policy_to_keep(rates, visitors, stay, least):
    best, most = -1, 0.0
    for number in range(len(rates)):
        here, clicks = visitors * 1.0, 0.0
        for t in range(rates.shape[2]):
            rate = rates[number, :, t]
            clicks += np.sum(here * rate)
            here = here * (stay[:, 0] + stay[:, 1] * rate)
        share = here / visitors
        if np.all(share >= least) and (best < 0 or clicks > most):
            best, most = number, clicks
    return best, most
"""
BETWEEN = "where = at - 1 + (level - curve[at - 1]) / (curve[at] - curve[at - 1])"
JACKKNIFE = "np.sqrt((m - 1) / m * np.sum((s - s.mean()) ** 2))"
CLICKED = "            clicks += np.sum(here * rate)\n"
STAYS = "            here = here * (stay[:, 0] + stay[:, 1] * rate)\n"


def but(source: str, *changes: str) -> str:
    """A right answer with faults: what stands in it, and what stands there instead, in turn."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


WRONG = {
    "slope_with_neither": [
        (but(SLOPE, "(a + b + neither)", "(a + b)"), "says a and b less often"),
        (
            but(
                SLOPE,
                "(a + b + neither)",
                "(a + b)",
                "(answers - expected)",
                "np.where(answers, answers - expected, 0)",
            ),
            "with each 'neither' thrown away",
        ),
        (but(SLOPE, "(a + b + neither)", "(a + b + np.where(answers, 0, neither))"), "For a and b, too"),
        (
            but(SLOPE, "(answers - expected)", "np.where(answers, answers - expected, 0)"),
            "A 'neither' pulls, too",
        ),
        (but(SLOPE, "@ differences / 2", "@ differences"), "the derivative of each part by u has a half"),
        (but(SLOPE, "(answers - expected)", "(answers - 2 * expected)"), "A half is lost below the line"),
        (but(SLOPE, "(answers - expected)", "(2 * answers - expected)"), "A half is lost above the line"),
        (
            but(
                SLOPE,
                "np.abs(u) / 2",
                "np.abs(u)",
                "np.exp(u / 2 -",
                "np.exp(u -",
                "np.exp(-u / 2 -",
                "np.exp(-u -",
                "@ differences / 2",
                "@ differences",
            ),
            "The exponents are u / 2",
        ),
        (but(SLOPE, "(answers - expected)", "(-answers - expected)"), "It goes away from what was chosen"),
        (but(SLOPE, "(answers - expected)", "answers"), "Every click pulls as hard"),
        (but(SLOPE, "(a - b) /", "(a + b) /"), "exp(-u / 2) has a minus"),
        (but(SLOPE, "(answers - expected)", "(answers + expected)"), "SUBTRACTED in the logarithm"),
        (but(SLOPE, "(a - b) / (a + b + neither)", "np.exp(u / 2) - np.exp(-u / 2)"), "OVER the sum"),
        (but(SLOPE, " - weights / prior_variance", ""), "the log likelihood"),
        (but(SLOPE, "- weights /", "+ weights /"), "its slope has a minus"),
        (but(SLOPE, "weights / prior", "weights * prior"), "A wide prior pulls less"),
        (but(SLOPE, "@ differences / 2", "@ differences / 2 / len(u)"), "added up, not averaged"),
        (
            but(
                SLOPE,
                "(answers - expected) @ differences / 2",
                "(answers - expected)[:, None] * differences / 2",
            ),
            "one for every click",
        ),
        (
            but(SLOPE, "largest = np.abs(u) / 2", "largest = 0"),
            "an exponential is too large",
        ),
        (
            """
def slope_with_neither(weights, differences, answers, nu, prior_variance):
    slope = -weights / prior_variance
    for difference, answer in zip(differences, answers):
        a, b = math.exp(difference @ weights / 2), math.exp(-difference @ weights / 2)
        slope = slope + (answer - (a - b) / (a + nu + b)) * difference / 2
    return slope
""",
            "an exponential is too large",
        ),
    ],
    "held_out": [
        (
            """
def held_out(weights, creations, pairs, choices, learned, chosen):
    worth = creations @ weights
    others = pairs.sum(axis=1) - choices
    agreed = worth[choices] >= worth[others]
    return agreed.mean(), len(pairs)
""",
            "This is still the program as it was",
        ),
        (but(SCORE, "counts = ~met & ~chosen", "counts = ~chosen"), "the taste was fitted to still count"),
        (but(SCORE, "counts = ~met & ~chosen", "counts = ~learned & ~chosen"), "counts when it comes again."),
        (
            but(SCORE, "[sorted(pair) for", "[pair for", "sorted(pair) in known", "pair in known"),
            "with left and right exchanged",
        ),
        (
            but(SCORE, "sorted(pair) in known", "any(each in sum(known, []) for each in pair)"),
            "too much is left out",
        ),
        (but(SCORE, "~met & ~chosen", "~met"), "picked itself still count"),
        (but(SCORE, "pairs[learned]", "pairs[learned | chosen]"), "counts when it comes again by lot"),
        (but(SCORE, "(np.sign(lead) + 1) / 2", "lead >= 0"), "it is called right"),
        (but(SCORE, "(np.sign(lead) + 1) / 2", "lead > 0"), "it is called wrong"),
        (
            but(
                SCORE,
                "np.mean((np.sign(lead) + 1) / 2), int(counts.sum())",
                "np.mean(lead[lead != 0] > 0), int(np.sum(lead != 0))",
            ),
            "the click is left out",
        ),
        (but(SCORE, "int(counts.sum())", "len(pairs)"), "not how many there are"),
        (
            but(SCORE, "np.mean((np.sign(lead) + 1) / 2)", "np.sum((np.sign(lead) + 1) / 2) / len(pairs)"),
            "divide by their number",
        ),
        (
            but(SCORE, "~met & ~chosen", "~learned", "(np.sign(lead) + 1) / 2", "lead >= 0"),
            "3 faults are left",
        ),
        (
            but(SCORE, "int(counts.sum())", "len(pairs)", "(np.sign(lead) + 1) / 2", "lead >= 0"),
            "2 faults are left",
        ),
        # -1 for a wrong one: not foreseen
        (but(SCORE, "np.mean((np.sign(lead) + 1) / 2)", "np.mean(np.sign(lead))"), "which clicks count?"),
    ],
    "information_of": [
        (but(TOLD, "of_mean - share @ of_each", "of_mean"), "how uncertain the ANSWER is"),
        (but(TOLD, "of_mean - share @ of_each", "share @ of_each"), "the part that tells nothing"),
        (
            but(
                TOLD,
                "return of_mean - share @ of_each",
                "return -np.sum(share * np.log(share)) - (of_mean - share @ of_each)",
            ),
            "what is left of the entropy",
        ),
        (but(TOLD, "of_mean - share @ of_each", "share @ of_each - of_mean"), "This is below 0"),
        (but(TOLD, "prior / np.sum(prior)", "np.ones(len(prior)) / len(prior)"), "the prior is not used"),
        (
            but(TOLD, "np.tensordot(share, chances, 1)", "chances.mean(axis=0)"),
            "The expected answer is a mean",
        ),
        (but(TOLD, "prior / np.sum(prior)", "prior"), "Divide the prior by its sum first"),
        (
            """
def information_of(chances, prior):
    expected = np.tensordot(prior, chances, 1)
    after = prior[:, None, None] * chances / expected
    of_prior = -np.sum(prior * np.log(prior))
    return of_prior - np.sum(expected * -np.sum(after * np.log(after), axis=0), axis=1)
""",
            "Divide the prior by its sum first",
        ),
        (but(TOLD, "np.sum(prior)", "np.max(prior)"), "Divide the prior by its SUM"),
        (
            but(TOLD, "return of_mean - share @ of_each", "return (of_mean - share @ of_each) / math.log(2)"),
            "This is in bits",
        ),
        (
            but(
                TOLD,
                "return of_mean - share @ of_each",
                "return (of_mean - share @ of_each) / chances.shape[2]",
            ),
            "not a mean",
        ),
        (
            but(
                TOLD,
                "share = prior / np.sum(prior)",
                "chances = np.stack([chances[..., 0], 1 - chances[..., 0]], axis=-1)\n"
                "    share = prior / np.sum(prior)",
            ),
            "as if it had two answers",
        ),
        (
            """
def information_of(chances, prior):
    prior = prior / np.sum(prior)
    joint = prior[:, None, None] * chances
    after = joint / joint.sum(axis=0)
    left = -np.sum(after * np.log(after), axis=0)
    return -np.sum(prior * np.log(prior)) - left.mean(axis=1)
""",
            "The answers are not all equally likely",
        ),
        (
            """
def information_of(chances, prior):
    prior = prior / np.sum(prior)
    joint = prior[:, None, None] * chances
    likely = joint.sum(axis=0).argmax(axis=1)
    joint = joint[:, np.arange(len(likely)), likely]
    after = joint / joint.sum(axis=0)
    return -np.sum(prior * np.log(prior)) + np.sum(after * np.log(after), axis=0)
""",
            "not the likeliest one",
        ),
        (
            but(
                TOLD,
                "return of_mean - share @ of_each",
                "return np.tensordot(share, (chances - expected) ** 2, 1).sum(axis=1)",
            ),
            "not in nats",
        ),
        (
            but(TOLD, "return of_mean - share @ of_each", "return np.mean(of_mean - share @ of_each)"),
            "this is one for all",
        ),
        (
            """
def information_of(chances, prior):
    share = prior / np.sum(prior)
    expected = np.tensordot(share, chances, 1)
    of_each = -np.sum(chances * np.log(chances), axis=2)
    return -np.sum(expected * np.log(expected), axis=1) - share @ of_each
""",
            "0 meets a logarithm or a division",
        ),
        (
            """
def information_of(chances, prior):
    chances = np.maximum(chances, 0.01)
    chances = chances / chances.sum(axis=2, keepdims=True)
    share = prior / np.sum(prior)
    expected = np.tensordot(share, chances, 1)
    of_each = -np.sum(chances * np.log(chances), axis=2)
    return -np.sum(expected * np.log(expected), axis=1) - share @ of_each
""",
            "every answer is possible. Hint",
        ),
    ],
    "clicks_saved": [
        (
            but(SAVED, BETWEEN, "where = at"),
            "a whole number of clicks",
        ),
        (but(SAVED, "where = at - 1 + (", "where = at - ("), "from the lower click upwards"),
        (
            but(
                SAVED,
                "at = above[0]",
                "at = np.flatnonzero((curve[1:] >= level) & (curve[:-1] < level))[-1] + 1",
            ),
            "the FIRST time at the level",
        ),
        (
            but(
                SAVED,
                BETWEEN,
                "where = np.interp(level, curve, np.arange(len(curve)))",
            ),
            "np.interp wants numbers that rise",
        ),
        (but(SAVED, "return where - clicks", "return where"), "How many clicks later"),
        (but(SAVED, "return where - clicks", "return clicks - where"), "the difference is the other one"),
        (but(SAVED, "return where - clicks", "return max(where - clicks, 0)"), "A negative number may stand"),
        (but(SAVED, "def saved(slow, fast):", "def saved(fast, slow):"), "here they are exchanged"),
        (
            but(
                SAVED,
                "    def saved(slow, fast):",
                "    def saved(slow, fast):\n"
                "        return np.mean([one(s[None], f[None]) for s, f in zip(slow, fast)])\n"
                "    def one(slow, fast):",
            ),
            "First the mean over the people",
        ),
        (
            but(SAVED, JACKKNIFE, "s.std(ddof=1) / np.sqrt(m)"),
            "MULTIPLIES by M - 1",
        ),
        (
            but(SAVED, JACKKNIFE, "s.std()"),
            "the factor M - 1 is missing",
        ),
        (but(SAVED, "(m - 1) / m * np.sum", "np.sum"), "the factor (M - 1) / M is missing"),
        (but(SAVED, "np.sqrt((m - 1) / m", "((m - 1) / m"), "this is the variance"),
        (but(SAVED, "(s - s.mean()) ** 2", "(s - whole) ** 2"), "from the MEAN of the s_i"),
        (but(SAVED, "np.delete(fast, i, axis=0)", "fast"), "the level, too"),
        (
            but(
                SAVED,
                "np.delete(slow, i, axis=0)",
                "slow[i : i + 1]",
                "np.delete(fast, i, axis=0)",
                "fast[i : i + 1]",
            ),
            "here one is kept",
        ),
        (but(SAVED, "            return -clicks", "            pass"), "before the first click"),
        (
            but(SAVED, "return math.inf\n        at", "return len(curve) - 1 - clicks\n        at"),
            "both numbers are math.inf",
        ),
        (
            but(SAVED, "        if len(above) == 0:\n            return math.inf\n", ""),
            "It raises IndexError where the slow curve never gets",
        ),
        (
            but(
                SAVED,
                "    if np.isinf(whole) or np.isinf(s).any():\n        return whole, math.inf\n",
                "    s = s[np.isfinite(s)]\n    if np.isinf(whole):\n        return whole, math.inf\n",
            ),
            "without one of the people",
        ),
        (
            but(SAVED, "        return whole, math.inf\n", "        return math.inf, math.inf\n"),
            "what is saved with all stays",
        ),
    ],
    "effective_looks": [
        (
            but(LOOKS, "return np.exp(np.sum(share[there] * surprise))", "return np.count_nonzero(shown)"),
            "how many different looks were shown",
        ),
        (but(LOOKS, "similarity @ share", "share"), "twins count as two"),
        (
            but(
                LOOKS,
                "similarity @ share",
                "share",
                "np.exp(np.sum(share[there] * surprise))",
                "np.sum(share[there] * surprise)",
            ),
            "and the entropy is a logarithm",
        ),
        (
            but(LOOKS, "np.exp(np.sum(share[there] * surprise))", "np.sum(share[there] * surprise)"),
            "This is the mean surprise",
        ),
        (but(LOOKS, "shown / np.sum(shown)", "shown"), "Make shares of the counts"),
        (but(LOOKS, "np.sum(share[there] * surprise)", "np.mean(surprise)"), "has twice the say"),
        (
            but(LOOKS, "np.sum(share[there] * surprise)", "np.sum(common[there] * surprise)"),
            "not by how common it is",
        ),
        (but(LOOKS, "-np.log", "np.log"), "MINUS the logarithm"),
        (
            but(
                LOOKS,
                "-np.log(common[there])",
                "1 / common[there]",
                "np.exp(np.sum(share[there] * surprise))",
                "np.sum(share[there] * surprise)",
            ),
            "here the order is the other one",
        ),
        (but(LOOKS, "np.exp(np.sum(share[there] * surprise))", "1 / (share @ common)"), "on average"),
        (but(LOOKS, "np.log(", "np.log2("), "to the base 2"),
        (
            but(LOOKS, "similarity @ share", "(similarity - np.eye(len(share))) @ share"),
            "which is similar by 1",
        ),
        (but(LOOKS, "similarity @ share", "similarity.mean(axis=1)"), "not over all looks"),
        (
            but(LOOKS, "similarity @ share", "(similarity @ shown - 1) / (shown.sum() - 1)"),
            "the first one may be drawn again",
        ),
        (
            but(LOOKS, "shown / np.sum(shown)", "(shown > 0) / np.sum(shown > 0)"),
            "each that was shown counts once",
        ),
        (
            """
def effective_looks(shown, similarity):
    share = shown / shown.sum()
    return np.exp(-np.sum(share * np.log(similarity @ share)))
""",
            "it takes no part",
        ),
        (
            """
def effective_looks(shown, similarity):
    total, mean = sum(shown), 0
    for row, count in zip(similarity, shown):
        mean -= count / total * math.log(sum(row * shown) / total)
    return math.exp(mean)
""",
            "it takes no part",
        ),
        (
            """
def effective_looks(shown, similarity):
    share = shown / shown.sum()
    return 1 / np.prod(share**share)
""",
            "twins count as two",
        ),
    ],
    "policy_to_keep": [
        (but(KEEP, STAYS, ""), "nobody stays away"),
        (
            but(
                KEEP,
                CLICKED + STAYS,
                CLICKED + "            if t < rates.shape[2] - 1:\n    " + STAYS,
            ),
            "after the last round, too",
        ),
        (
            but(
                KEEP,
                CLICKED + STAYS,
                STAYS + CLICKED,
            ),
            "some stay away AFTER it",
        ),
        (but(KEEP, "(stay[:, 0] + stay[:, 1] * rate)", "stay[:, 0]"), "the rate has a say"),
        (
            but(KEEP, "(stay[:, 0] + stay[:, 1] * rate)", "(stay[0, 0] + stay[0, 1] * rate)"),
            "here all have the first",
        ),
        (but(KEEP, "stay[:, 1] * rate)", "stay[:, 1] * rate.mean())"), "their OWN group"),
        (
            but(
                KEEP,
                "here = here * (stay[:, 0] + stay[:, 1] * rate)",
                "here = np.round(here * (stay[:, 0] + stay[:, 1] * rate))",
            ),
            "do not round them",
        ),
        (
            but(
                KEEP,
                "here, clicks = visitors * 1.0, 0.0",
                "here, clicks, visits = visitors * 1.0, 0.0, 0.0",
                CLICKED,
                CLICKED + "            visits += np.sum(here)\n",
                "best, most = number, clicks",
                "best, most, given = number, clicks, clicks / visits",
                "return best, most",
                "return best, given if best >= 0 else 0.0",
            ),
            "not clicks a visitor",
        ),
        (
            but(KEEP, "visitors * 1.0", "visitors", "here = here * (", "here *= ("),
            "changes the array that it was given",
        ),
        (but(KEEP, "np.all(share >= least) and ", ""), "whoever is lost by it"),
        (but(KEEP, CLICKED, "            clicks += np.sum(visitors * rate)\n"), "clicks no more"),
        (but(KEEP, "range(rates.shape[2])", "range(rates.shape[2] - 1)"), "one round is missing"),
        (
            but(
                KEEP,
                "best, most = -1, 0.0",
                "best, most, kept = -1, 0.0, False",
                "np.all(share >= least) and (best < 0 or clicks > most)",
                "best < 0 or clicks > most",
                "best, most = number, clicks",
                "best, most, kept = number, clicks, np.all(share >= least)",
                "return best, most",
                "return (best, most) if kept else (-1, 0.0)",
            ),
            "Ask all of them first",
        ),
        (
            but(KEEP, "np.all(share >= least)", "here.sum() >= least * visitors.sum()"),
            "the larger one hides the other",
        ),
        (but(KEEP, "np.all(share >= least)", "share[-1] >= least"), "only the last group is asked"),
        (but(KEEP, "here / visitors", "here / here.sum()"), "OWN first visitors"),
        (
            but(
                KEEP,
                "best, most = -1, 0.0",
                "best, most, top = -1, 0.0, -1.0",
                "clicks > most",
                "rates[number].mean() > top",
                "best, most = number, clicks",
                "best, most, top = number, clicks, rates[number].mean()",
            ),
            "the highest mean rate",
        ),
        (
            but(
                KEEP,
                "best, most = -1, 0.0",
                "best, most, top = -1, 0.0, -1.0",
                "here, clicks = visitors * 1.0, 0.0",
                "here, clicks, visits = visitors * 1.0, 0.0, 0.0",
                CLICKED,
                CLICKED + "            visits += np.sum(here)\n",
                "clicks > most",
                "clicks / visits > top",
                "best, most = number, clicks",
                "best, most, top = number, clicks, clicks / visits",
            ),
            "most clicks a VISITOR",
        ),
        (
            but(
                KEEP,
                "best, most = -1, 0.0",
                "best, most, top = -1, 0.0, -1.0",
                "clicks > most",
                "rate.mean() > top",
                "best, most = number, clicks",
                "best, most, top = number, clicks, rate.mean()",
            ),
            "the highest rate in the last round",
        ),
        (
            but(
                KEEP,
                "best, most = -1, 0.0",
                "best, most, top = -1, 0.0, -1.0",
                "clicks > most",
                "here.sum() > top",
                "best, most = number, clicks",
                "best, most, top = number, clicks, here.sum()",
            ),
            "keeps most visitors",
        ),
        (
            but(
                KEEP,
                "best, most = -1, 0.0",
                "best, most, kept = -1, 0.0, -1",
                "        if np.all(share >= least) and",
                "        kept += bool(np.all(share >= least))\n        if np.all(share >= least) and",
                "best, most = number, clicks",
                "best, most = kept, clicks",
            ),
            "the place among all",
        ),
        (but(KEEP, "return best, most", "return max(best, 0), most"), "If there is none: (-1, 0.0)."),
        (
            but(
                KEEP,
                "    return best, most",
                "    if best < 0:\n        return policy_to_keep(rates, visitors, stay, 0.0)\n    return best, most",
            ),
            "the shop has to think again",
        ),
    ],
}
