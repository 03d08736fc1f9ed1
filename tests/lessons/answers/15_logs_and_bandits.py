"""Independent right answers and the usual wrong ones for lesson 15."""

RIGHT = {
    # a list of all impressions
    "click_loss": """
def click_loss(predicted, rates, shown):
    costs = []
    for p, rate, n in zip(predicted, rates, shown):
        clicks = round(float(rate * n))
        costs += [-math.log(p)] * clicks + [-math.log1p(-p)] * (int(n) - clicks)
    return sum(costs) / len(costs)
""",
    # by variances that would give these ends: two pythagorean triangles, as complex numbers
    "difference_interval": """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    counts = [np.asarray(each, float) for each in (clicks_a, shown_a, clicks_b, shown_b)]
    a, b = counts[0] / counts[1], counts[2] / counts[3]
    ends_a, ends_b = wilson_interval(*counts[:2]), wilson_interval(*counts[2:])
    reach = [np.abs((ends_b[side] - b) + 1j * (ends_a[1 - side] - a)) for side in (0, 1)]
    return b - a - reach[0], b - a + reach[1]
""",
    # the looks one after the other, with the runs that still go on
    "play_the_looks": """
def play_the_looks(z, bounds):
    runs, looks = z.shape
    going = np.full(runs, True)
    verdict = np.zeros(runs)
    taken = 0
    for look in range(looks):
        taken += going.sum()
        stops = going & ((z[:, look] >= bounds[look]) | (z[:, look] <= -bounds[look]))
        verdict[stops] = np.sign(z[stops, look])
        going &= ~stops
    return 1 - going.sum() / runs, np.count_nonzero(verdict == 1) / runs, taken / runs
""",
    # sums of the three parts, and the spread from the sum of squares
    "from_the_log": """
def from_the_log(items, rewards, propensities, target, predicted):
    n = len(items)
    w = [target[item] / p for item, p in zip(items, propensities)]
    clicked = [w[t] * rewards[t] for t in range(n)]
    expected = [w[t] * predicted[items[t]] for t in range(n)]
    belief = float(np.sum(target * predicted))
    robust = belief + (math.fsum(clicked) - math.fsum(expected)) / n
    squares = math.fsum((belief + c - e - robust) ** 2 for c, e in zip(clicked, expected))
    return math.fsum(clicked) / n, robust, math.sqrt(squares / (n - 1) / n)
""",
    # by shares of the measured weight
    "worth": """
def worth(weights, measured, least):
    known = [w for w, m in zip(weights, measured) if m]
    total = math.fsum(weights)
    shares = np.array(known) / math.fsum(known)
    rows_worth = 1 / np.dot(shares, shares)
    unknown = 1 - math.fsum(known) / total
    if rows_worth < least or unknown > 0.1:
        return rows_worth, unknown, False
    return rows_worth, unknown, True
""",
    # visitor by visitor, item by item, with searchsorted
    "grid_thompson": """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    sums = []
    for n, c in zip(shown, clicked):
        logs = [math.log(p) + c * math.log(q) + (n - c) * math.log1p(-q) for p, q in zip(prior, grid)]
        top = max(logs)
        chances = np.array([math.exp(each - top) for each in logs])
        sums.append(np.cumsum(chances) / np.sum(chances))
    chosen = []
    for numbers in uniforms:
        places = [np.searchsorted(each, u) for each, u in zip(sums, numbers)]
        chosen.append(places.index(max(places)))
    return np.array(chosen)
""",
}

WRONG = {
    "click_loss": [
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates.astype(int)
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return np.average(losses, weights=shown)
""",
            "One fault is left: a rate below 1 becomes 0",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = np.round(rates)
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return np.average(losses, weights=shown)
""",
            "a rounded rate says that all impressions",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return losses.mean()
""",
            "One fault is left: this is the mean over advertisements",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates.astype(int)
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return losses.mean()
""",
            "Both places are wrong: a rate below 1",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = (rates > 0.5) * 1.0
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return losses.mean()
""",
            "Both places are wrong: a rounded rate",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return np.sum(shown * losses)
""",
            "this is the sum over the impressions",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return np.mean(shown * losses)
""",
            "do not divide by the number of advertisements",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return -np.sum(shown * rates * np.log(predicted)) / shown.sum()
""",
            "a prediction of nearly 1 would be free",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return -np.sum(shown * (1 - rates) * np.log(1 - predicted)) / shown.sum()
""",
            "a prediction of nearly 0 would be free",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return np.average(losses, weights=shown) / np.log(2)
""",
            "this is in bits",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    labels = rates
    losses = -(labels * np.log(predicted) + (1 - labels) * np.log(1 - predicted))
    return -np.average(losses, weights=shown)
""",
            "A loss is not below 0",
        ),
    ],
    "difference_interval": [
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return low_b - high_a, high_b - low_a
""",
            "do they overlap?",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return a - b - np.hypot(a - low_a, high_b - b), a - b + np.hypot(high_a - a, b - low_b)
""",
            "The order is the other one: b minus a",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return low_a - high_b, high_a - low_b
""",
            "the farthest cases of a minus b",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return b - a - np.hypot(b - low_b, a - low_a), b - a + np.hypot(high_b - b, high_a - a)
""",
            "yours takes a and b at the same end",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return b - a - np.hypot(high_b - b, a - low_a), b - a + np.hypot(b - low_b, high_a - a)
""",
            "The distances belong to the other end",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return b - a - ((b - low_b) ** 2 + (high_a - a) ** 2), b - a + ((high_b - b) ** 2 + (a - low_a) ** 2)
""",
            "take its root",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    half = np.hypot(high_a - low_a, high_b - low_b) / 2
    return b - a - half, b - a + half
""",
            "With half their widths that is lost",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    half = np.hypot(high_a - low_a, high_b - low_b) / 2
    middle = (low_b + high_b - low_a - high_a) / 2
    return middle - half, middle + half
""",
            "not of the intervals' middles",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return low_b - low_a, high_b - high_a
""",
            "Both low ends, and both high ends",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    half = 1.959963984540054 * np.sqrt(a * (1 - a) / shown_a + b * (1 - b) / shown_b)
    return b - a - half, b - a + half
""",
            "Wald's interval of a difference",
        ),
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    a, b = clicks_a / shown_a, clicks_b / shown_b
    low_a, high_a = wilson_interval(clicks_a, shown_a)
    low_b, high_b = wilson_interval(clicks_b, shown_b)
    return b - a + np.hypot(high_b - b, a - low_a), b - a - np.hypot(b - low_b, high_a - a)
""",
            "The low end comes first",
        ),
    ],
    "play_the_looks": [
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond[:, -1]
    last = np.full(len(z), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "This looks at the last look only",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = z >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "take the size of z without its sign",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = beyond.argmax(axis=1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "The first True of a row without any",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = beyond.argmax(axis=1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last)
""",
            "two things to mend in the mean",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[:, -1] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "the sign at the last look is never seen",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[:, 0] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "not at the first look of all",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last[declared] + 1)
""",
            "those that never stop take all looks",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last)
""",
            "Looks are counted from 1",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1])
    better = declared & (z[np.arange(len(z)), beyond.argmax(axis=1)] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "there is none after it",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) > bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "At the bound itself a run stops",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.sum() / declared.sum(), np.mean(last + 1)
""",
            "not of those with a verdict",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = z[np.arange(len(z)), last] > 0
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "declares nothing, whatever its last sign",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds[0]
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "this takes the first one for all",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds[-1]
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "this takes the last one for all",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, z.shape[1] - 1 - beyond[:, ::-1].argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "at its first look beyond the bound, not at its last",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, np.abs(z).argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "not where z is largest",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return beyond.mean(), (beyond & (z > 0)).mean(), np.mean(last + 1)
""",
            "a run with two looks beyond its bound stops once",
        ),
    ],
    "from_the_log": [
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = propensities / target[items]
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The weights are upside down",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = 1 / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the target's probability of the item is missing",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items]
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the log's propensity is missing",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.sum(w * rewards) / rewards.sum(), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "one over those that were clicked",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.sum(w * rewards) / w.sum(), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "By the sum of the weights it is the self-normalised one",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = predicted[items] + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "yours is the guess for the item shown",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = predicted.mean() + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "does not show all items equally often",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = w * predicted[items] + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the weighted guess that it takes away again",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the belief is missing",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The surprise has to be weighted",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * rewards * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "if a click was expected",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * rewards
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "What corrects is the surprise",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted - w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The correction goes the wrong way",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), rewards.std(ddof=1) / math.sqrt(len(terms))
""",
            "this is that of the clicks",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), (w * rewards).std(ddof=1) / math.sqrt(len(terms))
""",
            "this is that of IPS",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1)
""",
            "by the root of n",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std() / math.sqrt(len(terms))
""",
            "With n - 1 below",
        ),
        (
            """
def from_the_log(items, rewards, propensities, target, predicted):
    kept = target[items] > 0
    items, rewards, propensities = items[kept], rewards[kept], propensities[kept]
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return np.mean(w * rewards), terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "count in n all the same",
        ),
    ],
    "worth": [
        (
            """
def worth(weights, measured, least):
    good = weights
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "those of the measured rows alone",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[~measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "the rows that were NOT measured",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = len(good)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "The number of rows is not what they are worth",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = np.sum(good**2) / good.sum() ** 2
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "yours is upside down",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = 1 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "the square of their sum is missing",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.mean() ** 2 / np.mean(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "short of the factor n",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "The sum above the line is squared",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = np.mean(~measured)
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "share of the ROWS",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / good.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "The share is of the sum of all weights",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = good.sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed <= 0.1)
""",
            "the share that WAS measured",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and guessed > 0.1)
""",
            "it may not be above a tenth",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least or guessed <= 0.1)
""",
            "Both conditions have to hold",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least)
""",
            "forgets what rests on rows",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(weights.sum() ** 2 / np.sum(weights**2) >= least and guessed <= 0.1)
""",
            "not of all.",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff >= least and np.mean(~measured) <= 0.1)
""",
            "a share of the weight, not of the rows",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(guessed <= 0.1)
""",
            "forgets how many effective samples",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff < least or guessed > 0.1)
""",
            "yours is the other way round",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, bool(eff <= least and guessed <= 0.1)
""",
            "at least `least`",
        ),
        (
            """
def worth(weights, measured, least):
    good = weights[measured]
    eff = good.sum() ** 2 / np.sum(good**2)
    guessed = weights[~measured].sum() / weights.sum()
    return eff, guessed, int(eff >= least and guessed <= 0.1)
""",
            "expected True or False",
        ),
    ],
    "grid_thompson": [
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = 0 + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "What you thought before is missing",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = len(shown) * np.log(prior) + np.outer(clicked, np.log(grid))
    logs = logs + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "once, not once for each item",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = 2 * np.log(prior) + np.outer(clicked, np.log(grid))
    logs = logs + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "here it is there twice",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + 0
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "Impressions without a click tell something",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "it counts shown - clicked times",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + 0 + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "Clicks tell something, too",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = chances @ grid / chances.sum(axis=1)
    return np.full(len(uniforms), rates.argmax())
""",
            "the mean of a posterior is the same",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[logs.argmax(axis=1)]
    return np.full(len(uniforms), rates.argmax())
""",
            "the likeliest rate is the same",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums >= uniforms[0][:, None]).argmax(axis=1)]
    return np.full(len(uniforms), rates.argmax())
""",
            "here all get those of the first",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :1, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "here they share the first",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= 1 - uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "summed up from the highest rate",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[np.maximum((sums[None] < uniforms[:, :, None]).sum(axis=2) - 1, 0)]
    return rates.argmax(axis=1)
""",
            "this is the one below it",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return len(shown) - 1 - rates[:, ::-1].argmax(axis=1)
""",
            "the first is shown",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmin(axis=1)
""",
            "the smallest drawn rate",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    sums = np.cumsum(chances, axis=1)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "have to end at 1",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs - logs.max())
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "each item's own largest",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    chances = prior * grid ** clicked[:, None] * (1 - grid) ** (shown - clicked)[:, None]
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    rates = grid[(sums[None] >= uniforms[:, :, None]).argmax(axis=2)]
    return rates.argmax(axis=1)
""",
            "powers become 0, and 0/0 is nan",
        ),
        (
            """
def grid_thompson(grid, prior, shown, clicked, uniforms):
    logs = np.log(prior) + np.outer(clicked, np.log(grid)) + np.outer(shown - clicked, np.log(1 - grid))
    chances = np.exp(logs)
    sums = np.cumsum(chances, axis=1) / chances.sum(axis=1, keepdims=True)
    chosen = []
    for numbers in uniforms:
        places = [min(np.searchsorted(row, u), len(grid) - 1) for row, u in zip(sums, numbers)]
        chosen.append(int(np.argmax(places)))
    return np.array(chosen)
""",
            "powers become 0, and 0/0 is nan",
        ),
    ],
}
