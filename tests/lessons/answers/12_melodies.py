"""Independent right answers and the usual wrong ones for lesson 12."""

RIGHT = {
    # one event after the other
    "prices": """
def prices(probabilities, quarters):
    import math
    total = events = 0
    for tune in probabilities:
        for p in tune:
            total, events = total - math.log(p, 2), events + 1
    return total / events, total / sum(quarters), math.pow(2, total / events)
""",
    # letters for intervals, and a search in strings
    "relatives": """
def relatives(training, held_out, run):
    def written(pitches):
        sounding = [int(p) for p in pitches if p]
        return "".join(chr(1000 + b - a) for a, b in zip(sounding, sounding[1:]))

    library = [written(tune) for tune in training]
    counts = []
    for tune in map(written, held_out):
        pieces = [tune[start:start + run] for start in range(len(tune)) if start + run <= len(tune)]
        counts.append(len([1 for other in library if any(piece in other for piece in pieces)]))
    return counts
""",
    # one event at a time, from the longest context down
    "witten_bell": """
def witten_bell(counts):
    def chance(level, event):
        if level < 0:
            return 1 / len(counts[0])
        row = list(counts[level])
        kinds = len([c for c in row if c > 0])
        below = chance(level - 1, event)
        if not kinds:
            return below
        share = kinds / (sum(row) + kinds)
        return (1 - share) * row[event] / sum(row) + share * below

    return np.array([chance(len(counts) - 1, event) for event in range(len(counts[0]))])
""",
    # position by position
    "look_back": """
def look_back(queries, keys, values, window, slope):
    mixed = np.zeros((len(queries), values.shape[1]))
    for i, query in enumerate(queries):
        places = slice(max(0, i - window + 1), i + 1)
        scores = keys[places] @ query / len(query) ** 0.5 - slope * np.arange(i, -1, -1)[places]
        shares = [1 / np.sum(np.exp(np.minimum(scores - each, 700))) for each in scores]
        mixed[i] = np.array(shares) @ values[places]
    return mixed
""",
    # the matrix of slopes, step by step
    "choice_gradient": """
def choice_gradient(logits, pull, temperature):
    rows = []
    for line, force in zip(logits, pull):
        p = np.exp(line / temperature) / np.exp(line / temperature).sum()
        slopes = (np.diag(p) - np.outer(p, p)) / temperature
        rows.append(2 * slopes @ force)
    return np.array(rows)
""",
    # for every shift of one along the other, the longest stretch of agreements
    "longest_run": """
def longest_run(piece, tune):
    from fractions import Fraction
    def steps(notes):
        return [(int(b[0] - a[0]), Fraction(int(b[1]), int(a[1]))) for a, b in zip(notes, notes[1:])]
    ours, theirs, best = steps(piece), steps(tune), 0
    for shift in range(-len(theirs), len(ours)):
        here = 0
        for i in range(len(ours)):
            j = i - shift
            here = here + 1 if 0 <= j < len(theirs) and ours[i] == theirs[j] else 0
            best = max(best, here)
    return best + 1
""",
}

WRONG = {
    "prices": [
        (
            """
def prices(probabilities, quarters):
    cost = -sum(np.sum(np.log(p)) for p in probabilities)
    event = cost / sum(map(len, probabilities))
    return event, cost / np.sum(quarters), np.exp(event)
""",
            "These are nats",
        ),
        (
            """
def prices(probabilities, quarters):
    costs = [-np.mean(np.log2(p)) for p in probabilities]
    event = np.mean(costs)
    quarter = np.mean([c * len(p) / q for c, p, q in zip(costs, probabilities, quarters)])
    return event, quarter, 2**event
""",
            "mean of the tunes' own means",
        ),
        (
            """
def prices(probabilities, quarters):
    bits = -sum(np.sum(np.log2(p)) for p in probabilities)
    event = bits / sum(map(len, probabilities))
    return event, bits / np.sum(quarters), np.exp(event)
""",
            "Their perplexity is 2 ** bits",
        ),
        (
            """
def prices(probabilities, quarters):
    bits = -sum(np.sum(np.log(p)) for p in probabilities)
    event = bits / sum(map(len, probabilities))
    return event, bits / np.sum(quarters), 2**event
""",
            "take the same base for both",
        ),
        (
            """
def prices(probabilities, quarters):
    event = -np.mean(np.log2(np.concatenate(probabilities)))
    quarter = -sum(np.mean(np.log2(p)) for p in probabilities) / np.sum(quarters)
    return event, quarter, 2**event
""",
            "*all* bits of the tunes",
        ),
        (
            """
def prices(probabilities, quarters):
    bits = -sum(np.sum(np.log2(p[:-1])) for p in probabilities)
    event = bits / sum(len(p) - 1 for p in probabilities)
    return event, bits / np.sum(quarters), 2**event
""",
            "END is an event",
        ),
        (
            """
def prices(probabilities, quarters):
    costs = [-np.mean(np.log2(p)) for p in probabilities]
    event = np.mean(costs)
    return event, np.mean([c / q for c, q in zip(costs, quarters)]), 2**event
""",
            "means of means",
        ),
        (
            """
def prices(probabilities, quarters):
    costs = [-np.mean(np.log(each)) for each in probabilities]
    event = np.mean(costs)
    quarter = np.mean([cost / length for cost, length in zip(costs, quarters)])
    return event, quarter, np.exp(event)
""",
            "Nothing is changed yet",
        ),
        (
            """
def prices(probabilities, quarters):
    bits = -sum(np.sum(np.log2(p)) for p in probabilities)
    event = bits / sum(map(len, probabilities))
    return event, np.mean([-np.sum(np.log2(p)) / q for p, q in zip(probabilities, quarters)]), 2**event
""",
            "Three things",
        ),
    ],
    "relatives": [
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        p = p[p > 0].tolist()
        return {tuple(p[i:i + run]) for i in range(len(p) - run + 1)}
    return np.array([sum(bool(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "Compare intervals",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = np.diff(p).tolist()
        return {tuple(s[i:i + run]) for i in range(len(s) - run + 1)}
    return np.array([sum(bool(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "A rest is no pitch",
        ),
        (
            """
def relatives(training, held_out, run):
    def first(p):
        return tuple(np.diff(p[p > 0])[:run])
    return np.array([sum(first(t) == first(h) for t in training) for h in held_out])
""",
            "Only the openings are compared",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = np.diff(p[p > 0]).tolist()
        return {tuple(s[i:i + run - 1]) for i in range(len(s) - run + 2)}
    return np.array([sum(bool(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "which have one interval fewer",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = np.diff(p[p > 0]).tolist()
        return {tuple(s[i:i + run + 1]) for i in range(len(s) - run)}
    return np.array([sum(bool(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "this asks for one more",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = np.diff(p[p > 0]).tolist()
        return {tuple(s[i:i + run]) for i in range(len(s) - run + 1)}
    return np.array([sum(len(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "one relative, however many runs",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = np.diff(p[p > 0]).tolist()
        return {tuple(s[i:i + run]) for i in range(len(s) - run)}
    return np.array([sum(bool(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "The last window is missing",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = np.diff(p).tolist()
        return {tuple(s[i:i + run]) for i in range(len(s) - run + 1)}
    return np.array([sum(bool(runs(t) & runs(h[h > 0])) for t in training) for h in held_out])
""",
            "the training tunes have some, too",
        ),
        (
            """
def relatives(training, held_out, run):
    def runs(p):
        s = (np.diff(p[p > 0]) % 12).tolist()
        return {tuple(s[i:i + run]) for i in range(len(s) - run + 1)}
    return np.array([sum(bool(runs(t) & runs(h)) for t in training) for h in held_out])
""",
            "Make a set of tuples",
        ),
        (
            """
def relatives(training, held_out, run):
    def steps(p):
        return np.diff(p[p > 0]).tolist()
    def written(s):
        return ",".join(map(str, s))
    def runs(p):
        return [written(steps(p)[i:i + run]) for i in range(len(steps(p)) - run + 1)]
    known = [written(steps(t)) for t in training]
    return np.array([sum(any(r in k for r in runs(h)) for k in known) for h in held_out])
""",
            "Make a set of tuples",
        ),
    ],
    "witten_bell": [
        (
            """
def witten_bell(counts):
    shares = np.full(counts.shape[1], 1 / counts.shape[1])
    for row in counts:
        t = np.sum(row > 0)
        if t:
            shares = np.where(row > 0, row / (row.sum() + t), shares)
            shares = shares / shares.sum()
    return shares
""",
            "another distribution",
        ),
        (
            """
def witten_bell(counts):
    shares = np.full(counts.shape[1], 1 / counts.shape[1])
    for row in counts:
        t = np.sum(row > 0)
        if t:
            shares = np.where(row > 0, row / (row.sum() + t), shares)
    return shares
""",
            "do not add up to 1",
        ),
        (
            """
def witten_bell(counts):
    shares = np.full(counts.shape[1], 1 / counts.shape[1])
    for row in counts:
        t = np.sum(row > 0)
        with np.errstate(all="ignore"):
            shares = (row + t * shares) / (row.sum() + t)
    return shares
""",
            "A context that never came up gives 0 / 0",
        ),
        (
            """
def witten_bell(counts):
    shares = np.full(counts.shape[1], 1 / counts.shape[1])
    for row in counts:
        if row.sum():
            shares = (row + shares) / (row.sum() + 1)
    return shares
""",
            "that came, not 1",
        ),
        (
            """
def witten_bell(counts):
    V = counts.shape[1]
    shares = np.full(V, 1 / V)
    for row in counts:
        if row.sum():
            shares = (row + V * shares) / (row.sum() + V)
    return shares
""",
            "not that of all there are",
        ),
        (
            """
def witten_bell(counts):
    V = counts.shape[1]
    shares = np.full(V, 1 / V)
    for row in counts:
        t = np.sum(row > 0)
        if t:
            shares = (row + t / V) / (row.sum() + t)
    return shares
""",
            "all of them fall back on 1 / V",
        ),
        (
            """
def witten_bell(counts):
    row = counts[-1] + 1
    return row / row.sum()
""",
            "Begin with 1/V for all",
        ),
    ],
    "look_back": [
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = np.where((ago >= -1) & (ago < window), queries @ keys.T / np.sqrt(d) - slope * ago, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "sees the one after it",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = queries @ keys.T / np.sqrt(d) - slope * ago
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return np.where((ago >= 0) & (ago < window), weights, 0) @ values
""",
            "the mask comes after the softmax",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = np.where((ago >= 0) & (ago < window), queries @ keys.T / d - slope * ago, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "divided by d",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = np.where((ago >= -1) & (ago < window), queries @ keys.T / d - slope * ago, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "2 faults are left",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = np.where((ago >= 0) & (ago <= window), queries @ keys.T / np.sqrt(d) - slope * ago, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "one too wide",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    from course_lib.models.sequences import attention
    return np.asarray(attention.attend(queries, keys, values, attention.causal_mask(len(queries)))[0])
""",
            "The values are not those of the formula",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = np.where((ago >= 0) & (ago < window), queries @ keys.T / np.sqrt(d) - slope * ago, -np.inf)
    with np.errstate(all="ignore"):
        weights = np.exp(scores)
        return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "np.exp overflows",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = np.clip(queries @ keys.T / np.sqrt(d) - slope * ago, -50, 50)
    weights = np.where((ago >= 0) & (ago < window), np.exp(scores), 0)
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "clip nothing",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = queries @ keys.T / np.sqrt(d) - slope * ago
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = np.where((ago >= 0) & (ago < window), weights, 0)
    with np.errstate(all="ignore"):
        return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "Mask first, then take off",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    from course_lib.models.sequences import attention
    ago = np.arange(len(queries))[:, None] - np.arange(len(queries))
    return np.asarray(attention.attend(queries, keys, values, (ago >= 0) & (ago < window))[0])
""",
            "The slope is not used",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = queries @ keys.T / np.sqrt(d) + slope * ago
    scores = np.where((ago >= 0) & (ago < window), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "The sign is turned round",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = (queries @ keys.T - slope * ago) / np.sqrt(d)
    scores = np.where((ago >= 0) & (ago < window), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "One fault is left: the slope's part is divided as well",
        ),
        (
            """
def look_back(queries, keys, values, window, slope):
    n, d = queries.shape
    ago = np.arange(n)[:, None] - np.arange(n)
    scores = queries @ keys.T / np.sqrt(d) - slope * ago
    scores = np.where(ago >= 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True) @ values
""",
            "how far it may",
        ),
    ],
    "choice_gradient": [
        (
            """
def choice_gradient(logits, pull, temperature):
    p = np.exp(logits / temperature)
    p /= p.sum(axis=1, keepdims=True)
    return p * (pull - (p * pull).sum(axis=1, keepdims=True)) / temperature
""",
            "twice as strong",
        ),
        (
            """
def choice_gradient(logits, pull, temperature):
    p = np.exp(logits / temperature)
    p /= p.sum(axis=1, keepdims=True)
    return 2 * p * (pull - (p * pull).sum(axis=1, keepdims=True))
""",
            "its slope is divided by it",
        ),
        (
            """
def choice_gradient(logits, pull, temperature):
    p = np.exp(logits / temperature)
    p /= p.sum(axis=1, keepdims=True)
    return 2 * p * (1 - p) * pull / temperature
""",
            "not only its own",
        ),
        (
            """
def choice_gradient(logits, pull, temperature):
    return np.zeros_like(logits)
""",
            "a choice has no slope",
        ),
        (
            """
def choice_gradient(logits, pull, temperature):
    p = np.exp(logits / temperature)
    p /= p.sum()
    return 2 * p * (pull - (p * pull).sum()) / temperature
""",
            "the rows of one step",
        ),
        (
            """
def choice_gradient(logits, pull, temperature):
    p = np.exp(logits / temperature)
    p /= p.sum(axis=1, keepdims=True)
    return -2 * p * (pull - (p * pull).sum(axis=1, keepdims=True)) / temperature
""",
            "The sign is turned round",
        ),
    ],
    "longest_run": [
        (
            """
def longest_run(piece, tune):
    best = 1
    for i in range(len(piece)):
        for j in range(len(tune)):
            n = 0
            while i + n < len(piece) and j + n < len(tune) and (piece[i + n] == tune[j + n]).all():
                n += 1
            best = max(best, n)
    return best
""",
            "neither the key nor the note values",
        ),
        (
            """
def longest_run(piece, tune):
    from course_lib.scores.melody_copies import longest_runs
    return longest_runs([piece], [tune])[0].notes
""",
            "in notes twice as long",
        ),
        (
            """
def longest_run(piece, tune):
    best = 1
    for i in range(len(piece)):
        for j in range(len(tune)):
            n = 1
            while i + n < len(piece) and j + n < len(tune) and (
                piece[i + n, 0] - piece[i, 0] == tune[j + n, 0] - tune[j, 0]
            ):
                n += 1
            best = max(best, n)
    return best
""",
            "The rhythm counts, too",
        ),
        (
            """
def longest_run(piece, tune):
    def steps(m):
        return list(zip(np.diff(m[:, 0]), m[1:, 1] / m[:-1, 1]))
    a, b, best = steps(piece), steps(tune), 0
    for i in range(len(a)):
        for j in range(len(b)):
            n = 0
            while i + n < len(a) and j + n < len(b) and a[i + n] == b[j + n]:
                n += 1
            best = max(best, n)
    return best
""",
            "has n + 1 notes",
        ),
        (
            """
def longest_run(piece, tune):
    best = 1
    for i in range(len(piece)):
        for j in range(len(tune)):
            n = 1
            while i + n < len(piece) and j + n < len(tune) and piece[i + n, 0] == tune[j + n, 0] and (
                piece[i, 0] == tune[j, 0]
            ) and piece[i + n, 1] * tune[j, 1] == piece[i, 1] * tune[j + n, 1]:
                n += 1
            best = max(best, n)
    return best
""",
            "A copy in another key",
        ),
        (
            """
def longest_run(piece, tune):
    def same(a, b, c, d):
        step = (a[0] - b[0]) % 12 == (c[0] - d[0]) % 12
        return step and a[1] * d[1] == b[1] * c[1]
    best = 1
    for i in range(len(piece)):
        for j in range(len(tune)):
            n = 1
            while i + n < len(piece) and j + n < len(tune) and same(
                piece[i + n], piece[i + n - 1], tune[j + n], tune[j + n - 1]
            ):
                n += 1
            best = max(best, n)
    return best
""",
            "For every pair of places",
        ),
        (
            """
def longest_run(piece, tune):
    best = 1
    for factor in (1, 2, 3, 4):
        for i in range(len(piece)):
            for j in range(len(tune)):
                n = 0
                while i + n < len(piece) and j + n < len(tune) and (
                    piece[i + n, 0] - piece[i, 0] == tune[j + n, 0] - tune[j, 0]
                ) and piece[i + n, 1] == factor * tune[j + n, 1]:
                    n += 1
                best = max(best, n)
    return best
""",
            "For every pair of places",
        ),
    ],
}
