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
    # sums of the parts, and the error from the sum of squares
    "gain_from_the_log": """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    n = len(items)
    w = [target[item] / p for item, p in zip(items, propensities)]
    belief = math.fsum(target * predicted)
    clicked = [(w[t] - 1) * rewards[t] for t in range(n)]
    expected = [w[t] * predicted[items[t]] for t in range(n)]
    gain = belief + (math.fsum(clicked) - math.fsum(expected)) / n
    squares = math.fsum((belief + c - e - gain) ** 2 for c, e in zip(clicked, expected))
    return gain, math.sqrt(squares / (n - 1) / n)
""",
    # by deleting, one row after the other
    "weakest_row": """
def weakest_row(clicks, weights, measured, most):
    places = np.flatnonzero(measured)
    c, w = clicks[places], weights[places]
    whole = np.average(c, weights=w)
    without = [np.average(np.delete(c, t), weights=np.delete(w, t)) for t in range(len(w))]
    far = [abs(each / whole - 1) for each in without]
    t = far.index(max(far))
    if far[t] > most or math.fsum(w) < 0.9 * math.fsum(weights):
        return places[t], without[t], False
    return places[t], without[t], True
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
            "This is still the program as it was",
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
        (
            """
def click_loss(predicted, rates, shown):
    clicked = (rates * shown).astype(int)
    losses = -(clicked * np.log(predicted) + (shown - clicked) * np.log(1 - predicted))
    return losses.sum() / shown.sum()
""",
            "0.29 * 100 is 28.999...",
        ),
        (
            """
def click_loss(predicted, rates, shown):
    clicked = np.ceil(rates * shown)
    losses = -(clicked * np.log(predicted) + (shown - clicked) * np.log(1 - predicted))
    return losses.sum() / shown.sum()
""",
            "0.28 * 100 is 28.000...04",
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
        (
            """
def difference_interval(clicks_a, shown_a, clicks_b, shown_b):
    rate = (clicks_a + clicks_b) / (shown_a + shown_b)
    half = 1.959963984540054 * np.sqrt(rate * (1 - rate) * (1 / shown_a + 1 / shown_b))
    return clicks_b / shown_b - clicks_a / shown_a - half, clicks_b / shown_b - clicks_a / shown_a + half
""",
            "This takes both rates for one",
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
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    return declared.mean(), (z >= bounds).any(axis=1).mean(), np.mean(last + 1)
""",
            "A run that stops below its bound is over",
        ),
        (
            """
def play_the_looks(z, bounds):
    beyond = np.abs(z) >= bounds
    beyond[:, -1] = False
    declared = beyond.any(axis=1)
    last = np.where(declared, beyond.argmax(axis=1), z.shape[1] - 1)
    better = declared & (z[np.arange(len(z)), last] > 0)
    return declared.mean(), better.mean(), np.mean(last + 1)
""",
            "The last look counts, too",
        ),
    ],
    "gain_from_the_log": [
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items])
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "how much MORE is asked",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), (terms + rewards).std(ddof=1) / math.sqrt(len(terms))
""",
            "not that of the target's value alone",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    error = np.hypot((terms + rewards).std(ddof=1), rewards.std(ddof=1))
    return terms.mean(), error / math.sqrt(len(terms))
""",
            "so their errors hang together",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = rewards - target @ predicted - w * (rewards - predicted[items])
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The difference is the other one",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - predicted[items]
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "no guess is needed for it",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - w * rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "so it has no weight",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = propensities / target[items]
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The weights are upside down",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = 1 / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the target's probability of the item is missing",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items]
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the log's propensity is missing",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.sum() / w.sum(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "do not divide by the sum of the weights",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = predicted[items] + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "yours is the guess for the item shown",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = predicted.mean() + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "does not show all items equally often",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = w * predicted[items] + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the weighted guess that it takes away again",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "the belief is missing",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The surprise has to be weighted",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * rewards * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "if a click was expected",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * rewards - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "What corrects is the surprise",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted - w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "The correction goes the wrong way",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1)
""",
            "by the root of n",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std() / math.sqrt(len(terms))
""",
            "With n - 1 below",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    kept = target[items] > 0
    items, rewards, propensities = items[kept], rewards[kept], propensities[kept]
    w = target[items] / propensities
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "count in n all the same",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = np.minimum(target[items] / propensities, 5)
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "Weights are cut at 5 here",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = np.minimum(target[items] / propensities, 10)
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "Weights are cut at 10 here",
        ),
        (
            """
def gain_from_the_log(items, rewards, propensities, target, predicted):
    w = np.minimum(target[items] / propensities, 20)
    terms = target @ predicted + w * (rewards - predicted[items]) - rewards
    return terms.mean(), terms.std(ddof=1) / math.sqrt(len(terms))
""",
            "Weights are cut at 20 here",
        ),
    ],
    "weakest_row": [
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = weights
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "from the measured rows alone",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(known.argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "a click with less weight may do more",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(move.argmin())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "It may move up as well",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(move.argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "An estimate may move down as well",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return int(measured[:row].sum()), without[row], bool(firm and covered)
""",
            "its number among the measured rows",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / whole
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "missing below the line, too",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = np.where(measured, clicked / (whole - known), clicked / whole)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "missing above the line, too",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = np.where(measured, (clicked - known * clicks) / (measured.sum() - 1), clicked / measured.sum())
    move = without - clicked / measured.sum()
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / measured.sum()
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "as IPS does",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * without[row]
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "WITH all measured rows",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "compared with the move itself",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * np.average(clicks, weights=weights)
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "estimate from the MEASURED rows",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.mean(~measured) <= 0.1
    return row, without[row], bool(firm and covered)
""",
            "The tenth is one of the WEIGHT",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * whole
    return row, without[row], bool(firm and covered)
""",
            "the sum of ALL weights",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm or covered)
""",
            "Both conditions have to hold",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm)
""",
            "forgets what rests on rows",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(covered)
""",
            "forgets how far one row",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], not (firm and covered)
""",
            "yours is the other way round",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(not firm and covered)
""",
            "yours asks for more",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], int(firm and covered)
""",
            "expected True or False",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int((known * np.abs(clicks - clicked / whole)).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "is not all: a row that is left out takes its weight",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(np.log(without / (clicked / whole))).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "This compares ratios",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = len(move) - 1 - int(np.abs(move)[::-1].argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "the first is wanted, and this is the last",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.flatnonzero(np.abs(move) == np.abs(move).max())[-1])
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "the first is wanted, and this is the last",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.11 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "a share of 0.105 is too much",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.sum(weights[~measured]) <= 0.2 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "shares of 0.105 and 0.13 are too much",
        ),
        (
            """
def weakest_row(clicks, weights, measured, most):
    known = np.where(measured, weights, 0)
    clicked, whole = np.sum(known * clicks), np.sum(known)
    without = (clicked - known * clicks) / (whole - known)
    move = without - clicked / whole
    row = int(np.abs(move).argmax())
    firm = abs(move[row]) <= most * clicked / whole
    covered = np.max(weights[~measured]) <= 0.1 * np.sum(weights)
    return row, without[row], bool(firm and covered)
""",
            "many small rows together may hold it",
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
