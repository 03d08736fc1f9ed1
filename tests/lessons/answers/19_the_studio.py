"""Independent right answers and the usual wrong ones for lesson 19."""

RINGS = """
def computed_back(table, hidden):
    # bridges by union-find
    rows, columns = hidden.shape
    cells = [tuple(c) for c in np.argwhere(hidden)]
    def free(cell):
        parent = list(range(rows + columns))
        def top(x):
            while parent[x] != x:
                x = parent[x]
            return x
        for r, c in cells:
            if (r, c) != cell:
                parent[top(r)] = top(rows + c)
        return top(cell[0]) == top(rows + cell[1])
    return [[-1 if hidden[r, c] and free((r, c)) else int(table[r, c]) for c in range(columns)] for r in range(rows)]
"""

RIGHT = {
    # all states of the disk, one by one
    "after_a_crash": """
def after_a_crash(steps):
    from itertools import product
    files = [step for step in steps if step != "sync"]
    old = new = broken = 0.0
    for moment in range(1, len(steps) + 1):
        done = steps[:moment]
        safe = done[:len(done) - 1 - done[::-1].index("sync")] if "sync" in done else []
        loose = [step for step in done if step != "sync" and step not in safe]
        for arrived in product([False, True], repeat=len(loose)):
            disk = set(safe) | {name for name, there in zip(loose, arrived) if there}
            chance = 0.5 ** len(loose) / len(steps)
            if "current" not in disk:
                old += chance
            elif all(name in disk for name in files):
                new += chance
            else:
                broken += chance
    return old, new, broken
""",
    # channel by channel
    "folded": """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    new, shift = kernel.copy(), []
    for c in range(len(bias)):
        by = gamma[c] / math.sqrt(variance[c] + epsilon)
        new[:, :, c, :] *= by
        shift.append(by * bias[c] + beta[c] - by * mean[c])
    return new, np.array(shift)
""",
    # by the exponents that a float shows
    "rounding_errors": """
def rounding_errors(inputs, kernel, bias):
    weights = np.vstack([kernel, bias])
    x = np.append(inputs, 1.0)
    _, power = np.frexp(weights)  # a size from 2^(power - 1) on
    off = np.exp2(np.clip(power - 1, -14, None) + 13.0) * abs(x)[:, None]
    return off.sum(axis=0), np.sqrt((off**2).sum(axis=0) / 3)
""",
    # all sums at once from the last alarm on, by their least
    "watch": """
def watch(distances, mean, deviation, threshold, allowance):
    x = [(d - mean) / deviation - allowance for d in distances]
    found, begun = [], 0
    while True:
        walk = np.concatenate([[0], np.cumsum(x[begun:])])
        low = np.minimum.accumulate(walk)
        over = np.flatnonzero(walk - low >= threshold)
        if len(over) == 0:
            return found
        n = over[0]
        last = np.flatnonzero(walk[:n] == low[:n])[-1]
        found.append((int(begun + n), int(begun + last + 1)))
        begun += n
""",
    # visits of each sum
    "thumbs_to_alarm": """
def thumbs_to_alarm(threshold, up, chance):
    moves = np.zeros((threshold, threshold))
    for s in range(threshold):
        moves[s, s - 1 if s else 0] += 1 - chance
        if s + up < threshold:
            moves[s, s + up] += chance
    return np.linalg.inv(np.eye(threshold) - moves)[0].sum()
""",
    # rows and columns as a graph: a cell is fixed if its ends fall apart without it
    "computed_back": """
def computed_back(table, hidden):
    rows, columns = hidden.shape
    known = table.copy()
    def joined(a, b, without):
        seen, todo = {a}, [a]
        while todo:
            x = todo.pop()
            for r, c in zip(*np.nonzero(hidden)):
                if (r, c) != without and x in (r, rows + c):
                    other = rows + c if x == r else r
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        return b in seen
    for r, c in zip(*np.nonzero(hidden)):
        if joined(r, rows + c, (r, c)):
            known[r, c] = -1
    return known
""",
}

ALSO_RIGHT = {
    "after_a_crash": [
        # by the numbers of files alone
        """
def after_a_crash(steps):
    files = len([s for s in steps if s not in ("sync", "current")])
    result = [0.0, 0.0, 0.0]
    safe = loose = 0
    pointer = 0.0
    for s in steps:
        if s == "sync":
            safe, loose = safe + loose, 0
            pointer = 1.0 if pointer else 0.0
        elif s == "current":
            pointer = 0.5
        else:
            loose += 1
        whole = 0.5**loose if safe + loose == files else 0.0
        result[0] += 1 - pointer
        result[1] += pointer * whole
        result[2] += pointer - pointer * whole
    return np.array(result) / len(steps)
""",
        # in fractions
        """
def after_a_crash(steps):
    from fractions import Fraction as F
    n = len(steps)
    tot = [F(0)] * 3
    for k in range(n):
        def p(name):
            i = steps.index(name)
            if i > k: return F(0)
            return F(1) if "sync" in steps[i:k + 1] else F(1, 2)
        w = F(1)
        for name in steps:
            if name not in ("sync", "current"): w *= p(name)
        c = p("current")
        tot = [tot[0] + 1 - c, tot[1] + c * w, tot[2] + c * (1 - w)]
    return [float(t / n) for t in tot]
""",
        """
def after_a_crash(steps):
    # backwards, recursively
    def chances(k):
        if k == 0:
            return np.zeros(3)
        done = steps[:k]
        def p(f):
            return 0.0 if f not in done else 1.0 if any(s == "sync" for s in done[done.index(f) + 1:]) else 0.5
        c = p("current")
        w = np.prod([p(f) for f in steps if f != "sync" and f != "current"])
        return np.array([1 - c, c * w, c - c * w]) + chances(k - 1)
    return [np.float32(x) for x in chances(len(steps)) / len(steps)]
""",
        """
def after_a_crash(steps):
    n, files = len(steps), set(steps) - {"sync"}
    out = dict(old=0, new=0, broken=0)
    onto, floating = set(), set()
    for s in steps:
        if s == "sync":
            onto, floating = onto | floating, set()
        else:
            floating.add(s)
        c = 1 if "current" in onto else 2 ** -1 if "current" in floating else 0
        missing = files - onto - floating - {"current"}
        w = 0 if missing else 2.0 ** -len(floating - {"current"})
        out["old"] += (1 - c) / n
        out["new"] += c * w / n
        out["broken"] += c * (1 - w) / n
    return tuple(out.values())
""",
        """
def after_a_crash(steps):
    names = [s for s in steps if s != "sync"]
    P = np.zeros((len(steps), len(names)))
    for k in range(len(steps)):
        for j, name in enumerate(names):
            at = steps.index(name)
            if k >= at:
                P[k, j] = 1.0 if "sync" in steps[at:k + 1] else 0.5
    c = P[:, names.index("current")]
    w = np.delete(P, names.index("current"), axis=1).prod(axis=1)
    return np.stack([1 - c, c * w, c * (1 - w)], axis=1).mean(axis=0)
""",
        """
def after_a_crash(steps):
    steps.append("end")
    old = new = bad = 0
    for k in range(1, len(steps)):
        pre = steps[:k]
        cut = max([i for i, s in enumerate(pre) if s == "sync"], default=0)
        safe, loose = set(pre[:cut]) - {"sync"}, set(pre[cut:]) - {"sync"}
        c = ("current" in safe) + 0.5 * ("current" in loose)
        n_all = len(set(steps)) - 1 - ("sync" in steps)
        w = (len(safe | loose | {"current"}) == n_all) * 0.5 ** len(loose - {"current"})
        old, new, bad = old + 1 - c, new + c * w, bad + c - c * w
    m = len(steps) - 1
    return (old / m, new / m, bad / m)
""",
    ],
    "folded": [
        # with moved axes
        """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    s = gamma * (variance + epsilon) ** -0.5
    k = np.moveaxis(kernel, 2, -1) * s
    return np.moveaxis(k, -1, 2), s * bias - s * mean + beta
""",
        # from what it does to zeros and to ones
        """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    def norm(y):
        return gamma * (y - mean) / np.sqrt(variance + epsilon) + beta
    slope = norm(bias + 1) - norm(bias)
    return [kernel * slope.reshape(1, 1, -1, 1), norm(bias)]
""",
        """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    h, w, o, i = kernel.shape
    k = np.empty((h, w, o, i))
    b = []
    for c in range(o):
        s = gamma[c] / (variance[c] + epsilon) ** 0.5
        for a in range(h):
            for d in range(w):
                for e in range(i):
                    k[a, d, c, e] = s * kernel[a, d, c, e]
        b.append(s * (bias[c] - mean[c]) + beta[c])
    return k.tolist(), b
""",
        """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    bias -= mean
    gamma /= np.sqrt(variance + epsilon)
    bias *= gamma
    bias += beta
    kernel *= gamma[:, np.newaxis]
    return kernel, bias
""",
        """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    D = np.diag(gamma / np.sqrt(variance + epsilon))
    return np.einsum("op,hwpi->hwoi", D, kernel), D @ (bias - mean) + beta
""",
        """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    s = np.sign(gamma) * np.sqrt(gamma**2 / (variance + epsilon))
    return np.apply_along_axis(lambda v: v * s, 2, kernel), s * (bias - mean) + beta
""",
    ],
    "rounding_errors": [
        # what NumPy says of halves
        """
def rounding_errors(inputs, kernel, bias):
    def step(w):
        return np.spacing(np.abs(w).astype(np.float16)).astype(float) * 2**24
    k, b = step(kernel), step(bias)
    top = (np.abs(inputs) @ k + b) / 2
    mid = np.sqrt(inputs**2 @ k**2 + b**2) / np.sqrt(12)
    return top, mid
""",
        # weight by weight, in loops
        """
def rounding_errors(inputs, kernel, bias):
    def step(w):
        w, e = abs(w), -14
        while w >= 2.0 ** (e + 1):
            e += 1
        return 2.0 ** (e - 10)
    largest, typical = [], []
    for j in range(len(bias)):
        most, square = step(bias[j]) / 2, step(bias[j]) ** 2 / 12
        for i in range(len(inputs)):
            most += abs(inputs[i]) * step(kernel[i, j]) / 2
            square += inputs[i] ** 2 * step(kernel[i, j]) ** 2 / 12
        largest.append(most * 2**24)
        typical.append(math.sqrt(square) * 2**24)
    return largest, typical
""",
        # largest by the worst weights of these sizes
        """
def rounding_errors(inputs, kernel, bias):
    e = np.maximum(np.floor(np.log2(abs(kernel))), -14)
    f = np.maximum(np.floor(np.log2(abs(bias))), -14)
    a, b = 2.0 ** (e - 11), 2.0 ** (f - 11)
    largest = np.sum(np.abs(inputs[:, None] * a), axis=0) + b
    variance = np.einsum("i,ij->j", inputs**2, a * a / 3) + b * b / 3
    return np.stack([largest, np.sqrt(variance)]) * 2.0**24
""",
        """
def rounding_errors(inputs, kernel, bias):
    def most(w):
        a = np.abs(w)
        powers = range(15, -15, -1)
        return np.select([a >= 2.0**e for e in powers], [2.0 ** (e + 13) for e in powers], 0.5)
    x = np.abs(inputs)[:, None]
    k, b = most(kernel), most(bias)
    return list((x * k).sum(0) + b), list(np.hypot(np.linalg.norm(x * k, axis=0), b) * 3 ** -0.5)
""",
        """
def rounding_errors(inputs, kernel, bias):
    def ulp(w):
        h = np.abs(w).astype(np.float16)
        return (np.nextafter(h, np.float16(np.inf)).astype(float) - h.astype(float)) * 2.0 ** 24
    x = np.concatenate([inputs, [1]])
    steps = ulp(np.concatenate([kernel, bias[None]]))
    return np.array([abs(x) @ steps / 2, np.sqrt(x ** 2 @ steps ** 2 / 12)])
""",
        """
def rounding_errors(inputs, kernel, bias):
    def a(w):
        e = math.frexp(abs(w))[1] - 1
        return 2.0 ** (max(e, -14) + 13)
    pairs = []
    for j in range(kernel.shape[1]):
        p = [abs(x) * a(k) for x, k in zip(inputs, kernel[:, j])] + [a(bias[j])]
        pairs.append((math.fsum(p), math.dist(p, [0] * len(p)) / math.sqrt(3)))
    return tuple(zip(*pairs))
""",
        """
def rounding_errors(inputs, kernel, bias):
    w = np.r_[kernel, bias.reshape(1, -1)]
    e = np.floor(np.log2(abs(w)))
    e[e < -14] = -14
    a = 2 ** (e + 13)
    inputs = np.append(abs(inputs), 1)
    # the mean of t^2 over a fine grid is that of the integral
    variance = sum((x * row) ** 2 for x, row in zip(inputs, a)) * (1 / 3)
    return np.dot(inputs, a), variance ** 0.5
""",
    ],
    "watch": [
        # without a division, in the unit of the distances
        """
def watch(distances, mean, deviation, threshold, allowance):
    result, s, start = [], 0, 0
    for n, d in enumerate(distances):
        s += d - mean - allowance * deviation
        if s <= 0:
            s, start = 0, n + 1
        elif s >= threshold * deviation:
            result.append([n + 1, start + 1])
            s, start = 0, n + 1
    return result
""",
        # the sums first, and then back to the last 0
        """
def watch(distances, mean, deviation, threshold, allowance):
    sums, pairs = [0.0], []
    for d in distances.tolist():
        s = max(0.0, sums[-1] + (d - mean) / deviation - allowance)
        sums.append(s)
        if s >= threshold:
            n = len(sums) - 1
            back = n
            while sums[back] > 0:
                back -= 1
            pairs.append((n, back + 1))
            sums[-1] = 0.0
    return pairs
""",
        # an array of pairs
        """
def watch(distances, mean, deviation, threshold, allowance):
    z = (distances - mean) / deviation - allowance
    out, s, n0 = [], 0.0, 1
    for i in range(len(z)):
        s = s + z[i]
        if s >= threshold:
            out.append([i + 1, n0])
            s = 0.0
        s = max(s, 0.0)
        if s == 0.0:
            n0 = i + 2
    return out
""",
        """
def watch(distances, mean, deviation, threshold, allowance):
    def go(s, since, n, rest):
        while len(rest):
            s = max(0.0, s + (rest[0] - mean) / deviation - allowance)
            n, rest = n + 1, rest[1:]
            if s >= threshold:
                return [(np.int64(n), np.int64(since)), *go(0.0, n + 1, n, rest)]
            if s == 0:
                since = n + 1
        return []
    return go(0.0, 1, 0, distances)
""",
        """
def watch(distances, mean, deviation, threshold, allowance):
    distances -= mean
    distances /= deviation
    s, since = 0.0, 1
    for n, x in enumerate(distances):
        s = max(0.0, s) + x - allowance
        if s <= 0:
            since = n + 2
        if s >= threshold:
            yield n + 1, since
            s, since = 0.0, n + 2
""",
        """
def watch(distances, mean, deviation, threshold, allowance):
    x = (np.asarray(distances, np.float32) - mean) / deviation - allowance
    at, out = 0, []
    while at < len(x):
        sums, s = [], 0.0
        for v in x[at:]:
            s = max(0.0, s + float(v))
            sums.append(s)
        sums = np.array(sums)
        if not (sums >= threshold).any():
            break
        n = int(np.argmax(sums >= threshold))
        zeros = np.flatnonzero(sums[:n] == 0)
        out.append((at + n + 1, at + (zeros[-1] + 1 if len(zeros) else 0) + 1))
        at += n + 1
    return np.array(out).reshape(-1, 2)
""",
        """
def watch(distances, mean, deviation, threshold, allowance):
    from itertools import accumulate
    steps = enumerate(((distances - mean) / deviation - allowance).tolist(), 1)
    def step(state, item):
        (s, since, _), (n, x) = state, item
        s = s + x
        if s >= threshold: return 0.0, n + 1, (n, since)
        return (s, since, None) if s > 0 else (0.0, n + 1, None)
    return tuple(pair for *_, pair in accumulate(steps, step, initial=(0.0, 1, None)) if pair)
""",
    ],
    "thumbs_to_alarm": [
        # thumb after thumb, until hardly a run is left
        """
def thumbs_to_alarm(threshold, up, chance):
    now = np.zeros(threshold + up)
    now[0], mean = 1.0, 0.0
    while (going := now[:threshold].sum()) > 1e-9:
        mean += going
        then = np.zeros_like(now)
        then[up:] += chance * now[:threshold]
        then[:threshold - 1] += (1 - chance) * now[1:threshold]
        then[0] += (1 - chance) * now[0]
        now = then
    return mean
""",
        # each sum's mean as u + v a_0, from below
        """
def thumbs_to_alarm(threshold, up, chance):
    from fractions import Fraction
    p = Fraction(chance)
    h = threshold
    A = [[Fraction(0)] * (h + 1) for _ in range(h)]
    for s in range(h):
        A[s][s] += 1
        A[s][max(s - 1, 0)] -= 1 - p
        if s + up < h:
            A[s][s + up] -= p
        A[s][h] = Fraction(1)
    for k in range(h - 1, 0, -1):  # away with a_k, from above
        for r in range(k):
            f = A[r][k] / A[k][k]
            if f:
                A[r] = [x - f * y for x, y in zip(A[r], A[k])]
    return float(A[0][h] / A[0][0])
""",
        # least squares, with the alarm as a state
        """
def thumbs_to_alarm(threshold, up, chance):
    h = threshold
    P = np.zeros((h + 1, h + 1))
    for s in range(h):
        P[s, min(h, s + up)] += chance
        P[s, max(0, s - 1)] += 1 - chance
    A = np.eye(h + 1) - P
    A[h, h] = 1
    return np.linalg.lstsq(A, np.r_[np.ones(h), 0], rcond=None)[0][0]
""",
        """
def thumbs_to_alarm(threshold, up, chance):
    n = threshold
    A = [[0.0] * n + [1.0] for _ in range(n)]
    for s in range(n):
        A[s][s] += 1
        A[s][max(0, s - 1)] -= 1 - chance
        if s + up < n: A[s][s + up] -= chance
    for k in range(n):
        p = max(range(k, n), key=lambda r: abs(A[r][k]))
        A[k], A[p] = A[p], A[k]
        for r in range(k + 1, n):
            f = A[r][k] / A[k][k]
            A[r] = [x - f * y for x, y in zip(A[r], A[k])]
    x = [0.0] * n
    for k in reversed(range(n)):
        x[k] = (A[k][n] - sum(A[k][j] * x[j] for j in range(k + 1, n))) / A[k][k]
    return np.float64(x[0])
""",
        """
def thumbs_to_alarm(threshold, up, chance):
    # doubling: I + Q + Q^2 + ...
    n = threshold
    Q = (1 - chance) * (np.eye(n, k=-1)) + chance * np.eye(n, k=up)
    Q[0, 0] += 1 - chance
    S, P = np.eye(n), Q
    for _ in range(40):
        S, P = S + P @ S, P @ P
    return S[0].sum().tolist()
""",
        """
def thumbs_to_alarm(threshold, up, chance):
    # a rise to up, and from there back to 0 before the alarm or not
    n, q = threshold, 1 - chance
    moves = np.zeros((n, n))
    for s in range(1, n):
        moves[s, s - 1] = q
        if s + up < n: moves[s, s + up] = chance
    inner = np.eye(n - 1) - moves[1:, 1:]
    if up >= n:
        return 1 / chance
    back = np.linalg.solve(inner, moves[1:, 0])[up - 1]
    time = np.linalg.solve(inner, np.ones(n - 1))[up - 1]
    return np.array(1 / chance + time) / (1 - back)
""",
        """
def thumbs_to_alarm(threshold, up, chance):
    from fractions import Fraction as F
    p, n = F(chance), threshold
    A = [[F(r == c) for c in range(n)] for r in range(n)]
    for s in range(n):
        A[s][max(s - 1, 0)] -= 1 - p
        if s + up < n: A[s][s + up] -= p
    def det(M):
        M, d = [r[:] for r in M], F(1)
        for k in range(len(M)):
            p = next(r for r in range(k, len(M)) if M[r][k])
            if p != k: M[k], M[p], d = M[p], M[k], -d
            d *= M[k][k]
            for r in range(k + 1, len(M)):
                f = M[r][k] / M[k][k]
                M[r] = [x - f * y for x, y in zip(M[r], M[k])]
        return d
    return float(det([[F(1), *r[1:]] for r in A]) / det(A))
""",
    ],
    "computed_back": [
        # the null space
        """
def computed_back(table, hidden):
    cells = [(r, c) for r in range(hidden.shape[0]) for c in range(hidden.shape[1]) if hidden[r, c]]
    A = np.zeros((sum(hidden.shape), len(cells)))
    for k, (r, c) in enumerate(cells):
        A[r, k] = A[hidden.shape[0] + c, k] = 1
    _, s, v = np.linalg.svd(A)
    free = v[(s > 1e-9).sum():]
    result = table.copy()
    for k, cell in enumerate(cells):
        if np.any(abs(free[:, k]) > 1e-9):
            result[cell] = -1
    return result
""",
        # a column of the equations that is no mixture of the others
        """
def computed_back(table, hidden):
    rank = np.linalg.matrix_rank
    r, c = np.where(hidden)
    A = np.vstack([np.equal.outer(np.arange(len(table)), r), np.equal.outer(np.arange(len(table[0])), c)]) * 1.0
    whole = rank(A)
    out = np.where(hidden, -1, table)
    for k in range(len(r)):
        rest = np.delete(A, k, axis=1)
        if rest.shape[1] == 0 or rank(rest) < whole:
            out[r[k], c[k]] = table[r[k], c[k]]
    return out.tolist()
""",
        # solved from the totals, with a second solution beside it
        """
def computed_back(table, hidden):
    r, c = np.nonzero(hidden)
    A = np.concatenate([np.eye(hidden.shape[0])[:, r], np.eye(hidden.shape[1])[:, c]])
    shown = np.where(hidden, 0, table)
    b = np.concatenate([(table - shown).sum(axis=1), (table - shown).sum(axis=0)])
    one = np.linalg.pinv(A) @ b
    start = np.random.default_rng(1).normal(size=len(r))
    other = start + np.linalg.pinv(A) @ (b - A @ start)
    out = shown.copy()
    out[r, c] = np.where(abs(one - other) < 1e-7, np.rint(one), -1)
    return out
""",
        RINGS,
        """
def computed_back(table, hidden):
    # bridges by a depth-first search, marked in place
    hidden = hidden.astype(bool)
    R, C = hidden.shape
    near = {v: [] for v in range(R + C)}
    for r, c in np.argwhere(hidden):
        near[r].append(R + c); near[R + c].append(r)
    depth, low, bridges = {}, {}, set()
    def walk(v, parent):
        depth[v] = low[v] = len(depth)
        for w in near[v]:
            if w == parent: continue
            if w not in depth:
                walk(w, v)
                low[v] = min(low[v], low[w])
                if low[w] > depth[v]: bridges.add((min(v, w), max(v, w) - R))
            else:
                low[v] = min(low[v], depth[w])
    for v in near:
        if v not in depth: walk(v, None)
    for r, c in np.argwhere(hidden):
        if (r, c) not in bridges: table[r, c] = -1
    return table
""",
        """
def computed_back(table, hidden):
    # row reduction in fractions
    from fractions import Fraction as F
    R, C = table.shape
    cells = list(zip(*np.nonzero(hidden)))
    A = [[F(int(r == i)) for r, _ in cells] for i in range(R)] + [[F(int(c == j)) for _, c in cells] for j in range(C)]
    row = 0
    for k in range(len(cells)):
        p = next((i for i in range(row, len(A)) if A[i][k]), None)
        if p is None: continue
        A[row], A[p] = A[p], A[row]
        A[row] = [x / A[row][k] for x in A[row]]
        for i in range(len(A)):
            if i != row and A[i][k]:
                f = A[i][k]
                A[i] = [x - f * y for x, y in zip(A[i], A[row])]
        row += 1
    out = np.where(hidden, -1, table).astype(float)
    for line in A[:row]:
        if sum(x != 0 for x in line) == 1:
            k = [x != 0 for x in line].index(True)
            out[cells[k]] = table[cells[k]]
    return out
""",
        """
def computed_back(table, hidden):
    # random moves that keep all totals
    r, c = np.nonzero(hidden)
    n, m = hidden.shape
    M = np.vstack([np.arange(n)[:, None] == r, np.arange(m)[:, None] == c]).astype(float)
    g = np.random.default_rng(3).normal(size=(len(r), 3))
    move = g - np.linalg.pinv(M) @ (M @ g)
    known = table.copy()
    known[r[abs(move).max(axis=1) > 1e-9], c[abs(move).max(axis=1) > 1e-9]] = -1
    return known
""",
    ],
}

CRASH = """
def after_a_crash(steps):
    files = [name for name in steps if name != "sync" and name != "current"]
    totals = np.zeros(3)
    moments = range(1, len(steps) + 1)
    for moment in moments:
        done = steps[:moment]
        def there(name):
            if name not in done:
                return 0.0
            return 1.0 if "sync" in done[done.index(name):] else 0.5
        named = there("current")
        whole = math.prod([there(name) for name in files])
        totals += [1 - named, named * whole, named * (1 - whole)]
    return tuple(totals / len(moments))
"""

FOLD = """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    scale = gamma / np.sqrt(variance + epsilon)
    return kernel * scale[None, None, :, None], (bias - mean) * scale + beta
"""

ROUNDING = """
def rounding_errors(inputs, kernel, bias):
    def most(w):
        e = np.floor(np.log2(abs(w)))
        e = np.maximum(e, -14)
        return 2.0 ** (e - 10) / 2 * 2.0**24
    parts = np.vstack([abs(inputs)[:, None] * most(kernel), most(bias)])
    return parts.sum(axis=0), np.sqrt((parts**2).sum(axis=0) / 3)
"""

WATCH = """
def watch(distances, mean, deviation, threshold, allowance):
    total, since, found = 0.0, 1, []
    values = (distances - mean) / deviation
    for number, value in enumerate(values, 1):
        total += value - allowance
        if total <= 0:
            total = 0.0
            since = number + 1
        if total >= threshold:
            found.append((number, since))
            total, since = 0.0, number + 1
    return found
"""

THUMBS = """
def thumbs_to_alarm(threshold, up, chance):
    n = threshold
    moves = np.zeros((n, n))
    for s in range(n):
        moves[s, max(s - 1, 0)] += 1 - chance
        if s + up < n:
            moves[s, s + up] += chance
    return np.linalg.solve(np.eye(n) - moves, np.ones(n))[0]
"""

BACK = """
def computed_back(table, hidden):
    unknown = hidden.copy()
    while True:
        alone = unknown & (unknown.sum(axis=1, keepdims=True) == 1)
        alone |= unknown & (unknown.sum(axis=0, keepdims=True) == 1)
        if not alone.any():
            break
        unknown = unknown & ~alone
    return np.where(unknown, -1, table)
"""

SO_MANY = """
def thumbs_to_alarm(threshold, up, chance):
    now, mean = np.eye(threshold)[0], 0.0
    for _ in range({n}):
        mean += now.sum()
        then = np.zeros(threshold)
        for s in range(threshold):
            then[max(s - 1, 0)] += (1 - chance) * now[s]
            if s + up < threshold:
                then[s + up] += chance * now[s]
        now = then
    return mean
"""


def but(source: str, *changes: str) -> str:
    """An answer with faults: what stands in it, and what stands there instead, in turn."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


SORTED = "[1 - named, named * whole, named * (1 - whole)]"
STANDARD = "(distances - mean) / deviation"
OWN = "(distances - distances.mean()) / distances.std()"
FLOOR = "            total = 0.0\n            since"
AGAIN = "            total, since = 0.0, number + 1\n"
AFTER = "            since = number + 1\n"
OTHER = "the right answer is another one"
VALUES = "the shape is right, the values are not"

WRONG = {
    "after_a_crash": [
        (but(CRASH, "else 0.5", "else 1.0"), "It may still be in memory"),
        (but(CRASH, "else 0.5", "else 0.0"), "Nothing reaches the disk before a sync here"),
        (but(CRASH, '1.0 if "sync" in done[done.index(name):] else 0.5', "0.5"), "A sync does nothing here"),
        (but(CRASH, "math.prod(", "min("), "share one coin"),
        (
            but(CRASH, "for name in files])", "for name in files if name in done])"),
            "not written yet are left out",
        ),
        (
            but(
                CRASH,
                "math.prod([there(name) for name in files])",
                "1 - math.prod([1 - there(name) for name in files])",
            ),
            "as soon as one of its files is there",
        ),
        (but(CRASH, 'there("current")', 'float("current" in done)'), "`current` is a file too"),
        (but(CRASH, SORTED, "[whole * (1 - named), named * whole, 1 - whole]"), "nobody reads that one"),
        (but(CRASH, SORTED, "[1 - named * whole, named * whole, 0]"), "gets the old one here"),
        (
            but(CRASH, SORTED, "[(1 - named) * (1 - whole), whole, named * (1 - whole)]"),
            "enough without `current`",
        ),
        (but(CRASH, "range(1, len(steps) + 1)", "range(len(steps) + 1)"), "before the first is counted"),
        (but(CRASH, "range(1, len(steps) + 1)", "[len(steps)]"), "after the last step only"),
        (but(CRASH, "range(1, len(steps) + 1)", "range(1, len(steps))"), "after the last step is missing"),
        (
            but(
                CRASH,
                "range(1, len(steps) + 1)",
                '[k for k in range(1, len(steps) + 1) if steps[k - 1] != "sync"]',
            ),
            "A sync is a step as well",
        ),
        (but(CRASH, "totals / len(moments)", "totals"), "These are sums over all moments"),
        (but(CRASH, SORTED, "[named * whole, 1 - named, named * (1 - whole)]"), "The order is old, new"),
        # a simulation
        (
            """
def after_a_crash(steps):
    draw = np.random.default_rng(0)
    counts = np.zeros(3)
    for _ in range(2000):
        disk, loose = set(), set()
        for s in steps[:draw.integers(1, len(steps) + 1)]:
            if s == "sync":
                disk |= loose
                loose = set()
            else:
                loose.add(s)
        disk |= {s for s in sorted(loose) if draw.random() < 0.5}
        all_there = disk == set(steps) - {"sync"}
        counts[2 if "current" in disk and not all_there else int("current" in disk)] += 1
    return counts / counts.sum()
""",
            OTHER,
        ),
        # in the order in which they were written, so many of them as chance has it
        (
            """
def after_a_crash(steps):
    totals = np.zeros(3)
    every = set(steps) - {"sync"}
    for k in range(1, len(steps) + 1):
        disk, loose = set(), []
        for s in steps[:k]:
            if s == "sync":
                disk |= set(loose)
                loose = []
            else:
                loose.append(s)
        for n in range(len(loose) + 1):
            now = disk | set(loose[:n])
            what = 0 if "current" not in now else 1 if now == every else 2
            totals[what] += 1 / (len(loose) + 1)
    return tuple(totals / len(steps))
""",
            OTHER,
        ),
        # `current` is whole itself or not, as one of the files
        (but(CRASH, ' and name != "current"', ""), OTHER),
        # a sync saves the file just before it alone
        (
            but(CRASH, '"sync" in done[done.index(name):]', '"sync" in done[done.index(name):][1:2]'),
            OTHER,
        ),
        # only first sync
        (
            but(
                CRASH,
                '"sync" in done[done.index(name):]',
                '"sync" in done and done.index("sync") > done.index(name)',
            ),
            OTHER,
        ),
        # only the last sync of all steps, whenever the crash
        (but(CRASH, '"sync" in done[done.index(name):]', '"sync" in steps[steps.index(name):]'), OTHER),
        # the crash just BEFORE steps counts
        (but(CRASH, "range(1, len(steps) + 1)", "range(len(steps))"), OTHER),
        # the names of the example
        (
            but(
                CRASH,
                '[name for name in steps if name != "sync" and name != "current"]',
                '["weights", "sums"]',
            ),
            OTHER,
        ),
        # rounded
        (but(CRASH, "tuple(totals / len(moments))", "tuple((totals / len(moments)).round(2))"), OTHER),
        # broken is the rest of percent ints
        (but(CRASH, "tuple(totals / len(moments))", "tuple(totals // len(moments))"), OTHER),
        # a sync carries one file? toggles: each sync with chance 1/2
        (
            but(
                CRASH,
                '1.0 if "sync" in done[done.index(name):] else 0.5',
                '1 - 0.5 ** (1 + done[done.index(name):].count("sync"))',
            ),
            OTHER,
        ),
        # a double sync resets
        (
            but(
                CRASH,
                '1.0 if "sync" in done[done.index(name):] else 0.5',
                '1.0 if done[done.index(name):].count("sync") == 1 else 0.5',
            ),
            OTHER,
        ),
        # files later than current left out
        (
            but(
                CRASH,
                'name != "sync" and name != "current"]',
                'name != "sync" and name != "current" and steps.index(name) < steps.index("current")]',
            ),
            OTHER,
        ),
        # without others never whole
        (
            but(
                CRASH,
                "whole = math.prod([there(name) for name in files])",
                "whole = math.prod([there(name) for name in files]) if files else 0.0",
            ),
            "only file",
        ),
        # sync as first step is no moment
        (but(CRASH, "range(1, len(steps) + 1)", 'range(1 + (steps[0] == "sync"), len(steps) + 1)'), OTHER),
        # moments without a change counted once (double syncs)
        (
            but(
                CRASH,
                "range(1, len(steps) + 1)",
                '[k for k in range(1, len(steps) + 1) if k == 1 or steps[k - 1] != "sync" or steps[k - 2] != "sync"]',
            ),
            OTHER,
        ),
    ],
    "folded": [
        (but(FOLD, "scale[None, None, :, None]", "scale"), "channels in are scaled"),
        (
            but(
                FOLD,
                "kernel * scale[None, None, :, None], (bias - mean) * scale + beta",
                "kernel, bias - mean + beta",
            ),
            "The kernel stays as it was",
        ),
        (but(FOLD, "(bias - mean) * scale + beta", "bias - mean * scale + beta"), "multiplied as well"),
        (but(FOLD, "(bias - mean)", "(-mean)"), "The old bias got lost"),
        (but(FOLD, "(bias - mean) * scale", "bias * scale - mean"), "BEFORE it is multiplied"),
        (but(FOLD, "(bias - mean)", "bias"), "The mean got lost"),
        (but(FOLD, "(bias - mean)", "(bias + mean)"), "not added"),
        (but(FOLD, "(bias - mean) * scale + beta", "(bias - mean + beta) * scale"), "not multiplied"),
        (but(FOLD, "(bias - mean) * scale + beta", "(bias - mean) * scale"), "beta got lost"),
        (but(FOLD, "(bias - mean) * scale + beta", "bias"), "stays as it was here"),
        (but(FOLD, "np.sqrt(variance + epsilon)", "(np.sqrt(variance) + epsilon)"), "under the root"),
        (but(FOLD, "variance + epsilon", "variance"), "epsilon is left out"),
        (but(FOLD, "np.sqrt(variance + epsilon)", "(variance + epsilon)"), "by its ROOT"),
        (but(FOLD, "gamma / np", "1 / np"), "gamma got lost"),
        (but(FOLD, "gamma / np", "gamma * np"), "it divides"),
        # only the bias
        (but(FOLD, "kernel * scale[None, None, :, None]", "kernel"), VALUES),
        # channels in and out changed over
        (but(FOLD, "kernel * scale[None, None, :, None]", "np.swapaxes(kernel, 2, 3) * scale"), VALUES),
        (
            but(FOLD, "gamma / np.sqrt(variance + epsilon)", "np.sqrt(gamma**2 / (variance + epsilon))"),
            VALUES,
        ),
        (but(FOLD, "gamma / np.sqrt(variance + epsilon)", "gamma / np.sqrt(variance + 1e-3)"), VALUES),
        (but(FOLD, "gamma / np.sqrt(variance + epsilon)", "gamma / np.sqrt(variance + 0.25)"), VALUES),
        (
            but(
                FOLD, "gamma / np.sqrt(variance + epsilon)", "gamma / np.sqrt(np.maximum(variance, epsilon))"
            ),
            VALUES,
        ),
        (
            but(
                FOLD, "gamma / np.sqrt(variance + epsilon)", "gamma.astype(int) / np.sqrt(variance + epsilon)"
            ),
            VALUES,
        ),
        (but(FOLD, "kernel * scale[None, None, :, None]", "kernel * scale[0]"), VALUES),
        (but(FOLD, "kernel * scale[None, None, :, None]", "kernel * scale.mean()"), VALUES),
        (
            but(
                FOLD,
                "kernel * scale[None, None, :, None]",
                "(kernel * scale[None, None, :, None]).clip(-1, 1)",
            ),
            VALUES,
        ),
        (but(FOLD, "+ beta", "+ abs(beta)"), VALUES),
        (but(FOLD, "(bias - mean)", "np.maximum(bias - mean, 0)"), VALUES),
        (
            but(
                FOLD,
                "kernel * scale[None, None, :, None]",
                "(kernel * scale[None, None, :, None]).astype(np.float16)",
            ),
            VALUES,
        ),
        (
            """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    new, shift = kernel.copy(), []
    for c in range(kernel.shape[-1]):
        by = gamma[c] / math.sqrt(variance[c] + epsilon)
        new[:, :, c, :] *= by
        shift.append(by * (bias[c] - mean[c]) + beta[c])
    return new, np.array(shift)
""",
            "IndexError",
        ),
        (
            """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    scale = gamma / np.sqrt(variance + epsilon)
    flat = kernel.reshape(-1, kernel.shape[2])
    return (flat * scale).reshape(kernel.shape), (bias - mean) * scale + beta
""",
            "channels in are scaled",
        ),
        (
            """
def folded(kernel, bias, gamma, beta, mean, variance, epsilon):
    scale = gamma / np.sqrt(variance + epsilon)
    return np.swapaxes(np.swapaxes(kernel, 2, 3) * scale, 0, 1), (bias - mean) * scale + beta
""",
            "expected an array of shape",
        ),
    ],
    "rounding_errors": [
        (but(ROUNDING, "2.0 ** (e - 10) / 2", "2.0 ** (e - 10)"), "These are whole steps"),
        (but(ROUNDING, "(e - 10)", "(e - 11)"), "twice as much"),
        (but(ROUNDING, "2.0 ** (e - 10) / 2", "abs(w) * 2.0**-11"), "Each weight is off by its own size"),
        (
            but(ROUNDING, "2.0 ** (e - 10) / 2", "np.maximum(abs(w) * 2.0**-11, 2.0**-25)"),
            "and below 2^-14 by half a unit",
        ),
        (but(ROUNDING, "        e = np.maximum(e, -14)\n", ""), "the steps become no finer"),
        (
            but(ROUNDING, "2.0 ** (e - 10) / 2", "np.where(abs(w) < 2.0**-14, abs(w), 2.0 ** (e - 10) / 2)"),
            "taken to become 0",
        ),
        (but(ROUNDING, "2.0 ** (e - 10) / 2", "abs(w - w.astype(np.float16))"), "by how much THESE weights"),
        (but(ROUNDING, ", most(bias)]", "]"), "The bias is rounded, too"),
        (but(ROUNDING, "abs(inputs)", "inputs"), "An error has either sign"),
        (but(ROUNDING, "abs(inputs)[:, None] * ", ""), "multiplied by its input"),
        (but(ROUNDING, " * 2.0**24", ""), "not in units of 2^-24"),
        (
            but(ROUNDING, "parts.sum(axis=0)", "parts.mean(axis=0)"),
            "errors of a sum add up",
        ),
        (
            but(ROUNDING, "np.sqrt((parts**2).sum(axis=0) / 3)", "parts.sum(axis=0) / np.sqrt(3)"),
            "variances add up, not deviations",
        ),
        (but(ROUNDING, "np.sqrt((parts**2)", "((parts**2)"), "take the root"),
        (but(ROUNDING, " / 3)", ")"), "all off by the most"),
        (but(ROUNDING, " / 3)", " / 12)"), "the length is 2 a"),
        (but(ROUNDING, " / 3)", ") / 2"), "This is the mean SIZE"),
        (
            but(ROUNDING, "return parts.sum", "parts = parts[:-1]\n    return parts.sum"),
            "The bias is rounded, too",
        ),
        # the typical one without the bias
        (but(ROUNDING, "(parts**2).sum", "(parts[:-1] ** 2).sum"), VALUES),
        # eight bits of exponent, seven of fraction
        (but(ROUNDING, "(e - 10)", "(e - 7)", "        e = np.maximum(e, -14)\n", ""), VALUES),
        # the step of the largest weight for all
        (but(ROUNDING, "np.maximum(e, -14)", "0 * e + np.maximum(e, -14).max()"), VALUES),
        (but(ROUNDING, "(e, -14)", "(e, -15)"), VALUES),
        (but(ROUNDING, "np.floor(", "np.ceil("), VALUES),
        (but(ROUNDING, "np.floor(np.log2(abs(w)))", "np.trunc(np.log2(abs(w)))"), VALUES),
        (but(ROUNDING, "np.floor(np.log2(abs(w)))", "np.round(np.log2(abs(w)))"), VALUES),
        (but(ROUNDING, "np.maximum(e, -14)", "np.clip(e, -14, 1)"), VALUES),
        (but(ROUNDING, "np.maximum(e, -14)", "np.clip(e, -14, 0)"), VALUES),
        (
            but(
                ROUNDING,
                "np.maximum(e, -14)",
                "np.maximum(e, -14).max(axis=0) if np.ndim(e) > 1 else np.maximum(e, -14)",
            ),
            VALUES,
        ),
        (but(ROUNDING, "np.maximum(e, -14)", "np.where(e < -14, -24, e)"), VALUES),
        (but(ROUNDING, "np.maximum(e, -14)", "np.where(e < -14, -13, e)"), VALUES),
        (but(ROUNDING, "(parts**2).sum(axis=0)", "(parts**2).mean(axis=0)"), VALUES),
        (but(ROUNDING, "np.sqrt((parts**2).sum(axis=0) / 3)", "parts.std(axis=0)"), VALUES),
        (but(ROUNDING, "np.sqrt((parts**2).sum(axis=0) / 3)", "parts.max(axis=0)"), VALUES),
        (but(ROUNDING, "parts.sum(axis=0)", "parts.max(axis=0)"), VALUES),
        (
            but(
                ROUNDING,
                "parts.sum(axis=0), np.sqrt((parts**2).sum(axis=0) / 3)",
                "parts.sum(axis=0).astype(int), np.sqrt((parts**2).sum(axis=0) / 3)",
            ),
            VALUES,
        ),
        (
            but(
                ROUNDING,
                "parts.sum(axis=0), np.sqrt((parts**2).sum(axis=0) / 3)",
                "np.sqrt((parts**2).sum(axis=0) / 3), parts.sum(axis=0)",
            ),
            VALUES,
        ),
        (but(ROUNDING, "most(bias)]", "0 * bias + 2.0**12]"), VALUES),
        (
            """
def rounding_errors(inputs, kernel, bias):
    def a(w):
        return 2.0 ** (max(math.floor(math.log2(abs(w))), -14) + 13)
    m = len(bias)
    parts = [[abs(inputs[i]) * a(kernel[i, j]) for i in range(m)] + [a(bias[j])] for j in range(m)]
    return [sum(p) for p in parts], [math.sqrt(sum(t * t for t in p) / 3) for p in parts]
""",
            "IndexError",
        ),
        (but(ROUNDING, "abs(inputs)[:, None] * most(kernel)", "most(abs(inputs)[:, None] * kernel)"), VALUES),
    ],
    "watch": [
        (
            but(
                WATCH,
                STANDARD,
                OWN,
                FLOOR,
                "            since",
                AGAIN,
                "",
                AFTER,
                "            since = number\n",
            ),
            "This is still the monitor as it was",
        ),
        (but(WATCH, STANDARD, OWN), "One fault is left: values are compared with their OWN"),
        (but(WATCH, FLOOR, "            since"), "One fault is left: the sum falls below 0"),
        (but(WATCH, AGAIN, ""), "One fault is left: the sum is not begun again"),
        (
            but(
                WATCH,
                AFTER,
                "            since = number\n",
                AGAIN,
                "            total, since = 0.0, number\n",
            ),
            "One fault is left: if the sum was last 0",
        ),
        (but(WATCH, STANDARD, OWN, FLOOR, "            since"), "2 faults are left: the standard, the floor"),
        (but(WATCH, STANDARD, OWN, AGAIN, ""), "2 faults are left: the standard, the new beginning"),
        (
            but(WATCH, FLOOR, "            since", AGAIN, ""),
            "2 faults are left: the floor, the new beginning",
        ),
        (
            but(WATCH, FLOOR, "            since", AGAIN, "", AFTER, "            since = number\n"),
            "3 faults are left: the floor, the new beginning, the change's number",
        ),
        (but(WATCH, "total >= threshold", "total > threshold"), "REACHES the threshold"),
        (but(WATCH, "total <= 0", "total < 0"), "comes down to exactly 0"),
        (but(WATCH, AGAIN, "            total = 0.0\n"), "the next change begins after the alarm"),
        (
            but(WATCH, AGAIN, "            total, since = total - threshold, number + 1\n"),
            "Begin again at 0, not at",
        ),
        (but(WATCH, STANDARD, "abs(distances - mean) / deviation"), "looks for larger ones only"),
        (but(WATCH, "value - allowance", "value"), "The allowance is not taken off"),
        (but(WATCH, STANDARD, "(distances - mean) / distances.std()"), "the deviation still is"),
        (but(WATCH, STANDARD, "(distances - distances.mean()) / deviation"), "the mean still is"),
        (but(WATCH, AGAIN, "            break\n"), "All but the first alarm are missing"),
        (
            but(WATCH, "enumerate(values, 1)", "enumerate(values)", "0.0, 1, []", "0.0, 0, []"),
            "numbered from 1 on",
        ),
        # one after the other
        (but(WATCH, "(number, since))", "number)"), "expected a tuple of"),
        (but(WATCH, "(number, since))", "(since, number))"), "Write down S_n for the first few"),
        # when it last rose
        (
            but(
                WATCH,
                "total <= 0",
                "value <= allowance",
                FLOOR,
                "            total = max(total, 0.0)\n            since",
            ),
            "Write down S_n for the first few",
        ),
        # the values that are above it alone
        (
            but(WATCH, "        total += value - allowance\n", "        total = value - allowance\n"),
            "Write down S_n for the first few",
        ),
        (
            but(WATCH, "value - allowance", "value - allowance * deviation"),
            "Write down S_n for the first few",
        ),
        (but(WATCH, STANDARD, "(distances - mean) / deviation**2"), "Write down S_n for the first few"),
        (but(WATCH, "(number, since)", "(number, number - since)"), "Write down S_n for the first few"),
        (
            but(WATCH, "(distances - mean) / deviation", "(distances - int(mean)) / deviation"),
            "Write down S_n for the first few",
        ),
        (
            but(WATCH, "(distances - mean) / deviation", "((distances - mean) / deviation).astype(int)"),
            "Write down S_n for the first few",
        ),
        (
            but(WATCH, "(distances - mean) / deviation", "((distances - mean) / deviation).clip(-3, 3)"),
            "Write down S_n for the first few",
        ),
        (
            but(WATCH, "total >= threshold", "total >= threshold * deviation"),
            "Write down S_n for the first few",
        ),
        (
            but(WATCH, "(distances - mean) / deviation", "distances - mean"),
            "Write down S_n for the first few",
        ),
        (
            but(WATCH, "(distances - mean) / deviation", "distances / deviation - mean"),
            "Write down S_n for the first few",
        ),
        (but(WATCH, "value - allowance", "value - allowance / 2"), "Write down S_n for the first few"),
        # after an alarm the next distance is skipped
        (
            but(
                WATCH,
                "    for number, value in enumerate(values, 1):\n",
                "    skip = False\n    for number, value in enumerate(values, 1):\n"
                "        if skip:\n            skip = False\n            continue\n",
                "            total, since = 0.0, number + 1\n",
                "            total, since, skip = 0.0, number + 1, True\n",
            ),
            "Write down S_n for the first few",
        ),
        # the change is the alarm before
        (
            but(WATCH, "            since = number + 1\n        if", "        if"),
            "Write down S_n for the first few",
        ),
        (
            but(
                WATCH,
                "            total, since = 0.0, number + 1\n",
                "            total, since = 0.0, number + 2\n",
            ),
            "Write down S_n for the first few",
        ),
        (but(WATCH, "    return found", "    return found or None"), "is there a `return`"),
        (but(WATCH, "    return found", "    return found[:3]"), "Write down S_n for the first few"),
        (
            but(WATCH, "total += value - allowance", "total = total + value - allowance if total else value"),
            "Write down S_n for the first few",
        ),
        # the allowance also raises the floor
        (but(WATCH, "total <= 0", "total <= allowance"), "Write down S_n for the first few"),
        (
            but(
                WATCH,
                "            found.append((number, since))\n",
                "            if not found or since > found[-1][0] + 1:\n"
                "                found.append((number, since))\n",
            ),
            "Write down S_n for the first few",
        ),
    ],
    "thumbs_to_alarm": [
        (
            """
def thumbs_to_alarm(threshold, up, chance):
    return threshold / (chance * up - (1 - chance))
""",
            "The threshold over the mean step",
        ),
        (
            """
def thumbs_to_alarm(threshold, up, chance):
    return math.ceil(threshold / up) / chance
""",
            "until so many thumbs are down",
        ),
        (but(THUMBS, "n = threshold\n", "n = threshold + 1\n"), "only above it"),
        (
            but(
                THUMBS,
                "        if s + up < n:\n            moves[s, s + up] += chance",
                "        if s == 0:\n            moves[0] = 0\n"
                "        if s + up < n:\n            moves[s, s + up] += chance if s else 1",
            ),
            "it is a thumb all the same",
        ),
        (
            but(
                THUMBS, "        moves[s, max(s - 1, 0)] +=", "        if s:\n            moves[s, s - 1] +="
            ),
            "A thumb up at 0 ends it here",
        ),
        (
            but(
                THUMBS,
                "            moves[s, s + up] += chance",
                "            moves[s, s + up] += chance\n        elif s + up > n:\n"
                "            moves[s, n - 1] += chance",
            ),
            "stops just below it",
        ),
        (but(THUMBS, "np.eye(n) - moves", "np.eye(n) - moves.T"), "transposed"),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n)).mean()"), "over all sums to begin with"),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n))[-1]"), "from just below the threshold"),
        (but(THUMBS, "    n = threshold\n", "    n, up = threshold, 1\n"), "A thumb down adds"),
        (but(THUMBS, "max(s - 1, 0)", "max(s - up, 0)"), "takes 1 point off"),
        (
            but(THUMBS, "    n = threshold\n", "    n, chance = threshold, 1 - chance\n"),
            "that of a thumb DOWN",
        ),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n))[0] + 1"), "One too many"),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n))[0] - 1"), "One too few"),
        (
            """
def thumbs_to_alarm(threshold, up, chance):
    p, k = np.zeros(threshold), 0
    p[0] = 1
    while p.sum() > 0.5:
        q = np.zeros(threshold)
        for s in range(threshold):
            q[max(s - 1, 0)] += p[s] * (1 - chance)
            if s + up < threshold:
                q[s + up] += p[s] * chance
        p, k = q, k + 1
    return k
""",
            "This is the median",
        ),
        (but(THUMBS, "np.ones(n))[0]", "np.full(n, chance))[0]"), "These are the thumbs down only"),
        # a simulation
        (
            """
def thumbs_to_alarm(threshold, up, chance):
    draw, total = np.random.default_rng(0), 0
    for _ in range(100):
        s = 0
        while s < threshold:
            total += 1
            s = s + up if draw.random() < chance else max(0, s - 1)
    return total / 100
""",
            OTHER,
        ),
        # not for long enough
        (
            """
def thumbs_to_alarm(threshold, up, chance):
    p, mean = np.zeros(threshold), 0.0
    p[0] = 1
    for _ in range(5 * threshold):
        mean += p.sum()
        q = np.zeros(threshold)
        for s in range(threshold):
            q[max(s - 1, 0)] += p[s] * (1 - chance)
            if s + up < threshold:
                q[s + up] += p[s] * chance
        p = q
    return mean
""",
            OTHER,
        ),
        # Siegmund's line, for normal values
        (
            """
def thumbs_to_alarm(threshold, up, chance):
    mean = chance * (up + 1) - 1
    spread = (up + 1) * math.sqrt(chance * (1 - chance))
    d, b = mean / spread, threshold / spread + 1.166
    if abs(d) < 1e-9:
        return b * b
    return (math.exp(-2 * d * b) + 2 * d * b - 1) / (2 * d * d)
""",
            OTHER,
        ),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n))[0].round()"), OTHER),
        (but(THUMBS, "np.ones(n))[0]", "np.full(n, 1 - chance))[0]"), OTHER),
        (SO_MANY.format(n=1000), OTHER),
        (SO_MANY.format(n=10_000), OTHER),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n))[0].astype(int)"), OTHER),
        (
            but(THUMBS, "moves[s, max(s - 1, 0)] += 1 - chance", "moves[s, abs(s - 1) % n] += 1 - chance"),
            OTHER,
        ),
        (but(THUMBS, "moves[s, max(s - 1, 0)] += 1 - chance", "moves[s, s - 1] += 1 - chance"), OTHER),
        (
            but(
                THUMBS,
                "    n = threshold\n",
                "    if up >= threshold:\n        return 1.0\n    n = threshold\n",
            ),
            OTHER,
        ),
        (
            but(
                THUMBS,
                "    n = threshold\n",
                "    if up >= threshold:\n        return math.inf\n    n = threshold\n",
            ),
            OTHER,
        ),
        (
            but(
                THUMBS,
                "    n = threshold\n",
                "    if chance == 1:\n        return threshold / up\n    n = threshold\n",
            ),
            "chance of 1",
        ),
        (
            but(
                THUMBS,
                "    n = threshold\n",
                "    if chance == 1:\n        return math.inf\n    n = threshold\n",
            ),
            "chance of 1",
        ),
        # renewal with 1 / (1 - chance)
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n) / (1 - chance))[0] * (1 - chance)"), "chance of 1"),
        (but(THUMBS, "    n = threshold\n", "    n = -(-threshold // up) * up\n"), OTHER),
        (but(THUMBS, "    n = threshold\n", "    n, up = -(-threshold // up), 1\n"), OTHER),
        (but(THUMBS, "max(s - 1, 0)", "max(s - 2, 0)"), OTHER),
        (but(THUMBS, "np.ones(n))[0]", "np.ones(n)).sum()"), OTHER),
    ],
    "computed_back": [
        (
            but(BACK, "        alone |= unknown & (unknown.sum(axis=0, keepdims=True) == 1)\n", ""),
            "Only rows are used here",
        ),
        (
            BACK.replace("axis=1", "axis=0"),
            "Only columns are used here",
        ),
        (
            but(
                BACK,
                "        unknown = unknown & ~alone\n",
                "        unknown = unknown & ~alone\n        break\n",
            ),
            "go on until nothing changes",
        ),
        (BACK, "There are more: add the totals of several rows"),
        (
            but(BACK, "alone |= unknown", "alone &= unknown").replace("while True", "for _ in range(1)"),
            "only if alone in both",
        ),
        (
            """
def computed_back(table, hidden):
    r, c = np.nonzero(hidden)
    A = np.concatenate([np.eye(len(table))[:, r], np.eye(len(table[0]))[:, c]])
    found = table.copy()
    found[r, c] = np.rint(np.linalg.pinv(A) @ (A @ table[r, c])).astype(int)
    return found
""",
            "This is ONE solution",
        ),
        (
            """
def computed_back(table, hidden):
    r, c = np.nonzero(hidden)
    A = np.concatenate([np.eye(len(table))[:, r], np.eye(len(table[0]))[:, c]])
    shown = np.where(hidden, 0.0, table)
    rest = np.concatenate([table.sum(axis=1) - shown.sum(axis=1), table.sum(axis=0) - shown.sum(axis=0)])
    shown[r, c] = np.linalg.lstsq(A, rest, rcond=None)[0]
    return shown
""",
            "not even in whole numbers",
        ),
        (
            """
def computed_back(table, hidden):
    return np.where(hidden, -1, table)
""",
            "Nothing is computed back here",
        ),
        (
            """
def computed_back(table, hidden):
    return table
""",
            "Everything is computed back here",
        ),
        (
            """
def computed_back(table, hidden):
    r, c = np.nonzero(hidden)
    A = np.concatenate([np.eye(len(table))[:, r], np.eye(len(table[0]))[:, c]])
    if np.linalg.matrix_rank(A) == len(r):
        return table
    return np.where(hidden, -1, table)
""",
            "Either all hidden cells follow or none",
        ),
        # the mask
        (but(BACK, "np.where(unknown, -1, table)", "unknown"), "expected an array of"),
        # rings of four cells only
        (
            """
def computed_back(table, hidden):
    known = np.where(hidden, -1, table)
    for r, c in np.argwhere(hidden):
        ring = any(
            hidden[r, k] and hidden[q, c] and hidden[q, k]
            for q in range(len(table)) for k in range(len(table[0])) if q != r and k != c
        )
        if not ring:
            known[r, c] = table[r, c]
    return known
""",
            VALUES,
        ),
        # two in each row and column are enough
        (
            """
def computed_back(table, hidden):
    rows, columns = hidden.sum(axis=1), hidden.sum(axis=0)
    safe = (rows[:, None] > 1) & (columns > 1)
    return np.where(hidden & safe, -1, table)
""",
            "go on until nothing changes",
        ),
        # what could be of no other size, as counts go
        (
            """
def computed_back(table, hidden):
    rest = np.where(hidden, table, 0)
    most = np.minimum(rest.sum(axis=1)[:, None], rest.sum(axis=0))
    return np.where(hidden & (most != table), -1, table)
""",
            VALUES,
        ),
        # by size instead of hidden
        (
            RINGS.replace(
                "def computed_back(table, hidden):\n",
                "def computed_back(table, hidden):\n    hidden = table < 5\n",
            ),
            VALUES,
        ),
        # 0 as the mark for not known
        (
            RINGS.replace("    return [[", "    known = [[").rstrip()
            + "\n    return [[v if v else -1 for v in row] for row in known]\n",
            VALUES,
        ),
        # columns numbered by rows
        (RINGS.replace("rows, columns = hidden.shape", "rows = columns = len(hidden)"), "IndexError"),
        (RINGS.replace("range(rows + columns)", "range(2 * rows)"), "IndexError"),
        # rows and columns share numbers
        (RINGS.replace("top(rows + c)", "top(c)").replace("top(rows + cell[1])", "top(cell[1])"), VALUES),
        # true/false turned
        (RINGS.replace("if hidden[r, c] and free", "if hidden[r, c] and not free"), VALUES),
        (RINGS.replace("-1 if", "0 if"), VALUES),
        (RINGS.replace("-1 if", "np.nan if"), "nan comes from 0/0"),
        # two rounds
        (but(BACK, "while True", "for _ in range(2)"), VALUES),
        (but(BACK, "while True", "for _ in range(3)"), "There are more"),
        # rows then columns, once each to the end
        (
            """
def computed_back(table, hidden):
    unknown = hidden.copy()
    unknown[unknown.sum(axis=1) == 1] = False
    unknown[:, unknown.sum(axis=0) == 1] = False
    return np.where(unknown, -1, table)
""",
            VALUES,
        ),
        # blocks of rows: degrees of freedom of each component
        (
            """
def computed_back(table, hidden):
    rows, columns = hidden.shape
    label = np.arange(rows + columns)
    for _ in range(rows + columns):
        for r, c in np.argwhere(hidden):
            label[[r, rows + c]] = min(label[r], label[rows + c])
    known = table.copy()
    for each in set(label):
        cells = [(r, c) for r, c in np.argwhere(hidden) if label[r] == each]
        if len(cells) > (label == each).sum() - 1:
            for cell in cells:
                known[tuple(cell)] = -1
    return known
""",
            VALUES,
        ),
        # least squares residual zero with each alone
        (
            """
def computed_back(table, hidden):
    r, c = np.nonzero(hidden)
    A = np.vstack([np.arange(len(table))[:, None] == r, np.arange(table.shape[1])[:, None] == c]).astype(float)
    fixed = np.diag(A.T @ A) > 2 - 1e-9
    out = np.where(hidden, -1, table)
    out[r[fixed], c[fixed]] = table[r[fixed], c[fixed]]
    return out
""",
            "Everything",
        ),
        # bigger than the mean only
        (RINGS.replace("int(table[r, c])", "min(int(table[r, c]), 9)"), VALUES),
    ],
}
