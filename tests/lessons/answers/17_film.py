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
    ],
}
