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
    # as cross-entropies, both kinds of picture through T and D together
    "augmented_losses": """
def augmented_losses(logits, T, real, fake):
    count = tf.shape(real)[0]
    verdict = logits(tf.concat([T(real), T(fake)], axis=0))
    truth = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
    binary = keras.losses.BinaryCrossentropy(from_logits=True)
    return 2 * binary(truth, verdict), binary(tf.ones((count, 1)), verdict[count:])
""",
    # a table as the kernel of a dense layer without bias, behind labels as zeros and a one
    "steered": """
def steered(body, classes, latent_size):
    labels = keras.Input((), dtype="int32")
    z = keras.Input((latent_size,))
    start = keras.initializers.RandomNormal(stddev=1.0)
    width = body.inputs[0].shape[1] - latent_size
    vector = layers.Dense(width, use_bias=False, kernel_initializer=start)(ops.one_hot(labels, classes))
    return keras.Model([z, labels], body(ops.concatenate([z, vector], axis=1)))
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
    "augmented_losses": [
        (
            """
def augmented_losses(logits, T, real, fake):
    r, f = logits(T(real)), logits(fake)
    return ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), ops.mean(ops.softplus(-f))
""",
            "T changes the real pictures only",
        ),
        (
            """
def augmented_losses(logits, T, real, fake):
    r, f = logits(T(real)), logits(T(fake))
    return ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), ops.mean(ops.softplus(-logits(fake)))
""",
            "in L_G the fakes are shown without T",
        ),
        (
            """
def augmented_losses(logits, T, real, fake):
    r, f = logits(T(real)), logits(T(tf.stop_gradient(fake)))
    return ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), ops.mean(ops.softplus(-f))
""",
            "nothing may cut them off from G",
        ),
        (
            """
def augmented_losses(logits, T, real, fake):
    r, f = logits(T(real)), logits(T(fake))
    return ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), -ops.mean(ops.softplus(f))
""",
            "That is the minimax generator",
        ),
        (
            """
def augmented_losses(logits, T, real, fake):
    changed = fake + tf.stop_gradient(T(fake) - fake)
    r, f = logits(T(real)), logits(changed)
    return ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), ops.mean(ops.softplus(-f))
""",
            "it has to pass through T",
        ),
        (
            """
def augmented_losses(logits, T, real, fake):
    r, f = logits(real), logits(fake)
    return ops.mean(ops.softplus(-r)) + ops.mean(ops.softplus(f)), ops.mean(ops.softplus(-f))
""",
            "T is missing",
        ),
        (
            """
def augmented_losses(logits, T, real, fake):
    r, f = np.asarray(logits(T(real))), np.asarray(logits(T(fake)))
    softplus = lambda t: np.logaddexp(0, t)
    return np.mean(softplus(-r)) + np.mean(softplus(f)), np.mean(softplus(-f))
""",
            "use `ops`, not NumPy",
        ),
    ],
    "steered": [
        (
            """
def steered(body, classes, latent_size):
    z, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    vector = layers.Embedding(classes, body.input_shape[-1] - latent_size)(labels)
    return keras.Model([z, labels], body(layers.Concatenate()([z, vector])))
""",
            "where that of the noise is 1",
        ),
        (
            """
def steered(body, classes, latent_size):
    z, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    start = keras.initializers.RandomNormal(stddev=1.0)
    vector = layers.Embedding(classes, body.input_shape[-1] - latent_size, start)(labels)
    return keras.Model([z, labels], body(layers.Concatenate()([vector, z])))
""",
            "yours comes first",
        ),
        (
            """
def steered(body, classes, latent_size):
    z, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    table = layers.Embedding(classes, body.input_shape[-1] - latent_size, trainable=False)
    return keras.Model([z, labels], body(layers.Concatenate()([z, table(labels)])))
""",
            "it learns nothing",
        ),
        (
            """
def steered(body, classes, latent_size):
    z, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    vector = layers.Dense(body.input_shape[-1] - latent_size)(ops.one_hot(labels, classes))
    return keras.Model([z, labels], body(layers.Concatenate()([z, vector])))
""",
            "should learn one table of shape",
        ),
        (
            """
def steered(body, classes, latent_size):
    z, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    start = keras.initializers.RandomNormal(stddev=1.0)
    vector = layers.Embedding(classes, body.input_shape[-1] - latent_size, start)(labels)
    return keras.Model([labels, z], body(layers.Concatenate()([z, vector])))
""",
            "the latents first",
        ),
    ],
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
