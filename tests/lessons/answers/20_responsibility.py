"""Independent right answers and the usual wrong ones for lesson 20."""

RIGHT = {
    # by ranks
    "fair_auc": """
def fair_auc(trial_members, trial_others, members, others):
    def auc(a, b):
        b = np.sort(b)
        below = np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")
        return below.sum() / 2 / len(a) / len(b)
    way = -1 if auc(trial_members, trial_others) < 0.5 else 1
    return auc(way * members, way * others)
""",
    # by halving, with the area under the lines in thin strips, each between its exact ends
    "least_epsilon": """
def least_epsilon(auc, delta):
    auc = max(auc, 1 - auc)
    def area(epsilon):
        meet = (1 - delta) / (1 + math.exp(epsilon))
        corners = [(0, delta), (meet, 1 - meet), (1 - delta, 1), (1, 1)]
        return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(corners, corners[1:]))
    low, high = 0.0, 60.0
    if area(low) >= auc:
        return 0.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if area(middle) < auc else (low, middle)
    return high
""",
    # all layers as one long vector a picture
    "private_step": """
def private_step(gradients, bound, noise, batch, normals):
    sizes = [z.size for z in normals]
    flat = np.concatenate([g.reshape(len(g), size) for g, size in zip(gradients, sizes)], axis=1)
    total = np.zeros(sum(sizes))
    for row in flat:
        length = np.linalg.norm(row)
        total += row if length <= bound else row / length * bound
    total += bound * noise * np.concatenate([z.ravel() for z in normals])
    parts = np.split(total / batch, np.cumsum(sizes)[:-1])
    return [part.reshape(z.shape) for part, z in zip(parts, normals)]
""",
    # the distribution grows picture by picture
    "unusual": """
def unusual(counts, expected):
    n, classes = counts.sum(), len(counts)
    result = []
    for c in range(classes):
        p = np.ones(1)
        for _ in range(n):
            p = np.convolve(p, [1 - expected[c], expected[c]])
        few, many = p[:counts[c] + 1].sum(), p[counts[c]:].sum()
        result.append(min(1, classes * 2 * few, classes * 2 * many))
    return np.array(result)
""",
    # upwards, in fractions
    "mark_test": """
def mark_test(bits, keys, rate, wrong):
    from fractions import Fraction
    left = [Fraction(math.comb(bits, k), 2**bits) for k in range(bits + 1)]
    t, tail = 0, Fraction(1)
    while t <= bits and keys * tail > Fraction(rate):
        tail -= left[t]
        t += 1
    found = sum(math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(t, bits + 1))
    return t, 1 - found
""",
    # all corners
    "cost_ratio": """
def cost_ratio(one, two, watts, rest):
    ratios = [(w * one[1] + r * one[0]) / (w * two[1] + r * two[0]) for w in watts for r in rest]
    return min(ratios), max(ratios)
""",
}

ALSO_RIGHT = {
    "fair_auc": [
        # from all ranks together, ties in the middle
        """
def fair_auc(trial_members, trial_others, members, others):
    def auc(a, b):
        both = np.concatenate([a, b])
        ranks = np.array([(both < x).sum() + ((both == x).sum() + 1) / 2 for x in a])
        n = len(a)
        return (ranks.sum() - n * (n + 1) / 2) / (n * len(b))
    if auc(trial_members, trial_others) < 0.5:
        members, others = others, members
    return auc(members, others)
""",
        # by signs
        """
def fair_auc(trial_members, trial_others, members, others):
    def lead(a, b):
        return np.sign(np.subtract.outer(a, b)).mean()
    way = lead(trial_members, trial_others)
    return 0.5 + lead(members, others) / 2 * (1 if way >= 0 else -1)
""",
        # in plain loops
        """
def fair_auc(trial_members, trial_others, members, others):
    def wins(a, b):
        w = 0
        for x in a:
            for y in b:
                w += 2 if x > y else 1 if x == y else 0
        return w
    n = len(members) * len(others) * 2
    k = len(trial_members) * len(trial_others)
    w = wins(members, others)
    return (n - w) / n if wins(trial_members, trial_others) < k else w / n
""",
        # each pair brings its part
        """
def fair_auc(trial_members, trial_others, members, others):
    def auc(a, b):
        part, total = 1 / (len(a) * len(b)), 0.0
        for x in a:
            for y in b:
                total += part * (1.0 if x > y else 0.5 if x == y else 0.0)
        return total
    found = auc(members, others)
    return 1 - found if auc(trial_members, trial_others) < 0.5 else found
""",
        # by the share that each member beats
        """
def fair_auc(trial_members, trial_others, members, others):
    auc = lambda a, b: np.mean([(np.mean(b < x) + np.mean(b <= x)) / 2 for x in a])
    return auc(others, members) if auc(trial_members, trial_others) < 1/2 else auc(members, others)
""",
        # by the curve, the scores turned in place
        """
def fair_auc(trial_members, trial_others, members, others):
    def auc(a, b):
        t = np.unique(np.concatenate([a, b]))[::-1]
        T = np.append(0, [np.mean(a >= x) for x in t]); F = np.append(0, [np.mean(b >= x) for x in t])
        return np.sum(np.diff(F) * (T[1:] + T[:-1])) / 2
    if auc(trial_members, trial_others) < 0.5:
        members *= -1
        others *= -1
    return auc(members, others)
""",
        # the trial is measured by the function itself
        """
def fair_auc(trial_members, trial_others, members, others):
    if trial_others is not None:
        w = fair_auc(None, None, trial_members, trial_others)
        if w < 0.5:
            return fair_auc(None, None, others, members)
    return [np.sum([(a > b) * 2 + (a == b) for a in members for b in others]) / 2 / members.size / others.size][0]
""",
    ],
    "least_epsilon": [
        # in one line
        """
def least_epsilon(auc, delta):
    return max(0, math.log(max(1e-9, (1 - delta) ** 2 / min(auc, 1 - auc) - 1)))
""",
        # from what the attack wins over a coin, with numpy
        """
def least_epsilon(auc, delta):
    lost = 0.5 - abs(auc - 0.5)
    e = np.log((1 - delta) ** 2 - lost) - np.log(lost) if (1 - delta) ** 2 > lost else -1
    return np.maximum(e, 0)
""",
        # in steps
        """
def least_epsilon(auc, delta):
    a = auc if auc > 0.5 else 1 - auc
    grow = (1 - delta) ** 2 / (1 - a) - 1
    if grow <= 1:
        return 0
    return float(np.log(grow))
""",
        # by the other function for it
        """
def least_epsilon(auc, delta):
    meet = min(auc, 1 - auc) / (1 - delta)
    part = 1 - 2 * meet / (1 - delta)
    return 2 * np.arctanh(part) if part > 0 else np.float64(0)
""",
        # by halving, in itself
        """
def least_epsilon(auc, delta, low=0.0, high=50.0):
    auc = max(auc, 1 - auc)
    def most(e):
        return 1 - (1 - delta) ** 2 / (1 + math.exp(e))
    if most(low) >= auc or high - low < 1e-10:
        return low
    m = (low + high) / 2
    return least_epsilon(auc, delta, low, m) if most(m) >= auc else least_epsilon(auc, delta, m, high)
""",
        # as an array
        """
def least_epsilon(auc, delta):
    auc = np.where(auc < 0.5, 1 - auc, auc)
    return np.log(np.maximum(1, (1 - delta) ** 2 / (1 - auc) - 1))
""",
    ],
    "private_step": [
        # with einsum, and a factor
        """
def private_step(gradients, bound, noise, batch, normals):
    n = gradients[0].shape[0]
    lengths = np.sqrt(sum((g.reshape(n, z.size) ** 2).sum(1) for g, z in zip(gradients, normals)))
    factor = np.ones(n)
    long = lengths > bound
    factor[long] = bound / lengths[long]
    return [(np.einsum("n,n...->...", factor, g) + bound * noise * z) / batch for g, z in zip(gradients, normals)]
""",
        # one after the other, changing what it was given
        """
def private_step(gradients, bound, noise, batch, normals):
    for i in range(len(gradients[0])):
        length = sum((g[i] ** 2).sum() for g in gradients) ** 0.5
        for g in gradients:
            g[i] /= max(1.0, length / bound)
    step = tuple((g.sum(axis=0) + bound * noise * z) / batch for g, z in zip(gradients, normals))
    return step
""",
        # picture after picture, in itself
        """
def private_step(gradients, bound, noise, batch, normals):
    def total(i):
        if i == len(gradients[0]):
            return [noise * bound * z for z in normals]
        rest, own = total(i + 1), [g[i] for g in gradients]
        length = np.linalg.norm(np.concatenate([o.ravel() for o in own]))
        return [r + o * (bound / length if length > bound else 1) for r, o in zip(rest, own)]
    return [t / batch for t in total(0)]
""",
        # as a product, given back as lists
        """
def private_step(gradients, bound, noise, batch, normals):
    n = len(gradients[0])
    flat = np.hstack([g.reshape(n, z.size) for g, z in zip(gradients, normals)])
    s = 1 / np.maximum(1, np.linalg.norm(flat, axis=1) / bound)
    v = (s @ flat + noise * bound * np.hstack([z.ravel() for z in normals])) / batch
    out, at = [], 0
    for z in normals:
        out.append(v[at:at + z.size].reshape(z.shape).tolist()); at += z.size
    return out
""",
        # in what it was given, and given back in that
        """
def private_step(gradients, bound, noise, batch, normals):
    for i in range(len(gradients[0])):
        length = math.sqrt(sum(float(np.vdot(g[i], g[i])) for g in gradients))
        if length > bound:
            for g in gradients:
                g[i] *= bound / length
    for g, z in zip(gradients, normals):
        z *= noise * bound
        z += g.sum(axis=0)
        z /= batch
    return normals
""",
    ],
    "unusual": [
        # by logarithms
        """
def unusual(counts, expected):
    n = int(np.sum(counts))
    def log_p(j, e):
        return (math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1)
                + j * math.log(e) + (n - j) * math.log(1 - e))
    out = np.zeros(len(counts))
    for c, (k, e) in enumerate(zip(counts, expected)):
        low = sum(math.exp(log_p(j, e)) for j in range(k + 1))
        high = 1 - low + math.exp(log_p(k, e))
        out[c] = 2 * len(counts) * min(low, high)
    return np.clip(out, 0, 1)
""",
        # cut off before, too
        """
def unusual(counts, expected):
    n = sum(counts.tolist())
    def f(k, e):
        return math.comb(n, k) * e**k * (1 - e)**(n - k)
    ps = []
    for k, e in zip(counts.tolist(), expected.tolist()):
        p = min(1, 2 * min(sum(f(j, e) for j in range(0, k + 1)), sum(f(j, e) for j in range(k, n + 1))))
        ps.append(min(1, p * len(counts)))
    return tuple(ps)
""",
        # from term to term
        """
def unusual(counts, expected):
    n = counts.sum()
    ans = []
    for k, e in zip(counts, expected):
        q, pmf = (1 - e) ** n, []
        for j in range(n + 1):
            pmf.append(q)
            q = q * (n - j) / (j + 1) * e / (1 - e)
        cdf = np.cumsum(pmf)
        ans.append(2 * min(cdf[k], 1 - cdf[k] + pmf[k]))
    return np.minimum(1, np.multiply(ans, len(counts)))
""",
        # in fractions
        """
def unusual(counts, expected):
    from fractions import Fraction as Q
    n, out = int(counts.sum()), []
    for k, e in zip(counts.tolist(), expected.tolist()):
        e = Q(e).limit_denominator(10**9)
        few = sum(math.comb(n, j) * e.numerator**j * (e.denominator - e.numerator)**(n - j) for j in range(k + 1))
        at = math.comb(n, k) * e.numerator**k * (e.denominator - e.numerator)**(n - k)
        whole = e.denominator**n
        out.append(float(min(1, Q(2 * len(counts) * min(few, whole - few + at), whole))))
    return out
""",
        # all classes at once
        """
def unusual(counts, expected):
    n = counts.sum()
    ways = np.array([math.comb(int(n), j) for j in range(n + 1)], dtype=float)
    j = np.arange(n + 1)
    p = ways * expected[:, None] ** j * (1 - expected[:, None]) ** (n - j)
    few = np.where(j <= counts[:, None], p, 0).sum(axis=1)
    many = np.where(j >= counts[:, None], p, 0).sum(axis=1)
    return np.clip(2 * len(counts) * np.minimum(few, many), None, 1)
""",
    ],
    "mark_test": [
        # sums in floats
        """
def mark_test(bits, keys, rate, wrong):
    def tail(t):
        return sum(math.comb(bits, k) for k in range(t, bits + 1)) / 2**bits
    agree = 0
    while agree <= bits and tail(agree) > rate / keys:
        agree += 1
    missed = 0.0
    for k in range(agree):
        missed += math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k)
    return agree, missed
""",
        # keys that know nothing of each other, with 1 - (1 - p)^keys: the same number of bits
        """
def mark_test(bits, keys, rate, wrong):
    p = np.array([math.comb(bits, k) / 2**bits for k in range(bits + 1)])
    tails = np.append(np.cumsum(p[::-1])[::-1], 0)
    any_of_them = -np.expm1(keys * np.log1p(-np.minimum(tails, 1 - 1e-12)))
    agree = int(np.argmax(any_of_them <= rate))
    w = np.array([math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(bits + 1)])
    return [agree, w[:agree].sum()]
""",
        # by how many bits may be wrong
        """
def mark_test(bits, keys, rate, wrong):
    may, readings = -1, 0
    while may < bits:
        readings += math.comb(bits, may + 1)
        if readings * keys > rate * 2**bits:
            break
        may += 1
    found = sum(math.comb(bits, k) * wrong**k * (1 - wrong) ** (bits - k) for k in range(may + 1))
    return float(bits - may), 1 - found
""",
        # the first that fits
        """
def mark_test(bits, keys, rate, wrong):
    tail = lambda t: sum(math.comb(bits, k) for k in range(t, bits + 1))
    agree = next(t for t in range(bits + 2) if keys * tail(t) / 2**bits <= rate)
    read = [math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(bits + 1)]
    return np.array([agree, 1 - sum(read[agree:])])
""",
        # by running sums
        """
def mark_test(bits, keys, rate, wrong):
    p = np.array([math.comb(bits, k) for k in range(bits + 1)]) / 2**bits
    t = bits + 1
    while t and keys * p[t - 1:].sum() <= rate:
        t -= 1
    q = np.array([math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(bits + 1)])
    return t, np.cumsum(np.append(0, q))[t]
""",
        # what is left of the rate
        """
def mark_test(bits, keys, rate, wrong):
    left, t = rate / keys, bits
    while t >= 0:
        left -= math.comb(bits, t) * 0.5**bits
        if left < 0:
            break
        t -= 1
    agree = t + 1
    def miss(k):
        return 0 if k < 0 else miss(k - 1) + math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k)
    return [agree, miss(agree - 1)]
""",
        # by halving
        """
def mark_test(bits, keys, rate, wrong):
    low, high = -1, bits + 1
    while high - low > 1:
        t = (low + high) // 2
        if keys * sum(math.comb(bits, k) for k in range(t, bits + 1)) * 2.0**-bits <= rate:
            high = t
        else:
            low = t
    missed = sum(math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(high))
    return np.int64(high), np.float64(missed)
""",
    ],
    "cost_ratio": [
        # on a fine grid
        """
def cost_ratio(one, two, watts, rest):
    w, r = np.meshgrid(np.linspace(*watts, 50), np.linspace(*rest, 50))
    ratio = (w * one[1] + r * one[0]) / (w * two[1] + r * two[0])
    return np.array([ratio.min(), ratio.max()])
""",
        # by the sign of the slope, in watts / rest
        """
def cost_ratio(one, two, watts, rest):
    (s, p), (t, q) = one, two
    x = watts[0] / rest[1]
    y = watts[1] / rest[0]
    a, b = (s + p * x) / (t + q * x), (s + p * y) / (t + q * y)
    return (a, b) if p * t > s * q else (b, a)
""",
        # two corners, sorted
        """
def cost_ratio(one, two, watts, rest):
    f = lambda w, r: np.divide(w * one[1] + r * one[0], w * two[1] + r * two[0])
    a, b = f(watts[0], rest[1]), f(watts[1], rest[0])
    return [a, b] if a < b else [b, a]
""",
        # as a mean of two ratios
        """
def cost_ratio(one, two, watts, rest):
    # a mean of the two ratios, with weights
    def r(w, q):
        part = w * two[1] / (w * two[1] + q * two[0])
        return part * one[1] / two[1] + (1 - part) * one[0] / two[0]
    return tuple(sorted((r(watts[0], rest[1]), r(watts[1], rest[0]))))
""",
        # all corners at once
        """
def cost_ratio(one, two, watts, rest):
    w, r = np.array(watts), np.array(rest)
    q = np.divide.outer(r, w)
    e = (one[1] + q * one[0]) / (two[1] + q * two[0])
    return e.min(), e.max()
""",
        # by the sign of the slope, one after the other
        """
def cost_ratio(one, two, watts, rest):
    f = lambda x: (one[1] + x * one[0]) / (two[1] + x * two[0])
    small, large = f(rest[0] / watts[1]), f(rest[1] / watts[0])
    if one[0] * two[1] - one[1] * two[0] < 0:
        small, large = large, small
    yield small
    yield large
""",
    ],
}


def but(answer: str, *changes: str) -> str:
    """The answer with one text after the other changed: old, new, old, new."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in answer, old
        answer = answer.replace(old, new)
    return answer


FAIR = """
def fair_auc(trial_members, trial_others, members, others):
    def auc(scores, rivals):
        above = scores[:, None] - rivals[None, :]
        return np.mean((above > 0) + 0.5 * (above == 0))
    trial = auc(trial_members, trial_others)
    found = auc(members, others)
    return 1 - found if trial < 0.5 else found
"""
TIES = "(above > 0) + 0.5 * (above == 0)"
TRIAL = "auc(trial_members, trial_others)"
BOTH = "np.append(trial_members, members), np.append(trial_others, others)"

LEAST = """
def least_epsilon(auc, delta):
    auc = max(auc, 1 - auc)
    ratio = (1 - delta) ** 2 / (1 - auc) - 1
    return math.log(ratio) if ratio > 1 else 0.0
"""
RATIO = "(1 - delta) ** 2 / (1 - auc) - 1"
LAST = "math.log(ratio) if ratio > 1 else 0.0"

STEP = """
def private_step(gradients, bound, noise, batch, normals):
    n = len(gradients[0])
    squares = sum(np.sum(g**2, axis=tuple(range(1, g.ndim))) for g in gradients)
    lengths = np.sqrt(squares)
    scale = np.minimum(1, bound / np.maximum(lengths, 1e-12))
    step = []
    for g, normal in zip(gradients, normals):
        total = np.sum(g * scale.reshape(-1, *[1] * (g.ndim - 1)), axis=0)
        step.append((total + noise * bound * normal) / batch)
    return step
"""
SCALE = "np.minimum(1, bound / np.maximum(lengths, 1e-12))"
NOISY = "(total + noise * bound * normal) / batch"
BROKEN = """
def private_step(gradients, bound, noise, batch, normals):
    step = []
    for gradient, normal in zip(gradients, normals):
        mean = gradient.mean(axis=0)
        length = np.sqrt(np.sum(mean**2))
        step.append(mean * bound / length + noise * normal)
    return step
"""

UNUSUAL = """
def unusual(counts, expected):
    n, classes = int(counts.sum()), len(counts)
    chances = []
    for k, e in zip(counts, expected):
        p = np.array([math.comb(n, j) * e**j * (1 - e) ** (n - j) for j in range(n + 1)])
        few, many = p[: k + 1].sum(), p[k:].sum()
        one = min(1, 2 * min(few, many))
        chances.append(min(1, one * classes))
    return np.array(chances)
"""
ONE = "min(1, 2 * min(few, many))"
ALL = "min(1, one * classes)"
NORMAL = """
def unusual(counts, expected):
    n, classes = int(counts.sum()), len(counts)
    mean, deviation = n * expected, np.sqrt(n * expected * (1 - expected))
    z = np.maximum(0, np.abs(counts - mean) - HALF) / deviation
    p = np.array([math.erfc(each / math.sqrt(2)) for each in z])
    return np.minimum(1, p * classes)
"""

MARK = """
def mark_test(bits, keys, rate, wrong):
    def alarm(t):
        return sum(math.comb(bits, k) for k in range(t, bits + 1)) / 2**bits
    agree = 0
    while agree <= bits and keys * alarm(agree) > rate:
        agree += 1
    missed = sum(math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(agree))
    return agree, missed
"""
ALARM = "sum(math.comb(bits, k) for k in range(t, bits + 1)) / 2**bits"
MISSED = "sum(math.comb(bits, k) * (1 - wrong) ** k * wrong ** (bits - k) for k in range(agree))"
KEEPS = "keys * alarm(agree) > rate"

COST = """
def cost_ratio(one, two, watts, rest):
    def energy(training, w, r):
        clock, processor = training
        return w * processor + r * clock
    ratios = [energy(one, w, r) / energy(two, w, r) for w in watts for r in rest]
    return min(ratios), max(ratios)
"""
JOULES = "w * processor + r * clock"
CORNERS = "for w in watts for r in rest"
ENDS = "min(ratios), max(ratios)"


def by(condition: str) -> str:
    """Both ends, of which the condition tells the larger."""
    return but(
        COST,
        ENDS,
        f"(ratios[1], ratios[2]) if {condition} else (ratios[2], ratios[1])",
    )


WRONG = {
    "fair_auc": [
        (but(FAIR, "1 - found if trial < 0.5 else found", "found"), "the second lot as it is"),
        (but(FAIR, "1 - found if trial < 0.5 else found", "max(found, 1 - found)"), "The second lot itself"),
        (but(FAIR, TRIAL, f"auc({BOTH})"), "Both lots together decide"),
        (but(FAIR, "auc(members, others)", f"auc({BOTH})"), "for the second lot alone"),
        (but(FAIR, "auc(members, others)", "trial"), "This is the AUC of the trial"),
        (
            but(FAIR, "trial < 0.5", "trial_members.mean() < trial_others.mean()"),
            "The means decide here",
        ),
        (but(FAIR, "trial < 0.5", "trial <= 0.5"), "below, not at most"),
        (but(FAIR, "trial < 0.5", "trial > 0.5"), "Turned the wrong way"),
        (but(FAIR, TIES, "above > 0"), "Equal scores count nothing"),
        (but(FAIR, TIES, "above >= 0"), "Equal scores count as won"),
        (but(FAIR, "1 - found", "-found"), "is 1 minus what it was"),
        # right only where members and others are as many
        (but(FAIR, f"np.mean({TIES})", f"({TIES}).sum() / len(scores) ** 2"), "compares every pair at once"),
        (but(FAIR, f"np.mean({TIES})", f"({TIES}).sum() / len(rivals) ** 2"), "compares every pair at once"),
        (but(FAIR, TRIAL, "np.mean(trial_members[:, None] >= trial_others)"), "here they count as won"),
        (but(FAIR, TRIAL, "np.mean(trial_members[:, None] > trial_others)"), "here they count nothing"),
        (
            but(FAIR, "trial < 0.5", "np.median(trial_members) < np.median(trial_others)"),
            "The medians decide",
        ),
        (but(FAIR, "1 - found if trial", "max(found, 1 - found) if trial"), "a half stays a half"),
        # whole numbers only
        (
            but(FAIR, "scores[:, None]", "scores.astype(int)[:, None]", "rivals[", "rivals.astype(int)["),
            "a half stays",
        ),
        # equal scores in the order in which they come
        (
            """
def fair_auc(trial_members, trial_others, members, others):
    def auc(a, b):
        ranks = np.argsort(np.argsort(np.concatenate([a, b]))) + 1
        return (ranks[: len(a)].sum() - len(a) * (len(a) + 1) / 2) / len(a) / len(b)
    found = auc(members, others)
    return 1 - found if auc(trial_members, trial_others) < 0.5 else found
""",
            "a half stays a half",
        ),
    ],
    "least_epsilon": [
        (but(LEAST, LAST, "math.log(ratio)"), "An epsilon is never below 0"),
        (but(LEAST, "max(auc, 1 - auc)", "auc"), "An AUC below 1/2 proves something"),
        (but(LEAST, RATIO, "auc / (1 - auc)"), "delta has no say here"),
        (but(LEAST, RATIO, "(1 - delta) ** 2 / (2 * (1 - auc))"), "Only the first line"),
        (but(LEAST, "** 2", "** 1"), "(1 - delta) comes twice"),
        (but(LEAST, "1 - delta", "1 + delta"), "delta has the wrong sign"),
        (but(LEAST, "/ (1 - auc)", "/ (2 * (1 - auc))"), "lie TWO triangles"),
        (but(LEAST, RATIO, f"2 * {RATIO}"), "Here the half is missing"),
        (but(LEAST, LAST, "max(1.0, ratio)"), "This is e^epsilon"),
        (but(LEAST, "math.log(", "math.log2("), "not that to base 2"),
        (but(LEAST, "math.log(", "math.log10("), "not that to base 10"),
        (
            """
def least_epsilon(auc, delta):
    if auc < 0.5:
        return math.log((1 - delta) ** 2 / auc - 1)
    return max(0.0, math.log((1 - delta) ** 2 / (1 - auc) - 1))
""",
            "also where the AUC was below 1/2",
        ),
        # right until the logarithm of a negative number is asked
        (but(LEAST, LAST, "max(0.0, math.log(ratio))"), "return 0 before you take"),
        (but(LEAST, LAST, "np.maximum(0.0, np.log(ratio))"), "return 0 before you take"),
        (but(LEAST, LAST, "math.log(ratio) if auc > 0.5 + delta else 0.0"), "not 1/2 + delta"),
        (but(LEAST, LAST, "abs(math.log(ratio)) if ratio > 0 else 0.0"), "two equal triangles"),
        (but(LEAST, "(1 - delta) ** 2", "(1 - 2 * delta)"), "two equal triangles"),
    ],
    "private_step": [
        (BROKEN, "still the program as it was"),
        (
            """
def private_step(gradients, bound, noise, batch, normals):
    means = [g.sum(axis=0) / batch for g in gradients]
    length = np.sqrt(sum(np.sum(m**2) for m in means))
    scale = min(1, bound / max(length, 1e-12))
    return [m * scale + noise * bound * z / batch for m, z in zip(means, normals)]
""",
            "The MEAN (or the sum) is clipped",
        ),
        (
            but(STEP, SCALE, "np.full(n, min(1, bound / np.sqrt(squares.sum())))"),
            "One length for all pictures",
        ),
        (
            but(STEP, "g * scale.reshape(-1, *[1] * (g.ndim - 1))", "np.clip(g, -bound, bound)"),
            "Each NUMBER is clipped",
        ),
        (
            but(
                STEP,
                "        total =",
                "        lengths = np.sqrt((g.reshape(n, normal.size) ** 2).sum(1))\n"
                f"        scale = {SCALE}\n        total =",
            ),
            "Each layer is clipped by itself",
        ),
        (but(STEP, SCALE, "bound / np.maximum(lengths, 1e-12)"), "made LONGER here, up to the bound"),
        (but(STEP, SCALE, "bound / lengths"), "one of zeros becomes 0/0"),
        (but(STEP, SCALE, "(lengths <= bound) * 1.0"), "are left out"),
        (but(STEP, SCALE, "np.ones(n)"), "Nothing is clipped"),
        (
            but(STEP, SCALE, "np.where(lengths > bound, 1 / np.maximum(lengths, 1e-12), 1)"),
            "with the length 1",
        ),
        (but(STEP, "np.sqrt(squares)", "squares"), "The length is the ROOT"),
        (but(STEP, "g**2", "np.abs(g)", "np.sqrt(squares)", "squares"), "sum of sizes"),
        (
            but(
                STEP,
                "np.sqrt(squares)",
                "np.max([np.abs(g).reshape(n, z.size).max(1) for g, z in zip(gradients, normals)], axis=0)",
            ),
            "its largest number",
        ),
        (but(STEP, NOISY, "(total + noise * normal) / batch"), "its deviation is noise * bound"),
        (but(STEP, NOISY, "total / batch + noise * bound * normal"), "`batch` times too strong"),
        (but(STEP, NOISY, "(total + noise * bound * normal / batch) / batch"), "twice, and hides too little"),
        (but(STEP, NOISY, "(total + n * noise * bound * normal) / batch"), "each picture brings its own"),
        (but(STEP, NOISY, "total / batch + noise * bound * normal / batch**0.5"), "shrink by a root"),
        (but(STEP, NOISY, "total / batch"), "The noise got lost"),
        (but(STEP, "/ batch", "/ n"), "that were drawn, and that tells"),
        (but(STEP, NOISY, "total / n + noise * bound * normal / batch"), "and the noise by `batch`"),
        (but(STEP, " / batch", ""), "This is the noisy SUM"),
        # right unless nobody was drawn: it begins with the first picture
        (
            """
def private_step(gradients, bound, noise, batch, normals):
    totals = None
    for parts in zip(*gradients):
        length = math.sqrt(sum(np.sum(part**2) for part in parts))
        clipped = [part * min(1, bound / max(length, 1e-9)) for part in parts]
        totals = clipped if totals is None else [a + b for a, b in zip(totals, clipped)]
    if totals is None:
        return [0 * normal for normal in normals]
    return [(total + noise * bound * normal) / batch for total, normal in zip(totals, normals)]
""",
            "the step is the noise alone",
        ),
        # the first picture, or the last, is forgotten
        (
            but(STEP, "total = np.sum(g *", "total = np.sum(g[1:] *", "scale.reshape", "scale[1:].reshape"),
            "squares summed",
        ),
        (
            but(STEP, "total = np.sum(g *", "total = np.sum(g[:-1] *", "scale.reshape", "scale[:-1].reshape"),
            "squares summed",
        ),
        (but(STEP, "/ batch", "/ max(n, batch)"), "squares summed"),
        (
            but(STEP, SCALE, SCALE.replace("np.minimum(1, ", "np.where(lengths <= 1, 1, ")),
            "Those longer than 1",
        ),
        # noise by whoever was drawn
        (but(STEP, "noise * bound", "noise * min(bound, lengths.max(initial=0) or bound)"), "squares summed"),
        (
            but(
                STEP,
                "squares = sum",
                "squares = max",
                "for g in gradients)\n    lengths",
                "for g in gradients[-1:])\n    lengths",
            ),
            "squares summed",
        ),
        (but(STEP, "/ batch", "// batch"), "squares summed"),
        (
            but(
                STEP,
                "    step = []",
                "    if n == 0:\n        return [0 * z for z in normals]\n    step = []",
            ),
            "is the noise alone",
        ),
    ],
    "unusual": [
        (but(UNUSUAL, ALL, "one"), "the chances of each class by itself"),
        (but(UNUSUAL, ALL, "one / classes"), "makes it HARDER"),
        (but(UNUSUAL, ALL, "one * classes"), "Nothing is likelier than 1"),
        (but(UNUSUAL, ALL, "1 - (1 - one) ** classes"), "know nothing of each other"),
        (but(UNUSUAL, ALL, "min(1, one * (classes - 1))"), "not C - 1"),
        (but(UNUSUAL, ONE, "min(few, many)"), "far out on the OTHER side"),
        (but(UNUSUAL, ONE, "min(1, 2 * few)"), "Only counts that are low are noticed here: the"),
        (but(UNUSUAL, ONE, "min(1, 2 * many)"), "Only counts that are high are noticed here: the"),
        (but(UNUSUAL, ONE, "few"), "low are noticed here, and"),
        (but(UNUSUAL, ONE, "many"), "high are noticed here, and"),
        (but(UNUSUAL, "p[k:].sum()", "1 - p[: k + 1].sum()"), "1 - P(X <= k) leaves it out"),
        (but(UNUSUAL, "p[: k + 1].sum()", "p[:k].sum()"), "Here the sum ends before it"),
        (
            but(UNUSUAL, "p[: k + 1].sum(), p[k:].sum()", "p[:k].sum(), p[k + 1 :].sum()"),
            "Both sides have k itself",
        ),
        (but(UNUSUAL, ONE, "p[k]"), "exactly this count"),
        (but(UNUSUAL, ONE, "p[p <= p[k] * (1 + 1e-9)].sum()"), "no likelier, on both sides"),
        (but(NORMAL, "HALF", "0.0"), "This is the normal curve. It is near where"),
        (but(NORMAL, "HALF", "0.5"), "with half a step. It is near"),
        (
            but(UNUSUAL, "zip(counts, expected)", "zip(counts, [1 / classes] * classes)"),
            "All classes are taken to be as many",
        ),
        # an index of -1
        (but(UNUSUAL, "p[k:].sum()", "1 - np.cumsum(p)[k - 1]"), "P(X >= 0) is 1"),
        (but(UNUSUAL, "range(n + 1)", "range(n)"), "n is left out"),
        (
            but(UNUSUAL, "p[: k + 1].sum(), p[k:].sum()", "p[:k].sum() + p[k] / 2, p[k:].sum() - p[k] / 2"),
            "Twice the smaller",
        ),
        (but(UNUSUAL, "one * classes", "one * 10"), "times the number of classes"),
        (but(UNUSUAL, "len(counts)", "np.count_nonzero(counts)"), "times the number of classes"),
        (
            but(
                UNUSUAL,
                f"chances.append({ALL})",
                "chances.append(one)",
                "return np.array(chances)",
                "order = np.argsort(chances)\n    steps = np.sort(chances) * np.arange(classes, 0, -1)\n"
                "    return np.minimum(1, np.maximum.accumulate(steps))[np.argsort(order)]",
            ),
            "times the number of classes",
        ),
        (but(UNUSUAL, ONE, "min(few, many)", ALL, "2 * min(1, one * classes)"), "at most 1"),
    ],
    "mark_test": [
        (but(MARK, "keys * alarm", "alarm"), "This is right for ONE key"),
        (but(MARK, "keys * alarm(agree)", "alarm(agree) / keys"), "LESS of the rate is left"),
        (but(MARK, KEEPS, "alarm(agree) > rate ** (1 / keys)"), "not drawn as a root"),
        (
            but(MARK, "    missed =", "    agree = min(agree + 1, bits + 1)\n    missed ="),
            "One bit too many must agree",
        ),
        (but(MARK, "range(t, bits + 1)", "range(t + 1, bits + 1)"), "One bit too few must agree"),
        (but(MARK, ALARM, "math.comb(bits, t) / 2**bits if t > bits / 2 else 1"), "Here t exactly"),
        (but(MARK, KEEPS, f"2 * {KEEPS}"), "One side counts here"),
        (
            but(MARK, ALARM, "math.erfc((t - bits / 2) / math.sqrt(bits / 2)) / 2"),
            "This is the normal curve. So far",
        ),
        (
            but(MARK, ALARM, "math.erfc((t - 0.5 - bits / 2) / math.sqrt(bits / 2)) / 2"),
            "with half a step. So far",
        ),
        (but(MARK, "agree <= bits and", "agree < bits and"), "`agree` is bits + 1"),
        (but(MARK, "return agree, missed", "return agree, 1 - missed"), "that the picture is FOUND"),
        (but(MARK, "range(agree))", "range(min(agree, bits) + 1))"), "missed are those with fewer"),
        (
            but(MARK, MISSED, MISSED.replace("(1 - wrong) ** k * wrong **", "wrong**k * (1 - wrong) **")),
            "1 - wrong",
        ),
        (but(MARK, MISSED, "1 - alarm(agree)"), "UNMARKED picture is passed over"),
        (but(MARK, MISSED, "1 - (1 - wrong) ** bits"), "as soon as one bit is wrong"),
        (but(MARK, MISSED, "float((1 - wrong) * bits < agree)"), "this takes the mean"),
        (but(MARK, "return agree, missed", "return missed, agree"), "First `agree`"),
        (but(MARK, KEEPS, "keys * alarm(agree) >= rate"), "AT MOST the rate"),
        (but(MARK, KEEPS, "int(keys * alarm(agree) / rate) >= 1"), "AT MOST the rate"),
        (but(MARK, "keys * alarm", "max(1, keys - 1) * alarm"), "Begin with all bits"),
        (but(MARK, "keys * alarm", "(keys + 1) * alarm"), "Begin with all bits"),
        (but(MARK, "return agree, missed", "return agree, missed * (agree <= bits)"), "Begin with all bits"),
        (but(MARK, "return agree, missed", "return agree, 1 - (1 - missed) ** keys"), "Begin with all bits"),
        (but(MARK, "return agree, missed", "return bits - agree, missed"), "Begin with all bits"),
        (
            but(
                MARK,
                MISSED,
                "1 - math.exp(-bits * wrong) * sum((bits * wrong) ** j / math.factorial(j) "
                "for j in range(bits - agree + 1))",
            ),
            "Begin with all bits",
        ),
    ],
    "cost_ratio": [
        (
            but(
                COST,
                "    ratios =",
                "    low, high = zip(watts, rest)\n    ratios =",
                ENDS,
                "energy(one, *low) / energy(two, *high), energy(one, *high) / energy(two, *low)",
            ),
            "as if the two had run on DIFFERENT machines",
        ),
        (but(COST, CORNERS, "for w, r in zip(watts, rest)"), "low together, or high together"),
        (
            but(COST, ENDS, "energy(one, watts[1], rest[0]) / energy(two, watts[1], rest[0]), ratios[1]"),
            "The ends are right, but",
        ),
        (
            but(COST, ENDS, "ratios[1], energy(one, watts[1], rest[0]) / energy(two, watts[1], rest[0])"),
            "The smaller one comes first. Whether",
        ),
        (but(COST, JOULES, "processor"), "the ratio of processor times"),
        (but(COST, JOULES, "clock"), "the ratio of the times by the clock"),
        (but(COST, JOULES, "w * clock + r * processor"), "A pair is (clock"),
        (but(COST, JOULES, "(w + r) * processor"), "the ratio of processor times"),
        (but(COST, JOULES, "w * processor + r * max(0, clock - processor)"), "only while no core works"),
        (
            but(COST, "in watts", "in [sum(watts) / 2]", "in rest", "in [sum(rest) / 2]"),
            "the middle of each range",
        ),
        (
            but(COST, "energy(one, w, r) / energy(two, w, r)", "energy(two, w, r) / energy(one, w, r)"),
            "one to two",
        ),
        (by("one[1] > two[1]"), "not on the processor times alone"),
        (by("one[0] < two[0]"), "not on the clock alone"),
        (by("one[1] - one[0] > two[1] - two[0]"), "not on their differences"),
        (but(COST, ENDS, "min(1, *ratios), max(1, *ratios)"), "the ends of x's range"),
        (but(COST, ENDS, "min(ratios) * 1.1 / 1.6, max(ratios) * 1.6 / 1.1"), "the ends of x's range"),
        (but(COST, "for r in rest", "for r in rest[:1]"), "the ends of x's range"),
        (but(COST, "/ energy(two", "// energy(two"), "the ends of x's range"),
    ],
}
