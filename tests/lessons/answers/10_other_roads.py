"""Independent right answers and the usual wrong ones for lesson 10."""

RIGHT = {
    # Gauss-Hermite quadrature, exact for the polynomial under the integral
    "line_elbo": """
def line_elbo(x, w, s, m, v):
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    z = m + np.sqrt(v) * nodes
    inside = log_normal(x, w * z, s**2) + log_normal(z, 0, 1) - log_normal(z, m, v)
    return weights @ inside / np.sum(weights)
""",
    # a baseline of all, and the factor that makes up for it
    "leave_one_out": """
def leave_one_out(values, z, m, v):
    K = len(values)
    return K / (K - 1) * np.mean((values - values.mean()) * (z - m)) / v
""",
    # the divergence from the two log-densities' means, the misfit by an inner product
    "vae_loss": """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    deviation = ops.sqrt(ops.exp(log_v))
    rest = x - decode(m + deviation * noise)
    entropy = ops.sum(0.5 * log_v + 0.5, axis=-1)
    cross_entropy = 0.5 * ops.sum(deviation * deviation + m * m, axis=-1)
    each = 0.5 / s**2 * ops.einsum("bi,bi->b", rest, rest) + cross_entropy - entropy
    return ops.sum(each) / ops.cast(ops.shape(each)[0], each.dtype)
""",
    # one direction after the other, the toll from a, v and w themselves
    "tolls_left": """
def tolls_left(variances, s, beta):
    tau = beta * s * s
    found = []
    for variance in variances:
        w2 = variance - tau if variance > tau else 0.0
        a, v = math.sqrt(w2) / (w2 + tau), tau / (w2 + tau)
        found.append((a * a * variance + v - 1 - math.log(v)) / 2)
    return np.array(found)
""",
    # by ranks: a midrank among all, less the one among its own
    "area_and_error": """
def area_and_error(usual, unusual):
    def beaten(one, others):
        others = np.sort(others)
        below = np.searchsorted(others, one, "left")
        return (below + np.searchsorted(others, one, "right")) / (2 * len(others))

    b, a = beaten(unusual, usual), 1 - beaten(usual, unusual)
    return b.mean(), math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
""",
    # where the mean of what arrives lies, and the way there
    "memory_velocity": """
def memory_velocity(x, t, points, weights):
    logs = (2 * t * points @ x - t * t * np.sum(points * points, axis=1)) / (2 * (1 - t) ** 2)
    logs = logs + np.log(weights)
    arrival = np.exp(logs - np.logaddexp.reduce(logs)) @ points
    return (arrival - x) / (1 - t)
""",
    # draw after draw
    "price_in_bits": """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0) - math.log(len(log_weights))
    return np.mean(-nats / math.log(2) - pixels * math.log2(width)) / pixels
""",
}

WRONG = {
    "line_elbo": [
        (
            """
def line_elbo(x, w, s, m, v):
    return log_normal(x, w * m, s**2) - (m**2 + v - 1 - math.log(v)) / 2
""",
            "z scatters, which adds w^2 v",
        ),
        (
            """
def line_elbo(x, w, s, m, v):
    misfit = (x - w * m) ** 2 + w**2 * v
    return -0.5 * math.log(2 * math.pi * s**2) - misfit / (2 * s**2) + (m**2 + v - 1 - math.log(v)) / 2
""",
            "it is taken off, not added",
        ),
        (
            """
def line_elbo(x, w, s, m, v):
    return -((x - w * m) ** 2 + w**2 * v) / (2 * s**2) - (m**2 + v - 1 - math.log(v)) / 2
""",
            "the density of x has a constant too",
        ),
        (
            """
def line_elbo(x, w, s, m, v):
    v = v**2
    misfit = (x - w * m) ** 2 + w**2 * v
    return -0.5 * math.log(2 * math.pi * s**2) - misfit / (2 * s**2) - (m**2 + v - 1 - math.log(v)) / 2
""",
            "yours takes it for a standard deviation",
        ),
        (
            """
def line_elbo(x, w, s, m, v):
    misfit = (x - w * m) ** 2 + v
    return -0.5 * math.log(2 * math.pi * s**2) - misfit / (2 * s**2) - (m**2 + v - 1 - math.log(v)) / 2
""",
            "adds w^2 v to the squared misfit, not v",
        ),
    ],
    "leave_one_out": [
        (
            """
def leave_one_out(values, z, m, v):
    return np.mean((values - np.mean(values)) * (z - m) / v)
""",
            "own value is in its baseline",
        ),
        (
            """
def leave_one_out(values, z, m, v):
    return np.mean(values * (z - m) / v)
""",
            "There is no baseline in it.",
        ),
        (
            """
def leave_one_out(values, z, m, v):
    others = (np.sum(values) - values) / (len(values) - 1)
    return np.mean((values - others) * (z - m) / np.sqrt(v))
""",
            "divide by it, not by its root",
        ),
        (
            """
def leave_one_out(values, z, m, v):
    others = (np.sum(values) - values) / len(values)
    return np.mean((values - others) * (z - m) / v)
""",
            "there are K - 1 of them",
        ),
        (
            """
def leave_one_out(values, z, m, v):
    others = (np.sum(values) - values) / (len(values) - 1)
    return np.sum((values - others) * (z - m) / v)
""",
            "do not add them up",
        ),
        (
            """
def leave_one_out(values, z, m, v):
    others = (np.sum(values) - values) / (len(values) - 1)
    return np.mean((values - others) * (z - m))
""",
            "the mean of (f_k - b_k) (z_k - m) / v",
        ),
    ],
    "vae_loss": [
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    misfit = ops.sum((x - decode(m + ops.exp(log_v / 2) * noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2, axis=1) / 2)
""",
            "This is left: the toll is that of the means alone",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    misfit = ops.sum((x - decode(noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "This is left: the decoder is given noise",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    misfit = ops.mean((x - decode(m + ops.exp(log_v / 2) * noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "This is left: the misfit is averaged over the pixels",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    misfit = ops.sum((x - decode(m + ops.exp(log_v) * noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "This is left: exp(log_v) is the variance",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    misfit = ops.mean((x - decode(m + ops.exp(log_v / 2) * noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2, axis=1) / 2)
""",
            "2 faults are left",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    z = tf.stop_gradient(m + ops.exp(log_v / 2) * noise)
    misfit = ops.sum((x - decode(z)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "not all of the gradient reaches the encoder",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    z = m + tf.stop_gradient(ops.exp(log_v / 2)) * noise
    misfit = ops.sum((x - decode(z)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "by its mean and by its deviation",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    z = m + ops.exp(log_v) * noise
    misfit = ops.mean((x - decode(noise)) ** 2, axis=1) / (2 * s**2)
    toll = ops.sum(m**2, axis=1) / 2
    return ops.mean(misfit + toll)
""",
            "At least 3 faults are left",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    z = m + ops.exp(log_v) * noise
    misfit = ops.sum((x - decode(noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "a fault in z does not show",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = encode(x)
    misfit = ops.sum((x - decode(m + ops.exp(log_v / 2) * noise)) ** 2, axis=1) / (2 * s**2)
    return ops.mean(misfit + ops.sum(m**2 + ops.exp(log_v) - log_v, axis=1) / 2)
""",
            "what does the toll hold",
        ),
        (
            """
def vae_loss(x, encode, decode, noise, s):
    m, log_v = (np.asarray(each) for each in encode(x))
    drawn = np.asarray(decode(m + np.exp(log_v / 2) * noise))
    misfit = np.sum((np.asarray(x) - drawn) ** 2, axis=1) / (2 * s**2)
    return np.mean(misfit + np.sum(m**2 + np.exp(log_v) - 1 - log_v, axis=1) / 2)
""",
            "no gradient reaches the encoder",
        ),
    ],
    "tolls_left": [
        (
            """
def tolls_left(variances, s, beta):
    return 0.5 * np.log(variances / (beta * s**2))
""",
            "no toll is negative",
        ),
        (
            """
def tolls_left(variances, s, beta):
    return 0.5 * np.log(np.maximum(variances / s**2, 1))
""",
            "beta is missing",
        ),
        (
            """
def tolls_left(variances, s, beta):
    return 0.5 * np.log(np.maximum(variances / (beta * s), 1))
""",
            "This takes s for its square.",
        ),
        (
            """
def tolls_left(variances, s, beta):
    return beta * 0.5 * np.log(np.maximum(variances / (beta * s**2), 1))
""",
            "without its weight beta",
        ),
        (
            """
def tolls_left(variances, s, beta):
    return np.log(np.maximum(variances / (beta * s**2), 1))
""",
            "the toll has a factor 1/2",
        ),
        (
            """
def tolls_left(variances, s, beta):
    return 0.5 * np.log(1 + variances / (beta * s**2))
""",
            "the best w^2 is smaller by beta s^2",
        ),
    ],
    "area_and_error": [
        (
            """
def area_and_error(usual, unusual):
    wins = unusual[:, None] > usual
    error = wins.mean(0).var(ddof=1) / len(usual) + wins.mean(1).var(ddof=1) / len(unusual)
    return wins.mean(), np.sqrt(error)
""",
            "Ties count half; yours do not count.",
        ),
        (
            """
def area_and_error(usual, unusual):
    wins = unusual[:, None] >= usual
    error = wins.mean(0).var(ddof=1) / len(usual) + wins.mean(1).var(ddof=1) / len(unusual)
    return wins.mean(), np.sqrt(error)
""",
            "Ties count half; yours count whole.",
        ),
        (
            """
def area_and_error(usual, unusual):
    wins = (np.sign(unusual[:, None] - usual) + 1) / 2
    error = wins.mean(0).var() / len(usual) + wins.mean(1).var() / len(unusual)
    return wins.mean(), np.sqrt(error)
""",
            "unbiased ones",
        ),
        (
            """
def area_and_error(usual, unusual):
    wins = (np.sign(unusual[:, None] - usual) + 1) / 2
    error = wins.mean(0).var(ddof=1) / len(unusual) + wins.mean(1).var(ddof=1) / len(usual)
    return wins.mean(), np.sqrt(error)
""",
            "var(a) goes with n",
        ),
        (
            """
def area_and_error(usual, unusual):
    wins = (np.sign(unusual[:, None] - usual) + 1) / 2
    return wins.mean(), wins.std(ddof=1) / np.sqrt(wins.size)
""",
            "as if they were independent",
        ),
        (
            """
def area_and_error(usual, unusual):
    wins = (np.sign(usual[:, None] - unusual) + 1) / 2
    error = wins.mean(0).var(ddof=1) / len(unusual) + wins.mean(1).var(ddof=1) / len(usual)
    return wins.mean(), np.sqrt(error)
""",
            "an unusual picture should score higher",
        ),
    ],
    "memory_velocity": [
        (
            """
def memory_velocity(x, t, points, weights):
    exponents = -np.sum((x - t * points) ** 2, axis=1) / (2 * (1 - t) ** 2)
    shares = np.exp(exponents - exponents.max())
    return shares / shares.sum() @ (points - x) / (1 - t)
""",
            "The weights are left out",
        ),
        (
            """
def memory_velocity(x, t, points, weights):
    exponents = np.log(weights) - np.sum((x - points) ** 2, axis=1) / (2 * (1 - t) ** 2)
    shares = np.exp(exponents - exponents.max())
    return shares / shares.sum() @ (points - x) / (1 - t)
""",
            "not around the point",
        ),
        (
            """
def memory_velocity(x, t, points, weights):
    exponents = np.log(weights) - np.sum((x - t * points) ** 2, axis=1) / (2 * (1 - t))
    shares = np.exp(exponents - exponents.max())
    return shares / shares.sum() @ (points - x) / (1 - t)
""",
            "The variance on the way is (1 - t) squared.",
        ),
        (
            """
def memory_velocity(x, t, points, weights):
    exponents = np.log(weights) - np.sum((x - t * points) ** 2, axis=1) / (2 * (1 - t) ** 2)
    shares = np.exp(exponents - exponents.max())
    return shares / shares.sum() @ (points - x)
""",
            "divide by 1 - t",
        ),
        (
            """
def memory_velocity(x, t, points, weights):
    shares = weights * np.exp(-np.sum((x - t * points) ** 2, axis=1) / (2 * (1 - t) ** 2))
    return shares / shares.sum() @ (points - x) / (1 - t)
""",
            "subtract the largest exponent first",
        ),
    ],
    "price_in_bits": [
        (
            """
def price_in_bits(log_weights, pixels, width):
    return -np.mean(log_weights) / (pixels * np.log(2)) - np.log2(width)
""",
            "That is the ELBO",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=None) - np.log(log_weights.size)
    return -nats / (pixels * np.log(2)) - np.log2(width)
""",
            "the bound is for each picture",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0) - np.log(len(log_weights))
    return -np.mean(nats) / (pixels * np.log(2))
""",
            "The width is missing",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0) - np.log(len(log_weights))
    return -np.mean(nats) / (pixels * np.log(2)) + np.log2(width)
""",
            "The width is on the wrong side",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0)
    return -np.mean(nats) / (pixels * np.log(2)) - np.log2(width)
""",
            "divide by the number of draws",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.log(np.mean(np.exp(log_weights), axis=0))
    return -np.mean(nats) / (pixels * np.log(2)) - np.log2(width)
""",
            "exp(-2000) is 0 in floating point",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0) - np.log(len(log_weights))
    return -np.mean(nats) / pixels - np.log(width)
""",
            "These are nats",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0) - np.log(len(log_weights))
    return -np.mean(nats) / pixels - np.log2(width)
""",
            "The weights are still in nats",
        ),
        (
            """
def price_in_bits(log_weights, pixels, width):
    nats = np.logaddexp.reduce(log_weights, axis=0) - np.log(len(log_weights))
    return -np.mean(nats) / (pixels * np.log(2)) - np.log(width)
""",
            "The width is still in nats",
        ),
    ],
}
