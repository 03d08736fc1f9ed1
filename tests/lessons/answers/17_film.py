"""Independent right answers and the usual wrong ones for lesson 17."""

RIGHT = {
    # the formula with two sines, point by point; one direction by itself
    "arc_with_lengths": """
def arc_with_lengths(a, b, t):
    start, end = math.hypot(*a), math.hypot(*b)
    u, v = np.array(a) / start, np.array(b) / end
    theta = math.acos(max(-1.0, min(1.0, float(u @ v))))
    points = []
    for part in t:
        length = math.exp((1 - part) * math.log(start) + part * math.log(end))
        if theta < 1e-7:
            direction = u
        else:
            direction = (math.sin((1 - part) * theta) * u + math.sin(part * theta) * v) / math.sin(theta)
        points.append(length * direction)
    return np.array(points)
""",
    # walk round the loop, and leave a frame wherever the next step is full
    "loop_places": """
def loop_places(times, distances, count):
    step = sum(distances) / count
    whens = [*times, times[0] + 1]
    found, gone = [], 0.0
    for k, distance in enumerate(distances):
        while len(found) < count and len(found) * step < gone + distance:
            part = (len(found) * step - gone) / distance
            when = whens[k] + part * (whens[k + 1] - whens[k])
            found.append(when - 1 if when >= 1 else when)
        gone += distance
    return np.array(found)
""",
    # each true cut, from left to right, takes the leftmost call that is near and free
    "count_cuts": """
def count_cuts(found, true, within):
    free, hits = sorted(int(each) for each in found), 0
    for cut in sorted(int(each) for each in true):
        for call in free:
            if -within <= call - cut <= within:
                free.remove(call)
                hits += 1
                break
    return hits, len(free), len(true) - hits
""",
    # least squares by the library for it
    "share_of_blend": """
def share_of_blend(frame, first, last):
    x, p, q = (np.array(each, dtype=float).ravel() for each in (frame, first, last))
    if np.ptp(q - p) < 1e-12:
        return 0.0, 1.0
    columns = np.stack([q - p, np.ones(len(p))], axis=1)
    (a, c), *_ = np.linalg.lstsq(columns, x - p, rcond=None)
    left = x - p - a * (q - p) - c
    return a, left @ left / (np.var(q - p) * len(p))
""",
    # note by note, from one bar line to the next
    "bar_frames": """
def bar_frames(notes, upbeat, bar, tempo, rate):
    begins, place = {}, 0
    for pitch, length in notes.tolist():
        begins[place] = pitch
        place += length
    frames = []
    for line in range(upbeat, place, bar):
        if begins.get(line, 0):
            seconds = 60 / tempo * (line / 4)
            frames.append(math.floor(seconds * rate + 0.5))
    return np.array(frames)
""",
    # all numbers of frames for all shots
    "best_stretches": """
def best_stretches(shots, least, total):
    def best_of(k, room):
        if k == len(shots):
            return 0.0, ()
        worth, rows = best_of(k + 1, room)
        found = worth, ((0, 0), *rows)
        for begin in range(len(shots[k])):
            for end in range(begin + least, len(shots[k]) + 1):
                if end - begin <= room:
                    worth, rows = best_of(k + 1, room - (end - begin))
                    found = max(found, (worth + float(sum(shots[k][begin:end])), ((begin, end), *rows)))
        return found
    from functools import cache
    best_of = cache(best_of)
    return np.array(best_of(0, total)[1])
""",
}

ALSO_RIGHT = {
    "arc_with_lengths": [
        # a turn in the plane, by a matrix of two rows
        """
def arc_with_lengths(a, b, t):
    start, end = np.sqrt(np.sum(a * a)), np.sqrt(np.sum(b * b))
    q, r = np.linalg.qr(np.stack([a, b], axis=1))
    flat = r * np.sign(r[0, 0])  # a lies along the first axis
    angle = np.arctan2(flat[1, 1], flat[0, 1])
    turned = np.stack([np.cos(t * angle), np.sin(t * angle)])
    lengths = start ** (1 - t) * end**t
    return (lengths * (np.sign(r[0, 0]) * q @ turned)).T
""",
        # logarithms of lengths, and a product of matrices
        """
def arc_with_lengths(a, b, t):
    la, lb = np.log(np.linalg.norm(a)), np.log(np.linalg.norm(b))
    c = a @ b / np.exp(la + lb)
    theta = np.arccos(np.minimum(c, 1.0))
    if np.isclose(theta, 0, atol=1e-6):
        return np.outer(np.exp(la + t * (lb - la)), a / np.exp(la))
    w = np.stack([np.sin((1 - t) * theta), np.sin(t * theta)], 1) / np.sin(theta)
    return (w @ np.stack([a / np.exp(la), b / np.exp(lb)])) * np.exp(la + t * (lb - la))[:, None]
""",
        # number by number, a list of tuples
        """
def arc_with_lengths(a, b, t):
    start, end = math.dist(a, 0 * a), math.dist(b, 0 * b)
    along = float(np.dot(a, b)) / start
    perp = b - along * a / start
    h = math.sqrt(float(perp @ perp))
    theta = math.atan2(h, along)
    rows = []
    for x in t:
        r = start * (end / start) ** x
        row = []
        for i in range(len(a)):
            w = perp[i] / h if h > 1e-9 * end else 0.0
            row.append(r * (math.cos(x * theta) * a[i] / start + math.sin(x * theta) * w))
        rows.append(tuple(row))
    return rows
""",
        # halved again and again
        """
def arc_with_lengths(a, b, t):
    # the middle of an arc is the sum of its ends, made as long as it should be; halve again and again
    def middle(p, q):
        m = p / np.linalg.norm(p) + q / np.linalg.norm(q)
        return m / np.linalg.norm(m) * np.sqrt(np.linalg.norm(p) * np.linalg.norm(q))
    def at(p, q, low, high, x, depth):
        if x <= low or depth == 0:
            return p
        if x >= high:
            return q
        half = (low + high) / 2
        m = middle(p, q)
        return at(p, m, low, half, x, depth - 1) if x < half else at(m, q, half, high, x, depth - 1)
    return np.array([at(a, b, 0.0, 1.0, x, 48) for x in t])
""",
        # by powers of a complex number
        """
def arc_with_lengths(a, b, t):
    # e to the power of a complex number turns and stretches at once
    u = a / np.linalg.norm(a)
    w = b - (b @ u) * u
    n = np.linalg.norm(w)
    w = w / n if n > 1e-12 else w
    power = np.log(complex(b @ u, n) / np.linalg.norm(a))
    z = np.linalg.norm(a) * np.exp(np.multiply.outer(t, power))
    return z.real[:, None] * u + z.imag[:, None] * w
""",
    ],
    "loop_places": [
        # the circle unrolled from 0 to 2, and searched
        """
def loop_places(times, distances, count):
    gone = np.append(0, np.cumsum(distances))
    goals = np.linspace(0, gone[-1], count, endpoint=False)
    k = np.searchsorted(gone, goals, side="right") - 1
    gaps = np.diff(times, append=times[0] + 1)
    return np.mod(times[k] + (goals - gone[k]) / distances[k] * gaps[k], 1.0)
""",
        # frame by frame, a list
        """
def loop_places(times, distances, count):
    total, out = sum(float(d) for d in distances), []
    n = len(times)
    for i in range(count):
        goal, k = total * i / count, 0
        while k < n - 1 and goal >= distances[k]:
            goal -= distances[k]
            k += 1
        nxt = times[k + 1] if k + 1 < n else times[0] + 1.0
        t = times[k] + goal / distances[k] * (nxt - times[k])
        out.append(t if t < 1 else t - 1)
    return out
""",
        # from the first frame on, as shares
        """
def loop_places(times, distances, count):
    since = np.append(times - times[0], 1.0)
    part = np.append(0.0, np.cumsum(distances)) / np.sum(distances)
    at = np.interp(np.linspace(0, 1, count + 1)[:-1], part, since) + times[0]
    return at - np.floor(at)
""",
        # two rounds, one after the other
        """
def loop_places(times, distances, count):
    when = np.concatenate([times, times + 1])
    gone = np.concatenate([[0], np.cumsum(np.tile(distances, 2))[:-1]])
    return np.array([math.fmod(np.interp(k * sum(distances) / count, gone, when), 1.0) for k in range(count)])
""",
        # step by step, recursively
        """
def loop_places(times, distances, count):
    step = np.sum(distances) / count
    ends = list(times[1:]) + [times[0] + 1]
    def walk(k, when, left, need, found):
        if len(found) == count:
            return tuple(found)
        if need > left and k < len(ends) - 1:
            return walk(k + 1, ends[k], distances[k + 1], need - left, found)
        when = when + (ends[k] - when) * need / left
        found.append(np.float64(when if when < 1 else when - 1))
        return walk(k, when, left - need, step, found)
    return walk(0, times[0], distances[0], step, [times[0]])
""",
    ],
    "count_cuts": [
        # paths that let others move
        """
def count_cuts(found, true, within):
    owner = {}
    def place(f, seen):
        for j, t in enumerate(true):
            if abs(f - t) <= within and j not in seen:
                seen.add(j)
                if j not in owner or place(owner[j], seen):
                    owner[j] = f
                    return True
        return False
    hits = sum(place(f, set()) for f in found)
    return hits, len(found) - hits, len(true) - hits
""",
        # from the right, a list
        """
def count_cuts(found, true, within):
    f, t = sorted(map(int, found)), sorted(map(int, true))
    hits = 0
    while f and t:
        if abs(f[-1] - t[-1]) <= within:
            f.pop(), t.pop()
            hits += 1
        elif f[-1] > t[-1]:
            f.pop()
        else:
            t.pop()
    return [hits, len(found) - hits, len(true) - hits]
""",
        # recursively, an array
        """
def count_cuts(found, true, within):
    def pairs(f, t):
        if not len(f) or not len(t):
            return 0
        if abs(f[0] - t[0]) <= within:
            return 1 + pairs(f[1:], t[1:])
        return pairs(f[1:], t) if f[0] < t[0] else pairs(f, t[1:])
    hits = pairs(np.sort(found), np.sort(true))
    return np.array([hits, np.size(found) - hits, np.size(true) - hits])
""",
        # the longest common row of pairs, by a table
        """
def count_cuts(found, true, within):
    f, t = np.sort(found), np.sort(true)
    best = np.zeros((len(f) + 1, len(t) + 1), int)
    for i in range(len(f)):
        for j in range(len(t)):
            best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + (abs(f[i] - t[j]) <= within))
    hits = best[-1, -1]
    return hits, len(f) - hits, len(t) - hits
""",
        # to each call the true cut that waits no longer
        """
def count_cuts(found, true, within):
    import heapq
    events, waiting, hits = sorted(found), [], 0
    todo = sorted(true)
    for call in events:
        while todo and todo[0] - within <= call:
            heapq.heappush(waiting, todo.pop(0) + within)
        while waiting and waiting[0] < call:
            heapq.heappop(waiting)
        if waiting:
            heapq.heappop(waiting)
            hits += 1
    return hits, len(found) - hits, len(true) - hits
""",
    ],
    "share_of_blend": [
        # covariance over variance, and what correlation leaves
        """
def share_of_blend(frame, first, last):
    p = np.float64(first)
    y, x = (np.float64(frame) - p).ravel(), (np.float64(last) - p).ravel()
    (vy, cov), (_, vx) = np.cov(y, x)
    if vx < 1e-15:
        return 0.0, 1.0
    return cov / vx, vy / vx - (cov / vx) ** 2
""",
        # in single precision, with the two equations for a and c
        """
def share_of_blend(frame, first, last):
    x, p, q = (each.astype(np.float32).ravel() for each in (frame, first, last))
    d, y = q - p, x - p
    if d.max() - d.min() < 1e-6:
        return 0, 1
    n = len(d)
    a, c = np.linalg.solve([[d @ d, d.sum()], [d.sum(), n]], [d @ y, y.sum()])
    return a, ((y - a * d - c) ** 2).sum() / (d**2).sum() / (1 - d.mean() ** 2 / (d**2).mean())
""",
        # scaled, and by polyfit
        """
def share_of_blend(frame, first, last):
    x, p, q = (np.array(each).reshape(-1) / 255 for each in (frame, first, last))
    d, y = q - p, x - p
    if np.std(d) < 1e-9:
        return [0, 1]
    a, c = np.polyfit(d, y, 1)
    return [a, float(np.var(y - a * d - c) / np.var(d))]
""",
        # sums in a loop
        """
def share_of_blend(frame, first, last):
    x, p, q = (each.ravel().tolist() for each in (frame, first, last))
    n = len(x)
    mx = sum(a - b for a, b in zip(x, p)) / n
    md = sum(a - b for a, b in zip(q, p)) / n
    xy = xx = yy = 0.0
    for a, b, c in zip(x, p, q):
        u, v = c - b - md, a - b - mx
        xx, xy, yy = xx + u * u, xy + u * v, yy + v * v
    if xx < 1e-12:
        return 0.0, 1.0
    return xy / xx, (yy - xy * xy / xx) / xx
""",
        # whole numbers where they are
        """
def share_of_blend(frame, first, last):
    kind = np.int64 if frame.dtype == np.uint8 else np.float64
    x, p, q = (each.astype(kind) for each in (frame, first, last))
    y, d, n = x - p, q - p, x.size
    below = n * (d * d).sum() - d.sum() ** 2
    if below <= 1e-9:
        return 0.0, 1.0
    a = (n * (y * d).sum() - y.sum() * d.sum()) / below
    c = (y.sum() - a * d.sum()) / n
    return np.float64(a), n * ((y - a * d - c) ** 2).sum() / below
""",
        # by the correlation
        """
def share_of_blend(frame, first, last):
    first = first.astype(float)
    y, d = (frame - first).flatten(), (last - first).flatten()
    if d.std() < 1e-9:
        return 0.0, 1.0
    r = np.corrcoef(y, d)[0, 1]
    return r * y.std() / d.std(), (1 - r**2) * y.var() / d.var()
""",
    ],
    "bar_frames": [
        # whole numbers all the way, where they are
        """
def bar_frames(notes, upbeat, bar, tempo, rate):
    from fractions import Fraction
    frames, place = [], -upbeat
    for pitch, length in notes:
        if place >= 0 and place % bar == 0 and pitch != 0:
            exact = Fraction(int(place + upbeat)) * 15 * Fraction(rate) / Fraction(tempo)
            frames.append((2 * exact + 1) // 2)
        place += int(length)
    return np.array(frames, dtype=int)
""",
        # seconds added up, in exact numbers
        """
def bar_frames(notes, upbeat, bar, tempo, rate):
    frames, place, at = [], 0, 0.0
    for pitch, length in notes:
        if place >= upbeat and (place - upbeat) % bar == 0 and pitch:
            frames.append(int(at * rate + 0.5))
        at += length * (15 / tempo)
        place += length
    return frames
""",
        # by the place within a bar, a tuple of floats
        """
def bar_frames(notes, upbeat, bar, tempo, rate):
    starts = np.concatenate([[0], np.cumsum(notes[:, 1])[:-1]])
    keep = (starts % bar == upbeat) & (notes[:, 0] != 0)
    frames = starts[keep] * 15 / tempo * rate
    return tuple(np.where(frames % 1 >= 0.5, np.ceil(frames), np.floor(frames)))
""",
        # in decimal numbers
        """
def bar_frames(notes, upbeat, bar, tempo, rate):
    from decimal import ROUND_HALF_UP, Decimal
    frames, place = [], 0
    for pitch, length in notes.tolist():
        if pitch and place >= upbeat and not (place - upbeat) % bar:
            exact = Decimal(place * 15) * Decimal(str(rate)) / Decimal(tempo)
            frames.append(int(exact.quantize(Decimal(1), ROUND_HALF_UP)))
        place += length
    return np.array(frames)
""",
        # the nearest of all frames
        """
def bar_frames(notes, upbeat, bar, tempo, rate):
    starts = np.cumsum(notes[:, 1]) - notes[:, 1]
    all_frames = np.arange(int(starts[-1] * 15 / tempo * rate) + 3)[::-1]
    out = []
    for s, p in zip(starts, notes[:, 0]):
        if p > 0 and s >= upbeat and (s - upbeat) % bar == 0:
            away = np.abs(all_frames - s * 15 / tempo * rate)
            out.append(all_frames[np.argmin(away)])
    return np.array(out)
""",
    ],
    "best_stretches": [
        # frame by frame: skip it, or end a stretch with it
        """
def best_stretches(shots, least, total):
    worth = np.zeros(total + 1)
    taken = []
    for shot in shots:
        new, rows = worth.copy(), [(0, 0)] * (total + 1)
        for begin in range(len(shot)):
            for end in range(begin + least, min(len(shot), begin + total) + 1):
                gain = float(np.sum(shot[begin:end]))
                for room in range(end - begin, total + 1):
                    if worth[room - end + begin] + gain > new[room]:
                        new[room] = worth[room - end + begin] + gain
                        rows[room] = begin, end
        worth = new
        taken.append(rows)
    found, room = [], total
    for rows in reversed(taken):
        found.append(rows[room])
        room -= rows[room][1] - rows[room][0]
    return found[::-1]
""",
        # from the last shot, with a memory
        """
def best_stretches(shots, least, total):
    memo = {}
    def go(k, room):
        if k == len(shots):
            return 0.0, ()
        if (k, room) not in memo:
            options = [(go(k + 1, room)[0], ((0, 0),) + go(k + 1, room)[1])]
            s = np.r_[0, np.cumsum(shots[k])]
            for n in range(least, min(room, len(shots[k])) + 1):
                i = int((s[n:] - s[:-n]).argmax())
                value, rest = go(k + 1, room - n)
                options.append((value + s[i + n] - s[i], ((i, i + n),) + rest))
            memo[k, room] = max(options)
        return memo[k, room]
    return go(0, total)[1]
""",
        # all choices of lengths
        """
def best_stretches(shots, least, total):
    from itertools import product
    lots = []
    for shot in shots:
        lots.append([(0, 0.0, (0, 0))])
        for n in range(least, len(shot) + 1):
            sums = np.convolve(shot, np.ones(n), "valid")
            lots[-1].append((n, sums.max(), (int(sums.argmax()), int(sums.argmax()) + n)))
    fit = (c for c in product(*lots) if sum(each[0] for each in c) <= total)
    return [each[2] for each in max(fit, key=lambda c: sum(each[1] for each in c))]
""",
        # a table by shots and frames
        """
def best_stretches(shots, least, total):
    K = len(shots)
    B = np.zeros((K + 1, total + 1))
    pick = np.zeros((K + 1, total + 1, 2), dtype=np.int64)
    for k in range(1, K + 1):
        s = np.asarray(shots[k - 1])
        for r in range(total + 1):
            B[k, r] = B[k - 1, r]
            for b in range(len(s)):
                for e in range(b + least, min(len(s), b + r) + 1):
                    v = B[k - 1, r - (e - b)] + s[b:e].sum()
                    if v > B[k, r] + 1e-12:
                        B[k, r], pick[k, r] = v, (b, e)
    out, r = np.zeros((K, 2), int), total
    for k in range(K, 0, -1):
        out[k - 1] = pick[k, r]
        r -= out[k - 1, 1] - out[k - 1, 0]
    return out
""",
    ],
}

ARC = """
def arc_with_lengths(a, b, t):
    start, end = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / start, b / end
    theta = np.arccos(np.clip(u @ v, -1, 1))
    t = t[:, None]
    if theta < 1e-6:
        direction = u + 0 * t
    else:
        direction = (np.sin((1 - t) * theta) * u + np.sin(t * theta) * v) / np.sin(theta)
    length = start ** (1 - t) * end**t
    return length * direction
"""
LOOP = """
def loop_places(times, distances, count):
    gone = np.concatenate([[0], np.cumsum(distances)])
    when = np.append(times, times[0] + 1)
    goals = np.arange(count) / count * gone[-1]
    return np.interp(goals, gone, when) % 1
"""
COUNT = """
def count_cuts(found, true, within):
    free, hits = sorted(found), 0
    for cut in sorted(true):
        near = [call for call in free if abs(call - cut) <= within]
        if near:
            free.remove(near[0])
            hits += 1
    return hits, len(found) - hits, len(true) - hits
"""
AS_IT_WAS = """
def count_cuts(found, true, within):
    near = np.abs(found[:, None] - true[None, :]) <= within
    hits = near.any(axis=1).sum()
    return hits, len(found) - hits, len(true) - near.any(axis=0).sum()
"""
BLEND = """
def share_of_blend(frame, first, last):
    x, p, q = np.asarray(frame, float), np.asarray(first, float), np.asarray(last, float)
    y, d = x - p, q - p
    y, d = y - np.mean(y), d - np.mean(d)
    if np.sum(d * d) < 1e-12:
        return 0.0, 1.0
    a = np.sum(y * d) / np.sum(d * d)
    rest = np.sum((y - a * d) ** 2) / np.sum(d * d)
    return a, rest
"""
BARS = """
def bar_frames(notes, upbeat, bar, tempo, rate):
    frames, place = [], -upbeat
    for pitch, length in notes:
        exact = (place + upbeat) * 15 / tempo * rate
        if place >= 0 and place % bar == 0 and pitch > 0:
            frames.append(math.floor(exact + 0.5))
        place += length
    return np.array(frames)
"""
BARS_AS_THEY_WERE = """
def bar_frames(notes, upbeat, bar, tempo, rate):
    frames, frame, place = [], 0, 0
    for pitch, length in notes:
        if place % bar == 0:
            frames.append(frame)
        frame += round(length * 15 / tempo * rate)
        place += length
    return np.array(frames)
"""
TRAILER = """
def best_stretches(shots, least, total):
    best = {0: (0.0, [])}
    for shot in shots:
        sizes = [0, *range(least, len(shot) + 1)]
        after = {}
        for used, (worth, rows) in best.items():
            for n in sizes:
                begins = range(len(shot) - n + 1)
                begin = max(begins, key=lambda i: sum(shot[i : i + n])) if n else 0
                new = worth + sum(shot[begin : begin + n])
                if used + n <= total and new > after.get(used + n, (-1,))[0]:
                    after[used + n] = new, [*rows, (begin, begin + n)]
        best = after
    return np.array(max(best.values(), key=lambda each: each[0])[1])
"""
GREEDY = """
def best_stretches(shots, least, total):
    rows, left = np.zeros((len(shots), 2), int), total
    for k in sorted(range(len(shots)), key=lambda k: -KEY):
        n = min(len(shots[k]), left)
        if n >= least:
            sums = [sum(shots[k][i : i + n]) for i in range(len(shots[k]) - n + 1)]
            begin = int(np.argmax(sums))
            rows[k], left = (begin, begin + n), left - n
    return rows
"""


def but(source: str, *changes: str) -> str:
    """A right answer with faults: what stands in it, and what stands there instead, in turn."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


SINES = "(np.sin((1 - t) * theta) * u + np.sin(t * theta) * v) / np.sin(theta)"
LAST = "return np.array(max(best.values(), key=lambda each: each[0])[1])"
ROWS = "rows = max(best.values(), key=lambda each: each[0])[1]\n    "

WRONG = {
    "arc_with_lengths": [
        (
            "def arc_with_lengths(a, b, t):\n    return np.outer(1 - t, a) + np.outer(t, b)",
            "the straight line",
        ),
        (
            but(
                ARC,
                SINES,
                "(1 - t) * a + t * b",
                "return length",
                "direction /= np.linalg.norm(direction, axis=1, keepdims=True)\n    return length",
            ),
            "those of a straight line: they turn fastest",
        ),
        (
            but(
                ARC,
                SINES,
                "(1 - t) * u + t * v",
                "return length",
                "direction /= np.linalg.norm(direction, axis=1, keepdims=True)\n    return length",
            ),
            "a straight line between the unit vectors",
        ),
        (
            but(ARC, "* u + np.sin", "* a + np.sin", "theta) * v)", "theta) * b)", "length * d", "d"),
            "one for vectors",
        ),
        (
            but(
                ARC,
                "* u + np.sin",
                "* a + np.sin",
                "theta) * v)",
                "theta) * b)",
                "return length",
                "direction /= np.linalg.norm(direction, axis=1, keepdims=True)\n    return length",
            ),
            "the longer of a and b draws",
        ),
        (but(ARC, "start ** (1 - t) * end**t", "(1 - t) * start + t * end"), "grows by equal steps"),
        (
            but(ARC, "start ** (1 - t) * end**t", "np.sqrt((1 - t) * start**2 + t * end**2)"),
            "the SQUARE of the length",
        ),
        (but(ARC, "length * direction", "direction"), "the lengths are all 1"),
        (but(ARC, "length * direction", "start * direction"), "the length is a's all the way"),
        (but(ARC, "length * direction", "math.sqrt(len(a)) * direction"), "all the root of d"),
        (but(ARC, "start ** (1 - t) * end**t", "start**t * end ** (1 - t)"), "from b's to a's"),
        (but(ARC, "t = t[:, None]", "t = 1 - t[:, None]"), "It goes from b to a"),
        (but(ARC, "np.arccos(np.clip(u @ v, -1, 1))", "np.arccos(a @ b)"), "over BOTH lengths"),
        (but(ARC, "u @ v", "a @ b"), "with a.b alone, clipped"),
        (but(ARC, SINES, "np.cos(t * theta) * u + np.sin(t * theta) * v"), "PERPENDICULAR"),
        (
            but(ARC, SINES, "np.cos(t * theta) * u + np.sin(t * theta) * (v - (u @ v) * u)"),
            "bring it to length 1",
        ),
        (but(ARC, " / np.sin(theta)", ""), "A sine is missing"),
        (
            but(
                ARC,
                SINES,
                "np.cos(t * np.pi / 2) * u + np.sin(t * np.pi / 2) * (v - (u @ v) * u) / np.sin(theta)",
            ),
            "round to a right angle",
        ),
        (but(ARC, "length * direction", "(length * direction).T"), "should be rows"),
        (but(ARC, "theta < 1e-6", "False"), "keep a's direction and change the length alone"),
        (
            but(ARC, "theta < 1e-6", "False", "/ np.sin(theta)", "/ math.sin(theta)"),
            "keep a's direction and change the length alone",
        ),
        (
            """
def arc_with_lengths(a, b, t):
    start, end = np.linalg.norm(a), np.linalg.norm(b)
    u = a / start
    w = b - (b @ u) * u
    w = w / np.linalg.norm(w)
    angle = np.outer(t, [math.acos(u @ b / end)])
    return start * (end / start) ** t[:, None] * (np.cos(angle) * u + np.sin(angle) * w)
""",
            "keep a's direction and change the length alone",
        ),
        (
            but(
                ARC,
                "np.sin((1 - t) * theta) * u + np.sin(t * theta) * v) / np.sin(theta)",
                "np.cos(t * theta) * u + np.sin(t * theta) * (b - (b @ u) * u))",
            ),
            "has neither b's length nor 1",
        ),
        # the length of one end at either: not foreseen
        (but(ARC, "start ** (1 - t) * end**t", "np.where(t < 0.5, start, end)"), "Two separate questions"),
        # right up to a right angle
        (
            but(ARC, "np.arccos(np.clip(u @ v, -1, 1))", "np.arcsin(np.linalg.norm(v - (u @ v) * u))"),
            "or the arccosine of",
        ),
        (but(ARC, "u @ v", "abs(u @ v)"), "or the arccosine of"),
        (
            """
def arc_with_lengths(a, b, t):
    start, end = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / start, b / end
    w = v - (u @ v) * u
    sine = np.linalg.norm(w)
    w = w / sine if sine > 1e-9 else w
    angle = np.arcsin(min(sine, 1.0)) * t[:, None]
    return start * (end / start) ** t[:, None] * (np.cos(angle) * u + np.sin(angle) * w)
""",
            "take atan2 of sine and cosine",
        ),
        (but(ARC, "np.clip(u @ v, -1, 1)", "np.clip(u @ v, 0, 1)"), "Two separate questions"),
        # by the place in t, not by t
        (
            but(ARC, "start ** (1 - t) * end**t", "np.geomspace(start, end, len(t))[:, None]"),
            "Two separate questions",
        ),
        (but(ARC, "t = t[:, None]", "t = np.sort(t)[:, None]"), "Two separate questions"),
        # one direction: only where a is b; by equal steps
        (but(ARC, "theta < 1e-6", "np.allclose(a, b)"), "keep a's direction and change the length alone"),
        (
            but(ARC, "        direction = u + 0 * t", "        return (1 - t) * a + t * b"),
            "keep a's direction and change the length alone",
        ),
    ],
    "loop_places": [
        (but(LOOP, "times[0] + 1", "times[0]"), "goes ON to the first one"),
        (
            but(LOOP, "np.arange(count) / count * gone[-1]", "np.linspace(0, gone[-1], count)"),
            "it stands still there",
        ),
        (
            but(
                LOOP,
                "np.arange(count) / count * gone[-1]",
                "np.linspace(0, gone[-1], count)",
                " % 1",
                "",
            ),
            "and the times should be below 1",
        ),
        (
            but(
                LOOP,
                "np.cumsum(distances)",
                "np.cumsum(distances[:-1])",
                "np.append(times, times[0] + 1)",
                "times",
            ),
            "the last of the distances, is left out",
        ),
        (
            but(
                LOOP,
                "np.cumsum(distances)",
                "np.cumsum(distances[:-1])",
                "np.append(times, times[0] + 1)",
                "times",
                "np.arange(count) / count * gone[-1]",
                "np.linspace(0, gone[-1], count)",
            ),
            "This is an open path",
        ),
        (but(LOOP, " % 1", ""), "is a round too late"),
        (
            but(LOOP, "np.interp(goals, gone, when) % 1", "np.minimum(np.interp(goals, gone, when), 1)"),
            "it goes on in the next",
        ),
        (but(LOOP, "times[0] + 1", "1.0"), "the loop closes at times[0] + 1"),
        (
            but(LOOP, "np.interp(goals, gone, when) % 1", "np.interp(goals, gone, when) - times[0]"),
            "since the first frame",
        ),
        (
            but(LOOP, "np.interp(goals, gone, when) % 1", "(times[0] + np.arange(count) / count) % 1"),
            "equal steps of time.",
        ),
        (
            "def loop_places(times, distances, count):\n    return np.arange(count) / count",
            "equal steps of time, from 0",
        ),
        (
            but(
                LOOP,
                "np.interp(goals, gone, when) % 1",
                "np.interp(np.arange(count) / count, when - times[0], gone / gone[-1])",
            ),
            "the question is the inverse",
        ),
        (
            but(
                LOOP,
                "np.concatenate([[0], np.cumsum(distances)])",
                "np.cumsum(distances)",
                "np.append(times, times[0] + 1)",
                "times",
            ),
            "have a 0 before them",
        ),
        (but(LOOP, "np.cumsum(distances)", "np.cumsum(np.roll(distances, 1))"), "so it comes AFTER frame 0"),
        (
            but(
                LOOP,
                "np.interp(goals, gone, when) % 1",
                'when[np.searchsorted(gone, goals, side="right") - 1]',
            ),
            "These are times of dense frames",
        ),
        (but(LOOP, "np.arange(count) /", "np.arange(1, count + 1) /"), "one step late"),
        (but(LOOP, "np.arange(count) /", "(np.arange(count) + 0.5) /"), "half a step late"),
        (
            but(LOOP, "np.interp(goals, gone, when) % 1", "np.sort(np.interp(goals, gone, when) % 1)"),
            "do not sort",
        ),
        (but(LOOP, "np.arange(count) /", "np.arange(count + 1) /"), "one frame too many"),
        (
            but(LOOP, "np.arange(count) /", "np.arange(count + 1) /", " % 1", ""),
            "and times should be below 1",
        ),
        # the closing step, but no time for it: not foreseen
        (but(LOOP, "times[0] + 1", "times[-1]"), "once round to itself"),
        (
            but(
                LOOP,
                "return np.interp(goals, gone, when) % 1",
                "found = np.interp(goals, gone, when)\n    return np.where(found > 1, found - 1, found)",
            ),
            "A time of just 1 is 0 again",
        ),
        # the closing step as long as the one before; as many steps as dense frames
        (but(LOOP, "times[0] + 1", "2 * times[-1] - times[-2]"), "once round to itself"),
        (
            but(LOOP, "np.arange(count) / count * gone[-1]", "np.arange(count) * np.mean(distances)"),
            "once round to",
        ),
        (but(LOOP, "np.cumsum(distances)", "np.cumsum(distances).astype(int)"), "once round to itself"),
    ],
    "count_cuts": [
        (AS_IT_WAS, "This is still the program as it was"),
        (
            but(AS_IT_WAS, "near.any(axis=0).sum()", "near.any(axis=1).sum()"),
            "true cut is found once",
        ),
        (
            but(
                AS_IT_WAS,
                "any(axis=1)",
                "any(axis=0)",
                "len(true) - near.any(axis=0).sum()",
                "len(true) - hits",
            ),
            "One call finds one cut",
        ),
        (
            but(
                AS_IT_WAS,
                "hits = near.any(axis=1).sum()",
                "hits = near.any(axis=0).sum()",
                "len(found) - hits",
                "len(found) - near.any(axis=1).sum()",
            ),
            "Count pairs",
        ),
        (
            but(
                AS_IT_WAS,
                "hits = near.any(axis=1).sum()",
                "hits = min(near.any(axis=1).sum(), near.any(axis=0).sum())",
                "len(true) - near.any(axis=0).sum()",
                "len(true) - hits",
            ),
            "The smaller of both numbers",
        ),
        (
            """
def count_cuts(found, true, within):
    pairs = sorted((abs(f - t), f, t) for f in found for t in true if abs(f - t) <= within)
    used_f, used_t = set(), set()
    for far, f, t in pairs:
        if f not in used_f and t not in used_t:
            used_f.add(f)
            used_t.add(t)
    hits = len(used_f)
    return hits, len(found) - hits, len(true) - hits
""",
            "The nearest pair is not always",
        ),
        (
            """
def count_cuts(found, true, within):
    free, hits = list(true), 0
    for call in found:
        near = sorted((abs(call - cut), cut) for cut in free if abs(call - cut) <= within)
        if near:
            free.remove(near[0][1])
            hits += 1
    return hits, len(found) - hits, len(free)
""",
            "Each call takes the NEAREST",
        ),
        (
            """
def count_cuts(found, true, within):
    free, hits = sorted(true), 0
    for call in sorted(found):
        near = sorted((abs(call - cut), cut) for cut in free if abs(call - cut) <= within)
        if near:
            free.remove(near[0][1])
            hits += 1
    return hits, len(found) - hits, len(free)
""",
            "Each call, from left to right, takes the NEAREST",
        ),
        (
            but(COUNT, "near[0]", "min(near, key=lambda call: abs(call - cut))"),
            "Each true cut, from left to right, takes",
        ),
        (
            but(
                COUNT,
                "near[0]",
                "min(near, key=lambda call: abs(call - cut))",
                "sorted(found)",
                "list(found)",
                "sorted(true)",
                "true",
            ),
            "Each true cut takes the NEAREST",
        ),
        (
            but(COUNT, "sorted(found)", "list(found)", "sorted(true)", "true"),
            "in the list that is near",
        ),
        (
            """
def count_cuts(found, true, within):
    free, hits = list(true), 0
    for call in found:
        near = [cut for cut in free if abs(call - cut) <= within]
        if near:
            free.remove(near[0])
            hits += 1
    return hits, len(found) - hits, len(free)
""",
            "in the list that is near",
        ),
        (
            """
def count_cuts(found, true, within):
    hits = i = j = 0
    while i < len(found) and j < len(true):
        if abs(found[i] - true[j]) <= within:
            hits, i, j = hits + 1, i + 1, j + 1
        elif found[i] < true[j]:
            i += 1
        else:
            j += 1
    return hits, len(found) - hits, len(true) - hits
""",
            "right where both are sorted, and they may",
        ),
        (but(COUNT, "<= within", "< within"), "at MOST that many"),
        (but(COUNT, "<= within", "== 0"), "Only calls at the very frame"),
        (
            but(COUNT, "len(found) - hits, len(true) - hits", "len(true) - hits, len(found) - hits"),
            "The order is hits",
        ),
        # near on one side only: not foreseen
        (but(COUNT, "abs(call - cut) <= within", "0 <= call - cut <= within"), "Sort both"),
        # one cut three times, by a list that is changed while it is walked
        (
            """
def count_cuts(found, true, within):
    found, true = sorted(found), sorted(true)
    hits = 0
    free = list(found)
    for cut in true:
        for call in free:
            if abs(call - cut) <= within:
                free.remove(call)
                hits += 1
    return hits, len(found) - hits, len(true) - hits
""",
            "Make the pairs, one after the other",
        ),
        # cuts with few calls near them first
        (
            but(
                COUNT,
                "sorted(found)",
                "list(found)",
                "in sorted(true)",
                "in sorted(true, key=lambda cut: sum(abs(call - cut) <= within for call in found))",
            ),
            "Sort both",
        ),
        # the last that is near; nobody there
        (but(COUNT, "near[0]", "near[-1]"), "Sort both"),
        (but(COUNT, "    free,", "    if not len(true):\n        return 0, 0, 0\n    free,"), "Sort both"),
        (but(COUNT, "    free,", "    if not len(found):\n        return 0, 0, 0\n    free,"), "Sort both"),
        (but(COUNT, "    free,", "    first = np.min(true)\n    free,"), "Your code raised ValueError"),
        (but(COUNT, "    free,", "    first = np.min(found)\n    free,"), "Your code raised ValueError"),
        (
            """
def count_cuts(found, true, within):
    hits = sum(abs(f - t) <= within for f, t in zip(sorted(found), sorted(true)))
    return hits, len(found) - hits, len(true) - hits
""",
            "Sort both",
        ),
    ],
    "share_of_blend": [
        (but(BLEND, "y - np.mean(y), d - np.mean(d)", "y, d"), "The light has no say"),
        (
            but(
                BLEND,
                "y - np.mean(y), d - np.mean(d)",
                "y - y.mean(axis=(0, 1)), d - d.mean(axis=(0, 1))",
            ),
            "each channel has its own",
        ),
        (
            but(BLEND, "y - np.mean(y), d - np.mean(d)", "y - np.median(y), d - np.median(d)"),
            "the median would",
        ),
        (
            but(BLEND, "np.sum((y - a * d) ** 2)", "np.sum((x - p - a * (q - p)) ** 2)"),
            "the light c is still there",
        ),
        (but(BLEND, "** 2) / np.sum(d * d)", "** 2) / np.sum(y * y)"), "not of what x - p has"),
        (
            but(
                BLEND,
                "rest = np.sum((y - a * d) ** 2) / np.sum(d * d)",
                "rest = 1 - np.sum((y - a * d) ** 2) / np.sum(y * y)",
            ),
            "the part that IS explained",
        ),
        (but(BLEND, "return a, rest", "return a, 1 - rest"), "this is 1 minus it"),
        (but(BLEND, "return a, rest", "return a, math.sqrt(rest)"), "This is the root"),
        (but(BLEND, "** 2) / np.sum(d * d)", "** 2)"), "This is S; the rest"),
        (
            but(BLEND, "np.sum((y - a * d) ** 2) / np.sum(d * d)", "np.mean((y - a * d) ** 2)"),
            "This is S a number",
        ),
        (
            but(
                BLEND, "np.sum((y - a * d) ** 2) / np.sum(d * d)", "np.abs(y - a * d).sum() / np.abs(d).sum()"
            ),
            "not absolute values",
        ),
        (but(BLEND, "y, d = x - p, q - p", "y, d = x - q, p - q"), "the share of the FIRST picture"),
        (but(BLEND, "return a, rest", "return np.clip(a, 0, 1), rest"), "right where it is from 0 to 1"),
        (but(BLEND, "    rest =", "    a = np.clip(a, 0, 1)\n    rest ="), "and compute the rest with it"),
        (but(BLEND, "y, d = x - p, q - p", "y, d = x, q"), "a line of x upon q alone"),
        (
            but(BLEND, "a = np.sum(y * d) / np.sum(d * d)", "a = np.sqrt(np.sum(y * y) / np.sum(d * d))"),
            "whatever its direction",
        ),
        (
            but(BLEND, "a = np.sum(y * d) / np.sum(d * d)", "a = np.corrcoef(y.ravel(), d.ravel())[0, 1]"),
            "This is the correlation",
        ),
        (
            but(BLEND, "a = np.sum(y * d) / np.sum(d * d)", "a = np.sum(y * d) / np.sum(y * y)"),
            "not of x - p.",
        ),
        (
            but(BLEND, "a = np.sum(y * d) / np.sum(d * d)", "a = np.sum(y * y) / np.sum(y * d)"),
            "the line the other way round",
        ),
        (
            but(
                BLEND,
                "np.asarray(frame, float), np.asarray(first, float), np.asarray(last, float)",
                "frame, first, last",
            ),
            "make floats of all three first",
        ),
        (but(BLEND, "np.sum(d * d) < 1e-12", "False"), "the line has no slope"),
        (but(BLEND, "np.sum(d * d) < 1e-12", "np.sum(d * d) == 0"), "ask whether that sum is very small"),
        (
            but(
                BLEND,
                "y, d = y - np.mean(y), d - np.mean(d)\n",
                "a = np.sum(y * d) / np.sum(d * d)\n    y, d = y - np.mean(y), d - np.mean(d)\n",
                "    a = np.sum(y * d) / np.sum(d * d)\n    rest",
                "    rest",
            ),
            "Set the derivative by c to 0 FIRST",
        ),
        (but(BLEND, "np.sum(d * d) < 1e-12", "np.array_equal(p, q)"), "the same in another light"),
        (but(BLEND, "return 0.0, 1.0", "return 0.0, 0.0"), "the answer is (0.0, 1.0)"),
        # the share from one pixel: not foreseen
        (
            but(BLEND, "a = np.sum(y * d) / np.sum(d * d)", "a = y.flat[0] / d.flat[0]"),
            "a straight line through points",
        ),
        # products that are too large for int16
        (
            """
def share_of_blend(frame, first, last):
    if frame.dtype == np.uint8:
        frame, first, last = (each.astype(np.int16) for each in (frame, first, last))
    y, d = (frame - first).ravel(), (last - first).ravel()
    n = len(y)
    top = n * np.sum(d * d) - np.sum(d) ** 2
    if top < 1e-12:
        return 0.0, 1.0
    a = (n * np.sum(y * d) - np.sum(y) * np.sum(d)) / top
    y, d = y - y.mean(), d - d.mean()
    return a, np.sum((y - a * d) ** 2) / np.sum(d * d)
""",
            "make floats of all three first",
        ),
        # the mean of the channels' answers, or the answer for grey; S_0 with its mean
        (
            """
def share_of_blend(frame, first, last):
    x, p, q = np.asarray(frame, float), np.asarray(first, float), np.asarray(last, float)
    found = []
    for c in range(x.shape[-1]):
        y, d = x[..., c] - p[..., c], q[..., c] - p[..., c]
        y, d = y - y.mean(), d - d.mean()
        if np.sum(d * d) < 1e-12:
            return 0.0, 1.0
        a = np.sum(y * d) / np.sum(d * d)
        found.append((a, np.sum((y - a * d) ** 2) / np.sum(d * d)))
    return tuple(np.mean(found, axis=0))
""",
            "a straight line through points",
        ),
        (
            """
def share_of_blend(frame, first, last):
    x, p, q = (np.asarray(each, float).mean(axis=-1) for each in (frame, first, last))
    y, d = x - p, q - p
    y, d = y - y.mean(), d - d.mean()
    if np.sum(d * d) < 1e-12:
        return 0.0, 1.0
    a = np.sum(y * d) / np.sum(d * d)
    return a, np.sum((y - a * d) ** 2) / np.sum(d * d)
""",
            "a straight line through points",
        ),
        (
            but(
                BLEND,
                "np.sum((y - a * d) ** 2) / np.sum(d * d)",
                "np.sum((y - a * d) ** 2) / np.sum((q - p) ** 2)",
            ),
            "a straight line through points",
        ),
        (
            but(BLEND, "return a, rest", "return round(a, 3), round(rest, 3)"),
            "a straight line through points",
        ),
    ],
    "bar_frames": [
        (BARS_AS_THEY_WERE, "This is still the program as it was"),
        (but(BARS, "math.floor(exact + 0.5)", "round(exact)"), "One fault is left: a time just between"),
        (but(BARS, "math.floor(exact + 0.5)", "int(exact)"), "rounded DOWN"),
        (but(BARS, "math.floor(exact + 0.5)", "math.ceil(exact)"), "rounded UP"),
        (but(BARS, "math.floor(exact + 0.5)", "math.ceil(exact - 0.5)"), "here to the earlier one"),
        (but(BARS, " and pitch > 0", ""), "One fault is left: there is a cut where a rest begins"),
        (
            but(BARS, "place >= 0 and place % bar == 0", "(place + upbeat) % bar == 0"),
            "One fault is left: the bars are counted from the first note",
        ),
        (
            """
def bar_frames(notes, upbeat, bar, tempo, rate):
    frames, place, frame = [], -upbeat, 0
    for pitch, length in notes:
        if place >= 0 and place % bar == 0 and pitch > 0:
            frames.append(frame)
        frame += math.floor(length * 15 / tempo * rate + 0.5)
        place += length
    return np.array(frames)
""",
            "One fault is left: each note is rounded by itself",
        ),
        (
            but(
                BARS_AS_THEY_WERE,
                "place = [], 0, 0",
                "place = [], 0, -upbeat",
                "% bar == 0",
                "% bar == 0 and place >= 0",
            ),
            "3 faults are left",
        ),
        (but(BARS_AS_THEY_WERE, "place % bar == 0", "pitch and place % bar == 0"), "3 faults are left"),
        (
            but(
                BARS_AS_THEY_WERE,
                "round(length * 15 / tempo * rate)",
                "length",
                "append(frame)",
                "append(round(frame * 15 / tempo * rate))",
            ),
            "3 faults are left",
        ),
        (
            but(BARS, "math.floor(exact + 0.5)", "round(exact)", " and pitch > 0", ""),
            "2 faults are left: there is a cut where a rest begins; a time just between",
        ),
        (
            """
def bar_frames(notes, upbeat, bar, tempo, rate):
    lines = np.arange(upbeat, notes[:, 1].sum(), bar)
    return np.floor(lines * 15 / tempo * rate + 0.5).astype(int)
""",
            "because of a rest or of a note that is held over",
        ),
        (
            but(BARS, "[], -upbeat", "[], upbeat", "place + upbeat", "place - upbeat"),
            "makes the first bar LATER",
        ),
        (but(BARS, "(place + upbeat) * 15", "place * 15"), "here the first bar does"),
        (
            but(BARS, "        exact", "        if not pitch:\n            continue\n        exact"),
            "A rest takes time, too",
        ),
        (but(BARS, "* 15", "* 60"), "has FOUR sixteenths"),
        (but(BARS, "* 15 / tempo", "* tempo / 15"), "the faster, the shorter"),
        (but(BARS, "% bar", "% 4"), "only bars are asked"),
        # seconds: not foreseen
        (but(BARS, "math.floor(exact + 0.5)", "exact / rate"), "Where does each note begin"),
        (but(BARS, "* rate", "* round(rate)"), "29.97 frames a second is not one of 30"),
        (but(BARS, "* rate", "* int(rate)"), "Where does each note begin"),
        # a note that lasts a bar is not held over from the bar before
        (but(BARS, " and pitch > 0", " and pitch > 0 and length < bar"), "Where does each note begin"),
        (but(BARS, "place >= 0", "place > 0"), "Where does each note begin"),
        (but(BARS, "% bar", "% 16"), "Where does each note begin"),
        # rounded before: a bar, a sixteenth, seconds
        (
            """
def bar_frames(notes, upbeat, bar, tempo, rate):
    one = math.floor(bar * 15 / tempo * rate + 0.5)
    start = math.floor(upbeat * 15 / tempo * rate + 0.5)
    frames, place = [], -upbeat
    for pitch, length in notes:
        if place >= 0 and place % bar == 0 and pitch > 0:
            frames.append(start + place // bar * one)
        place += length
    return np.array(frames)
""",
            "Where does each note begin",
        ),
        (but(BARS, "15 / tempo", "round(15 / tempo, 3)"), "Where does each note begin"),
        (
            but(BARS, "(place + upbeat) * 15 / tempo", "round((place + upbeat) * 15 / tempo, 2)"),
            "Where does each note begin",
        ),
    ],
    "best_stretches": [
        (
            but(
                TRAILER,
                LAST,
                f"{ROWS}return np.array([(0, end - begin) for begin, end in rows])",
            ),
            "These are its first",
        ),
        (
            but(TRAILER, "max(begins, key=lambda i: sum(shot[i : i + n])) if n else 0", "0"),
            "Each stretch begins with its shot",
        ),
        (
            but(TRAILER, "[0, *range(least, len(shot) + 1)]", "[0] + [least] * (len(shot) >= least)"),
            "All stretches have `least` frames",
        ),
        (
            but(TRAILER, "[0, *range(least, len(shot) + 1)]", "[0] + [len(shot)] * (len(shot) >= least)"),
            "shown whole or not at all",
        ),
        (but(TRAILER, "[0, *range(least, len(shot) + 1)]", "range(len(shot) + 1)"), "FEWER than `least`"),
        (
            but(
                TRAILER,
                "[0, *range(least, len(shot) + 1)]",
                "range(least, len(shot) + 1) if len(shot) >= least else [0]",
            ),
            "Your code raised ValueError",
        ),
        (
            but(TRAILER, "[0, *range(least, len(shot) + 1)]", "[0, *range(least + 1, len(shot) + 1)]"),
            "just `least` frames",
        ),
        (
            but(TRAILER, "[0, *range(least, len(shot) + 1)]", "[0, *range(least, len(shot))]"),
            "A shot may be shown whole",
        ),
        (but(TRAILER, "<= total", "< total"), "may have just `total` frames"),
        (but(GREEDY, "-KEY", "k"), "One shot after the other gets all"),
        (but(GREEDY, "-KEY", "-np.mean(shots[k])"), "with the highest mean"),
        (but(GREEDY, "-KEY", "-np.sum(shots[k])"), "The liveliest shot gets all"),
        (but(GREEDY, "-KEY", "-np.max(shots[k])"), "with the liveliest frame"),
        (
            but(
                GREEDY,
                "-KEY",
                "-max([0, *(sum(shots[k][i : i + least]) for i in range(len(shots[k]) - least + 1))])",
            ),
            "with the best stretch of `least` frames gets",
        ),
        (
            """
def best_stretches(shots, least, total):
    every = [
        (np.mean(shot[i:j]), k, i, j)
        for k, shot in enumerate(shots)
        for i in range(len(shot))
        for j in range(i + least, len(shot) + 1)
    ]
    rows, left = np.zeros((len(shots), 2), int), total
    for mean, k, i, j in sorted(every, reverse=True):
        if not rows[k].any() and j - i <= left:
            rows[k], left = (i, j), left - (j - i)
    return rows
""",
            "liveliest a FRAME come first",
        ),
        # of n frames, all places but the last
        (
            but(
                TRAILER,
                "len(shot) + 1)]",
                "len(shot))]",
                "range(len(shot) - n + 1)",
                "range(len(shot) - n)",
            ),
            "The last stretch of n frames is never tried",
        ),
        (
            """
def best_stretches(shots, least, total):
    rows = []
    for shot in shots:
        n = min(len(shot), total // len(shots))
        sums = [sum(shot[i : i + n]) for i in range(len(shot) - n + 1)]
        begin = int(np.argmax(sums))
        rows.append((begin, begin + n) if n >= least else (0, 0))
    return np.array(rows)
""",
            "an equal share",
        ),
        (but(TRAILER, "(begin, begin + n)]", "(begin, begin + max(n - 1, 0))]"), "NOT shown"),
        (
            but(
                TRAILER,
                f"    {LAST}",
                """    starts = np.cumsum([0, *(len(shot) for shot in shots)])
    rows = max(best.values(), key=lambda each: each[0])[1]
    return np.array([(i + at, j + at) if j else (0, 0) for (i, j), at in zip(rows, starts)])""",
            ),
            "within each shot, from 0",
        ),
        (
            but(
                TRAILER,
                LAST,
                f"{ROWS}return np.array([each for each in rows if each[1]])",
            ),
            "has its row, too",
        ),
        (but(TRAILER, LAST, "return np.array(best[max(best)][1])"), "the liveliest of the LONGEST trailers"),
        (but(TRAILER, LAST, "return np.array(best[total][1])"), "Your code raised KeyError"),
        # rounded
        (
            but(
                TRAILER,
                "new = worth + sum(shot[begin : begin + n])",
                "new = worth + int(sum(shot[begin : begin + n]))",
            ),
            "table by frames",
        ),
        (
            but(TRAILER, "for shot in shots:", "for shot in [each.round() for each in shots]:"),
            "table by frames",
        ),
        (but(TRAILER, "range(least,", "range(3,"), "table by frames"),
        # the best `least` frames, and always the better neighbour
        (
            """
def grow(shot, least, n):
    at = max(range(len(shot) - least + 1), key=lambda i: sum(shot[i : i + least]))
    end = at + least
    while end - at < n:
        left = shot[at - 1] if at else -1
        right = shot[end] if end < len(shot) else -1
        if left > right:
            at -= 1
        else:
            end += 1
    return at


def best_stretches(shots, least, total):
    best = {0: (0.0, [])}
    for shot in shots:
        sizes = [0, *range(least, len(shot) + 1)]
        after = {}
        for used, (worth, rows) in best.items():
            for n in sizes:
                begins = range(len(shot) - n + 1)
                begin = grow(shot, least, n) if n else 0
                new = worth + sum(shot[begin : begin + n])
                if used + n <= total and new > after.get(used + n, (-1,))[0]:
                    after[used + n] = new, [*rows, (begin, begin + n)]
        best = after
    return np.array(max(best.values(), key=lambda each: each[0])[1])
""",
            "table by frames",
        ),
        # two stretches of one shot
        (
            """
def best_stretches(shots, least, total):
    worth = [0.0] * (total + 1)
    rows = [[(0, 0)] * len(shots) for _ in range(total + 1)]
    for k, shot in enumerate(shots):
        for n in range(least, len(shot) + 1):
            begin = max(range(len(shot) - n + 1), key=lambda i: sum(shot[i : i + n]))
            gain = sum(shot[begin : begin + n])
            for room in range(n, total + 1):
                if worth[room - n] + gain > worth[room]:
                    worth[room] = worth[room - n] + gain
                    rows[room] = list(rows[room - n])
                    rows[room][k] = begin, begin + n
    return np.array(rows[total])
""",
            "table by frames",
        ),
        # a price a frame
        (
            """
def best_stretches(shots, least, total):
    # a price a frame: the lowest with which the trailer is short enough
    def at_price(price):
        rows = []
        for shot in shots:
            best, at = 0.0, (0, 0)
            for i in range(len(shot)):
                for j in range(i + least, len(shot) + 1):
                    if sum(shot[i:j] - price) > best:
                        best, at = sum(shot[i:j] - price), (i, j)
            rows.append(at)
        return rows
    low, high = 0.0, 20.0
    if sum(j - i for i, j in at_price(0.0)) <= total:
        return np.array(at_price(0.0))
    for _ in range(60):
        half = (low + high) / 2
        low, high = (half, high) if sum(j - i for i, j in at_price(half)) > total else (low, half)
    return np.array(at_price(high))
""",
            "table by frames",
        ),
    ],
}
