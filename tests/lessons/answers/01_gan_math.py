"""Independent right answers and the usual wrong ones for lesson 1."""

RIGHT = {
    # cross entropy minus entropy, weights of the trapezium rule by hand
    "skew_divergence": """
def skew_divergence(p, q, x, alpha):
    steps = np.diff(x)
    weights = (np.append(steps, 0) + np.insert(steps, 0, 0)) / 2
    return float(weights @ (-p * np.log(p + alpha * (q - p))) - weights @ (-p * np.log(p)))
""",
    # by entropies, as Lin defines it: the entropy of the mixture minus the mean entropy
    "weighted_jensen_shannon": """
def weighted_jensen_shannon(p, q, x, weight):
    def entropy(density):
        values = [0.0 if value == 0 else -value * np.log(value) for value in density]
        return integrate(values, x)

    mixture = weight * p + (1 - weight) * q
    return entropy(mixture) - weight * entropy(p) - (1 - weight) * entropy(q)
""",
    # the plan itself: the leftmost grain to the leftmost free place
    "moving_cost": """
def moving_cost(p, q, x, right, left):
    p, q = list(p), list(q)
    cost, source, target = 0.0, 0, 0
    while source < len(p) and target < len(q):
        mass = min(p[source], q[target])
        way = x[target] - x[source]
        cost += mass * (right * way if way > 0 else -left * way)
        p[source] -= mass
        q[target] -= mass
        if p[source] <= q[target]:
            source += 1
        else:
            target += 1
    return cost
""",
    # where the derivative of the integrand changes sign, by halving
    "smoothed_discriminator": """
def smoothed_discriminator(p_data, p_g, proportion, smoothing):
    low, high = np.zeros_like(p_data), np.ones_like(p_data)
    for _ in range(60):
        y = (low + high) / 2
        slope = proportion * p_data * ((1 - smoothing) / y - smoothing / (1 - y)) - (1 - proportion) * p_g / (1 - y)
        low, high = np.where(slope > 0, y, low), np.where(slope > 0, high, y)
    return y
""",
    # from -log 4 + 2 JS, piece by piece
    "predict_value": """
def predict_value(shift, width):
    edges = sorted([0, 1, shift, shift + width])
    js = 0.0
    for start, end in zip(edges, edges[1:]):
        middle = (start + end) / 2
        p = 1.0 if 0 < middle < 1 else 0.0
        q = 1 / width if shift < middle < shift + width else 0.0
        for density in (p, q):
            if density:
                js += (end - start) * density * np.log(2 * density / (p + q)) / 2
    return -np.log(4) + 2 * js
""",
    "two_fakes": """
def two_fakes(x, p_data):
    far = np.where(np.abs(x + 9) < 0.5, 1.0, 0.0)
    far /= integrate(far, x)
    return 0.8 * p_data + 0.2 * far, normal(x, 1.0, 0.25)
""",
}

WRONG = {
    "skew_divergence": [
        (
            """
def skew_divergence(p, q, x, alpha):
    return integrate(q * np.log(q / ((1 - alpha) * q + alpha * p)), x)
""",
            "roles of p and q are exchanged",
        ),
        (
            """
def skew_divergence(p, q, x, alpha):
    return integrate(p * np.log(p / (alpha * p + (1 - alpha) * q)), x)
""",
            "Is alpha the share of q?",
        ),
        (
            """
def skew_divergence(p, q, x, alpha):
    return integrate(p * np.log2(p / ((1 - alpha) * p + alpha * q)), x)
""",
            "yours is to base 2",
        ),
        (
            """
def skew_divergence(p, q, x, alpha):
    return np.sum(p * np.log(p / ((1 - alpha) * p + alpha * q)))
""",
            "This is a sum, not an integral",
        ),
        (
            """
def skew_divergence(p, q, x, alpha):
    return np.mean(p * np.log(p / ((1 - alpha) * p + alpha * q)))
""",
            "This is a mean over the grid",
        ),
        (
            """
def skew_divergence(p, q, x, alpha):
    return np.sum(p * np.log(p / ((1 - alpha) * p + alpha * q))) * (x[1] - x[0])
""",
            "the strips need not be equally wide",
        ),
    ],
    "weighted_jensen_shannon": [
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    middle = (p + q) / 2
    tiny = 1e-300
    from_p = integrate(p * np.log((p + tiny) / (middle + tiny)), x)
    from_q = integrate(q * np.log((q + tiny) / (middle + tiny)), x)
    return weight * from_p + (1 - weight) * from_q
""",
            "what should m be when the weight is not 1/2",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    middle = weight * p + (1 - weight) * q
    return integrate(weight * p * np.log(p / middle) + (1 - weight) * q * np.log(q / middle), x)
""",
            "Where p is 0, p * log(p / m) should be 0",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    m = weight * p + (1 - weight) * q
    term = lambda d: d * np.log2(np.where(d > 0, d, 1) / np.where(d > 0, m, 1))
    return integrate(weight * term(p) + (1 - weight) * term(q), x)
""",
            "Still to base 2",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    m = weight * p + (1 - weight) * q
    term = lambda d: d * np.log(np.where(d > 0, d, 1) / np.where(d > 0, m, 1))
    return np.sum(weight * term(p) + (1 - weight) * term(q))
""",
            "A sum is not an integral",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    middle = (p + q) / 2
    from_p = np.sum(p * np.log2(p / middle))
    from_q = np.sum(q * np.log2(q / middle))
    return weight * from_p + (1 - weight) * from_q
""",
            "Compare with the formula piece by piece",
        ),
        # the exercise's own tip, followed to the letter
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    middle = weight * p + (1 - weight) * q
    from_p = integrate(p * np.log(np.where(p > 0, p, 1) / middle), x)
    from_q = integrate(q * np.log(np.where(q > 0, q, 1) / middle), x)
    return weight * from_p + (1 - weight) * from_q
""",
            "Where both are, m is 0 too",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    m = weight * p + (1 - weight) * q
    term = lambda d: d * np.log(np.where(d > 0, d, 1) / np.where(d > 0, m, 1))
    return np.sum(weight * term(p) + (1 - weight) * term(q)) * (x[1] - x[0])
""",
            "The strips need not be equally wide",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    m = (1 - weight) * p + weight * q
    term = lambda d: d * np.log(np.where(d > 0, d, 1) / np.where(d > 0, m, 1))
    return integrate(weight * term(p) + (1 - weight) * term(q), x)
""",
            "the weight is that of p",
        ),
        (
            """
def weighted_jensen_shannon(p, q, x, weight):
    m = weight * p + (1 - weight) * q
    term = lambda d: d * np.log(np.where(d > 0, d, 1) / np.where(d > 0, m, 1))
    return integrate(term(p) + term(q), x) / 2
""",
            "Outside of the logarithms",
        ),
    ],
    "moving_cost": [
        (
            """
def moving_cost(p, q, x, right, left):
    surplus = np.cumsum(q - p)[:-1]
    return np.sum(np.where(surplus > 0, right, left) * np.abs(surplus) * np.diff(x))
""",
            "the direction is not",
        ),
        (
            """
def moving_cost(p, q, x, right, left):
    surplus = np.cumsum(p - q)
    return np.sum(np.where(surplus > 0, right, left) * np.abs(surplus))
""",
            "not evenly spaced",
        ),
        (
            """
def moving_cost(p, q, x, right, left):
    surplus = (p - q)[:-1]
    return np.sum(np.where(surplus > 0, right, left) * np.abs(surplus) * np.diff(x))
""",
            "np.cumsum",
        ),
        (
            """
def moving_cost(p, q, x, right, left):
    return right * np.sum(np.abs(np.cumsum(p - q))[:-1] * np.diff(x))
""",
            "Both directions cost the same",
        ),
        (
            """
def moving_cost(p, q, x, right, left):
    surplus = np.abs(np.cumsum(p - q))[:-1]
    return np.sum(np.where(p > q, right, left)[:-1] * surplus * np.diff(x))
""",
            "not by the place beside it",
        ),
    ],
    "smoothed_discriminator": [
        (
            """
def smoothed_discriminator(p_data, p_g, proportion, smoothing):
    return p_data / (p_data + p_g)
""",
            "This is D* itself",
        ),
        (
            """
def smoothed_discriminator(p_data, p_g, proportion, smoothing):
    a, b = (1 - smoothing) * proportion * p_data, (1 - proportion) * p_g
    return a / (a + b)
""",
            "it is not lost",
        ),
        (
            """
def smoothed_discriminator(p_data, p_g, proportion, smoothing):
    fake = (1 - proportion) * p_g
    return (1 - smoothing) * fake / (fake + proportion * p_data)
""",
            "Real and fake are exchanged",
        ),
        (
            """
def smoothed_discriminator(p_data, p_g, proportion, smoothing):
    return (1 - smoothing) * p_data / (p_data + p_g)
""",
            "Right for equal shares",
        ),
    ],
    "predict_value": [
        (
            """
def predict_value(shift, width):
    return -np.log(4) * max(0, min(1, shift + width) - max(0, shift))
""",
            "Right for width 1",
        ),
        (
            """
def predict_value(shift, width):
    d = 1 / (1 + 1 / width)
    return max(0, min(1, shift + width) - max(0, shift)) * (np.log(d) + np.log(1 - d))
""",
            "with their density, 1/width, too",
        ),
        (
            """
def predict_value(shift, width):
    d = 1 / (1 + 1 / width)
    return (min(1, shift + width) - max(0, shift)) * (np.log(d) + np.log(1 - d) / width)
""",
            "must not become negative",
        ),
        (
            """
def predict_value(shift, width):
    d = 1 / (1 + 1 / width)
    return max(0, min(1, shift + width) - shift) * (np.log(d) + np.log(1 - d) / width)
""",
            "Mind shifts below 0",
        ),
        (
            """
def predict_value(shift, width):
    return -np.log(4)
""",
            "as if D* were 1/2",
        ),
        (
            """
def predict_value(shift, width):
    d = 1 / (1 + 1 / width)
    overlap = max(0, min(1, shift + width) - shift) if shift >= 0 else max(0, shift + width)
    return overlap * (np.log(d) + np.log(1 - d) / width)
""",
            "the overlap ends where the data end",
        ),
        (
            """
def predict_value(shift, width):
    d = 1 / (1 + 1 / width)
    overlap = 0 if shift > 1 else min(1, shift + width) - max(0, shift)
    return overlap * (np.log(d) + np.log(1 - d) / width)
""",
            "On the left, too",
        ),
        (
            """
def predict_value(shift, width):
    d = 1 / (1 + 1 / width)
    overlap = 1 - abs(shift) if width >= 1 else min(1, shift + width) - max(0, shift)
    return max(0, overlap) * (np.log(d) + np.log(1 - d) / width)
""",
            "overlap with all of them",
        ),
    ],
    "two_fakes": [
        (
            """
def two_fakes(x, p_data):
    return normal(x, 0.5, 0.5), 0.9 * p_data + 0.1 * normal(x, 8, 0.3)
""",
            "exchange a and b",
        ),
        (
            """
def two_fakes(x, p_data):
    return p_data + normal(x, 8, 0.3), normal(x, 0.5, 0.5)
""",
            "The area under a should be 1",
        ),
        (
            """
def two_fakes(x, p_data):
    return normal(x, 0.2, 0.5), normal(x, 2, 0.5)
""",
            "W is made large by a little mass that lies far away",
        ),
    ],
}
