"""Independent right answers and the usual wrong ones for lesson 18."""

RIGHT = {
    # all shares at once from the transposed equations, and the error from the covariance of what was said
    "obeying": """
def obeying(confusion, said, asked):
    rates = np.array([row / row.sum() for row in confusion.astype(float)])
    back = np.linalg.inv(rates.T)
    s = said / said.sum()
    share = float((back @ s)[asked])
    covariance = (np.diag(s) - np.outer(s, s)) / said.sum()
    return np.clip(share, 0, 1), np.sqrt(back[asked] @ covariance @ back[asked])
""",
    # pixel by pixel, with no table; the fall from sums of squares: N |m|^2 less
    "palette_step": """
def palette_step(colours, counts, centres):
    k, d = centres.shape
    number, sums, before = np.zeros(k), np.zeros((k, d)), 0.0
    for colour, count in zip(colours, counts):
        far = [math.dist(colour, centre) ** 2 for centre in centres]
        far = [round(each, 9) for each in far]
        mine = far.index(min(far))
        number[mine] += count
        sums[mine] += count * colour
        before += count * far[mine]
    moved = centres.astype(float).copy()
    for j in range(k):
        if number[j]:
            moved[j] = sums[j] / number[j]
    return moved, before, before - np.sum(number * np.sum((moved - centres) ** 2, axis=1))
""",
    # pixel by pixel
    "on_new_ground": """
def on_new_ground(seen, alpha, old, new):
    pixels = []
    for c, a in zip(seen, alpha):
        if a == 0:
            pixels.append(new)
            continue
        own = old + (c - old) / a
        own = np.minimum(np.maximum(own, -1), 1)
        pixels.append(new + a * (own - new))
    return np.array(pixels)
""",
    # from the bottom: each next frame is put at one end or the other
    "round_on_a_line": """
def round_on_a_line(places):
    order = []
    for number, frame in enumerate(sorted(range(len(places)), key=lambda k: places[k])):
        order.insert(0 if number % 2 else len(order), frame)
    return order
""",
    # what both have in common, from rows that numpy counts
    "map_distance": """
def map_distance(made, example):
    def windows(tiles):
        wide = np.pad(tiles, ((0, 1), (0, 1)), mode="wrap")
        views = np.lib.stride_tricks.sliding_window_view(wide, (2, 2))
        return views.reshape(-1, 4).tolist()
    one, two = windows(made), windows(example)
    different = [list(each) for each in set(map(tuple, one))]
    common = sum(min(one.count(x) / len(one), two.count(x) / len(two)) for x in different)
    return 1 - common, sum(x not in two for x in one) / len(one)
""",
    # all states in one linear system
    "expected_turns": """
def expected_turns(pairs, memory):
    states = [(n, s) for n in range(pairs + 1) for s in range(pairs + 1 - n)]
    at = {state: place for place, state in enumerate(states)}
    A, b = np.eye(len(states)), np.zeros(len(states))
    for (n, s), row in at.items():
        ways = []
        cards = 2 * n + s
        if cards == 0:
            continue
        if s:
            ways.append((s / cards, n, s - 1, 1))
        if n:
            p = 2 * n / cards / (cards - 1)
            ways.append((p, n - 1, s, 1))
            if s:
                ways.append((p * s * memory, n - 1, s, 2))
                ways.append((p * s * (1 - memory), n, s - 1, 2))
            if n > 1:
                for first in (0, 1):
                    for second in (0, 1):
                        chance = p * (2 * n - 2)
                        chance *= memory if first else 1 - memory
                        chance *= memory if second else 1 - memory
                        ways.append((chance, n - first - second, s + first + second, 1))
        for chance, n2, s2, turns in ways:
            A[row, at[n2, s2]] -= chance
            b[row] += chance * turns
    return np.linalg.solve(A, b)[at[pairs, 0]]
""",
}

ALSO_RIGHT = {
    "obeying": [
        # picture by picture
        """
def obeying(confusion, said, asked):
    rates = confusion / confusion.sum(1)[:, None]
    wanted = np.zeros(len(said))
    wanted[asked] = 1
    weights = np.repeat(np.linalg.lstsq(rates, wanted, rcond=None)[0], said)
    return max(0, min(1, weights.mean())), weights.std() / len(weights) ** 0.5
""",
        # by Cramer's rule, in a list
        """
def obeying(confusion, said, asked):
    r = [[float(x) / sum(map(float, row)) for x in row] for row in confusion]
    k = len(r)
    def det(m):
        if len(m) == 1:
            return m[0][0]
        return sum((-1) ** j * m[0][j] * det([row[:j] + row[j + 1:] for row in m[1:]]) for j in range(len(m)))
    whole = det(r)
    w = []
    for j in range(k):
        m = [[(1.0 if i == asked else 0.0) if c == j else r[i][c] for c in range(k)] for i in range(k)]
        w.append(det(m) / whole)
    n = sum(int(s) for s in said)
    mean = sum(int(s) * x for s, x in zip(said, w)) / n
    var = sum(int(s) * (x - mean) ** 2 for s, x in zip(said, w)) / n
    return [max(min(mean, 1), 0), (var / n) ** 0.5]
""",
        # from the counts themselves: the row sum of the kind comes last
        """
def obeying(confusion, said, asked):
    # the confusion's own inverse, times the row sum
    w = np.linalg.inv(confusion)[:, asked] * confusion[asked].sum()
    n = np.sum(said)
    p = said / n
    m1, m2 = p @ w, p @ w**2
    return np.float32(np.clip(m1, 0, 1)), np.sqrt((m2 - m1**2) / n)
""",
        # step by step towards the weights
        """
def obeying(confusion, said, asked):
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    goal = np.zeros(len(rates)); goal[asked] = 1.0
    w = goal.copy()
    for _ in range(5000):
        w = w + 0.7 * (goal - rates @ w)
    mean = np.average(w, weights=said)
    return np.median([0, mean, 1]), np.sqrt(np.average((w - mean) ** 2, weights=said) / said.sum())
""",
    ],
    "palette_step": [
        # every pixel by itself
        """
def palette_step(colours, counts, centres):
    pixels = np.repeat(colours, counts, axis=0)
    far = np.stack([((pixels - centre) ** 2).sum(axis=1) for centre in centres])
    labels = np.argmin(far, axis=0)
    moved = np.array([
        pixels[labels == k].mean(axis=0) if np.any(labels == k) else centres[k]
        for k in range(len(centres))
    ])
    return moved, far.min(axis=0).sum(), ((pixels - moved[labels]) ** 2).sum()
""",
        # in tuples and lists
        """
def palette_step(colours, counts, centres):
    k = len(centres)
    groups = {j: [] for j in range(k)}
    for c, n in zip(colours.tolist(), counts.tolist()):
        d = [sum((a - b) ** 2 for a, b in zip(c, m)) for m in centres.tolist()]
        groups[d.index(min(d))].append((c, n))
    new, before, after = [], 0, 0
    for j in range(k):
        total = sum(n for _, n in groups[j])
        m = centres[j].tolist()
        if total:
            m = tuple(sum(n * c[i] for c, n in groups[j]) / total for i in range(len(m)))
        new.append(m)
        before += sum(n * sum((a - b) ** 2 for a, b in zip(c, centres[j])) for c, n in groups[j])
        after += sum(n * sum((a - b) ** 2 for a, b in zip(c, m)) for c, n in groups[j])
    return [new, before, after]
""",
        # multiplied out
        """
def palette_step(colours, counts, centres):
    # |x|^2 - 2 x c + |c|^2; the first of near equals
    far = (colours**2).sum(1)[:, None] - 2 * colours @ centres.T + (centres**2).sum(1)
    far = np.round(far, 6)
    labels = np.argmin(far, 1)
    number = np.bincount(labels, counts, len(centres))
    sums = np.stack([np.bincount(labels, counts * ch, len(centres)) for ch in colours.T], 1)
    moved = np.array(centres, float)
    np.divide(sums, number[:, None], out=moved, where=number[:, None] > 0)
    saved = (number * ((moved - centres) ** 2).sum(1)).sum()
    before = (counts * np.take_along_axis(far, labels[:, None], 1)[:, 0]).sum()
    return moved, before, before - saved
""",
        # only colours that a pixel has
        """
def palette_step(colours, counts, centres):
    used = counts > 0
    x, w = colours[used], counts[used]
    labels = ((x[:, None] - centres) ** 2).sum(-1).argmin(-1)
    sums, n = np.zeros(centres.shape), np.zeros((len(centres), 1))
    np.add.at(sums, labels, w[:, None] * x)
    np.add.at(n, labels, w[:, None])
    moved = np.where(n == 0, centres, sums / (n + (n == 0)))
    return moved, (w[:, None] * (x - centres[labels]) ** 2).sum(), (w[:, None] * (x - moved[labels]) ** 2).sum()
""",
    ],
    "on_new_ground": [
        # nan is replaced afterwards
        """
def on_new_ground(seen, alpha, old, new):
    a = np.repeat(alpha[:, None], 3, axis=1)
    with np.errstate(all="ignore"):
        own = np.clip((seen - old + a * old) / a, -1, 1)
        return np.where(a == 0, new, a * own + (1 - a) * new)
""",
        # no division at all: alpha F itself lies from -alpha to alpha
        """
def on_new_ground(seen, alpha, old, new):
    # alpha F itself lies from -alpha to alpha: no division
    a = alpha.reshape(-1, 1)
    return np.clip(seen - (1 - a) * old, -a, a) + (1 - a) * new
""",
        # number by number, into tuples
        """
def on_new_ground(seen, alpha, old, new):
    result = []
    for pixel, a in zip(seen, alpha):
        row = []
        for c, o, n in zip(pixel, old, new):
            f = (c - o * (1 - a)) / a if a > 0 else 0
            f = max(-1, min(1, f))
            row.append(n + a * (f - n))
        result.append(tuple(row))
    return result
""",
        # in the array that was given
        """
def on_new_ground(seen, alpha, old, new):
    a = alpha[:, None]
    seen -= (1 - a) * old
    seen /= np.where(a > 0, a, 1)
    np.clip(seen, -1, 1, out=seen)
    seen *= a
    seen += (1 - a) * new
    return seen
""",
    ],
    "round_on_a_line": [
        # the other way round, from the far end
        """
def round_on_a_line(places):
    falling = list(np.argsort(-places))
    return np.array(falling[1::2] + falling[::2][::-1])
""",
        # two ways, kept apart
        """
def round_on_a_line(places):
    there, back = [], []
    for number, frame in enumerate(np.argsort(places)):
        (back if number % 2 else there).append(int(frame))
    back.reverse()
    return there + back
""",
        # a frame more, and turned round
        """
def round_on_a_line(places):
    s = np.argsort(places)
    def grow(k):
        if k == 1:
            return [int(s[0])]
        r = grow(k - 1)
        return [int(s[k - 1])] + r[::-1]
    return grow(len(s))
""",
        # whole numbers as floats
        """
def round_on_a_line(places):
    s = np.argsort(-np.asarray(places))
    return tuple(float(x) for x in np.r_[s[1::2], s[::2][::-1]])
""",
        # by ranks
        """
def round_on_a_line(places):
    rank = np.empty(len(places), int)
    rank[np.argsort(places)] = np.arange(len(places))
    return np.argsort(np.where(rank % 2 == 0, rank, 2 * len(places) - rank))
""",
    ],
    "map_distance": [
        # the set itself: all in which made has the larger share
        """
def map_distance(made, example):
    from collections import Counter
    def count(t):
        r, c = t.shape
        return Counter(
            (t[i, j], t[i, j - c + 1], t[i - r + 1, j], t[i - r + 1, j - c + 1])
            for i in range(r) for j in range(c)
        )
    p, q = count(made), count(example)
    more = {x: p[x] / made.size - q[x] / example.size for x in p}
    return sum(each for each in more.values() if each > 0), sum(p[x] for x in p if x not in q) / made.size
""",
        # counted by numpy
        """
def map_distance(made, example):
    def rows(t):
        t = np.concatenate([t, t[:1]]); t = np.concatenate([t, t[:, :1]], axis=1)
        return np.stack([t[:-1, :-1], t[:-1, 1:], t[1:, :-1], t[1:, 1:]], -1).reshape(-1, 4)
    a, b = rows(made), rows(example)
    _, which = np.unique(np.concatenate([a, b]), axis=0, return_inverse=True)
    which = which.ravel()
    n = which.max() + 1
    p = np.bincount(which[: len(a)], minlength=n) / len(a)
    q = np.bincount(which[len(a):], minlength=n) / len(b)
    return np.array([np.abs(p - q).sum() / 2, p[q == 0].sum()])
""",
        # one number for four tiles, with a base that is large enough
        """
def map_distance(made, example):
    base = int(max(made.max(), example.max())) + 1
    def code(t):
        r = np.roll(t, -1, 1)
        d = np.roll(t, -1, 0)
        e = np.roll(t, (-1, -1), (0, 1))
        return (((t * base + r) * base + d) * base + e).ravel()
    a, b = code(made), code(example)
    both = np.union1d(a, b)
    gap = np.array([np.mean(a == x) - np.mean(b == x) for x in both])
    return gap[gap > 0].sum(), 1 - np.isin(a, b).mean()
""",
        # as text, with commas, and lists
        """
def map_distance(made, example):
    def words(t):
        R, C = t.shape
        corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
        return [
            ",".join(str(t[(i + a) % R][(j + b) % C]) for a, b in corners) for i in range(R) for j in range(C)
        ]
    a, b = words(made), words(example)
    d = 0.0
    for w in set(a):
        d += max(0.0, a.count(w) / len(a) - b.count(w) / len(b))
    return [d, len([w for w in a if w not in b]) / len(a)]
""",
    ],
    "expected_turns": [
        # from state to state, by itself
        """
def expected_turns(pairs, memory):
    from functools import cache
    m, f = memory, 1 - memory
    @cache
    def mean(n, s):
        if n == 0:
            return s
        first, second = 2 * n + s, 2 * n + s - 1
        total = 1.0
        if s:
            total += s / first * mean(n, s - 1)
        q = 2 * n / first
        total += q / second * mean(n - 1, s)
        if s:
            total += q * s / second * (1 + m * mean(n - 1, s) + f * mean(n, s - 1))
        r = q * (2 * n - 2) / second
        if r:
            total += r * (m * m * mean(n - 2, s + 2) + 2 * m * f * mean(n - 1, s + 1))
        return total / (1 - r * f * f)
    return mean(pairs, 0)
""",
        # in fractions
        """
def expected_turns(pairs, memory):
    from fractions import Fraction
    m = Fraction(memory)
    E = {(0, s): Fraction(s) for s in range(pairs + 1)}
    for n in range(1, pairs + 1):
        for s in range(pairs - n + 1):
            c = 2 * n + s
            t = Fraction(1)
            if s:
                t += Fraction(s, c) * E[n, s - 1]
                t += Fraction(2 * n * s, c * (c - 1)) * (1 + m * E[n - 1, s] + (1 - m) * E[n, s - 1])
            t += Fraction(2 * n, c * (c - 1)) * E[n - 1, s]
            f = Fraction(2 * n * (2 * n - 2), c * (c - 1))
            if f:
                t += f * (m * m * E[n - 2, s + 2] + 2 * m * (1 - m) * E[n - 1, s + 1])
            E[n, s] = t / (1 - f * (1 - m) ** 2)
    return float(E[pairs, 0])
""",
        # by visits of each state
        """
def expected_turns(pairs, memory):
    # visits of each state, by a chain; then the turns that each visit costs
    S = [(n, s) for n in range(pairs + 1) for s in range(pairs + 1 - n) if n + s]
    at = {x: i for i, x in enumerate(S)}
    P = np.zeros((len(S), len(S))); cost = np.ones(len(S))
    for (n, s), i in at.items():
        c = 2 * n + s
        def go(a, b, w):
            if (a, b) in at:
                P[i, at[a, b]] += w
        if n == 0:
            go(0, s - 1, 1.0); continue
        go(n, s - 1, s / c) if s else None
        u = 2 * n / c
        go(n - 1, s, u / (c - 1))
        if s:
            w = u * s / (c - 1); cost[i] += w
            go(n - 1, s, w * memory); go(n, s - 1, w * (1 - memory))
        w = u * (2 * n - 2) / (c - 1)
        if w:
            go(n - 2, s + 2, w * memory**2)
            go(n - 1, s + 1, 2 * w * memory * (1 - memory))
            go(n, s, w * (1 - memory) ** 2)
    visits = np.linalg.inv(np.eye(len(S)) - P)[at[pairs, 0]]
    return visits @ cost
""",
    ],
}

OBEYS = """
def obeying(confusion, said, asked):
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    weights = np.linalg.solve(rates, np.eye(len(rates))[asked])
    n = said.sum()
    share = said @ weights / n
    spread = math.sqrt(said @ (weights - share) ** 2 / n)
    return min(1.0, max(0.0, share)), spread / math.sqrt(n)
"""
STEP = """
def palette_step(colours, counts, centres):
    far = np.sum((colours[:, None] - centres[None]) ** 2, axis=2)
    labels = far.argmin(axis=1)
    moved = centres.copy()
    for k in range(len(centres)):
        mine = labels == k
        if counts[mine].sum() > 0:
            moved[k] = counts[mine] @ colours[mine] / counts[mine].sum()
    before = counts @ far.min(axis=1)
    after = counts @ np.sum((colours - moved[labels]) ** 2, axis=1)
    return moved, before, after
"""
GROUND = """
def on_new_ground(seen, alpha, old, new):
    a = alpha[:, None]
    figure = (seen - (1 - a) * old) / np.where(a > 0, a, 1)
    figure = np.clip(figure, -1, 1)
    return a * figure + (1 - a) * new
"""
ROUND = """
def round_on_a_line(places):
    s = np.argsort(places)
    return np.concatenate([s[::2], s[1::2][::-1]])
"""
MAPS = """
def map_distance(made, example):
    def shares(t):
        found = {}
        rows, columns = t.shape
        for i in range(rows):
            for j in range(columns):
                down, right = (i + 1) % rows, (j + 1) % columns
                x = (t[i, j], t[i, right], t[down, j], t[down, right])
                found[x] = found.get(x, 0) + 1
        whole = t.size
        return {x: count / whole for x, count in found.items()}
    p, q = shares(made), shares(example)
    every = set(p) | set(q)
    distance = sum(abs(p.get(x, 0) - q.get(x, 0)) for x in every) / 2
    strange = sum(p[x] for x in p if x not in q)
    return distance, strange
"""
TURNS = """
def expected_turns(pairs, memory):
    E = {}
    for n in range(pairs + 1):
        for s in range(pairs - n + 1):
            def e(n, s):
                return E.get((n, s), 0.0)
            cards = 2 * n + s
            if n == 0:
                E[n, s] = s
                continue
            known = s / cards
            partner = (1 - known) / (cards - 1)
            old = (1 - known) * s / (cards - 1)
            new = (1 - known) * (2 * n - 2) / (cards - 1)
            both, one, none = memory**2, 2 * memory * (1 - memory), (1 - memory) ** 2
            total = 1 + known * e(n, s - 1) + partner * e(n - 1, s)
            total += old * (1 + memory * e(n - 1, s) + (1 - memory) * e(n, s - 1))
            total += new * (both * e(n - 2, s + 2) + one * e(n - 1, s + 1))
            E[n, s] = total / (1 - new * none)
    return E[pairs, 0]
"""


def but(source: str, *changes: str) -> str:
    """A right answer with faults: what stands in it, and what stands there instead, in turn."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


WEIGHTS = "np.linalg.solve(rates, np.eye(len(rates))[asked])"
RATES = "confusion / confusion.sum(axis=1, keepdims=True)"
CUT = "min(1.0, max(0.0, share))"
ERROR = "spread / math.sqrt(n)"
MEAN = "counts[mine] @ colours[mine] / counts[mine].sum()"
LABELS = "far.argmin(axis=1)"
DISTANCE = "sum(abs(p.get(x, 0) - q.get(x, 0)) for x in every) / 2"
WINDOW = "x = (t[i, j], t[i, right], t[down, j], t[down, right])"
STRANGE = "sum(p[x] for x in p if x not in q)"

WRONG = {
    "obeying": [
        (but(OBEYS, WEIGHTS, "np.eye(len(rates))[asked]"), "This believes the judge"),
        (
            but(OBEYS, WEIGHTS, "np.eye(len(rates))[asked] / rates[asked, asked]"),
            "calls pictures of OTHER kinds so",
        ),
        (but(OBEYS, WEIGHTS, "(confusion / confusion.sum(axis=0))[asked]"), "if the kinds are mixed"),
        (
            but(
                OBEYS,
                WEIGHTS,
                "np.full(len(rates), 0.0)",
                "    n = said.sum()\n",
                "    real = confusion.sum(axis=1)\n"
                "    false = (confusion[:, asked].sum() - confusion[asked, asked]) / (real.sum() - real[asked])\n"
                "    weights = weights - false\n    weights[asked] += 1\n"
                "    weights /= rates[asked, asked] - false\n    n = said.sum()\n",
            ),
            "All other kinds are taken together",
        ),
        (but(OBEYS, "solve(rates,", "solve(rates.T,"), "transposed"),
        (but(OBEYS, "axis=1, keepdims=True", "axis=0, keepdims=True"), "Here each column's do."),
        (
            but(OBEYS, "axis=1, keepdims=True", "axis=0, keepdims=True", "solve(rates,", "solve(rates.T,"),
            "Here each column's do, and",
        ),
        (but(OBEYS, RATES, "confusion / confusion.sum()"), "over the number of all pictures"),
        (
            but(OBEYS, RATES, "confusion / confusion.sum() * len(confusion)"),
            "Each row of `confusion` over its OWN",
        ),
        (but(OBEYS, CUT, "share"), "Sampling may drive"),
        (but(OBEYS, CUT, "max(0.0, share)"), "above 1, too"),
        (but(OBEYS, CUT, "min(1.0, share)"), "below 0, too"),
        (
            but(
                OBEYS,
                "    return",
                "    shares = np.linalg.solve(rates.T, said / n).clip(0)\n    return",
                CUT,
                "shares[asked] / shares.sum()",
            ),
            "All shares are cut off at 0",
        ),
        (
            but(OBEYS, ERROR, "math.sqrt(said[asked] / n * (1 - said[asked] / n) / n)"),
            "The error is that of what the judge SAID",
        ),
        (
            but(
                OBEYS,
                "    return",
                "    share = min(1.0, max(0.0, share))\n    return",
                ERROR,
                "math.sqrt(share * (1 - share) / n)",
            ),
            "a share seen without a judge",
        ),
        (but(OBEYS, ERROR, "spread"), "The error is for one picture"),
        (but(OBEYS, ERROR, "spread**2 / n"), "SQUARE of the error"),
        (but(OBEYS, "(weights - share) ** 2", "weights**2"), "weights around 0"),
        (
            but(OBEYS, "    spread", "    share = min(1.0, max(0.0, share))\n    spread"),
            "not around the share that was cut off",
        ),
        (but(OBEYS, ERROR, "np.std(weights) / math.sqrt(n)"), "each of his words counts once"),
        (but(OBEYS, ERROR, "spread / math.sqrt(n - 1)"), "not by n - 1"),
        # no weight below 0
        (but(OBEYS, WEIGHTS, f"{WEIGHTS}.clip(0)"), "the right answer is another one"),
        (
            but(OBEYS, RATES, "(confusion + 1) / (confusion + 1).sum(axis=1, keepdims=True)"),
            "the right answer is another one",
        ),
        (
            but(OBEYS, ERROR, "(spread / math.sqrt(n) if 0 <= share <= 1 else 0.0)"),
            "the error stays what it is",
        ),
        # the inverse to first order
        (
            but(OBEYS, WEIGHTS, "(2 * np.eye(len(rates)) - rates)[:, asked]"),
            "the right answer is another one",
        ),
        # a word that he never says is left out, with the kind
        (
            """
def obeying(confusion, said, asked):
    keep = said > 0
    keep[asked] = True
    c = confusion[keep][:, keep]
    s = said[keep]
    r = c / c.sum(axis=1, keepdims=True)
    e = np.zeros(len(s)); e[keep[:asked].sum()] = 1
    w = np.linalg.solve(r, e)
    n = s.sum()
    m = s @ w / n
    return min(1.0, max(0.0, m)), math.sqrt(s @ (w - m) ** 2 / n / n)
""",
            "the right answer is another one",
        ),
        # the likeliest mixture, which knows that no share is below 0
        (
            """
def obeying(confusion, said, asked):
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    p = np.full(len(said), 1 / len(said))
    for _ in range(3000):
        post = p[:, None] * rates / (p @ rates)
        p = post @ said / said.sum()
    w = np.linalg.solve(rates, np.eye(len(rates))[asked])
    n = said.sum(); m = said @ w / n
    return p[asked], math.sqrt(said @ (w - m) ** 2 / n / n)
""",
            "the right answer is another one",
        ),
    ],
    "palette_step": [
        (
            but(
                STEP,
                MEAN,
                "colours[mine].mean(axis=0)",
                "counts[mine].sum() > 0",
                "mine.any()",
                "counts @ far.min(axis=1)",
                "far.min(axis=1).sum()",
                "counts @ np.sum((colours",
                "np.sum((colours",
                "** 2, axis=1)",
                "** 2)",
            ),
            "in the centres and in the inertia",
        ),
        (
            but(STEP, MEAN, "colours[mine].mean(axis=0)", "counts[mine].sum() > 0", "mine.any()"),
            "The inertias count pixels, the centres do not",
        ),
        (
            but(
                STEP,
                "counts @ far.min(axis=1)",
                "far.min(axis=1).sum()",
                "counts @ np.sum((colours",
                "np.sum((colours",
                "** 2, axis=1)",
                "** 2)",
            ),
            "the inertias do not",
        ),
        (but(STEP, MEAN, "counts[mine] @ colours[mine] / mine.sum()"), "not of colours"),
        (but(STEP, "centres.copy()", "np.zeros_like(centres)"), "here it goes to 0"),
        (
            but(
                STEP,
                "        if counts[mine].sum() > 0:\n            moved[k]",
                "        with np.errstate(all='ignore'):\n            moved[k]",
            ),
            "here it is 0 / 0",
        ),
        (
            but(
                STEP,
                "    return moved,",
                "    used = np.bincount(labels, counts, minlength=len(centres)) > 0\n    return moved[used],",
            ),
            "stays in the palette",
        ),
        (
            but(
                STEP,
                "moved[k] = counts",
                "moved[k] = counts",
                "    before =",
                "    for k in range(len(centres)):\n        mine = labels == k\n"
                "        if mine.any() and counts[mine].sum() == 0:\n"
                "            moved[k] = colours[mine].mean(axis=0)\n    before =",
            ),
            "A colour that no pixel has",
        ),
        (but(STEP, LABELS, "far.shape[1] - 1 - far[:, ::-1].argmin(axis=1)"), "the LOWER number"),
        (
            but(
                STEP,
                "counts @ far.min(axis=1)",
                "counts @ np.sqrt(far.min(axis=1))",
                "counts @ np.sum((colours - moved[labels]) ** 2, axis=1)",
                "counts @ np.linalg.norm(colours - moved[labels], axis=1)",
            ),
            "SQUARED distances",
        ),
        (
            but(
                STEP,
                LABELS,
                "np.abs(colours[:, None] - centres[None]).sum(axis=2).argmin(axis=1)",
                "counts @ far.min(axis=1)",
                "counts @ far[np.arange(len(labels)), labels]",
            ),
            "straight distance",
        ),
        (
            but(STEP, MEAN, "np.median(np.repeat(colours[mine], counts[mine], axis=0), axis=0)"),
            "The median makes",
        ),
        (
            but(
                STEP,
                "    after =",
                "    labels = np.sum((colours[:, None] - moved) ** 2, axis=2).argmin(axis=1)\n    after =",
            ),
            "the nearest of the NEW centres",
        ),
        (but(STEP, "moved, before, after", "moved, after, after"), "here both are of the new ones"),
        (but(STEP, "moved, before, after", "moved, after, before"), "exchanged"),
        (
            but(STEP, "moved, before, after", "moved, before / len(colours), after / len(colours)"),
            "inertias a colour",
        ),
        (but(STEP, "moved, before, after", "moved, before / 2, after / 2"), "Half a square is handy"),
        (
            but(
                STEP,
                "moved, before, after",
                "moved, before / colours.shape[1], after / colours.shape[1]",
            ),
            "averaged over the channels",
        ),
        (
            but(
                STEP,
                LABELS,
                "np.abs(colours[:, None] - centres[None]).max(axis=2).argmin(axis=1)",
                "counts @ far.min(axis=1)",
                "counts @ far[np.arange(len(labels)), labels]",
            ),
            "the largest difference in any one channel decides",
        ),
        (but(STEP, "centres.copy()", "centres.astype(int)"), "the values are not"),
        # the centre goes to a colour that is there
        (but(STEP, MEAN, "colours[mine][counts[mine].argmax()]"), "The median makes"),
        # an empty centre goes where most is to be won
        (
            but(
                STEP,
                "    before =",
                "    for k in range(len(centres)):\n        if counts[labels == k].sum() == 0:\n"
                "            moved[k] = colours[(counts * far.min(axis=1)).argmax()]\n    before =",
            ),
            "the values are not",
        ),
        # centres move one after the other, and colours are dealt out anew in between
        (
            """
def palette_step(colours, counts, centres):
    moved = centres.copy()
    before = 0
    for k in range(len(centres)):
        far = np.sum((colours[:, None] - moved[None]) ** 2, axis=2)
        labels = far.argmin(axis=1)
        if k == 0:
            before = counts @ far.min(axis=1)
            first = labels
        mine = labels == k
        if counts[mine].sum() > 0:
            moved[k] = counts[mine] @ colours[mine] / counts[mine].sum()
    return moved, before, counts @ np.sum((colours - moved[first]) ** 2, axis=1)
""",
            "the values are not",
        ),
        # all steps to the end
        (
            """
def palette_step(colours, counts, centres):
    before = None
    c = centres.copy()
    while True:
        far = np.sum((colours[:, None] - c[None]) ** 2, axis=2)
        labels = far.argmin(axis=1)
        if before is None:
            before = counts @ far.min(axis=1)
        new = c.copy()
        for k in range(len(c)):
            mine = labels == k
            if counts[mine].sum() > 0:
                new[k] = counts[mine] @ colours[mine] / counts[mine].sum()
        if np.allclose(new, c):
            return new, before, counts @ np.sum((colours - new[labels]) ** 2, axis=1)
        c = new
""",
            "the values are not",
        ),
        # those between two belong to both, half and half
        (
            """
def palette_step(colours, counts, centres):
    far = np.sum((colours[:, None] - centres[None]) ** 2, axis=2)
    near = far == far.min(axis=1, keepdims=True)
    share = near / near.sum(axis=1, keepdims=True) * counts[:, None]
    number = share.sum(axis=0)
    moved = np.where(number[:, None] > 0, share.T @ colours / np.maximum(number, 1e-9)[:, None], centres)
    return moved, np.sum(share * far), np.sum(share * np.sum((colours[:, None] - moved) ** 2, axis=2))
""",
            "the values are not",
        ),
    ],
    "on_new_ground": [
        (
            """
def on_new_ground(seen, alpha, old, new):
    share = alpha[:, None]
    figure = share * seen
    return share * figure + (1 - share) * new
""",
            "This is still the program as it was",
        ),
        (
            """
def on_new_ground(seen, alpha, old, new):
    share = alpha[:, None]
    return share * seen + (1 - share) * new
""",
            "One fault is left: what is mixed with the new ground is still the pixel as SEEN",
        ),
        (
            """
def on_new_ground(seen, alpha, old, new):
    return seen + (1 - alpha[:, None]) * (new - old)
""",
            "One fault is left: F may come out",
        ),
        (
            but(GROUND, "return a * figure", "return a * (a * figure)"),
            "One fault is left: alpha is multiplied",
        ),
        (
            but(
                GROUND,
                "    figure = np.clip(figure, -1, 1)\n",
                "",
                "return a * figure",
                "return a * (a * figure)",
            ),
            "Divide by alpha; then cut off",
        ),
        (
            but(
                GROUND,
                "    figure = np.clip(figure, -1, 1)\n",
                "",
                "return a * figure + (1 - a) * new",
                "return np.clip(a * figure + (1 - a) * new, -1, 1)",
            ),
            "but only once it is mixed",
        ),
        (but(GROUND, "figure, -1, 1", "figure, 0, 1"), "a middle grey"),
        (but(GROUND, "(1 - a) * old", "old"), "The old ground is taken off whole"),
        (but(GROUND, " / np.where(a > 0, a, 1)", ""), "and not yet F. Divide by alpha"),
        (but(GROUND, "(seen - (1 - a) * old)", "seen"), "a ground of zeros"),
        (but(GROUND, "(1 - a) * old", "(1 - a)"), "every old ground to be white"),
        (but(GROUND, "- (1 - a) * old", "+ (1 - a)"), "the old ground to be black"),
        (
            but(GROUND, "a * figure + (1 - a) * new", "np.where(a > 0.5, figure, new)"),
            "the edge becomes a staircase",
        ),
        (but(GROUND, "a * figure + (1 - a) * new", "np.where(a > 0, figure, new)"), "nothing is mixed"),
        (but(GROUND, "a * figure + (1 - a) * new", "(1 - a) * figure + a * new"), "the share of the FIGURE"),
        (but(GROUND, "np.where(a > 0, a, 1)", "a"), "dividing by alpha gives no number there"),
        # the old ground shows where nothing is figure
        (
            but(
                GROUND,
                "    return a * figure",
                "    return np.where(a == 0, old, a * figure",
                "(1 - a) * new",
                "(1 - a) * new)",
            ),
            "Where alpha is 0 the pixel should be the new ground",
        ),
        (but(GROUND, "np.where(a > 0, a, 1)", "(a + 0.01)"), "the values are not"),
        (but(GROUND, "np.where(a > 0, a, 1)", "np.maximum(a, 0.2)"), "the values are not"),
        (but(GROUND, "np.clip(figure, -1, 1)", "np.maximum(figure, -1)"), "the values are not"),
        (but(GROUND, "np.clip(figure, -1, 1)", "np.minimum(figure, 1)"), "the values are not"),
        # made smaller as a whole, so that the hue stays
        (
            but(
                GROUND,
                "np.clip(figure, -1, 1)",
                "figure / np.maximum(1, abs(figure).max(axis=1, keepdims=True))",
            ),
            "the values are not",
        ),
        (
            but(GROUND, "np.clip(figure, -1, 1)", "np.where(abs(figure) > 1, seen, figure)"),
            "the values are not",
        ),
        (but(GROUND, "(1 - a) * old", "(1 - a) * old[0]"), "the values are not"),
    ],
    "round_on_a_line": [
        ("def round_on_a_line(places):\n    return np.argsort(places)\n", "is the jump"),
        (but(ROUND, "    return", "    s = np.argsort(s)\n    return"), "need not be more than"),
        ("def round_on_a_line(places):\n    return np.argsort(np.argsort(places))\n", "These are the RANKS"),
        (but(ROUND, "np.argsort(places)", "np.arange(len(places))"), "sorted by their places first"),
        (but(ROUND, "s[1::2][::-1]", "s[1::2]"), "should come BACK"),
        (but(ROUND, "s[1::2][::-1]", "s[::-2]"), "with an even and with an odd number"),
        (but(ROUND, "s[::2], s[1::2][::-1]", "s, s[1:-1][::-1]"), "on one of both ways"),
        (but(ROUND, "s[1::2][::-1]", "s[1:-1:2][::-1]"), "should be shown once"),
        (
            "def round_on_a_line(places):\n    s = np.sort(places)\n    return np.r_[s[::2], s[1::2][::-1]]\n",
            "yours are others: places?",
        ),
        (but(ROUND, "    return np", "    return 1 + np"), "and yours are 1 to"),
        (
            but(ROUND, "s[::2], s[1::2][::-1]", "s[: len(s) // 2], s[len(s) // 2 :][::-1]"),
            "one half of the line",
        ),
        (
            """
def round_on_a_line(places):
    s = np.argsort(places)
    half = (len(s) + 1) // 2
    order = s.copy()
    order[::2], order[1::2] = s[:half], s[half:]
    return order
""",
            "to and fro between both halves",
        ),
        # always on to the nearest one
        (
            """
def round_on_a_line(places):
    left = set(range(1, len(places)))
    order = [0]
    while left:
        order.append(min(left, key=lambda k: abs(places[k] - places[order[-1]])))
        left.remove(order[-1])
    return np.array(order)
""",
            "The round has to get to the far end and back",
        ),
        ("def round_on_a_line(places):\n    return np.arange(len(places))\n", "in which they were given"),
        # the first frame again at the end
        (but(ROUND, "s[1::2][::-1]", "s[1::2][::-1], s[:1]"), "and 6 are shown"),
        (but(ROUND, "s[1::2][::-1]])", "s[1::2][::-1]])[None]"), "yours has the shape (1, 5)"),
        # places, as if they were evenly spread
        (
            """
def round_on_a_line(places):
    t = np.argsort(places)
    grid = np.linspace(places.min(), places.max(), len(places))
    want = np.r_[grid[::2], grid[1::2][::-1]]
    return [int(abs(places - w).argmin()) for w in want]
""",
            "should be shown once",
        ),
        (
            """
def round_on_a_line(places):
    n = np.arange(len(places))
    a, b = n[::2], n[1::2]
    return np.r_[a[np.argsort(places[a])], b[np.argsort(-places[b])]]
""",
            "The round has to get to the far end and back",
        ),
        # from both ends inwards
        (
            """
def round_on_a_line(places):
    s = np.argsort(places)
    h = (len(s) + 1) // 2
    o = []
    for i in range(h):
        o.append(s[i])
        if i + h < len(s):
            o.append(s[len(s) - 1 - i])
    return o
""",
            "The round has to get to the far end and back",
        ),
        # by the gaps, as far as a mean step goes
        (
            """
def round_on_a_line(places):
    s = list(np.argsort(places)); up=[s[0]]; down=[]
    mean = np.ptp(places) / (len(s) - 1)
    for k in s[1:]:
        (up if places[k] - places[up[-1]] > 1.5 * mean else down).append(k)
    return up + down[::-1]
""",
            "The round has to get to the far end and back",
        ),
        # all orders, where that can be done
        (
            """
def round_on_a_line(places):
    import itertools
    if len(places) > 7:
        return np.argsort(places)
    def longest(o):
        return max(abs(places[o[i]] - places[o[i - 1]]) for i in range(len(o)))
    return min(itertools.permutations(range(len(places))), key=longest)
""",
            "is the jump",
        ),
    ],
    "map_distance": [
        (
            but(
                MAPS,
                "range(rows)",
                "range(rows - 1)",
                "range(columns)",
                "range(columns - 1)",
                "whole = t.size",
                "whole = (rows - 1) * (columns - 1)",
            ),
            "The world wraps round",
        ),
        (
            but(MAPS, "range(rows)", "range(rows - 1)", "whole = t.size", "whole = (rows - 1) * columns"),
            "not yet from the last row",
        ),
        (
            but(
                MAPS,
                "range(columns)",
                "range(columns - 1)",
                "whole = t.size",
                "whole = rows * (columns - 1)",
            ),
            "not yet from the last column",
        ),
        (but(MAPS, "for x in every) / 2", "for x in every)"), "the sum counts it twice"),
        (but(MAPS, "set(p) | set(q)", "set(q)"), "that only `made` has are left out"),
        (but(MAPS, "set(p) | set(q)", "set(p)"), "that only `example` has are left out"),
        (but(MAPS, "set(p) | set(q)", "set(p) & set(q)"), "Only neighbourhoods that both maps have"),
        (but(MAPS, DISTANCE, "max(abs(p.get(x, 0) - q.get(x, 0)) for x in every)"), "ONE neighbourhood"),
        (
            but(MAPS, DISTANCE, "math.sqrt(sum((p.get(x, 0) - q.get(x, 0)) ** 2 for x in every))"),
            "The differences are squared",
        ),
        (but(MAPS, "for x in every) / 2", "for x in every) / len(every)"), "This is the MEAN"),
        (but(MAPS, "return distance,", "return 1 - distance,"), "how much both have in common"),
        (but(MAPS, DISTANCE, "1 - len(set(p) & set(q)) / len(every)"), "not how often"),
        (but(MAPS, "x = (t", "x = tuple(sorted((t", "t[down, right])", "t[down, right])))"), "do not sort"),
        (but(MAPS, "x = (t", "x = sum((t", "t[down, right])", "t[down, right]))"), "forgets the places"),
        (
            but(
                MAPS,
                "x = (t[i, j], t[i, right], t[down, j], t[down, right])",
                "x = t[i, j] + 2 * t[i, right] + 4 * t[down, j] + 8 * t[down, right]",
            ),
            "have become one number",
        ),
        (
            but(
                MAPS,
                "x = (t[i, j], t[i, right], t[down, j], t[down, right])",
                "x = ''.join(map(str, (t[i, j], t[i, right], t[down, j], t[down, right])))",
            ),
            "have become the same text or number",
        ),
        (
            but(MAPS, "x = (t[i, j], t[i, right], t[down, j], t[down, right])", "x = t[i, j]"),
            "shares of single tiles",
        ),
        (
            but(MAPS, "x = (t[i, j], t[i, right], t[down, j], t[down, right])", "x = (t[i, j], t[i, right])"),
            "has the two below them",
        ),
        (
            but(MAPS, "x = (t[i, j], t[i, right], t[down, j], t[down, right])", "x = (t[i, j], t[down, j])"),
            "has the two to the right",
        ),
        (but(MAPS, "whole = t.size", "whole = len(found)"), "should sum to 1"),
        (but(MAPS, "whole = t.size", "whole = 1"), "These are counts"),
        (but(MAPS, STRANGE, "len(set(p) - set(q)) / len(p)"), "count as often as they occur"),
        (but(MAPS, STRANGE, "sum(q[x] for x in q if x not in p)"), "the EXAMPLE's neighbourhoods"),
        (but(MAPS, STRANGE, "sum(p[x] for x in p if x in q)"), "the share that is known"),
        (but(MAPS, STRANGE, "sum(p[x] for x in p if p[x] > q.get(x, 0))"), "less often"),
        (but(MAPS, STRANGE, "len(set(p) - set(q))"), "how MANY are strange"),
        (but(MAPS, "return distance, strange", "return strange, distance"), "The distance comes first"),
        (
            but(MAPS, "(j + 1) % columns", "j - 1", "(i + 1) % rows", "min(i + 1, rows - 1)"),
            "the right answer",
        ),
        (
            but(MAPS, WINDOW, "x = t[i, j] + 16 * t[i, right] + 256 * t[down, j] + 4096 * t[down, right]"),
            "small tile numbers",
        ),
        (
            but(
                MAPS,
                WINDOW,
                "x = int(t[i, j]) + 1000 * (t[i, right] + 1000 * (t[down, j] + 1000 * t[down, right]))",
            ),
            "small tile numbers",
        ),
        # a base of each map's own
        (
            but(
                MAPS,
                WINDOW,
                "m = t.max() + 1\n"
                "                x = t[i, j] + m * (t[i, right] + m * (t[down, j] + m * t[down, right]))",
            ),
            "the right answer is another one",
        ),
        (but(MAPS, WINDOW, "x = (t[i, j], t[i, right], t[down, j])"), "the right answer is another one"),
        (but(MAPS, "(j + 1) % columns", "(j + 1) % rows % columns"), "the right answer is another one"),
        (but(MAPS, "shares(example)", "shares(example[::-1, ::-1])"), "the right answer is another one"),
        (
            but(MAPS, "(i + 1) % rows, (j + 1) % columns", "min(i + 1, rows - 1), min(j + 1, columns - 1)"),
            "the right answer is another one",
        ),
        # neighbourhoods that do not overlap
        (
            but(
                MAPS,
                "range(rows)",
                "range(0, rows, 2)",
                "range(columns)",
                "range(0, columns, 2)",
                "whole = t.size",
                "whole = sum(found.values())",
            ),
            "the right answer is another one",
        ),
    ],
    "expected_turns": [
        ("def expected_turns(pairs, memory):\n    return pairs**2\n", "without any memory"),
        (but(TURNS, "    E = {}\n", "    E, memory = {}, 1.0\n"), "`memory` has no say"),
        (
            TURNS.replace("def expected_turns(pairs, memory)", "def turns_of(pairs, memory)")
            + "\ndef expected_turns(pairs, memory):\n"
            "    return memory * turns_of(pairs, 1.0) + (1 - memory) * pairs**2\n",
            "each CARD is remembered or not",
        ),
        (but(TURNS, "old * (1 + memory", "old * (memory"), "in the NEXT turn"),
        (
            but(
                TURNS,
                "memory**2, 2 * memory * (1 - memory), (1 - memory) ** 2",
                "memory, 0.0, 1 - memory",
            ),
            "Each card has its own chance",
        ),
        (
            but(TURNS, "2 * memory * (1 - memory),", "memory * (1 - memory),"),
            "it may be the first or the second",
        ),
        (
            but(
                TURNS,
                "2 * memory * (1 - memory), (1 - memory) ** 2",
                "memory * (1 - memory), 1 - memory",
            ),
            "has gone to 'neither'",
        ),
        (but(TURNS, "total / (1 - new * none)", "total"), "she stands where she stood"),
        (
            but(
                TURNS,
                "partner = (1 - known) / (cards - 1)",
                "partner = (1 - known) / cards",
                "* s / (cards - 1)",
                "* s / cards",
                "(2 * n - 2) / (cards - 1)",
                "(2 * n - 2) / cards",
            ),
            "one card fewer to draw from",
        ),
        (
            but(
                TURNS,
                "(1 + memory * e(n - 1, s) + (1 - memory) * e(n, s - 1))",
                "(1 + e(n - 1, s))",
            ),
            "Here it always is",
        ),
        (
            but(
                TURNS,
                "(1 + memory * e(n - 1, s) + (1 - memory) * e(n, s - 1))",
                "(1 + e(n, s - 1))",
            ),
            "Here it never is",
        ),
        (
            but(
                TURNS,
                "memory**2, 2 * memory * (1 - memory), (1 - memory) ** 2",
                "1.0, 0.0, 0.0",
            ),
            "here always both",
        ),
        (but(TURNS, "return E[pairs, 0]", "return 2 * E[pairs, 0]"), "a turn shows two"),
        (but(TURNS, "return E[pairs, 0]", "return E[pairs, 0] - pairs"), "a turn that finds one counts"),
        # by simulation
        (
            """
def expected_turns(pairs, memory):
    draw = np.random.default_rng(0)
    total, games = 0, 400
    for _ in range(games):
        n, s = pairs, 0
        while n + s:
            total += 1
            first = draw.integers(2 * n + s)
            if first < s:
                s -= 1
                continue
            second = draw.integers(2 * n + s - 1)
            one, two = draw.random(2) < memory
            if second == 0:
                n -= 1
            elif second <= s:
                total += 1
                n, s = (n - 1, s) if one else (n, s - 1)
            else:
                n, s = n - one - two, s + one + two
    return total / games
""",
            "A simulation is near, and not exact",
        ),
        (but(TURNS, "return E[pairs, 0]", "return round(E[pairs, 0], 1)"), "the right answer is another one"),
        (
            but(TURNS, "    E = {}\n", "    memory = round(memory * 4) / 4\n    E = {}\n"),
            "the right answer is another one",
        ),
        (
            but(TURNS, "    E = {}\n", "    memory = max(memory, 0.01)\n    E = {}\n"),
            "the right answer is another one",
        ),
        (but(TURNS, "cards = 2 * n + s", "cards = 2 * n + 2 * s"), "the right answer is another one"),
        (
            but(TURNS, "1 + memory * e(n - 1, s) + (1 - memory)", "1 + (1 - memory) * e(n - 1, s) + memory"),
            "the right answer is another one",
        ),
        (but(TURNS, "E[n, s] = s", "E[n, s] = 0"), "the right answer is another one"),
        # turn by turn, but not for long enough
        (
            """
def expected_turns(pairs, memory):
    p = {(pairs, 0): 1.0}
    total = 0.0
    for _ in range(4 * pairs):
        q = {}
        def add(n, s, w):
            q[n, s] = q.get((n, s), 0) + w
        for (n, s), w in p.items():
            if n + s == 0:
                continue
            total += w
            if n == 0:
                add(0, s - 1, w); continue
            c = 2 * n + s
            if s: add(n, s - 1, w * s / c)
            w = w * 2 * n / c / (c - 1)
            add(n - 1, s, w)
            if s:
                total += w * s
                add(n - 1, s, w * s * memory); add(n, s - 1, w * s * (1 - memory))
            if n > 1:
                w *= 2 * n - 2
                add(n - 2, s + 2, w * memory**2)
                add(n - 1, s + 1, w * 2 * memory * (1 - memory))
                add(n, s, w * (1 - memory) ** 2)
        p = q
    return total
""",
            "the right answer is another one",
        ),
    ],
}
