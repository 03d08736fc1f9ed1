"""Independent right answers and the usual wrong ones for lesson 11."""

RIGHT = {
    # the two quantile functions, evaluated between all cuts
    "matching_cost": """
def matching_cost(a, u, b, v, power):
    def quantiles(numbers, weights, levels):
        pairs = sorted(zip(numbers, weights))
        found, reached = [], 0.0
        for number, weight in pairs:
            reached += weight
            found.append((reached, number))
        return [next((number for end, number in found if level < end), found[-1][1]) for level in levels]

    cuts = {0.0, 1.0}
    for numbers, weights in ((a, u), (b, v)):
        cuts |= set(np.cumsum([weight for _, weight in sorted(zip(numbers, weights))])[:-1])
    cuts = sorted(cuts)
    levels = [(low + high) / 2 for low, high in zip(cuts, cuts[1:])]
    ways = zip(quantiles(a, u, levels), quantiles(b, v, levels), cuts, cuts[1:])
    return sum((high - low) * abs(x - y) ** power for x, y, low, high in ways)
""",
    # ranks by counting who is smaller, one direction after the other
    "one_turn": """
def one_turn(points, targets, basis, share):
    result = np.zeros_like(points)
    for direction in basis:
        here, there = points @ direction, np.sort(targets @ direction)
        ranks = np.sum(here[:, None] > here[None], axis=1)
        result += np.outer(here + share * (there[ranks] - here), direction)
    return result
""",
    # the filter as a matrix, and its transpose
    "pixel_gradient": """
def pixel_gradient(row, kernel, style):
    n, k = len(row), len(kernel)
    matrix = np.zeros((n - k + 1, n))
    for i in range(n - k + 1):
        matrix[i, i : i + k] = kernel
    found, wanted = matrix @ row, np.sort(matrix @ style)
    ranks = np.argsort(np.argsort(found))
    return matrix.T @ np.sign(found - wanted[ranks]) / (n - k + 1)
""",
    # two points on each main axis carry the whole covariance, all others lie at the mean
    "moment_twin": """
def moment_twin(features):
    n, k = features.shape
    mean = features.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(features, rowvar=False, bias=True))
    twin = np.tile(mean, (n, 1))
    for axis in range(k):
        step = np.sqrt(n * values[axis] / 2) * vectors[:, axis]
        twin[2 * axis] += step
        twin[2 * axis + 1] -= step
    return twin
""",
    # seed against seed
    "verdict": """
def verdict(scores, minimised):
    counts = [0, 0, 0]
    for rows, trained in zip(scores, minimised):
        if trained[0] or trained[1]:
            continue
        better = [x < y for x in rows[0] for y in rows[1]]
        worse = [x > y for x in rows[0] for y in rows[1]]
        counts[0 if all(better) else 1 if all(worse) else 2] += 1
    return tuple(counts)
""",
    # for each patch, all windows that contain it
    "in_whole_pieces": """
def in_whole_pieces(offsets, near, side):
    height, width = near.shape

    def whole(top, left):
        if top < 0 or left < 0 or top + side > height or left + side > width:
            return False
        places = [(top + i, left + j) for i in range(side) for j in range(side)]
        return all(near[p] for p in places) and len({tuple(offsets[p]) for p in places}) == 1

    hits = 0
    for row in range(height):
        for column in range(width):
            corners = [(row - i, column - j) for i in range(side) for j in range(side)]
            hits += any(whole(*corner) for corner in corners)
    return hits / (height * width)
""",
    # the equation solved by counting
    "true_share": """
def true_share(found, strangers, copies, limit):
    r = sum(found <= limit) / len(found)
    a = sum(strangers <= limit) / len(strangers)
    h = sum(copies <= limit) / len(copies)
    s = (a - r) / (a - h)
    return 0.0 if s < 0 else 1.0 if s > 1 else s
""",
}

ALSO_RIGHT = {
    "moment_twin": [
        # a reflection of the n deviations that leaves their mean alone: other numbers, if only a little
        """
def moment_twin(features):
    mean, line = features.mean(axis=0), np.arange(len(features)) - (len(features) - 1) / 2
    away = features - mean
    return features - 2 * np.outer(line, line @ away) / (line @ line)
""",
        # normal numbers, given mean and covariance of the features exactly
        """
def moment_twin(features):
    mean, away = features.mean(axis=0), np.random.default_rng(0).normal(size=features.shape)
    away = np.linalg.qr(away - away.mean(axis=0))[0]
    return mean + away @ np.linalg.cholesky((features - mean).T @ (features - mean)).T
""",
    ],
}

WRONG = {
    "matching_cost": [
        (
            """
def matching_cost(a, u, b, v, power):
    long_a, long_b = (np.sort(np.tile(x, len(y))) for x, y in ((a, b), (b, a)))
    return np.mean(np.abs(long_a - long_b) ** power)
""",
            "All numbers count alike here",
        ),
        (
            """
def matching_cost(a, u, b, v, power):
    ends_a, ends_b = np.cumsum(u), np.cumsum(v)
    ends = np.sort(np.concatenate([ends_a, ends_b]))
    widths = np.diff(ends, prepend=0)
    middles = ends - widths / 2
    above = np.sort(a)[np.minimum(np.searchsorted(ends_a, middles), len(a) - 1)]
    below = np.sort(b)[np.minimum(np.searchsorted(ends_b, middles), len(b) - 1)]
    return np.sum(widths * np.abs(above - below) ** power)
""",
            "the weights are not",
        ),
        (
            """
def matching_cost(a, u, b, v, power):
    ends_a, ends_b = np.cumsum(u), np.cumsum(v)
    ends = np.sort(np.concatenate([ends_a, ends_b]))
    widths = np.diff(ends, prepend=0)
    middles = ends - widths / 2
    above = a[np.minimum(np.searchsorted(ends_a, middles), len(a) - 1)]
    below = b[np.minimum(np.searchsorted(ends_b, middles), len(b) - 1)]
    return np.sum(widths * np.abs(above - below) ** power)
""",
            "but not in order",
        ),
        (
            """
def matching_cost(a, u, b, v, power):
    from scipy.stats import wasserstein_distance
    return wasserstein_distance(a, b, u, v)
""",
            "every power gives the cost of power 1",
        ),
        # all of each x is shared out among all y
        (
            """
def matching_cost(a, u, b, v, power):
    return np.sum(np.outer(u, v) * np.abs(np.subtract.outer(a, b)) ** power)
""",
            "four pieces",
        ),
        (
            """
def matching_cost(a, u, b, v, power):
    i, j = np.argsort(a), np.argsort(b)
    a, u, b, v = a[i], np.cumsum(u[i]), b[j], np.cumsum(v[j])
    ends = np.sort(np.concatenate([u, v]))
    widths = np.diff(ends, prepend=0)
    middles = ends - widths / 2
    above = a[np.minimum(np.searchsorted(u, middles), len(a) - 1)]
    ways = above - b[np.minimum(np.searchsorted(v, middles), len(b) - 1)]
    return np.sum(widths * np.abs(ways) ** power) ** (1 / power)
""",
            "This is W itself",
        ),
    ],
    "one_turn": [
        (
            """
def one_turn(points, targets, basis, share):
    here, there = points @ basis.T, np.sort(targets @ basis.T, axis=0)
    ways = np.take_along_axis(there, np.argsort(here, axis=0), axis=0) - here
    return points + share * ways @ basis
""",
            "who stands at each place",
        ),
        (
            """
def one_turn(points, targets, basis, share):
    here, there = points @ basis.T, targets @ basis.T
    ranks = np.argsort(np.argsort(here, axis=0), axis=0)
    return points + share * (np.take_along_axis(there, ranks, axis=0) - here) @ basis
""",
            "the targets have to be sorted",
        ),
        (
            """
def one_turn(points, targets, basis, share):
    here, there = points @ basis.T, np.sort(targets @ basis.T, axis=0)
    ranks = np.argsort(np.argsort(here, axis=0), axis=0)
    return points + share * (np.take_along_axis(there, ranks, axis=0) - here)
""",
            "Turn them back",
        ),
        (
            """
def one_turn(points, targets, basis, share):
    here, there = points @ basis.T, np.sort(targets @ basis.T, axis=0)
    ranks = np.argsort(np.argsort(here, axis=0), axis=0)
    return points + share * (np.take_along_axis(there, ranks, axis=0) - here) @ basis.T
""",
            "turns once more",
        ),
        (
            """
def one_turn(points, targets, basis, share):
    here, there = points @ basis.T, np.sort(targets @ basis.T, axis=0)
    ranks = np.argsort(np.argsort(here, axis=0), axis=0)
    return points + (np.take_along_axis(there, ranks, axis=0) - here) @ basis
""",
            "three faults",
        ),
    ],
    "pixel_gradient": [
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    pull = np.sign(np.sort(found) - wanted)
    return np.convolve(pull, kernel) / len(found)
""",
            "The pulls are in sorted order",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    pull = np.sign(found - wanted[np.argsort(np.argsort(found))])
    return np.convolve(pull, kernel[::-1]) / len(found)
""",
            "The filter is turned round",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    return np.convolve(np.sign(found - wanted[np.argsort(np.argsort(found))]), kernel)
""",
            "each pull counts 1/N",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    return np.convolve(found - wanted[np.argsort(np.argsort(found))], kernel) / len(found)
""",
            "however large t is",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    return np.convolve(np.sign(wanted[np.argsort(np.argsort(found))] - found), kernel) / len(found)
""",
            "sign is turned round",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.convolve(row, kernel, "valid"), np.sort(np.convolve(style, kernel, "valid"))
    pull = np.sign(found - wanted[np.argsort(np.argsort(found))])
    return np.convolve(pull, kernel[::-1]) / len(found)
""",
            "np.convolve turns the filter round",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    return np.convolve(np.sign(found - wanted[np.argsort(found)]), kernel) / len(found)
""",
            "the rank of each response",
        ),
        (
            """
def pixel_gradient(row, kernel, style):
    found, wanted = np.correlate(row, kernel, "valid"), np.sort(np.correlate(style, kernel, "valid"))
    return np.convolve(np.sign(found - wanted[np.argsort(np.argsort(found))]), kernel) / len(row)
""",
            "N is less than n",
        ),
    ],
    "moment_twin": [
        (
            """
def moment_twin(features):
    return -features
""",
            "The mean is another one",
        ),
        (
            """
def moment_twin(features):
    return features[::-1]
""",
            "in another order",
        ),
        (
            """
def moment_twin(features):
    return features.mean(axis=0) + 2 * (features - features.mean(axis=0))
""",
            "The Gram matrix is another one",
        ),
        (
            """
def moment_twin(features):
    return np.linalg.cholesky(features.T @ features).T
""",
            "the shape should stay",
        ),
        (
            """
def moment_twin(features):
    random = np.random.default_rng(0)
    return random.multivariate_normal(features.mean(axis=0), np.cov(features.T), len(features))
""",
            "The mean is another one",
        ),
    ],
    "verdict": [
        (
            """
def verdict(scores, minimised):
    first = int(np.sum(scores[:, 0].max(axis=1) < scores[:, 1].min(axis=1)))
    second = int(np.sum(scores[:, 1].max(axis=1) < scores[:, 0].min(axis=1)))
    return first, second, len(scores) - first - second
""",
            "prove nothing for it",
        ),
        (
            """
def verdict(scores, minimised):
    scores = scores[~(minimised[:, 0] & minimised[:, 1])]
    first = int(np.sum(scores[:, 0].max(axis=1) < scores[:, 1].min(axis=1)))
    second = int(np.sum(scores[:, 1].max(axis=1) < scores[:, 0].min(axis=1)))
    return first, second, len(scores) - first - second
""",
            "one of the two was trained",
        ),
        (
            """
def verdict(scores, minimised):
    means = scores[~minimised.any(axis=1)].mean(axis=2)
    first, second = int(np.sum(means[:, 0] < means[:, 1])), int(np.sum(means[:, 1] < means[:, 0]))
    return first, second, len(means) - first - second
""",
            "The better mean may be luck",
        ),
        (
            """
def verdict(scores, minimised):
    scores = scores[~minimised.any(axis=1)]
    first = int(np.sum(scores[:, 0].min(axis=1) > scores[:, 1].max(axis=1)))
    second = int(np.sum(scores[:, 1].min(axis=1) > scores[:, 0].max(axis=1)))
    return first, second, len(scores) - first - second
""",
            "Lower is better",
        ),
    ],
    "in_whole_pieces": [
        (
            """
def in_whole_pieces(offsets, near, side):
    inside = np.zeros(near.shape, bool)
    for i in range(near.shape[0] - side + 1):
        for j in range(near.shape[1] - side + 1):
            if (offsets[i : i + side, j : j + side] == offsets[i, j]).all():
                inside[i : i + side, j : j + side] = True
    return inside.mean()
""",
            "only if all of its patches are near",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    count = 0
    for i in range(near.shape[0] - side + 1):
        for j in range(near.shape[1] - side + 1):
            window = np.s_[i : i + side, j : j + side]
            count += near[window].all() and (offsets[window] == offsets[i, j]).all()
    return count / near.size
""",
            "This counts the windows",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    inside = np.zeros(near.shape, bool)
    for i in range(near.shape[0] - side + 1):
        for j in range(near.shape[1] - side + 1):
            window = np.s_[i : i + side, j : j + side]
            if near[window].all() and np.ptp(offsets[window][..., 0]) == 0:
                inside[window] = True
    return inside.mean()
""",
            "down and across; both must agree",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    inside = np.zeros(near.shape, bool)
    for i in range(near.shape[0] - side + 1):
        for j in range(near.shape[1] - side + 1):
            window = np.s_[i : i + side, j : j + side]
            if near[window].all() and np.ptp(offsets[window][..., 1]) == 0:
                inside[window] = True
    return inside.mean()
""",
            "across and down; both must agree",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    inside = np.zeros(near.shape, bool)
    for i in range(near.shape[0] - side):
        for j in range(near.shape[1] - side):
            window = np.s_[i : i + side, j : j + side]
            if near[window].all() and (offsets[window] == offsets[i, j]).all():
                inside[window] = True
    return inside.mean()
""",
            "The last windows are missing",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    inside = np.zeros(near.shape, bool)
    for i in range(near.shape[0] - side + 1):
        for j in range(near.shape[1] - side):
            window = np.s_[i : i + side, j : j + side]
            if near[window].all() and (offsets[window] == offsets[i, j]).all():
                inside[window] = True
    return inside.mean()
""",
            "two loops",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    inside = np.zeros(near.shape, bool)
    for i in range(near.shape[0] - side + 1):
        for j in range(near.shape[1] - side + 1):
            if near[i : i + side, j : j + side].all():
                inside[i : i + side, j : j + side] = True
    return inside.mean()
""",
            "Near is not enough",
        ),
        (
            """
def in_whole_pieces(offsets, near, side):
    return near.mean()
""",
            "two loops",
        ),
    ],
    "true_share": [
        (
            """
def true_share(found, strangers, copies, limit):
    return float(np.mean(found <= limit))
""",
            "with all its alarms and misses",
        ),
        (
            """
def true_share(found, strangers, copies, limit):
    return max(0.0, float(np.mean(found <= limit) - np.mean(strangers <= limit)))
""",
            "the misses are not",
        ),
        (
            """
def true_share(found, strangers, copies, limit):
    r, a, h = (np.mean(d <= limit) for d in (found, strangers, copies))
    return float(np.clip((r - a) / h, 0, 1))
""",
            "what is *not* copied only",
        ),
        (
            """
def true_share(found, strangers, copies, limit):
    r, a, h = (np.mean(d <= limit) for d in (found, strangers, copies))
    return float((r - a) / (h - a))
""",
            "between 0 and 1",
        ),
        (
            """
def true_share(found, strangers, copies, limit):
    r, a, h = (np.mean(d <= limit) for d in (found, strangers, copies))
    return max(0.0, float((r - a) / (h - a)))
""",
            "also at most 1",
        ),
        (
            """
def true_share(found, strangers, copies, limit):
    r, a, h = (np.mean(d <= limit) for d in (found, strangers, copies))
    return min(1.0, float((r - a) / (h - a)))
""",
            "also at least 0",
        ),
        (
            """
def true_share(found, strangers, copies, limit):
    r, a, h = (np.mean(d < limit) for d in (found, strangers, copies))
    return float(np.clip((r - a) / (h - a), 0, 1))
""",
            "*at most* the limit",
        ),
    ],
}
