"""Independent right answers and the usual wrong ones for lesson 7."""

RIGHT = {
    # the ends by halving, with no quadratic equation
    "score_interval": """
def score_interval(right, count, c):
    share = right / count

    def kept(p):
        return (share - p) ** 2 <= c**2 * p * (1 - p) / count

    ends = []
    for outside in (0.0, 1.0):
        inside = share
        if share != outside:
            for _ in range(60):
                middle = (inside + outside) / 2
                inside, outside = (middle, outside) if kept(middle) else (inside, middle)
        ends.append(inside)
    return tuple(ends)
""",
    # by sorted quantiles of the fitted normal densities: their closed form, feature by feature, from sums
    "frechet_by_feature": """
def frechet_by_feature(a, b):
    found = []
    for x, y in zip(a.T, b.T):
        m, n = sum(x) / len(x), sum(y) / len(y)
        v = sum((each - m) ** 2 for each in x) / (len(x) - 1)
        w = sum((each - n) ** 2 for each in y) / (len(y) - 1)
        found.append((m - n) ** 2 + v + w - 2 * (v * w) ** 0.5)
    return found
""",
    # the shared part from the eigenvalues of the product S_a S_b
    "frechet_parts": """
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    product = np.linalg.eigvals(covariance_a @ covariance_b).real
    total = np.trace(covariance_a) + np.trace(covariance_b) - 2 * np.sqrt(np.maximum(product, 0)).sum()
    singular_a = np.linalg.svd(covariance_a, compute_uv=False)
    singular_b = np.linalg.svd(covariance_b, compute_uv=False)
    sizes = singular_a.sum() + singular_b.sum() - 2 * np.sqrt(singular_a * singular_b).sum()
    difference = mean_a - mean_b
    return difference @ difference, sizes, total - sizes
""",
    # loops that spell the definition out
    "polynomial_distance": """
def polynomial_distance(a, b, degree):
    def k(x, y):
        return (sum(x * y) / len(x) + 1) ** degree

    def within(cloud):
        values = [k(x, y) for i, x in enumerate(cloud) for j, y in enumerate(cloud) if i != j]
        return sum(values) / len(values)

    across = [k(x, y) for x in a for y in b]
    return within(a) + within(b) - 2 * sum(across) / len(across)
""",
    # the full table of pairs, whose diagonal holds a quarter of each variance
    "predicted_frechet": """
def predicted_frechet(variances, count_a, count_b):
    product, total = np.outer(variances, variances), np.add.outer(variances, variances)
    strays = np.sum(product / total) / 2 + 1.25 * np.sum(variances)
    return strays / count_a + strays / count_b
""",
    "one_without_the_other": """
def precise_only(images, labels, random):
    return np.repeat(images[:20], 30, axis=0)


def complete_only(images, labels, random):
    rubbish = np.sign(random.normal(size=(360, 28, 28, 1)))
    return np.concatenate([images[:240], rubbish]).astype("float32")
""",
    # by sorting and counting
    "copying_test": """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    ordered = np.sort(heldout)
    below = np.searchsorted(ordered, fake, side="left")
    up_to = np.searchsorted(ordered, fake, side="right")
    u = 1 - (below + up_to).sum() / (2 * n * m)
    return u, (u - 0.5) * (12 * n * m / (n + m + 1)) ** 0.5
""",
}

WRONG = {
    "score_interval": [
        (
            """
def score_interval(right, count, c):
    share = right / count
    reach = c * math.sqrt(share * (1 - share) / count)
    return share - reach, share + reach
""",
            "takes k/n for the p under the root",
        ),
        (
            """
def score_interval(right, count, c):
    share, extra = right / count, c**2 / count
    reach = math.sqrt(share * (1 - share) * extra + extra**2 / 4)
    return share + extra / 2 - reach, share + extra / 2 + reach
""",
            "did you divide by the number before p squared",
        ),
        (
            """
def score_interval(right, count, c):
    share, extra = right / count, c / count
    reach = math.sqrt(share * (1 - share) * extra + extra**2 / 4)
    return (share + extra / 2 - reach) / (1 + extra), (share + extra / 2 + reach) / (1 + extra)
""",
            "makes c into c squared",
        ),
        (
            """
def score_interval(right, count, c):
    return 0.0, 1.0
""",
            "is a quadratic equation for p",
        ),
        (
            """
def score_interval(right, count, c):
    share, extra = right / count, c**2 / count
    reach = math.sqrt(share * (1 - share) * extra + extra**2 / 4)
    return (share + extra / 2 + reach) / (1 + extra), (share + extra / 2 - reach) / (1 + extra)
""",
            "the smallest p comes first",
        ),
    ],
    "frechet_by_feature": [
        (
            """
def frechet_by_feature(a, b):
    return (a.mean(axis=0) - b.mean(axis=0)) ** 2 + (a.std(axis=0) - b.std(axis=0)) ** 2
""",
            "divides by N - 1 here",
        ),
        (
            """
def frechet_by_feature(a, b):
    return (a.mean(axis=0) - b.mean(axis=0)) ** 2 + (a.var(axis=0, ddof=1) - b.var(axis=0, ddof=1)) ** 2
""",
            "difference of standard deviations, not of variances",
        ),
        (
            """
def frechet_by_feature(a, b):
    return np.abs(a.mean(axis=0) - b.mean(axis=0)) + np.abs(a.std(axis=0, ddof=1) - b.std(axis=0, ddof=1))
""",
            "Both differences are squared",
        ),
        (
            """
def frechet_by_feature(a, b):
    return (a.mean() - b.mean()) ** 2 + (a.std(ddof=1) - b.std(ddof=1)) ** 2
""",
            "axis=0 is the axis of the pictures",
        ),
    ],
    "frechet_parts": [
        (
            """
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    root = matrix_root(covariance_a)
    total = np.trace(covariance_a + covariance_b - 2 * matrix_root(root @ covariance_b @ root))
    sizes = np.sum((np.linalg.eigvalsh(covariance_a) - np.linalg.eigvalsh(covariance_b)) ** 2)
    return np.sum((mean_a - mean_b) ** 2), sizes, total - sizes
""",
            "take the root of each eigenvalue",
        ),
        (
            """
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    root = np.sqrt(np.maximum(covariance_a, 0))
    total = np.trace(covariance_a + covariance_b - 2 * np.sqrt(np.maximum(root @ covariance_b @ root, 0)))
    a, b = np.linalg.eigvalsh(covariance_a), np.linalg.eigvalsh(covariance_b)
    sizes = np.sum((np.sqrt(a) - np.sqrt(b)) ** 2)
    return np.sum((mean_a - mean_b) ** 2), sizes, total - sizes
""",
            "wants the root of the matrix",
        ),
        (
            """
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    root = matrix_root(covariance_a)
    total = np.trace(covariance_a + covariance_b - 2 * matrix_root(root @ covariance_b @ root))
    sizes = np.sum((np.sqrt(np.diag(covariance_a)) - np.sqrt(np.diag(covariance_b))) ** 2)
    return np.sum((mean_a - mean_b) ** 2), sizes, total - sizes
""",
            "not the entries on the diagonals",
        ),
        (
            """
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    root = matrix_root(covariance_a)
    total = np.trace(covariance_a + covariance_b - 2 * matrix_root(root @ covariance_b @ root))
    a, b = np.linalg.eigvalsh(covariance_a), np.linalg.eigvalsh(covariance_b)
    return np.sum((mean_a - mean_b) ** 2), np.sum((np.sqrt(a) - np.sqrt(b)) ** 2), total
""",
            "take the sizes off",
        ),
        (
            """
def frechet_parts(mean_a, covariance_a, mean_b, covariance_b):
    root = matrix_root(covariance_a)
    total = np.trace(covariance_a + covariance_b - 2 * matrix_root(root @ covariance_b @ root))
    a, b = np.linalg.eigvalsh(covariance_a), np.linalg.eigvalsh(covariance_b)
    sizes = np.sum((np.sqrt(a) - np.sqrt(b)) ** 2)
    return np.linalg.norm(mean_a - mean_b), sizes, total - sizes
""",
            "a sum of squares, without a root",
        ),
    ],
    "polynomial_distance": [
        (
            """
def polynomial_distance(a, b, degree):
    k = lambda x, y: np.mean((x @ y.T / x.shape[1] + 1) ** degree)
    return k(a, a) + k(b, b) - 2 * k(a, b)
""",
            "pairs of a point with itself are still in the means",
        ),
        (
            """
def polynomial_distance(a, b, degree):
    total = -2 * np.mean((a @ b.T / a.shape[1] + 1) ** degree)
    for cloud in (a, b):
        kernel = (cloud @ cloud.T / cloud.shape[1] + 1) ** degree
        np.fill_diagonal(kernel, 0)
        total += kernel.mean()
    return total
""",
            "but still counted",
        ),
        (
            """
def polynomial_distance(a, b, degree):
    total = -2 * np.mean((a @ b.T + 1) ** degree)
    for cloud in (a, b):
        kernel = (cloud @ cloud.T + 1) ** degree
        total += (kernel.sum() - np.trace(kernel)) / (len(cloud) * (len(cloud) - 1))
    return total
""",
            "divides x.y by the number of features",
        ),
        (
            """
def polynomial_distance(a, b, degree):
    total = -np.mean((a @ b.T / a.shape[1] + 1) ** degree)
    for cloud in (a, b):
        kernel = (cloud @ cloud.T / cloud.shape[1] + 1) ** degree
        total += (kernel.sum() - np.trace(kernel)) / (len(cloud) * (len(cloud) - 1))
    return total
""",
            "what is across counts twice",
        ),
        (
            """
def polynomial_distance(a, b, degree):
    within_a = np.mean((a @ a.T + 1) ** degree)
    within_b = np.mean((b @ b.T + 1) ** degree)
    across = np.mean((a @ b.T + 1) ** degree)
    return within_a + within_b - across
""",
            "the factor of the last term, and the pairs",
        ),
        (
            """
def polynomial_distance(a, b, degree):
    def within(x):
        kernel = (x @ x.T / x.shape[1] + 1) ** degree
        return (kernel.sum() - np.trace(kernel)) / (len(x) * (len(x) - 1))

    return max(0, within(a) + within(b) - 2 * np.mean((a @ b.T / a.shape[1] + 1) ** degree))
""",
            "the factor of the last term, and the pairs",
        ),
    ],
    "predicted_frechet": [
        (
            """
def predicted_frechet(variances, count_a, count_b):
    return 1.5 * np.sum(variances) * (1 / count_a + 1 / count_b)
""",
            "Every pair of features adds a chance correlation",
        ),
        (
            """
def predicted_frechet(variances, count_a, count_b):
    pairs = np.outer(variances, variances) / np.add.outer(variances, variances)
    pairs = pairs.sum() - np.trace(pairs)
    return (1.5 * np.sum(variances) + pairs) * (1 / count_a + 1 / count_b)
""",
            "each pair i < j once",
        ),
        (
            """
def predicted_frechet(variances, count_a, count_b):
    i, j = np.triu_indices(len(variances), 1)
    pairs = np.sum(variances[i] * variances[j] / (variances[i] + variances[j]))
    return (np.sum(variances) + pairs) * (1 / count_a + 1 / count_b)
""",
            "the standard deviations stray as well",
        ),
        (
            """
def predicted_frechet(variances, count_a, count_b):
    i, j = np.triu_indices(len(variances), 1)
    pairs = np.sum(variances[i] * variances[j] / (variances[i] + variances[j]))
    return (1.5 * np.sum(variances) + pairs) / count_a
""",
            "Only one of the samples strays here",
        ),
        (
            """
def predicted_frechet(variances, count_a, count_b):
    i, j = np.triu_indices(len(variances), 1)
    pairs = np.sum(variances[i] * variances[j] / (variances[i] + variances[j]))
    return (1.5 * np.sum(variances) + pairs) / (count_a + count_b)
""",
            "do not form one large one",
        ),
        (
            """
def predicted_frechet(variances, count_a, count_b):
    i, j = np.triu_indices(len(variances), 1)
    pairs = np.sum(variances[i] * variances[j] / (variances[i] + variances[j]))
    return (1.5 * np.sum(variances) + pairs) * 2 / count_a
""",
            "each by its own count",
        ),
        (
            """
def predicted_frechet(variances, count_a, count_b):
    i, j = np.triu_indices(len(variances), 1)
    pairs = np.sum(variances[i] * variances[j] / (variances[i] + variances[j]))
    return (1.5 * np.sum(variances) + pairs) * 2 / np.mean([count_a, count_b])
""",
            "a mean of the counts does not do",
        ),
    ],
    "one_without_the_other": [
        (
            """
def precise_only(images, labels, random):
    return images[:600]


def complete_only(images, labels, random):
    return np.concatenate([images[:240], random.uniform(-1, 1, size=(360, 28, 28, 1))])
""",
            "precise_only: precision",
        ),
        (
            """
def precise_only(images, labels, random):
    return images[labels == 1][:600]


def complete_only(images, labels, random):
    return images[:600]
""",
            "complete_only: precision",
        ),
        (
            """
def precise_only(images, labels, random):
    return images[labels == 1]


def complete_only(images, labels, random):
    return images
""",
            "should return images of shape (600, 28, 28, 1)",
        ),
        (
            """
def precise_only(images, labels, random):
    return 127.5 * (images[labels == 1][:600] + 1)


def complete_only(images, labels, random):
    return images
""",
            "returned pixels outside [-1, 1]",
        ),
    ],
    "copying_test": [
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    u = np.mean((fake[:, None] > heldout) + 0.5 * (fake[:, None] == heldout))
    return u, (u - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
""",
            "counts the pairs in which the fake is farther",
        ),
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    u = np.mean(fake[:, None] < heldout)
    return u, (u - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
""",
            "A tie counts one half",
        ),
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    u = np.mean((fake[:, None] < heldout) + 0.5 * (fake[:, None] == heldout))
    return u, (u - 0.5) / ((n + m + 1) / (12 * n * m))
""",
            "the root of the variance",
        ),
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    u = np.mean((fake[:, None] < heldout) + 0.5 * (fake[:, None] == heldout))
    return u, (u - 0.5) / math.sqrt((n + m + 1) / (n * m))
""",
            "has 12 n m below the line",
        ),
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    u = np.mean(fake[:, None] <= heldout)
    return u, (u - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
""",
            "a tie counts as a whole pair",
        ),
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    u = np.mean((fake[:, None] < heldout) + 0.5 * (fake[:, None] == heldout))
    return u, abs(u - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
""",
            "The sign is missing",
        ),
        (
            """
def copying_test(fake, heldout):
    n, m = len(fake), len(heldout)
    middle = np.median(heldout)
    u = np.mean((fake < middle) + 0.5 * (fake == middle))
    return u, (u - 0.5) / math.sqrt((n + m + 1) / (12 * n * m))
""",
            "is a table (n, m)",
        ),
    ],
}
