"""Independent right answers and the usual wrong ones for lesson 9."""

RIGHT = {
    # from the singular value decomposition: what so many rounds of power iteration find, in closed form
    "capped_kernel": """
def capped_kernel(kernel, u, rounds, ceiling):
    matrix = np.concatenate([kernel[i, j] for i in range(kernel.shape[0]) for j in range(kernel.shape[1])])
    _, s, directions = np.linalg.svd(matrix, full_matrices=False)
    parts = (directions @ u) ** 2
    ratio = s / s[0]
    sigma = s[0] * np.sqrt(np.sum(parts * ratio ** (4 * rounds)) / np.sum(parts * ratio ** (4 * rounds - 2)))
    return kernel if sigma <= ceiling else kernel / sigma * ceiling
""",
    # one picture after the other
    "one_sided_penalty": """
def one_sided_penalty(slope, real, fake, places, weight):
    total = 0.0
    for x, y, t in zip(real, fake, places):
        gradient = slope(((1 - t) * x + t * y)[None])[0]
        excess = math.hypot(*gradient) - 1
        if excess > 0:
            total += excess * excess
    return weight * total / len(places)
""",
    # the eigenvalues themselves
    "settling_rate": """
def settling_rate(a, b, gamma):
    return -np.linalg.eigvals(np.array([[0, a / 2], [-b / 2, -b * gamma]])).real.max()
""",
    # the sum itself, until nothing more comes
    "shrinkage": """
def shrinkage(decay, period):
    back = np.arange(5000)
    terms = (1 - decay) * decay**back
    angles = 2 * np.pi * back / period
    return np.hypot(np.sum(terms * np.cos(angles)), np.sum(terms * np.sin(angles)))
""",
    # the lowest frequencies only
    "variety": """
def variety(images):
    waves = np.fft.fft2(images - np.mean(images, axis=0))
    low = np.minimum(np.arange(28), 28 - np.arange(28)) <= 2
    return float(np.sqrt(np.mean(np.abs(waves * low[:, None] * low) ** 2)))
""",
    # all subsets by their bits
    "chance": """
def chance(plain, remedied):
    scores = list(remedied) + list(plain)
    size, hits, ways = len(remedied), 0, 0
    for bits in range(2 ** len(scores)):
        chosen = [score for index, score in enumerate(scores) if bits >> index & 1]
        if len(chosen) == size:
            ways += 1
            hits += sum(chosen) <= sum(remedied) + 1e-9 * size
    return hits / ways
""",
}

WRONG = {
    "capped_kernel": [
        (
            """
def capped_kernel(kernel, u, rounds, ceiling):
    W = kernel.reshape(-1, kernel.shape[-1])
    for _ in range(rounds):
        v = W @ u / np.linalg.norm(W @ u)
        u = W.T @ v / np.linalg.norm(W.T @ v)
    return kernel * ceiling / (v @ W @ u)
""",
            "should stay as it is",
        ),
        (
            """
def capped_kernel(kernel, u, rounds, ceiling):
    W = kernel.reshape(-1, kernel.shape[-1])
    for _ in range(rounds):
        v = W @ u / np.linalg.norm(W @ u)
        u = W.T @ v / np.linalg.norm(W.T @ v)
    return kernel / (v @ W @ u)
""",
            "The ceiling is not used",
        ),
        (
            """
def capped_kernel(kernel, u, rounds, ceiling):
    W = kernel.reshape(kernel.shape[-1], -1).T
    for _ in range(rounds):
        v = W @ u / np.linalg.norm(W @ u)
        u = W.T @ v / np.linalg.norm(W.T @ v)
    return kernel * min(1, ceiling / (v @ W @ u))
""",
            "the last axis has to stay the last",
        ),
        (
            """
def capped_kernel(kernel, u, rounds, ceiling):
    return kernel * min(1, ceiling / np.linalg.norm(kernel))
""",
            "Frobenius norm",
        ),
        (
            """
def capped_kernel(kernel, u, rounds, ceiling):
    sigma = np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2)
    return kernel * min(1, ceiling / sigma)
""",
            "rounds of power iteration instead",
        ),
    ],
    "one_sided_penalty": [
        (
            """
def one_sided_penalty(slope, real, fake, places, weight):
    points = real + places[:, None] * (real - fake)
    lengths = np.linalg.norm(slope(points), axis=1)
    return float(weight * np.mean(np.maximum(0, lengths - 1) ** 2))
""",
            "the wrong side of the real ones",
        ),
        (
            """
def one_sided_penalty(slope, real, fake, places, weight):
    points = real + places[:, None] * (fake - real)
    lengths = np.linalg.norm(slope(points), axis=1)
    return float(weight * np.maximum(0, np.mean(lengths) - 1) ** 2)
""",
            "Square first, then average",
        ),
        (
            """
def one_sided_penalty(slope, real, fake, places, weight):
    points = real + places[:, None] * (fake - real)
    lengths = np.linalg.norm(slope(points))
    return float(weight * np.mean(np.maximum(0, lengths - 1) ** 2))
""",
            "one number for the whole batch",
        ),
        (
            """
def one_sided_penalty(slope, real, fake, places, weight):
    points = real + places[:, None] * (fake - real)
    return float(weight * np.mean((np.linalg.norm(slope(points), axis=1) - 1) ** 2))
""",
            "flat places too",
        ),
        (
            """
def one_sided_penalty(slope, real, fake, places, weight):
    points = real + places[:, None] * (fake - real)
    lengths = np.linalg.norm(slope(points), axis=1)
    return float(np.mean(np.maximum(0, lengths - 1) ** 2))
""",
            "The weight is missing",
        ),
    ],
    "settling_rate": [
        (
            """
def settling_rate(a, b, gamma):
    return -np.linalg.eigvals(np.array([[0, a / 2], [-b / 2, -b * gamma]])).real.min()
""",
            "the slower one rules",
        ),
        (
            """
def settling_rate(a, b, gamma):
    return b * gamma / 2
""",
            "If the root is real",
        ),
        (
            """
def settling_rate(a, b, gamma):
    return np.linalg.eigvals(np.array([[0, a / 2], [-b / 2, -b * gamma]])).real.max()
""",
            "The sign is turned round",
        ),
        (
            """
def settling_rate(a, b, gamma):
    root = (b * gamma) ** 2 - 4 * a * b
    return b * gamma / 2 if root <= 0 else (b * gamma - math.sqrt(root)) / 2
""",
            "det J is a b / 4",
        ),
    ],
    "shrinkage": [
        (
            """
def shrinkage(decay, period):
    omega = 2 * math.pi / period
    return (1 - decay) ** 2 / (1 - 2 * decay * math.cos(omega) + decay**2)
""",
            "square of the radius",
        ),
        (
            """
def shrinkage(decay, period):
    return (1 - decay) / abs(1 - decay * np.exp(-1j * period))
""",
            "an angle a step",
        ),
        (
            """
def shrinkage(decay, period):
    return (1 - decay) / abs(1 - decay * np.exp(-1j / period))
""",
            "a whole turn is 2 pi",
        ),
        (
            """
def shrinkage(decay, period):
    return ((1 - decay) / (1 - decay * np.exp(-2j * np.pi / period))).real
""",
            "The real part alone",
        ),
        (
            """
def shrinkage(decay, period):
    return 1 - decay
""",
            "weight of the newest step alone",
        ),
    ],
    "variety": [
        (
            """
def variety(images):
    return images.std(axis=0).mean()
""",
            "In a mean of neighbouring pixels noise cancels",
        ),
        (
            """
def variety(images):
    return np.abs(images[0] - images[1]).mean()
""",
            "The order should not matter",
        ),
        (
            """
def variety(images):
    return images.std()
""",
            "next to nothing beside",
        ),
        (
            """
def variety(images):
    return 0.0
""",
            "is above 0 for them",
        ),
        (
            """
def variety(images):
    return float(images.std(axis=(1, 2)).std())
""",
            "does not see where the shape is",
        ),
        (
            """
def variety(images):
    return float(images.reshape(len(images), 7, 4, 7, 4).mean(axis=(2, 4)).std(axis=0).mean())
""",
            "means of more pixels",
        ),
    ],
    "chance": [
        (
            """
def chance(plain, remedied):
    means = [np.mean(pick) for pick in itertools.combinations([*plain, *remedied], len(remedied))]
    return np.mean(np.array(means) < np.mean(remedied) - 1e-9)
""",
            "as low *or lower*",
        ),
        (
            """
def chance(plain, remedied):
    scores, n = np.array([*plain, *remedied]), len(remedied)
    gaps = []
    for pick in itertools.combinations(range(len(scores)), n):
        inside = np.isin(np.arange(len(scores)), pick)
        gaps.append(abs(scores[inside].mean() - scores[~inside].mean()))
    return np.mean(np.array(gaps) >= abs(np.mean(plain) - np.mean(remedied)) - 1e-9)
""",
            "both directions",
        ),
        (
            """
def chance(plain, remedied):
    means = [np.mean(pick) for pick in itertools.combinations([*plain, *remedied], len(remedied))]
    return np.mean(np.array(means) >= np.mean(remedied) - 1e-9)
""",
            "lower is better here",
        ),
        (
            """
def chance(plain, remedied):
    return np.mean([[other >= score for score in plain] for other in remedied])
""",
            "pair by pair",
        ),
        (
            """
def chance(plain, remedied):
    scores = [*plain, *remedied]
    means = [np.mean(pick) for pick in itertools.combinations(scores, len(plain))]
    return np.mean(np.array(means) <= np.mean(remedied) + 1e-9)
""",
            "len(remedied); `plain`",
        ),
        (
            """
def chance(plain, remedied):
    scores = {*plain, *remedied}
    means = [np.mean(pick) for pick in itertools.combinations(scores, len(remedied))]
    return np.mean(np.array(means) <= np.mean(remedied) + 1e-9)
""",
            "a set keeps only one",
        ),
        (
            """
def chance(plain, remedied):
    scores = [*plain, *remedied]
    means = [np.mean(pick) for pick in itertools.combinations(scores, len(remedied))]
    return np.mean(np.array(means) <= np.mean(remedied))
""",
            "may differ in the last digit",
        ),
        (
            """
def chance(plain, remedied):
    scores = [*plain, *remedied]
    means = [np.mean(pick) for pick in itertools.combinations(scores, len(remedied))]
    return np.mean(np.array(means) <= np.mean(remedied) + 0.01)
""",
            "your tolerance is too large",
        ),
    ],
}
